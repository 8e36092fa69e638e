// SPDX-License-Identifier: MIT
/** Shares, intervals and contrasts beside figures of scipy and statsmodels, and by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "segment/segment_profile.h"
#include "shop_rows.h"

/** Rows 1, 2, 4 and 6 are members. */
static void test_what_members_are_like(void **state) {
    (void)state;
    const uint8_t members[SHOP_ROWS] = {0, 1, 1, 0, 1, 0, 1, 0};
    size_t n_traits = 0;
    segment_worth worth = {0};
    perebor_error error = {0};
    segment_trait *traits = segment_traits(&shop_dataset, &n_traits);
    assert_non_null(traits);
    assert_int_equal(n_traits, 5); // pages, three kinds, profit
    assert_string_equal(traits[2].level, "kitchen");
    segment_contrast contrasts[5];
    // What two columns add: of the members 1 2 3 6 and four times .5.
    const double reasons[2 * SHOP_ROWS] = {9.0, 0.1, 1.0, 0.5, 2.0, 0.5, 9.0, 0.1,
                                           3.0, 0.5, 9.0, 0.1, 6.0, 0.5, 9.0, 0.1};
    static const char *const names[] = {"pages", "kind"};
    const segment_reasons explained = {2, names, reasons};
    const double agreed[SHOP_ROWS] = {1.0, 1.0, 0.0, 0.0, (double)NAN, 0.0, 1.0, 0.0};
    static const char *const no_yes[] = {"no", "yes"};
    const perebor_column consent = {.name = "agreed",
                                    .role = PEREBOR_ROLE_BOOLEAN,
                                    .values = agreed,
                                    .levels = no_yes,
                                    .n_levels = 2};
    const uint8_t is_test[SHOP_ROWS] = {1, 1, 0, 0, 1, 0, 0, 1};
    double means[2], errors[2];
    segment_profile profile = {
        .contrasts = contrasts, .driver_mean = means, .driver_error = errors};
    assert_int_equal(segment_worth_make(&worth, &shop_dataset, shop_probabilities, &shop_settings,
                                        NULL, "shop.yaml", &error),
                     PEREBOR_OK);
    const segment_known known = {.dataset = &shop_dataset,
                                 .probabilities = shop_probabilities,
                                 .worth = &worth,
                                 .is_test = is_test,
                                 .consent = &consent,
                                 .reasons = &explained};
    assert_int_equal(segment_profiles_make(&profile, 1, traits, n_traits, members, &known, &error),
                     PEREBOR_OK);
    assert_true(profile.driver_mean[0] == 3.0 && profile.driver_mean[1] == 0.5);
    assert_true(fabs(profile.driver_error[0] - sqrt(14.0 / 3.0 / 4.0)) < 1e-15);
    assert_true(profile.driver_error[1] == 0.0);
    assert_true(fabs(profile.consent - 2.0 / 3.0) < 1e-15);
    assert_true(profile.n_test == 2 && profile.n_test_positive == 2);
    assert_int_equal(profile.n, 4);
    assert_int_equal(profile.n_positive, 4);
    assert_true(profile.observed == 1.0 && profile.observed_high == 1.0);
    assert_true(fabs(profile.predicted - 0.7) < 1e-15);
    assert_true(profile.mean_value == 5.0); // of the three that have a value
    assert_true(fabs(profile.value_at_risk - 1.5 * (0.9 * 1.0 + 0.7 * 6.0 + 0.7 * 8.0)) < 1e-12);
    // Pages 2 3 4 8 beside 10 9 7.
    assert_true(contrasts[0].mean_in == 4.25);
    assert_true(fabs(contrasts[0].mean_out - 26.0 / 3.0) < 1e-12);
    // scipy.stats.ttest_ind([2, 3, 4, 8], [10, 9, 7], equal_var=False).pvalue
    assert_true(fabs(contrasts[0].p - 0.0398924070134766) < 1e-9);
    assert_true(fabs(contrasts[0].effect - (-1.95893636802962)) < 1e-9);
    // Kitchen: two of three members that have a kind, none of four others.
    assert_true(fabs(contrasts[2].mean_in - 2.0 / 3.0) < 1e-15 && contrasts[2].mean_out == 0.0);
    // scipy.stats.chi2_contingency([[2, 1], [0, 4]], correction=False)[1]
    assert_true(fabs(contrasts[2].p - 0.0533368528291399) < 1e-9);
    for (size_t i = 0; i < n_traits; i++) {
        assert_true(isnan(contrasts[i].p) || contrasts[i].p_adjusted >= contrasts[i].p);
    }
    segment_worth_release(&worth);
    free(traits);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_members_are_like),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
