#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the simulations' tables into docs/explanation/found-segments.md.

usage: write_tables.py BENCH_RULES [null|planted|clusters ...]

Between <!-- simulated:NAME --> and <!-- /simulated:NAME -->. The seeds are fixed and the arithmetic is
the same everywhere, so every machine writes the same tables.
"""
import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "explanation" / "found-segments.md"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for name in sys.argv[2:] or ["null", "planted", "clusters"]:
        table = subprocess.run([sys.argv[1], name], check=True, capture_output=True, text=True).stdout
        text, n = re.subn(rf"(<!-- simulated:{name} -->\n).*?(<!-- /simulated:{name} -->)",
                          lambda found: found[1] + table + found[2], PAGE.read_text(encoding="utf-8"), flags=re.S)
        if n != 1:
            sys.exit(f"{PAGE} has no place for the table {name}")
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
