#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reference values of what reports compute, by numpy, scipy 1.10 and scikit-learn 1.2.

PED-ANOVA is written here from the paper's definition with sums over trials and kernels, not over
counts of cells; the curve is scikit-learn's roc_curve, the interval scipy's proportion_ci.

    /usr/bin/python3 make_report.py > report.txt
"""
import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import roc_curve


def put(key, *values):
    print(key, *(repr(float(value)) for value in values))


def density(cells, n_cells, h):
    """Every trial's kernel, cut off and normalised within the range, on the cells' middles."""
    grid = np.arange(n_cells)
    kernels = np.exp(-0.5 * ((grid[None, :] - cells[:, None]) / h) ** 2)
    return (kernels / kernels.sum(1, keepdims=True)).mean(0)


def divergence(cells, n_best, n_cells, ordered):
    best = cells[:n_best]
    if ordered:
        h = max(0.5, best.std(ddof=1) * n_best ** -0.2)
        p, q = density(best, n_cells, h), density(cells, n_cells, h)
    else:
        p, q = (np.bincount(c, minlength=n_cells) / len(c) for c in (best, cells))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nansum(np.where(q > 0, q * (p / q - 1) ** 2, 0.0))


def congruent(n, modulus, step=7919):
    """The same numbers in C: (i^2 + step i) mod modulus."""
    i = np.arange(n, dtype=np.int64)
    return (i * i + step * i) % modulus


cells = congruent(120, 50)
cells[:12] = 40 + congruent(12, 8)
put("ped ordered", divergence(cells, 12, 50, True))
kinds = congruent(120, 4)
kinds[:12] = np.where(congruent(12, 3) == 0, 1, 3)
put("ped nominal", divergence(kinds, 12, 4, False))

for k, n in (0, 10), (3, 7), (122, 324), (10, 10):
    interval = binomtest(k, n).proportion_ci(0.95, method="wilson")
    put(f"wilson {k} {n}", interval.low, interval.high)

scores = congruent(60, 23) / 23.0
labels = (congruent(60, 31) < 13).astype(int)
fpr, tpr, _ = roc_curve(labels, scores, drop_intermediate=False)
for at, (x, y) in enumerate(zip(fpr, tpr)):
    put(f"roc {at}", x * (labels == 0).sum(), y * (labels == 1).sum())
