#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Path-dependent Shapley values of boosted trees beside XGBoost's pred_contribs: same trees, same rows.

usage: compare_xgboost.py build/release/tests/bench/explain/bench_explain [--runs 5] [--depths 3,6,10]

Trains XGBoost on made-up rows, writes its trees and what pred_contribs gives, and has both explain the
rows on one thread, taking turns. Prints CPU microseconds a row and tree, the ratio, and how far apart
the values are (XGBoost computes in float). Says which XGBoost it was: newer ones than
Debian 12's 1.7.4 have quadrature themselves, of which the ratio says nothing. Debian: python3-xgboost.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import xgboost


def made_rows(n_rows, n_columns):
    random = numpy.random.RandomState(7)
    rows = random.normal(size=(n_rows, n_columns)).astype(numpy.float32)
    logit = rows[:, 0] + rows[:, 1] * rows[:, 2] - numpy.abs(rows[:, 3]) + random.normal(size=n_rows)
    return rows, (logit > 0).astype(int)


def flatten(root):
    """A tree's nodes, children in pairs after their parent, as perebor's form has them."""
    nodes = [root]
    columns, thresholds, values, covers, left = [], [], [], [], []
    at = 0
    while at < len(nodes):
        node = nodes[at]
        covers.append(node["cover"])
        if "leaf" in node:
            columns.append(0), thresholds.append(0.0), values.append(node["leaf"]), left.append(0)
        else:
            children = {child["nodeid"]: child for child in node["children"]}
            columns.append(int(node["split"][1:]))
            # XGBoost goes left below the threshold, a form at it too.
            thresholds.append(float(numpy.nextafter(numpy.float32(node["split_condition"]), numpy.float32("-inf"))))
            values.append(0.0)
            left.append(len(nodes))
            nodes += [children[node["yes"]], children[node["no"]]]
        at += 1
    return columns, thresholds, values, covers, left


def write_forest(path, booster, rows, contributions):
    trees = [flatten(json.loads(text)) for text in booster.get_dump(dump_format="json", with_stats=True)]
    first = numpy.cumsum([0] + [len(tree[0]) for tree in trees])
    sizes = [len(trees), first[-1], *rows.shape]
    with open(path, "wb") as file:
        for part in (sizes, first, *(sum((tree[i] for tree in trees), []) for i in range(5)), rows, contributions):
            numpy.asarray(part, dtype=numpy.float64).tofile(file)
    return len(trees)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--depths", default="3,6,10")
    parser.add_argument("--rows", type=int, default=1296)
    parser.add_argument("--columns", type=int, default=16)
    options = parser.parse_args()
    rows, labels = made_rows(options.rows, options.columns)
    print(f"XGBoost {xgboost.__version__}, {options.rows} rows of {options.columns} columns, one thread, CPU time")
    for depth in map(int, options.depths.split(",")):
        settings = {"max_depth": depth, "eta": 0.1, "objective": "binary:logistic", "nthread": 1, "verbosity": 0}
        matrix = xgboost.DMatrix(rows, label=labels, nthread=1)
        booster = xgboost.train(settings, matrix, 100)
        theirs, ours, difference = [], [], 0.0
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "forest")
            contributions = booster.predict(matrix, pred_contribs=True)[:, :-1]
            n_trees = write_forest(path, booster, rows, contributions)
            for _ in range(options.runs):
                begin = time.process_time()
                booster.predict(xgboost.DMatrix(rows, nthread=1), pred_contribs=True)
                theirs.append(1e6 * (time.process_time() - begin) / options.rows / n_trees)
                said = subprocess.run([options.bench, "forest", path], stdout=subprocess.PIPE, text=True, check=True).stdout
                microseconds, apart = re.search(r"([\d.e+-]+) us .* ([\d.e+-]+)$", said.strip()).groups()
                ours.append(float(microseconds))
                difference = max(difference, float(apart))
        if difference > 1e-4:
            sys.exit(f"depth {depth}: the values are {difference} apart")
        peer, own = statistics.median(theirs), statistics.median(ours)
        print(f"depth {depth}: XGBoost {peer:.3f} us a row and tree, perebor {own:.4f}, ratio {peer / own:.1f}, "
              f"largest difference {difference:.1e}")


if __name__ == "__main__":
    main()
