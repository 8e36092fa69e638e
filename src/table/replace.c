// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/steps.h"

/** One pair as words of a table, and how often it was applied. */
struct replacement {
    table_cell from, to;
    uint64_t n_cells;
};

static perebor_status intern_value(struct table_load *load, const char *text, char decimal,
                                   table_cell *cell, perebor_error *error) {
    if (text == NULL) {
        *cell = TABLE_MISSING;
        return PEREBOR_OK;
    }
    return table_pool_intern(&load->pool, cell, text, strlen(text), decimal, error);
}

/** All pairs apply at once, so that a value put in is not replaced again. */
static void replace_column(struct table *table, size_t column, struct replacement *pairs,
                           size_t n_pairs) {
    table_cell *cells = table->columns[column].cells;
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t i = 0; i < n_pairs; i++) {
            if (cells[row] == pairs[i].from) {
                pairs[i].n_cells += pairs[i].from != pairs[i].to;
                cells[row] = pairs[i].to;
                break;
            }
        }
    }
}

static perebor_status log_pair(struct table_load *load, const perebor_clean_step *step, size_t pair,
                               const struct table *table, uint64_t n_cells, perebor_error *error) {
    const char *column = step->columns.n == 1 && !perebor_text_is_pattern(step->columns.items[0])
                             ? step->columns.items[0]
                             : "";
    const char *to = step->to.items[pair];
    const char *mark = to == NULL ? "" : "\"";
    perebor_step_report entry = {
        .step = "replace", .table = table->name, .column = column, .n_cells = n_cells};
    return table_log(load, entry, error, "%s%s%s: \"%s\" -> %s%s%s%s%s", table->name,
                     *column != '\0' ? "." : "", column,
                     step->from.items[pair] == NULL ? "" : step->from.items[pair], mark,
                     to == NULL ? "gap" : to, mark, step->reason != NULL ? ": " : "",
                     step->reason != NULL ? step->reason : "");
}

static perebor_status replace_in(struct table_load *load, const perebor_clean_step *step,
                                 struct table *table, struct replacement *pairs,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_columns = 0;
    for (size_t i = 0; i < step->from.n; i++) {
        pairs[i].n_cells = 0;
        PEREBOR_TRY(done,
                    intern_value(load, step->from.items[i], table->decimal, &pairs[i].from, error));
        PEREBOR_TRY(done,
                    intern_value(load, step->to.items[i], table->decimal, &pairs[i].to, error));
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        if (table_texts_name(&step->columns, table->columns[i].name)) {
            replace_column(table, i, pairs, step->from.n);
            n_columns++;
        }
    }
    for (size_t i = 0; n_columns > 0 && i < step->from.n; i++) {
        PEREBOR_TRY(done, log_pair(load, step, i, table, pairs[i].n_cells, error));
    }
done:
    return status;
}

perebor_status table_replace(struct table_load *load, const perebor_clean_step *step,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct replacement *pairs = calloc(step->from.n + 1, sizeof *pairs);
    if (pairs == NULL) {
        return table_out_of_memory(error);
    }
    PEREBOR_TRY(done, table_check_columns(load, step, error));
    for (size_t i = 0; i < load->n_tables; i++) {
        if (table_step_is_for(step, &load->tables[i])) {
            PEREBOR_TRY(done, replace_in(load, step, &load->tables[i], pairs, error));
        }
    }
done:
    free(pairs);
    return status;
}
