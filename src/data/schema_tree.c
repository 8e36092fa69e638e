// SPDX-License-Identifier: MIT
#include "data/schema_tree.h"

#include <stdio.h>

#include "base/arena.h"
#include "h5/row_scale.h"

enum { max_path = 128, max_levels = INT32_MAX };

static void add_columns(const perebor_dataset *schema, h5_tree *tree, h5_node *parent) {
    size_t n = schema->n_columns;
    h5_node *group = h5_add_group(tree, parent, "columns");
    h5_node *name = h5_add_dataset(tree, group, "name", H5_TEXT, 1, n, 0);
    h5_node *role = h5_add_dataset(tree, group, "role", H5_INT8, 1, n, 0);
    h5_node *n_levels = h5_add_dataset(tree, group, "n_levels", H5_INT64, 1, n, 0);
    for (size_t i = 0; n_levels != NULL && i < n; i++) {
        ((const char **)name->array.data)[i] = h5_keep_text(tree, schema->columns[i].name);
        ((int8_t *)role->array.data)[i] = (int8_t)schema->columns[i].role;
        ((int64_t *)n_levels->array.data)[i] = (int64_t)schema->columns[i].n_levels;
    }
    h5_set_flags(tree, role, perebor_role_names);
    h5_number_rows(tree, group, "column", n);
}

void schema_to_tree(const perebor_dataset *schema, h5_tree *tree, h5_node *group) {
    size_t n_levels = 0;
    for (size_t i = 0; i < schema->n_columns; i++) {
        n_levels += schema->columns[i].n_levels;
    }
    h5_set_text(tree, group, "target", schema->target_name);
    h5_set_text(tree, group, "positive", schema->positive_name);
    h5_set_text(tree, group, "negative", schema->negative_name);
    h5_set_text(tree, group, "id", schema->id_name);
    add_columns(schema, tree, group);
    h5_node *levels = h5_add_dataset(tree, group, "levels", H5_TEXT, 1, n_levels, 0);
    size_t at = 0;
    for (size_t i = 0; levels != NULL && i < schema->n_columns; i++) {
        for (size_t level = 0; level < schema->columns[i].n_levels; level++) {
            ((const char **)levels->array.data)[at++] =
                h5_keep_text(tree, schema->columns[i].levels[level]);
        }
    }
}

/** Where a dataset of the group lies. */
static const h5_array *array_of(h5_reader *reader, const char *group, const char *name,
                                h5_kind kind, size_t n, char path[max_path]) {
    (void)snprintf(path, max_path, "%s/%s", group, name);
    return reader_array(reader, path, kind, 1, n, 0);
}

/** A boolean column has two levels, a numeric one none. */
static bool fits_role(perebor_role role, size_t n_levels) {
    return role == PEREBOR_ROLE_NUMERIC   ? n_levels == 0
           : role == PEREBOR_ROLE_BOOLEAN ? n_levels == 2
                                          : true;
}

/** Fills columns; the levels are borrowed from the tree. */
static void read_columns(h5_reader *reader, const char *group, perebor_column *columns, size_t n,
                         const h5_array *levels) {
    char name_path[max_path], role_path[max_path], count_path[max_path];
    const h5_array *names = array_of(reader, group, "columns/name", H5_TEXT, n, name_path);
    const h5_array *roles = array_of(reader, group, "columns/role", H5_INT64, n, role_path);
    const h5_array *counts = array_of(reader, group, "columns/n_levels", H5_INT64, n, count_path);
    if (names == NULL || roles == NULL || counts == NULL || levels == NULL || columns == NULL) {
        return; // remembered by the reader
    }
    size_t n_all = h5_array_length(levels);
    size_t at = 0;
    for (size_t i = 0; reader->status == PEREBOR_OK && i < n; i++) {
        columns[i] = (perebor_column){.name = ((const char *const *)names->data)[i]};
        columns[i].role = (perebor_role)reader_integer_at(
            reader, role_path, roles, i, PEREBOR_ROLE_NUMERIC, PEREBOR_ROLE_NOMINAL);
        columns[i].n_levels =
            (size_t)reader_integer_at(reader, count_path, counts, i, 0, max_levels);
        if (columns[i].n_levels > n_all - at || !fits_role(columns[i].role, columns[i].n_levels)) {
            reader_fail(reader, count_path, "does not fit the levels and roles of the columns");
            return;
        }
        columns[i].levels = (const char *const *)levels->data + at;
        at += columns[i].n_levels;
    }
    if (reader->status == PEREBOR_OK && at != n_all) {
        reader_fail(reader, count_path, "leaves levels that no column has");
    }
}

static size_t length_of(h5_reader *reader, const char *group, const char *name) {
    char path[max_path];
    (void)snprintf(path, sizeof path, "%s/%s", group, name);
    return reader_length(reader, path);
}

perebor_dataset *schema_from_tree(h5_reader *reader, const char *path) {
    char level_path[max_path];
    perebor_dataset *schema = NULL;
    perebor_arena arena = {0};
    size_t n = length_of(reader, path, "columns/name");
    size_t n_levels = length_of(reader, path, "levels");
    const h5_array *levels = array_of(reader, path, "levels", H5_TEXT, n_levels, level_path);
    perebor_column *columns = perebor_arena_allocate(&arena, n + 1, sizeof *columns);
    if (columns == NULL) {
        reader_fail_memory(reader);
    }
    perebor_dataset from = {.n_columns = n,
                            .columns = columns,
                            .target_name = reader_text_attribute(reader, path, "target"),
                            .positive_name = reader_text_attribute(reader, path, "positive"),
                            .negative_name = reader_text_attribute(reader, path, "negative"),
                            .id_name = reader_text_attribute(reader, path, "id")};
    if (reader->status == PEREBOR_OK) {
        read_columns(reader, path, columns, n, levels);
    }
    if (reader->status == PEREBOR_OK &&
        perebor_dataset_schema(&schema, &from, reader->error) != PEREBOR_OK) {
        reader_fail_memory(reader);
    }
    perebor_arena_release(&arena);
    return schema;
}
