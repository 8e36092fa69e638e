// SPDX-License-Identifier: MIT
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/steps.h"

enum { max_new_columns = 4096 };

/** One value of the column that names the new columns. */
typedef struct heading {
    table_cell cell;
    const char *name; /**< The prefix and the value, NFC; in the load's arena. */
} heading;

/** A pivot under way: from which columns, to which rows and columns. */
typedef struct pivoting {
    table_load *load;
    const perebor_pivot_step *step;
    const table *from;
    size_t key, columns, values; /**< Columns of from. */
    table_key_index rows;        /**< From key to row of the result. */
    table_key_index places;      /**< From value of columns to place among the headings. */
    heading *headings;           /**< [places.n_keys] */
    table result;
} pivoting;

static perebor_status find_columns(pivoting *pivoting, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const table_load *load = pivoting->load;
    const table *from = pivoting->from;
    const perebor_pivot_step *step = pivoting->step;
    const char *key = from->key != NULL ? from->key : load->spec->join.on;
    if (key == NULL) {
        return table_fail_at(load, step->at, error, "table \"%s\" has no key: to pivot by",
                             from->name);
    }
    PEREBOR_TRY(done, table_require_column(load, from, key, step->at, &pivoting->key, error));
    PEREBOR_TRY(
        done, table_require_column(load, from, step->columns, step->at, &pivoting->columns, error));
    PEREBOR_TRY(done,
                table_require_column(load, from, step->values, step->at, &pivoting->values, error));
done:
    return status;
}

static perebor_status require_value(const pivoting *pivoting, size_t column, size_t row,
                                    perebor_error *error) {
    const table *from = pivoting->from;
    if (from->columns[column].cells[row] != TABLE_MISSING) {
        return PEREBOR_OK;
    }
    char place[TABLE_PLACE_SIZE];
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "%s: column \"%s\" has a gap, but the pivot of table \"%s\" needs it",
                        table_place(from, column, row, place), from->columns[column].name,
                        from->name);
}

/** Numbers the keys and the headings in order of appearance. */
static perebor_status number_all(pivoting *pivoting, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const table *from = pivoting->from;
    uint32_t found;
    for (size_t row = 0; row < from->n_rows; row++) {
        PEREBOR_TRY(done, require_value(pivoting, pivoting->key, row, error));
        PEREBOR_TRY(done, require_value(pivoting, pivoting->columns, row, error));
        PEREBOR_TRY(done,
                    table_key_index_add(&pivoting->rows, from->columns[pivoting->key].cells[row],
                                        (uint32_t)pivoting->rows.n_keys, &found, error));
        PEREBOR_TRY(done, table_key_index_add(&pivoting->places,
                                              from->columns[pivoting->columns].cells[row],
                                              (uint32_t)pivoting->places.n_keys, &found, error));
        if (pivoting->places.n_keys > max_new_columns) {
            status = table_fail_at(pivoting->load, pivoting->step->at, error,
                                   "column \"%s\" of table \"%s\" has more than %d different "
                                   "values, too many to become columns",
                                   pivoting->step->columns, from->name, max_new_columns);
            goto done;
        }
    }
done:
    return status;
}

static int compare_headings(const void *a, const void *b) {
    return strcmp(((const heading *)a)->name, ((const heading *)b)->name);
}

static perebor_status name_heading(pivoting *pivoting, heading *heading, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_load *load = pivoting->load;
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    char *normal = NULL;
    size_t length = 0;
    char *name = perebor_arena_format(&load->arena, "%s%s", pivoting->step->prefix,
                                      table_pool_text(&load->pool, heading->cell, buffer));
    if (name == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    PEREBOR_TRY(done, perebor_text_normalize(&normal, &length, name, strlen(name),
                                             (perebor_text_rule){.form = PEREBOR_TEXT_NFC}, error));
    heading->name = perebor_arena_copy(&load->arena, normal, length);
    if (heading->name == NULL) {
        status = perebor_no_memory(error, "to load tables");
    }
done:
    free(normal);
    return status;
}

/** Names the headings, sorts them by code point and numbers them anew. */
static perebor_status sort_headings(pivoting *pivoting, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_key_index *places = &pivoting->places;
    assert(places->n_keys > 0);
    pivoting->headings = calloc(places->n_keys, sizeof *pivoting->headings);
    if (pivoting->headings == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    size_t n = 0;
    for (size_t i = 0; i < places->n_slots; i++) {
        if (places->keys[i] != TABLE_MISSING) {
            pivoting->headings[n].cell = places->keys[i];
            PEREBOR_TRY(done, name_heading(pivoting, &pivoting->headings[n++], error));
        }
    }
    qsort(pivoting->headings, n, sizeof *pivoting->headings, compare_headings);
    table_key_index_release(places);
    for (size_t i = 0; i < n; i++) {
        uint32_t found;
        const char *name = pivoting->headings[i].name;
        if ((i > 0 && strcmp(name, pivoting->headings[i - 1].name) == 0) ||
            strcmp(name, pivoting->from->columns[pivoting->key].name) == 0) {
            status = table_fail_at(pivoting->load, pivoting->step->at, error,
                                   "the pivot of table \"%s\" makes two columns \"%s\"",
                                   pivoting->from->name, name);
            goto done;
        }
        PEREBOR_TRY(done, table_key_index_add(places, pivoting->headings[i].cell, (uint32_t)i,
                                              &found, error));
    }
done:
    return status;
}

/** Allocates the result: the key and one column for each heading, all missing values. */
static perebor_status create_result(pivoting *pivoting, perebor_error *error) {
    table *result = &pivoting->result;
    size_t n_rows = pivoting->rows.n_keys;
    *result = (table){
        .name = pivoting->from->name,
        .path = pivoting->from->path,
        .key = pivoting->from->columns[pivoting->key].name,
        .decimal = pivoting->from->decimal,
        .has_lines = pivoting->from->has_lines,
        .n_rows = n_rows,
    };
    result->columns = calloc(pivoting->places.n_keys + 1, sizeof *result->columns);
    result->lines = calloc(n_rows, sizeof *result->lines);
    if (result->columns == NULL || result->lines == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    result->n_columns = pivoting->places.n_keys + 1;
    for (size_t i = 0; i < result->n_columns; i++) {
        table_column *column = &result->columns[i];
        column->name = i == 0 ? result->key : pivoting->headings[i - 1].name;
        column->cells = calloc(n_rows, sizeof *column->cells);
        column->lines = i == 0 ? NULL : calloc(n_rows, sizeof *column->lines);
        if (column->cells == NULL || (i > 0 && column->lines == NULL)) {
            return perebor_no_memory(error, "to load tables");
        }
    }
    return PEREBOR_OK;
}

static perebor_status fail_twice(const pivoting *pivoting, size_t row, size_t first_row,
                                 perebor_error *error) {
    const table *from = pivoting->from;
    char place[TABLE_PLACE_SIZE];
    char first[64] = "in a row that sql: made";
    char key[TABLE_DECIMAL_TEXT_SIZE];
    char value[TABLE_DECIMAL_TEXT_SIZE];
    const table_pool *pool = &pivoting->load->pool;
    uint32_t first_line = table_line(from, TABLE_NO_COLUMN, first_row);
    if (first_line > 0) {
        (void)snprintf(first, sizeof first, "in line %u", first_line);
    }
    return perebor_fail(
        error, PEREBOR_ERR_FORMAT,
        "%s: %s \"%s\" has %s \"%s\" a second time (first %s); a pivot needs one row for each",
        table_place(from, TABLE_NO_COLUMN, row, place), from->columns[pivoting->key].name,
        table_pool_text(pool, from->columns[pivoting->key].cells[row], key),
        from->columns[pivoting->columns].name,
        table_pool_text(pool, from->columns[pivoting->columns].cells[row], value), first);
}

/** Puts lines where rows were numbered from 1; a row that SQL made has line 0. */
static void number_lines(const table *from, uint32_t *rows, size_t n) {
    for (size_t i = 0; rows != NULL && i < n; i++) {
        rows[i] = rows[i] == 0 ? 0 : table_line(from, TABLE_NO_COLUMN, rows[i] - 1);
    }
}

static perebor_status fill_result(pivoting *pivoting, perebor_error *error) {
    const table *from = pivoting->from;
    table *result = &pivoting->result;
    for (size_t row = 0; row < from->n_rows; row++) {
        table_cell key = from->columns[pivoting->key].cells[row];
        uint32_t to = table_key_index_find(&pivoting->rows, key);
        uint32_t place =
            table_key_index_find(&pivoting->places, from->columns[pivoting->columns].cells[row]);
        table_column *column = &result->columns[place + 1];
        if (column->lines[to] != 0) {
            return fail_twice(pivoting, row, column->lines[to] - 1, error);
        }
        column->cells[to] = from->columns[pivoting->values].cells[row];
        column->lines[to] = (uint32_t)row + 1;
        if (result->lines[to] == 0) {
            result->lines[to] = (uint32_t)row + 1;
            result->columns[0].cells[to] = key;
        }
    }
    number_lines(from, result->lines, result->n_rows);
    for (size_t i = 1; i < result->n_columns; i++) {
        number_lines(from, result->columns[i].lines, result->n_rows);
    }
    return PEREBOR_OK;
}

perebor_status table_pivot(table_load *load, const perebor_pivot_step *step, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table *source = NULL;
    pivoting pivoting = {.load = load, .step = step};
    PEREBOR_TRY(done, table_require(load, step->table, step->at, &source, error));
    pivoting.from = source;
    PEREBOR_TRY(done, find_columns(&pivoting, error));
    PEREBOR_TRY(done, number_all(&pivoting, error));
    PEREBOR_TRY(done, sort_headings(&pivoting, error));
    PEREBOR_TRY(done, create_result(&pivoting, error));
    PEREBOR_TRY(done, fill_result(&pivoting, error));
    PEREBOR_TRY(done, table_log(load,
                                (perebor_step_report){.step = "pivot",
                                                      .table = source->name,
                                                      .column = step->columns,
                                                      .n_rows = pivoting.result.n_rows},
                                error, "%s: %zu row%s to %zu row%s and %zu column%s of %s by %s",
                                source->name, source->n_rows, source->n_rows == 1 ? "" : "s",
                                pivoting.result.n_rows, pivoting.result.n_rows == 1 ? "" : "s",
                                pivoting.places.n_keys, pivoting.places.n_keys == 1 ? "" : "s",
                                step->values, step->columns));
    table before = *source;
    *source = pivoting.result;
    pivoting.result = before;
done:
    table_release(&pivoting.result);
    table_key_index_release(&pivoting.rows);
    table_key_index_release(&pivoting.places);
    free(pivoting.headings);
    return status;
}
