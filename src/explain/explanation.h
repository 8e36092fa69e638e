// SPDX-License-Identifier: MIT
/**
 * @file explanation.h
 * Shapley values of rows and all that must be said with them; as the group /explain of a file and
 * back.
 */
#ifndef PEREBOR_EXPLAIN_EXPLANATION_H
#define PEREBOR_EXPLAIN_EXPLANATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/game.h"
#include "explain/row_explainer.h"
#include "h5/file_tree.h"
#include "perebor/dataset.h"

/** What is to be explained, and how. */
typedef struct explanation_terms {
    row_explainer_options options; /**< Its seed is the search's. */
    size_t n_background;           /**< So many training rows, or all if there are fewer. */
} explanation_terms;

/** Starts as {0}; released with explanation_release(). */
typedef struct explanation {
    explanation_terms terms; /**< As they were given. */
    double standard_error;   /**< What was enough of drawn orders. */
    bool exact;
    double baseline, baseline_probability;
    double grain;       /**< What the row's score is rounded to multiples of; 0: it is not. */
    double largest_gap; /**< |baseline + sum of values - score| of the row where it is largest. */
    size_t n_players;   /**< Columns that the model looks at. */
    uint32_t *players;  /**< [n_players] columns of the dataset. */
    size_t n_background;
    uint32_t *background; /**< [n_background] rows of the dataset. */
    size_t n_rows;
    uint32_t *rows;                 /**< [n_rows] of the dataset. */
    double *scores, *probabilities; /**< [n_rows] */
    double *values;                 /**< [n_rows][n_players] */
    double *errors;                 /**< [n_rows][n_players] 0 where values are exact. */
    uint32_t *n_rounds;             /**< [n_rows] 0 where values are exact. */
} explanation;

/** A column of those explained. */
typedef struct explanation_column {
    uint32_t player;
    double mean_absolute; /**< Mean over the rows of |value|. */
    double direction;     /**< Correlation of values and of the column's numbers; NaN: of a nominal
                               column, or where either does not vary. */
} explanation_column;

/** Makes room, zeroed, and says for how many. */
PEREBOR_MUST_CHECK perebor_status explanation_make_room(explanation *explanation, size_t n_players,
                                                        size_t n_background, size_t n_rows,
                                                        perebor_error *error);

/** Takes the players and the background, and makes room for rows 0 ... n_rows - 1. */
PEREBOR_MUST_CHECK perebor_status explanation_begin(explanation *explanation,
                                                    const row_explainer *explainer,
                                                    const explanation_terms *terms,
                                                    const uint32_t *background, size_t n_background,
                                                    size_t n_rows, perebor_error *error);

/** Puts a row in its place; its arrays may be there already. */
void explanation_set(explanation *explanation, size_t place, const row_explanation *row);

/**
 * Takes one row out of an explanation.
 *
 * @param[out] one  Released with explanation_release().
 * @param[in]  row  Of the dataset, and among those explained.
 */
PEREBOR_MUST_CHECK perebor_status explanation_pick(explanation *one, const explanation *all,
                                                   uint32_t row, perebor_error *error);

void explanation_release(explanation *explanation);

/**
 * How much each player moves scores, most first; ties in the order of the columns.
 *
 * @param[out] columns  [n_players]
 */
void explanation_rank(const explanation *explanation, const perebor_dataset *dataset,
                      explanation_column *columns);

/**
 * Adds the content of a group.
 *
 * @param[in] model      What the model in the file has for a digest.
 * @param[in] is_tested  [n_rows] whether a row is of the test part.
 */
PEREBOR_MUST_CHECK perebor_status explanation_to_tree(const explanation *explanation,
                                                      const perebor_dataset *dataset,
                                                      const char *model, const bool *is_tested,
                                                      h5_tree *tree, h5_node *group,
                                                      perebor_error *error);

/**
 * Reads a group that was made on these terms from this model.
 *
 * @param[out] found  Whether it was, and is all there; else nothing is read.
 */
PEREBOR_MUST_CHECK perebor_status explanation_from_tree(explanation *explanation, bool *found,
                                                        const explanation_terms *terms,
                                                        const perebor_dataset *dataset,
                                                        const h5_node *group, perebor_error *error);

#endif
