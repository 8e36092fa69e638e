// SPDX-License-Identifier: MIT
/**
 * What is computed of eight columns at once: one value after the other gives the same, and every
 * instruction set the same bits.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "prepare/panel.h"
#include "prepare/scaling.h"

enum { most_rows = 600, n_source_rows = 700 };

static double source[PANEL_COLUMNS][n_source_rows];
static double panel[most_rows * PANEL_COLUMNS], other[most_rows * PANEL_COLUMNS];
static uint32_t rows[most_rows];
static uint8_t labels[most_rows];
static size_t n_rows;

/** Some rows of eight columns, of which some cells are missing values. */
static void draw_source(uint64_t *seed, bool gaps) {
    n_rows = 1 + draw_bits(seed) % most_rows;
    for (size_t column = 0; column < PANEL_COLUMNS; column++) {
        for (size_t row = 0; row < n_source_rows; row++) {
            source[column][row] = 100.0 * draw_normal(seed) + 1000.0 * (double)column;
            if (gaps && draw_bits(seed) % 10 == 0) {
                source[column][row] = draw_bits(seed) % 2 == 0 ? (double)NAN : -(double)NAN;
            }
        }
    }
    for (size_t i = 0; i < n_rows; i++) {
        rows[i] = (uint32_t)(draw_bits(seed) % n_source_rows);
        labels[i] = (uint8_t)(draw_bits(seed) % 2);
    }
}

static void gather(const prepare_panel_kernels *kernels, int64_t n_missing[PANEL_COLUMNS]) {
    const double *columns[PANEL_COLUMNS];
    for (size_t column = 0; column < PANEL_COLUMNS; column++) {
        columns[column] = source[column];
    }
    kernels->gather(panel, columns, rows, n_rows, n_missing);
}

static double at(size_t row, size_t column) {
    return panel[row * PANEL_COLUMNS + column];
}

static void check_gaps(const prepare_panel_kernels *kernels) {
    static const double fills[PANEL_COLUMNS] = {1, 2, 3, 4, 5, 6, 7, 8};
    int64_t n_missing[PANEL_COLUMNS];
    gather(kernels, n_missing);
    kernels->fill(panel, n_rows, fills);
    for (size_t column = 0; column < PANEL_COLUMNS; column++) {
        int64_t n = 0;
        for (size_t i = 0; i < n_rows; i++) {
            double value = source[column][rows[i]];
            n += isnan(value);
            assert_true(at(i, column) == (isnan(value) ? fills[column] : value));
        }
        assert_int_equal(n_missing[column], n);
    }
}

/** Sums, moments and extremes against long doubles, value by value. */
static void check_figures(const prepare_panel_kernels *kernels) {
    double sums[PANEL_COLUMNS], mean[PANEL_COLUMNS], variance[PANEL_COLUMNS];
    double min[PANEL_COLUMNS], max[PANEL_COLUMNS];
    kernels->sum(panel, n_rows, sums);
    kernels->moments(panel, n_rows, mean, variance);
    kernels->extremes(panel, n_rows, min, max);
    for (size_t column = 0; column < PANEL_COLUMNS; column++) {
        long double sum = 0.0L;
        long double squares = 0.0L;
        double least = at(0, column);
        double greatest = at(0, column);
        for (size_t i = 0; i < n_rows; i++) {
            sum += at(i, column);
            least = fmin(least, at(i, column));
            greatest = fmax(greatest, at(i, column));
        }
        for (size_t i = 0; i < n_rows; i++) {
            long double distance = at(i, column) - sum / (long double)n_rows;
            squares += distance * distance;
        }
        double scale = 1000.0 * (double)(column + 1) * (double)n_rows;
        assert_true(fabs(sums[column] - (double)sum) <= 1e-14 * scale);
        assert_true(fabs(mean[column] - (double)(sum / (long double)n_rows)) <= 1e-11);
        assert_true(fabs(variance[column] - (double)(squares / (long double)n_rows)) <= 1e-8);
        assert_true(min[column] == least && max[column] == greatest);
    }
}

static void check_classes(const prepare_panel_kernels *kernels) {
    panel_class_sums sums;
    kernels->class_sums(panel, labels, n_rows, &sums);
    for (size_t column = 0; column < PANEL_COLUMNS; column++) {
        double sum[2] = {0.0, 0.0};
        double square[2] = {0.0, 0.0};
        for (size_t i = 0; i < n_rows; i++) {
            sum[labels[i]] += at(i, column);
            square[labels[i]] += at(i, column) * at(i, column);
        }
        for (size_t label = 0; label < 2; label++) {
            assert_true(sums.sum[label][column] == sum[label]);
            assert_true(sums.square[label][column] == square[label]);
        }
    }
}

static void check_scaling(const prepare_panel_kernels *kernels) {
    static const double shift[PANEL_COLUMNS] = {0, 1, -2, 0.1, 5, 1e3, 7, -0.5};
    static const double factor[PANEL_COLUMNS] = {1, 3, 0.1, 7, 1e-3, 2, 9, 0.3};
    for (int stretched = 0; stretched < 2; stretched++) {
        memcpy(other, panel, sizeof other);
        (stretched ? kernels->stretch : kernels->centre)(other, n_rows, shift, factor);
        for (size_t column = 0; column < PANEL_COLUMNS; column++) {
            const scaling alone = {stretched ? SCALING_STRETCH : SCALING_CENTRE, shift[column],
                                   factor[column]};
            for (size_t i = 0; i < n_rows; i++) {
                double value = at(i, column);
                scaling_apply(&alone, &value, 1);
                assert_true(other[i * PANEL_COLUMNS + column] == value);
            }
        }
    }
}

/** The kernels that this machine has. @return How many. */
static size_t list_kernels(const prepare_panel_kernels *kernels[3]) {
    size_t n = 1;
    kernels[0] = &prepare_panel_kernels_baseline;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) {
        kernels[n++] = &prepare_panel_kernels_avx2;
    }
    if (__builtin_cpu_supports("avx512f") && perebor_simd_pick() == PEREBOR_SIMD_AVX512) {
        kernels[n++] = &prepare_panel_kernels_avx512;
    }
#endif
    return n;
}

static void every_kernel_does_what_a_loop_does(void **state) {
    (void)state;
    const prepare_panel_kernels *kernels[3];
    size_t n = list_kernels(kernels);
    uint64_t seed = 33;
    for (int i = 0; i < 30; i++) {
        int64_t n_missing[PANEL_COLUMNS];
        draw_source(&seed, true);
        for (size_t k = 0; k < n; k++) {
            check_gaps(kernels[k]);
        }
        draw_source(&seed, false);
        for (size_t k = 0; k < n; k++) {
            gather(kernels[k], n_missing);
            check_figures(kernels[k]);
            check_classes(kernels[k]);
            check_scaling(kernels[k]);
        }
    }
}

static void every_instruction_set_gives_the_same_bits(void **state) {
    (void)state;
    const prepare_panel_kernels *kernels[3];
    size_t n = list_kernels(kernels);
    uint64_t seed = 34;
    for (int i = 0; i < 60; i++) {
        int64_t n_missing[PANEL_COLUMNS];
        double figures[3][3][PANEL_COLUMNS];
        draw_source(&seed, false);
        gather(kernels[0], n_missing);
        for (size_t k = 0; k < n; k++) {
            kernels[k]->sum(panel, n_rows, figures[k][0]);
            kernels[k]->moments(panel, n_rows, figures[k][1], figures[k][2]);
            assert_memory_equal(figures[k], figures[0], sizeof figures[0]);
        }
    }
}

static void a_spread_of_nothing_divides_by_one(void **state) {
    (void)state;
    const double tiny = 10.0 * 0x1p-52; // ten epsilons
    assert_true(scaling_minmax(3.0, 3.0).factor == 1.0 && scaling_minmax(3.0, 3.0).shift == -3.0);
    assert_true(scaling_robust(2.0, 1.0, 1.0).factor == 1.0);
    assert_true(scaling_robust(2.0, 1.0, 1.0 + tiny / 2).factor == 1.0);
    assert_true(scaling_robust(2.0, 1.0, 1.0 + tiny).factor == tiny);
    assert_true(scaling_maxabs(-8.0, 5.0).factor == 8.0 && scaling_maxabs(-8.0, 9.0).factor == 9.0);
    assert_true(scaling_maxabs(0.0, 0.0).factor == 1.0);
    assert_true(scaling_standard(5.0, 0.0, 10).factor == 1.0);
    assert_true(scaling_standard(5.0, 4.0, 10).factor == 2.0);
    // n * mean * epsilon, squared: what rounding leaves of a constant column's variance.
    double error = 100.0 * 1e8 * 0x1p-52;
    assert_true(scaling_standard(1e8, error * error * 0.99, 100).factor == 1.0);
    assert_true(scaling_standard(-1e8, error * error * 0.99, 100).factor == 1.0);
    assert_true(scaling_standard(1e8, error * error * 1.01, 100).factor < 1e-4);
    double values[] = {1.0, 2.0};
    scaling_apply(&(scaling){SCALING_NONE, 7.0, 8.0}, values, 2);
    assert_true(values[0] == 1.0 && values[1] == 2.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_does_what_a_loop_does),
        cmocka_unit_test(every_instruction_set_gives_the_same_bits),
        cmocka_unit_test(a_spread_of_nothing_divides_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
