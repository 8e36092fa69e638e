# SPDX-License-Identifier: MIT
"""The trials that both sides run: a space of each learner's, and a list drawn from all of them."""
import random

FAMILIES = ("knn", "tree", "logreg", "svc")

PREPARATION = {
    "encode__nominal": {"values": ["onehot", "onehot_first", "ordinal"]},
    "scale": {"values": ["standard", "minmax", "robust", "none"]},
    "select__k": {"values": [*range(5, 17), None]},
}

SPACES = {
    "knn": {
        **PREPARATION,
        "knn__n_neighbors": {"distribution": "int_uniform", "min": 1, "max": 50},
        "knn__weights": {"values": ["uniform", "distance"]},
        "knn__p": {"values": [1.0, 2.0]},
    },
    "tree": {
        **PREPARATION,
        "tree__criterion": {"values": ["gini", "entropy"]},
        "tree__max_depth": {"distribution": "int_uniform", "min": 2, "max": 20},
        "tree__min_samples_split": {"distribution": "int_uniform", "min": 2, "max": 20},
        "tree__min_samples_leaf": {"distribution": "int_uniform", "min": 1, "max": 20},
        "tree__max_features": {"values": [None, "sqrt", 0.5], "probabilities": [0.6, 0.2, 0.2]},
    },
    "logreg": {
        **PREPARATION,
        "logreg__penalty": {"values": ["l1", "l2", "elasticnet"]},
        "logreg__C": {"distribution": "log_uniform_values", "min": 1e-3, "max": 1e2},
        "logreg__intercept": {"values": ["free", "penalized"], "when": {"logreg__penalty": ["l1", "l2"]}},
        "logreg__l1_ratio": {"distribution": "uniform", "min": 0.05, "max": 0.95,
                             "when": {"logreg__penalty": "elasticnet"}},
    },
    "svc": {
        **PREPARATION,
        # LIBSVM does not end in reasonable time on unscaled columns of money.
        "scale": {"values": ["standard", "minmax", "robust"]},
        "svc__kernel": {"values": ["linear", "rbf", "poly", "sigmoid"]},
        "svc__C": {"distribution": "log_uniform_values", "min": 1e-2, "max": 1e2},
        "svc__gamma": {"distribution": "log_uniform_values", "min": 1e-3, "max": 1,
                       "when": {"svc__kernel": ["rbf", "poly", "sigmoid"]}},
        "svc__degree": {"values": [2, 3], "when": {"svc__kernel": "poly"}},
        "svc__coef0": {"values": [0.0, 1.0], "when": {"svc__kernel": ["poly", "sigmoid"]}},
        "svc__max_iter": {"values": [100000]},  # on both sides: some would run for minutes
    },
}


def draw_value(source, parameter):
    if "values" in parameter:
        return source.choices(parameter["values"], parameter.get("probabilities"))[0]
    low, high = parameter["min"], parameter["max"]
    if parameter["distribution"] == "int_uniform":
        return source.randint(low, high)
    if parameter["distribution"] == "uniform":
        return round(source.uniform(low, high), 3)
    return float(f"{low * (high / low) ** source.random():.6g}")


def is_active(parameter, point):
    return all(point.get(name) in (wanted if isinstance(wanted, list) else [wanted])
               for name, wanted in parameter.get("when", {}).items())


def draw(source):
    """A point of one of the spaces, each as likely."""
    family = source.choice(FAMILIES)
    point = {"model": family}
    for name, parameter in SPACES[family].items():
        if is_active(parameter, point):
            point[name] = draw_value(source, parameter)
    return point


def draw_mix(n):
    source = random.Random("perebor bench")
    return [draw(source) for _ in range(n)]


def space_section(family, n):
    """The search section of n trials of one learner, drawn by perebor itself."""
    return {"run_cap": n, "parameters": {"model": {"value": family}, **SPACES[family]}}


def list_section(points):
    """The search section that runs just these points."""
    parameters = {"model": {"values": list(FAMILIES)}, **PREPARATION}
    for family in FAMILIES:
        for name, parameter in SPACES[family].items():
            if name not in PREPARATION:
                when = {"model": family, **parameter.get("when", {})}
                parameters[name] = {**parameter, "when": when}
    return {"run_cap": len(points), "parameters": parameters, "enqueue": points}
