// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/generator_file.h"
#include "generate/customer_block.h"

#define SHOP PEREBOR_SOURCE_DIR "/experiments/one_click/generator.yaml"

enum { profit = 13, rev2 = 8, rev1 = 9, rev0 = 10 };

/** A block of the shop before and after its dirt. */
typedef struct soiled {
    perebor_generator *shop;
    customer_block before, after;
    uint64_t n_faults;
    char *faults;
} soiled;

static void draw_block(customer_block *block, const perebor_generator *shop, uint64_t first,
                       size_t n) {
    population population = {0};
    perebor_error error = {0};
    assert_int_equal(population_create(&population, shop, 11, PEREBOR_SCENARIO_RETAIL, &error),
                     PEREBOR_OK);
    assert_int_equal(customer_block_create(block, shop, n, &error), PEREBOR_OK);
    block->first = first;
    for (block->n = 0; block->n < n; block->n++) {
        population_draw(&population, first + block->n, &block->customers[block->n]);
    }
    population_release(&population);
}

static soiled soil(uint64_t first, size_t n) {
    soiled soiled = {0};
    perebor_error error = {0};
    fault_list faults = {0};
    assert_int_equal(perebor_generator_read(&soiled.shop, SHOP, &error), PEREBOR_OK);
    draw_block(&soiled.before, soiled.shop, first, n);
    draw_block(&soiled.after, soiled.shop, first, n);
    perebor_json_begin_array(&faults.json);
    assert_int_equal(customer_block_soil(&soiled.after, soiled.shop, 11, &faults, &error),
                     PEREBOR_OK);
    perebor_json_end_array(&faults.json);
    soiled.n_faults = faults.n;
    soiled.faults = perebor_json_take(&faults.json);
    assert_non_null(soiled.faults);
    return soiled;
}

static void clean_up(soiled *soiled) {
    customer_block_release(&soiled->before);
    customer_block_release(&soiled->after);
    perebor_generator_free(soiled->shop);
    free(soiled->faults);
}

static size_t occurrences(const char *text, const char *word) {
    size_t n = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        n++;
    }
    return n;
}

static bool equal_but_for_profit(const customer *a, const customer *b) {
    bool equal = a->category == b->category && a->target == b->target &&
                 a->flags[0] == b->flags[0] && a->flags[1] == b->flags[1];
    for (size_t j = 0; j < profit; j++) {
        equal = equal && a->values[j] == b->values[j];
    }
    return equal;
}

static void a_whole_block_has_the_declared_faults(void **state) {
    (void)state;
    soiled soiled = soil(0, 1300);
    assert_int_equal(occurrences(soiled.faults, "\"implicit_duplicate\""), 11);
    assert_int_equal(occurrences(soiled.faults, "\"zero_history\""), 3);
    assert_int_equal(occurrences(soiled.faults, "\"outlier\""), 1);
    assert_int_equal(soiled.n_faults, 15);
    clean_up(&soiled);
}

static void doubled_customers_are_equal_but_for_their_profit(void **state) {
    (void)state;
    soiled soiled = soil(0, 1300);
    size_t n = 0;
    for (const char *at = strstr(soiled.faults, "\"of\""); at != NULL;
         at = strstr(at + 1, "\"of\"")) {
        const char *id = at;
        while (strncmp(id, "\"id\"", 4) != 0) {
            id--;
        }
        size_t to = (size_t)(strtoull(id + 5, NULL, 10) - soiled.shop->id_start);
        size_t from = (size_t)(strtoull(at + 5, NULL, 10) - soiled.shop->id_start);
        assert_true(
            equal_but_for_profit(&soiled.after.customers[from], &soiled.after.customers[to]));
        assert_false(
            equal_but_for_profit(&soiled.before.customers[from], &soiled.before.customers[to]));
        assert_true(soiled.after.customers[to].values[profit] ==
                    soiled.before.customers[to].values[profit]);
        assert_int_equal(soiled.before.customers[from].component,
                         soiled.shop->dirt.duplicate_component);
        assert_true(from >= soiled.shop->dirt.exempt && to >= soiled.shop->dirt.exempt);
        n++;
    }
    assert_int_equal(n, 11);
    clean_up(&soiled);
}

static void the_first_three_of_a_block_bought_nothing_before(void **state) {
    (void)state;
    soiled soiled = soil(1300, 1300);
    size_t zeros = 0;
    for (size_t i = 0; i < 1300; i++) {
        const double *values = soiled.after.customers[i].values;
        bool none = values[rev2] == 0.0 && values[rev1] == 0.0;
        assert_int_equal(none, i < 3);
        zeros += none;
        assert_true(values[rev0] > 0.0);
    }
    assert_int_equal(zeros, 3);
    clean_up(&soiled);
}

static void one_revenue_is_fifteen_to_twenty_five_times_too_high(void **state) {
    (void)state;
    soiled soiled = soil(0, 1300);
    size_t n = 0;
    for (size_t i = 0; i < 1300; i++) {
        double value = soiled.after.customers[i].values[rev0];
        if (value > 8000.0) {
            n++;
            double factor = value / soiled.before.customers[i].values[rev0];
            assert_true(factor > 14.99 && factor < 25.01);
            assert_true(fabs(value * 10.0 - floor(value * 10.0 + 0.5)) < 1e-6);
        }
    }
    assert_int_equal(n, 1);
    clean_up(&soiled);
}

static void a_short_block_has_its_share_of_faults(void **state) {
    (void)state;
    soiled soiled = soil(0, 130);
    assert_int_equal(occurrences(soiled.faults, "\"implicit_duplicate\""), 1);
    assert_int_equal(occurrences(soiled.faults, "\"zero_history\""), 1); // never none
    assert_int_equal(occurrences(soiled.faults, "\"outlier\""), 1);
    clean_up(&soiled);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_block_has_the_declared_faults),
        cmocka_unit_test(doubled_customers_are_equal_but_for_their_profit),
        cmocka_unit_test(the_first_three_of_a_block_bought_nothing_before),
        cmocka_unit_test(one_revenue_is_fifteen_to_twenty_five_times_too_high),
        cmocka_unit_test(a_short_block_has_its_share_of_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
