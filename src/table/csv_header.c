// SPDX-License-Identifier: MIT
#include "table/csv_header.h"

#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/name_index.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

enum { mark_length = 3, max_shown = 40 };

static perebor_status make_columns(csv_reading *reading, size_t n, perebor_error *error) {
    table *table = reading->table;
    reading->header = perebor_arena_allocate(&reading->load->arena, n, sizeof *reading->header);
    table->columns = calloc(n, sizeof *table->columns);
    if (reading->header == NULL || table->columns == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    table->n_columns = n;
    return PEREBOR_OK;
}

static perebor_status set_name(csv_reading *reading, size_t column, const char *text, size_t length,
                               perebor_error *error) {
    char *copy = perebor_arena_copy(&reading->load->arena, text, length);
    reading->header[column] = (csv_field){copy, length};
    return copy == NULL ? perebor_no_memory(error, "to load tables") : PEREBOR_OK;
}

static perebor_status take_given_names(csv_reading *reading, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_texts *names = &reading->source->columns;
    PEREBOR_TRY(done, make_columns(reading, names->n, error));
    for (size_t i = 0; i < names->n; i++) {
        PEREBOR_TRY(done, set_name(reading, i, names->items[i], strlen(names->items[i]), error));
    }
done:
    return status;
}

perebor_status csv_header_read(csv_reading *reading, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    csv_reader *reader = reading->reader;
    bool more = false;
    if (reading->source->columns.n > 0) {
        return take_given_names(reading, error);
    }
    PEREBOR_TRY(done, csv_read(reader, &more, error));
    if (!more) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: the file is empty; its first line must name the columns",
                            reader->name);
    }
    reading->header_line = reader->line;
    PEREBOR_TRY(done, make_columns(reading, reader->n_fields, error));
    for (size_t i = 0; i < reader->n_fields; i++) {
        PEREBOR_TRY(done,
                    set_name(reading, i, reader->fields[i].text, reader->fields[i].length, error));
    }
done:
    return status;
}

perebor_status csv_header_repeat(csv_reading *reading, const csv_field *names, size_t n_columns,
                                 perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, make_columns(reading, n_columns, error));
    for (size_t i = 0; i < n_columns; i++) {
        PEREBOR_TRY(done, set_name(reading, i, names[i].text, names[i].length, error));
    }
done:
    return status;
}

/** The header as a row: the cell of each name, as far as any cell of the tables has that text. */
typedef struct header_row {
    table_cell *cells; /**< [n_columns] TABLE_MISSING where there is none. */
    bool *is_missing;  /**< [n_columns] No cell has the text of the name. */
    size_t n_missing, n_texts, n_numbers;
    bool is_sequence; /**< The names that are numbers rise, or fall, from each to the next. */
} header_row;

/** Whether numbers go one way only: years and counts as names, but seldom a row of data. */
static bool is_sequence(const csv_reading *reading, const header_row *row) {
    double previous = 0.0;
    int direction = 0;
    bool first = true;
    for (size_t i = 0; i < reading->table->n_columns; i++) {
        double number;
        if (!table_cell_is_decimal(row->cells[i])) {
            continue;
        }
        (void)table_pool_number(&reading->load->pool, row->cells[i], reading->table->decimal,
                                &number);
        int way = number > previous ? 1 : number < previous ? -1 : 0;
        if (!first && (way == 0 || (direction != 0 && way != direction))) {
            return false;
        }
        direction = first ? 0 : way;
        previous = number;
        first = false;
    }
    return true;
}

static perebor_status find_header_row(const csv_reading *reading, header_row *row,
                                      perebor_error *error) {
    size_t n = reading->table->n_columns;
    row->cells = calloc(n, sizeof *row->cells);
    row->is_missing = calloc(n, sizeof *row->is_missing);
    if (row->cells == NULL || row->is_missing == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t i = 0; i < n; i++) {
        const csv_field *name = &reading->header[i];
        row->is_missing[i] = !table_pool_find(&reading->load->pool, &row->cells[i], name->text,
                                              name->length, reading->table->decimal);
        row->n_missing += row->is_missing[i];
        row->n_numbers += table_cell_is_decimal(row->cells[i]);
        row->n_texts += row->is_missing[i] || table_cell_is_text(row->cells[i]);
    }
    row->is_sequence = is_sequence(reading, row);
    return PEREBOR_OK;
}

/** The cell of the first name behind a byte order mark, as the second of two files has it. */
static table_cell marked_name(const csv_reading *reading, char *buffer) {
    table_cell cell = TABLE_MISSING;
    const csv_field *name = &reading->header[0];
    memcpy(buffer, byte_order_mark, mark_length);
    memcpy(buffer + mark_length, name->text, name->length);
    (void)table_pool_find(&reading->load->pool, &cell, buffer, mark_length + name->length,
                          reading->table->decimal);
    return cell;
}

static bool row_is(const table *table, size_t row, const table_cell *cells) {
    for (size_t i = 1; i < table->n_columns; i++) {
        if (table->columns[i].cells[row] != cells[i]) {
            return false;
        }
    }
    return true;
}

/** Rows that are the header again. */
typedef struct repeats {
    size_t n, first;
} repeats;

static perebor_status find_repeats(const csv_reading *reading, const header_row *header,
                                   repeats *own_repeats, perebor_error *error) {
    const table *table = reading->table;
    *own_repeats = (repeats){0};
    // A name that no cell has rules all rows out, but for the first of a part with a mark.
    if (table->n_columns < 2 || header->n_missing > (header->is_missing[0] ? 1u : 0u)) {
        return PEREBOR_OK;
    }
    char *buffer = malloc(mark_length + reading->header[0].length + 1);
    if (buffer == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    table_cell marked = marked_name(reading, buffer);
    free(buffer);
    for (size_t row = 0; row < table->n_rows; row++) {
        table_cell cell = table->columns[0].cells[row];
        bool begins = (!header->is_missing[0] && cell == header->cells[0]) ||
                      (marked != TABLE_MISSING && cell == marked);
        if (begins && row_is(table, row, header->cells)) {
            own_repeats->first = own_repeats->n++ == 0 ? row : own_repeats->first;
        }
    }
    return PEREBOR_OK;
}

/** Whether a column has the cell in more than so many rows. */
static bool column_has(const table *table, size_t column, table_cell cell, size_t n_rows) {
    size_t n = 0;
    for (size_t row = 0; row < table->n_rows && n <= n_rows; row++) {
        n += table->columns[column].cells[row] == cell;
    }
    return n > n_rows;
}

/**
 * Whether the names could be values of their own columns: for three of four they are numbers, or
 * texts that occur in the column. Names that count (0, 1, 2 … or years) are names.
 */
static bool looks_like_data(const csv_reading *reading, const header_row *header,
                            size_t n_repeats) {
    const table *table = reading->table;
    size_t n_alike = 0;
    size_t n_alike_texts = 0;
    if (table->n_columns < 2 || header->n_missing > table->n_columns / 4) {
        return false;
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        table_cell cell = header->cells[i];
        bool alike_text = table_cell_is_text(cell) && column_has(table, i, cell, n_repeats);
        n_alike_texts += alike_text;
        n_alike += alike_text || table_cell_is_decimal(cell);
    }
    return 4 * n_alike >= 3 * table->n_columns && (n_alike_texts > 0 || !header->is_sequence);
}

static perebor_status fail_repeated(const csv_reading *reading, const repeats *repeats,
                                    perebor_error *error) {
    char place[TABLE_PLACE_SIZE];
    (void)table_place(reading->table, TABLE_NO_COLUMN, repeats->first, place);
    return repeats->n == 1
               ? perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: the header again; remove the line",
                              place)
               : perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "%s: the header again, the first of %zu such lines; remove them",
                              place, repeats->n);
}

perebor_status csv_header_compare(csv_reading *reading, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    header_row header = {0};
    repeats repeats;
    if (reading->header_line == 0) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, find_header_row(reading, &header, error));
    PEREBOR_TRY(done, find_repeats(reading, &header, &repeats, error));
    reading->table->header_is_data = looks_like_data(reading, &header, repeats.n);
    // Numbers may be a row and the names by chance, or a first row that was meant as none.
    if (repeats.n > 0 && header.n_texts > 0 && !reading->table->header_is_data) {
        status = fail_repeated(reading, &repeats, error);
    }
done:
    free(header.cells);
    free(header.is_missing);
    return status;
}

static perebor_status warn_of_data(const csv_reading *reading, perebor_error *error) {
    const table *table = reading->table;
    const char *names[2] = {table->columns[0].name, table->columns[1].name};
    int shown[2];
    for (size_t i = 0; i < 2; i++) {
        assert(names[i] != NULL);
        shown[i] = (int)perebor_text_valid_length(names[i], strnlen(names[i], max_shown));
    }
    return table_warn(reading->load, error,
                      "%s:%" PRIu64 ": the names \"%.*s\", \"%.*s\" … look like data; if the file "
                      "has no header, name its %zu columns by columns: [NAME, …]",
                      table->path, reading->header_line, shown[0], names[0], shown[1], names[1],
                      table->n_columns);
}

static perebor_status fail_nameless(const table *table, size_t column, perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "%s: column %zu of %zu has no name in the header; name it or remove "
                        "it (a row index saved with the table has no name)%s",
                        table->path, column + 1, table->n_columns, table_header_hint(table));
}

static perebor_status fail_taken(const table *table, size_t before, size_t column,
                                 perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "%s: columns %zu and %zu are both named \"%s\"; names must differ%s",
                        table->path, before + 1, column + 1, table->columns[column].name,
                        table_header_hint(table));
}

/** Makes up a name that no column has yet: "column_3", or "price_3" where there is another "price".
 */
static perebor_status make_up_name(csv_reading *reading, size_t column, const char *stem,
                                   name_index *taken, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table *table = reading->table;
    size_t before = 0;
    for (const char *mark = "_"; before != NAME_INDEX_NONE; mark = "__") {
        stem = perebor_arena_format(&reading->load->arena, "%s%s%zu", stem, mark, column + 1);
        if (stem == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        PEREBOR_TRY(done, name_index_add(taken, stem, column, &before, error));
    }
    table->columns[column].name = stem;
    table->names_made_up = true;
done:
    return status;
}

/** The name of a column: trimmed, in NFC, not empty, not yet taken. */
static perebor_status name_column(csv_reading *reading, size_t column, name_index *taken,
                                  perebor_error *error) {
    const csv_field *field = &reading->header[column];
    table *table = reading->table;
    perebor_text_rule rule = {.form = PEREBOR_TEXT_NFC, .trim = true};
    bool makes_up = reading->source->makes_up_names;
    char *name = NULL;
    size_t length = 0;
    size_t before;
    perebor_status status =
        perebor_text_normalize(&name, &length, field->text, field->length, rule, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (char *star = makes_up ? strchr(name, '*') : NULL; star != NULL; star = strchr(star, '*')) {
        *star = '_'; // in an experiment it would be a pattern
        table->names_made_up = true;
    }
    if (length == 0) {
        status = makes_up ? make_up_name(reading, column, "column", taken, error)
                          : fail_nameless(table, column, error);
        goto done;
    }
    table->columns[column].name = perebor_arena_copy(&reading->load->arena, name, length);
    if (table->columns[column].name == NULL) {
        status = perebor_no_memory(error, "to load tables");
        goto done;
    }
    PEREBOR_TRY(done, name_index_add(taken, table->columns[column].name, column, &before, error));
    if (before != NAME_INDEX_NONE) {
        status = makes_up ? make_up_name(reading, column, name, taken, error)
                          : fail_taken(table, before, column, error);
    }
done:
    free(name);
    return status;
}

perebor_status csv_header_name(csv_reading *reading, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    name_index taken = {0};
    for (size_t i = 0; i < reading->table->n_columns; i++) {
        PEREBOR_TRY(done, name_column(reading, i, &taken, error));
    }
    if (reading->table->header_is_data) {
        status = warn_of_data(reading, error);
    }
done:
    name_index_release(&taken);
    return status;
}
