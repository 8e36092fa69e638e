# SPDX-License-Identifier: MIT
"""What the terms of scores add up to: the scale on which rounding may make them differ. Near 0 a score is a difference
of larger numbers."""
import json

import evaluate_model
import numpy as np


def magnitude(model, rows):
    """[rows], of a model as JSON."""
    if "members" in model:  # probabilities
        return np.ones(len(rows))
    m = json.loads(json.dumps(model["model"]))
    x = np.abs(evaluate_model.prepare(model, rows))
    if m["form"] == "linear":
        return abs(m["intercept"]) + x @ np.abs(m["weights"])
    if m["form"] == "kernel":
        if m["kernel"] == "rbf":
            x = evaluate_model.prepare(model, rows)
        else:
            m["support"] = np.abs(m["support"]).tolist()
            m["coef0"] = abs(m["coef0"])
        m["coefficients"] = np.abs(m["coefficients"]).tolist()
        m["bias"] = abs(m["bias"])
        return evaluate_model.kernel_scores(m, x)
    if m["form"] == "monomials":
        m["weights"] = np.abs(m["weights"]).tolist()
        m["bias"] = abs(m["bias"])
        return evaluate_model.monomial_scores(m, x)
    if m["form"] == "densities":
        x = evaluate_model.prepare(model, rows)
        means, variances = np.array(m["means"]), np.array(m["variances"])
        return abs(m["offset"]) + 0.5 * sum(((x - means[c]) ** 2 / variances[c]).sum(axis=1) for c in (0, 1))
    return np.ones(len(rows))
