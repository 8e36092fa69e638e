// SPDX-License-Identifier: MIT
#include "metric/selection_order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "statistics/value_order.h"

perebor_status selection_check_shape(const perebor_search_scores *scores, perebor_error *error) {
    size_t n_scores = scores->n_rows * scores->n_repeats;
    if (scores->n_trials == 0 || n_scores == 0 || scores->n_folds == 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "there are %zu trials with %zu scores each in %zu folds: nothing to "
                            "select from",
                            scores->n_trials, n_scores, scores->n_folds);
    }
    if (n_scores >= UINT32_C(1) << 31) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "a trial has %zu scores, and no more than 2147483647 can be resampled",
                            n_scores);
    }
    for (size_t i = 0; i < n_scores; i++) {
        if (scores->fold_of[i] >= scores->n_folds) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "row %zu is in fold %u, of %zu",
                                i % scores->n_rows, scores->fold_of[i], scores->n_folds);
        }
    }
    return PEREBOR_OK;
}

static perebor_selection *allocate(const perebor_search_scores *scores) {
    size_t n_scores = scores->n_rows * scores->n_repeats;
    perebor_selection *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->n_trials = scores->n_trials;
    s->n_rows = scores->n_rows;
    s->n_folds = scores->n_folds;
    s->n_scores = n_scores;
    s->labels = malloc(s->n_rows * sizeof *s->labels);
    s->first = calloc(s->n_folds + 1, sizeof *s->first);
    s->order = calloc(s->n_trials, n_scores * sizeof *s->order);
    s->first_tie = calloc(s->n_trials * s->n_folds + 1, sizeof *s->first_tie);
    s->strata = malloc(s->n_rows * sizeof *s->strata);
    s->stratum_end = malloc(s->n_rows * sizeof *s->stratum_end);
    if (s->labels == NULL || s->first == NULL || s->order == NULL || s->first_tie == NULL ||
        s->strata == NULL || s->stratum_end == NULL) {
        perebor_selection_free(s);
        return NULL;
    }
    return s;
}

void perebor_selection_free(perebor_selection *selection) {
    if (selection != NULL) {
        free(selection->labels);
        free(selection->first);
        free(selection->order);
        free(selection->ties);
        free(selection->first_tie);
        free(selection->strata);
        free(selection->stratum_end);
        free(selection);
    }
}

/** Turns counts in places 1 … n into first places in 0 … n. */
static void add_up(size_t *first, size_t n) {
    for (size_t i = 0; i < n; i++) {
        first[i + 1] += first[i];
    }
}

/** Sorts by counting: stratum 2 fold + label. */
static perebor_status cut_strata(perebor_selection *s, const perebor_search_scores *scores,
                                 perebor_error *error) {
    size_t n_strata = 2 * s->n_folds;
    size_t *first = calloc(2 * (n_strata + 1), sizeof *first);
    if (first == NULL) {
        return perebor_no_memory(error, "for %zu strata", n_strata);
    }
    size_t *next = first + n_strata + 1;
    for (size_t row = 0; row < s->n_rows; row++) {
        s->labels[row] = scores->labels[row] != 0;
        first[(size_t)2 * scores->fold_of[row] + s->labels[row] + 1]++;
    }
    add_up(first, n_strata);
    memcpy(next, first, n_strata * sizeof *next);
    for (size_t row = 0; row < s->n_rows; row++) {
        size_t stratum = (size_t)2 * scores->fold_of[row] + s->labels[row];
        s->stratum_end[next[stratum]] = (uint32_t)first[stratum + 1];
        s->strata[next[stratum]++] = (uint32_t)row;
    }
    free(first);
    return PEREBOR_OK;
}

/** Within ties, positive rows first. */
static void part_ties(const perebor_selection *s, uint32_t *order, const metric_placed *sorted,
                      size_t n) {
    size_t next = 0;
    for (size_t begin = 0, end; begin < n; begin = end) {
        for (end = begin; end < n && sorted[end].value == sorted[begin].value; end++) {
            size_t row = sorted[end].place % s->n_rows;
            if (s->labels[row]) {
                order[next++] = (uint32_t)row;
            }
        }
        for (size_t i = begin; i < end; i++) {
            size_t row = sorted[i].place % s->n_rows;
            if (!s->labels[row]) {
                order[next++] = (uint32_t)row;
            }
        }
    }
}

/** What sorting one trial after another needs. */
typedef struct sorting {
    perebor_selection *selection;
    const perebor_search_scores *scores;
    metric_placed *parted; /* [n_scores] one trial's, fold by fold. */
    size_t *next;          /* [n_folds] */
    size_t n_ties, capacity;
} sorting;

static perebor_status add_tie(sorting *of, size_t begin, size_t end, perebor_error *error) {
    perebor_selection *s = of->selection;
    if (of->n_ties == of->capacity) {
        size_t capacity = 2 * of->capacity + 64;
        selection_tie *ties = realloc(s->ties, capacity * sizeof *ties);
        if (ties == NULL) {
            return perebor_no_memory(error, "for %zu ties", capacity);
        }
        s->ties = ties;
        of->capacity = capacity;
    }
    s->ties[of->n_ties++] = (selection_tie){(uint32_t)begin, (uint32_t)end};
    return PEREBOR_OK;
}

/** Notes the ties of both classes. @param[in] sorted  [n] that begin at place @p first. */
static perebor_status note_ties(sorting *of, const metric_placed *sorted, size_t first, size_t n,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_selection *s = of->selection;
    for (size_t begin = 0, end; begin < n; begin = end) {
        size_t n_positive = 0;
        for (end = begin; end < n && sorted[end].value == sorted[begin].value; end++) {
            n_positive += s->labels[sorted[end].place % s->n_rows];
        }
        if (n_positive > 0 && n_positive < end - begin) {
            PEREBOR_TRY(done, add_tie(of, first + begin, first + end, error));
        }
    }
done:
    return status;
}

/** Sorts one trial by fold and, stably, by score. */
static perebor_status sort_trial(sorting *of, size_t trial, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_selection *s = of->selection;
    metric_placed *sorted = metric_order_values(of->scores->scores[trial], s->n_scores);
    if (sorted == NULL) {
        return perebor_no_memory(error, "to sort %zu scores", s->n_scores);
    }
    memcpy(of->next, s->first, s->n_folds * sizeof *of->next);
    for (size_t i = 0; i < s->n_scores; i++) {
        of->parted[of->next[of->scores->fold_of[sorted[i].place]]++] = sorted[i];
    }
    for (size_t fold = 0; fold < s->n_folds; fold++) {
        size_t begin = s->first[fold];
        size_t n = s->first[fold + 1] - begin;
        part_ties(s, s->order + trial * s->n_scores + begin, of->parted + begin, n);
        s->first_tie[trial * s->n_folds + fold] = of->n_ties;
        PEREBOR_TRY(done, note_ties(of, of->parted + begin, begin, n, error));
    }
    s->first_tie[(trial + 1) * s->n_folds] = of->n_ties;
done:
    free(sorted);
    return status;
}

static perebor_status sort_trials(perebor_selection *s, const perebor_search_scores *scores,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    metric_placed *parted = malloc(s->n_scores * sizeof *parted);
    size_t *next = malloc(s->n_folds * sizeof *next);
    sorting of = {.selection = s, .scores = scores, .parted = parted, .next = next};
    if (parted == NULL || next == NULL) {
        status = perebor_no_memory(error, "to sort %zu scores", s->n_scores);
        goto done;
    }
    for (size_t i = 0; i < s->n_scores; i++) {
        s->first[scores->fold_of[i] + 1]++;
    }
    add_up(s->first, s->n_folds);
    for (size_t trial = 0; trial < s->n_trials; trial++) {
        PEREBOR_TRY(done, sort_trial(&of, trial, error));
    }
done:
    free(parted);
    free(next);
    return status;
}

perebor_status selection_order_make(perebor_selection **selection,
                                    const perebor_search_scores *scores, perebor_error *error) {
    perebor_status status;
    perebor_selection *result = NULL;
    PEREBOR_TRY(done, selection_check_shape(scores, error));
    result = allocate(scores);
    if (result == NULL) {
        status = perebor_no_memory(error, "for the scores of %zu trials", scores->n_trials);
        goto done;
    }
    PEREBOR_TRY(done, cut_strata(result, scores, error));
    PEREBOR_TRY(done, sort_trials(result, scores, error));
    *selection = result;
    result = NULL;
done:
    perebor_selection_free(result);
    return status;
}
