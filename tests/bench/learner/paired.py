# SPDX-License-Identifier: MIT
"""The best of as many settings on two sides, and how sure one can be of the difference."""
import numpy as np


def best_of(theirs, ours, draws=4000):
    """The best of each side, how far ours is above theirs, and the 95 % interval of that over as many settings, drawn again and
    again from all: a setting is drawn with what both sides have of it."""
    rng = np.random.default_rng(3)
    drawn = rng.integers(0, len(ours), (draws, len(ours)))
    low, high = np.quantile(ours[drawn].max(axis=1) - theirs[drawn].max(axis=1), [0.025, 0.975])
    return theirs.max(), ours.max(), ours.max() - theirs.max(), low, high
