// SPDX-License-Identifier: MIT
#include "model/ensemble/ensemble_ranks.h"

#include <math.h>
#include <string.h>

#include "base/deadline.h"
#include "base/sort_values.h"
#include "base/try.h"
#include "model/ensemble/ensemble_blocks.h"
#include "model/ensemble/ensemble_walk.h"

enum { most_columns = UINT16_MAX };

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
            nodes[node] =
                (ranked_node){.rank = ENSEMBLE_MOST_RANKS,
                              .left = leaf ? (uint32_t)(node - first) : model->left[node]};
            if (!leaf) { // whose column may be any number
                splits->starts[model->columns[node] + 1]++;
            }
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
        begin[ensemble_part_of(column, column->thresholds[i]) + 1]++;
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
    double *thresholds =
        perebor_workspace_take(workspace, n_splits + ENSEMBLE_PADDING, sizeof *thresholds);
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
    for (size_t i = 0; i < ENSEMBLE_PADDING; i++) {
        thresholds[n + i] = INFINITY;
    }
    *too_many = n >= ENSEMBLE_MOST_RANKS || ranks->n_columns > most_columns;
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

/** Lays ranked trees out, whose nodes, of @p scratch, then are not needed any more: or else are
 * kept. */
static perebor_status lay_out(ensemble_ranks *ranks, const perebor_model *model,
                              perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, ensemble_blocks_create(&ranks->blocks, model, ranks->nodes, ranks->n_columns,
                                             workspace, error));
    const ranked_node *nodes = ranks->nodes;
    ranks->nodes = NULL;
    if (ranks->blocks == NULL) {
        ranks->nodes = perebor_workspace_take(workspace, model->n_nodes, sizeof *nodes);
        if (ranks->nodes == NULL) {
            return perebor_no_memory(error, "to score by trees of %zu nodes", model->n_nodes);
        }
        memcpy(ranks->nodes, nodes, model->n_nodes * sizeof *nodes);
    }
done:
    return status;
}

perebor_status ensemble_ranks_create(ensemble_ranks **ranks, const perebor_model *model,
                                     bool laid_out, perebor_workspace *scratch,
                                     perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    *ranks = NULL;
    bool too_many = model->n_nodes > UINT32_MAX || model->n_columns >= UINT32_MAX;
    if (too_many) {
        return PEREBOR_OK;
    }
    const bool blocks = laid_out && PEREBOR_KERNEL_PICK(ensemble_walk_kernels)->walk != NULL;
    const perebor_workspace_mark begin = perebor_workspace_here(workspace);
    const perebor_workspace_mark scratch_begin = perebor_workspace_here(scratch);
    split_list splits;
    ensemble_ranks *made = perebor_workspace_take_zeroed(workspace, 1, sizeof *made);
    if (made != NULL) {
        made->nodes = perebor_workspace_take(blocks ? scratch : workspace, model->n_nodes,
                                             sizeof *made->nodes);
    }
    const bool whole = made != NULL && made->nodes != NULL &&
                       split_list_create(&splits, model, made->nodes, scratch) &&
                       rank_columns(made, &splits, workspace, &too_many);
    if (!whole) {
        status = perebor_no_memory(error, "to score by trees of %zu nodes", model->n_nodes);
    } else if (!too_many && blocks) {
        status = lay_out(made, model, workspace, error);
    }
    perebor_workspace_return(scratch, scratch_begin);
    if (too_many || status != PEREBOR_OK) {
        perebor_workspace_return(workspace, begin);
        return status;
    }
    *ranks = made;
    return perebor_deadline_check(error);
}

/* Different thresholds are counted by the marks that they leave among many: equal ones leave one,
 * different ones mostly two, never more. */

enum { bits_of_mark = 20, words_of_marks = 1 << (bits_of_mark - 6) };

/** Marks the thresholds of a column. @return Whether they leave too many marks. */
static bool leaves_too_many(const perebor_model *model, uint32_t column, uint64_t *marks) {
    size_t n_marks = 0;
    memset(marks, 0, words_of_marks * sizeof *marks);
    for (size_t node = 0; node < model->n_nodes && n_marks < ENSEMBLE_MOST_RANKS; node++) {
        if (model->left[node] != 0 && model->columns[node] == column) {
            // Fibonacci hashing (Knuth, volume 3, 6.4): the golden ratio of 2^64.
            const uint64_t mark =
                sorted_value_key(model->thresholds[node]) * UINT64_C(0x9E3779B97F4A7C15) >>
                (64 - bits_of_mark);
            const uint64_t bit = UINT64_C(1) << (mark & 63);
            n_marks += (marks[mark >> 6] & bit) == 0;
            marks[mark >> 6] |= bit;
        }
    }
    return n_marks >= ENSEMBLE_MOST_RANKS;
}

bool ensemble_ranks_too_many(const perebor_model *model) {
    if (model->n_nodes < 2 * (size_t)ENSEMBLE_MOST_RANKS || model->n_columns == 0) {
        return false; // half of the nodes are leaves
    }
    perebor_workspace scratch = {0};
    uint64_t *marks = perebor_workspace_take(&scratch, words_of_marks, sizeof *marks);
    uint32_t *counts = perebor_workspace_take_zeroed(&scratch, model->n_columns, sizeof *counts);
    const bool whole = marks != NULL && counts != NULL;
    uint32_t column = 0; // the first that many nodes ask for
    uint32_t most = 0;
    for (size_t node = 0; whole && most < ENSEMBLE_MOST_RANKS && node < model->n_nodes; node++) {
        if (model->left[node] != 0) {
            column = model->columns[node];
            most = ++counts[column];
        }
    }
    const bool too_many =
        whole && most >= ENSEMBLE_MOST_RANKS && leaves_too_many(model, column, marks);
    perebor_workspace_release(&scratch);
    return too_many;
}

bool ensemble_ranks_pay(const perebor_model *model, size_t n_rows) {
    // Measured: ranking a threshold takes as long as walking eight trees saves.
    return n_rows * model->n_trees / 8 > model->n_nodes;
}
