#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An ensemble of trials beside the best trial, on rows that neither search nor choice has seen.

usage: ensembles.py PEREBOR EXPERIMENT [--seeds N] [--trials N] [--set KEY=VALUE]

For each seed, which draws another test part, folds and trials: one search, 'perebor ensemble', and
both refitted. Prints what the folds promise, what is left of that without the luck of having been
chosen, and the test part, with the mean of the paired differences and its 95 % interval (Student's
t). Test parts of different seeds share rows, so that the interval is of these tables and too narrow
for others.
"""
import argparse
import json
import math
import os
import re
import subprocess
import tempfile

import h5py
import numpy
from scipy import stats


def run(*words):
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return done.stdout


def one_seed(perebor, experiment, seed, trials, overrides, folder):
    """Scores of one search: a dictionary of (best, ensemble) pairs."""
    file = os.path.join(folder, f"{seed}.h5")
    extra = [word for override in overrides for word in ("--set", override)]
    run(perebor, "run", experiment, "-o", file, "-q", "--trials", str(trials), "--set", f"seed={seed}", *extra)
    run(perebor, "ensemble", file)
    with h5py.File(file) as read:
        chosen = dict(read["ensemble"].attrs)
        members = len(read["ensemble/trial"])
    test = {}
    for rule in ("best", "ensemble"):
        printed = run(perebor, "refit", file, "--select", rule)
        test[rule] = float(re.search(r"^  test +([0-9.]+)", printed, re.M).group(1))
    os.remove(file)
    return {
        "folds": (float(chosen["best_naive"]), float(chosen["naive"])),
        "corrected": (float(chosen["best_corrected"]), float(chosen["corrected"])),
        "test part": (test["best"], test["ensemble"]),
        "members": members,
    }


def say(name, pairs):
    best, ensemble = numpy.array(pairs).T
    gain = ensemble - best
    half = stats.t.ppf(0.975, len(gain) - 1) * gain.std(ddof=1) / math.sqrt(len(gain))
    print(f"| {name} | {best.mean():.4f} | {ensemble.mean():.4f} | {gain.mean():+.4f} "
          f"({gain.mean() - half:+.4f} … {gain.mean() + half:+.4f}) | {(gain > 0).sum()} of {len(gain)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("perebor")
    parser.add_argument("experiment")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--set", action="append", default=[], help="as perebor run takes it")
    asked = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, asked.seeds + 1):
            found.append(one_seed(asked.perebor, asked.experiment, seed, asked.trials, asked.set, folder))
            print(json.dumps({"seed": seed, **found[-1]}), flush=True)
    print("| scored on | best trial | ensemble | difference (95 %) | better |\n|---|---|---|---|---|")
    for name in ("folds", "corrected", "test part"):
        say(name, [each[name] for each in found])
    print(f"members: {numpy.mean([each['members'] for each in found]):.1f} of {asked.trials} trials")


if __name__ == "__main__":
    main()
