// SPDX-License-Identifier: MIT
/*
 * Rows are taken in blocks that stay in the cache: dense values, and of every nominal column the
 * code. A set of levels of one nominal column is a mask of its codes, so that asking for it is
 * looking at a bit. Sets of other columns, as rows have that were written out, are looked through.
 */
#include "model/ensemble/ensemble_sets.h"

#include <assert.h>
#include <math.h>

#include "base/deadline.h"
#include "base/try.h"

enum { abreast = 8, block_bytes = 1 << 18, most_block = 4096, no_block = -1 };

/** How a set is asked for. */
typedef struct asked_set {
    ptrdiff_t block; /**< A block of codes, or no_block. */
    size_t mask;     /**< Where the bits of its codes begin, in words. */
} asked_set;

/** A node as it is walked: of columns those behind the dense ones are counted from one more. */
typedef struct asked_node {
    double threshold;
    uint32_t column, left;
} asked_node;

/** A model and rows. */
typedef struct set_scoring {
    const perebor_model *model;
    const perebor_matrix *rows;
    size_t n_dense;
    uint32_t *block_of; /**< [n_columns - n_dense] the block of codes of a level */
    asked_set *sets;    /**< [n_sets] */
    uint64_t *masks;
    size_t first, n;   /**< Rows of the block. */
    double *values;    /**< [n][n_dense + 1], the last 0 */
    asked_node *nodes; /**< [most nodes of a tree] */
    uint32_t *codes;   /**< [n][n_indicators] */
} set_scoring;

/** The block of codes that all members of a set are of, or no_block. */
static ptrdiff_t block_of_set(const set_scoring *scoring, size_t set) {
    const perebor_model *model = scoring->model;
    const uint32_t first = model->members[model->first_member[set]];
    const uint32_t last = model->members[model->first_member[set + 1] - 1];
    if (first < scoring->n_dense) {
        return no_block;
    }
    const uint32_t block = scoring->block_of[first - scoring->n_dense];
    return block == scoring->block_of[last - scoring->n_dense] ? (ptrdiff_t)block : no_block;
}

/** Bits for all codes of a block, that of "none" too. */
static size_t words_of(const perebor_indicators *levels) {
    return levels->n_levels / 64 + 1;
}

/** Makes masks of sets. */
static perebor_status lay_sets(set_scoring *scoring, perebor_workspace *workspace,
                               perebor_error *error) {
    const perebor_model *model = scoring->model;
    size_t n_words = 0;
    scoring->sets = perebor_workspace_take(workspace, model->n_sets, sizeof *scoring->sets);
    scoring->block_of = perebor_workspace_take(workspace, model->n_columns - scoring->n_dense + 1,
                                               sizeof *scoring->block_of);
    if (scoring->sets == NULL || scoring->block_of == NULL) {
        return perebor_no_memory(error, "for %zu sets of levels", model->n_sets);
    }
    for (size_t k = 0; k < scoring->rows->n_indicators; k++) {
        const perebor_indicators *levels = &scoring->rows->indicators[k];
        for (size_t level = 0; level < levels->n_levels; level++) {
            scoring->block_of[levels->first - scoring->n_dense + level] = (uint32_t)k;
        }
    }
    for (size_t set = 0; set < model->n_sets; set++) {
        const ptrdiff_t block = block_of_set(scoring, set);
        scoring->sets[set] = (asked_set){.block = block, .mask = n_words};
        n_words += block == no_block ? 0 : words_of(&scoring->rows->indicators[block]);
    }
    scoring->masks = perebor_workspace_take_zeroed(workspace, n_words + 1, sizeof(uint64_t));
    if (scoring->masks == NULL) {
        return perebor_no_memory(error, "for %zu sets of levels", model->n_sets);
    }
    for (size_t set = 0; set < model->n_sets; set++) {
        const asked_set *asked = &scoring->sets[set];
        for (uint64_t i = model->first_member[set];
             asked->block != no_block && i < model->first_member[set + 1]; i++) {
            const size_t code = model->members[i] - scoring->rows->indicators[asked->block].first;
            scoring->masks[asked->mask + code / 64] |= UINT64_C(1) << code % 64;
        }
    }
    return PEREBOR_OK;
}

static void read_block(const set_scoring *scoring) {
    const perebor_matrix *rows = scoring->rows;
    for (size_t column = 0; column < scoring->n_dense; column++) {
        const double *values = perebor_matrix_column(rows, column) + scoring->first;
        for (size_t i = 0; i < scoring->n; i++) {
            scoring->values[i * (scoring->n_dense + 1) + column] = values[i];
        }
    }
    for (size_t k = 0; k < rows->n_indicators; k++) {
        for (size_t i = 0; i < scoring->n; i++) {
            scoring->codes[i * rows->n_indicators + k] =
                rows->indicators[k].codes[scoring->first + i];
        }
    }
}

/** The value of a column at a row of the block. */
static double value_at(const set_scoring *scoring, size_t row, uint32_t column) {
    if (column < scoring->n_dense) {
        return scoring->values[row * (scoring->n_dense + 1) + column];
    }
    const uint32_t block = scoring->block_of[column - scoring->n_dense];
    const uint32_t code = scoring->codes[row * scoring->rows->n_indicators + block];
    return scoring->rows->indicators[block].first + code == column ? 1.0 : 0.0;
}

/** Whether a row of the block has a level of a set. */
static bool has_level(const set_scoring *scoring, size_t row, size_t set) {
    const perebor_model *model = scoring->model;
    const asked_set *asked = &scoring->sets[set];
    if (asked->block != no_block) {
        const uint32_t code =
            scoring->codes[row * scoring->rows->n_indicators + (size_t)asked->block];
        return (scoring->masks[asked->mask + code / 64] >> code % 64 & 1) != 0;
    }
    for (uint64_t i = model->first_member[set]; i < model->first_member[set + 1]; i++) {
        if (value_at(scoring, row, model->members[i]) > 0.5) {
            return true;
        }
    }
    return false;
}

/** The nodes of a tree. A leaf leads to itself: it asks for the column of zeros that stands behind
 * the dense ones. */
static void copy_tree(const set_scoring *scoring, size_t tree) {
    const perebor_model *model = scoring->model;
    const uint64_t first = model->first_node[tree];
    const size_t n = model->first_node[tree + 1] - first;
    for (size_t node = 0; node < n; node++) {
        const uint32_t left = model->left[first + node];
        const uint32_t column = model->columns[first + node];
        scoring->nodes[node] = left == 0
                                   ? (asked_node){.threshold = INFINITY,
                                                  .column = (uint32_t)scoring->n_dense,
                                                  .left = (uint32_t)node}
                                   : (asked_node){.threshold = model->thresholds[first + node],
                                                  .column = column + (column >= scoring->n_dense),
                                                  .left = left};
    }
}

/** The node behind a node. */
static inline uint32_t step(const set_scoring *scoring, size_t row, uint32_t at) {
    const asked_node node = scoring->nodes[at];
    const double value =
        node.column <= scoring->n_dense
            ? scoring->values[row * (scoring->n_dense + 1) + node.column]
        : node.column > scoring->model->n_columns
            ? (double)has_level(scoring, row, node.column - 1 - scoring->model->n_columns)
            : value_at(scoring, row, node.column - 1);
    return node.left + (value <= node.threshold ? 0 : 1);
}

/** Adds a tree to the sums, a few rows at a time: each waits for its last step alone. */
static void add_tree(const set_scoring *scoring, size_t tree, double *sums) {
    const double *values = scoring->model->values + scoring->model->first_node[tree];
    copy_tree(scoring, tree);
    for (size_t first = 0; first < scoring->n; first += abreast) {
        const size_t n = scoring->n - first < abreast ? scoring->n - first : abreast;
        uint32_t at[abreast] = {0};
        for (uint32_t moved = 1; moved != 0;) {
            moved = 0;
            for (size_t i = 0; i < n; i++) {
                const uint32_t next = step(scoring, first + i, at[i]);
                moved |= next ^ at[i];
                at[i] = next;
            }
        }
        for (size_t i = 0; i < n; i++) {
            sums[first + i] += values[at[i]];
        }
    }
}

/** Leaves are added in the order of the trees. */
static void score_block(const set_scoring *scoring, double *sums) {
    const perebor_model *model = scoring->model;
    size_t worked = 0;
    read_block(scoring);
    for (size_t row = 0; row < scoring->n; row++) {
        sums[row] = 0.0;
    }
    for (size_t tree = 0; tree < model->n_trees; tree++) {
        if (perebor_deadline_passed_after(&worked, 16 * scoring->n)) {
            return;
        }
        add_tree(scoring, tree, sums);
    }
    for (size_t row = 0; !model->added && row < scoring->n; row++) {
        sums[row] /= (double)model->n_trees;
    }
}

perebor_status ensemble_sets_score(const perebor_model *model, const perebor_matrix *rows,
                                   perebor_workspace *workspace, double *scores,
                                   perebor_error *error) {
    perebor_status status;
    set_scoring scoring = {.model = model, .rows = rows, .n_dense = perebor_matrix_n_dense(rows)};
    const size_t bytes_of_row =
        (scoring.n_dense + 1) * sizeof *scoring.values + rows->n_indicators * sizeof *scoring.codes;
    size_t a_block = block_bytes / (bytes_of_row + 1) + 1;
    a_block = a_block < most_block ? a_block : most_block;
    PEREBOR_TRY(done, lay_sets(&scoring, workspace, error));
    assert(scoring.masks != NULL && scoring.sets != NULL);
    scoring.values = perebor_workspace_take_zeroed(workspace, a_block * (scoring.n_dense + 1),
                                                   sizeof *scoring.values);
    scoring.nodes =
        perebor_workspace_take(workspace, ensemble_most_nodes(model), sizeof *scoring.nodes);
    scoring.codes =
        perebor_workspace_take(workspace, a_block * rows->n_indicators + 1, sizeof *scoring.codes);
    if (scoring.values == NULL || scoring.codes == NULL || scoring.nodes == NULL) {
        return perebor_no_memory(error, "to score %zu rows", rows->n_rows);
    }
    for (; scoring.first < rows->n_rows && !perebor_deadline_passed(); scoring.first += scoring.n) {
        const size_t left = rows->n_rows - scoring.first;
        scoring.n = left < a_block ? left : a_block;
        score_block(&scoring, scores + scoring.first);
    }
    status = perebor_deadline_check(error);
done:
    return status;
}
