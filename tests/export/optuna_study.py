#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: optuna_study.py PEREBOR

scripts/export/to_optuna: Optuna opens the study and finds the same trials, values and parameters in it. Exit
code 77 where optuna or h5py is not installed.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

try:
    import h5py  # noqa: F401  to_optuna needs it
    import optuna
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PEREBOR = os.path.abspath(sys.argv[1])
TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
SCRIPT = os.path.abspath(os.path.join(TESTS, "..", "scripts", "export", "to_optuna"))


def run(*command, code=0):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", check=False)
    assert done.returncode == code, f"{command}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def main():
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(os.path.join(TESTS, "cli", "tables"), work, dirs_exist_ok=True)
        os.chdir(work)
        run(PEREBOR, "run", "people.yaml", "-o", "out.h5", "-q", "--set", "search.metrics=[roc_auc, f1]")
        said = run(sys.executable, SCRIPT, "out.h5", "sqlite:///studies.db")
        assert said.startswith('12 trials in the study "people" of sqlite:///studies.db; best '), said
        again = run(sys.executable, SCRIPT, "out.h5", "sqlite:///studies.db", code=1)
        assert "name another one" in again, again
        study = optuna.load_study(study_name="people", storage="sqlite:///studies.db")
        listed = {trial["trial"]: trial for trial in json.loads(
            run(PEREBOR, "show", "out.h5", "--top", "0", "--format", "json"))}
        assert len(study.trials) == len(listed) == 12
        for trial in study.trials:
            expected = listed[trial.number]
            assert trial.state == optuna.trial.TrialState.COMPLETE
            assert trial.value == expected["mean_test_score"], (trial.value, expected)
            assert trial.params == expected["params"], (trial.params, expected)
            assert trial.user_attrs["f1"] == expected["mean_test_f1"]
            assert trial.datetime_complete >= trial.datetime_start
        assert study.best_value == max(trial["mean_test_score"] for trial in listed.values())


main()
