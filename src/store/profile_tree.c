// SPDX-License-Identifier: MIT
#include "store/profile_tree.h"

#include <string.h>

void profile_number_rows(store_tree *tree, store_node *group, const char *name, size_t n) {
    store_node *scale = store_add_dataset(tree, group, name, STORE_INT64, 1, n, 0);
    if (scale == NULL) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        ((int64_t *)scale->array.data)[i] = (int64_t)i;
    }
    for (store_node *column = group->children; column != NULL; column = column->next) {
        column->scales[0] = scale->name;
    }
}

void profile_add_table(store_tree *tree, const store_node *group, const char *name,
                       const char *left_out) {
    static const char tables_name[] = "tables";
    if (group == NULL) {
        return;
    }
    store_node *tables = tree->root->children;
    while (tables != NULL && strcmp(tables->name, tables_name) != 0) {
        tables = tables->next;
    }
    if (tables == NULL) {
        tables = store_add_group(tree, tree->root, tables_name);
    }
    store_node *table = store_add_table(tree, tables, name);
    for (const store_node *column = group->children; column != NULL; column = column->next) {
        if (left_out != NULL && strcmp(column->name, left_out) == 0) {
            continue;
        }
        store_node *copy =
            store_add_dataset(tree, table, column->name, column->array.kind, 0, 0, 0);
        if (copy != NULL) {
            copy->array = column->array;
        }
    }
}
