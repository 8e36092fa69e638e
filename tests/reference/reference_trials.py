#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""500 recorded scikit-learn trials, fold by fold, and how far ours are from them.

Prints the distribution of differences for each learner. One pair of rows that changes places moves
a fold's ROC-AUC by 1 / (pairs of a fold), about 1.1e-4.

usage: reference_trials.py PEREBOR [--verbose]
"""
import json
import os
import sys

import shop

PAIR = 1.2e-4  # of the smallest fold, rounded up
NAMES = {"knn": "knn", "dt": "tree", "lr": "logreg", "svc": "svc"}

# Folds of trials whose recorded optimum is ill-conditioned, each with the reason.
ILL_CONDITIONED = {
    # poly, gamma .0074: decisions span 2e-4, which the recorded tolerance of 1e-6 leaves off by several pairs of rows.
    # At 1e-10 and 1e-12 scikit-learn has our folds.
    394: [0.8481125753853027, 0.9198888888888889, 0.8721846846846847, 0.903490990990991, 0.9324324324324325],
}


def point(trial, random_state):
    """A recorded trial in our terms."""
    model = trial["model"]
    p = {
        "model": NAMES[trial["family"]],
        "encode__nominal": trial["encoder"],
        "scale": "none" if trial["scaler"] == "passthrough" else trial["scaler"],
        "select__k": None if trial["k"] == "all" else trial["k"],
    }
    if trial["family"] == "knn":
        p["knn__n_neighbors"] = model["n_neighbors"]
        p["knn__weights"] = model["weights"]
        p["knn__p"] = float(model["p"])
    elif trial["family"] == "dt":
        for name in ("max_depth", "min_samples_split", "min_samples_leaf", "criterion", "max_features"):
            p["tree__" + name] = model[name]
        p["tree__random_state"] = random_state
    elif trial["family"] == "lr":
        p["logreg__penalty"] = model["penalty"]
        p["logreg__C"] = model["C"]
        p["logreg__intercept"] = "penalized" if model["solver"] == "liblinear" else "free"
        if "l1_ratio" in model:
            p["logreg__l1_ratio"] = model["l1_ratio"]
    else:
        p["svc__kernel"] = model["kernel"]
        p["svc__C"] = model["C"]
        for name in ("gamma", "degree", "coef0"):
            if name in model:
                p["svc__" + name] = model[name]
    return p


def experiment(folder, recorded):
    """Every recorded trial as an enqueued point; trees three times: own, as seed 42, as seed 3."""
    points = []
    for record in recorded:
        points.append(point(record["trial"], None))
    for random_state in (42, 3):
        points += [point(r["trial"], random_state) for r in recorded if r["trial"]["family"] == "dt"]
    parameters = {}
    for name in sorted({name for p in points for name in p}):
        values = []
        for p in points:
            if name in p and p[name] not in values:
                values.append(p[name])
        parameters[name] = {"values": values}
        if name.split("__")[0] in ("knn", "tree", "logreg", "svc"):
            parameters[name]["when"] = {"model": name.split("__")[0]}
    # A parameter that a point leaves out would be drawn: it is inactive instead.
    parameters["logreg__l1_ratio"]["when"]["logreg__penalty"] = "elasticnet"
    for name, kernels in (("gamma", ["rbf", "poly", "sigmoid"]), ("degree", ["poly"]),
                          ("coef0", ["poly", "sigmoid"])):
        parameters["svc__" + name]["when"]["svc__kernel"] = kernels
    return {
        "version": 1,
        "name": "reference-trials",
        "seed": 42,
        "data": shop.data(folder, {
            "nominal": ["Тип сервиса", "Разрешить сообщать", "Популярная_категория"],
            "numeric": shop.NUMERIC,
        }),
        "split": {"test_size": 0.25, "stratify": True, "seed": 42},
        "cv": {"method": "stratified_kfold", "n_splits": 5, "shuffle": True, "seed": 42},
        "search": {"run_cap": len(points), "parameters": parameters, "enqueue": points},
    }


def distance_outside(value, low, high):
    return max(low - value, value - high, 0.0)


def quantiles(values):
    values = sorted(values)
    if not values:
        return "none"
    at = lambda q: values[min(len(values) - 1, int(q * len(values)))]
    return (f"n {len(values)}, 0: {sum(v < 1e-12 for v in values)}, median {at(.5):.1e}, "
            f"90 % {at(.9):.1e}, 99 % {at(.99):.1e}, max {values[-1]:.1e}")


def main():
    perebor = sys.argv[1]
    verbose = "--verbose" in sys.argv
    shared = shop.shared_folder()
    path = os.path.join(shared, "oracle", "reference_trials.json")
    if not os.path.isfile(path):
        shop.skip("the recorded trials are not here")
    with open(path, encoding="utf-8") as stream:
        recorded = json.load(stream)["trials"]
    with shop.work_folder() as work:
        found, *_ = shop.search(perebor, experiment(shared + "/data/one_click/original", recorded), work)

    failures = []
    trees = [r for r in recorded if r["trial"]["family"] == "dt"]
    ours = {r["trial"]["id"]: found[i]["split_test_score"] for i, r in enumerate(recorded)}
    seeded = {}
    for block, random_state in enumerate((42, 3)):
        begin = len(recorded) + block * len(trees)
        seeded[random_state] = {r["trial"]["id"]: found[begin + i]["split_test_score"]
                                for i, r in enumerate(trees)}
    for trial in found:
        if trial["state"] != "COMPLETE":
            failures.append(f"trial {trial['trial']} is {trial['state']}: {trial['error']}")
    if failures:
        sys.exit("\n".join(failures[:20]))

    for family in ("lr", "svc"):
        differences, exceptions, unconverged = [], [], 0
        for record in recorded:
            trial = record["trial"]
            if trial["family"] != family:
                continue
            if not record.get("tight", {}).get("converged"):
                unconverged += 1
                continue
            tight = ILL_CONDITIONED.get(trial["id"], record["tight"]["fold_auc"])
            folds = [abs(a - b) for a, b in zip(ours[trial["id"]], tight)]
            differences += folds
            if max(folds) > 2 * PAIR:
                exceptions.append((trial["id"], max(folds)))
                if verbose:
                    print("  ", trial, max(folds))
                failures.append(f"{family} trial {trial['id']}: a fold differs by {max(folds):.2e}: {trial}")
        print(f"{NAMES[family]:<7} against the tight optimum: {quantiles(differences)}; "
              f"{len(exceptions)} trials beyond two pairs; {unconverged} recorded without convergence")

    differences = []
    equal = n = 0
    for record in recorded:
        trial = record["trial"]
        if trial["family"] != "knn":
            continue
        folds = [abs(a - b) for a, b in zip(ours[trial["id"]], record["stable_fold_auc"])]
        differences += folds
        n += 1
        equal += max(folds) < 1e-12
        if max(folds) > .003:
            failures.append(f"knn trial {trial['id']}: a fold differs by {max(folds):.2e}")
    print(f"knn     against stable ties: {quantiles(differences)}; {equal} of {n} trials equal")
    if equal < .95 * n:
        failures.append(f"knn: only {equal} of {n} trials equal the recorded ones")

    exact = sum(max(abs(a - b) for a, b in zip(seeded[42][r["trial"]["id"]], r["fold_auc"])) < 1e-12
                for r in trees)
    print(f"tree    random_state 42, exact: {exact} of {len(trees)} trials")
    outside = [distance_outside(v, lo, hi) for r in trees
               for v, lo, hi in zip(seeded[3][r["trial"]["id"]], r["seeds10"]["fold_min"], r["seeds10"]["fold_max"])]
    print(f"tree    random_state 3, outside the ranges of seeds 0..9: {sum(v > 1e-12 for v in outside)} of "
          f"{len(outside)} folds, at most by {max(outside):.1e}")
    if any(v > 1e-12 for v in outside):
        failures.append("tree: random_state 3 leaves the recorded ranges")
    own = [distance_outside(v, lo, hi) for r in trees
           for v, lo, hi in zip(ours[r["trial"]["id"]], r["seeds10"]["fold_min"], r["seeds10"]["fold_max"])]
    untied = [r for r in trees if r["trial"]["model"]["max_features"] is None and
              r["seeds10"]["fold_min"] == r["seeds10"]["fold_max"]]
    untied_exact = sum(max(abs(a - b) for a, b in zip(ours[r["trial"]["id"]], r["fold_auc"])) < 1e-12
                       for r in untied)
    print(f"tree    own definition: {sum(v > 1e-12 for v in own)} of {len(own)} folds outside the ranges of ten "
          f"seeds, at most by {max(own):.1e}; {untied_exact} of {len(untied)} trials without ties exact")

    for failure in failures:
        print("FAILED", failure)
    sys.exit(1 if failures else 0)


main()
