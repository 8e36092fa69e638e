// SPDX-License-Identifier: MIT
#include "table/disguised_column.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "table/disguise.h"

/** Looks at all texts of a column, as long as they are of one kind. */
static table_disguises see_texts(const table_load *load, const table_joined *joined,
                                 const table_joined_column *column, size_t *first_row,
                                 size_t *n_values) {
    table_disguises seen = {0};
    char decimal = table_joined_decimal(joined, column);
    *n_values = 0;
    for (size_t row = 0; row < joined->n_rows && !seen.differ; row++) {
        table_cell cell = table_joined_cell(joined, column, row);
        double number;
        if (cell == TABLE_MISSING) {
            continue;
        }
        ++*n_values;
        if (!table_pool_number(&load->pool, cell, decimal, &number)) {
            *first_row = seen.n_texts == 0 ? row : *first_row;
            table_disguises_add(&seen, table_pool_text(&load->pool, cell, NULL));
        }
    }
    return seen;
}

/** A text as YAML, by way of JSON; NULL if memory is short. The caller frees it. */
static char *quoted(const char *text) {
    perebor_json json = {0};
    perebor_json_text(&json, text);
    return perebor_json_take(&json);
}

/** What a column is said to be: "79 of 80 values have the unit \"%\"". */
static const char *describe(table_load *load, const table_disguises *seen, size_t n_values) {
    size_t n = seen->n_texts;
    return seen->kind == TABLE_DISGUISE_UNIT
               ? perebor_arena_format(load->report, "%zu of %zu values %s the unit \"%.*s\"", n,
                                      n_values, n == 1 ? "has" : "have", (int)seen->n_unit,
                                      seen->unit)
               : perebor_arena_format(load->report,
                                      "%zu of %zu values are days, each a level of its own", n,
                                      n_values);
}

/** The statement that makes numbers of the texts; "" where that takes a decision. */
static const char *number_statement(table_load *load, const table *table, const char *column,
                                    const table_disguises *seen) {
    for (size_t i = 0; i < load->spec->n_pivot; i++) {
        if (strcmp(load->spec->pivot[i].table, table->name) == 0) {
            return ""; // the column is made of others
        }
    }
    const char *in_table = table_sql_name(&load->arena, table->name);
    const char *name = table_sql_name(&load->arena, column);
    if (in_table == NULL || name == NULL) {
        return NULL;
    }
    if (seen->kind == TABLE_DISGUISE_UNIT) {
        return perebor_arena_format(load->report,
                                    "UPDATE %s SET %s = trim(replace(%s, '%.*s', ''))", in_table,
                                    name, name, (int)seen->n_unit, seen->unit);
    }
    if (seen->kind == TABLE_DISGUISE_DAY && seen->is_iso) {
        return perebor_arena_format(load->report, "UPDATE %s SET %s = julianday(%s)", in_table,
                                    name, name);
    }
    if (seen->kind == TABLE_DISGUISE_DAY && seen->is_dotted) {
        return perebor_arena_format(
            load->report,
            "UPDATE %s SET %s = julianday(substr(%s, 7) || '-' || substr(%s, 4, 2) || '-' || "
            "substr(%s, 1, 2))",
            in_table, name, name, name, name);
    }
    return "";
}

static perebor_status note_disguise(table_load *load, const table_joined *joined,
                                    const table_joined_column *column, const table_disguises *seen,
                                    size_t n_values, size_t first_row, perebor_error *error) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    char place[TABLE_PLACE_SIZE];
    const table *table = joined->parts[column->part];
    char *text =
        quoted(table_pool_text(&load->pool, table_joined_cell(joined, column, first_row), buffer));
    const char *what = describe(load, seen, n_values);
    const char *detail =
        text == NULL || what == NULL
            ? NULL
            : perebor_arena_format(load->report, "column \"%s\" is nominal: %s, first %s at %s",
                                   column->name, what, text,
                                   table_joined_place(joined, column, first_row, place));
    free(text);
    const char *sql = number_statement(load, table, table->columns[column->column].name, seen);
    char *quoted_sql = sql == NULL || *sql == '\0' ? NULL : quoted(sql);
    const char *step = quoted_sql == NULL
                           ? sql
                           : perebor_arena_format(load->report, "- {op: sql, sql: %s}", quoted_sql);
    free(quoted_sql);
    load->doubts[load->n_doubts++] =
        (perebor_column_doubt){.column = perebor_arena_text(load->report, column->name),
                               .detail = detail,
                               .section = "data.clean",
                               .step = step,
                               .are_numbers = true};
    return detail == NULL || step == NULL ? perebor_no_memory(error, "to load tables") : PEREBOR_OK;
}

/** Days of so few values are levels, as months are. */
enum { few_days = 20 };

static bool has_many_levels(const table_joined *joined, const table_joined_column *column) {
    table_cell found[few_days];
    size_t n = 0;
    for (size_t row = 0; row < joined->n_rows; row++) {
        table_cell cell = table_joined_cell(joined, column, row);
        size_t i = 0;
        while (i < n && found[i] != cell) {
            i++;
        }
        if (i < n || cell == TABLE_MISSING) {
            continue;
        }
        if (n == few_days) {
            return true;
        }
        found[n++] = cell;
    }
    return false;
}

perebor_status table_note_disguise(table_load *load, const table_joined *joined,
                                   const table_joined_column *column, table_disguise *kind,
                                   perebor_error *error) {
    size_t first_row = 0;
    size_t n_values = 0;
    table_disguises seen = see_texts(load, joined, column, &first_row, &n_values);
    *kind = seen.kind;
    bool is_noted = seen.kind == TABLE_DISGUISE_UNIT ||
                    (seen.kind == TABLE_DISGUISE_DAY && seen.n_texts == n_values &&
                     has_many_levels(joined, column));
    return is_noted ? note_disguise(load, joined, column, &seen, n_values, first_row, error)
                    : PEREBOR_OK;
}
