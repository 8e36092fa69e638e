#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `perebor init` writes, run as it is, beside scikit-learn's defaults on the same folds.

    compare_sklearn.py build/release/perebor [CSV TARGET]...

Public tables that come with scikit-learn and R (where Rscript is installed), and those that the
command line names. For each: `perebor init TABLE --target T`, `perebor run` of the experiment as it
was written, `perebor refit` of its best trial. scikit-learn: LogisticRegression, KNeighborsClassifier,
DecisionTreeClassifier and SVC with all their defaults behind median and standard scaling of numbers
and one-hot encoding of texts, on the folds and the training part that `perebor export` says; the best
of the four by its mean over folds. "folds" is the mean AUC over these folds of either side's best,
"test" the AUC on the test part of what is fitted on the training part. The best of some hundred
trials is better over folds than it is; on the test part nobody has chosen."""
import csv
import os
import re
import subprocess
import sys
import tempfile

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier


def bundled():
    """Name, table, target."""
    def of(load, target, positive):
        table = load(as_frame=True).frame
        table["target"] = np.where(positive(table.target), "yes", "no")
        return table.rename(columns={"target": target})
    yield "breast_cancer", of(datasets.load_breast_cancer, "benign", lambda y: y == 1), "benign"
    yield "wine, first against the rest", of(datasets.load_wine, "first", lambda y: y == 0), "first"
    yield "wine, second against the rest", of(datasets.load_wine, "second", lambda y: y == 1), "second"
    yield "iris, versicolor against the rest", of(datasets.load_iris, "versicolor", lambda y: y == 1), "versicolor"
    yield "diabetes, above the median", of(datasets.load_diabetes, "worse", lambda y: y > y.median()), "worse"
    digits = of(datasets.load_digits, "eight", lambda y: y == 8)
    yield "digits, 8 against the rest", digits, "eight"


R_TABLES = {"infert": ("infert", "case"), "mtcars": ("mtcars", "am"), "ToothGrowth": ("ToothGrowth", "supp"),
            "warpbreaks": ("warpbreaks", "wool"), "titanic (table of persons)": (
                "as.data.frame(Titanic)[rep(1:32, as.data.frame(Titanic)$Freq), 1:4]", "Survived")}


def from_r(folder):
    for name, (expression, target) in R_TABLES.items():
        path = os.path.join(folder, "r.csv")
        try:
            subprocess.run(["Rscript", "-e", f"write.csv({expression}, '{path}', row.names=FALSE)"], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError):
            return
        yield name, pd.read_csv(path), target


def peers(table, target, positive, folds):
    """The best by folds: name, mean over folds, test part."""
    y = (table[target].astype(str) == positive).to_numpy().astype(int)
    X = table.drop(columns=target)
    texts = [c for c in X.columns if X[c].dtype == object and X[c].nunique() < len(X) / 2]
    numbers = [c for c in X.columns if X[c].dtype != object]
    prepare = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("texts", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), texts)])
    train = folds.source_row[folds.part == "train"].to_numpy()
    test = folds.source_row[folds.part == "test"].to_numpy()
    best = None
    for model in (LogisticRegression(), KNeighborsClassifier(), DecisionTreeClassifier(random_state=0), SVC()):
        pipeline = make_pipeline(prepare, model)
        margin = hasattr(model, "decision_function")

        def auc(fit, score):
            pipeline.fit(X.iloc[fit], y[fit])
            scores = pipeline.decision_function(X.iloc[score]) if margin else pipeline.predict_proba(X.iloc[score])[:, 1]
            return roc_auc_score(y[score], scores)
        scores = []
        for column in [c for c in folds.columns if c.startswith("test_fold_")]:
            fold = folds[column][folds.part == "train"].to_numpy().astype(int)
            scores += [auc(train[fold != k], train[fold == k]) for k in np.unique(fold)]
        mean = np.mean(scores)
        if best is None or mean > best[1]:
            best = type(model).__name__, mean, auc(train, test) if len(test) > 0 else np.nan
    return best


def run(perebor, folder, *words):
    done = subprocess.run([perebor, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, f"perebor {' '.join(words)}: {done.stdout}"
    return done.stdout


def compare(perebor, folder, name, table, target):
    table.to_csv(os.path.join(folder, "table.csv"), index=False)
    before = os.times()
    said = run(perebor, folder, "init", "table.csv", "--target", target, "--overwrite")
    run(perebor, folder, "run", "experiment.yaml", "-o", "out.h5", "-q", "--overwrite")
    refit = run(perebor, folder, "refit", "out.h5")
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    listed = list(csv.DictReader(run(perebor, folder, "show", "out.h5", "--top", "1", "--format", "csv").splitlines()))
    run(perebor, folder, "export", "out.h5", "--what", "folds", "-o", "folds.csv", "--overwrite")
    folds = pd.read_csv(os.path.join(folder, "folds.csv"))
    own, test = float(listed[0]["mean_test_score"]), re.search(r"^  test +(\S+)", refit, re.MULTILINE)
    positive = re.search(r"^  target +.*: (.*) \([\d.]+ % of rows\) against", said, re.MULTILINE).group(1)
    model, mean, peer_test = peers(table, target, positive, folds)
    print(f"| {name} | {len(table)} × {table.shape[1] - 1} | {mean:.4f} ({model}) | {own:.4f} | "
          f"{peer_test:.4f} | {float(test.group(1)) if test else float('nan'):.4f} | {seconds:.1f} |", flush=True)
    return own >= mean


def main():
    perebor, named = os.path.abspath(sys.argv[1]), sys.argv[2:]
    print("| table | rows × columns | scikit-learn, folds | perebor, folds | scikit-learn, test | perebor, test | CPU s |\n"
          "|---|---|---|---|---|---|---|")
    behind = []
    with tempfile.TemporaryDirectory() as folder:
        tables = list(bundled()) + list(from_r(folder))
        tables += [(os.path.basename(path), pd.read_csv(path), target) for path, target in zip(named[::2], named[1::2])]
        for name, table, target in tables:
            try:
                if not compare(perebor, folder, name, table, target):
                    behind.append(name)
            except AssertionError as failure:
                print(f"| {name} | {failure}")
                behind.append(name)
    print(f"{len(tables) - len(behind)} of {len(tables)} at or above; behind: {behind}")
    sys.exit(1 if behind else 0)


if __name__ == "__main__":
    main()
