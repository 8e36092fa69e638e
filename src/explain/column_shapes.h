// SPDX-License-Identifier: MIT
/**
 * @file column_shapes.h
 * The shapes (shape.h) of every column, a unit each.
 *
 * Columns with an order have accumulated local effects, and partial dependence where it is asked
 * for; columns with levels have partial dependence alone.
 */
#ifndef PEREBOR_EXPLAIN_COLUMN_SHAPES_H
#define PEREBOR_EXPLAIN_COLUMN_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/explain_part.h"
#include "explain/shape.h"

/** What is asked. Borrows everything. */
typedef struct shapes_question {
    const perebor_fitted_pipeline *pipeline;
    explain_scale scale;
    const perebor_dataset *dataset;
    const uint32_t *rows; /**< [n_rows] whose answers count, at least 1. */
    size_t n_rows;
    size_t n_points; /**< How many a grid has, from 2 to SHAPE_MOST_POINTS. */
    bool dependence;
    size_t n_single; /**< Rows whose own curves are kept, evenly spaced; 0: none. At most n_rows. */
} shapes_question;

/** The curves; owns its arrays. What is not there is NaN. */
typedef struct column_shapes {
    shapes_question question;
    size_t n_columns;
    shape_grid *grids;     /**< [n_columns] */
    double *local_effects; /**< [n_columns][n_points] */
    double *dependence;    /**< [n_columns][n_points] */
    double *counts;        /**< [n_columns][n_points] rows of the interval that ends there. */
    double *single;        /**< [n_columns][n_single][n_points] */
} column_shapes;

/** Makes the grids. @param[out] shapes  Stays where it is; column_shapes_release(). */
PEREBOR_MUST_CHECK perebor_status column_shapes_begin(column_shapes *shapes,
                                                      const shapes_question *question,
                                                      perebor_error *error);

void column_shapes_release(column_shapes *shapes);

/** Its units. The shapes must outlive the part. */
explain_part column_shapes_part(column_shapes *shapes);

/** The row of the question that is the k-th of those whose curves are kept. */
size_t column_shapes_single_row(const column_shapes *shapes, size_t k);

/** A column's main curve in short. */
typedef struct shape_summary {
    double low, high; /**< Where the answer is least and most on the grid, of values at or between
                           the column's 5th and 95th percent of rows for one with an order. */
    double low_value, high_value; /**< The answers there, as the curve has them. */
    double trend; /**< Correlation over the rows of their values and the curve there (between its
                       points on a line): 1 rises, -1 falls. NaN where there is no order, or nothing
                       changes. */
} shape_summary;

/** @param[in] column  Its unit has been received. @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status column_shapes_summarise(const column_shapes *shapes,
                                                          size_t column, shape_summary *summary,
                                                          perebor_error *error);

#endif
