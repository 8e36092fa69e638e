// SPDX-License-Identifier: MIT
/* Families of forests against members one by one; points of learning curves against smaller
 * forests. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "forest_table.h"
#include "learning.h"
#include "model/ensemble/ensemble.h"
#include "perebor/learning_curve.h"

enum { most_members = 24, most_points = 9 };

/** What was delivered, by member. */
typedef struct delivered {
    double test[most_members][FOREST_TEST], training[most_members][FOREST_MOST_ROWS];
    double first_test[most_members][most_points][FOREST_TEST]; /**< By points of learning curves. */
    double first_training[most_members][most_points][FOREST_MOST_ROWS];
    double oob_sums[most_members][1 + most_points]
                   [FOREST_MOST_ROWS]; /**< The member's, then its points'. */
    uint32_t oob_trees[most_members][1 + most_points][FOREST_MOST_ROWS];
    size_t n_points[most_members];
    size_t n, n_rows;
    bool wants_oob[most_members];
} delivered;

/** @param[in] place  0 of a member, 1 and up of a point. */
static void keep_out_of_bag(delivered *to, size_t member, size_t place,
                            const perebor_out_of_bag *out_of_bag) {
    if (out_of_bag != NULL) {
        memcpy(to->oob_sums[member][place], out_of_bag->sums, to->n_rows * sizeof(double));
        memcpy(to->oob_trees[member][place], out_of_bag->n_trees, to->n_rows * sizeof(uint32_t));
    }
}

/** Points come in their order, and before the member. */
static void receive_part(void *context, const size_t *members, size_t n_members,
                         size_t n_estimators, const double *validation_scores,
                         const double *training_scores, const perebor_out_of_bag *out_of_bag) {
    delivered *to = context;
    for (size_t i = 0; i < n_members; i++) {
        size_t point = to->n_points[members[i]]++;
        assert_true(point < most_points && isnan(to->test[members[i]][0]));
        assert_int_equal(n_estimators, perebor_curve_n_estimators(point));
        memcpy(to->first_test[members[i]][point], validation_scores, FOREST_TEST * sizeof(double));
        memcpy(to->first_training[members[i]][point], training_scores, to->n_rows * sizeof(double));
        if (to->wants_oob[members[i]]) { // some member of the group does
            assert_non_null(out_of_bag);
            keep_out_of_bag(to, members[i], 1 + point, out_of_bag);
        }
    }
}

static void clear(delivered *to, size_t n_rows) {
    memset(to, 0, sizeof *to);
    to->n_rows = n_rows;
    for (size_t member = 0; member < most_members; member++) {
        to->test[member][0] = NAN;
    }
}

static void receive(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation_scores, const double *training_scores,
                    const perebor_fit_report *report) {
    delivered *to = context;
    if (status != PEREBOR_OK) {
        fail_msg("%s", message);
    }
    memcpy(to->test[member], validation_scores, sizeof to->test[member]);
    memcpy(to->training[member], training_scores, to->n_rows * sizeof(double));
    assert_true(to->wants_oob[member] == (report->out_of_bag != NULL));
    keep_out_of_bag(to, member, 0, report->out_of_bag);
    to->n++;
}

/** Draws what members of a family may differ in. */
static void draw_member(uint64_t *state, perebor_value *values) {
    const perebor_learner *learner = learning_find("forest");
    static const char *const depths[] = {"max_depth=null", "max_depth=1", "max_depth=5"};
    static const char *const alphas[] = {"ccp_alpha=0.0", "ccp_alpha=0.0", "ccp_alpha=0.004"};
    learning_set(learner, values, "n_estimators",
                 learning_whole(1 + (int64_t)(draw_bits(state) % 9)));
    learning_set(learner, values, "min_samples_leaf",
                 learning_whole(1 + (int64_t)(draw_bits(state) % 6)));
    learning_set(learner, values, "min_samples_split",
                 learning_whole(2 + (int64_t)(draw_bits(state) % 20)));
    learning_set_all(learner, values, depths[draw_bits(state) % 3]);
    learning_set_all(learner, values, alphas[draw_bits(state) % 3]);
    learning_set_all(learner, values,
                     draw_bits(state) % 3 > 0 ? "oob_score=true" : "oob_score=false");
}

static void members_share_work_and_no_bit_tells(void **state) {
    (void)state;
    static delivered together, alone;
    static const char *const common[] = {
        "", "splitter=random bootstrap=false", "criterion=entropy max_features=all",
        "class_weight=balanced_subsample max_samples=0.5", "splitter=random class_weight=balanced"};
    const perebor_learner *learner = learning_find("forest");
    for (uint64_t seed = 0; seed < 20; seed++) {
        static forest_table table;
        uint64_t draws = seed + 11;
        perebor_value values[most_members][PEREBOR_MAX_SETTINGS];
        const perebor_value *members[most_members];
        forest_table_draw(&table, seed, 60 + 40 * seed % 300, 8);
        for (size_t member = 0; member < most_members; member++) {
            learning_defaults(learner, values[member]);
            learning_set_all(learner, values[member], common[seed % 5]);
            draw_member(&draws, values[member]);
            members[member] = values[member];
            assert_true(learner->share_key(values[member]) == learner->share_key(values[0]));
        }
        perebor_family family = {.training = &table.training,
                                 .validation = &table.test,
                                 .score_training = true,
                                 .score_out_of_bag = true,
                                 .settings = members,
                                 .n_members = most_members,
                                 .deliver_part = receive_part,
                                 .workspace = &forest_workspace};
        clear(&together, table.n_rows);
        clear(&alone, table.n_rows);
        for (size_t member = 0; member < most_members; member++) {
            together.wants_oob[member] = alone.wants_oob[member] =
                perebor_learner_wants_out_of_bag(learner, values[member]);
        }
        assert_int_equal(
            perebor_learner_score_family(learner, &family, true, receive, &together, NULL),
            PEREBOR_OK);
        assert_int_equal(
            perebor_learner_score_family(learner, &family, false, receive, &alone, NULL),
            PEREBOR_OK);
        assert_int_equal(together.n, most_members);
        assert_memory_equal(&together, &alone, sizeof alone);
        perebor_workspace_return(&forest_workspace, (perebor_workspace_mark){0});
    }
}

/** What a forest scores at a point of its curve is what a forest of so many trees scores. */
static void points_of_a_curve_are_scores_of_smaller_forests(void **state) {
    (void)state;
    static const char *const others[] = {"max_depth=4", "splitter=random bootstrap=false",
                                         "ccp_alpha=0.004"};
    enum { all = 13 };
    static forest_table table;
    static delivered whole;
    const perebor_learner *learner = learning_find("forest");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        perebor_value values[PEREBOR_MAX_SETTINGS];
        const perebor_value *settings = values;
        double test[FOREST_TEST];
        forest_table_draw(&table, 4, 200, 8);
        learning_defaults(learner, values);
        learning_set_all(learner, values, others[i]);
        learning_set(learner, values, "n_estimators", learning_whole(all));
        perebor_family family = {.training = &table.training,
                                 .validation = &table.test,
                                 .score_training = true,
                                 .settings = &settings,
                                 .n_members = 1,
                                 .deliver_part = receive_part,
                                 .workspace = &forest_workspace};
        clear(&whole, table.n_rows);
        assert_int_equal(
            perebor_learner_score_family(learner, &family, true, receive, &whole, NULL),
            PEREBOR_OK);
        size_t n_points = whole.n_points[0];
        assert_int_equal(perebor_curve_n_estimators(n_points - 1), 12);
        for (size_t point = 0; point < n_points; point++) {
            perebor_model *model = NULL;
            perebor_fit_report report;
            learning_set(learner, values, "n_estimators",
                         learning_whole((int64_t)perebor_curve_n_estimators(point)));
            assert_int_equal(
                learner->fit(&model, &table.training, values, &forest_workspace, &report, NULL),
                PEREBOR_OK);
            assert_int_equal(learner->score(model, &table.test, &forest_workspace, test, NULL),
                             PEREBOR_OK);
            assert_memory_equal(test, whole.first_test[0][point], sizeof test);
        }
        perebor_workspace_return(&forest_workspace, (perebor_workspace_mark){0});
    }
}

static void a_forest_is_the_first_part_of_a_larger_one(void **state) {
    (void)state;
    static forest_table table;
    forest_table_draw(&table, 3, 300, 9);
    const perebor_model *few = forest_fit(&table, "n_estimators=4");
    const perebor_model *many = forest_fit(&table, "n_estimators=11");
    assert_memory_equal(few->first_node, many->first_node, 5 * sizeof *few->first_node);
    assert_memory_equal(few->thresholds, many->thresholds, few->n_nodes * sizeof *few->thresholds);
    assert_memory_equal(few->values, many->values, few->n_nodes * sizeof *few->values);
    assert_memory_equal(few->columns, many->columns, few->n_nodes * sizeof *few->columns);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_share_work_and_no_bit_tells),
        cmocka_unit_test(points_of_a_curve_are_scores_of_smaller_forests),
        cmocka_unit_test(a_forest_is_the_first_part_of_a_larger_one),
    };
    return cmocka_run_group_tests(tests, NULL, forest_give_back);
}
