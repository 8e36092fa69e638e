#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Predictions from CSV to CSV beside scikit-learn's, in CPU time, elapsed time and peak memory.

    compare_sklearn.py build/release/perebor [ROWS [LEARNER...]]

Both sides have fitted the same pipeline on the training part of 4000 rows of a made-up table (five numbers with missing
values, two texts) and then read ROWS others (default: 200 000), score them, and write a file:

* scikit-learn: pandas.read_csv; a Pipeline of ColumnTransformer (SimpleImputer and StandardScaler,
  SimpleImputer and OneHotEncoder) and the learner; predict_proba; DataFrame.to_csv of identifier and
  probability. Timed from read_csv to to_csv, with everything imported and fitted. The support vector
  machine has probability=True; neighbours and it score a tenth of the rows, times ten. Beside it, as
  "all columns", the same with what perebor writes: the score, two bounds looked up among known scores,
  rank and decile by pandas, and whether the identifier is one of training; eight columns to_csv.
* perebor: the whole process, from reading the result file on, which also writes scores, bounds, ranks and
  deciles, compares columns with those of training and looks for rows of it.

CPU seconds are of one thread on both sides, elapsed seconds of two on both (n_jobs=2 where the learner has it;
pandas and the others have one thread), on the same cores, in runs that take turns; medians. Boosting is XGBoost's, if that is installed.
"same" is the largest difference of probabilities: of logistic regression and support vector machines by their
solvers' tolerances and calibrations, of trees by equal splits; neighbours agree. Forests and boosting draw and
cut differently."""
import json
import os
import subprocess
import sys
import tempfile
import time

N_TRAINING = 4000
SLOW = {"knn": 10, "svc rbf": 10, "svc linear": 10, "svc poly": 10}
THREADED = ["knn", "forest", "extra trees", "boost"]  # whose peers know n_jobs
LEARNERS = {
    "logreg": "model: {value: logreg}, logreg__C: {value: 1.0}",
    "tree": "model: {value: tree}, tree__max_depth: {value: 8}, tree__random_state: {value: 0}",
    "knn": "model: {value: knn}, knn__n_neighbors: {value: 15}",
    "svc linear": "model: {value: svc}, svc__kernel: {value: linear}",
    "svc rbf": "model: {value: svc}, svc__kernel: {value: rbf}, svc__gamma: {value: 0.1}",
    "svc poly": "model: {value: svc}, svc__kernel: {value: poly}, svc__gamma: {value: 0.1}",
    "gnb": "model: {value: gnb}",
    "forest": "model: {value: forest}, forest__n_estimators: {value: 300}",
    "extra trees": "model: {value: forest}, forest__n_estimators: {value: 300}, forest__splitter: {value: random}, forest__bootstrap: {value: false}",
    "boost": "model: {value: boost}, boost__n_estimators: {value: 300}, boost__max_leaf_nodes: {value: 31}",
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


def theirs(folder, name, tenth, n_threads):
    """In a process of its own: (CPU, elapsed) seconds with two columns, with all, and peak memory."""
    code = f"""
import json, resource, sys, time
import numpy as np, pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
models = {{"logreg": LogisticRegression(max_iter=1000), "tree": DecisionTreeClassifier(max_depth=8, random_state=0),
          "knn": KNeighborsClassifier(15, n_jobs={n_threads}), "gnb": GaussianNB(),
          "svc linear": SVC(kernel="linear", probability=True, random_state=0),
          "svc rbf": SVC(gamma=.1, probability=True, random_state=0),
          "svc poly": SVC(kernel="poly", gamma=.1, probability=True, random_state=0),
          "forest": RandomForestClassifier(300, n_jobs={n_threads}, random_state=0),
          "extra trees": ExtraTreesClassifier(300, n_jobs={n_threads}, random_state=0)}}
if {name!r} == "boost":
    from xgboost import XGBClassifier
    models["boost"] = XGBClassifier(n_estimators=300, tree_method="hist", grow_policy="lossguide", max_leaves=31,
                                    max_depth=0, learning_rate=.1, n_jobs={n_threads})
prepare = ColumnTransformer([
    ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), {NUMBERS!r}),
    ("texts", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), {TEXTS!r})])
pipeline = make_pipeline(prepare, models[{name!r}])
train = pd.read_csv("{folder}/train.csv")
folds = pd.read_csv("{folder}/{name}.folds.csv")
train = train.iloc[folds.source_row[folds.part == "train"]]
features, target = train.drop(columns=["id", "churned"]), train.churned == "yes"
pipeline.fit(features, target)
known = np.sort(pipeline.predict_proba(features)[:, 1])
bound = IsotonicRegression().fit(known, np.sort(target)).predict(known)
lower, upper = np.append(bound, 1.), np.append(0., bound)
clock = lambda: np.array([time.process_time(), time.perf_counter()])
start = clock()
table = pd.read_csv("{folder}/new{'-tenth' if tenth > 1 else ''}.csv")
new = table.drop(columns="id")
probability = pipeline.predict_proba(new)[:, 1]
predicted = clock()
pd.DataFrame({{"id": table.id, "probability": probability}}).to_csv("{folder}/theirs.csv", index=False)
two = clock()
out = pd.DataFrame({{"id": table.id}})
out["score"] = pipeline.decision_function(new) if {name!r} == "logreg" else probability
out["probability"] = probability
place = np.searchsorted(known, probability)
out["probability_lower"] = np.minimum(lower[place], probability)
out["probability_upper"] = np.maximum(upper[place], probability)
out["rank"] = out.probability.rank(ascending=False, method="min").astype(int)
decile = np.empty(len(out), int)
decile[np.argsort(-probability, kind="stable")] = 1 + 10 * np.arange(len(out)) // len(out)
out["decile"] = decile
out["in_training"] = np.where(table.id.isin(train.id), "same", "no")
out.to_csv("{folder}/theirs-all.csv", index=False)
every = clock()
print(json.dumps([*(two - start), *(predicted - start + every - two),
                  resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
    threads = {key: str(n_threads) for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    out = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True,
                         env=os.environ | threads).stdout
    return json.loads(out)


def ours(perebor, folder, name, n_threads):
    start = time.perf_counter()
    pid = os.spawnv(os.P_NOWAIT, perebor, [perebor, "predict", f"{folder}/{name}.h5", "--data", f"{folder}/new.csv",
                                           "-t", str(n_threads), "-o", f"{folder}/ours.csv", "--overwrite"])
    _, status, usage = os.wait4(pid, 0)
    assert status == 0
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1024


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


def median(values):
    return sorted(values)[len(values) // 2]


def measure(perebor, folder, name, n):
    """Runs that take turns: one thread for CPU time, two for elapsed time."""
    fit(perebor, folder, name)
    tenth = SLOW.get(name, 1)
    single, double = [], []
    for _ in range(3 if tenth == 1 else 1):
        single.append((theirs(folder, name, tenth, 1), ours(perebor, folder, name, 1)))
        double.append((theirs(folder, name, tenth, 2) if name in THREADED else single[-1][0],
                       ours(perebor, folder, name, 2)))
    cells = [name]
    for runs, at in ((single, 0), (double, 1)):
        own = median([run[1][at] for run in runs])
        peers = [median([run[0][at + column] for run in runs]) * tenth for column in (0, 2)]
        cells += [f"{peers[0]:.2f}", f"{peers[1]:.2f}", f"{own:.2f}", f"{peers[0] / own:.1f}×", f"{peers[1] / own:.1f}×"]
    cells += [f"{single[0][0][4]:.0f}", f"{single[0][1][2]:.0f}", f"{difference(folder, n // tenth):.1g}"]
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    perebor, n = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200000
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        write_table(f"{folder}/train.csv", N_TRAINING, 1, True)
        write_table(f"{folder}/new.csv", n, 1000000, False)
        with open(f"{folder}/new.csv") as whole, open(f"{folder}/new-tenth.csv", "w") as tenth:
            tenth.writelines(line for line, _ in zip(whole, range(n // 10 + 1)))
        print(f"{n} rows, {os.path.getsize(f'{folder}/new.csv') / 1e6:.0f} MB; load {os.getloadavg()[0]:.0f}\n\n"
              "| learner | CPU s: scikit-learn | all columns | perebor | ratio | all columns "
              "| elapsed s: scikit-learn | all columns | perebor | ratio | all columns "
              "| scikit-learn, MiB | perebor, MiB | same |\n" + "|---" * 14 + "|")
        for name in sys.argv[3:] or LEARNERS:
            measure(perebor, folder, name, n)


if __name__ == "__main__":
    main()
