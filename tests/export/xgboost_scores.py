#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trees written for XGBoost predict there what they predict here, in single precision: rows of the
test, with missing values and unknown levels, and for every branch rows at its threshold and one float
beside it.

usage: xgboost_scores.py WRITE_MODELS
"""
import json
import os
import subprocess
import sys
import tempfile

import evaluate_model

try:
    import numpy as np
    import xgboost
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)


def features(model, rows):
    """What the page says: numbers as the table has them, 0 or 1 for a level, a code for a code."""
    prepared = evaluate_model.prepare(model, rows)
    for place, column in enumerate(model["preparation"]):
        values = [row[column["source"]] for row in rows]
        if column["encoding"] == "number":
            prepared[:, place] = [np.nan if value is None else value for value in values]
        else:
            prepared[[value is None for value in values], place] = np.nan
    return prepared


def rows_at_thresholds(model, trees, rows):
    """Rows whose value of a branch's number is the branch's, or the float before or after it."""
    added = []
    for tree in trees:
        for node, left in enumerate(tree["left_children"]):
            column = model["preparation"][tree["split_indices"][node]]
            if left < 0 or column["encoding"] != "number":
                continue
            threshold = np.float32(tree["split_conditions"][node])
            for value in (threshold, np.nextafter(threshold, np.float32(-np.inf)),
                          np.nextafter(threshold, np.float32(np.inf))):
                row = list(rows[(7 * node) % len(rows)])
                row[column["source"]] = float(value)
                added.append(row)
    return added


def to_floats(rows):
    return [[float(np.float32(value)) if isinstance(value, float) else value for value in row] for row in rows]


def compare(folder, name, rows):
    with open(os.path.join(folder, name + ".json")) as file:
        model = json.load(file)
    path = os.path.join(folder, name + ".xgboost.json")
    with open(path) as file:
        written = json.load(file)
    booster = xgboost.Booster()
    booster.load_model(path)
    trees = written["learner"]["gradient_booster"]["model"]["trees"]
    own = to_floats(rows)
    beside = rows_at_thresholds(model, trees, own)
    scores, probabilities = evaluate_model.score(model, own + beside)
    data = xgboost.DMatrix(features(model, own + beside), feature_names=booster.feature_names)
    predicted = booster.predict(data)
    margins = booster.predict(data, output_margin=True)
    expected = (scores if probabilities is None else probabilities).astype(np.float32)
    logistic = model["model"]["added"]
    assert np.allclose(predicted, 1 / (1 + np.exp(-margins))) if logistic else (predicted == margins).all(), name
    # numpy and perebor may differ by a hair in an exponential of a calibration.
    wrong = np.abs(predicted - expected) > 1e-6
    assert not wrong.any(), f"{name}: {wrong.sum()} of {len(wrong)} differ, first {np.flatnonzero(wrong)[0]}"
    return len(beside), (predicted == expected).all()


def main():
    n_models = n_beside = n_exact = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        with open(os.path.join(folder, "rows.json")) as file:
            rows = json.load(file)
        for file in sorted(os.listdir(folder)):
            if file.endswith(".xgboost.json"):
                beside, exact = compare(folder, file[:-len(".xgboost.json")], rows)
                n_models += 1
                n_beside += beside
                n_exact += exact
        assert n_models >= 12 and n_beside > 100, (n_models, n_beside)
    print(f"{n_models} models, {len(rows)} rows and {n_beside} at thresholds each; {n_exact} models to the bit")


if __name__ == "__main__":
    main()
