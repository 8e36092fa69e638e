// SPDX-License-Identifier: MIT
// TreeEnsembleRegressor compares doubles, but gives floats. So its leaves hold their own numbers,
// which a float holds to the unit, and the values are looked up by these.
#include "export/onnx_trees.h"

#include <stdlib.h>

/** Attributes of one tree, of the nodes that can be reached. */
typedef struct ensemble {
    int64_t *tree, *node, *feature, *true_node, *false_node; /**< [n] */
    const char **mode;                                       /**< [n] */
    double *threshold;                                       /**< [n] */
    size_t n;
    int64_t *leaf;       /**< [n_leaves] */
    double *leaf_number; /**< [n_leaves] */
    size_t n_leaves;
    double *value; /**< [n_leaves] */
} ensemble;

static bool ensemble_make(ensemble *all, size_t most) {
    *all = (ensemble){.tree = calloc(most, sizeof(int64_t)),
                      .node = calloc(most, sizeof(int64_t)),
                      .feature = calloc(most, sizeof(int64_t)),
                      .true_node = calloc(most, sizeof(int64_t)),
                      .false_node = calloc(most, sizeof(int64_t)),
                      .mode = calloc(most, sizeof(char *)),
                      .threshold = calloc(most, sizeof(double)),
                      .leaf = calloc(most, sizeof(int64_t)),
                      .leaf_number = calloc(most, sizeof(double)),
                      .value = calloc(most, sizeof(double))};
    return all->tree != NULL && all->node != NULL && all->feature != NULL &&
           all->true_node != NULL && all->false_node != NULL && all->mode != NULL &&
           all->threshold != NULL && all->leaf != NULL && all->leaf_number != NULL &&
           all->value != NULL;
}

static void ensemble_free(ensemble *all) {
    free(all->tree);
    free(all->node);
    free(all->feature);
    free(all->true_node);
    free(all->false_node);
    free(all->mode);
    free(all->threshold);
    free(all->leaf);
    free(all->leaf_number);
    free(all->value);
}

/** Lists the nodes from the root on: what was pruned is in the form, but nothing leads there. */
static void list_nodes(const perebor_trees_form *trees, size_t tree, ensemble *all) {
    uint64_t first = trees->first_node[tree];
    all->node[0] = 0;
    all->n = 1;
    all->n_leaves = 0;
    for (size_t i = 0; i < all->n; i++) {
        uint64_t at = first + (uint64_t)all->node[i];
        uint32_t left = trees->left[at];
        bool leaf = left == 0;
        all->feature[i] = leaf ? 0 : trees->columns[at];
        all->threshold[i] = leaf ? 0.0 : trees->thresholds[at];
        all->mode[i] = leaf ? "LEAF" : "BRANCH_LEQ";
        all->true_node[i] = leaf ? 0 : left;
        all->false_node[i] = leaf ? 0 : left + 1;
        if (leaf) {
            all->leaf[all->n_leaves] = all->node[i];
            all->leaf_number[all->n_leaves] = (double)all->n_leaves;
            all->value[all->n_leaves++] = trees->values[at];
        } else {
            all->node[all->n++] = left;
            all->node[all->n++] = left + 1;
        }
    }
}

/** The number of the leaf that each row falls into, as float [rows][1]. */
static onnx_value put_walk(onnx_graph *graph, const ensemble *all, onnx_value x) {
    onnx_attributes attributes = {0};
    onnx_attribute_integers(&attributes, "nodes_treeids", all->tree, all->n);
    onnx_attribute_integers(&attributes, "nodes_nodeids", all->node, all->n);
    onnx_attribute_integers(&attributes, "nodes_featureids", all->feature, all->n);
    onnx_attribute_integers(&attributes, "nodes_truenodeids", all->true_node, all->n);
    onnx_attribute_integers(&attributes, "nodes_falsenodeids", all->false_node, all->n);
    onnx_attribute_texts(&attributes, "nodes_modes", all->mode, all->n);
    onnx_attribute_reals(&attributes, "nodes_values_as_tensor", all->threshold, all->n);
    onnx_attribute_integers(&attributes, "target_treeids", all->tree, all->n_leaves);
    onnx_attribute_integers(&attributes, "target_nodeids", all->leaf, all->n_leaves);
    onnx_attribute_integers(&attributes, "target_ids", all->tree, all->n_leaves);
    onnx_attribute_reals(&attributes, "target_weights_as_tensor", all->leaf_number, all->n_leaves);
    onnx_attribute_integer(&attributes, "n_targets", 1);
    return onnx_ml_node(graph, "TreeEnsembleRegressor", x, &attributes);
}

static onnx_value put_tree(onnx_graph *graph, const ensemble *all, onnx_value x) {
    if (all->n_leaves == 1) {
        return onnx_repeat(graph, x, all->value[0]);
    }
    onnx_value leaf = onnx_cast(graph, put_walk(graph, all, x), ONNX_INT64);
    return onnx_gather(graph, onnx_reals(graph, all->value, all->n_leaves), leaf, 0);
}

/** Adds the columns of sets: sums of columns of zeros and ones, of which one is 1 at most. */
static onnx_value put_sets(onnx_graph *graph, const perebor_trees_form *trees, size_t n_columns,
                           onnx_value x) {
    perebor_workspace workspace = {0};
    perebor_matrix members; // transposed: a set is a row
    if (trees->n_sets == 0) {
        return x;
    }
    if (perebor_matrix_create(&members, trees->n_sets, n_columns, &workspace, NULL) == PEREBOR_OK) {
        for (size_t set = 0; set < trees->n_sets; set++) {
            for (uint64_t i = trees->first_member[set]; i < trees->first_member[set + 1]; i++) {
                perebor_matrix_column(&members, trees->members[i])[set] = 1.0;
            }
        }
        const onnx_value sets =
            onnx_product(graph, x, onnx_transposed(graph, &members, 1.0), n_columns);
        x = onnx_concat(graph, (const onnx_value[]){x, sets}, 2);
    } else {
        graph->nodes.failed = true;
    }
    perebor_workspace_release(&workspace);
    return x;
}

onnx_value onnx_trees_put(onnx_graph *graph, const perebor_trees_form *trees, size_t n_columns,
                          onnx_value x) {
    enum { most_leaves = 1 << 24 }; // whole numbers of a float
    ensemble all;
    onnx_value sum = {0};
    bool made = ensemble_make(&all, trees->n_nodes);
    x = put_sets(graph, trees, n_columns, x);
    if (trees->single_precision) {
        x = onnx_cast(graph, onnx_cast(graph, x, ONNX_FLOAT), ONNX_DOUBLE);
    }
    for (size_t tree = 0; made && tree < trees->n_trees; tree++) {
        list_nodes(trees, tree, &all);
        made = all.n_leaves <= most_leaves;
        onnx_value value = put_tree(graph, &all, x);
        sum = tree == 0 ? value : onnx_apply(graph, "Add", sum, value);
    }
    graph->nodes.failed = graph->nodes.failed || !made;
    ensemble_free(&all);
    return trees->n_trees == 1 || trees->added
               ? sum
               : onnx_apply(graph, "Div", sum, onnx_real(graph, (double)trees->n_trees));
}
