// SPDX-License-Identifier: MIT
/*
 * Scoring with fitted trees: many rows, or a model that was restored, by ranks; many levels, or
 * sets of them, by their codes. Otherwise rows are taken in blocks that stay in the cache with all
 * their columns, and each tree is walked by all rows of a block, a few abreast: every step waits
 * for the one before it, but not for those of other rows. A leaf leads to itself: it asks for a
 * column of zeros behind the others.
 */
#include <math.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/ensemble/ensemble.h"
#include "model/ensemble/ensemble_ranks.h"
#include "model/ensemble/ensemble_sets.h"

enum { abreast = 8, block_bytes = 1 << 18, most_block = 4096 };

/** Up to so many levels are written out to be walked by. */
enum { few_levels = 64 };

/** A node as it is walked. */
typedef struct walked_node {
    double threshold;
    uint32_t column, left;
} walked_node;

/** Rows of a block, each with its columns behind one another. */
typedef struct walked_block {
    double *rows; /**< [n][width], the last 0 */
    uint32_t *at; /**< [n] the leaf of each. */
    size_t n, first, width;
} walked_block;

/** The nodes of a tree, leaves leading to themselves. */
static void copy_tree(const perebor_model *model, size_t tree, walked_node *nodes) {
    const uint64_t first = model->first_node[tree];
    const size_t n = model->first_node[tree + 1] - first;
    for (size_t node = 0; node < n; node++) {
        uint32_t left = model->left[first + node];
        nodes[node] = left == 0 ? (walked_node){.threshold = INFINITY,
                                                .column = (uint32_t)model->n_columns,
                                                .left = (uint32_t)node}
                                : (walked_node){.threshold = model->thresholds[first + node],
                                                .column = model->columns[first + node],
                                                .left = left};
    }
}

/** One step of some rows. @return Whether any of them moved. */
static bool step(const walked_node *nodes, const double *rows, size_t width, uint32_t *at) {
    uint32_t moved = 0;
    for (size_t i = 0; i < abreast; i++) {
        const walked_node *node = &nodes[at[i]];
        uint32_t next = node->left + (rows[i * width + node->column] <= node->threshold ? 0 : 1);
        moved |= next ^ at[i];
        at[i] = next;
    }
    return moved != 0;
}

static void walk(const walked_node *nodes, const walked_block *block) {
    const size_t width = block->width;
    size_t row = 0;
    for (; row + abreast <= block->n; row += abreast) {
        uint32_t at[abreast] = {0};
        while (step(nodes, block->rows + row * width, width, at)) {
        }
        for (size_t i = 0; i < abreast; i++) {
            block->at[row + i] = at[i];
        }
    }
    for (; row < block->n; row++) {
        const double *values = block->rows + row * width;
        uint32_t at = 0;
        for (uint32_t before = 1; before != at;) {
            before = at;
            at = nodes[at].left + (values[nodes[at].column] <= nodes[at].threshold ? 0 : 1);
        }
        block->at[row] = at;
    }
}

static void read_block(const perebor_matrix *rows, walked_block *block) {
    const size_t width = block->width;
    const size_t n_dense = perebor_matrix_n_dense(rows);
    for (size_t column = 0; column < n_dense; column++) {
        const double *values = perebor_matrix_column(rows, column) + block->first;
        for (size_t i = 0; i < block->n; i++) {
            block->rows[i * width + column] = values[i];
        }
    }
    for (size_t i = 0; i < block->n; i++) {
        block->rows[i * width + rows->n_columns] = 0.0;
    }
    for (size_t k = 0; k < rows->n_indicators; k++) {
        const perebor_indicators *levels = &rows->indicators[k];
        for (size_t i = 0; i < block->n; i++) {
            uint32_t code = levels->codes[block->first + i];
            for (size_t level = 0; level < levels->n_levels; level++) {
                block->rows[i * width + levels->first + level] = level == code ? 1.0 : 0.0;
            }
        }
    }
}

/** Leaves are added in the order of the trees. */
static void score_block(const perebor_model *model, const perebor_matrix *rows, walked_node *nodes,
                        walked_block *block, double *scores) {
    size_t worked = 0;
    double *sums = scores + block->first;
    read_block(rows, block);
    for (size_t i = 0; i < block->n; i++) {
        sums[i] = 0.0;
    }
    for (size_t tree = 0; tree < model->n_trees; tree++) {
        const double *values = model->values + model->first_node[tree];
        size_t n_nodes = model->first_node[tree + 1] - model->first_node[tree];
        if (perebor_deadline_passed_after(&worked, n_nodes + 16 * block->n)) {
            return;
        }
        copy_tree(model, tree, nodes);
        walk(nodes, block);
        for (size_t i = 0; i < block->n; i++) {
            sums[i] += values[block->at[i]];
        }
    }
    for (size_t i = 0; !model->added && i < block->n; i++) {
        sums[i] /= (double)model->n_trees;
    }
}

/** Scores by the thresholds. */
static perebor_status score_by_values(const perebor_model *model, const perebor_matrix *rows,
                                      perebor_workspace *workspace, double *scores,
                                      perebor_error *error) {
    size_t fit = block_bytes / sizeof(double) / (rows->n_columns + 1);
    size_t a_block = fit < abreast ? abreast : fit > most_block ? most_block : fit;
    walked_node *nodes =
        perebor_workspace_take(workspace, ensemble_most_nodes(model), sizeof *nodes);
    walked_block block = {.rows = perebor_workspace_take(workspace, a_block * (rows->n_columns + 1),
                                                         sizeof *block.rows),
                          .at = perebor_workspace_take(workspace, a_block, sizeof *block.at),
                          .width = rows->n_columns + 1};
    if (nodes == NULL || block.rows == NULL || block.at == NULL) {
        return perebor_no_memory(error, "to score %zu rows", rows->n_rows);
    }
    for (; block.first < rows->n_rows && !perebor_deadline_passed(); block.first += block.n) {
        size_t left = rows->n_rows - block.first;
        block.n = left < a_block ? left : a_block;
        score_block(model, rows, nodes, &block, scores);
    }
    return perebor_deadline_check(error);
}

perebor_status ensemble_score(const perebor_model *model, const perebor_matrix *rows,
                              perebor_workspace *workspace, double *scores, perebor_error *error) {
    if (rows->n_columns != model->n_columns) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%s of %zu columns cannot score rows of %zu",
                            ensemble_kind(model->added), model->n_columns, rows->n_columns);
    }
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_workspace scratch = {0};
    ensemble_ranks *ranks = model->ranks;
    const bool ranked = ranks != NULL || model->n_parts > 0;
    const bool many_levels = rows->n_columns - perebor_matrix_n_dense(rows) > few_levels;
    if (model->n_sets > 0 || (!ranked && many_levels)) {
        status = ensemble_sets_score(model, rows, workspace, scores, error);
        goto done;
    }
    if (!ranked && ensemble_ranks_pay(model, rows->n_rows)) {
        PEREBOR_TRY(done, ensemble_ranks_create(&ranks, model, false, &scratch, workspace, error));
    }
    status = ranks != NULL || ranked
                 ? ensemble_ranks_score(model, ranks, rows, workspace, scores, error)
                 : score_by_values(model, rows, workspace, scores, error);
done:
    perebor_workspace_release(&scratch);
    perebor_workspace_return(workspace, begin);
    return status;
}

perebor_status ensemble_score_first(const perebor_model *model, size_t n_estimators,
                                    const perebor_matrix *rows, perebor_workspace *workspace,
                                    double *scores, perebor_error *error) {
    perebor_model part = *model;
    part.n_trees = n_estimators + (model->added ? 1 : 0); // the first says where scores start
    part.n_trees = part.n_trees < model->n_trees ? part.n_trees : model->n_trees;
    part.n_nodes = model->first_node[part.n_trees];
    part.ranks = NULL;
    part.n_parts = 0;
    return ensemble_score(&part, rows, workspace, scores, error);
}
