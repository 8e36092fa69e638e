#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs what `perebor trial FILE N --format sklearn` prints, for every trial of a search over every learner and step, and
what it prints of ensembles.

usage: scripts_of_trials.py PEREBOR
"""
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import warnings

import shop

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
N_TRIALS = 120
# As docs/how-to/same-in-scikit-learn.md has them; neighbours are summed in the same order here, and equal. Of 45 by 45
# rows of a fold, one pair that changes places is .0005.
TOLERANCE = {"logreg": 0.001, "knn": 1e-12, "tree": 1e-12, "svc": 0.001, "gnb": 1e-12}

EXPERIMENT = """
version: 1
seed: 7
data:
  table: experiments/flat_csv/customers.csv
  id: id
  target: {column: churned, positive: "yes"}
  missing: {numeric: mean, nominal: constant, fill_value: 2.5}
  features:
    numeric: [tenure_months, monthly_fee, visits_last_month, support_tickets]
    ordinal: {late_payments: ["0", "1", "2", "3", "4"]}
    nominal: [plan]
    boolean: {auto_pay: {"true": "yes", "false": "no"}}
  clean:
    - {op: replace, column: plan, map: {business: null}}
    - {op: replace, column: support_tickets, map: {3: null}}
split: {test_size: 0.25, stratify: true}
cv: {method: repeated_stratified_kfold, n_splits: 3, n_repeats: 2}
search:
  run_cap: 120
  parameters:
    impute__nominal: {values: [most_frequent, constant]}
    encode__nominal: {values: [onehot, onehot_first, ordinal]}
    scale: {values: [standard, minmax, robust, maxabs]}
    select__k: {values: [4, 6, 50, null]}
    model: {values: [logreg, knn, tree, svc, gnb]}
    logreg__C: {distribution: log_uniform_values, min: 0.01, max: 10, when: {model: logreg}}
    logreg__penalty: {values: [l1, l2, elasticnet, none], when: {model: logreg}}
    logreg__l1_ratio: {min: 0.0, max: 1.0, when: {logreg__penalty: elasticnet}}
    logreg__intercept: {values: [free, penalized], when: {logreg__penalty: [l1, l2]}}
    logreg__class_weight: {values: [null, balanced], when: {model: logreg}}
    knn__n_neighbors: {min: 1, max: 40, when: {model: knn}}
    knn__weights: {values: [uniform, distance], when: {model: knn}}
    knn__metric: {values: [manhattan, euclidean, minkowski], when: {model: knn}}
    tree__random_state: {min: 0, max: 5, when: {model: tree}}
    tree__criterion: {values: [gini, entropy], when: {model: tree}}
    tree__max_depth: {min: 2, max: 10, when: {model: tree}}
    tree__min_samples_leaf: {min: 1, max: 20, when: {model: tree}}
    tree__min_samples_split: {values: [2, 0.1], when: {model: tree}}
    tree__max_features: {values: [null, sqrt, 0.5], when: {model: tree}}
    tree__ccp_alpha: {values: [0.0, 0.005], when: {model: tree}}
    gnb__var_smoothing: {distribution: log_uniform_values, min: 1.0e-9, max: 1, when: {model: gnb}}
    gnb__priors: {values: [null, equal], when: {model: gnb}}
    svc__kernel: {values: [linear, rbf, poly, sigmoid], when: {model: svc}}
    svc__C: {distribution: log_uniform_values, min: 0.1, max: 10, when: {model: svc}}
    svc__gamma: {values: [scale, 0.1], when: {svc__kernel: [rbf, poly]}}
    svc__degree: {values: [2, 3], when: {svc__kernel: poly}}
    svc__class_weight: {values: [null, balanced], when: {model: svc}}
"""

try:
    import pandas  # noqa: F401
    import sklearn
except ImportError as missing:
    shop.skip(f"{missing}: install python3-sklearn and python3-pandas")
if tuple(map(int, sklearn.__version__.split(".")[:2])) < (1, 2):
    shop.skip(f"scikit-learn is {sklearn.__version__}, the scripts are written for 1.2")


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def compare(script):
    """Scores of both, split by split, as the script prints them and as it has them."""
    printed = io.StringIO()
    names = {}
    with contextlib.redirect_stdout(printed):
        exec(compile(script + "\n    kept = globals().setdefault('kept', []) + [(ours, theirs)]\n"
                     "    globals()['kept'] = kept\n", "script", "exec"), names)
    if len(re.findall(r"^split \d+  perebor \S+  scikit-learn \S+$", printed.getvalue(), re.MULTILINE)) != len(names["kept"]):
        sys.exit("a script does not print its scores:\n" + script)
    return names["kept"]


def check_ensemble(perebor, learners):
    """An ensemble of trials of these learners. @return: what is wrong, and how many members it has of each."""
    lines = [line for line in EXPERIMENT.splitlines()
             if not re.match("    [a-z]+__", line) or line.split("__")[0].strip() in learners + ["impute", "encode", "select"]]
    text = re.sub(r"values: \[logreg.*?\]", f"values: [{', '.join(learners)}]", "\n".join(lines))
    with open("ensemble.yaml", "w", encoding="utf-8") as stream:
        stream.write(text)
    run(perebor, "run", "ensemble.yaml", "-o", "ensemble.h5", "-q", "--overwrite")
    run(perebor, "ensemble", "ensemble.h5", "--resamples", "2", "--rounds", "12")
    script = run(perebor, "trial", "ensemble.h5", "ensemble", "--format", "sklearn")
    scores = compare(script)
    largest = max(abs(ours - theirs) for ours, theirs in scores)
    members = len(re.findall("^members.append", script, re.MULTILINE))
    print(f"{members} of {', '.join(learners)} vote: {len(scores)} folds, largest difference {largest:.1e}")
    if len(scores) != 3 or largest > 0.003 or members < 2:
        return [f"an ensemble of {learners} differs by {largest:.1e}\n{script}"], script
    return [], script


def main():
    perebor = os.path.abspath(sys.argv[1])
    warnings.filterwarnings("ignore")  # solvers at the end of their precision
    differences = {}
    failures = []
    with shop.work_folder() as work:
        shutil.copytree(os.path.join(ROOT, "experiments", "flat_csv"), os.path.join(work, "experiments", "flat_csv"))
        os.chdir(work)
        with open("scripts.yaml", "w", encoding="utf-8") as stream:
            stream.write(EXPERIMENT)
        run(perebor, "run", "scripts.yaml", "-o", "scripts.h5", "-q")
        run(perebor, "export", "scripts.h5", "--what", "data", "-o", "data.csv")
        for trial in range(N_TRIALS):
            script = run(perebor, "trial", "scripts.h5", str(trial), "--format", "sklearn")
            learner = {"Logi": "logreg", "SVC(": "svc", "Deci": "tree", "Neig": "knn", "Gaus": "gnb"}[
                re.search("^model = (....)", script, re.MULTILINE)[1]]
            scores = compare(script)
            largest = max(abs(ours - theirs) for ours, theirs in scores)
            differences.setdefault(learner, []).append(largest)
            if len(scores) != 6 or largest > TOLERANCE[learner]:
                failures.append(f"trial {trial} ({learner}): a fold of {len(scores)} differs by {largest:.1e}\n{script}")
        scripts = ""
        for learners in (["logreg", "knn", "tree", "svc", "gnb"], ["svc", "knn"]):
            wrong, script = check_ensemble(perebor, learners)
            failures += wrong
            scripts += script
        for needed in ("Select(f_classif, k=", "CalibratedClassifierCV(model, cv=5, ensemble=False)", "class Neighbors("):
            if needed not in scripts:
                failures.append(f"no ensemble has {needed}")
        os.chdir(ROOT)
    for learner, found in sorted(differences.items()):
        print(f"{learner:<7} {len(found)} trials, {sum(d < 1e-12 for d in found)} equal, largest difference {max(found):.1e}")
    if sorted(differences) != sorted(TOLERANCE):
        failures.append("a learner is missing")
    for failure in failures:
        print("FAILED", failure)
    sys.exit(1 if failures else 0)


main()
