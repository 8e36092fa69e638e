// SPDX-License-Identifier: MIT
#include "model/ensemble/ensemble_ranks.h"

#include <math.h>

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
    if (PEREBOR_KERNEL_PICK(ensemble_walk_kernels)->walk == NULL) {
        return PEREBOR_OK;
    }
    return ensemble_blocks_create(&ranks->blocks, model, ranks->nodes, ranks->n_columns, workspace,
                                  error);
}

bool ensemble_ranks_pay(const perebor_model *model, size_t n_rows) {
    // Measured: ranking a threshold takes as long as walking eight trees saves.
    return n_rows * model->n_trees / 8 > model->n_nodes;
}
