# SPDX-License-Identifier: MIT
"""The shop's real tables as an experiment, for the reference tests. Standard library only."""
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


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def shared_folder():
    """Where the real tables lie: $PEREBOR_SHARED, or shared/ beside the source folder."""
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.environ.get("PEREBOR_SHARED", os.path.join(here, "..", "..", "..", "shared"))
    if not os.path.isdir(os.path.join(folder, "data", "one_click", "original")):
        skip("the real tables are not here (set PEREBOR_SHARED to the folder that has data/one_click)")
    return os.path.abspath(folder)


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


def work_folder():
    return tempfile.TemporaryDirectory(prefix="perebor-reference-")
