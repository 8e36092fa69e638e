// SPDX-License-Identifier: MIT
/** Whatever the table: what is written of it is read, says what was guessed and loads the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "perebor/dataset.h"
#include "proposed.h"
#include "table_scratch.h"

enum { n_tables = 250, most_columns = 8, rule_size = 160 };

/** Values of every kind that is guessed, and of none; some stand in a column of another kind. */
static const char *const rules[] = {
    "1|2|3.5|4",
    "#",
    "a#",
    "yes|no",
    "1|0",
    "low|high|medium",
    "oslo|rome",
    "0-9|10+",
    "2024-01-@",
    "@.02.2024",
    "007|010|7",
    "",
    "x",
    "5|-999|7",
    "t#|x",
    "%",
    "36 months|12 months",
    " a|a|b",
    "A|a|b",
    "1|?|2|3|4|5|6|7|8|9|1|2|3",
    "-0|0|1e3|+5",
    "nan|inf|1",
    "say \"a\"|b|c",
    "a: b|- c|[d",
    "~|null|none",
    "a\nb|c",
    "1,5|2,5",
    "Да|Нет",
    "\xC2\x85|q|r",
    "\xE2\x80\xA8|q|r",
    "1e200|2",
    "0x10|0x11",
    "true|false|",
    "{a}|'b'|#c",
};

static const char *const names[] = {
    "id",         "size", "Customer ID",  "churn",  "class",
    "day",        "a: b", "say \"a\"",    "#",      "null",
    "yes",        "12",   "город",        "size",   "",
    "p*",         "{x}",  "[y]",          "- dash", "with, comma",
    "two\nlines", "~",    "\xE2\x80\xA8", "code",   "*",
    "?",
};

static const char *pick(uint64_t *draw, const char *const *texts, size_t n) {
    return texts[draw_bits(draw) % n];
}

/** A rule, or two of them one after the other: a column of two kinds. */
static void make_rule(uint64_t *draw, char rule[rule_size]) {
    size_t n = sizeof rules / sizeof *rules;
    const char *first = pick(draw, rules, n);
    const char *second = draw_uniform(draw) < 0.2 ? pick(draw, rules, n) : NULL;
    (void)snprintf(rule, rule_size, "%s%s%s", first, second != NULL ? "|" : "",
                   second != NULL ? second : "");
}

static void write_random(uint64_t *draw) {
    static const char delimiters[] = {',', ';', '\t', '|'};
    ruled_column columns[most_columns];
    char made[most_columns][rule_size];
    size_t n = 2 + (size_t)(draw_bits(draw) % (most_columns - 1));
    for (size_t i = 0; i < n; i++) {
        make_rule(draw, made[i]);
        columns[i] = (ruled_column){pick(draw, names, sizeof names / sizeof *names), made[i]};
    }
    if (draw_uniform(draw) < 0.7) {
        columns[n - 1] = (ruled_column){"target", draw_uniform(draw) < 0.5 ? "yes|no|no" : "a||b"};
    }
    write_ruled(columns, n, 12 + (size_t)(draw_bits(draw) % 60),
                (table_style){.delimiter = delimiters[draw_bits(draw) % 4],
                              .no_header = draw_uniform(draw) < 0.1});
}

/** The experiment loads the table that it was written for: its rows with a target, in two classes
 * of the sizes that were told. */
static void assert_loads(const perebor_experiment *experiment, const perebor_proposal *proposal,
                         const char *text) {
    perebor_dataset *dataset = NULL;
    perebor_tables_report report = {0};
    perebor_error error = {0};
    if (perebor_tables_load(&dataset, &report, &experiment->tables, &error) != PEREBOR_OK) {
        fail_msg("%s\n%s", error.message, text);
    }
    uint64_t n_positive = 0;
    for (size_t row = 0; row < dataset->n_rows; row++) {
        n_positive += dataset->labels[row];
    }
    assert_int_equal(n_positive, proposal->n_positive);
    assert_int_equal(dataset->n_rows, proposal->n_positive + proposal->n_negative);
    perebor_dataset_free(dataset);
    perebor_tables_report_release(&report);
}

/** A refusal has words and leaves nothing; a proposal is made twice the same. */
static bool try_table(void) {
    perebor_proposal proposal = {0};
    perebor_error error = {0};
    perebor_status status = perebor_propose(&proposal, "t.csv", NULL, NULL, &error);
    if (status != PEREBOR_OK) {
        assert_int_equal(status, PEREBOR_ERR_FORMAT);
        assert_memory_equal(error.message, "t.csv", 5);
        assert_null(proposal.block);
        return false;
    }
    char *text = written_of(&proposal);
    perebor_experiment *experiment = read_back(text);
    assert_says_the_same(experiment, &proposal);
    assert_loads(experiment, &proposal, text);
    perebor_experiment_free(experiment);
    perebor_proposal again;
    propose_ruled(&again, NULL);
    char *second = written_of(&again);
    assert_string_equal(second, text);
    free(second);
    free(text);
    perebor_proposal_release(&again);
    perebor_proposal_release(&proposal);
    return true;
}

static void what_is_written_of_any_table_loads_it(void **state) {
    (void)state;
    uint64_t draw = 20260301;
    size_t n_written = 0;
    for (size_t i = 0; i < n_tables; i++) {
        write_random(&draw);
        n_written += try_table();
    }
    assert_true(n_written > n_tables / 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_of_any_table_loads_it),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
