// SPDX-License-Identifier: MIT
#include "cli/fold.h"

#include <string.h>

static bool continues_character(char byte) {
    return ((unsigned char)byte & 0xC0u) == 0x80u;
}

static size_t count_blanks(const char *text, size_t length) {
    size_t n = 0;
    while (n < length && text[n] == ' ') {
        n++;
    }
    return n;
}

/** Whether a line is to be pasted: `- item`, or `key: {…}`, `key: […]`. */
static bool is_yaml(const char *text, size_t length) {
    size_t key = 0;
    if (length >= 2 && text[0] == '-' && text[1] == ' ') {
        return true;
    }
    while (key < length && ((text[key] >= 'a' && text[key] <= 'z') || text[key] == '_')) {
        key++;
    }
    return key > 0 && key + 2 < length && text[key] == ':' && text[key + 1] == ' ' &&
           (text[key + 2] == '{' || text[key + 2] == '[');
}

/** The column in which further pieces begin. */
static size_t find_indent(const char *line, size_t length, size_t width) {
    size_t start = count_blanks(line, length);
    size_t column = start;
    for (size_t at = start; at + 2 < length && column < width / 2; at++) {
        size_t gap = count_blanks(line + at, length - at);
        if (gap >= 2 && column + gap <= width / 2 && at + gap < length) {
            return column + gap;
        }
        column += !continues_character(line[at]);
    }
    return start + 4 <= width / 2 ? start + 4 : 0;
}

static size_t count_characters(const char *text, size_t length) {
    size_t n = 0;
    for (size_t at = 0; at < length; at++) {
        n += !continues_character(text[at]);
    }
    return n;
}

/** The bytes of the longest beginning of at most so many characters that ends with a word. A word
 * that is longer than a line is parted from nothing: the terminal does that. */
static size_t fitting(const char *text, size_t length, size_t width) {
    size_t best = 0;
    size_t column = 0;
    while (best < length) {
        size_t gap = count_blanks(text + best, length - best);
        size_t begin = best + gap;
        const char *end = memchr(text + begin, ' ', length - begin);
        size_t n = end != NULL ? (size_t)(end - text) - begin : length - begin;
        size_t characters = count_characters(text + begin, n);
        if (n == 0) {
            return column == 0 ? length : best; // blanks alone are left out
        }
        if (column > 0 && column + gap + characters > width && characters <= width) {
            return best;
        }
        column += gap + characters;
        best = begin + n;
    }
    return length;
}

bool fold_line(const char *line, size_t length, size_t width, fold_put put, void *to) {
    static const char blanks[] = "                                                                ";
    size_t start = count_blanks(line, length);
    if (width == 0 || is_yaml(line + start, length - start)) {
        return put(to, line, length);
    }
    size_t indent = find_indent(line, length, width);
    indent = indent < sizeof blanks ? indent : sizeof blanks - 1;
    size_t piece = fitting(line, length, width);
    bool written = put(to, line, piece);
    while (written && piece < length) {
        line += piece;
        length -= piece;
        size_t gap = count_blanks(line, length);
        line += gap;
        length -= gap;
        piece = fitting(line, length, width - indent);
        written =
            length == 0 || (put(to, "\n", 1) && put(to, blanks, indent) && put(to, line, piece));
    }
    return written;
}
