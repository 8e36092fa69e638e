// SPDX-License-Identifier: MIT
#include "inspect/quality_tree.h"

#include <stddef.h>

#include "h5/row_scale.h"
#include "h5/struct_columns.h"

/** Stages as flags, from any struct that has one. */
static void add_stages(h5_tree *tree, h5_node *group, const void *structs, size_t n, size_t stride,
                       size_t offset) {
    h5_node *node = h5_add_dataset(tree, group, "stage", H5_INT8, 1, n, 0);
    for (size_t i = 0; node != NULL && i < n; i++) {
        const perebor_cleaning_stage *stage =
            (const void *)((const char *)structs + i * stride + offset);
        ((int8_t *)node->array.data)[i] = (int8_t)*stage;
    }
    h5_set_flags(tree, node, perebor_cleaning_stage_names);
}

/** The keys of the rows that findings are about: a row a key. */
static void add_finding_ids(const perebor_quality *quality, h5_tree *tree, h5_node *parent) {
    size_t n = 0;
    for (size_t i = 0; i < quality->n_findings; i++) {
        n += quality->findings[i].n_ids;
    }
    h5_node *group = h5_add_group(tree, parent, "finding_ids");
    h5_node *finding = h5_add_dataset(tree, group, "finding", H5_INT64, 1, n, 0);
    h5_node *id = h5_add_dataset(tree, group, "id", H5_TEXT, 1, n, 0);
    for (size_t i = 0, row = 0; id != NULL && i < quality->n_findings; i++) {
        for (size_t j = 0; j < quality->findings[i].n_ids; j++, row++) {
            ((int64_t *)finding->array.data)[row] = (int64_t)i;
            ((const char **)id->array.data)[row] = h5_keep_text(tree, quality->findings[i].ids[j]);
        }
    }
    h5_set_text(tree, finding, "long_name", "place of the finding in the group beside");
    h5_number_rows(tree, group, "place", n);
}

static void add_findings(const perebor_quality *quality, h5_tree *tree, h5_node *parent) {
    h5_node *group = h5_add_group(tree, parent, "findings");
    const perebor_finding *findings = quality->findings;
    size_t n = quality->n_findings;
    H5_ADD_TEXTS(tree, group, perebor_finding, findings, n, kind);
    add_stages(tree, group, findings, n, sizeof *findings, offsetof(perebor_finding, stage));
    H5_ADD_TEXTS(tree, group, perebor_finding, findings, n, table);
    H5_ADD_TEXTS(tree, group, perebor_finding, findings, n, column);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_finding, findings, n, n);
    H5_ADD_TEXTS(tree, group, perebor_finding, findings, n, detail);
    H5_ADD_TEXTS(tree, group, perebor_finding, findings, n, section);
    H5_ADD_TEXTS(tree, group, perebor_finding, findings, n, step);
    h5_number_rows(tree, group, "finding", n);
    (void)h5_add_table_of(tree, group, "findings", "step");
    add_finding_ids(quality, tree, parent);
}

static void add_columns(const perebor_quality *quality, h5_tree *tree, h5_node *parent) {
    h5_node *group = h5_add_group(tree, parent, "columns");
    const perebor_column_summary *columns = quality->columns;
    size_t n = quality->n_columns;
    add_stages(tree, group, columns, n, sizeof *columns, offsetof(perebor_column_summary, stage));
    H5_ADD_TEXTS(tree, group, perebor_column_summary, columns, n, table);
    H5_ADD_TEXTS(tree, group, perebor_column_summary, columns, n, name);
    H5_ADD_TEXTS(tree, group, perebor_column_summary, columns, n, type);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_column_summary, columns, n, n_rows);
    H5_ADD_NUMBERS_AS("n_gaps", tree, group, H5_UINT64, perebor_column_summary, columns, n,
                      n_missing);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_column_summary, columns, n, n_distinct);
    H5_ADD_NUMBERS(tree, group, H5_DOUBLE, perebor_column_summary, columns, n, minimum);
    H5_ADD_NUMBERS(tree, group, H5_DOUBLE, perebor_column_summary, columns, n, median);
    H5_ADD_NUMBERS(tree, group, H5_DOUBLE, perebor_column_summary, columns, n, maximum);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_column_summary, columns, n, n_outliers);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_column_summary, columns, n, n_beyond_iqr);
    H5_ADD_TEXTS(tree, group, perebor_column_summary, columns, n, top);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_column_summary, columns, n, n_top);
    h5_number_rows(tree, group, "summary", n);
    h5_set_text(tree, group, "n_outliers", "|0.6745 (x - median) / MAD| > 8");
    h5_set_text(tree, group, "n_beyond_iqr", "beyond 1.5 interquartile ranges of a quartile");
}

/** Every place of every correction: a row a place. */
static void add_corrected(const perebor_quality *quality, h5_tree *tree, h5_node *parent) {
    size_t n = 0;
    for (size_t i = 0; i < quality->n_corrections; i++) {
        n += quality->corrections[i].n_lines;
    }
    h5_node *group = h5_add_group(tree, parent, "corrected");
    h5_node *correction = h5_add_dataset(tree, group, "correction", H5_INT64, 1, n, 0);
    h5_node *line = h5_add_dataset(tree, group, "line", H5_INT64, 1, n, 0);
    for (size_t i = 0, row = 0; line != NULL && i < quality->n_corrections; i++) {
        for (size_t j = 0; j < quality->corrections[i].n_lines; j++, row++) {
            ((int64_t *)correction->array.data)[row] = (int64_t)i;
            ((int64_t *)line->array.data)[row] = quality->corrections[i].lines[j];
        }
    }
    h5_set_text(tree, correction, "long_name", "place of the correction in the group beside");
    h5_set_text(tree, line, "long_name",
                "line of the file, or row of the database; 0: a row that a step made");
    h5_number_rows(tree, group, "place", n);
}

static void add_corrections(const perebor_quality *quality, h5_tree *tree, h5_node *parent) {
    h5_node *group = h5_add_group(tree, parent, "corrections");
    const perebor_correction *corrections = quality->corrections;
    size_t n = quality->n_corrections;
    h5_set_unsigned(tree, group, "n_corrected", quality->n_corrected);
    H5_ADD_TEXTS(tree, group, perebor_correction, corrections, n, step);
    H5_ADD_TEXTS(tree, group, perebor_correction, corrections, n, table);
    H5_ADD_TEXTS(tree, group, perebor_correction, corrections, n, column);
    H5_ADD_TEXTS(tree, group, perebor_correction, corrections, n, file);
    H5_ADD_TEXTS(tree, group, perebor_correction, corrections, n, before);
    H5_ADD_TEXTS(tree, group, perebor_correction, corrections, n, after);
    H5_ADD_NUMBERS(tree, group, H5_UINT64, perebor_correction, corrections, n, n_lines);
    h5_number_rows(tree, group, "correction", n);
    add_corrected(quality, tree, parent);
}

void quality_to_tree(const perebor_quality *quality, h5_tree *tree) {
    h5_node *group = h5_add_group(tree, tree->root, "quality");
    h5_set_text(tree, group, "problem", quality->problem);
    add_findings(quality, tree, group);
    add_columns(quality, tree, group);
    add_corrections(quality, tree, group);
}
