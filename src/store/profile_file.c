// SPDX-License-Identifier: MIT
#include "perebor/profile_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/try.h"
#include "base/version.h"
#include "store/hdf5_write.h"
#include "store/profile_tree.h"

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

static void add_head(const perebor_profile_document *document, store_tree *tree) {
    store_set_text(tree, tree->root, "format", PROFILE_FORMAT);
    store_set_text(tree, tree->root, "format_version", PROFILE_FORMAT_VERSION);
    store_set_text(tree, tree->root, "title", document->name);
    store_set_text(tree, tree->root, "experiment", document->file);
    store_set_text(tree, tree->root, "creator", "perebor");
    store_set_text(tree, tree->root, "creator_version", perebor_version());
}

perebor_status perebor_profile_write(const perebor_profile_document *document, const char *path,
                                     bool overwrite, perebor_error *error) {
    perebor_status status;
    void *image = NULL;
    size_t size = 0;
    store_tree *tree = store_tree_create();
    if (tree == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory for the file of a profile");
    }
    add_head(document, tree);
    quality_to_tree(document, tree);
    if (document->profile != NULL) {
        exploration_to_tree(document->profile, tree);
    }
    PEREBOR_TRY(done, store_tree_check(tree, "the file of a profile", error));
    PEREBOR_TRY(done, hdf5_write(tree, &image, &size, error));
    PEREBOR_TRY(done, perebor_file_write(path, image, size, overwrite, error));
done:
    free(image);
    store_tree_free(tree);
    return status;
}
