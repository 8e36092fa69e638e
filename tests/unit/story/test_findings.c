// SPDX-License-Identifier: MIT
/** Findings: their order, which are ignored, and that every code has its meaning and its place in
 * docs/reference/findings.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "story/finding_codes.h"
#include "story/finding_list.h"
#include "story/phrase.h"

static void the_gravest_comes_first(void **state) {
    (void)state;
    story told = {.ignored = "", .unknown = ""};
    story_add_finding(&told, 14, STORY_NOTE, "search", "", NAME("c"));
    story_add_finding(&told, 20, STORY_SERIOUS, "model", "", NAME("a"));
    story_add_finding(&told, 2, STORY_NOTE, "verdict", "", NAME("b"));
    const char *const order[] = {"a", "b", "c"};
    const story_finding *finding = told.findings;
    for (size_t i = 0; i < 3; i++, finding = finding->next) {
        assert_string_equal(finding->sentence.in[0], order[i]);
    }
    assert_null(finding);
    story_release(&told);
}

static void what_is_ignored_is_named_and_not_told(void **state) {
    (void)state;
    story told = {.ignored = "", .unknown = ""};
    finding_list_ignore(&told, "[\"PRB014\",\"PRB030\",\"PRB999\"]");
    story_add_finding(&told, 14, STORY_NOTE, "search", "", NAME("x"));
    story_add_finding(&told, 14, STORY_NOTE, "search", "", NAME("y"));
    story_add_finding(&told, 1, STORY_NOTE, "search", "", NAME("z"));
    assert_string_equal(told.findings->sentence.in[0], "z");
    assert_null(told.findings->next);
    assert_string_equal(told.ignored, "PRB014");
    assert_string_equal(told.unknown, "PRB999");
    story_release(&told);
}

static void every_code_is_documented(void **state) {
    (void)state;
    static char page[100000];
    FILE *file = fopen(PEREBOR_SOURCE_DIR "/docs/reference/findings.md", "r");
    assert_non_null(file);
    size_t length = fread(page, 1, sizeof page - 1, file), n = 0;
    (void)fclose(file);
    page[length] = '\0';
    for (unsigned code = 0; code < 1000; code++) {
        char heading[32];
        (void)snprintf(heading, sizeof heading, "\n## PRB%03u\n", code);
        bool has_meaning = finding_meaning(code) != NULL;
        assert_int_equal(strstr(page, heading) != NULL, has_meaning);
        n += has_meaning;
    }
    assert_true(n > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gravest_comes_first),
        cmocka_unit_test(what_is_ignored_is_named_and_not_told),
        cmocka_unit_test(every_code_is_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
