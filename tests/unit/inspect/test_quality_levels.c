// SPDX-License-Identifier: MIT
/**
 * Small classes of the target and rare levels of features.
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

static const flat_case class_cases[] = {
    {.about = "a fifth",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,yes", 20}, {"#,~,no", 80}),
     .stage = PEREBOR_STAGE_FINAL,
     .found = ""},
    {.about = "less than a fifth are positive",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,yes", 19}, {"#,~,no", 81}),
     .stage = PEREBOR_STAGE_FINAL,
     .found = "class_imbalance gone 19",
     .detail = "\"yes\" is 19.00 % of the rows (19 of 100)",
     .step = "logreg__class_weight: {values: [null, balanced], when: {model: logreg}}"},
    {.about = "less than a fifth are negative",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,yes", 141}, {"#,~,no", 9}),
     .stage = PEREBOR_STAGE_JOINED,
     .found = "class_imbalance gone 9",
     .detail = "\"no\" is 6.00 % of the rows (9 of 150)"},
    {.about = "rows without a class are not counted",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,yes", 20}, {"#,~,no", 80}, {"#,~,", 20}),
     .stage = PEREBOR_STAGE_JOINED,
     .found = "gaps gone 20"},
};

static void a_class_below_a_fifth_is_small(void **state) {
    (void)state;
    CHECK_FLAT_CASES(class_cases);
}

static const perebor_ordinal_column ordered = {
    .name = "c", .levels = {(const char *const[]){"small", "large", "other one", "wide"}, 4}};
static const perebor_boolean_column boolean = {
    .name = "c",
    .true_values = {(const char *const[]){"small", "wide"}, 2},
    .false_values = {(const char *const[]){"large", "other one"}, 2}};
static const perebor_roles ordinal_roles = {FLAT_ROLES, .ordinal = &ordered, .n_ordinal = 1};
static const perebor_roles boolean_roles = {FLAT_ROLES, .boolean = &boolean, .n_boolean = 1};
static const perebor_roles dropped_roles = {FLAT_ROLES, .drop = {(const char *const[]){"c"}, 1}};
static const perebor_roles carried_roles = {FLAT_ROLES,
                                            .passthrough = {(const char *const[]){"c"}, 1}};

#define TWO_RARE(each)                                                                             \
    RUNS({"#,~,small,?", 90}, {"#,~,large,?", 60}, {"#,~,wide,?", each}, {"#,~,other one,?", 1})

#define RARE_CASE(...) .header = "id,x,c,gone", .stage = PEREBOR_STAGE_FINAL, __VA_ARGS__

static const flat_case rare_cases[] = {
    {RARE_CASE(.about = "one of a hundred is not below a hundredth",
               .runs = RUNS({"#,~,small,?", 60}, {"#,~,large,?", 39}, {"#,~,wide,?", 1}),
               .found = "")},
    {RARE_CASE(.about = "one of 101 is, and alone becomes a gap",
               .runs = RUNS({"#,~,small,?", 60}, {"#,~,large,?", 40}, {"#,~,wide,?", 1}),
               .found = "rare_level c 1",
               .detail = "1 of 3 levels is below 1 % of the rows: \"wide\" (1)",
               .step = "- {op: replace, table: flat, column: c, map: {wide: null}, reason: rare "
                       "level}")},
    {RARE_CASE(.about = "two that are frequent together become one level", .runs = TWO_RARE(1),
               .found = "rare_level c 2",
               .detail = "2 of 4 levels are below 1 % of the rows: \"wide\" (1), \"other one\" (1)",
               .step = "- {op: replace, table: flat, column: c, map: {wide: other, other one: "
                       "other}, reason: rare level}")},
    {RARE_CASE(.about = "two that are rare even together become gaps",
               .runs = RUNS({"#,~,small,?", 190}, {"#,~,large,?", 60}, {"#,~,wide,?", 1},
                            {"#,~,other one,?", 1}),
               .found = "rare_level c 2",
               .step = "- {op: replace, table: flat, column: c, map: {wide: null, other one: "
                       "null}, reason: rare level}")},
    {RARE_CASE(.about = "levels that have an order cannot become another", .runs = TWO_RARE(1),
               .found = "rare_level c 2",
               .step = "- {op: replace, table: flat, column: c, map: {wide: null, other one: "
                       "null}, reason: rare level}",
               .roles = &ordinal_roles)},
    {RARE_CASE(.about = "nor levels that mean yes or no", .runs = TWO_RARE(1),
               .found = "rare_level c 2",
               .step = "- {op: replace, table: flat, column: c, map: {wide: null, other one: "
                       "null}, reason: rare level}",
               .roles = &boolean_roles)},
    {RARE_CASE(.about = "what is dropped may be rare", .runs = TWO_RARE(1), .found = "",
               .roles = &dropped_roles)},
    {RARE_CASE(.about = "what is carried may be rare", .runs = TWO_RARE(1), .found = "",
               .roles = &carried_roles)},
    {RARE_CASE(.about = "what is misspelt is not rare",
               .runs = RUNS({"#,~,small,?", 90}, {"#,~,large,?", 60}, {"#,~,smalk,?", 1},
                            {"#,~,LARGE,?", 1}),
               .found = "")},
    {RARE_CASE(.about = "numbers are no levels",
               .runs = RUNS({"#,~,1,?", 90}, {"#,~,2,?", 60}, {"#,~,3,?", 1}), .found = "")},
    {RARE_CASE(.about = "where all are rare there are no levels",
               .runs = RUNS({"#,~,name #,?", 150}), .found = "")},
    {RARE_CASE(.about = "five are shown",
               .runs = RUNS({"#,~,small,?", 300}, {"#,~,large,?", 300}, {"#,~,rare #,?", 6}),
               .found = "rare_level c 6",
               .detail = "6 of 8 levels are below 1 % of the rows: \"rare 1600\" (1), \"rare "
                         "1601\" (1), \"rare 1602\" (1), \"rare 1603\" (1), \"rare 1604\" (1), "
                         "...",
               .step = "- {op: replace, table: flat, column: c, map: {rare 1600: null, rare 1601: "
                       "null, rare 1602: null, rare 1603: null, rare 1604: null, rare 1605: null}, "
                       "reason: rare level}")},
};

static void a_level_below_a_hundredth_is_rare(void **state) {
    (void)state;
    CHECK_FLAT_CASES(rare_cases);
}

#define INSPECTING(test) cmocka_unit_test_teardown(test, forget_inspected)

int main(void) {
    const struct CMUnitTest tests[] = {
        INSPECTING(a_class_below_a_fifth_is_small),
        INSPECTING(a_level_below_a_hundredth_is_rare),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
