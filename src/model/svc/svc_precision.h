// SPDX-License-Identifier: MIT
/**
 * @file svc_precision.h
 * How exactly the decisions of a fitted machine are known, and scores that say no more than that.
 *
 * A solver stops near the optimum, not at it. Where the optimum gives rows one and the same
 * decision (they lie on the margin together, or all rows do because w = 0), what it leaves is an
 * order of rounding errors, which ranking would take for a finding. So decisions are rounded to
 * multiples of a grain that their error does not cross: docs/decisions/0012.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_PRECISION_H
#define PEREBOR_MODEL_SVC_SVC_PRECISION_H

#include <stdbool.h>
#include <stddef.h>

/** What the decisions of the training rows are known to. */
typedef struct svc_precision {
    double error;   /**< About how far a decision is from the optimum's. */
    double lowest;  /**< The least decision, and */
    double highest; /**< the greatest. */
} svc_precision;

/**
 * The grain for an error: the least power of two that is four times as large, so that dividing by
 * it rounds nothing and -1, 0 and 1, where decisions coincide, are multiples of it. 0 for none.
 */
double svc_precision_grain(const svc_precision *precision);

/** Whether the decisions lie so close together that the grain tells none from another. */
bool svc_precision_is_flat(const svc_precision *precision);

/** Whether they are told apart well enough to be ranked: if not, the optimum was not reached. */
bool svc_precision_suffices(const svc_precision *precision);

/** Whether they are told apart so roughly that a better precision, to be had at a price, is worth
 * it. */
bool svc_precision_is_coarse(const svc_precision *precision);

/**
 * Rounds scores to multiples of the grain, halves to even ones; 0 leaves them as they are.
 *
 * Coefficients are known to the error, so a row whose kernel values are all small has a decision
 * that is known the better: bias and all, but that is the same for every row.
 *
 * @param[in] nearest  [n] The greatest kernel value of a row, whose power of two (rounded down)
 *                     multiplies the grain; NULL for 1.
 */
void svc_precision_round(double grain, const double *nearest, double *scores, size_t n);

#endif
