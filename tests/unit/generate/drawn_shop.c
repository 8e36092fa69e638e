// SPDX-License-Identifier: MIT
#include "drawn_shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "generate/population.h"

#define SHOP PEREBOR_SOURCE_DIR "/experiments/one_click/generator.yaml"

static void *allocate(size_t n, size_t size) {
    void *block = calloc(n, size);
    assert_non_null(block);
    return block;
}

static void make_room(drawn_shop *shop, size_t n) {
    shop->n = n;
    for (size_t j = 0; j < N_VARIABLES; j++) {
        shop->values[j] = allocate(n, sizeof(double));
    }
    for (size_t i = 0; i < N_FLAGS; i++) {
        shop->flags[i] = allocate(n, 1);
    }
    shop->labels = allocate(n, 1);
    shop->treated = allocate(n, 1);
    shop->outcome = allocate(n, 1);
    shop->component = allocate(n, sizeof(uint32_t));
    shop->category = allocate(n, sizeof(uint32_t));
    shop->p_true = allocate(n, sizeof(double));
    shop->p_untreated = allocate(n, sizeof(double));
    shop->p_treated = allocate(n, sizeof(double));
}

static void keep(drawn_shop *shop, size_t i, const customer *one) {
    for (size_t j = 0; j < N_VARIABLES; j++) {
        shop->values[j][i] = one->values[j];
    }
    for (size_t k = 0; k < N_FLAGS; k++) {
        shop->flags[k][i] = one->flags[k];
    }
    shop->labels[i] = one->target;
    shop->treated[i] = one->treated;
    shop->outcome[i] = one->outcome;
    shop->component[i] = one->component;
    shop->category[i] = one->category;
    shop->p_true[i] = one->p_true;
    shop->p_untreated[i] = one->p_untreated;
    shop->p_treated[i] = one->p_treated;
}

void drawn_shop_create(drawn_shop *shop, uint64_t seed, perebor_scenario scenario, size_t n) {
    perebor_error error = {0};
    population population = {0};
    double values[N_VARIABLES];
    uint8_t flags[N_FLAGS];
    customer one = {.values = values, .flags = flags};
    *shop = (drawn_shop){0};
    assert_int_equal(perebor_generator_read(&shop->generator, SHOP, &error), PEREBOR_OK);
    assert_int_equal(shop->generator->n_variables, N_VARIABLES);
    assert_string_equal(shop->generator->variables[PAGES], "pages");
    assert_string_equal(shop->generator->variables[PROFIT], "profit");
    assert_int_equal(shop->generator->n_components, N_COMPONENTS);
    make_room(shop, n);
    assert_int_equal(population_create(&population, shop->generator, seed, scenario, &error),
                     PEREBOR_OK);
    for (size_t i = 0; i < n; i++) {
        population_draw(&population, i, &one);
        keep(shop, i, &one);
    }
    population_release(&population);
}

void drawn_shop_release(drawn_shop *shop) {
    for (size_t j = 0; j < N_VARIABLES; j++) {
        free(shop->values[j]);
    }
    for (size_t i = 0; i < N_FLAGS; i++) {
        free(shop->flags[i]);
    }
    free(shop->labels);
    free(shop->treated);
    free(shop->outcome);
    free(shop->component);
    free(shop->category);
    free(shop->p_true);
    free(shop->p_untreated);
    free(shop->p_treated);
    perebor_generator_free(shop->generator);
    *shop = (drawn_shop){0};
}
