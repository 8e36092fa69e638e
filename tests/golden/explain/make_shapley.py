#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes expected.txt: Shapley values of scikit-learn's and XGBoost's models on rows.csv.

rows.csv has 200 made-up customers. The split is scikit-learn's stratified one, a quarter, seed 42. The row
that is explained is the first of the test part, the background the first 20 of the training part, of six
standardised columns; values are sums over all 64 coalitions, as the definition has them. Of the linear
model on all columns (scaled to [0, 1], one-hot without the first level) they are w (x - mean), summed over
the columns of a nominal one; its background is the whole training part. A line each:

  train ROW ...          test ROW
  NAME BASELINE SCORE VALUE ...
  forest TREES COLUMNS; tree NODES, then a line a node: column threshold value cover left
  contributions ROW BASELINE VALUE ...   what XGBoost's pred_contribs gives, in float
  interactions ROW VALUE ...             what its pred_interactions gives at [i][j] and [j][i], added up: of pairs
                                         i < j, row by row of the triangle

XGBoost's trees split below a threshold, a form's at it: thresholds are the floats before.
"""
import csv
import json
import math
import os

import numpy as np
import xgboost
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
SIX = ["pages", "min1", "min0", "promo", "cats_visit", "unpaid"]
NUMERIC = ["mkt6", "mktcur", "dur", "promo", "cats_visit", "unpaid", "err", "pages", "rev2", "rev1", "rev0", "min1", "min0"]


def shapley(worth, n):
    worths = [worth(coalition) for coalition in range(1 << n)]
    values = np.zeros(n)
    for coalition in range(1 << n):
        size = bin(coalition).count("1")
        for player in range(n):
            if not coalition >> player & 1:
                share = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
                values[player] += share * (worths[coalition | 1 << player] - worths[coalition])
    return values


def interventional(score, row, background):
    def worth(coalition):
        present = np.array([coalition >> i & 1 for i in range(len(row))], dtype=bool)
        return score(np.where(present, row, background)).mean()

    return shapley(worth, len(row))


def path_dependent(tree, row):
    row = row.astype(np.float32)

    def worth(coalition, node=0):
        if tree.children_left[node] < 0:
            return tree.value[node, 0, 1] / tree.value[node, 0].sum()
        left, right, column = tree.children_left[node], tree.children_right[node], tree.feature[node]
        if coalition >> column & 1:
            return worth(coalition, left if row[column] <= tree.threshold[node] else right)
        weight = tree.weighted_n_node_samples
        return (weight[left] * worth(coalition, left) + weight[right] * worth(coalition, right)) / weight[node]

    return shapley(worth, len(row)), worth(0), worth((1 << len(row)) - 1)


def design(table):
    """All columns: numbers, service, allow, and the categories but the first; and whose each is."""
    numbers = np.array([[float(row[name]) for name in NUMERIC] for row in table])
    service = np.array([[row["service"] == "премиум"] for row in table], dtype=float)
    allow = np.array([[row["allow"] == "да"] for row in table], dtype=float)
    levels = sorted({row["cat"] for row in table})[1:]
    levels = np.array([[row["cat"] == level for level in levels] for row in table], dtype=float)
    players = list(range(15)) + [15] * levels.shape[1]
    return numbers, np.hstack([service, allow, levels]), players


def linear_line(table, labels, train, row):
    numbers, others, players = design(table)
    rows = np.hstack([MinMaxScaler().fit(numbers[train]).transform(numbers), others])
    model = LogisticRegression(C=0.8, penalty="l1", solver="saga", max_iter=200000, tol=1e-11, random_state=0)
    model.fit(rows[train], labels[train])
    weights, mean = model.coef_[0], rows[train].mean(axis=0)
    values = np.zeros(16)
    np.add.at(values, players, weights * (rows[row] - mean))
    return [weights @ mean + model.intercept_[0], weights @ rows[row] + model.intercept_[0], *values]


def flatten(root):
    nodes, lines, at = [root], [], 0
    while at < len(nodes):
        node = nodes[at]
        if "leaf" in node:
            lines.append((0, 0.0, node["leaf"], node["cover"], 0))
        else:
            children = {child["nodeid"]: child for child in node["children"]}
            threshold = np.nextafter(np.float32(node["split_condition"]), np.float32("-inf"))
            lines.append((int(node["split"][1:]), float(threshold), 0.0, node["cover"], len(nodes)))
            nodes += [children[node["yes"]], children[node["no"]]]
        at += 1
    return lines


def forest_lines(rows, labels):
    rows = rows.astype(np.float32)
    settings = {"max_depth": 4, "eta": 0.3, "objective": "binary:logistic", "nthread": 1, "base_score": 0.5}
    booster = xgboost.train(settings, xgboost.DMatrix(rows, label=labels), 12)
    trees = [flatten(json.loads(text)) for text in booster.get_dump(dump_format="json", with_stats=True)]
    yield f"forest {len(trees)} {rows.shape[1]}"
    for tree in trees:
        yield f"tree {len(tree)}"
        for node in tree:
            yield " ".join(repr(value) for value in node)
    shown = range(0, 200, 20)
    contributions = booster.predict(xgboost.DMatrix(rows[shown]), pred_contribs=True)
    for row, values in zip(shown, contributions):
        yield " ".join(["contributions", str(row), *(repr(float(value)) for value in (values[-1], *values[:-1]))])
    interactions = booster.predict(xgboost.DMatrix(rows[shown]), pred_interactions=True)
    for row, values in zip(shown, interactions):
        upper = [values[i, j] for i in range(len(SIX)) for j in range(i + 1, len(SIX))]
        yield " ".join(["interactions", str(row), *(repr(2.0 * float(value)) for value in upper)])


def main():
    with open(os.path.join(HERE, "rows.csv"), encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    labels = np.array([int(row["y"]) for row in table])
    train, test = next(StratifiedShuffleSplit(1, test_size=0.25, random_state=42).split(labels, labels))
    six = np.array([[float(row[name]) for name in SIX] for row in table])
    rows = StandardScaler().fit(six[train]).transform(six)
    row, background = rows[test[0]], rows[train[:20]]
    svc = SVC(C=1, tol=1e-9).fit(rows[train], labels[train])
    knn = KNeighborsClassifier(9, p=1, algorithm="brute").fit(rows[train], labels[train])
    tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=5, random_state=42).fit(rows[train], labels[train])
    lines = {"linear": linear_line(table, labels, train, test[0])}
    for name, score in (("rbf", svc.decision_function), ("neighbors", lambda x: knn.predict_proba(x)[:, 1]),
                        ("tree", lambda x: tree.predict_proba(x)[:, 1])):
        lines[name] = [score(background).mean(), score(row[None])[0], *interventional(score, row, background)]
    values, baseline, score = path_dependent(tree.tree_, row)
    lines["paths"] = [baseline, score, *values]
    with open(os.path.join(HERE, "expected.txt"), "w", encoding="utf-8") as file:
        print("train", *train, file=file)
        print("test", test[0], file=file)
        for name, numbers in lines.items():
            print(name, *(repr(float(number)) for number in numbers), file=file)
        for line in forest_lines(rows, labels):
            print(line, file=file)


if __name__ == "__main__":
    main()
