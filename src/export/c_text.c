// SPDX-License-Identifier: MIT
#include "export/c_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { numbers_a_line = 4, counts_a_line = 16 };

static void put_text(c_text *text, const char *source) {
    bytes_put(&text->bytes, source, strlen(source));
}

void c_put_template(c_text *text, const char *source) {
    for (const char *at = strpbrk(source, "@$"); at != NULL; at = strpbrk(source, "@$")) {
        bytes_put(&text->bytes, source, (size_t)(at - source));
        put_text(text, text->name);
        put_text(text, *at == '$' && text->part != NULL ? text->part : "");
        source = at + 1;
    }
    put_text(text, source);
}

/** The format with the names put in, which hold no "%". */
static char *expand(const c_text *text, const char *format) {
    c_text expanded = {.name = text->name, .part = text->part};
    c_put_template(&expanded, format);
    bytes_put_u8(&expanded.bytes, 0);
    if (expanded.bytes.failed) {
        bytes_release(&expanded.bytes);
        return NULL;
    }
    return (char *)expanded.bytes.data;
}

void c_put(c_text *text, const char *format, ...) {
    char *expanded = expand(text, format);
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = expanded != NULL ? vsnprintf(NULL, 0, expanded, arguments) : -1;
    char *line = length >= 0 ? malloc((size_t)length + 1) : NULL;
    if (line == NULL) {
        text->bytes.failed = true;
    } else {
        (void)vsnprintf(line, (size_t)length + 1, expanded, again);
        put_text(text, line);
    }
    va_end(again);
    va_end(arguments);
    free(line);
    free(expanded);
}

void c_put_string(c_text *text, const char *string) {
    put_text(text, "\"");
    for (; *string != '\0'; string++) {
        unsigned char byte = (unsigned char)*string;
        char escaped[8];
        // A question mark could begin a trigraph.
        bool plain = byte >= 0x20 && byte < 0x7f && strchr("\"\\?", byte) == NULL;
        (void)snprintf(escaped, sizeof escaped, plain ? "%c" : "\\%03o", byte);
        put_text(text, escaped);
    }
    put_text(text, "\"");
}

/** Bytes of the character that a text begins with. */
static size_t character_length(const char *at) {
    enum { most_bytes = 4 };
    size_t n = 1;
    while (n < most_bytes && ((unsigned char)at[0] & 0xC0) == 0xC0 &&
           ((unsigned char)at[n] & 0xC0) == 0x80) {
        n++;
    }
    return n;
}

/** Whether a comment may have a character: it ends neither the comment nor the line, and shows the
 * characters around it where they are, which compilers warn of. */
static bool is_quotable(const char *at, size_t n) {
    char escaped[32];
    return strchr("*/\\?", *at) == NULL &&
           perebor_text_escape(escaped, at, n, PEREBOR_ESCAPE_BREAKS) == n;
}

void c_put_quoted(c_text *text, const char *string) {
    put_text(text, "\"");
    while (*string != '\0') {
        size_t n = character_length(string);
        bool plain = is_quotable(string, n);
        bytes_put(&text->bytes, plain ? string : "_", plain ? n : 1);
        string += n;
    }
    put_text(text, "\"");
}

void c_put_real(c_text *text, double value) {
    char literal[40];
    (void)snprintf(literal, sizeof literal, "%a", value);
    put_text(text, literal);
}

void c_put_reals(c_text *text, const char *name, const double *values, size_t n) {
    c_put(text, "static const double $_%s[%zu] = {", name, n > 0 ? n : 1);
    for (size_t i = 0; i < n; i++) {
        put_text(text, i % numbers_a_line == 0 ? "\n    " : " ");
        c_put_real(text, values[i]);
        put_text(text, ",");
    }
    put_text(text, n > 0 ? "\n};\n" : "0.0};\n");
}

void c_put_counts(c_text *text, const char *name, const uint32_t *values, size_t n) {
    c_put(text, "static const uint32_t $_%s[%zu] = {", name, n > 0 ? n : 1);
    for (size_t i = 0; i < n; i++) {
        char literal[16];
        (void)snprintf(literal, sizeof literal, "%u,", (unsigned)values[i]);
        put_text(text, i % counts_a_line == 0 ? "\n    " : " ");
        put_text(text, literal);
    }
    put_text(text, n > 0 ? "\n};\n" : "0};\n");
}

void c_put_rows(c_text *text, const char *name, const perebor_matrix *matrix,
                const double *centres) {
    size_t n_rows = matrix->n_rows > 0 ? matrix->n_rows : 1;
    c_put(text, "static const double $_%s[%zu][%zu] = {", name, n_rows, matrix->n_columns);
    for (size_t row = 0; row < matrix->n_rows; row++) {
        put_text(text, "\n    {");
        for (size_t column = 0; column < matrix->n_columns; column++) {
            double value = perebor_matrix_column(matrix, column)[row];
            put_text(text, column == 0 ? "" : column % numbers_a_line == 0 ? ",\n     " : ", ");
            c_put_real(text, centres != NULL ? value - centres[column] : value);
        }
        put_text(text, "},");
    }
    put_text(text, matrix->n_rows > 0 ? "\n};\n" : "{0.0}};\n");
}
