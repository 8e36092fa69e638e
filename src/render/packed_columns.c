// SPDX-License-Identifier: MIT
#include "render/packed_columns.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/** Rows up to which a column is plain JSON; different values that codes stand for. */
enum { most_plain = 64, most_codes = 255, most_codes16 = 4096 };

/** Whole numbers up to this are exact in a float. */
static const double exact_in_float = 16777216.0;

/** The NaN that stands for all. */
static const uint64_t one_nan = 0x7ff8000000000000u;

static void append(packed_columns *columns, const char *text, size_t length) {
    if (columns->failed) {
        return;
    }
    if (columns->length + length + 1 > columns->capacity) {
        size_t capacity = 2 * (columns->length + length + 1);
        char *grown = realloc(columns->elements, capacity);
        columns->failed = grown == NULL;
        if (grown == NULL) {
            return;
        }
        columns->elements = grown;
        columns->capacity = capacity;
    }
    memcpy(columns->elements + columns->length, text, length);
    columns->length += length;
    columns->elements[columns->length] = '\0';
}

/** Base64 (RFC 4648) of bytes. */
static void append_base64(packed_columns *columns, const uint8_t *bytes, size_t n) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t three = (uint32_t)bytes[i] << 16;
        three |= i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0;
        three |= i + 2 < n ? (uint32_t)bytes[i + 2] : 0;
        const char four[4] = {digits[three >> 18], digits[three >> 12 & 63],
                              i + 1 < n ? digits[three >> 6 & 63] : '=',
                              i + 2 < n ? digits[three & 63] : '='};
        append(columns, four, sizeof four);
    }
}

/** Puts bytes into an element of their own. @return Its number. */
static size_t add_element(packed_columns *columns, const uint8_t *bytes, size_t n) {
    char head[96];
    size_t number = ++columns->n;
    int length = snprintf(head, sizeof head,
                          "<script type=\"application/octet-stream;base64\" id=\"c%zu\">", number);
    append(columns, head, (size_t)length);
    append_base64(columns, bytes, n);
    append(columns, "</script>\n", strlen("</script>\n"));
    return number;
}

/** Ends a description: what the bytes are and where. */
static void end_packed(story_json *writing, const char *as, const uint8_t *bytes, size_t n) {
    char id[32];
    (void)snprintf(id, sizeof id, "c%zu", add_element(writing->context, bytes, n));
    perebor_json_put_text(&writing->json, "as", as);
    perebor_json_put_text(&writing->json, "in", id);
    perebor_json_end_object(&writing->json);
}

static void put_bytes(uint8_t *to, uint64_t bits, size_t n) {
    for (size_t i = 0; i < n; i++) {
        to[i] = (uint8_t)(bits >> 8 * i);
    }
}

static void put_float(uint8_t *to, double number) {
    float narrow = (float)number;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    // Any NaN there is becomes the one.
    put_bytes(to, isnan(number) ? 0x7fc00000u : bits, 4);
}

/** Whether the numbers are equally far apart. */
static bool is_sequence(const double *numbers, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!(numbers[i] == numbers[0] + (double)i * (numbers[1] - numbers[0]))) {
            return false;
        }
    }
    return true;
}

static void put_sequence(perebor_json *json, const double *numbers) {
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "as", "sequence");
    perebor_json_key(json, "of");
    perebor_json_begin_array(json);
    perebor_json_real(json, numbers[0]);
    perebor_json_real(json, numbers[1] - numbers[0]);
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

/** The different values of a column in their first order, and which row has which. */
typedef struct coded_column {
    uint16_t *codes;  /**< [n_rows] */
    uint32_t *places; /**< [n_values] the row where each occurs first. */
    size_t n_values;
} coded_column;

static bool is_absent(const story_column *column, size_t row) {
    return column->kind == STORY_TERM   ? column->terms[row] == NULL
           : column->kind == STORY_WORD ? false
                                        : isnan(column->numbers[row]);
}

static bool is_equal(const story_column *column, size_t a, size_t b) {
    if (column->kind == STORY_TERM) {
        return strcmp(column->terms[a], column->terms[b]) == 0;
    }
    if (column->kind == STORY_WORD) {
        return strcmp(column->words[a].in[0], column->words[b].in[0]) == 0 &&
               strcmp(column->words[a].in[1], column->words[b].in[1]) == 0;
    }
    return column->numbers[a] == column->numbers[b];
}

static uint64_t hash_bytes(const void *bytes, size_t n) {
    uint64_t hash = 0xcbf29ce484222325u; // Fowler, Noll and Vo's
    for (size_t i = 0; i < n; i++) {
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
    }
    return hash;
}

static uint64_t hash_row(const story_column *column, size_t row) {
    if (column->kind == STORY_TERM) {
        return hash_bytes(column->terms[row], strlen(column->terms[row]));
    }
    if (column->kind == STORY_WORD) {
        return hash_bytes(column->words[row].in[0], strlen(column->words[row].in[0]));
    }
    double number = column->numbers[row] + 0.0; // of both zeroes the one
    return hash_bytes(&number, sizeof number);
}

enum { n_buckets = 4 * most_codes16 };

/** Numbers the different values; false if there are more than @p most. */
static bool code_column(coded_column *coded, const story_column *column, size_t n_rows, size_t most,
                        uint32_t *buckets) {
    memset(buckets, 0, n_buckets * sizeof *buckets);
    coded->n_values = 0;
    for (size_t row = 0; row < n_rows; row++) {
        if (is_absent(column, row)) {
            coded->codes[row] = UINT16_MAX;
            continue;
        }
        size_t at = (size_t)(hash_row(column, row) % n_buckets);
        while (buckets[at] != 0 && !is_equal(column, coded->places[buckets[at] - 1], row)) {
            at = (at + 1) % n_buckets;
        }
        if (buckets[at] == 0) {
            if (coded->n_values == most) {
                return false;
            }
            coded->places[coded->n_values++] = (uint32_t)row;
            buckets[at] = (uint32_t)coded->n_values;
        }
        coded->codes[row] = (uint16_t)(buckets[at] - 1);
    }
    return true;
}

static void put_code_values(story_json *writing, const story_column *column,
                            const coded_column *coded) {
    perebor_json *json = &writing->json;
    perebor_json_key(json, "of");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < coded->n_values; i++) {
        size_t row = coded->places[i];
        if (column->kind == STORY_TERM) {
            perebor_json_text(json, column->terms[row]);
        } else if (column->kind == STORY_WORD) {
            story_json_text(writing, column->words[row]);
        } else {
            perebor_json_real(json, column->numbers[row]);
        }
    }
    perebor_json_end_array(json);
}

/** Writes a column by codes if its values repeat enough; false if they do not. */
static bool put_codes(story_json *writing, const story_column *column, size_t n_rows,
                      uint8_t *bytes) {
    packed_columns *columns = writing->context;
    bool is_number = column->kind == STORY_WHOLE || column->kind == STORY_REAL;
    size_t most = is_number || n_rows < 4 * most_codes ? most_codes : most_codes16;
    coded_column coded = {.codes = calloc(n_rows, sizeof *coded.codes),
                          .places = calloc(most_codes16, sizeof *coded.places)};
    uint32_t *buckets = calloc(n_buckets, sizeof *buckets);
    columns->failed |= coded.codes == NULL || coded.places == NULL || buckets == NULL;
    bool fits = !columns->failed && code_column(&coded, column, n_rows, most, buckets) &&
                2 * coded.n_values <= n_rows;
    if (fits) {
        bool is_byte = coded.n_values <= most_codes;
        perebor_json_begin_object(&writing->json);
        put_code_values(writing, column, &coded);
        for (size_t row = 0; row < n_rows; row++) {
            put_bytes(bytes + row * (is_byte ? 1 : 2), coded.codes[row], is_byte ? 1 : 2);
        }
        end_packed(writing, is_byte ? "codes" : "codes16", bytes, n_rows * (is_byte ? 1 : 2));
    }
    free(coded.codes);
    free(coded.places);
    free(buckets);
    return fits;
}

static void put_reals(story_json *writing, const story_column *column, size_t n_rows,
                      uint8_t *bytes) {
    size_t n_absent = 0;
    bool is_exact = true;
    for (size_t row = 0; row < n_rows; row++) {
        n_absent += isnan(column->numbers[row]) ? 1 : 0;
        is_exact &= !(fabs(column->numbers[row]) > exact_in_float);
    }
    perebor_json_begin_object(&writing->json);
    if (column->kind == STORY_WHOLE && !is_exact) {
        for (size_t row = 0; row < n_rows; row++) {
            uint64_t bits;
            memcpy(&bits, &column->numbers[row], sizeof bits);
            put_bytes(bytes + 8 * row, isnan(column->numbers[row]) ? one_nan : bits, 8);
        }
        end_packed(writing, "float64", bytes, 8 * n_rows);
    } else if (n_absent > n_rows / 16) {
        size_t n_mask = (n_rows + 7) / 8, n = 0;
        memset(bytes, 0, n_mask);
        for (size_t row = 0; row < n_rows; row++) {
            if (!isnan(column->numbers[row])) {
                bytes[row / 8] |= (uint8_t)(0x80u >> row % 8);
                put_float(bytes + n_mask + 4 * n++, column->numbers[row]);
            }
        }
        end_packed(writing, "present32", bytes, n_mask + 4 * n);
    } else {
        for (size_t row = 0; row < n_rows; row++) {
            put_float(bytes + 4 * row, column->numbers[row]);
        }
        end_packed(writing, "float32", bytes, 4 * n_rows);
    }
}

void packed_columns_put(story_json *writing, const story_column *column, size_t n_rows) {
    packed_columns *columns = writing->context;
    bool is_number = column->kind == STORY_WHOLE || column->kind == STORY_REAL;
    if (n_rows <= most_plain) {
        story_json_values(writing, column, n_rows);
        return;
    }
    if (is_number && is_sequence(column->numbers, n_rows)) {
        put_sequence(&writing->json, column->numbers);
        return;
    }
    uint8_t *bytes = malloc(8 * n_rows + 1);
    columns->failed |= bytes == NULL;
    if (bytes == NULL) {
        perebor_json_null(&writing->json);
        return;
    }
    if (!put_codes(writing, column, n_rows, bytes)) {
        if (is_number) {
            put_reals(writing, column, n_rows, bytes);
        } else {
            story_json_values(writing, column, n_rows);
        }
    }
    free(bytes);
}

void packed_columns_release(packed_columns *columns) {
    free(columns->elements);
    *columns = (packed_columns){0};
}
