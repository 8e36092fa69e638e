// SPDX-License-Identifier: MIT
// A forest is kept as its form has it.
#include <string.h>

#include "model/forest/forest.h"
#include "model/forest/forest_ranks.h"

perebor_status forest_describe(const perebor_model *model, perebor_workspace *workspace,
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
                                              .left = model->left}};
    return PEREBOR_OK;
}

static void *copy(perebor_workspace *workspace, const void *from, size_t n, size_t size) {
    void *to = perebor_workspace_take(workspace, n, size);
    if (to != NULL && n > 0) {
        memcpy(to, from, n * size);
    }
    return to;
}

perebor_status forest_restore(perebor_model **model, const perebor_model_form *form,
                              perebor_workspace *workspace, perebor_error *error) {
    const perebor_trees_form *trees = &form->as.trees;
    if (form->kind != PEREBOR_FORM_TREES || trees->single_precision) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "a forest is trees of double precision, not %s%s",
                            form->kind == PEREBOR_FORM_TREES ? "single-precision " : "",
                            perebor_form_kind_name(form->kind));
    }
    perebor_model *restored = perebor_workspace_take(workspace, 1, sizeof *restored);
    if (restored == NULL) {
        return perebor_no_memory(error, "for a forest");
    }
    *restored = (perebor_model){
        .n_columns = form->n_columns,
        .n_trees = trees->n_trees,
        .n_nodes = trees->n_nodes,
        .first_node =
            copy(workspace, trees->first_node, trees->n_trees + 1, sizeof *trees->first_node),
        .thresholds = copy(workspace, trees->thresholds, trees->n_nodes, sizeof(double)),
        .values = copy(workspace, trees->values, trees->n_nodes, sizeof(double)),
        .covers = copy(workspace, trees->covers, trees->n_nodes, sizeof(double)),
        .columns = copy(workspace, trees->columns, trees->n_nodes, sizeof(uint32_t)),
        .left = copy(workspace, trees->left, trees->n_nodes, sizeof(uint32_t))};
    if (restored->first_node == NULL || restored->thresholds == NULL || restored->values == NULL ||
        restored->covers == NULL || restored->columns == NULL || restored->left == NULL) {
        return perebor_no_memory(error, "for a forest of %zu nodes", trees->n_nodes);
    }
    // Whoever restores a forest is going to score rows, block by block.
    perebor_status status = forest_ranks_create(&restored->ranks, restored, workspace, error);
    if (status == PEREBOR_OK) {
        *model = restored;
    }
    return status;
}
