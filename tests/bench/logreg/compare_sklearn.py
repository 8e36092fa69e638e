#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Logistic regression against scikit-learn: CPU time of the fits alone, over a mix of settings.

    compare_sklearn.py build/release/tests/bench/logreg/bench_logreg [FITS]

Each fit is on its own standardised or min-max table of 777 rows and 23 columns. scikit-learn runs
with its defaults (tol 1e-4, at most 1000 iterations), ours to the optimum.
"""
import resource
import struct
import subprocess
import sys
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression

N_ROWS, N_COLUMNS = 777, 23


def draw(rng):
    penalty = str(rng.choice(["l1", "l2", "elasticnet"]))
    solver = "saga" if penalty == "elasticnet" or rng.random() < 0.5 else "liblinear"
    strength = float(10 ** rng.uniform(-3, 2))
    ratio = float(rng.uniform(0.05, 0.95))
    rows = rng.normal(size=(N_ROWS, N_COLUMNS))
    rows[:, 12:] = rows[:, 12:] > 0.5  # as after one-hot encoding
    odds = rows[:, :6] @ [0.9, -1.2, 0.5, 0.3, -0.4, 0.8]
    labels = (odds + rng.logistic(size=N_ROWS) > 0).astype(np.uint8)
    if rng.random() < 0.5:
        rows = (rows - rows.min(axis=0)) / (rows.max(axis=0) - rows.min(axis=0))
    return penalty, solver, strength, ratio, rows, labels


def seconds_of_sklearn(penalty, solver, strength, ratio, rows, labels):
    model = LogisticRegression(
        penalty=penalty,
        C=strength,
        l1_ratio=ratio if penalty == "elasticnet" else None,
        solver=solver,
        max_iter=1000,
        random_state=42,
    )
    started = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    model.fit(rows, labels)
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime - started


def main():
    n_fits = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    rng = np.random.default_rng(1)
    tasks = [draw(rng) for _ in range(n_fits)]
    batch = b""
    for penalty, solver, strength, ratio, rows, labels in tasks:
        intercept = b"penalized" if solver == "liblinear" else b"free"
        batch += struct.pack("QQ16s16sdd", N_ROWS, N_COLUMNS, penalty.encode(), intercept, strength, ratio)
        batch += np.ascontiguousarray(rows.T).tobytes() + labels.tobytes()
    answer = subprocess.run([sys.argv[1], "--batch"], input=batch, stdout=subprocess.PIPE, check=True)
    ours = sum(float(line) for line in answer.stdout.split())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = sum(seconds_of_sklearn(*task) for task in tasks)
    print(f"{n_fits} fits: perebor {1e3 * ours / n_fits:.3f} ms, "
          f"scikit-learn {1e3 * theirs / n_fits:.3f} ms each, {theirs / ours:.0f}x")


if __name__ == "__main__":
    main()
