// SPDX-License-Identifier: MIT
/**
 * @file importance.h
 * How much a model needs each column: permutation and drop-column importance, of columns and of
 * clusters of columns that go together.
 *
 * All are differences of the score by which the search selected, so that more is more important and
 * 0 is nothing. They are taken in every fold, by the fold's model on rows that it has not seen:
 *
 *     permutation   the fold's score less that with the column's values exchanged among its rows
 *     conditional   the same, exchanged within strata of the column that goes with it most (of
 *                   columns that the others explain: column_dependence.h)
 *     drop column   the fold's score less that of the same trials fitted without the column;
 *                   of trials that vote that of all of them, voting
 *
 * Intervals are those of Nadeau and Bengio over the folds (statistics/resampled_t.h).
 */
#ifndef PEREBOR_EXPLAIN_IMPORTANCE_H
#define PEREBOR_EXPLAIN_IMPORTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/column_dependence.h"
#include "explain/explain_part.h"
#include "explain/recipe.h"
#include "perebor/dataset.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/folds.h"
#include "perebor/metric.h"
#include "perebor/pipeline.h"
#include "perebor/space.h"
#include "perebor/split.h"
#include "perebor/status.h"
#include "perebor/trials.h"
#include "trial/evaluate.h"
#include "trial/path_choices.h"

/** Rows that how columns go together is found on, at most: evenly spaced ones of the training part.
 */
enum { IMPORTANCE_DEPENDENCE_ROWS = 10000 };

/** Sets that are exchanged in one unit: each unit fits its fold's model once. */
enum { IMPORTANCE_CHUNK_SETS = 8 };

/** What is asked. Borrows everything. */
typedef struct importance_question {
    const perebor_dataset *dataset;
    const perebor_split *split;
    const perebor_folds *folds;
    const perebor_evaluator *evaluator;
    const perebor_metric *metric; /**< That selected. */
    explain_recipe recipe;        /**< The model's. */
    const perebor_pipeline *pipeline;
    const perebor_space *space;
    const perebor_trials *trials; /**< The search's, on rank 0; elsewhere NULL. */
    uint64_t seed;
    bool permutes, drops;
    size_t n_repeats;          /**< Repeats of every exchange. */
    const uint64_t *retrained; /**< [n_retrained] trials that are fitted without a column, and the
                                  best of them taken: numbers, ascending. Where the recipe's vote it
                                  is fitted itself, and these are not looked at. */
    size_t n_retrained;        /**< 1 where they vote. */
    const path_choices *paths; /**< How many estimators trials have whose n_estimators is a path. */
    /** The model to be asked with scikit-learn's shuffles, on the test part (the training part
     * where there is none); NULL: fold by fold, with shuffles of our own. */
    const perebor_fitted_pipeline *sklearn_model;
} importance_question;

/** Columns that are exchanged or left out together. */
typedef struct column_set {
    const uint32_t *columns; /**< [n] rising. */
    size_t n;
} column_set;

/** The whole of it; owns its arrays. */
typedef struct importance {
    importance_question question;
    column_dependence dependence;
    column_set *sets; /**< [n_sets] every column, and then every cluster of several. */
    size_t n_sets, n_columns;
    uint32_t *members;  /**< Members of the sets. */
    perebor_plan *plan; /**< The plan of the trials to be retrained; NULL if none are. */

    size_t n_samples; /**< Samples of permutation: folds; repeats with scikit-learn's shuffles. */
    size_t n_chunks;  /**< Units of permutation in a fold. */
    // Received:
    double *permutation; /**< [n_sets][n_samples] */
    double *conditional; /**< [n_sets][n_samples]; NaN where it is not asked. */
    double *dropped;     /**< [n_sets + 1][n_retrained][n_folds] scores without; the last ones, of
                              a recipe that votes, with all columns. */
    double *differences; /**< [n_folds] scratch of importance_drop_column(). */
} importance;

/** Whether scikit-learn takes a seed for its shuffles. @retval PEREBOR_ERR_ARGUMENT  It does not.
 */
PEREBOR_MUST_CHECK perebor_status importance_check_seed(uint64_t seed, perebor_error *error);

/**
 * Makes ready: finds how columns go together, and which trials share what.
 *
 * @param[out] importance  Stays where it is; released with importance_release().
 *
 * @retval PEREBOR_ERR_ARGUMENT  As importance_check_seed(), with scikit-learn's shuffles.
 */
PEREBOR_MUST_CHECK perebor_status importance_begin(importance *importance,
                                                   const importance_question *question,
                                                   perebor_error *error);

void importance_release(importance *importance);

/** Whether drop-column importance is that of a recipe that votes. */
bool importance_fits_recipe(const importance *importance);

/** Its units. The importance must outlive the part. */
explain_part importance_part(importance *importance);

/** A figure with its interval of 95 %. All NaN: not asked, or not to be had. */
typedef struct importance_figure {
    double value, low, high;
} importance_figure;

/** The figures of a set, once every unit has been received. */
importance_figure importance_permutation(const importance *importance, size_t set);
importance_figure importance_conditional(const importance *importance, size_t set);

/**
 * What dropping a set costs: the best trial's scores less those of the best of the retrained trials
 * without it. NaN where nothing would be left, or a trial failed.
 */
importance_figure importance_drop_column(const importance *importance, size_t set);

#endif
