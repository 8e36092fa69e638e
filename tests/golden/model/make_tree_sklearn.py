#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes tree_sklearn.txt: what scikit-learn 1.2.1's DecisionTreeClassifier scores on tables that
tests/unit/model/test_tree_sklearn.c draws in the same way.

A case is a line of settings, in the order of the tree's own, after the number of training rows and of
columns; and a line with the probabilities of 25 further rows."""
import os
import warnings

import numpy as np
import sklearn
from sklearn.tree import DecisionTreeClassifier

assert sklearn.__version__ == "1.2.1", sklearn.__version__
warnings.filterwarnings("ignore")
N_VALIDATION = 25
N_CASES = 80


class Dice:
    """The generator of Numerical Recipes, its upper half."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self, n):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 16) % n


def table(case, n_rows, n_columns):
    dice = Dice(case)
    rows = np.empty((n_rows + N_VALIDATION, n_columns))
    for column in range(n_columns):
        levels = [2, 7, 1000, 40][column % 4]
        for row in range(len(rows)):
            rows[row, column] = (dice(levels) - 3) / 7.0
            if case % 4 == 3:  # neighbours too close to be told apart
                rows[row, column] += dice(3) * 6e-8
    labels = [int(dice(3) == 0) if row > 1 else row for row in range(n_rows)]
    for row in range(2, n_rows):
        if rows[row, n_columns - 1] > 0.2:
            labels[row] = 1 - labels[row]
    return rows[:n_rows], np.array(labels), rows[n_rows:]


def settings(case):
    pick = Dice(1000 + case)
    return dict(
        criterion=["gini", "entropy", "log_loss"][pick(3)],
        max_depth=[None, 2, 4, 11][pick(4)],
        min_samples_split=[2, 9, 0.15][pick(3)],
        min_samples_leaf=[1, 3, 0.02][pick(3)],
        max_features=[None, "sqrt", "log2", 2, 0.6][pick(5)],
        ccp_alpha=[0.0, 0.0, 0.004, 0.012][pick(4)],
        class_weight=[None, "balanced"][pick(2)],
        random_state=case * 7919,
    )


def word(value):
    return "null" if value is None else repr(value) if not isinstance(value, str) else value


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tree_sklearn.txt"), "w") as out:
    for case in range(N_CASES):
        n_rows = 20 + 13 * (case % 23)
        n_columns = 2 + case % 9
        rows, labels, validation = table(case, n_rows, n_columns)
        chosen = settings(case)
        tree = DecisionTreeClassifier(**chosen).fit(rows, labels)
        print(n_rows, n_columns, *map(word, chosen.values()), file=out)
        print(*map(repr, tree.predict_proba(validation)[:, 1].tolist()), file=out)
