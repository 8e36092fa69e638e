#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes scores.txt and digests.txt beside this file.

scores.txt: mean, standard deviation as numpy computes them for scikit-learn, exactly.
digests.txt: docs/reference/digest.md, implemented a second time.
"""
import hashlib
import math
import os
import struct

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
MASK = 2**64 - 1


def draws(seed, n):
    """splitmix64 as doubles in [0, 1); the test draws the same."""
    values, state = [], seed
    for _ in range(n):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        values.append(((z ^ (z >> 31)) >> 11) * 2.0**-53)
    return values


def scores():
    with open(os.path.join(HERE, "scores.txt"), "w") as out:
        for n_folds in (1, 2, 3, 5, 7, 8, 9, 10, 15, 16, 20, 50, 127, 128, 129, 250, 300):
            array = np.array(draws(n_folds, n_folds)).reshape(1, n_folds)
            means = np.average(array, axis=1)
            stds = np.sqrt(np.average((array - means[:, np.newaxis]) ** 2, axis=1))
            out.write(f"{n_folds} {float(means[0]).hex()} {float(stds[0]).hex()}\n")


def u64(value):
    return struct.pack("<Q", value & MASK)


def double(value):
    return u64(0x7FF8000000000000) if math.isnan(value) else struct.pack("<d", value)


def text(value):
    raw = value.encode()
    return u64(len(raw)) + raw


def value(v):
    if isinstance(v, bool):
        return u64(1) + u64(int(v))
    if isinstance(v, int):
        return u64(2) + u64(v)
    if isinstance(v, float):
        return u64(3) + double(v)
    return u64(4) + text(v)


def digest_one(number, point, state, scores, metrics=None):
    """With metrics, scores are by metric: the selecting one first, the others by name."""
    active = {name: v for name, v in point.items() if v is not None}
    raw = text("perebor trial 2" if metrics else "perebor trial 1") + u64(number) + u64(len(active))
    for name in sorted(active, key=str.encode):
        raw += text(name) + value(active[name])
    raw += u64(4 if state == 0 else state)
    if state in (1, 3) and metrics:
        raw += u64(len(scores[0])) + u64(len(metrics))
        for metric, folds in zip(metrics, scores):
            raw += text(metric) + b"".join(double(s) for s in folds)
    elif state in (1, 3):
        raw += u64(len(scores)) + b"".join(double(s) for s in scores)
    return hashlib.sha256(raw).digest()


def digests():
    nan = math.nan
    trials = [
        ({"model": "logreg", "logreg__C": 0.1, "fit": True, "k": None}, 1, [0.5, 0.75]),
        ({"model": "knn", "logreg__C": None, "fit": False, "k": -3}, 3, [0.25, nan]),
        ({"model": "деревья", "logreg__C": None, "fit": None, "k": 7}, 0, [0.5, 0.5]),
    ]
    ones = [digest_one(100 + i, *trial) for i, trial in enumerate(trials)]
    # The same with two more metrics, and the whole of these.
    metrics = ["f1", "accuracy", "roc_auc"]
    by_metric = [[trial[2], [s + 0.125 for s in trial[2]], [s / 2 for s in trial[2]]] for trial in trials]
    named = [digest_one(100 + i, trial[0], trial[1], scores, metrics)
             for i, (trial, scores) in enumerate(zip(trials, by_metric))]
    named.append(hashlib.sha256(b"".join(named)).digest())
    with open(os.path.join(HERE, "digests.txt"), "w") as out:
        for one in ones + [hashlib.sha256(b"".join(ones)).digest()] + named:
            out.write(one.hex() + "\n")


if __name__ == "__main__":
    scores()
    digests()
