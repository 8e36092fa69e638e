// SPDX-License-Identifier: MIT
#include "inspect/quality_changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "base/try.h"
#include "table/steps.h"

/** A table before a step; names are the load's, which outlive it. */
struct table_before {
    const char *name;
    size_t n_rows, n_columns;
    struct column_before {
        const char *name;
        table_cell *cells; /**< [n_rows], or NULL: the step cannot change it. */
    } * columns;
    uint32_t *source_rows; /**< [n_rows] */
    uint32_t *lines;       /**< [n_rows] */
};

/** A changed cell: which of a column's changes, and where. */
typedef struct changed_cell {
    uint32_t change, line;
} changed_cell;

/** What a step made of one column. */
typedef struct column_changes {
    table_key_index index; /**< From a mark of (before, after) to the change. */
    struct change {
        table_cell before, after;
        size_t n;
    } * changes; /**< [n_changes] */
    size_t n_changes, changes_capacity;
    changed_cell *cells; /**< [n_cells] in the order of the rows */
    size_t n_cells, cells_capacity;
} column_changes;

void quality_memory_release(quality_memory *memory) {
    for (size_t i = 0; i < memory->n_tables; i++) {
        table_before *before = &memory->tables[i];
        for (size_t j = 0; before->columns != NULL && j < before->n_columns; j++) {
            free(before->columns[j].cells);
        }
        free(before->columns);
        free(before->source_rows);
        free(before->lines);
    }
    free(memory->tables);
    free(memory->rows);
    *memory = (quality_memory){0};
}

static bool has_texts(const table *table, size_t column) {
    for (size_t row = 0; row < table->n_rows; row++) {
        if (table_cell_is_text(table->columns[column].cells[row])) {
            return true;
        }
    }
    return false;
}

static bool may_change(const perebor_clean_step *step, const table *table, size_t column) {
    return step->kind == PEREBOR_STEP_SQL ||
           (table_step_is_for(step, table) &&
            table_texts_name(&step->columns, table->columns[column].name) &&
            (step->kind != PEREBOR_STEP_NORMALIZE || has_texts(table, column)));
}

static void *copy(const void *from, size_t n, size_t size) {
    void *to = malloc(n * size + 1);
    if (to != NULL && n > 0) {
        memcpy(to, from, n * size);
    }
    return to;
}

/** Where rows were read, which SQL forgets with the table. */
static perebor_status remember_places(table_before *before, const table *table,
                                      perebor_error *error) {
    before->source_rows = malloc((table->n_rows + 1) * sizeof *before->source_rows);
    before->lines = malloc((table->n_rows + 1) * sizeof *before->lines);
    if (before->source_rows == NULL || before->lines == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        before->source_rows[row] =
            table->source_rows != NULL ? table->source_rows[row] : (uint32_t)row;
        before->lines[row] = table_line(table, TABLE_NO_COLUMN, row);
    }
    return PEREBOR_OK;
}

static perebor_status remember_table(table_before *before, const table *table,
                                     const perebor_clean_step *step, perebor_error *error) {
    *before =
        (table_before){.name = table->name, .n_rows = table->n_rows, .n_columns = table->n_columns};
    before->columns = calloc(table->n_columns + 1, sizeof *before->columns);
    if (before->columns == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        before->columns[i].name = table->columns[i].name;
        if (!may_change(step, table, i)) {
            continue;
        }
        before->columns[i].cells = copy(table->columns[i].cells, table->n_rows, sizeof(table_cell));
        if (before->columns[i].cells == NULL) {
            return perebor_no_memory(error, "to examine tables");
        }
    }
    return step->kind == PEREBOR_STEP_SQL ? remember_places(before, table, error) : PEREBOR_OK;
}

perebor_status quality_remember_tables(quality_memory *memory, const table_load *load,
                                       const perebor_clean_step *step, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    quality_memory_release(memory);
    memory->tables = calloc(load->n_tables + 1, sizeof *memory->tables);
    if (memory->tables == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    for (size_t i = 0; i < load->n_tables; i++) {
        memory->n_tables = i + 1;
        PEREBOR_TRY(done, remember_table(&memory->tables[i], &load->tables[i], step, error));
    }
done:
    return status;
}

static bool make_room(void **items, size_t n, size_t *capacity, size_t size) {
    if (n < *capacity) {
        return true;
    }
    size_t larger = *capacity == 0 ? 64 : 2 * *capacity;
    void *grown = realloc(*items, larger * size);
    if (grown != NULL) {
        *items = grown;
        *capacity = larger;
    }
    return grown != NULL;
}

/** The change of a column from one value to another, a new one if there was none. */
static perebor_status find_change(column_changes *column, table_cell before, table_cell after,
                                  uint32_t *change, perebor_error *error) {
    uint32_t found = TABLE_NO_ROW;
    table_cell mark = perebor_mix(perebor_mix(before) + after) |
                      1u; // never a missing value, which an index cannot hold
    perebor_status status =
        table_key_index_add(&column->index, mark, (uint32_t)column->n_changes, &found, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    // Two changes of one mark are two entries; the second is then listed once for each cell.
    if (found != TABLE_NO_ROW && column->changes[found].before == before &&
        column->changes[found].after == after) {
        *change = found;
        return PEREBOR_OK;
    }
    void *changes = column->changes;
    if (!make_room(&changes, column->n_changes, &column->changes_capacity,
                   sizeof *column->changes)) {
        return perebor_no_memory(error, "to examine tables");
    }
    column->changes = changes;
    *change = (uint32_t)column->n_changes;
    column->changes[column->n_changes++] = (struct change){.before = before, .after = after};
    return PEREBOR_OK;
}

static perebor_status add_change(column_changes *column, table_cell before, table_cell after,
                                 uint32_t line, perebor_error *error) {
    uint32_t change = 0;
    perebor_status status = find_change(column, before, after, &change, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    void *cells = column->cells;
    if (!make_room(&cells, column->n_cells, &column->cells_capacity, sizeof *column->cells)) {
        return perebor_no_memory(error, "to examine tables");
    }
    column->cells = cells;
    column->changes[change].n++;
    column->cells[column->n_cells++] = (changed_cell){change, line};
    return PEREBOR_OK;
}

static void release_changes(column_changes *column) {
    table_key_index_release(&column->index);
    free(column->changes);
    free(column->cells);
}

/** Lists a column's changes, each with its lines. @p entry says whose they are. */
static void note_changes(quality_notes *notes, const column_changes *column, const table_pool *pool,
                         perebor_correction entry) {
    char before[TABLE_DECIMAL_TEXT_SIZE];
    char after[TABLE_DECIMAL_TEXT_SIZE];
    uint32_t **lines = calloc(column->n_changes + 1, sizeof(uint32_t *));
    if (lines == NULL) {
        notes->failed = true;
        return;
    }
    for (size_t i = 0; i < column->n_changes; i++) {
        const struct change *change = &column->changes[i];
        entry.before = table_pool_text(pool, change->before, before);
        entry.after = table_pool_text(pool, change->after, after);
        entry.n_lines = change->n;
        lines[i] = quality_note_correction(notes, entry);
    }
    for (size_t i = 0; i < column->n_cells && !notes->failed; i++) {
        *lines[column->cells[i].change]++ = column->cells[i].line;
    }
    free(lines);
}

static const char *file_of(const table *table) {
    return table->path != NULL ? table->path : "";
}

static perebor_status compare_column(quality_notes *notes, const table_load *load,
                                     const table *table, size_t place, const table_cell *before,
                                     const char *step, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    column_changes changes = {0};
    const table_cell *cells = table->columns[place].cells;
    for (size_t row = 0; row < table->n_rows; row++) {
        if (cells[row] != before[row]) {
            PEREBOR_TRY(done, add_change(&changes, before[row], cells[row],
                                         table_line(table, place, row), error));
        }
    }
    note_changes(notes, &changes, &load->pool,
                 (perebor_correction){.step = step,
                                      .table = table->name,
                                      .column = table->columns[place].name,
                                      .file = file_of(table)});
done:
    release_changes(&changes);
    return status;
}

/** One row that a step dropped, or made. */
static void note_row(quality_notes *notes, const table_load *load, const table *table,
                     table_cell key, uint32_t line, bool dropped) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const char *text = table_pool_text(&load->pool, key, buffer);
    uint32_t *lines = quality_note_correction(
        notes, (perebor_correction){.step = "sql",
                                    .table = table->name,
                                    .column = table->key != NULL ? table->key : "",
                                    .file = file_of(table),
                                    .before = dropped ? text : "(no such row)",
                                    .after = dropped ? "(dropped)" : text,
                                    .n_lines = 1});
    if (lines != NULL) {
        *lines = line;
    }
}

/** Whether a row was not there before a step, nor made by an earlier one. */
static bool is_new(const table *table, size_t row, const table_before *before, size_t old) {
    return table->source_rows[row] == TABLE_NO_ROW && before->source_rows[old] != TABLE_NO_ROW;
}

/**
 * Compares a table that SQL left in its shape, row by row as they were read: SQL keeps their
 * order, and knows of every row whether it was there before.
 */
static perebor_status compare_rows(quality_notes *notes, const table_load *load, const table *table,
                                   const table_before *before, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t key = table->key != NULL ? table_find_column(table, table->key) : TABLE_NO_COLUMN;
    column_changes *changes = calloc(table->n_columns + 1, sizeof *changes);
    if (changes == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    size_t row = 0;
    for (size_t old = 0; old <= before->n_rows; old++) {
        bool end = old == before->n_rows;
        for (; row < table->n_rows && (end || is_new(table, row, before, old)); row++) {
            table_cell made =
                key != TABLE_NO_COLUMN ? table->columns[key].cells[row] : TABLE_MISSING;
            note_row(notes, load, table, made, 0, false);
        }
        if (end) {
            break;
        }
        if (row == table->n_rows || table->source_rows[row] != before->source_rows[old]) {
            table_cell gone =
                key != TABLE_NO_COLUMN ? before->columns[key].cells[old] : TABLE_MISSING;
            note_row(notes, load, table, gone, before->lines[old], true);
            continue;
        }
        for (size_t i = 0; i < table->n_columns; i++) {
            table_cell then = before->columns[i].cells[old];
            table_cell now = table->columns[i].cells[row];
            if (then != now) {
                PEREBOR_TRY(done, add_change(&changes[i], then, now, before->lines[old], error));
            }
        }
        row++;
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        note_changes(notes, &changes[i], &load->pool,
                     (perebor_correction){.step = "sql",
                                          .table = table->name,
                                          .column = table->columns[i].name,
                                          .file = file_of(table)});
    }
done:
    for (size_t i = 0; i < table->n_columns; i++) {
        release_changes(&changes[i]);
    }
    free(changes);
    return status;
}

/** SQL made another table of it: what can be said is what became of its shape and names. */
static void note_shape(quality_notes *notes, const table *table, const table_before *before) {
    perebor_correction entry = {.step = "sql", .table = before->name, .column = "", .file = ""};
    if (table == NULL) {
        entry.before =
            quality_format(notes, "%zu rows, %zu columns", before->n_rows, before->n_columns);
        entry.after = "(dropped)";
        (void)quality_note_correction(notes, entry);
        return;
    }
    if (table->n_rows != before->n_rows || table->n_columns != before->n_columns) {
        entry.before =
            quality_format(notes, "%zu rows, %zu columns", before->n_rows, before->n_columns);
        entry.after =
            quality_format(notes, "%zu rows, %zu columns", table->n_rows, table->n_columns);
        (void)quality_note_correction(notes, entry);
        return;
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        if (strcmp(table->columns[i].name, before->columns[i].name) != 0) {
            entry.column = entry.before = before->columns[i].name;
            entry.after = table->columns[i].name;
            (void)quality_note_correction(notes, entry);
        }
    }
}

/** Whether a table still has the columns that it had, and knows which rows are old. */
static bool kept_shape(const table *table, const table_before *before) {
    if (table == NULL || table->source_rows == NULL || table->n_columns != before->n_columns) {
        return false;
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        if (strcmp(table->columns[i].name, before->columns[i].name) != 0) {
            return false;
        }
    }
    return true;
}

static perebor_status list_sql_changes(quality_notes *notes, const quality_memory *memory,
                                       const table_load *load, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < memory->n_tables; i++) {
        const table_before *before = &memory->tables[i];
        const table *table = table_find(load, before->name);
        if (kept_shape(table, before)) {
            PEREBOR_TRY(done, compare_rows(notes, load, table, before, error));
        } else {
            note_shape(notes, table, before);
        }
    }
done:
    return status;
}

perebor_status quality_list_changes(quality_notes *notes, const quality_memory *memory,
                                    const table_load *load, const perebor_clean_step *step,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (step->kind == PEREBOR_STEP_SQL) {
        return list_sql_changes(notes, memory, load, error);
    }
    const char *name = step->kind == PEREBOR_STEP_NORMALIZE ? "normalize" : "replace";
    for (size_t i = 0; i < memory->n_tables; i++) {
        const table *table = &load->tables[i];
        for (size_t j = 0; j < table->n_columns; j++) {
            const table_cell *before = memory->tables[i].columns[j].cells;
            if (before != NULL) {
                PEREBOR_TRY(done, compare_column(notes, load, table, j, before, name, error));
            }
        }
    }
done:
    return status;
}

perebor_status quality_remember_rows(quality_memory *memory, const table_joined *joined,
                                     perebor_error *error) {
    quality_memory_release(memory);
    memory->rows = copy(joined->rows[0], joined->n_rows, sizeof *memory->rows);
    if (memory->rows == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    memory->n_rows = joined->n_rows;
    return PEREBOR_OK;
}

/** Rows keep their order, so what a filter dropped is what is missing from the sequence. */
void quality_list_dropped(quality_notes *notes, const quality_memory *memory,
                          const table_load *load, const table_joined *joined) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const table *base = joined->parts[0];
    const char *id = load->spec->roles.id != NULL ? load->spec->roles.id : base->key;
    size_t column = id != NULL ? table_find_column(base, id) : TABLE_NO_COLUMN;
    size_t kept = 0;
    for (size_t i = 0; i < memory->n_rows; i++) {
        uint32_t row = memory->rows[i];
        if (kept < joined->n_rows && joined->rows[0][kept] == row) {
            kept++;
            continue;
        }
        table_cell cell =
            column != TABLE_NO_COLUMN ? base->columns[column].cells[row] : TABLE_MISSING;
        uint32_t *lines = quality_note_correction(
            notes, (perebor_correction){.step = "filter",
                                        .table = "",
                                        .column = column != TABLE_NO_COLUMN ? id : "",
                                        .file = file_of(base),
                                        .before = table_pool_text(&load->pool, cell, buffer),
                                        .after = "(dropped)",
                                        .n_lines = 1});
        if (lines != NULL) {
            *lines = table_line(base, TABLE_NO_COLUMN, row);
        }
    }
}
