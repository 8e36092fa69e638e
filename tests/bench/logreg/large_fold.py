#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Logistic regression beside scikit-learn's: fit and predict of one fold, in CPU time.

    large_fold.py build/release/tests/bench/learner/bench_learner

Large table: 80 000 training rows, 20 000 validation rows, 30 standardised columns, some of them linear
in others. scikit-learn takes lbfgs for l2 and saga for the rest, as its users must, with its default
tolerance; ours goes to the optimum."""
import os
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one core on both sides

import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "learner"))
import one_fold

warnings.filterwarnings("ignore")
SETTINGS = {"penalty": "l2", "C": 1.0, "l1_ratio": 0.5, "intercept": "free", "class_weight": None}


def table():
    X, y = make_classification(100000, 30, n_informative=12, n_redundant=6, flip_y=0.1, random_state=1)
    X = (X - X[:80000].mean(axis=0)) / X[:80000].std(axis=0)
    return X[:80000], y[:80000], X[80000:]


def theirs(data, trials):
    X, y, V = data
    start = time.process_time()
    for trial in trials:
        solver = "lbfgs" if trial["penalty"] == "l2" else "saga"
        LogisticRegression(solver=solver, max_iter=1000, random_state=42, **trial).fit(X, y).predict_proba(V)
    return (time.process_time() - start) / len(trials)


def main():
    data = table()
    with one_fold.Bench(sys.argv[1], "logreg", SETTINGS, theirs) as bench:
        trials = [{"penalty": "l2", "C": 0.8}, {"penalty": "l1", "C": 0.8},
                  {"penalty": "elasticnet", "C": 0.8, "l1_ratio": 0.5}]
        for trial in trials:
            bench.compare(f"80000 x 30, {trial['penalty']}, C = 0.8", data, [trial], 1, "alone", 1)
        bench.compare("80000 x 30, the three of them", data, trials, 3, "alone", 1)


if __name__ == "__main__":
    main()
