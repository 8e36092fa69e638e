# SPDX-License-Identifier: MIT
"""The shop's four tables, for both sides: as perebor's data section, and read with pandas."""
import os

import pandas as pd

NOMINAL = ["Тип сервиса", "Разрешить сообщать", "Популярная_категория"]
TARGET = "Покупательская активность"
MEND = {
    "предыдцщий_месяц": "предыдущий_месяц",
    "стандартт": "стандарт",
    "Косметика и аксесуары": "Косметика и аксессуары",
}


def bundled():
    """The folder of the generated sample that comes with the project."""
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.abspath(os.path.join(here, "..", "..", "..", "experiments", "one_click", "data"))


def read(folder):
    """A row a customer: features, 0/1 labels, names of numeric and of nominal columns."""

    def table(name):
        return pd.read_csv(os.path.join(folder, name)).replace(MEND)

    def by_month(name, values):
        wide = table(name).pivot(index="id", columns="Период", values=values)
        return wide.add_prefix({"Выручка": "Выручка_", "минут": "минут_"}[values])

    rows = table("market_file.csv").join(by_month("market_money.csv", "Выручка"), on="id")
    rows = rows.join(by_month("market_time.csv", "минут"), on="id")
    revenue = [name for name in rows.columns if name.startswith("Выручка_")]
    rows = rows[(rows[revenue] > 0).all(axis=1) & (rows["Выручка_текущий_месяц"] < 100000)]
    labels = (rows[TARGET] == "Снизилась").astype(int).to_numpy()
    features = rows.drop(columns=["id", TARGET]).reset_index(drop=True)
    numeric = [name for name in features.columns if name not in NOMINAL]
    return features, labels, numeric, NOMINAL


def section(folder):
    """The same as the data section of an experiment."""
    return {
        "root": folder,
        "tables": {
            "file": {"path": "market_file.csv", "key": "id"},
            "money": {"path": "market_money.csv", "key": "id"},
            "time": {"path": "market_time.csv", "key": "id"},
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
        "join": {"base": "file", "how": "inner", "on": "id", "tables": ["money", "time"],
                 "unmatched": "error"},
        "filter": [
            {"column": "Выручка_*", "op": ">", "value": 0, "match": "all"},
            {"column": "Выручка_текущий_месяц", "op": "<", "value": 100000},
        ],
        "id": "id",
        "target": {"column": TARGET, "positive": "Снизилась"},
        "features": {"nominal": NOMINAL, "numeric": "*"},
        "missing": {"numeric": "median", "nominal": "most_frequent"},
    }
