// SPDX-License-Identifier: MIT
#include "table/quality_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "base/try.h"
#include "table/steps.h"

enum { SHOWN = 5, LISTED = 200 };

static const double rarely = 0.05;

/** A row as a number that equal rows share, and the row. */
struct marked_row {
    uint64_t mark;
    size_t row;
};

/** Cells by which rows are compared. */
struct cell_rows {
    const table_cell **columns; /**< [n_columns][n_rows] */
    size_t n_columns, n_rows;
};

static int compare_marked(const void *left, const void *right) {
    const struct marked_row *a = left;
    const struct marked_row *b = right;
    if (a->mark != b->mark) {
        return a->mark < b->mark ? -1 : 1;
    }
    return (a->row > b->row) - (a->row < b->row);
}

static bool equal_rows(const struct cell_rows *rows, size_t one, size_t other) {
    for (size_t i = 0; i < rows->n_columns; i++) {
        if (rows->columns[i][one] != rows->columns[i][other]) {
            return false;
        }
    }
    return true;
}

/**
 * Finds, for every row, the first row that equals it: itself for most.
 *
 * @param[out] first  [n_rows]
 */
static perebor_status find_first_equals(const struct cell_rows *rows, size_t *first,
                                        perebor_error *error) {
    struct marked_row *marked = calloc(rows->n_rows + 1, sizeof *marked);
    if (marked == NULL) {
        return table_out_of_memory(error);
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        marked[row].row = first[row] = row;
        for (size_t i = 0; i < rows->n_columns; i++) {
            marked[row].mark =
                perebor_mix(marked[row].mark + PEREBOR_MIX_STEP + rows->columns[i][row]);
        }
    }
    qsort(marked, rows->n_rows, sizeof *marked, compare_marked);
    for (size_t i = 1; i < rows->n_rows; i++) {
        // Rows of one mark are equal but for a collision of 64 bits, which is looked at.
        for (size_t j = i; j-- > 0 && marked[j].mark == marked[i].mark;) {
            size_t before = first[marked[j].row];
            if (equal_rows(rows, before, marked[i].row)) {
                first[marked[i].row] = before;
                break;
            }
        }
    }
    free(marked);
    return PEREBOR_OK;
}

/** Names joined by commas, as SQL has them. */
static const char *list_columns(const struct table *table, struct quality_notes *notes) {
    const char *list = "";
    for (size_t i = 0; i < table->n_columns; i++) {
        list = quality_format(notes, "%s%s%s", list, i > 0 ? ", " : "",
                              quality_sql_name(notes, table->columns[i].name));
    }
    return list;
}

/** A step that keeps the first of the rows that are alike in some columns. */
static const char *keep_first_step(const struct table *table, const char *columns,
                                   const char *reason, struct quality_notes *notes) {
    const char *name = quality_sql_name(notes, table->name);
    const char *sql = quality_format(
        notes, "DELETE FROM %s WHERE rowid NOT IN (SELECT MIN(rowid) FROM %s GROUP BY %s)", name,
        name, columns);
    return quality_format(notes, "- {op: sql, sql: %s, reason: %s}", quality_yaml(notes, sql),
                          reason);
}

static perebor_status note_repeats(const struct table *table, const struct cell_rows *rows,
                                   perebor_finding finding, const char *what,
                                   struct quality_notes *notes, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    char place[TABLE_PLACE_SIZE];
    char first_place[TABLE_PLACE_SIZE];
    size_t *first = calloc(rows->n_rows + 1, sizeof *first);
    if (first == NULL) {
        return table_out_of_memory(error);
    }
    PEREBOR_TRY(done, find_first_equals(rows, first, error));
    for (size_t row = 0; row < rows->n_rows; row++) {
        if (first[row] != row && finding.n++ == 0) {
            (void)table_place(table, TABLE_NO_COLUMN, row, place);
            (void)table_place(table, TABLE_NO_COLUMN, first[row], first_place);
        }
    }
    if (finding.n > 0) {
        quality_note_finding(notes, finding, "%llu of %zu rows repeat %s, first %s that of %s",
                             (unsigned long long)finding.n, rows->n_rows, what, place, first_place);
    }
done:
    free(first);
    return status;
}

perebor_status quality_note_duplicates(const struct table *table, struct quality_notes *notes,
                                       perebor_error *error) {
    struct cell_rows rows = {.columns = calloc(table->n_columns + 1, sizeof *rows.columns),
                             .n_columns = table->n_columns,
                             .n_rows = table->n_rows};
    if (rows.columns == NULL) {
        return table_out_of_memory(error);
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        rows.columns[i] = table->columns[i].cells;
    }
    perebor_finding finding = {
        .kind = "duplicate_rows",
        .table = table->name,
        .section = "data.clean",
        .step = keep_first_step(table, list_columns(table, notes), "repeated rows", notes)};
    perebor_status status =
        note_repeats(table, &rows, finding, "an earlier row in every column", notes, error);
    free(rows.columns);
    return status;
}

/** The heading column of a table that is to be pivoted, or TABLE_NO_COLUMN. */
static size_t heading_of(const struct table_load *load, const struct table *table) {
    for (size_t i = 0; i < load->spec->n_pivot; i++) {
        if (strcmp(load->spec->pivot[i].table, table->name) == 0) {
            return table_find_column(table, load->spec->pivot[i].columns);
        }
    }
    return TABLE_NO_COLUMN;
}

static void note_key_gaps(const struct table *table, size_t key, struct quality_notes *notes) {
    size_t n_gaps = 0;
    for (size_t row = 0; row < table->n_rows; row++) {
        n_gaps += table->columns[key].cells[row] == TABLE_GAP;
    }
    if (n_gaps == 0) {
        return;
    }
    const char *sql =
        quality_format(notes, "DELETE FROM %s WHERE %s IS NULL",
                       quality_sql_name(notes, table->name), quality_sql_name(notes, table->key));
    quality_note_finding(
        notes,
        (perebor_finding){.kind = "gap_in_key",
                          .table = table->name,
                          .column = table->key,
                          .n = n_gaps,
                          .section = "data.clean",
                          .step = quality_format(notes, "- {op: sql, sql: %s, reason: no key}",
                                                 quality_yaml(notes, sql))},
        "%zu of %zu rows have no key", n_gaps, table->n_rows);
}

perebor_status quality_note_keys(const struct table_load *load, const struct table *table,
                                 struct quality_notes *notes, perebor_error *error) {
    size_t key = table->key != NULL ? table_find_column(table, table->key) : TABLE_NO_COLUMN;
    if (key == TABLE_NO_COLUMN) {
        return PEREBOR_OK;
    }
    note_key_gaps(table, key, notes);
    size_t heading = heading_of(load, table);
    const table_cell *cells[] = {table->columns[key].cells, NULL};
    struct cell_rows rows = {.columns = cells, .n_columns = 1, .n_rows = table->n_rows};
    const char *columns = quality_sql_name(notes, table->key);
    const char *what = "a key";
    if (heading != TABLE_NO_COLUMN) {
        cells[rows.n_columns++] = table->columns[heading].cells;
        columns = quality_format(notes, "%s, %s", columns,
                                 quality_sql_name(notes, table->columns[heading].name));
        what = quality_format(notes, "a key and its %s", table->columns[heading].name);
    }
    perebor_finding finding = {.kind = "repeated_key",
                               .table = table->name,
                               .column = table->key,
                               .section = "data.clean",
                               .step = keep_first_step(table, columns, "repeated keys", notes)};
    return note_repeats(table, &rows, finding, what, notes, error);
}

/** Distinct keys of @p from that @p index lacks; the first few as a list. */
static size_t count_missing(const struct table *from, size_t key,
                            const struct table_key_index *index, const struct table_pool *pool,
                            struct quality_notes *notes, const char **list, perebor_error *error) {
    struct table_key_index seen = {0};
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    size_t n_missing = 0;
    *list = "";
    for (size_t row = 0; row < from->n_rows; row++) {
        table_cell cell = from->columns[key].cells[row];
        uint32_t before = TABLE_NO_ROW;
        if (cell == TABLE_GAP || table_key_index_find(index, cell) != TABLE_NO_ROW) {
            continue;
        }
        if (table_key_index_add(&seen, cell, 0, &before, error) != PEREBOR_OK) {
            notes->failed = true;
            break;
        }
        if (before == TABLE_NO_ROW && n_missing++ < SHOWN) {
            *list = quality_format(notes, "%s%s%s", *list, **list != '\0' ? ", " : "",
                                   table_pool_text(pool, cell, buffer));
        }
    }
    table_key_index_release(&seen);
    return n_missing;
}

static perebor_status index_keys(const struct table *table, size_t key,
                                 struct table_key_index *index, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t row = 0; row < table->n_rows; row++) {
        uint32_t before;
        if (table->columns[key].cells[row] != TABLE_GAP) {
            PEREBOR_TRY(done, table_key_index_add(index, table->columns[key].cells[row], 0, &before,
                                                  error));
        }
    }
done:
    return status;
}

static void note_orphan_keys(const struct table *base, const struct table *table, const char *on,
                             size_t n, const char *list, struct quality_notes *notes) {
    const char *key = quality_sql_name(notes, on);
    const char *sql = quality_format(notes, "DELETE FROM %s WHERE %s NOT IN (SELECT %s FROM %s)",
                                     quality_sql_name(notes, table->name), key, key,
                                     quality_sql_name(notes, base->name));
    quality_note_finding(
        notes,
        (perebor_finding){.kind = "orphan_key",
                          .table = table->name,
                          .column = on,
                          .n = n,
                          .section = "data.clean",
                          .step = quality_format(notes, "- {op: sql, sql: %s, reason: orphans}",
                                                 quality_yaml(notes, sql))},
        "%zu keys are not in table \"%s\": %s%s", n, base->name, list, n > SHOWN ? ", ..." : "");
}

perebor_status quality_note_orphans(const struct table_load *load, const struct table *base,
                                    const struct table *table, struct quality_notes *notes,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const char *on = load->spec->join.on != NULL ? load->spec->join.on : base->key;
    size_t base_key = on != NULL ? table_find_column(base, on) : TABLE_NO_COLUMN;
    size_t key = on != NULL ? table_find_column(table, on) : TABLE_NO_COLUMN;
    struct table_key_index bases = {0};
    struct table_key_index keys = {0};
    if (base == table || base_key == TABLE_NO_COLUMN || key == TABLE_NO_COLUMN) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, index_keys(base, base_key, &bases, error));
    PEREBOR_TRY(done, index_keys(table, key, &keys, error));
    const char *list;
    size_t n_orphans = count_missing(table, key, &bases, &load->pool, notes, &list, error);
    if (n_orphans > 0) {
        note_orphan_keys(base, table, on, n_orphans, list, notes);
    }
    size_t n_missing = count_missing(base, base_key, &keys, &load->pool, notes, &list, error);
    if (n_missing > 0) {
        quality_note_finding(notes,
                             (perebor_finding){.kind = "missing_key",
                                               .table = table->name,
                                               .column = on,
                                               .n = n_missing,
                                               .section = "data.join",
                                               .step = "unmatched: allow"},
                             "%zu keys of table \"%s\" have no row: %s%s", n_missing, base->name,
                             list, n_missing > SHOWN ? ", ..." : "");
    }
done:
    table_key_index_release(&bases);
    table_key_index_release(&keys);
    return status;
}

static bool is_carried(const struct table_load *load, const char *name) {
    const perebor_texts *carried = &load->spec->roles.carried;
    for (size_t i = 0; i < carried->n; i++) {
        if (strcmp(carried->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void note_twins(const size_t *first, size_t n_rows, const table_cell *ids,
                       const char *id_name, const struct table_load *load,
                       struct quality_notes *notes) {
    char one[TABLE_DECIMAL_TEXT_SIZE];
    char other[TABLE_DECIMAL_TEXT_SIZE];
    const char *pairs = "";
    const char *later = "";
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        if (first[row] == row) {
            continue;
        }
        if (n < SHOWN && ids != NULL) {
            pairs = quality_format(notes, "%s%s%s = %s", pairs, n > 0 ? ", " : ": ",
                                   table_pool_text(&load->pool, ids[first[row]], one),
                                   table_pool_text(&load->pool, ids[row], other));
        }
        if (n < LISTED && ids != NULL) {
            later =
                quality_format(notes, "%s%s%s", later, n > 0 ? ", " : "",
                               quality_yaml(notes, table_pool_text(&load->pool, ids[row], other)));
        }
        n++;
    }
    if (n == 0) {
        return;
    }
    const char *step =
        ids == NULL
            ? ""
            : quality_format(notes,
                             "- {column: %s, op: not_in, values: [%s], reason: equal to "
                             "another but for %s}",
                             quality_yaml(notes, id_name), later, quality_yaml(notes, id_name));
    quality_note_finding(notes,
                         (perebor_finding){.kind = "duplicate_but_key",
                                           .table = "",
                                           .column = id_name,
                                           .n = n,
                                           .section = "data.filter",
                                           .step = step},
                         "%zu of %zu rows equal another in every column but keys and carried "
                         "ones%s%s",
                         n, n_rows, pairs, n > SHOWN ? ", ..." : "");
}

perebor_status quality_note_twins(const struct quality_column *columns, size_t n_columns,
                                  const table_cell *ids, const char *id_name,
                                  const struct table_load *load, struct quality_notes *notes,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_rows = n_columns > 0 ? columns[0].n_rows : 0;
    struct cell_rows rows = {.columns = calloc(n_columns + 1, sizeof *rows.columns),
                             .n_rows = n_rows};
    size_t *first = calloc(n_rows + 1, sizeof *first);
    if (rows.columns == NULL || first == NULL) {
        status = table_out_of_memory(error);
        goto done;
    }
    for (size_t i = 0; i < n_columns; i++) {
        if (!columns[i].is_key && !is_carried(load, columns[i].name)) {
            rows.columns[rows.n_columns++] = columns[i].cells;
        }
    }
    PEREBOR_TRY(done, find_first_equals(&rows, first, error));
    note_twins(first, n_rows, ids, id_name, load, notes);
done:
    free(rows.columns);
    free(first);
    return status;
}

static bool is_inactive(const struct quality_column *column, size_t row,
                        const struct table_pool *pool) {
    double value;
    return column->cells[row] == TABLE_GAP ||
           (table_pool_number(pool, column->cells[row], column->table->decimal, &value) &&
            value == 0.0);
}

/** Whether nearly all rows have something in a column, so that nothing is remarkable. */
static bool is_usually_active(const struct quality_column *column, const struct table_pool *pool) {
    size_t n_inactive = 0;
    for (size_t row = 0; row < column->n_rows; row++) {
        n_inactive += is_inactive(column, row, pool);
    }
    return column->numeric && column->median > 0.0 &&
           (double)n_inactive <= rarely * (double)column->n_rows;
}

static void note_inactive_table(const struct quality_column *columns, size_t n_columns,
                                const perebor_pivot_step *pivot, const table_cell *ids,
                                const struct table_load *load, struct quality_notes *notes) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const char *list = "";
    const char *names = "";
    size_t n = 0;
    for (size_t row = 0; row < columns[0].n_rows; row++) {
        bool inactive = false;
        for (size_t i = 0; i < n_columns && !inactive; i++) {
            inactive = columns[i].is_pivoted && strcmp(columns[i].table->name, pivot->table) == 0 &&
                       is_inactive(&columns[i], row, &load->pool) &&
                       is_usually_active(&columns[i], &load->pool);
        }
        if (inactive && n++ < SHOWN && ids != NULL) {
            list = quality_format(notes, "%s%s%s", list, *list != '\0' ? ", " : ": ",
                                  table_pool_text(&load->pool, ids[row], buffer));
        }
    }
    if (n == 0) {
        return;
    }
    for (size_t i = 0; i < n_columns; i++) {
        if (columns[i].is_pivoted && strcmp(columns[i].table->name, pivot->table) == 0) {
            names = quality_format(notes, "%s%s%s", names, *names != '\0' ? ", " : "",
                                   quality_yaml(notes, columns[i].name));
        }
    }
    quality_note_finding(
        notes,
        (perebor_finding){.kind = "zero_activity",
                          .table = "",
                          .column = *pivot->prefix != '\0'
                                        ? quality_format(notes, "%s*", pivot->prefix)
                                        : pivot->values,
                          .n = n,
                          .section = "data.filter",
                          .step = quality_format(notes,
                                                 "- {columns: [%s], op: \">\", value: 0, match: "
                                                 "all, reason: not active in every period}",
                                                 names)},
        "%zu of %zu rows have no %s in a period%s%s", n, columns[0].n_rows, pivot->values, list,
        n > SHOWN ? ", ..." : "");
}

void quality_note_inactivity(const struct quality_column *columns, size_t n_columns,
                             const table_cell *ids, const struct table_load *load,
                             struct quality_notes *notes) {
    for (size_t i = 0; i < load->spec->n_pivot && n_columns > 0; i++) {
        note_inactive_table(columns, n_columns, &load->spec->pivot[i], ids, load, notes);
    }
}
