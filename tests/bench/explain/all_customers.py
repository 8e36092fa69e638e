#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every customer of the shop explained: wall and CPU seconds of `perebor explain`, tables read and file written.

usage: all_customers.py build/release/perebor [knn|svc|tree|logreg ...] [--tables FOLDER] [--threads N]

The tables are the real ones where they are (PEREBOR_SHARED or ../shared), else the bundled sample. The
learners: the shop's best nearest neighbours (11 columns, 20 neighbours, 1 / distance, manhattan), an rbf
support vector machine of all columns, a tree of depth 6, a logistic regression.
"""
import argparse
import os
import re
import resource
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
EXPERIMENT = os.path.join(ROOT, "experiments", "one_click", "experiment.yaml")
PARAMETERS = {
    "knn": {"scale": "standard", "encode__nominal": "onehot_first", "select__k": 11, "model": "knn",
            "knn__n_neighbors": 20, "knn__weights": "distance", "knn__metric": "manhattan"},
    "svc": {"scale": "standard", "encode__nominal": "onehot", "model": "svc", "svc__kernel": "rbf", "svc__C": 1.0,
            "svc__gamma": 0.05},
    "tree": {"model": "tree", "encode__nominal": "onehot", "tree__max_depth": 6},
    "logreg": {"scale": "standard", "encode__nominal": "onehot_first", "model": "logreg"},
}


def real_tables():
    shared = os.environ.get("PEREBOR_SHARED") or os.path.join(ROOT, "..", "shared")
    folder = os.path.abspath(os.path.join(shared, "data", "one_click", "original"))
    return folder if os.path.isdir(folder) else None


def write_experiment(path, tables, parameters):
    with open(EXPERIMENT, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"root: data\b", f"root: {tables}", text)
    text = text[: text.index("\nsearch:")]
    text += "\nsearch:\n  method: random\n  metric: {name: roc_auc, goal: maximize}\n  run_cap: 1\n  parameters:\n"
    text += "".join(f"    {name}: {{value: {value}}}\n" for name, value in parameters.items())
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("perebor")
    parser.add_argument("learner", nargs="*", default=list(PARAMETERS))
    parser.add_argument("--tables")
    parser.add_argument("--threads", default="2")
    options = parser.parse_args()
    perebor = os.path.abspath(options.perebor)
    tables = options.tables or real_tables() or os.path.abspath(os.path.join(os.path.dirname(EXPERIMENT), "data"))
    print(f"tables: {tables}, {options.threads} threads, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for learner in options.learner:
            write_experiment("shop.yaml", tables, PARAMETERS[learner])
            for command in (["run", "shop.yaml", "-o", "shop.h5", "-q", "--overwrite"], ["refit", "shop.h5"]):
                subprocess.run([perebor, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            begin, begin_cpu = time.time(), cpu()
            said = subprocess.run([perebor, "explain", "shop.h5", "--kinds", "shapley", "--shapes", "none", "--threads", options.threads], check=True,
                                  stdout=subprocess.PIPE, text=True).stdout
            seconds, used = time.time() - begin, cpu() - begin_cpu
            print(f"{learner}: {seconds:.2f} s, CPU {used:.2f} s; {said.splitlines()[0]}")


if __name__ == "__main__":
    main()
