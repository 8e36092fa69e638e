#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How far the replay of a job (perebor simulate) is from the job.

usage: replayed.py BUILD [RANKS...]        build/release; ranks 1 2 3 4 if none are named

Units of 1 to 10 ms that sleep, so that ranks do not need a core each: more of them than there are cores
keep to their times all the same. Job and replay take turns; the median of five jobs is compared.
"""
import re
import statistics
import subprocess
import sys

UNITS, MICROSECONDS, BYTES = 2000, 1000, 100
LINE = re.compile(r"rank 0: wall (\S+)")


def job(build, ranks):
    command = ["mpirun", "-n", str(ranks), f"{build}/tests/mpi/exercise", f"units={UNITS}", f"microseconds={MICROSECONDS}",
               f"bytes={BYTES}", "threads=1", "timings=1", "oversubscribe=1", "spread=1"]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return float(LINE.search(output).group(1))


def replay(build, ranks):
    command = [f"{build}/tests/bench/exec/bench_replay", UNITS, MICROSECONDS, BYTES, 1, ranks]
    output = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True).stdout
    return float(output.split()[1])


def main():
    build = sys.argv[1]
    for ranks in [int(word) for word in sys.argv[2:]] or [1, 2, 3, 4]:
        measured = statistics.median(job(build, ranks) for _ in range(5))
        replayed = replay(build, ranks)
        print(f"{ranks} ranks: job {measured:.3f} s, replayed {replayed:.3f} s: {replayed / measured - 1:+.1%}")


main()
