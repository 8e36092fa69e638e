// SPDX-License-Identifier: MIT
#include "table/csv_table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/dialect.h"

enum { FIRST_ROWS = 256 };

/** A table under construction. */
struct reading {
    struct csv_reader *reader;
    struct table_pool *pool;
    perebor_arena *arena;
    struct table *table;
    const perebor_table_source *source;
    struct csv_field *header; /**< [n_columns] raw names, copied to the arena. */
    size_t capacity;          /**< Rows that the columns have room for. */
};

static perebor_status find_dialect(const struct reading *reading, char *delimiter,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t size;
    const char *sample = csv_peek(reading->reader, &size);
    if (reading->source->delimiter != NULL) {
        *delimiter = reading->source->delimiter[0];
    } else {
        PEREBOR_TRY(done, table_detect_delimiter(delimiter, sample, size, error));
    }
    if (reading->source->decimal != NULL) {
        reading->table->decimal = reading->source->decimal[0];
    } else {
        PEREBOR_TRY(
            done, table_detect_decimal(&reading->table->decimal, sample, size, *delimiter, error));
    }
    csv_set_delimiter(reading->reader, *delimiter);
done:
    return status;
}

static perebor_status read_header(struct reading *reading, perebor_error *error) {
    struct csv_reader *reader = reading->reader;
    bool more = false;
    perebor_status status = csv_read(reader, &more, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    if (!more) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: the file is empty; its first line must name the columns",
                            reader->name);
    }
    size_t n = reader->n_fields;
    reading->header = perebor_arena_allocate(reading->arena, n, sizeof *reading->header);
    reading->table->columns = calloc(n, sizeof *reading->table->columns);
    if (reading->header == NULL || reading->table->columns == NULL) {
        return table_out_of_memory(error);
    }
    reading->table->n_columns = n;
    for (size_t i = 0; i < n; i++) {
        reading->header[i].length = reader->fields[i].length;
        reading->header[i].text =
            perebor_arena_copy(reading->arena, reader->fields[i].text, reader->fields[i].length);
        if (reading->header[i].text == NULL) {
            return table_out_of_memory(error);
        }
    }
    return PEREBOR_OK;
}

/** Gives every column room for more rows, or for exactly @p capacity. */
static perebor_status resize_rows(struct reading *reading, size_t capacity, perebor_error *error) {
    struct table *table = reading->table;
    uint32_t *lines = realloc(table->lines, capacity * sizeof *lines);
    if (lines == NULL) {
        return table_out_of_memory(error);
    }
    table->lines = lines;
    for (size_t i = 0; i < table->n_columns; i++) {
        table_cell *cells = realloc(table->columns[i].cells, capacity * sizeof *cells);
        if (cells == NULL) {
            return table_out_of_memory(error);
        }
        table->columns[i].cells = cells;
    }
    reading->capacity = capacity;
    return PEREBOR_OK;
}

static perebor_status add_row(struct reading *reading, perebor_error *error) {
    struct table *table = reading->table;
    const struct csv_reader *reader = reading->reader;
    perebor_status status = PEREBOR_OK;
    if (reader->n_fields != table->n_columns) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s:%" PRIu64 ": %zu fields where the header has %zu; a field that "
                            "holds the delimiter must be in quotes",
                            reader->name, reader->line, reader->n_fields, table->n_columns);
    }
    if (reader->line >= UINT32_MAX) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: more than %u lines", reader->name,
                            UINT32_MAX - 1);
    }
    if (table->n_rows == reading->capacity) {
        size_t capacity = reading->capacity == 0 ? FIRST_ROWS : 2 * reading->capacity;
        PEREBOR_TRY(done, resize_rows(reading, capacity, error));
    }
    size_t row = table->n_rows;
    for (size_t i = 0; i < table->n_columns; i++) {
        PEREBOR_TRY(done, table_pool_intern(reading->pool, &table->columns[i].cells[row],
                                            reader->fields[i].text, reader->fields[i].length,
                                            table->decimal, error));
    }
    table->lines[row] = (uint32_t)reader->line;
    table->n_rows++;
done:
    return status;
}

static perebor_status read_rows(struct reading *reading, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (;;) {
        bool more = false;
        PEREBOR_TRY(done, csv_read(reading->reader, &more, error));
        if (!more) {
            break;
        }
        PEREBOR_TRY(done, add_row(reading, error));
    }
    if (reading->table->n_rows == 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: there is a header and no row below it",
                            reading->reader->name);
    }
    status = resize_rows(reading, reading->table->n_rows, error);
done:
    return status;
}

/** How much of what is not ASCII is UTF-8, by cells; and the first cell that is not. */
struct evidence {
    size_t n_valid, n_invalid;
    size_t row, column; /**< Of the first invalid one; row SIZE_MAX: the header. */
    const char *text;
};

static void weigh(struct evidence *evidence, const char *text, size_t length, size_t row,
                  size_t column) {
    if (perebor_text_is_ascii(text, length)) {
        return;
    }
    if (perebor_text_is_valid(text, length)) {
        evidence->n_valid++;
    } else if (evidence->n_invalid++ == 0) {
        evidence->text = text;
        evidence->row = row;
        evidence->column = column;
    }
}

/** Looks at the header always, at the cells only if some text of the pool is not UTF-8. */
static struct evidence weigh_all(const struct reading *reading) {
    struct evidence evidence = {.text = ""};
    const struct table *table = reading->table;
    assert(reading->header != NULL && table->columns != NULL);
    for (size_t i = 0; i < table->n_columns; i++) {
        weigh(&evidence, reading->header[i].text, reading->header[i].length, SIZE_MAX, i);
    }
    for (size_t row = 0; reading->pool->n_invalid > 0 && row < table->n_rows; row++) {
        for (size_t i = 0; i < table->n_columns; i++) {
            assert(table->columns[i].cells != NULL);
            // Every row below n_rows has been read.
            // NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign)
            table_cell cell = table->columns[i].cells[row];
            if (table_cell_is_text(cell)) {
                const char *text = table_pool_text(reading->pool, cell, NULL);
                weigh(&evidence, text, strlen(text), row, i);
            }
        }
    }
    return evidence;
}

static perebor_status fail_encoding(const struct reading *reading, const struct evidence *evidence,
                                    perebor_error *error) {
    assert(evidence->text != NULL);
    size_t valid = perebor_text_valid_length(evidence->text, strlen(evidence->text));
    unsigned char byte = (unsigned char)evidence->text[valid];
    char place[TABLE_PLACE_SIZE];
    if (evidence->row == SIZE_MAX) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: the name of column %zu is not valid UTF-8 (byte 0x%02X); if the "
                            "file is windows-1251, say encoding: windows-1251",
                            reading->reader->name, evidence->column + 1, byte);
    }
    return perebor_fail(
        error, PEREBOR_ERR_FORMAT,
        "%s: column %zu is not valid UTF-8 (byte 0x%02X); if the file is windows-1251, say "
        "encoding: windows-1251",
        table_place(reading->table, TABLE_NO_COLUMN, evidence->row, place), evidence->column + 1,
        byte);
}

static perebor_status fail_windows_1251(const char *place, size_t column, perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "%s: column %zu is neither UTF-8 nor windows-1251 (it has the byte 0x98); "
                        "save the file as UTF-8",
                        place, column + 1);
}

/** Converts one cell and remembers the result by its text. */
static perebor_status convert_cell(const struct reading *reading, table_cell *cell,
                                   table_cell *converted, char **buffer, bool *assigned,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t index = (size_t)*cell;
    if (converted[index] == TABLE_MISSING) {
        const char *text = table_pool_text(reading->pool, *cell, NULL);
        size_t length = strlen(text);
        char *larger = realloc(*buffer, 3 * length + 1);
        if (larger == NULL) {
            return table_out_of_memory(error);
        }
        *buffer = larger;
        size_t n = perebor_text_from_windows_1251(larger, text, length);
        *assigned = n != SIZE_MAX;
        if (!*assigned) {
            return PEREBOR_OK;
        }
        PEREBOR_TRY(done, table_pool_intern(reading->pool, &converted[index], larger, n,
                                            reading->table->decimal, error));
    }
    *cell = converted[index];
done:
    return status;
}

static perebor_status convert_cells(const struct reading *reading, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct table *table = reading->table;
    char *buffer = NULL;
    table_cell *converted = calloc(reading->pool->n_texts, sizeof *converted);
    if (converted == NULL) {
        return table_out_of_memory(error);
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        assert(table->columns[i].cells != NULL || table->n_rows == 0);
        for (size_t row = 0; row < table->n_rows; row++) {
            table_cell *cell = &table->columns[i].cells[row];
            bool assigned = true;
            if (table_cell_is_text(*cell)) {
                PEREBOR_TRY(done,
                            convert_cell(reading, cell, converted, &buffer, &assigned, error));
            }
            if (!assigned) {
                char place[TABLE_PLACE_SIZE];
                status =
                    fail_windows_1251(table_place(table, TABLE_NO_COLUMN, row, place), i, error);
                goto done;
            }
        }
    }
done:
    free(converted);
    free(buffer);
    return status;
}

static perebor_status convert_header(struct reading *reading, perebor_error *error) {
    for (size_t i = 0; i < reading->table->n_columns; i++) {
        struct csv_field *field = &reading->header[i];
        char *converted = perebor_arena_allocate(reading->arena, 3 * field->length + 1, 1);
        if (converted == NULL) {
            return table_out_of_memory(error);
        }
        field->length = perebor_text_from_windows_1251(converted, field->text, field->length);
        field->text = converted;
        if (field->length == SIZE_MAX) {
            return fail_windows_1251(reading->reader->name, i, error);
        }
    }
    return PEREBOR_OK;
}

static perebor_status settle_encoding(struct reading *reading, const char **encoding,
                                      perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const char *given = reading->source->encoding;
    struct evidence evidence = weigh_all(reading);
    bool utf8 = given != NULL
                    ? strcmp(given, "utf-8") == 0
                    : reading->reader->has_mark || evidence.n_invalid < evidence.n_valid ||
                          evidence.n_invalid == 0;
    if (utf8 && evidence.n_invalid > 0) {
        return fail_encoding(reading, &evidence, error);
    }
    if (!utf8) {
        PEREBOR_TRY(done, convert_header(reading, error));
        PEREBOR_TRY(done, convert_cells(reading, error));
    }
    *encoding = utf8 ? "utf-8" : "windows-1251";
done:
    return status;
}

/** Sets the name of a column: trimmed, in NFC, not empty, not yet taken. */
static perebor_status name_column(struct reading *reading, size_t column, perebor_error *error) {
    const struct csv_field *field = &reading->header[column];
    const char *file = reading->reader->name;
    perebor_text_rule rule = {.form = PEREBOR_TEXT_NFC, .trim = true};
    char *name = NULL;
    size_t length = 0;
    perebor_status status =
        perebor_text_normalize(&name, &length, field->text, field->length, rule, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    if (length == 0) {
        status = perebor_fail(error, PEREBOR_ERR_FORMAT,
                              "%s: column %zu of %zu has no name in the header; name it or remove "
                              "it (a row index saved with the table has no name)",
                              file, column + 1, reading->table->n_columns);
        goto done;
    }
    for (size_t i = 0; i < column; i++) {
        if (strcmp(reading->table->columns[i].name, name) == 0) {
            status =
                perebor_fail(error, PEREBOR_ERR_FORMAT,
                             "%s: columns %zu and %zu are both named \"%s\"; names must differ",
                             file, i + 1, column + 1, name);
            goto done;
        }
    }
    reading->table->columns[column].name = perebor_arena_copy(reading->arena, name, length);
    if (reading->table->columns[column].name == NULL) {
        status = table_out_of_memory(error);
    }
done:
    free(name);
    return status;
}

perebor_status table_read_csv(struct table *table, perebor_source_report *report,
                              struct table_pool *pool, perebor_arena *arena,
                              const perebor_table_source *source, struct csv_reader *reader,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct table result = {.name = source->name,
                           .path = reader->name,
                           .key = source->key,
                           .decimal = '.',
                           .has_mark = reader->has_mark,
                           .has_lines = true};
    struct reading reading = {
        .reader = reader, .pool = pool, .arena = arena, .table = &result, .source = source};
    char delimiter = ',';
    const char *encoding = "utf-8";
    PEREBOR_TRY(failed, find_dialect(&reading, &delimiter, error));
    PEREBOR_TRY(failed, read_header(&reading, error));
    PEREBOR_TRY(failed, read_rows(&reading, error));
    PEREBOR_TRY(failed, settle_encoding(&reading, &encoding, error));
    for (size_t i = 0; i < result.n_columns; i++) {
        PEREBOR_TRY(failed, name_column(&reading, i, error));
    }
    csv_digest(reader, report->sha256);
    report->n_bytes = reader->n_bytes;
    report->n_rows = result.n_rows;
    report->n_columns = result.n_columns;
    report->delimiter = delimiter == ',' ? "," : delimiter == ';' ? ";" : "\t";
    report->decimal = result.decimal == ',' ? "," : ".";
    report->encoding = encoding;
    *table = result;
    return PEREBOR_OK;
failed:
    table_release(&result);
    return status;
}

perebor_status table_read_csv_file(struct table *table, perebor_source_report *report,
                                   struct table_pool *pool, perebor_arena *arena,
                                   const perebor_table_source *source, perebor_error *error) {
    struct csv_reader reader;
    perebor_status status = csv_open_file(&reader, source->path, error);
    if (status == PEREBOR_OK) {
        status = table_read_csv(table, report, pool, arena, source, &reader, error);
        csv_close(&reader);
    }
    return status;
}
