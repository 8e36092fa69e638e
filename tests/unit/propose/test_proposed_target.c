// SPDX-License-Identifier: MIT
/** Which column is to be predicted and which of its values is positive, or why none can be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proposed.h"
#include "table_scratch.h"

enum { most_columns = 12 };

static void write_columns(const ruled_column columns[most_columns]) {
    write_ruled(columns, most_columns, PROPOSED_ROWS, (table_style){0});
}

static void a_target_is_told_by_its_name_or_its_place(void **state) {
    (void)state;
    static const struct {
        ruled_column columns[most_columns];
        const char *target, *reason;
    } cases[] = {
        {{{"age", "1|2|3"}, {"churn", "a|b|b"}}, "churn", "by its name, and it is the last column"},
        {{{"age", "1|2|3"}, {"churned", "a|b|b"}, {"pay", "1|2|4"}}, "churned", "by its name"},
        {{{"Целевая", "a|b|b"}, {"age", "1|2|3"}}, "Целевая", "by its name"},
        {{{"age", "1|2|3"}, {"sort", "a|b|b"}, {"pay", "1|2|4"}},
         "sort",
         "the only column of two values"},
        {{{"p", "a|b|b"}, {"q", "a|a|b|b"}, {"r", "1|2"}}, "r", "the last column, of two values"},
        {{{"age", "1|2|3"}, {"class", "a|b|c"}, {"pay", "1|2|4"}}, "class", "by its name"},
        {{{"class", "a|b|c"}, {"p", "1|2"}, {"pay", "1|2|4"}}, "class", "by its name"},
        {{{"class", "1|2|3"}, {"p", "1|2"}, {"pay", "1|2|4"}}, // numbers: not of three values
         "p",
         "the only column of two values"},
        {{{"classic", "a|b|c"}, {"p", "1|2"}, {"pay", "1|2|4"}},
         "p",
         "the only column of two values"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_proposal proposal;
        write_columns(cases[i].columns);
        propose_ruled(&proposal, NULL);
        const proposed_column *target = &proposal.columns[proposal.target];
        assert_string_equal(target->name, cases[i].target);
        assert_string_equal(target->reason, cases[i].reason);
        assert_int_equal(target->role, PROPOSED_TARGET);
        perebor_proposal_release(&proposal);
        propose_ruled(&proposal, cases[i].target);
        assert_string_equal(proposal.columns[proposal.target].reason, "named by --target");
        perebor_proposal_release(&proposal);
    }
}

static void the_positive_class_is_what_is_looked_for(void **state) {
    (void)state;
    static const char rarer[] = "the rarer class";
    static const struct {
        const char *values, *positive, *reason, *others;
        uint64_t n_positive, n_negative, n_without;
    } cases[] = {
        {"yes|no|yes|yes", "yes", "it says yes", "\"no\"", 45, 15, 0},
        {"0|1|1", "1", "it says yes", "\"0\"", 40, 20, 0},
        {"Истина|Ложь|", "Истина", "it says yes", "Ложь", 20, 20, 20},
        {"stayed|left|left", "left", "by what it says", "stayed", 40, 20, 0},
        {"Malignant|benign", "Malignant", "by what it says", "benign", 30, 30, 0},
        {"a|b|a", "b", rarer, "a", 20, 40, 0},
        {"b|a|b", "a", rarer, "b", 20, 40, 0},
        {"a|b", "b", rarer, "a", 30, 30, 0},
        {"b|a", "b", rarer, "a", 30, 30, 0}, // of equals the greater text
        {"3|2|2|", "3", rarer, "\"2\"", 15, 30, 15},
        {"a|a|b|b|b|c", "a", "the rarest with enough rows", "b, c", 20, 40, 0},
        {"a|b|c|d|d|d", "d", "the rarest with enough rows", "a, b, c", 30, 30, 0},
        {"a|b|c|a|b|c", "c", "the rarest with enough rows", "a, b", 20, 40, 0},
        {"a|b|c|d", "d", "the rarest with enough rows", "a, b, c", 15, 45, 0},
        {"good|fraud|fair|good", "fraud", "by what it says", "good, fair", 15, 45, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_proposal proposal;
        write_columns((const ruled_column[most_columns]){
            {"age", "18|30|44|61|25"}, {"class", cases[i].values}, {"pay", "1|2|4|3"}});
        propose_ruled(&proposal, NULL);
        assert_string_equal(proposal.positive, cases[i].positive);
        assert_string_equal(proposal.positive_reason, cases[i].reason);
        assert_string_equal(proposal.others, cases[i].others);
        assert_int_equal(proposal.n_positive, cases[i].n_positive);
        assert_int_equal(proposal.n_negative, cases[i].n_negative);
        assert_int_equal(proposal.n_without_target, cases[i].n_without);
        char *text = written_of(&proposal);
        assert_int_equal(strstr(text, "op: is_not_gap, reason: no target}") != NULL,
                         cases[i].n_without > 0);
        perebor_experiment *experiment = read_back(text);
        assert_says_the_same(experiment, &proposal);
        perebor_experiment_free(experiment);
        free(text);
        perebor_proposal_release(&proposal);
    }
}

/** Among several classes "yes" is one as any other. */
static void yes_among_several_classes_is_not_positive(void **state) {
    (void)state;
    perebor_proposal proposal;
    write_columns((const ruled_column[most_columns]){
        {"age", "18|30|44|61|25"}, {"class", "yes|no|no|maybe|no|maybe"}, {"pay", "1|2|4|3"}});
    propose_ruled(&proposal, NULL);
    assert_string_equal(proposal.positive, "maybe"); // 20 rows; yes has 10
    perebor_proposal_release(&proposal);
}

static void an_unclear_target_is_refused_with_the_candidates(void **state) {
    (void)state;
    static const struct {
        ruled_column columns[most_columns];
        const char *message;
    } cases[] = {
        {{{"age", "1|2|3"}, {"pay", "1|2|4"}},
         "t.csv: no column has two values, as a target has; name one of a few values with "
         "--target, and one of these is taken against the rest"},
        {{{"age", "1|2|3"}, {"p", "a|b|b"}, {"q", "1|1|2|2"}, {"pay", "1|2|4"}},
         "t.csv: several columns could be the target: p (a, b), q (\"1\", \"2\"); name it with "
         "--target"},
        {{{"age", "1|2|3"}, {"label", "a|b|b"}, {"outcome", "k|m|p|o|o|o"}, {"pay", "1|2|4"}},
         "t.csv: several columns could be the target: label (a, b), outcome (k, m, p and 1 more); "
         "name it with --target"},
        {{{"x", "1|2|3"},
          {"a", "1|2"},
          {"b", "1|2"},
          {"c", "1|2"},
          {"d", "1|2"},
          {"e", "1|2"},
          {"f", "1|2"},
          {"g", "1|2"},
          {"h", "1|2"},
          {"i", "1|2"},
          {"z", "1|2|4"}},
         "t.csv: several columns could be the target: a (\"1\", \"2\"), b (\"1\", \"2\"), c "
         "(\"1\", \"2\"), d (\"1\", \"2\"), e (\"1\", \"2\"), f (\"1\", \"2\"), g (\"1\", \"2\"), "
         "h (\"1\", \"2\") …; name it with --target"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_columns(cases[i].columns);
        assert_refused(NULL, cases[i].message);
    }
}

static void a_column_that_cannot_be_the_target_is_refused(void **state) {
    (void)state;
    write_columns((const ruled_column[most_columns]){
        {"age", "1|2|3"}, {"empty", ""}, {"same", "x"}, {"number", "#"}, {"churn", "yes|no"}});
    assert_refused("chrun", "t.csv has no column \"chrun\" (did you mean \"churn\"?)");
    assert_refused(
        "zzzzzzzz",
        "t.csv has no column \"zzzzzzzz\"; the columns are \"age\", \"empty\", \"same\", "
        "\"number\", \"churn\"");
    assert_refused("empty", "t.csv: column \"empty\" has no value, so there is nothing to predict; "
                            "--target names another");
    assert_refused("same", "t.csv: column \"same\" has one value alone, so there is nothing to "
                           "predict; --target names another");
    assert_refused("number",
                   "t.csv: column \"number\" has 60 different values and a target two classes; "
                   "make a column of two values, or name another with --target");
}

/** 20 values of a named column are classes; 21 are not. */
static void a_target_has_twenty_classes_at_most(void **state) {
    (void)state;
    static const char *const values = "a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u";
    perebor_proposal proposal;
    char fewer[64];
    (void)snprintf(fewer, sizeof fewer, "%.39s", values);
    write_ruled((const ruled_column[]){{"age", "1|2|3"}, {"class", fewer}}, 2, 420,
                (table_style){0});
    propose_ruled(&proposal, "class");
    assert_string_equal(proposal.positive, "t");
    assert_int_equal(proposal.n_positive, 21);
    perebor_proposal_release(&proposal);
    write_ruled((const ruled_column[]){{"age", "1|2|3"}, {"class", values}}, 2, 420,
                (table_style){0});
    assert_refused("class",
                   "t.csv: column \"class\" has 21 different values and a target two classes; "
                   "make a column of two values, or name another with --target");
}

/** A test part and two folds take four rows of a class. */
static void a_class_of_three_rows_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *values, *message;
    } cases[] = {
        {"yes|no|no", "t.csv: of target \"churn\" only 3 rows are \"yes\", and a class needs 4 to "
                      "be tested and learned; --target names another"},
        {"no|yes|yes", "t.csv: of target \"churn\" only 3 rows are not \"yes\", and a class needs "
                       "4 to be tested and learned; --target names another"},
    };
    for (size_t i = 0; i < 2; i++) {
        const ruled_column columns[] = {{"age", "1|2|3|5|6"}, {"churn", cases[i].values}};
        perebor_proposal proposal;
        write_ruled(columns, 2, 9, (table_style){0});
        assert_refused(NULL, cases[i].message);
        write_ruled(columns, 2, 12, (table_style){0});
        propose_ruled(&proposal, NULL);
        perebor_proposal_release(&proposal);
    }
}

static void what_is_no_table_is_refused(void **state) {
    (void)state;
    perebor_proposal proposal = {0};
    perebor_error error = {0};
    assert_int_equal(perebor_propose(&proposal, "nowhere.csv", NULL, NULL, &error), PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, "nowhere.csv"));
    assert_null(proposal.block);
    assert_int_equal(perebor_propose(&proposal, "nowhere.csv", NULL, NULL, NULL), PEREBOR_ERR_IO);
    scratch_write("empty.csv", "");
    assert_int_equal(perebor_propose(&proposal, "empty.csv", NULL, NULL, &error),
                     PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "empty.csv"));
    scratch_write("t.csv", "age,churn\n");
    assert_int_equal(perebor_propose(&proposal, "t.csv", NULL, NULL, &error), PEREBOR_ERR_FORMAT);
    assert_null(proposal.block);
    perebor_proposal_release(&proposal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_is_told_by_its_name_or_its_place),
        cmocka_unit_test(the_positive_class_is_what_is_looked_for),
        cmocka_unit_test(yes_among_several_classes_is_not_positive),
        cmocka_unit_test(an_unclear_target_is_refused_with_the_candidates),
        cmocka_unit_test(a_column_that_cannot_be_the_target_is_refused),
        cmocka_unit_test(a_target_has_twenty_classes_at_most),
        cmocka_unit_test(a_class_of_three_rows_is_refused),
        cmocka_unit_test(what_is_no_table_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
