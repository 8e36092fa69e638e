#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes rows.txt and expected.txt: what scikit-learn 1.2.1 says of a small model's columns.

permutation_importance and partial_dependence are scikit-learn's. Accumulated local effects and H
are written out here row by row, from their papers (Apley and Zhu 2020; Friedman and Popescu 2008),
as scikit-learn has neither. The model is a nearest-neighbours classifier on columns without ties of
distance, so that its probabilities are the same bits anywhere.

Each line of expected.txt is a name, how many numbers follow, and the numbers.
"""
import os

import numpy as np
import sklearn
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
N, N_TRAIN, REPEATS, SEED = 160, 110, 6, 3

rng = np.random.RandomState(7)
a = np.round(rng.normal(size=N), 6)
b = np.round(0.9 * a + 0.4 * rng.normal(size=N), 6)
c = rng.randint(0, 6, size=N).astype(float)
d = np.round(rng.uniform(-1, 1, size=N), 6)
y = (a + 0.5 * (c - 2.5) * d + 0.8 * rng.normal(size=N) > 0).astype(int)
X = np.column_stack([a, b, c, d])
train, test = X[:N_TRAIN], X[N_TRAIN:]
model = KNeighborsClassifier(n_neighbors=9, algorithm="brute").fit(train, y[:N_TRAIN])

lines = []


def put(name, values):
    flat = np.asarray(values, dtype=float).ravel()
    lines.append("%s %d %s" % (name, flat.size, " ".join(repr(float(v)) for v in flat)))


for scoring in ["accuracy", "roc_auc"]:
    found = permutation_importance(model, test, y[N_TRAIN:], scoring=scoring, n_repeats=REPEATS,
                                   random_state=SEED)
    put("permutation_" + scoring, found.importances)

dependence = partial_dependence(model, train, [2], kind="both", grid_resolution=20,
                                method="brute", response_method="predict_proba")
put("grid_c", dependence["values"][0])
put("dependence_c", dependence["average"][0])
put("single_c", dependence["individual"][0].T)  # [grid][row]


def predict(rows):
    return model.predict_proba(rows)[:, 1]


def local_effects(rows, j, grid):
    effects, counts = [0.0], []
    for k in range(1, len(grid)):
        inside = [r for r in rows if (grid[k - 1] < r[j] <= grid[k]) or (k == 1 and r[j] == grid[0])]
        differences = []
        for r in inside:
            low, high = r.copy(), r.copy()
            low[j], high[j] = grid[k - 1], grid[k]
            differences.append(predict([high])[0] - predict([low])[0])
        effects.append(effects[-1] + (np.mean(differences) if differences else 0.0))
        counts.append(len(inside))
    middle = [(effects[k - 1] + effects[k]) / 2 for k in range(1, len(grid))]
    mean = sum(n * m for n, m in zip(counts, middle)) / sum(counts)
    return [e - mean for e in effects]


for j, name in enumerate("abcd"):
    grid = (np.unique(train[:, j]) if len(np.unique(train[:, j])) <= 9
            else np.unique(np.quantile(train[:, j], np.linspace(0, 1, 9))))
    put("ale_grid_" + name, grid)
    put("ale_" + name, local_effects(train, j, grid))


def depend(rows, columns):
    answers = []
    for r in rows:
        altered = rows.copy()
        altered[:, columns] = r[columns]
        answers.append(np.mean(predict(altered)))
    return np.array(answers) - np.mean(answers)


some = train[:40]
single = {j: depend(some, [j]) for j in range(4)}
for j, k in [(0, 1), (2, 3), (1, 3)]:
    both = depend(some, [j, k])
    rest = both - single[j] - single[k]
    put("h_%d_%d" % (j, k), [np.sqrt(np.mean(rest ** 2)), np.sqrt(np.sum(rest ** 2) / np.sum(both ** 2))])

explained = []
for j in range(4):
    others = np.delete(train, j, axis=1)
    explained.append(LinearRegression().fit(others, train[:, j]).score(others, train[:, j]))
put("explained", explained)

with open(os.path.join(HERE, "rows.txt"), "w", encoding="utf-8") as file:
    for row, label in zip(X, y):
        file.write(" ".join(repr(float(v)) for v in row) + " %d\n" % label)
with open(os.path.join(HERE, "expected.txt"), "w", encoding="utf-8") as file:
    file.write("# scikit-learn %s, numpy %s\n" % (sklearn.__version__, np.__version__))
    file.write("\n".join(lines) + "\n")
