// SPDX-License-Identifier: MIT
#include "base/csv_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/real_text.h"

/** Whether a byte makes quotes necessary. */
static const bool is_special[256] = {[','] = true, ['"'] = true, ['\r'] = true, ['\n'] = true};

/** Whether a text must be quoted. @param[out] length  Of the text. */
static bool needs_quotes(const char *text, size_t *length) {
    bool special = false;
    size_t n = 0;
    for (; text[n] != '\0'; n++) {
        special |= is_special[(unsigned char)text[n]];
    }
    *length = n;
    return special;
}

/** Where fields go. */
typedef void put_bytes(void *to, const void *data, size_t size);

static void put_in_buffer(void *to, const void *data, size_t size) {
    bytes_put(to, data, size);
}

static void put_in_stream(void *to, const void *data, size_t size) {
    (void)fwrite(data, 1, size, to);
}

/** A text in quotes, its own quotes doubled. */
static void put_quoted(put_bytes *put, void *to, const char *text) {
    put(to, "\"", 1);
    for (const char *quote = strchr(text, '"'); quote != NULL; quote = strchr(text, '"')) {
        put(to, text, (size_t)(quote - text) + 1);
        put(to, "\"", 1);
        text = quote + 1;
    }
    put(to, text, strlen(text));
    put(to, "\"", 1);
}

void csv_put_text(byte_buffer *bytes, const char *text) {
    size_t length;
    if (needs_quotes(text, &length)) {
        put_quoted(put_in_buffer, bytes, text);
    } else {
        bytes_put(bytes, text, length);
    }
}

void csv_write_text(FILE *stream, const char *text) {
    size_t length;
    if (needs_quotes(text, &length)) {
        put_quoted(put_in_stream, stream, text);
    } else {
        (void)fwrite(text, 1, length, stream);
    }
}

void csv_write_real(FILE *stream, double value) {
    char text[PEREBOR_REAL_TEXT_SIZE];
    fputc(',', stream);
    if (!isnan(value)) {
        (void)perebor_real_format(value, text);
        fputs(text, stream);
    }
}

size_t csv_format_unsigned(uint64_t value, char text[CSV_UNSIGNED_SIZE]) {
    char digits[CSV_UNSIGNED_SIZE];
    size_t at = sizeof digits;
    text[0] = ',';
    if (value < 100000000) {
        return 1 + digits_write(text + 1, (uint32_t)value);
    }
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    size_t length = sizeof digits - at;
    memcpy(text + 1, digits + at, length);
    return 1 + length;
}
