// SPDX-License-Identifier: MIT
/** Conditions in SQL: what they see, and what they may not do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "segment/rule.h"
#include "shop_rows.h"

static const char *const axis_columns[] = {"pages"};
static const double axis_weights[] = {1.0};
static const char *const axis_bands[] = {"few", "many"};
static const double axis_from[] = {0.5};
static const segment_axis axes[] = {{.name = "reading",
                                     .columns = axis_columns,
                                     .weights = axis_weights,
                                     .n_columns = 1,
                                     .bands = {axis_bands, 2, axis_from}}};
static const segment_driver driver[] = {{.name = "few pages", .note = ""}};
static const uint32_t explained[SHOP_ROWS] = {0, 1, 1, 0, 0, 0, 1, 0};
static const uint32_t *drivers = explained;

static perebor_status apply(const char *where, uint8_t *members, perebor_error *error) {
    segment_worth worth = {0};
    segment_portrait portrait = {0};
    const segment_rule rule = {
        .name = "these", .where = where, .note = "", .at = {.line = 12, .column = 7}};
    segment_settings settings = shop_settings;
    settings.axes = axes;
    settings.n_axes = 1;
    settings.drivers = driver;
    settings.n_drivers = 1;
    memset(members, 0, SHOP_ROWS);
    assert_int_equal(segment_worth_make(&worth, &shop_dataset, shop_probabilities, &settings, NULL,
                                        "shop.yaml", error),
                     PEREBOR_OK);
    assert_int_equal(
        segment_portrait_make(&portrait, &shop_dataset, &settings, NULL, "shop.yaml", error),
        PEREBOR_OK);
    const segment_scored scored = {.dataset = &shop_dataset,
                                   .probabilities = shop_probabilities,
                                   .worth = &worth,
                                   .portrait = &portrait,
                                   .drivers = drivers,
                                   .settings = &settings};
    perebor_status status =
        segment_rules_apply(members, &rule, 1, &scored, NULL, "shop.yaml", error);
    segment_worth_release(&worth);
    segment_portrait_release(&portrait);
    return status;
}

/** @param[in] wanted  A digit a row. */
static void expect(const char *where, const char *wanted) {
    uint8_t members[SHOP_ROWS];
    perebor_error error = {0};
    char found[SHOP_ROWS + 1] = "";
    if (apply(where, members, &error) != PEREBOR_OK) {
        fail_msg("%s: %s", where, error.message);
    }
    for (size_t row = 0; row < SHOP_ROWS; row++) {
        found[row] = members[row] != 0 ? '1' : '0';
    }
    assert_string_equal(found, wanted);
}

static void refuse(const char *where, const char *why) {
    uint8_t members[SHOP_ROWS];
    perebor_error error = {0};
    assert_int_equal(apply(where, members, &error), PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "shop.yaml:12:7: the rule \"these\": "));
    if (strstr(error.message, why) == NULL) {
        fail_msg("%s: %s", where, error.message);
    }
}

static void test_columns_and_scores_are_seen(void **state) {
    (void)state;
    expect("pages >= 8", "10010010");
    expect("kind = 'it''s'", "00001100");
    expect("p >= 0.5 AND profit > 5", "00101000");
    expect("value_at_risk > 5", "00101000");
    expect("rank <= 2", "01001000");
    expect("risk = 'mid' OR worth = 'small'", "01010111");
    expect("id < 5", "00000011");
    expect("0", "00000000");
}

static void test_what_is_missing_is_null(void **state) {
    (void)state;
    expect("pages IS NULL", "00000100");
    expect("kind IS NULL", "00000010");
    expect("NOT profit > 4", "11010001");
    expect("worth IS NULL", "00000010");
}

static void test_quantiles_are_of_all_rows_that_have_a_value(void **state) {
    (void)state;
    // Pages 2 3 4 7 8 9 10: the median is 7, the lower quartile 3.5.
    expect("pages >= quantile('pages', 0.5)", "10010011");
    expect("pages < quantile('pages', 0.25)", "01100000");
    expect("p > quantile('p', 0.9)", "01000000");
    refuse("pages > quantile('kind', 0.5)", "there is no numeric column \"kind\"");
    refuse("pages > quantile('pages', 2)", "the share is from 0 to 1");
}

static void test_portrait_and_drivers_are_seen(void **state) {
    (void)state;
    expect("reading = 'many'", "10010011");
    expect("portrait.reading = 'few' AND p > 0.6", "01101000");
    expect("reading IS NULL", "00000100");
    expect("driver = 'few pages'", "01100010");
    drivers = NULL;
    refuse("driver = 'few pages'", "'perebor explain'");
    drivers = explained;
}

static void test_a_condition_may_end_with_a_comment(void **state) {
    (void)state;
    expect("p > 0.8 -- the surest", "01000000");
    expect("p > 0.8 OR (SELECT count(*) FROM scored) < 3", "01000000");
}

static void test_what_is_no_condition_is_refused(void **state) {
    (void)state;
    refuse("pages >", "near");
    refuse("page > 3", "no such column: page");
    refuse("\"page\" > 3", "no such column: "); // and its name, quoted since SQLite 3.46
    refuse("p > 0.5); DELETE FROM data; SELECT (1", "without a semicolon");
    refuse("p > random()", "random() is refused");
    refuse("date('now') > '2020'", "the time of day");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_and_scores_are_seen),
        cmocka_unit_test(test_what_is_missing_is_null),
        cmocka_unit_test(test_quantiles_are_of_all_rows_that_have_a_value),
        cmocka_unit_test(test_portrait_and_drivers_are_seen),
        cmocka_unit_test(test_a_condition_may_end_with_a_comment),
        cmocka_unit_test(test_what_is_no_condition_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
