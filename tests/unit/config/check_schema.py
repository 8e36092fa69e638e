#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: check_schema.py PROJECT PEREBOR

The reader, the schema for editors and the reference know the same keys and words; the schema accepts every
experiment of the project, refuses what the program refuses of a parameter, and accepts what it accepts (where
python3-jsonschema and python3-yaml are installed)."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1]).resolve()
perebor = str(pathlib.Path(sys.argv[2]).resolve())
schema = json.loads((root / "experiments/experiment.schema.json").read_text())
reference = (root / "docs/reference/experiment.md").read_text()


parameters = set(schema["definitions"]["search"]["properties"]["parameters"]["properties"])


def keys_of_schema(node):
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            if name not in parameters:
                yield name
            yield from keys_of_schema(value)
        for name, value in node.items():
            if name != "properties":
                yield from keys_of_schema(value)
    elif isinstance(node, list):
        for value in node:
            yield from keys_of_schema(value)


def sources_of_reader():
    for source in sorted((root / "src/config").glob("*.c")):
        if not source.name.startswith(("generator_", "advice_")):  # read other kinds of files
            yield source.read_text()


def keys_of_reader():
    for source in sources_of_reader():
        yield from re.findall(r'^ +\{"([a-z_]+)",\s+(?:config_)?read_', source, re.M)


def enumerations_of_reader():
    """Lists of words, one of which a key takes; and the names of distributions."""
    for source in sources_of_reader():
        for words in re.findall(r"const char \*const words\[\] = \{(.*?)NULL\};", source, re.S):
            yield frozenset(re.findall(r'"([^"]+)"', words))
        named = frozenset(re.findall(r'\{"([a-z_]+)",\s+PEREBOR_[A-Z_]+,\s+\{"', source))
        if named:
            yield named


def enumerations_of_schema(node):
    if isinstance(node, dict):
        if isinstance(node.get("enum"), list):
            yield frozenset(word for word in node["enum"] if word is not None)
        if isinstance(node.get("const"), str):
            yield frozenset([node["const"]])
        constants = [one.get("properties", {}).get("op", {}).get("const") for one in node.get("oneOf", [])]
        yield frozenset(constants)
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from enumerations_of_schema(value)


in_schema = set(keys_of_schema(schema))
in_reader = set(keys_of_reader())
in_reference = set(re.findall(r"`([a-z_]+)`", reference))
failed = False
for what, keys in [
    ("read but not in the schema", in_reader - in_schema),
    ("in the schema but not read", in_schema - in_reader),
    ("read but not in the reference", in_reader - in_reference),
]:
    if keys:
        print(f"{what}: {', '.join(sorted(keys))}")
        failed = True
words = set(enumerations_of_reader())
for missing in words - set(enumerations_of_schema(schema)):
    print(f"no enumeration of the schema is {', '.join(sorted(missing))}, which the reader takes")
    failed = True
if len(words) < 12:
    print(f"only {len(words)} lists of words were found in src/config")
    failed = True
if len(in_reader) < 50:
    print(f"only {len(in_reader)} keys were found in src/config")
    failed = True
if failed:
    sys.exit(1)

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: the shipped experiments against the schema ({missing})")
    sys.exit(77)


class Loader(yaml.SafeLoader):
    """YAML 1.2's booleans: yes, no, on and off are text."""


BOOLEAN = "tag:yaml.org,2002:bool"
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != BOOLEAN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(BOOLEAN, re.compile("^(true|false)$"), list("tf"))


def with_text_keys(node):
    if isinstance(node, dict):
        return {
            str(key).lower() if isinstance(key, bool) else str(key): with_text_keys(value)
            for key, value in node.items()
        }
    return [with_text_keys(item) for item in node] if isinstance(node, list) else node


def load(text):
    return with_text_keys(yaml.load(text, Loader))


def accepts(text):
    """Whether the schema does, and why not."""
    validator = jsonschema.Draft7Validator(schema)
    return next((f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(load(text))), None)


jsonschema.Draft7Validator.check_schema(schema)
everything = {path: path.read_text() for path in sorted((root / "experiments").glob("*/experiment.yaml"))}
everything[root / "tests/cli/tables/people.yaml"] = (root / "tests/cli/tables/people.yaml").read_text()
for page in [root / "README.md", *sorted((root / "docs").rglob("*.md")), *sorted((root / "experiments").rglob("*.md"))]:
    for n, block in enumerate(re.findall(r"^```yaml\n(version: 1\n.*?)^```", page.read_text(), re.M | re.S)):
        everything[f"{page} block {n + 1}"] = block
with tempfile.TemporaryDirectory() as folder:
    written = pathlib.Path(folder) / "first.yaml"
    subprocess.run([perebor, "init", root / "experiments/flat_csv/customers.csv", "-o", written], check=True,
                   stdout=subprocess.DEVNULL)
    everything["what init writes"] = written.read_text()
for name, text in everything.items():
    reason = accepts(text)
    if reason is not None:
        print(f"{name} does not satisfy the schema: {reason}")
        failed = True
print(f"{len(everything)} experiments were held against the schema")
if len(everything) < 7:
    print("these are too few")
    failed = True

# Parameters beside `model: {values: [knn, tree, svc, logreg]}`: the program and the schema must say the same of each.
PARAMETERS = """
    model: {values: [random_forest]}
    model: {value: knn, min: 1}
    model: {min: 1, max: 3}
    tree__depth: {min: 2, max: 9}
    tree__max_depth: {min: 2, max: 9}
    tree__max_depth: {min: 0, max: 9}
    tree__max_depth: {values: [2, 5, null]}
    tree__max_depth: {values: [2, deep]}
    tree__max_depth: {min: 2.5, max: 9}
    tree__max_features: {values: [3, 0.5, sqrt, null]}
    tree__max_features: {values: [cbrt]}
    tree__max_features: {values: [1.5]}
    tree__criterion: {values: [gini, entropy]}
    tree__criterion: {values: [Gini]}
    tree__criterion: {min: 1, max: 2}
    tree__class_weight: {values: [null, balanced]}
    knn__n_neighbors: {value: null}
    knn__n_neighbors: {value: 5.0}
    knn__n_neighbors: {value: "5"}
    knn__n_neighbors: {value: 0}
    knn__n_neighbors: {distribution: int_uniform, min: 1, max: 60}
    knn__n_neighbors: {distribution: q_uniform, min: 0.6, max: 9}
    knn__n_neighbors: {min: 1, max: 2000000000}
    knn__n_neighbors: {min: 3, max: 9, when: {model: [knn]}}
    knn__n_neighbors: {min: 3, max: 9, when: {model: mlp}}
    knn__n_neighbors: {min: 3, max: 9, when: {learner: knn}}
    knn__p: {min: 1.0, max: 2}
    knn__p: {min: 0.5, max: 2}
    svc__gamma: {values: [scale, 0.1]}
    svc__gamma: {values: [automatic]}
    svc__gamma: {distribution: log_uniform_values, min: 0.001, max: 1}
    svc__C: {value: 0}
    svc__C: {value: true}
    svc__C: {distribution: log_uniform, min: 1, max: 2}
    svc__C: {distribution: log_normal, mu: 0, sigma: 1}
    logreg__l1_ratio: {min: 0, max: 1.5}
    logreg__l1_ratio: {min: 0.0, max: 1}
    logreg: {values: [1, 2]}
    scale: {values: [standard, none]}
    scale: {values: [StandardScaler]}
    scale__k: {value: 3}
    select__k: {values: [4, 6, null]}
    select__k: {values: [0]}
    encode__nominal: {values: [onehot, hashing]}
    impute__fill_value: {value: -1.5}
    impute__numeric: {value: zero}
"""
POINTS = """
    {model: knn, knn__n_neighbors: 5}
    {model: mlp}
    {model: knn, knn__k: 5}
    {model: knn, knn__n_neighbors: many}
    {model: tree, scale: none}
    {model: tree, scale: NONE}
"""


def experiments_of_cases():
    head = f"version: 1\ndata: {{table: {root}/experiments/flat_csv/customers.csv, id: id, target: churned}}\n"
    for line in filter(None, map(str.strip, PARAMETERS.splitlines())):
        model = "" if line.startswith("model:") else "    model: {values: [knn, tree, svc, logreg]}\n"
        yield line, f"{head}search:\n  run_cap: 1\n  parameters:\n{model}    {line}\n"
    for line in filter(None, map(str.strip, POINTS.splitlines())):
        yield line, (f"{head}search:\n  run_cap: 1\n  parameters:\n    model: {{values: [knn, tree]}}\n"
                     "    scale: {values: [standard, none]}\n"
                     "    knn__n_neighbors: {min: 1, max: 9, when: {model: knn}}\n"
                     f"  enqueue:\n    - {line}\n")
    for words in ("metric: roc_auc", "metric: auc", "metrics: [f1, accuracy]", "metrics: [f2]", "method: bayes"):
        yield words, f"{head}search:\n  run_cap: 1\n  {words}\n  parameters:\n    model: {{value: tree}}\n"


n_of = {True: 0, False: 0}
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "case.yaml"
    for case, text in experiments_of_cases():
        file.write_text(text)
        said = subprocess.run([perebor, "check", file], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8")
        reason = accepts(text)
        n_of[reason is None] += 1
        of_search = said.returncode == 0 or re.search(r"case\.yaml:([4-9]|\d\d):", said.stderr)
        if (said.returncode == 0) != (reason is None) or not of_search:
            print(f"{case}: the schema says {reason or 'yes'}, the program {said.stderr.strip() or 'yes'}")
            failed = True
print(f"of parameters and points the schema accepts {n_of[True]} and refuses {n_of[False]}, as the program does")
sys.exit(1 if failed else 0)
