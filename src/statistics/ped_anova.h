// SPDX-License-Identifier: MIT
/**
 * @file ped_anova.h
 * How much each parameter of a search has to do with being among its best trials.
 *
 * Watanabe, Bansal and Hutter, "PED-ANOVA: efficiently quantifying hyperparameter importance in
 * arbitrary subspaces" (IJCAI 2023): where the best share gamma of the trials is spread over a
 * parameter as all trials are, the parameter does not matter. The measure is Pearson's divergence
 * of the best ones' density from that of all, which by equation (8) there is the variance of the
 * parameter's marginal in functional ANOVA, of the function that says whether a point is among the
 * best, up to a factor that all parameters share.
 *
 * The densities are smoothed histograms: a parameter's range is divided into cells (of categories,
 * one each), counts are smoothed with a Gaussian kernel of Scott's bandwidth, cut off and
 * normalised within the range. The best of few trials are spread unevenly by chance too: so much
 * divergence do as many trials drawn at random have, in 19 of 20 draws.
 */
#ifndef PEREBOR_STATISTICS_PED_ANOVA_H
#define PEREBOR_STATISTICS_PED_ANOVA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** Cells of a parameter at most. */
enum { PEREBOR_PED_CELLS = 64 };

/** What one parameter came to. */
typedef struct perebor_ped_importance {
    double divergence; /**< 0: the best are spread as all are. */
    double chance;     /**< What 95 % of random choices of as many trials do not exceed. */
    size_t n_best, n;  /**< Trials among the best, and all that have the parameter. */
    double density_best[PEREBOR_PED_CELLS], density[PEREBOR_PED_CELLS]; /**< They sum to 1. */
} perebor_ped_importance;

/** The trials that have a parameter, and where in its range they lie. */
typedef struct perebor_ped_parameter {
    const uint16_t *cells; /**< [n] below n_cells */
    size_t n, n_cells;     /**< n_cells from 1 to PEREBOR_PED_CELLS. */
    bool is_ordered;       /**< Cells beside each other are alike: they are smoothed. */
} perebor_ped_parameter;

/**
 * @param[in] n_best  Of the trials, the first n_best are the best: 1 to parameter->n.
 * @param[in] seed    Of the random choices.
 *
 * @retval PEREBOR_ERR_ARGUMENT  n_best is 0 or more than n, or a cell is beyond the range.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_ped_anova(perebor_ped_importance *importance,
                                                    const perebor_ped_parameter *parameter,
                                                    size_t n_best, uint64_t seed,
                                                    perebor_error *error);

#endif
