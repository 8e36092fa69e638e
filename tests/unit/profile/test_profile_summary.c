// SPDX-License-Identifier: MIT
/**
 * The summary for a terminal, line by line.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "profile/profile_document.h"

static char *printed;

static size_t line_width; /**< Of the terminal; 0: any. */

static int forget(void **state) {
    (void)state;
    free(printed);
    printed = NULL;
    return 0;
}

/** What is printed of a document; of the last call. */
static const char *print_document(const perebor_quality *quality, const perebor_leaks *leaks,
                                  const perebor_profile *profile) {
    size_t size = 0;
    (void)forget(NULL);
    FILE *stream = open_memstream(&printed, &size);
    assert_non_null(stream);
    const perebor_profile_document document = {.name = "shop",
                                               .file = "shop.yaml",
                                               .quality = quality,
                                               .leaks = leaks,
                                               .profile = profile};
    perebor_profile_document_print(&document, line_width, stream);
    assert_int_equal(fclose(stream), 0);
    return printed;
}

static void an_empty_document_says_that_nothing_was_found(void **state) {
    (void)state;
    const perebor_quality quality = {.problem = ""};
    assert_string_equal(print_document(&quality, NULL, NULL),
                        "shop (shop.yaml)\n\nTables as read\n"
                        "\nFindings in the tables as read: nothing\n"
                        "\nFindings left after the cleaning steps: nothing\n"
                        "\nFindings in the joined table: nothing\n"
                        "\nFindings left after the filters: nothing\n"
                        "\nCorrections by the experiment's steps: 0\n");
}

static void a_problem_is_told(void **state) {
    (void)state;
    const perebor_quality quality = {.problem = "a.csv:3: no"};
    assert_non_null(strstr(print_document(&quality, NULL, NULL),
                           "\nThe tables do not make a dataset\n  a.csv:3: no\n"));
}

static const perebor_finding findings[] = {
    {.kind = "gaps",
     .table = "people",
     .column = "age",
     .detail = "3 of 9 cells are gaps",
     .section = "data",
     .step = "missing: {numeric: median}"},
    {.kind = "byte_order_mark", .table = "people", .column = "", .detail = "a mark", .step = ""},
    {.kind = "outliers",
     .stage = PEREBOR_STAGE_JOINED,
     .table = "",
     .column = "sum",
     .detail = "2 of 900",
     .section = "data.filter",
     .step = "- {column: sum, op: \">=\", value: 1}\n- {column: sum, op: \"<=\", value: 9}"},
    {.kind = "constant",
     .stage = PEREBOR_STAGE_FINAL,
     .table = "",
     .column = "land",
     .detail = "9 of 9",
     .section = "data.features",
     .step = "drop: [land]"},
};

static void findings_stand_under_their_stage_with_their_step(void **state) {
    (void)state;
    const perebor_quality quality = {.findings = findings, .n_findings = 4, .problem = ""};
    const char *text = print_document(&quality, NULL, NULL);
    assert_non_null(strstr(text, "\nFindings in the tables as read\n"
                                 "  gaps               people.age: 3 of 9 cells are gaps\n"
                                 "      in data:\n        missing: {numeric: median}\n"
                                 "  byte_order_mark    people: a mark\n"
                                 "\nFindings left after the cleaning steps: nothing\n"));
    assert_non_null(strstr(text, "  outliers           sum: 2 of 900\n"
                                 "      in data.filter:\n"
                                 "        - {column: sum, op: \">=\", value: 1}\n"
                                 "        - {column: sum, op: \"<=\", value: 9}\n"));
    assert_non_null(strstr(text, "\nSteps that begin with \"- \" are lines of a list;"));
    assert_non_null(strstr(text, "  constant           land: 9 of 9\n\n"));
    assert_non_null(strstr(text, "      in data.features:\n        drop: [land]\n"));
}

/** What stands between the brackets of the step that drops columns. */
static void check_drops(const char *const *found, size_t n_found, const char *const *leaking,
                        size_t n_leaking, const char *expected) {
    perebor_finding quality_findings[8];
    perebor_leak leak_items[8];
    for (size_t i = 0; i < n_found; i++) {
        quality_findings[i] = findings[3];
        quality_findings[i].step = found[i];
    }
    for (size_t i = 0; i < n_leaking; i++) {
        leak_items[i] = (perebor_leak){
            .column = "", .detail = "", .section = "data.features", .step = leaking[i]};
    }
    const perebor_quality quality = {
        .findings = quality_findings, .n_findings = n_found, .problem = ""};
    const perebor_leaks leaks = {.items = leak_items, .n = n_leaking};
    const char *text = print_document(&quality, &leaks, NULL);
    const char *drop = strstr(text, "drop: [");
    assert_int_equal(drop == NULL, expected == NULL);
    if (drop != NULL && expected != NULL) {
        drop += strlen("drop: [");
        assert_memory_equal(drop, expected, strlen(expected));
        assert_memory_equal(drop + strlen(expected), "]\n", 2);
        assert_null(strstr(drop, "drop: ["));
    }
}

static void columns_to_drop_are_one_step_and_each_is_named_once(void **state) {
    (void)state;
    static const char *const found[] = {"drop: [a]", "drop: [\"b, c\"]", "drop: [a]",
                                        "drop: ['say \"x\"']", "drop: ['it''s \"y\"']"};
    static const char *const leaking[] = {"drop: [\"a\"]", "drop: [\"d\"]", "drop: [\"b, c\"]",
                                          "drop: [\"say \\\"x\\\"\"]",
                                          "drop: [\"it's \\\"y\\\"\"]"};
    check_drops(found, 5, leaking, 5, "a, \"b, c\", 'say \"x\"', 'it''s \"y\"', \"d\"");
    check_drops(found, 0, leaking, 2, "\"a\", \"d\"");
    check_drops(found, 1, leaking, 0, "a");
    check_drops(found, 0, leaking, 0, NULL);
}

static void names_that_only_begin_alike_are_all_dropped(void **state) {
    (void)state;
    static const char *const found[] = {"drop: [a]", "drop: [ab]", "drop: [\"\"]"};
    static const char *const leaking[] = {"drop: [\"ab c\"]", "drop: [\"a\\\\\"]"};
    check_drops(found, 3, leaking, 2, "a, ab, \"\", \"ab c\", \"a\\\\\"");
}

static void a_step_of_very_many_values_is_cut_at_a_character(void **state) {
    (void)state;
    enum { most = 4096 };
    static char step[most + 8];
    perebor_finding finding = findings[0];
    const perebor_quality quality = {.findings = &finding, .n_findings = 1, .problem = ""};
    for (size_t i = 0; i + 1 < most; i += 2) {
        memcpy(step + i, "я", 3);
    }
    finding.step = step;
    assert_null(strstr(print_document(&quality, NULL, NULL), "..."));
    step[0] = 'x';
    memmove(step + 1, "я", 2);
    for (size_t i = 1; i < most; i += 2) {
        memcpy(step + i, "я", 3); // one byte more than fits
    }
    const char *text = print_document(&quality, NULL, NULL);
    const char *dots = strstr(text, " ... (4097 bytes; whole in the file that -o writes)\n");
    assert_non_null(dots);
    assert_true(perebor_text_is_valid(text, strlen(text)));
    const char *begin = strstr(text, "        x");
    assert_int_equal(dots - begin, 8 + 4095);
}

static void two_hundred_findings_are_shown(void **state) {
    (void)state;
    static perebor_finding many[202];
    for (size_t i = 0; i < 202; i++) {
        many[i] = findings[1];
    }
    perebor_quality quality = {.findings = many, .n_findings = 200, .problem = ""};
    assert_null(strstr(print_document(&quality, NULL, NULL), "more"));
    quality.n_findings = 202;
    assert_non_null(strstr(print_document(&quality, NULL, NULL),
                           "  ... and 2 more; the file that -o writes has them all\n"));
}

static const perebor_column_summary summaries[] = {
    {.table = "people",
     .name = "age",
     .type = "integer",
     .n_distinct = 40,
     .n_missing = 2,
     .minimum = 18,
     .median = 41.5,
     .maximum = 90,
     .n_beyond_iqr = 3,
     .top = "40",
     .n_top = 9},
    {.table = "people",
     .name = "town",
     .type = "text",
     .n_distinct = 3,
     .minimum = NAN,
     .median = NAN,
     .maximum = NAN,
     .top = "Kazan",
     .n_top = 7},
    {.table = "people",
     .name = "name",
     .type = "text",
     .n_distinct = 9,
     .minimum = NAN,
     .median = NAN,
     .maximum = NAN,
     .top = "Ann",
     .n_top = 1},
    {.stage = PEREBOR_STAGE_CLEAN,
     .table = "people",
     .name = "hidden",
     .type = "text",
     .median = NAN,
     .top = ""},
};

static void columns_as_read_say_what_they_hold(void **state) {
    (void)state;
    const perebor_quality quality = {.columns = summaries, .n_columns = 4, .problem = ""};
    const char *text = print_document(&quality, NULL, NULL);
    assert_non_null(strstr(text, "\nTables as read\n"
                                 "  people.age  integer, 40 distinct, 2 gaps, 18 ... 41.5 ... 90, "
                                 "3 beyond 1.5 IQR\n"
                                 "  people.town  text, 3 distinct, most often \"Kazan\" (7)\n"
                                 "  people.name  text, 9 distinct\n\n"));
    assert_null(strstr(text, "hidden"));
}

static void corrections_of_rows_are_gathered_and_places_counted(void **state) {
    (void)state;
    static const uint32_t lines[] = {2, 5, 7, 9};
    static const perebor_correction corrections[] = {
        {"replace", "t", "c", "t.csv", "a", "b", lines, 4},
        {"sql", "t", "", "", "3 rows", "2 rows", NULL, 0},
        {"filter", "", "id", "t.csv", "11", "(dropped)", lines, 1},
        {"filter", "", "id", "t.csv", "12", "(dropped)", lines + 1, 1},
        {"filter", "", "id", "t.csv", "13", "(dropped)", lines + 2, 1},
        {"filter", "", "id", "t.csv", "14", "(dropped)", lines + 3, 1},
    };
    perebor_quality quality = {
        .corrections = corrections, .n_corrections = 5, .n_corrected = 8, .problem = ""};
    assert_null(strstr(print_document(&quality, NULL, NULL), "3 in all"));
    quality.n_corrections = 6;
    quality.n_corrected = 9;
    assert_non_null(strstr(print_document(&quality, NULL, NULL),
                           "\nCorrections by the experiment's steps: 9\n"
                           "  replace   t.csv:2, 5, 7, ... (4 in all) c: \"a\" -> \"b\"\n"
                           "  sql       t : \"3 rows\" -> \"2 rows\"\n"
                           "  filter    t.csv:2 id: \"11\" -> \"(dropped)\"\n"
                           "  filter    t.csv:5 id: \"12\" -> \"(dropped)\"\n"
                           "  filter    t.csv:7 id: \"13\" -> \"(dropped)\"\n"
                           "            ... 4 in all\n"));
}

static void leaks_are_named_with_what_to_do(void **state) {
    (void)state;
    static const perebor_leak items[] = {
        {.kind = PEREBOR_LEAK_ORDER,
         .column = "",
         .detail = "sorted",
         .section = "cv",
         .step = "shuffle: true"},
        {.kind = PEREBOR_LEAK_DUPLICATES,
         .column = "",
         .detail = "5 of 9",
         .section = "",
         .step = ""},
    };
    const perebor_quality quality = {.problem = ""};
    perebor_leaks leaks = {.items = items, .n = 2};
    assert_non_null(strstr(print_document(&quality, &leaks, NULL),
                           "\nLeaks\n  order              sorted\n      in cv:\n"
                           "        shuffle: true\n  twins              5 of 9\n"));
    leaks.n = 0;
    assert_non_null(strstr(print_document(&quality, &leaks, NULL), "\nLeaks: none found\n"));
}

static perebor_profile_column features[] = {
    {.name = "weak",
     .phik = 0.1,
     .phik_z = 1.25,
     .auc = 0.5,
     .p_adjusted = 0.25,
     .pearson = -0.125,
     .spearman = 0.5,
     .mutual_information = 0.0,
     .vif = 1.0,
     .strength = "weak"},
    {.name = "nothing",
     .phik = NAN,
     .phik_z = NAN,
     .auc = NAN,
     .p_adjusted = NAN,
     .pearson = NAN,
     .spearman = NAN,
     .mutual_information = NAN,
     .vif = NAN,
     .strength = ""},
    {.name = "сильный",
     .phik = 0.9,
     .phik_z = 30.0,
     .auc = 0.75,
     .p_adjusted = 1e-9,
     .pearson = 0.5,
     .spearman = 0.5,
     .mutual_information = 0.25,
     .vif = 2.5,
     .strength = "high"},
};

static void features_are_sorted_by_strength_and_gaps_are_dashes(void **state) {
    (void)state;
    const perebor_dataset dataset = {.n_rows = 8, .target_name = "gone", .positive_name = "yes"};
    const perebor_profile profile = {
        .dataset = &dataset, .n_positive = 3, .n_columns = 3, .columns = features};
    const perebor_quality quality = {.problem = ""};
    const char *text = strstr(print_document(&quality, NULL, &profile), "\nTarget");
    assert_non_null(text);
    assert_string_equal(
        text, "\nTarget gone: 3 of 8 rows are \"yes\" (37.5 %)\n"
              "  feature                                phi_k      Z  strength      auc   p (BH) "
              "Pearson Spearm.     MI    VIF\n"
              "  сильный                               0.9000   30.0  high        0.750  1.0e-09 "
              "  0.500   0.500  0.250   2.50\n"
              "  weak                                  0.1000    1.2  weak        0.500  2.5e-01 "
              " -0.125   0.500  0.000   1.00\n"
              "  nothing                                    -      -                  -        - "
              "      -       -      -      -\n");
}

static void names_have_lines_of_their_own_where_lines_are_short(void **state) {
    (void)state;
    const perebor_dataset dataset = {.n_rows = 8, .target_name = "gone", .positive_name = "yes"};
    const perebor_profile profile = {
        .dataset = &dataset, .n_positive = 3, .n_columns = 1, .columns = &features[1]};
    const perebor_quality quality = {.problem = ""};
    line_width = 111;
    assert_non_null(strstr(print_document(&quality, NULL, &profile), "  feature   "));
    line_width = 110;
    const char *text = strstr(print_document(&quality, NULL, &profile), "Target");
    line_width = 0;
    assert_non_null(text);
    for (const char *line = text; line != NULL; line = strchr(line + 1, '\n')) {
        assert_true(strcspn(line + 1, "\n") < 80);
    }
    assert_null(strstr(text, "feature"));
}

#define PRINTING(test) cmocka_unit_test_teardown(test, forget)

int main(void) {
    const struct CMUnitTest tests[] = {
        PRINTING(an_empty_document_says_that_nothing_was_found),
        PRINTING(a_problem_is_told),
        PRINTING(findings_stand_under_their_stage_with_their_step),
        PRINTING(columns_to_drop_are_one_step_and_each_is_named_once),
        PRINTING(names_that_only_begin_alike_are_all_dropped),
        PRINTING(a_step_of_very_many_values_is_cut_at_a_character),
        PRINTING(two_hundred_findings_are_shown),
        PRINTING(columns_as_read_say_what_they_hold),
        PRINTING(corrections_of_rows_are_gathered_and_places_counted),
        PRINTING(leaks_are_named_with_what_to_do),
        PRINTING(features_are_sorted_by_strength_and_gaps_are_dashes),
        PRINTING(names_have_lines_of_their_own_where_lines_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
