// SPDX-License-Identifier: MIT
/**
 * Customers without activity in a period, where nearly all have some.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inspected_tables.h"
#include "table_scratch.h"
#include "table_specs.h"

/** A hundred people, and their money by month. */
static void inspect_money(const run *money, const char *prefix) {
    const perebor_table_source sources[] = {{.name = "flat", .path = "flat.csv", .key = "id"},
                                            {.name = "money", .path = "money.csv", .key = "id"}};
    const perebor_pivot_step pivot = {
        .table = "money", .columns = "month", .values = "sum", .prefix = prefix};
    const perebor_tables_spec spec = {.file = "experiment.yaml",
                                      .sources = sources,
                                      .n_sources = 2,
                                      .pivot = &pivot,
                                      .n_pivot = 1,
                                      .join = {.base = "flat",
                                               .on = "id",
                                               .left = true,
                                               .unmatched_allowed = true,
                                               .tables = TEXTS("money")},
                                      .roles = {FLAT_ROLES}};
    write_runs("flat.csv", "id,x,gone", RUNS({"#,~,?", 100}));
    write_runs("money.csv", "id,month,sum", money);
    inspect(&spec);
}

static const struct {
    const char *about;
    const run *money;
    const char *found;
} activity_cases[] = {
    {"all are active", RUNS({"%,a,~", 100}, {"%,b,~", 100}), ""},
    {"five of a hundred are not", RUNS({"%,a,~", 95}, {"#,a,0", 5}, {"%,b,~", 100}),
     "zero_activity sum_* 5"},
    {"six of a hundred are nothing remarkable", RUNS({"%,a,~", 94}, {"#,a,0", 6}, {"%,b,~", 100}),
     ""},
    {"who has no row in a month was not active", RUNS({"%,a,~", 95}, {"%,b,~", 100}),
     "gaps sum_a 5; zero_activity sum_* 5"},
    {"an amount that is not known is not none", RUNS({"%,a,~", 95}, {"#,a,", 5}, {"%,b,~", 100}),
     "gaps sum_a 5"},
    {"where most are none, none is usual", RUNS({"%,a,0", 51}, {"#,a,~", 49}, {"%,b,~", 100}), ""},
    {"less than none is activity", RUNS({"%,a,~", 95}, {"#,a,-1", 5}, {"%,b,~", 100}), ""},
};

static void those_without_activity_are_found_where_they_are_few(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof activity_cases / sizeof *activity_cases; i++) {
        inspect_money(activity_cases[i].money, "sum_");
        const char *found = list_findings(PEREBOR_STAGE_JOINED);
        if (strcmp(found, activity_cases[i].found) != 0) {
            fail_msg("%s: found \"%s\"", activity_cases[i].about, found);
        }
    }
}

static void the_filter_keeps_who_is_active_in_every_month(void **state) {
    (void)state;
    inspect_money(RUNS({"%,a,~", 97}, {"#,a,0", 3}, {"%,b,~", 100}), "sum_");
    const perebor_finding *finding = first_finding(PEREBOR_STAGE_JOINED, "zero_activity");
    assert_non_null(finding);
    assert_string_equal(finding->detail, "3 of 100 rows have no sum in a period: 1097, 1098, 1099");
    assert_string_equal(finding->section, "data.filter");
    assert_string_equal(finding->step, "- {columns: [sum_a, sum_b], op: \">\", value: 0, match: "
                                       "all, reason: not active in every period}");
    assert_int_equal(finding->n_ids, 3);
    assert_string_equal(finding->ids[2], "1099");
}

static void someone_without_activity_in_two_months_is_one(void **state) {
    (void)state;
    inspect_money(
        RUNS({"%,a,~", 99}, {"1099,a,0", 1}, {"%,b,~", 98}, {"1098,b,0", 1}, {"1099,b,0", 1}),
        "sum_");
    assert_string_equal(list_findings(PEREBOR_STAGE_JOINED), "zero_activity sum_* 2");
    assert_string_equal(first_finding(PEREBOR_STAGE_JOINED, NULL)->ids[0], "1098");
    assert_string_equal(first_finding(PEREBOR_STAGE_JOINED, NULL)->ids[1], "1099");
}

static void unknown_amounts_are_kept_by_a_filter_of_identifiers(void **state) {
    (void)state;
    inspect_money(RUNS({"%,a,~", 96}, {"#,a,0", 2}, {"#,a,", 2}, {"%,b,~", 100}), "sum_");
    const perebor_finding *finding = first_finding(PEREBOR_STAGE_JOINED, "zero_activity");
    assert_non_null(finding);
    assert_int_equal(finding->n, 2);
    assert_string_equal(finding->step, "- {column: id, op: not_in, values: [\"1096\", \"1097\"], "
                                       "reason: not active in every period}");
}

static void without_a_prefix_the_values_name_the_columns(void **state) {
    (void)state;
    inspect_money(RUNS({"%,a,~", 99}, {"#,a,0", 1}, {"%,b,~", 100}), "");
    assert_string_equal(list_findings(PEREBOR_STAGE_JOINED), "zero_activity sum 1");
    assert_string_equal(first_finding(PEREBOR_STAGE_JOINED, NULL)->step,
                        "- {columns: [a, b], op: \">\", value: 0, match: all, reason: not active "
                        "in every period}");
}

static void a_repeated_key_of_a_month_is_found_beside_its_heading(void **state) {
    (void)state;
    inspect_money(RUNS({"%,a,~", 100}, {"%,b,~", 100}, {"1007,b,1", 1}), "sum_");
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "repeated_key money.id 1");
    assert_string_equal(first_finding(PEREBOR_STAGE_READ, NULL)->detail,
                        "1 of 201 rows repeats a key and its month, first money.csv:202 that of "
                        "money.csv:109");
}

#define INSPECTING(test) cmocka_unit_test_teardown(test, forget_inspected)

int main(void) {
    const struct CMUnitTest tests[] = {
        INSPECTING(those_without_activity_are_found_where_they_are_few),
        INSPECTING(the_filter_keeps_who_is_active_in_every_month),
        INSPECTING(someone_without_activity_in_two_months_is_one),
        INSPECTING(unknown_amounts_are_kept_by_a_filter_of_identifiers),
        INSPECTING(without_a_prefix_the_values_name_the_columns),
        INSPECTING(a_repeated_key_of_a_month_is_found_beside_its_heading),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
