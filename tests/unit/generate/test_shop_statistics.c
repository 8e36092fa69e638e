// SPDX-License-Identifier: MIT
/* What was measured on the shop that the generator is modelled on, row by row, and how near five
 * seeds of it come. Figures of 1296 customers; here 20 000 are drawn, so that what is left is the
 * model's own error and little chance. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drawn_shop.h"
#include "metric/roc_auc.h"
#include "statistics/class_difference.h"
#include "statistics/contingency.h"
#include "statistics/correlation.h"
#include "statistics/moments.h"
#include "statistics/vif.h"

enum { n_seeds = 5, first_seed = 11, sample_size = 20000, n_measured = 1296 };

static drawn_shop shops[n_seeds];

static int draw_shops(void **state) {
    (void)state;
    for (size_t s = 0; s < n_seeds; s++) {
        drawn_shop_create(&shops[s], first_seed + s, PEREBOR_SCENARIO_RETAIL, sample_size);
    }
    return 0;
}

static int release_shops(void **state) {
    (void)state;
    for (size_t s = 0; s < n_seeds; s++) {
        drawn_shop_release(&shops[s]);
    }
    return 0;
}

/** Fails the test, naming the figure, unless it is as near as it must be. */
static void near(size_t seed, const char *what, const char *of, double found, double wanted,
                 double tolerance) {
    if (!isnan(wanted) && !(fabs(found - wanted) <= tolerance)) {
        fail_msg("seed %zu: %s of %s is %.4f, not %.4f within %.4f", first_seed + seed, what, of,
                 found, wanted, tolerance);
    }
}

/** One row of the table: by class mean and deviation, area, F (NaN: not measured); and what values
 * there are. */
typedef struct measured {
    shop_variable variable;
    double mean[2], sd[2], area, f;
    double lo, hi, step;
    /** Each kind of customer has the deviation that it was fitted to; shifts by category add to it.
     */
    bool wider;
} measured;

static const measured table[] = {
    {PAGES, {9.80, 5.57}, {3.38, 3.46}, .175, 468.5, 1, 20, 1, false},
    {MIN1, {15.03, 10.94}, {3.35, 3.48}, .195, 442.4, 5, 23, 1, false},
    {MIN0, {14.60, 10.95}, {4.06, 3.42}, .240, 278.6, 4, 23, 1, false},
    {PROMO, {.238, .453}, {.161, .304}, .779, 273.9, .11, .99, .01, false},
    {MKT6, {4.57, 3.75}, {.85, 1.05}, .273, 238.5, .9, 6.6, .1, false},
    {CATS_VISIT, {3.67, 2.62}, {1.28, 1.22}, .278, 211.0, 1, 6, 1, false},
    {REV2, {4933, 4678}, {320, 291}, .280, 207.5, 4098, 5663, 1, false},
    {UNPAID, {2.29, 3.73}, {1.51, 2.29}, .683, 185.8, 0, 10, 1, false},
    {ERR, {4.34, 3.94}, {1.98, 1.88}, .433, 12.7, 0, 9, 1, false},
    {DUR, {591, 623}, {255, 238}, .537, 5.1, 110, 1079, 1, false},
    {REV0, {5198, 5304}, {793, 895}, .541, 4.9, 2758.7, 7799.4, .1, true},
    {REV1, {4933, 4972}, {625, 809}, .529, .95, 2890, 6869.5, .5, true},
    {MKTCUR, {4.01, 4.01}, {NAN, NAN}, .498, NAN, 3, 5, 1, false},
    {PROFIT, {4.00, 4.00}, {1.03, .98}, .498, NAN, .86, 7.43, .01, false},
};
enum { n_rows = sizeof table / sizeof *table };

static void classes_have_the_measured_means_and_deviations(void **state) {
    (void)state;
    double *of_class = malloc(sample_size * sizeof *of_class);
    for (size_t s = 0; s < n_seeds; s++) {
        for (size_t row = 0; row < n_rows; row++) {
            const measured *wanted = &table[row];
            const char *name = shops[s].generator->variables[wanted->variable];
            for (uint8_t label = 0; label < 2; label++) {
                size_t n = 0;
                for (size_t i = 0; i < sample_size; i++) {
                    of_class[n] = shops[s].values[wanted->variable][i];
                    n += shops[s].labels[i] == label;
                }
                perebor_moments moments;
                perebor_moments_compute(&moments, of_class, n);
                // .005: the figure is rounded
                near(s, label == 0 ? "mean of class 0" : "mean of class 1", name, moments.mean,
                     wanted->mean[label], .02 * wanted->mean[label] + .005);
                near(s, label == 0 ? "sd of class 0" : "sd of class 1", name, moments.sd,
                     wanted->sd[label], (wanted->wider ? .10 : .06) * wanted->sd[label] + .005);
            }
        }
    }
    free(of_class);
}

static void columns_tell_the_classes_apart_as_measured(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    for (size_t s = 0; s < n_seeds; s++) {
        for (size_t row = 0; row < n_rows; row++) {
            const measured *wanted = &table[row];
            const double *values = shops[s].values[wanted->variable];
            const char *name = shops[s].generator->variables[wanted->variable];
            double area = perebor_roc_auc(shops[s].labels, values, sample_size, &workspace);
            near(s, "area", name, area, wanted->area, .02);
            perebor_class_difference difference;
            perebor_class_difference_test(&difference, values, shops[s].labels, sample_size);
            // F grows with the rows.
            double f = difference.f * (n_measured - 2) / (sample_size - 2);
            near(s, "F", name, f, wanted->f, .12 * wanted->f + 5.0);
        }
    }
    perebor_workspace_release(&workspace);
}

static void values_are_those_that_occur(void **state) {
    (void)state;
    for (size_t s = 0; s < n_seeds; s++) {
        for (size_t row = 0; row < n_rows; row++) {
            const measured *wanted = &table[row];
            const double *values = shops[s].values[wanted->variable];
            double least = INFINITY;
            double most = -INFINITY;
            for (size_t i = 0; i < sample_size; i++) {
                double steps = values[i] / wanted->step;
                assert_true(fabs(steps - floor(steps + .5)) < 1e-6);
                least = values[i] < least ? values[i] : least;
                most = values[i] > most ? values[i] : most;
            }
            assert_true(least > wanted->lo - 1e-9 && most < wanted->hi + 1e-9);
            // Those of 1296 customers: among 20 000 the ends are all but reached.
            assert_true(most - least > .95 * (wanted->hi - wanted->lo));
        }
        for (size_t i = 0; i < sample_size; i++) { // two heaps, and nothing between them
            double promo = shops[s].values[PROMO][i];
            assert_true(promo < .475 || promo > .735);
        }
    }
}

static void kinds_of_customers_have_their_shares(void **state) {
    (void)state;
    static const double shares[] = {802 / 1296., 385 / 1296., 50 / 1296., 59 / 1296.};
    for (size_t s = 0; s < n_seeds; s++) {
        double n[N_COMPONENTS] = {0};
        double high[N_COMPONENTS] = {0};
        double positive = 0;
        for (size_t i = 0; i < sample_size; i++) {
            uint32_t component = shops[s].component[i];
            n[component] += 1;
            high[component] += shops[s].values[PROMO][i] > .6;
            positive += shops[s].labels[i];
        }
        for (size_t k = 0; k < N_COMPONENTS; k++) {
            near(s, "share", shops[s].generator->components[k].name, n[k] / sample_size, shares[k],
                 .014);
        }
        near(s, "share", "class 1", positive / sample_size, .381, .014);
        near(s, "high promo", "L", high[LOYAL] / n[LOYAL], .041, .008);
        near(s, "high promo", "D", high[DECLINING] / n[DECLINING], .304, .025);
        near(s, "high promo", "H", (high[HIDDEN_1] + high[HIDDEN_2]) / (n[HIDDEN_1] + n[HIDDEN_2]),
             .147, .035);
    }
}

static void categories_and_flags_have_the_measured_shares(void **state) {
    (void)state;
    // By class, in the order of generator.yaml.
    static const double categories[][2] = {{.229, .294}, {.186, .205}, {.147, .213},
                                           {.165, .101}, {.183, .055}, {.090, .134}};
    static const double flags[][2] = {[PREMIUM] = {.257, .340}, [ALLOW] = {.737, .745}};
    enum { N_CATEGORIES = sizeof categories / sizeof *categories };
    for (size_t s = 0; s < n_seeds; s++) {
        const drawn_shop *shop = &shops[s];
        assert_int_equal(shop->generator->n_categories, N_CATEGORIES);
        double n[2] = {0};
        double of_category[N_CATEGORIES][2] = {0};
        double of_flag[N_FLAGS][2] = {0};
        uint32_t *labels = malloc(sample_size * sizeof *labels);
        for (size_t i = 0; i < sample_size; i++) {
            labels[i] = shop->labels[i];
            n[labels[i]] += 1;
            of_category[shop->category[i]][labels[i]] += 1;
            of_flag[PREMIUM][labels[i]] += shop->flags[PREMIUM][i];
            of_flag[ALLOW][labels[i]] += shop->flags[ALLOW][i];
        }
        for (size_t label = 0; label < 2; label++) {
            for (size_t k = 0; k < N_CATEGORIES; k++) {
                near(s, "share", shop->generator->categories[k], of_category[k][label] / n[label],
                     categories[k][label], .02);
            }
            for (size_t k = 0; k < N_FLAGS; k++) {
                near(s, "share", shop->generator->flags[k].name, of_flag[k][label] / n[label],
                     flags[k][label], .02);
            }
        }
        perebor_contingency counts;
        perebor_error error = {0};
        assert_int_equal(perebor_contingency_count(&counts, shop->category, N_CATEGORIES, labels, 2,
                                                   sample_size, &error),
                         PEREBOR_OK);
        near(s, "Cramer's V", "category", perebor_cramers_v(&counts), .224, .02);
        perebor_contingency_release(&counts);
        free(labels);
    }
}

static double pearson(const drawn_shop *shop, shop_variable a, shop_variable b) {
    return perebor_pearson(shop->values[a], shop->values[b], sample_size);
}

/** The correlation of the revenues of two months is made by the components (.88 and .91), and comes
 * out .05 too high over all; their inflation factors follow. */
static void columns_go_together_as_measured(void **state) {
    (void)state;
    perebor_error error = {0};
    for (size_t s = 0; s < n_seeds; s++) {
        const drawn_shop *shop = &shops[s];
        double spearman = 0.0;
        assert_int_equal(perebor_spearman(&spearman, shop->values[REV1], shop->values[REV0],
                                          sample_size, &error),
                         PEREBOR_OK);
        near(s, "correlation", "rev1, rev0", pearson(shop, REV1, REV0), .84, .07);
        near(s, "Spearman", "rev1, rev0", spearman, .88, .03);
        near(s, "correlation", "rev2, rev1", pearson(shop, REV2, REV1), .33, .05);
        near(s, "correlation", "pages, min1", pearson(shop, PAGES, MIN1), .43, .07);
        double correlation[PROFIT * PROFIT]; // profit is no feature
        double vif[PROFIT];
        for (size_t a = 0; a < PROFIT; a++) {
            for (size_t b = 0; b < PROFIT; b++) {
                correlation[a * PROFIT + b] =
                    a == b ? 1.0 : pearson(shop, (shop_variable)a, (shop_variable)b);
            }
        }
        assert_int_equal(perebor_vif(vif, correlation, PROFIT, &error), PEREBOR_OK);
        for (size_t a = 0; a < PROFIT; a++) {
            bool revenue = a == REV1 || a == REV0;
            near(s, "VIF", shop->generator->variables[a], vif[a], revenue ? 5.3 : 1.2,
                 revenue ? 1.7 : .5);
        }
        for (size_t a = 0; a < PROFIT; a++) { // independent of everything
            near(s, "correlation", "profit", pearson(shop, PROFIT, (shop_variable)a), 0.0, .06);
        }
    }
}

static void components_correlate_as_fitted(void **state) {
    (void)state;
    double *first = malloc(sample_size * sizeof *first);
    double *second = malloc(sample_size * sizeof *second);
    const struct {
        uint32_t component;
        shop_variable a, b;
        double wanted;
    } pairs[] = {
        {LOYAL, REV1, REV0, .88},     {DECLINING, REV1, REV0, .91}, {LOYAL, REV2, REV1, .43},
        {DECLINING, REV2, REV1, .34}, {DECLINING, MIN1, MIN0, .31}, {LOYAL, MIN1, MIN0, 0.0},
        {LOYAL, PAGES, MIN1, 0.0},
    };
    for (size_t s = 0; s < n_seeds; s++) {
        for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
            size_t n = 0;
            for (size_t i = 0; i < sample_size; i++) {
                first[n] = shops[s].values[pairs[k].a][i];
                second[n] = shops[s].values[pairs[k].b][i];
                n += shops[s].component[i] == pairs[k].component;
            }
            near(s, "correlation", shops[s].generator->variables[pairs[k].a],
                 perebor_pearson(first, second, n), pairs[k].wanted, .06);
        }
    }
    free(first);
    free(second);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_have_the_measured_means_and_deviations),
        cmocka_unit_test(columns_tell_the_classes_apart_as_measured),
        cmocka_unit_test(values_are_those_that_occur),
        cmocka_unit_test(kinds_of_customers_have_their_shares),
        cmocka_unit_test(categories_and_flags_have_the_measured_shares),
        cmocka_unit_test(columns_go_together_as_measured),
        cmocka_unit_test(components_correlate_as_fitted),
    };
    return cmocka_run_group_tests(tests, draw_shops, release_shops);
}
