// SPDX-License-Identifier: MIT
#include "h5/row_scale.h"

#include <string.h>

void h5_number_rows(h5_tree *tree, h5_node *group, const char *name, size_t n) {
    h5_node *scale = h5_add_dataset(tree, group, name, H5_INT64, 1, n, 0);
    if (scale == NULL) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        ((int64_t *)scale->array.data)[i] = (int64_t)i;
    }
    for (h5_node *column = group->children; column != NULL; column = column->next) {
        column->scales[0] = scale->name;
    }
}

/** The group /tables, added when it is first asked for. */
static h5_node *tables_group(h5_tree *tree) {
    static const char name[] = "tables";
    for (h5_node *node = tree->root->children; node != NULL; node = node->next) {
        if (strcmp(node->name, name) == 0) {
            return node;
        }
    }
    return h5_add_group(tree, tree->root, name);
}

h5_node *h5_add_table_of(h5_tree *tree, const h5_node *group, const char *name,
                         const char *left_out) {
    if (group == NULL) {
        return NULL;
    }
    h5_node *table = h5_add_table(tree, tables_group(tree), name);
    for (const h5_node *column = group->children; column != NULL; column = column->next) {
        bool skipped = left_out != NULL && strcmp(column->name, left_out) == 0;
        if (skipped || column->array.n_dimensions != 1) {
            continue;
        }
        h5_node *copy = h5_add_dataset(tree, table, column->name, column->array.kind, 0, 0, 0);
        if (copy != NULL) {
            copy->array = column->array;
        }
    }
    return table;
}
