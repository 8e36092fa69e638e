// SPDX-License-Identifier: MIT
/**
 * @file testing.h
 * Which descriptions are believed, and which of them say the same.
 */
#ifndef PEREBOR_SUBGROUP_TESTING_H
#define PEREBOR_SUBGROUP_TESTING_H

#include "subgroup/beam_search.h"

/** Fills p and p_adjusted of all candidates. */
PEREBOR_MUST_CHECK perebor_status testing_adjust(beam *beam, perebor_error *error);

/** Whether a description has no condition that adds nothing to the others. */
bool testing_is_productive(beam *beam, const candidate *candidate);

/**
 * Whether a description is believed among the rows that others leave, at a level for any mistake at
 * all (Bonferroni over all descriptions of its length, each length with its part of the level).
 *
 * A share of false discoveries does not do here: of many descriptions that are believed most say
 * the same, and were those left out, what is left would be the false ones.
 *
 * @param[in] left  [n_words] rows that no other description has.
 */
bool testing_is_news(beam *beam, const candidate *candidate, const uint64_t *left);

#endif
