// SPDX-License-Identifier: MIT
/**
 * @file shape.h
 * How a model's answer goes with one column: accumulated local effects, partial dependence, and the
 * curves of single rows, on a grid of quantiles.
 *
 * Accumulated local effects (Apley and Zhu, "Visualizing the effects of predictor variables in
 * black box supervised learning models", JRSS B 82, 2020) ask the model of values near those that a
 * row has, so columns that go together do no harm. Partial dependence (Friedman, Annals of
 * Statistics 29, 2001) is the mean over all rows with the column set to one value, rows as no data
 * has them included; the curves of single rows are its terms (Goldstein and others, JCGS 24, 2015).
 */
#ifndef PEREBOR_EXPLAIN_SHAPE_H
#define PEREBOR_EXPLAIN_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/altered_rows.h"
#include "explain/game.h"
#include "perebor/dataset.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

/** Points of a grid at most. */
enum { SHAPE_MOST_POINTS = 256 };

/** Values of a column at which a curve is known, ascending. */
typedef struct shape_grid {
    size_t n;
    double values[SHAPE_MOST_POINTS];
} shape_grid;

/**
 * Makes a grid of the values that a column has in some rows: all of them if they are no more than
 * @p n_points, else the quantiles at 0, 1 / (n_points - 1) … 1, each once. Missing values and
 * levels that the schema does not have are no points.
 *
 * @param[in] n_points  From 2 to SHAPE_MOST_POINTS.
 * @param[in] rows      [n_rows] of the column.
 */
PEREBOR_MUST_CHECK perebor_status shape_grid_make(shape_grid *grid, const perebor_column *column,
                                                  const uint32_t *rows, size_t n_rows,
                                                  size_t n_points, perebor_error *error);

/** Whose answers. Borrows everything. */
typedef struct shape_question {
    const perebor_fitted_pipeline *pipeline;
    explain_scale scale;
    const perebor_dataset *dataset;
    const uint32_t *rows; /**< [n_rows] of the dataset. */
    size_t n_rows;
    size_t column;
    const altered_rows *altered; /**< Made of these rows; unchanged between calls. */
} shape_question;

/**
 * Partial dependence, and the rows' own curves.
 *
 * @param[out] curve  [grid->n] the mean over the rows.
 * @param[out] single [grid->n][n_rows] the rows' answers; NULL: not wanted.
 */
PEREBOR_MUST_CHECK perebor_status shape_partial_dependence(const shape_question *question,
                                                           const shape_grid *grid,
                                                           perebor_workspace *workspace,
                                                           double *curve, double *single,
                                                           perebor_error *error);

/**
 * Accumulated local effects of a column with an order, at the grid's values.
 *
 * A row lies in the interval that begins above one grid value and ends with the next; the first one
 * has both its ends. The effect grows over an interval by the mean, over its rows, of the answer at
 * its end less that at its begin, and not at all over an interval without rows. Then it is shifted
 * so that its mean is 0 over the rows, each counting as the middle of its interval's ends (ALEPlot
 * of R does both so). Rows with a missing value, or one outside the grid, have no part.
 *
 * @param[out] curve   [grid->n]; all 0 of a single value.
 * @param[out] counts  [grid->n] rows of the interval that ends there; counts[0] is 0.
 */
PEREBOR_MUST_CHECK perebor_status shape_local_effects(const shape_question *question,
                                                      const shape_grid *grid,
                                                      perebor_workspace *workspace, double *curve,
                                                      uint64_t *counts, perebor_error *error);

#endif
