#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reference values of association on customers.csv, by scipy 1.10 and scikit-learn 1.2.

customers.csv holds 200 customers made up by a prototype of the generator (seed 7); nobody's data.
phi_k is derived anew here from the paper with scipy's bivariate normal distribution, not by our
algorithms. Writes associations.txt: a key, a column or pair, a value.

    /usr/bin/python3 make_associations.py > associations.txt
"""
import math
import pathlib

import numpy as np
import pandas as pd
from scipy import optimize, special, stats
from scipy.stats import mvn
from sklearn.feature_selection import chi2, f_classif
from sklearn.feature_selection._mutual_info import _compute_mi_cd
from sklearn.metrics import mutual_info_score

NUMBERS = "mkt6 mktcur dur promo cats_visit unpaid err pages rev2 rev1 rev0 min1 min0".split()
LEVELS = "cat service allow".split()
f = pd.read_csv(pathlib.Path(__file__).parent / "customers.csv")
y = f.y.values


def put(key, what, value):
    print(key, what, repr(float(value)))


def normal_cell(rho, a, b, c, d):
    if rho >= 1:
        return max(0.0, stats.norm.cdf(min(b, d)) - stats.norm.cdf(max(a, c)))
    return mvn.mvnun([a, c], [b, d], [0, 0], [[1, rho], [rho, 1]])[0]


def grid(rho, rows, columns):
    x, z = np.linspace(-5, 5, rows + 1), np.linspace(-5, 5, columns + 1)
    return np.array([[normal_cell(rho, x[i], x[i + 1], z[j], z[j + 1]) for j in range(columns)]
                     for i in range(rows)])


def phik(table, noise=True):
    rows, columns = table.shape
    if min(rows, columns) < 2:
        return math.nan
    n = table.sum()
    chi2 = stats.chi2_contingency(table)[0]
    pedestal = (rows - 1) * (columns - 1) if noise else 0
    most = n * min(rows - 1, columns - 1)
    if chi2 <= pedestal or chi2 >= most:
        return float(chi2 > pedestal)
    zero = grid(0, rows, columns)
    shown = lambda rho: ((grid(rho, rows, columns) - zero) ** 2 / zero).sum()
    scale = (most - pedestal) / shown(1)
    return optimize.brentq(lambda rho: pedestal + scale * shown(rho) - chi2, 0, 1, xtol=1e-12)


def levels(name):
    if name in NUMBERS:  # PhiK's ten bins, left open
        x = f[name].values.astype(float)
        return np.searchsorted(np.linspace(x.min() - 1e-14, x.max(), 11), x).astype(float)
    return pd.factorize(f[name])[0].astype(float) + 1


def counts(a, b):
    keep = (a > 0) & (b > 0)  # 0: below the first edge
    return pd.crosstab(a[keep], b[keep]).values.astype(float)


for name in NUMBERS + LEVELS:
    put("phik_target", name, phik(counts(levels(name), levels("y"))))
for one, other in (("rev1", "rev0"), ("pages", "min1"), ("cat", "service"), ("cat", "rev0")):
    put("phik_pair", f"{one},{other}", phik(counts(levels(one), levels(other))))

h = np.array([[25.0, 5, 10], [8, 30, 12]])
put("table", "phik", phik(h))
put("table", "phik_no_noise", phik(h, False))
put("table", "chi2", stats.chi2_contingency(h)[0])
put("table", "g", stats.chi2_contingency(h, lambda_="log-likelihood")[0])
put("table", "chi2_p", stats.chi2_contingency(h)[1])
put("table", "cramers_v", math.sqrt(stats.chi2_contingency(h)[0] / h.sum()))
phi2 = max(0, stats.chi2_contingency(h)[0] / 90 - 2 / 89)
put("table", "cramers_v_corrected", math.sqrt(phi2 / min(2 - 1 / 89 - 1, 3 - 4 / 89 - 1)))
q = np.array([[12.0, 5], [6, 14]])
put("two_by_two", "chi2", stats.chi2_contingency(q)[0])
put("two_by_two", "g", stats.chi2_contingency(q, lambda_="log-likelihood")[0])

for name in ("pages", "promo"):
    put("point_biserial", name, stats.pointbiserialr(y, f[name])[0])
    put("point_biserial_p", name, stats.pointbiserialr(y, f[name])[1])
for one, other in (("pages", "min1"), ("rev1", "rev0"), ("unpaid", "err")):
    put("spearman", f"{one},{other}", stats.spearmanr(f[one], f[other])[0])
    put("kendall", f"{one},{other}", stats.kendalltau(f[one], f[other])[0])
    put("pearson", f"{one},{other}", stats.pearsonr(f[one], f[other])[0])

inverse = np.linalg.inv(np.corrcoef(f[NUMBERS].values.astype(float), rowvar=False))
for name, value in zip(NUMBERS, np.diag(inverse)):
    put("vif", name, value)

F, p = f_classif(f[NUMBERS].values.astype(float), y)
sums, sums_p = chi2(f[NUMBERS].values.astype(float), y)
one, zero = f[y == 1], f[y == 0]
for i, name in enumerate(NUMBERS):
    x = f[name].values.astype(float)
    put("anova_f", name, F[i])
    put("anova_p", name, p[i])
    put("chi2_of_sums", name, sums[i])
    put("chi2_of_sums_p", name, sums_p[i])
    put("welch_t", name, stats.ttest_ind(one[name], zero[name], equal_var=False)[0])
    put("welch_p", name, stats.ttest_ind(one[name], zero[name], equal_var=False)[1])
    put("mann_whitney_u", name, stats.mannwhitneyu(one[name], zero[name])[0])
    put("mann_whitney_p", name, stats.mannwhitneyu(one[name], zero[name], method="asymptotic")[1])
    put("ks_d", name, stats.ks_2samp(one[name], zero[name])[0])
    put("mutual_discrete", name, mutual_info_score(f[name], y))
    jittered = x + np.arange(len(x)) * 1e-4
    put("mutual_nearest", name, _compute_mi_cd(jittered, y, 3))
    put("mean", name, x.mean())
    put("sd", name, x.std(ddof=1))
    put("skewness", name, stats.skew(x))
    put("excess_kurtosis", name, stats.kurtosis(x))
    for share in (0.01, 0.1, 0.25, 0.5, 0.9):
        put("quantile", f"{name},{share}", np.quantile(x, share))
    put("mad", name, stats.median_abs_deviation(x))
    put("distinct", name, len(np.unique(x)))
    low, high = np.quantile(x, [0.25, 0.75])
    put("iqr_outliers", name, ((x < low - 1.5 * (high - low)) | (x > high + 1.5 * (high - low))).sum())
    for bin_, count in enumerate(np.histogram(x, bins=12)[0]):
        put("histogram", f"{name},{bin_}", count)

for rho in (-1, -0.99, -0.93, -0.9, -0.5, 0.2, 0.6, 0.9, 0.924, 0.926, 0.97, 0.9999):
    for h_, k_ in ((0, 0), (1, -0.5), (-2, 1.5), (0.3, 0.31), (-1, -1), (4, -4), (-3, 3.2)):
        if rho == -1:
            value = max(0.0, special.ndtr(h_) - special.ndtr(-k_))
        else:  # one-dimensional quadrature, to 1e-14
            from scipy.integrate import quad
            s = math.sqrt(1 - rho * rho)
            inner = lambda x: stats.norm.pdf(x) * special.ndtr((k_ - rho * x) / s)
            breaks = sorted({-9.0, min(max(k_ / rho, -9.0), h_), float(h_)})
            value = sum(quad(inner, a, b, epsabs=1e-15, epsrel=1e-13, limit=400)[0]
                        for a, b in zip(breaks, breaks[1:]))
        put("bivariate", f"{h_},{k_},{rho}", value)

for x in (0.05, 0.5, 1, 2.5, 11.9, 30, 1234.5):
    put("log_gamma", x, special.gammaln(x))
    put("digamma", x, special.digamma(x))
for a in (0.5, 1, 3.7, 40, 500):
    for x in (1e-3, 0.4, 3, 44, 480, 700):
        if special.gammaincc(a, x) > 1e-290:
            put("gamma_upper", f"{a},{x}", special.gammaincc(a, x))
for a, b in ((0.5, 0.5), (2, 3), (0.5, 600), (646, 0.5)):
    for x in (1e-4, 0.1, 0.5, 0.9, 0.999):
        if special.betainc(a, b, x) > 1e-290:
            put("beta_lower", f"{a},{b},{x}", special.betainc(a, b, x))
for z in (-9, -3, -0.1, 0, 0.1, 1.96, 5, 8, 20, 37):
    put("normal_tail", z, stats.norm.sf(z))
for x in (0.3, 0.7, 1.36, 3):
    put("kolmogorov", x, special.kolmogorov(x))
raw = [0.01, 0.04, 0.03, 0.005, 0.8, 0.2, 0.03]
order = np.argsort(raw)[::-1]
adjusted = np.minimum.accumulate(np.array(raw)[order] * 7 / np.arange(7, 0, -1))
for place, value in zip(order, adjusted):
    put("false_discovery", place, value)

random = np.random.default_rng(20260729)


def x_log_x(x):
    return np.where(x > 0, x * np.log(np.maximum(x, 1)), 0)


def mean_g(rows, columns, n_tables):
    """The mean of G over simulated tables, and the error of that mean."""
    n = int(sum(rows))
    p = np.outer(rows, columns) / n**2
    tables = random.multinomial(n, p.ravel(), n_tables).reshape(n_tables, len(rows), len(columns)).astype(float)
    g = 2 * (x_log_x(tables).sum((1, 2)) - x_log_x(tables.sum(2)).sum(1) - x_log_x(tables.sum(1)).sum(1)
             + x_log_x(np.array(float(n))))
    return g.mean(), g.std() / n_tables**0.5


for one, other in (("cat", "y"), ("rev1", "rev0"), ("promo", "pages"), ("cat", "service")):
    table = counts(levels(one), levels(other))
    mean, error = mean_g(table.sum(1), table.sum(0), 100000)
    put("effective_dof", f"{one},{other}", mean)
    put("effective_dof_error", f"{one},{other}", error)
for n in (1000, 100000):
    mean, error = mean_g([n // 10, n // 5, n - n // 10 - n // 5], [n // 50, n // 4, n - n // 50 - n // 4], 400000)
    put("large_dof", n, mean)
    put("large_dof_error", n, error)
