#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes logreg.txt: a small synthetic table and scikit-learn's logistic regressions of it.

Solvers run to tolerances far below the 1e-6 that the test asks for. liblinear stands for
intercept: penalized. Made with scikit-learn 1.2.1; run it without arguments to write the file again.
"""
import os
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression

N_ROWS, N_COLUMNS = 90, 6
CASES = [  # penalty, C, l1_ratio, intercept, class_weight, solver
    ("l2", 0.05, 0.5, "free", None, "newton-cg"),
    ("l2", 1.0, 0.5, "free", None, "newton-cg"),
    ("l2", 50.0, 0.5, "free", None, "newton-cg"),
    ("l2", 1.0, 0.5, "free", "balanced", "newton-cg"),
    ("l2", 1.0, 0.5, "penalized", None, "liblinear"),
    ("l2", 0.2, 0.5, "penalized", "balanced", "liblinear"),
    ("none", 1.0, 0.5, "free", None, "newton-cg"),
    ("l1", 0.25, 0.5, "free", None, "saga"),
    ("l1", 0.8, 0.5, "free", None, "saga"),
    ("l1", 5.0, 0.5, "free", "balanced", "saga"),
    ("l1", 0.3, 0.5, "penalized", None, "liblinear"),
    ("l1", 3.0, 0.5, "penalized", None, "liblinear"),
    ("elasticnet", 0.2, 0.3, "free", None, "saga"),
    ("elasticnet", 2.0, 0.7, "free", None, "saga"),
    ("elasticnet", 1.0, 0.0, "free", "balanced", "saga"),
]


def table():
    rng = np.random.default_rng(20)
    rows = rng.normal(size=(N_ROWS, N_COLUMNS))
    rows[:, 3] = 0.6 * rows[:, 0] + 0.8 * rows[:, 3]
    rows[:, 4] = np.round(rows[:, 4])
    rows[:, 5] = (rows[:, 5] > 0.3).astype(float)
    odds = rows @ [1.5, -1.0, 0.4, 0.0, 0.7, -0.9] - 0.8
    return np.round(rows, 6), (odds + rng.logistic(size=N_ROWS) > 0).astype(int)


def main():
    rows, labels = table()
    lines = [f"{N_ROWS} {N_COLUMNS}"]
    for row, label in zip(rows, labels):
        lines.append(" ".join([str(label)] + [repr(float(value)) for value in row]))
    lines.append(str(len(CASES)))
    for penalty, strength, ratio, intercept, weight, solver in CASES:
        model = LogisticRegression(
            penalty=None if penalty == "none" else penalty,
            C=strength,
            l1_ratio=ratio if penalty == "elasticnet" else None,
            class_weight=weight,
            solver=solver,
            tol=1e-9 if solver == "liblinear" else 1e-11,
            max_iter=100_000,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # line searches that end at rounding
            model.fit(rows, labels)
        lines.append(
            f"{penalty} {strength!r} {ratio!r} {intercept} {weight or 'none'} "
            + " ".join(f"{value:.12g}" for value in [model.intercept_[0], *model.coef_[0]])
        )
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "logreg.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
