#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The experiment that init writes runs as it is, on tables that come with scikit-learn, and its best trial is
no worse than any of scikit-learn's own classes with their defaults, on the same rows and folds.

usage: first_experiment.py PEREBOR
"""
import csv
import os
import subprocess
import sys
import warnings

import shop

try:
    import pandas  # noqa: F401
    import sklearn
except ImportError as missing:
    shop.skip(f"{missing}: install python3-sklearn and python3-pandas")
if tuple(map(int, sklearn.__version__.split(".")[:2])) < (1, 0):
    shop.skip(f"scikit-learn is {sklearn.__version__}, too old")

from sklearn import datasets
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

SEED = 42  # of every first experiment
DEFAULTS = {
    "LogisticRegression": LogisticRegression(),
    "KNeighborsClassifier": KNeighborsClassifier(),
    "DecisionTreeClassifier": DecisionTreeClassifier(random_state=0),
    "SVC": SVC(),
}


def one_against_rest(load, positive, target):
    """A table of scikit-learn's with a class against the others, in words, as its last column."""
    bunch = load(as_frame=True)
    table = bunch.data.copy()
    table[target] = ["yes" if bunch.target_names[label] == positive else "no" for label in bunch.target]
    return table, "yes"


def breast_cancer():
    bunch = datasets.load_breast_cancer(as_frame=True)
    table = bunch.data.copy()
    table.insert(0, "diagnosis", [bunch.target_names[label] for label in bunch.target])
    return table, "malignant"


TABLES = {
    "breast_cancer": breast_cancer,
    "iris": lambda: one_against_rest(datasets.load_iris, "versicolor", "is_versicolor"),
    "wine": lambda: one_against_rest(datasets.load_wine, "class_1", "second_class"),
}


def perebor_scores(perebor, table, name):
    """Writes an experiment for the table and runs it: model and score of every trial, by number."""
    table.to_csv(f"{name}.csv", index=False)
    subprocess.run([perebor, "init", f"{name}.csv", "-o", f"{name}.yaml"], check=True)
    subprocess.run([perebor, "check", f"{name}.yaml"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run([perebor, "run", f"{name}.yaml", "-q", "-o", f"{name}.h5"], check=True, stderr=subprocess.DEVNULL)
    listing = subprocess.run([perebor, "show", f"{name}.h5", "--top", "100000", "--format", "csv"], check=True,
                             stdout=subprocess.PIPE, encoding="utf-8").stdout
    trials = sorted(csv.DictReader(listing.splitlines()), key=lambda row: int(row["trial"]))
    assert all(row["state"] == "COMPLETE" for row in trials), "a trial failed"
    return [(row["param_model"], float(row["mean_test_score"])) for row in trials]


def default_scores(table, positive):
    """Mean area under the curve of scikit-learn's defaults, on columns as they are and standardized."""
    target = next(name for name in table if table[name].dtype == object)
    labels = (table[target] == positive).astype(int)
    columns, _, labels, _ = train_test_split(table.drop(columns=target), labels, test_size=0.25, stratify=labels,
                                             random_state=SEED)
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=SEED)
    warnings.filterwarnings("ignore")  # solvers that do not converge on columns as they are
    return {
        name + how: cross_val_score(wrap(estimator), columns, labels, cv=folds, scoring="roc_auc").mean()
        for how, wrap in (("", lambda one: one), (", standardized", lambda one: make_pipeline(StandardScaler(), one)))
        for name, estimator in DEFAULTS.items()
    }


def check(perebor, name, failures):
    table, positive = TABLES[name]()
    trials = perebor_scores(perebor, table, name)
    best = max(score for _, score in trials)
    theirs = default_scores(table, positive)
    for estimator, score in theirs.items():
        print(f"{name}: best of {len(trials)} trials {best:.6f}, {estimator} {score:.6f}")
        if best < score - 1e-12:
            failures.append(f"{name}: {estimator} has {score}, the best trial {best}")
    # The same rows and folds, or the comparison is none: the third baseline is scikit-learn's to the bit but rounding.
    model, score = trials[2]
    if model != "knn" or abs(score - theirs["KNeighborsClassifier, standardized"]) > 1e-12:
        failures.append(f"{name}: trial 2 is {model} with {score}, not scikit-learn's neighbours")


def main():
    perebor = os.path.abspath(sys.argv[1])
    failures = []
    with shop.work_folder() as work:
        os.chdir(work)
        for name in TABLES:
            check(perebor, name, failures)
        os.chdir("/")
    for failure in failures:
        print("FAILED", failure)
    sys.exit(1 if failures else 0)


main()
