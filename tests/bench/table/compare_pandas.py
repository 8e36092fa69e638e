#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Loads the shop's tables with pandas and with Perebor, and prints the ratios.

usage: compare_pandas.py FOLDER BENCH_TABLES [REPEATS]

FOLDER holds market_file.csv, market_money.csv, market_time.csv and money.csv, such as
`perebor generate` writes. Both do the same: read, clean, pivot, join, filter, type. Runs are
interleaved, each in a process of its own; medians are compared.
"""
import json
import statistics
import subprocess
import sys

PANDAS = r"""
import json, resource, sys, time
start = time.perf_counter()
import pandas as pd
imported = time.perf_counter()
imported_cpu = time.process_time()
folder = sys.argv[1]
file = pd.read_csv(folder + "/market_file.csv")
money = pd.read_csv(folder + "/market_money.csv")
minutes = pd.read_csv(folder + "/market_time.csv")
profit = pd.read_csv(folder + "/money.csv", sep=";", decimal=",")
for table in (file, money, minutes):
    for name in table.columns[table.dtypes == object]:
        table[name] = table[name].str.normalize("NFC").str.strip()
minutes["Период"] = minutes["Период"].replace("предыдцщий_месяц", "предыдущий_месяц")
file["Тип сервиса"] = file["Тип сервиса"].replace("стандартт", "стандарт")
money = money.pivot(index="id", columns="Период", values="Выручка").add_prefix("Выручка_")
minutes = minutes.pivot(index="id", columns="Период", values="минут").add_prefix("минут_")
joined = file.merge(money, on="id", validate="1:1").merge(minutes, on="id", validate="1:1")
joined = joined.merge(profit, on="id", how="left")
joined = joined[(joined.filter(like="Выручка_") > 0).all(axis=1)]
joined = joined[joined["Выручка_текущий_месяц"] < 100000]
y = (joined["Покупательская активность"] == "Снизилась").to_numpy("uint8")
for name in ("Тип сервиса", "Разрешить сообщать", "Популярная_категория"):
    joined[name] = joined[name].astype("category").cat.codes.astype("float64")
print(json.dumps({"rows": len(joined), "seconds": time.perf_counter() - imported,
                  "cpu_seconds": time.process_time() - imported_cpu,
                  "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def run(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    folder, bench = sys.argv[1:3]
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(run([bench, folder]))
        theirs.append(run([sys.executable, "-c", PANDAS, folder]))
    assert ours[0]["rows"] == theirs[0]["rows"], (ours[0], theirs[0])

    def median(runs, key):
        return statistics.median(one[key] for one in runs)

    for key, unit in (("seconds", "s"), ("cpu_seconds", "s"), ("peak_mib", "MiB")):
        a, b = median(ours, key), median(theirs, key)
        print(f"{key}: perebor {a:.2f} {unit}, pandas {b:.2f} {unit}, ratio {a / b:.2f}")


if __name__ == "__main__":
    main()
