#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Random settings of every learner beside scikit-learn: nowhere slower, whatever is set.

    random_settings.py build/release/perebor [ROWS [TRIALS]]

A made-up table of ROWS rows (default: 3000), of five numbers with missing values and two texts, is searched with TRIALS
trials (default: 300) of a space that has every setting of every learner which scikit-learn has too, unusual values with
usual ones, unshared and on one thread. Then `perebor trial --format sklearn` writes each trial as a script, of which two
folds are run: fit and predict_proba. perebor's seconds are those of the result file: fit and score of the mean fold.

Prints, by learner, the median and the least of scikit-learn's seconds / perebor's, and the twenty trials with the least."""
import contextlib
import csv
import io
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one core on both sides
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "predict"))
import compare_sklearn as tables

SPACE = """
    scale: {values: [standard, minmax, robust, none]}
    encode__nominal: {values: [onehot, onehot_first, ordinal]}
    model: {values: [logreg, svc, knn, tree, forest, boost, gnb]}
    logreg__C: {distribution: log_uniform_values, min: 1.0e-4, max: 1.0e+6, when: {model: logreg}}
    logreg__penalty: {values: [l1, l2, elasticnet, none], when: {model: logreg}}
    logreg__l1_ratio: {distribution: uniform, min: 0, max: 1, when: {logreg__penalty: elasticnet}}
    logreg__intercept: {values: [free, penalized], when: {model: logreg}}
    logreg__class_weight: {values: [null, balanced], when: {model: logreg}}
    svc__kernel: {values: [linear, rbf, poly, sigmoid], when: {model: svc}}
    svc__C: {distribution: log_uniform_values, min: 1.0e-3, max: 1.0e+3, when: {model: svc}}
    svc__gamma: {values: [scale, auto, 0.001, 0.01, 0.1, 1.0], when: {svc__kernel: [rbf, poly, sigmoid]}}
    svc__degree: {distribution: int_uniform, min: 2, max: 7, when: {svc__kernel: poly}}
    svc__coef0: {values: [0.0, 1.0], when: {svc__kernel: [poly, sigmoid]}}
    svc__class_weight: {values: [null, balanced], when: {model: svc}}
    svc__max_iter: {value: 20000, when: {model: svc}}
    knn__n_neighbors: {distribution: int_uniform, min: 1, max: 300, when: {model: knn}}
    knn__weights: {values: [uniform, distance], when: {model: knn}}
    knn__metric: {values: [euclidean, manhattan, minkowski], when: {model: knn}}
    knn__p: {values: [1.0, 1.5, 2.0, 3.0, 10.0], when: {knn__metric: minkowski}}
    tree__criterion: {values: [gini, entropy, log_loss], when: {model: tree}}
    tree__max_depth: {values: [2, 4, 8, 16, null], when: {model: tree}}
    tree__max_features: {values: [null, sqrt, 0.3, 1], when: {model: tree}}
    tree__min_samples_leaf: {distribution: int_uniform, min: 1, max: 30, when: {model: tree}}
    tree__ccp_alpha: {values: [0.0, 0.001, 0.01], when: {model: tree}}
    tree__class_weight: {values: [null, balanced], when: {model: tree}}
    forest__n_estimators: {values: [20, 50], when: {model: forest}}
    forest__criterion: {values: [gini, entropy], when: {model: forest}}
    forest__splitter: {values: [best, random], when: {model: forest}}
    forest__max_features: {values: [1, sqrt, log2, 0.3, all], when: {model: forest}}
    forest__max_depth: {values: [3, 8, null], when: {model: forest}}
    forest__min_samples_leaf: {distribution: int_uniform, min: 1, max: 30, when: {model: forest}}
    forest__bootstrap: {values: [true, false], when: {model: forest}}
    forest__ccp_alpha: {values: [0.0, 0.001], when: {model: forest}}
    forest__class_weight: {values: [null, balanced, balanced_subsample], when: {model: forest}}
    boost__n_estimators: {values: [20, 50], when: {model: boost}}
    boost__learning_rate: {values: [0.02, 0.1, 1.0], when: {model: boost}}
    boost__max_leaf_nodes: {values: [4, 31, 200], when: {model: boost}}
    boost__max_depth: {values: [3, 10, null], when: {model: boost}}
    boost__min_samples_leaf: {distribution: int_uniform, min: 1, max: 30, when: {model: boost}}
    boost__reg_lambda: {values: [0, 1, 10], when: {model: boost}}
    boost__max_bins: {values: [16, 255], when: {model: boost}}
    gnb__var_smoothing: {distribution: log_uniform_values, min: 1.0e-9, max: 1, when: {model: gnb}}
"""


def search(perebor, folder, rows, trials):
    """Runs it. @return A dictionary a trial that is done."""
    tables.write_table(f"{folder}/train.csv", rows, 1, True)
    with open(f"{folder}/settings.yaml", "w") as file:
        file.write(f"""version: 1
data:
  tables: {{new: {{path: train.csv}}}}
  id: id
  target: {{column: churned, positive: "yes"}}
  features: {{nominal: [{', '.join(tables.TEXTS)}], numeric: [{', '.join(tables.NUMBERS)}]}}
  missing: {{numeric: median, nominal: most_frequent}}
search:
  run_cap: {trials}
  parameters:{SPACE}""")
    for words in (["run", "settings.yaml", "-o", "settings.h5", "-q", "--share", "off", "--threads", "1"],
                  ["export", "settings.h5", "--what", "trials", "-o", "trials.csv"],
                  ["export", "settings.h5", "--what", "data", "-o", "data.csv"]):
        subprocess.run([perebor, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(f"{folder}/trials.csv") as file:
        return [row for row in csv.DictReader(file) if row["mean_fit_time"]]


def theirs(perebor, folder, trial):
    """CPU seconds a fold of the script of a trial."""
    script = subprocess.run([perebor, "trial", f"{folder}/settings.h5", trial, "--format", "sklearn"], check=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    script, n = re.subn(r"in enumerate\(perebor\):", "in list(enumerate(perebor))[:2]:", script)
    script, m = re.subn(r"\n    model\.fit\(", r"\n    begin = process_time()\n    model.fit(", script)
    script, k = re.subn(r"\n    theirs = ", r"\n    seconds.append(process_time() - begin)\n    theirs = ", script)
    assert n == m == k == 1, "the script is another one than this expects"
    names = {"process_time": time.process_time, "seconds": []}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(script, names)
    return statistics.mean(names["seconds"])


def main():
    perebor = os.path.abspath(sys.argv[1])
    rows, trials = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((2, 3000), (3, 300)))
    warnings.filterwarnings("ignore")
    with tempfile.TemporaryDirectory(prefix="perebor-bench-") as folder:
        done = search(perebor, folder, rows, trials)
        os.chdir(folder)
        ratios = []
        for trial in done:
            peer = theirs(perebor, folder, trial["trial"])
            own = float(trial["mean_fit_time"]) + float(trial["mean_score_time"])
            settings = {name[6:]: value for name, value in trial.items() if name.startswith("param_") and value}
            ratios.append((peer / own, 1e3 * peer, 1e3 * own, settings))
    ratios.sort(key=lambda ratio: ratio[0])
    print(f"{rows} rows, scikit-learn / perebor, fit and predict of a fold\n\n| learner | trials | median | least |\n|---|---|---|---|")
    for name in sorted({settings["model"] for *_, settings in ratios}):
        own = [ratio for ratio, _, _, settings in ratios if settings["model"] == name]
        print(f"| {name} | {len(own)} | {statistics.median(own):.1f}× | {min(own):.1f}× |")
    print(f"| all | {len(ratios)} | {statistics.median(r[0] for r in ratios):.1f}× | {ratios[0][0]:.1f}× |\n")
    for ratio, peer, own, settings in ratios[:20]:
        print(f"{ratio:6.1f}×  {peer:9.2f} ms / {own:8.2f} ms  " + " ".join(f"{k}={v}" for k, v in settings.items()))


if __name__ == "__main__":
    main()
