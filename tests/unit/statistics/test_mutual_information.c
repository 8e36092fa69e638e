// SPDX-License-Identifier: MIT
/** Mutual information, discrete and by nearest neighbours, against scikit-learn. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden_statistics.h"
#include "statistics/contingency.h"
#include "statistics/nearest_information.h"

static double mutual_discrete(const golden *golden) {
    static double values[row_count];
    static uint32_t level[row_count];
    static uint32_t target[row_count];
    size_t n_distinct = 0;
    for (size_t row = 0; row < row_count; row++) {
        size_t i = 0;
        while (i < n_distinct && values[i] != columns[golden->one][row]) {
            i++;
        }
        n_distinct += i == n_distinct;
        values[i] = columns[golden->one][row];
        level[row] = (uint32_t)i;
        target[row] = labels[row];
    }
    perebor_contingency table;
    assert_int_equal(
        perebor_contingency_count(&table, level, n_distinct, target, 2, row_count, NULL),
        PEREBOR_OK);
    double information = perebor_mutual_information(&table);
    perebor_contingency_release(&table);
    return information;
}

static double mutual_nearest(const golden *golden) {
    double jittered[row_count];
    double information;
    for (size_t row = 0; row < row_count; row++) {
        jittered[row] = columns[golden->one][row] + (double)row * 1e-4;
    }
    assert_int_equal(
        perebor_nearest_information(&information, jittered, labels, row_count, 3, NULL),
        PEREBOR_OK);
    return information;
}

static void mutual_information_agrees_with_scikit_learn(void **state) {
    (void)state;
    check("mutual_discrete", mutual_discrete, 0, 1e-13);
    check("mutual_nearest", mutual_nearest, 0, 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutual_information_agrees_with_scikit_learn),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
