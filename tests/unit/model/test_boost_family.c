// SPDX-License-Identifier: MIT
/* Families of boostings: parts of one against boostings of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boosting.h"
#include "learning.h"
#include "perebor/learning_curve.h"

enum { most_points = 16 };

/** What a family delivers. */
typedef struct delivered {
    double test[8][BOOSTING_TEST], training[8][BOOSTING_MOST_ROWS];
    double first_test[8][most_points][BOOSTING_TEST]; /**< By points of learning curves. */
    double first_training[8][most_points][BOOSTING_MOST_ROWS];
    size_t n_points[8];
    size_t n;
} delivered;

/** Points come in their order. */
static void receive_part(void *context, const size_t *members, size_t n_members,
                         size_t n_estimators, const double *validation_scores,
                         const double *training_scores, const perebor_out_of_bag *out_of_bag) {
    delivered *to = context;
    assert_null(out_of_bag);
    for (size_t i = 0; i < n_members; i++) {
        size_t point = to->n_points[members[i]]++;
        assert_true(point < most_points);
        assert_int_equal(n_estimators, perebor_curve_n_estimators(point));
        memcpy(to->first_test[members[i]][point], validation_scores,
               BOOSTING_TEST * sizeof(double));
        memcpy(to->first_training[members[i]][point], training_scores, 500 * sizeof **to->training);
    }
}

static void receive(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation_scores, const double *training_scores,
                    const perebor_fit_report *report) {
    delivered *to = context;
    (void)report;
    if (status != PEREBOR_OK) {
        fail_msg("%s", message);
    }
    memcpy(to->test[member], validation_scores, sizeof to->test[member]);
    memcpy(to->training[member], training_scores, 500 * sizeof **to->training);
    to->n++;
}

static void every_number_of_trees_is_a_part_of_one_boosting(void **state) {
    (void)state;
    static boosting_table table;
    static delivered shared, alone;
    static const char *const members[] = {"7", "1", "30", "12", "30", "2"};
    enum { n_members = sizeof members / sizeof *members };
    static const char *const others[] = {
        "max_leaf_nodes=9", "subsample=0.6 max_depth=4",
        "early_stopping=true n_iter_no_change=2 learning_rate=0.7 validation_fraction=0.3"};
    const perebor_learner *learner = learning_find("boost");
    boosting_draw(&table, 8, 500, 8);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        perebor_value values[n_members][PEREBOR_MAX_SETTINGS];
        const perebor_value *settings[n_members];
        for (size_t member = 0; member < n_members; member++) {
            learning_defaults(learner, values[member]);
            learning_set_all(learner, values[member], others[i]);
            learning_set(learner, values[member], "n_estimators",
                         learning_whole(strtol(members[member], NULL, 10)));
            settings[member] = values[member];
            assert_true(learner->share_key(values[member]) == learner->share_key(values[0]));
        }
        perebor_family family = {.training = &table.training,
                                 .validation = &table.test,
                                 .score_training = true,
                                 .settings = settings,
                                 .n_members = n_members,
                                 .deliver_part = receive_part,
                                 .workspace = &boosting_workspace};
        memset(&shared, 0, sizeof shared);
        memset(&alone, 0, sizeof alone);
        assert_int_equal(
            perebor_learner_score_family(learner, &family, true, receive, &shared, NULL),
            PEREBOR_OK);
        assert_int_equal(
            perebor_learner_score_family(learner, &family, false, receive, &alone, NULL),
            PEREBOR_OK);
        assert_int_equal(shared.n, n_members);
        assert_memory_equal(&shared, &alone, sizeof shared);
        // 30 trees are member 2, 12 are member 3 and the ninth point of the curve of 30.
        assert_int_equal(perebor_curve_n_estimators(8), 12);
        assert_int_equal(shared.n_points[2], 12); // below 30: up to 25
        assert_memory_equal(shared.first_test[2][8], shared.test[3], sizeof shared.test[3]);
        assert_memory_equal(shared.first_training[2][8], shared.training[3],
                            500 * sizeof **shared.training);
    }
}

static void whatever_else_is_set_keeps_models_apart(void **state) {
    (void)state;
    static const char *const others[] = {"learning_rate=0.2",     "max_leaf_nodes=30",
                                         "max_depth=6",           "min_samples_leaf=19",
                                         "min_child_weight=0.1",  "reg_alpha=0.5",
                                         "reg_lambda=0.5",        "gamma=0.5",
                                         "subsample=0.5",         "max_bins=200",
                                         "colsample_bytree=0.5",  "random_state=1",
                                         "class_weight=balanced", "max_cat_to_onehot=4",
                                         "early_stopping=true"};
    static const char *const without_bearing[] = {
        "cat_smooth=3.0", "max_cat_threshold=5", "validation_fraction=0.2", "n_iter_no_change=3",
        "tol=0.1",        "path=true",           "n_estimators=7"};
    const perebor_learner *learner = learning_find("boost");
    perebor_value usual[PEREBOR_MAX_SETTINGS], values[PEREBOR_MAX_SETTINGS];
    learning_defaults(learner, usual);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        learning_defaults(learner, values);
        learning_set_all(learner, values, others[i]);
        assert_true(learner->share_key(values) != learner->share_key(usual));
    }
    for (size_t i = 0; i < sizeof without_bearing / sizeof *without_bearing; i++) {
        learning_defaults(learner, values);
        learning_set_all(learner, values, without_bearing[i]);
        assert_true(learner->share_key(values) == learner->share_key(usual));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_number_of_trees_is_a_part_of_one_boosting,
                                  boosting_give_back),
        cmocka_unit_test(whatever_else_is_set_keeps_models_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
