// SPDX-License-Identifier: MIT
/* Every learner says what its models compute: the form scores as the model does, by the words of
 * perebor/model_form.h written down the plain way, and a model made of it to the bit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "learning.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_test = 37 };

/** Settings that reach every form that there is, and every way to it. */
static const struct {
    const char *learner, *settings;
    size_t n_rows, n_columns;
    unsigned levels;
    perebor_form_kind kind;
} cases[] = {
    {"logreg", "C=0.3", 90, 5, 0, PEREBOR_FORM_LINEAR},
    {"logreg", "penalty=l1 C=0.05", 90, 7, 0, PEREBOR_FORM_LINEAR},
    {"logreg", "penalty=none intercept=penalized", 90, 3, 2, PEREBOR_FORM_LINEAR},
    {"svc", "kernel=linear C=2", 80, 4, 0, PEREBOR_FORM_LINEAR},
    {"svc", "kernel=rbf", 81, 4, 0, PEREBOR_FORM_KERNEL},
    {"svc", "kernel=rbf gamma=0.7 class_weight=balanced", 66, 5, 3, PEREBOR_FORM_KERNEL},
    {"svc", "kernel=sigmoid coef0=-0.5 gamma=auto", 70, 3, 0, PEREBOR_FORM_KERNEL},
    {"svc", "kernel=poly degree=5 coef0=-1.0 C=0.1", 70, 4, 0, PEREBOR_FORM_KERNEL},
    {"svc", "kernel=poly degree=2 coef0=1.0 C=1e3", 150, 3, 0, PEREBOR_FORM_MONOMIALS},
    {"svc", "kernel=poly degree=3 coef0=0.0 C=1e4 gamma=2.0", 150, 2, 0, PEREBOR_FORM_MONOMIALS},
    {"knn", "", 75, 4, 0, PEREBOR_FORM_NEIGHBORS},
    {"knn", "n_neighbors=1 weights=distance metric=manhattan", 33, 3, 3, PEREBOR_FORM_NEIGHBORS},
    {"knn", "n_neighbors=40 weights=distance p=3", 41, 3, 4, PEREBOR_FORM_NEIGHBORS},
    {"knn", "n_neighbors=7 metric=euclidean p=1", 64, 2, 5, PEREBOR_FORM_NEIGHBORS},
    {"tree", "", 120, 5, 0, PEREBOR_FORM_TREES},
    {"tree", "criterion=entropy max_depth=3 class_weight=balanced", 90, 6, 4, PEREBOR_FORM_TREES},
    {"tree", "ccp_alpha=0.01 min_samples_leaf=2", 150, 4, 0, PEREBOR_FORM_TREES},
    {"tree", "random_state=42 max_features=sqrt", 100, 9, 0, PEREBOR_FORM_TREES},
    {"tree", "max_depth=1 min_samples_leaf=0.5", 40, 1, 2, PEREBOR_FORM_TREES},
    {"boost", "n_estimators=7", 120, 5, 0, PEREBOR_FORM_TREES},
    {"boost", "n_estimators=3 max_depth=2 class_weight=balanced", 90, 6, 4, PEREBOR_FORM_TREES},
    {"forest", "n_estimators=7", 120, 5, 0, PEREBOR_FORM_TREES},
    {"forest", "n_estimators=3 splitter=random max_depth=4", 90, 6, 4, PEREBOR_FORM_TREES},
    {"forest", "n_estimators=4 ccp_alpha=0.01 criterion=entropy", 90, 4, 0, PEREBOR_FORM_TREES},
    {"gnb", "", 80, 5, 0, PEREBOR_FORM_DENSITIES},
    {"gnb", "var_smoothing=0.3 priors=equal", 60, 4, 3, PEREBOR_FORM_DENSITIES},
};
enum { n_cases = sizeof cases / sizeof *cases };

static double element(const perebor_matrix *rows, size_t row, size_t column) {
    return perebor_matrix_column(rows, column)[row];
}

static double score_linear(const perebor_model_form *form, const perebor_matrix *rows, size_t row) {
    double sum = form->as.linear.intercept;
    for (size_t column = 0; column < form->n_columns; column++) {
        sum += form->as.linear.weights[column] * element(rows, row, column);
    }
    return sum;
}

static double score_trees(const perebor_model_form *form, const perebor_matrix *rows, size_t row) {
    const perebor_trees_form *trees = &form->as.trees;
    double sum = 0.0;
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        uint64_t root = trees->first_node[tree];
        uint64_t node = root;
        while (trees->left[node] != 0) {
            double value = element(rows, row, trees->columns[node]);
            value = trees->single_precision ? (double)(float)value : value;
            node = root + trees->left[node] + (value <= trees->thresholds[node] ? 0 : 1);
        }
        sum += trees->values[node];
    }
    return sum / perebor_trees_form_divisor(trees);
}

static double kernel_value(const perebor_kernel_form *kernel, size_t support,
                           const perebor_matrix *rows, size_t row) {
    double dot = 0.0;
    double distance = 0.0;
    for (size_t column = 0; column < rows->n_columns; column++) {
        double a = element(&kernel->support, support, column);
        double b = element(rows, row, column);
        dot += a * b;
        distance += (a - b) * (a - b);
    }
    const perebor_kernel_function *k = &kernel->kernel;
    switch (k->kind) {
    case PEREBOR_KERNEL_RBF:
        return exp(-k->gamma * distance);
    case PEREBOR_KERNEL_POLY:
        return pow(k->gamma * dot + k->coef0, (double)k->degree);
    case PEREBOR_KERNEL_SIGMOID:
        break;
    }
    return tanh(k->gamma * dot + k->coef0);
}

static double score_kernel(const perebor_model_form *form, const perebor_matrix *rows, size_t row) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    double sum = kernel->bias;
    for (size_t s = 0; s < kernel->support.n_rows; s++) {
        sum += kernel->coefficients[s] * kernel_value(kernel, s, rows, row);
    }
    return sum;
}

/**
 * The monomials in lexical order of their ascending factors, the constant (factor n_columns) last:
 * sqrt(degree! / prod of multiplicities!) prod of sqrt(gamma) x_j, and of sqrt(coef0).
 */
static double score_monomials(const perebor_model_form *form, const perebor_matrix *rows,
                              size_t row) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    size_t degree = (size_t)kernel->kernel.degree;
    size_t n_factors = form->n_columns + (kernel->kernel.coef0 > 0.0 ? 1 : 0);
    size_t factors[8] = {0};
    size_t at = 0;
    double sum = kernel->bias;
    for (;;) {
        double value = 1.0;
        double ways = 1.0;
        size_t repeated = 0;
        for (size_t i = 0; i < degree; i++) {
            repeated = i > 0 && factors[i] == factors[i - 1] ? repeated + 1 : 1;
            ways *= (double)(i + 1) / (double)repeated;
            value *= factors[i] < form->n_columns
                         ? sqrt(kernel->kernel.gamma) * element(rows, row, factors[i])
                         : sqrt(kernel->kernel.coef0);
        }
        if (factors[0] < form->n_columns) { // not the constant one
            sum += kernel->weights[at++] * sqrt(ways) * value;
        }
        size_t last = degree;
        while (last > 0 && factors[last - 1] + 1 == n_factors) {
            last--;
        }
        if (last == 0) {
            assert_int_equal(at, kernel->n_weights);
            return sum;
        }
        factors[last - 1]++;
        for (size_t i = last; i < degree; i++) {
            factors[i] = factors[last - 1];
        }
    }
}

/** Neighbours by n passes: the nearest that is left, the lower row first. */
static double score_neighbors(const perebor_model_form *form, const perebor_matrix *rows,
                              size_t row) {
    const perebor_neighbors_form *at = &form->as.neighbors;
    double distances[LEARNING_MOST_ROWS];
    double positive = 0.0, all = 0.0;
    bool exact = false;
    for (size_t point = 0; point < at->points.n_rows; point++) {
        double sum = 0.0;
        for (size_t column = 0; column < form->n_columns; column++) {
            double apart = fabs(element(&at->points, point, column) - element(rows, row, column));
            sum += pow(apart, at->p);
        }
        distances[point] = pow(sum, 1.0 / at->p);
        exact = exact || (at->by_distance && distances[point] == 0.0);
    }
    for (size_t k = 0; k < at->k; k++) {
        size_t nearest = 0;
        for (size_t point = 1; point < at->points.n_rows; point++) {
            nearest = distances[point] < distances[nearest] * (1.0 - 1e-12) ? point : nearest;
        }
        double weight = exact             ? (double)(distances[nearest] == 0.0)
                        : at->by_distance ? 1.0 / distances[nearest]
                                          : 1.0;
        all += weight;
        positive += at->labels[nearest] ? weight : 0.0;
        distances[nearest] = INFINITY;
    }
    return positive / all;
}

static double log_density(double x, double mean, double variance) {
    return -0.5 * (x - mean) * (x - mean) / variance;
}

static double score_densities(const perebor_model_form *form, const perebor_matrix *rows,
                              size_t row) {
    const perebor_densities_form *at = &form->as.densities;
    double sum = at->offset;
    for (size_t column = 0; column < form->n_columns; column++) {
        double x = element(rows, row, column);
        sum += log_density(x, at->means[1][column], at->variances[1][column]) -
               log_density(x, at->means[0][column], at->variances[0][column]);
    }
    return sum;
}

static double score_form(const perebor_model_form *form, const perebor_matrix *rows, size_t row) {
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
        return score_linear(form, rows, row);
    case PEREBOR_FORM_TREES:
        return score_trees(form, rows, row);
    case PEREBOR_FORM_KERNEL:
        return score_kernel(form, rows, row);
    case PEREBOR_FORM_MONOMIALS:
        return score_monomials(form, rows, row);
    case PEREBOR_FORM_NEIGHBORS:
        return score_neighbors(form, rows, row);
    case PEREBOR_FORM_DENSITIES:
        return score_densities(form, rows, row);
    }
    return NAN;
}

/** Fits a case; @return its model. */
static perebor_model *fit_case(size_t i, learning *problem) {
    const perebor_learner *learner = learning_find(cases[i].learner);
    perebor_value values[PEREBOR_MAX_SETTINGS];
    learning_draw(problem, &workspace, i, cases[i].n_rows, cases[i].n_columns, n_test,
                  cases[i].levels);
    learning_defaults(learner, values);
    learning_set_all(learner, values, cases[i].settings);
    return learning_fit(learner, problem, values, NULL);
}

static perebor_model_form describe(const perebor_learner *learner, const perebor_model *model) {
    perebor_model_form form;
    perebor_error error = {0};
    assert_int_equal(learner->describe(model, &workspace, &form, &error), PEREBOR_OK);
    if (perebor_model_form_check(&form, &error) != PEREBOR_OK) {
        fail_msg("%s: %s", learner->name, error.message);
    }
    return form;
}

static void forms_compute_what_they_say(void **state) {
    (void)state;
    for (size_t i = 0; i < n_cases; i++) {
        const perebor_learner *learner = learning_find(cases[i].learner);
        learning problem;
        double scores[n_test];
        const perebor_model *model = fit_case(i, &problem);
        perebor_model_form form = describe(learner, model);
        assert_int_equal(form.kind, cases[i].kind);
        assert_int_equal(form.n_columns, cases[i].n_columns);
        learning_score(learner, model, &problem.test, &workspace, scores);
        for (size_t row = 0; row < n_test; row++) {
            double expected = score_form(&form, &problem.test, row);
            // Those of support vectors agree to the precision of their solver, beyond which no
            // digit means much.
            double tolerance = form.kind == PEREBOR_FORM_LINEAR      ? 1e-9
                               : form.kind == PEREBOR_FORM_DENSITIES ? 1e-12
                               : form.kind == PEREBOR_FORM_TREES     ? 0.0
                               : form.kind == PEREBOR_FORM_NEIGHBORS ? 1e-12
                                                                     : 1e-5;
            if (!(fabs(scores[row] - expected) <= tolerance * (1.0 + fabs(expected)))) {
                fail_msg("%s %s, row %zu: %.17g, the form says %.17g", cases[i].learner,
                         cases[i].settings, row, scores[row], expected);
            }
        }
    }
}

static void a_model_made_of_its_form_scores_the_same_bits(void **state) {
    (void)state;
    for (size_t i = 0; i < n_cases; i++) {
        const perebor_learner *learner = learning_find(cases[i].learner);
        learning problem;
        double scores[2][n_test];
        perebor_model *restored = NULL;
        perebor_error error = {0};
        const perebor_model *model = fit_case(i, &problem);
        perebor_model_form form = describe(learner, model);
        assert_int_equal(learner->restore(&restored, &form, &workspace, &error), PEREBOR_OK);
        learning_score(learner, model, &problem.test, &workspace, scores[0]);
        learning_score(learner, restored, &problem.test, &workspace, scores[1]);
        assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
        perebor_model_form again = describe(learner, restored);
        assert_int_equal(again.kind, form.kind);
        for (size_t row = 0; row < n_test; row++) {
            assert_true(score_form(&form, &problem.test, row) ==
                        score_form(&again, &problem.test, row));
        }
    }
}

static void a_form_of_another_learner_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *learner, *message;
        perebor_form_kind kind;
    } refused[] = {
        {"logreg", "a logistic regression is linear, not trees", PEREBOR_FORM_TREES},
        {"logreg", "a logistic regression is linear, not kernel", PEREBOR_FORM_KERNEL},
        {"svc", "a support vector machine is not trees", PEREBOR_FORM_TREES},
        {"svc", "a support vector machine is not neighbors", PEREBOR_FORM_NEIGHBORS},
        {"knn", "nearest neighbours are not linear", PEREBOR_FORM_LINEAR},
        {"knn", "nearest neighbours are not monomials", PEREBOR_FORM_MONOMIALS},
        {"gnb", "naive Bayes is densities, not linear", PEREBOR_FORM_LINEAR},
        {"boost", "boosting is trees, not linear", PEREBOR_FORM_LINEAR},
        {"forest", "a forest is trees, not linear", PEREBOR_FORM_LINEAR},
        {"tree", "a decision tree is one tree, not linear", PEREBOR_FORM_LINEAR},
        {"tree", "a decision tree is one tree, not neighbors", PEREBOR_FORM_NEIGHBORS},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        perebor_model_form form = {.kind = refused[i].kind, .n_columns = 3};
        perebor_model *model = NULL;
        perebor_error error = {0};
        const perebor_learner *learner = learning_find(refused[i].learner);
        assert_int_equal(learner->restore(&model, &form, &workspace, &error), PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, refused[i].message);
        assert_null(model);
    }
}

static void a_forest_is_no_decision_tree(void **state) {
    (void)state;
    perebor_model_form form = {.kind = PEREBOR_FORM_TREES, .as.trees = {.n_trees = 2}};
    perebor_model *model = NULL;
    perebor_error error = {0};
    assert_int_equal(learning_find("tree")->restore(&model, &form, &workspace, &error),
                     PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, "a decision tree is one tree, not trees");
    assert_null(model);
}

static void as_many_weights_as_there_are_monomials(void **state) {
    (void)state;
    const double weights[] = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
    const perebor_kernel_function square = {.kind = PEREBOR_KERNEL_POLY, .gamma = 1.0, .degree = 2};
    for (size_t n = 0; n <= 6; n++) { // of two columns: x x, x y, y y, and with a constant x, y
        for (int constant = 0; constant < 2; constant++) {
            perebor_model_form form = {
                .kind = PEREBOR_FORM_MONOMIALS,
                .n_columns = 2,
                .as.kernel = {.kernel = square, .weights = weights, .n_weights = n}};
            perebor_model *model = NULL;
            perebor_error error = {0};
            char message[96];
            form.as.kernel.kernel.coef0 = constant;
            perebor_status status =
                learning_find("svc")->restore(&model, &form, &workspace, &error);
            if (n == (constant ? 5 : 3)) {
                assert_int_equal(status, PEREBOR_OK);
                continue;
            }
            assert_int_equal(status, PEREBOR_ERR_FORMAT);
            (void)snprintf(message, sizeof message,
                           "%zu weights are not those of the monomials of 2 columns", n);
            assert_string_equal(error.message, message);
            assert_null(model);
        }
    }
}

/** What a learner says of rows that are not as wide as those it was fitted on. */
static const char *width_message(const char *learner, size_t fitted, size_t given) {
    static char message[96];
    const char *what = strcmp(learner, "logreg") == 0   ? "a logistic regression"
                       : strcmp(learner, "knn") == 0    ? "nearest neighbours"
                       : strcmp(learner, "gnb") == 0    ? "naive Bayes"
                       : strcmp(learner, "forest") == 0 ? "a forest"
                       : strcmp(learner, "boost") == 0  ? "boosting"
                                                        : "a decision tree";
    if (strcmp(learner, "svc") == 0) {
        (void)snprintf(message, sizeof message,
                       "the model was fitted on %zu columns, the rows have %zu", fitted, given);
    } else {
        (void)snprintf(message, sizeof message, "%s of %zu columns cannot score rows of %zu", what,
                       fitted, given);
    }
    return message;
}

static void rows_of_another_width_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < n_cases; i++) {
        const perebor_learner *learner = learning_find(cases[i].learner);
        learning problem;
        const perebor_model *model = fit_case(i, &problem);
        size_t fitted = cases[i].n_columns;
        for (size_t n = fitted - 1; n <= fitted + 1; n++) {
            perebor_matrix rows = learning_matrix(&workspace, n_test, n);
            double scores[n_test];
            perebor_error error = {0};
            perebor_status status = learner->score(model, &rows, &workspace, scores, &error);
            if (n == fitted) {
                assert_int_equal(status, PEREBOR_OK);
                continue;
            }
            assert_int_equal(status, PEREBOR_ERR_ARGUMENT);
            assert_string_equal(error.message, width_message(cases[i].learner, fitted, n));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_compute_what_they_say),
        cmocka_unit_test(a_model_made_of_its_form_scores_the_same_bits),
        cmocka_unit_test(a_form_of_another_learner_is_refused),
        cmocka_unit_test(a_forest_is_no_decision_tree),
        cmocka_unit_test(as_many_weights_as_there_are_monomials),
        cmocka_unit_test(rows_of_another_width_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
