#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes tree_weighted.txt: trees of scikit-learn 1.2.1's DecisionTreeClassifier with sample_weight,
and DecisionTreeRegressor, on tables that tests/unit/model/test_tree_grow.c draws in the same way.

A case is a line of settings: seed, rows, columns, criterion, which weights (none, whole, real), max_depth,
min_samples_leaf, min_weight_fraction_leaf, min_impurity_decrease, ccp_alpha; and a line with the nodes in
preorder: column and threshold of a split, -1 and the value of a leaf to twelve digits. Where scikit-learn
breaks ties by its random_state there is no right answer: a seed whose tree depends on it is passed over."""
import os
import warnings

import numpy as np
import sklearn
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

assert sklearn.__version__ == "1.2.1", sklearn.__version__
warnings.filterwarnings("ignore")
N_CASES = 60


class Dice:
    """The generator of Numerical Recipes, its upper half."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self, n):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 16) % n


def table(seed, n_rows, n_columns):
    """Columns in eighths, exact in single precision; labels, targets, whole and real weights."""
    dice = Dice(seed)
    rows = np.empty((n_rows, n_columns))
    for column in range(n_columns):
        levels = [1000, 2, 30000, 40][column % 4]
        for row in range(n_rows):
            rows[row, column] = (dice(levels) - 3) / 8.0
    labels, targets, whole, real = [], [], [], []
    for row in range(n_rows):
        labels.append(int((dice(4) == 0) != (rows[row, 0] > 60.0)))
        targets.append(dice(1000) / 16.0 + (20.0 if rows[row, 0] > 60.0 else 0.0))
        whole.append(dice(5))
        real.append(dice(40) / 7.0)
    return rows, np.array(labels), np.array(targets), np.array(whole), np.array(real)


def nodes(tree, regression):
    words = []

    def visit(node):
        if tree.children_left[node] < 0:
            value = tree.value[node][0]
            words.extend(["-1", "%.12g" % (value[0] if regression else value[1] / value.sum())])
        else:
            words.extend([str(tree.feature[node]), repr(float(tree.threshold[node]))])
            visit(tree.children_left[node])
            visit(tree.children_right[node])

    visit(0)
    return " ".join(words)


def grow(seed, case):
    pick = Dice(1000 + case)
    n_rows, n_columns = 30 + 17 * (case % 19), 1 + case % 6
    rows, labels, targets, whole, real = table(seed, n_rows, n_columns)
    criterion = ["squared_error", "gini", "entropy"][case % 3]
    regression = criterion == "squared_error"
    weights = ["none", "whole", "real"][pick(3)]
    chosen = dict(
        criterion=criterion,
        max_depth=[1, 2, 3, 4][pick(4)],
        min_samples_leaf=[5, 8, 14][pick(3)],
        min_weight_fraction_leaf=[0.0, 0.0625, 0.125][pick(3)] if weights != "none" else 0.0,
        min_impurity_decrease=[0.0, 0.5, 4.0][pick(3)] if regression else 0.0,
        ccp_alpha=[0.0, 0.0, 1.5 if regression else 0.01][pick(3)],
    )
    kind = DecisionTreeRegressor if regression else DecisionTreeClassifier
    weight = {"none": None, "whole": whole, "real": real}[weights]
    grown = {
        nodes(kind(random_state=state, **chosen).fit(rows, targets if regression else labels,
                                                     sample_weight=weight).tree_, regression)
        for state in range(8)
    }
    chosen.pop("criterion")
    settings = [seed, n_rows, n_columns, criterion, weights]
    settings += ["null" if value is None else repr(value) for value in chosen.values()]
    return settings, grown


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tree_weighted.txt"), "w") as out:
    for case in range(N_CASES):
        seed = 100 * case
        settings, grown = grow(seed, case)
        while len(grown) > 1:
            seed += 1
            settings, grown = grow(seed, case)
        print(*settings, file=out)
        print(grown.pop(), file=out)
