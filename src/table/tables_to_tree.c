// SPDX-License-Identifier: MIT
#include "base/digest.h"
#include "h5/row_scale.h"
#include "h5/struct_columns.h"
#include "table/tables_tree.h"

static void add_sources(const perebor_tables_report *report, h5_tree *tree) {
    h5_node *group = h5_add_group(tree, tree->root, "sources");
    const perebor_source_report *sources = report->sources;
    size_t n = report->n_sources;
    H5_ADD_TEXTS(tree, group, perebor_source_report, sources, n, name);
    H5_ADD_TEXTS(tree, group, perebor_source_report, sources, n, path);
    h5_node *sha256 = h5_add_dataset(tree, group, "sha256", H5_TEXT, 1, n, 0);
    for (size_t i = 0; sha256 != NULL && i < n; i++) {
        char hex[PEREBOR_SHA256_HEX_SIZE];
        perebor_sha256_hex(sources[i].sha256, hex);
        ((const char **)sha256->array.data)[i] = h5_keep_text(tree, hex);
    }
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_source_report, sources, n, n_rows);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_source_report, sources, n, n_columns);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_source_report, sources, n, n_bytes);
    H5_ADD_TEXTS(tree, group, perebor_source_report, sources, n, delimiter);
    H5_ADD_TEXTS(tree, group, perebor_source_report, sources, n, decimal);
    H5_ADD_TEXTS(tree, group, perebor_source_report, sources, n, encoding);
    h5_number_rows(tree, group, "source", n);
}

static void add_steps(const perebor_tables_report *report, h5_tree *tree) {
    h5_node *group = h5_add_group(tree, tree->root, "steps");
    const perebor_step_report *steps = report->steps;
    size_t n = report->n_steps;
    H5_ADD_TEXTS(tree, group, perebor_step_report, steps, n, step);
    H5_ADD_TEXTS(tree, group, perebor_step_report, steps, n, detail);
    H5_ADD_TEXTS(tree, group, perebor_step_report, steps, n, table);
    H5_ADD_TEXTS(tree, group, perebor_step_report, steps, n, column);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_step_report, steps, n, n_cells);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_step_report, steps, n, n_rows);
    h5_number_rows(tree, group, "place", n);
}

void tables_to_tree(const perebor_tables_report *report, h5_tree *tree) {
    add_sources(report, tree);
    add_steps(report, tree);
}
