#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the golden numbers of test_stream.c: numpy's Philox is Philox4x64-10 too.

numpy counts up before it generates, hence the counter less one.
"""
import hashlib

import numpy as np


def bits(seed, name, trial, draw):
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    counter = (trial + (draw << 64) - 1) % (1 << 256)
    words = [(counter >> shift) % (1 << 64) for shift in (0, 64, 128, 192)]
    generator = np.random.Philox(
        key=np.array([seed, key], dtype=np.uint64), counter=np.array(words, dtype=np.uint64)
    )
    return int(generator.random_raw())


for seed, name, trial, draw in [
    (0, "", 0, 0),
    (42, "model", 0, 0),
    (42, "model", 1, 0),
    (42, "logreg__C", 12345678901, 3),
    (2**64 - 1, "Выручка", 2**64 - 1, 2**64 - 1),
]:
    print(f'    {{{seed}u, "{name}", {trial}u, {draw}u, {bits(seed, name, trial, draw):#018x}u}},')
