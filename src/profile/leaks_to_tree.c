// SPDX-License-Identifier: MIT
#include "h5/row_scale.h"
#include "h5/struct_columns.h"
#include "profile/profile_tree.h"

void leaks_to_tree(const perebor_leaks *leaks, h5_tree *tree) {
    h5_node *group = h5_add_group(tree, tree->root, "leaks");
    const perebor_leak *items = leaks->items;
    h5_node *kind = h5_add_dataset(tree, group, "kind", H5_INT8, 1, leaks->n, 0);
    for (size_t i = 0; kind != NULL && i < leaks->n; i++) {
        ((int8_t *)kind->array.data)[i] = (int8_t)items[i].kind;
    }
    h5_set_flags(tree, kind, perebor_leak_kind_names);
    H5_ADD_TEXTS(tree, group, perebor_leak, items, leaks->n, column);
    H5_ADD_NUMBERS(tree, group, H5_DOUBLE, perebor_leak, items, leaks->n, phik);
    H5_ADD_NUMBERS(tree, group, H5_DOUBLE, perebor_leak, items, leaks->n, auc);
    H5_ADD_NUMBERS(tree, group, H5_DOUBLE, perebor_leak, items, leaks->n, z);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_leak, items, leaks->n, n_rows);
    H5_ADD_TEXTS(tree, group, perebor_leak, items, leaks->n, detail);
    H5_ADD_TEXTS(tree, group, perebor_leak, items, leaks->n, section);
    H5_ADD_TEXTS(tree, group, perebor_leak, items, leaks->n, step);
    h5_number_rows(tree, group, "leak", leaks->n);
}
