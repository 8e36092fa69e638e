// SPDX-License-Identifier: MIT
/**
 * @file level_scales.h
 * Levels whose order can be told from what they are called: low, medium, high; months; 10-19,
 * 20-29.
 */
#ifndef PEREBOR_PROPOSE_LEVEL_SCALES_H
#define PEREBOR_PROPOSE_LEVEL_SCALES_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Finds a known scale that has all of the levels, each at a place of its own.
 *
 * @param[in]  levels  [n] different texts.
 * @param[out] places  [n] of each level on the scale, lowest first; not without gaps.
 * @param[in,out] failed  Set if memory is short.
 *
 * @return What the scale is called, such as "months"; NULL: there is none.
 */
const char *level_scale_find(const char *const *levels, size_t n, double *places, bool *failed);

/**
 * Whether all levels are ranges of numbers that do not overlap ("18-25", "<5", "65+", "(10, 20]"),
 * or numbers of one unit ("36 months").
 *
 * @param[out] places  [n] lower ends; -infinity for "<5".
 * @param[in,out] failed  Set if memory is short.
 *
 * @return What they are; NULL: neither.
 */
const char *level_ranges_find(const char *const *levels, size_t n, double *places, bool *failed);

#endif
