// SPDX-License-Identifier: MIT
#include "table/doubts.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/try.h"
#include "table/disguised_column.h"

enum { step_texts = 8 /* More of them are no slips of one hand. */ };

static const double mostly_numbers = 0.9;

/** The texts among a column's numbers. */
typedef struct text_count {
    size_t n_values, n_texts;
    size_t first_row;             /**< The first in the joined table. */
    table_cell texts[step_texts]; /**< The first that differ. */
    size_t n_distinct;            /**< step_texts + 1: more than fit. */
} text_count;

static bool is_named_nominal(const table_load *load, const char *column) {
    const perebor_texts *names = &load->spec->roles.nominal;
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->items[i], "*") != 0 && perebor_text_matches(names->items[i], column)) {
            return true;
        }
    }
    return false;
}

static void count_text(text_count *count, table_cell cell, size_t row) {
    if (count->n_texts++ == 0) {
        count->first_row = row;
    }
    size_t i = 0;
    while (i < count->n_distinct && i < step_texts && count->texts[i] != cell) {
        i++;
    }
    if (i < step_texts && i == count->n_distinct) {
        count->texts[i] = cell;
        count->n_distinct++;
    } else if (i == step_texts) {
        count->n_distinct = step_texts + 1;
    }
}

/** Counts; gives up as soon as texts are so many that numbers fall short of a share of all. */
static text_count count_texts(const table_load *load, const table_joined *joined,
                              const table_joined_column *column, double share) {
    text_count count = {0};
    char decimal = table_joined_decimal(joined, column);
    double least = share * (double)joined->n_rows;
    for (size_t row = 0; row < joined->n_rows && (double)(joined->n_rows - count.n_texts) >= least;
         row++) {
        table_cell cell = table_joined_cell(joined, column, row);
        double number;
        if (cell == TABLE_MISSING) {
            continue;
        }
        count.n_values++;
        if (!table_pool_number(&load->pool, cell, decimal, &number)) {
            count_text(&count, cell, row);
        }
    }
    return count;
}

/** A text as YAML, by way of JSON; NULL if memory is short. The caller frees it. */
static char *quoted(const char *text) {
    perebor_json json = {0};
    perebor_json_text(&json, text);
    return perebor_json_take(&json);
}

/** The step that makes missing values of the texts; "" if they are too many, or a pivot hides their
 * table. */
static const char *propose(table_load *load, const table *table, const char *column,
                           const text_count *count) {
    const char *map = "";
    for (size_t i = 0; i < load->spec->n_pivot; i++) {
        if (strcmp(load->spec->pivot[i].table, table->name) == 0) {
            return "";
        }
    }
    if (count->n_distinct > step_texts) {
        return "";
    }
    for (size_t i = 0; map != NULL && i < count->n_distinct; i++) {
        char buffer[TABLE_DECIMAL_TEXT_SIZE];
        char *text = quoted(table_pool_text(&load->pool, count->texts[i], buffer));
        map = text == NULL ? NULL
                           : perebor_arena_format(load->report, "%s%s%s: null", map,
                                                  i > 0 ? ", " : "", text);
        free(text);
    }
    char *in_table = quoted(table->name);
    char *of_column = quoted(column);
    const char *step =
        map == NULL || in_table == NULL || of_column == NULL
            ? NULL
            : perebor_arena_format(
                  load->report,
                  "- {op: replace, table: %s, column: %s, map: {%s}, reason: not a number}",
                  in_table, of_column, map);
    free(in_table);
    free(of_column);
    return step;
}

static perebor_status note(table_load *load, const table_joined *joined,
                           const table_joined_column *column, const text_count *count,
                           perebor_error *error) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    char place[TABLE_PLACE_SIZE];
    const table *table = joined->parts[column->part];
    char *text = quoted(table_pool_text(&load->pool, count->texts[0], buffer));
    const char *detail =
        text == NULL ? NULL
                     : perebor_arena_format(
                           load->report,
                           "column \"%s\" is nominal because of %zu of %zu values, first %s at %s",
                           column->name, count->n_texts, count->n_values, text,
                           table_joined_place(joined, column, count->first_row, place));
    free(text);
    perebor_column_doubt *doubt = &load->doubts[load->n_doubts++];
    *doubt = (perebor_column_doubt){
        .column = perebor_arena_text(load->report, column->name),
        .detail = detail,
        .section = "data.clean",
        .step = propose(load, table, table->columns[column->column].name, count)};
    return doubt->column == NULL || detail == NULL || doubt->step == NULL
               ? perebor_no_memory(error, "to load tables")
               : PEREBOR_OK;
}

/** Doubts a column that a few texts make nominal, or infinite numbers, or a way of writing. */
static perebor_status doubt(table_load *load, const table_joined *joined,
                            const table_joined_column *column, perebor_error *error) {
    table_disguise kind = TABLE_DISGUISE_NONE;
    perebor_status status = table_note_disguise(load, joined, column, &kind, error);
    if (status != PEREBOR_OK || kind == TABLE_DISGUISE_UNIT || kind == TABLE_DISGUISE_DAY) {
        return status;
    }
    double share = kind == TABLE_DISGUISE_INFINITE ? 0.0 : mostly_numbers;
    text_count count = count_texts(load, joined, column, share);
    bool is_doubted = count.n_texts > 0 &&
                      (double)(count.n_values - count.n_texts) >= share * (double)count.n_values;
    return is_doubted ? note(load, joined, column, &count, error) : PEREBOR_OK;
}

perebor_status table_doubt_columns(table_load *load, const table_joined *joined,
                                   const table_roles *roles, perebor_error *error) {
    load->doubts =
        perebor_arena_allocate(load->report, roles->n_features + 1, sizeof *load->doubts);
    if (load->doubts == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t i = 0; i < roles->n_features; i++) {
        const table_joined_column *column = &joined->columns[roles->features[i].column];
        if (roles->features[i].role != PEREBOR_ROLE_NOMINAL ||
            is_named_nominal(load, column->name)) {
            continue;
        }
        perebor_status status = doubt(load, joined, column, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    }
    return PEREBOR_OK;
}
