// SPDX-License-Identifier: MIT
#include "inspect/quality_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "inspect/equal_rows.h"
#include "table/key_remedy.h"
#include "table/steps.h"

/** Keys without a partner that are looked for in another spelling. */
enum { n_looked_for = 5 };

/** Names joined by commas, as SQL has them. */
static const char *list_columns(const table *table, quality_notes *notes) {
    quality_list list = {0};
    for (size_t i = 0; i < table->n_columns; i++) {
        quality_list_add(notes, &list, "%s%s", i > 0 ? ", " : "",
                         quality_sql_name(notes, table->columns[i].name));
    }
    const char *text = quality_format(notes, "%s", quality_list_text(&list));
    quality_list_release(&list);
    return text;
}

/** A step that keeps the first of the rows that are alike in some columns. */
static const char *keep_first_step(const table *table, const char *columns, const char *reason,
                                   quality_notes *notes) {
    const char *name = quality_sql_name(notes, table->name);
    const char *rowid = table_rowid_name(table);
    if (rowid == NULL) {
        return "";
    }
    const char *sql =
        quality_format(notes, "DELETE FROM %s WHERE %s NOT IN (SELECT MIN(%s) FROM %s GROUP BY %s)",
                       name, rowid, rowid, name, columns);
    return quality_format(notes, "- {op: sql, sql: %s, reason: %s}", quality_yaml(notes, sql),
                          reason);
}

static perebor_status note_repeats(const table *table, const cell_rows *rows,
                                   perebor_finding finding, const char *what, quality_notes *notes,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    char place[TABLE_PLACE_SIZE];
    char first_place[TABLE_PLACE_SIZE];
    uint32_t *first = calloc(rows->n_rows + 1, sizeof *first);
    if (first == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    PEREBOR_TRY(done, table_find_equal_rows(rows, first, error));
    for (size_t row = 0; row < rows->n_rows; row++) {
        if (first[row] != row && finding.n++ == 0) {
            (void)table_place(table, TABLE_NO_COLUMN, row, place);
            (void)table_place(table, TABLE_NO_COLUMN, first[row], first_place);
        }
    }
    if (finding.n > 0) {
        quality_note_finding(notes, finding, "%llu of %zu rows repeat%s %s, first %s that of %s",
                             (unsigned long long)finding.n, rows->n_rows, finding.n == 1 ? "s" : "",
                             what, place, first_place);
    }
done:
    free(first);
    return status;
}

perebor_status quality_note_duplicates(const table *table, quality_notes *notes,
                                       perebor_error *error) {
    cell_rows rows = {.columns = calloc(table->n_columns + 1, sizeof *rows.columns),
                      .n_columns = table->n_columns,
                      .n_rows = table->n_rows};
    if (rows.columns == NULL) {
        return perebor_no_memory(error, "to examine tables");
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
static size_t heading_of(const table_load *load, const table *table) {
    for (size_t i = 0; i < load->spec->n_pivot; i++) {
        if (strcmp(load->spec->pivot[i].table, table->name) == 0) {
            return table_find_column(table, load->spec->pivot[i].columns);
        }
    }
    return TABLE_NO_COLUMN;
}

static void note_empty_keys(const table *table, size_t key, quality_notes *notes) {
    size_t n_missing = 0;
    for (size_t row = 0; row < table->n_rows; row++) {
        n_missing += table->columns[key].cells[row] == TABLE_MISSING;
    }
    if (n_missing == 0) {
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
                          .n = n_missing,
                          .section = "data.clean",
                          .step = quality_format(notes, "- {op: sql, sql: %s, reason: no key}",
                                                 quality_yaml(notes, sql))},
        "%zu of %zu rows %s no key", n_missing, table->n_rows, n_missing == 1 ? "has" : "have");
}

perebor_status quality_note_keys(const table_load *load, const table *table, quality_notes *notes,
                                 perebor_error *error) {
    size_t key = table->key != NULL ? table_find_column(table, table->key) : TABLE_NO_COLUMN;
    if (key == TABLE_NO_COLUMN) {
        return PEREBOR_OK;
    }
    note_empty_keys(table, key, notes);
    size_t heading = heading_of(load, table);
    const table_cell *cells[] = {table->columns[key].cells, NULL};
    cell_rows rows = {.columns = cells, .n_columns = 1, .n_rows = table->n_rows};
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

/** The distinct keys of a table that another lacks. */
typedef struct missing_keys {
    quality_ids ids;
    size_t first[n_looked_for]; /**< Rows of the first ones. */
} missing_keys;

/** Finds the distinct keys of @p from that @p index lacks. */
static void find_missing(const table *from, size_t key, const table_key_index *index,
                         const table_pool *pool, quality_notes *notes, missing_keys *missing) {
    table_key_index seen = {0};
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    for (size_t row = 0; row < from->n_rows; row++) {
        table_cell cell = from->columns[key].cells[row];
        uint32_t before = TABLE_NO_ROW;
        if (cell == TABLE_MISSING || table_key_index_find(index, cell) != TABLE_NO_ROW) {
            continue;
        }
        if (table_key_index_add(&seen, cell, 0, &before, NULL) != PEREBOR_OK) {
            notes->failed = true;
            break;
        }
        if (before == TABLE_NO_ROW) {
            if (missing->ids.n < n_looked_for) {
                missing->first[missing->ids.n] = row;
            }
            quality_ids_add(notes, &missing->ids, table_pool_text(pool, cell, buffer));
        }
    }
    table_key_index_release(&seen);
}

static perebor_status index_keys(const table *table, size_t key, table_key_index *index,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t row = 0; row < table->n_rows; row++) {
        uint32_t before;
        if (table->columns[key].cells[row] != TABLE_MISSING) {
            PEREBOR_TRY(done, table_key_index_add(index, table->columns[key].cells[row], 0, &before,
                                                  error));
        }
    }
done:
    return status;
}

/**
 * Notes keys that @p other lacks: with how they come together if one of the first is there in
 * another spelling, otherwise with the finding's own step.
 */
static void note_keys(const table_load *load, key_place keys, const table *other,
                      size_t other_column, const missing_keys *missing, perebor_finding finding,
                      const char *what, quality_notes *notes) {
    key_remedy remedy = {"", ""};
    const char *but = "";
    for (size_t i = 0; i < missing->ids.n && i < n_looked_for && *remedy.step == '\0'; i++) {
        keys.row = missing->first[i];
        remedy = table_key_remedy(notes->arena, load, keys, other, other_column);
    }
    if (*remedy.step != '\0') {
        but = quality_format(notes, "; but %s", remedy.found);
        finding.section = "data.clean";
        finding.step = quality_format(notes, "- %s", remedy.step);
    }
    finding.n = missing->ids.n;
    finding.ids = missing->ids.texts;
    finding.n_ids = missing->ids.n;
    quality_note_finding(notes, finding, "%zu key%s %s: %s%s", missing->ids.n,
                         missing->ids.n == 1 ? "" : "s", what,
                         quality_ids_shown(notes, &missing->ids), but);
}

static void note_orphan_keys(const table_load *load, const table *base, size_t base_key,
                             const table *table, size_t column, const missing_keys *orphans,
                             quality_notes *notes) {
    const char *on = table->columns[column].name;
    const char *key = quality_sql_name(notes, on);
    const char *sql = quality_format(notes, "DELETE FROM %s WHERE %s NOT IN (SELECT %s FROM %s)",
                                     quality_sql_name(notes, table->name), key, key,
                                     quality_sql_name(notes, base->name));
    perebor_finding finding = {.kind = "orphan_key",
                               .table = table->name,
                               .column = on,
                               .section = "data.clean",
                               .step =
                                   quality_format(notes, "- {op: sql, sql: %s, reason: orphans}",
                                                  quality_yaml(notes, sql))};
    note_keys(load, (key_place){table, column, 0}, base, base_key, orphans, finding,
              quality_format(notes, "%s not in table \"%s\"", orphans->ids.n == 1 ? "is" : "are",
                             base->name),
              notes);
}

static void note_missing_keys(const table_load *load, const table *base, size_t base_key,
                              const table *table, size_t column, const missing_keys *missing,
                              quality_notes *notes) {
    perebor_finding finding = {.kind = "missing_key",
                               .table = table->name,
                               .column = table->columns[column].name,
                               .section = "data.join",
                               .step = "unmatched: allow"};
    note_keys(load, (key_place){base, base_key, 0}, table, column, missing, finding,
              quality_format(notes, "of table \"%s\" %s no row", base->name,
                             missing->ids.n == 1 ? "has" : "have"),
              notes);
}

perebor_status quality_note_orphans(const table_load *load, const table *base, const table *table,
                                    quality_notes *notes, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const char *on = load->spec->join.on != NULL ? load->spec->join.on : base->key;
    size_t base_key = on != NULL ? table_find_column(base, on) : TABLE_NO_COLUMN;
    size_t key = on != NULL ? table_find_column(table, on) : TABLE_NO_COLUMN;
    table_key_index bases = {0};
    table_key_index keys = {0};
    missing_keys orphans = {0};
    missing_keys missing = {0};
    if (base == table || base_key == TABLE_NO_COLUMN || key == TABLE_NO_COLUMN) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, index_keys(base, base_key, &bases, error));
    PEREBOR_TRY(done, index_keys(table, key, &keys, error));
    find_missing(table, key, &bases, &load->pool, notes, &orphans);
    if (orphans.ids.n > 0) {
        note_orphan_keys(load, base, base_key, table, key, &orphans, notes);
    }
    if (!load->spec->join.unmatched_allowed) {
        find_missing(base, base_key, &keys, &load->pool, notes, &missing);
    }
    if (missing.ids.n > 0) {
        note_missing_keys(load, base, base_key, table, key, &missing, notes);
    }
done:
    quality_ids_release(&orphans.ids);
    quality_ids_release(&missing.ids);
    table_key_index_release(&bases);
    table_key_index_release(&keys);
    return status;
}
