#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The reader, the schema for editors and the reference know the same keys; and the shipped
experiments satisfy the schema (where python3-jsonschema and python3-yaml are installed)."""
import json
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
schema = json.loads((root / "experiments/experiment.schema.json").read_text())
reference = (root / "docs/reference/experiment.md").read_text()


def keys_of_schema(node):
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            yield name
            yield from keys_of_schema(value)
        for name, value in node.items():
            if name != "properties":
                yield from keys_of_schema(value)
    elif isinstance(node, list):
        for value in node:
            yield from keys_of_schema(value)


def keys_of_reader():
    for source in sorted((root / "src/config").glob("*.c")):
        if source.name.startswith("generator_"):  # reads another kind of file
            continue
        yield from re.findall(r'^ +\{"([a-z_]+)",\s+(?:config_)?read_', source.read_text(), re.M)


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


for path in sorted((root / "experiments").glob("*/experiment.yaml")):
    jsonschema.validate(with_text_keys(yaml.load(path.read_text(), Loader)), schema)
    print(f"{path.relative_to(root)} satisfies the schema")
