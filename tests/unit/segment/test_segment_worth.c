// SPDX-License-Identifier: MIT
/** Values, bands and ranks, worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shop_rows.h"

static segment_worth make(const segment_settings *settings, const perebor_dataset *dataset,
                          const double *probabilities) {
    segment_worth worth = {0};
    perebor_error error = {0};
    assert_int_equal(
        segment_worth_make(&worth, dataset, probabilities, settings, NULL, "shop.yaml", &error),
        PEREBOR_OK);
    return worth;
}

static void test_value_at_risk_is_p_times_value_times_horizon_times_share(void **state) {
    (void)state;
    segment_worth worth = make(&shop_settings, &shop_dataset, shop_probabilities);
    assert_true(worth.at_risk[2] == 0.7 * 6.0 * 3.0 * 0.5);
    assert_true(isnan(worth.value[6]) && isnan(worth.at_risk[6]));
    assert_int_equal(worth.n_without_value, 1);
    segment_worth_release(&worth);
}

static void test_a_band_begins_at_its_number(void **state) {
    (void)state;
    const uint8_t risks[SHOP_ROWS] = {0, 2, 2, 0, 2, 1, 1, 0};
    // Profits 1 2 3 4 5 6 8: the median is 4, and whoever has 4 is worth it.
    const uint8_t worths[SHOP_ROWS] = {1, 0, 1, 0, 1, 1, SEGMENT_NO_BAND, 0};
    segment_worth worth = make(&shop_settings, &shop_dataset, shop_probabilities);
    assert_memory_equal(worth.risk, risks, sizeof risks);
    assert_memory_equal(worth.worth, worths, sizeof worths);
    assert_true(worth.worth_from[0] == 4.0);
    segment_worth_release(&worth);
}

static void test_ties_go_by_value_then_by_identifier(void **state) {
    (void)state;
    // .9; .7 with 8 before .7 with 6; .5; .3; .2; .1 with 4 before .1 with 3.
    const uint32_t ranks[SHOP_ROWS] = {7, 1, 3, 6, 2, 5, 4, 8};
    segment_worth worth = make(&shop_settings, &shop_dataset, shop_probabilities);
    assert_memory_equal(worth.rank, ranks, sizeof ranks);
    segment_worth_release(&worth);
}

static void test_identifiers_that_are_numbers_go_by_number(void **state) {
    (void)state;
    const double same[SHOP_ROWS] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    segment_settings settings = shop_settings;
    settings.value = NULL; // each is worth 1
    segment_worth worth = make(&settings, &shop_dataset, same);
    for (uint32_t row = 0; row < SHOP_ROWS; row++) {
        assert_int_equal(worth.rank[row], SHOP_ROWS - row); // "10" is the last, not the second
    }
    segment_worth_release(&worth);
}

static void refuse(const char *value, const char *why) {
    segment_worth worth = {0};
    perebor_error error = {0};
    segment_settings settings = shop_settings;
    settings.value = value;
    settings.value_at = (perebor_position){.line = 7, .column = 10};
    assert_int_equal(segment_worth_make(&worth, &shop_dataset, shop_probabilities, &settings, NULL,
                                        "shop.yaml", &error),
                     PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "shop.yaml:7:10"));
    assert_non_null(strstr(error.message, why));
    segment_worth_release(&worth);
}

static void test_a_value_is_a_column_of_numbers(void **state) {
    (void)state;
    refuse("profits", "there is no column \"profits\"");
    refuse("kind", "there are no numbers in \"kind\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value_at_risk_is_p_times_value_times_horizon_times_share),
        cmocka_unit_test(test_a_band_begins_at_its_number),
        cmocka_unit_test(test_ties_go_by_value_then_by_identifier),
        cmocka_unit_test(test_identifiers_that_are_numbers_go_by_number),
        cmocka_unit_test(test_a_value_is_a_column_of_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
