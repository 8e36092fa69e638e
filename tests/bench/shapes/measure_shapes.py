#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The map: every learner on tables of every shape, beside its peers, in CPU time and memory.

    measure_shapes.py [--budget SECONDS] [--limit SECONDS] [--only TEXT] [--again | --alone] build/release
    measure_shapes.py --missing

A cell is one fit and prediction of one fold: see tables.py and peers.py. Both sides take turns and repeat what is short. Cells that
are known are not measured again, unless told so. What is foreseen to be quick goes first; a cell whose peer takes longer than the
limit (600 seconds), or is foreseen to, is left out, as is what the budget no longer reaches. Figures go to figures.json beside the
other benches', cell by cell, and from there with the picture into docs/performance.md, with a dash where a peer is foreseen to take
more than ten minutes, or is handed tables written out and this one would be too large. --missing says how much of the grid is not known yet. --alone runs our side of the cells that are known
again: their forecasts and memory become those of this build, and their times stay those of the run that had both sides."""
import argparse
import math
import os
import statistics
import subprocess
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one core on both sides

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "learner")]

import draw_map
import one_fold
import peers
import tables
import write_tables

ENOUGH = 0.1  # CPU seconds of runs that a figure is made of, three times
LONG = 3.0  # CPU seconds of a run that is not repeated
TEN_MINUTES = 600.0  # CPU seconds of the peer beyond which a cell is none of the map's


def key(name, shape):
    return "|".join(map(str, (name, *shape)))


def foreseen(rows, name, shape):
    """CPU seconds of the peer on a shape, from what is known of fewer rows; None if nothing is."""
    for fewer in tables.ROWS[::-1]:
        known = rows.get(key(name, (fewer, *shape[1:])))
        if known and fewer < shape[0]:
            return known["peers"][0]["seconds"] * (shape[0] / fewer) ** peers.CONTESTS[name].growth
    return None


def measure_ours(bench, table):
    """Our figures of one cell without the peer's."""
    first = bench.run(table, [{}], "alone")
    n = max(1, min(200, round(ENOUGH / max(first[0], 1e-4))))
    seconds = [bench.run(table, [{}] * n, "alone")[0] / n for _ in range(3)] if first[0] < LONG else [first[0]]
    return {"memory": first[2], "told": first[3] * first[4] / statistics.median(seconds)}


def measure_cell(bench, contest, table, limit):
    """The figures of one cell, or None where a side takes too long."""
    first = bench.run(table, [{}], "alone")
    n, ours = max(1, min(200, round(ENOUGH / max(first[0], 1e-4)))), []
    theirs = {name: [] for name in contest.peers}
    for turn in range(3):
        if turn == 0 or first[0] < LONG:
            ours.append(bench.run(table, [{}] * n, "alone")[0] / n if n > 1 or turn > 0 else first[0])
        for name, make in contest.peers.items():
            if turn == 0 or theirs[name][0][0] < LONG:
                found = peers.measure(make, table, ENOUGH, limit)
                if found is None:
                    return None
                theirs[name].append(found)
    return {"ours": statistics.median(ours), "memory": first[2], "told": first[3] * first[4] / statistics.median(ours),
            "peers": [{"name": name, "seconds": statistics.median(s for s, _ in runs), "memory": runs[0][1]}
                      for name, runs in theirs.items()]}


def all_cells():
    """(name, shape) of the whole grid."""
    return [(name, shape) for shape in tables.shapes() for name in peers.CONTESTS]


def order(rows, name, shape):
    """What is quicker by a factor of two goes first, and among as quick ones those of one table together."""
    return round(math.log2(max(foreseen(rows, name, shape) or 0.0, 0.1))), shape


def in_order(rows, cells):
    """The cells, quick ones first by what is known when each is asked for."""
    while cells:
        cell = min(cells, key=lambda cell: order(rows, *cell))
        cells.remove(cell)
        yield cell


def is_beyond(rows, name, shape):
    return (foreseen(rows, name, shape) or 0.0) > TEN_MINUTES or peers.is_too_large(name, shape)


def beyond(rows):
    """The cells that are none of the map's: their peers are foreseen to take too long, or want too large a table written out."""
    return [key(*cell) for cell in all_cells() if key(*cell) not in rows and is_beyond(rows, *cell)]


def cells(rows, again, alone, only):
    return [cell for cell in all_cells() if only in key(*cell) and (key(*cell) in rows if alone else again or key(*cell) not in rows)]


def say_missing(rows):
    for n_rows in tables.ROWS:
        names = [key(*cell) for cell in all_cells() if cell[1][0] == n_rows]
        print(f"{n_rows} rows: {sum(name in rows for name in names)} of {len(names)} cells measured")
    n_missing, n_beyond = sum(key(*cell) not in rows for cell in all_cells()), len(beyond(rows))
    print(f"{n_missing} of {len(all_cells())} are missing; {n_beyond} of these are beyond the peer: ten minutes, or the table written out")


def save(rows, version):
    figures = write_tables.read()
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
        processor = next(line.split(":", 1)[1].strip() for line in stream if line.startswith("model name"))
    figures["shapes"] = {"date": time.strftime("%Y-%m-%d"), "load": round(os.getloadavg()[0], 1), "processor": processor,
                         "cores": os.cpu_count(), "version": version, "rows": list(rows.values()), "beyond": beyond(rows)}
    write_tables.keep(figures)


def say(cell, found):
    fastest = min(found["peers"], key=lambda peer: peer["seconds"])
    print(f"{cell:44s} {1e3 * fastest['seconds']:10.3f} {1e3 * found['ours']:10.3f} {fastest['seconds'] / found['ours']:7.2f}x "
          f"{fastest['memory'] / 1024:6.1f} {found['memory'] / 1024:6.1f} {found['told']:9.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", default="build/release")
    parser.add_argument("--missing", action="store_true", help="say how many cells are not known yet, and measure nothing")
    parser.add_argument("--budget", type=float, default=float("inf"), help="stop after so many seconds")
    parser.add_argument("--limit", type=float, default=TEN_MINUTES, help="longest CPU time of a peer on a cell")
    parser.add_argument("--only", default="", help="cells whose name has this text, such as 'tree|10000|'")
    parser.add_argument("--again", action="store_true", help="measure what is known, too")
    parser.add_argument("--alone", action="store_true", help="forecasts and memory of what is known, without the peers")
    options = parser.parse_args()
    rows = {row["cell"]: row for row in write_tables.read().get("shapes", {}).get("rows", [])}
    if options.missing:
        say_missing(rows)
        return
    program = os.path.join(options.build, "tests/bench/learner/bench_learner")
    version = subprocess.run([os.path.join(options.build, "perebor"), "--version"], check=True, stdout=subprocess.PIPE,
                             text=True).stdout.split("\n")[0]
    end = time.monotonic() + options.budget
    drawn, table = None, None
    print(f"{'CPU ms, fit + predict':44s} {'peer':>10s} {'perebor':>10s} {'ratio':>8s} {'MiB':>14s} {'foretold':>9s}")
    for name, shape in in_order(rows, cells(rows, options.again, options.alone, options.only)):
        cell = key(name, shape)
        wait = rows[cell]["ours"] if options.alone else foreseen(rows, name, shape)
        if time.monotonic() + (wait or 0.0) > end or (wait is not None and wait > options.limit) or peers.is_too_large(name, shape):
            continue
        if shape != drawn:
            drawn, table = shape, tables.draw(*shape)
        contest = peers.CONTESTS[name]
        with one_fold.Bench(program, contest.learner, contest.settings, None, quiet=True) as bench:
            if options.alone:
                found = {**rows[cell], **measure_ours(bench, table)}
            else:
                found = measure_cell(bench, contest, table, min(options.limit, max(1.0, end - time.monotonic())))
        if found is None:
            print(f"{cell:44s} longer than the limit", flush=True)
            continue
        rows[cell] = {"cell": cell, "version": version, **found, **({"told_by": version} if options.alone else {})}
        save(rows, version)
        say(cell, found)
    say_missing(rows)
    draw_map.write(list(rows.values()), beyond(rows))
    write_tables.write(write_tables.read())


if __name__ == "__main__":
    main()
