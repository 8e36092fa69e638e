// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/arithmetic.h"
#include "draw.h"

/** Distance in units in the last place of @p expected. */
static double ulps(double value, double expected) {
    if (value == expected) {
        return 0.0;
    }
    return fabs(value - expected) / (nextafter(fabs(expected), INFINITY) - fabs(expected));
}

static double uniform(uint64_t *state, double low, double high) {
    return low + (high - low) * draw_uniform(state);
}

static void functions_are_within_their_stated_errors_of_libm(void **state) {
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 200000; i++) {
        double x = uniform(&random, -700.0, 700.0);
        assert_true(ulps(perebor_exp(x), exp(x)) <= 1.0);
        double small = uniform(&random, -2.0, 2.0);
        assert_true(ulps(perebor_exp(small), exp(small)) <= 1.0);
        double positive = perebor_exp(x);
        assert_true(ulps(perebor_log(positive), log(positive)) <= 1.0);
        double near_one = uniform(&random, 0.5, 2.0);
        assert_true(ulps(perebor_log(near_one), log(near_one)) <= 1.0);
        double tiny = small * perebor_exp(uniform(&random, -40.0, 0.0)) * 0.49;
        assert_true(ulps(perebor_log1p(tiny), log1p(tiny)) <= 3.0);
        assert_true(ulps(perebor_expm1(tiny), expm1(tiny)) <= 4.0);
        assert_true(ulps(perebor_tanh(small), tanh(small)) <= 8.0);
    }
}

static void the_normal_distribution_is_libm_s(void **state) {
    (void)state;
    uint64_t random = 6;
    for (int i = 0; i < 100000; i++) {
        double x = uniform(&random, -20.0, 8.0);
        double expected = 0.5 * erfc(-x / 1.4142135623730951);
        assert_true(fabs(perebor_normal_cdf(x) - expected) <= 2e-15 * expected);
        double p = uniform(&random, 0.0, 1.0);
        assert_true(fabs(perebor_normal_cdf(perebor_normal_quantile(p)) - p) <= 1e-14);
    }
    assert_true(perebor_normal_cdf(0.0) == 0.5);
}

static void the_ends_of_the_ranges_are_as_documented(void **state) {
    (void)state;
    assert_true(perebor_exp(-709.0) == 0.0);
    assert_true(isinf(perebor_exp(710.0)));
    assert_true(perebor_exp(0.0) == 1.0);
    assert_true(isnan(perebor_exp(NAN)));
    assert_true(isinf(perebor_log(0.0)) && perebor_log(0.0) < 0.0);
    assert_true(isnan(perebor_log(-1.0)));
    assert_true(perebor_log(1.0) == 0.0);
    assert_true(ulps(perebor_log(0x1p-1074), log(0x1p-1074)) <= 1.0);
    assert_true(perebor_pow(0.0, 2.0) == 0.0 && perebor_pow(1.0, 99.0) == 1.0);
}

static void lanes_have_the_bits_of_scalars(void **state) {
    (void)state;
    uint64_t random = 2;
    for (int i = 0; i < 20000; i++) {
        double x[PEREBOR_LANES];
        double y[PEREBOR_LANES];
        for (int lane = 0; lane < PEREBOR_LANES; lane++) {
            x[lane] = uniform(&random, -720.0, 720.0);
        }
        v8d_store(y, v8d_exp(v8d_load(x)));
        for (int lane = 0; lane < PEREBOR_LANES; lane++) {
            assert_true(arithmetic_to_bits(y[lane]) == arithmetic_to_bits(perebor_exp(x[lane])));
        }
    }
}

static void lanes_take_the_same_logarithm(void **state) {
    (void)state;
    uint64_t random = 4;
    for (int i = 0; i < 20000; i++) {
        double x[PEREBOR_LANES];
        double y[PEREBOR_LANES];
        double z[PEREBOR_LANES];
        for (int lane = 0; lane < PEREBOR_LANES; lane++) {
            x[lane] = i % 2 == 0 ? uniform(&random, 1e-9, 2.0)
                                 : perebor_exp(uniform(&random, -700.0, 700.0));
        }
        v8d_store(y, v8d_log(v8d_load(x)));
        v8d_store(z, v8d_log2(v8d_load(x)));
        for (int lane = 0; lane < PEREBOR_LANES; lane++) {
            assert_true(arithmetic_to_bits(y[lane]) == arithmetic_to_bits(perebor_log(x[lane])));
            assert_true(arithmetic_to_bits(z[lane]) == arithmetic_to_bits(perebor_log2(x[lane])));
        }
    }
}

static void reference_bits_hold_on_every_machine(void **state) {
    (void)state;
    // FNV-1a over the bits of many results: any machine, compiler or optimisation that changed one
    // bit of any of them changes this number.
    uint64_t random = 3;
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < 100000; i++) {
        double x = uniform(&random, -30.0, 30.0);
        double results[] = {perebor_exp(x),   perebor_log(fabs(x)), perebor_log1p(fabs(x)),
                            perebor_expm1(x), perebor_tanh(x),      perebor_pow(fabs(x), 0.3)};
        for (size_t k = 0; k < sizeof results / sizeof *results; k++) {
            hash = (hash ^ arithmetic_to_bits(results[k])) * 1099511628211u;
        }
    }
    assert_int_equal(hash, 0x7f09d497e03bb839u);
}

static void quantiles_are_those_of_the_normal_distribution(void **state) {
    (void)state;
    const struct {
        double probability, quantile; // scipy.special.ndtri
    } cases[] = {
        {1e-300, -37.0470962993612},
        {1e-20, -9.262340089798409},
        {1.1102230246251565e-16, -8.209536151601387},
        {1e-05, -4.264890793922825},
        {0.02425, -1.972961051311885},
        {0.075, -1.4395314709384563},
        {0.0750001, -1.4395307645017301},
        {0.25, -0.6744897501960817},
        {0.6, 0.2533471031357997},
        {0.925, 1.4395314709384563},
        {0.975, 1.959963984540054},
        {0.999, 3.090232306167813},
        {0.9999999999999999, 8.209536151601387},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got = perebor_normal_quantile(cases[i].probability);
        assert_true(fabs(got / cases[i].quantile - 1.0) < 1e-15);
    }
    assert_true(perebor_normal_quantile(0.5) == 0.0);
    assert_true(perebor_normal_quantile(0.0) == -INFINITY);
    assert_true(perebor_normal_quantile(1.0) == INFINITY);
    assert_true(isnan(perebor_normal_quantile(-0.1)));
    assert_true(isnan(perebor_normal_quantile(NAN)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_within_their_stated_errors_of_libm),
        cmocka_unit_test(the_normal_distribution_is_libm_s),
        cmocka_unit_test(the_ends_of_the_ranges_are_as_documented),
        cmocka_unit_test(lanes_have_the_bits_of_scalars),
        cmocka_unit_test(lanes_take_the_same_logarithm),
        cmocka_unit_test(reference_bits_hold_on_every_machine),
        cmocka_unit_test(quantiles_are_those_of_the_normal_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
