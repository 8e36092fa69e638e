// SPDX-License-Identifier: MIT
/**
 * @file suggest.h
 * "Did you mean …": the nearest of the names that would have been right.
 */
#ifndef PEREBOR_BASE_SUGGEST_H
#define PEREBOR_BASE_SUGGEST_H

#include <stddef.h>

/**
 * The candidate nearest to a word, or NULL if none is near enough to be meant.
 *
 * Nearness is the optimal string alignment distance over characters (insert, delete, replace, swap
 * two neighbours), upper and lower case of ASCII being the same, `-` and space the same as `_`. A
 * candidate is near enough at a third of the longer one's length. Ties go to the first.
 *
 * @param[in] candidates  [n_candidates]
 */
const char *perebor_suggest(const char *word, const char *const *candidates, size_t n_candidates);

/** That distance between two words; SIZE_MAX if one is empty or longer than 64 characters. */
size_t perebor_spelling_distance(const char *one, const char *other);

#endif
