// SPDX-License-Identifier: MIT
/*
 * Rows of ranks walk through trees: from block to block where trees are laid out so, else from node
 * to node. Either way a row's leaves are added in the order of the trees.
 */
#include <math.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/ensemble/ensemble_bits.h"
#include "model/ensemble/ensemble_blocks.h"
#include "model/ensemble/ensemble_ranks.h"
#include "model/ensemble/ensemble_walk.h"

enum { looked_at = 4 };
_Static_assert((int)looked_at <= (int)ENSEMBLE_PADDING,
               "no more thresholds are looked at than there are");

/** The rank of a value in the part [rank, last) of the thresholds: those before it lie below the
 * value, those from last on do not, so that it does no harm to look at some of these. */
static inline uint32_t rank_within(const double *thresholds, uint32_t rank, uint32_t last,
                                   double value) {
    const uint32_t first = rank;
    for (uint32_t i = 0; i < looked_at; i++) {
        rank += thresholds[first + i] < value;
    }
    if (rank < first + looked_at || rank >= last) {
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
        const uint32_t part = ensemble_part_of(column, value);
        const uint32_t rank =
            rank_within(column->thresholds, column->begin[part], column->begin[part + 1], value);
        // No threshold is as great as what is missing: to the right.
        rows[i * width] = (uint16_t)(isnan(value) ? column->n : rank);
    }
}

/** Ranks rows of a column. @param[in] first  Of the rows. @param[out] ranks  [n][width] */
static void rank_column(const ranked_column *column, const perebor_matrix *rows, size_t first,
                        size_t n, uint16_t *ranks, size_t width) {
    if (column->column < perebor_matrix_n_dense(rows)) {
        rank_values(column, perebor_matrix_column(rows, column->column) + first, n, ranks, width);
        return;
    }
    const perebor_indicators *levels = rows->indicators;
    while (column->column >= levels->first + levels->n_levels) {
        levels++;
    }
    const double values[2] = {0.0, 1.0};
    const uint32_t level = (uint32_t)(column->column - levels->first);
    uint16_t own[2];
    rank_values(column, values, 2, own, 1);
    for (size_t i = 0; i < n; i++) {
        ranks[i * width] = own[levels->codes[first + i] == level];
    }
}

/* From node to node. */

enum { abreast = 8, steps = 4, line_of_ranks = 32, block_bytes = 1 << 18, most_block = 4096 };

/** Rows of a block. */
typedef struct ranked_block {
    uint16_t *rows;    /**< [n][width] ranks */
    uint32_t *leaves;  /**< [n] of a tree: where each row is. */
    uint32_t *walking; /**< [n] */
    size_t n, first, width;
} ranked_block;

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

static void score_block(const perebor_model *model, const ensemble_ranks *ranks,
                        const perebor_matrix *rows, const ranked_block *block, double *sums) {
    size_t worked = 0;
    for (size_t k = 0; k < ranks->n_columns; k++) {
        rank_column(&ranks->columns[k], rows, block->first, block->n, block->rows + k,
                    block->width);
    }
    for (size_t tree = 0; tree < model->n_trees; tree++) {
        if (perebor_deadline_passed_after(&worked, 16 * block->n)) {
            return;
        }
        const uint64_t first = model->first_node[tree];
        walk(ranks->nodes + first, model->values + first, block, sums + block->first);
    }
}

/** Ranks of a row with what follows them: whole lines of a cache, unless rows are short. */
static size_t width_of(const ensemble_ranks *ranks) {
    const size_t n = ranks->n_columns > 0 ? ranks->n_columns : 1;
    return n > line_of_ranks / 2 ? (n + line_of_ranks - 1) / line_of_ranks * line_of_ranks : n;
}

/** How many rows make a block. @param[in] width  Of a row. */
static size_t rows_of_block(size_t n_rows, size_t width) {
    const size_t fit = block_bytes / sizeof(uint16_t) / (width + 1);
    const size_t most = fit < abreast ? abreast : fit > most_block ? most_block : fit;
    return most < n_rows ? most : n_rows;
}

static perebor_status sum_by_nodes(const perebor_model *model, const ensemble_ranks *ranks,
                                   const perebor_matrix *rows, perebor_workspace *workspace,
                                   double *sums, perebor_error *error) {
    ranked_block block = {.width = width_of(ranks)};
    const size_t a_block = rows_of_block(rows->n_rows, block.width);
    // A leaf looks at the first column, if there is any or not.
    block.rows =
        perebor_workspace_take_zeroed(workspace, a_block * block.width, sizeof *block.rows);
    block.leaves = perebor_workspace_take(workspace, a_block, sizeof *block.leaves);
    block.walking = perebor_workspace_take(workspace, a_block, sizeof *block.walking);
    if (block.rows == NULL || block.leaves == NULL || block.walking == NULL) {
        return perebor_no_memory(error, "to score %zu rows", rows->n_rows);
    }
    for (; block.first < rows->n_rows && !perebor_deadline_passed(); block.first += block.n) {
        size_t left = rows->n_rows - block.first;
        block.n = left < a_block ? left : a_block;
        score_block(model, ranks, rows, &block, sums);
    }
    return perebor_deadline_check(error);
}

/* From block to block, or by bits. Some trees are walked by all rows of a batch before the next
 * trees are: then neither the trees come from afar for few rows, nor the rows for one tree. */

enum { rows_of_batch = 16384, ranks_of_batch = 1 << 20, trees_of_group = 8 };

/** Rows of a batch. */
typedef struct ranked_batch {
    uint16_t *tiles; /**< [n in whole tiles][width]: ensemble_walkers. */
    uint16_t *rows;  /**< [n in whole tiles][width] NULL: all trees have bits. */
    size_t n, first;
    ensemble_walkers walkers; /**< What they compute in. */
} ranked_batch;

/** Rows of a tile as rows. */
static void turn_tile(const uint16_t *tile, size_t n_columns, size_t width, uint16_t *rows) {
    for (size_t i = 0; i < ENSEMBLE_TILE_ROWS; i++) {
        for (size_t k = 0; k < n_columns; k++) {
            rows[i * width + k] = tile[k * ENSEMBLE_TILE_ROWS + i];
        }
    }
}

/** Ranks the rows of a batch of one column. @param[out] ranks  Where those of the first tile go. */
static void rank_tiles(const ranked_column *column, const perebor_matrix *rows,
                       const ranked_batch *batch, uint16_t *ranks) {
    const ensemble_walk_kernels *kernels = PEREBOR_KERNEL_PICK(ensemble_walk_kernels);
    const bool dense = column->column < perebor_matrix_n_dense(rows);
    const double *values =
        dense ? perebor_matrix_column(rows, column->column) + batch->first : NULL;
    for (size_t first = 0; first < batch->n; first += ENSEMBLE_TILE_ROWS) {
        const size_t left = batch->n - first;
        const size_t n = left < ENSEMBLE_TILE_ROWS ? left : ENSEMBLE_TILE_ROWS;
        uint16_t *tile = ranks + first * batch->walkers.width;
        if (dense) {
            kernels->rank(column, values + first, n, tile);
        } else {
            rank_column(column, rows, batch->first + first, n, tile, 1);
        }
    }
}

/** Ranks the rows of a batch: one column after the other, whose thresholds then are near. */
static void rank_batch(const ensemble_ranks *ranks, const perebor_matrix *rows,
                       const ranked_batch *batch) {
    const size_t width = batch->walkers.width;
    for (size_t k = 0; k < ranks->n_columns; k++) {
        rank_tiles(&ranks->columns[k], rows, batch, batch->tiles + k * ENSEMBLE_TILE_ROWS);
    }
    for (size_t first = 0; batch->rows != NULL && first < batch->n; first += ENSEMBLE_TILE_ROWS) {
        turn_tile(batch->tiles + first * width, ranks->n_columns, width,
                  batch->rows + first * width);
    }
}

/** Whether all of some trees have bits. */
static bool all_bits(const ensemble_block_tree *trees, size_t n) {
    bool all = true;
    for (size_t tree = 0; tree < n; tree++) {
        all = all && trees[tree].bits != NULL;
    }
    return all;
}

/** Lets the rows of a batch walk through some trees. */
static void walk_group(const ensemble_block_tree *trees, size_t n_trees, const ranked_batch *batch,
                       double *sums) {
    const ensemble_walk_kernels *walk = PEREBOR_KERNEL_PICK(ensemble_walk_kernels);
    const ensemble_bits_kernels *bits = PEREBOR_KERNEL_PICK(ensemble_bits_kernels);
    const size_t most = all_bits(trees, n_trees) ? ENSEMBLE_BITS_ROWS : ENSEMBLE_WALK_ROWS;
    ensemble_walkers walkers = batch->walkers;
    for (size_t first = 0; first < batch->n; first += most) {
        const size_t left = batch->n - first;
        walkers.n = left < most ? left : most;
        walkers.tiles = batch->tiles + first * walkers.width;
        walkers.rows = batch->rows != NULL ? batch->rows + first * walkers.width : NULL;
        for (size_t tree = 0; tree < n_trees; tree++) {
            if (trees[tree].bits != NULL) {
                bits->add(trees[tree].bits, walkers.tiles, walkers.width, walkers.n, sums + first);
            } else {
                walk->walk(&trees[tree], &walkers, sums + first);
            }
        }
    }
}

/** Takes memory for walking from block to block. @return False if it is short. */
static bool take_walkers(ranked_batch *batch, size_t n, perebor_workspace *workspace) {
    const size_t listed = (n < ENSEMBLE_WALK_ROWS ? n : ENSEMBLE_WALK_ROWS) + ENSEMBLE_BEHIND;
    ensemble_walkers *walkers = &batch->walkers;
    batch->rows = perebor_workspace_take_zeroed(workspace, n * walkers->width, sizeof(uint16_t));
    walkers->places = perebor_workspace_take(workspace, listed, sizeof(uint32_t));
    walkers->at = perebor_workspace_take(workspace, listed, sizeof(uint32_t));
    walkers->ended = perebor_workspace_take(workspace, listed, sizeof(uint32_t));
    walkers->leaves = perebor_workspace_take(workspace, listed, sizeof(uint32_t));
    return batch->rows != NULL && walkers->places != NULL && walkers->at != NULL &&
           walkers->ended != NULL && walkers->leaves != NULL;
}

/** Takes memory for batches of up to so many rows. @return False if it is short. */
static bool take_batch(ranked_batch *batch, const perebor_model *model, const ensemble_ranks *ranks,
                       size_t n_rows, perebor_workspace *workspace) {
    const bool bits = all_bits(ranks->blocks, model->n_trees);
    const size_t n_columns = ranks->n_columns > 0 ? ranks->n_columns : 1;
    size_t width = bits ? n_columns : ENSEMBLE_REGISTER_COLUMNS / 2;
    while (width < n_columns) {
        width *= 2;
    }
    const size_t fit = ranks_of_batch / width / ENSEMBLE_BITS_ROWS * ENSEMBLE_BITS_ROWS;
    const size_t most = fit > rows_of_batch        ? rows_of_batch
                        : fit < ENSEMBLE_BITS_ROWS ? ENSEMBLE_BITS_ROWS
                                                   : fit;
    batch->n = n_rows < most ? n_rows : most;
    batch->walkers.width = width;
    const size_t whole =
        (batch->n + ENSEMBLE_TILE_ROWS - 1) / ENSEMBLE_TILE_ROWS * ENSEMBLE_TILE_ROWS;
    batch->tiles = perebor_workspace_take_zeroed(workspace, whole * width, sizeof(uint16_t));
    return batch->tiles != NULL && (bits || take_walkers(batch, whole, workspace));
}

static perebor_status sum_by_blocks(const perebor_model *model, const ensemble_ranks *ranks,
                                    const perebor_matrix *rows, perebor_workspace *workspace,
                                    double *sums, perebor_error *error) {
    ranked_batch batch = {0};
    if (!take_batch(&batch, model, ranks, rows->n_rows, workspace)) {
        return perebor_no_memory(error, "to score %zu rows", rows->n_rows);
    }
    size_t worked = 0;
    for (; batch.first < rows->n_rows; batch.first += batch.n) {
        const size_t left = rows->n_rows - batch.first;
        batch.n = left < batch.n ? left : batch.n;
        rank_batch(ranks, rows, &batch);
        for (size_t tree = 0; tree < model->n_trees; tree += trees_of_group) {
            if (perebor_deadline_passed_after(&worked, 16 * trees_of_group * batch.n)) {
                return perebor_deadline_check(error);
            }
            const size_t n = model->n_trees - tree;
            walk_group(ranks->blocks + tree, n < trees_of_group ? n : trees_of_group, &batch,
                       sums + batch.first);
        }
    }
    return perebor_deadline_check(error);
}

/** Adds the leaves of all trees. @param[in,out] sums  [rows->n_rows] */
static perebor_status add_leaves(const perebor_model *model, const ensemble_ranks *ranks,
                                 const perebor_matrix *rows, perebor_workspace *workspace,
                                 double *sums, perebor_error *error) {
    return ranks->blocks != NULL ? sum_by_blocks(model, ranks, rows, workspace, sums, error)
                                 : sum_by_nodes(model, ranks, rows, workspace, sums, error);
}

perebor_status ensemble_ranks_score(const perebor_model *model, const ensemble_ranks *ranks,
                                    const perebor_matrix *rows, perebor_workspace *workspace,
                                    double *scores, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < rows->n_rows; i++) {
        scores[i] = 0.0;
    }
    if (ranks != NULL) {
        PEREBOR_TRY(done, add_leaves(model, ranks, rows, workspace, scores, error));
    }
    for (size_t i = 0; ranks == NULL && i < model->n_parts; i++) {
        const perebor_model *part = &model->parts[i];
        perebor_workspace_mark begin = perebor_workspace_here(workspace);
        PEREBOR_TRY(done, add_leaves(part, part->ranks, rows, workspace, scores, error));
        perebor_workspace_return(workspace, begin);
    }
    for (size_t i = 0; !model->added && i < rows->n_rows; i++) {
        scores[i] /= (double)model->n_trees;
    }
done:
    return status;
}
