# SPDX-License-Identifier: MIT
"""The shop as an experiment and the eleven models of its table, for the reference tests.

Standard library only.
"""
import json
import os
import subprocess
import sys
import tempfile

SKIPPED = 77

NUMERIC = [
    "Маркет_актив_6_мес", "Маркет_актив_тек_мес", "Длительность", "Акционные_покупки",
    "Средний_просмотр_категорий_за_визит", "Неоплаченные_продукты_штук_квартал", "Ошибка_сервиса",
    "Страниц_за_визит", "Выручка_предыдущий_месяц", "Выручка_препредыдущий_месяц",
    "Выручка_текущий_месяц", "минут_предыдущий_месяц", "минут_текущий_месяц",
]

# Names and parameters of the models that the reference table has, one enqueued point each.
MODELS = [
    ("logreg l1 C=.8 minmax",
     {"model": "logreg", "scale": "minmax", "logreg__penalty": "l1", "logreg__C": 0.8}),
    ("the same, 7 best columns",
     {"model": "logreg", "scale": "minmax", "logreg__penalty": "l1", "logreg__C": 0.8,
      "select__k": 7}),
    ("logreg l1 C=4, penalized intercept, minmax",
     {"model": "logreg", "scale": "minmax", "logreg__penalty": "l1", "logreg__C": 4.0,
      "logreg__intercept": "penalized"}),
    ("logreg l2 C=1 standard",
     {"model": "logreg", "scale": "standard", "logreg__penalty": "l2", "logreg__C": 1.0}),
    ("svc linear C=1 standard",
     {"model": "svc", "scale": "standard", "svc__kernel": "linear", "svc__C": 1.0}),
    ("svc rbf C=.5 standard",
     {"model": "svc", "scale": "standard", "svc__kernel": "rbf", "svc__C": 0.5}),
    ("svc rbf C=1 standard",
     {"model": "svc", "scale": "standard", "svc__kernel": "rbf", "svc__C": 1.0}),
    ("knn 9 manhattan robust",
     {"model": "knn", "scale": "robust", "knn__n_neighbors": 9, "knn__metric": "manhattan"}),
    ("knn 25 manhattan robust",
     {"model": "knn", "scale": "robust", "knn__n_neighbors": 25, "knn__metric": "manhattan"}),
    ("knn 9 euclidean minmax",
     {"model": "knn", "scale": "minmax", "knn__n_neighbors": 9, "knn__metric": "euclidean"}),
    ("tree depth 4",
     {"model": "tree", "scale": "minmax", "tree__max_depth": 4, "tree__min_samples_leaf": 5,
      "tree__random_state": 550}),
]


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def find_shared_folder():
    """Where the real tables lie: $PEREBOR_SHARED, or shared/ beside the source folder; None if nowhere."""
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.environ.get("PEREBOR_SHARED", os.path.join(here, "..", "..", "..", "shared"))
    return os.path.abspath(folder) if os.path.isdir(os.path.join(folder, "data", "one_click", "original")) else None


def shared_folder():
    """The same; without the real tables, the test is skipped."""
    folder = find_shared_folder()
    if folder is None:
        skip("the real tables are not here (set PEREBOR_SHARED to the folder that has data/one_click)")
    return folder


def data(folder, features):
    """The data section: four tables as delivered, cleaned and joined."""
    return {
        "root": folder,
        "tables": {
            "file": {"path": "market_file.csv", "key": "id"},
            "money": {"path": "market_money.csv", "key": "id"},
            "time": {"path": "market_time.csv", "key": "id"},
            "profit": {"path": "money.csv", "key": "id"},
        },
        "clean": [
            {"op": "normalize", "form": "NFC", "trim": True, "columns": "*"},
            {"op": "replace", "table": "time", "column": "Период",
             "map": {"предыдцщий_месяц": "предыдущий_месяц"}},
            {"op": "replace", "table": "file", "column": "Тип сервиса",
             "map": {"стандартт": "стандарт"}},
            {"op": "replace", "table": "file", "column": "Популярная_категория",
             "map": {"Косметика и аксесуары": "Косметика и аксессуары"}},
        ],
        "pivot": [
            {"table": "money", "columns": "Период", "values": "Выручка", "prefix": "Выручка_"},
            {"table": "time", "columns": "Период", "values": "минут", "prefix": "минут_"},
        ],
        "join": {"base": "file", "how": "inner", "on": "id", "tables": ["money", "time", "profit"],
                 "unmatched": "error"},
        "filter": [
            {"column": "Выручка_*", "op": ">", "value": 0, "match": "all"},
            {"column": "Выручка_текущий_месяц", "op": "<", "value": 100000},
        ],
        "id": "id",
        "target": {"column": "Покупательская активность", "positive": "Снизилась"},
        "features": features,
        "carry": ["Прибыль"],
    }


def search(perebor, experiment, work, *options):
    """Runs an experiment in a folder of its own; returns the trials and the names of both files."""
    path = os.path.join(work, "experiment.yaml")
    result = os.path.join(work, "result.h5")
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(experiment, stream, ensure_ascii=False)  # JSON is YAML
    run = subprocess.run([perebor, "run", path, "-o", result, "--overwrite", "-q", *options])
    if run.returncode != 0:
        sys.exit(f"perebor run ended with {run.returncode}")
    exported = subprocess.run([perebor, "export", result, "--format", "json"],
                              stdout=subprocess.PIPE, check=True).stdout
    return json.loads(exported), path, result


def models_experiment(folder):
    """All of MODELS as enqueued points of one search."""
    parameters = {}
    for name in sorted({name for _, point in MODELS for name in point}):
        values = []
        for _, point in MODELS:
            if name in point and point[name] not in values:
                values.append(point[name])
        parameters[name] = {"values": values}
        if name not in ("model", "scale", "select__k"):
            parameters[name]["when"] = {"model": name.split("__")[0]}
    parameters["select__k"]["values"].append(None)
    parameters["logreg__intercept"]["values"] = ["free", "penalized"]
    points = []
    for _, point in MODELS:
        full = dict(point)
        full.setdefault("select__k", None)
        if point["model"] == "logreg":
            full.setdefault("logreg__intercept", "free")
        points.append(full)
    return {
        "version": 1,
        "name": "reference",
        "seed": 42,
        "data": data(folder, {
            "ordinal": {"Тип сервиса": ["стандарт", "премиум"]},
            "nominal": ["Разрешить сообщать", "Популярная_категория"],
            "numeric": "*",
        }),
        "split": {"test_size": 0.25, "stratify": True, "seed": 42},
        "cv": {"method": "stratified_kfold", "n_splits": 5},
        "search": {
            "run_cap": len(MODELS),
            "parameters": {**parameters, "encode__nominal": {"value": "onehot_first"}},
            "enqueue": points,
        },
    }


def measure_models(perebor, folder, work):
    """Runs models_experiment; the result file, and of each model CV, train, test, folds, columns."""
    trials, path, result = search(perebor, models_experiment(folder), work)
    measured = []
    for number, trial in enumerate(trials):
        refit = json.loads(subprocess.run(
            [perebor, "trial", result, str(number), "--refit", path, "--format", "json"],
            stdout=subprocess.PIPE, check=True).stdout)
        measured.append({
            "CV": trial["mean_test_score"],
            "folds": trial["split_test_score"],
            "train": refit["train_score"],
            "test": refit["test_score"],
            "columns": refit["columns"],
        })
    return result, measured


def work_folder():
    return tempfile.TemporaryDirectory(prefix="perebor-reference-")
