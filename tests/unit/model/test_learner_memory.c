// SPDX-License-Identifier: MIT
/* Every learner under every limit of memory and every stop: an error that says so and nothing else
 * changed, or the very bits that it has without a limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/deadline.h"
#include "learning.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_test = 19, n_members = 3 };

/** Families whose members share; their first member is also fitted alone. */
static const struct {
    const char *learner, *settings[n_members];
    size_t n_columns; /**< 0: four */
} cases[] = {
    {"logreg", {"C=0.1", "C=1.0 penalty=l1", "C=10.0 penalty=none"}, 0},
    {"logreg", {"C=0.1", "C=1.0 penalty=l1", "C=0.1 penalty=elasticnet"}, 280},
    {"svc", {"kernel=linear C=0.1", "kernel=linear C=1.0", "kernel=linear C=9.0"}, 0},
    {"svc", {"kernel=rbf C=0.1", "kernel=rbf C=1.0 gamma=0.3", "kernel=sigmoid"}, 0},
    {"svc", {"kernel=poly degree=2 coef0=1.0 C=1e3", "kernel=poly C=0.1", "kernel=rbf"}, 0},
    {"knn", {"n_neighbors=3", "n_neighbors=9 weights=distance", "n_neighbors=1"}, 0},
    {"boost",
     {"n_estimators=3 min_samples_leaf=2", "n_estimators=1 min_samples_leaf=2",
      "n_estimators=2 min_samples_leaf=2"},
     0},
    {"forest",
     {"n_estimators=3", "n_estimators=2 max_depth=2", "n_estimators=2 ccp_alpha=0.01"},
     0},
    {"forest",
     {"splitter=random n_estimators=3", "splitter=random n_estimators=2",
      "splitter=random n_estimators=2 min_samples_leaf=4"},
     0},
    {"tree", {"", "max_depth=2", "min_samples_leaf=4 ccp_alpha=0.01"}, 0},
    {"tree", {"random_state=3", "random_state=3 max_depth=3", "random_state=3 ccp_alpha=0.02"}, 0},
};
enum { n_cases = sizeof cases / sizeof *cases };

static void draw_case(size_t i, learning *problem, perebor_value values[][PEREBOR_MAX_SETTINGS]) {
    const perebor_learner *learner = learning_find(cases[i].learner);
    size_t n_columns = cases[i].n_columns == 0 ? 4 : cases[i].n_columns;
    learning_draw(problem, &workspace, i, 60, n_columns, n_test, 0);
    for (size_t member = 0; member < n_members; member++) {
        learning_defaults(learner, values[member]);
        learning_set_all(learner, values[member], cases[i].settings[member]);
    }
}

/** Fits and scores within a limit; 0: none. */
static perebor_status fit_within(size_t bytes, const perebor_learner *learner,
                                 const learning *problem, const perebor_value *values,
                                 double *scores, perebor_error *error) {
    perebor_model *model = NULL;
    perebor_fit_report report;
    if (bytes > 0) {
        perebor_workspace_limit(&workspace, bytes);
    }
    perebor_status status =
        learner->fit(&model, &problem->training, values, &workspace, &report, error);
    assert_int_equal(model != NULL, status == PEREBOR_OK);
    if (status == PEREBOR_OK) {
        size_t taken = workspace.taken;
        status = learner->score(model, &problem->test, &workspace, scores, error);
        assert_int_equal(workspace.taken, taken);
    }
    bool refused = bytes > 0 && perebor_workspace_unlimit(&workspace);
    assert_int_equal(refused, status == PEREBOR_ERR_MEMORY);
    return status;
}

static void a_fit_has_its_bits_or_says_that_memory_is_short(void **state) {
    (void)state;
    for (size_t i = 0; i < n_cases; i++) {
        const perebor_learner *learner = learning_find(cases[i].learner);
        learning problem;
        perebor_value values[n_members][PEREBOR_MAX_SETTINGS];
        double expected[n_test], scores[n_test];
        perebor_error error = {0};
        draw_case(i, &problem, values);
        perebor_workspace_mark begin = perebor_workspace_here(&workspace);
        assert_int_equal(fit_within(0, learner, &problem, values[0], expected, &error), PEREBOR_OK);
        perebor_status status = PEREBOR_ERR_MEMORY;
        size_t n_refused = 0;
        for (size_t bytes = 64; status != PEREBOR_OK; bytes += 64 + bytes / 50) {
            perebor_workspace_return(&workspace, begin);
            error.message[0] = '\0';
            status = fit_within(bytes, learner, &problem, values[0], scores, &error);
            assert_true(status == PEREBOR_OK || status == PEREBOR_ERR_MEMORY);
            if (status != PEREBOR_OK) {
                assert_int_equal(strncmp(error.message, "no memory ", 10), 0);
                n_refused++;
            }
        }
        assert_true(n_refused > 10);
        assert_memory_equal(scores, expected, sizeof scores);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** What a family delivered, each member at most once. */
typedef struct delivered {
    size_t n, times[n_members];
    double scores[n_members][n_test];
} delivered;

static void deliver(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation_scores, const double *training_scores,
                    const perebor_fit_report *report) {
    delivered *to = context;
    (void)training_scores;
    (void)report;
    if (status == PEREBOR_OK) {
        memcpy(to->scores[member], validation_scores, sizeof to->scores[member]);
        to->n++;
    } else { // of one member alone, as those that share go on
        assert_int_equal(status, PEREBOR_ERR_MEMORY);
        assert_int_equal(strncmp(message, "no memory ", 10), 0);
    }
    assert_int_equal(to->times[member]++, 0);
}

static perebor_status score_within(size_t bytes, const perebor_learner *learner,
                                   const perebor_family *family, delivered *delivered,
                                   perebor_error *error) {
    size_t taken = workspace.taken;
    memset(delivered, 0, sizeof *delivered);
    if (bytes > 0) {
        perebor_workspace_limit(&workspace, bytes);
    }
    perebor_status status =
        perebor_learner_score_family(learner, family, true, deliver, delivered, error);
    (void)perebor_workspace_unlimit(&workspace);
    assert_int_equal(workspace.taken, taken); // left as it was, whatever happened
    return status;
}

static void a_family_has_its_bits_or_says_that_memory_is_short(void **state) {
    (void)state;
    for (size_t i = 0; i < n_cases; i++) {
        const perebor_learner *learner = learning_find(cases[i].learner);
        learning problem;
        perebor_value values[n_members][PEREBOR_MAX_SETTINGS];
        const perebor_value *settings[n_members];
        delivered expected, found;
        perebor_error error = {0};
        draw_case(i, &problem, values);
        for (size_t member = 0; member < n_members; member++) {
            settings[member] = values[member];
        }
        perebor_family family = {.training = &problem.training,
                                 .validation = &problem.test,
                                 .settings = settings,
                                 .n_members = n_members,
                                 .workspace = &workspace};
        assert_int_equal(score_within(0, learner, &family, &expected, &error), PEREBOR_OK);
        assert_int_equal(expected.n, n_members);
        size_t bytes = 64;
        do {
            error.message[0] = '\0';
            perebor_status status = score_within(bytes, learner, &family, &found, &error);
            assert_true(status == PEREBOR_OK || status == PEREBOR_ERR_MEMORY);
            assert_true(status == PEREBOR_OK || found.n < n_members);
            assert_true(status == PEREBOR_OK || strncmp(error.message, "no memory ", 10) == 0);
            for (size_t member = 0; member < n_members; member++) {
                assert_true(found.times[member] <= 1);
            }
            bytes += 64 + bytes / 50;
        } while (found.n < n_members);
        assert_memory_equal(found.scores, expected.scores, sizeof found.scores);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** A flag that is up before anything began: nothing is computed, and nothing delivered. */
static void a_thread_that_was_stopped_gets_no_model(void **state) {
    (void)state;
    for (size_t i = 0; i < n_cases; i++) {
        const perebor_learner *learner = learning_find(cases[i].learner);
        learning problem;
        perebor_value values[n_members][PEREBOR_MAX_SETTINGS];
        double scores[n_test];
        perebor_model *model = NULL;
        perebor_fit_report report;
        perebor_error error = {0};
        atomic_bool up = true;
        draw_case(i, &problem, values);
        const perebor_model *whole = learning_fit(learner, &problem, values[0], NULL);
        perebor_deadline_heed(&up);
        assert_int_equal(
            learner->fit(&model, &problem.training, values[0], &workspace, &report, &error),
            PEREBOR_ERR_STOPPED);
        assert_null(model);
        assert_int_equal(learner->score(whole, &problem.test, &workspace, scores, &error),
                         PEREBOR_ERR_STOPPED);
        perebor_deadline_heed(NULL);
        learning_score(learner, whole, &problem.test, &workspace, scores);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fit_has_its_bits_or_says_that_memory_is_short),
        cmocka_unit_test(a_family_has_its_bits_or_says_that_memory_is_short),
        cmocka_unit_test(a_thread_that_was_stopped_gets_no_model),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
