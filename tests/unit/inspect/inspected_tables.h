// SPDX-License-Identifier: MIT
/**
 * @file inspected_tables.h
 * Tables written from a few patterns of rows, and what inspecting them finds.
 */
#ifndef PEREBOR_TEST_INSPECTED_TABLES_H
#define PEREBOR_TEST_INSPECTED_TABLES_H

#include "inspect/quality.h"

/**
 * Rows of one pattern: # is 1000 and the number of the row in its file, ~ a number below 998 that
 * no other of 997 rows has, ? "yes" in two rows of five and else "no".
 */
typedef struct run {
    const char *row;
    int n;
} run;

#define RUNS(...) ((const run[]){__VA_ARGS__, {NULL, 0}})

/** Writes a CSV file: a header, and the rows of every run in turn. */
void write_runs(const char *path, const char *header, const run *runs);

/** What was inspected last. */
extern struct inspected {
    perebor_quality quality;
    perebor_dataset *dataset;
    perebor_tables_report report;
} inspected;

/** Inspects tables, which can be read at least. */
void inspect(const perebor_tables_spec *spec);

/** Releases what was inspected; a tear-down too. */
int forget_inspected(void **state);

/** "kind column n; ..." of a stage, the table's name before the column if it is not "flat". */
const char *list_findings(perebor_cleaning_stage stage);

/** The first finding of a kind at a stage, or NULL. */
const perebor_finding *first_finding(perebor_cleaning_stage stage, const char *kind);

/** One table, flat.csv, and all that is the matter with it at a stage. */
typedef struct flat_case {
    const char *about;
    const char *header;
    const run *runs;
    perebor_cleaning_stage stage;
    const char *found;          /**< As list_findings() has it; "": nothing. */
    const char *detail, *step;  /**< Of the first finding; NULL: not compared. */
    const perebor_roles *roles; /**< NULL: id, and the target "gone", whose "yes" is positive. */
} flat_case;

#define FLAT_ROLES .id = "id", .target = "gone", .positive = "yes", .detect = true

/** Writes flat.csv and inspects it. */
void inspect_flat(const char *header, const run *runs, const perebor_roles *roles);

void check_flat_cases(const flat_case *cases, size_t n);

#define CHECK_FLAT_CASES(cases) check_flat_cases(cases, sizeof(cases) / sizeof *(cases))

#endif
