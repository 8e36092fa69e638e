#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes expected.json: what scikit-learn makes of the bundled sample with the reference table's models.

Run with scikit-learn 1.2.1 and pandas. Every solver runs to a tight tolerance, so that the figures
are those of the optimum. Columns stand as ours do: numeric, ordinal, nominal.
"""
import json
import os
import sys
import warnings

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler,
                                   StandardScaler)
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "reference"))
import shop  # noqa: E402

ORDINAL = ["Тип сервиса"]
NOMINAL = ["Разрешить сообщать", "Популярная_категория"]
SCALERS = {"minmax": MinMaxScaler, "standard": StandardScaler, "robust": RobustScaler}


def load():
    """The four tables, cleaned and joined as experiments/one_click/experiment.yaml does."""
    folder = os.path.join(ROOT, "experiments", "one_click", "data")
    read = lambda name, **options: pd.read_csv(os.path.join(folder, name), **options)
    file = read("market_file.csv").replace({"стандартт": "стандарт",
                                            "Косметика и аксесуары": "Косметика и аксессуары"})
    money = read("market_money.csv").pivot(index="id", columns="Период", values="Выручка")
    time = read("market_time.csv").replace({"предыдцщий_месяц": "предыдущий_месяц"})
    time = time.pivot(index="id", columns="Период", values="минут")
    table = (file.merge(money.add_prefix("Выручка_"), on="id").merge(time.add_prefix("минут_"), on="id")
             .merge(read("money.csv", sep=";", decimal=","), on="id"))
    revenue = [column for column in table if column.startswith("Выручка_")]
    return table[(table[revenue] > 0).all(axis=1) & (table["Выручка_текущий_месяц"] < 100000)]


def learner(p):
    if p["model"] == "logreg":
        solver = ("liblinear" if p.get("logreg__intercept") == "penalized"
                  else "saga" if p["logreg__penalty"] == "l1" else "newton-cg")
        # Where no step helps any more newton-cg would go on until its limit.
        iterations = 100 if solver == "newton-cg" else 1000000
        return LogisticRegression(penalty=p["logreg__penalty"], C=p["logreg__C"], solver=solver,
                                  tol=1e-10, max_iter=iterations, random_state=0)
    if p["model"] == "svc":
        return SVC(kernel=p["svc__kernel"], C=p["svc__C"], tol=1e-9)
    if p["model"] == "knn":
        return KNeighborsClassifier(p["knn__n_neighbors"], metric=p["knn__metric"], algorithm="brute")
    return DecisionTreeClassifier(max_depth=p["tree__max_depth"],
                                  min_samples_leaf=p["tree__min_samples_leaf"],
                                  random_state=p["tree__random_state"])


def pipeline(p):
    prepare = ColumnTransformer([
        ("numeric", SCALERS[p["scale"]](), shop.NUMERIC),
        ("ordinal", OrdinalEncoder(categories=[["стандарт", "премиум"]]), ORDINAL),
        ("nominal", OneHotEncoder(drop="first", sparse_output=False), NOMINAL),
    ], verbose_feature_names_out=False)
    return Pipeline([("prepare", prepare),
                     ("select", SelectKBest(f_classif, k=p.get("select__k", "all"))),
                     ("model", learner(p))])


def auc(fitted, x, y):
    if hasattr(fitted, "decision_function"):
        return roc_auc_score(y, fitted.decision_function(x))
    return roc_auc_score(y, fitted.predict_proba(x)[:, 1])


def main():
    warnings.filterwarnings("ignore")  # newton-cg, at the end of its precision
    table = load()
    y = (table["Покупательская активность"] == "Снизилась").astype(int).to_numpy()
    x = table[shop.NUMERIC + ORDINAL + NOMINAL].reset_index(drop=True)
    train, test = train_test_split(np.arange(len(y)), test_size=.25, stratify=y, random_state=42)
    expected = {"rows": len(y), "positive": int(y.sum()),
                "versions": {"scikit-learn": sklearn.__version__}, "models": []}
    for name, point in shop.MODELS:
        folds = []
        for fit, score in StratifiedKFold(5).split(train, y[train]):
            fitted = pipeline(point).fit(x.iloc[train[fit]], y[train[fit]])
            folds.append(auc(fitted, x.iloc[train[score]], y[train[score]]))
        fitted = pipeline(point).fit(x.iloc[train], y[train])
        row = {"name": name, "CV": float(np.mean(folds)), "folds": folds,
               "train": auc(fitted, x.iloc[train], y[train]),
               "test": auc(fitted, x.iloc[test], y[test])}
        if "select__k" in point:
            row["columns"] = list(fitted[:-1].get_feature_names_out())
        expected["models"].append(row)
        print(f"{name:<44} {row['CV']:.6f} {row['train']:.6f} {row['test']:.6f}", flush=True)
    with open(os.path.join(HERE, "expected.json"), "w", encoding="utf-8") as out:
        json.dump(expected, out, ensure_ascii=False, indent=1)
        out.write("\n")


main()
