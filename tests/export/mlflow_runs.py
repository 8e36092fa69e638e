#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: mlflow_runs.py PEREBOR

The lines of docs/how-to/take-results-elsewhere.md that log trials to MLflow, run with a module in its place whose
functions take what MLflow's are documented to take: Debian has no MLflow. A run for each trial, with its
parameters and its score. Exit code 77 where pandas or PyTables is not installed.
"""
import contextlib
import json
import numbers
import os
import re
import shutil
import subprocess
import sys
import tempfile
import types

try:
    import pandas  # noqa: F401  the page's lines need them
    import tables  # noqa: F401
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PEREBOR = os.path.abspath(sys.argv[1])
TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PAGE = os.path.abspath(os.path.join(TESTS, "..", "docs", "how-to", "take-results-elsewhere.md"))
runs = []


@contextlib.contextmanager
def start_run(run_id=None, experiment_id=None, run_name=None, nested=False, tags=None, description=None):
    runs.append({"name": run_name, "params": {}, "metrics": {}})
    yield runs[-1]


def log_params(params):
    assert all(isinstance(key, str) and len(str(value)) <= 6000 for key, value in params.items()), params
    runs[-1]["params"].update(params)


def log_metric(key, value, step=None):
    assert isinstance(value, numbers.Real), value  # MLflow makes a float of it
    runs[-1]["metrics"][key] = float(value)


def main():
    with open(PAGE, encoding="utf-8") as stream:
        lines = next(block for block in re.findall(r"^```python\n(.*?)^```", stream.read(), re.MULTILINE | re.DOTALL)
                     if "mlflow" in block)
    sys.modules["mlflow"] = types.SimpleNamespace(
        set_experiment=lambda experiment_name=None, experiment_id=None: None, start_run=start_run, log_params=log_params,
        log_metric=log_metric)
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(os.path.join(TESTS, "cli", "tables"), work, dirs_exist_ok=True)
        os.chdir(work)
        os.mkdir("results")
        subprocess.run([PEREBOR, "run", "people.yaml", "-o", "results/one_click.h5", "-q"], check=True)
        exec(compile(lines, PAGE, "exec"), {})
        listed = json.loads(subprocess.run([PEREBOR, "show", "results/one_click.h5", "--top", "0", "--format", "json"],
                                           check=True, stdout=subprocess.PIPE).stdout)
    expected = sorted(((f"trial {trial['trial']}", trial["params"], {"mean_test_score": trial["mean_test_score"]})
                       for trial in listed), key=str)
    assert sorted(((run["name"], run["params"], run["metrics"]) for run in runs), key=str) == expected, runs


main()
