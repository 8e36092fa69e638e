#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The reference table's models on the bundled sample, against committed scikit-learn values.

Means and refits to four digits, folds to two pairs of rows that change places, the chosen columns by
name. Nearest neighbours, where scikit-learn's order of ties is an accident, to .003.

usage: sample_table.py PEREBOR
"""
import json
import os
import sys

import shop

HERE = os.path.dirname(os.path.abspath(__file__))
PAIR = 1.2e-4  # of the smallest fold, rounded up


def compare(name, point, expected, found):
    """What differs, each in a line."""
    neighbours = point["model"] == "knn"
    for what in ("CV", "train", "test"):
        if abs(found[what] - expected[what]) > (.003 if neighbours else .00005):
            yield f"{name}: {what} is {found[what]:.6f}, not {expected[what]:.6f}"
    if len(found["folds"]) != len(expected["folds"]):
        yield f"{name}: {len(found['folds'])} folds, not {len(expected['folds'])}"
    for fold, (value, wanted) in enumerate(zip(found["folds"], expected["folds"])):
        if abs(value - wanted) > (.003 if neighbours else 2 * PAIR):
            yield f"{name}: fold {fold} is {value:.6f}, not {wanted:.6f}"
    if "columns" in expected:
        # A level of a nominal column is named column=level by us, column_level by scikit-learn.
        ours = sorted(column.replace("=", "_") for column in found["columns"])
        if ours != sorted(expected["columns"]):
            yield f"{name}: the columns are {ours}, not {sorted(expected['columns'])}"


def main():
    perebor = sys.argv[1]
    folder = os.path.abspath(os.path.join(HERE, "..", "..", "experiments", "one_click", "data"))
    with open(os.path.join(HERE, "..", "golden", "sample", "expected.json"), encoding="utf-8") as stream:
        expected = json.load(stream)["models"]
    with shop.work_folder() as work:
        _, measured = shop.measure_models(perebor, folder, work)
    failures = []
    if [row["name"] for row in expected] != [name for name, _ in shop.MODELS]:
        failures.append("expected.json is of other models: run tests/golden/sample/make_sample.py")
    print(f"{'model':<44} {'CV':>9} {'train':>9} {'test':>9}  largest difference")
    for (name, point), wanted, found in zip(shop.MODELS, expected, measured):
        pairs = [(found[what], wanted[what]) for what in ("CV", "train", "test")]
        pairs += list(zip(found["folds"], wanted["folds"]))
        largest = max(abs(a - b) for a, b in pairs)
        print(f"{name:<44} {found['CV']:9.6f} {found['train']:9.6f} {found['test']:9.6f}  {largest:.1e}")
        failures += compare(name, point, wanted, found)
    for failure in failures:
        print("FAILED", failure)
    sys.exit(1 if failures else 0)


main()
