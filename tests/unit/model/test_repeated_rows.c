// SPDX-License-Identifier: MIT
/* What rows weigh and how often they are there is one thing: every learner, on rows repeated and
 * on rows that weigh as much. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_test = 31 };

/** Rows of class 1 are there once, those of class 0 @p often times as often. */
static void draw_unequal(learning *problem, uint64_t seed, size_t often) {
    learning_draw(problem, &workspace, seed, 20 + 20 * often, 4, n_test, 0);
    for (size_t row = 0; row < problem->training.rows.n_rows; row++) {
        problem->labels[row] = row < 20;
        perebor_matrix_column(&problem->training.rows, 0)[row] += row < 20 ? 0.8 : 0.0;
    }
}

/** Every row of class c as often as times[c] says, the first copies before the second ones. */
static void repeat_rows(learning *repeated, const learning *problem, const size_t times[2]) {
    const perebor_matrix *from = &problem->training.rows;
    size_t n = 0;
    for (size_t row = 0; row < from->n_rows; row++) {
        n += times[problem->labels[row]];
    }
    assert_true(n <= LEARNING_MOST_ROWS);
    *repeated = *problem;
    repeated->training.rows = learning_matrix(&workspace, n, from->n_columns);
    repeated->training.labels = repeated->labels;
    size_t to = 0;
    for (size_t copy = 0; to < n; copy++) {
        for (size_t row = 0; row < from->n_rows; row++) {
            if (copy >= times[problem->labels[row]]) {
                continue;
            }
            for (size_t column = 0; column < from->n_columns; column++) {
                perebor_matrix_column(&repeated->training.rows, column)[to] =
                    perebor_matrix_column(from, column)[row];
            }
            repeated->labels[to++] = problem->labels[row];
        }
    }
}

/** Fits with settings and scores the test rows. */
static void fit_and_score(const char *name, const learning *problem, const char *settings, double c,
                          double *scores) {
    const perebor_learner *learner = learning_find(name);
    perebor_value values[PEREBOR_MAX_SETTINGS];
    learning_defaults(learner, values);
    learning_set_all(learner, values, settings);
    if (c > 0.0) {
        learning_set(learner, values, "C", learning_real(c));
    }
    const perebor_model *model = learning_fit(learner, problem, values, NULL);
    learning_score(learner, model, &problem->test, &workspace, scores);
}

static void near(const double *a, const double *b, double tolerance, const char *what) {
    for (size_t row = 0; row < n_test; row++) {
        if (!(fabs(a[row] - b[row]) <= tolerance * (1.0 + fabs(a[row])))) {
            fail_msg("%s: row %zu scores %.15g and %.15g", what, row, a[row], b[row]);
        }
    }
}

/** Learners that have C, which multiplies a sum over rows. */
static const struct {
    const char *learner, *settings;
    double tolerance;
} by_c[] = {
    {"logreg", "penalty=l2", 1e-7},
    {"logreg", "penalty=l1", 1e-7},
    {"logreg", "penalty=elasticnet l1_ratio=0.3", 1e-7},
    {"logreg", "penalty=l2 intercept=penalized", 1e-7},
    {"svc", "kernel=linear", 1e-6},
    {"svc", "kernel=rbf gamma=0.2", 1e-2},
    {"svc", "kernel=poly degree=2 coef0=1.0 gamma=0.1", 1e-2},
};
enum { n_by_c = sizeof by_c / sizeof *by_c };

/**
 * Balanced classes weigh n / (2 n_c): where class 0 has k times as many rows, class 1 weighs k
 * times as much, as if each of its rows were there k times; and all by n / (2 n_0).
 */
static void balanced_classes_are_the_rarer_one_repeated(void **state) {
    (void)state;
    for (size_t i = 0; i < n_by_c; i++) {
        for (size_t often = 2; often <= 4; often++) {
            learning problem, repeated;
            double scores[2][n_test];
            char settings[128];
            const size_t times[2] = {1, often};
            draw_unequal(&problem, 10 * i + often, often);
            repeat_rows(&repeated, &problem, times);
            (void)snprintf(settings, sizeof settings, "%s class_weight=balanced", by_c[i].settings);
            double c = 0.7;
            double weight = (double)(1 + often) / (2.0 * (double)often); // of class 0
            fit_and_score(by_c[i].learner, &problem, settings, c, scores[0]);
            fit_and_score(by_c[i].learner, &repeated, by_c[i].settings, c * weight, scores[1]);
            near(scores[0], scores[1], by_c[i].tolerance, by_c[i].settings);
        }
    }
}

static void all_rows_twice_are_rows_at_twice_the_cost(void **state) {
    (void)state;
    for (size_t i = 0; i < n_by_c; i++) {
        learning problem, repeated;
        double scores[2][n_test];
        const size_t twice[2] = {2, 2};
        draw_unequal(&problem, i, 2);
        repeat_rows(&repeated, &problem, twice);
        fit_and_score(by_c[i].learner, &problem, by_c[i].settings, 0.9, scores[0]);
        fit_and_score(by_c[i].learner, &repeated, by_c[i].settings, 0.45, scores[1]);
        near(scores[0], scores[1], by_c[i].tolerance, by_c[i].settings);
    }
}

static void trees_of_balanced_classes_are_trees_of_rows_repeated(void **state) {
    (void)state;
    static const char *const settings[] = {"", "criterion=entropy", "max_depth=3",
                                           "criterion=entropy max_depth=2 max_features=2",
                                           "ccp_alpha=0.02"};
    for (uint64_t seed = 0; seed < 40; seed++) {
        learning problem, repeated;
        double scores[2][n_test];
        char balanced[128];
        size_t often = 1 + seed % 4;
        const size_t times[2] = {1, often};
        draw_unequal(&problem, seed, often);
        repeat_rows(&repeated, &problem, times);
        (void)snprintf(balanced, sizeof balanced, "%s class_weight=balanced", settings[seed % 5]);
        const char *stripped = balanced[0] == ' ' ? balanced + 1 : balanced;
        fit_and_score("tree", &problem, stripped, 0.0, scores[0]);
        fit_and_score("tree", &repeated, settings[seed % 5], 0.0, scores[1]);
        near(scores[0], scores[1], 1e-12, settings[seed % 5]);
    }
}

static void trees_of_rows_twice_are_the_same_trees(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        learning problem, repeated;
        double scores[2][n_test];
        const size_t twice[2] = {2, 2};
        learning_draw(&problem, &workspace, seed, 120, 5, n_test, seed % 2 == 0 ? 0 : 3);
        repeat_rows(&repeated, &problem, twice);
        bool large = seed % 3 == 0;
        fit_and_score("tree", &problem, large ? "min_samples_leaf=7" : "", 0.0, scores[0]);
        fit_and_score("tree", &repeated, large ? "min_samples_leaf=14" : "", 0.0, scores[1]);
        assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    }
}

static void twice_as_many_neighbours_of_rows_twice_vote_alike(void **state) {
    (void)state;
    static const char *const settings[][2] = {
        {"n_neighbors=3", "n_neighbors=6"},
        {"n_neighbors=10 weights=distance", "n_neighbors=20 weights=distance"},
        {"n_neighbors=1 metric=manhattan", "n_neighbors=2 metric=manhattan"},
        {"n_neighbors=7 p=3 weights=distance", "n_neighbors=14 p=3 weights=distance"},
    };
    for (size_t i = 0; i < 4; i++) {
        for (uint64_t seed = 0; seed < 6; seed++) {
            learning problem, repeated;
            double scores[2][n_test];
            const size_t twice[2] = {2, 2};
            learning_draw(&problem, &workspace, seed, 60, 3, n_test, 0);
            repeat_rows(&repeated, &problem, twice);
            fit_and_score("knn", &problem, settings[i][0], 0.0, scores[0]);
            fit_and_score("knn", &repeated, settings[i][1], 0.0, scores[1]);
            near(scores[0], scores[1], 1e-12, settings[i][0]);
        }
    }
}

/** The order of rows changes no optimum; of trees not one bit. */
static void the_order_of_rows_is_no_matter(void **state) {
    (void)state;
    static const struct {
        const char *learner, *settings;
        double tolerance;
    } orders[] = {{"logreg", "penalty=l1", 1e-7},   {"svc", "kernel=linear", 1e-6},
                  {"svc", "kernel=rbf", 1e-2},      {"knn", "weights=distance", 1e-12},
                  {"tree", "criterion=entropy", 0}, {"tree", "class_weight=balanced", 0}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        learning problem, turned;
        double scores[2][n_test];
        learning_draw(&problem, &workspace, i, 90, 4, n_test, 0);
        turned = problem;
        turned.training.labels = turned.labels;
        turned.training.rows = learning_matrix(&workspace, 90, 4);
        for (size_t row = 0; row < 90; row++) {
            turned.labels[row] = problem.labels[89 - row];
            for (size_t column = 0; column < 4; column++) {
                perebor_matrix_column(&turned.training.rows, column)[row] =
                    perebor_matrix_column(&problem.training.rows, column)[89 - row];
            }
        }
        fit_and_score(orders[i].learner, &problem, orders[i].settings, 0.0, scores[0]);
        fit_and_score(orders[i].learner, &turned, orders[i].settings, 0.0, scores[1]);
        near(scores[0], scores[1], orders[i].tolerance, orders[i].settings);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balanced_classes_are_the_rarer_one_repeated),
        cmocka_unit_test(all_rows_twice_are_rows_at_twice_the_cost),
        cmocka_unit_test(trees_of_balanced_classes_are_trees_of_rows_repeated),
        cmocka_unit_test(trees_of_rows_twice_are_the_same_trees),
        cmocka_unit_test(twice_as_many_neighbours_of_rows_twice_vote_alike),
        cmocka_unit_test(the_order_of_rows_is_no_matter),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
