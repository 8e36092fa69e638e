#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How busy ranks are kept by units of one millisecond.

usage: busy_units.py EXERCISE [RANKS]        build/release/tests/mpi/exercise

Every unit burns 1 ms of CPU time. Prints medians of five runs: the share of its threads' time that a
job computes (what is left is waiting), how well compute and wait add up to wall time, and the share
of the ideal rate, which means something only where every rank has a core of its own.
"""
import re
import statistics
import subprocess
import sys

UNITS = 2000
LINE = re.compile(r"rank \d+: wall (\S+) compute (\S+) wait (\S+) protocol (\S+) units \d+ threads (\d+)")


def run(exercise, ranks):
    command = ["mpirun", "-n", str(ranks), exercise, f"units={UNITS}", "microseconds=1000", "bytes=100",
               "threads=1", "timings=1"]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    ledgers = [[float(word) for word in found.groups()] for found in LINE.finditer(output)]
    if len(ledgers) != ranks:
        sys.exit(f"{exercise} told of {len(ledgers)} ranks:\n{output}")
    thread_seconds = sum(wall * threads for wall, _, _, _, threads in ledgers)
    compute, wait, protocol = (sum(ledger[i] for ledger in ledgers) for i in (1, 2, 3))
    longest = max(ledger[0] for ledger in ledgers)
    return (compute / thread_seconds, abs(compute + wait - thread_seconds) / thread_seconds,
            protocol / thread_seconds, 1e-3 * UNITS / (ranks * longest))


def main():
    ranks = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    runs = [run(sys.argv[1], ranks) for _ in range(5)]
    computing, gap, protocol, ideal = (statistics.median(column) for column in zip(*runs))
    print(f"{ranks} ranks, {UNITS} units of 1 ms: computing {computing:.2%} of their threads' time; compute + wait "
          f"misses wall time by {gap:.3%}; protocol {protocol:.2%} beside them; {ideal:.1%} of the ideal rate")


main()
