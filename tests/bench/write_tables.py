#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes recorded figures into the documents, between <!-- bench:NAME --> and <!-- /bench:NAME -->.

usage: write_tables.py        after measure, or by hand; the same figures give the same text
"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FIGURES = os.path.join(HERE, "figures.json")
sys.path.append(os.path.join(HERE, "shapes"))

import draw_map

SEARCHES = ("mix", "families", "shipped", "optuna", "start")
FOLDS = ("knn", "tree", "logreg", "liblinear", "libsvm")
WIDE = ("wide",)

# What README.md shows: the part, how its row begins, the share, and what to call it.
HEADLINES = [
    ("mix", "mix, ", "exact", "500 trials of four learners"),
    ("families", "knn, ", "exact", "2000 trials of nearest neighbours"),
    ("families", "tree, ", "exact", "2000 trees"),
    ("families", "logreg, ", "exact", "2000 logistic regressions"),
    ("families", "svc, ", "exact", "2000 support vector machines"),
    ("shipped", "shipped space, 1", "exact", "10 000 trials of the shop's space"),
    ("start", "start-up", "exact", "one trial, whole process"),
]


def read():
    if not os.path.isfile(FIGURES):
        return {}
    with open(FIGURES, encoding="utf-8") as stream:
        return json.load(stream)


def keep(figures):
    with open(FIGURES, "w", encoding="utf-8") as stream:
        json.dump(figures, stream, ensure_ascii=False, indent=1)
        stream.write("\n")


def about(figures, names):
    """When and where the figures of these parts were taken."""
    found = [figures[name] for name in names if name in figures]
    first = found[0]
    loads = f"{min(part['load'] for part in found):g} to {max(part['load'] for part in found):g}"
    return (f"{first['date']}, {first['processor']}, {first['cores']} cores, {first['version']}; load of the machine "
            f"before each part {loads}.")


def rows(figures, names):
    return [row for name in names if name in figures for row in figures[name]["rows"]]


def ratio(value):
    return f"**{value:.0f}×**" if value >= 9.95 else f"**{value:.1f}×**"


def number(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def searches(figures):
    lines = ["| work | ranks × threads | share | scikit-learn, CPU s | perebor, CPU s | ratio | by wall time |",
             "|---|---|---|---|---|---|---|"]
    for row in rows(figures, SEARCHES):
        lines.append(f"| {row['work']} | {row['where']} | {row['share']} | {number(row['peer'])} | "
                     f"{number(row['ours'])} | {ratio(row['ratio'])} | {row['wall_ratio']} |")
    return "\n".join([about(figures, SEARCHES), "", *lines])


def folds(names):
    def table(figures):
        lines = ["| one fold, one core | beside | its CPU ms | perebor's | ratio |", "|---|---|---|---|---|"]
        for row in rows(figures, names):
            lines.append(f"| {row['work']} | {row['peer_name']} | {number(row['peer'])} | {number(row['ours'])} | "
                         f"{ratio(row['ratio'])} |")
        return "\n".join([about(figures, names), "", *lines])
    return table


def texts(name):
    return lambda figures: "\n".join(["```", *(row["text"] for row in figures[name]["rows"]), "```"])


def headlines(figures):
    lines = ["| work | compared with scikit-learn, CPU time |", "|---|---|"]
    for part, begins, share, called in HEADLINES:
        found = [row for row in rows(figures, [part]) if row["work"].startswith(begins) and row["share"] == share]
        if found:
            lines.append(f"| {called} | {ratio(found[0]['ratio'])} |")
    return "\n".join(lines)


def shapes(figures):
    return "\n".join([about(figures, ["shapes"]), "", draw_map.table(figures["shapes"]["rows"], figures["shapes"].get("beyond", []))])


# Region: (document, parts it needs any of, how it is written).
REGIONS = {
    "headlines": ("README.md", SEARCHES, headlines),
    "searches": ("docs/performance.md", SEARCHES, searches),
    "folds": ("docs/performance.md", FOLDS, folds(FOLDS)),
    "wide": ("docs/performance.md", WIDE, folds(WIDE)),
    "shapes": ("docs/performance.md", ["shapes"], shapes),
    "memory": ("docs/performance.md", ["memory"], texts("memory")),
    "ledger": ("docs/performance.md", ["ledger"], texts("ledger")),
    "ranks": ("docs/performance.md", ["ranks"], texts("ranks")),
    "overhead": ("docs/performance.md", ["overhead"], texts("overhead")),
}


def write(figures):
    for name, (document, parts, make) in REGIONS.items():
        if not any(part in figures for part in parts):
            continue
        path = os.path.join(ROOT, document)
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        region = re.compile(rf"(<!-- bench:{name} -->\n).*?(<!-- /bench:{name} -->)", re.DOTALL)
        if not region.search(text):
            raise SystemExit(f"{document} has no region <!-- bench:{name} -->")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(region.sub(lambda found: f"{found[1]}{make(figures)}\n{found[2]}", text))


if __name__ == "__main__":
    write(read())
