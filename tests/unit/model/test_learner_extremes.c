// SPDX-License-Identifier: MIT
/* Tables at the borders of what a double can hold and a learner can tell: finite scores, or an
 * error that says why; never a score that is no number, and never a long wait. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

enum { n_rows = 48, n_columns = 4, n_test = 24 };

/** What is done to a table of nearly normal values. */
typedef enum extreme {
    HUGE_COLUMN,
    HUGE_VALUE,
    LARGEST_VALUES,
    TINY_COLUMNS,
    DENORMAL_COLUMN,
    ALL_CONSTANT,
    ALL_EQUAL_ROWS,
    TOLD_APART,
    LABELS_AT_RANDOM,
    ONE_POSITIVE,
    FAR_FROM_ZERO,
    N_EXTREMES
} extreme;

static double *value_at(learning *problem, size_t row, size_t column) {
    return &perebor_matrix_column(&problem->training.rows, column)[row];
}

static void multiply_columns(learning *problem, size_t n, double factor) {
    for (size_t column = 0; column < n; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            *value_at(problem, row, column) *= factor;
        }
        for (size_t row = 0; row < n_test; row++) {
            perebor_matrix_column(&problem->test, column)[row] *= factor;
        }
    }
}

static void set_rows(learning *problem, extreme extreme) {
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t column = 0; column < n_columns; column++) {
            double *value = value_at(problem, row, column);
            *value = extreme == ALL_CONSTANT     ? 3.25
                     : extreme == ALL_EQUAL_ROWS ? *value_at(problem, row % 2, column)
                     : extreme == LARGEST_VALUES ? copysign(DBL_MAX, *value)
                                                 : *value + 1e12;
        }
    }
}

static void make_extreme(learning *problem, extreme extreme, uint64_t seed) {
    learning_draw(problem, &workspace, seed, n_rows, n_columns, n_test, 0);
    switch (extreme) {
    case HUGE_COLUMN:
        multiply_columns(problem, 1, 1e200);
        break;
    case HUGE_VALUE:
        *value_at(problem, 5, 2) = 1e300;
        break;
    case TINY_COLUMNS:
        multiply_columns(problem, n_columns, 1e-170);
        break;
    case DENORMAL_COLUMN:
        multiply_columns(problem, 1, 1e-320);
        break;
    case LARGEST_VALUES:
    case ALL_CONSTANT:
    case ALL_EQUAL_ROWS:
    case FAR_FROM_ZERO:
        set_rows(problem, extreme);
        break;
    case TOLD_APART:
    case LABELS_AT_RANDOM:
    case ONE_POSITIVE:
        for (size_t row = 0; row < n_rows; row++) {
            problem->labels[row] = extreme == TOLD_APART     ? *value_at(problem, row, 0) > 0.0
                                   : extreme == ONE_POSITIVE ? row == 7
                                                             : (uint8_t)(row * 7 % 3 == 1);
        }
        break;
    case N_EXTREMES:
        break;
    }
}

static const struct {
    const char *learner, *settings;
} models[] = {
    {"logreg", ""},
    {"logreg", "penalty=l1 C=100.0"},
    {"logreg", "penalty=none"},
    {"logreg", "intercept=penalized C=1e-8"},
    {"svc", "kernel=linear"},
    {"svc", "kernel=linear C=1e6"},
    {"svc", "kernel=rbf"},
    {"svc", "kernel=rbf gamma=1e-300 C=1e300 max_iter=1000"},
    {"svc", "kernel=rbf gamma=1e300"},
    {"svc", "kernel=poly degree=3 coef0=1.0"},
    {"svc", "kernel=poly degree=1000 max_iter=1000"},
    {"svc", "kernel=sigmoid class_weight=balanced"},
    {"knn", ""},
    {"knn", "weights=distance metric=manhattan"},
    {"knn", "n_neighbors=48 weights=distance p=100"},
    {"tree", ""},
    {"tree", "criterion=entropy class_weight=balanced"},
    {"tree", "random_state=5"},
    {"boost", "n_estimators=5 min_samples_leaf=1"},
    {"boost", "n_estimators=9 min_samples_leaf=1 min_child_weight=0 learning_rate=10.0"},
    {"boost", "n_estimators=5 max_bins=2 subsample=0.01 class_weight=balanced reg_lambda=1e12"},
    {"forest", "n_estimators=5"},
    {"forest", "n_estimators=5 splitter=random criterion=entropy class_weight=balanced"},
    {"gnb", ""},
    {"gnb", "var_smoothing=0.5 priors=equal"},
};
enum { n_models = sizeof models / sizeof *models };

/** Fits. @return NULL if there is no model; the reason is then a number's or an argument's. */
static const perebor_model *try_fit(size_t m, const learning *problem) {
    const perebor_learner *learner = learning_find(models[m].learner);
    perebor_value values[PEREBOR_MAX_SETTINGS];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    learning_defaults(learner, values);
    learning_set_all(learner, values, models[m].settings);
    perebor_status status =
        learner->fit(&model, &problem->training, values, &workspace, &report, &error);
    assert_int_equal(model == NULL, status != PEREBOR_OK);
    if (status != PEREBOR_OK) {
        assert_true(status == PEREBOR_ERR_NUMERIC || status == PEREBOR_ERR_ARGUMENT);
        assert_non_null(strstr(error.message, "scale ")); // the remedy
    }
    return model;
}

/** Scores rows. @return Whether there are scores; overflow alone is a reason against them. */
static bool try_score(size_t m, const perebor_model *model, const perebor_matrix *rows,
                      double *scores) {
    perebor_error error = {0};
    perebor_status status =
        learning_find(models[m].learner)->score(model, rows, &workspace, scores, &error);
    if (status != PEREBOR_OK) {
        assert_int_equal(status, PEREBOR_ERR_NUMERIC);
        assert_non_null(strstr(error.message, "overflow"));
    }
    return status == PEREBOR_OK;
}

static void scores_are_numbers_or_an_error_says_why_not(void **state) {
    (void)state;
    size_t n_scored = 0;
    for (int extreme = 0; extreme < N_EXTREMES; extreme++) {
        for (size_t m = 0; m < n_models; m++) {
            learning problem;
            double scores[n_rows];
            make_extreme(&problem, (enum extreme)extreme, (uint64_t)extreme);
            const perebor_model *model = try_fit(m, &problem);
            const perebor_matrix *parts[] = {&problem.test, &problem.training.rows};
            for (size_t part = 0; part < 2 && model != NULL; part++) {
                bool scored = try_score(m, model, parts[part], scores);
                n_scored += scored;
                for (size_t row = 0; scored && row < parts[part]->n_rows; row++) {
                    if (!isfinite(scores[row])) {
                        fail_msg("extreme %d, %s %s: row %zu scores %g", extreme, models[m].learner,
                                 models[m].settings, row, scores[row]);
                    }
                }
            }
            perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
        }
    }
    assert_true(n_scored > n_models * N_EXTREMES); // most of the two parts of each
}

/** A row that overflows takes nothing from the others, where it is no error of all. */
static void a_huge_row_leaves_the_scores_of_others_alone(void **state) {
    (void)state;
    for (size_t m = 0; m < n_models; m++) {
        learning problem;
        double with[n_test], without[n_test];
        learning_draw(&problem, &workspace, m, n_rows, n_columns, n_test, 0);
        const perebor_model *model = try_fit(m, &problem);
        if (model != NULL && try_score(m, model, &problem.test, without)) {
            perebor_matrix_column(&problem.test, 1)[3] = 1e250;
            bool scored = try_score(m, model, &problem.test, with);
            for (size_t row = 0; scored && row < n_test; row++) {
                assert_true(row == 3 || with[row] == without[row]);
            }
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_numbers_or_an_error_says_why_not),
        cmocka_unit_test(a_huge_row_leaves_the_scores_of_others_alone),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
