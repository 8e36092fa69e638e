// SPDX-License-Identifier: MIT
/* A model is whole: it scores with the same bits when the rows that it was fitted on are gone, and
 * when memory that fitting gave back has been written over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "learning.h"

/** What models live in, and what their training rows do. */
static perebor_workspace workspace, of_training;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    perebor_workspace_release(&of_training);
    return 0;
}

enum { n_rows = 90, n_test = 23 };

/** What the columns are. */
typedef enum kind { NUMBERS, CONSTANTS, WITH_LEVELS, MANY_COLUMNS, N_KINDS } kind;

static perebor_matrix draw_rows(kind kind, uint64_t *state, size_t n, perebor_workspace *to) {
    const size_t n_numbers = kind == MANY_COLUMNS ? 300 : 4;
    perebor_matrix rows;
    assert_int_equal(perebor_matrix_create_coded(&rows, n, n_numbers, 2, to, NULL), PEREBOR_OK);
    for (size_t column = 0; column < n_numbers; column++) {
        for (size_t row = 0; row < n; row++) {
            perebor_matrix_column(&rows, column)[row] =
                kind == CONSTANTS ? 0.125 : draw_normal(state);
        }
    }
    const size_t levels[] = {90, 3};
    for (size_t k = 0; k < 2 && kind == WITH_LEVELS; k++) {
        perebor_indicators *block = perebor_matrix_add_levels(&rows, levels[k]);
        for (size_t row = 0; row < n; row++) {
            block->codes[row] = (uint32_t)(draw_bits(state) % (levels[k] + 1));
        }
    }
    return rows;
}

/** Writes over the numbers, codes and labels of training rows. */
static void spoil_rows(perebor_training *training, uint8_t *labels) {
    perebor_matrix *rows = &training->rows;
    memset(rows->values, 0xff, perebor_matrix_n_dense(rows) * rows->stride * sizeof *rows->values);
    for (size_t k = 0; k < rows->n_indicators; k++) {
        memset(rows->indicators[k].codes, 0xff, rows->stride * sizeof *rows->indicators[k].codes);
    }
    memset(rows->indicators, 0xff, rows->n_indicators * sizeof *rows->indicators);
    memset(labels, 0xff, n_rows);
}

/** Writes over whatever lies behind the model: doubles that are no numbers. */
static void spoil_workspace(void) {
    enum { line_size = 64 };
    const perebor_workspace_mark begin = perebor_workspace_here(&workspace);
    for (const size_t most = workspace.most_used; workspace.most_used == most;) {
        char *line = perebor_workspace_take(&workspace, 1, line_size);
        assert_non_null(line);
        memset(line, 0xff, line_size);
    }
    perebor_workspace_return(&workspace, begin);
}

static const struct {
    const char *learner, *settings;
} models[] = {
    {"logreg", ""},
    {"logreg", "penalty=l1"},
    {"logreg", "penalty=elasticnet"},
    {"svc", "kernel=linear"},
    {"svc", "kernel=rbf"},
    {"svc", "kernel=poly degree=2 coef0=1.0"},
    {"svc", "kernel=poly degree=2 coef0=1.0 C=1e4"},
    {"svc", "kernel=poly degree=3 coef0=1.0"},
    {"svc", "kernel=poly degree=7 coef0=0.5"},
    {"svc", "kernel=sigmoid"},
    {"knn", ""},
    {"knn", "weights=distance metric=manhattan n_neighbors=3"},
    {"tree", ""},
    {"tree", "random_state=5 ccp_alpha=0.01"},
    {"boost", "n_estimators=5 min_samples_leaf=1"},
    {"forest", "n_estimators=5"},
    {"forest", "n_estimators=5 splitter=random"},
    {"gnb", ""},
};
enum { n_models = sizeof models / sizeof *models };

static void check(size_t m, kind kind) {
    const perebor_learner *learner = learning_find(models[m].learner);
    perebor_value values[PEREBOR_MAX_SETTINGS];
    uint64_t state = 40 + (uint64_t)kind;
    uint8_t labels[n_rows];
    double before[n_test], after[n_test];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    learning_defaults(learner, values);
    learning_set_all(learner, values, models[m].settings);
    perebor_training training = {.rows = draw_rows(kind, &state, n_rows, &of_training),
                                 .labels = labels};
    for (size_t row = 0; row < n_rows; row++) {
        const double leaning = perebor_matrix_column(&training.rows, 0)[row] + draw_normal(&state);
        labels[row] = kind == CONSTANTS ? row % 3 == 1 : leaning > 0.2;
    }
    const perebor_matrix test = draw_rows(kind, &state, n_test, &workspace);
    if (learner->fit(&model, &training, values, &workspace, &report, &error) != PEREBOR_OK) {
        fail_msg("%s %s: %s", models[m].learner, models[m].settings, error.message);
    }
    learning_score(learner, model, &test, &workspace, before);
    spoil_rows(&training, labels);
    perebor_workspace_release(&of_training);
    spoil_workspace();
    learning_score(learner, model, &test, &workspace, after);
    if (memcmp(before, after, sizeof before) != 0) {
        fail_msg("%s %s: other scores of kind %d", models[m].learner, models[m].settings, kind);
    }
    perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
}

static void a_model_borrows_nothing_that_is_given_back(void **state) {
    (void)state;
    for (int kind = 0; kind < N_KINDS; kind++) {
        for (size_t m = 0; m < n_models; m++) {
            check(m, (enum kind)kind);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_borrows_nothing_that_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
