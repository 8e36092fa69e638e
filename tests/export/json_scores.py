#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Models written as JSON, evaluated with numpy, score as perebor does.

Trees, and neighbours of a distance that is a sum or a square, to the bit; the rest to a relative 1e-12, taken of the
magnitude of what is added up: near 0 a score is a difference of larger numbers.

usage: json_scores.py WRITE_MODELS
"""
import json
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}: install python3-numpy")
    sys.exit(77)

import evaluate_model


def magnitude(model, rows):
    """What the terms of a score add up to, without their signs."""
    m = json.loads(json.dumps(model["model"]))
    if m["form"] == "linear":
        x = np.abs(evaluate_model.prepare(model, rows))
        return abs(m["intercept"]) + x @ np.abs(m["weights"])
    if m["form"] == "kernel":
        m["coefficients"] = np.abs(m["coefficients"]).tolist()
        m["bias"] = abs(m["bias"])
        x = evaluate_model.prepare(model, rows)
        if m["kernel"] != "rbf":
            m["support"] = np.abs(m["support"]).tolist()
            x = np.abs(x)
            m["coef0"] = abs(m["coef0"])
        return evaluate_model.kernel_scores(m, x)
    if m["form"] == "monomials":
        m["weights"] = np.abs(m["weights"]).tolist()
        m["bias"] = abs(m["bias"])
        return evaluate_model.monomial_scores(m, np.abs(evaluate_model.prepare(model, rows)))
    return np.ones(len(rows))


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        read = lambda name: json.load(open(os.path.join(folder, name), encoding="utf-8"))
        rows = read("rows.json")
        failures = []
        largest = {}
        for name, expected in read("expected.json").items():
            model = read(name + ".json")
            scores, probabilities = evaluate_model.score(model, rows)
            error = np.abs(scores - expected["score"])
            exact = model["model"]["form"] == "trees" or model["model"].get("distance") in ("manhattan", "euclidean")
            if not exact:
                error /= magnitude(model, rows)
            form = model["model"]["form"]
            largest[form] = max(largest.get(form, 0), error.max())
            if error.max() > (0 if exact else 1e-12):
                failures.append(f"{name} ({expected['learner']}, {form}): scores differ by {error.max():.1e}")
            if (probabilities is None) != (expected["probability"] is None):
                failures.append(f"{name}: probabilities are there or not")
            elif probabilities is not None and np.abs(probabilities - expected["probability"]).max() > 1e-11:
                failures.append(f"{name}: probabilities differ")
        for form, error in sorted(largest.items()):
            print(f"{form:<10} {error:.1e}")
        for failure in failures:
            print("FAILED", failure)
        sys.exit(1 if failures else 0)


main()
