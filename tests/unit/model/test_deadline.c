// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/deadline.h"
#include "perebor/learners.h"

enum { n_rows = 700, n_columns = 3, most_settings = PEREBOR_MAX_SETTINGS };

/** Rows that are noise: nothing separates the classes, so that every learner has work. */
static perebor_training make_rows(uint8_t *labels, perebor_workspace *workspace) {
    perebor_training training = {.labels = labels};
    perebor_error error;
    assert_int_equal(perebor_matrix_create(&training.rows, n_rows, n_columns, workspace, &error),
                     PEREBOR_OK);
    uint64_t state = 1;
    for (size_t row = 0; row < n_rows; row++) {
        for (size_t column = 0; column < n_columns; column++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            perebor_matrix_column(&training.rows, column)[row] = (double)(state >> 40) / 65536.0;
        }
        labels[row] = (state >> 33) % 2;
    }
    return training;
}

/** A learner's own settings, but for one of them. */
static void choose(const perebor_learner *learner, perebor_value *settings, const char *name,
                   perebor_value value) {
    for (size_t i = 0; i < learner->n_settings; i++) {
        bool chosen = name != NULL && strcmp(learner->settings[i].name, name) == 0;
        settings[i] = chosen ? value : learner->settings[i].default_value;
    }
}

static perebor_status try_fit(const perebor_learner *learner, const perebor_training *training,
                              const perebor_value *settings, perebor_workspace *workspace,
                              double *scores) {
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_model *model = NULL;
    perebor_fit_report report = {.converged = true};
    perebor_error error;
    perebor_status status = learner->fit(&model, training, settings, workspace, &report, &error);
    if (status == PEREBOR_OK) {
        status = learner->score(model, &training->rows, workspace, scores, &error);
    }
    perebor_workspace_return(workspace, begin);
    return status;
}

/** Not begun, it ends at once; lent a flag that stays down, it scores as without one. */
static void check(const char *name, const char *setting, perebor_value value) {
    uint8_t labels[n_rows];
    perebor_workspace workspace = {0};
    static double scores[2][n_rows];
    perebor_value settings[most_settings];
    const perebor_learner *learner = perebor_learner_find(name);
    perebor_training training = make_rows(labels, &workspace);
    atomic_bool flag;
    atomic_init(&flag, true);
    choose(learner, settings, setting, value);
    perebor_deadline_heed(&flag);
    assert_int_equal(try_fit(learner, &training, settings, &workspace, scores[0]),
                     PEREBOR_ERR_STOPPED);
    atomic_store(&flag, false);
    assert_int_equal(try_fit(learner, &training, settings, &workspace, scores[0]), PEREBOR_OK);
    perebor_deadline_heed(NULL);
    assert_int_equal(try_fit(learner, &training, settings, &workspace, scores[1]), PEREBOR_OK);
    assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    perebor_workspace_release(&workspace);
}

static perebor_value text(const char *value) {
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = value};
}

static void every_learner_ends_when_told_to(void **state) {
    (void)state;
    const perebor_value seed = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 7};
    check("knn", NULL, seed);
    check("logreg", NULL, seed);
    check("tree", NULL, seed);
    check("boost", NULL, seed);
    check("forest", NULL, seed);
    check("gnb", NULL, seed);
    check("tree", "random_state", seed);
    check("svc", "kernel", text("linear"));
    check("svc", "kernel", text("rbf"));
    check("svc", "kernel", text("sigmoid"));
}

static void a_thread_without_a_flag_is_never_stopped(void **state) {
    (void)state;
    perebor_error error;
    assert_false(perebor_deadline_passed());
    assert_int_equal(perebor_deadline_check(&error), PEREBOR_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_learner_ends_when_told_to),
        cmocka_unit_test(a_thread_without_a_flag_is_never_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
