// SPDX-License-Identifier: MIT
#include "base/csv_text.h"

#include <math.h>
#include <string.h>

#include "base/real_text.h"

void csv_put_text(byte_buffer *bytes, const char *text) {
    if (strpbrk(text, ",\"\r\n") == NULL) {
        bytes_put(bytes, text, strlen(text));
        return;
    }
    bytes_put(bytes, "\"", 1);
    for (const char *quote = strchr(text, '"'); quote != NULL; quote = strchr(text, '"')) {
        bytes_put(bytes, text, (size_t)(quote - text) + 1);
        bytes_put(bytes, "\"", 1);
        text = quote + 1;
    }
    bytes_put(bytes, text, strlen(text));
    bytes_put(bytes, "\"", 1);
}

void csv_put_real(byte_buffer *bytes, double value) {
    char text[PEREBOR_REAL_TEXT_SIZE + 1] = ",";
    size_t n = isnan(value) ? 0 : perebor_real_format(value, text + 1);
    bytes_put(bytes, text, n + 1);
}

void csv_put_unsigned(byte_buffer *bytes, uint64_t value) {
    char text[24];
    size_t at = sizeof text;
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    text[--at] = ',';
    bytes_put(bytes, text + at, sizeof text - at);
}
