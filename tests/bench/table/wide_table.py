#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a table of many columns takes: `perebor init`, `check` and, if asked for, `profile`, beside pandas.read_csv.

usage: wide_table.py PEREBOR [ROWS [COLUMNS [profile]]]        (default: 100000 rows of 1000 numbers)

Prints CPU seconds and the largest resident memory of each, in a process of its own. init reads and types the table and writes
an experiment; check reads, types and digests it, looks for columns that give the target away and foretells the cost; pandas
reads and types it, importing not counted."""
import os
import random
import subprocess
import sys
import tempfile

PANDAS = """
import sys, time
import pandas
start = time.process_time()
table = pandas.read_csv(sys.argv[1])
print(time.process_time() - start, len(table))
"""


def write_table(path, n_rows, n_columns):
    draw = random.Random(1)
    line = ",".join(["%d"] + ["%.4f"] * n_columns + ["%d"]) + "\n"
    with open(path, "w", encoding="ascii") as stream:
        stream.write(",".join(["id", *(f"c{i}" for i in range(n_columns)), "target"]) + "\n")
        for row in range(n_rows):
            values = [draw.gauss(0.0, 5.0) for _ in range(n_columns)]
            stream.write(line % (row, *values, sum(values[:5]) + draw.gauss(0.0, 10.0) > 0.0))


def run(command, folder):
    """(CPU seconds, MiB at most) of a process, and what it printed."""
    with open(os.path.join(folder, "said"), "w+", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if process.returncode != 0:
        sys.exit(f"{command}: exit code {process.returncode}\n{said}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024.0, said


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = os.path.abspath(sys.argv[1])
    n_rows, n_columns = (int(text) for text in (sys.argv[2:4] + ["100000", "1000"][len(sys.argv[2:4]):]))
    with tempfile.TemporaryDirectory(prefix="perebor-bench-") as folder:
        write_table(os.path.join(folder, "table.csv"), n_rows, n_columns)
        commands = [["init", "table.csv", "--output", "table.yaml"], ["check", "table.yaml"]]
        if sys.argv[4:] == ["profile"]:
            commands.append(["profile", "table.yaml"])
        print(f"{n_rows} rows of {n_columns} numbers, {os.path.getsize(os.path.join(folder, 'table.csv')) / 2**20:.0f} MiB")
        for command in commands:
            seconds, memory, _ = run([program, *command], folder)
            print(f"perebor {command[0]:10s} {seconds:8.2f} CPU s {memory:8.0f} MiB", flush=True)
        _, memory, said = run([sys.executable, "-c", PANDAS, "table.csv"], folder)
        print(f"pandas.read_csv    {float(said.split()[0]):8.2f} CPU s {memory:8.0f} MiB")


if __name__ == "__main__":
    main()
