#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every metric of every learner on every fold, against committed scikit-learn values.

tests/golden/metrics/make_metrics.py made them. Metrics of classes and of order must agree to the
last figures; those of probabilities as far as the solvers do.

usage: metrics.py PEREBOR
"""
import json
import math
import os
import sys

import shop

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "metrics")
TOLERANCE = {"neg_log_loss": 1e-6, "neg_brier_score": 1e-6}  # of sigmoids of solvers' optima


def experiment(points, metrics, metric):
    parameters = {"scale": {"value": "standard"}}
    for name in sorted({name for point in points for name in point}):
        values = []
        for point in points:
            if name in point and point[name] not in values:
                values.append(point[name])
        parameters[name] = {"values": values}
        if name != "model":
            parameters[name]["when"] = {"model": name.split("__")[0]}
    return {
        "version": 1,
        "data": {"table": os.path.join(GOLDEN, "rows.csv"), "id": "id",
                 "target": {"column": "left", "positive": "yes"}},
        "split": {"test_size": 0},
        "cv": {"n_splits": 4},
        "search": {"metric": metric, "metrics": metrics, "run_cap": len(points),
                   "parameters": parameters, "enqueue": points},
    }


def compare(name, wanted, found):
    """The largest difference, and what is wrong with it."""
    differences = [abs(a - b) if math.isfinite(b) else math.inf for a, b in zip(wanted, found)]
    largest = max(differences)
    return largest, largest > TOLERANCE.get(name, 1e-12) or len(wanted) != len(found)


def check_summary(trial, metrics, metric, failures):
    """Means, deviations and the columns of the selecting metric follow from the folds."""
    for name in metrics:
        folds = trial[f"split_test_{name}"]
        mean = sum(folds) / len(folds)
        deviation = math.sqrt(sum((fold - mean) ** 2 for fold in folds) / len(folds))
        if abs(trial[f"mean_test_{name}"] - mean) > 1e-12 or abs(trial[f"std_test_{name}"] - deviation) > 1e-12:
            failures.append(f"trial {trial['trial']}: mean or deviation of {name} is not that of its folds")
    if trial["split_test_score"] != trial[f"split_test_{metric}"] or \
            trial["rank_test_score"] != trial[f"rank_test_{metric}"]:
        failures.append(f"trial {trial['trial']}: test_score is not {metric}")


def check_ranks(trials, metrics, failures):
    for name in metrics:
        means = [trial[f"mean_test_{name}"] for trial in trials]
        ranks = [1 + sum(other > mean for other in means) for mean in means]
        if ranks != [trial[f"rank_test_{name}"] for trial in trials]:
            failures.append(f"rank_test_{name} does not rank mean_test_{name}")


def main():
    with open(os.path.join(GOLDEN, "expected.json"), encoding="utf-8") as stream:
        expected = json.load(stream)
    metrics = expected["metrics"]
    points = [trial["point"] for trial in expected["trials"]]
    failures = []
    with shop.work_folder() as work:
        trials, _, _ = shop.search(sys.argv[1], experiment(points, metrics, "f1"), work)
        alone, _, _ = shop.search(sys.argv[1], experiment(points, metrics, "f1"), work, "--share", "off")
    for trial, other in zip(trials, alone):
        for name in metrics:
            if trial[f"split_test_{name}"] != other[f"split_test_{name}"]:
                failures.append(f"trial {trial['trial']}: {name} is another if nothing is shared")
    largest = dict.fromkeys(metrics, 0.0)
    for trial, wanted in zip(trials, expected["trials"]):
        for name in metrics:
            difference, wrong = compare(name, wanted["scores"][name], trial[f"split_test_{name}"])
            largest[name] = max(largest[name], difference)
            if wrong:
                failures.append(f"{wanted['point']}: {name} is {trial[f'split_test_{name}']}, "
                                f"not {wanted['scores'][name]}")
        check_summary(trial, metrics, "f1", failures)
    check_ranks(trials, metrics, failures)
    for name, difference in largest.items():
        print(f"{name:<20} largest difference {difference:.1e}")
    for failure in failures:
        print("FAILED", failure)
    sys.exit(1 if failures else 0)


main()
