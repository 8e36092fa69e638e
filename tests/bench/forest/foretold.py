#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How well the plan foretells forests and boosting: seconds foretold by CPU seconds, of fit and predict of one fold.

    foretold.py build/release/tests/bench/learner/bench_learner [forest|boost ...]

Tables of 1000 to 100 000 rows with 10 to 100 columns, some with nominal columns of 30 to 10 000 levels, and settings that change
what a tree is. What is foretold is multiplied by the machine's pace, as `perebor check` does, which is measured before each run; a
ratio is the median of three runs. The last line says how many are within 25 %, how many are within 25 % of the median ratio, which
is all that matters to a plan, and how many would be without the pace."""
import os
import statistics
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path += [here, os.path.join(here, "..", "boost"), os.path.join(here, "..", "learner")]
import compare_peers
import compare_sklearn
import one_fold

LEARNERS = {
    "forest": (compare_sklearn.SETTINGS,
               [dict(), dict(criterion="entropy"), dict(max_depth=6), dict(min_samples_leaf=8), dict(max_features=1),
                dict(splitter="random", bootstrap=False), dict(splitter="random", max_features=0.5),
                dict(splitter="random", bootstrap=False, min_samples_leaf=8, max_depth=8)]),
    "boost": (compare_peers.SETTINGS,
              [dict(), dict(max_leaf_nodes=7), dict(max_leaf_nodes=127), dict(max_bins=32), dict(max_leaf_nodes=None, max_depth=6),
               dict(min_samples_leaf=60, subsample=0.6), dict(colsample_bytree=0.5)]),
}

TABLES = [(1000, 10, ()), (1000, 100, ()), (16000, 10, ()), (16000, 30, ()), (100000, 10, ()), (1000, 10, (300,)),
          (10000, 10, (1000,)), (10000, 10, (10000,)), (10000, 30, (40, 100, 200))]


def made(n, n_columns, levels):
    """A table of so many rows, and a quarter more to predict."""
    X, y, V = compare_sklearn.numbers(n, n_columns, n // 4)
    rng = np.random.default_rng(1)
    codes = [rng.integers(0, k, n + n // 4) for k in levels]
    return one_fold.Table(X, y, V, [c[:n] for c in codes], [c[n:] for c in codes], levels)


def foretell(program, learner):
    settings, cases = LEARNERS[learner]
    ratios, plain = [], []
    with one_fold.Bench(program, learner, settings, None, quiet=True) as bench:
        for n, n_columns, levels in TABLES:
            table = made(n, n_columns, levels)
            for case in cases:
                runs = [bench.run(table, [{**case, "n_estimators": 100 if n == 1000 else 10}], "alone") for _ in range(3)]
                seconds, foretold, pace = (statistics.median(run[k] for run in runs) for k in (0, 3, 4))
                ratios.append(statistics.median(run[3] * run[4] / run[0] for run in runs))
                plain.append(foretold / seconds)
                print(f"{learner} {n:6d} x {n_columns:2d} {levels} {1e3 * seconds:8.1f} ms, foretold {1e3 * foretold:8.1f} "
                      f"at a pace of {pace:.2f} {ratios[-1]:5.2f}  {case}", flush=True)
    median = statistics.median(ratios)
    within = [sum(abs(ratio - 1) <= 0.25 for ratio in values)
              for values in (ratios, [ratio / median for ratio in ratios], plain)]
    print(f"{learner}: the median is {median:.2f}; {within[0]} of {len(ratios)} within 25 %, {within[1]} within 25 % of the median; "
          f"{within[2]} without the pace")


if __name__ == "__main__":
    for learner in sys.argv[2:] or LEARNERS:
        foretell(sys.argv[1], learner)
