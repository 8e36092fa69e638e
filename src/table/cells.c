// SPDX-License-Identifier: MIT
#include "table/cells.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/digits.h"
#include "base/try.h"
#include "table/decimal_cells.h"

enum {
    first_slots = 1024,
    max_number_length = 400, // longer texts are no numbers
};

const double table_powers_of_ten[TABLE_EXACT_POWERS] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/** The last bytes of a text, one to seven, as a word that no other such bytes give: without a copy
 * whose length the compiler does not know. */
static uint64_t tail_word(const char *text, size_t length) {
    if (length >= 4) {
        uint32_t first, last;
        memcpy(&first, text, sizeof first);
        memcpy(&last, text + length - sizeof last, sizeof last);
        return (uint64_t)last << 32 | first;
    }
    return (uint64_t)(unsigned char)text[0] | (uint64_t)(unsigned char)text[length / 2] << 8 |
           (uint64_t)(unsigned char)text[length - 1] << 16;
}

static uint32_t hash_text(const char *text, size_t length) {
    const uint64_t multiplier = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t hash = length * multiplier;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        hash = (hash ^ word) * multiplier;
        hash ^= hash >> 29;
    }
    uint64_t tail = i < length ? tail_word(text + i, length - i) : 0;
    hash = (hash ^ tail) * multiplier;
    hash ^= hash >> 32;
    hash *= multiplier;
    return (uint32_t)(hash >> 32);
}

/** The length of a text of the pool. */
static size_t text_length(const table_pool *pool, size_t index) {
    size_t next = index + 1 < pool->n_texts ? pool->starts[index + 1] : pool->n_bytes;
    return next - pool->starts[index] - 1;
}

/** The slot that holds the text, or the empty one where it belongs. */
static size_t find_slot(const table_pool *pool, uint32_t hash, const char *text, size_t length) {
    size_t slot = hash & (pool->n_slots - 1);
    while (pool->slots[slot] != 0) {
        if ((uint32_t)(pool->slots[slot] >> 32) == hash) {
            size_t index = (uint32_t)pool->slots[slot];
            if (text_length(pool, index) == length &&
                memcmp(pool->bytes + pool->starts[index], text, length) == 0) {
                return slot;
            }
        }
        slot = (slot + 1) & (pool->n_slots - 1);
    }
    return slot;
}

static perebor_status grow_slots(table_pool *pool, perebor_error *error) {
    size_t n_slots = pool->n_slots == 0 ? first_slots : pool->n_slots * 2;
    uint64_t *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL) {
        return perebor_no_memory(error, "for %zu texts", n_slots / 2);
    }
    for (size_t i = 0; i < pool->n_slots; i++) {
        if (pool->slots[i] != 0) {
            size_t slot = (size_t)(pool->slots[i] >> 32) & (n_slots - 1);
            while (slots[slot] != 0) {
                slot = (slot + 1) & (n_slots - 1);
            }
            slots[slot] = pool->slots[i];
        }
    }
    free(pool->slots);
    pool->slots = slots;
    pool->n_slots = n_slots;
    return PEREBOR_OK;
}

static perebor_status grow_texts(table_pool *pool, perebor_error *error) {
    size_t capacity = pool->texts_capacity == 0 ? first_slots : pool->texts_capacity * 2;
    size_t *starts = realloc(pool->starts, capacity * sizeof *starts);
    if (starts != NULL) {
        pool->starts = starts;
    }
    uint8_t *is_missing = realloc(pool->is_missing, capacity);
    if (is_missing != NULL) {
        pool->is_missing = is_missing;
    }
    uint8_t *invalid = realloc(pool->invalid, capacity);
    if (invalid != NULL) {
        pool->invalid = invalid;
    }
    if (starts == NULL || is_missing == NULL || invalid == NULL) {
        return perebor_no_memory(error, "for %zu texts", capacity);
    }
    pool->texts_capacity = capacity;
    return PEREBOR_OK;
}

static perebor_status grow_bytes(table_pool *pool, size_t size, perebor_error *error) {
    size_t capacity = pool->bytes_capacity == 0 ? 1 << 16 : pool->bytes_capacity * 2;
    while (capacity < size) {
        capacity *= 2;
    }
    char *bytes = realloc(pool->bytes, capacity);
    if (bytes == NULL) {
        return perebor_no_memory(error, "for %zu bytes of texts", capacity);
    }
    pool->bytes = bytes;
    pool->bytes_capacity = capacity;
    return PEREBOR_OK;
}

static perebor_status add_text(table_pool *pool, size_t slot, uint32_t hash, const char *text,
                               size_t length, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (pool->n_texts == UINT32_MAX) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "more than %u different texts", UINT32_MAX);
    }
    if (pool->n_texts == pool->texts_capacity) {
        PEREBOR_TRY(done, grow_texts(pool, error));
    }
    if (pool->bytes_capacity - pool->n_bytes <= length) {
        PEREBOR_TRY(done, grow_bytes(pool, pool->n_bytes + length + 1, error));
    }
    size_t index = pool->n_texts++;
    memcpy(pool->bytes + pool->n_bytes, text, length);
    pool->bytes[pool->n_bytes + length] = '\0';
    pool->starts[index] = pool->n_bytes;
    pool->n_bytes += length + 1;
    pool->is_missing[index] = 0;
    pool->invalid[index] = !perebor_text_is_valid(text, length);
    pool->n_invalid += pool->invalid[index];
    pool->slots[slot] = (uint64_t)hash << 32 | index;
done:
    return status;
}

/** The index of a text, which is added if it is new. */
static perebor_status find_or_add(table_pool *pool, size_t *index, const char *text, size_t length,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint32_t hash = hash_text(text, length);
    size_t slot = find_slot(pool, hash, text, length);
    if (pool->slots[slot] == 0) {
        if (pool->n_texts >= pool->n_slots / 2) {
            PEREBOR_TRY(done, grow_slots(pool, error));
            slot = find_slot(pool, hash, text, length);
        }
        PEREBOR_TRY(done, add_text(pool, slot, hash, text, length, error));
    }
    *index = (uint32_t)pool->slots[slot];
done:
    return status;
}

perebor_status table_pool_create(table_pool *pool, perebor_error *error) {
    static const char *const missing_texts[] = {
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
        "<NA>", "N/A",      "NA",  "NULL",    "NaN",      "n/a",  "nan",  "null",
    };
    perebor_status status = PEREBOR_OK;
    memset(pool, 0, sizeof *pool);
    PEREBOR_TRY(failed, grow_slots(pool, error));
    PEREBOR_TRY(failed, grow_texts(pool, error));
    PEREBOR_TRY(failed, grow_bytes(pool, 1, error));
    pool->c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (pool->c_locale == (locale_t)0) {
        status = perebor_no_memory(error, "for a locale");
        goto failed;
    }
    // Text 0 is empty and in no slot: an empty cell never comes here.
    pool->bytes[0] = '\0';
    pool->starts[0] = 0;
    pool->is_missing[0] = 1;
    pool->invalid[0] = 0;
    pool->n_bytes = 1;
    pool->n_texts = 1;
    for (size_t i = 0; i < sizeof missing_texts / sizeof *missing_texts; i++) {
        size_t index;
        PEREBOR_TRY(failed,
                    find_or_add(pool, &index, missing_texts[i], strlen(missing_texts[i]), error));
        pool->is_missing[index] = 1;
    }
    return PEREBOR_OK;
failed:
    table_pool_release(pool);
    return status;
}

void table_pool_release(table_pool *pool) {
    free(pool->bytes);
    free(pool->starts);
    free(pool->is_missing);
    free(pool->invalid);
    free(pool->slots);
    if (pool->c_locale != (locale_t)0) {
        freelocale(pool->c_locale);
    }
    memset(pool, 0, sizeof *pool);
}

/** Whether there is nothing but white space. */
static bool is_blank(const char *text, size_t length) {
    unsigned char first = (unsigned char)text[0];
    if (first > ' ' && first < 0x80) {
        return false;
    }
    perebor_text_trim(&text, &length);
    return length == 0;
}

perebor_status table_pool_intern(table_pool *pool, table_cell *cell, const char *text,
                                 size_t length, char decimal, perebor_error *error) {
    if (length == 0) {
        *cell = TABLE_MISSING;
        return PEREBOR_OK;
    }
    if (is_digit(text[0]) || text[0] == '-') {
        table_cell number = table_decimal_of_text(text, length, decimal);
        if (number != TABLE_MISSING) {
            *cell = number;
            return PEREBOR_OK;
        }
    }
    perebor_status status = PEREBOR_OK;
    size_t index = 0;
    if (is_blank(text, length)) {
        *cell = TABLE_MISSING;
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, find_or_add(pool, &index, text, length, error));
    *cell = pool->is_missing[index] ? TABLE_MISSING : (table_cell)index;
done:
    return status;
}

perebor_status table_pool_intern_field(table_pool *pool, table_cell *cell, const char *text,
                                       size_t length, char decimal, perebor_error *error) {
    perebor_status status;
    if (length == 0 || length > DIGITS_WORD) {
        return table_pool_intern(pool, cell, text, length, decimal, error);
    }
    uint64_t word = digits_load(text) & digits_lowest(length);
    if (is_digit(text[0]) || text[0] == '-') {
        *cell = table_decimal_of_word(word, length, decimal);
        if (*cell != TABLE_MISSING) {
            return PEREBOR_OK;
        }
    }
    table_short_text *recent =
        &pool->recent[word * UINT64_C(0x9E3779B97F4A7C15) >> (64 - TABLE_RECENT_BITS)];
    if (recent->word == word) {
        *cell = recent->cell;
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, table_pool_intern(pool, cell, text, length, decimal, error));
    *recent = (table_short_text){word, *cell};
done:
    return status;
}

bool table_pool_find(const table_pool *pool, table_cell *cell, const char *text, size_t length,
                     char decimal) {
    if (length == 0) {
        *cell = TABLE_MISSING;
        return true;
    }
    if (is_digit(text[0]) || text[0] == '-') {
        table_cell number = table_decimal_of_text(text, length, decimal);
        if (number != TABLE_MISSING) {
            *cell = number;
            return true;
        }
    }
    size_t slot = find_slot(pool, hash_text(text, length), text, length);
    if (pool->slots[slot] == 0) {
        return false;
    }
    size_t index = (uint32_t)pool->slots[slot];
    *cell = pool->is_missing[index] ? TABLE_MISSING : (table_cell)index;
    return true;
}

const char *table_pool_text(const table_pool *pool, table_cell cell,
                            char buffer[TABLE_DECIMAL_TEXT_SIZE]) {
    return table_cell_is_decimal(cell) ? table_decimal_text(cell, buffer)
                                       : pool->bytes + pool->starts[cell];
}

size_t table_pool_text_room(const table_pool *pool, table_cell cell) {
    enum { decimal_room = TABLE_MAX_DECIMAL_LENGTH + DIGITS_WORD + 1 };
    return table_cell_is_decimal(cell) ? decimal_room : text_length(pool, cell) + 1;
}

size_t table_pool_write(const table_pool *pool, table_cell cell, char *to) {
    uint64_t digits = cell & TABLE_DIGITS_MASK;
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    if (cell == (TABLE_DECIMAL_BIT | digits) && digits < 100000000) {
        size_t length = digits_write(to, (uint32_t)digits);
        to[length] = '\0';
        return length;
    }
    bool is_decimal = table_cell_is_decimal(cell);
    const char *text =
        is_decimal ? table_decimal_text(cell, buffer) : pool->bytes + pool->starts[cell];
    size_t length = is_decimal ? strlen(text) : text_length(pool, cell);
    memcpy(to, text, length + 1);
    return length;
}

/** Whether the text is [+-]?digits[.digits][e[+-]digits], a digit before or after the point. */
static bool is_number(const char *text) {
    text += *text == '+' || *text == '-';
    size_t n_digits = 0;
    for (; is_digit(*text); text++) {
        n_digits++;
    }
    if (*text == '.') {
        for (text++; is_digit(*text); text++) {
            n_digits++;
        }
    }
    if (n_digits == 0) {
        return false;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        if (!is_digit(*text)) {
            return false;
        }
        while (is_digit(*text)) {
            text++;
        }
    }
    return *text == '\0';
}

/** strtod as in the C locale; the text has been found to be a number. */
static double read_number(const table_pool *pool, const char *text) {
    locale_t before = uselocale(pool->c_locale);
    double value = strtod(text, NULL);
    uselocale(before);
    return value;
}

/** As table_pool_number(), but a number beyond all doubles is infinite. */
static bool read_cell(const table_pool *pool, table_cell cell, char decimal, double *number) {
    if (table_cell_is_decimal(cell)) {
        if (!table_cell_exact_number(cell, number)) {
            char buffer[TABLE_DECIMAL_TEXT_SIZE];
            *number = read_number(pool, table_decimal_text(cell, buffer));
        }
        return true;
    }
    const char *text = pool->bytes + pool->starts[cell];
    size_t length = strlen(text);
    perebor_text_trim(&text, &length);
    if (length == 0 || length > max_number_length) {
        return false;
    }
    char copy[max_number_length + 1];
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (decimal == ',') {
        if (strchr(copy, '.') != NULL) {
            return false;
        }
        char *comma = strchr(copy, ',');
        if (comma != NULL) {
            *comma = '.';
        }
    }
    if (!is_number(copy)) {
        return false;
    }
    *number = read_number(pool, copy);
    return true;
}

bool table_pool_number(const table_pool *pool, table_cell cell, char decimal, double *number) {
    double value = 0.0;
    bool read = read_cell(pool, cell, decimal, &value) && isfinite(value);
    *number = read ? value : *number;
    return read;
}

bool table_pool_is_beyond_doubles(const table_pool *pool, table_cell cell, char decimal) {
    double value = 0.0;
    return read_cell(pool, cell, decimal, &value) && isinf(value);
}

perebor_status table_pool_intern_double(table_pool *pool, table_cell *cell, double value,
                                        char decimal, perebor_error *error) {
    if (isnan(value)) {
        *cell = TABLE_MISSING;
        return PEREBOR_OK;
    }
    char text[TABLE_DECIMAL_TEXT_SIZE];
    locale_t before = uselocale(pool->c_locale);
    for (int precision = 15; precision <= 17; precision++) {
        (void)snprintf(text, sizeof text, "%.*g", precision, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    uselocale(before);
    char *point = strchr(text, '.');
    if (point != NULL) {
        *point = decimal;
    }
    return table_pool_intern(pool, cell, text, strlen(text), decimal, error);
}
