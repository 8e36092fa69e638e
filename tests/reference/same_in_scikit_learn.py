#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the code of docs/how-to/same-in-scikit-learn.md: every trial, fold by fold, with scikit-learn.

usage: same_in_scikit_learn.py PEREBOR
"""
import os
import re
import shutil
import subprocess
import sys
import warnings

import shop

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

try:
    import h5py  # noqa: F401
    import pandas  # noqa: F401
    import sklearn
except ImportError as missing:
    shop.skip(f"{missing}: install python3-sklearn, python3-pandas and python3-h5py")
if tuple(map(int, sklearn.__version__.split(".")[:2])) < (1, 2):
    shop.skip(f"scikit-learn is {sklearn.__version__}, the page is written for 1.2")


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def main():
    perebor = os.path.abspath(sys.argv[1])
    with open(os.path.join(ROOT, "docs", "how-to", "same-in-scikit-learn.md"), encoding="utf-8") as stream:
        page = stream.read()
    with shop.work_folder() as work:
        shutil.copytree(os.path.join(ROOT, "experiments", "flat_csv"), os.path.join(work, "experiments", "flat_csv"))
        os.mkdir(os.path.join(work, "results"))
        os.chdir(work)
        with open("experiments/flat_csv/same.yaml", "w", encoding="utf-8") as stream:
            stream.write("".join(blocks(page, "yaml")))
        for command in "".join(blocks(page, "sh")).splitlines():
            subprocess.run([perebor, *command.split()[1:], "-q"], check=True)
        warnings.filterwarnings("ignore")  # solvers at the end of their precision
        exec(compile("\n".join(blocks(page, "python")), "same-in-scikit-learn.md", "exec"), {})
        os.chdir(ROOT)


main()
