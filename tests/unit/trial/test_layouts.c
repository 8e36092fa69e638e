// SPDX-License-Identifier: MIT
/* What learners make of a fold before they look at most settings is made once for all families that
 * share it, and no outcome changes by a bit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/learners.h"
#include "small_experiment.h"
#include "trial/evaluate.h"
#include "trial/leave_out.h"
#include "trial/plan_state.h"

enum { n_folds = 5, most_trials = 200 };

/** A search of families of one learner. */
typedef struct search {
    small_experiment data;
    perebor_split split;
    perebor_folds folds;
    perebor_evaluator *evaluator;
    perebor_space *space;
    perebor_pipeline *pipeline;
    perebor_plan *plan;
} search;

static const char *const boostings[] = {"boost", NULL};
static const char *const forests[] = {"forest", NULL};
static const char *const trees[] = {"tree", NULL};

static perebor_parameter integers(const char *name, perebor_value *into, size_t n,
                                  const int64_t *values) {
    for (size_t i = 0; i < n; i++) {
        into[i] = (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = values[i]};
    }
    return (perebor_parameter){
        .name = name, .distribution = PEREBOR_CATEGORICAL, .values = into, .n_values = n};
}

static perebor_parameter reals(const char *name, perebor_value *into, size_t n,
                               const double *values) {
    for (size_t i = 0; i < n; i++) {
        into[i] = (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = values[i]};
    }
    return (perebor_parameter){
        .name = name, .distribution = PEREBOR_CATEGORICAL, .values = into, .n_values = n};
}

/** 200 boostings in 20 groups; forests and trees in several. @return A grid of the space. */
static perebor_space *make_space(const char *const *model, bool stops) {
    perebor_value texts[3][4], values[4][10], stopping[2];
    perebor_parameter parameters[8];
    size_t n = 0;
    parameters[n++] = small_experiment_choice("model", texts[0], model);
    if (strcmp(model[0], "boost") == 0) {
        parameters[n++] = integers("boost__n_estimators", values[0], stops ? 2 : 10,
                                   (const int64_t[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
        parameters[n++] = reals("boost__learning_rate", values[1], 5,
                                (const double[]){0.02, 0.05, 0.1, 0.2, 0.3});
        parameters[n++] = integers("boost__max_leaf_nodes", values[2], stops ? 2 : 4,
                                   (const int64_t[]){3, 5, 9, 17});
        if (stops) {
            for (size_t i = 0; i < 2; i++) {
                stopping[i] = (perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = i == 1};
            }
            parameters[n++] = (perebor_parameter){.name = "boost__early_stopping",
                                                  .distribution = PEREBOR_CATEGORICAL,
                                                  .values = stopping,
                                                  .n_values = 2};
            parameters[n++] =
                integers("boost__random_state", values[3], 2, (const int64_t[]){0, 1});
        }
    } else if (strcmp(model[0], "forest") == 0) {
        parameters[n++] = integers("forest__n_estimators", values[0], 2, (const int64_t[]){1, 3});
        parameters[n++] =
            reals("forest__max_features", values[1], 3, (const double[]){0.3, 0.6, 1.0});
        parameters[n++] = small_experiment_choice("forest__splitter", texts[1],
                                                  (const char *const[]){"best", "random", NULL});
    } else {
        parameters[n++] = small_experiment_choice("tree__criterion", texts[1],
                                                  (const char *const[]){"gini", "entropy", NULL});
        parameters[n++] = integers("tree__max_features", values[0], 3, (const int64_t[]){1, 2, 3});
        values[1][0] = (perebor_value){.kind = PEREBOR_VALUE_NONE};
        (void)integers("", values[1] + 1, 2, (const int64_t[]){0, 1});
        parameters[n++] = (perebor_parameter){.name = "tree__random_state",
                                              .distribution = PEREBOR_CATEGORICAL,
                                              .values = values[1],
                                              .n_values = 3};
    }
    perebor_space *space = NULL;
    perebor_error error = {0};
    if (perebor_space_create(&space, "test", parameters, n, NULL, 0, PEREBOR_SEARCH_GRID, 1,
                             &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return space;
}

static size_t n_trials(const search *search) {
    return (size_t)perebor_space_n_trials(search->space);
}

/** Opens a search of a space, which it takes over. */
static void open_space(search *search, perebor_space *space, bool share) {
    const perebor_folds_settings settings = {
        .method = PEREBOR_KFOLD, .n_splits = n_folds, .n_repeats = 1, .shuffle = true, .seed = 3};
    const perebor_split_settings whole = {.test_size = 0.0};
    small_experiment_fill(&search->data);
    assert_int_equal(
        perebor_split_make(&search->split, search->data.labels, NULL, SMALL_N_ROWS, &whole, NULL),
        PEREBOR_OK);
    assert_int_equal(perebor_folds_make(&search->folds, search->data.labels, NULL, SMALL_N_ROWS,
                                        &settings, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_evaluator_create(&search->evaluator, &search->data.dataset,
                                              &search->split, &search->folds, share, true, NULL),
                     PEREBOR_OK);
    search->space = space;
    assert_int_equal(
        perebor_pipeline_create(&search->pipeline, search->space, "e.yaml", NULL, 0, NULL),
        PEREBOR_OK);
    perebor_fold_shape shape = perebor_evaluator_shape(search->evaluator);
    assert_int_equal(perebor_plan_create(&search->plan, search->pipeline, search->space, 0,
                                         n_trials(search), NULL, share, n_folds, &shape, NULL),
                     PEREBOR_OK);
    assert_true(n_trials(search) <= most_trials);
}

static void open_search(search *search, const char *const *model, bool stops, bool share) {
    open_space(search, make_space(model, stops), share);
}

static void close_search(search *search) {
    perebor_plan_free(search->plan);
    perebor_pipeline_free(search->pipeline);
    perebor_space_free(search->space);
    perebor_evaluator_free(search->evaluator);
    perebor_folds_release(&search->folds);
    perebor_split_release(&search->split);
}

/** Evaluates all, in the order of units. @param[out] scores  Of validation and training rows. */
static perebor_stage_seconds evaluate(const search *search,
                                      double scores[most_trials][n_folds][2]) {
    perebor_workspace workspace = {0};
    perebor_stage_seconds spent = {0};
    uint32_t order[most_trials * n_folds];
    double seconds[most_trials * n_folds];
    assert_int_equal(perebor_plan_order(search->plan, order, seconds, NULL), PEREBOR_OK);
    for (size_t i = 0; i < perebor_plan_n_units(search->plan); i++) {
        perebor_member_outcome outcomes[PEREBOR_BUNDLE_MEMBERS];
        const perebor_plan_unit at = perebor_plan_unit_at(search->plan, order[i]);
        const perebor_bundle *bundle = perebor_plan_bundle(search->plan, at.bundle);
        assert_int_equal(perebor_evaluate(search->evaluator, search->plan, at.bundle, at.fold,
                                          &workspace, outcomes, &spent, NULL),
                         PEREBOR_OK);
        for (size_t m = 0; m < bundle->n_members; m++) {
            const perebor_member *member =
                perebor_plan_member(search->plan, bundle->first_member + m);
            assert_int_equal(outcomes[m].fold.state, PEREBOR_TRIAL_COMPLETE);
            for (uint32_t k = 0; k < member->n_trials; k++) {
                scores[member->trials[k]][at.fold][0] = outcomes[m].fold.test_score;
                scores[member->trials[k]][at.fold][1] = outcomes[m].fold.train_score;
            }
        }
        perebor_member_outcomes_release(outcomes, bundle->n_members);
    }
    perebor_workspace_release(&workspace);
    return spent;
}

/** What a search shares, and that its scores are those of trials that share nothing.
 * @param[in] n_layouts  On each fold. */
static void check(const char *const *model, bool stops, size_t n_layouts) {
    static search shared, alone;
    static double scores[2][most_trials][n_folds][2];
    memset(scores, 0, sizeof scores);
    open_search(&shared, model, stops, true);
    open_search(&alone, model, stops, false);
    const perebor_plan_savings savings = perebor_plan_predict(shared.plan);
    const perebor_stage_seconds spent = evaluate(&shared, scores[0]);
    const perebor_stage_seconds unshared = evaluate(&alone, scores[1]);
    assert_int_equal(savings.n_layouts, n_layouts);
    assert_int_equal(spent.n_layouts_made, n_layouts * n_folds);
    assert_int_equal(spent.n_layouts_made + spent.n_layouts_shared, savings.n_families * n_folds);
    assert_int_equal(perebor_plan_predict(alone.plan).n_layouts, 0);
    assert_int_equal(unshared.n_layouts_made + unshared.n_layouts_shared, 0);
    assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    close_search(&shared);
    close_search(&alone);
}

static void twenty_groups_of_boostings_put_a_fold_into_bins_once(void **state) {
    (void)state;
    check(boostings, false, 1);
}

/** random_state sets rows aside where there is early stopping, and is nothing to bins elsewhere. */
static void rows_set_aside_have_bins_of_their_own(void **state) {
    (void)state;
    check(boostings, true, 3);
}

static void forests_and_trees_put_columns_in_order_once(void **state) {
    (void)state;
    check(forests, false, 2); // places among values, and places in the range
    check(trees, false, 2);   // the project's own trees, and scikit-learn's
}

/** Forests of two criteria and three depths. */
static perebor_space *deep_forests(void) {
    perebor_value texts[2][2], values[3];
    const perebor_parameter parameters[] = {
        small_experiment_choice("model", texts[0], forests),
        small_experiment_choice("forest__criterion", texts[1],
                                (const char *const[]){"gini", "entropy", NULL}),
        integers("forest__max_depth", values, 3, (const int64_t[]){2, 3, 4})};
    perebor_space *space = NULL;
    assert_int_equal(
        perebor_space_create(&space, "test", parameters, 3, NULL, 0, PEREBOR_SEARCH_GRID, 1, NULL),
        PEREBOR_OK);
    return space;
}

/** Makes settings out of a member's that its learner refuses, and no search would let pass. */
static void spoil(perebor_member *member, const perebor_learner *learner, perebor_value *settings) {
    for (size_t i = 0; i < learner->n_settings; i++) {
        settings[i] = strcmp(learner->settings[i].name, "min_samples_leaf") == 0
                          ? (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = 1.5}
                          : member->settings[i];
    }
    member->settings = settings;
}

/** A member that its learner refuses keeps none of its family from a layout. */
static void a_refused_member_does_not_decide(void **state) {
    (void)state;
    static search search;
    perebor_workspace workspace = {0};
    perebor_stage_seconds spent = {0};
    perebor_value spoilt[2][PEREBOR_MAX_SETTINGS];
    size_t n_complete = 0;
    open_space(&search, deep_forests(), true);
    assert_int_equal(search.plan->n_families, 2);
    for (size_t f = 0; f < 2; f++) {
        const perebor_family_range *family = &search.plan->families[f];
        spoil(&search.plan->members[family->first_member], family->learner, spoilt[f]);
    }
    for (size_t b = 0; b < perebor_plan_n_bundles(search.plan); b++) {
        perebor_member_outcome outcomes[PEREBOR_BUNDLE_MEMBERS];
        const perebor_bundle *bundle = perebor_plan_bundle(search.plan, b);
        assert_int_equal(perebor_evaluate(search.evaluator, search.plan, b, 0, &workspace, outcomes,
                                          &spent, NULL),
                         PEREBOR_OK);
        for (size_t m = 0; m < bundle->n_members; m++) {
            n_complete += outcomes[m].fold.state == PEREBOR_TRIAL_COMPLETE;
        }
        perebor_member_outcomes_release(outcomes, bundle->n_members);
    }
    assert_int_equal(n_complete, 4);
    assert_int_equal(spent.n_layouts_made, 1);
    assert_int_equal(spent.n_layouts_shared, 1);
    perebor_workspace_release(&workspace);
    close_search(&search);
}

/** Boosting needs no more of a fold than its bins: where these are found it is not prepared. */
static void a_fold_whose_bins_are_found_is_not_prepared(void **state) {
    (void)state;
    static search search;
    perebor_workspace workspaces[3] = {{0}, {0}, {0}};
    open_search(&search, boostings, false, true);
    const perebor_bundle *bundle = perebor_plan_bundle(search.plan, 0);
    for (size_t i = 0; i < 3; i++) {
        if (i == 2) {
            perebor_evaluator_forget_layouts(search.evaluator);
        }
        perebor_member_outcome outcomes[PEREBOR_BUNDLE_MEMBERS];
        perebor_stage_seconds spent = {0};
        assert_int_equal(perebor_evaluate(search.evaluator, search.plan, 0, 0, &workspaces[i],
                                          outcomes, &spent, NULL),
                         PEREBOR_OK);
        assert_int_equal(spent.n_layouts_made, i == 1 ? 0 : 1);
        perebor_member_outcomes_release(outcomes, bundle->n_members);
    }
    const size_t matrices = sizeof(double) * SMALL_N_ROWS * SMALL_N_NUMERIC;
    assert_true(workspaces[1].most_used + matrices <= workspaces[0].most_used);
    assert_int_equal(workspaces[2].most_used, workspaces[0].most_used);
    for (size_t i = 0; i < 3; i++) {
        perebor_workspace_release(&workspaces[i]);
    }
    close_search(&search);
}

/** Layouts are of all columns: without one of them nothing is shared. */
static void a_column_left_out_is_left_out(void **state) {
    (void)state;
    static search search;
    static double scores[most_trials][n_folds][2];
    perebor_workspace workspace = {0};
    perebor_member_outcome with[PEREBOR_BUNDLE_MEMBERS], without[PEREBOR_BUNDLE_MEMBERS],
        fresh[PEREBOR_BUNDLE_MEMBERS];
    const bool none[SMALL_N_NUMERIC + 1] = {false};
    const bool first[SMALL_N_NUMERIC + 1] = {true};
    open_search(&search, boostings, false, true);
    assert_int_equal(
        evaluate_without(search.evaluator, first, search.plan, 0, 0, &workspace, fresh, NULL),
        PEREBOR_OK);
    (void)evaluate(&search, scores);
    assert_int_equal(
        evaluate_without(search.evaluator, none, search.plan, 0, 0, &workspace, with, NULL),
        PEREBOR_OK);
    assert_int_equal(
        evaluate_without(search.evaluator, first, search.plan, 0, 0, &workspace, without, NULL),
        PEREBOR_OK);
    const perebor_bundle *bundle = perebor_plan_bundle(search.plan, 0);
    size_t n_differ = 0;
    for (size_t m = 0; m < bundle->n_members; m++) {
        assert_true(without[m].fold.test_score == fresh[m].fold.test_score);
        n_differ += without[m].fold.test_score != with[m].fold.test_score;
    }
    assert_true(n_differ > 0);
    perebor_member_outcomes_release(with, bundle->n_members);
    perebor_member_outcomes_release(without, bundle->n_members);
    perebor_member_outcomes_release(fresh, bundle->n_members);
    perebor_workspace_release(&workspace);
    close_search(&search);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_groups_of_boostings_put_a_fold_into_bins_once),
        cmocka_unit_test(rows_set_aside_have_bins_of_their_own),
        cmocka_unit_test(forests_and_trees_put_columns_in_order_once),
        cmocka_unit_test(a_refused_member_does_not_decide),
        cmocka_unit_test(a_fold_whose_bins_are_found_is_not_prepared),
        cmocka_unit_test(a_column_left_out_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
