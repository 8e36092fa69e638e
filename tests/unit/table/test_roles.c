// SPDX-License-Identifier: MIT
/**
 * What columns become: ordinal and boolean values, targets, groups, identifiers, and what columns
 * that are asked for and are not there are told.
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

static void usual_words_are_true_and_false(void **state) {
    (void)state;
    static const perebor_boolean_column boolean = {.name = "x", .at = {9, 3, NULL}};
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.boolean = &boolean;
    spec.roles.n_boolean = 1;
    scratch_write("flat.csv", "x,y\ntrue,0\nFalse,1\nNO,0\nYes,1\n1,1\n0,0\n,1\n");
    static const double expected[] = {1, 0, 0, 1, 1, 0};
    loaded loaded = expect_loaded(&spec);
    const perebor_column *x = find_column(loaded.dataset, "x");
    assert_int_equal(x->role, PEREBOR_ROLE_BOOLEAN);
    assert_memory_equal(x->values, expected, sizeof expected);
    assert_true(isnan(x->values[6]));
    assert_int_equal(x->n_levels, 2);
    assert_string_equal(x->levels[0], "false");
    assert_string_equal(x->levels[1], "true");
    loaded_release(&loaded);
    scratch_write("flat.csv", "x,y\ntrue,0\nда,1\n");
    expect_error(&spec, "flat.csv:3: column \"x\": \"да\" is neither true (true, yes, 1) nor false "
                        "(false, no, 0); list the values, as in boolean: {x: {\"true\": [\"да\"], "
                        "\"false\": [...]}}, or replace it in clean");
}

static void declared_values_are_values_and_differ(void **state) {
    (void)state;
    const struct {
        perebor_texts levels;
        const char *message;
    } cases[] = {
        {{(const char *const[]){"S", "NA"}, 2},
         "experiment.yaml:9:3: column \"x\": \"NA\" stands for a gap and cannot be a value"},
        {{(const char *const[]){"S", "L", "S"}, 3},
         "experiment.yaml:9:3: column \"x\": value \"S\" is listed twice"},
        {{(const char *const[]){"s", "l"}, 2},
         "flat.csv:2: column \"x\": \"S\" is not one of the 2 values listed for it (did you mean "
         "\"s\"?); add it, or replace it in clean"},
    };
    scratch_write("flat.csv", "x,y\nS,0\nL,1\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        const perebor_ordinal_column ordinal = {
            .name = "x", .levels = cases[i].levels, .at = {9, 3, NULL}};
        spec.roles.ordinal = &ordinal;
        spec.roles.n_ordinal = 1;
        expect_error(&spec, cases[i].message);
    }
}

static void ordinal_numbers_are_written_by_the_mark_of_the_table(void **state) {
    (void)state;
    const perebor_ordinal_column ordinal = {
        .name = "x", .levels = {(const char *const[]){"0,5", "1,5", "2"}, 3}};
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.ordinal = &ordinal;
    spec.roles.n_ordinal = 1;
    scratch_write("flat.csv", "x;y\n2;0\n0,5;1\n1,5;1\n;0\n");
    loaded loaded = expect_loaded(&spec);
    static const double expected[] = {2, 0, 1};
    assert_memory_equal(find_column(loaded.dataset, "x")->values, expected, sizeof expected);
    loaded_release(&loaded);
    spec.roles.n_ordinal = 0;
    spec.roles.numeric = TEXTS("x");
    scratch_write("flat.csv", "x;y\n2;0\n0,5;1\n1,5;1\nviel;0\n");
    expect_error(&spec, "flat.csv:5: column \"x\": \"viel\" is not a number with a decimal comma; "
                        "name the column under nominal, or replace the value");
}

static void usual_targets_need_no_positive_class(void **state) {
    (void)state;
    static const struct {
        const char *no, *yes;
    } pairs[] = {{"0", "1"},    {"false", "true"}, {"False", "True"}, {"FALSE", "TRUE"},
                 {"no", "yes"}, {"No", "Yes"},     {"NO", "YES"}};
    for (size_t i = 0; i < 2 * (sizeof pairs / sizeof *pairs); i++) {
        char text[64];
        bool yes_first = i % 2 == 0;
        const char *no = pairs[i / 2].no;
        const char *yes = pairs[i / 2].yes;
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        (void)snprintf(text, sizeof text, "x,y\n1,%s\n2,%s\n3,%s\n", yes_first ? yes : no,
                       yes_first ? no : yes, yes);
        scratch_write("flat.csv", text);
        loaded loaded = expect_loaded(&spec);
        assert_string_equal(loaded.dataset->positive_name, yes);
        assert_string_equal(loaded.dataset->negative_name, no);
        assert_int_equal(loaded.dataset->labels[0], yes_first);
        assert_int_equal(loaded.dataset->labels[2], 1);
        loaded_release(&loaded);
    }
}

static void words_of_two_kinds_are_no_usual_target(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    scratch_write("flat.csv", "x,y\n1,Yes\n2,no\n");
    expect_error(&spec,
                 "experiment.yaml:4:11: the target \"y\" has the values \"Yes\", \"no\"; say "
                 "which is positive, such as target: {column: y, positive: \"Yes\"}");
}

/** What a message lists, with a point, is as good as what the table has. */
static void a_positive_class_has_a_decimal_comma_or_a_point(void **state) {
    (void)state;
    const char *const positives[] = {"1,5", "1.5"};
    scratch_write("flat.csv", "x;y\n1;0,5\n2;1,5\n3;2,5\n");
    for (size_t i = 0; i < 2; i++) {
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", positives[i]);
        loaded loaded = expect_loaded(&spec);
        assert_int_equal(loaded.dataset->labels[0], 0);
        assert_int_equal(loaded.dataset->labels[1], 1);
        loaded_release(&loaded);
    }
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", "3,5");
    expect_error(&spec,
                 "experiment.yaml:4:11: positive: \"3,5\" does not occur in the target \"y\", "
                 "whose values are \"0.5\", \"1.5\", \"2.5\"");
}

static void groups_and_identifiers_have_no_gaps(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    scratch_write("flat.csv", "w,x,y\na,1,0\n,2,1\nb,3,0\n");
    spec.roles.group = "w";
    expect_error(&spec, "flat.csv:3: column \"w\": \"\" is a gap, but every row needs a group");
    spec.roles.group = NULL;
    spec.roles.id = "w";
    expect_error(&spec, "flat.csv:3: column \"w\": \"\" is a gap, but every row needs an id");
    spec.roles.id = NULL;
    spec.roles.group = "y";
    expect_error(&spec, "experiment.yaml:5:7: column \"y\" is named twice: as target and as group");
}

static void groups_are_numbered_by_value(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t groups[4];
    } cases[] = {
        {"w,x,y\n10,1,0\n9,2,1\n9.5,3,0\n10,4,1\n", {2, 0, 1, 2}},
        {"w,x,y\n10,1,0\n9,2,1\na,3,0\n10,4,1\n", {0, 1, 2, 0}},
        {"w,x,y\n7,1,0\n007,2,1\n-1,3,0\n7.0,4,1\n", {2, 1, 0, 3}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        spec.roles.group = "w";
        scratch_write("flat.csv", cases[i].text);
        loaded loaded = expect_loaded(&spec);
        assert_memory_equal(loaded.dataset->groups, cases[i].groups, sizeof cases[i].groups);
        loaded_release(&loaded);
    }
}

static void everything_is_of_one_kind(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    scratch_write("flat.csv", "a,b,y\n1,u,0\n2,v,1\n");
    spec.roles.detect = false;
    spec.roles.numeric = TEXTS("*");
    spec.roles.nominal = TEXTS("*");
    expect_error(&spec, "experiment.yaml:5:7: \"*\" stands under numeric and under nominal");
    spec.roles.numeric = TEXTS("a");
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(find_column(loaded.dataset, "a")->role, PEREBOR_ROLE_NUMERIC);
    assert_int_equal(find_column(loaded.dataset, "b")->role, PEREBOR_ROLE_NOMINAL);
    loaded_release(&loaded);
    spec.roles.drop = TEXTS("b");
    spec.roles.passthrough = TEXTS("b");
    expect_error(&spec, "experiment.yaml:5:7: column \"b\" is named twice: as drop and as carried");
}

static void carried_columns_are_numbers_or_levels(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    scratch_write("flat.csv", "a,b,c,y\n1,u,5,0\n2,3,,1\n");
    spec.roles.passthrough = TEXTS("b", "c");
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->n_columns, 1);
    assert_int_equal(loaded.dataset->n_passthrough, 2);
    assert_int_equal(find_column(loaded.dataset, "b")->role, PEREBOR_ROLE_NOMINAL);
    assert_string_equal(find_column(loaded.dataset, "b")->levels[0], "3");
    assert_int_equal(find_column(loaded.dataset, "c")->role, PEREBOR_ROLE_NUMERIC);
    assert_true(isnan(find_column(loaded.dataset, "c")->values[1]));
    loaded_release(&loaded);
}

static const struct {
    const char *text, *message;
} headers[] = {
    {"#x\n1\n2\n",
     "experiment.yaml:4:11: there is no column \"target\"; the header begins with #: if such lines "
     "are comments, say comment: \"#\""},
    {"x/y\n1/0\n2/1\n",
     "experiment.yaml:4:11: there is no column \"target\"; the table has one column, \"x/y\": is "
     "the delimiter right?"},
    {"4,b\n1,b\n2,b\n3,b\n",
     "experiment.yaml:4:11: there is no column \"target\"; the header looks like data: if the file "
     "has none, name its columns by columns: [NAME, …]"},
};

static void who_asks_for_a_column_that_is_not_there_is_told_why(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "target", NULL);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        scratch_write("flat.csv", headers[i].text);
        expect_error(&spec, headers[i].message);
    }
    scratch_write("flat.csv", "c01,c02,c03,c04,c05,c06,c07,c08,c09,c10,c11,c12,c13,c14\n"
                              "1,2,3,4,5,6,7,8,9,10,11,12,13,14\n");
    perebor_error error = {0};
    perebor_dataset *dataset = NULL;
    perebor_tables_report report = {0};
    assert_int_equal(perebor_tables_load(&dataset, &report, &spec, &error), PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "it has \"c01\", \"c02\""));
    assert_non_null(strstr(error.message, " more"));
}

static void many_names_are_reported_as_a_few(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    scratch_write("flat.csv", "y,c2,c3,c4,c5,c6,c7,c8\n0,1,1,1,1,1,1,1\n1,2,2,2,2,2,2,2\n");
    loaded loaded = expect_loaded(&spec);
    assert_string_equal(loaded.report.sources[0].names, "y, c2, c3, c4, c5, c6, c7, c8");
    loaded_release(&loaded);
    scratch_write("flat.csv", "y,c2,c3,c4,c5,c6,c7,c8,c9,c10\n0,1,1,1,1,1,1,1,1,1\n"
                              "1,2,2,2,2,2,2,2,2,2\n");
    loaded = expect_loaded(&spec);
    assert_string_equal(loaded.report.sources[0].names, "y, c2, c3, c4, c5, c6, c7, c8 and 2 more");
    assert_int_equal(loaded.report.sources[0].n_columns, 10);
    loaded_release(&loaded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_words_are_true_and_false),
        cmocka_unit_test(declared_values_are_values_and_differ),
        cmocka_unit_test(ordinal_numbers_are_written_by_the_mark_of_the_table),
        cmocka_unit_test(usual_targets_need_no_positive_class),
        cmocka_unit_test(words_of_two_kinds_are_no_usual_target),
        cmocka_unit_test(a_positive_class_has_a_decimal_comma_or_a_point),
        cmocka_unit_test(groups_and_identifiers_have_no_gaps),
        cmocka_unit_test(groups_are_numbered_by_value),
        cmocka_unit_test(everything_is_of_one_kind),
        cmocka_unit_test(carried_columns_are_numbers_or_levels),
        cmocka_unit_test(who_asks_for_a_column_that_is_not_there_is_told_why),
        cmocka_unit_test(many_names_are_reported_as_a_few),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
