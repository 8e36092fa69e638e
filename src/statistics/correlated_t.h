// SPDX-License-Identifier: MIT
/**
 * @file correlated_t.h
 * How probable it is that two learners differ by more than matters.
 *
 * Corani and Benavoli, "A Bayesian approach for comparing cross-validated algorithms on multiple
 * data sets", Machine Learning 100 (2015): with a prior that says nothing and the correlation of
 * two folds' scores taken for n_test / (n_test + n_train), the expected difference has a Student t
 * distribution about the mean of the folds' differences, with the degrees of freedom (there J - 1)
 * and the corrected variance of resampled_t.h. A region of practical equivalence (ROPE) divides it
 * in three; Benavoli, Corani, Demsar and Zaffalon, "Time for a change", JMLR 18 (2017).
 */
#ifndef PEREBOR_STATISTICS_CORRELATED_T_H
#define PEREBOR_STATISTICS_CORRELATED_T_H

#include <stddef.h>

#include "statistics/resampled_t.h"

/** Probabilities, which add up to 1. NaN of one score. */
typedef struct perebor_rope_shares {
    double below;  /**< That the expected difference is less than -rope, */
    double within; /**< between -rope and rope, */
    double above;  /**< or greater than rope. */
} perebor_rope_shares;

/**
 * @param[in] difference  perebor_resampled_t() of the folds' differences, as in that paper, or
 *                        perebor_conservative_t().
 * @param[in] rope        Half the width of the region in which a difference does not matter, >= 0.
 */
perebor_rope_shares perebor_correlated_t(const perebor_resampled_mean *difference, double rope);

#endif
