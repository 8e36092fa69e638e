// SPDX-License-Identifier: MIT
/**
 * @file venn_abers.h
 * How well a probability is known: the two that Venn and Abers give.
 *
 * To rows whose scores and labels are known a new one is added, once as negative and once as
 * positive, and scores are calibrated by isotonic regression each time. The two probabilities that
 * the new row gets enclose one that is calibrated exactly, whatever the distribution, for one of
 * the labels is the true one: Vovk and Petej, Venn-Abers predictors (Uncertainty in Artificial
 * Intelligence, 2014).
 */
#ifndef PEREBOR_METRIC_VENN_ABERS_H
#define PEREBOR_METRIC_VENN_ABERS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

typedef struct venn_abers venn_abers;

/**
 * @param[out] known   Freed with venn_abers_free().
 * @param[in]  scores  [n] finite, of rows that the model had not seen.
 * @param[in]  labels  [n] 0 or 1.
 */
PEREBOR_MUST_CHECK perebor_status venn_abers_create(venn_abers **known, const double *scores,
                                                    const uint8_t *labels, size_t n,
                                                    perebor_error *error);
void venn_abers_free(venn_abers *known);

/**
 * The two probabilities of a row. Takes time logarithmic in the number of known scores.
 *
 * @param[out] lower, upper  lower <= upper, both in [0, 1].
 */
void venn_abers_interval(const venn_abers *known, double score, double *lower, double *upper);

/** Where a score stands among the known ones: at one of them or between two, 0 …
 * venn_abers_n_places() - 1. Rows of one place have one interval. */
size_t venn_abers_place(const venn_abers *known, double score);

/** The same of many scores, in less time for each. @param[out] places  [n] */
void venn_abers_places(const venn_abers *known, const double *scores, size_t n, uint32_t *places);
size_t venn_abers_n_places(const venn_abers *known);
void venn_abers_interval_at(const venn_abers *known, size_t place, double *lower, double *upper);

#endif
