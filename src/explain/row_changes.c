// SPDX-License-Identifier: MIT
#include "explain/row_changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** Rows of a unit: so many that fitting their model once more costs little beside them. */
enum { block_rows = 64 };

/** What is made of a row before the values. */
enum { outcome, exact, before, after, cost, n_figures };

/** The model of a fold, or for fold n_splits the model itself, which is not the caller's to free.
 */
static perebor_status find_model(const changes_question *question, size_t fold,
                                 perebor_fitted_pipeline **fitted,
                                 const perebor_fitted_pipeline **model, perebor_error *error) {
    *fitted = NULL;
    *model = question->pipeline;
    if (fold == question->n_splits) {
        return PEREBOR_OK;
    }
    perebor_fold_rows rows = perebor_evaluator_rows(question->evaluator, fold);
    perebor_status status =
        explain_recipe_fit(fitted, &question->recipe, question->dataset, rows.training,
                           rows.n_training, &question->method, error);
    *model = *fitted;
    return status;
}

/** The fold in which a row validates; n_splits if there is none. */
static size_t fold_of(const changes_question *question, uint32_t row) {
    for (size_t fold = 0; fold < question->n_splits; fold++) {
        perebor_fold_rows rows = perebor_evaluator_rows(question->evaluator, fold);
        for (size_t i = 0; i < rows.n_validation; i++) {
            if (rows.validation[i] == row) {
                return fold;
            }
        }
    }
    return question->n_splits;
}

perebor_status row_change_find(const changes_question *question, uint32_t row,
                               perebor_workspace *workspace, bool *unseen, smallest_change *result,
                               double *values, perebor_error *error) {
    perebor_status status;
    size_t fold = fold_of(question, row);
    perebor_fitted_pipeline *fitted;
    const perebor_fitted_pipeline *model;
    PEREBOR_TRY(done, find_model(question, fold, &fitted, &model, error));
    status = smallest_change_find(question->space, model, question->dataset, row,
                                  question->threshold, workspace, result, values, error);
    *unseen = fold < question->n_splits;
done:
    perebor_fitted_pipeline_free(fitted);
    return status;
}

/** Lists rows by the model that is asked about them. @param is_listed  [n_rows] false. */
static void list_rows(row_changes *changes, bool *is_listed) {
    const changes_question *question = &changes->question;
    size_t at = 0;
    for (size_t fold = 0; fold < question->n_splits; fold++) {
        perebor_fold_rows rows = perebor_evaluator_rows(question->evaluator, fold);
        changes->first[fold] = at;
        for (size_t i = 0; i < rows.n_validation; i++) {
            is_listed[rows.validation[i]] = true;
            changes->rows[at++] = rows.validation[i];
        }
    }
    changes->first[question->n_splits] = at;
    for (uint32_t row = 0; row < question->dataset->n_rows; row++) {
        if (!is_listed[row]) {
            changes->rows[at++] = row;
        }
    }
    changes->first[question->n_splits + 1] = at;
}

perebor_status row_changes_begin(row_changes *changes, const changes_question *question,
                                 perebor_error *error) {
    size_t n = question->dataset->n_rows, n_domains = question->space->n_domains;
    bool *is_listed = calloc(n + 1, sizeof *is_listed);
    *changes = (row_changes){.question = *question,
                             .rows = calloc(n + 1, sizeof *changes->rows),
                             .first = calloc(question->n_splits + 2, sizeof *changes->first),
                             .changes = calloc(n + 1, sizeof *changes->changes),
                             .values = calloc(n * n_domains + 1, sizeof *changes->values)};
    if (is_listed == NULL || changes->rows == NULL || changes->first == NULL ||
        changes->changes == NULL || changes->values == NULL) {
        free(is_listed);
        row_changes_release(changes);
        return perebor_no_memory(error, "for the changes of %zu rows", n);
    }
    list_rows(changes, is_listed);
    free(is_listed);
    return PEREBOR_OK;
}

void row_changes_release(row_changes *changes) {
    free(changes->rows);
    free(changes->first);
    free(changes->changes);
    free(changes->values);
    *changes = (row_changes){0};
}

static size_t n_blocks(const row_changes *changes, size_t fold) {
    return (changes->first[fold + 1] - changes->first[fold] + block_rows - 1) / block_rows;
}

/** The rows of a unit and the fold whose model is asked. @return How many. */
static size_t find_rows(const row_changes *changes, size_t unit, size_t *fold,
                        const uint32_t **rows) {
    *fold = 0;
    while (unit >= n_blocks(changes, *fold)) {
        unit -= n_blocks(changes, *fold);
        (*fold)++;
    }
    size_t first = changes->first[*fold] + unit * block_rows;
    size_t left = changes->first[*fold + 1] - first;
    *rows = changes->rows + first;
    return left < block_rows ? left : block_rows;
}

static size_t figures_of_row(const row_changes *changes) {
    return n_figures + changes->question.space->n_domains;
}

static size_t n_values(const void *context, size_t unit) {
    const row_changes *changes = context;
    size_t fold;
    const uint32_t *rows;
    return find_rows(changes, unit, &fold, &rows) * figures_of_row(changes);
}

static perebor_status compute(const void *context, size_t unit, perebor_workspace *workspace,
                              double *values, perebor_error *error) {
    perebor_status status;
    const row_changes *changes = context;
    const changes_question *question = &changes->question;
    size_t fold;
    const uint32_t *rows;
    size_t n = find_rows(changes, unit, &fold, &rows);
    perebor_fitted_pipeline *fitted;
    const perebor_fitted_pipeline *model;
    PEREBOR_TRY(done, find_model(question, fold, &fitted, &model, error));
    for (size_t i = 0; i < n; i++) {
        smallest_change found;
        PEREBOR_TRY(done, smallest_change_find(question->space, model, question->dataset, rows[i],
                                               question->threshold, workspace, &found,
                                               values + n_figures, error));
        values[outcome] = (double)found.outcome;
        values[exact] = found.exact ? 1.0 : 0.0;
        values[before] = found.probability_before;
        values[after] = found.probability;
        values[cost] = found.cost;
        values += figures_of_row(changes);
    }
done:
    perebor_fitted_pipeline_free(fitted);
    return status;
}

static void receive(void *context, size_t unit, const double *values) {
    row_changes *changes = context;
    size_t fold, n_domains = changes->question.space->n_domains;
    const uint32_t *rows;
    size_t n = find_rows(changes, unit, &fold, &rows);
    for (size_t i = 0; i < n; i++) {
        changes->changes[rows[i]] =
            (smallest_change){.outcome = (smallest_change_outcome)values[outcome],
                              .exact = values[exact] != 0.0,
                              .probability_before = values[before],
                              .probability = values[after],
                              .cost = values[cost]};
        memcpy(changes->values + rows[i] * n_domains, values + n_figures,
               n_domains * sizeof *values);
        values += figures_of_row(changes);
    }
}

explain_part row_changes_part(row_changes *changes) {
    explain_part part = {
        .context = changes, .n_values = n_values, .compute = compute, .receive = receive};
    for (size_t fold = 0; fold <= changes->question.n_splits; fold++) {
        part.n_units += n_blocks(changes, fold);
    }
    return part;
}
