#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reference values of calibration, thresholds and calibrators, by scikit-learn 1.2 and scipy 1.10.

Writes rows.txt, 240 made-up rows (a label, a probability that is too sure of itself and ties, a
margin), and measures.txt: a key and its values. What scikit-learn has no function for is derived
from those that it has: F1 from precision_recall_curve, Youden's J from roc_curve, beta calibration
from LogisticRegression on Kull, Silva Filho and Flach's two features, with rows weighted by Platt's
targets; the constraint on its coefficients is met by refitting without a feature.

    /usr/bin/python3 make_measures.py
"""
import pathlib
import warnings

import numpy as np
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, f1_score, log_loss, precision_recall_curve, roc_curve

HERE = pathlib.Path(__file__).parent
out = []


def put(key, *values):
    out.append(" ".join([key] + [repr(float(v)) for v in values]))


def targets(y):
    """Platt's: what a further row is expected to be."""
    n1 = y.sum()
    n0 = len(y) - n1
    return np.where(y == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))


def weighted_logistic(features, t):
    """Rows that are positive with weight t and negative with weight 1 - t."""
    twice = np.vstack([features, features])
    labels = np.repeat([1, 0], len(t))
    model = LogisticRegression(penalty=None, tol=1e-12, max_iter=10000, solver="newton-cg")
    model.fit(twice, labels, sample_weight=np.concatenate([t, 1 - t]))
    return model.coef_[0], model.intercept_[0]


def beta(key, p, y):
    features = np.column_stack([np.log(p), -np.log1p(-p)])
    (a, b), c = weighted_logistic(features, targets(y))
    if a < 0:
        (b,), c = weighted_logistic(features[:, 1:], targets(y))
        a = 0.0
    elif b < 0:
        (a,), c = weighted_logistic(features[:, :1], targets(y))
        b = 0.0
    put(key, a, b, c)


def main():
    rng = np.random.default_rng(11)
    n = 240
    margin = np.round(rng.normal(size=n) * 1.5, 2)
    y = (rng.uniform(size=n) < 1 / (1 + np.exp(0.4 - 0.8 * margin))).astype(int)
    p = np.round(1 / (1 + np.exp(-1.7 * margin)), 2)
    with open(HERE / "rows.txt", "w", encoding="utf-8") as rows:
        for values in zip(y, p, margin):
            rows.write("%d %r %r\n" % (values[0], float(values[1]), float(values[2])))
    for strategy in ("uniform", "quantile"):
        shares, means = calibration_curve(y, p, n_bins=7, strategy=strategy)
        for share, mean in zip(shares, means):
            put(strategy, mean, share)
    put("brier", brier_score_loss(y, p))
    put("log_loss", log_loss(y, p, eps=np.finfo(float).eps))
    z = np.sum((y - p) * (1 - 2 * p)) / np.sqrt(np.sum((1 - 2 * p) ** 2 * p * (1 - p)))
    put("spiegelhalter", z, 2 * stats.norm.sf(abs(z)))
    fpr, tpr, thresholds = roc_curve(y, margin, drop_intermediate=False)
    best = np.argmax(tpr - fpr)
    put("youden", thresholds[best], (tpr - fpr)[best])
    precision, recall, thresholds = precision_recall_curve(y, margin)
    f1 = np.array([f1_score(y, margin >= t) for t in thresholds])
    best = len(f1) - 1 - np.argmax(f1[::-1])
    put("f1", thresholds[best], f1[best], precision[best], recall[best])
    at = np.linspace(-4, 4, 41)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(margin, targets(y))
    for x, value in zip(at, isotonic.predict(at)):
        put("isotonic", x, value)
    inside = np.clip(p, 0.001, 0.999)
    beta("beta", inside, y)
    beta("beta_without_a", np.clip(1 - (1 - inside) ** 8, 0.001, 0.999), y)
    beta("beta_without_b", np.clip(inside ** 50, 0.001, 0.999), y)
    (HERE / "measures.txt").write_text("\n".join(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")  # newton-cg at the end of its precision
    main()
