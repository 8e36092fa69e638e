// SPDX-License-Identifier: MIT
// A model of trees is kept as its form has it.
#include "model/ensemble/ensemble.h"

#include <string.h>

#include "base/try.h"
#include "model/ensemble/ensemble_ranks.h"

const char *ensemble_kind(bool added) {
    return added ? "boosting" : "a forest";
}

perebor_status ensemble_reserve(perebor_model *model, size_t *room, size_t n, size_t likely,
                                perebor_workspace *workspace, perebor_error *error) {
    if (n <= *room) {
        return PEREBOR_OK;
    }
    size_t wanted = likely > n ? likely : 2 * *room < n ? n : 2 * *room;
    perebor_model grown = *model;
    grown.thresholds = perebor_workspace_take(workspace, wanted, sizeof *grown.thresholds);
    grown.values = perebor_workspace_take(workspace, wanted, sizeof *grown.values);
    grown.covers = perebor_workspace_take(workspace, wanted, sizeof *grown.covers);
    grown.columns = perebor_workspace_take(workspace, wanted, sizeof *grown.columns);
    grown.left = perebor_workspace_take(workspace, wanted, sizeof *grown.left);
    if (grown.thresholds == NULL || grown.values == NULL || grown.covers == NULL ||
        grown.columns == NULL || grown.left == NULL) {
        return perebor_no_memory(error, "for trees of %zu nodes", wanted);
    }
    if (model->n_nodes > 0) {
        memcpy(grown.thresholds, model->thresholds, model->n_nodes * sizeof *grown.thresholds);
        memcpy(grown.values, model->values, model->n_nodes * sizeof *grown.values);
        memcpy(grown.covers, model->covers, model->n_nodes * sizeof *grown.covers);
        memcpy(grown.columns, model->columns, model->n_nodes * sizeof *grown.columns);
        memcpy(grown.left, model->left, model->n_nodes * sizeof *grown.left);
    }
    *model = grown;
    *room = wanted;
    return PEREBOR_OK;
}

/** Memory for twice as many, what is there kept; NULL if there is not enough. */
static void *extend(perebor_workspace *workspace, const void *from, size_t n, size_t room,
                    size_t size) {
    void *to = perebor_workspace_take(workspace, room, size);
    if (to != NULL && n > 0) {
        memcpy(to, from, n * size);
    }
    return to;
}

perebor_status ensemble_add_set(perebor_model *model, const uint32_t *columns, size_t n,
                                perebor_workspace *workspace, perebor_error *error) {
    const size_t n_members = model->n_sets > 0 ? model->first_member[model->n_sets] : 0;
    if (model->n_sets + 2 > model->set_room) {
        model->set_room = 2 * model->set_room + 16;
        model->first_member =
            extend(workspace, model->first_member, model->n_sets > 0 ? model->n_sets + 1 : 0,
                   model->set_room, sizeof *model->first_member);
    }
    if (n_members + n > model->member_room) {
        model->member_room = 2 * model->member_room + n;
        model->members = extend(workspace, model->members, n_members, model->member_room,
                                sizeof *model->members);
    }
    if (model->first_member == NULL || model->members == NULL) {
        return perebor_no_memory(error, "for %zu sets of levels", model->n_sets + 1);
    }
    memcpy(model->members + n_members, columns, n * sizeof *columns);
    model->first_member[0] = 0;
    model->first_member[++model->n_sets] = n_members + n;
    return PEREBOR_OK;
}

perebor_status ensemble_describe(const perebor_model *model, perebor_workspace *workspace,
                                 perebor_model_form *form, perebor_error *error) {
    (void)workspace;
    (void)error;
    *form = (perebor_model_form){.kind = PEREBOR_FORM_TREES,
                                 .n_columns = model->n_columns,
                                 .as.trees = {.n_trees = model->n_trees,
                                              .n_nodes = model->n_nodes,
                                              .first_node = model->first_node,
                                              .thresholds = model->thresholds,
                                              .values = model->values,
                                              .covers = model->covers,
                                              .columns = model->columns,
                                              .left = model->left,
                                              .n_sets = model->n_sets,
                                              .first_member = model->first_member,
                                              .members = model->members,
                                              .added = model->added}};
    return PEREBOR_OK;
}

/** An array of a form: a copy, or itself if it lasts. A restored model is not written to. */
static void *take_over(const perebor_trees_form *trees, perebor_workspace *workspace,
                       const void *from, size_t n, size_t size) {
    return trees->lasting ? (void *)from : extend(workspace, from, n, n, size);
}

/** Takes over the sets of a form, if it has any. @return False if memory is short. */
static bool take_over_sets(perebor_model *model, const perebor_trees_form *trees,
                           perebor_workspace *workspace) {
    if (trees->n_sets == 0) {
        return true;
    }
    model->n_sets = trees->n_sets;
    model->first_member =
        take_over(trees, workspace, trees->first_member, trees->n_sets + 1, sizeof(uint64_t));
    model->members = take_over(trees, workspace, trees->members, trees->first_member[trees->n_sets],
                               sizeof(uint32_t));
    return model->first_member != NULL && model->members != NULL;
}

/** Refuses nodes that nothing leads to. Children being of one parent each, a tree has none if all
 * its nodes but the root are children: n = 2 inner nodes + 1. */
static perebor_status check_whole(const perebor_trees_form *trees, perebor_error *error) {
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        const uint64_t end = trees->first_node[tree + 1];
        uint64_t n = 1;
        for (uint64_t node = trees->first_node[tree]; node < end; node++) {
            n += trees->left[node] != 0 ? 2 : 0;
        }
        if (n != end - trees->first_node[tree]) {
            return perebor_fail(error, PEREBOR_ERR_FORMAT,
                                "tree %zu of the model has nodes that nothing leads to", tree);
        }
    }
    return PEREBOR_OK;
}

/** Ranks a model as a whole or, if it has too many thresholds for that, in parts. */
static perebor_status rank(perebor_model *model, perebor_workspace *scratch,
                           perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    if (!ensemble_ranks_too_many(model)) {
        PEREBOR_TRY(done,
                    ensemble_ranks_create(&model->ranks, model, true, scratch, workspace, error));
    }
    if (model->ranks == NULL) {
        PEREBOR_TRY(done, ensemble_parts_create(model, scratch, workspace, error));
    }
done:
    return status;
}

perebor_status ensemble_restore(perebor_model **model, const perebor_model_form *form, bool added,
                                perebor_workspace *workspace, perebor_error *error) {
    const perebor_trees_form *trees = &form->as.trees;
    if (form->kind != PEREBOR_FORM_TREES) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s is trees, not %s", ensemble_kind(added),
                            perebor_form_kind_name(form->kind));
    }
    if (trees->single_precision || trees->added != added) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "the trees of %s are of double precision and %s", ensemble_kind(added),
                            added ? "added up" : "averaged");
    }
    perebor_status status;
    perebor_workspace scratch = {0};
    PEREBOR_TRY(done, check_whole(trees, error));
    perebor_model *restored = perebor_workspace_take(workspace, 1, sizeof *restored);
    if (restored == NULL) {
        return perebor_no_memory(error, "for a model of trees");
    }
    *restored = (perebor_model){
        .n_columns = form->n_columns,
        .n_trees = trees->n_trees,
        .n_nodes = trees->n_nodes,
        .first_node =
            take_over(trees, workspace, trees->first_node, trees->n_trees + 1, sizeof(uint64_t)),
        .thresholds =
            take_over(trees, workspace, trees->thresholds, trees->n_nodes, sizeof(double)),
        .values = take_over(trees, workspace, trees->values, trees->n_nodes, sizeof(double)),
        .covers = take_over(trees, workspace, trees->covers, trees->n_nodes, sizeof(double)),
        .columns = take_over(trees, workspace, trees->columns, trees->n_nodes, sizeof(uint32_t)),
        .left = take_over(trees, workspace, trees->left, trees->n_nodes, sizeof(uint32_t)),
        .added = added};
    if (restored->first_node == NULL || restored->thresholds == NULL || restored->values == NULL ||
        restored->covers == NULL || restored->columns == NULL || restored->left == NULL ||
        !take_over_sets(restored, trees, workspace)) {
        return perebor_no_memory(error, "for trees of %zu nodes", trees->n_nodes);
    }
    // Whoever restores a model is going to score rows, block by block. Sets have no ranks.
    if (restored->n_sets == 0) {
        PEREBOR_TRY(done, rank(restored, &scratch, workspace, error));
    }
    *model = restored;
done:
    perebor_workspace_release(&scratch);
    return status;
}

size_t ensemble_most_nodes(const perebor_model *model) {
    size_t most = 0;
    for (size_t tree = 0; tree < model->n_trees; tree++) {
        const size_t n = model->first_node[tree + 1] - model->first_node[tree];
        most = n > most ? n : most;
    }
    return most;
}
