// SPDX-License-Identifier: MIT
/*
 * A model whose columns have more thresholds than 16 bits can tell apart, as extra trees have, each
 * of whose nodes draws its own, is cut into parts of successive trees that have fewer.
 */
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/ensemble/ensemble_ranks.h"

/** Counts the nodes of a tree that ask for each column. @param[in,out] counts  [n_columns]
 * @return The most that any of these has now. */
static uint32_t count_tree(const perebor_model *model, size_t tree, uint32_t *counts) {
    uint32_t most = 0;
    for (uint64_t node = model->first_node[tree]; node < model->first_node[tree + 1]; node++) {
        if (model->left[node] != 0) {
            const uint32_t n = ++counts[model->columns[node]];
            most = n > most ? n : most;
        }
    }
    return most;
}

/**
 * Finds where parts begin whose columns have few nodes.
 *
 * @param[in]  counts  [n_columns] to count in.
 * @param[out] begin   [n_trees + 1] the first tree of each part, and behind the last one n_trees.
 * @return How many parts there are; 0 if one tree is too many.
 */
static size_t cut(const perebor_model *model, uint32_t *counts, size_t *begin) {
    size_t n_parts = 0;
    for (size_t tree = 0; tree < model->n_trees; tree++) {
        if (tree == 0 || count_tree(model, tree, counts) >= ENSEMBLE_MOST_RANKS) {
            begin[n_parts++] = tree;
            memset(counts, 0, model->n_columns * sizeof *counts);
            if (count_tree(model, tree, counts) >= ENSEMBLE_MOST_RANKS) {
                return 0;
            }
        }
    }
    begin[n_parts] = model->n_trees;
    return n_parts;
}

/** Trees [begin, end) as a model, which has no sets and lends its nodes. @return False if memory is
 * short. */
static bool make_part(const perebor_model *model, size_t begin, size_t end,
                      perebor_workspace *workspace, perebor_model *part) {
    const uint64_t first = model->first_node[begin];
    uint64_t *first_node = perebor_workspace_take(workspace, end - begin + 1, sizeof *first_node);
    if (first_node == NULL) {
        return false;
    }
    for (size_t tree = begin; tree <= end; tree++) {
        first_node[tree - begin] = model->first_node[tree] - first;
    }
    *part = (perebor_model){.n_columns = model->n_columns,
                            .n_trees = end - begin,
                            .n_nodes = first_node[end - begin],
                            .first_node = first_node,
                            .thresholds = model->thresholds + first,
                            .values = model->values + first,
                            .covers = model->covers + first,
                            .columns = model->columns + first,
                            .left = model->left + first,
                            .added = model->added};
    return true;
}

/** Ranks and lays out a part. @param[in,out] all  False from the first on that cannot be. */
static perebor_status rank_part(perebor_model *part, bool *all, perebor_workspace *scratch,
                                perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, ensemble_ranks_create(&part->ranks, part, true, scratch, workspace, error));
    *all = part->ranks != NULL; // else there are too many columns
done:
    return status;
}

/** Makes n parts. @param[in] begin  [n + 1] */
static perebor_status make_parts(perebor_model *model, const size_t *begin, size_t n,
                                 perebor_workspace *scratch, perebor_workspace *workspace,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_model *parts = perebor_workspace_take(workspace, n, sizeof *parts);
    bool whole = parts != NULL, all = true;
    for (size_t i = 0; whole && all && i < n; i++) {
        whole = make_part(model, begin[i], begin[i + 1], workspace, &parts[i]);
        if (whole) {
            PEREBOR_TRY(done, rank_part(&parts[i], &all, scratch, workspace, error));
        }
    }
    if (!whole) {
        return perebor_no_memory(error, "for %zu parts of a model", n);
    }
    model->parts = all ? parts : NULL;
    model->n_parts = all ? n : 0;
done:
    return status;
}

perebor_status ensemble_parts_create(perebor_model *model, perebor_workspace *scratch,
                                     perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_workspace_mark before = perebor_workspace_here(scratch);
    uint32_t *counts = perebor_workspace_take_zeroed(scratch, model->n_columns, sizeof *counts);
    size_t *begin = perebor_workspace_take(scratch, model->n_trees + 1, sizeof *begin);
    if (counts == NULL || begin == NULL) {
        status = perebor_no_memory(error, "to cut a model of %zu trees", model->n_trees);
        goto done;
    }
    const size_t n_parts = cut(model, counts, begin);
    if (n_parts > 0) {
        status = make_parts(model, begin, n_parts, scratch, workspace, error);
    }
done:
    perebor_workspace_return(scratch, before);
    return status;
}
