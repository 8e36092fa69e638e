// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/stream.h"

/** Made by tests/golden/base/make_stream.py. */
static const struct {
    uint64_t seed;
    const char *name;
    uint64_t trial, draw, bits;
} golden[] = {
    {0u, "", 0u, 0u, 0xc7ac7a6aa0a9a2bfu},
    {42u, "model", 0u, 0u, 0xefa2c31093dec6cbu},
    {42u, "model", 1u, 0u, 0xa8ec3cf140ffa445u},
    {42u, "logreg__C", 12345678901u, 3u, 0x1f03d7f774e73b6fu},
    {18446744073709551615u, "Выручка", 18446744073709551615u, 18446744073709551615u,
     0x8fffcf3ceb194df5u},
};

static void bits_are_numpys(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        perebor_stream stream = perebor_stream_make(golden[i].seed, golden[i].name);
        assert_int_equal(perebor_stream_bits(stream, golden[i].trial, golden[i].draw),
                         golden[i].bits);
    }
    perebor_stream numeric = {{42, 7}}; // numpy.random.Philox(key=[42, 7])
    assert_int_equal(perebor_stream_bits(numeric, 0, 0), 0x2fd1bc0d2c8697bbu);
}

static void uniforms_are_strictly_inside(void **state) {
    (void)state;
    perebor_stream stream = perebor_stream_make(1, "uniform");
    double sum = 0.0;
    const uint64_t n = 100000;
    for (uint64_t trial = 0; trial < n; trial++) {
        double u = perebor_stream_uniform(stream, trial, 0);
        assert_true(u > 0.0 && u < 1.0);
        sum += u;
    }
    double mean = sum / (double)n; // its standard deviation is 0.0009
    assert_true(mean > 0.496 && mean < 0.504);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_are_numpys),
        cmocka_unit_test(uniforms_are_strictly_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
