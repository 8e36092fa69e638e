#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes gnb.txt: log-odds of scikit-learn 1.2.1's GaussianNB on tables that
tests/unit/model/test_gnb.c draws in the same way.

A case is a line of settings: seed, rows, columns, var_smoothing, whether both classes are as likely; and a
line with the log-odds of every row, of these and of as many again that it was not fitted on."""
import os

import numpy as np
import sklearn
from sklearn.naive_bayes import GaussianNB

assert sklearn.__version__ == "1.2.1", sklearn.__version__
N_CASES = 40


class Dice:
    """The generator of Numerical Recipes, its upper half."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self, n):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 16) % n


def table(seed, n_rows, n_columns):
    """Columns of few and of many values; the third has one value alone in class 1."""
    dice = Dice(seed)
    rows = np.empty((2 * n_rows, n_columns))
    for column in range(n_columns):
        levels = [1000, 2, 3, 30000][column % 4]
        for row in range(2 * n_rows):
            rows[row, column] = (dice(levels) - 3) / 8.0
    labels = np.array([int((dice(4) == 0) != (rows[row, 0] > 60.0)) for row in range(n_rows)])
    if n_columns > 2:
        rows[:n_rows, 2][labels == 1] = 0.125
    return rows, labels


def main():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gnb.txt"), "w") as out:
        for case in range(N_CASES):
            seed, n_rows, n_columns = 100 * case + 1, 30 + 17 * (case % 9), 1 + case % 7
            smoothing, equal = [1e-9, 1e-3, 0.5, 10.0][case % 4], case % 3 == 0
            rows, labels = table(seed, n_rows, n_columns)
            model = GaussianNB(var_smoothing=smoothing, priors=[0.5, 0.5] if equal else None)
            odds = model.fit(rows[:n_rows], labels)._joint_log_likelihood(rows)
            out.write("%d %d %d %r %d\n" % (seed, n_rows, n_columns, smoothing, equal))
            out.write(" ".join("%.17g" % value for value in odds[:, 1] - odds[:, 0]) + "\n")


if __name__ == "__main__":
    main()
