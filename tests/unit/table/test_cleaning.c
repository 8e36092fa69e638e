// SPDX-License-Identifier: MIT
/**
 * Cleaning steps: which cells a pair means, what is logged and warned of, and how text is made
 * alike.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "table_scratch.h"
#include "table_specs.h"

/** The texts of a nominal column x after a step, separated by blanks; "-" for a gap. */
static loaded load_after(const perebor_clean_step *clean, char texts[512]) {
    static perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.clean = clean;
    spec.n_clean = 1;
    spec.roles.nominal = TEXTS("x");
    loaded loaded = expect_loaded(&spec);
    const perebor_column *x = find_column(loaded.dataset, "x");
    texts[0] = '\0';
    for (size_t row = 0; row < loaded.dataset->n_rows; row++) {
        (void)strcat(texts, row > 0 ? " " : "");
        (void)strcat(texts, isnan(x->values[row]) ? "-" : x->levels[(int)x->values[row]]);
    }
    return loaded;
}

static const struct {
    const char *about, *file, *from, *to;
    bool plain;
    const char *after, *warning;
} pairs[] = {
    {"a text means that text", "x,y\n0,0\n0.0,1\n00,0\n-0,1\n", "0", "z", false, "z 0.0 00 -0",
     NULL},
    {"a number means every way to write it", "x,y\n0,0\n0.0,1\n00,0\n-0,1\n", "0", "z", true,
     "z z z z", NULL},
    {"in whatever form it is given itself", "x,y\n1.5,0\n1.50,1\n15e-1,0\n2,1\n", "1.500", NULL,
     true, "- - - 2", NULL},
    {"a decimal comma of the table", "x;y\n1,5;0\n1,50;1\n2;0\n", "1.5", "3", true, "3 3 2", NULL},
    {"a comma in a text is the table's", "x;y\n1,5;0\n1,50;1\n2;0\n", "1,5", "3", false, "3 1.50 2",
     NULL},
    {"a plain word is a word", "x,y\nyes,0\nno,1\nyes,0\n", "yes", "y", true, "y no y", NULL},
    {"a text that no cell has, though its number occurs", "x,y\n5.0,0\n7,1\n05,0\n", "5", "1",
     false, "5.0 7 05",
     "flat.csv:2: column \"x\": replace finds no \"5\", but 2 cells such as \"5.0\"; write the "
     "number without quotes to mean them too"},
    {"a text that no cell has in any form", "x,y\n5.0,0\n7,1\n05,0\n", "6", "1", false, "5.0 7 05",
     NULL},
    {"a gap becomes a value", "x,y\na,0\n,1\nNA,0\n", "", "none", false, "a none none", NULL},
};

static void a_pair_means_a_text_or_a_number(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char texts[512];
        const perebor_clean_step clean = {.kind = PEREBOR_STEP_REPLACE,
                                          .table = "flat",
                                          .columns = TEXTS("x"),
                                          .from = {&pairs[i].from, 1},
                                          .to = {&pairs[i].to, 1},
                                          .from_plain = &pairs[i].plain};
        scratch_write("flat.csv", pairs[i].file);
        loaded loaded = load_after(&clean, texts);
        if (strcmp(texts, pairs[i].after) != 0) {
            fail_msg("%s: \"%s\", not \"%s\"", pairs[i].about, texts, pairs[i].after);
        }
        assert_int_equal(loaded.report.n_warnings, pairs[i].warning != NULL ? 1 : 0);
        if (pairs[i].warning != NULL) {
            assert_string_equal(loaded.report.warnings[0], pairs[i].warning);
        }
        loaded_release(&loaded);
    }
}

static void a_pair_of_several_columns_says_where_it_was_found(void **state) {
    (void)state;
    char texts[512];
    const perebor_clean_step clean = {
        .kind = PEREBOR_STEP_REPLACE, .from = TEXTS("q"), .to = TEXTS("r"), .reason = "typo"};
    scratch_write("flat.csv", "x,c1,c2,y\nq,q,a,0\nb,q,q,1\n");
    loaded loaded = load_after(&clean, texts);
    assert_string_equal(texts, "r b");
    assert_string_equal(loaded.report.steps[0].detail,
                        "flat: \"q\" -> \"r\" in x 1, c1 2, c2 1: typo");
    assert_string_equal(loaded.report.steps[0].column, "");
    assert_int_equal(loaded.report.steps[0].n_cells, 4);
    loaded_release(&loaded);
    scratch_write("flat.csv",
                  "x,c1,c2,c3,c4,c5,c6,c7,c8,y\nq,q,q,q,q,q,q,q,q,0\na,b,b,b,b,b,b,b,b,1"
                  "\n");
    loaded = load_after(&clean, texts);
    assert_string_equal(loaded.report.steps[0].detail,
                        "flat: \"q\" -> \"r\" in x 1, c1 1, c2 1, c3 1, c4 1, c5 1, c6 1, c7 1 …: "
                        "typo");
    loaded_release(&loaded);
}

static void a_value_that_stays_is_not_counted(void **state) {
    (void)state;
    char texts[512];
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_REPLACE,
                                      .columns = TEXTS("x"),
                                      .from = TEXTS("a", "b"),
                                      .to = TEXTS("a", "a")};
    scratch_write("flat.csv", "x,y\na,0\nb,1\na,0\nc,1\n");
    loaded loaded = load_after(&clean, texts);
    assert_string_equal(texts, "a a a c");
    assert_int_equal(loaded.report.steps[0].n_cells, 0);
    assert_int_equal(loaded.report.steps[1].n_cells, 1);
    assert_string_equal(loaded.report.steps[1].detail, "flat.x: \"b\" -> \"a\"");
    assert_string_equal(loaded.report.steps[1].column, "x");
    loaded_release(&loaded);
}

/** A й and an é, of two characters each. */
#define APART                                                                                      \
    "и\xCC\x86 e\xCC\x81"                                                                         \
    "9"

static const struct {
    const char *about, *form, *letter_case;
    bool trim;
    const char *after, *detail;
    uint64_t n_cells;
} rules[] = {
    {"nothing", NULL, NULL, false, " Ａb " APART, "flat:", 0},
    {"white space", NULL, NULL, true, "Ａb " APART, "flat: trim", 1},
    {"composed letters", "NFC", NULL, false, " Ａb й é9", "flat: NFC", 2},
    {"wide letters too", "NFKC", NULL, true, "Ab й é9", "flat: NFKC trim", 3},
    {"small letters", NULL, "lower", true, "ａb " APART, "flat: trim lower", 1},
    {"capital letters", "NFKC", "upper", true, "AB Й É9", "flat: NFKC trim upper", 3},
};

static void text_is_made_alike_by_the_rule_that_is_given(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,y\n Ａb,0\nи\xCC\x86,1\ne\xCC\x81"
                              "9,0\n");
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        char texts[512];
        const perebor_clean_step clean = {.kind = PEREBOR_STEP_NORMALIZE,
                                          .form = rules[i].form,
                                          .trim = rules[i].trim,
                                          .case_fold = rules[i].letter_case};
        loaded loaded = load_after(&clean, texts);
        if (strcmp(texts, rules[i].after) != 0) {
            fail_msg("%s: \"%s\"", rules[i].about, texts);
        }
        assert_int_equal(loaded.report.steps[0].n_cells, rules[i].n_cells);
        assert_string_equal(loaded.report.steps[0].detail, rules[i].detail);
        loaded_release(&loaded);
    }
}

static void a_text_that_becomes_a_number_is_one(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,y\n\xC2\xA0"
                              "7,0\n８,1\n9 ,0\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    const perebor_clean_step clean = {
        .kind = PEREBOR_STEP_NORMALIZE, .columns = TEXTS("x"), .form = "NFKC", .trim = true};
    spec.clean = &clean;
    spec.n_clean = 1;
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->columns[0].role, PEREBOR_ROLE_NUMERIC);
    assert_true(loaded.dataset->columns[0].values[1] == 8.0);
    assert_string_equal(loaded.report.steps[0].column, "x");
    loaded_release(&loaded);
}

static void a_rule_that_there_is_not_is_an_error(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,y\na,0\nb,1\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    perebor_clean_step clean = {.kind = PEREBOR_STEP_NORMALIZE, .form = "NFD", .at = {6, 5, NULL}};
    spec.clean = &clean;
    spec.n_clean = 1;
    expect_error(&spec, "experiment.yaml:6:5: form \"NFD\" is neither NFC nor NFKC");
    clean.form = "NFC";
    clean.case_fold = "title";
    expect_error(&spec, "experiment.yaml:6:5: case \"title\" is neither lower nor upper");
}

static void columns_of_a_step_are_looked_for_in_its_tables(void **state) {
    (void)state;
    const perebor_table_source sources[] = {{.name = "flat", .path = "flat.csv", .key = "id"},
                                            {.name = "more", .path = "more.csv", .key = "id"}};
    perebor_clean_step clean = {
        .kind = PEREBOR_STEP_NORMALIZE, .columns = TEXTS("w"), .at = {0, 0, "--set data.clean"}};
    perebor_tables_spec spec = {.file = "experiment.yaml",
                                .sources = sources,
                                .n_sources = 2,
                                .clean = &clean,
                                .n_clean = 1,
                                .join = {.on = "id", .tables = TEXTS("more")},
                                .roles = {.id = "id", .target = "y", .detect = true}};
    scratch_write("flat.csv", "id,y\n1,0\n2,1\n");
    scratch_write("more.csv", "id,z\n1,a\n2,b\n");
    expect_error(&spec, "--set data.clean: no table has a column \"w\"");
    clean.columns = TEXTS("z");
    loaded loaded = expect_loaded(&spec); // one of the tables has it
    assert_int_equal(loaded.report.n_steps, 3);
    loaded_release(&loaded);
    clean.table = "flat";
    expect_error(&spec,
                 "--set data.clean: table \"flat\" has no column \"z\"; it has \"id\", \"y\"");
    clean.columns = TEXTS("z*");
    expect_error(&spec, "--set data.clean: no column matches \"z*\"");
    clean.table = "others";
    expect_error(&spec, "--set data.clean: there is no table \"others\"; the tables are \"flat\", "
                        "\"more\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_means_a_text_or_a_number),
        cmocka_unit_test(a_pair_of_several_columns_says_where_it_was_found),
        cmocka_unit_test(a_value_that_stays_is_not_counted),
        cmocka_unit_test(text_is_made_alike_by_the_rule_that_is_given),
        cmocka_unit_test(a_text_that_becomes_a_number_is_one),
        cmocka_unit_test(a_rule_that_there_is_not_is_an_error),
        cmocka_unit_test(columns_of_a_step_are_looked_for_in_its_tables),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
