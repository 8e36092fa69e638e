#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Whether the best of 200 settings is as good as the peers': whole searches, again and again, on both sides.

    best_of.py build/release/tests/bench/learner/bench_learner build/release/perebor FILE [--folder F] [--searches 4] [--settings 200]
        [--lengths 5] [--trees 10 50] [--folds 3] [--again 2] [--learners NAME ...] [-- SET ...]
    best_of.py --table FILE

A search draws settings and shuffles the rows into folds; both sides score the same settings on the same folds, and the best mean
AUC of each side counts. Peers: scikit-learn's HistGradientBoosting and XGBoost's hist for boosting, scikit-learn's random forests and
extra trees for forests. Of the settings, each --lengths differ in n_estimators alone (from --trees to --trees), so that one fit
of the peer, scored by its first trees, serves them all; --lengths 1 draws every setting by itself and takes three times as long.

A best is the maximum of noisy scores. Which of several good settings it is, is luck, and so is part of its score: one search proves
nothing. To draw the settings of one search again and again is no way out: it leaves out the luck of the folds, and a third of the
draws miss the best setting. So every search here has settings, folds and seeds of its own. The differences of the bests are
then independent, each what another search on this table would give, and the interval of their mean is Student's. It
holds for the tables at hand, not for others. The best is not worse if the interval is above -0.002: what the means may be
apart, and less than a quarter of the standard error of an AUC of the shop's table (Hanley and McNeil's: 0.009).

The noisier side has the greater maximum. So that luck cannot hide a worse model, each side scores the setting that it has chosen once
more, on --again other shuffles of the folds: "chosen, again" in the table. "best tenth" is the mean difference over the settings that
are best by the sum of both sides: where bests are found, with less luck in it. "mean of all" is that of all settings. Lines
"all" are means over sets of the same options, every set counting the same.

FILE gets a line of JSON a search as soon as it is done. Searches that it has already, of the same set, learner and options, are not
run again, so a run goes on where it stopped. Peers have one thread. Nominal columns are given to perebor's forests as they are, to all
others as zeros and ones; gaps are filled by medians of the training rows. Other sets: levels, shop16000, shop100000 (any number)."""
import argparse
import contextlib
import itertools
import json
import os
import sys
import warnings

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import pandas as pd
import scipy.stats
import xgboost

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [HERE, *(os.path.join(HERE, "..", part) for part in ("forest", "boost"))]
import compare_peers
import compare_quality
import compare_sklearn
import one_fold
import quality

warnings.filterwarnings("ignore")
MARGIN = 0.002


def categories():
    """1200 rows, four numbers of no use and three nominal columns of 20 levels, each of which has its own inclination."""
    rng = np.random.default_rng(6)
    codes = rng.integers(0, 20, (3, 1200))
    score = sum(rng.normal(size=20)[c] for c in codes) + rng.logistic(size=1200)
    nominal = pd.DataFrame({f"c{i}": [f"{v:02d}" for v in c] for i, c in enumerate(codes)})
    return rng.normal(size=(1200, 4)), nominal, (score > 0).astype(int)


def load(name, perebor, folder):
    """(numbers with gaps, nominal columns, labels)"""
    if name == "categories":
        return categories()
    if name[:4] == "shop" and name[4:].isdigit():
        return quality.shop(perebor, int(name[4:]))
    if name == "counts":
        X, y = compare_quality.counts_and_flags()
        return X, pd.DataFrame(index=range(len(X))), y
    return quality.load(name, perebor, folder)


SETS = {"shop": "the shop's real tables", "cancer": "breast cancer", "digits": "digits, 8 or not", "counts": "counts and flags",
        "categories": "three columns of 20 levels", "gaps": "generated shop, a fifth missing", "shop1300": "generated shop of 1300"}
LEARNERS = {"boosting": ("boost", compare_peers.SETTINGS, "scikit-learn"), "boosting, XGBoost": ("boost", compare_peers.SETTINGS, "XGBoost"),
            "forest": ("forest", compare_sklearn.SETTINGS, "scikit-learn"), "extra trees": ("forest", compare_sklearn.SETTINGS, "scikit-learn")}

# What searches have in common that are in one line of the table.
KEYS = ("settings", "lengths", "folds", "again", "trees")


def trials_of(learner, rng, options):
    """As many settings as options say, in groups that differ in n_estimators alone, longest last. A group of forests has a
    random_state of its own, or forests would share their luck."""
    n = options.settings // options.lengths
    if learner.startswith("boosting"):
        rests = [compare_quality.random_trial(rng) for _ in range(n)]
    else:
        rests = [{**t, "random_state": int(rng.integers(10**6))} for t in quality.trials_of(learner, n, quality.PLAIN, rng)]
    numbers = np.arange(options.trees[0], options.trees[1] + 1)
    return [{**rest, "n_estimators": int(k)} for rest in rests for k in sorted(rng.choice(numbers, options.lengths, replace=False))]


def of_lengths(learner, X, y, V, trial, lengths):
    """The peer's scores by the first so many of its trees; one fit, as these are what a fit of so many would grow."""
    if learner == "boosting":
        stages = list(compare_quality.histogram_model(trial).fit(X, y).staged_predict_proba(V))
        return [stages[k - 1][:, 1] for k in lengths]
    if learner == "boosting, XGBoost":
        model = xgboost.train(compare_quality.xgboost_parameters(y, trial), xgboost.DMatrix(X, y), trial["n_estimators"])
        rows = xgboost.DMatrix(V)
        return [model.predict(rows, iteration_range=(0, k)) for k in lengths]
    sums = np.cumsum([tree.predict_proba(V)[:, 1] for tree in compare_sklearn.peer(trial).fit(X, y).estimators_], axis=0)
    return [sums[k - 1] / k for k in lengths]


def peer_scores(learner, table, trials):
    """Scores of trials; those that differ in n_estimators alone stand together, the longest last."""
    X, V = (m.toarray() if hasattr(m, "toarray") else m for m in table.sparse())
    scores, start = [], 0
    for i, trial in enumerate(trials):
        if i + 1 == len(trials) or {**trials[i + 1], "n_estimators": 0} != {**trial, "n_estimators": 0}:
            scores += of_lengths(learner, X, table.y, V, trial, [t["n_estimators"] for t in trials[start:i + 1]])
            start = i + 1
    return scores


def own_scores(bench, learner, table, trials):
    if learner.startswith("boosting"):
        X, V = (m.toarray() if hasattr(m, "toarray") else m for m in table.sparse())
        table = one_fold.Table(X, table.y, V)
        trials = [{**t, **compare_quality.PEERS[LEARNERS[learner][2]][1]} for t in trials]
    path = os.path.join(bench.folder.name, "scores")
    bench.run(table, trials, "share", path)
    return np.fromfile(path, "<f8").reshape(len(trials), len(table.V))


def auc_of(truth, scores):
    """Mann and Whitney's, ties by mean ranks; a fifth of what roc_auc_score takes."""
    n = truth.sum()
    return (scipy.stats.rankdata(scores)[truth == 1].sum() - n * (n + 1) / 2) / (n * (len(truth) - n))


def means(learner, rows, trials, options, shuffle, bench=None):
    """The mean AUC of each trial over the folds of a shuffle: of perebor where there is a bench, else of the peer."""
    total = np.zeros(len(trials))
    for table, truth in quality.folds_of(*rows, options.folds, shuffle):
        scores = own_scores(bench, learner, table, trials) if bench else peer_scores(learner, table, trials)
        total += [auc_of(truth, s) for s in scores]
    return total / options.folds


def search(bench, learner, rows, options, number):
    """One search on both sides: AUCs of all settings, and of the chosen one on other shuffles."""
    rng = np.random.default_rng([number, *learner.encode()])
    trials = trials_of(learner, rng, options)
    result = {}
    for side, with_bench in (("theirs", None), ("ours", bench)):
        aucs = means(learner, rows, trials, options, number, with_bench)
        chosen = trials[int(aucs.argmax())]
        again = [means(learner, rows, [{**chosen, "random_state": s}], options, 1000 * (number + 1) + s, with_bench)[0]
                 for s in range(options.again)]
        result[side] = {"aucs": [round(float(a), 7) for a in aucs], "again": float(np.mean(again or aucs.max()))}
    return result


def run(options):
    done = []
    if os.path.exists(options.file):
        with open(options.file) as file:
            done = [json.loads(line) for line in file]
    sets = [name for name in options.sets if name != "shop" or os.path.isdir(options.folder or "")]
    tables = {name: load(name, options.perebor, options.folder) for name in sets}
    with contextlib.ExitStack() as stack:
        benches = {learner: stack.enter_context(one_fold.Bench(options.bench, *LEARNERS[learner][:2], None, quiet=True))
                   for learner in options.learners}
        for number, (name, rows), learner in itertools.product(range(options.searches), tables.items(), options.learners):
            key = {"set": name, "learner": learner, "search": number, **{k: getattr(options, k) for k in KEYS}}
            if not any(key.items() <= line.items() for line in done):
                line = {**key, "rows": len(rows[2]), **search(benches[learner], learner, rows, options, number)}
                with open(options.file, "a") as out:
                    out.write(json.dumps(line) + "\n")


def best_tenth(line):
    """The mean difference over the tenth of the settings that are best by both sides' sums, so that neither is favoured."""
    ours, theirs = (np.array(line[side]["aucs"]) for side in ("ours", "theirs"))
    return (ours - theirs)[np.argsort(-(ours + theirs))[:max(1, len(ours) // 10)]].mean()


# What a search says of perebor's side above the other.
FIGURES = (lambda line: max(line["ours"]["aucs"]) - max(line["theirs"]["aucs"]),
           lambda line: line["ours"]["again"] - line["theirs"]["again"],
           best_tenth,
           lambda line: np.mean(line["ours"]["aucs"]) - np.mean(line["theirs"]["aucs"]))


def difference(lines, figure):
    """The mean over searches, its variance, and the degrees of freedom of that."""
    apart = np.array([figure(line) for line in lines])
    return apart.mean(), apart.var(ddof=1) / len(apart), len(apart) - 1


def overall(parts):
    """The mean of independent means, its variance, and Satterthwaite's degrees of freedom of that."""
    mean, variance, freedom = (np.array(x) for x in zip(*parts))
    total = variance.sum()
    return mean.mean(), total / len(parts) ** 2, total**2 / (variance**2 / freedom).sum() if total > 0 else freedom.sum()


def bounds(mean, variance, freedom):
    half = scipy.stats.t.ppf(0.975, freedom) * np.sqrt(variance)
    return mean - half, mean + half


def row(cells, parts):
    """A row of the table: what is compared, whether the best is not worse, and the differences with their intervals."""
    low, high = bounds(*parts[0])
    verdict = "not worse" if low > -MARGIN else "worse" if high < -MARGIN else "open"
    figures = [f"{part[0]:+.4f} ({bounds(*part)[0]:+.4f} … {bounds(*part)[1]:+.4f})".replace("-", "−") for part in parts]
    print("|", " | ".join([*cells, figures[0], verdict, *figures[1:]]), "|")


HEAD = ("learner, beside | set | rows | searches × settings; trees; folds | peer's best | best | by 0.002 | chosen, again | best tenth"
        " | mean of all")


def rows_of(learner, options, lines):
    """The rows of searches of one learner with the same options."""
    label = f"{learner.split(',')[0]}, {LEARNERS[learner][2]}"
    settings, _, folds, _, (low, high) = options
    parts = []
    for name in dict.fromkeys(line["set"] for line in lines):
        own = [line for line in lines if line["set"] == name]
        if len(own) > 1:
            parts.append([difference(own, figure) for figure in FIGURES])
            top = np.mean([max(line["theirs"]["aucs"]) for line in own])
            how = f"{len(own)} × {settings}; {low} to {high}; {folds}"
            row([label, SETS.get(name, name), f"{own[0]['rows']}", how, f"{top:.4f}"], parts[-1])
    if len(parts) > 1:
        row([label, f"all {len(parts)}", "", "", ""], [overall(part) for part in zip(*parts)])


def write_table(path):
    with open(path) as file:
        lines = [json.loads(line) for line in file]
    print(f"| {HEAD} |\n|" + "---|" * (HEAD.count("|") + 1))
    for learner in LEARNERS:
        groups = {}
        for line in lines:
            if line["learner"] == learner:
                groups.setdefault((*(line[k] for k in KEYS[:-1]), tuple(line["trees"])), []).append(line)
        for options, own in groups.items():
            rows_of(learner, options, own)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench", nargs="?")
    parser.add_argument("perebor", nargs="?")
    parser.add_argument("file", nargs="?")
    parser.add_argument("sets", nargs="*", default=[*SETS])
    parser.add_argument("--learners", nargs="*", choices=[*LEARNERS], default=[*LEARNERS])
    parser.add_argument("--settings", type=int, default=200)
    parser.add_argument("--lengths", type=int, default=5)
    parser.add_argument("--searches", type=int, default=4)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--again", type=int, default=2)
    parser.add_argument("--trees", type=int, nargs=2, default=[10, 50])
    parser.add_argument("--folder")
    parser.add_argument("--table")
    options = parser.parse_intermixed_args()
    if options.table:
        write_table(options.table)
        return
    if options.file is None:
        parser.error("which bench_learner, which perebor, and which file?")
    run(options)


if __name__ == "__main__":
    main()
