// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "explain/importance.h"
#include "explain/permutation.h"
#include "statistics/moments.h"
#include "trial/leave_out.h"

/** Rows that a stratum has at least, where there are quantiles. */
enum { least_stratum = 10 };

/** Whether a set is exchanged within strata too: a column that the others explain. */
static bool is_conditional(const importance *importance, size_t set) {
    return set < importance->n_columns && importance->question.sklearn_model == NULL &&
           importance->dependence.explained[set] > EXPLAIN_EXPLAINED &&
           importance->dependence.partner[set] < importance->n_columns;
}

/** The mean drop over the repeats, of one set in one fold. @param drops  [n_repeats] scratch. */
static perebor_status exchange_set(const importance *importance, const permutation_part *part,
                                   size_t set, size_t fold, double *drops, double *marginal,
                                   double *conditional, perebor_workspace *workspace,
                                   perebor_error *error) {
    perebor_status status;
    perebor_moments moments;
    size_t n_repeats = importance->question.n_repeats;
    permutation_plan plan = {.columns = importance->sets[set].columns,
                             .n_columns = importance->sets[set].n,
                             .seed = importance->question.seed,
                             .first_trial = fold * n_repeats,
                             .n_repeats = n_repeats};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, permutation_drops(part, &plan, workspace, drops, error));
    perebor_moments_compute(&moments, drops, n_repeats);
    *marginal = moments.mean;
    *conditional = NAN;
    if (is_conditional(importance, set)) {
        const perebor_column *partner =
            &part->dataset->columns[importance->dependence.partner[set]];
        uint32_t *strata = perebor_workspace_take(workspace, part->n_rows, sizeof *strata);
        if (strata == NULL) {
            status = perebor_no_memory(error, "for strata of %zu rows", part->n_rows);
            goto done;
        }
        PEREBOR_TRY(done, column_strata(partner, part->rows, part->n_rows, least_stratum, strata,
                                        &plan.n_strata, error));
        plan.strata = strata;
        PEREBOR_TRY(done, permutation_drops(part, &plan, workspace, drops, error));
        perebor_moments_compute(&moments, drops, n_repeats);
        *conditional = moments.mean;
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

static size_t first_set(size_t chunk) {
    return chunk * IMPORTANCE_CHUNK_SETS;
}

static size_t end_set(const importance *importance, size_t chunk) {
    size_t end = first_set(chunk) + IMPORTANCE_CHUNK_SETS;
    return end < importance->n_sets ? end : importance->n_sets;
}

/** Makes ready to exchange values among some rows of a dataset, before a model. */
static perebor_status open_part(const importance *importance, const perebor_dataset *dataset,
                                const perebor_fitted_pipeline *pipeline, const uint32_t *rows,
                                size_t n_rows, permutation_part *part, altered_rows *altered,
                                perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    *part = (permutation_part){.pipeline = pipeline,
                               .metric = importance->question.metric,
                               .dataset = dataset,
                               .rows = rows,
                               .n_rows = n_rows,
                               .altered = altered};
    PEREBOR_TRY(done, altered_rows_make(altered, part->dataset, rows, n_rows, workspace, error));
    status = permutation_score(part, workspace, &part->score, error);
done:
    return status;
}

/** Sets of a chunk in one fold, by the fold's model. @param[out] values  [2 * sets] */
static perebor_status exchange_chunk(const importance *importance, size_t unit,
                                     perebor_workspace *workspace, double *values,
                                     perebor_error *error) {
    perebor_status status;
    const importance_question *question = &importance->question;
    size_t fold = unit / importance->n_chunks, chunk = unit % importance->n_chunks;
    static const perebor_calibration_method usual = PEREBOR_CALIBRATE_USUALLY;
    perebor_fitted_pipeline *pipeline = NULL;
    permutation_part part;
    altered_rows altered;
    perebor_fold_rows rows = perebor_evaluator_rows(question->evaluator, fold);
    double *drops = perebor_workspace_take(workspace, question->n_repeats, sizeof *drops);
    if (drops == NULL) {
        return perebor_no_memory(error, "for %zu repeats", question->n_repeats);
    }
    PEREBOR_TRY(done,
                explain_recipe_fit(
                    &pipeline, &question->recipe, question->dataset, rows.training, rows.n_training,
                    question->metric->needs == PEREBOR_NEEDS_PROBABILITIES ? &usual : NULL, error));
    PEREBOR_TRY(done, open_part(importance, question->dataset, pipeline, rows.validation,
                                rows.n_validation, &part, &altered, workspace, error));
    for (size_t set = first_set(chunk); set < end_set(importance, chunk); set++) {
        PEREBOR_TRY(done, exchange_set(importance, &part, set, fold, drops, values, values + 1,
                                       workspace, error));
        values += 2;
    }
done:
    perebor_fitted_pipeline_free(pipeline);
    return status;
}

/** Sets of a chunk with scikit-learn's shuffles. @param[out] values  [sets][n_repeats] */
static perebor_status exchange_sklearn(const importance *importance, size_t chunk,
                                       perebor_workspace *workspace, double *values,
                                       perebor_error *error) {
    perebor_status status;
    const importance_question *question = &importance->question;
    const perebor_split *split = question->split;
    bool test = split->n_test > 0;
    permutation_part part;
    altered_rows altered;
    PEREBOR_TRY(done,
                open_part(importance, question->dataset, question->sklearn_model,
                          test ? split->test : split->train, test ? split->n_test : split->n_train,
                          &part, &altered, workspace, error));
    for (size_t set = first_set(chunk); set < end_set(importance, chunk); set++) {
        const permutation_plan plan = {.columns = importance->sets[set].columns,
                                       .n_columns = importance->sets[set].n,
                                       .seed = question->seed,
                                       .n_repeats = question->n_repeats};
        PEREBOR_TRY(done, permutation_drops_sklearn(&part, &plan, workspace, values, error));
        values += question->n_repeats;
    }
done:
    return status;
}

/** What a trial scores by its outcome: of a path, with as many estimators as it came to. */
static double score_of(const importance_question *question, uint64_t trial,
                       const perebor_member_outcome *outcome) {
    size_t n = outcome->path_end == 0 ? 0 : path_choices_find(question->paths, trial);
    return n == 0 || n >= outcome->path_end ? outcome->fold.test_score
                                            : outcome->curve[perebor_curve_n_points(n) - 1];
}

/** Where the trials that a member answers for are among those retrained. */
static void place_member(const importance *importance, const perebor_member *member,
                         const perebor_member_outcome *outcome, double *values) {
    const importance_question *question = &importance->question;
    for (size_t i = 0; i < question->n_retrained; i++) {
        for (size_t k = 0; k < member->n_trials; k++) {
            if (question->retrained[0] + member->trials[k] == question->retrained[i]) {
                values[i] = score_of(question, question->retrained[i], outcome);
            }
        }
    }
}

static perebor_status retrain_bundle(const importance *importance, const bool *left_out,
                                     size_t bundle, size_t fold, perebor_workspace *workspace,
                                     double *values, perebor_error *error) {
    const perebor_bundle *planned = perebor_plan_bundle(importance->plan, bundle);
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_member_outcome *outcomes =
        perebor_workspace_take_zeroed(workspace, planned->n_members, sizeof *outcomes);
    if (outcomes == NULL) {
        return perebor_no_memory(error, "for %u outcomes", (unsigned)planned->n_members);
    }
    perebor_status status =
        evaluate_without(importance->question.evaluator, left_out, importance->plan, bundle, fold,
                         workspace, outcomes, error);
    for (size_t i = 0; i < planned->n_members; i++) {
        if (status == PEREBOR_OK && outcomes[i].fold.state == PEREBOR_TRIAL_COMPLETE) {
            place_member(importance,
                         perebor_plan_member(importance->plan, planned->first_member + i),
                         &outcomes[i], values);
        }
    }
    perebor_member_outcomes_release(outcomes, planned->n_members);
    perebor_workspace_return(workspace, begin);
    return status;
}

/** What a recipe that votes scores on one fold without some columns; NaN where it cannot be fitted
 * without them. */
static perebor_status refit_recipe(const importance *importance, const bool *left_out, size_t fold,
                                   perebor_workspace *workspace, double *score,
                                   perebor_error *error) {
    perebor_status status;
    perebor_error of_fit = {0};
    perebor_dataset rest;
    perebor_fitted_pipeline *pipeline = NULL;
    permutation_part part;
    altered_rows altered;
    const importance_question *question = &importance->question;
    perebor_fold_rows rows = perebor_evaluator_rows(question->evaluator, fold);
    *score = NAN;
    PEREBOR_TRY(done, leave_out_columns(&rest, question->dataset, left_out, workspace, error));
    status = explain_recipe_fit(&pipeline, &question->recipe, &rest, rows.training, rows.n_training,
                                NULL, &of_fit);
    if (status == PEREBOR_OK) {
        status = open_part(importance, &rest, pipeline, rows.validation, rows.n_validation, &part,
                           &altered, workspace, &of_fit);
    }
    if (status == PEREBOR_OK) {
        *score = part.score;
    } else if (status == PEREBOR_ERR_NUMERIC || status == PEREBOR_ERR_ARGUMENT) {
        status = PEREBOR_OK; // a trial that fails
    } else if (error != NULL) {
        *error = of_fit;
    }
done:
    perebor_fitted_pipeline_free(pipeline);
    return status;
}

/** Fits the trials without a set on one fold. @param[out] values  [n_retrained] scores. */
static perebor_status retrain(const importance *importance, size_t set, size_t fold,
                              perebor_workspace *workspace, double *values, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    static const column_set no_columns = {0};
    const column_set *columns = set < importance->n_sets ? &importance->sets[set] : &no_columns;
    bool *left_out = perebor_workspace_take_zeroed(workspace, importance->n_columns, 1);
    if (left_out == NULL) {
        return perebor_no_memory(error, "for %zu columns", importance->n_columns);
    }
    for (size_t i = 0; i < importance->question.n_retrained; i++) {
        values[i] = NAN;
    }
    for (size_t i = 0; i < columns->n; i++) {
        left_out[columns->columns[i]] = true;
    }
    if (importance_fits_recipe(importance)) {
        return columns->n == importance->n_columns
                   ? PEREBOR_OK
                   : refit_recipe(importance, left_out, fold, workspace, values, error);
    }
    for (size_t bundle = 0;
         columns->n < importance->n_columns && bundle < perebor_plan_n_bundles(importance->plan);
         bundle++) {
        PEREBOR_TRY(done,
                    retrain_bundle(importance, left_out, bundle, fold, workspace, values, error));
    }
done:
    return status;
}

/** Units of permutation come first: fold by fold, or chunk by chunk; then set by set, fold by
 * fold, the fits without; then of a recipe that votes those with all columns. */
static size_t n_exchanges(const importance *importance) {
    const importance_question *question = &importance->question;
    size_t folds = question->sklearn_model != NULL ? 1 : question->folds->n_folds;
    return question->permutes ? folds * importance->n_chunks : 0;
}

static size_t n_values(const void *context, size_t unit) {
    const importance *importance = context;
    if (unit >= n_exchanges(importance)) {
        return importance->question.n_retrained;
    }
    size_t chunk = unit % importance->n_chunks;
    size_t n = end_set(importance, chunk) - first_set(chunk);
    return n * (importance->question.sklearn_model != NULL ? importance->question.n_repeats : 2);
}

static perebor_status compute(const void *context, size_t unit, perebor_workspace *workspace,
                              double *values, perebor_error *error) {
    const importance *importance = context;
    size_t exchanges = n_exchanges(importance);
    size_t n_folds = importance->question.folds->n_folds;
    perebor_status status;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    if (unit >= exchanges) {
        status = retrain(importance, (unit - exchanges) / n_folds, (unit - exchanges) % n_folds,
                         workspace, values, error);
    } else if (importance->question.sklearn_model != NULL) {
        status = exchange_sklearn(importance, unit, workspace, values, error);
    } else {
        status = exchange_chunk(importance, unit, workspace, values, error);
    }
    perebor_workspace_return(workspace, begin);
    return status;
}

static void receive(void *context, size_t unit, const double *values) {
    importance *importance = context;
    size_t exchanges = n_exchanges(importance), n_folds = importance->question.folds->n_folds;
    size_t n_samples = importance->n_samples, n_retrained = importance->question.n_retrained;
    if (unit >= exchanges) {
        size_t set = (unit - exchanges) / n_folds, fold = (unit - exchanges) % n_folds;
        for (size_t i = 0; i < n_retrained; i++) {
            importance->dropped[(set * n_retrained + i) * n_folds + fold] = values[i];
        }
        return;
    }
    size_t fold = unit / importance->n_chunks, chunk = unit % importance->n_chunks;
    for (size_t set = first_set(chunk); set < end_set(importance, chunk); set++) {
        if (importance->question.sklearn_model != NULL) {
            memcpy(importance->permutation + set * n_samples, values, n_samples * sizeof *values);
            values += n_samples;
        } else {
            importance->permutation[set * n_samples + fold] = *values++;
            importance->conditional[set * n_samples + fold] = *values++;
        }
    }
}

explain_part importance_part(importance *importance) {
    size_t n_sets = importance->n_sets + (importance_fits_recipe(importance) ? 1 : 0);
    size_t n_fits = importance->question.drops ? n_sets * importance->question.folds->n_folds : 0;
    return (explain_part){.context = importance,
                          .n_units = n_exchanges(importance) + n_fits,
                          .n_values = n_values,
                          .compute = compute,
                          .receive = receive};
}
