#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes rows.txt and expected.txt: what numpy makes of a campaign.

Lin's adjustment is computed here as he writes it: one least-squares fit of the outcome on treatment, score less
its mean, and their product, with the HC2 matrix of MacKinnon and White; the program fits two lines. The curve is
summed customer by customer; customers of one score are averaged over every cut inside their block."""
import os

import numpy as np
from scipy import stats

HERE = os.path.dirname(os.path.abspath(__file__))


def lin(y, t, x):
    n = len(y)
    c = x - x.mean()
    design = np.column_stack([np.ones(n), t, c, t * c])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    residual = y - design @ beta
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    meat = design.T @ (design * (residual ** 2 / (1 - leverage))[:, None])
    variance = (inverse @ meat @ inverse)[1, 1]
    spread = x.var(ddof=1)
    half = stats.t.ppf(.975, n - 4) * np.sqrt(variance + beta[3] ** 2 * spread / n)
    return beta[1], beta[1] - half, beta[1] + half


def curve(y, t, x, shares):
    """Block by block: sums, gain, area and the uplift inside a block."""
    n = len(y)
    sums = np.zeros(4)
    gains, where, uplift = [0.], [0.], {}

    def rates(s):
        return s[3] / (s[2] + s[3]) - s[1] / (s[0] + s[1]) if s[0] + s[1] > 0 and s[2] + s[3] > 0 else np.nan

    for value in np.unique(x)[::-1]:
        before = sums.copy()
        for k in np.flatnonzero(x == value):
            sums[2 * t[k] + y[k]] += 1
        for share in shares:
            if before.sum() / n < share <= sums.sum() / n + 1e-12:
                part = (share * n - before.sum()) / (sums.sum() - before.sum())
                uplift[share] = rates(before + part * (sums - before))
        r = rates(sums)
        gains.append(0. if np.isnan(r) else sums.sum() / n * r)
        where.append(sums.sum() / n)
    area = np.trapz(gains, where)
    return area - gains[-1] / 2, [uplift[s] for s in shares]


def main():
    rng = np.random.default_rng(5)
    shares = [.1, .3, .5, 1.]
    rows, lines = [], []
    for case in range(3):
        n = [60, 300, 301][case]
        x = rng.random(n)
        if case == 1:
            x = np.round(x, 1)  # blocks
        t = (rng.random(n) < [.5, .3, .8][case]).astype(int)
        y = (rng.random(n) < .2 + .4 * x + t * (.1 - .3 * x) * (case != 0)).astype(int)
        rows.append((x, t, y))
        qini, uplift = curve(y, t, x, shares)
        a, m, b, k = y[t == 1].sum(), (t == 1).sum(), y[t == 0].sum(), (t == 0).sum()
        width = stats.norm.ppf(.975) * np.sqrt(1 / a - 1 / m + 1 / b - 1 / k)
        ratio = a / m / (b / k)
        xt, xc = x[t == 1], x[t == 0]
        imbalance = (xt.mean() - xc.mean()) / np.sqrt(xt.var(ddof=1) / m + xc.var(ddof=1) / k)
        lines.append([*lin(y, t, x), ratio, ratio * np.exp(-width), ratio * np.exp(width), imbalance, qini, *uplift])
    with open(os.path.join(HERE, "rows.txt"), "w") as file:
        for case, (x, t, y) in enumerate(rows):
            for i in range(len(x)):
                file.write("%d %r %d %d\n" % (case, float(x[i]), t[i], y[i]))
    with open(os.path.join(HERE, "expected.txt"), "w") as file:
        for line in lines:
            file.write(" ".join(repr(float(v)) for v in line) + "\n")


main()
