// SPDX-License-Identifier: MIT
/**
 * @file beam_search.h
 * Descriptions that were looked at: the conditions by number, and what they count.
 */
#ifndef PEREBOR_SUBGROUP_BEAM_SEARCH_H
#define PEREBOR_SUBGROUP_BEAM_SEARCH_H

#include "subgroup/subgroup.h"

/** A description that was looked at. */
typedef struct candidate {
    uint32_t conditions[SUBGROUP_MOST_CONDITIONS]; /**< [n_conditions] rising */
    uint32_t n_conditions;
    size_t n, n_positive;
    double quality, p, p_adjusted;
} candidate;

/** The rows of every condition. Starts as {0}; released with beam_release(). */
typedef struct beam {
    const subgroup_terms *terms;
    subgroup_conditions conditions;
    double n_descriptions[SUBGROUP_MOST_CONDITIONS]; /**< How many descriptions of 1, 2, …
                                                        conditions there are. */
    size_t n_rows, n_words, n_positive;
    uint64_t *sets;     /**< [conditions.n][n_words] */
    uint64_t *positive; /**< [n_words] */
    uint64_t *room;     /**< [n_words] */
    candidate *items;   /**< [n] of at least the least support */
    size_t n, capacity;
} beam;

/** Looks at descriptions of up to the depth that the terms name. */
PEREBOR_MUST_CHECK perebor_status beam_search(beam *beam, const subgroup_rows *rows,
                                              const subgroup_terms *terms, perebor_error *error);

/** The rows of a description. @param[out] set [n_words] @return How many. */
size_t beam_rows(const beam *beam, uint64_t *set, const uint32_t *conditions, size_t n_conditions);

/** By quality, the best first; of equal ones the shorter, then the one of the lower conditions. */
int candidate_compare(const void *left, const void *right);

void beam_release(beam *beam);

#endif
