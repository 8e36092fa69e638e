// SPDX-License-Identifier: MIT
#include "report/words.h"

#include <string.h>

/** What goes into the gap that begins here; NULL if it is none. @param[out] end  Behind it. */
static const char *fill(const char *gap, const words_gap *gaps, const char **end) {
    const char *close = strchr(gap, '}');
    for (; close != NULL && gaps->name != NULL; gaps++) {
        size_t length = strlen(gaps->name);
        if (length == (size_t)(close - gap) - 1 && strncmp(gap + 1, gaps->name, length) == 0) {
            *end = close + 1;
            return gaps->text;
        }
    }
    return NULL;
}

void words_write(FILE *stream, const char *sentence, const words_gap *gaps) {
    while (*sentence != '\0') {
        const char *end = sentence;
        const char *text = *sentence == '{' ? fill(sentence, gaps, &end) : NULL;
        if (text != NULL) {
            fputs(text, stream);
            sentence = end;
        } else {
            putc(*sentence++, stream);
        }
    }
}

size_t words_count_characters(const char *text) {
    size_t n = 0;
    for (; *text != '\0'; text++) {
        // bytes that do not continue one
        n += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return n;
}

void words_write_padded(FILE *stream, const char *text, size_t width) {
    fputs(text, stream);
    for (size_t n = words_count_characters(text); n < width; n++) {
        putc(' ', stream);
    }
}
