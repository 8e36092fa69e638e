#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes splits.csv: digests of scikit-learn's splits and folds of generated rows.

Run with scikit-learn 1.2.1 and numpy 1.24.2. The rows are generated from a seed, here and in the
tests alike, so that only digests of the results need to be kept.
"""
import hashlib
import os
import warnings

import numpy as np
from sklearn import model_selection as ms

MASK = (1 << 64) - 1


class Xorshift:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        s = self.state
        s ^= (s << 13) & MASK
        s ^= s >> 7
        s ^= (s << 17) & MASK
        self.state = s
        return s


def generate(seed, n_rows, positives_of_1000, n_groups):
    random = Xorshift(seed)
    labels, groups = [], []
    for _ in range(n_rows):
        labels.append(int(random.next() % 1000 < positives_of_1000))
        # Groups of uneven sizes, their numbers with holes.
        groups.append(3 * min(random.next() % n_groups, random.next() % n_groups) + 7)
    return np.array(labels), np.array(groups)


def digest(*arrays):
    h = hashlib.sha256()
    for array in arrays:
        h.update(len(array).to_bytes(8, "little"))
        h.update(np.asarray(array).astype("<u4").tobytes())
    return h.hexdigest()[:16]


def fold_numbers(splitter, labels, groups, n_repeats):
    n_rows = len(labels)
    out = np.empty((n_repeats, n_rows), int)
    splits = list(splitter.split(np.zeros(n_rows), labels, groups))
    per_repeat = len(splits) // n_repeats
    for i, (_, test) in enumerate(splits):
        out[i // per_repeat, test] = i % per_repeat
    return out.ravel()


def main():
    warnings.simplefilter("error")
    choose = np.random.RandomState(2026)
    lines = ["kind,n_rows,row_seed,positives_of_1000,n_groups,test_size,seed,n_splits,n_repeats,shuffle,digest"]

    def add(kind, case, result):
        lines.append(",".join(str(v) for v in (kind, *case, result)))

    for i in range(240):
        kind = ("stratified", "random", "group")[i % 3]
        n_rows = int(choose.randint(12, 60)) if i % 2 else int(choose.randint(60, 3000))
        positives = int(choose.choice([100, 380, 500, 900]))
        n_groups = int(choose.randint(3, 80))
        test_size = float(choose.choice([0.25, 0.2, 0.1, 0.33, 0.5, choose.uniform(0.05, 0.9)]))
        seed = int(choose.randint(0, 2**32, dtype=np.uint64))
        row_seed = i + 1
        labels, groups = generate(row_seed, n_rows, positives, n_groups)
        rows = np.arange(n_rows)
        try:
            if kind == "group":
                splitter = ms.GroupShuffleSplit(1, test_size=test_size, random_state=seed)
                train, test = next(splitter.split(rows, labels, groups))
            else:
                train, test = ms.train_test_split(rows, test_size=test_size, random_state=seed,
                                                  stratify=labels if kind == "stratified" else None)
            result = digest(train, test)
        except ValueError:
            result = "refused"
        add(kind, (n_rows, row_seed, positives, n_groups, repr(test_size), seed, 0, 0, 0), result)

    for i in range(300):
        kind = ("stratified_kfold", "kfold", "group_kfold")[i % 3]
        n_rows = int(choose.randint(30, 90)) if i % 2 else int(choose.randint(90, 3000))
        positives = int(choose.choice([300, 380, 500, 700]))
        n_groups = int(choose.choice([10, 17, 40, 400, 1000]))
        n_splits = int(choose.choice([2, 3, 5, 7, 10]))
        shuffle = int(kind != "group_kfold" and choose.randint(0, 2))
        n_repeats = int(choose.randint(1, 5)) if shuffle else 1
        seed = int(choose.randint(0, 2**32, dtype=np.uint64))
        row_seed = 1000 + i
        labels, groups = generate(row_seed, n_rows, positives, n_groups)
        state = seed if shuffle else None
        if kind == "group_kfold":
            splitter = ms.GroupKFold(n_splits)
        elif n_repeats > 1 or (shuffle and i % 4 == 0):
            make = ms.RepeatedKFold if kind == "kfold" else ms.RepeatedStratifiedKFold
            splitter = make(n_splits=n_splits, n_repeats=n_repeats, random_state=seed)
        else:
            make = ms.KFold if kind == "kfold" else ms.StratifiedKFold
            splitter = make(n_splits, shuffle=bool(shuffle), random_state=state)
        try:
            result = digest(fold_numbers(splitter, labels, groups, n_repeats))
        except (ValueError, UserWarning):
            result = "refused"  # a class or the groups are fewer than the folds
        add(kind, (n_rows, row_seed, positives, n_groups, 0, seed, n_splits, n_repeats, shuffle), result)

    for i in range(200):
        kind = "stratified_group_kfold"
        n_rows = int(choose.randint(30, 90)) if i % 2 else int(choose.randint(90, 2000))
        positives = int(choose.choice([100, 300, 380, 500, 700]))
        n_groups = int(choose.choice([10, 17, 40, 400, 1000]))
        n_splits = int(choose.choice([2, 3, 4, 5, 7, 10]))
        shuffle = int(choose.randint(0, 2))
        seed = int(choose.randint(0, 2**32, dtype=np.uint64))
        row_seed = 2000 + i
        labels, groups = generate(row_seed, n_rows, positives, n_groups)
        splitter = ms.StratifiedGroupKFold(n_splits, shuffle=bool(shuffle),
                                           random_state=seed if shuffle else None)
        try:
            folds = fold_numbers(splitter, labels, groups, 1)
            # A fold without rows is refused too, and a class without: nothing could be scored.
            whole = (len(np.unique(folds)) == n_splits and len(np.unique(labels)) == 2
                     and len(np.unique(groups)) >= n_splits)
            result = digest(folds) if whole else "refused"
        except (ValueError, UserWarning):
            result = "refused"
        add(kind, (n_rows, row_seed, positives, n_groups, 0, seed, n_splits, 1, shuffle), result)

    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "splits.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


main()
