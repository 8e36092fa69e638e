#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes argsort.csv: values that drive numpy's introsort into its heap sort, and their argsort.

The values come from McIlroy's adversary ("A killer adversary for quicksort", 1999) played against
a model of the partitioning; what is undecided when the depth is used up stays equal, so that the
order of equal values in the heap sort shows too. Run with numpy 1.24.2.
"""
import os

import numpy as np

N = 300


class Adversary:
    def __init__(self, n):
        self.gas = n
        self.values = [n] * n
        self.solid = 0
        self.candidate = 0

    def less(self, x, y):
        values = self.values
        if values[x] == self.gas and values[y] == self.gas:
            values[x if x == self.candidate else y] = self.solid
            self.solid += 1
        if values[x] == self.gas:
            self.candidate = x
        elif values[y] == self.gas:
            self.candidate = y
        return values[x] < values[y]


def kill(n):
    adversary = Adversary(n)
    less = adversary.less
    o = list(range(n))
    low, high, depth = 0, n - 1, 2 * (n.bit_length() - 1)
    while high - low > 15 and depth >= 0:
        middle = low + ((high - low) >> 1)
        if less(o[middle], o[low]):
            o[middle], o[low] = o[low], o[middle]
        if less(o[high], o[middle]):
            o[middle], o[high] = o[high], o[middle]
        if less(o[middle], o[low]):
            o[middle], o[low] = o[low], o[middle]
        pivot = o[middle]
        i, j = low, high - 1
        o[middle], o[j] = o[j], o[middle]
        while True:
            i += 1
            while less(o[i], pivot):
                i += 1
            j -= 1
            while less(pivot, o[j]):
                j -= 1
            if i >= j:
                break
            o[i], o[j] = o[j], o[i]
        o[i], o[high - 1] = o[high - 1], o[i]
        low, high = (i + 1, high) if i - low < high - i else (low, i - 1)
        depth -= 1
    return adversary.values


values = np.array(kill(N))
order = np.argsort(values)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "argsort.csv")
with open(path, "w", encoding="utf-8") as file:
    file.write("value,order\n")
    for value, place in zip(values, order):
        file.write(f"{value},{place}\n")
