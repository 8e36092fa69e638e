#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How often `perebor check` warns of leaks, identifiers and sorted rows where there are none, and how often it does not
where there are: the figures of docs/reference/profile.md.

usage: calibrate.py PEREBOR [-v]      (needs numpy and scikit-learn; some minutes)

Honest tables: scikit-learn's bundled ones (every class of wine, iris and digits against the rest), tables in the manner
of well-known public ones (passengers, subscribers, a bank's calls in order of date, credit, a census) made here from
seeds, scikit-learn's generators at several strengths, and shops by `perebor generate`. Into each, one after the other, known leaks,
identifiers and an order by class are planted. Prints one line a kind; with -v every false alarm and every miss.
Exits with 1 if a rate is worse than the documents say.
"""
import csv
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
from sklearn import datasets

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
MOST_FALSE_COLUMNS, MOST_MISSES = 0.005, 0.25


def frame(names, values):
    return {name: list(column) for name, column in zip(names, values)}


def bundled():
    for name, load in (("breast_cancer", datasets.load_breast_cancer), ("wine", datasets.load_wine),
                       ("iris", datasets.load_iris), ("digits", datasets.load_digits)):
        data = load()
        names = [str(n) for n in getattr(data, "feature_names", range(data.data.shape[1]))]
        classes = np.unique(data.target)
        for positive in classes[:1] if len(classes) == 2 else classes:
            yield f"{name} {positive}", frame(names, data.data.T), (data.target == positive).astype(int)
    data = datasets.load_diabetes()
    yield "diabetes", frame(data.feature_names, data.data.T), (data.target > np.median(data.target)).astype(int)


def generated():
    for seed, separation in enumerate((0.3, 0.7, 1.0, 1.5, 2.0, 3.0)):
        x, y = datasets.make_classification(1500, 20, n_informative=5, class_sep=separation, random_state=seed)
        yield f"classification {separation}", frame([f"f{i}" for i in range(20)], x.T), y
    for seed, weight in enumerate((0.9, 0.97, 0.99)):
        x, y = datasets.make_classification(4000, 12, weights=[weight], class_sep=1.5, random_state=seed)
        yield f"classification of {weight}", frame([f"f{i}" for i in range(12)], x.T), y
    x, y = datasets.make_moons(800, noise=0.2, random_state=1)
    yield "moons", frame("ab", x.T), y
    x, y = datasets.make_circles(800, noise=0.1, factor=0.5, random_state=1)
    yield "circles", frame("ab", x.T), y
    x, y = datasets.make_hastie_10_2(2000, random_state=1)
    yield "hastie", frame([f"f{i}" for i in range(10)], x.T), (y > 0).astype(int)
    random = np.random.default_rng(5)
    yield "noise, 60 rows", frame([f"f{i}" for i in range(300)], random.normal(size=(300, 60))), random.integers(0, 2, 60)


def chance(random, logit):
    return (random.random(len(logit)) < 1 / (1 + np.exp(-logit))).astype(int)


def passengers(random, n=891):
    sex, rank, age = random.random(n) < 0.35, random.choice([1, 2, 3], n, p=[0.24, 0.21, 0.55]), random.gamma(6, 5, n)
    survived = chance(random, 2.6 * sex - 1.0 * (rank - 2) - 0.02 * age - 0.6)
    ticket = random.integers(1000, 1681, n)
    return {"name": [f"{'Mrs' if s else 'Mr'} {random.integers(10**9):x}" for s in sex], "pclass": rank,
            "sex": np.where(sex, "female", "male"), "age": [f"{a:.0f}" if random.random() > 0.2 else "" for a in age],
            "ticket": [f"A/{t}" for t in ticket], "fare": np.round(np.exp(4.2 - rank + random.normal(0, 0.5, n)), 4),
            "cabin": [f"C{random.integers(150)}" if r == 1 else "" for r in rank],
            "embarked": random.choice(["S", "C", "Q"], n)}, survived


def subscribers(random, n=3000):
    months, monthly = random.integers(0, 73, n), np.round(random.uniform(18, 119, n), 2)
    contract = random.choice(["Month-to-month", "One year", "Two year"], n, p=[0.55, 0.21, 0.24])
    left = chance(random, 0.4 - 0.05 * months + 0.02 * (monthly - 60) - 2.0 * (contract == "Two year"))
    return {"tenure": months, "MonthlyCharges": monthly, "TotalCharges": np.round(months * monthly, 2),
            "Contract": contract, "PhoneService": random.choice(["Yes", "No"], n),
            "PaymentMethod": random.choice(["check", "transfer", "card"], n)}, left


def calls(random, n=8000):
    day = np.arange(n) / n
    duration, balance = random.gamma(1.2, 220, n).astype(int), random.normal(1400, 2500, n).astype(int)
    said_yes = chance(random, 0.004 * duration + 3 * day - 5.2)
    return {"month": np.array(["may", "jun", "jul", "aug", "nov", "feb"])[(day * 6).astype(int)],
            "duration": duration, "balance": balance, "job": random.choice(list("abcdefghijkl"), n),
            "poutcome": random.choice(["unknown", "failure", "success"], n, p=[0.82, 0.12, 0.06])}, said_yes


def credit(random, n=5000):
    late = random.integers(-1, 4, n)
    limit, bill = random.integers(1, 80, n) * 10000, random.gamma(1.5, 30000, n).astype(int)
    default = chance(random, 0.7 * late - bill / 4e5 - 1.6)
    return {"limit": limit, "bill": bill, "paid": np.maximum(bill - random.gamma(2, 9000, n).astype(int), 0), "late": late,
            "age": random.integers(21, 70, n)}, default


def census(random, n=5000):
    education, hours = random.integers(1, 17, n), np.clip(random.normal(40, 12, n), 1, 99).astype(int)
    rich = chance(random, 0.35 * education + 0.03 * hours - 6.0)
    gain = np.where(random.random(n) < 0.05 + 0.15 * rich, random.choice([7688, 15024, 3103, 5178], n), 0)
    return {"education_num": education, "hours": hours, "fnlwgt": random.integers(12000, 1400000, n), "capital_gain": gain,
            "country": random.choice([f"country {i}" for i in range(41)], n)}, rich


def fraud(random, n=20000):
    y = (random.random(n) < 0.01).astype(int)
    shifts = np.array([-3.2, 2.6, -2.4, 2.2, -1.9, 1.2, 0.8, 0.3] + [0.0] * 12)
    x = random.normal(size=(n, 20)) + y[:, None] * shifts
    return frame([f"V{i}" for i in range(1, 21)], x.T), y


def in_manner_of_public_ones():
    for seed in (1, 2):
        for make in (passengers, subscribers, calls, credit, census, fraud):
            columns, y = make(np.random.default_rng(seed))
            yield f"{make.__name__} {seed}", columns, y


def shops(perebor, folder):
    for seed in (1, 2, 3):
        out = os.path.join(folder, f"shop{seed}")
        subprocess.run([perebor, "generate", os.path.join(ROOT, "experiments/flat_csv/generator.yaml"), "--clean", "-q",
                        "--rows=2000", f"--seed={seed}", "-o", out], check=True, capture_output=True)
        with open(os.path.join(out, "customers.csv"), newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        columns = {name: [row[name] for row in rows] for name in rows[0] if name not in ("customer", "id", "churned")}
        yield f"shop {seed}", columns, np.array([row["churned"] == "yes" for row in rows]).astype(int)


def leaks(y, random):
    n = len(y)
    flipped = np.where(random.random(n) < 0.01, 1 - y, y)
    yield "copy", np.where(y == 1, "left", "stays")
    yield "copy, 1 % wrong", np.where(flipped == 1, "left", "stays")
    yield "score of area .99", np.round(random.normal(size=n) + 3.29 * y, 4)
    yield "amount, 0 afterwards", np.round(np.where(y == 1, 0, random.lognormal(3, 1, n)), 2)
    yield "date for one class", [f"2024-0{random.integers(1, 10)}-{random.integers(10, 28)}" if v else "" for v in y]
    yield "reason, none for others", np.where(y == 1, random.choice(["price", "moved", "service", "rival"], n), "none")


def identifiers(n, random):
    yield "number of the row", np.arange(1001, 1001 + n)
    yield "rising number", np.cumsum(random.integers(1, 500, n)) + 7
    yield "drawn number", random.choice(np.arange(100000, 1000000), n, replace=False)
    yield "name", [f"{random.integers(10**15):015d}x" for _ in range(n)]


WARNINGS = {"leak": re.compile(r'"([^"]*)" alone tells the target'),
            "identifier": re.compile(r'column "([^"]*)" has \d+ different values'),
            "order": re.compile(r"(rows are sorted by class)")}


class Table:
    def __init__(self, perebor, folder):
        self.perebor, self.folder = perebor, folder
        with open(os.path.join(folder, "e.yaml"), "w") as file:
            file.write("version: 1\ndata: {table: t.csv, target: target_}\nsplit: {test_size: 0}\n"
                       "cv: {method: kfold, n_splits: 2}\n"
                       "search: {run_cap: 1, parameters: {model: {value: tree}}}\n")

    def warnings(self, columns, y):
        with open(os.path.join(self.folder, "t.csv"), "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([*columns, "target_"])
            writer.writerows(zip(*columns.values(), y))
        run = subprocess.run([self.perebor, "check", os.path.join(self.folder, "e.yaml")],
                             capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"check failed: {run.stderr}")
        details = run.stderr.splitlines()
        return {kind: [m.group(1) for d in details for m in [pattern.search(d)] if m] for kind, pattern in WARNINGS.items()}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    perebor, verbose = os.path.abspath(sys.argv[1]), "-v" in sys.argv
    n_tables = n_columns = 0
    wrong = {kind: [] for kind in WARNINGS}
    tables_wrong = set()
    missed, planted = {}, {}

    def plant(what, found, name):
        planted[what] = planted.get(what, 0) + 1
        missed.setdefault(what, [])
        if not found:
            missed[what].append(name)

    with tempfile.TemporaryDirectory() as folder:
        table = Table(perebor, folder)
        honest = [*bundled(), *generated(), *in_manner_of_public_ones(), *shops(perebor, folder)]
        for number, (name, columns, y) in enumerate(honest):
            random = np.random.default_rng(number)
            order = random.permutation(len(y)) if not name.startswith("calls") else np.arange(len(y))
            columns, y = {c: list(np.asarray(v)[order]) for c, v in columns.items()}, np.asarray(y)[order]
            found = table.warnings(columns, y)
            n_tables, n_columns = n_tables + 1, n_columns + len(columns)
            for kind, items in found.items():
                names = [] if kind != "identifier" else ["name"]  # passengers' names are identifiers
                wrong[kind] += [f"{name}: {item}" for item in items if item not in names]
            if found["leak"]:
                tables_wrong.add(name)
            for what, values in leaks(y, random):
                plant(what, "planted" in table.warnings({**columns, "planted": values}, y)["leak"], name)
            for what, values in identifiers(len(y), random):
                plant(what, "planted" in table.warnings({**columns, "planted": values}, y)["identifier"], name)
            by_class = np.argsort(y, kind="stable")
            plant("rows sorted by class",
                  table.warnings({c: np.asarray(v)[by_class] for c, v in columns.items()}, y[by_class])["order"], name)

    print(f"honest tables: {n_tables} with {n_columns} columns")
    for kind, items in wrong.items():
        print(f"  false {kind:24} {len(items):4}" + (f"  in {len(tables_wrong)} tables" if kind == "leak" else ""))
        for item in items if verbose else []:
            print("     ", item)
    for what, n in planted.items():
        print(f"  missed {what:23} {len(missed[what]):4} of {n}")
        for item in missed[what] if verbose else []:
            print("     ", item)
    bad = len(wrong["leak"]) > MOST_FALSE_COLUMNS * n_columns or any(len(m) > MOST_MISSES * planted[w] for w, m in missed.items())
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
