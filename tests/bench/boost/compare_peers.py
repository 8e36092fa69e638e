#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Boosting beside scikit-learn's HistGradientBoosting, XGBoost's hist and, where Python finds its package, LightGBM: fit and
predict of one fold, CPU time on one thread, as ratios of one run.

    compare_peers.py build/release/tests/bench/learner/bench_learner [predict]

One model of 100 trees of 31 leaves, a learning rate of 0.1, at most 255 bins, at least 20 rows a leaf (XGBoost has no such
setting: there its leaves have a Hessian of at least 1), on tables of 1000 x 16, 16 000 x 30 and 100 000 x 30, a quarter as many
rows more to predict; then 2000 random trials on 972 rows, of which the peers run a sample. Medians of interleaved runs. All
sides put values in bins within the time. scikit-learn's threads are one: with more it is slower on small tables.
LightGBM is no package of Debian: built from its sources, the folder of its Python package goes into PYTHONPATH. It runs with the
histograms that it finds faster itself (by rows or by columns).
`predict` compares scoring alone: 1 000 000 x 30 rows by 300 trees of 31 leaves, restored here, grown on 16 000 rows; the peers are
given the rows as they take them quickest (XGBoost a DMatrix, which is made within the time, and by inplace_predict)."""
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import xgboost
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

try:
    import lightgbm
except ImportError:
    lightgbm = None

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "learner"))
import one_fold

SETTINGS = {
    "n_estimators": 100,
    "learning_rate": 0.1,
    "max_leaf_nodes": 31,
    "max_depth": None,
    "min_samples_leaf": 20,
    "min_child_weight": 0.001,
    "reg_alpha": 0.0,
    "reg_lambda": 0.0,
    "gamma": 0.0,
    "subsample": 1.0,
    "colsample_bytree": 1.0,
    "max_bins": 255,
    "class_weight": None,
    "random_state": 0,
}


def table(n, columns):
    X, y = make_classification(n + n // 4, columns, n_informative=columns // 2, n_redundant=columns // 5, flip_y=0.1, random_state=1)
    return one_fold.Table(X[:n], y[:n], X[n:]), y[n:]


def histogram_boosting(table, trial):
    trial = {**SETTINGS, **trial}
    start = time.process_time()
    model = HistGradientBoostingClassifier(
        max_iter=trial["n_estimators"], learning_rate=trial["learning_rate"], max_leaf_nodes=trial["max_leaf_nodes"],
        min_samples_leaf=trial["min_samples_leaf"], l2_regularization=trial["reg_lambda"], early_stopping=False)
    model.fit(table.X, table.y)
    scores = model.predict_proba(table.V)[:, 1]
    return time.process_time() - start, scores


def xgboost_hist(table, trial):
    trial = {**SETTINGS, **trial}
    start = time.process_time()
    model = xgboost.train(
        {"objective": "binary:logistic", "tree_method": "hist", "grow_policy": "lossguide", "max_depth": 0, "max_bin": 255,
         "max_leaves": trial["max_leaf_nodes"], "eta": trial["learning_rate"], "lambda": trial["reg_lambda"], "nthread": 1,
         "min_child_weight": 1}, xgboost.DMatrix(table.X, table.y, nthread=1), trial["n_estimators"])
    scores = model.predict(xgboost.DMatrix(table.V, nthread=1))
    return time.process_time() - start, scores


def lightgbm_trees(table, trial):
    trial = {**SETTINGS, **trial}
    start = time.process_time()
    model = lightgbm.train(
        {"objective": "binary", "num_leaves": trial["max_leaf_nodes"], "learning_rate": trial["learning_rate"], "max_bin": 255,
         "min_data_in_leaf": trial["min_samples_leaf"], "lambda_l2": trial["reg_lambda"], "num_threads": 1, "verbose": -1},
        lightgbm.Dataset(table.X, table.y), trial["n_estimators"])
    scores = model.predict(table.V, num_threads=1)
    return time.process_time() - start, scores


PEERS = {"scikit-learn": histogram_boosting, "XGBoost": xgboost_hist}
if lightgbm is not None:
    PEERS["LightGBM"] = lightgbm_trees


def one_model(bench, n, columns, rounds):
    data, labels = table(n, columns)
    seconds = {name: [] for name in ("perebor", *PEERS)}
    scores_file = os.path.join(bench.folder.name, "scores")
    for _ in range(rounds):
        seconds["perebor"].append(bench.run(data, [{}], "alone", scores_file)[0])
        for name, peer in PEERS.items():
            spent, scores = peer(data, {})
            seconds[name].append(spent)
    own = np.fromfile(scores_file, "<f8")
    median = {name: np.median(values) for name, values in seconds.items()}
    per_update = median["perebor"] / (n * columns * 100) * 1e9
    print(f"{n} x {columns}: perebor {1e3 * median['perebor']:.1f} ms ({per_update:.2f} ns a row, column and tree), AUC "
          f"{roc_auc_score(labels, own):.4f}")
    for name in PEERS:
        print(f"    {name} {1e3 * median[name]:.1f} ms, {median[name] / median['perebor']:.1f} times as long; AUC "
              f"{roc_auc_score(labels, PEERS[name](data, {})[1]):.4f}", flush=True)


def random_trials(rng, n):
    return [dict(n_estimators=int(rng.integers(1, 41)) * 10, learning_rate=round(float(np.exp(rng.uniform(np.log(0.02), np.log(0.3)))), 4),
                 max_leaf_nodes=int(rng.integers(4, 33)), min_samples_leaf=int(rng.integers(5, 31)),
                 reg_lambda=float(rng.choice([0.0, 1.0, 10.0]))) for _ in range(n)]


def many_trials(bench, n, n_peer):
    data, _ = table(972, 16)
    trials = random_trials(np.random.default_rng(3), n)
    spent = bench.run(data, trials, "alone")[0]
    # As a search draws them where n_estimators is varied beside twenty settings of the rest.
    groups = [dict(trials[i % 20], n_estimators=trials[i]["n_estimators"]) for i in range(n)]
    shared = sum(bench.run(data, [t for i, t in enumerate(groups) if i % 20 == g], "share")[0] for g in range(20))
    print(f"{n} random trials, 972 x 16: perebor {spent:.2f} s; {n} of twenty groups, shared {shared:.2f} s")
    for name, peer in PEERS.items():
        theirs = sum(peer(data, trial)[0] for trial in trials[:n_peer]) * n / n_peer
        print(f"    {name} {theirs:.1f} s, {theirs / spent:.1f} times as long; than shared {theirs / shared:.0f}", flush=True)


def timed(predict):
    start = time.process_time()
    predict()
    return time.process_time() - start


def predict(bench, n_rows=1000000):
    data, _ = table(16000, 30)
    trial = {"n_estimators": 300}
    million = np.ascontiguousarray(np.resize(data.V, (n_rows, data.V.shape[1])))
    hgb = HistGradientBoostingClassifier(max_iter=300, max_leaf_nodes=31, early_stopping=False).fit(data.X, data.y)
    booster = xgboost.train({"objective": "binary:logistic", "tree_method": "hist", "grow_policy": "lossguide", "max_depth": 0, "max_bin": 255,
                             "max_leaves": 31, "eta": 0.1, "nthread": 1}, xgboost.DMatrix(data.X, data.y, nthread=1), 300)
    peers = {"scikit-learn": lambda: hgb.predict_proba(million),
             "XGBoost, DMatrix": lambda: booster.predict(xgboost.DMatrix(million, nthread=1)),
             "XGBoost, inplace_predict": lambda: booster.inplace_predict(million)}
    rows = one_fold.Table(data.X, data.y, million)
    rounds = [(bench.run(rows, [trial], "restored")[0], [timed(peer) for peer in peers.values()]) for _ in range(3)]
    print(f"{n_rows} x 30 rows by 300 trees of 31 leaves: perebor {np.median([own for own, _ in rounds]):.2f} s")
    for i, name in enumerate(peers):
        print(f"    {name} {np.median([theirs[i] for _, theirs in rounds]):.2f} s, "
              f"{np.median([theirs[i] / own for own, theirs in rounds]):.1f} times as long", flush=True)


def main():
    with one_fold.Bench(sys.argv[1], "boost", SETTINGS, None, quiet=True) as bench:
        if "predict" in sys.argv[2:]:
            predict(bench)
            return
        one_model(bench, 1000, 16, 5)
        one_model(bench, 16000, 30, 5)
        one_model(bench, 100000, 30, 3)
        many_trials(bench, 2000, 40)


if __name__ == "__main__":
    main()
