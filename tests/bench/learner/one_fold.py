# SPDX-License-Identifier: MIT
"""One fold, fit and predict: perebor's learner by bench_learner, a peer by a function; CPU time."""
import os
import statistics
import subprocess
import tempfile

import numpy as np
import scipy.sparse


def word(value):
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class Table:
    """Rows to train on with their labels, and rows to predict: numbers, and codes of nominal columns with how many levels each
    has (as many for a level that training does not have)."""

    def __init__(self, X, y, V, codes=(), validation_codes=(), levels=()):
        self.X, self.y, self.V = X, y, V
        self.codes, self.validation_codes, self.levels = codes, validation_codes, levels

    def write(self, out):
        """As bench_learner reads it."""
        np.array([len(self.X), len(self.V), self.X.shape[1], len(self.levels), *self.levels], "<u8").tofile(out)
        np.asfortranarray(self.X, "<f8").T.tofile(out)
        np.asfortranarray(self.V, "<f8").T.tofile(out)
        for codes in (*self.codes, *self.validation_codes):
            codes.astype("<u4").tofile(out)
        self.y.astype("u1").tofile(out)

    def sparse(self):
        """What scikit-learn's encoder makes: (training rows, validation rows), sparse where there are levels."""
        if not len(self.levels):
            return self.X, self.V
        return tuple(scipy.sparse.hstack([scipy.sparse.csr_matrix(rows)] + [one_hot(c, n) for c, n in zip(codes, self.levels)], "csr")
                     for rows, codes in ((self.X, self.codes), (self.V, self.validation_codes)))


def one_hot(codes, n_levels):
    rows = np.flatnonzero(codes < n_levels)
    return scipy.sparse.csr_matrix((np.ones(len(rows)), (rows, codes[rows])), (len(codes), n_levels))


class Bench:
    """Compares a learner with a peer and prints a line for each case.

    @param settings  The learner's settings, in its order, with the values they have if left out.
    @param theirs    theirs(table, trials): CPU seconds a trial of the peer; compare() alone calls it.
    @param quiet     Print no head of a table.
    """

    def __init__(self, program, learner, settings, theirs, quiet=False):
        self.program, self.learner, self.settings, self.theirs, self.quiet = program, learner, settings, theirs, quiet

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="perebor-bench-")
        if not self.quiet:
            print(f"{'CPU ms a trial, fit + predict':46s} {'sklearn':>10s} {'perebor':>10s} {'ratio':>9s}")
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def run(self, table, trials, share, scores=None):
        """What bench_learner prints: CPU seconds, sum of scores, KiB of memory, seconds foretold and the machine's pace, by
        which these are to be multiplied. With the name of a file for scores, these are written to it."""
        table_file = os.path.join(self.folder.name, "table")
        trials_file = os.path.join(self.folder.name, "trials")
        table = table if isinstance(table, Table) else Table(*table)
        with open(table_file, "wb") as out:
            table.write(out)
        with open(trials_file, "w") as out:
            for trial in trials:
                print(*(word(trial.get(name, value)) for name, value in self.settings.items()), file=out)
        command = [self.program, self.learner, table_file, trials_file, share] + ([scores] if scores else [])
        return [float(x) for x in subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()]

    def ours(self, table, trials, share):
        """CPU seconds a trial of perebor's. A table is a Table, or its (training rows, labels, validation rows)."""
        return self.run(table, trials, share)[0] / len(trials)

    def compare(self, label, table, trials, n_sample, share, repeats):
        """Medians of interleaved runs; the peer runs the first n_sample trials."""
        pairs = [(self.theirs(table, trials[:n_sample]), self.ours(table, trials, share))
                 for _ in range(repeats)]
        sklearn, perebor = (statistics.median(side) for side in zip(*pairs))
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"{label:46s} {1e3 * sklearn:10.3f} {1e3 * perebor:10.4f} {ratio:8.1f}x", flush=True)
