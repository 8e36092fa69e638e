#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the simulations' tables into docs/explanation/honest-scores.md and compared-searches.md.

usage: write_tables.py BENCH_HONEST [delong|folds|selection|ensembles|learners|searches|draws|budgets ...]

Between <!-- simulated:NAME --> and <!-- /simulated:NAME -->. The seeds are fixed and the arithmetic is
the same everywhere, so every machine writes the same tables. All take some minutes of processor
time; each runs by itself.
"""
import pathlib
import re
import subprocess
import sys

PAGES = pathlib.Path(__file__).resolve().parents[3] / "docs" / "explanation"
TABLES = {"delong": "honest-scores.md", "folds": "honest-scores.md", "selection": "honest-scores.md",
          "ensembles": "honest-scores.md",
          "learners": "compared-searches.md", "searches": "compared-searches.md", "draws": "compared-searches.md",
          "budgets": "compared-searches.md"}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for name in sys.argv[2:] or TABLES:
        page = PAGES / TABLES[name]
        table = subprocess.run([sys.argv[1], name], check=True, capture_output=True, text=True).stdout
        text, n = re.subn(rf"(<!-- simulated:{name} -->\n).*?(<!-- /simulated:{name} -->)",
                          lambda found: found[1] + table + found[2], page.read_text(encoding="utf-8"), flags=re.S)
        if n != 1:
            sys.exit(f"{page} has no place for the table {name}")
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
