// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/name_list.h"
#include "table/steps.h"

enum { shown_size = 256, max_shown_columns = 8 };

/** One pair as words of a table, and how often it was applied. */
typedef struct replacement {
    table_cell from, to;
    bool is_number; /**< Every cell of the same value is meant, however written. */
    double number;  /**< What from is, where that is a decimal. */
    uint64_t n_cells;
    size_t n_columns;       /**< That it changed. */
    char shown[shown_size]; /**< Cells of the first of these: `mass 11, insulin 37`. */
} replacement;

static perebor_status intern_value(table_load *load, const char *text, char decimal,
                                   table_cell *cell, perebor_error *error) {
    if (text == NULL) {
        *cell = TABLE_MISSING;
        return PEREBOR_OK;
    }
    return table_pool_intern(&load->pool, cell, text, strlen(text), decimal, error);
}

/** The words of a pair; a number that the experiment writes as one has a point in any table. */
static perebor_status intern_pair(table_load *load, const perebor_clean_step *step, size_t pair,
                                  const table *table, replacement *result, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const char *from = step->from.items[pair];
    bool plain = step->from_plain != NULL && step->from_plain[pair];
    *result = (replacement){0};
    PEREBOR_TRY(done, intern_value(load, from, plain ? '.' : table->decimal, &result->from, error));
    result->is_number = plain && table_cell_is_decimal(result->from);
    if (plain && !result->is_number) {
        PEREBOR_TRY(done, intern_value(load, from, table->decimal, &result->from, error));
    }
    if (table_cell_is_decimal(result->from)) {
        (void)table_pool_number(&load->pool, result->from, table->decimal, &result->number);
    }
    PEREBOR_TRY(done, intern_value(load, step->to.items[pair], table->decimal, &result->to, error));
done:
    return status;
}

/** Whether a cell is a number of the pair's value, written in another way. */
static bool equals_number(const table_load *load, const table *table, table_cell cell,
                          const replacement *pair) {
    double number;
    return cell != TABLE_MISSING && table_cell_is_decimal(pair->from) &&
           table_pool_number(&load->pool, cell, table->decimal, &number) && number == pair->number;
}

static bool is_meant(const table_load *load, const table *table, table_cell cell,
                     const replacement *pair) {
    return cell == pair->from || (pair->is_number && equals_number(load, table, cell, pair));
}

/** Adds a column's cells to what is shown of a pair. */
static void count_column(replacement *pair, const char *column, uint64_t n_cells) {
    size_t used = strlen(pair->shown);
    pair->n_cells += n_cells;
    if (n_cells > 0 && pair->n_columns++ < max_shown_columns) {
        (void)snprintf(pair->shown + used, shown_size - used, "%s%s %llu", used > 0 ? ", " : "",
                       column, (unsigned long long)n_cells);
    }
}

/** Says that no cell equals the number as text, if some would as a number. */
static perebor_status warn_of_other_texts(table_load *load, const table *table, size_t column,
                                          const replacement *pair, const char *from,
                                          perebor_error *error) {
    const table_cell *cells = table->columns[column].cells;
    size_t n_others = 0;
    size_t first = 0;
    for (size_t row = 0; row < table->n_rows; row++) {
        if (equals_number(load, table, cells[row], pair)) {
            first = n_others++ == 0 ? row : first;
        }
    }
    if (n_others == 0) {
        return PEREBOR_OK;
    }
    char place[TABLE_PLACE_SIZE];
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    return table_warn(load, error,
                      "%s: column \"%s\": replace finds no \"%s\", but %zu cell%s such as \"%s\"; "
                      "write the number without quotes to mean them too",
                      table_place(table, column, first, place), table->columns[column].name, from,
                      n_others, n_others == 1 ? "" : "s",
                      table_pool_text(&load->pool, cells[first], buffer));
}

/** All pairs apply at once, so that a value put in is not replaced again. */
static perebor_status replace_column(table_load *load, const perebor_clean_step *step, table *table,
                                     size_t column, replacement *pairs, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_cell *cells = table->columns[column].cells;
    uint64_t *n_found = calloc(2 * step->from.n + 1, sizeof *n_found);
    if (n_found == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    uint64_t *n_changed = n_found + step->from.n;
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t i = 0; i < step->from.n; i++) {
            if (is_meant(load, table, cells[row], &pairs[i])) {
                n_found[i]++;
                n_changed[i] += cells[row] != pairs[i].to;
                cells[row] = pairs[i].to;
                break;
            }
        }
    }
    for (size_t i = 0; i < step->from.n; i++) {
        count_column(&pairs[i], table->columns[column].name, n_changed[i]);
        if (n_found[i] == 0 && !pairs[i].is_number && !load->is_part) {
            PEREBOR_TRY(done, warn_of_other_texts(load, table, column, &pairs[i],
                                                  step->from.items[i], error));
        }
    }
done:
    free(n_found);
    return status;
}

static perebor_status log_pair(table_load *load, const perebor_clean_step *step, size_t i,
                               const table *table, const replacement *pair, perebor_error *error) {
    const char *column = step->columns.n == 1 && !perebor_text_is_pattern(step->columns.items[0])
                             ? step->columns.items[0]
                             : "";
    const char *to = step->to.items[i];
    const char *mark = to == NULL ? "" : "\"";
    bool several = *column == '\0' && pair->n_columns > 0;
    perebor_step_report entry = {
        .step = "replace", .table = table->name, .column = column, .n_cells = pair->n_cells};
    return table_log(
        load, entry, error, "%s%s%s: \"%s\" -> %s%s%s%s%s%s%s%s", table->name,
        *column != '\0' ? "." : "", column, step->from.items[i] == NULL ? "" : step->from.items[i],
        mark, to == NULL ? "gap" : to, mark, several ? " in " : "", several ? pair->shown : "",
        several && pair->n_columns > max_shown_columns ? " …" : "",
        step->reason != NULL ? ": " : "", step->reason != NULL ? step->reason : "");
}

static perebor_status replace_in(table_load *load, const perebor_clean_step *step,
                                 const name_list *chosen, table *table, replacement *pairs,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_columns = 0;
    for (size_t i = 0; i < step->from.n; i++) {
        PEREBOR_TRY(done, intern_pair(load, step, i, table, &pairs[i], error));
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        if (step->columns.n == 0 || name_list_has(chosen, table->columns[i].name)) {
            PEREBOR_TRY(done, replace_column(load, step, table, i, pairs, error));
            n_columns++;
        }
    }
    for (size_t i = 0; n_columns > 0 && i < step->from.n; i++) {
        PEREBOR_TRY(done, log_pair(load, step, i, table, &pairs[i], error));
    }
done:
    return status;
}

perebor_status table_replace(table_load *load, const perebor_clean_step *step,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    name_list chosen = {0};
    replacement *pairs = calloc(step->from.n + 1, sizeof *pairs);
    if (pairs == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    PEREBOR_TRY(done, table_check_columns(load, step, error));
    PEREBOR_TRY(done, name_list_create(&chosen, &step->columns, error));
    for (size_t i = 0; i < load->n_tables; i++) {
        if (table_step_is_for(step, &load->tables[i])) {
            PEREBOR_TRY(done, replace_in(load, step, &chosen, &load->tables[i], pairs, error));
        }
    }
done:
    name_list_release(&chosen);
    free(pairs);
    return status;
}
