// SPDX-License-Identifier: MIT
/**
 * @file ensemble_ranks.h
 * Trees whose thresholds are whole numbers, for many rows to score.
 *
 * The rank of a value of a column is how many of the model's thresholds of that column lie below
 * it. A value is at most the threshold k of those in order if and only if its rank is at most k; a
 * missing one is at most none, and has the greatest rank. So rows of ranks walk the same ways as
 * rows of values, a row of 32 columns lies in one line of a cache, and a node takes eight bytes.
 */
#ifndef PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_RANKS_H
#define PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_RANKS_H

#include "model/ensemble/ensemble.h"

/** A node. A leaf leads to itself, whatever a row has. */
typedef struct ranked_node {
    uint16_t rank;   /**< Rows of at most this go left. */
    uint16_t column; /**< Among the ranked ones. */
    uint32_t left;   /**< In its tree; right is the next. */
} ranked_node;

/** Thresholds of a column are followed by so many that no value is above. */
enum { ENSEMBLE_PADDING = 8 };

/** A column has fewer thresholds than this. */
enum { ENSEMBLE_MOST_RANKS = UINT16_MAX };

/** The thresholds of a column that has any. */
typedef struct ranked_column {
    uint32_t column;          /**< Its number in the matrix. */
    const double *thresholds; /**< [n] ascending, each once. */
    uint32_t n;
    const uint16_t *begin; /**< [n_parts + 1] how many lie in the parts of the range before each. */
    uint32_t n_parts;
    double least, scale; /**< The part of x is (x - least) scale, cut off, within [0, n_parts - 1].
                          */
} ranked_column;

/** The part of a column's range that a value lies in; ascends with the value. */
static inline uint32_t ensemble_part_of(const ranked_column *column, double value) {
    double place = (value - column->least) * column->scale;
    double last = (double)(column->n_parts - 1);
    // A place that is not a number, of infinite ranges, is 0 for every value: the scale is 0 then.
    return place >= last ? column->n_parts - 1 : place > 0.0 ? (uint32_t)place : 0;
}

typedef struct ensemble_ranks {
    size_t n_columns;
    ranked_column *columns; /**< [n_columns] ascending by column; columns without a threshold, as
                               most of many levels are, have no rank. */
    struct ensemble_block_tree *blocks; /**< [n_trees] that rows walk through; NULL: from node to
                                             node, */
    ranked_node *nodes;                 /**< [n_nodes of the model] which are there only then. */
} ensemble_ranks;

/**
 * Ranks the thresholds of a model.
 *
 * @param[in]  laid_out  Lay trees out in blocks, if this machine walks them faster so:
 *                       ensemble_blocks.h. Not for models of a search, whose memory must not depend
 *                       on the machine.
 * @param[in]  scratch   To compute in; returned as it was.
 * @param[out] ranks     NULL if there are too many thresholds of a column, or columns, for 16 bits.
 */
PEREBOR_MUST_CHECK perebor_status ensemble_ranks_create(ensemble_ranks **ranks,
                                                        const perebor_model *model, bool laid_out,
                                                        perebor_workspace *scratch,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

/** Whether a column has more thresholds than 16 bits can tell apart, as far as a quick look says:
 * if so, it does indeed. @return False also if memory is short. */
bool ensemble_ranks_too_many(const perebor_model *model);

/**
 * Cuts a model into parts of successive trees each of which can be ranked, and ranks these and lays
 * them out.
 *
 * @param[in] scratch  To compute in; returned as it was.
 * @pre The model cannot be ranked as a whole.
 * @post model->n_parts is 0 if a single tree cannot be ranked.
 */
PEREBOR_MUST_CHECK perebor_status ensemble_parts_create(perebor_model *model,
                                                        perebor_workspace *scratch,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

/** Whether ranking takes less than it saves for so many rows. */
bool ensemble_ranks_pay(const perebor_model *model, size_t n_rows);

/** ensemble_score() by ranks, with the same bits. The workspace grows. @param[in] ranks  NULL:
 * those of the model's parts. */
PEREBOR_MUST_CHECK perebor_status ensemble_ranks_score(const perebor_model *model,
                                                       const ensemble_ranks *ranks,
                                                       const perebor_matrix *rows,
                                                       perebor_workspace *workspace, double *scores,
                                                       perebor_error *error);

#endif
