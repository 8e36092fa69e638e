#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the golden draws of test_space.c with numpy's Philox and the definitions of space.h."""
import hashlib
import math

import numpy as np
from scipy.special import ndtri

SEED = 42


def uniform(name, trial):
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    counter = (trial - 1) % (1 << 256)
    words = [(counter >> shift) % (1 << 64) for shift in (0, 64, 128, 192)]
    generator = np.random.Philox(
        key=np.array([SEED, key], dtype=np.uint64), counter=np.array(words, dtype=np.uint64)
    )
    return ((int(generator.random_raw()) >> 12) + 0.5) / 2.0**52


def listed(values, u):
    return values[int(u * len(values))]


def weighted(values, probabilities, u):
    return values[int(np.searchsorted(np.cumsum(probabilities), u, side="right"))]


DRAWS = {
    "plain": lambda u: listed([0, 1, 2], u),
    "weighted": lambda u: weighted([0, 1, 2], [0.5, 0.2, 0.3], u),
    "uniform": lambda u: -1 + u * 3,
    "int_uniform": lambda u: 1 + int(u * 60),
    "q_uniform": lambda u: min(max(round((0.1 + u * 0.9) / 0.25), 1), 4) * 0.25,
    "log": lambda u: math.exp(math.log(1e-4) + u * (math.log(1e3) - math.log(1e-4))),
    "q_log": lambda u: round(math.exp(math.log(50) + u * (math.log(1000) - math.log(50))) / 10) * 10,
    "normal": lambda u: 1 + 2 * ndtri(u),
    "q_normal": lambda u: round((1 + 2 * ndtri(u)) / 0.5) * 0.5,
    "log_normal": lambda u: math.exp(ndtri(u)),
}

for trial in range(5):
    row = ", ".join(repr(float(draw(uniform(name, trial)))) for name, draw in DRAWS.items())
    print(f"    {{{row}}},")
