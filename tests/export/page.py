#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the commands and the C program of docs/how-to/take-a-model-elsewhere.md: what the program prints is what the model
as JSON says.

usage: page.py PEREBOR
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import numpy  # noqa: F401
except ImportError as missing:
    print(f"skipped: {missing}: install python3-numpy")
    sys.exit(77)
if shutil.which("cc") is None:
    print("skipped: there is no cc")
    sys.exit(77)

import evaluate_model

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def main():
    perebor = os.path.abspath(sys.argv[1])
    with open(os.path.join(ROOT, "docs", "how-to", "take-a-model-elsewhere.md"), encoding="utf-8") as stream:
        page = stream.read()
    blocks = lambda language: re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    commands, compile_it = blocks("sh")
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(os.path.join(ROOT, "experiments", "flat_csv"), os.path.join(work, "experiments", "flat_csv"))
        os.mkdir(os.path.join(work, "results"))
        os.chdir(work)
        for line in commands.splitlines():
            subprocess.run([perebor, *line.split()[1:]], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open("example.c", "w", encoding="utf-8") as stream:
            stream.write(blocks("c")[0])
        printed = subprocess.run(compile_it, shell=True, check=True, stdout=subprocess.PIPE, text=True).stdout
        with open("model.json", encoding="utf-8") as stream:
            model = json.load(stream)
        row = {"tenure_months": 3, "monthly_fee": 29.5, "support_tickets": 2, "late_payments": 1, "plan": "basic"}
        columns = [column["name"] for column in model["schema"]["columns"]]
        _, probabilities = evaluate_model.score(model, [[row.get(name) for name in columns]])
        os.chdir(ROOT)
    print(printed.strip(), probabilities[0])
    sys.exit(0 if printed == f"{probabilities[0]:.3f}\n" else 1)


main()
