// SPDX-License-Identifier: MIT
/** The steps that mend a column, with the reason of each, and columns that need none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proposed.h"
#include "table_scratch.h"

/** A column and the step that it gets: its pairs as "from>to, from>to", a missing value as "". */
typedef struct mending {
    const char *values, *pairs, *reason;
    proposed_role role;
} mending;

static void assert_pairs(const perebor_clean_step *step, const char *pairs) {
    char joined[512] = "";
    for (size_t i = 0; i < step->from.n; i++) {
        size_t n = strlen(joined);
        (void)snprintf(joined + n, sizeof joined - n, "%s%s>%s", i > 0 ? ", " : "",
                       step->from.items[i], step->to.items[i] != NULL ? step->to.items[i] : "");
    }
    assert_string_equal(joined, pairs);
}

static void propose_column(perebor_proposal *proposal, const char *values) {
    write_ruled((const ruled_column[]){{"size", "1.5|2|3.25|4|7.5"},
                                       {"column", values},
                                       {"churn", "yes|no|no"}},
                3, PROPOSED_ROWS, (table_style){0});
    propose_ruled(proposal, NULL);
}

/** The step is the only one, does what it says and makes the column what it shall be. */
static void assert_mended(const mending *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        perebor_proposal proposal;
        propose_column(&proposal, cases[i].values);
        assert_int_equal(proposal.n_steps, cases[i].pairs != NULL);
        if (cases[i].pairs != NULL) {
            const proposed_step *step = &proposal.steps[0];
            assert_int_equal(step->step.kind, PEREBOR_STEP_REPLACE);
            assert_string_equal(step->step.columns.items[0], "column");
            assert_pairs(&step->step, cases[i].pairs);
            assert_string_equal(step->reason, cases[i].reason);
        }
        assert_int_equal(proposed_named(&proposal, "column")->role, cases[i].role);
        char *text = written_of(&proposal);
        assert_int_equal(strstr(text, "\n  clean:") != NULL, cases[i].pairs != NULL);
        perebor_experiment *experiment = read_back(text);
        assert_says_the_same(experiment, &proposal);
        perebor_experiment_free(experiment);
        free(text);
        perebor_proposal_release(&proposal);
    }
}

/** One text in ten values is dirt; more make the column one of levels. */
static void texts_among_numbers_become_missing(void **state) {
    (void)state;
    static const mending cases[] = {
        {"5|?x|7|8|9|1|2|3|4|6", "?x>",
         "6 of 60 values are not numbers; without this step the column would be nominal",
         PROPOSED_NUMERIC},
        {"5|none yet|7|8|9|1|2|3|4|6|11|12|5|bad: \"1\"|7|8|9|1|2|3", "none yet>, bad: \"1\">",
         "6 of 60 values are not numbers; without this step the column would be nominal",
         PROPOSED_NUMERIC},
        {"5|?x|7|8|9|1|2|3|4", NULL, NULL, PROPOSED_NOMINAL},
        {"5|1|7|8|9|1|2|3|4", NULL, NULL, PROPOSED_NUMERIC},
    };
    assert_mended(cases, sizeof cases / sizeof *cases);
}

/** Twelve different texts are odd values; thirteen are codes. */
static void many_different_texts_are_no_dirt(void **state) {
    (void)state;
    for (size_t n_texts = 12; n_texts <= 13; n_texts++) {
        FILE *file = fopen("t.csv", "w");
        assert_non_null(file);
        fputs("size,column,churn\n", file);
        for (size_t row = 0; row < 150; row++) {
            fprintf(file, "%zu.5,%s%zu,%s\n", row % 7, row < n_texts ? "x" : "", row % 31,
                    row % 3 == 0 ? "yes" : "no");
        }
        assert_int_equal(fclose(file), 0);
        perebor_proposal proposal;
        propose_ruled(&proposal, NULL);
        assert_int_equal(proposal.n_steps, n_texts == 12);
        if (n_texts == 12) {
            assert_int_equal(proposal.steps[0].step.from.n, 12);
        }
        perebor_proposal_release(&proposal);
    }
}

static void numbers_far_from_all_others_are_sentinels(void **state) {
    (void)state;
    static const char twelve[] = "12 values, far from all others: taken for a missing value";
    static const mending cases[] = {
        {"5|-999|7|8|9", "-999>", twelve, PROPOSED_NUMERIC},
        {"5|-9|70|80|9", "-9>", twelve, PROPOSED_NUMERIC}, // the only one below 0
        {"5|-9|-2|80|9", NULL, NULL, PROPOSED_NUMERIC},
        {"5|-999|-7|8|9", "-999>", twelve, PROPOSED_NUMERIC},
        {"5|-999|-333|8|9", NULL, NULL, PROPOSED_NUMERIC}, // not three times as far
        {"5|-999|-332|8|9", "-999>", twelve, PROPOSED_NUMERIC},
        {"5.5|9999|7|8|3333", NULL, NULL, PROPOSED_NUMERIC},
        {"5.5|9999|7|8|3332", "9999>", twelve, PROPOSED_NUMERIC},
        {"5|-998|7|8|9", NULL, NULL, PROPOSED_NUMERIC},
        {"5|99|7|8|9", NULL, NULL, PROPOSED_NUMERIC}, // a number as others
    };
    assert_mended(cases, sizeof cases / sizeof *cases);
}

/** One value alone may be an outlier. */
static void a_sentinel_occurs_twice(void **state) {
    (void)state;
    for (size_t n = 1; n <= 2; n++) {
        FILE *file = fopen("t.csv", "w");
        assert_non_null(file);
        fputs("size,column,churn\n", file);
        for (size_t row = 0; row < 60; row++) {
            fprintf(file, "%zu.5,%d,%s\n", row % 7, row < n ? -999 : (int)(row % 11),
                    row % 3 == 0 ? "yes" : "no");
        }
        assert_int_equal(fclose(file), 0);
        perebor_proposal proposal;
        propose_ruled(&proposal, NULL);
        assert_int_equal(proposal.n_steps, n - 1);
        perebor_proposal_release(&proposal);
    }
}

static void rarer_spellings_become_the_usual_one(void **state) {
    (void)state;
    static const char reason[] = "the same value in another spelling, which is rarer";
    static const mending cases[] = {
        {"paris|Paris|rome|Paris|rome", "paris>Paris", reason, PROPOSED_NOMINAL},
        {"new_york|New York|rome|new york", "New York>new_york, new york>new_york", reason,
         PROPOSED_NOMINAL},
        {"rome|Rome|ROME|oslo|ROME|oslo", "rome>ROME, Rome>ROME", reason, PROPOSED_NOMINAL},
        {"paris|parys|rome", NULL, NULL, PROPOSED_NOMINAL},
        {"Yes|no|yes|yes", "Yes>yes", reason, PROPOSED_BOOLEAN},
    };
    assert_mended(cases, sizeof cases / sizeof *cases);
}

/** Blanks are trimmed in one step for all columns, before others; what differs by them alone is not
 * replaced as well. */
static void blanks_are_trimmed_first(void **state) {
    (void)state;
    perebor_proposal proposal;
    propose_column(&proposal, "paris | paris|rome|paris|rome");
    assert_int_equal(proposal.n_steps, 1);
    assert_int_equal(proposal.steps[0].step.kind, PEREBOR_STEP_NORMALIZE);
    assert_true(proposal.steps[0].step.trim);
    assert_string_equal(proposal.steps[0].step.form, "NFC");
    assert_string_equal(proposal.steps[0].reason,
                        "blanks around values, or letters in several forms: column");
    assert_int_equal(proposed_named(&proposal, "column")->n_distinct, 2);
    perebor_proposal_release(&proposal);
    propose_column(&proposal, "PARIS |paris|rome|paris|caf\xC3\xA9|cafe\xCC\x81");
    assert_int_equal(proposal.n_steps, 2);
    assert_pairs(&proposal.steps[1].step, "PARIS>paris");
    assert_int_equal(proposed_named(&proposal, "column")->n_distinct, 3);
    char *text = written_of(&proposal);
    perebor_experiment *experiment = read_back(text);
    assert_says_the_same(experiment, &proposal);
    perebor_experiment_free(experiment);
    free(text);
    perebor_proposal_release(&proposal);
}

static void the_first_of_several_columns_with_blanks_is_named(void **state) {
    (void)state;
    perebor_proposal proposal;
    write_ruled((const ruled_column[]){{"size", "1.5|2|3.25|4|7.5"},
                                       {"a: b", "oslo |rome"},
                                       {"town", "oslo|rome\xC2\xA0|lund"},
                                       {"churn", "yes|no|no|no"}},
                4, PROPOSED_ROWS, (table_style){0});
    propose_ruled(&proposal, NULL);
    assert_int_equal(proposal.n_steps, 1);
    assert_string_equal(proposal.steps[0].reason,
                        "blanks around values, or letters in several forms: \"a: b\" and others");
    perebor_proposal_release(&proposal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_among_numbers_become_missing),
        cmocka_unit_test(many_different_texts_are_no_dirt),
        cmocka_unit_test(numbers_far_from_all_others_are_sentinels),
        cmocka_unit_test(a_sentinel_occurs_twice),
        cmocka_unit_test(rarer_spellings_become_the_usual_one),
        cmocka_unit_test(blanks_are_trimmed_first),
        cmocka_unit_test(the_first_of_several_columns_with_blanks_is_named),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
