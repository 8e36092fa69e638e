// SPDX-License-Identifier: MIT
/**
 * @file row_explainer.h
 * Rows of a dataset explained by a fitted pipeline: Shapley values of the dataset's columns. A
 * pipeline of members that vote is explained on the scale of probabilities, whichever is asked for:
 * its score is one (explained_term.h).
 */
#ifndef PEREBOR_EXPLAIN_ROW_EXPLAINER_H
#define PEREBOR_EXPLAIN_ROW_EXPLAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/shapley.h"
#include "perebor/fitted_pipeline.h"

typedef struct row_explainer_options {
    explain_game game;
    explain_scale scale;
    double standard_error; /**< What is enough where orders are drawn; 0: a fiftieth of the spread
                              of the background. */
    size_t most_rounds;
    uint64_t seed;
    bool draws; /**< Orders, even where an exact way is known; not kept in files. */
} row_explainer_options;

/** The scale on which a pipeline is explained: the one asked for, or of one that votes the
 * probability, which its score is too. */
explain_scale row_explainer_scale(const perebor_fitted_pipeline *pipeline, explain_scale asked);

/** How much work drawn orders are at most, unless somebody says otherwise. */
enum { ROW_EXPLAINER_ROUNDS = 400 };

/** What came of a row. */
typedef struct row_explanation {
    double score, probability;
    explain_shapley_row shapley; /**< Its arrays are the caller's. */
} row_explanation;

/** Never changes once made; any number of threads may use it. */
typedef struct row_explainer row_explainer;

/**
 * Chooses the background: so many of the training rows, each as likely as any other, the same for
 * the same seed.
 *
 * @param[in]  training    [n_training] row numbers.
 * @param[out] background  [n], rising; with n at least n_training all of them.
 * @return How many.
 */
size_t row_explainer_background(const uint32_t *training, size_t n_training, size_t n,
                                uint64_t seed, uint32_t *background);

/**
 * Makes a pipeline ready.
 *
 * @param[out] explainer   Freed with row_explainer_free(); borrows the pipeline and the dataset.
 * @param[in]  pipeline    Its scores can become probabilities.
 * @param[in]  dataset     As perebor_fitted_pipeline_score() takes it.
 * @param[in]  background  [n_background], at least one.
 *
 * @retval PEREBOR_ERR_ARGUMENT  A game that cannot be played: explain_shapley_create().
 */
PEREBOR_MUST_CHECK perebor_status row_explainer_create(
    row_explainer **explainer, const perebor_fitted_pipeline *pipeline,
    const perebor_dataset *dataset, const uint32_t *background, size_t n_background,
    const row_explainer_options *options, perebor_error *error);

void row_explainer_free(row_explainer *explainer);

/** Rows are those of this dataset from here on, the background stays. @param[in] dataset  Of the
 * same schema; outlives the explainer. */
void row_explainer_turn_to(row_explainer *explainer, const perebor_dataset *dataset);

/** Whose values there are: sources are columns of the dataset. */
const explain_players *row_explainer_players(const row_explainer *explainer);

/** The mean over the background on the scale of the game, and the probability that this is. */
double row_explainer_baseline(const row_explainer *explainer);
double row_explainer_baseline_probability(const row_explainer *explainer);

bool row_explainer_is_exact(const row_explainer *explainer);

/** What scores are rounded to multiples of after what is explained is computed; 0: they are not. */
double row_explainer_grain(const row_explainer *explainer);

/** What is enough of drawn orders: the option's, or what it stands for. */
double row_explainer_standard_error(const row_explainer *explainer);

/**
 * Explains up to EXPLAIN_BLOCK rows.
 *
 * @param[in]     rows       [n_rows] row numbers, on which drawn orders depend.
 * @param         workspace  Left as it was.
 * @param[in,out] explained  [n_rows]; arrays are given, their content and all else is found.
 */
PEREBOR_MUST_CHECK perebor_status row_explainer_rows(const row_explainer *explainer,
                                                     const uint32_t *rows, size_t n_rows,
                                                     perebor_workspace *workspace,
                                                     row_explanation *explained,
                                                     perebor_error *error);

#endif
