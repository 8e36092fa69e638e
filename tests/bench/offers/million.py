#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A million customers segmented and planned: wall and CPU time and peak memory of each command.

    million.py build/release/perebor [ROWS]

The shop's generator writes ROWS customers (default: a million), its experiment is run with one logistic
regression, refitted, and then timed: `perebor segment` and `perebor offers`, each with its CSV files.
Offers that go by drivers are for everybody here: explaining a million rows is another bench."""
import os
import re
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
SHOP = os.path.join(ROOT, "experiments", "one_click")
POINT = """  run_cap: 1
  parameters:
    model: {value: logreg}
    logreg__C: {value: 0.1}
    scale: {value: standard}
    encode__nominal: {value: onehot_first}
"""


def experiment():
    with open(os.path.join(SHOP, "experiment.yaml"), encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"  run_cap:.*?(?=\noutput:)", POINT, text, flags=re.S)
    text = re.sub(r"method: repeated_stratified_kfold, n_splits: 5, n_repeats: 2", "method: stratified_kfold, n_splits: 2", text)
    return re.sub(r"\n +drivers: \[[^\n]*\]", "", text)


def measure(folder, *words):
    begin = time.monotonic()
    pid = os.spawnv(os.P_NOWAIT, words[0], list(words))
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, words
    print("%-28s %6.1f s wall %6.1f s CPU %6.0f MB" % (
        " ".join(words[1:2]), time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), flush=True)


def main():
    perebor = os.path.abspath(sys.argv[1])
    rows = sys.argv[2] if len(sys.argv) > 2 else "1000000"
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        subprocess.run([perebor, "generate", os.path.join(SHOP, "generator.yaml"), "-o", "data", "--rows", rows,
                        "--overwrite"], check=True, stdout=subprocess.DEVNULL)
        with open("experiment.yaml", "w", encoding="utf-8") as file:
            file.write(experiment())
        with open("advice.ru.yaml", "w", encoding="utf-8") as file, \
                open(os.path.join(SHOP, "advice.ru.yaml"), encoding="utf-8") as source:
            file.write(source.read())
        os.mkdir("tables")
        measure(folder, perebor, "run", "experiment.yaml", "-o", "out.h5", "-q")
        measure(folder, perebor, "refit", "out.h5")
        measure(folder, perebor, "segment", "out.h5", "-o", "tables")
        if len(sys.argv) > 3:
            subprocess.run(["cp", "-r", folder, sys.argv[3]])
        measure(folder, perebor, "offers", "out.h5", "-o", "tables")
        print("file: %.0f MB; tables: %.0f MB" % (
            os.path.getsize("out.h5") / 1e6, sum(os.path.getsize(os.path.join("tables", n)) for n in os.listdir("tables")) / 1e6))


main()
