#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whole searches on 1, 2, 3 and 4 ranks beside what 'perebor simulate' says of them, where there are fewer cores.

usage: fixed_share.py PEREBOR [SHARE [TRIALS]]        as root; a share of a core, 0.25 unless another is named

Each rank is given the same share of a core, whoever else computes: a control group of its own with a quota,
below one that comes before the rest of the machine (version 1 of control groups, /sys/fs/cgroup/cpu). So a unit
takes as long on four ranks as on one, as it would if every rank had a core. Three searches of each; what the
median search of one rank measured is replayed on the others, and what each measured on its own number.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
EXPERIMENT = os.path.join(ROOT, "experiments", "one_click", "experiment.yaml")
GROUP = "/sys/fs/cgroup/cpu/perebor_fixed_share"
QUOTA_MICROSECONDS = 1000  # the least there is: a period is shorter than most units
RANKS = (1, 2, 3, 4)
REPEATS = 3


def put(value, *path):
    with open(os.path.join(GROUP, *path), "w", encoding="ascii") as stream:
        stream.write(str(value))


def make_groups(share):
    os.mkdir(GROUP)
    put(262144, "cpu.shares")
    for rank in range(max(RANKS)):
        os.mkdir(os.path.join(GROUP, str(rank)))
        put(round(QUOTA_MICROSECONDS / share), str(rank), "cpu.cfs_period_us")
        put(QUOTA_MICROSECONDS, str(rank), "cpu.cfs_quota_us")


def remove_groups():
    for rank in range(max(RANKS)):
        os.rmdir(os.path.join(GROUP, str(rank)))
    os.rmdir(GROUP)


def search(perebor, ranks, trials, result):
    script = f'echo $$ >{GROUP}/${{PMI_RANK:-0}}/cgroup.procs; exec "$@"'
    command = ["mpiexec.hydra", "-n", str(ranks), "sh", "-c", script, "sh", perebor, "run", EXPERIMENT, "-q", "-o", result,
               "--trials", str(trials), "--threads", "1", "--oversubscribe"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def replay(perebor, result):
    words = [perebor, "simulate", result, "--ranks", ",".join(map(str, RANKS)), "--format", "json"]
    found = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return found["measured_seconds"], {row["ranks"]: row["seconds"] for row in found["rows"]}, found["unit_seconds"]


def main():
    perebor = os.path.abspath(sys.argv[1])
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 0.25
    trials = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    make_groups(share)
    try:
        with tempfile.TemporaryDirectory() as folder:
            runs = {ranks: [] for ranks in RANKS}
            for repeat in range(REPEATS):
                for ranks in RANKS:
                    result = os.path.join(folder, f"{ranks}_{repeat}.h5")
                    search(perebor, ranks, trials, result)
                    runs[ranks].append(replay(perebor, result))
    finally:
        remove_groups()
    of_one = sorted(runs[1], key=lambda run: run[0])[REPEATS // 2][1]
    print(f"{trials} trials of the shop's space, every rank {share:g} of a core; medians of {REPEATS}")
    for ranks in RANKS:
        measured, units = (statistics.median(run[i] for run in runs[ranks]) for i in (0, 2))
        own = statistics.median(predicted[ranks] / seconds - 1 for seconds, predicted, _ in runs[ranks])
        print(f"{ranks} ranks: search {measured:.2f} s, of which units {units:.2f} s of one thread; replayed from one rank "
              f"{of_one[ranks]:.2f} s: {of_one[ranks] / measured - 1:+.1%}; from its own units {own:+.1%}; all searches: "
              f"{' '.join(f'{run[0]:.2f}' for run in runs[ranks])}")


main()
