#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The reference experiment: published and re-measured figures on the real tables, to four digits.

usage: reference_table.py PEREBOR
"""
import json
import subprocess
import sys

import shop

# Model, its parameters, then CV, train and test ROC-AUC as they were published or re-measured with
# scikit-learn 1.2.1. The tree's figures go with min_samples_leaf=5; which of several equally good
# splits a tree takes hangs on random_state, and 550 is the first that gives all three of them in our
# order of columns.
TABLE = [
    ("logreg l1 C=.8 minmax",
     {"model": "logreg", "scale": "minmax", "logreg__penalty": "l1", "logreg__C": 0.8},
     .8985, .9090, .9189),
    ("the same, 7 best columns",
     {"model": "logreg", "scale": "minmax", "logreg__penalty": "l1", "logreg__C": 0.8,
      "select__k": 7}, None, None, .9217),
    ("logreg l1 C=4, penalized intercept, minmax",
     {"model": "logreg", "scale": "minmax", "logreg__penalty": "l1", "logreg__C": 4.0,
      "logreg__intercept": "penalized"}, .8963, .9097, .9168),
    ("logreg l2 C=1 standard",
     {"model": "logreg", "scale": "standard", "logreg__penalty": "l2", "logreg__C": 1.0},
     .8958, .9095, .9162),
    ("svc linear C=1 standard",
     {"model": "svc", "scale": "standard", "svc__kernel": "linear", "svc__C": 1.0},
     .8925, .9041, .9175),
    ("svc rbf C=.5 standard",
     {"model": "svc", "scale": "standard", "svc__kernel": "rbf", "svc__C": 0.5},
     .9137, .9539, .9122),
    ("svc rbf C=1 standard",
     {"model": "svc", "scale": "standard", "svc__kernel": "rbf", "svc__C": 1.0},
     .9084, .9692, .9124),
    ("knn 9 manhattan robust",
     {"model": "knn", "scale": "robust", "knn__n_neighbors": 9, "knn__metric": "manhattan"},
     .8942, .9451, .9215),
    ("knn 25 manhattan robust",
     {"model": "knn", "scale": "robust", "knn__n_neighbors": 25, "knn__metric": "manhattan"},
     .9034, .9282, .9226),
    ("knn 9 euclidean minmax",
     {"model": "knn", "scale": "minmax", "knn__n_neighbors": 9, "knn__metric": "euclidean"},
     .8637, .9334, .8852),
    ("tree depth 4",
     {"model": "tree", "scale": "minmax", "tree__max_depth": 4,
      "tree__min_samples_leaf": 5, "tree__random_state": 550},
     .8415, .8751, .8761),
]

# Figures of the table that were measured at a solver's loose default tolerance (or cut, not rounded):
# what scikit-learn itself gives at tol=1e-9, which is what ours must give.
AT_THE_OPTIMUM = {
    ("logreg l1 C=4, penalized intercept, minmax", "test"): .916879,
    ("svc linear C=1 standard", "train"): .903965,
    ("svc rbf C=.5 standard", "CV"): .913638,
}

SEVEN_BEST = {
    "Маркет_актив_6_мес", "Акционные_покупки", "Средний_просмотр_категорий_за_визит",
    "Страниц_за_визит", "Выручка_препредыдущий_месяц", "минут_предыдущий_месяц",
    "минут_текущий_месяц",
}

# 0-based rows of the unfiltered table, in the order of the test part.
FIRST_TEST_ROWS = [813, 306, 959, 153, 586, 1228, 1117, 1179]


def experiment(folder):
    """All eleven models as enqueued points of one search."""
    names = sorted({name for _, point, *_ in TABLE for name in point})
    parameters = {}
    for name in names:
        values = []
        for _, point, *_ in TABLE:
            if name in point and point[name] not in values:
                values.append(point[name])
        if name == "select__k":
            values.append(None)
        parameters[name] = {"values": values}
        if name not in ("model", "scale", "select__k"):
            parameters[name]["when"] = {"model": name.split("__")[0]}
    points = []
    for _, point, *_ in TABLE:
        full = dict(point)
        full.setdefault("select__k", None)
        if point["model"] == "logreg":
            full.setdefault("logreg__intercept", "free")
        points.append(full)
    parameters["logreg__intercept"]["values"] = ["free", "penalized"]
    return {
        "version": 1,
        "name": "reference",
        "seed": 42,
        "data": shop.data(folder, {
            "ordinal": {"Тип сервиса": ["стандарт", "премиум"]},
            "nominal": ["Разрешить сообщать", "Популярная_категория"],
            "numeric": "*",
        }),
        "split": {"test_size": 0.25, "stratify": True, "seed": 42},
        "cv": {"method": "stratified_kfold", "n_splits": 5},
        "search": {
            "run_cap": len(TABLE),
            "parameters": {**parameters, "encode__nominal": {"value": "onehot_first"}},
            "enqueue": points,
        },
    }


def main():
    perebor = sys.argv[1]
    folder = shop.shared_folder() + "/data/one_click/original"
    failures = []
    with shop.work_folder() as work:
        trials, path, result = shop.search(perebor, experiment(folder), work)
        print(f"{'model':<44} {'CV':>14} {'train':>14} {'test':>14}")
        for number, (name, point, *expected) in enumerate(TABLE):
            refit = json.loads(subprocess.run(
                [perebor, "trial", result, str(number), "--refit", path, "--format", "json"],
                stdout=subprocess.PIPE, check=True).stdout)
            found = [trials[number]["mean_test_score"], refit["train_score"], refit["test_score"]]
            tolerance = .003 if point["model"] == "knn" else .00005 + 1e-9
            shown = []
            for what, value, figure in zip(("CV", "train", "test"), found, expected):
                if (name, what) in AT_THE_OPTIMUM:
                    wrong = abs(value - AT_THE_OPTIMUM[name, what]) > 1e-6
                else:
                    wrong = figure is not None and abs(value - figure) > tolerance
                shown.append(f"{value:.6f}{'!' if wrong else ' '}{'' if figure is None else format(figure, '.4f')}")
                if wrong:
                    failures.append(f"{name}: {what} is {value:.6f}, not {figure:.4f}")
            print(f"{name:<44} {shown[0]:>14} {shown[1]:>14} {shown[2]:>14}")
            if "select__k" in point and set(refit["columns"]) != SEVEN_BEST:
                failures.append(f"the seven best columns are {refit['columns']}")
        folds = json.loads(subprocess.run(
            [perebor, "export", result, "--what", "folds", "--format", "json"],
            stdout=subprocess.PIPE, check=True).stdout)
        test_rows = {row["source_row"] for row in folds if row["part"] == "test"}
        if len(folds) != 1296 or len(test_rows) != 324 or not test_rows.issuperset(FIRST_TEST_ROWS):
            failures.append(f"the test part has {len(test_rows)} of {len(folds)} rows, or others than expected")
    for failure in failures:
        print("FAILED", failure)
    sys.exit(1 if failures else 0)


main()
