#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Forests beside scikit-learn's: fit and predict of one fold, in CPU time, as ratios of one run.

    compare_sklearn.py build/release/tests/bench/learner/bench_learner [one|family|predict ...]

`one`: a random forest and extra trees of 300 trees, grown to the end, on 1000 x 16 and 16 000 x 30. `family`: 2000 random trials
of forests on 777 x 23, of which scikit-learn runs a sample, with shared work and without. `predict`: 1 000 000 rows by 300 trees
of a restored forest, scoring alone. Medians of interleaved runs. Only the learner is timed, on one core each."""
import os
import statistics
import sys
import time
import warnings

import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

warnings.filterwarnings("ignore")
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "learner"))
import one_fold

SETTINGS = {
    "n_estimators": 100,
    "criterion": "gini",
    "max_depth": None,
    "min_samples_split": 2,
    "min_samples_leaf": 1,
    "max_features": None,
    "splitter": "best",
    "bootstrap": True,
    "max_samples": None,
    "class_weight": None,
    "ccp_alpha": 0.0,
    "random_state": 0,
}


def peer(trial):
    """scikit-learn's forest of a trial."""
    settings = {name: value for name, value in trial.items() if name != "splitter"}
    if settings.get("max_features") in ("all", None):
        settings["max_features"] = None if settings.get("max_features") == "all" else "sqrt"
    settings.setdefault("bootstrap", True)
    kind = ExtraTreesClassifier if trial.get("splitter") == "random" else RandomForestClassifier
    return kind(**{"random_state": 42, "n_jobs": 1, **settings})


def theirs(table, trials):
    X, y, V = table
    start = time.process_time()
    for trial in trials:
        peer(trial).fit(X, y).predict_proba(V)
    return (time.process_time() - start) / len(trials)


def numbers(n, n_columns, n_validation, seed=1):
    X, y = make_classification(n + n_validation, n_columns, n_informative=n_columns // 2, flip_y=0.1, random_state=seed)
    return X[:n], y[:n], X[n:]


def shop_like():
    """777 training rows, 23 columns: 13 continuous or counted, 10 of two values."""
    rng = np.random.default_rng(1)
    X, y = make_classification(972, 13, n_informative=8, flip_y=0.2, random_state=1)
    X[:, 8:] = np.round(X[:, 8:] * 2)
    X = np.hstack([X, (rng.random((972, 10)) < 0.25 + 0.1 * y[:, None]).astype(float)])
    return X[:777], y[:777], X[777:]


def random_trials(rng, n):
    """What one searches: the size and shape of trees, and how they differ."""
    return [
        dict(
            n_estimators=int(rng.integers(50, 501)),
            criterion=str(rng.choice(["gini", "entropy"])),
            max_depth=[None, None, int(rng.integers(3, 21))][rng.integers(3)],
            min_samples_split=int(rng.integers(2, 11)),
            min_samples_leaf=int(rng.integers(1, 11)),
            max_features=[1, "sqrt", "log2", 0.5][rng.integers(4)],
            splitter=str(rng.choice(["best", "random"])),
            bootstrap=bool(rng.integers(2)),
        )
        for _ in range(n)
    ]


def one(bench):
    for label, table, repeats in (("1000 x 16", numbers(1000, 16, 250), 5), ("16 000 x 30", numbers(16000, 30, 4000), 3)):
        for kind, settings in (("forest", {}), ("extra trees", {"splitter": "random", "bootstrap": False})):
            bench.compare(f"{label}, {kind} of 300", table, [{"n_estimators": 300, **settings}], 1, "alone", repeats)


def family(bench):
    table, trials = shop_like(), random_trials(np.random.default_rng(1), 2000)
    bench.compare("777 x 23, random trials, share off", table, trials[:100], 20, "alone", 3)
    bench.compare("777 x 23, 2000 random trials, share exact", table, trials, 20, "share", 3)


def predict(bench):
    """A million rows by a restored forest; medians of interleaved runs."""
    X, y, V = numbers(16000, 30, 4000)
    million = np.vstack([V] * 250)
    for kind, settings in (("forest", {}), ("extra trees", {"splitter": "random", "bootstrap": False})):
        trial = {"n_estimators": 300, **settings}
        forest = peer(trial).fit(X, y)
        pairs = []
        for _ in range(3):
            start = time.process_time()
            forest.predict_proba(million)
            pairs.append((time.process_time() - start, bench.ours((X, y, million), [trial], "restored")))
        label = f"1 000 000 x 30 by a {kind} of 300, CPU ms"
        sklearn, perebor = (statistics.median(side) for side in zip(*pairs))
        print(f"{label:46s} {1e3 * sklearn:10.0f} {1e3 * perebor:10.0f} {statistics.median(a / b for a, b in pairs):8.1f}x", flush=True)


def main():
    program, parts = sys.argv[1], sys.argv[2:] or ["one", "family", "predict"]
    with one_fold.Bench(program, "forest", SETTINGS, theirs) as bench:
        for part in parts:
            {"one": one, "family": family, "predict": predict}[part](bench)


if __name__ == "__main__":
    main()
