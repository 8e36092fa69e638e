// SPDX-License-Identifier: MIT
/* The levels of nominal columns are columns of zeros and ones: every learner gives the same bits
 * for codes and for the columns written out, alone and in a family; linear ones over many levels
 * the same to rounding. */
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

enum { n_rows = 240, n_test = 61, n_numeric = 3, most_blocks = 3 };

/** A problem in both forms, and rows to score. */
typedef struct problem {
    uint8_t labels[n_rows];
    perebor_training coded, dense;
    perebor_matrix coded_test, dense_test;
} problem;

/** Numbers and blocks of levels; a row in sixteen has no level. */
static perebor_matrix draw_rows(uint64_t *state, size_t n, const size_t *levels, size_t n_blocks) {
    perebor_matrix matrix;
    assert_int_equal(perebor_matrix_create_coded(&matrix, n, n_numeric, n_blocks, &workspace, NULL),
                     PEREBOR_OK);
    for (size_t k = 0; k < n_blocks; k++) {
        perebor_indicators *block = perebor_matrix_add_levels(&matrix, levels[k]);
        for (size_t row = 0; row < n; row++) {
            bool none = draw_bits(state) % 16 == 0;
            block->codes[row] = (uint32_t)(none ? levels[k] : draw_bits(state) % levels[k]);
        }
    }
    for (size_t column = 0; column < n_numeric; column++) {
        for (size_t row = 0; row < n; row++) {
            perebor_matrix_column(&matrix, column)[row] =
                column == 2 ? (double)(draw_bits(state) % 2) : draw_normal(state);
        }
    }
    return matrix;
}

static void draw_problem(problem *problem, const size_t *levels, size_t n_blocks) {
    uint64_t state = 5 + levels[0];
    problem->coded = (perebor_training){.rows = draw_rows(&state, n_rows, levels, n_blocks),
                                        .labels = problem->labels};
    problem->coded_test = draw_rows(&state, n_test, levels, n_blocks);
    problem->dense.labels = problem->labels;
    for (size_t row = 0; row < n_rows; row++) {
        double leaning = perebor_matrix_column(&problem->coded.rows, 0)[row] + draw_normal(&state);
        leaning += problem->coded.rows.indicators[0].codes[row] % 2 == 0 ? 0.9 : -0.7;
        problem->labels[row] = leaning > 0.1;
    }
    assert_int_equal(
        perebor_matrix_expand(&problem->dense.rows, &problem->coded.rows, &workspace, NULL),
        PEREBOR_OK);
    assert_int_equal(
        perebor_matrix_expand(&problem->dense_test, &problem->coded_test, &workspace, NULL),
        PEREBOR_OK);
}

/** Scores of the members of a family, as they were delivered. */
typedef struct delivered {
    double test[8][n_test], training[8][n_rows];
    size_t n;
} delivered;

static void receive(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation_scores, const double *training_scores,
                    const perebor_fit_report *report) {
    delivered *to = context;
    (void)report;
    if (status != PEREBOR_OK) {
        fail_msg("%s", message);
    }
    memcpy(to->test[member], validation_scores, sizeof to->test[member]);
    memcpy(to->training[member], training_scores, sizeof to->training[member]);
    to->n++;
}

static void score(const char *name, const char *const *settings, size_t n, bool share,
                  const perebor_training *training, const perebor_matrix *test, delivered *to) {
    const perebor_learner *learner = learning_find(name);
    perebor_value values[8][PEREBOR_MAX_SETTINGS];
    const perebor_value *members[8];
    for (size_t member = 0; member < n; member++) {
        learning_defaults(learner, values[member]);
        learning_set_all(learner, values[member], settings[member]);
        members[member] = values[member];
    }
    perebor_family family = {.training = training,
                             .validation = test,
                             .score_training = true,
                             .settings = members,
                             .n_members = n,
                             .workspace = &workspace};
    perebor_error error = {0};
    *to = (delivered){0};
    if (perebor_learner_score_family(learner, &family, share, receive, to, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(to->n, n);
}

/** Settings that share their work, up to a NULL. */
typedef struct family_case {
    const char *learner;
    const char *settings[8];
} family_case;

static void check_all(const family_case *cases, size_t n_cases, const size_t *levels,
                      size_t n_blocks) {
    static delivered dense, coded;
    problem problem;
    draw_problem(&problem, levels, n_blocks);
    for (size_t k = 0; k < n_cases; k++) {
        size_t n = 0;
        while (n < 8 && cases[k].settings[n] != NULL) {
            n++;
        }
        score(cases[k].learner, cases[k].settings, n, false, &problem.dense, &problem.dense_test,
              &dense);
        for (int share = 0; share < 2; share++) {
            score(cases[k].learner, cases[k].settings, n, share == 1, &problem.coded,
                  &problem.coded_test, &coded);
            assert_memory_equal(&dense, &coded, sizeof dense);
        }
    }
}

static void levels_give_the_bits_of_columns_of_zeros_and_ones(void **state) {
    (void)state;
    static const family_case cases[] = {
        {"knn", {"n_neighbors=5 p=2", "n_neighbors=9 weights=distance p=2", NULL}},
        {"knn", {"n_neighbors=5 p=1", NULL}},
        {"svc", {"kernel=rbf C=1", "kernel=rbf C=4 gamma=0.1", "kernel=poly degree=2", NULL}},
        {"svc", {"kernel=sigmoid gamma=0.02", "kernel=poly degree=3 coef0=1", NULL}},
        {"tree", {"max_depth=null", "max_depth=4", "min_samples_leaf=5", "ccp_alpha=0.01", NULL}},
        {"tree", {"criterion=entropy", "criterion=entropy min_samples_leaf=3", NULL}},
        {"tree", {"max_features=4", "max_features=4 max_depth=3", NULL}},
        {"tree", {"class_weight=balanced", NULL}},
        {"boost", {"n_estimators=5", "n_estimators=9", NULL}},
        {"boost", {"min_samples_leaf=3 n_estimators=9 subsample=0.7 colsample_bytree=0.6", NULL}},
        {"forest", {"n_estimators=5", "n_estimators=3 min_samples_leaf=4", "ccp_alpha=0.01", NULL}},
        {"forest",
         {"splitter=random n_estimators=5", "splitter=random n_estimators=3 max_depth=3", NULL}},
        {"gnb", {"var_smoothing=1e-9", "var_smoothing=0.1", NULL}},
        {"tree", {"random_state=42", "random_state=42 ccp_alpha=0.01", NULL}},
        {"tree", {"random_state=42 class_weight=balanced", NULL}},
        {"tree", {"random_state=7 max_features=3 criterion=entropy", NULL}},
    };
    static const family_case few[] = {
        {"svc", {"kernel=linear C=1", NULL}},
        {"logreg", {"penalty=l2 C=0.5", "penalty=l1 C=0.7", "penalty=elasticnet C=2", NULL}},
    };
    static const size_t narrow[] = {4, 1, 2};
    static const size_t wide[] = {16, 40, 17};
    check_all(cases, sizeof cases / sizeof *cases, narrow, 3);
    check_all(cases, sizeof cases / sizeof *cases, wide, 3);
    check_all(few, sizeof few / sizeof *few, narrow, 3);
}

static void many_levels_give_the_bits_of_sparse_columns(void **state) {
    (void)state;
    static const family_case cases[] = {
        {"logreg", {"penalty=l2 C=0.5", "penalty=l1 C=0.7", "penalty=elasticnet C=2", NULL}},
        {"tree", {"max_depth=null", "max_depth=4", NULL}},
        {"tree", {"random_state=1", NULL}},
    };
    static const size_t levels[] = {230, 60};
    check_all(cases, sizeof cases / sizeof *cases, levels, 2);
}

/** Scores over levels as codes and over columns are the same but for rounding, and over levels the
 * same bits alone and in a family. */
static void check_near(const char *learner, const char *const *settings, size_t n,
                       double precision) {
    static delivered dense, coded, alone;
    static const size_t levels[] = {16, 40, 17};
    problem problem;
    draw_problem(&problem, levels, 3);
    score(learner, settings, n, true, &problem.dense, &problem.dense_test, &dense);
    score(learner, settings, n, true, &problem.coded, &problem.coded_test, &coded);
    score(learner, settings, n, false, &problem.coded, &problem.coded_test, &alone);
    assert_memory_equal(&alone, &coded, sizeof coded);
    for (size_t member = 0; member < n; member++) {
        double spread = 0.0;
        for (size_t row = 0; row < n_test; row++) {
            assert_true(fabs(dense.test[member][row] - coded.test[member][row]) < precision);
            spread = fmax(spread, fabs(coded.test[member][row] - coded.test[member][0]));
        }
        assert_true(spread > 1e-3);
    }
}

/** The largest block is eliminated from the normal equations: the same hyperplane, rounded
 * elsewhere. */
static void a_hyperplane_over_levels_is_that_over_columns(void **state) {
    (void)state;
    static const char *const settings[] = {"kernel=linear C=0.001", "kernel=linear C=1",
                                           "kernel=linear C=30 class_weight=balanced"};
    check_near("svc", settings, 3, 1e-6);
}

/** Sums are taken by level where there are more than LOGREG_FEW_LEVELS. */
static void log_odds_over_levels_are_those_over_columns(void **state) {
    (void)state;
    static const char *const settings[] = {"penalty=l2 C=0.5", "penalty=l1 C=0.7",
                                           "penalty=elasticnet C=2"};
    check_near("logreg", settings, 3, 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_give_the_bits_of_columns_of_zeros_and_ones),
        cmocka_unit_test(many_levels_give_the_bits_of_sparse_columns),
        cmocka_unit_test(a_hyperplane_over_levels_is_that_over_columns),
        cmocka_unit_test(log_odds_over_levels_are_those_over_columns),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
