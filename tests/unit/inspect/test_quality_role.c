// SPDX-License-Identifier: MIT
/**
 * What the experiment does with a column: the first of its words that fits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inspect/quality_role.h"
#include "table_specs.h"

static void the_target_comes_before_what_is_carried_and_that_before_what_is_dropped(void **state) {
    (void)state;
    const perebor_ordinal_column ordinal[] = {{.name = "size"}, {.name = "rank"}};
    const perebor_boolean_column boolean = {.name = "is_new"};
    const perebor_tables_spec spec = {.roles = {.target = "gone",
                                                .passthrough = TEXTS("go*", "money_*"),
                                                .drop = TEXTS("money_b", "noise", "size"),
                                                .ordinal = ordinal,
                                                .n_ordinal = 2,
                                                .boolean = &boolean,
                                                .n_boolean = 1}};
    const table_load load = {.spec = &spec};
    static const struct {
        const char *column;
        quality_role role;
    } cases[] = {
        {"gone", QUALITY_TARGET},         {"going", QUALITY_PASSTHROUGH},
        {"money_b", QUALITY_PASSTHROUGH}, {"noise", QUALITY_DROPPED},
        {"size", QUALITY_DROPPED},        {"rank", QUALITY_LEVELS},
        {"is_new", QUALITY_LEVELS},       {"is_ne", QUALITY_FEATURE},
        {"noises", QUALITY_FEATURE},      {"", QUALITY_FEATURE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(quality_role_of(&load, cases[i].column), cases[i].role);
    }
}

/** Which way a column is filled: 'n' as a number, 'l' as a level. */
static char find_filling(perebor_roles roles, const char *column, bool numeric) {
    char found = '?';
    for (int as_levels = 0; as_levels < 2; as_levels++) {
        roles.fills_nominal = as_levels == 1;
        roles.fills_numeric = as_levels == 0;
        const perebor_tables_spec spec = {.roles = roles};
        const table_load load = {.spec = &spec};
        if (quality_fills_missing(&load, column, numeric)) {
            assert_int_equal(found, '?');
            found = as_levels == 1 ? 'l' : 'n';
        }
    }
    return found;
}

static void numbers_are_levels_where_the_experiment_says_so(void **state) {
    (void)state;
    const perebor_ordinal_column ordinal = {.name = "size"};
    const perebor_roles none = {.target = "y", .ordinal = &ordinal, .n_ordinal = 1};
    perebor_roles all_numeric = none;
    all_numeric.numeric = TEXTS("*");
    all_numeric.nominal = TEXTS("town");
    perebor_roles all_nominal = none;
    all_nominal.nominal = TEXTS("*");
    all_nominal.numeric = TEXTS("age", "sum_*");
    const struct {
        const perebor_roles *roles;
        const char *column;
        bool numeric;
        char filling;
    } cases[] = {
        {&none, "age", true, 'n'},         {&none, "age", false, 'l'},
        {&none, "size", true, 'l'},        {&all_numeric, "age", true, 'n'},
        {&all_numeric, "town", true, 'l'}, {&all_numeric, "town", false, 'l'},
        {&all_nominal, "age", true, 'n'},  {&all_nominal, "sum_may", true, 'n'},
        {&all_nominal, "code", true, 'l'}, {&all_nominal, "age", false, 'l'},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(find_filling(*cases[i].roles, cases[i].column, cases[i].numeric),
                         cases[i].filling);
    }
}

static void nothing_is_filled_where_nothing_is_said(void **state) {
    (void)state;
    const perebor_tables_spec spec = {.roles = {.target = "y", .numeric = TEXTS("*")}};
    const table_load load = {.spec = &spec};
    assert_false(quality_fills_missing(&load, "x", true));
    assert_false(quality_fills_missing(&load, "x", false));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_target_comes_before_what_is_carried_and_that_before_what_is_dropped),
        cmocka_unit_test(numbers_are_levels_where_the_experiment_says_so),
        cmocka_unit_test(nothing_is_filled_where_nothing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
