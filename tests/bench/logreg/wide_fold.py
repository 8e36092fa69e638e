#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Logistic regression of many columns beside scikit-learn's: fit and predict of one fold, in CPU time.

    wide_fold.py build/release/tests/bench/learner/bench_learner

Two thirds of the rows are for training, the others are predicted. scikit-learn is given what its OneHotEncoder makes by
default, a sparse table, wherever there is a nominal column; it takes lbfgs for l2, liblinear for l1, saga for elastic net,
with its default tolerance and 1000 iterations at most; ours goes to the optimum. Its process is warm; ours is started for every
figure, and fits eight times."""
import os
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one core on both sides

import numpy as np
from sklearn.linear_model import LogisticRegression

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "learner"))
import one_fold

warnings.filterwarnings("ignore")
SETTINGS = {"penalty": "l2", "C": 1.0, "l1_ratio": 0.5, "intercept": "free", "class_weight": None}
SOLVERS = {"l2": "lbfgs", "l1": "liblinear", "elasticnet": "saga"}


def table(n_rows, n_numeric, levels, seed=1):
    """Standardised numbers and nominal columns, of which a level in ten bears on the class."""
    random = np.random.default_rng(seed)
    X = random.standard_normal((n_rows, n_numeric))
    odds = X @ (random.standard_normal(n_numeric) / np.sqrt(n_numeric))
    n = 2 * n_rows // 3
    nominal = []
    for n_levels in levels:
        codes = random.integers(n_levels, size=n_rows)
        odds += (random.standard_normal(n_levels) * (random.random(n_levels) < 0.1))[codes]
        seen = np.unique(codes[:n])  # a level that training has not is none of the encoder's
        place = np.full(n_levels, len(seen))
        place[seen] = np.arange(len(seen))
        nominal.append((place[codes], len(seen)))
    y = odds + random.logistic(size=n_rows) > 0
    return one_fold.Table(X[:n], y[:n], X[n:], [c[:n] for c, _ in nominal], [c[n:] for c, _ in nominal], [k for _, k in nominal])


def theirs(data, trials):
    X, V = data.sparse()
    start = time.process_time()
    for trial in trials:
        LogisticRegression(solver=SOLVERS[trial["penalty"]], max_iter=1000, random_state=42, **trial).fit(X, data.y).predict_proba(V)
    return (time.process_time() - start) / len(trials)


def main():
    tables = [("10000 x 10 + 2000 levels", table(10000, 10, [2000])),
              ("9000 x 9 + 2 x 650 levels", table(9000, 9, [650, 650])),
              ("7043 x 40 + 6531 levels", table(7043, 40, [6531])),
              ("2000 x 1000", table(2000, 1000, []))]
    trials = [{"penalty": "l2", "C": 0.1}, {"penalty": "l2", "C": 1.0}, {"penalty": "l1", "C": 0.1}, {"penalty": "l1", "C": 1.0},
              {"penalty": "elasticnet", "C": 0.8, "l1_ratio": 0.5}]
    with one_fold.Bench(sys.argv[1], "logreg", SETTINGS, theirs) as bench:
        for name, data in tables:
            for trial in trials:
                repeats = 1 if trial["penalty"] == "elasticnet" else 3  # saga takes seconds
                bench.compare(f"{name}, {trial['penalty']}, C = {trial['C']}", data, [trial] * 8, 1, "alone", repeats)


if __name__ == "__main__":
    main()
