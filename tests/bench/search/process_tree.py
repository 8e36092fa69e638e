# SPDX-License-Identifier: MIT
"""What a process and all its descendants use, from /proc."""
import os
import subprocess
import threading
import time


def members(pid):
    """A process and its descendants."""
    found = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as stream:
                for child in stream.read().split():
                    found += members(int(child))
    except OSError:
        pass  # it has ended
    return found


def cpu_seconds(pid):
    """User and system time, of children that have ended as well."""
    ticks = 0
    for member in members(pid):
        try:
            with open(f"/proc/{member}/stat") as stream:
                ticks += sum(int(field) for field in stream.read().rsplit(")", 1)[1].split()[11:15])
        except OSError:
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_bytes(pid):
    """Proportional set size: pages that processes share count once."""
    total = 0
    for member in members(pid):
        try:
            with open(f"/proc/{member}/smaps_rollup") as stream:
                total += sum(int(line.split()[1]) for line in stream if line.startswith("Pss:"))
        except OSError:
            pass
    return 1024 * total


def run(command, watch_memory=False):
    """Runs a command to its end: (wall seconds, CPU seconds, largest PSS or None, standard output).

    CPU seconds are those of all its descendants that were waited for. Reading PSS costs the watched
    processes time, so runs that are timed are not watched."""
    peak = [0]
    before, started = os.times(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)

    def watch():
        while process.poll() is None:
            peak[0] = max(peak[0], pss_bytes(process.pid))
            time.sleep(0.02 if time.perf_counter() - started < 5 else 0.5)

    watcher = threading.Thread(target=watch, daemon=True)
    if watch_memory:
        watcher.start()
    output = process.stdout.read()
    code = process.wait()
    wall, after = time.perf_counter() - started, os.times()
    if code != 0:
        raise SystemExit(f"{command[0]} ended with {code}: {' '.join(command)}")
    if watch_memory:
        watcher.join()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu, peak[0] if watch_memory else None, output
