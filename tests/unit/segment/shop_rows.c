// SPDX-License-Identifier: MIT
#include "shop_rows.h"

#include <math.h>

//                                      row  0    1    2    3    4    5    6    7
static const double pages[SHOP_ROWS] = {10.0, 2.0, 3.0, 9.0, 4.0, NAN, 8.0, 7.0};
static const double kinds[SHOP_ROWS] = {0.0, 1.0, 1.0, 0.0, 2.0, 2.0, NAN, 0.0};
static const double profits[SHOP_ROWS] = {4.0, 1.0, 6.0, 2.0, 8.0, 5.0, NAN, 3.0};
const double shop_probabilities[SHOP_ROWS] = {0.1, 0.9, 0.7, 0.2, 0.7, 0.3, 0.5, 0.1};

static const char *const levels[] = {"kids", "kitchen", "it's"};
static const char *const ids[SHOP_ROWS] = {"10", "9", "8", "7", "6", "5", "4", "3"};
static const uint8_t labels[SHOP_ROWS] = {0, 1, 1, 0, 1, 0, 1, 0};

static const perebor_column columns[] = {
    {.name = "pages", .role = PEREBOR_ROLE_NUMERIC, .values = pages},
    {.name = "kind",
     .role = PEREBOR_ROLE_NOMINAL,
     .values = kinds,
     .levels = levels,
     .n_levels = 3},
};
static const perebor_column carried = {
    .name = "profit", .role = PEREBOR_ROLE_NUMERIC, .values = profits};

const perebor_dataset shop_dataset = {
    .n_rows = SHOP_ROWS,
    .n_columns = 2,
    .columns = columns,
    .labels = labels,
    .target_name = "activity",
    .positive_name = "less",
    .negative_name = "same",
    .id_name = "id",
    .ids = ids,
    .n_passthrough = 1,
    .passthrough = &carried,
};

static const char *const risks[] = {"low", "mid", "high"};
static const double risk_from[] = {0.3, 0.7};
static const char *const worths[] = {"small", "large"};
static const double worth_from[] = {0.5};
static const char *const cells[] = {NULL, "keep", "watch", "watch", NULL, "save"};

const segment_settings shop_settings = {
    .value = "profit",
    .horizon = 3.0,
    .share_lost = 0.5,
    .risk = {risks, 3, risk_from},
    .worth = {worths, 2, worth_from},
    .cells = cells,
};
