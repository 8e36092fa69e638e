#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Models written as ONNX are models to onnx's checker, and score as perebor does: run by numpy, and by onnxruntime where
node finds onnxruntime-node (NODE_PATH; `npm install --ignore-scripts onnxruntime-node` fetches no more than it takes).

Trees to the bit, neighbours but for the sum of their votes, the rest to 1e-12 of what is added up.

usage: onnx_scores.py WRITE_MODELS
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnx
except ImportError as missing:
    print(f"skipped: {missing}: install python3-onnx")
    sys.exit(77)

import onnx_numpy
import score_magnitude


def feed(model, columns, rows):
    """The inputs that a model declares, by name."""
    inputs = {}
    for given in model.graph.input:
        place = [column["name"] for column in columns].index(given.name)
        text = columns[place]["role"] == "nominal"
        wanted = onnx.TensorProto.STRING if text else onnx.TensorProto.DOUBLE
        assert given.type.tensor_type.elem_type == wanted, given.name
        missing = "" if text else np.nan
        values = [missing if row[place] is None else row[place] for row in rows]
        inputs[given.name] = np.array(values, object if text else float).reshape(-1, 1)
    return inputs


def compare(who, name, model, expected, outputs, rows):
    """What differs, each in a line."""
    form = model["model"]["form"] if "model" in model else "members"
    tolerance = 0 if form == "trees" else 1e-12
    error = np.abs(np.ravel(outputs["score"]) - expected["score"]) / score_magnitude.magnitude(model, rows)
    if not error.max() <= tolerance:
        yield f"{who}: {name} ({expected['learner']}, {form}): scores differ by {error.max():.1e}"
    if ("probability" in outputs) != (expected["probability"] is not None):
        yield f"{who}: {name}: probabilities are there or not"
    elif "probability" in outputs:
        error = np.abs(np.ravel(outputs["probability"]) - expected["probability"])
        if not error.max() <= (0 if form == "trees" and model["calibration"] is None else 1e-11):
            yield f"{who}: {name} ({expected['learner']}): probabilities differ by {error.max():.1e}"


def run_by_onnxruntime(folder):
    """Outputs of all models, or None where it is not installed."""
    if shutil.which("node") is None:
        print("node is not installed")
        return None
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "onnx_run.cjs")
    code = subprocess.run(["node", script, folder]).returncode
    if code == 77:
        return None
    if code != 0:
        sys.exit("onnxruntime failed")
    with open(os.path.join(folder, "onnx_scores.json"), encoding="utf-8") as stream:
        return json.load(stream)


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        read = lambda name: json.load(open(os.path.join(folder, name), encoding="utf-8"))
        rows = read("rows.json")
        everything = read("expected.json")
        runtime = run_by_onnxruntime(folder)
        for name, expected in everything.items():
            described = read(name + ".json")
            model = onnx.load(os.path.join(folder, name + ".onnx"))
            onnx.checker.check_model(model, full_check=True)
            found = onnx_numpy.run(model, feed(model, described["schema"]["columns"], rows))
            failures += compare("numpy", name, described, expected, found, rows)
            if runtime is not None:
                failures += compare("onnxruntime", name, described, expected, runtime[name], rows)
    print(f"{len(everything)} models, by numpy" + (", onnxruntime skipped" if runtime is None else " and by onnxruntime"))
    for failure in failures:
        print("FAILED", failure)
    sys.exit(1 if failures else 0)


main()
