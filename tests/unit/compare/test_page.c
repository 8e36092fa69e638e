// SPDX-License-Identifier: MIT
/** Pages: 80 columns in a terminal, whole in Markdown, and nothing that acts upon either. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "compare/page.h"

static char written[4096];

static page begin(bool is_markdown) {
    memset(written, 0, sizeof written);
    FILE *stream = fmemopen(written, sizeof written, "w");
    assert_non_null(stream);
    return (page){.stream = stream, .is_markdown = is_markdown};
}

static const char *end(page *page) {
    assert_int_equal(page_end(page, NULL), PEREBOR_OK);
    (void)fclose(page->stream);
    return written;
}

/** The longest line, in characters. */
static size_t longest_line(const char *text) {
    size_t most = 0;
    char *copy = strdup(text), *rest = NULL;
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        size_t n = perebor_text_n_characters(line);
        most = n > most ? n : most;
    }
    free(copy);
    return most;
}

static void paragraphs_are_wrapped_in_a_terminal_alone(void **state) {
    (void)state;
    static const char text[] = "слово ± word word word word word word word word word word word "
                               "word word word word word word word word word word";
    page plain = begin(false);
    page_item(&plain, text);
    assert_true(longest_line(end(&plain)) <= PAGE_WIDTH);
    assert_true(strncmp(written, "  * слово ± word", 16) == 0);
    page broken = begin(false);
    page_item(&broken, "of {\"first\":\"0123456789012345678901234567890123456789\",\"second\":"
                       "\"0123456789012345678901234567890123456789\",\"third\":1}");
    assert_true(longest_line(end(&broken)) <= PAGE_WIDTH);
    assert_non_null(strstr(written, "9\",\n    \"second\":"));
    page markdown = begin(true);
    page_item(&markdown, text);
    assert_true(longest_line(end(&markdown)) > PAGE_WIDTH);
}

static void wide_tables_have_their_texts_cut_and_never_their_numbers(void **state) {
    (void)state;
    static const char longer[] =
        "a/very/long/path/that/does/not/fit/into/a/line/of/eighty/columns.h5";
    const char *const cells[] = {
        "file", "what", "n", longer, "текст, который не помещается в строку", "1234567890.123456"};
    const page_table table = {.alignment = "plr", .cells = cells, .n_rows = 2};
    page plain = begin(false);
    page_write_table(&plain, &table);
    assert_int_equal(longest_line(end(&plain)), PAGE_WIDTH);
    assert_non_null(strstr(written, "1234567890.123456\n"));
    assert_non_null(strstr(written, "columns.h5"));
    assert_non_null(strstr(written, "  …"));
    assert_non_null(strstr(written, "…  1234567890"));
    page markdown = begin(true);
    page_write_table(&markdown, &table);
    assert_non_null(strstr(end(&markdown), longer));
    assert_non_null(strstr(written, "| file | what | n |\n|---|---|---:|\n"));
}

static void nothing_acts_upon_a_terminal_or_a_reader(void **state) {
    (void)state;
    page plain = begin(false);
    page_heading(&plain, "a\x1b[31m\nb");
    assert_string_equal(end(&plain), "\na\\x1b[31m\\x0ab\n");
    page markdown = begin(true);
    page_paragraph(&markdown, "~ a|b <script> `x` [y](z) *w*");
    assert_string_equal(end(&markdown), "\\~ a\\|b \\<script> \\`x\\` \\[y](z) \\*w\\*\n\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paragraphs_are_wrapped_in_a_terminal_alone),
        cmocka_unit_test(wide_tables_have_their_texts_cut_and_never_their_numbers),
        cmocka_unit_test(nothing_acts_upon_a_terminal_or_a_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
