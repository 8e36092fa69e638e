#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Memory of boosting beside its peers' (compare_peers.py): by how much the largest resident size of a process that has the table
grows while it fits and predicts.

    compare_memory.py build/release/tests/bench/learner/bench_learner [ROWS COLUMNS]

100 trees of 31 leaves on 100 000 x 30 unless said. The table is made elsewhere and read; the peers run once on a few rows before,
so that what they load with a first fit does not count."""
import os
import subprocess
import sys
import tempfile

import compare_peers
import numpy as np
import one_fold


def kibibytes(field):
    """VmRSS, the resident size, or VmHWM, the largest so far."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field + ":"))


def grown_kibibytes(name, file):
    """Of a peer, in this process."""
    arrays = np.load(file)
    data = one_fold.Table(arrays["X"], arrays["y"], arrays["V"])
    peer = compare_peers.PEERS[name]
    peer(one_fold.Table(data.X[:500], data.y[:500], data.V[:500]), {"n_estimators": 2})
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")  # the largest so far is that of now
    before = kibibytes("VmRSS")
    peer(data, {})
    return kibibytes("VmHWM") - before


def main():
    if sys.argv[1] == "--peer":
        print(grown_kibibytes(*sys.argv[2:]))
        return
    n, columns = (int(word) for word in sys.argv[2:4]) if len(sys.argv) > 2 else (100000, 30)
    data, _ = compare_peers.table(n, columns)
    with one_fold.Bench(sys.argv[1], "boost", compare_peers.SETTINGS, None, quiet=True) as bench:
        own = bench.run(data, [{}], "alone")[2]
    print(f"{n} x {columns}, {8 * data.X.size / 1024:.0f} KiB: perebor {own:.0f} KiB")
    with tempfile.TemporaryDirectory(prefix="perebor-bench-") as folder:
        file = os.path.join(folder, "table.npz")
        np.savez(file, X=data.X, y=data.y, V=data.V)
        for name in compare_peers.PEERS:
            theirs = float(subprocess.run([sys.executable, __file__, "--peer", name, file], check=True, stdout=subprocess.PIPE).stdout)
            print(f"    {name} {theirs:.0f} KiB, perebor {own / theirs:.2f} of that", flush=True)


if __name__ == "__main__":
    main()
