// SPDX-License-Identifier: MIT
/*
 * Customers without activity in a period where nearly all have some: a pivoted column is 0, or has
 * a missing value because the customer has no row for that period. A missing value that was a cell
 * of the table already is an unknown amount, not none.
 */
#include <stdlib.h>
#include <string.h>

#include "inspect/quality_role.h"
#include "inspect/quality_rows.h"
#include "table/steps.h"

static const double rarely = 0.05;

static bool is_of(const quality_column *column, const perebor_pivot_step *pivot) {
    return column->is_pivoted && strcmp(column->table->name, pivot->table) == 0;
}

static bool is_inactive(const quality_column *column, size_t row, const table_pool *pool) {
    double value;
    if (column->cells[row] == TABLE_MISSING) {
        return !column->has_unknown;
    }
    return table_pool_number(pool, column->cells[row], column->table->decimal, &value) &&
           value == 0.0;
}

/** Whether nearly all rows have something in a column, so that nothing is remarkable. */
static bool is_usually_active(const quality_column *column, const table_pool *pool) {
    size_t n_inactive = 0;
    for (size_t row = 0; row < column->n_rows; row++) {
        n_inactive += is_inactive(column, row, pool);
    }
    return column->numeric && column->median > 0.0 &&
           (double)n_inactive <= rarely * (double)column->n_rows;
}

/** Marks the rows without activity in a column of a pivoted table. */
static void mark_inactive(const quality_column *columns, size_t n_columns,
                          const perebor_pivot_step *pivot, const table_pool *pool, bool *inactive) {
    for (size_t i = 0; i < n_columns; i++) {
        if (!is_of(&columns[i], pivot) || !is_usually_active(&columns[i], pool)) {
            continue;
        }
        for (size_t row = 0; row < columns[i].n_rows; row++) {
            inactive[row] = inactive[row] || is_inactive(&columns[i], row, pool);
        }
    }
}

/** The filter: by value, or, where that would drop unknown amounts too, by identifier. */
static const char *propose(const quality_column *columns, size_t n_columns,
                           const perebor_pivot_step *pivot, const char *id_name,
                           const quality_ids *ids, quality_notes *notes) {
    quality_list names = {0};
    bool unknown = false;
    for (size_t i = 0; i < n_columns; i++) {
        if (is_of(&columns[i], pivot)) {
            quality_list_add(notes, &names, "%s%s", names.length > 0 ? ", " : "",
                             quality_yaml(notes, columns[i].name));
            unknown = unknown || columns[i].has_unknown;
        }
    }
    const char *step =
        unknown && ids->n > 0
            ? quality_ids_filter(notes, ids, id_name, "not active in every period")
            : quality_format(notes,
                             "- {columns: [%s], op: \">\", value: 0, match: all, reason: not "
                             "active in every period}",
                             quality_list_text(&names));
    quality_list_release(&names);
    return step;
}

static void note_inactive_table(const quality_column *columns, size_t n_columns,
                                const perebor_pivot_step *pivot, const quality_column *ids,
                                const bool *inactive, const table_load *load,
                                quality_notes *notes) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    quality_ids rows = {0};
    size_t n = 0;
    for (size_t row = 0; row < columns[0].n_rows; row++) {
        n += inactive[row];
        if (inactive[row] && ids != NULL) {
            quality_ids_add(notes, &rows, table_pool_text(&load->pool, ids->cells[row], buffer));
        }
    }
    if (n > 0) {
        const char *column =
            *pivot->prefix != '\0' ? quality_format(notes, "%s*", pivot->prefix) : pivot->values;
        const char *id_name = ids != NULL ? ids->name : "";
        quality_note_finding(
            notes,
            (perebor_finding){.kind = "zero_activity",
                              .table = "",
                              .column = column,
                              .n = n,
                              .section = "data.filter",
                              .step = propose(columns, n_columns, pivot, id_name, &rows, notes),
                              .ids = rows.texts,
                              .n_ids = rows.n},
            "%zu of %zu rows %s no %s in a period%s%s", n, columns[0].n_rows,
            n == 1 ? "has" : "have", pivot->values, rows.n > 0 ? ": " : "",
            quality_ids_shown(notes, &rows));
    }
    quality_ids_release(&rows);
}

void quality_note_inactivity(const quality_column *columns, size_t n_columns,
                             const quality_column *ids, const table_load *load,
                             quality_notes *notes) {
    if (n_columns == 0) {
        return;
    }
    for (size_t i = 0; i < load->spec->n_pivot; i++) {
        bool *inactive = calloc(columns[0].n_rows + 1, sizeof *inactive);
        if (inactive == NULL) {
            notes->failed = true;
            return;
        }
        mark_inactive(columns, n_columns, &load->spec->pivot[i], &load->pool, inactive);
        note_inactive_table(columns, n_columns, &load->spec->pivot[i], ids, inactive, load, notes);
        free(inactive);
    }
}
