#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes boost.txt: scores of XGBoost's boosting after every tree.

Made-up rows, as many of each class, so that scores start at 0 and the gradients of the first tree are whole multiples of 1/4:
what perebor rounds them to is what they are. Columns have at most 40 values, each of which is a bin of its own on both sides.

  ROWS COLUMNS, then a line a row: label, values
  settings PEREBOR'S
  monotonic, then for each column 1, 0 or -1
  TREES, then a line a tree: the score of every row after it
"""
import os

import numpy as np
import xgboost

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS, COLUMNS, TREES = 240, 6, 4
OURS = {"max_depth": "max_depth", "max_leaves": "max_leaf_nodes", "eta": "learning_rate", "min_child_weight": "min_child_weight",
        "alpha": "reg_alpha", "lambda": "reg_lambda", "gamma": "gamma"}
CASES = [
    {"max_depth": 3, "lambda": 1.0},
    {"max_depth": 6, "lambda": 0.0, "min_child_weight": 2.0},
    {"max_depth": 4, "lambda": 2.5, "alpha": 1.5},
    {"max_depth": 5, "lambda": 1.0, "gamma": 2.0},
    {"max_leaves": 8, "lambda": 1.0, "eta": 0.5},
    {"max_leaves": 12, "max_depth": 5, "lambda": 0.5, "min_child_weight": 1.0},
    {"max_depth": 4, "lambda": 1.0, "monotone": (1, -1, 0, 0, 0, 0)},
    {"max_leaves": 12, "lambda": 0.5, "min_child_weight": 1.0, "monotone": (1, -1, 1, -1, 0, 0)},
    {"max_depth": 6, "lambda": 2.0, "gamma": 0.5, "monotone": (-1, 0, 0, 1, 1, -1)},
    {"max_leaves": 20, "lambda": 1.0, "alpha": 0.5, "gamma": 0.5, "min_child_weight": 3.0},
]


def main():
    rng = np.random.default_rng(5)
    x = np.floor(rng.normal(size=(ROWS, COLUMNS)) * 6 + 20).clip(0, 39)
    leaning = x[:, 0] - 0.7 * x[:, 1] + 0.1 * (x[:, 2] - 20) ** 2 + rng.normal(size=ROWS) * 8
    y = (leaning > np.median(leaning)).astype(int)
    assert y.sum() * 2 == ROWS
    data = xgboost.DMatrix(x, y)
    with open(os.path.join(HERE, "boost.txt"), "w") as out:
        print(ROWS, COLUMNS, file=out)
        for label, values in zip(y, x):
            print(label, *values.astype(int), file=out)
        for case in CASES:
            case = dict(case)
            monotone = case.pop("monotone", (0,) * COLUMNS)
            theirs = {"objective": "binary:logistic", "base_score": 0.5, "tree_method": "hist", "max_bin": 256, "eta": 0.3,
                      "min_child_weight": 0.0, "max_depth": 0, "lambda": 0.0, "nthread": 1,
                      "grow_policy": "lossguide" if "max_leaves" in case else "depthwise", **case}
            print("settings", *(f"{OURS[name]}={theirs[name]}" for name in OURS
                                if name in theirs and not (name == "max_depth" and theirs[name] == 0)), "min_samples_leaf=1", file=out)
            print("monotonic", *monotone, file=out)
            booster = xgboost.train({**theirs, "monotone_constraints": str(monotone)} if any(monotone) else theirs, data, TREES)
            print(TREES, file=out)
            for tree in range(1, TREES + 1):
                print(*(f"{score:.8g}" for score in booster.predict(data, output_margin=True, iteration_range=(0, tree))), file=out)


main()
