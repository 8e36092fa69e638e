// SPDX-License-Identifier: MIT
#include "report/csv_fields.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

void csv_write_text(FILE *stream, const char *text) {
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            fputc('"', stream);
        }
        fputc(*text, stream);
    }
    fputc('"', stream);
}

static bool is_number(const char *text) {
    char *end = NULL;
    (void)strtod(text, &end);
    return end != text && *end == '\0';
}

void csv_write_harmless(FILE *stream, const char *text) {
    // What follows a separator or a line break in a cell is none of its own: the cell is quoted.
    if (*text != '\0' && strchr("=+-@\t\r", *text) != NULL && !is_number(text)) {
        fputc('\'', stream);
    }
    csv_write_text(stream, text);
}

void csv_write_real(FILE *stream, double value) {
    char text[PEREBOR_REAL_TEXT_SIZE];
    fputc(',', stream);
    if (!isnan(value)) {
        (void)perebor_real_format(value, text);
        fputs(text, stream);
    }
}

void csv_write_rounded(FILE *stream, double value) {
    char text[PEREBOR_REAL_TEXT_SIZE];
    fputc(',', stream);
    if (isnan(value)) {
        return;
    }
    (void)snprintf(text, sizeof text, "%.5e", value);
    size_t length = perebor_real_format(strtod(text, NULL), text);
    bool is_whole = length > 2 && strcmp(text + length - 2, ".0") == 0;
    fprintf(stream, "%.*s", (int)(is_whole ? length - 2 : length), text);
}
