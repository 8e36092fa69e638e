#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Boosting by sets of levels against scikit-learn's HistGradientBoostingClassifier with
categorical_features, on the same folds: the AUC of every fold, and beside it that of levels set apart
one by one, which must be far from both. All levels have rows enough, so that both programs take the
same levels into account; what is left is that scikit-learn's gradients are floats.

usage: boost_sets.py PEREBOR
"""
import csv
import os
import subprocess
import sys

import shop

os.environ["OMP_NUM_THREADS"] = "1"  # scikit-learn's threads would wait for one another
try:
    import h5py
    import numpy as np
    import sklearn
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
except ImportError as missing:
    shop.skip(f"{missing}: install python3-sklearn and python3-h5py")
if tuple(map(int, sklearn.__version__.split(".")[:2])) < (1, 2):
    shop.skip(f"scikit-learn is {sklearn.__version__}, and this is written for 1.2")

N_ROWS, LEVELS = 4000, (40, 9)
EXPERIMENT = """version: 1
name: sets
seed: 5
data:
  tables:
    t: {path: t.csv, key: id}
  id: id
  target: {column: y, positive: "yes"}
  features: {nominal: [a, b], numeric: "*"}
split: {test_size: 0.2}
cv: {n_splits: 3}
search:
  run_cap: 12
  method: grid
  parameters:
    model: {values: [boost]}
    encode__nominal: {values: [onehot]}
    boost__n_estimators: {values: [1, 4, 16]}
    boost__max_leaf_nodes: {values: [6, 31]}
    boost__reg_lambda: {values: [1.0]}
    boost__min_child_weight: {values: [0.001]}
    boost__max_cat_threshold: {values: [255]}
    boost__max_cat_to_onehot: {values: [1, null]}
"""


def write_table():
    random = np.random.default_rng(4)
    codes = np.stack([random.integers(0, n, N_ROWS) for n in LEVELS], axis=1)
    number = random.integers(0, 30, N_ROWS) / 4
    leaning = sum(random.normal(0, 1.2, n)[column] for n, column in zip(LEVELS, codes.T)) + 0.15 * number - 0.5
    labels = random.random(N_ROWS) < 1 / (1 + np.exp(-leaning))
    with open("t.csv", "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "x", "a", "b", "y"])
        for row in range(N_ROWS):
            writer.writerow([row, number[row], f"a{codes[row, 0]:02}", f"b{codes[row, 1]}",
                             "yes" if labels[row] else "no"])
    return np.column_stack([number, codes]), labels


def main():
    perebor = os.path.abspath(sys.argv[1])
    with shop.work_folder() as work:
        os.chdir(work)
        x, y = write_table()
        with open("sets.yaml", "w", encoding="utf-8") as stream:
            stream.write(EXPERIMENT)
        subprocess.run([perebor, "run", "sets.yaml", "-q", "-o", "sets.h5"], check=True)
        text = subprocess.run([perebor, "export", "sets.h5", "--what", "folds"], check=True,
                              capture_output=True, text=True).stdout
        folds = [row for row in csv.DictReader(text.splitlines())]
        place = {name: np.array([row[name] for row in folds]) for name in folds[0]}
        source = place["source_row"].astype(int)
        fold_of = place["test_fold_0"].astype(int)
        with h5py.File("sets.h5") as file:
            scores = file["/trials/split_test_score"][()]
            settings = {name[len("param_boost__"):]: file["/trials"][name][()] for name in file["/trials"]
                        if name.startswith("param_boost__")}
        os.chdir("/")
    differences, gained = [], []
    by_sets = np.array([not np.isnan(float(value)) for value in settings["max_cat_to_onehot"]])
    for trial in np.flatnonzero(by_sets):
        for fold in range(scores.shape[1]):
            train, test = source[(fold_of >= 0) & (fold_of != fold)], source[fold_of == fold]
            model = HistGradientBoostingClassifier(
                max_iter=int(settings["n_estimators"][trial]), max_leaf_nodes=int(settings["max_leaf_nodes"][trial]),
                l2_regularization=1.0, learning_rate=0.1, min_samples_leaf=20, categorical_features=[1, 2],
                early_stopping=False).fit(x[train], y[train])
            differences.append(scores[trial, fold] - roc_auc_score(y[test], model.predict_proba(x[test])[:, 1]))
        same = np.flatnonzero(~by_sets & (settings["n_estimators"] == settings["n_estimators"][trial])
                              & (settings["max_leaf_nodes"] == settings["max_leaf_nodes"][trial]))
        gained.append(scores[trial].mean() - scores[same[0]].mean())
    differences = np.array(differences)
    print(f"{len(differences)} fits of {by_sets.sum()} trials: AUC differs from scikit-learn's by "
          f"{np.abs(differences).max():.1e} at most, {differences.mean():+.1e} in the mean")
    print("sets gain beside single levels:", " ".join(f"{value:+.4f}" for value in gained))
    assert len(differences) == 18
    # One tree of few leaves is the same; in small nodes scikit-learn guesses from Hessians how many
    # rows a level has.
    assert np.abs(differences[:3]).max() < 1e-12, differences[:3]
    assert np.abs(differences).max() < 4e-3 and abs(differences.mean()) < 1e-3
    assert max(gained) > 0.02, "sets are not told from single levels"


main()
