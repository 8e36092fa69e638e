// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/generator_file.h"
#include "generate/population.h"

#define SHOP PEREBOR_SOURCE_DIR "/experiments/one_click/generator.yaml"

static perebor_generator *shop;

static int read_shop(void **state) {
    (void)state;
    perebor_error error = {0};
    return perebor_generator_read(&shop, SHOP, &error) == PEREBOR_OK ? 0 : 1;
}

static int free_shop(void **state) {
    (void)state;
    perebor_generator_free(shop);
    return 0;
}

static void uniform_numbers_are_the_documented_ones(void **state) {
    (void)state;
    assert_true(perebor_generator_uniform(11, 0, 0) == 0.088806642111360634);
    assert_true(perebor_generator_uniform(11, 0, 10) == 0.29977969265624688);
    assert_true(perebor_generator_uniform(11, 1299, 23) == 0.31322420541600909);
}

/** Customers first, first + 1, … of the shop, summed up. */
typedef struct tally {
    double share[4], sum[2][32], square[2][32];
    size_t n, of[2];
} tally;

static tally count(perebor_scenario scenario, size_t n) {
    tally tally = {.n = n};
    population population = {0};
    perebor_error error = {0};
    double values[32];
    uint8_t flags[8];
    customer one = {.values = values, .flags = flags};
    assert_int_equal(population_create(&population, shop, 11, scenario, &error), PEREBOR_OK);
    for (size_t i = 0; i < n; i++) {
        population_draw(&population, i, &one);
        tally.share[one.component] += 1.0 / (double)n;
        tally.of[one.target]++;
        for (size_t j = 0; j < shop->n_variables; j++) {
            tally.sum[one.target][j] += values[j];
            tally.square[one.target][j] += values[j] * values[j];
        }
    }
    population_release(&population);
    return tally;
}

static void components_have_the_shares_of_their_weights(void **state) {
    (void)state;
    tally tally = count(PEREBOR_SCENARIO_RETAIL, 20000);
    for (size_t i = 0; i < shop->n_components; i++) {
        double p = shop->components[i].weight;
        assert_true(fabs(tally.share[i] - p) < 4.0 * sqrt(p * (1.0 - p) / 20000.0));
    }
}

static void a_customer_does_not_depend_on_who_was_drawn_before(void **state) {
    (void)state;
    population population = {0};
    perebor_error error = {0};
    double values[2][32];
    uint8_t flags[2][8];
    customer first = {.values = values[0], .flags = flags[0]};
    customer again = {.values = values[1], .flags = flags[1]};
    assert_int_equal(population_create(&population, shop, 3, PEREBOR_SCENARIO_RETAIL, &error),
                     PEREBOR_OK);
    population_draw(&population, 1234567890123u, &first);
    for (uint64_t other = 0; other < 5; other++) {
        population_draw(&population, other, &again);
    }
    population_draw(&population, 1234567890123u, &again);
    assert_memory_equal(values[0], values[1], shop->n_variables * sizeof(double));
    assert_memory_equal(flags[0], flags[1], shop->n_flags);
    assert_int_equal(first.category, again.category);
    population_release(&population);
}

static void the_null_scenario_makes_both_classes_alike(void **state) {
    (void)state;
    tally retail = count(PEREBOR_SCENARIO_RETAIL, 20000);
    tally null = count(PEREBOR_SCENARIO_NULL, 20000);
    for (size_t j = 0; j < shop->n_variables; j++) {
        double mean[2];
        double variance = 0.0;
        for (size_t label = 0; label < 2; label++) {
            double n = (double)null.of[label];
            mean[label] = null.sum[label][j] / n;
            variance += (null.square[label][j] / n - mean[label] * mean[label]) / n;
        }
        assert_true(fabs(mean[0] - mean[1]) < 4.5 * sqrt(variance));
    }
    // The same customers, other labels.
    assert_true(retail.sum[0][7] / (double)retail.of[0] > 9.0);
    assert_true(fabs(retail.sum[0][7] + retail.sum[1][7] - null.sum[0][7] - null.sum[1][7]) < 1e-6);
    assert_true(fabs((double)null.of[1] / 20000.0 - 0.381) < 0.015);
}

static void known_probabilities_are_those_of_the_outcomes(void **state) {
    (void)state;
    population population = {0};
    perebor_error error = {0};
    double values[32];
    uint8_t flags[8];
    customer one = {.values = values, .flags = flags};
    double sum[10] = {0};
    double positive[10] = {0};
    double n[10] = {0};
    assert_int_equal(population_create(&population, shop, 11, PEREBOR_SCENARIO_LOGIT, &error),
                     PEREBOR_OK);
    for (uint64_t i = 0; i < 20000; i++) {
        population_draw(&population, i, &one);
        assert_true(one.p_true > 0.0 && one.p_true < 1.0);
        size_t bin = (size_t)(one.p_true * 10.0);
        sum[bin] += one.p_true;
        positive[bin] += one.target;
        n[bin] += 1.0;
    }
    population_release(&population);
    for (size_t bin = 0; bin < 10; bin++) {
        double p = sum[bin] / n[bin];
        assert_true(n[bin] > 200.0);
        assert_true(fabs(positive[bin] / n[bin] - p) < 4.0 * sqrt(p * (1.0 - p) / n[bin]));
    }
}

static void at_the_later_snapshot_they_are_the_same_customers(void **state) {
    (void)state;
    enum { DUR = 2, PAGES = 7, PROFIT = 13, N = 5000 };
    population before = {0};
    population after = {0};
    perebor_error error = {0};
    double values[2][32];
    uint8_t flags[2][8];
    customer old = {.values = values[0], .flags = flags[0]};
    customer new = {.values = values[1], .flags = flags[1]};
    double pages[2] = {0.0, 0.0};
    double product = 0.0;
    assert_int_equal(population_create(&before, shop, 11, PEREBOR_SCENARIO_RETAIL, &error),
                     PEREBOR_OK);
    assert_int_equal(population_create(&after, shop, 11, PEREBOR_SCENARIO_DRIFT, &error),
                     PEREBOR_OK);
    for (uint64_t i = 0; i < N; i++) {
        population_draw(&before, i, &old);
        population_draw(&after, i, &new);
        assert_int_equal(old.component, new.component);
        assert_int_equal(old.category, new.category);
        assert_memory_equal(flags[0], flags[1], shop->n_flags);
        assert_true(values[1][DUR] == values[0][DUR] + 91.0);
        pages[0] += values[0][PAGES] / N;
        pages[1] += values[1][PAGES] / N;
        product += values[0][PROFIT] * values[1][PROFIT] / N;
    }
    population_release(&before);
    population_release(&after);
    assert_true(pages[1] < pages[0] - 0.5 && pages[1] > pages[0] - 1.5);
    assert_true(product - 4.0 * 4.0 > 0.8); // of a variance of 1, correlation .95
}

static void a_campaign_has_its_declared_effect(void **state) {
    (void)state;
    enum { N = 40000 };
    population population = {0};
    perebor_error error = {0};
    double values[32];
    uint8_t flags[8];
    customer one = {.values = values, .flags = flags};
    double n[2] = {0.0, 0.0};
    double outcomes[2] = {0.0, 0.0};
    double uplift = 0.0;
    assert_int_equal(population_create(&population, shop, 11, PEREBOR_SCENARIO_CAMPAIGN, &error),
                     PEREBOR_OK);
    for (uint64_t i = 0; i < N; i++) {
        population_draw(&population, i, &one);
        n[one.treated] += 1.0;
        outcomes[one.treated] += one.outcome;
        uplift += (one.p_treated - one.p_untreated) / N;
    }
    population_release(&population);
    assert_true(fabs(n[1] / N - 0.5) < 0.01);
    assert_true(uplift > 0.05 && uplift < 0.2);
    assert_true(fabs(outcomes[1] / n[1] - outcomes[0] / n[0] - uplift) < 0.02); // four sd
}

static void a_matrix_that_is_none_of_correlations_is_refused(void **state) {
    (void)state;
    const double values[] = {1.0, 0.9, 0.9, 0.9, 1.0, -0.9, 0.9, -0.9, 1.0};
    const perebor_variable_correlation matrix = {.name = "mine", .values = values};
    const perebor_generator generator = {
        .n_variables = 3, .correlations = &matrix, .n_correlations = 1};
    population population = {0};
    perebor_error error = {0};
    assert_int_equal(population_create(&population, &generator, 1, PEREBOR_SCENARIO_RETAIL, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message, "correlations.mine is not positive definite (row 3)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uniform_numbers_are_the_documented_ones),
        cmocka_unit_test(components_have_the_shares_of_their_weights),
        cmocka_unit_test(a_customer_does_not_depend_on_who_was_drawn_before),
        cmocka_unit_test(the_null_scenario_makes_both_classes_alike),
        cmocka_unit_test(known_probabilities_are_those_of_the_outcomes),
        cmocka_unit_test(at_the_later_snapshot_they_are_the_same_customers),
        cmocka_unit_test(a_campaign_has_its_declared_effect),
        cmocka_unit_test(a_matrix_that_is_none_of_correlations_is_refused),
    };
    return cmocka_run_group_tests(tests, read_shop, free_shop);
}
