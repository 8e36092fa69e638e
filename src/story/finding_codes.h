// SPDX-License-Identifier: MIT
/**
 * @file finding_codes.h
 * Findings by their codes: PRB001 … docs/reference/findings.md says of each what it means, how it
 * is computed and what helps. Experiments name codes to ignore them: never renumber.
 */
#ifndef PEREBOR_STORY_FINDING_CODES_H
#define PEREBOR_STORY_FINDING_CODES_H

enum {
    FINDING_OVERFITS = 1,
    FINDING_GAIN_IS_LUCK = 2,
    FINDING_SEARCH_GOES_ON = 3,
    FINDING_AT_EDGE = 4,
    FINDING_TRIALS_FAILED = 5,
    FINDING_NOT_CONVERGED = 6,
    FINDING_ONE_VALUE_WINS = 7,
    FINDING_UNFINISHED = 8,
    FINDING_WITHIN_NOISE = 14,
    FINDING_SIMPLER_IS_AS_GOOD = 15,
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
    FINDING_NOT_COMPARABLE = 60,
    FINDING_PROVED_WORSE = 61,
    FINDING_NOTHING_PROVED = 62,
    FINDING_STALE = 90,
};

/** Whether a code is in the list. */
int finding_code_is_known(unsigned code);

#endif
