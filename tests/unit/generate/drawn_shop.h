// SPDX-License-Identifier: MIT
/** Customers of the shop's generator in memory, column by column: what tests of its figures look
 * at. */
#ifndef PEREBOR_TESTS_DRAWN_SHOP_H
#define PEREBOR_TESTS_DRAWN_SHOP_H

#include <stddef.h>
#include <stdint.h>

#include "config/generator_file.h"

/** Variables of the shop, in the order of its file. */
typedef enum shop_variable {
    MKT6,
    MKTCUR,
    DUR,
    PROMO,
    CATS_VISIT,
    UNPAID,
    ERR,
    PAGES,
    REV2,
    REV1,
    REV0,
    MIN1,
    MIN0,
    PROFIT,
    N_VARIABLES
} shop_variable;

enum { PREMIUM, ALLOW, N_FLAGS };
enum { LOYAL, DECLINING, HIDDEN_1, HIDDEN_2, N_COMPONENTS };

typedef struct drawn_shop {
    perebor_generator *generator;
    size_t n;
    double *values[N_VARIABLES]; /**< [n] each */
    uint8_t *flags[N_FLAGS];     /**< [n] each */
    uint8_t *labels, *treated, *outcome;
    uint32_t *component, *category;
    double *p_true, *p_untreated, *p_treated;
} drawn_shop;

/** Draws customers 0 … n - 1; a failure fails the test. */
void drawn_shop_create(drawn_shop *shop, uint64_t seed, perebor_scenario scenario, size_t n);

void drawn_shop_release(drawn_shop *shop);

#endif
