// SPDX-License-Identifier: MIT
/**
 * @file finding_codes.h
 * Findings by their codes: PRB001 … docs/reference/findings.md says of each how it is computed and
 * what helps. Experiments name codes to ignore them: never renumber.
 */
#ifndef PEREBOR_STORY_FINDING_CODES_H
#define PEREBOR_STORY_FINDING_CODES_H

#include <stdbool.h>

#include "story/story.h"

enum {
    FINDING_OVERFITS = 1,
    FINDING_GAIN_IS_LUCK = 2,
    FINDING_SEARCH_GOES_ON = 3,
    FINDING_AT_EDGE = 4,
    FINDING_TRIALS_FAILED = 5,
    FINDING_NOT_CONVERGED = 6,
    FINDING_UNFINISHED = 8,
    FINDING_WITHIN_NOISE = 14,
    FINDING_TEST_DIFFERS = 20,
    FINDING_TEST_SEEN = 21,
    FINDING_NOT_CALIBRATED = 22,
    FINDING_WIDE_INTERVAL = 23,
    FINDING_NESTED_IS_LOWER = 24,
    FINDING_IMBALANCE = 30,
    FINDING_DIRT_LEFT = 31,
    FINDING_LEAK = 32,
    FINDING_ROWS_DROPPED = 33,
    FINDING_COLUMNS_UNUSED = 40,
    FINDING_COLUMNS_TOGETHER = 41,
    FINDING_KINDS_DISAGREE = 42,
    FINDING_SEGMENT_MISSED = 50,
    FINDING_UPLIFT_ASSUMED = 51,
    FINDING_CAMPAIGN = 52,
    FINDING_NOT_COMPARABLE = 60,
    FINDING_PROVED_WORSE = 61,
    FINDING_NOTHING_PROVED = 62,
    FINDING_STALE = 90,
};

/** What a finding of the code means and what helps; NULL if there is no such code. */
const story_text *finding_meaning(unsigned code);

#endif
