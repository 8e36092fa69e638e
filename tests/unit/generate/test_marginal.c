// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "generate/marginal.h"

static const double err_p[] = {0.021, 0.052, 0.116, 0.15, 0.203, 0.178, 0.141, 0.07, 0.054, 0.015};
static const perebor_marginal promo_low = {
    .mu = 0.2964, .sd = 0.0678, .lo = 0.11, .hi = 0.47, .step = 0.01};
static const perebor_marginal promo_high = {
    .mu = 0.9921, .sd = 0.0696, .lo = 0.74, .hi = 0.99, .step = 0.01};

static const struct {
    const char *name;
    perebor_marginal marginal;
} known[] = {
    {"pages", {.mu = 9.771, .sd = 3.444, .lo = 1.0, .hi = 20.0, .step = 1.0}},
    {"rev1", {.mu = 4933.5012, .sd = 630.7211, .lo = 2890.0, .hi = 6869.5, .step = 0.5}},
    {"leaving_pages",
     {.kind = PEREBOR_MARGINAL_LOGNORMAL,
      .mu = 1.334,
      .sd = 0.521,
      .lo = 1.0,
      .hi = 18.0,
      .step = 1.0}},
    {"err", {.kind = PEREBOR_MARGINAL_PMF, .lo = 0.0, .p = err_p, .n_p = 10}},
    {"promo",
     {.kind = PEREBOR_MARGINAL_MIXTURE, .p_hi = 0.304, .low = &promo_low, .high = &promo_high}},
};

static const perebor_marginal *find(const char *name) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) == 0) {
            return &known[i].marginal;
        }
    }
    return NULL;
}

static void quantiles_are_those_of_scipy(void **state) {
    (void)state;
    FILE *golden = fopen(PEREBOR_TESTS_DIR "/golden/generate/marginals.csv", "r");
    assert_non_null(golden);
    char name[32];
    double u = 0.0;
    double value = 0.0;
    size_t n = 0;
    while (fscanf(golden, " %31[^,],%lf,%lf", name, &u, &value) == 3) {
        const perebor_marginal *marginal = find(name);
        assert_non_null(marginal);
        assert_true(marginal_quantile(marginal, u) == value);
        n++;
    }
    (void)fclose(golden);
    assert_int_equal(n, 5 * 26);
}

static void a_choice_falls_on_the_share_of_its_probability(void **state) {
    (void)state;
    const double p[] = {1.0, 0.0, 3.0};
    assert_int_equal(marginal_choose(p, 3, 0.0), 0);
    assert_int_equal(marginal_choose(p, 3, 0.2499), 0);
    assert_int_equal(marginal_choose(p, 3, 0.25), 2); // what has no probability is never chosen
    assert_int_equal(marginal_choose(p, 3, 0.9999999), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_scipy),
        cmocka_unit_test(a_choice_falls_on_the_share_of_its_probability),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
