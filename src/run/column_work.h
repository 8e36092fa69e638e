// SPDX-License-Identifier: MIT
/**
 * @file column_work.h
 * One rank's part in a column stage (column_stage.h) while it is made.
 */
#ifndef PEREBOR_RUN_COLUMN_WORK_H
#define PEREBOR_RUN_COLUMN_WORK_H

#include "explain/column_pairs.h"
#include "explain/column_shapes.h"
#include "explain/importance.h"
#include "explain/row_changes.h"
#include "run/column_stage.h"
#include "run/model_recipe.h"

typedef struct column_work {
    perebor_ranks *ranks;
    const column_stage_source *source; /**< Rank 0. */
    const column_stage_options *options;
    shared_model *shared;
    perebor_study *study;                    /**< The shared one, */
    const perebor_fitted_pipeline *pipeline; /**< and its model. */
    int n_threads;

    // Told by rank 0.
    bool wanted[COLUMN_GROUPS]; /**< To be computed and put into the stage. */
    bool needs_shapes;          /**< They are wanted, or directions are taken from them. */
    model_recipe recipe;        /**< What the model was fitted of; resolved on every rank. */
    uint64_t n_retrained;
    uint64_t *retrained; /**< [n_retrained] */

    uint32_t *rows; /**< [n_rows] of the training part, evenly spaced: for shapes, and pairs
                       of trees. */
    size_t n_rows;
    uint32_t *pair_rows; /**< [n_pair_rows] likewise. */
    size_t n_pair_rows;
    change_space space;

    struct importance importance;
    column_shapes shapes;
    column_pairs pairs;
    row_changes changes;
} column_work;

/** What a group is made from beside the search and the model, in words; the caller frees it. NULL
 * if memory is short. */
char *column_terms(const column_work *work, column_group group);

/** Rank 0: whether the stage has a group on these terms. */
PEREBOR_MUST_CHECK perebor_status column_group_is_there(const column_work *work, column_group group,
                                                        bool *is_there, perebor_error *error);

/** Rank 0: puts what was computed into the stage, and keeps what else it has. */
PEREBOR_MUST_CHECK perebor_status column_work_put(column_work *work, perebor_error *error);

#endif
