// SPDX-License-Identifier: MIT
#include "club_rows.h"

#include <math.h>
#include <stdio.h>

#include "draw.h"

static double visits[CLUB_ROWS], spending[CLUB_ROWS], discounts[CLUB_ROWS], plan[CLUB_ROWS],
    agreed[CLUB_ROWS], fee[CLUB_ROWS], probabilities[CLUB_ROWS], reasons[2 * CLUB_ROWS];
static uint8_t labels[CLUB_ROWS], is_test[CLUB_ROWS];
static char id_texts[CLUB_ROWS][12];
static const char *ids[CLUB_ROWS];

static const char *const plans[] = {"basic", "family"};
static const char *const no_yes[] = {"no", "yes"};
static const perebor_column columns[] = {
    {.name = "visits", .role = PEREBOR_ROLE_NUMERIC, .values = visits},
    {.name = "spending", .role = PEREBOR_ROLE_NUMERIC, .values = spending},
    {.name = "discounts", .role = PEREBOR_ROLE_NUMERIC, .values = discounts},
    {.name = "agreed",
     .role = PEREBOR_ROLE_BOOLEAN,
     .values = agreed,
     .levels = no_yes,
     .n_levels = 2},
    {.name = "plan", .role = PEREBOR_ROLE_NOMINAL, .values = plan, .levels = plans, .n_levels = 2},
};
static const perebor_column carried = {.name = "fee", .role = PEREBOR_ROLE_NUMERIC, .values = fee};

const perebor_dataset club_dataset = {
    .n_rows = CLUB_ROWS,
    .n_columns = sizeof columns / sizeof *columns,
    .columns = columns,
    .labels = labels,
    .target_name = "left",
    .positive_name = "yes",
    .negative_name = "no",
    .id_name = "id",
    .ids = ids,
    .n_passthrough = 1,
    .passthrough = &carried,
};

static const char *const explained[] = {"visits", "discounts"};
static const segment_reasons club_reasons = {2, explained, reasons};
segment_rows club_rows = {.dataset = &club_dataset,
                          .probabilities = probabilities,
                          .lower = probabilities,
                          .upper = probabilities,
                          .is_test = is_test,
                          .reasons = &club_reasons,
                          .seed = 42};

static const char *const risks[] = {"low", "high"};
static const double risk_from[] = {0.5};
static const char *const habits[] = {"visits", "spending"};
static const double weights[] = {1.0, 1.0};
static const char *const thirds[] = {"weak", "middling", "strong"};
static const double third_from[] = {0.3333, 0.6667};
static const char *const discount[] = {"discounts"};
static const char *const sides[] = {"full price", "discounts"};
static const segment_axis axes[] = {
    {.name = "habit",
     .columns = habits,
     .weights = weights,
     .n_columns = 2,
     .bands = {thirds, 3, third_from}},
    {.name = "price",
     .columns = discount,
     .weights = weights,
     .n_columns = 1,
     .bands = {sides, 2, NULL},
     .at_valley = true},
};
static const char *const pair[] = {"visits", "spending"};
static const segment_clusters clusters = {.columns = {pair, 2},
                                          .name = "group",
                                          .where = "discounts < 0.9",
                                          .k_least = 2,
                                          .k_most = 4,
                                          .n_resamples = 5};
static const segment_discovery discovery = {.terms = {.depth = 2,
                                                      .n_bins = 4,
                                                      .beam = 20,
                                                      .support = 0.05,
                                                      .level = 0.05,
                                                      .overlap = 0.5,
                                                      .most = 3}};
static const char *const few[] = {"visits"};
static const segment_driver drivers[] = {
    {.name = "few visits", .note = "invite", .columns = {few, 1}},
    {.name = "hunts discounts", .note = "", .columns = {discount, 1}},
};
static const segment_rule rules[] = {
    {.name = "strangers",
     .where = "habit = 'weak' AND price = 'full price' AND visits < quantile('visits', 0.5)",
     .note = ""}};

const segment_settings club_settings = {
    .value = "fee",
    .horizon = 1.0,
    .share_lost = 1.0,
    .risk = {risks, 2, risk_from},
    .rules = rules,
    .n_rules = 1,
    .axes = axes,
    .n_axes = 2,
    .clusters = &clusters,
    .discovery = &discovery,
    .drivers = drivers,
    .n_drivers = 2,
    .consent = "agreed",
};

int make_club(void **state) {
    uint64_t seed = 8;
    (void)state;
    for (size_t row = 0; row < CLUB_ROWS; row++) {
        bool is_keen = row % 2 == 0, hunts = row % 5 == 0;
        visits[row] = (is_keen ? 12.0 : 3.0) + draw_normal(&seed);
        spending[row] = (is_keen ? 50.0 : 20.0) + 4.0 * draw_normal(&seed);
        discounts[row] = (hunts ? 0.8 : 0.2) + 0.05 * draw_normal(&seed);
        agreed[row] = draw_uniform(&seed) < 0.7;
        plan[row] = draw_uniform(&seed) < 0.3;
        fee[row] = row % 50 == 7 ? (double)NAN : 10.0 + draw_uniform(&seed);
        probabilities[row] = is_keen ? (hunts ? 0.6 : 0.1) : 0.8;
        labels[row] = draw_uniform(&seed) < probabilities[row];
        is_test[row] = row % 4 == 3;
        reasons[2 * row] = is_keen ? -0.3 : 0.4;
        reasons[2 * row + 1] = hunts ? 0.5 : -0.1;
        (void)snprintf(id_texts[row], sizeof id_texts[row], "%zu", 1000 + row);
        ids[row] = id_texts[row];
    }
    return 0;
}
