#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whole searches beside scikit-learn's own search machinery: same trials, same folds, same cores.

usage: compare_sklearn.py PEREBOR [mix] [knn] [tree] [logreg] [svc] [shipped] [gridded] [optuna] [start]
                          [memory] [ledger] [--data FOLDER] [--cores N] [--runs N] [--trials N]
                          [--peer-trials N] [--one-rank]

Without names, everything. Prints a Markdown table of medians over interleaved runs. A ratio is
scikit-learn's seconds over perebor's: wall seconds of perebor's whole process (start, tables, search,
result file, end) against those of scikit-learn's search alone, its workers started before, and CPU
seconds likewise.

scikit-learn shares nothing between trials, so its time grows with their number: where it runs only
the first of a list, its time is scaled to all of it, and the table says so.
"""
import argparse
import importlib.util
import json
import os
import platform
import re
import statistics
import sys
import tempfile
import time

import process_tree
import shop_table
import trial_list

HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "..", "..", "..", "experiments", "one_click", "experiment.yaml")
UNBOOSTED = {"values": ["logreg", "svc", "knn", "tree", "forest", "boost"],
             "probabilities": [0.26, 0.26, 0.21, 0.11, 0.16, 0]}
NAMES = ["mix", *trial_list.FAMILIES, "shipped", "gridded", "optuna", "start", "memory", "ledger"]


class Bench:
    def __init__(self, arguments, work):
        self.arguments = arguments
        self.work = work
        self.result = os.path.join(work, "result.h5")

    def experiment(self, search):
        """Writes an experiment with this search section; JSON is YAML."""
        path = os.path.join(self.work, "experiment.yaml")
        with open(path, "w", encoding="utf-8") as stream:
            json.dump({
                "version": 1,
                "name": "bench",
                "seed": 42,
                "data": shop_table.section(self.arguments.data),
                "split": {"test_size": 0.25, "stratify": True, "seed": 42},
                "cv": {"method": "stratified_kfold", "n_splits": 5, "shuffle": True, "seed": 42},
                "search": search,
            }, stream, ensure_ascii=False)
        return [path]

    def shipped(self, n, sampler):
        """The shipped experiment with n trials of its own space, but for boosting: scikit-learn's draws no rows."""
        return [SHIPPED, "--set", f"data.root={self.arguments.data}", "--set", f"search.sampler={sampler}",
                "--set", f"search.parameters.model={json.dumps(UNBOOSTED)}", "--trials", str(n)]

    def perebor(self, options, ranks, share="exact", memory=False):
        command = [self.arguments.perebor, "run", *options, "-q", "--overwrite", "-o", self.result,
                   "--share", share, "--threads", str(self.arguments.cores // ranks)]
        if ranks > 1:
            command = ["mpirun", "-n", str(ranks), *command]
        return process_tree.run(command, memory)

    def trials(self):
        """The trials of the last result file."""
        command = [self.arguments.perebor, "export", self.result, "--format", "json"]
        return json.loads(process_tree.run(command)[3])

    def sklearn(self, points, repeats=1, warm=False, memory=False):
        """The whole process's figures, and what it says of the search alone."""
        path = os.path.join(self.work, "task.json")
        with open(path, "w", encoding="utf-8") as stream:
            json.dump({"folder": self.arguments.data, "n_jobs": self.arguments.cores, "repeats": repeats,
                       "warm": warm, "points": points}, stream, ensure_ascii=False)
        command = [sys.executable, os.path.join(HERE, "sklearn_search.py"), path]
        wall, cpu, pss, output = process_tree.run(command, memory)
        return wall, cpu, pss, json.loads(output)

    def ways(self):
        """How perebor is started: ranks, and whether it shares."""
        cores = self.arguments.cores
        found = [(1, "off"), (1, "exact")]
        several = cores > 1 and not self.arguments.one_rank
        return found + [(cores, "off"), (cores, "exact")] if several else found

    def compare(self, name, options, points, n, repeats=1, ways=None):
        """Interleaved runs of perebor on n trials and of scikit-learn on some of them."""
        ways = ways or self.ways()
        peer = points[:n]
        theirs, ours = [], {way: [] for way in ways}
        for _ in range(self.arguments.runs):
            found = self.sklearn(peer, repeats, warm=True)[3]
            theirs.append((found["wall"] * n / len(peer), found["cpu"] * n / len(peer)))
            for way in ways:
                ours[way].append(self.perebor(options, *way)[:2])
        scaled = f" (scaled from {len(peer)})" if len(peer) < n else ""
        for way in ways:
            ratios = [statistics.median(t[i] / o[i] for t, o in zip(theirs, ours[way])) for i in (0, 1)]
            wall, cpu = (statistics.median(o[i] for o in ours[way]) for i in (0, 1))
            peer_wall, peer_cpu = (statistics.median(t[i] for t in theirs) for i in (0, 1))
            print(f"| {name}, {n} trials{scaled} | {way[0]} × {self.arguments.cores // way[0]} | {way[1]} | "
                  f"{peer_wall:.2f} | {wall:.3f} | **{ratios[0]:.0f}×** | {peer_cpu:.2f} | {cpu:.3f} | "
                  f"**{ratios[1]:.0f}×** |", flush=True)
        return found["scores"]


def print_agreement(name, trials, scores):
    """That both sides did the same work: how far apart the trials' mean scores are."""
    apart = sorted(abs(trial["mean_test_score"] - score) for trial, score in zip(trials, scores)
                   if trial["state"] == "COMPLETE" and score is not None)
    print(f"  {name}: mean score of {len(apart)} trials apart by {statistics.median(apart):.1e} (median), "
          f"{apart[int(0.95 * (len(apart) - 1))]:.1e} (95 %)", file=sys.stderr)


def compare_mix(bench):
    points = trial_list.draw_mix(500)
    options = bench.experiment(trial_list.list_section(points))
    scores = bench.compare("mix", options, points[:bench.arguments.peer_trials or 500], 500)
    print_agreement("mix", bench.trials(), scores)


def compare_family(bench, name):
    """Trials of one learner, drawn by perebor; scikit-learn runs the first of them."""
    options = bench.experiment(trial_list.space_section(name, bench.arguments.trials))
    bench.perebor(options, 1)
    points = [trial["params"] for trial in bench.trials()][:bench.arguments.peer_trials or 200]
    scores = bench.compare(name, options, points, bench.arguments.trials)
    print_agreement(name, bench.trials(), scores)


def history(bench):
    """What the last result file says of where time went; None without h5py."""
    try:
        import h5py
    except ImportError:
        return None
    with h5py.File(bench.result, "r") as result:
        return str(result.attrs["history"])


def compare_shipped(bench, sampler="independent"):
    """10 000 trials of the shipped space; scikit-learn's time from its first ones."""
    options = bench.shipped(10000, sampler)
    bench.perebor(bench.shipped(bench.arguments.peer_trials or 500, sampler), 1)
    points = [trial["params"] for trial in bench.trials()]
    ways = [way for way in bench.ways() if way[1] == "exact"]
    name = "shipped space" if sampler == "independent" else f"shipped space, {sampler} sampler"
    bench.compare(name, options, points, 10000, 2, ways)
    found = re.search(r"predicted (\S+), unshared ([^\s;]+)", history(bench) or "")
    if found:
        print(f"  {name}: sharing saves {float(found[2]) / float(found[1]):.2f} times as predicted", file=sys.stderr)


def compare_optuna(bench):
    """The mix as Optuna draws it, evaluated by scikit-learn in its process; CPU of one core each."""
    n = bench.arguments.peer_trials or 100
    path = os.path.join(bench.work, "task.json")
    with open(path, "w", encoding="utf-8") as stream:
        json.dump({"folder": bench.arguments.data, "n_trials": n}, stream)
    options = bench.experiment(trial_list.list_section(trial_list.draw_mix(500)))
    if importlib.util.find_spec("optuna") is None:
        print("\nNo comparison with Optuna: it is not installed here (Debian: python3-optuna).", flush=True)
        return
    theirs = json.loads(process_tree.run([sys.executable, os.path.join(HERE, "optuna_search.py"), path])[3])
    wall, cpu = bench.perebor(options, 1)[:2]
    peer = theirs["cpu"] * 500 / n
    print(f"| mix, 500 trials (scaled from {n}), Optuna {theirs['version']} with scikit-learn | "
          f"1 × {bench.arguments.cores} | exact | - | {wall:.3f} | - | {peer:.2f} | {cpu:.3f} | "
          f"**{peer / cpu:.0f}×** |", flush=True)
    print(f"  Optuna's own CPU time for a trial, random sampling: {theirs['memory_ms']:.2f} ms in memory, "
          f"{theirs['sqlite_ms']:.1f} ms in SQLite", file=sys.stderr)


def compare_start(bench):
    """One trial, from nothing to the end of the process."""
    points = [{"model": "logreg", "logreg__penalty": "l2", "logreg__C": 1.0, "scale": "standard",
               "encode__nominal": "onehot_first", "select__k": None}]
    options = bench.experiment(trial_list.list_section(points))
    pairs = [(bench.sklearn(points), bench.perebor(options, bench.arguments.cores))
             for _ in range(max(3, bench.arguments.runs))]
    middle = lambda side, i: statistics.median(pair[side][i] for pair in pairs)
    ratio = lambda i: statistics.median(theirs[i] / ours[i] for theirs, ours in pairs)
    print(f"| start-up: one trial, whole process | {bench.arguments.cores} × 1 | exact | {middle(0, 0):.2f} | "
          f"{middle(1, 0):.3f} | **{ratio(0):.0f}×** | {middle(0, 1):.2f} | {middle(1, 1):.3f} | "
          f"**{ratio(1):.0f}×** |", flush=True)


def compare_memory(bench):
    points = trial_list.draw_mix(500)
    options = bench.experiment(trial_list.list_section(points))
    theirs = bench.sklearn(points[:bench.arguments.peer_trials or 60], memory=True)[2]
    for ranks in sorted({1, bench.arguments.cores}):
        ours = bench.perebor(options, ranks, memory=True)[2]
        print(f"\nLargest PSS over all processes, mix of 500: scikit-learn {theirs / 2**20:.0f} MiB, perebor with "
              f"{ranks} ranks {ours / 2**20:.0f} MiB: 1/{theirs / ours:.1f}", flush=True)


def gap(ledger):
    """By how much a rank's ledger misses its wall time, the job's once for each thread."""
    number = lambda name: float(re.search(rf"{name} (\S+?)[;,]?( |$)", ledger)[1])
    whole = number("start") + number("job")
    parts = sum(number(name) for name in ("prepare", "fit", "predict", "score", "other", "wait"))
    return abs(number("start") + parts / number("threads") - whole) / whole


def print_ledger(bench):
    """Where perebor's time went, from the history that it wrote; it adds up within 1 %."""
    points = trial_list.draw_mix(500)
    bench.perebor(bench.experiment(trial_list.list_section(points)), bench.arguments.cores)
    told = history(bench)
    if told is None:
        print("\nNo ledger: h5py is not here.")
        return
    start, *ranks = told.splitlines()
    print(f"\nLedger of the mix, {bench.arguments.cores} ranks: {start}")
    for ledger in ranks:
        print(f"{ledger}\n  misses wall time by {gap(ledger):.3%}")
        if gap(ledger) > 0.01:
            raise SystemExit("this ledger does not add up within 1 %")


def read_arguments():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].replace("usage: ", ""))
    parser.add_argument("perebor")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--data", default=shop_table.bundled())
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--trials", type=int, default=2000, help="of each family")
    parser.add_argument("--one-rank", action="store_true", help="no runs of a rank a core")
    parser.add_argument("--peer-trials", type=int, default=0, help="that scikit-learn runs of a list, to save time")
    arguments = parser.parse_args()
    arguments.data = os.path.abspath(arguments.data)
    arguments.perebor = os.path.abspath(arguments.perebor)
    for name in arguments.names:
        if name not in NAMES:
            parser.error(f"there is no part {name}; the parts are {', '.join(NAMES)}")
    if not os.path.isfile(os.path.join(arguments.data, "market_file.csv")):
        parser.error(f"{arguments.data} has no market_file.csv; name the folder of the tables with --data")
    return arguments


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:
            return next(line.split(": ")[1].strip() for line in stream if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def main():
    arguments = read_arguments()
    names = arguments.names or NAMES
    print(f"{time.strftime('%Y-%m-%d')}, {processor()}, {arguments.cores} of {os.cpu_count()} cores, load "
          f"{os.getloadavg()[0]:.1f}; medians of {arguments.runs} interleaved runs; seconds.\n")
    print("| work | ranks × threads | share | scikit-learn wall | perebor wall | ratio | scikit-learn CPU | "
          "perebor CPU | ratio |\n|---|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="perebor-bench-") as work:
        bench = Bench(arguments, work)
        if "mix" in names:
            compare_mix(bench)
        for name in trial_list.FAMILIES:
            if name in names:
                compare_family(bench, name)
        for name, part in (("shipped", compare_shipped),
                           ("gridded", lambda searches: compare_shipped(searches, "gridded")),
                           ("optuna", compare_optuna), ("start", compare_start), ("memory", compare_memory),
                           ("ledger", print_ledger)):
            if name in names:
                part(bench)
    print(f"\nLoad at the end {os.getloadavg()[0]:.1f}: other work on the machine slows both sides; "
          "CPU seconds say more than wall seconds then.")


main()
