#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How good boosting is beside scikit-learn's HistGradientBoosting and XGBoost's hist at equal settings: cross-validated AUC.

    compare_quality.py build/release/tests/bench/learner/bench_learner [--settings 50] [--folder F] [SET ...]

50 random settings (or as many as said) on each of seven sets, five stratified folds, the same for all: the mean of the AUCs, how
far perebor's is above the peer's on average over the settings, with an interval of two standard errors over settings, and the
best of all settings, how far apart these are, and the 95 % interval of that over settings that are drawn again and again. The
set "shop" is a folder of the shop's tables as --folder says; it is left out where there is none. XGBoost knows no fewest rows of a leaf: beside it perebor runs again with that at 1 and min_child_weight
instead. Gaps are filled with medians, levels are columns of zeros and ones, for all sides."""
import argparse
import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import xgboost
from sklearn.datasets import load_breast_cancer, load_digits, make_classification, make_friedman1
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", "learner"), os.path.join(HERE, "..", "search"), HERE]
import one_fold
import paired
import shop_table
from compare_peers import SETTINGS


def digit_eight():
    X, y = load_digits(return_X_y=True)
    return X, (y == 8).astype(int)


def counts_and_flags():
    rng = np.random.default_rng(4)
    X = np.hstack([rng.poisson(3, (1500, 8)), rng.random((1500, 8)) < 0.2]).astype(float)
    score = X[:, 0] - X[:, 1] + X[:, 8] * X[:, 2] - 2 * X[:, 9] + rng.normal(size=1500) * 2
    return X, (score > np.quantile(score, 0.7)).astype(int)


def with_gaps():
    X, y = make_classification(2000, 20, n_informative=8, flip_y=0.1, random_state=2)
    gaps = np.random.default_rng(5).random(X.shape) < 0.2
    X[gaps] = np.nan
    return np.where(gaps, np.nanmedian(X, axis=0), X), y


def many_categories():
    rng = np.random.default_rng(6)
    codes = rng.integers(0, 30, (3000, 3))
    effect = rng.normal(size=(3, 30))
    score = sum(effect[k, codes[:, k]] for k in range(3)) + rng.normal(size=3000)
    levels = (codes[:, :, None] == np.arange(30)).reshape(3000, -1)
    return np.hstack([rng.normal(size=(3000, 4)), levels]).astype(float), (score > 0.5).astype(int)


def rare_class():
    X, y = make_classification(8000, 20, n_informative=8, weights=[0.97], flip_y=0.01, random_state=3)
    return X, y


def smooth():
    X, score = make_friedman1(4000, 15, noise=3, random_state=7)
    return X, (score > np.median(score)).astype(int)


def shop(folder):
    """Numbers, and a column of zeros and ones a level; gaps are filled with medians."""
    features, y, numeric, nominal = shop_table.read(folder)
    X = features[numeric].to_numpy(float)
    levels = [(features[c] == v).to_numpy(float) for c in nominal for v in sorted(features[c].dropna().unique())]
    return np.column_stack([np.where(np.isnan(X), np.nanmedian(X, axis=0), X), *levels]), y


SETS = {"breast cancer": lambda: load_breast_cancer(return_X_y=True), "digits, 8 or not": digit_eight,
        "counts and flags": counts_and_flags, "gaps": with_gaps, "many categories": many_categories, "3 % of a class": rare_class,
        "Friedman's": smooth}


def random_trial(rng):
    return {
        "n_estimators": int(rng.integers(2, 21)) * 10,
        "learning_rate": round(float(np.exp(rng.uniform(np.log(0.02), np.log(0.3)))), 4),
        "max_leaf_nodes": int(rng.integers(4, 33)),
        "min_samples_leaf": int(rng.integers(1, 41)),
        "min_child_weight": float(rng.choice([0.001, 1.0, 3.0])),
        "reg_lambda": float(rng.choice([0.0, 1.0, 5.0])),
    }


def histogram_model(trial):
    return HistGradientBoostingClassifier(
        max_iter=trial["n_estimators"], learning_rate=trial["learning_rate"], max_leaf_nodes=trial["max_leaf_nodes"],
        min_samples_leaf=trial["min_samples_leaf"], l2_regularization=trial["reg_lambda"], early_stopping=False)


def histogram_boosting(X, y, V, trial):
    return histogram_model(trial).fit(X, y).predict_proba(V)[:, 1]


def xgboost_parameters(y, trial):
    return {"objective": "binary:logistic", "tree_method": "hist", "grow_policy": "lossguide", "max_depth": 0, "max_bin": 255,
            "max_leaves": trial["max_leaf_nodes"], "eta": trial["learning_rate"], "lambda": trial["reg_lambda"], "nthread": 1,
            "min_child_weight": trial["min_child_weight"], "base_score": float(y.mean())}


def xgboost_hist(X, y, V, trial):
    return xgboost.train(xgboost_parameters(y, trial), xgboost.DMatrix(X, y), trial["n_estimators"]).predict(xgboost.DMatrix(V))


# Each with what perebor's settings are beside it.
PEERS = {"scikit-learn": (histogram_boosting, {"min_child_weight": 0.001}), "XGBoost": (xgboost_hist, {"min_samples_leaf": 1})}


def own_scores(bench, X, y, V, trials):
    path = os.path.join(bench.folder.name, "scores")
    bench.run(one_fold.Table(X, y, V), trials, "alone", path)
    return np.fromfile(path, "<f8").reshape(len(trials), len(V))


def compare(bench, name, table, trials):
    X, y = table
    own = {peer: np.zeros(len(trials)) for peer in PEERS}
    theirs = {peer: np.zeros(len(trials)) for peer in PEERS}
    for train, test in StratifiedKFold(5, shuffle=True, random_state=1).split(X, y):
        for peer, (scores_of, ours) in PEERS.items():
            scores = own_scores(bench, X[train], y[train], X[test], [{**trial, **ours} for trial in trials])
            own[peer] += [roc_auc_score(y[test], row) / 5 for row in scores]
            theirs[peer] += [roc_auc_score(y[test], scores_of(X[train], y[train], X[test], trial)) / 5 for trial in trials]
    for peer in PEERS:
        apart = own[peer] - theirs[peer]
        print(f"{name:18s} {peer:13s} {own[peer].mean():8.4f} {theirs[peer].mean():8.4f} {apart.mean():+8.4f} "
              f"± {2 * apart.std(ddof=1) / len(trials) ** 0.5:.4f} "
              "{:8.4f} {:8.4f} {:+8.4f} [{:+.4f}, {:+.4f}]".format(*paired.best_of(theirs[peer], own[peer])), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("sets", nargs="*", default=[*SETS, "shop"])
    parser.add_argument("--settings", type=int, default=50)
    parser.add_argument("--folder")
    options = parser.parse_intermixed_args()
    rng = np.random.default_rng(11)
    trials = [random_trial(rng) for _ in range(options.settings)]
    print(f"{'set':18s} {'beside':13s} {'perebor':>8s} {'peer':>8s} {'apart':>17s} {'their best':>10s} {'best':>6s} {'apart':>17s}")
    with one_fold.Bench(options.bench, "boost", SETTINGS, None, quiet=True) as bench:
        for name in options.sets:
            if name == "shop" and not os.path.isdir(options.folder or ""):
                print("shop               left out: --folder names no folder of its tables")
                continue
            compare(bench, name, shop(options.folder) if name == "shop" else SETS[name](), trials)


if __name__ == "__main__":
    main()
