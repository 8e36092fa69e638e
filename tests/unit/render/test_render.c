// SPDX-License-Identifier: MIT
/** What must not get out of a page's data, a table of Markdown or a column of bytes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/render.h"
#include "story/phrase.h"

static const char wicked[] = "</script><!--<b>\x1b[31m|\n\xe2\x80\xae`x`";

typedef perebor_status rendering(const story *story, story_language language, FILE *stream,
                                 perebor_error *error);

/** The caller frees it. */
static char *write_down(rendering *render, const story *story, story_language language) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    assert_int_equal(render(story, language, stream, NULL), PEREBOR_OK);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static story tell(size_t n_rows) {
    story made = {.title = wicked, .ignored = "", .unknown = "", .headline = NAME("verdict")};
    story_chapter *chapter = story_add_chapter(&made, "data", WORDS("Data", "Данные"));
    story_figure *figure = story_add_figure(&made, chapter, "one", "bars", n_rows);
    const char **name = story_add_terms(&made, figure, "name", "x", NAME(wicked));
    double *few = story_add_numbers(&made, figure, "few", "", NAME("few"), STORY_WHOLE, 0);
    double *many = story_add_numbers(&made, figure, "many", "", NAME("many"), STORY_REAL, 3);
    double *gaps = story_add_numbers(&made, figure, "gaps", "", NAME("gaps"), STORY_REAL, 3);
    double *line = story_add_numbers(&made, figure, "line", "", NAME("line"), STORY_WHOLE, 0);
    double *large = story_add_numbers(&made, figure, "large", "", NAME("large"), STORY_WHOLE, 0);
    for (size_t i = 0; i < n_rows; i++) {
        name[i] = i == 1 ? NULL : wicked;
        few[i] = i == 2 ? (double)NAN : (double)(i % 3);
        many[i] = sqrt((double)i);
        gaps[i] = i % 4 == 0 ? sqrt((double)i) : (double)NAN;
        line[i] = 10.0 + 2.0 * (double)i;
        large[i] = 16777217.0 + (double)(i * i);
    }
    return made;
}

/** Between two marks of a page. */
static char *part_of(const char *page, const char *begin, const char *end) {
    const char *from = strstr(page, begin);
    assert_non_null(from);
    from += strlen(begin);
    const char *to = strstr(from, end);
    assert_non_null(to);
    return strndup(from, (size_t)(to - from));
}

static void nothing_gets_out_of_the_island(void **state) {
    (void)state;
    story told = tell(3);
    char *page = write_down(render_html, &told, STORY_ENGLISH);
    char *island = part_of(page, "id=\"story\">", "</script>");
    // The first end tag ends it: all of the document is before, down to its last brace.
    assert_int_equal(island[strlen(island) - 1], '}');
    assert_null(strpbrk(island, "<>&"));
    assert_non_null(strstr(island, "\\u003c/script\\u003e\\u003c!--"));
    assert_non_null(strstr(island, "\\u001b[31m"));
    char *title = part_of(page, "<title>", "</title>");
    assert_null(strchr(title, '<'));
    assert_null(strchr(title, '\x1b'));
    assert_non_null(strstr(page, "<html lang=\"en\">"));
    free(island);
    free(title);
    free(page);
    story_release(&told);
}

static void pages_begin_as_reports_are_known_by(void **state) {
    (void)state;
    story told = tell(3);
    const struct {
        rendering *render;
        const char *beginning;
    } forms[] = {{render_html, render_html_beginning},
                 {render_json, render_json_beginning},
                 {render_markdown, render_markdown_beginning}};
    for (size_t i = 0; i < 3; i++) {
        char *text = write_down(forms[i].render, &told, STORY_RUSSIAN);
        assert_memory_equal(text, forms[i].beginning, strlen(forms[i].beginning));
        assert_true(strlen(forms[i].beginning) < 60); // output.h
        free(text);
    }
    story_release(&told);
}

static void markdown_stays_a_table(void **state) {
    (void)state;
    story told = tell(100);
    char *text = write_down(render_markdown, &told, STORY_ENGLISH);
    assert_null(strchr(text, '\x1b'));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_null(strstr(strstr(text, "\n# "), "<b>")); // in the head it is a quoted title
    assert_non_null(strstr(text, "… and 70 more rows"));
    size_t n_cells = 0;
    const char *row = strstr(text, "\n| &lt;/script>");
    assert_non_null(row);
    for (const char *at = row + 1; *at != '\n'; at++) {
        n_cells += *at == '|' && at[-1] != '\\';
    }
    assert_int_equal(n_cells, 7); // six columns
    free(text);
    story_release(&told);
}

/** The bytes of an element, as a browser's atob() has them. */
static size_t decode(const char *text, uint8_t *bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    size_t n = 0, n_bits = 0;
    for (; *text != '\0' && *text != '='; text++) {
        bits = bits << 6 | (uint32_t)(strchr(digits, *text) - digits);
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            bytes[n++] = (uint8_t)(bits >> n_bits);
        }
    }
    return n;
}

static size_t read_element(const char *page, const char *column, const char *as, uint8_t *bytes) {
    char key[64], id[64];
    (void)snprintf(key, sizeof key, "\"name\":\"%s\"", column);
    const char *described = strstr(page, key);
    assert_non_null(described);
    const char *end = strstr(described, "\"in\":\"");
    assert_non_null(end);
    (void)snprintf(key, sizeof key, "\"as\":\"%s\"", as);
    const char *how = strstr(described, key);
    assert_true(how != NULL && how < end);
    unsigned number = (unsigned)strtoul(end + strlen("\"in\":\"c"), NULL, 10);
    (void)snprintf(id, sizeof id, " id=\"c%u\">", number);
    char *element = part_of(page, id, "</script>");
    size_t n = decode(element, bytes);
    free(element);
    return n;
}

static void long_columns_are_bytes_that_read_back(void **state) {
    (void)state;
    enum { n = 2001 };
    static uint8_t bytes[8 * n + 8];
    story told = tell(n);
    char *page = write_down(render_html, &told, STORY_ENGLISH);
    assert_int_equal(read_element(page, "few", "codes", bytes), n);
    assert_true(bytes[0] == 0 && bytes[1] == 1 && bytes[2] == 255 && bytes[3] == 0);
    assert_int_equal(read_element(page, "many", "float32", bytes), 4 * n);
    for (size_t i = 0; i < n; i++) {
        float value;
        memcpy(&value, bytes + 4 * i, sizeof value); // this machine has the least byte first
        assert_true(value == (float)sqrt((double)i));
    }
    size_t n_mask = (n + 7) / 8, n_there = (n + 3) / 4;
    assert_int_equal(read_element(page, "gaps", "present32", bytes), n_mask + 4 * n_there);
    assert_int_equal(bytes[0], 0x88);
    assert_int_equal(read_element(page, "large", "float64", bytes), 8 * n);
    double last;
    memcpy(&last, bytes + 8 * (n - 1), sizeof last);
    assert_true(last == 16777217.0 + 2000.0 * 2000.0);
    assert_non_null(strstr(page, "\"values\":{\"as\":\"sequence\",\"of\":[10.0,2.0]}"));
    free(page);
    story_release(&told);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_gets_out_of_the_island),
        cmocka_unit_test(pages_begin_as_reports_are_known_by),
        cmocka_unit_test(markdown_stays_a_table),
        cmocka_unit_test(long_columns_are_bytes_that_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
