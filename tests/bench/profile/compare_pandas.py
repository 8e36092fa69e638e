#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Profiles generated customers with `perebor profile` and with pandas, and prints the ratios.

usage: compare_pandas.py PEREBOR [ROWS [REPEATS]]        (default: 1000000 customers, once)

Generates the shop's four tables, then runs both, each in a process of its own, one after the other:
import of modules is not counted. The pandas side is what an analyst writes with pandas, numpy and scipy to learn the same
from the tables, column by column and without Python loops over rows: read; of every column of every table, before and
after cleaning, gaps, distinct and most frequent values, quartiles, median distance from the median, values beyond 1.5
IQR and beyond 8 robust deviations; repeated rows and keys, keys without partner; clean, pivot, join, filter; customers
equal but for id; of every feature for all rows and by class moments, seven quantiles and a histogram; Mann-Whitney,
Kolmogorov-Smirnov and Welch against the target; Pearson's and Spearman's matrices; of all pairs of columns in ten bins
chi squared, Cramer's V and mutual information; variance inflation. It does not do what Perebor does beside: SHA-256 of
the files, spellings, lists of corrections, densities, nearest-neighbour information, phi_k and its significance, leaks,
twins across the split, proposed steps. So it does less.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile

SHOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "experiments", "one_click")

PANDAS = r"""
import json, resource, sys, time
import numpy as np
import pandas as pd
from scipy import stats

start, start_cpu = time.perf_counter(), time.process_time()
folder = sys.argv[1]


def spread(numbers):
    low, median, high = np.quantile(numbers, [0.25, 0.5, 0.75])
    reach = 1.5 * (high - low)
    distance = np.abs(numbers - median)
    deviation = np.median(distance)
    far = int((0.6745 * distance > 8 * deviation).sum()) if deviation > 0 else 0
    return float(median), int(((numbers < low - reach) | (numbers > high + reach)).sum()), far


def inspect(table):
    found = {}
    for name, column in table.items():
        counts = column.value_counts()
        found[name] = [int(column.isna().sum()), len(counts), str(counts.index[0]), int(counts.iloc[0])]
        if column.dtype != object:
            values = column.dropna().to_numpy("float64")
            found[name] += [float(values.min()), float(values.max()), *spread(values)]
    return found


def inspect_tables(tables):
    found = {name: inspect(table) for name, table in tables.items()}
    base = tables["file"]["id"]
    for name, table in tables.items():
        key = ["id", "Период"] if "Период" in table else ["id"]
        found[name]["rows"] = [
            int(table.duplicated().sum()),
            int(table.duplicated(key).sum()),
            int((~table["id"].drop_duplicates().isin(base)).sum()),
            int((~base.isin(table["id"])).sum()),
        ]
    return found


tables = {
    "file": pd.read_csv(folder + "/market_file.csv"),
    "money": pd.read_csv(folder + "/market_money.csv"),
    "time": pd.read_csv(folder + "/market_time.csv"),
    "profit": pd.read_csv(folder + "/money.csv", sep=";", decimal=","),
}
out = {"read": inspect_tables(tables)}
for table in tables.values():
    for name in table.columns[table.dtypes == object]:
        table[name] = table[name].str.normalize("NFC").str.strip()
tables["time"]["Период"] = tables["time"]["Период"].replace("предыдцщий_месяц", "предыдущий_месяц")
tables["file"]["Тип сервиса"] = tables["file"]["Тип сервиса"].replace("стандартт", "стандарт")
out["clean"] = inspect_tables(tables)
money = tables["money"].pivot(index="id", columns="Период", values="Выручка").add_prefix("Выручка_")
minutes = tables["time"].pivot(index="id", columns="Период", values="минут").add_prefix("минут_")
joined = tables["file"].merge(money, on="id", validate="1:1").merge(minutes, on="id", validate="1:1")
joined = joined.merge(tables["profit"], on="id", how="left")
del tables, money, minutes
out["joined"] = inspect(joined)
features = [name for name in joined.columns if name not in ("id", "Прибыль")]
out["twins"] = int(joined.duplicated(features).sum())
joined = joined[(joined.filter(like="Выручка_") > 0).all(axis=1)]
joined = joined[joined["Выручка_текущий_месяц"] < 100000]
out["final"] = inspect(joined)
out["twins_left"] = int(joined.duplicated(features).sum())

y = (joined["Покупательская активность"] == "Снизилась").to_numpy("uint8")
columns = joined.drop(columns=["id", "Прибыль", "Покупательская активность"])
n_rows = len(joined)
del joined
nominal = "Популярная_категория"
for name in columns.columns[columns.dtypes == object]:
    columns[name] = columns[name].astype("category").cat.codes.astype("float64")
shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
bins = {}
for name, column in columns.items():
    values = column.to_numpy("float64")
    few = np.unique(values)
    edges = np.linspace(values.min(), values.max(), 31)
    described = []
    for group in (slice(None), y == 0, y == 1):
        part = values[group]
        described.append([
            len(part), part.mean(), part.std(ddof=1), float(stats.skew(part)), float(stats.kurtosis(part)),
            *np.quantile(part, shares), *np.histogram(part, edges)[0],
        ])
    out[name] = {"groups": [[float(one) for one in group] for group in described]}
    if name != nominal:
        negative, positive = values[y == 0], values[y == 1]
        out[name]["u"] = [float(one) for one in stats.mannwhitneyu(positive, negative, method="asymptotic")]
        out[name]["ks"] = float(stats.ks_2samp(positive, negative, method="asymp").statistic)
        out[name]["t"] = [float(one) for one in stats.ttest_ind(positive, negative, equal_var=False)]
    if len(few) <= 10 and column.dtype == np.float64 and (few == np.arange(len(few))).all():
        bins[name] = values.astype("int64")
    else:
        bins[name] = np.searchsorted(np.linspace(values.min() - 1e-14, values.max(), 11)[1:-1], values, "left")
bins["target"] = y.astype("int64")
columns["target"] = y.astype("float64")
numeric = columns.drop(columns=[nominal])
out["pearson"] = numeric.corr().to_numpy().tolist()
out["spearman"] = numeric.corr("spearman").to_numpy().tolist()
inverse = np.linalg.inv(np.array(out["pearson"])[:-1, :-1])
out["vif"] = np.diag(inverse).tolist()
names = list(bins)
for i, one in enumerate(names):
    for other in names[i:]:
        table = np.bincount(bins[one] * 16 + bins[other], minlength=256).reshape(16, 16).astype("float64")
        table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n_rows
        chi2 = ((table - expected) ** 2 / expected).sum()
        some = table > 0
        information = (table[some] * np.log(table[some] / expected[some])).sum() / n_rows
        out[f"{one}|{other}"] = [chi2, (chi2 / n_rows / (min(table.shape) - 1)) ** 0.5, information]
with open(folder + "/pandas.json", "w") as file:
    json.dump(out, file)
print(json.dumps({
    "rows": n_rows, "seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - start_cpu,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""

PEREBOR = r"""
import json, resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    "seconds": time.perf_counter() - start, "cpu_seconds": usage.ru_utime + usage.ru_stime,
    "peak_mib": usage.ru_maxrss / 1024,
}))
"""


def run(script, *arguments):
    command = ["/usr/bin/python3", "-c", script, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def check(folder):
    """Both must have found the same."""
    with open(os.path.join(folder, "pandas.json"), encoding="utf-8") as file:
        theirs = json.load(file)
    with open(os.path.join(folder, "profile.json"), encoding="utf-8") as file:
        ours = json.load(file)
    for column in ours["columns"]:
        n, mean, sd = theirs[column["name"]]["groups"][0][:3]
        if column["role"] == "numeric":
            assert column["all"]["n"] == n
            assert abs(column["all"]["mean"] - mean) <= 1e-9 * abs(mean), column["name"]
            assert abs(column["all"]["sd"] - sd) <= 1e-9 * sd, column["name"]
            u, _ = theirs[column["name"]]["u"]
            assert abs(column["mann_whitney_u"] - u) <= 1e-9 * u, column["name"]
            chi2, cramers_v, _ = theirs[f"{column['name']}|target"]
            # Of large numbers the least falls out of phi_k's bins.
            assert abs(column["cramers_v"] - cramers_v) < 1e-4, (column["name"], chi2)
    twins = [f for f in ours["quality"]["findings"] if f["kind"] == "duplicate_but_key" and f["stage"] == "final"]
    assert sum(finding["n"] for finding in twins) == theirs["twins_left"]


def main():
    perebor = os.path.abspath(sys.argv[1])
    rows = sys.argv[2] if len(sys.argv) > 2 else "1000000"
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        generate = [perebor, "generate", os.path.join(SHOP, "generator.yaml"), "--rows", rows, "--overwrite", "-o", folder]
        subprocess.run(generate, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(os.path.join(SHOP, "experiment.yaml"), encoding="utf-8") as file:
            text = file.read().replace("root: data ", f"root: {folder} ", 1)
        experiment = os.path.join(folder, "experiment.yaml")
        with open(experiment, "w", encoding="utf-8") as file:
            file.write(text)
        result = os.path.join(folder, "profile.json")
        for _ in range(repeats):
            ours.append(run(PEREBOR, perebor, "profile", experiment, "-o", result, "--overwrite"))
            theirs.append(run(PANDAS, folder))
        check(folder)
    for key, unit in (("seconds", "s"), ("cpu_seconds", "s"), ("peak_mib", "MiB")):
        a, b = (statistics.median(one[key] for one in runs) for runs in (ours, theirs))
        print(f"{rows} customers, {key}: perebor {a:.2f} {unit}, pandas {b:.2f} {unit}, ratio {a / b:.2f}")


if __name__ == "__main__":
    main()
