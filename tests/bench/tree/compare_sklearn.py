#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Trees beside scikit-learn's: fit and predict of one fold, in CPU time, as ratios of one run.

    compare_sklearn.py build/release/tests/bench/learner/bench_learner

Small table: 777 training rows, 23 columns (13 continuous or counted, 10 of two values), 2000 random
trials, of which scikit-learn runs a sample. Large table: 80 000 rows, 30 columns. Medians of
interleaved runs. Only the learner is timed: scikit-learn's pipeline around it is not."""
import os
import sys
import time
import warnings

import numpy as np
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier

warnings.filterwarnings("ignore")
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "learner"))
import one_fold

SETTINGS = {
    "criterion": "gini",
    "max_depth": None,
    "min_samples_split": 2,
    "min_samples_leaf": 1,
    "max_features": None,
    "ccp_alpha": 0.0,
    "class_weight": None,
    "random_state": None,
}


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


def theirs(table, trials):
    X, y, V = table
    start = time.process_time()
    for trial in trials:
        DecisionTreeClassifier(**{"random_state": 42, **trial}).fit(X, y).predict_proba(V)
    return (time.process_time() - start) / len(trials)


def main():
    program = sys.argv[1]
    rng = np.random.default_rng(1)
    trials = random_trials(rng, 2000)
    with one_fold.Bench(program, "tree", SETTINGS, theirs) as bench:
        small, large = small_table(rng), large_table(rng)
        bench.compare("777 x 23, full depth", small, [{}] * 50, 10, "alone", 5)
        bench.compare("777 x 23, depth 5", small, [{"max_depth": 5}] * 50, 10, "alone", 5)
        bench.compare("777 x 23, random trials, share off", small, trials[:400], 60, "alone", 5)
        bench.compare("777 x 23, 2000 random trials, share exact", small, trials, 60, "share", 5)
        seeded = [{**trial, "random_state": 42} for trial in trials[:400]]
        bench.compare("777 x 23, random_state 42, share off", small, seeded, 60, "alone", 5)
        depth10 = [{"max_depth": 10, "min_samples_leaf": 10}]
        bench.compare("80000 x 30, depth 10, leaf 10", large, depth10, 1, "alone", 3)
        bench.compare("80000 x 30, full depth", large, [{}], 1, "alone", 1)


if __name__ == "__main__":
    main()
