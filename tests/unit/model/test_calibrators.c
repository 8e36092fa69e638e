// SPDX-License-Identifier: MIT
/** Isotonic and beta maps against definitions and scikit-learn; which map is chosen, and order. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "golden_measures.h"
#include "model/calibration_folds.h"
#include "model/calibrators.h"
#include "perebor/learners.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static void assert_near(double value, double wanted, double tolerance) {
    if (!(fabs(value - wanted) <= tolerance)) {
        fail_msg("%.17g, should be %.17g", value, wanted);
    }
}

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { few = 40, many = 2000 };

static double knots[many], values[many];
static const calibration_room room = {knots, values};
static uint8_t labels[many];
static double scores[many];

static double apply(const perebor_calibration *map, const perebor_learner *learner, double score) {
    double p;
    perebor_calibration_apply(map, learner, &score, 1, &p);
    return p;
}

static void isotonic_is_scikit_learns(void **state) {
    (void)state;
    static golden_table table;
    double wanted[golden_values];
    perebor_calibration map;
    size_t n = 0;
    const perebor_learner *svc = perebor_learner_find("svc");
    assert_true(golden_read(&table));
    assert_int_equal(
        calibration_fit_isotonic(&map, table.margins, table.labels, golden_rows, &room, NULL),
        PEREBOR_OK);
    for (; golden_line("isotonic", n, wanted) == 2; n++) {
        assert_near(apply(&map, svc, wanted[0]), wanted[1], 1e-13);
    }
    assert_int_equal(n, 41);
}

/** Targets of the rows with scores from low to high, in the mean. */
static double mean_target(size_t n, double low, double high) {
    double targets[2], sum = 0.0, count = 0.0;
    calibration_targets(labels, n, targets);
    for (size_t row = 0; row < n; row++) {
        if (scores[row] >= low && scores[row] <= high) {
            sum += targets[labels[row]];
            count += 1.0;
        }
    }
    return sum / count;
}

/** The isotonic regression in closed form: max over lower ends of min over upper ends of means. */
static double max_of_min(size_t n, double score) {
    double greatest = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        double least = INFINITY;
        for (size_t j = 0; scores[i] <= score && j < n; j++) {
            least = scores[j] >= score ? fmin(least, mean_target(n, scores[i], scores[j])) : least;
        }
        greatest = scores[i] <= score ? fmax(greatest, least) : greatest;
    }
    return greatest;
}

static void isotonic_is_the_max_of_min_of_means(void **state) {
    (void)state;
    uint64_t random = 51;
    const perebor_learner *svc = perebor_learner_find("svc");
    for (size_t time = 0; time < 40; time++) {
        perebor_calibration map;
        for (size_t row = 0; row < few; row++) {
            labels[row] = row < 2 ? (uint8_t)row : draw_bits(&random) % 2 == 0;
            scores[row] = draw_normal(&random) + (double)(time % 3) * 0.7 * labels[row];
            scores[row] = time % 2 == 0 ? floor(scores[row] * 4.0) : scores[row];
        }
        assert_int_equal(calibration_fit_isotonic(&map, scores, labels, few, &room, NULL),
                         PEREBOR_OK);
        for (size_t row = 0; row < few; row++) {
            assert_near(apply(&map, svc, scores[row]), max_of_min(few, scores[row]), 1e-14);
        }
    }
}

static void isotonic_is_straight_between_knots(void **state) {
    (void)state;
    static const double at[] = {-1e308, 0.0, 1e308}, to[] = {0.2, 0.4, 1.0};
    const perebor_learner *svc = perebor_learner_find("svc");
    const perebor_calibration map = {
        .kind = PEREBOR_CALIBRATION_ISOTONIC, .knots = at, .values = to, .n_knots = 3};
    assert_near(apply(&map, svc, -5e307), 0.3, 1e-15);
    assert_near(apply(&map, svc, 5e307), 0.7, 1e-15);
    assert_true(apply(&map, svc, -1.7e308) == 0.2 && apply(&map, svc, 1.7e308) == 1.0);
    assert_true(apply(&map, svc, -0.0) == 0.4 && apply(&map, svc, 1e308) == 1.0);
}

static void beta_is_a_logistic_regression(void **state) {
    (void)state;
    static golden_table table;
    static double first[golden_rows], second[golden_rows];
    static const char *const keys[] = {"beta", "beta_without_a", "beta_without_b"};
    assert_true(golden_read(&table));
    for (size_t i = 0; i < 3; i++) {
        double wanted[golden_values];
        perebor_calibration map = {0};
        for (size_t row = 0; row < golden_rows; row++) {
            double p = fmin(fmax(table.probabilities[row], 0.001), 0.999);
            p = i == 1 ? 1.0 - pow(1.0 - p, 8.0) : i == 2 ? pow(p, 50.0) : p;
            p = fmin(fmax(p, 0.001), 0.999);
            first[row] = log(p);
            second[row] = -log1p(-p);
        }
        assert_int_equal(golden_line(keys[i], 0, wanted), 3);
        calibration_fit_beta(&map, (const double *const[]){first, second}, table.labels,
                             golden_rows);
        assert_near(map.a, wanted[0], 2e-6);
        assert_near(map.b, wanted[1], 2e-6);
        assert_near(map.c, wanted[2], 2e-6);
    }
}

/** At a minimum over a, b >= 0: no slope where a weight is free, none downwards where it is 0. */
static void check_minimum(const perebor_calibration *map, const double *const logs[2], size_t n) {
    double targets[2], slopes[3] = {0};
    calibration_targets(labels, n, targets);
    for (size_t row = 0; row < n; row++) {
        double eta = map->a * logs[0][row] + map->b * logs[1][row] + map->c;
        double excess = 1.0 / (1.0 + exp(-eta)) - targets[labels[row]];
        slopes[0] += excess * logs[0][row];
        slopes[1] += excess * logs[1][row];
        slopes[2] += excess;
    }
    const double weights[2] = {map->a, map->b};
    for (size_t i = 0; i < 2; i++) {
        assert_true(weights[i] >= 0.0);
        assert_true(weights[i] > 0.0 ? fabs(slopes[i]) < 1e-4 : slopes[i] > -1e-4);
    }
    assert_near(slopes[2], 0.0, 1e-4);
}

static void beta_is_at_a_minimum_in_its_bounds(void **state) {
    (void)state;
    static double first[many], second[many];
    uint64_t random = 52;
    size_t n_bounded = 0;
    for (size_t time = 0; time < 120; time++) {
        perebor_calibration map = {0};
        size_t n = 20 + time;
        for (size_t row = 0; row < n; row++) {
            double p = 0.005 + 0.99 * draw_uniform(&random);
            // From true to scores that mean nothing, and turned round.
            double truth = time % 3 == 0 ? pow(p, 3.0) : time % 3 == 1 ? 0.5 : 1.0 - p;
            labels[row] = row < 2 ? (uint8_t)row : draw_uniform(&random) < truth;
            first[row] = log(p);
            second[row] = -log1p(-p);
        }
        const double *const logs[2] = {first, second};
        calibration_fit_beta(&map, logs, labels, n);
        check_minimum(&map, logs, n);
        n_bounded += map.a == 0.0 || map.b == 0.0;
        assert_true(time % 3 != 2 || n < 60 || (map.a == 0.0 && map.b == 0.0));
    }
    assert_in_range(n_bounded, 40, 119);
}

/** Scores of a learner's kind whose true probability is known. */
static void draw_scores(perebor_score_kind kind, double truth(double), uint64_t *random) {
    for (size_t row = 0; row < many; row++) {
        scores[row] =
            kind == PEREBOR_SCORE_SHARE ? draw_uniform(random) : 1.5 * draw_normal(random);
        labels[row] = row < 4 ? (uint8_t)(row % 2) : draw_uniform(random) < truth(scores[row]);
    }
}

static double log_odds(double score) {
    return 1.0 / (1.0 + exp(-score));
}

static double steep(double score) {
    return 1.0 / (1.0 + exp(1.0 - 3.0 * score));
}

static double stairs(double score) {
    return score < -0.8 ? 0.05 : score < 0.9 ? 0.5 : 0.95;
}

/** logit p = .4 ln s - 3 ln(1 - s) - 1 */
static double bent(double share) {
    return 1.0 / (1.0 + exp(1.0 - 0.4 * log(share) + 3.0 * log1p(-share)));
}

static double as_it_is(double share) {
    return share;
}

static void the_map_that_the_scores_have_is_chosen(void **state) {
    (void)state;
    static const struct {
        const char *learner;
        double (*truth)(double);
        perebor_calibration_method wanted;
    } cases[] = {
        {"logreg", log_odds, PEREBOR_CALIBRATE_USUALLY},
        {"logreg", steep, PEREBOR_CALIBRATE_SIGMOID},
        {"logreg", stairs, PEREBOR_CALIBRATE_ISOTONIC},
        {"svc", steep, PEREBOR_CALIBRATE_USUALLY},
        {"svc", stairs, PEREBOR_CALIBRATE_ISOTONIC},
        {"knn", bent, PEREBOR_CALIBRATE_BETA},
        {"knn", as_it_is, PEREBOR_CALIBRATE_USUALLY},
    };
    static uint8_t fold_of[many];
    uint64_t random = 53;
    enum { n_draws = 7 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const perebor_learner *learner = perebor_learner_find(cases[i].learner);
        size_t n_wanted = 0;
        size_t n_exact = 0;
        for (size_t draw = 0; draw < n_draws; draw++) {
            perebor_calibration_method found;
            draw_scores(learner->score_kind, cases[i].truth, &random);
            const calibration_rows rows = {learner, scores, labels, many};
            calibration_assign_folds(labels, many, 5, fold_of);
            assert_int_equal(calibration_choose(&found, &rows, fold_of, 5, &workspace, NULL),
                             PEREBOR_OK);
            // Every sigmoid is a beta map too, of which a draw may like another better.
            n_wanted += found == cases[i].wanted ||
                        (found == PEREBOR_CALIBRATE_BETA && cases[i].wanted < found);
            n_exact += found == cases[i].wanted;
        }
        if (n_wanted + 1 < n_draws || n_exact == 0) {
            fail_msg("case %zu: %zu and %zu times of %d", i, n_wanted, n_exact, n_draws);
        }
        perebor_workspace_mark here = perebor_workspace_here(&workspace);
        assert_int_equal(here.taken, 0);
    }
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/** Probabilities rise with scores; those of beta apart from each other as long as scores are. */
static void check_order(const perebor_calibration *map, const perebor_learner *learner) {
    static double at[3 * many], to[3 * many];
    size_t n = 0;
    bool share = learner->score_kind == PEREBOR_SCORE_SHARE;
    for (size_t row = 0; row < many; row++) {
        at[n++] = scores[row];
        at[n++] = share ? fmin(1.0, nextafter(scores[row], 2.0)) : nextafter(scores[row], 1e9);
        at[n++] = share ? (double)row / (many - 1) : 0.05 * ((double)row - many / 2);
    }
    qsort(at, n, sizeof *at, compare);
    perebor_calibration_apply(map, learner, at, n, to);
    for (size_t i = 0; i < n; i++) {
        assert_true(to[i] >= 0.0 && to[i] <= 1.0);
        // Scores that differ in their last bits may fall out of order by the rounding of exp.
        double slack = map->kind == PEREBOR_CALIBRATION_ISOTONIC ? 0.0 : 4e-15;
        assert_true(i == 0 || to[i] >= to[i - 1] - slack);
        assert_true(i == 0 || map->kind != PEREBOR_CALIBRATION_BETA || at[i] - at[i - 1] < 1e-6 ||
                    fabs(at[i]) > 5.0 || to[i] > to[i - 1]);
    }
}

static void no_map_turns_rows_round(void **state) {
    (void)state;
    static const char *const learners[] = {"logreg", "svc", "knn"};
    uint64_t random = 54;
    for (size_t i = 0; i < 3; i++) {
        const perebor_learner *learner = perebor_learner_find(learners[i]);
        draw_scores(learner->score_kind, learner->score_kind == PEREBOR_SCORE_SHARE ? bent : steep,
                    &random);
        const calibration_rows rows = {learner, scores, labels, many};
        for (int method = PEREBOR_CALIBRATE_USUALLY; method < PEREBOR_CALIBRATE_BEST; method++) {
            perebor_calibration map;
            assert_int_equal(calibration_fit(&map, (perebor_calibration_method)method, &rows, &room,
                                             &workspace, NULL),
                             PEREBOR_OK);
            check_order(&map, learner);
        }
    }
}

/** Both logs are of one exponential, with the bits of log(1 + e^z) and log(1 + e^-z). */
static void logs_of_both_sides_are_softplus_to_the_bit(void **state) {
    (void)state;
    static const double ends[] = {0.0, -0.0, 1e-300, -1e-300, 40.0, -40.0, 800.0, -800.0, 1e300};
    const perebor_calibration map = {.slope = 1.0};
    const perebor_learner *learner = perebor_learner_find("gnb");
    uint64_t random = 55;
    for (size_t i = 0; i < 20000; i++) {
        const size_t n_ends = sizeof ends / sizeof *ends;
        const double z = i < n_ends ? ends[i] : draw_normal(&random) * (i % 2 == 0 ? 3.0 : 30.0);
        double logs[2];
        calibration_logs(&map, learner, z, logs);
        assert_true(arithmetic_to_bits(logs[0]) == arithmetic_to_bits(-calibration_softplus(z)));
        assert_true(arithmetic_to_bits(logs[1]) == arithmetic_to_bits(calibration_softplus(-z)));
    }
}

static void shares_take_no_sigmoid(void **state) {
    (void)state;
    perebor_calibration map;
    perebor_error error = {0};
    perebor_training training = {0};
    assert_int_equal(perebor_calibrate_by(&map, PEREBOR_CALIBRATE_SIGMOID,
                                          perebor_learner_find("knn"), &training, NULL, &workspace,
                                          &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "scores of knn are shares"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(isotonic_is_scikit_learns),
        cmocka_unit_test(isotonic_is_the_max_of_min_of_means),
        cmocka_unit_test(isotonic_is_straight_between_knots),
        cmocka_unit_test(beta_is_a_logistic_regression),
        cmocka_unit_test(beta_is_at_a_minimum_in_its_bounds),
        cmocka_unit_test(the_map_that_the_scores_have_is_chosen),
        cmocka_unit_test(no_map_turns_rows_round),
        cmocka_unit_test(logs_of_both_sides_are_softplus_to_the_bit),
        cmocka_unit_test(shares_take_no_sigmoid),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
