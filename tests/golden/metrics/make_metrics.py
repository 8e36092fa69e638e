#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes rows.csv and expected.json: what scikit-learn's cross_validate makes of every metric.

Run with scikit-learn 1.2.1. Every solver runs to a tight tolerance. Probabilities of support vector
machines are not SVC(probability=True)'s, whose inner folds are drawn at random: they are computed
here a second time by the rule of docs/reference/experiment.md, and compared with
CalibratedClassifierCV(SVC(), cv=5, ensemble=False), which is the same rule with another solver.
"""
import json
import os
import warnings

import numpy as np
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
METRICS = ["roc_auc", "average_precision", "neg_log_loss", "neg_brier_score", "f1", "accuracy",
           "balanced_accuracy", "precision", "recall", "matthews_corrcoef"]
OF_PROBABILITIES = ["neg_log_loss", "neg_brier_score"]

POINTS = [
    {"model": "logreg", "logreg__C": 0.5, "logreg__class_weight": None},
    {"model": "logreg", "logreg__C": 1e-6, "logreg__class_weight": None},  # predicts nobody
    {"model": "logreg", "logreg__C": 20.0, "logreg__class_weight": "balanced"},
    {"model": "tree", "tree__max_depth": 2, "tree__random_state": 3},
    {"model": "tree", "tree__max_depth": 30, "tree__random_state": 3},  # probabilities 0 and 1
    {"model": "knn", "knn__n_neighbors": 10, "knn__weights": "uniform"},  # five of ten votes
    {"model": "knn", "knn__n_neighbors": 7, "knn__weights": "distance"},
    {"model": "svc", "svc__kernel": "rbf", "svc__C": 1.0, "svc__class_weight": None},
    {"model": "svc", "svc__kernel": "rbf", "svc__C": 30.0, "svc__class_weight": "balanced"},
    {"model": "svc", "svc__kernel": "linear", "svc__C": 0.1, "svc__class_weight": "balanced"},
]


def make_rows():
    rng = np.random.default_rng(7)
    n = 200
    y = (np.arange(n) < 60).astype(int)
    rng.shuffle(y)
    x = rng.normal(size=(n, 5)) * [1, 3, 10, 0.5, 1] + 0.7 * y[:, None] * [1, 3, 10, 0, 0]
    x[:, 4] = rng.integers(0, 4, size=n)
    return np.round(x, 3), y


def learner(p):
    if p["model"] == "logreg":
        return LogisticRegression(C=p["logreg__C"], class_weight=p["logreg__class_weight"],
                                  solver="newton-cg", tol=1e-12, max_iter=1000)
    if p["model"] == "svc":
        return SVC(kernel=p["svc__kernel"], C=p["svc__C"], class_weight=p["svc__class_weight"], tol=1e-9)
    if p["model"] == "knn":
        return KNeighborsClassifier(p["knn__n_neighbors"], weights=p["knn__weights"], algorithm="brute")
    return DecisionTreeClassifier(max_depth=p["tree__max_depth"], random_state=p["tree__random_state"])


def fit_sigmoid(f, y):
    """Lin, Lin and Weng, algorithm 1: A and B of p = 1 / (1 + exp(A f + B))."""
    n1, n0 = y.sum(), len(y) - y.sum()
    t = np.where(y == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))
    a, b = 0.0, np.log((n0 + 1) / (n1 + 1))
    value = lambda a, b: np.sum(np.logaddexp(0, a * f + b) - (1 - t) * (a * f + b))
    best = value(a, b)
    for _ in range(100):
        p = 1 / (1 + np.exp(a * f + b))
        w = p * (1 - p)
        gradient = np.array([np.sum(f * (t - p)), np.sum(t - p)])
        if np.all(np.abs(gradient) < 1e-5):
            break
        hessian = np.array([[np.sum(f * f * w) + 1e-12, np.sum(f * w)],
                            [np.sum(f * w), np.sum(w) + 1e-12]])
        step = -np.linalg.solve(hessian, gradient)
        size = 1.0
        while size >= 1e-10:
            there = value(a + size * step[0], b + size * step[1])
            if there < best + 1e-4 * size * gradient @ step:
                a, b, best = a + size * step[0], b + size * step[1], there
                break
            size /= 2
        else:
            break
    return a, b


def calibrated_probabilities(p, x, y, fit, score):
    """Of the rows `score`, by a machine fitted on `fit` and calibrated within it."""
    scale = StandardScaler().fit(x[fit])
    inside, outside = scale.transform(x[fit]), scale.transform(x[score])
    held_out = np.empty(len(fit))
    for train, rest in StratifiedKFold(5).split(inside, y[fit]):
        held_out[rest] = learner(p).fit(inside[train], y[fit][train]).decision_function(inside[rest])
    a, b = fit_sigmoid(held_out, y[fit])
    ours = 1 / (1 + np.exp(a * learner(p).fit(inside, y[fit]).decision_function(outside) + b))
    theirs = CalibratedClassifierCV(learner(p), cv=5, ensemble=False).fit(inside, y[fit])
    assert np.max(np.abs(ours - theirs.predict_proba(outside)[:, 1])) < 1e-5
    return ours


class Given:
    """A classifier of known probabilities, for the scorers."""
    _estimator_type = "classifier"
    classes_ = np.array([0, 1])

    def __init__(self, p):
        self.p = p

    def predict_proba(self, _):
        return np.column_stack([1 - self.p, self.p])


def main():
    warnings.filterwarnings("ignore")  # undefined precision; newton-cg at the end of its precision
    x, y = make_rows()
    with open(os.path.join(HERE, "rows.csv"), "w", encoding="utf-8") as out:
        out.write("id,a,b,c,d,e,left\n")
        for row, (values, label) in enumerate(zip(x, y)):
            out.write(f"{row}," + ",".join(f"{v:g}" for v in values) + f",{'yes' if label else 'no'}\n")
    folds = list(StratifiedKFold(4).split(x, y))
    trials = []
    for p in POINTS:
        names = [name for name in METRICS if p["model"] != "svc" or name not in OF_PROBABILITIES]
        found = cross_validate(make_pipeline(StandardScaler(), learner(p)), x, y, cv=folds,
                               scoring=names, error_score="raise")
        scores = {name: list(found[f"test_{name}"]) for name in names}
        for name in OF_PROBABILITIES if p["model"] == "svc" else []:
            scores[name] = [get_scorer(name)(Given(calibrated_probabilities(p, x, y, fit, score)),
                                             x[score], y[score]) for fit, score in folds]
        trials.append({"point": p, "scores": scores})
    with open(os.path.join(HERE, "expected.json"), "w", encoding="utf-8") as out:
        json.dump({"scikit-learn": sklearn.__version__, "metrics": METRICS, "trials": trials}, out, indent=1)
        out.write("\n")


main()
