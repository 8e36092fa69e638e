#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The reference experiment: published and re-measured figures on the real tables, to four digits.

usage: reference_table.py PEREBOR
"""
import json
import subprocess
import sys

import shop

# CV, train and test ROC-AUC of shop.MODELS, in their order, as they were published or re-measured with
# scikit-learn 1.2.1. The tree's figures go with min_samples_leaf=5; which of several equally good
# splits a tree takes hangs on random_state, and 550 is the first that gives all three of them in our
# order of columns.
FIGURES = [
    (.8985, .9090, .9189),
    (None, None, .9217),
    (.8963, .9097, .9168),
    (.8958, .9095, .9162),
    (.8925, .9041, .9175),
    (.9137, .9539, .9122),
    (.9084, .9692, .9124),
    (.8942, .9451, .9215),
    (.9034, .9282, .9226),
    (.8637, .9334, .8852),
    (.8415, .8751, .8761),
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


def main():
    perebor = sys.argv[1]
    folder = shop.shared_folder() + "/data/one_click/original"
    failures = []
    with shop.work_folder() as work:
        result, measured = shop.measure_models(perebor, folder, work)
        print(f"{'model':<44} {'CV':>14} {'train':>14} {'test':>14}")
        for (name, point), expected, found in zip(shop.MODELS, FIGURES, measured):
            tolerance = .003 if point["model"] == "knn" else .00005 + 1e-9
            shown = []
            for what, figure in zip(("CV", "train", "test"), expected):
                value = found[what]
                if (name, what) in AT_THE_OPTIMUM:
                    wrong = abs(value - AT_THE_OPTIMUM[name, what]) > 1e-6
                else:
                    wrong = figure is not None and abs(value - figure) > tolerance
                shown.append(f"{value:.6f}{'!' if wrong else ' '}{'' if figure is None else format(figure, '.4f')}")
                if wrong:
                    failures.append(f"{name}: {what} is {value:.6f}, not {figure:.4f}")
            print(f"{name:<44} {shown[0]:>14} {shown[1]:>14} {shown[2]:>14}")
            if "select__k" in point and set(found["columns"]) != SEVEN_BEST:
                failures.append(f"the seven best columns are {found['columns']}")
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
