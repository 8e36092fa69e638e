#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Nearest neighbours beside scikit-learn's: fit and predict of one fold, in CPU time.

    compare_sklearn.py build/release/tests/bench/learner/bench_learner

Small table: 777 training rows, 195 validation rows, 23 columns. Large table: 80 000 and 20 000 rows,
30 columns, of which scikit-learn's time grows with the validation rows, so that it scores a tenth of
them and its time is taken tenfold. Flat tables: as many rows of 3 columns, of 10 that follow 3, and a
quarter of them with p=3: there both sides pass over most rows. scikit-learn chooses its algorithm
itself (algorithm="auto"). A second argument, flat, asks for these alone."""
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"  # one core on both sides

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "learner"))
import one_fold

SETTINGS = {"n_neighbors": 5, "weights": "uniform", "metric": "minkowski", "p": 2.0}
LARGE = 10000


def table(rng, n_training, n_validation, n_columns):
    X = rng.normal(size=(n_training + n_validation, n_columns))
    y = (X[:, :5].sum(axis=1) + rng.logistic(size=len(X)) > 0).astype(np.uint8)
    return X[:n_training], y[:n_training], X[n_training:]


def theirs(table, trials):
    X, y, V = table
    tenth = 10 if len(X) > LARGE else 1
    start = time.process_time()
    fitted = [KNeighborsClassifier(**trial).fit(X, y) for trial in trials]
    scored = time.process_time()
    for model in fitted:
        model.predict_proba(V[::tenth])
    return (scored - start + tenth * (time.process_time() - scored)) / len(trials)


def flat(bench):
    rng = np.random.default_rng(2)
    three = table(rng, 80000, 20000, 3)
    turned = rng.normal(size=(3, 10))
    ten = tuple(part @ turned + .1 * rng.normal(size=(len(part), 10)) if part.ndim == 2 else part for part in three)
    quarter = (three[0][:20000], three[1][:20000], three[2][:5000])
    for p in (1.0, 2.0):
        one = [{"n_neighbors": 20, "p": p}]
        bench.compare(f"80000 x 3, 20 neighbours, p={p:g}", three, one, 1, "alone", 3)
        bench.compare(f"80000 x 10 along 3 directions, p={p:g}", ten, one, 1, "alone", 3)
    bench.compare("20000 x 3, 20 neighbours, p=3", quarter, [{"n_neighbors": 20, "p": 3.0}], 1, "alone", 3)


def main():
    if sys.argv[2:] == ["flat"]:
        with one_fold.Bench(sys.argv[1], "knn", SETTINGS, theirs) as bench:
            flat(bench)
        return
    rng = np.random.default_rng(1)
    small, large = table(rng, 777, 195, 23), table(rng, 80000, 20000, 30)
    trials = [{"n_neighbors": int(rng.integers(1, 51)), "weights": str(rng.choice(["uniform", "distance"])),
               "p": float(rng.integers(1, 3))} for _ in range(400)]
    with one_fold.Bench(sys.argv[1], "knn", SETTINGS, theirs) as bench:
        for p in (1.0, 2.0):
            one = [{"n_neighbors": 20, "p": p}]
            bench.compare(f"777 x 23, 20 neighbours, p={p:g}", small, one * 50, 10, "alone", 5)
        bench.compare("777 x 23, 20 neighbours, p=3", small, [{"n_neighbors": 20, "p": 3.0}] * 10, 5, "alone", 5)
        bench.compare("777 x 23, 400 random trials, share off", small, trials, 60, "alone", 5)
        bench.compare("777 x 23, 400 random trials, share exact", small, trials, 60, "share", 5)
        for p in (1.0, 2.0):
            one = [{"n_neighbors": 20, "p": p}]
            bench.compare(f"80000 x 30, 20 neighbours, p={p:g}", large, one, 1, "alone", 1)
        flat(bench)


if __name__ == "__main__":
    main()
