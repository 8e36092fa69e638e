// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/setting.h"

#define INTEGER(n) ((perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = (n)})
#define REAL(x) ((perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = (x)})
#define TEXT(s) ((perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = (s)})
#define BOOLEAN(b) ((perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = (b)})
#define NONE ((perebor_value){.kind = PEREBOR_VALUE_NONE})

static const char *const penalties[] = {"l1", "l2", "elasticnet", NULL};
static const char *const shares[] = {"sqrt", "log2", NULL};
static const char *const gammas[] = {"scale", "auto", NULL};
static const char *const weights[] = {"balanced", NULL};

static const perebor_setting c = {.name = "C",
                                  .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 1.0},
                                  .min = 0.0,
                                  .max = 1e12,
                                  .exclusive_minimum = true};
static const perebor_setting n_neighbors = {
    .name = "n_neighbors",
    .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 5},
    .min = 1.0,
    .max = 1000.0};
static const perebor_setting max_depth = {
    .name = "max_depth", .optional = true, .min = 1.0, .max = INFINITY};
static const perebor_setting max_features = {.name = "max_features",
                                             .optional = true,
                                             .accepts_real = true,
                                             .min = 0.0,
                                             .max = INFINITY,
                                             .exclusive_minimum = true,
                                             .choices = shares};
static const perebor_setting penalty = {
    .name = "penalty",
    .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "l2"},
    .optional = true,
    .choices = penalties};
static const perebor_setting gamma_setting = {
    .name = "gamma",
    .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "scale"},
    .accepts_real = true,
    .min = 0.0,
    .max = INFINITY,
    .choices = gammas};
static const perebor_setting class_weight = {
    .name = "class_weight", .optional = true, .choices = weights};
static const perebor_setting probability = {
    .name = "probability", .default_value = {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false}};
static const perebor_setting coef0 = {.name = "coef0",
                                      .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.0},
                                      .min = 1,
                                      .max = 0};

static void accepts(const perebor_setting *setting, perebor_value value, perebor_value wanted) {
    perebor_error error = {0};
    perebor_value accepted = {0};
    assert_int_equal(perebor_setting_accept(setting, value, &accepted, &error), PEREBOR_OK);
    assert_true(perebor_value_equal(accepted, wanted));
}

static void refuses(const perebor_setting *setting, perebor_value value, const char *message) {
    perebor_error error = {0};
    perebor_value accepted = INTEGER(-77);
    assert_int_equal(perebor_setting_accept(setting, value, &accepted, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message, message);
    assert_int_equal(accepted.as.integer, -77);
}

static void integers_become_reals_where_reals_are_wanted(void **state) {
    (void)state;
    accepts(&c, INTEGER(2), REAL(2.0));
    accepts(&c, REAL(0.5), REAL(0.5));
    accepts(&coef0, REAL(-1e300), REAL(-1e300));
    accepts(&gamma_setting, INTEGER(1), REAL(1.0));
}

static void reals_become_integers_only_when_whole(void **state) {
    (void)state;
    accepts(&n_neighbors, REAL(7.0), INTEGER(7));
    refuses(&n_neighbors, REAL(7.5),
            "n_neighbors cannot be 7.5; it takes a whole number from 1 to 1000");
    accepts(&max_depth, REAL(3.0), INTEGER(3));
}

static void integers_and_reals_are_told_apart_where_both_are_meant(void **state) {
    (void)state;
    accepts(&max_features, INTEGER(1), INTEGER(1));
    accepts(&max_features, REAL(1.0), REAL(1.0));
    accepts(&max_features, TEXT("sqrt"), TEXT("sqrt"));
    accepts(&max_features, NONE, NONE);
}

static void ranges_are_kept(void **state) {
    (void)state;
    refuses(&c, INTEGER(0), "C cannot be 0; it takes a number above 0 and at most 1000000000000");
    refuses(&c, REAL(NAN), "C cannot be null; it takes a number above 0 and at most 1000000000000");
    refuses(&coef0, REAL(INFINITY), "coef0 cannot be null; it takes a number");
    refuses(&n_neighbors, INTEGER(0),
            "n_neighbors cannot be 0; it takes a whole number from 1 to 1000");
    refuses(&max_depth, INTEGER(0),
            "max_depth cannot be 0; it takes a whole number of at least 1 or null");
    accepts(&n_neighbors, INTEGER(1000), INTEGER(1000));
}

static void texts_are_among_the_choices(void **state) {
    (void)state;
    char typed[] = "l1";
    perebor_error error = {0};
    perebor_value accepted = {0};
    assert_int_equal(perebor_setting_accept(&penalty, TEXT(typed), &accepted, &error), PEREBOR_OK);
    assert_ptr_equal(accepted.as.text, penalties[0]); // constant, however short-lived the input
    refuses(&penalty, TEXT("elasticnets"),
            "penalty cannot be \"elasticnets\"; it takes \"l1\", \"l2\" or \"elasticnet\" or null; "
            "did you mean \"elasticnet\"?");
    refuses(&gamma_setting, TEXT("x"),
            "gamma cannot be \"x\"; it takes a number of at least 0, \"scale\" or \"auto\"");
    refuses(&c, TEXT("big"),
            "C cannot be \"big\"; it takes a number above 0 and at most 1000000000000");
}

static void choices_without_a_default_take_no_number(void **state) {
    (void)state;
    accepts(&class_weight, TEXT("balanced"), TEXT("balanced"));
    accepts(&class_weight, NONE, NONE);
    refuses(&class_weight, INTEGER(1), "class_weight cannot be 1; it takes \"balanced\" or null");
}

static void booleans_are_only_booleans(void **state) {
    (void)state;
    accepts(&probability, BOOLEAN(true), BOOLEAN(true));
    refuses(&probability, INTEGER(1), "probability cannot be 1; it takes true or false");
    refuses(&n_neighbors, BOOLEAN(true),
            "n_neighbors cannot be true; it takes a whole number from 1 to 1000");
}

static void what_a_setting_takes_is_said(void **state) {
    (void)state;
    char text[80];
    assert_int_equal(perebor_setting_describe(&n_neighbors, text, sizeof text), 29);
    assert_string_equal(text, "a whole number from 1 to 1000");
    (void)perebor_setting_describe(&class_weight, text, sizeof text);
    assert_string_equal(text, "\"balanced\" or null");
    assert_int_equal(perebor_setting_describe(&n_neighbors, text, 8), 29);
    assert_string_equal(text, "a whole");
    assert_int_equal(perebor_setting_describe(&n_neighbors, NULL, 0), 29);
}

static perebor_setting of_simplicity(perebor_setting setting, perebor_simpler simpler) {
    setting.simpler = simpler;
    return setting;
}

/** Both ways round: who is simpler than another is never simpler than he. */
static void compares(const perebor_setting *setting, perebor_value a, perebor_value b, int sign) {
    int found = perebor_setting_compare_simplicity(setting, a, b);
    assert_int_equal((found > 0) - (found < 0), sign);
    found = perebor_setting_compare_simplicity(setting, b, a);
    assert_int_equal((found > 0) - (found < 0), -sign);
}

static void numbers_are_simpler_the_way_the_setting_says(void **state) {
    (void)state;
    perebor_setting less = of_simplicity(c, PEREBOR_SIMPLER_LESS);
    perebor_setting more = of_simplicity(n_neighbors, PEREBOR_SIMPLER_MORE);
    perebor_setting neither = of_simplicity(c, PEREBOR_SIMPLER_NEITHER);
    compares(&less, REAL(0.1), REAL(10.0), -1);
    compares(&less, REAL(10.0), REAL(10.0), 0);
    compares(&more, INTEGER(5), INTEGER(50), 1);
    compares(&more, INTEGER(-3), INTEGER(-3), 0);
    compares(&neither, REAL(0.1), REAL(10.0), 0);
}

static void none_is_beyond_every_number(void **state) {
    (void)state;
    perebor_setting depth = of_simplicity(max_depth, PEREBOR_SIMPLER_LESS);
    compares(&depth, INTEGER(2), NONE, -1);
    compares(&depth, INTEGER(INT64_MAX), NONE, -1);
    compares(&depth, NONE, NONE, 0);
}

static void texts_are_simpler_by_their_place(void **state) {
    (void)state;
    perebor_setting less = of_simplicity(penalty, PEREBOR_SIMPLER_LESS);
    compares(&less, TEXT("l1"), TEXT("l2"), -1);
    compares(&less, TEXT("elasticnet"), TEXT("l2"), 1);
    compares(&less, TEXT("l2"), TEXT("l2"), 0);
}

static void what_cannot_be_told_is_neither(void **state) {
    (void)state;
    perebor_setting gamma = of_simplicity(gamma_setting, PEREBOR_SIMPLER_LESS);
    compares(&gamma, TEXT("scale"), REAL(0.5), 0);
    perebor_setting features = of_simplicity(max_features, PEREBOR_SIMPLER_LESS);
    features.real_is_share = true;
    compares(&features, TEXT("sqrt"), NONE, 0);
    compares(&features, INTEGER(3), REAL(0.5), 0); // three columns beside half of all
    compares(&features, INTEGER(3), INTEGER(4), -1);
    compares(&features, REAL(0.25), REAL(0.5), -1);
    compares(&features, REAL(1.0), NONE, -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_become_reals_where_reals_are_wanted),
        cmocka_unit_test(reals_become_integers_only_when_whole),
        cmocka_unit_test(integers_and_reals_are_told_apart_where_both_are_meant),
        cmocka_unit_test(ranges_are_kept),
        cmocka_unit_test(texts_are_among_the_choices),
        cmocka_unit_test(choices_without_a_default_take_no_number),
        cmocka_unit_test(booleans_are_only_booleans),
        cmocka_unit_test(what_a_setting_takes_is_said),
        cmocka_unit_test(numbers_are_simpler_the_way_the_setting_says),
        cmocka_unit_test(none_is_beyond_every_number),
        cmocka_unit_test(texts_are_simpler_by_their_place),
        cmocka_unit_test(what_cannot_be_told_is_neither),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
