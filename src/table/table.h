// SPDX-License-Identifier: MIT
/**
 * @file table.h
 * A table in memory, column by column, and the work in progress that turns tables into a dataset.
 *
 * Every cell can be traced to the line of the file that it came from.
 */
#ifndef PEREBOR_TABLE_TABLE_H
#define PEREBOR_TABLE_TABLE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "perebor/tables.h"
#include "table/cells.h"

#define TABLE_NO_COLUMN SIZE_MAX

typedef struct table_column {
    const char *name;  /**< UTF-8, NFC; in the arena. */
    table_cell *cells; /**< [n_rows] */
    uint32_t *lines;   /**< [n_rows] line of each cell, where they differ within a row, or NULL. */
} table_column;

typedef struct table {
    const char *name;
    const char *path;    /**< The file it was read from; NULL if a step made it. */
    const char *key;     /**< NULL if none. */
    char decimal;        /**< '.' or ',' in texts that are not decimal cells. */
    bool has_mark;       /**< The file begins with a byte order mark. */
    bool header_is_data; /**< The header looks like a row: perhaps the file has none. */
    bool names_made_up;  /**< Some of the names are not the header's: the source asked for that. */
    bool has_lines;      /**< A text file: lines are counted in it. Else rows are, from 1. */
    table_column *columns;
    size_t n_columns;
    size_t n_rows;
    uint32_t *lines;       /**< [n_rows] line or row of each row in its source; NULL: row + 1. */
    uint32_t *source_rows; /**< [n_rows] 0-based row as it was read, or TABLE_NO_ROW of a row that a
                                step made; NULL: unchanged. */
    size_t n_read;         /**< Rows as it was read, if source_rows is not NULL. */
} table;

/** One load under way: the tables, their texts, and the log of what was done. */
typedef struct table_load {
    const perebor_tables_spec *spec;
    const perebor_dataset *schema; /**< Columns to load into; NULL: those that the roles make. */
    bool is_part;                  /**< Has some of the rows of its table: others see the rest. */
    table_pool pool;
    perebor_arena arena;   /**< Names; lives as long as the load. */
    perebor_arena *report; /**< Texts of the log; handed to the report. */
    table *tables;         /**< [n_tables] */
    size_t n_tables;
    perebor_source_report *sources; /**< [n_sources] */
    perebor_step_report *steps;     /**< [n_steps] */
    size_t n_steps, steps_capacity;
    const char **warnings; /**< [n_warnings] */
    size_t n_warnings, warnings_capacity;
    perebor_column_doubt *doubts; /**< [n_doubts] in the report's arena */
    size_t n_doubts;
    const perebor_frozen_report *frozen; /**< In the report's arena; NULL without a schema. */
} table_load;

/** The place of a column, or TABLE_NO_COLUMN. */
size_t table_find_column(const table *table, const char *name);

/** The same, an error with the nearest name if there is none. */
PEREBOR_MUST_CHECK perebor_status table_require_column(const table_load *load, const table *table,
                                                       const char *name, perebor_position at,
                                                       size_t *column, perebor_error *error);

/** A table by its name, or NULL. */
const table *table_find(const table_load *load, const char *name);

/** The place of a table by its name, an error with the nearest name if there is none. */
PEREBOR_MUST_CHECK perebor_status table_require(const table_load *load, const char *name,
                                                perebor_position at, table **table,
                                                perebor_error *error);

enum { TABLE_PLACE_SIZE = 512 };

/** A name as SQL quotes it, or NULL if memory is short. */
const char *table_sql_name(perebor_arena *arena, const char *name);

/** Writes where a cell came from, such as `market_file.csv:17`. Column TABLE_NO_COLUMN: the row. */
const char *table_place(const table *table, size_t column, size_t row,
                        char place[TABLE_PLACE_SIZE]);

/** What SQL calls the number of a row of a table: rowid, or another word for it where a column has
 * that name; NULL if columns have all of them. */
const char *table_rowid_name(const table *table);

/** The line, or row, of its source that a cell came from; 0 if a step made its row. */
uint32_t table_line(const table *table, size_t column, size_t row);

/**
 * Fails with a message behind its place in an experiment file.
 *
 * @param[in] file  Its name; what @p at names instead comes first where the command line says it.
 */
PEREBOR_PRINTF_LIKE(5, 0)
perebor_status table_vfail_at(const char *file, perebor_status status, perebor_position at,
                              perebor_error *error, const char *format, va_list arguments);

/** Fails with a message that begins with a place in the experiment file. */
PEREBOR_MUST_CHECK perebor_status table_fail_at(const table_load *load, perebor_position at,
                                                perebor_error *error, const char *format, ...)
    PEREBOR_PRINTF_LIKE(4, 5);

/** The same with PEREBOR_ERR_CONFLICT: the experiment and a schema contradict each other. */
PEREBOR_MUST_CHECK perebor_status table_conflict_at(const table_load *load, perebor_position at,
                                                    perebor_error *error, const char *format, ...)
    PEREBOR_PRINTF_LIKE(4, 5);

/** The same as a warning of the report. */
PEREBOR_MUST_CHECK perebor_status table_warn_at(table_load *load, perebor_position at,
                                                perebor_error *error, const char *format, ...)
    PEREBOR_PRINTF_LIKE(4, 5);

/** " (did you mean "x"?)" if one of the names is near, else "", in the arena. */
const char *table_hint(perebor_arena *arena, const char *word, const char *const *names,
                       size_t n_names);

/** "; …" with the question whether a header is one, or "". */
const char *table_header_hint(const table *table);

/**
 * What may help whoever asked for a column that is not there: that the header looks like data, that
 * one column points to another delimiter, or the names that there are; "" or "; …", in the arena.
 */
const char *table_columns_hint(perebor_arena *arena, const table *table);

/** Adds a warning to the report: what was guessed, or is likely to be a mistake. */
PEREBOR_MUST_CHECK perebor_status table_warn(table_load *load, perebor_error *error,
                                             const char *format, ...) PEREBOR_PRINTF_LIKE(3, 4);
/** The same, or a list of what there is where none is near. @param[in] what  "columns" */
const char *table_hint_or_list(perebor_arena *arena, const char *what, const char *word,
                               const char *const *names, size_t n_names);

/** Frees what the table owns and empties it. */
void table_release(table *table);

#endif
