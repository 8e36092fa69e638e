// SPDX-License-Identifier: MIT
/** Importance of parameters, against the definition summed over trials (tests/golden/report), and
 * on random choices. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/stream.h"
#include "statistics/ped_anova.h"

/** As make_report.py has them. */
static uint16_t congruent(size_t i, size_t modulus) {
    return (uint16_t)((i * i + 7919 * i) % modulus);
}

static double golden(const char *key) {
    char line[128];
    double value = NAN;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/report/report.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, key, strlen(key)) == 0) {
            assert_int_equal(sscanf(line + strlen(key), "%lf", &value), 1);
        }
    }
    (void)fclose(file);
    return value;
}

static perebor_ped_importance weigh(const uint16_t *cells, size_t n, size_t n_cells, size_t n_best,
                                    bool is_ordered) {
    perebor_ped_importance importance;
    const perebor_ped_parameter parameter = {
        .cells = cells, .n = n, .n_cells = n_cells, .is_ordered = is_ordered};
    assert_int_equal(perebor_ped_anova(&importance, &parameter, n_best, 1, NULL), PEREBOR_OK);
    return importance;
}

static void divergences_are_those_of_the_definition(void **state) {
    (void)state;
    uint16_t cells[120], kinds[120];
    for (size_t i = 0; i < 120; i++) {
        cells[i] = i < 12 ? (uint16_t)(40 + congruent(i, 8)) : congruent(i, 50);
        kinds[i] = i < 12 ? (congruent(i, 3) == 0 ? 1 : 3) : congruent(i, 4);
    }
    perebor_ped_importance ordered = weigh(cells, 120, 50, 12, true);
    perebor_ped_importance nominal = weigh(kinds, 120, 4, 12, false);
    assert_true(fabs(ordered.divergence - golden("ped ordered ")) < 1e-12);
    assert_true(fabs(nominal.divergence - golden("ped nominal ")) < 1e-12);
    assert_true(ordered.divergence > ordered.chance);
}

/** Trials in no order: 5 % of them exceed what chance does, whichever the kind of parameter. */
static void chance_is_exceeded_as_often_as_it_says(void **state) {
    (void)state;
    enum { n = 200, n_searches = 200 };
    size_t n_exceeded[2] = {0, 0};
    perebor_stream stream = perebor_stream_make(5, "test");
    for (size_t search = 0; search < n_searches; search++) {
        uint16_t cells[n], kinds[n];
        for (size_t i = 0; i < n; i++) {
            cells[i] = (uint16_t)(50.0 * perebor_stream_uniform(stream, search, 2 * i));
            kinds[i] = (uint16_t)(4.0 * perebor_stream_uniform(stream, search, 2 * i + 1));
        }
        perebor_ped_importance ordered = weigh(cells, n, 50, 20, true);
        perebor_ped_importance nominal = weigh(kinds, n, 4, 20, false);
        n_exceeded[0] += ordered.divergence > ordered.chance;
        n_exceeded[1] += nominal.divergence > nominal.chance;
    }
    // 5 % of 200 is 10, with a standard deviation of 3.1; where divergences tie, fewer.
    assert_in_range(n_exceeded[0], 2, 20);
    assert_in_range(n_exceeded[1], 1, 20);
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    perebor_ped_importance importance;
    const uint16_t cells[3] = {0, 1, 9};
    perebor_ped_parameter parameter = {.cells = cells, .n = 3, .n_cells = 4};
    assert_int_equal(perebor_ped_anova(&importance, &parameter, 1, 1, NULL), PEREBOR_ERR_ARGUMENT);
    parameter.n_cells = 10;
    assert_int_equal(perebor_ped_anova(&importance, &parameter, 0, 1, NULL), PEREBOR_ERR_ARGUMENT);
    assert_int_equal(perebor_ped_anova(&importance, &parameter, 4, 1, NULL), PEREBOR_ERR_ARGUMENT);
    assert_int_equal(perebor_ped_anova(&importance, &parameter, 3, 1, NULL), PEREBOR_OK);
    assert_true(importance.divergence == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divergences_are_those_of_the_definition),
        cmocka_unit_test(chance_is_exceeded_as_often_as_it_says),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
