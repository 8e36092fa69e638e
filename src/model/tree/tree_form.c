// SPDX-License-Identifier: MIT
// A tree as one of a forest of trees, and back. Branches that were pruned stay in the array, where
// nothing leads to them.
#include "base/try.h"
#include "model/tree/tree.h"

/** The arrays of a form, before they are lent as constant. */
typedef struct form_arrays {
    uint64_t *first_node;
    double *thresholds, *values, *covers;
    uint32_t *columns, *left;
} form_arrays;

static bool take_arrays(form_arrays *arrays, size_t n_nodes, perebor_workspace *workspace) {
    *arrays = (form_arrays){
        .first_node = perebor_workspace_take(workspace, 2, sizeof(uint64_t)),
        .thresholds = perebor_workspace_take(workspace, n_nodes, sizeof(double)),
        .values = perebor_workspace_take(workspace, n_nodes, sizeof(double)),
        .covers = perebor_workspace_take(workspace, n_nodes, sizeof(double)),
        .columns = perebor_workspace_take(workspace, n_nodes, sizeof(uint32_t)),
        .left = perebor_workspace_take(workspace, n_nodes, sizeof(uint32_t)),
    };
    return arrays->first_node != NULL && arrays->thresholds != NULL && arrays->values != NULL &&
           arrays->covers != NULL && arrays->columns != NULL && arrays->left != NULL;
}

perebor_status tree_describe(const perebor_model *model, perebor_workspace *workspace,
                             perebor_model_form *form, perebor_error *error) {
    const tree_nodes *tree = &model->tree;
    form_arrays arrays;
    if (!take_arrays(&arrays, tree->n, workspace)) {
        return perebor_no_memory(error, "to describe %zu nodes", tree->n);
    }
    arrays.first_node[0] = 0;
    arrays.first_node[1] = tree->n;
    for (size_t node = 0; node < tree->n; node++) {
        arrays.thresholds[node] = tree->nodes[node].threshold;
        arrays.values[node] = tree->nodes[node].value;
        arrays.covers[node] = tree->nodes[node].weight;
        arrays.columns[node] = tree->nodes[node].column;
        arrays.left[node] = tree->nodes[node].left;
    }
    *form = (perebor_model_form){.kind = PEREBOR_FORM_TREES,
                                 .n_columns = tree->n_columns,
                                 .as.trees = {.n_trees = 1,
                                              .n_nodes = tree->n,
                                              .first_node = arrays.first_node,
                                              .thresholds = arrays.thresholds,
                                              .values = arrays.values,
                                              .covers = arrays.covers,
                                              .columns = arrays.columns,
                                              .left = arrays.left,
                                              .single_precision = tree->rounds}};
    return PEREBOR_OK;
}

perebor_status tree_restore(perebor_model **model, const perebor_model_form *form,
                            perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    const perebor_trees_form *trees = &form->as.trees;
    if (form->kind != PEREBOR_FORM_TREES || trees->n_trees != 1) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "a decision tree is one tree, not %s",
                            perebor_form_kind_name(form->kind));
    }
    if (trees->n_sets > 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "a decision tree has no sets of levels");
    }
    perebor_model *restored = perebor_workspace_take(workspace, 1, sizeof *restored);
    if (restored == NULL) {
        return perebor_no_memory(error, "for a tree");
    }
    restored->tree = (tree_nodes){
        .workspace = workspace, .rounds = trees->single_precision, .n_columns = form->n_columns};
    uint32_t first;
    PEREBOR_TRY(done, tree_nodes_add(&restored->tree, trees->n_nodes, &first, error));
    for (size_t node = 0; node < trees->n_nodes; node++) {
        restored->tree.nodes[node] = (tree_node){.threshold = trees->thresholds[node],
                                                 .value = trees->values[node],
                                                 .weight = trees->covers[node],
                                                 .column = trees->columns[node],
                                                 .left = trees->left[node]};
    }
    *model = restored;
done:
    return status;
}
