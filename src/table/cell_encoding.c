// SPDX-License-Identifier: MIT
#include "table/cell_encoding.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

static const char guessed_encoding[] = "windows-1251";

/** Characters of a text that a message shows. */
enum { max_shown = 40 };

/** How much of what is not ASCII is UTF-8, by cells; and the first cell that is not. */
typedef struct evidence {
    size_t n_valid, n_invalid;
    size_t row, column; /**< Where the first invalid one is; row SIZE_MAX: the header. */
    const char *text;
} evidence;

static void weigh(evidence *evidence, const char *text, size_t length, size_t row, size_t column) {
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

/** Looks at the header always, at the cells if asked, or if some text of the pool is not UTF-8. */
static evidence weigh_all(const csv_reading *reading, bool cells) {
    evidence evidence = {.text = ""};
    const table *table = reading->table;
    const table_pool *pool = &reading->load->pool;
    assert(reading->header != NULL && table->columns != NULL);
    for (size_t i = 0; i < table->n_columns && reading->header_line > 0; i++) {
        weigh(&evidence, reading->header[i].text, reading->header[i].length, SIZE_MAX, i);
    }
    for (size_t row = 0; (cells || pool->n_invalid > 0) && row < table->n_rows; row++) {
        for (size_t i = 0; i < table->n_columns; i++) {
            assert(table->columns[i].cells != NULL);
            // Every row below n_rows has been read.
            // NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign)
            table_cell cell = table->columns[i].cells[row];
            if (table_cell_is_text(cell)) {
                const char *text = table_pool_text(pool, cell, NULL);
                weigh(&evidence, text, strlen(text), row, i);
            }
        }
    }
    return evidence;
}

/** Where the first cell that is not UTF-8 stands. */
static const char *evidence_place(const csv_reading *reading, const evidence *evidence,
                                  char place[TABLE_PLACE_SIZE]) {
    return evidence->row == SIZE_MAX
               ? reading->table->path
               : table_place(reading->table, TABLE_NO_COLUMN, evidence->row, place);
}

static perebor_status fail_encoding(const csv_reading *reading, const evidence *evidence,
                                    perebor_error *error) {
    assert(evidence->text != NULL);
    size_t valid = perebor_text_valid_length(evidence->text, strlen(evidence->text));
    unsigned char byte = (unsigned char)evidence->text[valid];
    char place[TABLE_PLACE_SIZE];
    return perebor_fail(
        error, PEREBOR_ERR_FORMAT,
        "%s: %scolumn %zu is not valid UTF-8 (byte 0x%02X); if the file is in another encoding, "
        "say which, such as encoding: windows-1251",
        evidence_place(reading, evidence, place), evidence->row == SIZE_MAX ? "the name of " : "",
        evidence->column + 1, byte);
}

static perebor_status fail_byte(const csv_reading *reading, const char *place, size_t column,
                                unsigned char byte, const char *encoding, perebor_error *error) {
    bool guessed = reading->source->encoding == NULL;
    return perebor_fail(
        error, PEREBOR_ERR_FORMAT, "%s: column %zu is %s %s (it has the byte 0x%02X); %s", place,
        column + 1, guessed ? "neither UTF-8 nor" : "not", encoding, byte,
        guessed ? "save the file as UTF-8, or say its encoding:" : "is it the encoding?");
}

/** A conversion under way. */
typedef struct conversion {
    const csv_reading *reading;
    const char *encoding;
    charset set;
    table_cell
        *converted; /**< [n_texts of the pool] what has become of each; TABLE_MISSING: not yet */
    size_t n_converted;
    char *buffer;
} conversion;

static perebor_status convert_text(conversion *conversion, table_cell cell, unsigned char *bad,
                                   perebor_error *error) {
    table_pool *pool = &conversion->reading->load->pool;
    const char *text = table_pool_text(pool, cell, NULL);
    size_t length = strlen(text);
    char *larger = realloc(conversion->buffer, CHARSET_MAX_LENGTH * length + 1);
    if (larger == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    conversion->buffer = larger;
    size_t n = charset_convert(&conversion->set, larger, text, length, bad);
    return n == SIZE_MAX ? PEREBOR_ERR_FORMAT
                         : table_pool_intern(pool, &conversion->converted[cell], larger, n,
                                             conversion->reading->table->decimal, error);
}

static perebor_status convert_cells(conversion *conversion, perebor_error *error) {
    table *table = conversion->reading->table;
    unsigned char bad = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        assert(table->columns[i].cells != NULL || table->n_rows == 0);
        for (size_t row = 0; row < table->n_rows; row++) {
            table_cell *cell = &table->columns[i].cells[row];
            if (!table_cell_is_text(*cell)) {
                continue;
            }
            perebor_status status = conversion->converted[*cell] == TABLE_MISSING
                                        ? convert_text(conversion, *cell, &bad, error)
                                        : PEREBOR_OK;
            if (status == PEREBOR_ERR_FORMAT) {
                char place[TABLE_PLACE_SIZE];
                return fail_byte(conversion->reading,
                                 table_place(table, TABLE_NO_COLUMN, row, place), i, bad,
                                 conversion->encoding, error);
            }
            if (status != PEREBOR_OK) {
                return status;
            }
            *cell = conversion->converted[*cell];
        }
    }
    return PEREBOR_OK;
}

static perebor_status convert_header(const conversion *conversion, perebor_error *error) {
    const csv_reading *reading = conversion->reading;
    for (size_t i = 0; i < reading->table->n_columns && reading->header_line > 0; i++) {
        csv_field *field = &reading->header[i];
        unsigned char bad = 0;
        char *converted = perebor_arena_allocate(&reading->load->arena,
                                                 CHARSET_MAX_LENGTH * field->length + 1, 1);
        if (converted == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        size_t n = charset_convert(&conversion->set, converted, field->text, field->length, &bad);
        if (n == SIZE_MAX) {
            return fail_byte(reading, reading->table->path, i, bad, conversion->encoding, error);
        }
        *field = (csv_field){converted, n};
    }
    return PEREBOR_OK;
}

static perebor_status convert_table(const csv_reading *reading, const char *encoding,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    conversion conversion = {.reading = reading, .encoding = encoding};
    perebor_error problem;
    status = charset_load(&conversion.set, encoding, &problem);
    if (status != PEREBOR_OK) {
        return perebor_fail(error, status, "%s: %s", reading->table->path, problem.message);
    }
    conversion.converted = calloc(reading->load->pool.n_texts, sizeof *conversion.converted);
    if (conversion.converted == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    PEREBOR_TRY(done, convert_header(&conversion, error));
    PEREBOR_TRY(done, convert_cells(&conversion, error));
done:
    free(conversion.converted);
    free(conversion.buffer);
    return status;
}

/** Says what the guess makes of the first text that is not UTF-8. */
static perebor_status warn_of_guess(const csv_reading *reading, const evidence *evidence,
                                    const char *encoding, perebor_error *error) {
    const table *table = reading->table;
    char place[TABLE_PLACE_SIZE];
    const char *text =
        evidence->row == SIZE_MAX
            ? reading->header[evidence->column].text
            : table_pool_text(&reading->load->pool,
                              table->columns[evidence->column].cells[evidence->row], NULL);
    size_t shown = perebor_text_valid_length(text, strnlen(text, max_shown));
    return table_warn(reading->load, error,
                      "%s: not UTF-8, so taken for %s, by which column %zu has \"%.*s\"; say "
                      "encoding: %s if that is right, else which it is (latin-1, windows-1252, "
                      "koi8-r, cp866 …)",
                      evidence_place(reading, evidence, place), encoding, evidence->column + 1,
                      (int)shown, text, encoding);
}

static perebor_status warn_of_utf8(const csv_reading *reading, const char *encoding,
                                   perebor_error *error) {
    return table_warn(reading->load, error,
                      "%s: every text of it is valid UTF-8, but is read as %s, as encoding: says",
                      reading->table->path, encoding);
}

perebor_status cell_encoding_settle(csv_reading *reading, const char **encoding,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const char *known = reading->reader->stream.encoding; // declared, or by a mark
    bool is_charset = known != NULL && encoding_is_charset(known);
    evidence evidence = weigh_all(reading, is_charset);
    bool utf8 = known != NULL ? !is_charset
                              : evidence.n_invalid < evidence.n_valid || evidence.n_invalid == 0;
    if (utf8 && evidence.n_invalid > 0) {
        return fail_encoding(reading, &evidence, error);
    }
    *encoding = known != NULL ? known : utf8 ? "utf-8" : guessed_encoding;
    if (utf8) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, convert_table(reading, *encoding, error));
    if (known == NULL) {
        PEREBOR_TRY(done, warn_of_guess(reading, &evidence, *encoding, error));
    } else if (evidence.n_invalid == 0 && evidence.n_valid > 0) {
        PEREBOR_TRY(done, warn_of_utf8(reading, *encoding, error));
    }
done:
    return status;
}
