#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes marginals.csv: quantiles of the four kinds of marginals, computed with scipy 1.10.

The parameters are rows of experiments/one_click/generator.yaml; test_marginal.c has the same ones.
Columns: name, u, value.
"""
import os

import numpy as np
from scipy.special import ndtr, ndtri

MARGINALS = {
    "pages": {"type": "tnorm", "mu": 9.771, "sd": 3.444, "lo": 1, "hi": 20, "step": 1},
    "rev1": {"type": "tnorm", "mu": 4933.5012, "sd": 630.7211, "lo": 2890, "hi": 6869.5, "step": 0.5},
    "leaving_pages": {"type": "tlognorm", "mu": 1.334, "sd": 0.521, "lo": 1, "hi": 18, "step": 1},
    "err": {"type": "pmf", "lo": 0,
            "p": [0.021, 0.052, 0.116, 0.15, 0.203, 0.178, 0.141, 0.07, 0.054, 0.015]},
    "promo": {"type": "mix2", "p_hi": 0.304,
              "low": {"type": "tnorm", "mu": 0.2964, "sd": 0.0678, "lo": 0.11, "hi": 0.47, "step": 0.01},
              "high": {"type": "tnorm", "mu": 0.9921, "sd": 0.0696, "lo": 0.74, "hi": 0.99,
                       "step": 0.01}},
}
U = [1e-15, 1e-9, 1e-4, .003, .01, .021, .05, .1, .2, .25, .333, .4, .5, .6, .66, .695, .697, .75, .8,
     .9, .95, .99, .9985, .9999, 1 - 1e-9, 1 - 1e-15]


def settle(m, x):
    return float(np.clip(np.floor(x / m["step"] + .5) * m["step"], m["lo"], m["hi"]))


def cut(m, lo, hi, u):
    a, b = ndtr((lo - m["mu"]) / m["sd"]), ndtr((hi - m["mu"]) / m["sd"])
    return m["mu"] + m["sd"] * ndtri(a + u * (b - a))


def quantile(m, u):
    if m["type"] == "tnorm":
        return settle(m, cut(m, m["lo"] - m["step"] / 2, m["hi"] + m["step"] / 2, u))
    if m["type"] == "tlognorm":
        return settle(m, np.exp(cut(m, np.log(max(m["lo"] - m["step"] / 2, 1e-9)),
                                    np.log(m["hi"] + m["step"] / 2), u)))
    if m["type"] == "pmf":
        c = np.cumsum(m["p"])
        return float(m["lo"] + min(np.searchsorted(c, u * c[-1], side="right"), len(c) - 1))
    edge = 1 - m["p_hi"]
    return quantile(m["high"], (u - edge) / m["p_hi"]) if u > edge else quantile(m["low"], u / edge)


path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "marginals.csv")
with open(path, "w", encoding="ascii") as out:
    for name, marginal in MARGINALS.items():
        for u in U:
            out.write(f"{name},{u!r},{quantile(marginal, u)!r}\n")
