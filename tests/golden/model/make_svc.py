#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes svc.txt: decisions of scikit-learn's SVC (LIBSVM) at tol 1e-9 on synthetic data.

A file of words. "dataset ROWS COLUMNS TEST_ROWS" is followed by the training rows, their labels and
the test rows; "case DATASET KERNEL C GAMMA DEGREE COEF0 WEIGHT" by the decisions of its test rows.
"""
import os
import warnings

import numpy as np
import sklearn
from sklearn.svm import SVC

warnings.filterwarnings("error")


def blobs(rng, n, columns, share=0.4):
    labels = (np.arange(n) < share * n).astype(int)
    rng.shuffle(labels)
    rows = rng.normal(size=(n, columns)) + 0.6 * labels[:, None]
    return np.round(rows, 6), labels


def datasets():
    rng = np.random.default_rng(20)
    rows, labels = blobs(rng, 121, 5)
    plain = (rows, labels, np.round(rng.normal(size=(21, 5)), 6))
    rows, labels = blobs(rng, 64, 3)
    twice = np.vstack([rows, rows[:20]]), np.concatenate([labels, 1 - labels[:20]])
    duplicates = (*twice, np.round(rng.normal(size=(9, 3)), 6))
    rows, labels = blobs(rng, 90, 3)
    test = np.round(rng.normal(size=(10, 3)), 6)
    combine = lambda x: np.hstack([x, x[:, :1] + x[:, 1:2], np.ones((len(x), 1)), x[:, 2:]])
    collinear = (combine(rows), labels, combine(test))
    rows, labels = blobs(rng, 75, 4, share=0.04)
    tiny = (rows, labels, np.round(rng.normal(size=(8, 4)), 6))
    return [plain, duplicates, collinear, tiny]


def settings():
    for kernel, gammas in (
        ("linear", ["scale"]),
        ("rbf", ["scale", "auto", 0.05, 2.0]),
        ("poly", ["scale", 0.3]),
        ("sigmoid", ["scale", 0.02]),
    ):
        for gamma in gammas:
            for C in (1e-4, 0.1, 1.0, 30.0, 1e4):
                for weight in (None, "balanced"):
                    for degree, coef0 in {"poly": [(2, 0.0), (3, 1.0)], "sigmoid": [(3, 0.0), (3, 0.5)]}.get(
                        kernel, [(3, 0.0)]
                    ):
                        if C > 100 and kernel in ("poly", "sigmoid"):
                            continue
                        if C < 1e-3 and kernel == "linear" and weight:
                            continue  # every point at its bound: a whole interval of biases is optimal
                        yield dict(kernel=kernel, C=C, gamma=gamma, degree=degree, coef0=coef0, class_weight=weight)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "svc.txt"), "w") as out:
        print(f"scikit-learn-{sklearn.__version__}", file=out)
        for number, (rows, labels, test) in enumerate(datasets()):
            print("dataset", *rows.shape, len(test), file=out)
            for row in rows:
                print(*(f"{v:.6f}" for v in row), file=out)
            print(*labels, file=out)
            for row in test:
                print(*(f"{v:.6f}" for v in row), file=out)
            for i, s in enumerate(settings()):
                if number > 0 and i % 3 != number % 3 and s["kernel"] != "linear":
                    continue
                # Where the kernel is not positive definite, the stationary point depends on the path.
                model = SVC(tol=1e-9, shrinking=s["kernel"] != "sigmoid", **s).fit(rows, labels)
                weight = s["class_weight"] or "none"
                print("case", number, s["kernel"], s["C"], s["gamma"], s["degree"], s["coef0"], weight, file=out)
                print(*(f"{v:.12g}" for v in model.decision_function(test)), file=out)


main()
