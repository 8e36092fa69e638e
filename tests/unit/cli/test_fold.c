// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/fold.h"

static char written[4096];
static size_t n_written, n_allowed;

static bool keep(void *to, const char *bytes, size_t size) {
    assert_null(to);
    if (n_written + size > n_allowed) {
        return false;
    }
    memcpy(written + n_written, bytes, size);
    n_written += size;
    written[n_written] = '\0';
    return true;
}

static const char *fold(const char *line, size_t width) {
    n_written = 0;
    n_allowed = sizeof written - 1;
    written[0] = '\0';
    assert_true(fold_line(line, strlen(line), width, keep, NULL));
    return written;
}

static void lines_are_parted_between_words(void **state) {
    (void)state;
    static const struct {
        const char *line;
        size_t width;
        const char *folded;
    } cases[] = {
        {"", 10, ""},
        {"short", 5, "short"},
        {"one two three", 0, "one two three"},
        {"one two three", 7, "one two\nthree"},
        {"one two three", 12, "one two\n    three"},
        {"one two three", 13, "one two three"},
        {"one two   ", 7, "one two"}, // blanks alone are no piece
        {"label  one two three", 15, "label  one two\n       three"},
        {"  row  12 3  4 567", 14, "  row  12 3  4\n       567"},
        {"Маркет  один два три", 16, "Маркет  один два\n        три"},
        {"a-word-longer-than-a-line and more", 8, "a-word-longer-than-a-line\n    and\n    more"},
        {"        - {op: replace, map: {a: b}}", 10, "        - {op: replace, map: {a: b}}"},
        {"    drop: [one, two, three]", 10, "    drop: [one, two, three]"},
        {"digest 0123456789abcdef", 12, "digest 0123456789abcdef"}, // a word that fits nowhere
        {"note: one two three", 10, "note: one\n    two\n    three"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(fold(cases[i].line, cases[i].width), cases[i].folded);
    }
}

/** The words of random lines are all there, in their order; a piece that is too wide ends with a
 * word that fits nowhere, or is an indented word. */
static void nothing_is_lost_whatever_the_width(void **state) {
    (void)state;
    uint32_t random = 1;
    for (size_t round = 0; round < 20000; round++) {
        char line[200];
        size_t n = 0;
        size_t width = 1 + round % 60;
        while (n < 160 && (random = random * 1664525u + 1013904223u) >> 28 != 0) {
            uint32_t kind = random >> 24 & 7u;
            const char *part = kind < 2 ? " " : kind == 2 ? "Я" : kind == 3 ? "   " : "x";
            memcpy(line + n, part, strlen(part));
            n += strlen(part);
        }
        line[n] = '\0';
        const char *found = fold(line, width);
        const char *wanted = line;
        size_t column = 0;
        size_t n_word = 0;
        size_t n_words = 0; // of the piece
        for (; *found != '\0'; found++) {
            if (*found == '\n') {
                assert_true(column <= width || n_words <= 1 || n_word > (width + 1) / 2);
                column = n_word = n_words = 0;
                continue;
            }
            column += ((unsigned char)*found & 0xC0u) != 0x80u;
            n_word = *found == ' ' ? 0 : n_word + (((unsigned char)*found & 0xC0u) != 0x80u);
            n_words += n_word == 1 && ((unsigned char)*found & 0xC0u) != 0x80u;
            if (*found == ' ') {
                continue;
            }
            while (*wanted == ' ') {
                wanted++;
            }
            assert_true(*wanted == *found);
            wanted++;
        }
        while (*wanted == ' ') {
            wanted++;
        }
        assert_true(*wanted == '\0');
    }
}

static void a_failure_ends_it(void **state) {
    (void)state;
    static const char line[] = "one two three four";
    size_t whole = strlen(fold(line, 8));
    for (size_t allowed = 0; allowed < whole; allowed++) {
        n_written = 0;
        n_allowed = allowed;
        assert_false(fold_line(line, strlen(line), 8, keep, NULL));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_parted_between_words),
        cmocka_unit_test(nothing_is_lost_whatever_the_width),
        cmocka_unit_test(a_failure_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
