#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Trees beside scikit-learn's: fit and predict of one fold, in CPU time, as ratios of one run.

    compare_sklearn.py BUILD/tests/bench/tree/bench_tree

Small table: 777 training rows, 23 columns (13 continuous or counted, 10 of two values), 2000 random
trials, of which scikit-learn runs a sample. Large table: 80 000 rows, 30 columns. Medians of
interleaved runs. Only the learner is timed: scikit-learn's pipeline around it is not."""
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier

warnings.filterwarnings("ignore")
ORDER = (
    "criterion max_depth min_samples_split min_samples_leaf max_features ccp_alpha class_weight"
    " random_state"
).split()


def small_table(rng):
    X, y = make_classification(972, 13, n_informative=8, flip_y=0.2, random_state=1)
    X[:, 8:] = np.round(X[:, 8:] * 2)
    X = np.hstack([X, (rng.random((972, 10)) < 0.25 + 0.1 * y[:, None]).astype(float)])
    return X[:777], y[:777], X[777:]


def large_table(rng):
    X, y = make_classification(100000, 30, n_informative=12, n_redundant=6, flip_y=0.1, random_state=1)
    return X[:80000], y[:80000], X[80000:]


def random_trials(rng, n):
    return [
        dict(
            criterion=str(rng.choice(["gini", "entropy"])),
            max_depth=int(rng.integers(2, 21)),
            min_samples_split=int(rng.integers(2, 21)),
            min_samples_leaf=int(rng.integers(1, 21)),
            max_features=[None, None, None, "sqrt", 0.5][rng.integers(5)],
        )
        for _ in range(n)
    ]


def word(trial, name):
    defaults = {"criterion": "gini", "min_samples_split": 2, "min_samples_leaf": 1, "ccp_alpha": 0.0}
    value = trial.get(name, defaults.get(name))
    return "null" if value is None else str(value)


def ours(program, folder, table, trials, share):
    X, y, V = table
    with open(os.path.join(folder, "table"), "wb") as out:
        np.array([len(X), len(V), X.shape[1], 0], "<u8").tofile(out)
        np.asfortranarray(X, "<f8").T.tofile(out)
        np.asfortranarray(V, "<f8").T.tofile(out)
        y.astype("u1").tofile(out)
    with open(os.path.join(folder, "trials"), "w") as out:
        for trial in trials:
            print(*(word(trial, name) for name in ORDER), file=out)
    arguments = [program, os.path.join(folder, "table"), os.path.join(folder, "trials"), share]
    seconds, _ = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return float(seconds) / len(trials)


def theirs(table, trials):
    X, y, V = table
    start = time.process_time()
    for trial in trials:
        DecisionTreeClassifier(**{"random_state": 42, **trial}).fit(X, y).predict_proba(V)
    return (time.process_time() - start) / len(trials)


def compare(label, program, folder, table, trials, n_sample, share, repeats):
    pairs = [
        (theirs(table, trials[:n_sample]), ours(program, folder, table, trials, share))
        for _ in range(repeats)
    ]
    sklearn = statistics.median(a for a, _ in pairs)
    perebor = statistics.median(b for _, b in pairs)
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{label:46s} {1e3 * sklearn:10.3f} {1e3 * perebor:10.4f} {ratio:8.1f}x", flush=True)


def main():
    program = sys.argv[1]
    rng = np.random.default_rng(1)
    trials = random_trials(rng, 2000)
    print(f"{'ms a tree, fit + predict':46s} {'sklearn':>10s} {'perebor':>10s} {'ratio':>9s}")
    with tempfile.TemporaryDirectory() as folder:
        small, large = small_table(rng), large_table(rng)
        compare("777 x 23, full depth", program, folder, small, [{}] * 50, 10, "alone", 5)
        compare("777 x 23, depth 5", program, folder, small, [{"max_depth": 5}] * 50, 10, "alone", 5)
        compare("777 x 23, random trials, share off", program, folder, small, trials[:400], 60, "alone", 5)
        compare("777 x 23, 2000 random trials, share exact", program, folder, small, trials, 60, "share", 5)
        seeded = [{**trial, "random_state": 42} for trial in trials[:400]]
        compare("777 x 23, random_state 42, share off", program, folder, small, seeded, 60, "alone", 5)
        depth10 = [{"max_depth": 10, "min_samples_leaf": 10}]
        compare("80000 x 30, depth 10, leaf 10", program, folder, large, depth10, 1, "alone", 3)
        compare("80000 x 30, full depth", program, folder, large, [{}], 1, "alone", 1)


if __name__ == "__main__":
    main()
