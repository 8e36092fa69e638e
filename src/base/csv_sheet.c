// SPDX-License-Identifier: MIT
#include "base/csv_sheet.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/real_text.h"

csv_sheet csv_sheet_begin(FILE *stream, const csv_form *form) {
    if (form->mark) {
        fputs("\xef\xbb\xbf", stream);
    }
    return (csv_sheet){.stream = stream,
                       .separator = form->semicolons ? ';' : ',',
                       .decimal = form->semicolons ? ',' : '.'};
}

static void begin_cell(csv_sheet *sheet) {
    if (sheet->in_row) {
        fputc(sheet->separator, sheet->stream);
    }
    sheet->in_row = true;
}

void csv_sheet_names(csv_sheet *sheet, const char *names) {
    begin_cell(sheet);
    for (; *names != '\0'; names++) {
        fputc(*names == ',' ? sheet->separator : *names, sheet->stream);
    }
}

static bool is_number(const char *text) {
    char *end = NULL;
    (void)strtod(text, &end);
    return end != text && *end == '\0';
}

void csv_sheet_text(csv_sheet *sheet, const char *text) {
    const char special[] = {sheet->separator, '"', '\r', '\n', '\0'};
    begin_cell(sheet);
    if (text == NULL) {
        return;
    }
    bool quoted = strpbrk(text, special) != NULL;
    if (quoted) {
        fputc('"', sheet->stream);
    }
    // What follows a separator or a line break in a cell is none of its own: the cell is quoted.
    if (*text != '\0' && strchr("=+-@\t\r", *text) != NULL && !is_number(text)) {
        fputc('\'', sheet->stream);
    }
    // Quotes are doubled.
    for (const char *quote = strchr(text, '"'); quote != NULL; quote = strchr(text, '"')) {
        (void)fwrite(text, 1, (size_t)(quote - text) + 1, sheet->stream);
        fputc('"', sheet->stream);
        text = quote + 1;
    }
    fputs(text, sheet->stream);
    if (quoted) {
        fputc('"', sheet->stream);
    }
}

void csv_sheet_whole(csv_sheet *sheet, uint64_t value) {
    begin_cell(sheet);
    fprintf(sheet->stream, "%" PRIu64, value);
}

void csv_sheet_localise(const csv_sheet *sheet, char *text) {
    for (char *point = strchr(text, '.'); point != NULL; point = strchr(point, '.')) {
        *point++ = sheet->decimal;
    }
}

/** Puts a number that is written with a point. */
static void put_number(const csv_sheet *sheet, char *text) {
    if (sheet->decimal != '.') {
        csv_sheet_localise(sheet, text);
    }
    fputs(text, sheet->stream);
}

void csv_sheet_exact(csv_sheet *sheet, double value) {
    char text[PEREBOR_REAL_TEXT_SIZE];
    begin_cell(sheet);
    if (!isnan(value)) {
        (void)perebor_real_format(value, text);
        put_number(sheet, text);
    }
}

void csv_sheet_rounded(csv_sheet *sheet, double value) {
    char text[PEREBOR_REAL_TEXT_SIZE];
    begin_cell(sheet);
    if (isnan(value)) {
        return;
    }
    (void)snprintf(text, sizeof text, "%.5e", value);
    size_t length = perebor_real_format(strtod(text, NULL), text);
    if (length > 2 && strcmp(text + length - 2, ".0") == 0) {
        text[length - 2] = '\0';
    }
    put_number(sheet, text);
}

void csv_sheet_short(csv_sheet *sheet, double value) {
    char text[400]; // of the greatest double
    begin_cell(sheet);
    if (isnan(value)) {
        return;
    }
    double size = fabs(value);
    // Places behind the point that leave four digits.
    int places = size >= 1000.0  ? 0
                 : size >= 100.0 ? 1
                 : size >= 10.0  ? 2
                 : size >= 1.0   ? 3
                 : size >= 0.1   ? 4
                 : size >= 0.01  ? 5
                                 : 6;
    size_t length = (size_t)snprintf(text, sizeof text, "%.*f", places, value);
    while (places > 0 && text[length - 1] == '0') {
        text[--length] = '\0';
    }
    if (places > 0 && text[length - 1] == '.') {
        text[--length] = '\0';
    }
    put_number(sheet, strcmp(text, "-0") == 0 ? text + 1 : text);
}

void csv_sheet_end_row(csv_sheet *sheet) {
    fputc('\n', sheet->stream);
    sheet->in_row = false;
}
