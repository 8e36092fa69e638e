// SPDX-License-Identifier: MIT
/**
 * What is noted is kept, and what is proposed reads back as it was meant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/yaml_tree.h"
#include "draw.h"
#include "inspect/quality_notes.h"

static struct {
    perebor_arena arena;
    quality_notes notes;
} kept;

static int open_notes(void **state) {
    (void)state;
    kept.arena = (perebor_arena){0};
    kept.notes = (quality_notes){.arena = &kept.arena};
    return 0;
}

static int close_notes(void **state) {
    (void)state;
    quality_notes_release(&kept.notes);
    perebor_arena_release(&kept.arena);
    return 0;
}

static const struct {
    const char *text, *yaml;
} scalars[] = {
    {"Москва", "Москва"},
    {"two words", "two words"},
    {"a-b_c.d", "a-b_c.d"},
    {"_x", "_x"},
    {"", "\"\""},
    {"1000", "\"1000\""},
    {"-1", "\"-1\""},
    {"3 rooms", "\"3 rooms\""},
    {" x", "\" x\""},
    {"x ", "\"x \""},
    {"yes", "\"yes\""},
    {"No", "\"No\""},
    {"NULL", "\"NULL\""},
    {"n", "\"n\""},
    {"nn", "nn"},
    {"a, b", "\"a, b\""},
    {"a: b", "\"a: b\""},
    {"[x]", "\"[x]\""},
    {"x#y", "\"x#y\""},
    {"it's", "\"it's\""},
    {"say \"x\"", "'say \"x\"'"},
    {"it's \"x\"", "'it''s \"x\"'"},
    {"tab\there", "\"tab\\there\""},
    {"\"\t", "\"\\\"\\t\""},
    {"back\\slash", "\"back\\\\slash\""},
};

static void texts_are_quoted_where_yaml_would_read_them_otherwise(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
        assert_string_equal(quality_yaml(&kept.notes, scalars[i].text), scalars[i].yaml);
    }
    assert_false(kept.notes.failed);
}

/** Reads "{a: [TEXT, TEXT], TEXT: 1}" and compares with the text. */
static void check_reads_back(const char *text) {
    perebor_arena arena = {0};
    yaml_node *root = NULL;
    perebor_error error = {0};
    const char *scalar = quality_yaml(&kept.notes, text);
    const char *line = quality_format(&kept.notes, "k: {a1: [%s, %s], %s: 1}\n", scalar, scalar,
                                      strcmp(text, "a1") == 0 ? "other" : scalar);
    if (yaml_tree_parse(&root, &arena, "e.yaml", true, line, strlen(line), &error) != PEREBOR_OK) {
        fail_msg("%s: %s", line, error.message);
    }
    const yaml_node *map = yaml_find(root, "k");
    const yaml_node *list = yaml_find(map, "a1");
    assert_int_equal(list->n, 2);
    assert_string_equal(list->first->text, text);
    assert_string_equal(list->first->next->text, text);
    assert_true(strcmp(text, "a1") == 0 || yaml_find(map, text) != NULL);
    perebor_arena_release(&arena);
}

static const char *const pieces[] = {"a",
                                     "Я",
                                     "ё",
                                     " ",
                                     "'",
                                     "\"",
                                     ":",
                                     ",",
                                     "[",
                                     "]",
                                     "{",
                                     "}",
                                     "#",
                                     "-",
                                     "\\",
                                     "\t",
                                     "\n",
                                     "\r",
                                     "%",
                                     "?",
                                     "&",
                                     "*",
                                     "1",
                                     ".",
                                     "e",
                                     "null",
                                     "true",
                                     "~",
                                     "!",
                                     "|",
                                     ">",
                                     "@",
                                     "`",
                                     "\x7F",
                                     "\xC2\xA0",
                                     "\xC2\x85",
                                     "\xE2\x80\xA8",
                                     "\xE2\x80\xA9",
                                     "\xEF\xBB\xBF",
                                     "€",
                                     "一",
                                     "\x01",
                                     "\x1B",
                                     "=",
                                     "\xF0\x9F\x98\x80"};
enum { n_pieces = sizeof pieces / sizeof *pieces };

static void every_text_reads_back_from_yaml(void **state) {
    (void)state;
    uint64_t seed = 31;
    for (size_t i = 0; i < n_pieces; i++) {
        check_reads_back(pieces[i]);
    }
    for (int i = 0; i < 3000; i++) {
        char text[64] = "";
        for (uint64_t n = draw_bits(&seed) % 6; n > 0; n--) {
            strcat(text, pieces[draw_bits(&seed) % n_pieces]);
        }
        check_reads_back(text);
    }
}

static void names_are_quoted_for_sql(void **state) {
    (void)state;
    assert_string_equal(quality_sql_name(&kept.notes, "x"), "\"x\"");
    assert_string_equal(quality_sql_name(&kept.notes, ""), "\"\"");
    assert_string_equal(quality_sql_name(&kept.notes, "a\"b\"\"c"), "\"a\"\"b\"\"\"\"c\"");
    assert_string_equal(quality_sql_name(&kept.notes, "it's"), "\"it's\"");
}

static void numbers_are_written_without_a_needless_fraction(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } numbers[] = {{600.0, "600"},   {-2.0, "-2"},
                   {0.0, "0"},       {-0.0, "-0"},
                   {0.5, "0.5"},     {98765.5, "98765.5"},
                   {10.05, "10.05"}, {1e-05, "1e-05"},
                   {1e16, "1e+16"},  {1.0 / 3.0, "0.3333333333333333"}};
    uint64_t seed = 5;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        assert_string_equal(quality_number(&kept.notes, numbers[i].value), numbers[i].text);
    }
    for (int i = 0; i < 500; i++) {
        double value = (draw_uniform(&seed) - 0.5) * (double)(draw_bits(&seed) % 100000);
        assert_true(strtod(quality_number(&kept.notes, value), NULL) == value);
    }
}

static void a_list_of_any_length_is_kept_whole(void **state) {
    (void)state;
    quality_list list = {0};
    assert_string_equal(quality_list_text(&list), "");
    char *expected = calloc(1, 20000);
    size_t length = 0;
    assert_non_null(expected);
    for (int i = 0; i < 3000; i++) {
        length += (size_t)snprintf(expected + length, 20000 - length, "%s%d", i > 0 ? "," : "", i);
        quality_list_add(&kept.notes, &list, "%s%d", i > 0 ? "," : "", i);
    }
    assert_string_equal(quality_list_text(&list), expected);
    assert_int_equal(list.length, length);
    free(expected);
    quality_list_release(&list);
    assert_null(list.text);
}

static void five_keys_are_shown_and_all_are_filtered(void **state) {
    (void)state;
    quality_ids ids = {0};
    assert_string_equal(quality_ids_shown(&kept.notes, &ids), "");
    for (int i = 1; i <= 40; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "k%d", i);
        quality_ids_add(&kept.notes, &ids, id);
        if (i == 1) {
            assert_string_equal(quality_ids_shown(&kept.notes, &ids), "k1");
            assert_string_equal(quality_ids_filter(&kept.notes, &ids, "the id:", "twice"),
                                "- {column: \"the id:\", op: not_in, values: [k1], reason: twice}");
        }
        if (i == 5) {
            assert_string_equal(quality_ids_shown(&kept.notes, &ids), "k1, k2, k3, k4, k5");
        }
    }
    assert_string_equal(quality_ids_shown(&kept.notes, &ids), "k1, k2, k3, k4, k5, ...");
    const char *filter = quality_ids_filter(&kept.notes, &ids, "id", "twice");
    assert_non_null(strstr(filter, "k39, k40], reason: twice}"));
    assert_int_equal(ids.n, 40);
    quality_ids_release(&ids);
}

static void findings_keep_copies_and_the_stage_of_the_look(void **state) {
    (void)state;
    char name[16] = "c0";
    const char *ids[] = {"a", "b"};
    for (int i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof name, "c%d", i);
        kept.notes.stage = (perebor_cleaning_stage)(i / 25);
        quality_note_finding(&kept.notes,
                             (perebor_finding){.kind = "gaps",
                                               .column = name,
                                               .n = (uint64_t)i,
                                               .ids = ids,
                                               .n_ids = (size_t)(i % 3)},
                             "%d of 100", i);
    }
    strcpy(name, "changed");
    ids[0] = "changed";
    assert_int_equal(kept.notes.n_findings, 100);
    for (size_t i = 0; i < 100; i++) {
        const perebor_finding *finding = &kept.notes.findings[i];
        assert_string_equal(finding->column, quality_format(&kept.notes, "c%zu", i));
        assert_string_equal(finding->table, "");
        assert_string_equal(finding->step, "");
        assert_int_equal(finding->stage, i / 25);
        assert_int_equal(finding->n_ids, i % 3);
        assert_true(finding->n_ids == 0 || strcmp(finding->ids[0], "a") == 0);
        assert_string_equal(finding->detail, quality_format(&kept.notes, "%zu of 100", i));
    }
    assert_int_equal(quality_notes_check(&kept.notes, NULL), PEREBOR_OK);
}

static void a_long_detail_ends_with_a_whole_character(void **state) {
    (void)state;
    char text[1500];
    for (size_t shift = 0; shift < 2; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i + 2 < sizeof text; i += 2) {
            memcpy(text + i, "я", 3);
        }
        quality_note_finding(&kept.notes, (perebor_finding){.kind = "gaps"}, "%s", text);
        const char *detail = kept.notes.findings[kept.notes.n_findings - 1].detail;
        size_t length = strlen(detail);
        assert_int_equal(length, shift == 0 ? 1022 : 1023);
        assert_true(perebor_text_is_valid(detail, length));
        assert_memory_equal(detail, text, length);
    }
}

static void corrections_count_their_places_or_one(void **state) {
    (void)state;
    uint32_t *lines = quality_note_correction(&kept.notes, (perebor_correction){.step = "replace",
                                                                                .table = "t",
                                                                                .column = "c",
                                                                                .file = "t.csv",
                                                                                .before = "a",
                                                                                .after = "b",
                                                                                .n_lines = 3});
    assert_non_null(lines);
    for (uint32_t i = 0; i < 3; i++) {
        lines[i] = 7 + i;
    }
    assert_non_null(quality_note_correction(&kept.notes, (perebor_correction){.step = "sql",
                                                                              .table = "t",
                                                                              .column = "",
                                                                              .file = "t.csv",
                                                                              .before = "a",
                                                                              .after = ""}));
    assert_int_equal(kept.notes.n_corrected, 4);
    assert_int_equal(kept.notes.n_corrections, 2);
    const perebor_correction *made = kept.notes.corrections;
    assert_int_equal(made[0].lines[2], 9);
    assert_ptr_equal(made[0].file, made[1].file); // agreeing texts are kept once
    assert_string_equal(made[1].step, "sql");
    assert_string_equal(made[1].after, "");
}

#define NOTING(test) cmocka_unit_test_setup_teardown(test, open_notes, close_notes)

int main(void) {
    const struct CMUnitTest tests[] = {
        NOTING(texts_are_quoted_where_yaml_would_read_them_otherwise),
        NOTING(every_text_reads_back_from_yaml),
        NOTING(names_are_quoted_for_sql),
        NOTING(numbers_are_written_without_a_needless_fraction),
        NOTING(a_list_of_any_length_is_kept_whole),
        NOTING(five_keys_are_shown_and_all_are_filtered),
        NOTING(findings_keep_copies_and_the_stage_of_the_look),
        NOTING(a_long_detail_ends_with_a_whole_character),
        NOTING(corrections_count_their_places_or_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
