#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How good forests are beside scikit-learn's: mean AUC of cross-validation over random settings, pair by pair.

    quality.py build/release/tests/bench/learner/bench_learner build/release/perebor [--settings 50] [--seeds N] [--trees LOW HIGH]
        [--folds N] [--kinds forest "extra trees"] [--best-of 0] [--folder F] [-- SET ...]

Sets: cancer and digits (scikit-learn's), shop1300, shop16000, shop100000 (generated, any number), gaps (a fifth of shop1300's
values taken out), levels (nominal columns of 40 to 200 levels), and shop, a folder of the shop's tables as --folder says (it is
left out where there is none). Both sides get the same folds, columns and settings; random forests and extra trees are told apart.
Every forest has a random_state of its own, or forests would share their luck. --seeds, --trees and --folds are for all sets; left
out, each set has its own (PLANS).

A line is a row of docs/performance.md: scikit-learn's mean AUC, how far perebor's is above it on average over the settings, and
the 95 % interval of that. What is left to chance there are the draws of the forests; so each setting is run with several seeds on
both sides, more of them where one column a node makes luck greater, and the variance between seeds, pooled over settings of the
same max_features, is what the interval is made of. With one seed a setting it is made of the variance between settings, which
holds the seeds' luck and what settings truly differ by: it is the wider one. With --best-of N, the best of N settings of each
side by the means over their seeds (one seed beyond the first settings), how far apart these are, and the 95 % interval of that
over N pairs that are drawn from the N again and again."""
import argparse
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
import scipy.stats
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

warnings.filterwarnings("ignore")
here = os.path.dirname(os.path.abspath(__file__))
sys.path += [here, os.path.join(here, "..", "learner"), os.path.join(here, "..", "search")]
import compare_sklearn
import one_fold
import paired
import shop_table


def tables_of(folder):
    features, y, numeric, nominal = shop_table.read(folder)
    return features[numeric].to_numpy(float), features[nominal], y


def shop(perebor, n, gaps=0.0):
    generator = os.path.join(here, "..", "..", "..", "experiments", "one_click", "generator.yaml")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([perebor, "generate", generator, "-o", folder, "--rows", str(n), "-q"], check=True)
        X, nominal, y = tables_of(folder)
    if gaps:
        X[np.random.default_rng(1).random(X.shape) < gaps] = np.nan
    return X, nominal, y


def levels():
    """1500 rows, six numbers, and three nominal columns of 40, 100 and 200 levels, each of which has its own inclination."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(1500, 6))
    codes = [rng.integers(0, n, 1500) for n in (40, 100, 200)]
    lean = X[:, 0] + X[:, 1] * X[:, 2] + sum(rng.normal(size=n)[c] for n, c in zip((40, 100, 200), codes))
    y = (lean + rng.logistic(size=1500) > 0).astype(int)
    return X, pd.DataFrame({f"c{i}": [f"{v:03d}" for v in c] for i, c in enumerate(codes)}), y


def load(name, perebor, folder):
    """(numbers with gaps, nominal columns, labels)"""
    if name == "cancer":
        return (*(lambda d: (d.data, pd.DataFrame(index=range(len(d.data))), d.target))(load_breast_cancer()),)
    if name == "digits":
        d = load_digits()
        return d.data, pd.DataFrame(index=range(len(d.data))), (d.target == 8).astype(int)
    if name[:4] == "shop" and name[4:].isdigit():
        return shop(perebor, int(name[4:]))
    return {"gaps": lambda: shop(perebor, 1300, 0.2), "levels": levels, "shop": lambda: tables_of(folder)}[name]()


def folds_of(X, nominal, y, n_splits, shuffle=0):
    """Tables of the folds: gaps are filled by the training rows' medians, levels are those of training."""
    for train, valid in StratifiedKFold(n_splits, shuffle=True, random_state=shuffle).split(X, y):
        median = np.nanmedian(X[train], axis=0)
        filled = [np.where(np.isnan(X[rows]), median, X[rows]) for rows in (train, valid)]
        known = [sorted(nominal[c].iloc[train].unique()) for c in nominal]
        codes = [[pd.Categorical(nominal[c].iloc[rows], categories=k).codes.astype(int) for c, k in zip(nominal, known)]
                 for rows in (train, valid)]
        for part in codes:
            for c, k in zip(part, known):
                c[c < 0] = len(k)
        yield one_fold.Table(filled[0], y[train], filled[1], codes[0], codes[1], [len(k) for k in known]), y[valid]


# Settings of a set: its folds, the fewest and most trees, the columns to look at, and seeds, by these or of all.
PLAIN = dict(n_splits=5, trees=(30, 100), max_features=[1, "sqrt", 0.3, 0.7], seeds={}, all_seeds=2)
LONG = {**PLAIN, "trees": (100, 150)}
PLANS = {"levels": {**PLAIN, "n_splits": 3, "max_features": [1, "sqrt", 0.3], "seeds": {1: 20, "sqrt": 3, 0.3: 2}},
         "shop16000": {**PLAIN, "n_splits": 3, "trees": (20, 40), "max_features": [1, "sqrt", 0.3], "all_seeds": 1},
         "shop100000": {**PLAIN, "n_splits": 2, "trees": (10, 30), "max_features": [1, "sqrt", 0.3], "all_seeds": 1}}


def plan_of(name, options):
    """What a set is run with."""
    plan = dict(PLANS.get(name, LONG))
    if options.trees:
        plan["trees"] = options.trees
    if options.folds:
        plan["n_splits"] = options.folds
    if options.seeds:
        plan.update(seeds={}, all_seeds=options.seeds)
    return plan


def trials_of(kind, n, plan, rng):
    return [dict(n_estimators=int(rng.integers(plan["trees"][0], plan["trees"][1] + 1)),
                 criterion=str(rng.choice(["gini", "entropy"])),
                 max_depth=[None, None, int(rng.integers(3, 16))][rng.integers(3)],
                 min_samples_leaf=int(rng.integers(1, 9)),
                 max_features=plan["max_features"][rng.integers(len(plan["max_features"]))],
                 bootstrap=bool(rng.integers(2)),
                 class_weight=[None, "balanced"][rng.integers(2)],
                 splitter={"forest": "best", "extra trees": "random"}[kind]) for i in range(n)]


def aucs(bench, table, truth, trials, ours):
    if ours:
        with tempfile.NamedTemporaryFile() as out:
            bench.run(table, trials, "alone", out.name)
            scores = np.fromfile(out.name).reshape(len(trials), len(truth))
    else:
        X, V = table.sparse()
        X, V = (m.toarray() if hasattr(m, "toarray") else m for m in (X, V))
        scores = [compare_sklearn.peer(t).fit(X, table.y).predict_proba(V)[:, 1] for t in trials]
    return [roc_auc_score(truth, s) for s in scores]


def mean_of(difference, of, trials, n):
    """The mean difference over the first n settings, and half of its interval.

    @param difference  Of each run. @param of  Which setting a run is of."""
    if (of < n).sum() == n:
        return difference[:n].mean(), scipy.stats.t.ppf(0.975, n - 1) * difference[:n].std(ddof=1) / np.sqrt(n)
    means, spreads = np.zeros(n), {}
    for i in range(n):
        own = difference[of == i]
        means[i] = own.mean()
        spread = spreads.setdefault(trials[i]["max_features"], [0.0, 0])
        spread[0] += ((own - own.mean()) ** 2).sum()
        spread[1] += len(own) - 1
    variance = [spreads[trials[i]["max_features"]][0] / spreads[trials[i]["max_features"]][1] / (of == i).sum() for i in range(n)]
    return means.mean(), 1.96 * np.sqrt(sum(variance)) / n


def seeds_of(plan, trial):
    return plan["seeds"].get(trial["max_features"], plan["all_seeds"])


def compare(bench, name, kind, table, options):
    """Prints the row of a set and a kind of forests."""
    X, nominal, y = table
    plan, n = plan_of(name, options), options.settings
    trials = trials_of(kind, max(n, options.best_of), plan, np.random.default_rng(7))
    seeds = [seeds_of(plan, trial) for trial in trials[:n]]
    of = np.concatenate([[i] * (seeds[i] if i < n else 1) for i in range(len(trials))])
    runs = [{**trials[i], "random_state": seed} for seed, i in enumerate(of)]
    sides = [[], []]
    for fold, truth in folds_of(X, nominal, y, plan["n_splits"]):
        for side in (0, 1):
            sides[side].append(aucs(bench, fold, truth, runs, side == 1))
    theirs, ours = (np.mean(side, axis=0) for side in sides)
    mean, half = mean_of(ours - theirs, of, trials, n)
    times = f"{n} × {min(seeds)}" + (f" to {max(seeds)}" if max(seeds) > min(seeds) else "")
    cells = [name, len(y), times, "{} to {}".format(*plan["trees"]), plan["n_splits"], kind, f"{theirs[of < n].mean():.4f}",
             f"{mean:+.4f}", f"{mean - half:+.4f} … {mean + half:+.4f}"]
    if options.best_of:
        pairs = (np.array([side[of == i].mean() for i in range(options.best_of)]) for side in (theirs, ours))
        cells.append("best of {}: {:.4f} and {:.4f}, {:+.4f} ({:+.4f} … {:+.4f})".format(options.best_of, *paired.best_of(*pairs)))
    print("|", " | ".join(str(cell).replace("-", "−") for cell in cells), "|", flush=True)


HEAD = "set | rows | settings × seeds | trees | folds | learner | scikit-learn | difference | interval"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("perebor")
    parser.add_argument("sets", nargs="*", default=["cancer", "digits", "shop1300", "gaps", "shop", "levels", "shop16000", "shop100000"])
    parser.add_argument("--settings", type=int, default=50)
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--trees", type=int, nargs=2)
    parser.add_argument("--folds", type=int)
    parser.add_argument("--kinds", nargs="*", choices=["forest", "extra trees"], default=["forest", "extra trees"])
    parser.add_argument("--best-of", type=int, default=0)
    parser.add_argument("--folder")
    options = parser.parse_intermixed_args()
    print(f"| {HEAD} |\n|" + "---|" * (HEAD.count("|") + 1), flush=True)
    with one_fold.Bench(options.bench, "forest", compare_sklearn.SETTINGS, None, quiet=True) as bench:
        for name in options.sets:
            if name == "shop" and not os.path.isdir(options.folder or ""):
                print("shop is left out: --folder names no folder of its tables", file=sys.stderr)
                continue
            table = load(name, options.perebor, options.folder)
            for kind in options.kinds:
                compare(bench, name, kind, table, options)


if __name__ == "__main__":
    main()
