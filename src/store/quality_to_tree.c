// SPDX-License-Identifier: MIT
#include "base/digest.h"
#include "store/profile_tree.h"
#include "store/struct_columns.h"

static void add_sources(const perebor_tables_report *report, store_tree *tree) {
    store_node *group = store_add_group(tree, tree->root, "sources");
    const perebor_source_report *sources = report->sources;
    size_t n = report->n_sources;
    STORE_ADD_TEXTS(tree, group, perebor_source_report, sources, n, name);
    STORE_ADD_TEXTS(tree, group, perebor_source_report, sources, n, path);
    store_node *sha256 = store_add_dataset(tree, group, "sha256", STORE_TEXT, 1, n, 0);
    for (size_t i = 0; sha256 != NULL && i < n; i++) {
        char hex[PEREBOR_SHA256_HEX_SIZE];
        perebor_sha256_hex(sources[i].sha256, hex);
        ((const char **)sha256->array.data)[i] = store_keep_text(tree, hex);
    }
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_source_report, sources, n, n_rows);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_source_report, sources, n, n_columns);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_source_report, sources, n, n_bytes);
    STORE_ADD_TEXTS(tree, group, perebor_source_report, sources, n, delimiter);
    STORE_ADD_TEXTS(tree, group, perebor_source_report, sources, n, decimal);
    STORE_ADD_TEXTS(tree, group, perebor_source_report, sources, n, encoding);
    profile_number_rows(tree, group, "source", n);
}

static void add_steps(const perebor_tables_report *report, store_tree *tree) {
    store_node *group = store_add_group(tree, tree->root, "steps");
    const perebor_step_report *steps = report->steps;
    size_t n = report->n_steps;
    STORE_ADD_TEXTS(tree, group, perebor_step_report, steps, n, step);
    STORE_ADD_TEXTS(tree, group, perebor_step_report, steps, n, detail);
    STORE_ADD_TEXTS(tree, group, perebor_step_report, steps, n, table);
    STORE_ADD_TEXTS(tree, group, perebor_step_report, steps, n, column);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_step_report, steps, n, n_cells);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_step_report, steps, n, n_rows);
    profile_number_rows(tree, group, "place", n);
}

/** Stages as flags, from any struct that has one. */
static void add_stages(store_tree *tree, store_node *group, const void *structs, size_t n,
                       size_t stride, size_t offset) {
    store_node *node = store_add_dataset(tree, group, "stage", STORE_INT8, 1, n, 0);
    for (size_t i = 0; node != NULL && i < n; i++) {
        const perebor_stage *stage = (const void *)((const char *)structs + i * stride + offset);
        ((int8_t *)node->array.data)[i] = (int8_t)*stage;
    }
    store_set_flags(tree, node, "read clean joined final");
}

/** The keys of the rows that findings are about: a row a key. */
static void add_finding_ids(const perebor_quality *quality, store_tree *tree, store_node *parent) {
    size_t n = 0;
    for (size_t i = 0; i < quality->n_findings; i++) {
        n += quality->findings[i].n_ids;
    }
    store_node *group = store_add_group(tree, parent, "finding_ids");
    store_node *finding = store_add_dataset(tree, group, "finding", STORE_INT64, 1, n, 0);
    store_node *id = store_add_dataset(tree, group, "id", STORE_TEXT, 1, n, 0);
    for (size_t i = 0, row = 0; id != NULL && i < quality->n_findings; i++) {
        for (size_t j = 0; j < quality->findings[i].n_ids; j++, row++) {
            ((int64_t *)finding->array.data)[row] = (int64_t)i;
            ((const char **)id->array.data)[row] =
                store_keep_text(tree, quality->findings[i].ids[j]);
        }
    }
    store_set_text(tree, finding, "long_name", "place of the finding in the group beside");
    profile_number_rows(tree, group, "place", n);
}

static void add_findings(const perebor_quality *quality, store_tree *tree, store_node *parent) {
    store_node *group = store_add_group(tree, parent, "findings");
    const perebor_finding *findings = quality->findings;
    size_t n = quality->n_findings;
    STORE_ADD_TEXTS(tree, group, perebor_finding, findings, n, kind);
    add_stages(tree, group, findings, n, sizeof *findings, offsetof(perebor_finding, stage));
    STORE_ADD_TEXTS(tree, group, perebor_finding, findings, n, table);
    STORE_ADD_TEXTS(tree, group, perebor_finding, findings, n, column);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_finding, findings, n, n);
    STORE_ADD_TEXTS(tree, group, perebor_finding, findings, n, detail);
    STORE_ADD_TEXTS(tree, group, perebor_finding, findings, n, section);
    STORE_ADD_TEXTS(tree, group, perebor_finding, findings, n, step);
    profile_number_rows(tree, group, "finding", n);
    profile_add_table(tree, group, "findings", "step");
    add_finding_ids(quality, tree, parent);
}

static void add_columns(const perebor_quality *quality, store_tree *tree, store_node *parent) {
    store_node *group = store_add_group(tree, parent, "columns");
    const perebor_column_summary *columns = quality->columns;
    size_t n = quality->n_columns;
    add_stages(tree, group, columns, n, sizeof *columns, offsetof(perebor_column_summary, stage));
    STORE_ADD_TEXTS(tree, group, perebor_column_summary, columns, n, table);
    STORE_ADD_TEXTS(tree, group, perebor_column_summary, columns, n, name);
    STORE_ADD_TEXTS(tree, group, perebor_column_summary, columns, n, type);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_column_summary, columns, n, n_rows);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_column_summary, columns, n, n_gaps);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_column_summary, columns, n, n_distinct);
    STORE_ADD_NUMBERS(tree, group, STORE_DOUBLE, perebor_column_summary, columns, n, minimum);
    STORE_ADD_NUMBERS(tree, group, STORE_DOUBLE, perebor_column_summary, columns, n, median);
    STORE_ADD_NUMBERS(tree, group, STORE_DOUBLE, perebor_column_summary, columns, n, maximum);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_column_summary, columns, n, n_outliers);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_column_summary, columns, n, n_beyond_iqr);
    STORE_ADD_TEXTS(tree, group, perebor_column_summary, columns, n, top);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_column_summary, columns, n, n_top);
    profile_number_rows(tree, group, "summary", n);
    store_set_text(tree, group, "n_outliers", "|0.6745 (x - median) / MAD| > 8");
    store_set_text(tree, group, "n_beyond_iqr", "beyond 1.5 interquartile ranges of a quartile");
}

/** Every place of every correction: a row a place. */
static void add_corrected(const perebor_quality *quality, store_tree *tree, store_node *parent) {
    size_t n = 0;
    for (size_t i = 0; i < quality->n_corrections; i++) {
        n += quality->corrections[i].n_lines;
    }
    store_node *group = store_add_group(tree, parent, "corrected");
    store_node *correction = store_add_dataset(tree, group, "correction", STORE_INT64, 1, n, 0);
    store_node *line = store_add_dataset(tree, group, "line", STORE_INT64, 1, n, 0);
    for (size_t i = 0, row = 0; line != NULL && i < quality->n_corrections; i++) {
        for (size_t j = 0; j < quality->corrections[i].n_lines; j++, row++) {
            ((int64_t *)correction->array.data)[row] = (int64_t)i;
            ((int64_t *)line->array.data)[row] = quality->corrections[i].lines[j];
        }
    }
    store_set_text(tree, correction, "long_name", "place of the correction in the group beside");
    store_set_text(tree, line, "long_name",
                   "line of the file, or row of the database; 0: a row that a step made");
    profile_number_rows(tree, group, "place", n);
}

static void add_corrections(const perebor_quality *quality, store_tree *tree, store_node *parent) {
    store_node *group = store_add_group(tree, parent, "corrections");
    const perebor_correction *corrections = quality->corrections;
    size_t n = quality->n_corrections;
    store_set_unsigned(tree, group, "n_corrected", quality->n_corrected);
    STORE_ADD_TEXTS(tree, group, perebor_correction, corrections, n, step);
    STORE_ADD_TEXTS(tree, group, perebor_correction, corrections, n, table);
    STORE_ADD_TEXTS(tree, group, perebor_correction, corrections, n, column);
    STORE_ADD_TEXTS(tree, group, perebor_correction, corrections, n, file);
    STORE_ADD_TEXTS(tree, group, perebor_correction, corrections, n, before);
    STORE_ADD_TEXTS(tree, group, perebor_correction, corrections, n, after);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_correction, corrections, n, n_lines);
    profile_number_rows(tree, group, "correction", n);
    add_corrected(quality, tree, parent);
}

static void add_leaks(const perebor_leaks *leaks, store_tree *tree) {
    store_node *group = store_add_group(tree, tree->root, "leaks");
    const perebor_leak *items = leaks->items;
    store_node *kind = store_add_dataset(tree, group, "kind", STORE_INT8, 1, leaks->n, 0);
    for (size_t i = 0; kind != NULL && i < leaks->n; i++) {
        ((int8_t *)kind->array.data)[i] = (int8_t)items[i].kind;
    }
    store_set_flags(tree, kind, "column id order twins");
    STORE_ADD_TEXTS(tree, group, perebor_leak, items, leaks->n, column);
    STORE_ADD_NUMBERS(tree, group, STORE_DOUBLE, perebor_leak, items, leaks->n, phik);
    STORE_ADD_NUMBERS(tree, group, STORE_DOUBLE, perebor_leak, items, leaks->n, auc);
    STORE_ADD_NUMBERS(tree, group, STORE_DOUBLE, perebor_leak, items, leaks->n, z);
    STORE_ADD_NUMBERS(tree, group, STORE_UINT64, perebor_leak, items, leaks->n, n_rows);
    STORE_ADD_TEXTS(tree, group, perebor_leak, items, leaks->n, detail);
    STORE_ADD_TEXTS(tree, group, perebor_leak, items, leaks->n, section);
    STORE_ADD_TEXTS(tree, group, perebor_leak, items, leaks->n, step);
    profile_number_rows(tree, group, "leak", leaks->n);
}

void quality_to_tree(const perebor_profile_document *document, store_tree *tree) {
    add_sources(document->tables, tree);
    add_steps(document->tables, tree);
    store_node *group = store_add_group(tree, tree->root, "quality");
    store_set_text(tree, group, "problem", document->quality->problem);
    add_findings(document->quality, tree, group);
    add_columns(document->quality, tree, group);
    add_corrections(document->quality, tree, group);
    if (document->leaks != NULL) {
        add_leaks(document->leaks, tree);
    }
}
