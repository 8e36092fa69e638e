// SPDX-License-Identifier: MIT
/** Columns are exchanged and left out as one would by hand, whatever computes it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain/importance.h"
#include "explain/importance_table.h"
#include "explain/permutation.h"
#include "explain/shuffle.h"
#include "perebor/learners.h"
#include "perebor/metric.h"
#include "small_experiment.h"
#include "trial/evaluate.h"
#include "trial/outcome_collector.h"

enum { n_splits = 4, n_columns = SMALL_N_NUMERIC + 1, n_searched = 12 };

static small_experiment data;
static perebor_split split;
static perebor_folds folds;
static perebor_space *space;
static perebor_pipeline *pipeline;
static perebor_evaluator *evaluator;
static perebor_trials *trials;
static perebor_workspace workspace;

static void must(perebor_status status, const perebor_error *error) {
    if (status != PEREBOR_OK) {
        fail_msg("%s", error->message);
    }
}

static void cut(void) {
    uint8_t labels[SMALL_N_ROWS];
    const perebor_split_settings split_settings = {.test_size = 0.2, .stratify = true, .seed = 1};
    const perebor_folds_settings folds_settings = {
        .method = PEREBOR_STRATIFIED_KFOLD, .n_splits = n_splits, .n_repeats = 1};
    perebor_error error = {0};
    must(perebor_split_make(&split, data.labels, NULL, SMALL_N_ROWS, &split_settings, &error),
         &error);
    for (size_t i = 0; i < split.n_train; i++) {
        labels[i] = data.labels[split.train[i]];
    }
    must(perebor_folds_make(&folds, labels, NULL, split.n_train, &folds_settings, &error), &error);
}

/** Evaluates every trial of a plan on an evaluator. @param[out] scores  [n_searched][n_splits] */
static void search(const perebor_evaluator *on, double *scores) {
    perebor_error error = {0};
    perebor_plan *plan = NULL;
    perebor_fold_shape shape = perebor_evaluator_shape(on);
    must(perebor_plan_create(&plan, pipeline, space, 0, n_searched, NULL, true, n_splits, &shape,
                             &error),
         &error);
    for (size_t unit = 0; unit < perebor_plan_n_units(plan); unit++) {
        size_t fold = unit % n_splits;
        const perebor_bundle *bundle = perebor_plan_bundle(plan, unit / n_splits);
        perebor_member_outcome *outcomes = calloc(bundle->n_members, sizeof *outcomes);
        assert_non_null(outcomes);
        must(perebor_evaluate(on, plan, unit / n_splits, fold, &workspace, outcomes, NULL, &error),
             &error);
        for (size_t i = 0; i < bundle->n_members; i++) {
            const perebor_member *member = perebor_plan_member(plan, bundle->first_member + i);
            for (size_t k = 0; k < member->n_trials; k++) {
                scores[member->trials[k] * n_splits + fold] = outcomes[i].fold.test_score;
            }
            free(outcomes[i].error);
        }
        free(outcomes);
    }
    perebor_plan_free(plan);
}

static int set_up(void **state) {
    (void)state;
    perebor_error error = {0};
    static double scores[n_searched * n_splits];
    small_experiment_fill(&data);
    for (size_t row = 0; row < SMALL_N_ROWS; row++) { // c goes with a, and is known from it
        data.values[2][row] = data.values[0][row] + 0.05 * data.values[4][row];
    }
    cut();
    must(small_experiment_space(&space, 3, &error), &error);
    must(perebor_pipeline_create(&pipeline, space, "e.yaml", NULL, 0, &error), &error);
    must(perebor_evaluator_create(&evaluator, &data.dataset, &split, &folds, true, false, &error),
         &error);
    must(perebor_trials_create(&trials, space, 0, n_searched, n_splits, &error), &error);
    search(evaluator, scores);
    for (size_t trial = 0; trial < n_searched; trial++) {
        for (size_t fold = 0; fold < n_splits; fold++) {
            const perebor_fold_outcome outcome = {.state = PEREBOR_TRIAL_COMPLETE,
                                                  .test_score = scores[trial * n_splits + fold],
                                                  .train_score = NAN};
            trials->fold_done[trial * n_splits + fold] = 1;
            perebor_trials_set_fold(trials, trial, fold, &outcome, NULL);
        }
        trials->state[trial] = PEREBOR_TRIAL_COMPLETE;
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    perebor_trials_free(trials);
    perebor_evaluator_free(evaluator);
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
    perebor_folds_release(&folds);
    perebor_split_release(&split);
    perebor_workspace_release(&workspace);
    return 0;
}

static perebor_candidate candidate_of(uint64_t trial) {
    perebor_candidate candidate;
    perebor_value values[64];
    perebor_error error = {0};
    perebor_space_point(space, trial, values);
    must(perebor_pipeline_resolve(pipeline, values, &candidate, &error), &error);
    return candidate;
}

/** Computes everything, units in the order given by a stride. */
static void run(importance *importance, const importance_question *question, size_t stride) {
    perebor_error error = {0};
    must(importance_begin(importance, question, &error), &error);
    explain_part part = importance_part(importance);
    for (size_t i = 0; i < part.n_units; i++) {
        size_t unit = i * stride % part.n_units;
        double *values = calloc(part.n_values(part.context, unit), sizeof *values);
        assert_non_null(values);
        must(part.compute(part.context, unit, &workspace, values, &error), &error);
        part.receive(part.context, unit, values);
        free(values);
    }
}

static importance_question ask(const perebor_candidate *candidate, const uint64_t *retrained,
                               size_t n_retrained) {
    return (importance_question){.dataset = &data.dataset,
                                 .split = &split,
                                 .folds = &folds,
                                 .evaluator = evaluator,
                                 .metric = perebor_metric_find("roc_auc"),
                                 .recipe = {.candidates = candidate, .n = 1},
                                 .pipeline = pipeline,
                                 .space = space,
                                 .trials = trials,
                                 .seed = 11,
                                 .permutes = true,
                                 .drops = true,
                                 .n_repeats = 3,
                                 .retrained = retrained,
                                 .n_retrained = n_retrained};
}

/** The dataset without some columns, searched by itself. */
static void search_without(uint32_t one, uint32_t other, double *scores) {
    perebor_error error = {0};
    perebor_column columns[n_columns];
    perebor_dataset rest = data.dataset;
    perebor_evaluator *without = NULL;
    rest.columns = columns;
    rest.n_columns = 0;
    for (uint32_t i = 0; i < n_columns; i++) {
        if (i != one && i != other) {
            columns[rest.n_columns++] = data.columns[i];
        }
    }
    must(perebor_evaluator_create(&without, &rest, &split, &folds, true, false, &error), &error);
    search(without, scores);
    perebor_evaluator_free(without);
}

static void dropped_columns_have_the_bits_of_a_search_without_them(void **state) {
    (void)state;
    uint64_t retrained[n_searched];
    double scores[n_searched * n_splits];
    importance found;
    const perebor_candidate candidate = candidate_of(5);
    for (uint64_t i = 0; i < n_searched; i++) {
        retrained[i] = i;
    }
    const importance_question question = ask(&candidate, retrained, n_searched);
    run(&found, &question, 1);
    for (size_t set = 0; set < found.n_sets; set++) {
        const column_set *columns = &found.sets[set];
        search_without(columns->columns[0], columns->columns[columns->n - 1], scores);
        assert_true(columns->n <= 2);
        assert_memory_equal(found.dropped + set * n_searched * n_splits, scores, sizeof scores);
    }
    // The best with all columns, less the best without.
    double with = -1.0, without = -1.0;
    search_without(0, 0, scores);
    for (size_t i = 0; i < n_searched; i++) {
        double mean = 0.0;
        for (size_t fold = 0; fold < n_splits; fold++) {
            mean += scores[i * n_splits + fold] / n_splits;
        }
        without = mean > without ? mean : without;
        with = fmax(with, perebor_trials_mean_test_score(trials, i));
    }
    assert_true(fabs(importance_drop_column(&found, 0).value - (with - without)) < 1e-12);
    importance_release(&found);
}

/** The area under the curve by its definition: pairs, of which equal ones count half. */
static double auc_of(const double *scores, const uint32_t *of, size_t n) {
    double right = 0.0, pairs = 0.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            if (data.labels[of[i]] == 1 && data.labels[of[k]] == 0) {
                right += scores[i] > scores[k] ? 1.0 : scores[i] == scores[k] ? 0.5 : 0.0;
                pairs += 1.0;
            }
        }
    }
    return right / pairs;
}

enum { n_voting = 3 };

/** What trials that vote score on a fold without some columns. */
static double vote_without(const explain_recipe *recipe, const column_set *left_out, size_t fold) {
    perebor_error error = {0};
    perebor_column columns[n_columns];
    perebor_dataset rest = data.dataset;
    perebor_fitted_pipeline *fitted = NULL;
    double scores[SMALL_N_ROWS];
    perebor_fold_rows rows = perebor_evaluator_rows(evaluator, fold);
    rest.columns = columns;
    rest.n_columns = 0;
    for (uint32_t i = 0; i < n_columns; i++) {
        bool left = false;
        for (size_t k = 0; left_out != NULL && k < left_out->n; k++) {
            left = left || left_out->columns[k] == i;
        }
        if (!left) {
            columns[rest.n_columns++] = data.columns[i];
        }
    }
    must(perebor_fitted_pipeline_fit_voting(&fitted, recipe->candidates, recipe->weights, recipe->n,
                                            &rest, rows.training, rows.n_training, &error),
         &error);
    must(perebor_fitted_pipeline_predict(fitted, &rest, rows.validation, rows.n_validation,
                                         &workspace, scores, &error),
         &error);
    perebor_fitted_pipeline_free(fitted);
    return auc_of(scores, rows.validation, rows.n_validation);
}

static importance_question ask_voting(const perebor_candidate *candidates, const uint64_t *trial) {
    static const uint32_t weights[n_voting] = {2, 1, 3};
    importance_question question = ask(candidates, trial, 1);
    question.recipe.weights = weights;
    question.recipe.n = n_voting;
    return question;
}

static void trials_that_vote_are_fitted_again_and_vote(void **state) {
    (void)state;
    const uint64_t trial = 2;
    const perebor_candidate candidates[n_voting] = {candidate_of(2), candidate_of(5),
                                                    candidate_of(1)};
    const importance_question question = ask_voting(candidates, &trial);
    importance found, other;
    run(&found, &question, 1);
    for (size_t set = 0; set < found.n_sets; set++) {
        double mean = 0.0;
        for (size_t fold = 0; fold < n_splits; fold++) {
            double all = vote_without(&question.recipe, NULL, fold);
            double without = vote_without(&question.recipe, &found.sets[set], fold);
            assert_true(fabs(found.dropped[set * n_splits + fold] - without) < 1e-12);
            assert_true(fabs(found.dropped[found.n_sets * n_splits + fold] - all) < 1e-12);
            mean += (all - without) / n_splits;
        }
        importance_figure figure = importance_drop_column(&found, set);
        assert_true(fabs(figure.value - mean) < 1e-12);
        assert_true(figure.low <= figure.value && figure.value <= figure.high);
    }
    run(&other, &question, 7);
    size_t n = found.n_sets * found.n_samples * sizeof(double);
    assert_memory_equal(found.permutation, other.permutation, n);
    assert_memory_equal(found.dropped, other.dropped, (found.n_sets + 1) * n_splits * 8);
    importance_release(&found);
    importance_release(&other);
}

static void values_are_exchanged_before_the_mean_probability(void **state) {
    (void)state;
    perebor_error error = {0};
    const uint64_t trial = 2;
    const perebor_candidate candidates[n_voting] = {candidate_of(2), candidate_of(5),
                                                    candidate_of(1)};
    const importance_question question = ask_voting(candidates, &trial);
    importance found;
    run(&found, &question, 1);
    for (size_t fold = 0; fold < n_splits; fold++) {
        perebor_fold_rows rows = perebor_evaluator_rows(evaluator, fold);
        perebor_fitted_pipeline *fitted = NULL;
        altered_rows altered;
        double drops[3];
        must(perebor_fitted_pipeline_fit_voting(&fitted, candidates, question.recipe.weights,
                                                n_voting, &data.dataset, rows.training,
                                                rows.n_training, &error),
             &error);
        must(altered_rows_make(&altered, &data.dataset, rows.validation, rows.n_validation,
                               &workspace, &error),
             &error);
        const permutation_part part = {.pipeline = fitted,
                                       .metric = question.metric,
                                       .dataset = &data.dataset,
                                       .rows = rows.validation,
                                       .n_rows = rows.n_validation,
                                       .altered = &altered,
                                       .score = vote_without(&question.recipe, NULL, fold)};
        const permutation_plan plan = {.columns = found.sets[1].columns,
                                       .n_columns = 1,
                                       .seed = question.seed,
                                       .first_trial = fold * 3,
                                       .n_repeats = 3};
        must(permutation_drops(&part, &plan, &workspace, drops, &error), &error);
        double mean = (drops[0] + drops[1] + drops[2]) / 3.0;
        assert_true(fabs(found.permutation[found.n_samples + fold] - mean) < 1e-12);
        perebor_fitted_pipeline_free(fitted);
    }
    importance_release(&found);
}

static void nothing_depends_on_the_order_of_units(void **state) {
    (void)state;
    const uint64_t retrained[] = {2};
    const perebor_candidate candidate = candidate_of(2);
    const importance_question question = ask(&candidate, retrained, 1);
    importance one, other;
    run(&one, &question, 1);
    run(&other, &question, 7);
    assert_int_equal(one.n_sets, n_columns + 1);
    size_t n = one.n_sets * one.n_samples * sizeof(double);
    assert_memory_equal(one.permutation, other.permutation, n);
    assert_memory_equal(one.conditional, other.conditional, n);
    assert_memory_equal(one.dropped, other.dropped, one.n_sets * n_splits * sizeof(double));
    importance_release(&one);
    importance_release(&other);
}

static void columns_that_go_together_are_exchanged_together(void **state) {
    (void)state;
    const uint64_t retrained[] = {2};
    const perebor_candidate candidate = candidate_of(2);
    const importance_question question = ask(&candidate, retrained, 1);
    importance found;
    run(&found, &question, 1);
    const column_set *cluster = &found.sets[n_columns];
    assert_int_equal(cluster->n, 2);
    assert_int_equal(cluster->columns[0], 0);
    assert_int_equal(cluster->columns[1], 2);
    assert_int_equal(found.dependence.partner[0], 2);
    assert_true(found.dependence.explained[0] > 0.9);
    // Within strata of its double a column says little; columns that nobody explains are not asked.
    assert_true(importance_conditional(&found, 0).value < importance_permutation(&found, 0).value);
    assert_true(isnan(importance_conditional(&found, 1).value));
    assert_true(isnan(importance_conditional(&found, n_columns).value));
    importance_figure together = importance_permutation(&found, n_columns);
    assert_true(together.value > importance_permutation(&found, 2).value);
    assert_true(together.low < together.value && together.value < together.high);
    importance_release(&found);
}

static void strong_and_weak_columns_are_told_apart(void **state) {
    (void)state;
    perebor_error error = {0};
    const uint64_t retrained[] = {2};
    const perebor_candidate candidate = candidate_of(2);
    const importance_question question = ask(&candidate, retrained, 1);
    importance found;
    importance_table table;
    double values[4 * 2] = {1.0, -0.01, -1.0, 0.02, 2.0, 0.0, -2.0, 0.01};
    const uint32_t players[] = {1, 4}, rows[] = {0, 1, 2, 4};
    const importance_values shapley = {
        .n_rows = 4, .n_players = 2, .players = players, .rows = rows, .values = values};
    run(&found, &question, 1);
    must(importance_table_make(&table, &found, &shapley, NULL, &error), &error);
    assert_int_equal(table.leading, IMPORTANCE_SHAPLEY);
    assert_int_equal(table.order[0], 1);
    assert_true(table.rows[1].kinds[IMPORTANCE_SHAPLEY].value == 1.5);
    assert_true(table.rows[3].kinds[IMPORTANCE_SHAPLEY].value == 0.0);
    assert_int_equal(table.rows[1].verdict, IMPORTANCE_STRONG);
    assert_int_equal(table.rows[3].verdict, IMPORTANCE_WEAK);
    assert_true(fabs(table.agreement[IMPORTANCE_SHAPLEY][IMPORTANCE_SHAPLEY] - 1.0) < 1e-12);
    importance_table_release(&table);
    importance_release(&found);
}

static void strata_keep_their_values(void **state) {
    (void)state;
    enum { n = 50 };
    uint32_t values[n], strata[n], scratch[2 * n], moved = 0;
    perebor_stream stream = perebor_stream_make(1, "a test");
    for (uint32_t i = 0; i < n; i++) {
        values[i] = i;
        strata[i] = i % 3;
    }
    shuffle_within(values, strata, n, 3, stream, 0, scratch);
    uint64_t seen = 0;
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(strata[values[i]], strata[i]);
        seen |= UINT64_C(1) << values[i];
        moved += values[i] != i ? 1 : 0;
    }
    assert_true(seen == (UINT64_C(1) << n) - 1);
    assert_true(moved > n / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dropped_columns_have_the_bits_of_a_search_without_them),
        cmocka_unit_test(trials_that_vote_are_fitted_again_and_vote),
        cmocka_unit_test(values_are_exchanged_before_the_mean_probability),
        cmocka_unit_test(nothing_depends_on_the_order_of_units),
        cmocka_unit_test(columns_that_go_together_are_exchanged_together),
        cmocka_unit_test(strong_and_weak_columns_are_told_apart),
        cmocka_unit_test(strata_keep_their_values),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
