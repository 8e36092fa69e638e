// SPDX-License-Identifier: MIT
#include "model/ensemble/ensemble_ranks.h"

#include <math.h>

#include "base/deadline.h"
#include "base/sort_values.h"
#include "base/try.h"
#include "model/ensemble/ensemble_blocks.h"
#include "model/ensemble/ensemble_walk.h"

/** Thresholds of a column are followed by some that no value is above. */
enum { most_ranks = UINT16_MAX, most_columns = UINT16_MAX, padding = 4 };

/** The nodes that are not leaves, by column, and what puts their thresholds in order. */
typedef struct split_list {
    const perebor_model *model;
    uint32_t *starts; /**< [n_columns + 1] where those of a column begin. */
    uint32_t *nodes;  /**< [starts[n_columns]] */
    value_sorter sorter;
} split_list;

/** Makes leaves of all nodes, and counts splits by column. @return The most of one column. */
static size_t count_splits(split_list *splits, ranked_node *nodes) {
    const perebor_model *model = splits->model;
    for (size_t tree = 0; tree < model->n_trees; tree++) {
        const uint64_t first = model->first_node[tree];
        for (uint64_t node = first; node < model->first_node[tree + 1]; node++) {
            bool leaf = model->left[node] == 0;
            nodes[node] = (ranked_node){
                .rank = most_ranks, .left = leaf ? (uint32_t)(node - first) : model->left[node]};
            splits->starts[model->columns[node] + 1] += !leaf;
        }
    }
    size_t most = 0;
    for (size_t column = 0; column < model->n_columns; column++) {
        const uint32_t n = splits->starts[column + 1];
        most = n > most ? n : most;
        splits->starts[column + 1] += splits->starts[column];
    }
    return most;
}

/** Lists the splits by column. @pre starts are where each begins; they still are then. */
static void list_splits(split_list *splits) {
    const perebor_model *model = splits->model;
    for (uint64_t node = model->first_node[0]; node < model->first_node[model->n_trees]; node++) {
        if (model->left[node] != 0) {
            splits->nodes[splits->starts[model->columns[node]]++] = (uint32_t)node;
        }
    }
    for (size_t column = model->n_columns; column > 0; column--) { // back to the beginnings
        splits->starts[column] = splits->starts[column - 1];
    }
    splits->starts[0] = 0;
}

/** @return False if memory is short. */
static bool split_list_create(split_list *splits, const perebor_model *model, ranked_node *nodes,
                              perebor_workspace *scratch) {
    *splits = (split_list){.model = model,
                           .starts = perebor_workspace_take_zeroed(scratch, model->n_columns + 1,
                                                                   sizeof *splits->starts)};
    if (splits->starts == NULL) {
        return false;
    }
    const size_t most = count_splits(splits, nodes);
    splits->nodes =
        perebor_workspace_take(scratch, splits->starts[model->n_columns], sizeof *splits->nodes);
    if (splits->nodes == NULL || !value_sorter_create(&splits->sorter, most, scratch)) {
        return false;
    }
    list_splits(splits);
    return true;
}

/** The part of a column's range that a value lies in; ascends with the value. */
static uint32_t part_of(const ranked_column *column, double value) {
    double place = (value - column->least) * column->scale;
    double last = (double)(column->n_parts - 1);
    // A place that is not a number, of infinite ranges, is 0 for every value: the scale is 0 then.
    return place >= last ? column->n_parts - 1 : place > 0.0 ? (uint32_t)place : 0;
}

/** Cuts the range of the thresholds into as many parts as there are thresholds. */
static bool cut_range(ranked_column *column, perebor_workspace *workspace) {
    const uint32_t n = column->n;
    column->n_parts = n;
    uint16_t *begin = perebor_workspace_take_zeroed(workspace, (size_t)n + 1, sizeof *begin);
    if (begin == NULL) {
        return false;
    }
    column->least = column->thresholds[0];
    double range = column->thresholds[n - 1] - column->least;
    column->scale = range > 0x1p-900 && range < 0x1p900 ? (double)n / range : 0.0;
    for (uint32_t i = 0; i < n; i++) {
        begin[part_of(column, column->thresholds[i]) + 1]++;
    }
    for (uint32_t part = 0; part < n; part++) {
        begin[part + 1] = (uint16_t)(begin[part + 1] + begin[part]);
    }
    column->begin = begin;
    return true;
}

/** How many columns have thresholds. */
static size_t count_columns(const split_list *splits) {
    size_t n_columns = 0;
    for (size_t column = 0; column < splits->model->n_columns; column++) {
        n_columns += splits->starts[column + 1] > splits->starts[column];
    }
    return n_columns;
}

/** Ranks the thresholds of a column that has n. @return False if memory is short; @p too_many says
 * that there are. */
static bool rank_column(ensemble_ranks *ranks, split_list *splits, uint32_t number, size_t n_splits,
                        perebor_workspace *workspace, bool *too_many) {
    const uint16_t place = (uint16_t)ranks->n_columns;
    ranked_column *column = &ranks->columns[ranks->n_columns++];
    const uint32_t *nodes = splits->nodes + splits->starts[number];
    double *thresholds = perebor_workspace_take(workspace, n_splits + padding, sizeof *thresholds);
    if (thresholds == NULL) {
        return false;
    }
    for (size_t i = 0; i < n_splits; i++) {
        splits->sorter.from[i] =
            (sorted_value){sorted_value_key(splits->model->thresholds[nodes[i]]), nodes[i]};
    }
    value_sorter_sort(&splits->sorter, n_splits);
    const sorted_value *sorted = splits->sorter.from;
    size_t n = 0;
    for (size_t i = 0; i < n_splits; i++) {
        if (i == 0 || sorted[i].key != sorted[i - 1].key) {
            thresholds[n++] = sorted_value_of(sorted[i].key);
        }
        ranks->nodes[sorted[i].row].rank = (uint16_t)(n - 1);
        ranks->nodes[sorted[i].row].column = place;
    }
    for (size_t i = 0; i < padding; i++) {
        thresholds[n + i] = INFINITY;
    }
    *too_many = n >= most_ranks || ranks->n_columns > most_columns;
    column->column = number;
    column->thresholds = thresholds;
    column->n = (uint32_t)n;
    return *too_many || cut_range(column, workspace);
}

/** Ranks the thresholds of all columns that have any. @return False if memory is short. */
static bool rank_columns(ensemble_ranks *ranks, split_list *splits, perebor_workspace *workspace,
                         bool *too_many) {
    ranks->columns =
        perebor_workspace_take_zeroed(workspace, count_columns(splits), sizeof *ranks->columns);
    bool whole = ranks->columns != NULL;
    for (uint32_t column = 0; whole && !*too_many && column < splits->model->n_columns; column++) {
        const size_t n = splits->starts[column + 1] - splits->starts[column];
        whole = n == 0 || rank_column(ranks, splits, column, n, workspace, too_many);
    }
    return whole;
}

perebor_status ensemble_ranks_create(ensemble_ranks **ranks, const perebor_model *model,
                                     perebor_workspace *workspace, perebor_error *error) {
    *ranks = NULL;
    bool too_many = model->n_nodes > UINT32_MAX || model->n_columns >= UINT32_MAX;
    if (too_many) {
        return PEREBOR_OK;
    }
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_workspace scratch = {0};
    split_list splits;
    ensemble_ranks *made = perebor_workspace_take_zeroed(workspace, 1, sizeof *made);
    if (made != NULL) {
        made->nodes = perebor_workspace_take(workspace, model->n_nodes, sizeof *made->nodes);
    }
    const bool whole = made != NULL && made->nodes != NULL &&
                       split_list_create(&splits, model, made->nodes, &scratch) &&
                       rank_columns(made, &splits, workspace, &too_many);
    perebor_workspace_release(&scratch);
    if (!whole || too_many) {
        perebor_workspace_return(workspace, begin);
        return whole ? PEREBOR_OK
                     : perebor_no_memory(error, "to score by trees of %zu nodes", model->n_nodes);
    }
    *ranks = made;
    return perebor_deadline_check(error);
}

perebor_status ensemble_ranks_lay_out(ensemble_ranks *ranks, const perebor_model *model,
                                      perebor_workspace *workspace, perebor_error *error) {
    if (PEREBOR_KERNEL_PICK(ensemble_walk_kernels)->walk == NULL ||
        ranks->n_columns > ENSEMBLE_BLOCK_COLUMNS) {
        return PEREBOR_OK;
    }
    return ensemble_blocks_create(&ranks->blocks, model, ranks->nodes, workspace, error);
}

bool ensemble_ranks_pay(const perebor_model *model, size_t n_rows) {
    // Measured: ranking a threshold takes as long as walking eight trees saves.
    return n_rows * model->n_trees / 8 > model->n_nodes;
}

/** The rank of a value in the part [rank, last) of the thresholds: those before it lie below the
 * value, those from last on do not, so that it does no harm to look at some of these. */
static inline uint32_t rank_within(const double *thresholds, uint32_t rank, uint32_t last,
                                   double value) {
    const uint32_t first = rank;
    for (uint32_t i = 0; i < padding; i++) {
        rank += thresholds[first + i] < value;
    }
    if (rank < first + padding || rank >= last) {
        return rank;
    }
    while (rank < last) {
        const uint32_t middle = rank + (last - rank) / 2;
        const bool below = thresholds[middle] < value;
        rank = below ? middle + 1 : rank;
        last = below ? last : middle;
    }
    return rank;
}

/** Ranks values of a column. @param[out] rows  [n][width], where the column's ranks go. */
static void rank_values(const ranked_column *column, const double *values, size_t n, uint16_t *rows,
                        size_t width) {
    for (size_t i = 0; i < n; i++) {
        const double value = values[i];
        const uint32_t part = part_of(column, value);
        const uint32_t rank =
            rank_within(column->thresholds, column->begin[part], column->begin[part + 1], value);
        // No threshold is as great as what is missing: to the right.
        rows[i * width] = (uint16_t)(isnan(value) ? column->n : rank);
    }
}

/* Scoring. */

enum { abreast = 8, steps = 4, line_of_ranks = 32, block_bytes = 1 << 18, most_block = 4096 };

/** Rows of a block. */
typedef struct ranked_block {
    uint16_t *rows;    /**< [n][width] ranks */
    uint32_t *leaves;  /**< [n] of a tree: where each row is. */
    uint32_t *walking; /**< [n] */
    uint16_t *order;   /**< [n] where trees are in blocks; else NULL. */
    size_t n, first, width;
} ranked_block;

/** Ranks the rows of a block, column by column. */
static void read_block(const ensemble_ranks *ranks, const perebor_matrix *rows,
                       const ranked_block *block) {
    const size_t width = block->width;
    const size_t n_dense = perebor_matrix_n_dense(rows);
    const perebor_indicators *levels = rows->indicators; // columns ascend, as blocks of levels do
    for (size_t k = 0; k < ranks->n_columns; k++) {
        const ranked_column *column = &ranks->columns[k];
        if (column->column < n_dense) {
            rank_values(column, perebor_matrix_column(rows, column->column) + block->first,
                        block->n, block->rows + k, width);
            continue;
        }
        while (column->column >= levels->first + levels->n_levels) {
            levels++;
        }
        const double values[2] = {0.0, 1.0};
        const uint32_t level = (uint32_t)(column->column - levels->first);
        uint16_t own[2];
        rank_values(column, values, 2, own, 1);
        for (size_t i = 0; i < block->n; i++) {
            block->rows[i * width + k] = own[levels->codes[block->first + i] == level];
        }
    }
}

/** One step of a row: to the left, or to the node behind it. */
static inline uint32_t step(const ranked_node *nodes, const uint16_t *row, uint32_t at) {
    const ranked_node node = nodes[at];
    return node.left + (row[node.column] > node.rank);
}

/**
 * Lets rows walk some steps on.
 *
 * @param[in,out] walking  [n] rows on their way: on return those that still are.
 * @param[in,out] leaves   [rows of the block] where each row is.
 * @return How many still are.
 */
static size_t walk_on(const ranked_node *nodes, const ranked_block *block, uint32_t *walking,
                      size_t n, uint32_t *leaves) {
    size_t n_left = 0;
    for (size_t first = 0; first < n; first += abreast) {
        const uint16_t *rows[abreast];
        uint32_t at[abreast];
        uint32_t own[abreast];
        for (size_t i = 0; i < abreast; i++) {
            own[i] = walking[first + i < n ? first + i : n - 1];
            rows[i] = block->rows + own[i] * block->width;
            at[i] = leaves[own[i]];
        }
        for (size_t k = 0; k < steps; k++) {
            for (size_t i = 0; i < abreast; i++) {
                at[i] = step(nodes, rows[i], at[i]);
            }
        }
        for (size_t i = 0; i < abreast && first + i < n; i++) {
            leaves[own[i]] = at[i];
            walking[n_left] = own[i];
            n_left += nodes[at[i]].left != at[i];
        }
    }
    return n_left;
}

/** Adds what a tree says of every row. Rows that have come to a leaf are left behind every few
 * steps, so that deep leaves are paid for by the rows that lie in them. */
static void walk(const ranked_node *nodes, const double *values, const ranked_block *block,
                 double *sums) {
    uint32_t *leaves = block->leaves;
    uint32_t *walking = block->walking;
    for (size_t row = 0; row < block->n; row++) {
        leaves[row] = 0;
        walking[row] = (uint32_t)row;
    }
    for (size_t n = block->n; n > 0;) {
        n = walk_on(nodes, block, walking, n, leaves);
    }
    for (size_t row = 0; row < block->n; row++) {
        sums[row] += values[leaves[row]];
    }
}

/** Adds what a tree says of every row of a block. */
static void add_tree(const perebor_model *model, const ensemble_ranks *ranks, size_t tree,
                     const ranked_block *block, double *sums) {
    const uint64_t first = model->first_node[tree];
    if (ranks->blocks == NULL) {
        walk(ranks->nodes + first, model->values + first, block, sums);
        return;
    }
    const ensemble_walkers walkers = {.rows = block->rows,
                                      .n = block->n,
                                      .width = block->width,
                                      .at = block->leaves,
                                      .walking = block->order};
    PEREBOR_KERNEL_PICK(ensemble_walk_kernels)->walk(&ranks->blocks[tree], &walkers, sums);
}

static void score_block(const perebor_model *model, const ensemble_ranks *ranks,
                        const perebor_matrix *rows, const ranked_block *block, double *scores) {
    size_t worked = 0;
    double *sums = scores + block->first;
    read_block(ranks, rows, block);
    for (size_t i = 0; i < block->n; i++) {
        sums[i] = 0.0;
    }
    for (size_t tree = 0; tree < model->n_trees; tree++) {
        if (perebor_deadline_passed_after(&worked, 16 * block->n)) {
            return;
        }
        add_tree(model, ranks, tree, block, sums);
    }
    for (size_t i = 0; !model->added && i < block->n; i++) {
        sums[i] /= (double)model->n_trees;
    }
}

/** Ranks of a row with what follows them. */
static size_t width_of(const ensemble_ranks *ranks) {
    const size_t n = ranks->n_columns > 0 ? ranks->n_columns : 1;
    if (ranks->blocks != NULL) { // whole registers, one or two
        return n > ENSEMBLE_REGISTER_COLUMNS ? 2 * ENSEMBLE_REGISTER_COLUMNS
                                             : ENSEMBLE_REGISTER_COLUMNS;
    }
    return n > line_of_ranks / 2 // whole lines of a cache
               ? (n + line_of_ranks - 1) / line_of_ranks * line_of_ranks
               : n;
}

/** How many rows make a block. @param[in] width  Of a row. */
static size_t rows_at_a_time(const ensemble_ranks *ranks, size_t n_rows, size_t width) {
    const size_t fit = block_bytes / sizeof(uint16_t) / (width + 1);
    const size_t most = ranks->blocks != NULL ? ENSEMBLE_ROWS_AT_A_TIME
                        : fit < abreast       ? abreast
                        : fit > most_block    ? most_block
                                              : fit;
    return most < n_rows ? most : n_rows;
}

perebor_status ensemble_ranks_score(const perebor_model *model, const ensemble_ranks *ranks,
                                    const perebor_matrix *rows, perebor_workspace *workspace,
                                    double *scores, perebor_error *error) {
    ranked_block block = {.width = width_of(ranks)};
    const size_t a_block = rows_at_a_time(ranks, rows->n_rows, block.width);
    const size_t behind = ranks->blocks != NULL ? ENSEMBLE_ABREAST - 1 : 0;
    // A leaf looks at the first column, if there is any or not.
    block.rows = perebor_workspace_take_zeroed(workspace, (a_block + behind) * block.width,
                                               sizeof *block.rows);
    block.leaves = perebor_workspace_take(workspace, a_block, sizeof *block.leaves);
    const bool blocks = ranks->blocks != NULL;
    block.walking = perebor_workspace_take(workspace, blocks ? 0 : a_block, sizeof *block.walking);
    block.order = blocks ? perebor_workspace_take(workspace, a_block, sizeof *block.order) : NULL;
    if (block.rows == NULL || block.leaves == NULL || block.walking == NULL ||
        (blocks && block.order == NULL)) {
        return perebor_no_memory(error, "to score %zu rows", rows->n_rows);
    }
    for (; block.first < rows->n_rows && !perebor_deadline_passed(); block.first += block.n) {
        size_t left = rows->n_rows - block.first;
        block.n = left < a_block ? left : a_block;
        score_block(model, ranks, rows, &block, scores);
    }
    return perebor_deadline_check(error);
}
