#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes groups.txt: group columns as a table may have them, and the folds and the test part that
scikit-learn makes of the column as pandas reads it.

Run with scikit-learn 1.2.1, numpy 1.24.2 and pandas 1.5.3. A case is four lines: method, splits and
seed; the groups; the labels; the fold of each row (for a split: 1 in the test part). In the last ten the
labels are of the words good (0) and bad (1), and the split is stratified.
"""
import io
import os
import warnings

import numpy as np
import pandas as pd
from sklearn import model_selection as ms

choose = np.random.RandomState(9)

NAMES = {
    "letters": lambda n: [chr(ord("a") + i) for i in range(n)],
    "capitals": lambda n: [("Ab", "aB", "B", "b", "é", "Я", "ё", "я", "10", "9", "x y")[i] for i in range(n)],
    "integers": lambda n: [str(i) for i in choose.choice(np.arange(-9, 120), n, replace=False)],
    "reals": lambda n: [repr(float(x)) for x in choose.choice(np.arange(-30, 30) / 4, n, replace=False)],
    "codes": lambda n: ["k%d" % i for i in choose.choice(np.arange(5, 40), n, replace=False)],
    "almost": lambda n: [str(i + 8) for i in range(n - 1)] + ["none of them"],
}


def splitter(method, n_splits, seed):
    if method == "group_kfold":
        return ms.GroupKFold(n_splits)
    if method == "stratified_group_kfold":
        return ms.StratifiedGroupKFold(n_splits)
    if method == "stratified_group_kfold_shuffled":
        return ms.StratifiedGroupKFold(n_splits, shuffle=True, random_state=seed)
    return ms.GroupShuffleSplit(1, test_size=0.3, random_state=seed)


def main():
    warnings.simplefilter("error")
    lines = []
    methods = ("group_kfold", "stratified_group_kfold", "stratified_group_kfold_shuffled", "split")
    n_cases = 0
    while n_cases < 61:
        names = list(NAMES)[n_cases % len(NAMES)]
        method = methods[n_cases // len(NAMES) % len(methods)]
        n_groups = int(choose.randint(6, 12))
        values = NAMES[names](n_groups)
        n_rows = int(choose.randint(3 * n_groups, 6 * n_groups))
        column = [values[i] for i in choose.permutation(np.arange(n_rows) % n_groups)]
        labels = choose.randint(0, 2, n_rows)
        n_splits = int(choose.randint(2, 5))
        seed = int(choose.randint(0, 2**31))
        text = "g\n" + "\n".join(column) + "\n"
        read = pd.read_csv(io.StringIO(text), keep_default_na=False)["g"].to_numpy()
        cut = splitter(method, n_splits, seed)
        folds = np.zeros(n_rows, int)
        try:
            for fold, (_, test) in enumerate(cut.split(np.zeros(n_rows), labels, read)):
                folds[test] = 1 if method == "split" else fold
        except UserWarning:
            continue
        if method != "split" and len(np.unique(folds)) < n_splits:
            continue
        lines += ["%s %d %d" % (method, n_splits, seed), "|".join(column),
                  "".join(map(str, labels)), "".join(map(str, folds))]
        n_cases += 1
    for _ in range(10):
        n_rows = int(choose.randint(20, 90))
        words = choose.choice(["good", "bad"], n_rows)  # the positive class sorts first
        seed = int(choose.randint(0, 2**31))
        _, test = ms.train_test_split(np.arange(n_rows), test_size=0.3, random_state=seed,
                                      stratify=words == "bad")
        folds = np.zeros(n_rows, int)
        folds[test] = 1
        lines += ["stratified 0 %d" % seed, "|".join(["a"] * n_rows),
                  "".join("1" if word == "bad" else "0" for word in words),
                  "".join(map(str, folds))]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "groups.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


main()
