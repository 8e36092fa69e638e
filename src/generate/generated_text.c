// SPDX-License-Identifier: MIT
#include "generate/generated_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Makes room for so many bytes more. */
static bool grow(generated_text *text, size_t more) {
    if (text->failed || text->capacity - text->length >= more) {
        return !text->failed;
    }
    size_t capacity = 2 * text->capacity + more + 4096;
    char *bytes = realloc(text->bytes, capacity);
    text->failed = bytes == NULL;
    if (bytes != NULL) {
        text->bytes = bytes;
        text->capacity = capacity;
    }
    return !text->failed;
}

void generated_text_append(generated_text *text, const char *bytes, size_t length) {
    if (length > 0 && grow(text, length)) {
        memcpy(text->bytes + text->length, bytes, length);
        text->length += length;
    }
}

void generated_text_append_string(generated_text *text, const char *string) {
    generated_text_append(text, string, strlen(string));
}

/** Digits of a number, at least so many, from the end of a buffer; returns where they begin. */
static char *write_digits(char *end, uint64_t value, uint32_t least) {
    char *at = end;
    while (value > 0 || end - at < (ptrdiff_t)least) {
        *--at = (char)('0' + value % 10);
        value /= 10;
    }
    return at;
}

void generated_text_append_unsigned(generated_text *text, uint64_t value) {
    char digits[24];
    char *end = digits + sizeof digits;
    char *at = write_digits(end, value, 1);
    generated_text_append(text, at, (size_t)(end - at));
}

void generated_text_append_real(generated_text *text, double value, uint32_t decimals) {
    static const double powers[] = {1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6};
    char digits[400];
    if (decimals < sizeof powers / sizeof *powers && value >= 0.0 && value < 1e9) {
        double scaled = value * powers[decimals];
        double whole = floor(scaled + 0.5);
        // The product is off by half an ulp at most: this far from a tie, it rounds as value does.
        if (fabs(scaled - whole) < 0.25 && !signbit(value)) {
            char *end = digits + sizeof digits;
            uint64_t number = (uint64_t)whole;
            uint64_t unit = (uint64_t)powers[decimals];
            char *at = end;
            if (decimals > 0) {
                at = write_digits(end, number % unit, decimals);
                *--at = '.';
            }
            at = write_digits(at, number / unit, 1);
            generated_text_append(text, at, (size_t)(end - at));
            return;
        }
    }
    int length = snprintf(digits, sizeof digits, "%.*f", (int)decimals, value);
    generated_text_append(text, digits, (size_t)length);
}

/** Whether a character makes quotes necessary. */
static bool needs_quotes(char c, char delimiter) {
    return c == delimiter || c == '"' || c == '\n' || c == '\r';
}

void generated_text_quote(generated_text *text, size_t start, char delimiter) {
    size_t first = start;
    while (first < text->length && !needs_quotes(text->bytes[first], delimiter)) {
        first++;
    }
    if (text->failed || first == text->length) {
        return;
    }
    size_t quotes = 0;
    for (size_t i = first; i < text->length; i++) {
        quotes += text->bytes[i] == '"';
    }
    if (!grow(text, quotes + 2)) {
        return;
    }
    size_t from = text->length;
    text->length += quotes + 2;
    size_t to = text->length;
    text->bytes[--to] = '"';
    while (from > start) {
        char c = text->bytes[--from];
        text->bytes[--to] = c;
        if (c == '"') {
            text->bytes[--to] = '"';
        }
    }
    text->bytes[--to] = '"';
}

void generated_text_release(generated_text *text) {
    free(text->bytes);
    *text = (generated_text){0};
}
