# SPDX-License-Identifier: MIT
"""Scores rows with a model that perebor wrote as JSON. It needs numpy, and nothing else."""
import numpy as np


def prepare(model, rows):
    """The matrix that the model, or a member of one, takes, of rows of numbers, texts, and None where a value is missing."""
    prepared = np.empty((len(rows), len(model["preparation"])))
    for place, column in enumerate(model["preparation"]):
        source = model["schema"]["columns"][column["source"]]
        values = [row[column["source"]] for row in rows]
        if source["role"] == "nominal":
            numbers = {level: number for number, level in enumerate(source["levels"])}
            values = [None if value is None else numbers.get(value, len(numbers) + 1) for value in values]
        x = np.array([column["fill"] if value is None else value for value in values], float)
        if column["encoding"] == "level":
            x = np.where(x == column["level"], 1.0, 0.0)
        elif column["encoding"] == "code":
            codes = np.array(column["codes"] + [-1.0])
            x = codes[x.astype(int)]
        elif column["scaling"] == "centre":
            x = (x - column["shift"]) / column["factor"]
        elif column["scaling"] == "stretch":
            x = x * column["factor"] + column["shift"]
        prepared[:, place] = x
    return prepared


def tree_scores(m, x):
    total = np.zeros(len(x))
    if m["single_precision"]:
        x = x.astype(np.float32).astype(float)
    bounds = m.get("first_member", [0])
    sets = [x[:, m["member"][begin:end]].any(axis=1) for begin, end in zip(bounds, bounds[1:])]
    x = np.column_stack([x] + sets)
    for first in m["first_node"][:-1]:
        for row in range(len(x)):
            node = first
            while m["left"][node] != 0:
                right = x[row, m["column"][node]] > m["threshold"][node]
                node = first + m["left"][node] + right
            total[row] += m["value"][node]
    return total if m["added"] else total / (len(m["first_node"]) - 1)


def kernel_values(m, x):
    support = np.array(m["support"]).reshape(len(m["coefficients"]), x.shape[1])
    if m["kernel"] == "rbf":
        values = np.exp(-m["gamma"] * ((x[:, None, :] - support[None]) ** 2).sum(axis=2))
    else:
        values = m["gamma"] * (x[:, None, :] * support[None]).sum(axis=2) + m["coef0"]
        values = values ** m["degree"] if m["kernel"] == "poly" else np.tanh(values)
    return values


def kernel_scores(m, x):
    return kernel_values(m, x) @ np.array(m["coefficients"]) + m["bias"]


def round_scores(m, x, scores):
    """To multiples of the grain, halves to even ones: what lies closer together is not told apart."""
    grain = np.full(len(x), m["grain"])
    if m.get("kernel") == "rbf" and m["form"] == "kernel":
        nearest = kernel_values(m, x).max(axis=1, initial=0)
        grain *= np.where(nearest > 0, 2.0 ** (np.frexp(nearest)[1] - 1), 0)
    known = grain > 0
    scores[known] = np.round(scores[known] / grain[known]) * grain[known]
    return scores


def monomial_scores(m, x):
    from itertools import combinations_with_replacement
    from math import factorial, sqrt
    factors = list(range(x.shape[1])) + ([None] if m["coef0"] > 0 else [])
    total = np.full(len(x), m["bias"])
    monomials = combinations_with_replacement(range(len(factors)), m["degree"])
    for weight, chosen in zip(m["weights"], monomials):
        root = factorial(m["degree"])
        value = np.ones(len(x))
        for factor in set(chosen):
            power = chosen.count(factor)
            constant = factors[factor] is None
            root *= (m["coef0"] if constant else m["gamma"]) ** power / factorial(power)
            value = value if constant else value * x[:, factor] ** power
        total += weight * sqrt(root) * value
    return total


def neighbor_scores(m, x):
    labels = np.array(m["labels"])
    scores = np.empty(len(x))
    points = np.array(m["points"])
    for row in range(len(x)):
        sums = np.zeros(len(points))
        for column in range(x.shape[1]):  # one after the other: the order decides between near ties
            difference = np.abs(x[row, column] - points[:, column])
            sums += difference * difference if m["distance"] == "euclidean" else difference ** m["p"]
        nearest = np.argsort(sums, kind="stable")[:m["k"]]
        weights = np.ones(m["k"])
        if m["by_distance"]:
            exact = sums[nearest] == 0
            roots = np.sqrt(sums[nearest]) if m["distance"] == "euclidean" else sums[nearest] ** (1 / m["p"])
            weights = exact.astype(float) if exact.any() else 1 / np.where(exact, 1, roots)
        # From the nearest on, so that the sum has the bits that perebor gives it.
        scores[row] = np.cumsum(weights * labels[nearest])[-1] / np.cumsum(weights)[-1]
    return scores


def density_scores(m, x):
    means, variances = np.array(m["means"]), np.array(m["variances"])
    distances = [((x - means[c]) ** 2 / variances[c]).sum(axis=1) for c in (0, 1)]
    return m["offset"] + 0.5 * (distances[0] - distances[1])


def probabilities(model, scores):
    """Of scores; None where the model has none."""
    c = model["calibration"]
    share = model["score"] == "share"
    if c is None:
        return scores if share else None
    if c["kind"] == "isotonic":
        return np.interp(scores, c["knots"], c["values"])
    with np.errstate(over="ignore"):
        if c["kind"] == "sigmoid":
            return 1 / (1 + np.exp(c["slope"] * scores + c["offset"]))
        if share:
            q = c["floor"] + (1 - 2 * c["floor"]) * scores
            log_q, log_rest = np.log(q), np.log(1 - q)
        else:
            z = c["slope"] * scores + c["offset"]
            log_q, log_rest = -np.logaddexp(0, z), -np.logaddexp(0, -z)
        return 1 / (1 + np.exp(-(c["a"] * log_q - c["b"] * log_rest + c["c"])))


def score(model, rows):
    """Scores; their probabilities, None where the model has none."""
    if "members" in model:
        votes = sum(member["weight"] * score({**member, "schema": model["schema"]}, rows)[1] for member in model["members"])
        mean = votes / sum(member["weight"] for member in model["members"])
        return mean, mean
    m = model["model"]
    x = prepare(model, rows)
    if m["form"] == "linear":
        scores = m["intercept"] + x @ np.array(m["weights"])
    else:
        scores = {"trees": tree_scores, "kernel": kernel_scores, "monomials": monomial_scores,
                  "neighbors": neighbor_scores, "densities": density_scores}[m["form"]](m, x)
    scores = round_scores(m, x, scores)
    return scores, probabilities(model, scores)
