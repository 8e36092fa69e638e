#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How good forests are beside scikit-learn's: mean AUC of cross-validation over random settings, pair by pair.

    quality.py build/release/tests/bench/learner/bench_learner build/release/perebor [--settings 50] [--best-of 0] [SET ...]

Sets: cancer and digits (scikit-learn's), shop1300, shop16000 (generated), gaps (a fifth of shop1300's values taken out), levels
(nominal columns of 40 to 200 levels). Both sides get the same folds, columns and settings; random forests and extra trees are
told apart. Every setting has a random_state of its own, or forests would share their luck. A line has the mean difference, its
95 % interval over settings (what the chance of draws leaves), and with --best-of N the best of N settings of each side."""
import argparse
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

warnings.filterwarnings("ignore")
here = os.path.dirname(os.path.abspath(__file__))
sys.path += [here, os.path.join(here, "..", "learner"), os.path.join(here, "..", "search")]
import compare_sklearn
import one_fold
import shop_table


def shop(perebor, n, gaps=0.0):
    generator = os.path.join(here, "..", "..", "..", "experiments", "one_click", "generator.yaml")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([perebor, "generate", generator, "-o", folder, "--rows", str(n), "-q"], check=True)
        features, y, numeric, nominal = shop_table.read(folder)
    X = features[numeric].to_numpy(float)
    if gaps:
        X[np.random.default_rng(1).random(X.shape) < gaps] = np.nan
    return X, features[nominal], y


def levels():
    """3000 rows, six numbers, and three nominal columns of 40, 100 and 200 levels, each of which has its own inclination."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(3000, 6))
    codes = [rng.integers(0, n, 3000) for n in (40, 100, 200)]
    lean = X[:, 0] + X[:, 1] * X[:, 2] + sum(rng.normal(size=n)[c] for n, c in zip((40, 100, 200), codes))
    y = (lean + rng.logistic(size=3000) > 0).astype(int)
    return X, pd.DataFrame({f"c{i}": [f"{v:03d}" for v in c] for i, c in enumerate(codes)}), y


def load(name, perebor):
    """(numbers with gaps, nominal columns, labels)"""
    if name == "cancer":
        return (*(lambda d: (d.data, pd.DataFrame(index=range(len(d.data))), d.target))(load_breast_cancer()),)
    if name == "digits":
        d = load_digits()
        return d.data, pd.DataFrame(index=range(len(d.data))), (d.target == 8).astype(int)
    return {"shop1300": lambda: shop(perebor, 1300), "shop16000": lambda: shop(perebor, 16000),
            "gaps": lambda: shop(perebor, 1300, 0.2), "levels": levels}[name]()


def folds_of(X, nominal, y, n_splits):
    """Tables of the folds: gaps are filled by the training rows' medians, levels are those of training."""
    for train, valid in StratifiedKFold(n_splits, shuffle=True, random_state=0).split(X, y):
        median = np.nanmedian(X[train], axis=0)
        filled = [np.where(np.isnan(X[rows]), median, X[rows]) for rows in (train, valid)]
        known = [sorted(nominal[c].iloc[train].unique()) for c in nominal]
        codes = [[pd.Categorical(nominal[c].iloc[rows], categories=k).codes.astype(int) for c, k in zip(nominal, known)]
                 for rows in (train, valid)]
        for part in codes:
            for c, k in zip(part, known):
                c[c < 0] = len(k)
        yield one_fold.Table(filled[0], y[train], filled[1], codes[0], codes[1], [len(k) for k in known]), y[valid]


def trials_of(kind, n, n_columns):
    rng = np.random.default_rng(7)
    return [dict(random_state=i, n_estimators=int(rng.integers(30, 101)),
                 criterion=str(rng.choice(["gini", "entropy"])),
                 max_depth=[None, None, int(rng.integers(3, 16))][rng.integers(3)],
                 min_samples_leaf=int(rng.integers(1, 9)),
                 max_features=[1, "sqrt", 0.3, 0.7][rng.integers(4)],
                 bootstrap=bool(rng.integers(2)),
                 class_weight=[None, "balanced"][rng.integers(2)],
                 splitter={"forest": "best", "extra trees": "random"}[kind]) for i in range(n)]


def aucs(bench, table, truth, trials, ours):
    if ours:
        with tempfile.NamedTemporaryFile() as out:
            bench.run(table, trials, "share", out.name)
            scores = np.fromfile(out.name).reshape(len(trials), len(truth))
    else:
        X, V = table.sparse()
        X, V = (m.toarray() if hasattr(m, "toarray") else m for m in (X, V))
        scores = [compare_sklearn.peer(t).fit(X, table.y).predict_proba(V)[:, 1] for t in trials]
    return [roc_auc_score(truth, s) for s in scores]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("perebor")
    parser.add_argument("sets", nargs="*", default=["cancer", "digits", "shop1300", "gaps", "levels", "shop16000"])
    parser.add_argument("--settings", type=int, default=50)
    parser.add_argument("--best-of", type=int, default=0)
    options = parser.parse_args()
    with one_fold.Bench(options.bench, "forest", compare_sklearn.SETTINGS, None, quiet=True) as bench:
        for name in options.sets:
            X, nominal, y = load(name, options.perebor)
            for kind in ("forest", "extra trees"):
                trials = trials_of(kind, max(options.settings, options.best_of), X.shape[1])
                sides = [[], []]
                for table, truth in folds_of(X, nominal, y, 5 if len(y) < 5000 else 3):
                    for side in (0, 1):
                        sides[side].append(aucs(bench, table, truth, trials, side == 1))
                theirs, ours = (np.mean(side, axis=0) for side in sides)
                d = (ours - theirs)[:options.settings]
                half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
                best = f"  best of {options.best_of}: {ours.max():.4f} beside {theirs.max():.4f}" if options.best_of else ""
                print(f"{name:10s} {kind:12s} {theirs[:options.settings].mean():.4f}  {d.mean():+.5f} "
                      f"[{d.mean() - half:+.5f}, {d.mean() + half:+.5f}]{best}", flush=True)


if __name__ == "__main__":
    main()
