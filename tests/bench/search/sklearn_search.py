#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The peer: a list of trials run by scikit-learn's own search machinery, timed from inside.

usage: sklearn_search.py TASK.json    (written by compare_sklearn.py)

Prints JSON: wall and CPU seconds of the search alone (workers included), and every trial's score.
"""
import json
import os
import sys
import time
import warnings

os.environ["PYTHONWARNINGS"] = "ignore"  # of the workers too
warnings.filterwarnings("ignore")

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold, train_test_split
from sklearn.model_selection._search import BaseSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

import process_tree
import shop_table


class ListSearch(BaseSearchCV):
    """RandomizedSearchCV with a list in place of the draw."""

    def __init__(self, estimator, candidates, *, scoring=None, n_jobs=None, cv=None):
        super().__init__(estimator=estimator, scoring=scoring, n_jobs=n_jobs, cv=cv, refit=False)
        self.candidates = candidates

    def _run_search(self, evaluate_candidates):
        evaluate_candidates(self.candidates)


def settings(point, learner):
    begin = learner + "__"
    return {name[len(begin):]: value for name, value in point.items() if name.startswith(begin)}


def learner(point):
    """The estimator; settings that a point leaves out are null in perebor's terms, None here."""
    model = point["model"]
    found = settings(point, model)
    if model == "knn":
        found["p"] = {"manhattan": 1, "euclidean": 2}.get(found.pop("metric", None), found.get("p", 2))
        return KNeighborsClassifier(**found)
    if model == "tree":
        return DecisionTreeClassifier(random_state=42, **found)
    if model == "forest":
        forest = {"best": RandomForestClassifier, "random": ExtraTreesClassifier}[found.pop("splitter", "best")]
        return forest(**{"random_state": 42, "bootstrap": True, **found})
    if model == "logreg":
        intercept = found.pop("intercept", None)
        if intercept == "penalized":
            solver = "liblinear"
        elif intercept == "free" or found["penalty"] != "l2":
            solver = "saga"
        else:
            solver = "lbfgs"
        return LogisticRegression(solver=solver, max_iter=1000, random_state=42, **found)
    return SVC(**found)


def candidate(point):
    """A point as parameters of the pipeline."""
    scaler = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}
    encoder = {
        "onehot": lambda: OneHotEncoder(handle_unknown="ignore", sparse_output=False),
        "onehot_first": lambda: OneHotEncoder(drop="first", handle_unknown="ignore", sparse_output=False),
        "ordinal": lambda: OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
    }
    return {
        "prepare__numeric__scale": "passthrough" if point["scale"] == "none" else scaler[point["scale"]](),
        "prepare__nominal__encode": encoder[point["encode__nominal"]](),
        "select__k": point.get("select__k") or "all",
        "model": learner(point),
    }


def pipeline(numeric, nominal):
    prepare = ColumnTransformer([
        ("numeric", Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())]), numeric),
        ("nominal", Pipeline([("impute", SimpleImputer(strategy="most_frequent")), ("encode", OneHotEncoder())]),
         nominal),
    ])
    return Pipeline([("prepare", prepare), ("select", SelectKBest(f_classif)), ("model", SVC())])


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        task = json.load(stream)
    rows, labels, numeric, nominal = shop_table.read(task["folder"])
    rows, _, labels, _ = train_test_split(rows, labels, test_size=0.25, random_state=42, stratify=labels)
    folds = StratifiedKFold(5, shuffle=True, random_state=42)
    if task["repeats"] > 1:
        folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=task["repeats"], random_state=42)
    base = pipeline(numeric, nominal)
    candidates = [candidate(point) for point in task["points"]]
    search = ListSearch(base, candidates, scoring="roc_auc", n_jobs=task["n_jobs"], cv=folds)
    if task["warm"]:  # the workers started and their imports done, so that times may be scaled
        ListSearch(base, candidates[:1], scoring="roc_auc", n_jobs=task["n_jobs"], cv=folds).fit(rows, labels)
    wall, cpu = time.perf_counter(), process_tree.cpu_seconds(os.getpid())
    search.fit(rows, labels)
    print(json.dumps({
        "wall": time.perf_counter() - wall,
        "cpu": process_tree.cpu_seconds(os.getpid()) - cpu,
        "scores": [None if np.isnan(score) else score for score in search.cv_results_["mean_test_score"]],
    }))


if __name__ == "__main__":
    main()
