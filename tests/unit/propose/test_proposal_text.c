// SPDX-License-Identifier: MIT
/** The experiment that is written says how the table is read, and fits the search to its size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proposed.h"
#include "table_scratch.h"

/** Proposes for t.csv, checks that the text says the same and gives it. The caller frees it. */
static char *proposed_text(perebor_proposal *proposal) {
    propose_ruled(proposal, NULL);
    char *text = written_of(proposal);
    perebor_experiment *experiment = read_back(text);
    assert_says_the_same(experiment, proposal);
    perebor_experiment_free(experiment);
    return text;
}

static void assert_says(const char *text, const char *line) {
    if (strstr(text, line) == NULL) {
        fail_msg("\"%s\" is not in\n%s", line, text);
    }
}

static void the_mark_between_columns_is_detected_and_written(void **state) {
    (void)state;
    static const struct {
        char delimiter;
        const char *word;
    } cases[] = {{',', "\n    delimiter: \",\"  # detected"},
                 {';', "\n    delimiter: \";\"  # detected"},
                 {'\t', "\n    delimiter: tab  # detected"},
                 {'|', "\n    delimiter: \"|\"  # detected"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_proposal proposal;
        write_ruled((const ruled_column[]){{"size", "1.5|2|3.25"},
                                           {"town", "oslo|rome|a, b; c"},
                                           {"churn", "yes|no|no|no"}},
                    3, PROPOSED_ROWS, (table_style){.delimiter = cases[i].delimiter});
        char *text = proposed_text(&proposal);
        assert_int_equal(proposal.delimiter[0], cases[i].delimiter);
        assert_says(text, cases[i].word);
        assert_int_equal(proposed_named(&proposal, "size")->role, PROPOSED_NUMERIC);
        free(text);
        perebor_proposal_release(&proposal);
    }
}

static void a_decimal_comma_is_detected(void **state) {
    (void)state;
    perebor_proposal proposal;
    write_ruled((const ruled_column[]){{"size", "1,5|2,25|3,75"},
                                       {"pay", "10,5|-999|7,5"},
                                       {"churn", "0,5|1,5|1,5|1,5"}},
                3, PROPOSED_ROWS, (table_style){.delimiter = ';'});
    char *text = proposed_text(&proposal);
    assert_string_equal(proposal.decimal, ",");
    assert_string_equal(proposed_named(&proposal, "size")->reason, "numbers 1.5 to 3.75");
    assert_string_equal(proposal.steps[0].step.from.items[0], "-999");
    assert_string_equal(proposal.positive, "0,5"); // as the table writes it
    assert_string_equal(proposal.others, "\"1,5\"");
    free(text);
    perebor_proposal_release(&proposal);
}

static void the_encoding_is_detected(void **state) {
    (void)state;
    perebor_proposal proposal;
    write_ruled(
        (const ruled_column[]){{"size", "1.5|2.25|3.75"},
                               {"\xE3\xEE\xF0\xEE\xE4", // "город", "Москва", "Рим"
                                "\xCC\xEE\xF1\xEA\xE2\xE0|\xD0\xE8\xEC"},
                               {"\xEE\xF2\xF2\xEE\xEA", "\xE4\xE0|\xED\xE5\xF2|\xED\xE5\xF2"}},
        3, PROPOSED_ROWS, (table_style){0});
    char *text = proposed_text(&proposal);
    assert_string_equal(proposed_named(&proposal, "город")->reason, "2 levels: Москва, Рим");
    assert_string_equal(proposal.columns[proposal.target].reason,
                        "by its name, and it is the last column");
    assert_string_equal(proposal.positive, "да");
    free(text);
    perebor_proposal_release(&proposal);
}

static void a_table_without_names_gets_some(void **state) {
    (void)state;
    perebor_proposal proposal;
    write_ruled(
        (const ruled_column[]){{"", "5|6.5|7|8"}, {"", "oslo|rome|rome"}, {"", "1|0|0|1|1"}}, 3,
        PROPOSED_ROWS, (table_style){.no_header = true});
    char *text = proposed_text(&proposal);
    assert_int_equal(proposal.names, PROPOSED_NAMES_NONE);
    assert_int_equal(proposal.n_rows, PROPOSED_ROWS);
    assert_string_equal(proposal.columns[2].name, "v3");
    assert_says(text, "\n    columns: [v1, v2, v3]  # the first line looks like data, not like "
                      "names; these are made up\n");
    assert_null(strstr(text, "skip:"));
    free(text);
    perebor_proposal_release(&proposal);
}

/** A name that is missing, twice there or a pattern is no name in an experiment. */
static void names_that_cannot_be_are_mended(void **state) {
    (void)state;
    static const char *const headers[][2] = {
        {"size", "size"}, {"size", ""}, {"size", "s*"}, {"size", "*"}};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        perebor_proposal proposal;
        write_ruled((const ruled_column[]){{headers[i][0], "5|6.5|7|8"},
                                           {headers[i][1], "oslo|rome|rome"},
                                           {"churn", "yes|no|no|no|yes"}},
                    3, PROPOSED_ROWS, (table_style){0});
        char *text = proposed_text(&proposal);
        assert_int_equal(proposal.names, PROPOSED_NAMES_MENDED);
        assert_int_equal(proposal.n_rows, PROPOSED_ROWS);
        assert_string_equal(proposal.columns[0].name, "size");
        assert_string_not_equal(proposal.columns[1].name, headers[i][1]);
        assert_string_equal(proposal.columns[2].name, "churn");
        assert_says(text, "\n    skip: 1  # lines: the header\n");
        free(text);
        perebor_proposal_release(&proposal);
    }
}

/** What a name or a value is made of breaks neither its line nor the comment behind it. */
static void odd_names_and_values_stay_themselves(void **state) {
    (void)state;
    static const char *const odd[] = {
        "a: b",          "#5",          "- x",  "[a]",  "{a}",          "'q'",
        "say \"no\"",    "a\nb",        "null", "~",    "1e5x",         "0x1F",
        "a, b",          "&a",          "!t",   "%d%s", "\xE2\x80\xA8", "a\xC2\x85z",
        "\xEF\xBB\xBFz", "back\\slash", "a\tb", "@at",  "`q`",          "key: [1"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        char values[128];
        perebor_proposal proposal;
        (void)snprintf(values, sizeof values, "x%sy|rome|oslo", odd[i]);
        for (char *byte = strchr(values, '%'); byte != NULL; byte = strchr(values, '%')) {
            *byte = '_'; // a sign of rules
        }
        for (char *byte = strchr(values, '#'); byte != NULL; byte = strchr(values, '#')) {
            *byte = '_';
        }
        write_ruled((const ruled_column[]){{"size", "5|6.5|7|8"},
                                           {odd[i], values},
                                           {"churn", "yes|no|no|no|yes"}},
                    3, PROPOSED_ROWS, (table_style){0});
        char *text = proposed_text(&proposal);
        assert_int_equal(proposal.columns[1].role, PROPOSED_NOMINAL);
        free(text);
        perebor_proposal_release(&proposal);
    }
}

/** The values of the experiment that follow from rows and columns. */
typedef struct search_size {
    size_t n_rows;
    uint64_t n_trials, n_folds, n_repeats;
    bool has_svc;
    const char *neighbors, *selected;
} search_size;

static void the_search_fits_the_table(void **state) {
    (void)state;
    // 75 % of rows train: neighbours are a quarter of these, 100 at most.
    static const search_size cases[] = {
        {8, 400, 3, 2, true, "min: 1, max: 1,", NULL},
        {60, 400, 5, 2, true, "min: 1, max: 11,", NULL},
        {2000, 400, 5, 2, true, "min: 1, max: 100,", NULL},
        {2001, 200, 5, 1, true, "min: 1, max: 100,", NULL},
        {10001, 100, 5, 1, true, "min: 1, max: 100,", NULL},
        {20001, 100, 5, 1, false, "min: 1, max: 100,", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_proposal proposal;
        write_ruled((const ruled_column[]){{"size", "5|6.5|7|8|1"}, {"churn", "yes|no"}}, 2,
                    cases[i].n_rows, (table_style){0});
        char *text = proposed_text(&proposal);
        perebor_experiment *experiment = read_back(text);
        assert_int_equal(experiment->n_trials, cases[i].n_trials);
        assert_int_equal(experiment->folds.n_splits, cases[i].n_folds);
        assert_int_equal(experiment->folds.n_repeats, cases[i].n_repeats);
        assert_int_equal(strstr(text, "svc__kernel") != NULL, cases[i].has_svc);
        assert_int_equal(strstr(text, "model: svc,") != NULL, cases[i].has_svc);
        assert_says(text, cases[i].neighbors);
        assert_null(strstr(text, "select__k"));
        assert_null(strstr(text, "encode__nominal"));
        perebor_experiment_free(experiment);
        free(text);
        perebor_proposal_release(&proposal);
    }
}

/** Columns are selected if there are eight, with the levels of nominal columns counted. */
static void columns_are_selected_where_there_are_some(void **state) {
    (void)state;
    static const char *const towns[] = {"oslo|rome|lund|bern|cork|graz",
                                        "oslo|rome|lund|bern|cork|graz|lima"};
    for (size_t i = 0; i < 2; i++) {
        perebor_proposal proposal;
        write_ruled((const ruled_column[]){{"size", "5|6.5|7|8|1"},
                                           {"town", towns[i]},
                                           {"churn", "yes|no|no|no|yes"}},
                    3, 70, (table_style){0});
        char *text = proposed_text(&proposal);
        assert_says(text, "encode__nominal: {values: [onehot, onehot_first]}");
        assert_int_equal(strstr(text, "select__k: {values: [2, 4, null]}") != NULL, i == 1);
        assert_says(text, i == 1 ? "svc__gamma: 0.125," : "svc__gamma: 0.1429,");
        assert_says(text, i == 1 ? ", encode__nominal: onehot, select__k: null}"
                                 : ", encode__nominal: onehot}");
        free(text);
        perebor_proposal_release(&proposal);
    }
}

static void the_experiment_is_named_after_the_table(void **state) {
    (void)state;
    static const struct {
        const char *path, *line;
    } cases[] = {{"t.csv", "\nname: t\n"},
                 {"../a b/people.csv.gz", "\nname: people\n"},
                 {"x/.hidden.csv", "\nname: \".hidden\"\n"},
                 {"x/42.csv", "\nname: \"42\"\n"},
                 {"x/", "\nname: table\n"}};
    perebor_proposal proposal;
    write_ruled((const ruled_column[]){{"size", "5|6.5|7|8|1"}, {"churn", "yes|no"}}, 2,
                PROPOSED_ROWS, (table_style){0});
    propose_ruled(&proposal, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = NULL;
        assert_int_equal(perebor_proposal_text(&proposal, cases[i].path, &text, NULL), PEREBOR_OK);
        assert_memory_equal(text, PEREBOR_PROPOSAL_BEGINNING, strlen(PEREBOR_PROPOSAL_BEGINNING));
        assert_says(text, cases[i].line);
        free(text);
    }
    perebor_proposal_release(&proposal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mark_between_columns_is_detected_and_written),
        cmocka_unit_test(a_decimal_comma_is_detected),
        cmocka_unit_test(the_encoding_is_detected),
        cmocka_unit_test(a_table_without_names_gets_some),
        cmocka_unit_test(names_that_cannot_be_are_mended),
        cmocka_unit_test(odd_names_and_values_stay_themselves),
        cmocka_unit_test(the_search_fits_the_table),
        cmocka_unit_test(columns_are_selected_where_there_are_some),
        cmocka_unit_test(the_experiment_is_named_after_the_table),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
