#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Generated shops have the statistics they were made to have.

Five seeds of scenario retail against what was measured on the real tables, and what can be learned of them; one
of dirt_extreme, whose list of faults must be all that differs from clean tables; five of null, in which nothing
may be learned. (tests/unit/generate/test_shop_statistics.c has the whole table of figures.)

usage: generated_shop.py PEREBOR
"""
import collections
import csv
import json
import os
import subprocess
import sys

import shop

HERE = os.path.dirname(os.path.abspath(__file__))
GENERATOR = os.path.join(HERE, "..", "..", "experiments", "one_click", "generator.yaml")
SEEDS = (11, 12, 13, 14, 15)

# Mean and standard deviation of class 0, then of class 1, on the real tables.
CLASSES = {
    "Страниц_за_визит": (9.80, 3.38, 5.57, 3.46),
    "минут_предыдущий_месяц": (15.03, 3.35, 10.94, 3.48),
    "минут_текущий_месяц": (14.60, 4.06, 10.95, 3.42),
    "Акционные_покупки": (.238, .161, .453, .304),
    "Маркет_актив_6_мес": (4.57, .85, 3.75, 1.05),
    "Средний_просмотр_категорий_за_визит": (3.67, 1.28, 2.62, 1.22),
    "Выручка_препредыдущий_месяц": (4933, 320, 4678, 291),
    "Неоплаченные_продукты_штук_квартал": (2.29, 1.51, 3.73, 2.29),
    "Ошибка_сервиса": (4.34, 1.98, 3.94, 1.88),
    "Длительность": (591, 255, 623, 238),
    "Выручка_текущий_месяц": (5198, 793, 5304, 895),
    "Выручка_предыдущий_месяц": (4933, 625, 4972, 809),
    "Прибыль": (4.00, 1.03, 4.00, .98),
}
# Each kind of customer has the deviation it was fitted to; what the category shifts adds to it.
WIDER = {"Выручка_текущий_месяц", "Выручка_предыдущий_месяц"}
# ROC-AUC of single columns for class 1.
AREAS = {
    "Страниц_за_визит": .175, "минут_предыдущий_месяц": .195, "минут_текущий_месяц": .240,
    "Акционные_покупки": .779, "Маркет_актив_6_мес": .273, "Средний_просмотр_категорий_за_визит": .278,
    "Выручка_препредыдущий_месяц": .280, "Неоплаченные_продукты_штук_квартал": .683,
    "Ошибка_сервиса": .433, "Длительность": .537, "Прибыль": .498,
}


def generate(perebor, folder, *options):
    subprocess.run([perebor, "generate", GENERATOR, "-o", folder, *options],
                   check=True, stderr=subprocess.DEVNULL)


def rows_of(folder, name, delimiter=","):
    with open(os.path.join(folder, name), encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def customers(folder):
    """Clean tables joined: a dictionary of texts a customer."""
    joined = {row["id"]: row for row in rows_of(folder, "market_file.csv")}
    for name, value in (("market_money.csv", "Выручка"), ("market_time.csv", "минут")):
        for row in rows_of(folder, name):
            period = row["Период"].replace("предыдцщий", "предыдущий")  # as the real tables have it
            joined[row["id"]][f"{value}_{period}"] = row[value]
    for row in rows_of(folder, "money.csv"):
        joined[row["id"]]["Прибыль"] = row["Прибыль"]
    return list(joined.values())


def area(values, labels):
    """ROC-AUC, ties by average rank."""
    below = collections.Counter(v for v, y in zip(values, labels) if y == 0)
    above = collections.Counter(v for v, y in zip(values, labels) if y == 1)
    seen = pairs = 0
    for value in sorted(below.keys() | above.keys()):
        pairs += above[value] * (seen + below[value] / 2)
        seen += below[value]
    return pairs / (seen * sum(above.values()))


def moments(values):
    mean = sum(values) / len(values)
    return mean, (sum((v - mean) ** 2 for v in values) / (len(values) - 1)) ** .5


def check_retail(perebor, work):
    people = []
    for seed in SEEDS:
        folder = os.path.join(work, f"retail{seed}")
        generate(perebor, folder, "--seed", str(seed), "--clean")
        people += customers(folder)
    labels = [int(p["Покупательская активность"] == "Снизилась") for p in people]
    share = sum(labels) / len(labels)
    print(f"retail: {len(people)} customers, {share:.3f} positive")
    if abs(share - .381) > .015:
        yield f"a share of {share:.3f} is positive, not .381"
    print(f"{'column':<38} {'class 0':>17} {'class 1':>17}   AUC")
    for column, wanted in CLASSES.items():
        values = [float(p[column]) for p in people]
        found = [m for c in (0, 1) for m in moments([v for v, y in zip(values, labels) if y == c])]
        auc = area(values, labels)
        print(f"{column:<38} {found[0]:8.3f} {found[1]:8.3f} {found[2]:8.3f} {found[3]:8.3f}  {auc:.3f}")
        for what, value, figure in zip(("mean of 0", "sd of 0", "mean of 1", "sd of 1"), found, wanted):
            share = .02 if "mean" in what else .10 if column in WIDER else .05
            if abs(value - figure) > share * figure + .005:  # .005: the figure is rounded
                yield f"{column}: {what} is {value:.3f}, not {figure}"
        if column in AREAS and abs(auc - AREAS[column]) > .02:
            yield f"{column}: the area is {auc:.3f}, not {AREAS[column]}"


def correlations(people):
    """Pearson's coefficients of every two columns of CLASSES, in order."""
    columns = []
    for name in CLASSES:
        values = [float(person[name]) for person in people]
        mean, sd = moments(values)
        columns.append([(v - mean) / sd for v in values])
    return [sum(a * b for a, b in zip(columns[i], columns[k])) / (len(people) - 1)
            for i in range(len(columns)) for k in range(i)]


def check_correlations(perebor, work):
    """All of them against those of the real tables, where these are."""
    shared = shop.find_shared_folder()
    if shared is None:
        print("correlations: the real tables are not here")
        return
    real = [person for person in customers(os.path.join(shared, "data", "one_click", "clean"))
            if 0 < float(person["Выручка_препредыдущий_месяц"]) and float(person["Выручка_текущий_месяц"]) < 1e5]
    wanted = correlations(real)
    people = [person for seed in SEEDS for person in customers(os.path.join(work, f"retail{seed}"))]
    distances = [abs(a - b) for a, b in zip(wanted, correlations(people))]
    mean = sum(distances) / len(distances)
    print(f"correlations: {len(distances)}, off by {mean:.3f} on average and {max(distances):.3f} at most")
    if max(distances) > .08 or mean > .03:
        yield f"correlations are off by {mean:.3f} on average and {max(distances):.3f} at most"


def cells_of(folder, plain):
    """Every cell by table, id, label of the row and column; repeated rows are counted."""
    cells, rows = {}, collections.Counter()
    for name in ("market_file.csv", "market_money.csv", "market_time.csv", "money.csv"):
        for row in rows_of(folder, name, "," if plain or name != "money.csv" else ";"):
            label = ""
            if "Период" in row:
                # The label may itself be faulty; the list names rows by their right ones.
                label = row["Период"].replace("\u00a0", "").replace("предыдцщий", "предыдущий")
            rows[name, row["id"], label] += 1
            for column, text in row.items():
                if column != "id":
                    text = text if plain or name != "money.csv" else text.replace(",", ".")
                    cells[name, row["id"], label, column] = text
    return cells, rows


def check_dirt(perebor, work):
    clean, dirty = os.path.join(work, "clean"), os.path.join(work, "dirty")
    generate(perebor, clean, "--clean")
    generate(perebor, dirty, "--scenario", "dirt_extreme")
    with open(os.path.join(dirty, "dirt.json"), encoding="utf-8") as stream:
        faults = json.load(stream)
    kinds = collections.Counter(fault["kind"] for fault in faults)
    print("dirt_extreme:", ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())))
    for kind in ("missing", "no_break_space", "letter_case", "orphan", "duplicate_period", "duplicate_id",
                 "not_a_number", "unknown_category", "negative", "byte_order_mark", "misspelling",
                 "misspelt_everywhere", "implicit_duplicate", "zero_history", "outlier"):
        if kinds[kind] == 0:
            yield f"dirt_extreme has no {kind}"
    was, clean_rows = cells_of(clean, True)
    now, dirty_rows = cells_of(dirty, False)

    # Rows: what is listed is all that was added.
    added = collections.Counter({(f["file"], str(f["id"]), f.get("row", "")): 1 for f in faults
                                 if f["kind"] in ("orphan", "duplicate_period", "duplicate_id")})
    if dirty_rows - clean_rows != added or clean_rows - dirty_rows:
        yield "the rows that were added are not those listed"

    # Cells: customers whose values were changed as a whole are left out; every other change is listed.
    changed = {str(f["id"]) for f in faults if f["kind"] in ("implicit_duplicate", "zero_history", "outlier")}
    listed = {(f["file"], str(f["id"]), f.get("row", ""), f["column"]): f for f in faults if "is" in f and "id" in f}
    everywhere = {(f["file"], f["column"], f["was"], f["is"]) for f in faults if f["kind"] == "misspelt_everywhere"}
    for key, text in now.items():
        if key in was and key[1] not in changed and text != was[key] and key not in listed:
            if (key[0], key[3], was[key], text) not in everywhere:
                yield f"{key}: \"{was[key]}\" became \"{text}\", which is not listed"
    for key, fault in listed.items():
        text = fault["is"].replace(",", ".") if key[0] == "money.csv" else fault["is"]
        if now.get(key) != text:
            yield f"{key}: listed as \"{fault['is']}\", but \"{now.get(key)}\" is there"


# Mean CV of five shops made by the prototype that the generator was written after.
EXPECTED_CV = {
    "logreg l1 C=.8 minmax": .9106, "svc linear C=1 standard": .9108, "svc rbf C=1 standard": .9143,
    "knn 9 manhattan robust": .8970, "knn 25 manhattan robust": .9066, "tree depth 4": .853,
}


def scores_of(perebor, work, scenario, *options):
    """CV of every model on five shops: a list for each model."""
    scores = {name: [] for name, _ in shop.MODELS}
    for seed in SEEDS:
        folder = os.path.join(work, f"{scenario}{seed}")
        generate(perebor, folder, "--scenario", scenario, "--seed", str(seed), "--overwrite", *options)
        trials, _, _ = shop.search(perebor, shop.models_experiment(folder), work)
        for (name, _), trial in zip(shop.MODELS, trials):
            scores[name].append(trial["mean_test_score"])
    return scores


def check_models(perebor, work):
    """What can be learned is what could be learned of the prototype's shops."""
    for name, found in scores_of(perebor, work, "retail").items():
        mean = sum(found) / len(found)
        print(f"retail: {name:<44} CV {mean:.4f} ({min(found):.3f} to {max(found):.3f})")
        if name in EXPECTED_CV and abs(mean - EXPECTED_CV[name]) > .015:
            yield f"retail: {name} has {mean:.4f}, not {EXPECTED_CV[name]}"


def check_null(perebor, work):
    """5000 customers, so that chance has a standard deviation of .01: every model, every shop."""
    for name, found in scores_of(perebor, work, "null", "--rows", "5000").items():
        print(f"null: {name:<44} CV", " ".join(f"{score:.3f}" for score in found))
        for seed, score in zip(SEEDS, found):
            if abs(score - .5) > .03:
                yield f"null: {name} has {score:.4f} with seed {seed}, where nothing can be learned"


def main():
    perebor = os.path.abspath(sys.argv[1])
    failures = []
    with shop.work_folder() as work:
        for check in (check_retail, check_correlations, check_dirt, check_models, check_null):
            failures += check(perebor, work)
    for failure in failures[:40]:
        print("FAILED", failure)
    sys.exit(1 if failures else 0)


main()
