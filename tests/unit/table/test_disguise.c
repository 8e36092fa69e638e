// SPDX-License-Identifier: MIT
/**
 * Numbers and days that are written so that they are read as texts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "table/disguise.h"

static void a_text_is_told_by_how_it_is_written(void **state) {
    (void)state;
    static const struct {
        const char *text;
        table_disguise kind;
    } cases[] = {
        {"", TABLE_DISGUISE_NONE},
        {"basic", TABLE_DISGUISE_NONE},
        {"c001", TABLE_DISGUISE_NONE},
        {"1.2.3.4", TABLE_DISGUISE_NONE},
        {"%", TABLE_DISGUISE_NONE},
        {"$", TABLE_DISGUISE_NONE},
        {"5 %%", TABLE_DISGUISE_NONE},
        {"A5%", TABLE_DISGUISE_NONE},
        {"infinite", TABLE_DISGUISE_NONE},
        {"-", TABLE_DISGUISE_NONE},
        {"24-03-01x", TABLE_DISGUISE_NONE},
        {"1,5", TABLE_DISGUISE_MARK},
        {"1,234.5", TABLE_DISGUISE_MARK},
        {"1 234", TABLE_DISGUISE_MARK},
        {"1\u00a0234", TABLE_DISGUISE_MARK},
        {"1\u2009234", TABLE_DISGUISE_MARK},
        {"1\u202f234,5", TABLE_DISGUISE_MARK},
        {"1'234.50", TABLE_DISGUISE_MARK},
        {"12%", TABLE_DISGUISE_UNIT},
        {"-12.5 %", TABLE_DISGUISE_UNIT},
        {"$1,234.50", TABLE_DISGUISE_UNIT},
        {"-$5", TABLE_DISGUISE_UNIT},
        {"12,5 €", TABLE_DISGUISE_UNIT},
        {"1 200 руб.", TABLE_DISGUISE_UNIT},
        {"3\u00a0₽", TABLE_DISGUISE_UNIT},
        {"inf", TABLE_DISGUISE_INFINITE},
        {"-Infinity", TABLE_DISGUISE_INFINITE},
        {"+INF", TABLE_DISGUISE_INFINITE},
        {"1e400", TABLE_DISGUISE_INFINITE},
        {"-2.5E+999", TABLE_DISGUISE_INFINITE},
        {"2024-03-01", TABLE_DISGUISE_DAY},
        {"2024-03-01T10:00:00Z", TABLE_DISGUISE_DAY},
        {"01.03.2024", TABLE_DISGUISE_DAY},
        {"3/1/24 10:00", TABLE_DISGUISE_DAY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (table_disguise_of(cases[i].text) != cases[i].kind) {
            fail_msg("%s: %d", cases[i].text, (int)table_disguise_of(cases[i].text));
        }
    }
}

static table_disguises see(const char *const *texts) {
    table_disguises seen = {0};
    for (; *texts != NULL; texts++) {
        table_disguises_add(&seen, *texts);
    }
    return seen;
}

static void texts_of_a_column_must_agree(void **state) {
    (void)state;
    table_disguises seen = see((const char *const[]){"5 %", "7%", NULL});
    assert_int_equal(seen.kind, TABLE_DISGUISE_UNIT);
    assert_int_equal(seen.n_unit, 1);
    assert_memory_equal(seen.unit, "%", 1);
    assert_true(see((const char *const[]){"5 €", "7%", NULL}).differ);
    assert_true(see((const char *const[]){"5%", "inf", NULL}).differ);
    assert_true(see((const char *const[]){"5%", "many", "7%", NULL}).differ);
    assert_int_equal(see((const char *const[]){"5%", "many", NULL}).kind, TABLE_DISGUISE_NONE);
    seen = see((const char *const[]){"2024-03-01", "2024-12-31 10:00", NULL});
    assert_int_equal(seen.kind, TABLE_DISGUISE_DAY);
    assert_true(seen.is_iso && !seen.is_dotted);
    seen = see((const char *const[]){"01.03.2024", "31.12.2024", NULL});
    assert_true(!seen.is_iso && seen.is_dotted);
    seen = see((const char *const[]){"01.03.2024", "2024-03-01", NULL});
    assert_true(seen.kind == TABLE_DISGUISE_DAY && !seen.is_iso && !seen.is_dotted);
}

static void levels_may_have_numbers_among_them(void **state) {
    (void)state;
    static const char *const unit[] = {"1", "2.5", "3 %"};
    static const char *const numbers[] = {"1", "2.5", "-3e2"};
    static const char *const texts[] = {"3 %", "a"};
    assert_true(table_levels_are_disguised(unit, 3));
    assert_false(table_levels_are_disguised(numbers, 3));
    assert_false(table_levels_are_disguised(texts, 2));
    assert_false(table_levels_are_disguised(NULL, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_told_by_how_it_is_written),
        cmocka_unit_test(texts_of_a_column_must_agree),
        cmocka_unit_test(levels_may_have_numbers_among_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
