// SPDX-License-Identifier: MIT
#include "report/csv_fields.h"

#include <math.h>
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

void csv_write_real(FILE *stream, double value) {
    char text[PEREBOR_REAL_TEXT_SIZE];
    fputc(',', stream);
    if (!isnan(value)) {
        (void)perebor_real_format(value, text);
        fputs(text, stream);
    }
}
