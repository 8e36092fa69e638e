# SPDX-License-Identifier: MIT
"""One fold, fit and predict: perebor's learner by bench_learner, a peer by a function; CPU time."""
import os
import statistics
import subprocess
import tempfile

import numpy as np


def word(value):
    return "null" if value is None else str(value)


class Bench:
    """Compares a learner with a peer and prints a line for each case.

    @param settings  The learner's settings, in its order, with the values they have if left out.
    @param theirs    theirs(table, trials): CPU seconds a trial of the peer.
    """

    def __init__(self, program, learner, settings, theirs):
        self.program, self.learner, self.settings, self.theirs = program, learner, settings, theirs

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="perebor-bench-")
        print(f"{'CPU ms a trial, fit + predict':46s} {'sklearn':>10s} {'perebor':>10s} {'ratio':>9s}")
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def ours(self, table, trials, share):
        """CPU seconds a trial of perebor's. A table is (training rows, labels, validation rows)."""
        X, y, V = table
        table_file = os.path.join(self.folder.name, "table")
        trials_file = os.path.join(self.folder.name, "trials")
        with open(table_file, "wb") as out:
            np.array([len(X), len(V), X.shape[1], 0], "<u8").tofile(out)
            np.asfortranarray(X, "<f8").T.tofile(out)
            np.asfortranarray(V, "<f8").T.tofile(out)
            y.astype("u1").tofile(out)
        with open(trials_file, "w") as out:
            for trial in trials:
                print(*(word(trial.get(name, value)) for name, value in self.settings.items()), file=out)
        command = [self.program, self.learner, table_file, trials_file, share]
        seconds, _ = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
        return float(seconds) / len(trials)

    def compare(self, label, table, trials, n_sample, share, repeats):
        """Medians of interleaved runs; the peer runs the first n_sample trials."""
        pairs = [(self.theirs(table, trials[:n_sample]), self.ours(table, trials, share))
                 for _ in range(repeats)]
        sklearn, perebor = (statistics.median(side) for side in zip(*pairs))
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"{label:46s} {1e3 * sklearn:10.3f} {1e3 * perebor:10.4f} {ratio:8.1f}x", flush=True)
