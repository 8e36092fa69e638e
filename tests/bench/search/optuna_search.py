#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The peer: Optuna draws, scikit-learn evaluates, and Optuna alone with nothing to evaluate.

usage: optuna_search.py TASK.json    (written by compare_sklearn.py)

Prints JSON: CPU seconds of a study of the task's spaces by random sampling, every trial a pipeline on
every fold; and milliseconds that Optuna itself takes for a trial, kept in memory and in SQLite.
"""
import json
import os
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")

import optuna
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split

import shop_table
import sklearn_search
import trial_list

optuna.logging.set_verbosity(optuna.logging.ERROR)


def suggest(trial, name, parameter):
    if "values" in parameter:
        return trial.suggest_categorical(name, parameter["values"])
    low, high = parameter["min"], parameter["max"]
    if parameter["distribution"] == "int_uniform":
        return trial.suggest_int(name, low, high)
    return trial.suggest_float(name, low, high, log=parameter["distribution"].startswith("log"))


def draw(trial):
    """A point of one of the spaces, each as likely, as trial_list.draw() draws it."""
    point = {"model": trial.suggest_categorical("model", trial_list.FAMILIES)}
    for name, parameter in trial_list.SPACES[point["model"]].items():
        if trial_list.is_active(parameter, point):
            # Optuna wants one list of values for one name; svc's of the scaler is shorter.
            own = f"{point['model']}.{name}" if name == "scale" else name
            point[name] = suggest(trial, own, parameter)
    return point


def search(folder, n_trials):
    rows, labels, numeric, nominal = shop_table.read(folder)
    rows, _, labels, _ = train_test_split(rows, labels, test_size=0.25, random_state=42, stratify=labels)
    folds = StratifiedKFold(5, shuffle=True, random_state=42)
    base = sklearn_search.pipeline(numeric, nominal)

    def objective(trial):
        model = base.set_params(**sklearn_search.candidate(draw(trial)))
        return cross_val_score(model, rows, labels, scoring="roc_auc", cv=folds, error_score=0.5).mean()

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=42))
    begin = time.process_time()
    study.optimize(objective, n_trials=n_trials)
    return time.process_time() - begin


def overhead(storage, n_trials):
    """CPU milliseconds a trial that evaluates nothing."""

    def objective(trial):
        draw(trial)
        return 0.5

    study = optuna.create_study(storage=storage, sampler=optuna.samplers.RandomSampler(seed=42))
    begin = time.process_time()
    study.optimize(objective, n_trials=n_trials)
    return 1e3 * (time.process_time() - begin) / n_trials


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        task = json.load(stream)
    with tempfile.TemporaryDirectory(prefix="perebor-bench-") as work:
        print(json.dumps({
            "version": optuna.__version__,
            "cpu": search(task["folder"], task["n_trials"]),
            "memory_ms": overhead(None, 1000),
            "sqlite_ms": overhead("sqlite:///" + os.path.join(work, "study.db"), 100),
        }))


main()
