#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A million customers in segments: time, processor time and peak memory of perebor segment.

usage: million.py PEREBOR [ROWS [FOLDER]]

Generates the shop's customers (experiments/one_click/generator.yaml), searches one quick trial on some of
them, refits, and puts all of them into the segments of experiments/one_click with --data: clusters, rules
that are found, portrait, conditions in SQL, and the tables for people. Then the same of a search over all
of them, where clusters and rules are found among the million.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
SHOP = ROOT / "experiments" / "one_click"
QUICK = ["--set", "search.parameters={model: {value: tree}, tree__max_depth: {value: 6}}",
         "--set", "search.enqueue=[]", "--set", "cv={method: stratified_kfold, n_splits: 2}"]


def run(what, *command):
    """What a command prints; says what it took."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, stdout=printed, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        printed.seek(0)
        text = printed.read().decode()
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: {text}")
    print(f"{what:28s} {seconds:7.1f} s, {used.ru_utime + used.ru_stime:7.1f} s of processors, "
          f"peak {used.ru_maxrss / 2**20:.2f} GiB", flush=True)
    return text


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    perebor = str(pathlib.Path(sys.argv[1]).resolve())
    rows = sys.argv[2] if len(sys.argv) > 2 else "1000000"
    with tempfile.TemporaryDirectory(dir=sys.argv[3] if len(sys.argv) > 3 else None) as work:
        small, large = f"{work}/small", f"{work}/large"
        run("generate 5000", perebor, "generate", str(SHOP / "generator.yaml"), "--rows", "5000", "--seed", "1", "-o", small)
        run(f"generate {rows}", perebor, "generate", str(SHOP / "generator.yaml"), "--rows", rows, "--seed", "2", "-o", large)
        for name, folder in (("small", small), ("large", large)):
            result = f"{work}/{name}.h5"
            run(f"search, {name}", perebor, "run", str(SHOP / "experiment.yaml"), "--set", f"data.root={folder}", *QUICK,
                "--trials", "1", "-q", "-o", result)
            run(f"refit, {name}", perebor, "refit", result)
            if name == "small":
                run(f"segment --data, {rows}", perebor, "segment", result, "--data", large, "-o", f"{work}/tables")
            else:
                run(f"segment, {rows}", perebor, "segment", result)
                run(f"segment -o, {rows}", perebor, "segment", result, "-o", f"{work}/found")


if __name__ == "__main__":
    main()
