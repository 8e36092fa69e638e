// SPDX-License-Identifier: MIT
/** The row that a C scorer takes: members that compile, whatever the columns are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/c_columns.h"
#include "export_cases.h"

enum { most_columns = 8 };

/** The struct of numeric columns of those names; freed by the caller. */
static char *write_row(const char *const *names, size_t n) {
    perebor_column columns[most_columns];
    c_text text = {.name = "m"};
    for (size_t i = 0; i < n; i++) {
        columns[i] = (perebor_column){.name = names[i], .role = PEREBOR_ROLE_NUMERIC};
    }
    c_columns_put_row(&text, &(perebor_dataset){.n_columns = n, .columns = columns});
    bytes_put_u8(&text.bytes, 0);
    assert_false(text.bytes.failed);
    return (char *)text.bytes.data;
}

/** The members, one after the other and with a space between. */
static void expect_members(const char *const *names, size_t n, const char *expected) {
    char members[512] = "";
    char *row = write_row(names, n);
    const char *at = strstr(row, "    double ");
    for (size_t i = 0; i < n; i++) {
        assert_non_null(at);
        at += strlen("    double ");
        (void)snprintf(members + strlen(members), sizeof members - strlen(members), "%s%.*s",
                       i > 0 ? " " : "", (int)strcspn(at, ";"), at);
        at = strstr(at, "    double ");
    }
    assert_null(at);
    assert_string_equal(members, expected);
    free(row);
}

static void members_are_spelt_as_the_columns_where_they_can(void **state) {
    (void)state;
#define A8 "aaaaaaaa"
    static const struct {
        const char *names[4], *members;
    } cases[] = {
        {{"age", "Age", "x9", "a_b"}, "age Age x9 a_b"},
        {{"a b", "a-b", "a__b", "ab"}, "a_b__0 a_b__1 a_b__2 ab"},
        {{"9lives", "_x_", "(1) y", "% of z %"}, "lives x y of_z"},
        {{"Возраст", "42", "", "возраст b"}, "column__0 column__1 column__2 b"},
        {{"double", "new", "class", "doubles"}, "double__0 new__1 class__2 doubles"},
        {{"xor_eq", "co_await", "thread local", "static-assert"},
         "xor_eq__0 co_await__1 thread_local__2 static_assert__3"},
        {{"linux", "unix", "alignas", "_Bool"}, "linux__0 unix__1 alignas__2 Bool"},
        {{"NULL", "NAN", "DBL_MAX", "INT32_MAX"}, "NULL__0 NAN__1 DBL_MAX__2 INT32_MAX__3"},
        {{"M_PI", "SIZE_MAX", "INTEREST_MAX", "MAX"}, "M_PI__0 SIZE_MAX__1 INTEREST_MAX MAX"},
        {{"row", "value", "level", "x"}, "row value level x"},
        {{"a*/b", "c\?\?/", "d\\", "e\n"}, "a_b c d e"},
        {{A8 A8 A8 A8 A8 A8 A8 "1", A8 A8 A8 A8 A8 A8 A8 "2", A8 A8 A8 A8 A8 A8 "b", "c"},
         A8 A8 A8 A8 A8 "__0 " A8 A8 A8 A8 A8 "__1 " A8 A8 A8 A8 A8 A8 "b c"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_members(cases[i].names, 4, cases[i].members);
    }
}

static void members_say_what_they_take(void **state) {
    (void)state;
    static const char *const sizes[] = {"S", "M*/", "L"};
    static const char *const answers[] = {"no", "yes\n"};
    const perebor_column columns[] = {
        {.name = "n", .role = PEREBOR_ROLE_NUMERIC},
        {"s", PEREBOR_ROLE_ORDINAL, NULL, sizes, 3, 0},
        {"none", PEREBOR_ROLE_ORDINAL, NULL, NULL, 0, 0},
        {"b", PEREBOR_ROLE_BOOLEAN, NULL, answers, 2, 0},
        {"plain", PEREBOR_ROLE_BOOLEAN, NULL, NULL, 0, 0},
        {"k", PEREBOR_ROLE_NOMINAL, NULL, sizes, 3, 0},
    };
    c_text text = {.name = "shop"};
    c_columns_put_row(&text, &(perebor_dataset){.n_columns = 6, .columns = columns});
    bytes_put_u8(&text.bytes, 0);
    assert_string_equal(
        (const char *)text.bytes.data,
        "/* A row. A number that is missing is NAN, a text that is missing NULL or \"\". */\n"
        "struct shop_row {\n"
        "    double n; /* \"n\", a number */\n"
        "    double s; /* \"s\", 0 … 2 for \"S\", \"M__\", \"L\" */\n"
        "    double none; /* \"none\", 0 … 0 for */\n"
        "    double b; /* \"b\", 1 for \"yes_\" and 0 for \"no\" */\n"
        "    double plain; /* \"plain\", 1 for \"true\" and 0 for \"false\" */\n"
        "    const char *k; /* \"k\", a text */\n"
        "};\n\n");
    bytes_release(&text.bytes);
}

/** How often a text occurs in a source. */
static size_t count(const char *source, const char *wanted) {
    size_t n = 0;
    for (const char *at = strstr(source, wanted); at != NULL; at = strstr(at + 1, wanted)) {
        n++;
    }
    return n;
}

/** The source of a pipeline, in which nothing is left to be filled in. */
static char *source_of(const perebor_fitted_pipeline *pipeline) {
    size_t size = 0;
    char *source = case_export(pipeline, PEREBOR_MODEL_C, &size);
    assert_int_equal(strlen(source), size);
    assert_null(strpbrk(source, "@$"));
    assert_null(strstr(source, " inf"));
    assert_null(strstr(source, " nan"));
    assert_int_equal(count(source, "{"), count(source, "}"));
    assert_int_equal(count(source, "("), count(source, ")"));
    return source;
}

static char *export_source(const export_case *of, bool *likely) {
    perebor_fitted_pipeline *pipeline = case_fit(of);
    char *source = source_of(pipeline);
    *likely = perebor_fitted_pipeline_calibration(pipeline) != NULL;
    perebor_fitted_pipeline_free(pipeline);
    return source;
}

static void a_missing_text_is_the_most_frequent_level(void **state) {
    (void)state;
    const export_case of = {.learner = "logreg"};
    const perebor_column *town = &case_dataset()->columns[CASE_COLUMNS - 1];
    size_t counts[3] = {0}, most = 0;
    char lookup[64];
    bool likely = false;
    for (size_t row = 0; row < CASE_TRAINING; row++) {
        if (town->values[row] == town->values[row]) {
            counts[(size_t)town->values[row]]++;
        }
    }
    for (size_t level = 1; level < 3; level++) {
        most = counts[level] > counts[most] ? level : most;
    }
    char *source = export_source(&of, &likely);
    (void)snprintf(lookup, sizeof lookup, "m_level(row->town, m_levels_7, 3, %zu);", most);
    assert_int_equal(count(source, lookup), 1);
    free(source);
}

static void levels_are_looked_up_once_a_column(void **state) {
    (void)state;
    static const struct {
        export_case of;
        size_t n_lookups, n_codes, n_first; /**< First: levels of "kind" by themselves. */
    } cases[] = {
        {{.learner = "logreg"}, 2, 0, 4},
        {{.learner = "logreg", .preparation.encode_nominal = PEREBOR_ENCODE_ONEHOT_FIRST}, 2, 0, 3},
        {{.learner = "logreg", .preparation.encode_nominal = PEREBOR_ENCODE_ORDINAL}, 2, 2, 0},
    };
    for (size_t i = 0; i < 3; i++) {
        bool likely = false;
        char *source = export_source(&cases[i].of, &likely);
        const char *kinds = strstr(source, "level = m_level(row->kind,");
        const char *towns = strstr(source, "level = m_level(row->town,");
        assert_true(kinds != NULL && towns != NULL && kinds < towns);
        assert_int_equal(count(source, "level = m_level("), cases[i].n_lookups);
        assert_int_equal(count(source, " = level <= "), cases[i].n_codes);
        assert_int_equal(count(kinds, " = level == ") - count(towns, " = level == "),
                         cases[i].n_first);
        assert_non_null(strstr(source, "static const char *const m_levels_6[4] = {\n"
                                       "    \"\",\n"
                                       "    \"a\\042b\\134\",\n"
                                       "    \"what\\077\\077/\",\n"
                                       "    \"\\320\\236\\320\\274\\321\\201\\320\\272\",\n"
                                       "};\n"));
        free(source);
    }
}

/** What all members share is there once, their own under names of their own. */
static void members_that_vote_share_what_they_can(void **state) {
    (void)state;
    static const uint32_t weights[] = {3, 1, 4000000000};
    static const export_case of[] = {
        {.learner = "logreg", .preparation.encode_nominal = PEREBOR_ENCODE_ORDINAL},
        {.learner = "svc", .preparation.scale = PEREBOR_SCALE_STANDARD},
        {.learner = "tree", .preparation.encode_nominal = PEREBOR_ENCODE_ORDINAL},
    };
    static const struct {
        const char *text;
        size_t n;
    } texts[] = {
        {"static const char *const m_levels_6[4]", 1},
        {"static int m_level(", 1},
        {"static double m_exp(double x) {", 1},
        {"static double m_sigmoid(double z) {", 1},
        {"static const double m_member_0_codes_6[5]", 1},
        {"static const double m_member_2_codes_6[5]", 1},
        {"_codes_6[5]", 2},
        {"static double m_member_1_probability(const struct m_row *row) {", 1},
        {"\ndouble m_score(const struct m_row *row) {\n"
         "    double sum = 0.0;\n"
         "    sum += 3.0 * m_member_0_probability(row);\n"
         "    sum += 1.0 * m_member_1_probability(row);\n"
         "    sum += 4000000000.0 * m_member_2_probability(row);\n"
         "    return sum / 4000000004.0;\n"
         "}\n",
         1},
        {"\ndouble m_probability(const struct m_row *row) {\n"
         "    double score = m_score(row);\n"
         "    return score;\n"
         "}\n",
         1},
        {"\ndouble ", 4}, // two declared, two defined
    };
    perebor_fitted_pipeline *pipeline = case_fit_voting(of, weights, 3);
    char *source = source_of(pipeline);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (count(source, texts[i].text) != texts[i].n) {
            fail_msg("%s: %zu times", texts[i].text, count(source, texts[i].text));
        }
    }
    free(source);
    perebor_fitted_pipeline_free(pipeline);
}

static void a_source_has_the_functions_that_its_model_needs_and_no_others(void **state) {
    (void)state;
    static const char *const names[] = {"exp",   "log",  "pow",   "sigmoid", "softplus",    "sqrt",
                                        "decay", "tanh", "power", "round",   "power_of_two"};
    static const export_case cases[] = {
        {.learner = "logreg"},
        {.learner = "logreg", .method = PEREBOR_CALIBRATE_BETA},
        {.learner = "tree"},
        {.learner = "tree", .method = PEREBOR_CALIBRATE_BETA},
        {.learner = "tree", .method = PEREBOR_CALIBRATE_ISOTONIC},
        {.learner = "knn"},
        {.learner = "knn", .settings = "metric=euclidean weights=distance"},
        {.learner = "knn", .settings = "p=3.5"},
        {.learner = "svc"},
        {.learner = "svc", .settings = "gamma=1e-300", .uncalibrated = true},
        {.learner = "svc", .settings = "kernel=sigmoid", .uncalibrated = true},
        {.learner = "svc", .settings = "kernel=poly degree=9", .uncalibrated = true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool likely = false;
        char *source = export_source(&cases[i], &likely);
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
            char name[32];
            (void)snprintf(name, sizeof name, "m_%s(", names[k]);
            size_t defined = 0, n = count(source, name);
            (void)snprintf(name, sizeof name, " m_%s(double ", names[k]);
            defined = count(source, name);
            assert_true(defined <= 1);                   // once at most,
            assert_true(defined == 0 ? n == 0 : n >= 2); // called if defined, defined if called
        }
        assert_int_equal(count(source, "\ndouble m_probability(const struct m_row *row) {"),
                         likely);
        assert_int_equal(count(source, "there is no probability"), !likely);
        assert_int_equal(count(source, "\ndouble m_score(const struct m_row *row) {"), 1);
        free(source);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_spelt_as_the_columns_where_they_can),
        cmocka_unit_test(members_say_what_they_take),
        cmocka_unit_test(a_missing_text_is_the_most_frequent_level),
        cmocka_unit_test(levels_are_looked_up_once_a_column),
        cmocka_unit_test(members_that_vote_share_what_they_can),
        cmocka_unit_test(a_source_has_the_functions_that_its_model_needs_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
