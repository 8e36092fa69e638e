// SPDX-License-Identifier: MIT
#include "table/csv_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/cell_encoding.h"
#include "table/csv_header.h"
#include "table/decimal_mark.h"
#include "table/dialect.h"

enum { first_rows = 256, max_names_shown = 8 };

/** "," ";" … as a text that outlives the reading. */
static const char *delimiter_text(const csv_reading *reading, char delimiter) {
    return delimiter == ','    ? ","
           : delimiter == ';'  ? ";"
           : delimiter == '\t' ? "\t"
                               : perebor_arena_copy(reading->load->report, &delimiter, 1);
}

/** The delimiter as messages show it. */
static const char *shown_delimiter(const char *delimiter) {
    return *delimiter == '\t' ? "tab" : delimiter;
}

static perebor_status warn_of_rival(const csv_reading *reading, char rival, perebor_error *error) {
    const char *delimiter = delimiter_text(reading, reading->delimiter);
    const char *other = delimiter_text(reading, rival);
    if (delimiter == NULL || other == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    return table_warn(reading->load, error,
                      "%s: fields are taken to be separated by \"%s\", though \"%s\" gives its "
                      "lines one number of fields too; say delimiter: \"%s\" if that is right",
                      reading->table->path, shown_delimiter(delimiter), shown_delimiter(other),
                      shown_delimiter(delimiter));
}

/** The delimiter: as declared, as a line `sep=` says, or as the beginning of the file suggests. */
static perebor_status find_delimiter(csv_reading *reading, const csv_sample *sample, char separator,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    char rival = '\0';
    if (reading->source->delimiter != NULL) {
        reading->delimiter = reading->source->delimiter[0];
    } else if (separator != '\0') {
        reading->delimiter = separator;
    } else {
        PEREBOR_TRY(done, table_detect_delimiter(&reading->delimiter, &rival, sample, error));
    }
    if (rival != '\0') {
        status = warn_of_rival(reading, rival, error);
    }
done:
    return status;
}

static perebor_status find_dialect(csv_reading *reading, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    csv_reader *reader = reading->reader;
    const perebor_table_source *source = reading->source;
    char separator = '\0';
    reader->comment = source->comment != NULL ? source->comment[0] : '\0';
    PEREBOR_TRY(done, csv_skip_lines(reader, source->skip, error));
    PEREBOR_TRY(done, csv_take_separator(reader, &separator, error));
    csv_sample sample = {.comment = reader->comment};
    sample.text = csv_peek(reader, &sample.size);
    PEREBOR_TRY(done, find_delimiter(reading, &sample, separator, error));
    if (source->decimal != NULL) {
        reading->table->decimal = source->decimal[0];
    } else {
        PEREBOR_TRY(done, table_detect_decimal(&reading->table->decimal, &sample,
                                               reading->delimiter, error));
    }
    csv_set_delimiter(reader, reading->delimiter);
done:
    return status;
}

/** Gives every column room for more rows, or for exactly @p capacity. */
static perebor_status resize_rows(csv_reading *reading, size_t capacity, perebor_error *error) {
    table *table = reading->table;
    uint32_t *lines = realloc(table->lines, capacity * sizeof *lines);
    if (lines == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    table->lines = lines;
    for (size_t i = 0; i < table->n_columns; i++) {
        table_cell *cells = realloc(table->columns[i].cells, capacity * sizeof *cells);
        if (cells == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        table->columns[i].cells = cells;
    }
    reading->capacity = capacity;
    return PEREBOR_OK;
}

/** A line of white space alone, or the end that DOS put into files, is no row. */
static bool is_blank(const csv_reading *reading) {
    const csv_field *field = &reading->reader->fields[0];
    if (reading->reader->n_fields != 1 || reading->table->n_columns == 1) {
        return false;
    }
    for (size_t i = 0; i < field->length; i++) {
        if (field->text[i] != ' ' && field->text[i] != '\t' && field->text[i] != '\x1A') {
            return false;
        }
    }
    return true;
}

/** What may be the matter where the first row is not as long as the header. */
static const char *ragged_hint(const csv_reading *reading, perebor_arena *arena) {
    const csv_reader *reader = reading->reader;
    const csv_field *name = &reading->header[0];
    const char *hint = "; a field that holds the delimiter must be in quotes";
    if (reading->header_line == 0) {
        hint = "; columns: must name them all";
    } else if (name->length > 0 && name->text[0] == '#') {
        hint = "; if lines that begin with # are comments, say comment: \"#\"";
    } else if (reading->table->n_rows == 0 && reading->table->n_columns < reader->n_fields) {
        hint = perebor_arena_format(arena, "; if what is above it is no header, say skip: %" PRIu64,
                                    reader->line - 1);
    } else if (reading->table->n_rows == 0 && reader->n_fields == 1) {
        hint = perebor_arena_format(arena, "%s; is the delimiter \"%s\" right?", hint,
                                    shown_delimiter((const char[]){reading->delimiter, '\0'}));
    }
    return hint == NULL ? "" : hint;
}

static perebor_status fail_ragged(const csv_reading *reading, perebor_error *error) {
    const csv_reader *reader = reading->reader;
    perebor_arena arena = {0};
    perebor_status status =
        perebor_fail(error, PEREBOR_ERR_FORMAT, "%s:%" PRIu64 ": %zu fields where %s %zu%s",
                     reader->name, reader->line, reader->n_fields,
                     reading->header_line == 0 ? "columns: names" : "the header has",
                     reading->table->n_columns, ragged_hint(reading, &arena));
    perebor_arena_release(&arena);
    return status;
}

static perebor_status add_row(csv_reading *reading, perebor_error *error) {
    table *table = reading->table;
    const csv_reader *reader = reading->reader;
    perebor_status status = PEREBOR_OK;
    if (reader->n_fields != table->n_columns) {
        return is_blank(reading) ? PEREBOR_OK : fail_ragged(reading, error);
    }
    if (reader->line >= UINT32_MAX) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: more than %u lines", reader->name,
                            UINT32_MAX - 1);
    }
    if (table->n_rows == reading->capacity) {
        size_t capacity = reading->capacity == 0 ? first_rows : 2 * reading->capacity;
        PEREBOR_TRY(done, resize_rows(reading, capacity, error));
    }
    size_t row = table->n_rows;
    for (size_t i = 0; i < table->n_columns; i++) {
        PEREBOR_TRY(done,
                    table_pool_intern_field(&reading->load->pool, &table->columns[i].cells[row],
                                            reader->fields[i].text, reader->fields[i].length,
                                            table->decimal, error));
    }
    table->lines[row] = (uint32_t)reader->line;
    table->n_rows++;
done:
    return status;
}

static perebor_status add_rows(csv_reading *reading, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (;;) {
        bool more = false;
        PEREBOR_TRY(done, csv_read(reading->reader, &more, error));
        if (!more) {
            break;
        }
        PEREBOR_TRY(done, add_row(reading, error));
    }
done:
    return status;
}

static perebor_status read_rows(csv_reading *reading, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, add_rows(reading, error));
    if (reading->table->n_rows == 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            reading->header_line == 0 ? "%s: there is no row"
                                                      : "%s: there is a header and no row below it",
                            reading->reader->name);
    }
    status = resize_rows(reading, reading->table->n_rows, error);
done:
    return status;
}

/** `id, age, pay and 17 more` */
static perebor_status list_names(const csv_reading *reading, const char **list,
                                 perebor_error *error) {
    const table *table = reading->table;
    perebor_arena *arena = reading->load->report;
    const char *names = "";
    for (size_t i = 0; names != NULL && i < table->n_columns && i < max_names_shown; i++) {
        names =
            perebor_arena_format(arena, "%s%s%s", names, i > 0 ? ", " : "", table->columns[i].name);
    }
    if (names != NULL && table->n_columns > max_names_shown) {
        names = perebor_arena_format(arena, "%s and %zu more", names,
                                     table->n_columns - max_names_shown);
    }
    *list = names;
    return names == NULL ? perebor_no_memory(error, "to load tables") : PEREBOR_OK;
}

static perebor_status describe(const csv_reading *reading, const char *encoding,
                               perebor_source_report *report, perebor_error *error) {
    const csv_reader *reader = reading->reader;
    perebor_status status = list_names(reading, &report->names, error);
    report->delimiter = delimiter_text(reading, reading->delimiter);
    if (status != PEREBOR_OK || report->delimiter == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    csv_digest(reader, report->sha256);
    report->n_bytes = reader->stream.n_bytes;
    report->n_rows = reading->table->n_rows;
    report->n_columns = reading->table->n_columns;
    report->decimal = reading->table->decimal == ',' ? "," : ".";
    report->encoding = encoding;
    report->compression = compression_name(reader->stream.compression);
    report->header_line = reading->header_line;
    return PEREBOR_OK;
}

perebor_status csv_dialect_find(csv_dialect *dialect, table_load *load,
                                const perebor_table_source *source, csv_reader *reader,
                                perebor_error *error) {
    perebor_status status;
    table beginning = {.name = source->name, .path = reader->name, .decimal = '.'};
    csv_reading reading = {.reader = reader, .load = load, .table = &beginning, .source = source};
    PEREBOR_TRY(done, find_dialect(&reading, error));
    PEREBOR_TRY(done, csv_header_read(&reading, error));
    *dialect = (csv_dialect){.delimiter = reading.delimiter,
                             .decimal = beginning.decimal,
                             .comment = reader->comment,
                             .encoding = reader->stream.encoding,
                             .header = reading.header,
                             .n_columns = beginning.n_columns,
                             .header_line = reading.header_line};
done:
    table_release(&beginning);
    return status;
}

bool csv_dialect_has_row(const csv_dialect *dialect, const csv_reader *reader) {
    return reader->n_fields == dialect->n_columns;
}

/** Compares a part with the header, the decimal mark and the encoding of its beginning. */
static perebor_status judge_part(csv_reading *reading, bool *doubtful, perebor_error *error) {
    perebor_status status;
    perebor_error reason = {0};
    bool contradicted = false;
    PEREBOR_TRY(done, decimal_mark_doubt(reading, &contradicted, error));
    *doubtful = contradicted ||
                (reading->reader->stream.encoding == NULL && reading->load->pool.n_invalid > 0);
    status = *doubtful ? PEREBOR_OK : csv_header_compare(reading, &reason);
    if (status == PEREBOR_ERR_FORMAT || reading->table->header_is_data) {
        *doubtful = true;
        status = PEREBOR_OK;
    }
    if (status != PEREBOR_OK && error != NULL) {
        *error = reason;
    }
done:
    return status;
}

perebor_status table_read_csv_part(table *output, bool *doubtful, table_load *load,
                                   const perebor_table_source *source, const csv_dialect *dialect,
                                   size_t n_rows, csv_reader *reader, perebor_error *error) {
    perebor_status status;
    const char *encoding;
    table result = {.name = source->name,
                    .path = reader->name,
                    .key = source->key,
                    .decimal = dialect->decimal,
                    .has_lines = true};
    csv_reading reading = {.reader = reader,
                           .load = load,
                           .table = &result,
                           .source = source,
                           .header_line = dialect->header_line,
                           .delimiter = dialect->delimiter};
    csv_set_delimiter(reader, dialect->delimiter);
    reader->comment = dialect->comment;
    reader->stream.encoding = dialect->encoding;
    PEREBOR_TRY(failed, csv_header_repeat(&reading, dialect->header, dialect->n_columns, error));
    PEREBOR_TRY(failed, resize_rows(&reading, n_rows + 1, error));
    PEREBOR_TRY(failed, add_rows(&reading, error));
    PEREBOR_TRY(failed, judge_part(&reading, doubtful, error));
    if (*doubtful || result.n_rows == 0) {
        table_release(&result);
    } else {
        PEREBOR_TRY(failed, cell_encoding_settle(&reading, &encoding, error));
        PEREBOR_TRY(failed, csv_header_name(&reading, error));
    }
    *output = result;
    return PEREBOR_OK;
failed:
    table_release(&result);
    return status;
}

perebor_status table_read_csv(table *output, perebor_source_report *report, table_load *load,
                              const perebor_table_source *source, csv_reader *reader,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table result = {.name = source->name,
                    .path = reader->name,
                    .key = source->key,
                    .decimal = '.',
                    .has_mark = reader->stream.has_mark,
                    .has_lines = true};
    csv_reading reading = {.reader = reader, .load = load, .table = &result, .source = source};
    const char *encoding = "utf-8";
    PEREBOR_TRY(failed, find_dialect(&reading, error));
    PEREBOR_TRY(failed, csv_header_read(&reading, error));
    PEREBOR_TRY(failed, read_rows(&reading, error));
    PEREBOR_TRY(failed, csv_header_compare(&reading, error));
    PEREBOR_TRY(failed, decimal_mark_settle(&reading, error));
    PEREBOR_TRY(failed, cell_encoding_settle(&reading, &encoding, error));
    PEREBOR_TRY(failed, csv_header_name(&reading, error));
    PEREBOR_TRY(failed, describe(&reading, encoding, report, error));
    *output = result;
    return PEREBOR_OK;
failed:
    table_release(&result);
    return status;
}

perebor_status table_read_csv_file(table *table, perebor_source_report *report, table_load *load,
                                   const perebor_table_source *source, perebor_error *error) {
    csv_reader reader;
    perebor_status status = csv_open_file(&reader, source->path, source->encoding, error);
    if (status == PEREBOR_OK) {
        status = table_read_csv(table, report, load, source, &reader, error);
        csv_close(&reader);
    }
    return status;
}
