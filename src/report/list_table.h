// SPDX-License-Identifier: MIT
/**
 * @file list_table.h
 * A table for programs: named fields of one length, as CSV and as JSON.
 */
#ifndef PEREBOR_REPORT_LIST_TABLE_H
#define PEREBOR_REPORT_LIST_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/json.h"
#include "perebor/status.h"

/** What a field's values are. */
typedef enum list_kind {
    LIST_REAL,  /**< NaN: none. */
    LIST_WHOLE, /**< Whole numbers, as doubles; NaN: none. */
    LIST_TEXT,
} list_kind;

typedef struct list_field {
    const char *name;
    list_kind kind;
    double *numbers;    /**< [n_rows] */
    const char **texts; /**< [n_rows] NULL: none. */
    struct list_field *next;
} list_field;

/** Starts as {.n_rows = n}; released with list_table_release(). Adding remembers the first failure
 * of an allocation: list_table_check() is asked once. */
typedef struct list_table {
    size_t n_rows;
    list_field *fields, **end;
    perebor_arena arena;
    bool failed;
} list_table;

/** Adds a field of numbers. @return [n_rows] NaN, to be filled; NULL if memory is short. */
double *list_table_numbers(list_table *table, list_kind kind, const char *name);

/** Adds a field of texts. @return [n_rows] NULL, to be filled; NULL if memory is short. */
const char **list_table_texts(list_table *table, const char *name);

/** A copy of a text that lives as long as the table. */
const char *list_table_keep(list_table *table, const char *text);

/** @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status list_table_check(const list_table *table, perebor_error *error);

/** Writes a whole table as a line of names and a line a row; what is not there is empty. */
void list_table_write_csv(const list_table *table, FILE *stream);

/** Writes a whole table as an array of objects; what is not there is null. */
void list_table_put_json(const list_table *table, perebor_json *json);

void list_table_release(list_table *table);

#endif
