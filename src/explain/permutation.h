// SPDX-License-Identifier: MIT
/**
 * @file permutation.h
 * Permutation importance: how much worse a model scores when the rows exchange their values of a
 * column (Breiman, "Random Forests", Machine Learning 45, 2001; Fisher, Rudin and Dominici, JMLR
 * 20, 2019).
 *
 * Exchanged freely, values meet others that they never meet in the data, and the model is asked
 * where it was never trained: a column that others explain looks more important than it is (Hooker,
 * Mentch and Zhou, "Unrestricted permutation forces extrapolation", Statistics and Computing 31,
 * 2021). Within strata of another column they meet only what they might.
 */
#ifndef PEREBOR_EXPLAIN_PERMUTATION_H
#define PEREBOR_EXPLAIN_PERMUTATION_H

#include <stddef.h>
#include <stdint.h>

#include "explain/altered_rows.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/metric.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

/** Rows and the model that is asked about them. Borrows everything. */
typedef struct permutation_part {
    const perebor_fitted_pipeline *pipeline; /**< Calibrated if the metric takes probabilities. */
    const perebor_metric *metric;
    const perebor_dataset *dataset;
    const uint32_t *rows; /**< [n_rows] */
    size_t n_rows;
    const altered_rows *altered; /**< Made of these rows; unchanged between calls. */
    double score;                /**< What the rows score as they are: permutation_score(). */
} permutation_part;

/** What is exchanged, and how. */
typedef struct permutation_plan {
    const uint32_t *columns; /**< [n_columns] of the dataset, exchanged together. */
    size_t n_columns;
    const uint32_t *strata; /**< [n_rows] the exchange stays within these; NULL: among all rows. */
    size_t n_strata;
    uint64_t seed;
    uint64_t first_trial; /**< Repeat 0's: no two parts of one seed have a trial in common. */
    size_t n_repeats;
} permutation_plan;

/** What the metric gives for the rows as they are in @p part->altered. */
PEREBOR_MUST_CHECK perebor_status permutation_score(const permutation_part *part,
                                                    perebor_workspace *workspace, double *score,
                                                    perebor_error *error);

/**
 * How much the score falls, repeat by repeat: part->score less the score of the exchanged rows.
 * Orders depend on the seed, the columns' names and the repeat alone.
 *
 * @param[out] drops  [n_repeats]
 */
PEREBOR_MUST_CHECK perebor_status permutation_drops(const permutation_part *part,
                                                    const permutation_plan *plan,
                                                    perebor_workspace *workspace, double *drops,
                                                    perebor_error *error);

/**
 * The same with the shuffles of scikit-learn 1.2.1's permutation_importance(random_state=seed): all
 * columns have the same ones, and a repeat exchanges what the one before has exchanged. Strata and
 * first_trial are not looked at.
 */
PEREBOR_MUST_CHECK perebor_status permutation_drops_sklearn(const permutation_part *part,
                                                            const permutation_plan *plan,
                                                            perebor_workspace *workspace,
                                                            double *drops, perebor_error *error);

#endif
