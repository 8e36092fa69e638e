#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reference values of clusters, of valleys of densities and of Fisher's exact test, by scikit-learn
1.2 and scipy 1.10, and every description of a small table, counted without any cleverness.

Points are columns of ../statistics/customers.csv, standardised (ddof 1). Writes segments.txt: a key
and its values.

    /usr/bin/python3 make_segments.py > segments.txt
"""
import itertools
import pathlib

import numpy as np
import pandas as pd
from scipy import optimize, stats
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.mixture import GaussianMixture

COLUMNS = ["pages", "cats_visit", "min1", "min0", "promo"]
f = pd.read_csv(pathlib.Path(__file__).parent.parent / "statistics" / "customers.csv")
raw = f[COLUMNS].values
x = (raw - raw.mean(0)) / raw.std(0, ddof=1)


def put(key, *values):
    print(key, *[repr(float(v)) for v in np.ravel(values)])


def clusters():
    for k in (2, 3, 5):
        start = x[:: len(x) // k][:k]  # rows that are far from each other in the table
        found = KMeans(k, init=start, n_init=1, tol=0, algorithm="lloyd", max_iter=300).fit(x)
        put(f"kmeans_inertia_{k}", found.inertia_)
        put(f"kmeans_centers_{k}", found.cluster_centers_)
        put(f"silhouette_{k}", silhouette_score(x, found.labels_))
        best = KMeans(k, n_init=200, tol=0, random_state=1).fit(x)
        put(f"kmeans_best_{k}", best.inertia_)
        shares = np.bincount(found.labels_) / len(x)
        variances = np.array([x[found.labels_ == c].var(0) for c in range(k)]) + 1e-6
        mix = GaussianMixture(k, covariance_type="diag", tol=1e-12, max_iter=5000, reg_covar=1e-6,
                              weights_init=shares, means_init=found.cluster_centers_,
                              precisions_init=1 / variances).fit(x)
        put(f"mixture_score_{k}", mix.score(x))
        put(f"mixture_bic_{k}", mix.bic(x))
        put(f"mixture_means_{k}", mix.means_)
        put(f"mixture_variances_{k}", mix.covariances_)
        put(f"mixture_weights_{k}", mix.weights_)
        put(f"rand_{k}", adjusted_rand_score(found.labels_, mix.predict(x)))


def fisher():
    for both, drawn, marked, n in [(3, 4, 4, 8), (0, 5, 5, 20), (12, 30, 40, 200), (90, 100, 400, 972),
                                   (370, 409, 371, 972), (1, 1, 1, 1000000), (5200, 50000, 100000, 1000000),
                                   (3000, 50000, 100000, 1000000), (50, 60, 55, 70)]:
        p = stats.hypergeom.sf(both - 1, n, marked, drawn)
        put("fisher", both, drawn, marked, n, p)


def valley(values):
    """Where scipy's kernel estimate is lowest beside what it reaches below and above."""
    sd = values.std(ddof=1)
    h = 0.9 * sd * len(values) ** -0.2
    grid = np.linspace(values.min() - 3 * h, values.max() + 3 * h, 4001)
    y = stats.gaussian_kde(values, bw_method=h / sd)(grid)
    best = (1.0, np.nan, np.nan, np.nan)
    for i in range(len(grid)):
        below, above = y[:i + 1].argmax(), i + y[i:].argmax()
        depth = y[i] / min(y[below], y[above])
        if 0.05 <= (values <= grid[i]).mean() <= 0.95 and depth < best[0]:
            best = (depth, grid[i], grid[below], grid[above])
    return h, *best


def table():
    """Eighty rows; every conjunction of up to three conditions."""
    rng = np.random.default_rng(5)
    n = 80
    a = rng.integers(0, 10, n).astype(float)
    b = rng.integers(0, 4, n).astype(float)
    c = rng.integers(0, 3, n)
    a[::17] = np.nan
    y = (rng.uniform(size=n) < np.where((np.nan_to_num(a, nan=9) <= 4) & (c == 1), 0.9, 0.2)).astype(int)
    put("table_a", np.nan_to_num(a, nan=-1))
    put("table_b", b)
    put("table_c", c)
    put("table_y", y)
    conditions = []
    for name, values in (("a", a), ("b", b)):
        present = np.sort(values[~np.isnan(values)])
        cuts = []
        for bin in range(1, 4):
            cut = present[(len(present) - 1) * bin // 4]
            if cut < present[-1] and cut not in cuts:
                cuts.append(cut)
        conditions += [(name, 0, cut, values <= cut) for cut in cuts]
        conditions += [(name, 1, cut, values > cut) for cut in cuts]
    conditions += [("c", 2, level, c == level) for level in range(3)]
    described = []
    for depth in (1, 2, 3):
        for some in itertools.combinations(conditions, depth):
            fits = True
            for p, q in itertools.combinations(some, 2):
                if p[0] == q[0]:
                    above, most = (p, q) if p[1] == 1 else (q, p)
                    fits &= above[1] == 1 and most[1] == 0 and above[2] < most[2]
            if fits:
                rows = np.logical_and.reduce([q[3] for q in some])
                described.append((depth, rows.sum(), y[rows].sum()))
    put("table_counts", [sum(d == depth for d, _, _ in described) for depth in (1, 2, 3)])
    kept = [(d, m, k) for d, m, k in described if m >= 0.05 * n and m > 0]
    quality = sorted(((k - m * y.sum() / n) / n for _, m, k in kept), reverse=True)
    put("table_kept", len(kept))
    put("table_best", quality[:20])
    sizes = [sum(d == depth for d, _, _ in described) for depth in (1, 2, 3)]
    p = [3 * sizes[d - 1] * stats.hypergeom.sf(k - 1, n, y.sum(), m) for d, m, k in kept]
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum.accumulate((np.array(p)[order] / np.arange(1, len(p) + 1))[::-1])[::-1]
    put("table_adjusted", np.minimum(adjusted, 1)[:20])
    believed = adjusted <= 0.05
    better = np.array([k - m * y.sum() / n > 0 for _, m, k in kept])[order]
    put("table_believed", (believed & better).sum())


clusters()
fisher()
for name in ("promo", "pages", "rev0"):
    put("valley_" + name, *valley(f[name].values))
table()
