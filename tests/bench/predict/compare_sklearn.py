#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Predictions from CSV to CSV beside scikit-learn's, in CPU time and peak memory.

    compare_sklearn.py build/release/perebor [ROWS]

Both sides have fitted the same pipeline on the training part of 4000 rows of a made-up table (five numbers with missing
values, two texts) and then read ROWS others (default: 200 000), score them, and write a file:

* scikit-learn: pandas.read_csv; a Pipeline of ColumnTransformer (SimpleImputer and StandardScaler,
  SimpleImputer and OneHotEncoder) and the learner; predict_proba; DataFrame.to_csv of identifier and
  probability. Timed from read_csv to to_csv, with everything imported and fitted. The support vector
  machine has probability=True; neighbours and it score a tenth of the rows, times ten.
* perebor: the whole process, which also writes scores, bounds, ranks and deciles, compares columns
  with those of training and looks for rows of it.

One thread on both sides. "same" is the largest difference of probabilities: of logistic regression
and support vector machines by their solvers' tolerances and calibrations, of trees by equal splits;
neighbours agree."""
import json
import os
import subprocess
import sys
import tempfile

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
N_TRAINING = 4000
SLOW = {"knn": 10, "svc rbf": 10, "svc linear": 10, "svc poly": 10}
LEARNERS = {
    "logreg": "model: {value: logreg}, logreg__C: {value: 1.0}",
    "tree": "model: {value: tree}, tree__max_depth: {value: 8}, tree__random_state: {value: 0}",
    "knn": "model: {value: knn}, knn__n_neighbors: {value: 15}",
    "svc linear": "model: {value: svc}, svc__kernel: {value: linear}",
    "svc rbf": "model: {value: svc}, svc__kernel: {value: rbf}, svc__gamma: {value: 0.1}",
    "svc poly": "model: {value: svc}, svc__kernel: {value: poly}, svc__gamma: {value: 0.1}",
}
NUMBERS = ["months", "fee", "visits", "tickets", "late"]
TEXTS = ["plan", "region"]


def write_table(path, n, first, with_target):
    import numpy as np
    import pandas as pd
    rng = np.random.default_rng(first)
    table = pd.DataFrame({
        "id": np.arange(first, first + n),
        "months": rng.integers(1, 73, n),
        "fee": np.round(rng.uniform(10, 90, n), 2),
        "visits": np.where(rng.random(n) < .05, np.nan, rng.poisson(9, n)),
        "tickets": rng.poisson(1.2, n),
        "late": rng.poisson(.6, n),
        "plan": rng.choice(["basic", "family", "business"], n),
        "region": rng.choice(["north", "south", "east", "west", "abroad"], n),
    })
    if with_target:
        score = (table.tickets * .5 + table.late * .6 - table.months / 30 - table.visits.fillna(9) / 9
                 + (table.plan == "basic") + rng.logistic(size=n))
        table["churned"] = np.where(score > .3, "yes", "no")
    table.visits = table.visits.astype("Int64")
    table.to_csv(path, index=False)


def theirs(folder, name, tenth):
    """In a process of its own: CPU seconds and peak memory."""
    code = f"""
import json, resource, sys, time
import numpy as np, pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
models = {{"logreg": LogisticRegression(max_iter=1000), "tree": DecisionTreeClassifier(max_depth=8, random_state=0),
          "knn": KNeighborsClassifier(15), "svc linear": SVC(kernel="linear", probability=True, random_state=0),
          "svc rbf": SVC(gamma=.1, probability=True, random_state=0),
          "svc poly": SVC(kernel="poly", gamma=.1, probability=True, random_state=0)}}
prepare = ColumnTransformer([
    ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), {NUMBERS!r}),
    ("texts", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), {TEXTS!r})])
pipeline = make_pipeline(prepare, models[{name!r}])
train = pd.read_csv("{folder}/train.csv")
folds = pd.read_csv("{folder}/{name}.folds.csv")
train = train.iloc[folds.source_row[folds.part == "train"]]
pipeline.fit(train.drop(columns=["id", "churned"]), train.churned)
start = time.process_time()
table = pd.read_csv("{folder}/new{'-tenth' if tenth > 1 else ''}.csv")
probability = pipeline.predict_proba(table.drop(columns="id"))[:, 1]
pd.DataFrame({{"id": table.id, "probability": probability}}).to_csv("{folder}/theirs.csv", index=False)
print(json.dumps([time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
    out = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out)


def ours(perebor, folder, name):
    pid = os.spawnv(os.P_NOWAIT, perebor, [perebor, "predict", f"{folder}/{name}.h5", "--data", f"{folder}/new.csv",
                                           "-t", "1", "-o", f"{folder}/ours.csv", "--overwrite"])
    _, status, usage = os.wait4(pid, 0)
    assert status == 0
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def fit(perebor, folder, name):
    with open(f"{folder}/{name}.yaml", "w") as file:
        file.write(f"""version: 1
data:
  tables: {{new: {{path: train.csv}}}}
  id: id
  target: {{column: churned, positive: "yes"}}
  features: {{nominal: [plan, region], numeric: [{', '.join(NUMBERS)}]}}
  missing: {{numeric: median, nominal: most_frequent}}
search: {{run_cap: 1, parameters: {{scale: {{value: standard}}, encode__nominal: {{value: onehot}}, {LEARNERS[name]}}}}}
""")
    for words in (["run", f"{name}.yaml", "-o", f"{name}.h5", "-q"], ["refit", f"{name}.h5"],
                  ["export", f"{name}.h5", "--what", "folds", "-o", f"{name}.folds.csv"]):
        subprocess.run([perebor, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def difference(folder, n):
    import pandas as pd
    own = pd.read_csv(f"{folder}/ours.csv", nrows=n)
    peer = pd.read_csv(f"{folder}/theirs.csv", nrows=n)
    assert (own.id == peer.id).all()
    return (own.probability - peer.probability).abs().max()


def main():
    perebor, n = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200000
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        write_table(f"{folder}/train.csv", N_TRAINING, 1, True)
        write_table(f"{folder}/new.csv", n, 1000000, False)
        with open(f"{folder}/new.csv") as whole, open(f"{folder}/new-tenth.csv", "w") as tenth:
            tenth.writelines(line for line, _ in zip(whole, range(n // 10 + 1)))
        print(f"{n} rows, {os.path.getsize(f'{folder}/new.csv') / 1e6:.0f} MB\n\n"
              "| learner | scikit-learn, CPU s | perebor, CPU s | ratio | scikit-learn, MiB | perebor, MiB | same |\n"
              "|---|---|---|---|---|---|---|")
        for name in LEARNERS:
            fit(perebor, folder, name)
            tenth = SLOW.get(name, 1)
            runs = [(theirs(folder, name, tenth), ours(perebor, folder, name)) for _ in range(3 if tenth == 1 else 1)]
            peer, own = sorted(r[0][0] for r in runs)[len(runs) // 2] * tenth, sorted(r[1][0] for r in runs)[len(runs) // 2]
            print(f"| {name} | {peer:.2f} | {own:.2f} | {peer / own:.1f}× | {runs[0][0][1]:.0f} | {runs[0][1][1]:.0f} | "
                  f"{difference(folder, n // tenth):.1g} |", flush=True)


if __name__ == "__main__":
    main()
