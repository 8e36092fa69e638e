#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Many made-up customers explained by one rank and by two: wall and CPU seconds of `perebor explain`, peak of memory.

usage: many_customers.py build/release/perebor [logreg|tree|knn|svc ...] [--rows N] [--ranks 1,2] [--test-size 0.25]
       [--background 100]

Each rank has one thread. Tables are read and the file written by rank 0 alone, so a rank more divides the rest.
Digests must agree.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

import all_customers

GENERATOR = os.path.join(all_customers.ROOT, "experiments", "one_click", "generator.yaml")


def used(command):
    """Runs it. Returns wall seconds, CPU seconds, and the most that one process took, in MB."""
    begin = time.time()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)} failed")
    return time.time() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("perebor")
    parser.add_argument("learner", nargs="*", default=["logreg", "tree"])
    parser.add_argument("--rows", default="100000")
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--test-size", default="0.25", help="what is not fitted on")
    parser.add_argument("--background", default="100")
    options = parser.parse_args()
    perebor = os.path.abspath(options.perebor)
    print(f"{options.rows} customers, one thread a rank, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        generate = [perebor, "generate", GENERATOR, "--rows", options.rows, "-q", "-o", os.path.join(folder, "data")]
        subprocess.run(generate, check=True)
        os.chdir(folder)
        for learner in options.learner:
            all_customers.write_experiment("shop.yaml", os.path.join(folder, "data"), all_customers.PARAMETERS[learner])
            run = ["run", "shop.yaml", "-o", "shop.h5", "-q", "--overwrite", "--set", f"split.test_size={options.test_size}"]
            for command in (run, ["refit", "shop.h5"]):
                subprocess.run([perebor, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            digests = set()
            for ranks in options.ranks.split(","):
                subprocess.run(["cp", "shop.h5", "out.h5"], check=True)
                wall, cpu, memory = used(["mpirun", "-n", ranks, perebor, "explain", "out.h5", "--threads", "1", "--oversubscribe",
                                          "--kinds", "shapley", "--shapes", "none", "--background", options.background])
                said = subprocess.run([perebor, "digest", "out.h5", "--stage", "explain"], check=True, stdout=subprocess.PIPE,
                                      text=True).stdout
                digests.add(re.sub(r"\s", "", said))
                print(f"{learner}, {ranks} ranks: {wall:.1f} s, CPU {cpu:.1f} s, {memory:.0f} MB a process at most")
            if len(digests) != 1:
                sys.exit("the digests differ")


if __name__ == "__main__":
    main()
