#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reference ensembles, selected by a greedy selection in numpy with scipy's midranks.

Writes scores.txt, made-up out-of-fold probabilities of 12 trials on 120 rows in 2 repeats of 4
folds (one line a row: label, fold in each repeat, then the probabilities of the first repeat and of
the second), and ensembles.txt: for some numbers of rounds, that number, the weights of the trials
and the mean AUC over folds. Every other trial has probabilities of two digits, which tie. Each AUC
is checked against scikit-learn's roc_auc_score.

    /usr/bin/python3 make_ensemble.py
"""
import pathlib

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

HERE = pathlib.Path(__file__).parent
N_TRIALS, N_ROWS, N_REPEATS, N_FOLDS = 12, 120, 2, 4


def auc(y, p):
    n1 = int(y.sum())
    n0 = len(y) - n1
    area = (rankdata(p)[y == 1].sum() - n1 * (n1 + 1) / 2) / (n0 * n1)
    assert abs(area - roc_auc_score(y, p)) < 1e-12
    return area


def score(weights, y, fold_of, p):
    blend = np.zeros(p.shape[1:])
    for weight, of in zip(weights, p):
        blend += weight * of
    blend /= weights.sum()
    areas = [auc(y[fold_of[repeat] == fold], blend[repeat][fold_of[repeat] == fold])
             for repeat in range(N_REPEATS) for fold in range(N_FOLDS)]
    return sum(areas) / len(areas)


def select(n_rounds, y, fold_of, p):
    weights = np.zeros(N_TRIALS, dtype=int)
    prefixes = []
    for _ in range(n_rounds):
        candidates = [score(weights + unit, y, fold_of, p) for unit in np.eye(N_TRIALS, dtype=int)]
        weights[int(np.argmax(candidates))] += 1  # argmax: the first of equal ones
        prefixes.append((max(candidates), weights.copy()))
    best = int(np.argmax([prefix[0] for prefix in prefixes]))
    return prefixes[best]


def main():
    rng = np.random.default_rng(2004)
    y = (rng.uniform(size=N_ROWS) < 0.3).astype(int)
    fold_of = np.array([rng.permutation(np.arange(N_ROWS) % N_FOLDS) for _ in range(N_REPEATS)])
    common = rng.normal(size=N_ROWS)
    p = np.empty((N_TRIALS, N_REPEATS, N_ROWS))
    for trial in range(N_TRIALS):
        noise = rng.normal(size=(N_REPEATS, N_ROWS))
        margin = (0.5 + 0.1 * trial) * y + 0.6 * common + 0.3 * rng.normal(size=N_ROWS) + 0.4 * noise
        p[trial] = np.round(1 / (1 + np.exp(0.7 - 1.5 * margin)), 2 if trial % 2 else 6)
    with open(HERE / "scores.txt", "w", encoding="utf-8") as rows:
        for row in range(N_ROWS):
            values = [repr(float(v)) for repeat in range(N_REPEATS) for v in p[:, repeat, row]]
            rows.write(" ".join([str(y[row])] + [str(f) for f in fold_of[:, row]] + values) + "\n")
    with open(HERE / "ensembles.txt", "w", encoding="utf-8") as out:
        for n_rounds in (1, 2, 5, 12, 30):
            found, weights = select(n_rounds, y, fold_of, p)
            out.write(" ".join([str(n_rounds)] + [str(w) for w in weights] + [repr(float(found))]) + "\n")


if __name__ == "__main__":
    main()
