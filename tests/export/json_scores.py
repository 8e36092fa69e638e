#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Models written as JSON, evaluated with numpy, score as perebor does.

Every member is documented in docs/reference/model-json.md. Trees, and neighbours of a distance that is a sum or a square, to the bit; the rest to 1e-12 of what is added up.

usage: json_scores.py WRITE_MODELS
"""
import json
import os
import re
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}: install python3-numpy")
    sys.exit(77)

import evaluate_model
import score_magnitude


ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def members(value):
    """The names of all members, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(members, value.values()))
    return set().union(*map(members, value)) if isinstance(value, list) else set()


def main():
    with open(os.path.join(ROOT, "docs", "reference", "model-json.md"), encoding="utf-8") as stream:
        documented = set(re.findall("`([a-z0-9_]+)`", stream.read()))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        read = lambda name: json.load(open(os.path.join(folder, name), encoding="utf-8"))
        rows = read("rows.json")
        failures = []
        largest = {}
        for name, expected in read("expected.json").items():
            model = read(name + ".json")
            failures += [f"{name}: {member} is not documented" for member in sorted(members(model) - documented)]
            form = model["model"]["form"] if "model" in model else "members"
            scores, probabilities = evaluate_model.score(model, rows)
            exact = form == "trees" or model.get("model", {}).get("distance") in ("manhattan", "euclidean")
            error = np.abs(scores - expected["score"]) / score_magnitude.magnitude(model, rows)
            largest[form] = max(largest.get(form, 0), error.max())
            if not error.max() <= (0 if exact else 1e-12):
                failures.append(f"{name} ({expected['learner']}, {form}): scores differ by {error.max():.1e}")
            if (probabilities is None) != (expected["probability"] is None):
                failures.append(f"{name}: probabilities are there or not")
            elif probabilities is not None and not np.abs(probabilities - expected["probability"]).max() <= 1e-11:
                failures.append(f"{name}: probabilities differ")
        for form, error in sorted(largest.items()):
            print(f"{form:<10} {error:.1e}")
        for failure in failures:
            print("FAILED", failure)
        sys.exit(1 if failures else 0)


main()
