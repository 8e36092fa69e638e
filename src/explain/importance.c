// SPDX-License-Identifier: MIT
#include "explain/importance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "statistics/moments.h"
#include "statistics/resampled_t.h"

static const double level = 0.95;

/** Rows of the training part, evenly spaced, no more than are wanted. */
static perebor_status pick_rows(const importance_question *question, uint32_t **rows, size_t *n,
                                perebor_error *error) {
    size_t all = question->split->n_train;
    size_t wanted = all < IMPORTANCE_DEPENDENCE_ROWS ? all : IMPORTANCE_DEPENDENCE_ROWS;
    uint32_t *picked = calloc(wanted + 1, sizeof *picked);
    if (picked == NULL) {
        return perebor_no_memory(error, "for %zu rows", wanted);
    }
    for (size_t i = 0; i < wanted; i++) {
        picked[i] = question->split->train[i * all / wanted];
    }
    *rows = picked;
    *n = wanted;
    return PEREBOR_OK;
}

static perebor_status find_dependence(importance *importance, perebor_error *error) {
    perebor_status status;
    uint32_t *rows = NULL;
    size_t n = 0;
    PEREBOR_TRY(done, pick_rows(&importance->question, &rows, &n, error));
    status = column_dependence_find(&importance->dependence, importance->question.dataset, rows, n,
                                    error);
done:
    free(rows);
    return status;
}

/** Every column, and every cluster of several. */
static perebor_status list_sets(importance *importance, perebor_error *error) {
    const column_dependence *dependence = &importance->dependence;
    size_t n = dependence->n_columns, at = 0;
    importance->n_columns = n;
    importance->sets = calloc(2 * n + 1, sizeof *importance->sets);
    importance->members = calloc(2 * n + 1, sizeof *importance->members);
    if (importance->sets == NULL || importance->members == NULL) {
        return perebor_no_memory(error, "for %zu columns", n);
    }
    for (size_t i = 0; i < n; i++) {
        importance->members[at] = (uint32_t)i;
        importance->sets[importance->n_sets++] = (column_set){&importance->members[at++], 1};
    }
    for (size_t cluster = 0; cluster < dependence->n_clusters; cluster++) {
        column_set set = {.columns = &importance->members[at]};
        for (size_t i = 0; i < n; i++) {
            if (dependence->cluster[i] == cluster) {
                importance->members[at + set.n++] = (uint32_t)i;
            }
        }
        if (set.n > 1) {
            importance->sets[importance->n_sets++] = set;
            at += set.n;
        }
    }
    return PEREBOR_OK;
}

/** Plans the trials that are fitted again, together as in a search. */
static perebor_status plan_trials(importance *importance, perebor_error *error) {
    const importance_question *question = &importance->question;
    uint64_t first = question->retrained[0];
    size_t n = (size_t)(question->retrained[question->n_retrained - 1] - first) + 1;
    perebor_fold_shape shape = perebor_evaluator_shape(question->evaluator);
    bool *skip = malloc(n + 1);
    if (skip == NULL) {
        return perebor_no_memory(error, "to plan %zu trials", n);
    }
    memset(skip, true, n);
    for (size_t i = 0; i < question->n_retrained; i++) {
        skip[question->retrained[i] - first] = false;
    }
    perebor_status status =
        perebor_plan_create(&importance->plan, question->pipeline, question->space, first, n, skip,
                            true, question->folds->n_folds, &shape, error);
    free(skip);
    return status;
}

static perebor_status make_room(importance *importance, perebor_error *error) {
    const importance_question *question = &importance->question;
    size_t n = importance->n_sets,
           n_dropped = (n + 1) * question->n_retrained * question->folds->n_folds;
    importance->permutation = calloc(n * importance->n_samples + 1, sizeof(double));
    importance->conditional = calloc(n * importance->n_samples + 1, sizeof(double));
    importance->dropped = calloc(n_dropped + 1, sizeof(double));
    importance->differences = calloc(question->folds->n_folds + 1, sizeof(double));
    if (importance->permutation == NULL || importance->conditional == NULL ||
        importance->dropped == NULL || importance->differences == NULL) {
        return perebor_no_memory(error, "for the importance of %zu columns", n);
    }
    for (size_t i = 0; i < n * importance->n_samples; i++) {
        importance->permutation[i] = importance->conditional[i] = NAN;
    }
    for (size_t i = 0; i < n_dropped; i++) {
        importance->dropped[i] = NAN;
    }
    return PEREBOR_OK;
}

perebor_status importance_check_seed(uint64_t seed, perebor_error *error) {
    return seed <= UINT32_MAX
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                              "scikit-learn takes no seed above 4294967295: there are no shuffles "
                              "of its own for this experiment's");
}

perebor_status importance_begin(importance *importance, const importance_question *question,
                                perebor_error *error) {
    perebor_status status;
    *importance = (struct importance){.question = *question};
    bool sklearn = question->sklearn_model != NULL;
    if (sklearn) {
        PEREBOR_TRY(done, importance_check_seed(question->seed, error));
    }
    PEREBOR_TRY(done, find_dependence(importance, error));
    PEREBOR_TRY(done, list_sets(importance, error));
    importance->n_samples = sklearn ? question->n_repeats : question->folds->n_folds;
    importance->n_chunks = (importance->n_sets + IMPORTANCE_CHUNK_SETS - 1) / IMPORTANCE_CHUNK_SETS;
    if (question->drops && !importance_fits_recipe(importance)) {
        PEREBOR_TRY(done, plan_trials(importance, error));
    }
    status = make_room(importance, error);
done:
    if (status != PEREBOR_OK) {
        importance_release(importance);
    }
    return status;
}

void importance_release(importance *importance) {
    column_dependence_release(&importance->dependence);
    perebor_plan_free(importance->plan);
    free(importance->sets);
    free(importance->members);
    free(importance->permutation);
    free(importance->conditional);
    free(importance->dropped);
    free(importance->differences);
    *importance = (struct importance){0};
}

static double mean(const double *values, size_t n) {
    perebor_moments moments;
    perebor_moments_compute(&moments, values, n);
    return moments.mean;
}

/** A mean over folds with its interval; over repeats of one part, without any. */
static importance_figure figure(const importance *importance, const double *values, size_t n) {
    double ratio = 1.0 / ((double)importance->question.folds->n_splits - 1.0);
    perebor_resampled_mean found = perebor_resampled_t(values, n, ratio, level);
    return (importance_figure){found.mean, found.low, found.high};
}

importance_figure importance_permutation(const importance *importance, size_t set) {
    importance_figure found = figure(
        importance, importance->permutation + set * importance->n_samples, importance->n_samples);
    if (importance->question.sklearn_model != NULL) {
        found.low = found.high = NAN; // one part of rows says nothing of others
    }
    return found;
}

importance_figure importance_conditional(const importance *importance, size_t set) {
    return figure(importance, importance->conditional + set * importance->n_samples,
                  importance->n_samples);
}

/** The mean score of a retrained trial, with all columns or without a set. */
static double score_with(const importance_question *question, size_t retrained) {
    return perebor_trials_mean_test_score(
        question->trials, (size_t)(question->retrained[retrained] - question->trials->first_trial));
}

static const double *scores_without(const importance *importance, size_t set, size_t retrained) {
    const importance_question *question = &importance->question;
    size_t place = set * question->n_retrained + retrained;
    return importance->dropped + place * question->folds->n_folds;
}

/** The retrained trial of the best mean, the first of equal ones. @param[in] set  n_sets: with all
 * columns. @return n_retrained if all failed. */
static size_t best_retrained(const importance *importance, size_t set) {
    const importance_question *question = &importance->question;
    size_t best = question->n_retrained;
    double most = NAN;
    for (size_t i = 0; i < question->n_retrained; i++) {
        double score = set == importance->n_sets
                           ? score_with(question, i)
                           : mean(scores_without(importance, set, i), question->folds->n_folds);
        if (!isnan(score) && (best == question->n_retrained || score > most)) {
            most = score;
            best = i;
        }
    }
    return best;
}

bool importance_fits_recipe(const importance *importance) {
    return importance->question.drops && importance->question.recipe.weights != NULL;
}

/** How much lower folds' scores of a recipe that votes are where its trials go without a set. */
static importance_figure drop_from_recipe(const importance *importance, size_t set) {
    size_t n_folds = importance->question.folds->n_folds;
    const double *all = scores_without(importance, importance->n_sets, 0);
    const double *scores = scores_without(importance, set, 0);
    for (size_t fold = 0; fold < n_folds; fold++) {
        if (isnan(all[fold]) || isnan(scores[fold])) {
            return (importance_figure){NAN, NAN, NAN};
        }
        importance->differences[fold] = all[fold] - scores[fold];
    }
    return figure(importance, importance->differences, n_folds);
}

importance_figure importance_drop_column(const importance *importance, size_t set) {
    const importance_question *question = &importance->question;
    size_t n_folds = question->folds->n_folds, none = question->n_retrained;
    if (!question->drops) {
        return (importance_figure){NAN, NAN, NAN};
    }
    if (importance_fits_recipe(importance)) {
        return drop_from_recipe(importance, set);
    }
    size_t with = best_retrained(importance, importance->n_sets);
    size_t without = best_retrained(importance, set);
    if (with == none || without == none) {
        return (importance_figure){NAN, NAN, NAN};
    }
    const double *scores = scores_without(importance, set, without);
    size_t row = (size_t)(question->retrained[with] - question->trials->first_trial);
    for (size_t fold = 0; fold < n_folds; fold++) {
        importance->differences[fold] =
            perebor_trials_score(question->trials, row, fold, 0, PEREBOR_TEST) - scores[fold];
    }
    return figure(importance, importance->differences, n_folds);
}
