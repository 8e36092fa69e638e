// SPDX-License-Identifier: MIT
#include "cli/wrapped_text.h"

#include <string.h>

#include "base/text.h"

enum { line_width = 79 };

/** Text from a column of the terminal on, broken at spaces. */
static void print_wrapped(FILE *stream, const char *text, size_t column, size_t indent) {
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        size_t width = perebor_text_width(text, length);
        if (column > indent && column + 1 + width > line_width) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', stream);
            column++;
        }
        fprintf(stream, "%.*s", (int)length, text);
        column += width;
        text += length;
        text += *text == ' ';
    }
}

void wrapped_text_print(FILE *stream, const char *text, size_t indent) {
    fprintf(stream, "%*s", (int)indent, "");
    print_wrapped(stream, text, indent, indent);
    fputc('\n', stream);
}

void wrapped_text_print_name(FILE *stream, const char *name, size_t indent, size_t width) {
    size_t taken = perebor_text_width(name, strlen(name));
    fprintf(stream, "%*s", (int)indent, "");
    if (indent + taken > width) {
        print_wrapped(stream, name, indent, indent + 2);
        fprintf(stream, "\n%*s", (int)width, "");
    } else {
        fprintf(stream, "%s%*s", name, (int)(width - indent - taken), "");
    }
}
