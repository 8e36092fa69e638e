# SPDX-License-Identifier: MIT
"""The grid of shapes, and a made-up table of each."""
import itertools
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "learner"))
import one_fold

ROWS = (1_000, 10_000, 100_000)
COLUMNS = (10, 100, 1_000)
LEVELS = (0, 30, 1_000, 10_000)
LABELS = ("clean", "noisy")

# How much the columns say of the class: of "noisy" tables, which no model tells well, most rows become support vectors.
STRENGTH = {"clean": 4.0, "noisy": 0.6}


def shapes():
    """(rows, columns, levels, labels), from small to large."""
    return sorted(itertools.product(ROWS, COLUMNS, LEVELS, LABELS), key=lambda shape: shape[0] * (shape[1] + 5) + shape[2])


def draw(n_rows, n_columns, n_levels, labels, seed=1):
    """Standardised numbers and, if there are levels, one nominal column of which a level in ten bears on the class.

    Two thirds of the rows are for training; a level that these do not have is none of the table's."""
    random = np.random.default_rng(seed)
    X = random.standard_normal((n_rows, n_columns))
    odds = X @ (random.standard_normal(n_columns) / np.sqrt(n_columns))
    n = 2 * n_rows // 3
    codes, held, levels = [], [], []
    if n_levels > 0:
        level = random.integers(n_levels, size=n_rows)
        odds += (random.standard_normal(n_levels) * (random.random(n_levels) < 0.1))[level]
        seen = np.unique(level[:n])
        place = np.full(n_levels, len(seen))
        place[seen] = np.arange(len(seen))
        codes, held, levels = [place[level[:n]]], [place[level[n:]]], [len(seen)]
    y = STRENGTH[labels] * odds + random.logistic(size=n_rows) > 0
    return one_fold.Table(X[:n], y[:n], X[n:], codes, held, levels)
