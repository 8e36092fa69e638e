// SPDX-License-Identifier: MIT
#include "explain/row_changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** What a unit makes before the values. */
enum { outcome, exact, before, after, cost, n_figures };

perebor_status row_changes_begin(row_changes *changes, const changes_question *question,
                                 perebor_error *error) {
    size_t n = question->dataset->n_rows, n_domains = question->space->n_domains;
    *changes = (row_changes){.question = *question,
                             .changes = calloc(n + 1, sizeof *changes->changes),
                             .values = calloc(n * n_domains + 1, sizeof *changes->values)};
    if (changes->changes == NULL || changes->values == NULL) {
        row_changes_release(changes);
        return perebor_no_memory(error, "for the changes of %zu rows", n);
    }
    return PEREBOR_OK;
}

void row_changes_release(row_changes *changes) {
    free(changes->changes);
    free(changes->values);
    *changes = (row_changes){0};
}

static size_t n_values(const void *context, size_t unit) {
    const row_changes *changes = context;
    (void)unit;
    return n_figures + changes->question.space->n_domains;
}

static perebor_status compute(const void *context, size_t unit, perebor_workspace *workspace,
                              double *values, perebor_error *error) {
    const row_changes *changes = context;
    const changes_question *question = &changes->question;
    smallest_change found = {0};
    perebor_status status =
        smallest_change_find(question->space, question->pipeline, question->dataset, (uint32_t)unit,
                             question->threshold, workspace, &found, values + n_figures, error);
    values[outcome] = (double)found.outcome;
    values[exact] = found.exact ? 1.0 : 0.0;
    values[before] = found.probability_before;
    values[after] = found.probability;
    values[cost] = found.cost;
    return status;
}

static void receive(void *context, size_t unit, const double *values) {
    row_changes *changes = context;
    size_t n = changes->question.space->n_domains;
    changes->changes[unit] = (smallest_change){.outcome = (smallest_change_outcome)values[outcome],
                                               .exact = values[exact] != 0.0,
                                               .probability_before = values[before],
                                               .probability = values[after],
                                               .cost = values[cost]};
    memcpy(changes->values + unit * n, values + n_figures, n * sizeof *values);
}

explain_part row_changes_part(row_changes *changes) {
    return (explain_part){.context = changes,
                          .n_units = changes->question.dataset->n_rows,
                          .n_values = n_values,
                          .compute = compute,
                          .receive = receive};
}
