// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/json.h"
#include "perebor/space.h"

static int compare_numbers(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

static int compare_reals(double a, double b) {
    if (a < b || a > b) {
        return a < b ? -1 : 1;
    }
    return compare_numbers(arithmetic_to_bits(a), arithmetic_to_bits(b));
}

int perebor_value_compare(perebor_value a, perebor_value b) {
    if (a.kind != b.kind) {
        return compare_numbers(a.kind, b.kind);
    }
    switch (a.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        return 0;
    case PEREBOR_VALUE_BOOLEAN:
        return compare_numbers(a.as.boolean, b.as.boolean);
    case PEREBOR_VALUE_INTEGER:
        return (a.as.integer > b.as.integer) - (a.as.integer < b.as.integer);
    case PEREBOR_VALUE_REAL:
        return compare_reals(a.as.real, b.as.real);
    case PEREBOR_VALUE_TEXT:
        return strcmp(a.as.text, b.as.text);
    }
    return 0;
}

bool perebor_value_equal(perebor_value a, perebor_value b) {
    return perebor_value_compare(a, b) == 0;
}

void perebor_value_write_json(perebor_json *json, perebor_value value) {
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        perebor_json_null(json);
        break;
    case PEREBOR_VALUE_BOOLEAN:
        perebor_json_boolean(json, value.as.boolean);
        break;
    case PEREBOR_VALUE_INTEGER:
        perebor_json_integer(json, value.as.integer);
        break;
    case PEREBOR_VALUE_REAL:
        perebor_json_real(json, value.as.real);
        break;
    case PEREBOR_VALUE_TEXT:
        perebor_json_text(json, value.as.text);
        break;
    }
}

void perebor_values_write_json(perebor_json *json, const perebor_value *values, size_t n_values) {
    perebor_json_begin_array(json);
    for (size_t i = 0; i < n_values; i++) {
        perebor_value_write_json(json, values[i]);
    }
    perebor_json_end_array(json);
}

/** Copies as much as fits. @return What would have been copied. */
static size_t deliver(const char *from, size_t length, char *text, size_t size) {
    if (size > 0) {
        size_t n = length < size ? length : size - 1;
        memcpy(text, from, n);
        text[n] = '\0';
    }
    return length;
}

/** Text as JSON, without allocating: what needs an escape is rare and short. */
static size_t format_text(const char *from, char *text, size_t size) {
    size_t length = 0;
    char piece[8];
    for (const char *at = from; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        int n = byte == '"' || byte == '\\' ? snprintf(piece, sizeof piece, "\\%c", byte)
                : byte < 0x20u              ? snprintf(piece, sizeof piece, "\\u%04x", byte)
                                            : snprintf(piece, sizeof piece, "%c", byte);
        for (int i = 0; i < n; i++, length++) {
            if (length + 2 < size) {
                text[length + 1] = piece[i];
            }
        }
    }
    if (size > 0) {
        text[0] = size > 1 ? '"' : '\0';
        if (length + 2 < size) {
            text[length + 1] = '"';
            text[length + 2] = '\0';
        } else {
            text[size - 1] = '\0';
        }
    }
    return length + 2;
}

size_t perebor_value_format(perebor_value value, char *text, size_t size) {
    char number[PEREBOR_REAL_TEXT_SIZE];
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        return deliver("null", 4, text, size);
    case PEREBOR_VALUE_BOOLEAN:
        return value.as.boolean ? deliver("true", 4, text, size) : deliver("false", 5, text, size);
    case PEREBOR_VALUE_INTEGER: {
        int n = snprintf(number, sizeof number, "%" PRId64, value.as.integer);
        return deliver(number, (size_t)n, text, size);
    }
    case PEREBOR_VALUE_REAL: {
        if (!isfinite(value.as.real)) {
            return deliver("null", 4, text, size);
        }
        size_t n = perebor_real_format(value.as.real, number);
        return deliver(number, n, text, size);
    }
    case PEREBOR_VALUE_TEXT:
        return format_text(value.as.text, text, size);
    }
    return 0;
}
