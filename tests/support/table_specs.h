// SPDX-License-Identifier: MIT
/**
 * @file table_specs.h
 * Specifications written by hand, and what loading them comes to.
 */
#ifndef PEREBOR_TEST_TABLE_SPECS_H
#define PEREBOR_TEST_TABLE_SPECS_H

#include <string.h>

#include "perebor/tables.h"

#define TEXTS(...)                                                                                 \
    ((perebor_texts){(const char *const[]){__VA_ARGS__},                                           \
                     sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)})

/** One flat table, flat.csv, whose columns are typed by what they hold. */
static inline perebor_tables_spec flat_spec(perebor_table_source *source, const char *target,
                                            const char *positive) {
    *source = (perebor_table_source){.name = "flat", .path = "flat.csv", .at = {2, 3, NULL}};
    return (perebor_tables_spec){
        .file = "experiment.yaml",
        .sources = source,
        .n_sources = 1,
        .join = {.at = {3, 5, NULL}},
        .roles = {.target = target,
                  .positive = positive,
                  .detect = true,
                  .at = {5, 7, NULL},
                  .target_at = {4, 11, NULL}},
    };
}

/** What was loaded; released by loaded_release(). */
typedef struct loaded {
    perebor_dataset *dataset;
    perebor_tables_report report;
} loaded;

static inline loaded expect_loaded(const perebor_tables_spec *spec) {
    loaded loaded = {0};
    perebor_error error = {0};
    if (perebor_tables_load(&loaded.dataset, &loaded.report, spec, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return loaded;
}

static inline void loaded_release(loaded *loaded) {
    perebor_dataset_free(loaded->dataset);
    perebor_tables_report_release(&loaded->report);
}

/** Loading fails with exactly this message, and leaves the outputs alone. */
static inline void expect_error(const perebor_tables_spec *spec, const char *message) {
    perebor_dataset *dataset = NULL;
    perebor_tables_report report = {0};
    perebor_error error = {0};
    assert_int_not_equal(perebor_tables_load(&dataset, &report, spec, &error), PEREBOR_OK);
    assert_string_equal(error.message, message);
    assert_null(dataset);
    assert_null(report.block);
}

static inline const perebor_column *find_column(const perebor_dataset *dataset, const char *name) {
    for (size_t i = 0; i < dataset->n_columns; i++) {
        if (strcmp(dataset->columns[i].name, name) == 0) {
            return &dataset->columns[i];
        }
    }
    for (size_t i = 0; i < dataset->n_passthrough; i++) {
        if (strcmp(dataset->passthrough[i].name, name) == 0) {
            return &dataset->passthrough[i];
        }
    }
    fail_msg("no column %s", name);
    return NULL;
}

#endif
