// SPDX-License-Identifier: MIT
/** Nested cross-validation against a loop over separate searches, bit for bit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "metric/roc_auc.h"
#include "perebor/array_search.h"
#include "run/nested_stage.h"
#include "sample_result.h"
#include "small_experiment.h"
#include "store/stage.h"
#include "trial/select.h"

enum { n_trials = 16, n_outer = 3, n_splits = 2, n_repeats = 2, n_inner = n_splits * n_repeats };

static const perebor_folds_settings inner_settings = {PEREBOR_STRATIFIED_KFOLD, n_splits, n_repeats,
                                                      true, 9};

static small_experiment all;
static perebor_space *space;
static perebor_experiment experiment;
static perebor_study study;
static nested_folds nested;
static perebor_trials *table;
static uint32_t rows[SMALL_N_ROWS];

/** Evaluates every unit, the last first: what their order is must not matter. */
static void evaluate_all(bool share) {
    perebor_plan *plan = NULL;
    perebor_workspace workspace = {0};
    perebor_fold_shape shape = perebor_evaluator_shape(study.evaluator);
    assert_int_equal(perebor_plan_create(&plan, study.pipeline, space, 0, n_trials, NULL, share,
                                         study.n_folds, &shape, NULL),
                     PEREBOR_OK);
    for (size_t unit = perebor_plan_n_units(plan); unit-- > 0;) {
        const perebor_bundle *bundle = perebor_plan_bundle(plan, unit / study.n_folds);
        perebor_member_outcome outcomes[n_trials] = {0};
        assert_int_equal(perebor_evaluate(study.evaluator, plan, unit / study.n_folds,
                                          unit % study.n_folds, &workspace, outcomes, NULL, NULL),
                         PEREBOR_OK);
        for (size_t i = 0; i < bundle->n_members; i++) {
            const perebor_member *member = perebor_plan_member(plan, bundle->first_member + i);
            for (size_t k = 0; k < member->n_trials; k++) {
                perebor_trials_set_fold(table, member->trials[k], unit % study.n_folds,
                                        &outcomes[i].fold, NULL);
                table->state[member->trials[k]] = PEREBOR_TRIAL_COMPLETE;
            }
            free(outcomes[i].error);
        }
    }
    perebor_workspace_release(&workspace);
    perebor_plan_free(plan);
}

static int set_up(void **state) {
    (void)state;
    small_experiment_fill(&all);
    for (uint32_t row = 0; row < SMALL_N_ROWS; row++) {
        rows[row] = row;
    }
    if (small_experiment_space(&space, 3, NULL) != PEREBOR_OK) {
        return 1;
    }
    experiment = (perebor_experiment){.space = space};
    perebor_metric_list_add(&experiment.metrics, perebor_metric_find("roc_auc"));
    study = (perebor_study){.experiment = &experiment,
                            .dataset = &all.dataset,
                            .split = {.train = rows, .n_train = SMALL_N_ROWS},
                            .nested = &nested};
    return nested_folds_make(&nested, all.labels, NULL, SMALL_N_ROWS, n_outer, &inner_settings,
                             NULL) != PEREBOR_OK ||
           perebor_pipeline_create(&study.pipeline, space, "space", NULL, 0, NULL) != PEREBOR_OK;
}

static void make_table(bool share) {
    study.n_folds = nested.n_folds;
    assert_int_equal(perebor_evaluator_create_nested(&study.evaluator, &all.dataset, &study.split,
                                                     &nested, share, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_trials_create(&table, space, 0, n_trials, study.n_folds, NULL),
                     PEREBOR_OK);
    evaluate_all(share);
    perebor_evaluator_free(study.evaluator);
    study.evaluator = NULL;
}

static int release(void **state) {
    (void)state;
    nested_folds_release(&nested);
    perebor_pipeline_free(study.pipeline);
    perebor_space_free(space);
    return 0;
}

/** The rows outside of an outer fold as a dataset of its own. */
typedef struct part {
    double values[SMALL_N_NUMERIC + 1][SMALL_N_ROWS];
    uint8_t labels[SMALL_N_ROWS];
    perebor_column columns[SMALL_N_NUMERIC + 1];
    perebor_dataset dataset;
    uint32_t held_out[SMALL_N_ROWS];
    size_t n_held_out;
} part;

static void cut_part(part *of, size_t outer) {
    size_t n = 0;
    *of = (part){.dataset = all.dataset};
    for (size_t row = 0; row < SMALL_N_ROWS; row++) {
        if (nested.outer.test_fold[row] == outer) {
            of->held_out[of->n_held_out++] = (uint32_t)row;
            continue;
        }
        for (size_t column = 0; column <= SMALL_N_NUMERIC; column++) {
            of->values[column][n] = all.values[column][row];
        }
        of->labels[n++] = all.labels[row];
    }
    for (size_t column = 0; column <= SMALL_N_NUMERIC; column++) {
        of->columns[column] = all.columns[column];
        of->columns[column].values = of->values[column];
    }
    of->dataset.n_rows = n;
    of->dataset.columns = of->columns;
    of->dataset.labels = of->labels;
    of->dataset.ids = NULL;
}

/** A search of its own within one outer fold, its winner refitted there and scored outside. */
static double search_apart(size_t outer, size_t *winner) {
    static part of;
    perebor_trials *apart = NULL;
    perebor_fitted_pipeline *pipeline = NULL;
    perebor_workspace workspace = {0};
    double scores[SMALL_N_ROWS];
    uint8_t labels[SMALL_N_ROWS];
    cut_part(&of, outer);
    const perebor_array_search search = {.dataset = &of.dataset,
                                         .space = space,
                                         .folds = inner_settings,
                                         .n_trials = n_trials,
                                         .n_threads = 1};
    assert_int_equal(perebor_array_search_run(&search, &apart, NULL), PEREBOR_OK);
    for (size_t trial = 0; trial < n_trials; trial++) {
        for (size_t fold = 0; fold < n_inner; fold++) {
            size_t place = outer * (n_inner + 1) + fold;
            assert_true(perebor_trials_score(apart, trial, fold, 0, PEREBOR_TEST) ==
                        perebor_trials_score(table, trial, place, 0, PEREBOR_TEST));
        }
    }
    *winner = select_best(apart);
    assert_int_equal(perebor_array_search_fit(&search, NULL, *winner, &pipeline, NULL), PEREBOR_OK);
    assert_int_equal(perebor_fitted_pipeline_score(pipeline, &all.dataset, of.held_out,
                                                   of.n_held_out, &workspace, scores, NULL),
                     PEREBOR_OK);
    for (size_t i = 0; i < of.n_held_out; i++) {
        labels[i] = all.labels[of.held_out[i]];
    }
    double auc = perebor_roc_auc(labels, scores, of.n_held_out, &workspace);
    perebor_workspace_release(&workspace);
    perebor_fitted_pipeline_free(pipeline);
    perebor_trials_free(apart);
    return auc;
}

static void it_is_what_a_loop_over_separate_searches_gives(void **state) {
    (void)state;
    for (int share = 0; share < 2; share++) {
        nested_outcome outcome = {0};
        double sum = 0.0;
        make_table(share != 0);
        assert_int_equal(nested_outcome_make(&outcome, &study, table, NULL), PEREBOR_OK);
        const nested_rule *best = nested_outcome_rule(&outcome, "best");
        for (size_t outer = 0; outer < n_outer; outer++) {
            size_t winner = 0;
            double score = search_apart(outer, &winner);
            assert_int_equal(best->trials[outer], winner);
            assert_true(best->outer[outer] == score);
            sum += score;
        }
        assert_true(best->mean_outer.mean == sum / n_outer);
        assert_true(best->mean_outer.low < best->mean_outer.mean);
        nested_outcome_release(&outcome);
        perebor_trials_free(table);
    }
}

static void rules_choose_by_inner_scores_alone(void **state) {
    (void)state;
    nested_outcome outcome = {0}, again = {0};
    make_table(true);
    assert_int_equal(nested_outcome_make(&outcome, &study, table, NULL), PEREBOR_OK);
    for (size_t trial = 0; trial < n_trials; trial++) { // the outer scores turned over
        for (size_t outer = 0; outer < n_outer; outer++) {
            size_t cell = trial * table->n_folds + nested_folds_outer(&nested, outer);
            table->folds[cell].test_score = 1.0 - table->folds[cell].test_score;
        }
    }
    assert_int_equal(nested_outcome_make(&again, &study, table, NULL), PEREBOR_OK);
    assert_int_equal(outcome.n_rules, 2 + 4); // best, one standard error, four learners
    for (size_t i = 0; i < outcome.n_rules; i++) {
        const nested_rule *a = &outcome.rules[i], *b = &again.rules[i];
        assert_string_equal(a->name, b->name);
        for (size_t outer = 0; outer < n_outer; outer++) {
            size_t cell = (size_t)a->trials[outer] * n_outer + outer;
            assert_int_equal(a->trials[outer], b->trials[outer]);
            assert_true(a->inner[outer] == outcome.inner[cell]);
            assert_true(a->outer[outer] == outcome.outer[cell]);
            assert_true(a->outer[outer] == 1.0 - b->outer[outer]);
            assert_true(a->inner[outer] <= outcome.rules[0].inner[outer]);
        }
    }
    nested_outcome_release(&outcome);
    nested_outcome_release(&again);
    perebor_trials_free(table);
}

/** A trial that fails in one outer fold is none to choose there, and one elsewhere. */
static void a_trial_that_fails_is_not_chosen_where_it_failed(void **state) {
    (void)state;
    nested_outcome outcome = {0};
    make_table(true);
    assert_int_equal(nested_outcome_make(&outcome, &study, table, NULL), PEREBOR_OK);
    int64_t winner = nested_outcome_rule(&outcome, "best")->trials[1];
    nested_outcome_release(&outcome);
    size_t cell = (size_t)winner * table->n_folds + (n_inner + 1) + 2;
    table->folds[cell].state = PEREBOR_TRIAL_FAIL;
    table->folds[cell].test_score = NAN;
    table->state[winner] = PEREBOR_TRIAL_FAIL;
    assert_int_equal(nested_outcome_make(&outcome, &study, table, NULL), PEREBOR_OK);
    const nested_rule *best = nested_outcome_rule(&outcome, "best");
    assert_int_not_equal(best->trials[1], winner);
    assert_true(isnan(outcome.inner[(size_t)winner * n_outer + 1]));
    assert_true(isfinite(outcome.inner[(size_t)winner * n_outer]));
    for (size_t outer = 0; outer < n_outer; outer++) { // nobody is left in the last outer fold
        for (size_t trial = 0; outer == 2 && trial < n_trials; trial++) {
            table->folds[trial * table->n_folds + outer * (n_inner + 1)].state = PEREBOR_TRIAL_FAIL;
        }
    }
    nested_outcome_release(&outcome);
    assert_int_equal(nested_outcome_make(&outcome, &study, table, NULL), PEREBOR_OK);
    best = nested_outcome_rule(&outcome, "best");
    assert_int_equal(best->trials[2], NESTED_NONE);
    assert_true(isnan(best->mean_outer.mean));
    nested_outcome_release(&outcome);
    perebor_trials_free(table);
}

static void a_result_keeps_what_it_came_to(void **state) {
    (void)state;
    nested_outcome outcome = {0};
    nested_figures figures;
    perebor_error error = {0};
    perebor_result *result = sample_result_create(5);
    make_table(true);
    assert_int_equal(nested_outcome_make(&outcome, &study, table, NULL), PEREBOR_OK);
    assert_false(nested_stage_figures(result, "best", &figures));
    assert_int_equal(nested_stage_put(result, &outcome, &study, table, &error), PEREBOR_OK);
    const nested_rule *best = nested_outcome_rule(&outcome, "best");
    assert_true(nested_stage_figures(result, "best", &figures));
    assert_int_equal(figures.n_outer, n_outer);
    assert_true(figures.mean_inner == best->mean_inner);
    assert_true(figures.mean_outer == best->mean_outer.mean);
    assert_true(figures.low == best->mean_outer.low && figures.high == best->mean_outer.high);
    assert_false(nested_stage_figures(result, "worst", &figures));
    const h5_node *rows_of = h5_find(h5_find(stage_find(result, "nested"), "rows"), "outer_fold");
    for (size_t row = 0; row < SMALL_N_ROWS; row++) {
        assert_int_equal(((const int32_t *)rows_of->array.data)[row], nested.outer.test_fold[row]);
    }
    result->seed++; // another search
    assert_false(nested_stage_figures(result, "best", &figures));
    nested_outcome_release(&outcome);
    perebor_result_free(result);
    perebor_trials_free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_what_a_loop_over_separate_searches_gives),
        cmocka_unit_test(rules_choose_by_inner_scores_alone),
        cmocka_unit_test(a_trial_that_fails_is_not_chosen_where_it_failed),
        cmocka_unit_test(a_result_keeps_what_it_came_to),
    };
    return cmocka_run_group_tests(tests, set_up, release);
}
