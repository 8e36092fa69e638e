// SPDX-License-Identifier: MIT
/** Plans of random catalogues for random customers: what must hold of every one of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/stream.h"
#include "offer/offer_plan.h"
#include "offer/offers_tree.h"

enum { n_rows = 400, n_offers = 6, n_channels = 3, n_columns = 4 };

/** Random numbers of a case, one after the other. */
typedef struct draws {
    perebor_stream stream;
    uint64_t number, n;
} draws;

static double draw(draws *draws) {
    return perebor_stream_uniform(draws->stream, draws->number, draws->n++);
}

/** Customers and all that is known of them. */
typedef struct shop {
    double agreed[n_rows], pages[n_rows], kinds[n_rows], revenue[n_rows];
    double probabilities[n_rows], value[n_rows], at_risk[n_rows];
    uint32_t rank[n_rows];
    uint8_t risk[n_rows], worth_band[n_rows];
    char names[n_rows][16];
    const char *ids[n_rows];
    int8_t members[2 * n_rows];
    double shapley[2 * n_rows];
    perebor_column columns[n_columns];
    perebor_dataset dataset;
    segment_worth worth;
    offer_rows rows;
    offer_channel channels[n_channels];
    offer_item offers[n_offers];
    offer_settings settings;
} shop;

static const char *const agreed_levels[] = {"no", "yes"}, *const kind_levels[] = {"toys", "books"};
static const char *const segments[] = {"all", "half"}, *const drivers[] = {"pages", "revenue"};
static const offer_word both_reasons[] = {{"pages", NULL, "few pages", {.line = 5}},
                                          {"revenue", NULL, "little bought", {.line = 6}}};
static const char *const half[] = {"half"};
static const char *const bands[] = {"low", "high"};
static const segment_bands risk_bands = {bands, 2, NULL}, no_bands = {0};

static void make_customers(shop *shop, draws *draws) {
    for (size_t row = 0; row < n_rows; row++) {
        shop->agreed[row] = draw(draws) < 0.1 ? (double)NAN : draw(draws) < 0.6 ? 1.0 : 0.0;
        shop->pages[row] = draw(draws) < 0.05 ? (double)NAN : floor(20.0 * draw(draws));
        shop->kinds[row] = draw(draws) < 0.05 ? (double)NAN : draw(draws) < 0.5 ? 1.0 : 0.0;
        shop->revenue[row] = draw(draws) < 0.05 ? (double)NAN : 100.0 * draw(draws) - 5.0;
        shop->probabilities[row] = draw(draws);
        shop->value[row] = draw(draws) < 0.05 ? (double)NAN : 20.0 * draw(draws) - 1.0;
        shop->at_risk[row] = shop->probabilities[row] * shop->value[row];
        shop->rank[row] = (uint32_t)row + 1;
        shop->risk[row] = shop->probabilities[row] < 0.5 ? 0 : 1;
        shop->worth_band[row] = SEGMENT_NO_BAND;
        (void)snprintf(shop->names[row], sizeof shop->names[row], "c%zu", row * 7 + 1);
        shop->ids[row] = shop->names[row];
        shop->members[row] = 1;
        shop->members[n_rows + row] = draw(draws) < 0.5 ? 1 : 0;
        shop->shapley[2 * row] = draw(draws) - 0.5;
        shop->shapley[2 * row + 1] = draw(draws) - 0.5;
    }
}

static void make_rows(shop *shop) {
    const struct {
        const char *name;
        perebor_role role;
        const double *values;
        const char *const *levels;
    } columns[n_columns] = {{"agreed", PEREBOR_ROLE_BOOLEAN, shop->agreed, agreed_levels},
                            {"pages", PEREBOR_ROLE_NUMERIC, shop->pages, NULL},
                            {"kind", PEREBOR_ROLE_NOMINAL, shop->kinds, kind_levels},
                            {"revenue", PEREBOR_ROLE_NUMERIC, shop->revenue, NULL}};
    for (size_t i = 0; i < n_columns; i++) {
        shop->columns[i] = (perebor_column){.name = columns[i].name,
                                            .role = columns[i].role,
                                            .values = columns[i].values,
                                            .levels = columns[i].levels,
                                            .n_levels = columns[i].levels == NULL ? 0 : 2};
    }
    shop->dataset = (perebor_dataset){.n_rows = n_rows,
                                      .n_columns = n_columns,
                                      .columns = shop->columns,
                                      .id_name = "id",
                                      .ids = shop->ids};
    shop->worth = (segment_worth){.n_rows = n_rows,
                                  .value = shop->value,
                                  .at_risk = shop->at_risk,
                                  .rank = shop->rank,
                                  .risk = shop->risk,
                                  .worth = shop->worth_band};
    shop->rows = (offer_rows){.dataset = &shop->dataset,
                              .probabilities = shop->probabilities,
                              .worth = &shop->worth,
                              .risk = &risk_bands,
                              .worth_bands = &no_bands,
                              .n_segments = 2,
                              .segments = segments,
                              .members = shop->members,
                              .shapley = shop->shapley,
                              .reason_columns = drivers,
                              .n_reason_columns = 2};
}

static void make_catalogue(shop *shop, draws *draws) {
    static const char *const channel_names[n_channels] = {"mail", "site", "call"};
    static const char *const offer_names[n_offers] = {"a", "b", "c", "d", "e", "f"};
    static const char *const conditions[] = {NULL, "pages > 8", "kind = 'toys'", "p > 0.5",
                                             "risk = 'high'"};
    static const char *const texts[] = {"Come!", "More {kind}", "More {kind|of all}: {pages}",
                                        "You are {id}, {reason}"};
    for (size_t c = 0; c < n_channels; c++) {
        shop->channels[c] = (offer_channel){
            .name = channel_names[c],
            .title = channel_names[c],
            .requires_consent = draw(draws) < 0.6,
            .cost = 0.1 * draw(draws),
            .capacity = draw(draws) < 0.5 ? UINT64_MAX : 1 + (uint64_t)(60.0 * draw(draws))};
    }
    for (size_t o = 0; o < n_offers; o++) {
        offer_item *offer = &shop->offers[o];
        double uplift = 0.3 * draw(draws);
        *offer = (offer_item){.name = offer_names[o],
                              .title = offer_names[o],
                              .text = texts[(size_t)(4.0 * draw(draws))],
                              .channel = (size_t)(n_channels * draw(draws)),
                              .requires_consent = draw(draws) < 0.3,
                              .where = {conditions[(size_t)(5.0 * draw(draws))], {.line = 1}},
                              .except = {draw(draws) < 0.7 ? NULL : "pages > 15", {.line = 2}},
                              .segments = {half, draw(draws) < 0.2 ? 1 : 0},
                              .drivers = {drivers, draw(draws) < 0.3 ? 1 : 0},
                              .uplift = {0.5 * uplift, uplift, 1.5 * uplift},
                              .cost = draw(draws) < 0.5 ? 0.0 : 0.2 * draw(draws),
                              .cost_share = draw(draws) < 0.7 ? 0.0 : 0.01 * draw(draws),
                              .capacity = draw(draws) < 0.7 ? UINT64_MAX
                                                            : 1 + (uint64_t)(40.0 * draw(draws))};
    }
    shop->settings = (offer_settings){
        .consent = {"agreed = 'yes'", {.line = 3}},
        .except = {draw(draws) < 0.5 ? NULL : "kind = 'books' AND pages < 3", {.line = 4}},
        .revenue = "revenue",
        .revenue_unit = 0.1,
        .reasons = both_reasons,
        .n_reasons = draw(draws) < 0.5 ? 0 : 2,
        .budget = draw(draws) < 0.3 ? (double)INFINITY : 10.0 * draw(draws),
        .uplift = (offer_uplift)(size_t)(3.0 * draw(draws)),
        .hold_out = draw(draws) < 0.2 ? 0.0 : 0.3 * draw(draws),
        .least_net = draw(draws) < 0.7 ? 0.0 : 0.1 * draw(draws),
        .channels = shop->channels,
        .n_channels = n_channels,
        .offers = shop->offers,
        .n_offers = n_offers};
}

static shop *make_shop(uint64_t number) {
    shop *shop = calloc(1, sizeof *shop);
    draws draws = {perebor_stream_make(11, "catalogue"), number, 0};
    assert_non_null(shop);
    make_customers(shop, &draws);
    make_rows(shop);
    make_catalogue(shop, &draws);
    return shop;
}

static offer_plan make(const shop *shop) {
    offer_plan plan = {0};
    perebor_error error = {0};
    if (offer_plan_make(&plan, &shop->settings, &shop->rows, 42, "shop.yaml", &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return plan;
}

/** A condition of make_catalogue(), by other means than SQL. */
static bool holds(const shop *shop, const char *where, size_t row) {
    return where == NULL                         ? true
           : strcmp(where, "pages > 8") == 0     ? shop->pages[row] > 8.0
           : strcmp(where, "pages > 15") == 0    ? shop->pages[row] > 15.0
           : strcmp(where, "kind = 'toys'") == 0 ? shop->kinds[row] == 0.0
           : strcmp(where, "p > 0.5") == 0       ? shop->probabilities[row] > 0.5
           : strcmp(where, "risk = 'high'") == 0
               ? shop->probabilities[row] >= 0.5
               : shop->kinds[row] == 1.0 && shop->pages[row] < 3.0;
}

/** What must hold of whoever has an offer, sent or not. */
static void check_row(const shop *shop, const offer_plan *plan, size_t row) {
    size_t o = plan->offer[row];
    const offer_item *offer = &shop->offers[o];
    if (shop->channels[offer->channel].requires_consent || offer->requires_consent) {
        assert_true(shop->agreed[row] == 1.0);
    }
    assert_true(holds(shop, offer->where.where, row));
    assert_false(offer->except.where != NULL && holds(shop, offer->except.where, row));
    assert_false(shop->settings.except.where != NULL &&
                 holds(shop, shop->settings.except.where, row));
    assert_true(offer->segments.n == 0 || shop->members[n_rows + row] == 1);
    assert_true(offer->drivers.n == 0 ||
                (shop->shapley[2 * row] > 0.0 &&
                 (shop->settings.n_reasons == 0 || // revenue may be no reason then
                  shop->shapley[2 * row] >= shop->shapley[2 * row + 1])));
    assert_false(strstr(offer->text, "{kind}") != NULL && isnan(shop->kinds[row]));
    assert_false(strstr(offer->text, "{pages}") != NULL && isnan(shop->pages[row]));
    double cost = offer_cost(plan, row, o);
    double net = offer_gain(plan, row, o, shop->settings.uplift) - cost;
    assert_true(net > 0.0 && net >= shop->settings.least_net);
}

static void check_plan(const shop *shop, const offer_plan *plan) {
    uint64_t sent[n_offers] = {0}, messages[n_channels] = {0};
    double cost = 0.0, net = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        bool held = offer_is_held_out(42, shop->ids[row], shop->settings.hold_out);
        if (plan->offer[row] == OFFER_NONE) {
            assert_true(plan->outcome[row] > OFFER_HELD_OUT);
            continue;
        }
        check_row(shop, plan, row);
        size_t o = plan->offer[row];
        assert_int_equal(plan->outcome[row], held ? OFFER_HELD_OUT : OFFER_SENT);
        if (!held) {
            double here = offer_cost(plan, row, o);
            sent[o] += 1;
            messages[shop->offers[o].channel] += 1;
            cost += here;
            net += offer_gain(plan, row, o, shop->settings.uplift) - here;
        }
    }
    for (size_t o = 0; o < n_offers; o++) {
        assert_true(sent[o] <= shop->offers[o].capacity);
        assert_int_equal(sent[o], plan->offers[o].n_sent);
    }
    for (size_t c = 0; c < n_channels; c++) {
        assert_true(messages[c] <= shop->channels[c].capacity);
    }
    assert_true(cost <= shop->settings.budget * (1.0 + 1e-9));
    assert_true(fabs(net - plan->net) <= 1e-9 * (1.0 + net));
    assert_true(plan->net <= plan->bound);
    for (size_t u = 0; u < OFFER_N_UPLIFTS;
         u++) { // up to the gap, no plan beats the one made for it
        assert_true(plan->sensitivity[u].best_net >= 0.98 * plan->sensitivity[u].net);
    }
}

static void test_random_catalogues_keep_every_promise(void **state) {
    (void)state;
    uint64_t n_sent = 0, n_held = 0;
    for (uint64_t number = 0; number < 120; number++) {
        shop *shop = make_shop(number);
        offer_plan plan = make(shop);
        check_plan(shop, &plan);
        n_sent += plan.all.n_sent;
        n_held += plan.all.n_held;
        offer_plan_release(&plan);
        free(shop);
    }
    assert_true(n_sent > 5000 && n_held > 500); // there was something to keep
}

static void test_without_consent_no_message_whatever_is_asked(void **state) {
    (void)state;
    shop *shop = make_shop(1);
    for (size_t c = 0; c < n_channels; c++) {
        shop->channels[c].requires_consent = true;
    }
    for (size_t row = 0; row < n_rows; row++) {
        shop->agreed[row] = row % 2 == 0 ? 0.0 : (double)NAN;
    }
    offer_plan plan = make(shop);
    assert_int_equal(plan.all.n_sent + plan.all.n_held, 0);
    assert_int_equal(plan.n_consenting, 0);
    offer_plan_release(&plan);
    free(shop);
}

static void test_who_is_held_out_depends_on_the_identifier_alone(void **state) {
    (void)state;
    size_t n = 0;
    char name[32];
    for (size_t i = 0; i < 20000; i++) {
        (void)snprintf(name, sizeof name, "%zu", i);
        n += offer_is_held_out(42, name, 0.1) ? 1 : 0;
        assert_false(offer_is_held_out(42, name, 0.0));
        // A larger share holds out the same rows and more.
        assert_true(!offer_is_held_out(42, name, 0.1) || offer_is_held_out(42, name, 0.2));
    }
    assert_in_range(n, 1850, 2150); // 2000 ± 3.5 standard deviations
    assert_true(offer_is_held_out(42, "17", 0.5) == offer_is_held_out(42, "17", 0.5));
}

static void test_cool_downs(void **state) {
    (void)state;
    shop *shop = make_shop(2);
    static const offer_contact contacts[] = {
        {3, 0, 5.0}, {4, 0, 40.0}, {5, 1, 5.0}, {6, OFFER_NONE, 5.0}};
    for (size_t c = 0; c < n_channels; c++) {
        shop->channels[c] = (offer_channel){"c", "c", c == 0, 0.0, UINT64_MAX};
    }
    for (size_t o = 0; o < n_offers; o++) {
        shop->offers[o] = (offer_item){.name = "o",
                                       .title = "o",
                                       .text = "t",
                                       .channel = o == 0 ? 0 : 1,
                                       .uplift = {0.1, 0.1, 0.1},
                                       .capacity = UINT64_MAX,
                                       .cool_down = o == 0 ? 30.0 : 3.0};
    }
    shop->rows.contacts = contacts;
    shop->rows.n_contacts = 4;
    shop->settings.except.where = NULL;
    shop->settings.cool_down = 7.0;
    for (size_t row = 3; row < 7; row++) {
        shop->agreed[row] = 1.0;
    }
    offer_plan plan = make(shop);
    assert_int_equal(eligibility_ask(&plan.eligibility, 3, 0), OFFER_TOO_SOON); // had it
    assert_int_equal(eligibility_ask(&plan.eligibility, 4, 0), OFFER_MAY);      // long ago
    assert_int_equal(eligibility_ask(&plan.eligibility, 5, 0), OFFER_MAY);      // was no message
    assert_int_equal(eligibility_ask(&plan.eligibility, 5, 1), OFFER_MAY);
    assert_int_equal(eligibility_ask(&plan.eligibility, 6, 0), OFFER_TOO_SOON); // had a message
    assert_int_equal(eligibility_ask(&plan.eligibility, 6, 1), OFFER_MAY);
    offer_plan_release(&plan);
    free(shop);
}

static void test_texts(void **state) {
    (void)state;
    shop *shop = make_shop(3);
    static const offer_word words[] = {{"kind", "books", "good books", {.line = 1}}};
    static const offer_word reasons[] = {{"pages", NULL, "few pages", {.line = 1}}};
    shop->settings.words = words;
    shop->settings.n_words = 1;
    shop->settings.reasons = reasons;
    shop->settings.n_reasons = 1;
    shop->offers[0].text = "{{{id}}: {kind|all}, {pages} pages, {reason|nothing}";
    shop->kinds[0] = 1.0;
    shop->pages[0] = 12.0;
    shop->shapley[0] = 0.5;
    shop->kinds[1] = (double)NAN;
    shop->pages[1] = 2.5;
    shop->shapley[2] = shop->shapley[3] = -1.0;
    offer_plan plan = make(shop);
    const char *const expected[] = {"{c1}: good books, 12 pages, few pages",
                                    "{c8}: all, 2.5 pages, nothing"};
    for (size_t row = 0; row < 2; row++) {
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        text_template_write(&plan.eligibility.texts[0], &shop->settings, &shop->rows, row, stream);
        assert_int_equal(fclose(stream), 0);
        assert_string_equal(text, expected[row]);
        free(text);
    }
    offer_plan_release(&plan);
    free(shop);
}

static void expect_failure(const shop *shop, const char *message) {
    offer_plan plan = {0};
    perebor_error error = {0};
    assert_true(offer_plan_make(&plan, &shop->settings, &shop->rows, 42, "shop.yaml", &error) !=
                PEREBOR_OK);
    if (strstr(error.message, message) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", message, error.message);
    }
    offer_plan_release(&plan);
}

static void test_what_the_data_does_not_have(void **state) {
    (void)state;
    static const char *const nowhere[] = {"hall"};
    shop *shop = make_shop(4);
    shop->offers[2].text = "Dear {nam}";
    expect_failure(shop, "there is no column \"nam\" to fill its text with");
    shop->offers[2].text = "Dear {id";
    expect_failure(shop, "has no } at its end");
    shop->offers[2].text = "Dear";
    shop->offers[2].segments = (perebor_texts){nowhere, 1};
    expect_failure(shop, "there is no segment \"hall\"; did you mean \"all\"?");
    shop->offers[2].segments.n = 0;
    shop->offers[2].drivers = (perebor_texts){nowhere, 1};
    expect_failure(shop, "the driver \"hall\" is no feature");
    shop->offers[2].drivers = (perebor_texts){drivers, 1};
    shop->rows.shapley = NULL;
    expect_failure(shop, "run 'perebor explain' before");
    for (size_t o = 0; o < n_offers; o++) {
        shop->offers[o].drivers.n = 0;
    }
    shop->settings.revenue = "kind";
    expect_failure(shop, "there are no numbers in \"kind\"");
    shop->settings.revenue = "revenue";
    shop->settings.consent.where = "agre = 'yes'";
    expect_failure(shop, "no such column: agre");
    free(shop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_catalogues_keep_every_promise),
        cmocka_unit_test(test_without_consent_no_message_whatever_is_asked),
        cmocka_unit_test(test_who_is_held_out_depends_on_the_identifier_alone),
        cmocka_unit_test(test_cool_downs),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_what_the_data_does_not_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
