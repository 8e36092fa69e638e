#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a small shop of invented customers and what pandas makes of it.

people.csv is windows-1251 with semicolons and decimal commas, visits.csv UTF-8 with a byte order
mark and CRLF, scores.csv quoted throughout. expected.csv holds the joined table, numbers as
hexadecimal floats, so that a reader must agree to the last bit.
"""
import csv
import pathlib

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).parent
N = 120


def make():
    random = np.random.default_rng(7)
    ids = random.permutation(np.arange(5000, 5000 + N))
    people = pd.DataFrame({
        "клиент": ids,
        "ушёл": np.where(random.random(N) < 0.4, "да", "нет"),
        "город": random.choice(["Омск", "Томск", " Омск", "ОМСК", "Тверь"], N),
        "доля": np.round(random.random(N), 3),
        "сумма": random.normal(0, 1e6, N),
        "мелочь": random.normal(0, 1, N) * 10.0 ** random.integers(-12, 3, N),
        "дней": random.integers(-5, 2000, N),
    })
    people.loc[random.random(N) < 0.1, "доля"] = np.nan
    people.loc[random.random(N) < 0.1, "город"] = np.nan
    months = np.array(["январь", "февраль", "март"])
    visits = pd.DataFrame({
        "клиент": np.repeat(ids, 3),
        "месяц": np.tile(months, N),
        "минут": random.integers(0, 60, 3 * N).astype(float),
    }).sample(frac=1, random_state=3)
    visits = visits[random.random(3 * N) < 0.9]
    visits.loc[random.random(len(visits)) < 0.05, "минут"] = np.nan
    scores = pd.DataFrame({"клиент": ids[::-1], "балл": np.round(random.normal(4, 1, N), 2)})
    people.to_csv(HERE / "people.csv", sep=";", decimal=",", index=False, encoding="cp1251",
                  na_rep="NA", lineterminator="\n")
    visits.to_csv(HERE / "visits.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n")
    scores.to_csv(HERE / "scores.csv", index=False, quoting=csv.QUOTE_ALL, lineterminator="\n")


def expect():
    people = pd.read_csv(HERE / "people.csv", sep=";", decimal=",", encoding="cp1251",
                         float_precision="round_trip")
    visits = pd.read_csv(HERE / "visits.csv", encoding="utf-8-sig", float_precision="round_trip")
    scores = pd.read_csv(HERE / "scores.csv", float_precision="round_trip")
    people["строка"] = np.arange(len(people))
    people["город"] = people["город"].str.strip().str.lower()
    visits = visits.pivot(index="клиент", columns="месяц", values="минут").add_prefix("минут_")
    joined = people.merge(visits, on="клиент").merge(scores, on="клиент")
    joined = joined[joined["дней"] > 30]
    joined = joined[(joined[["минут_март", "минут_январь"]] > 20).any(axis=1)]
    levels = sorted(joined["город"].dropna().unique(), key=lambda text: text.encode())
    joined["город"] = joined["город"].map({level: i for i, level in enumerate(levels)})
    joined["ушёл"] = (joined["ушёл"] == "да").astype(int)
    names = ["доля", "сумма", "мелочь", "дней", "минут_март", "минут_февраль", "минут_январь",
             "балл", "город"]
    with open(HERE / "expected.csv", "w", encoding="utf-8", newline="\n") as file:
        print("id,source_row,label," + ",".join(names), file=file)
        for _, row in joined.iterrows():
            values = ["nan" if pd.isna(row[name]) else float(row[name]).hex() for name in names]
            print(int(row["клиент"]), int(row["строка"]), int(row["ушёл"]), *values, sep=",", file=file)


if __name__ == "__main__":
    make()
    expect()
