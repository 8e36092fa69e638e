// SPDX-License-Identifier: MIT
#include "metric/selection_variance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/**
 * The share of pairs that each row of a fold is right in: of a positive row the negative ones below
 * it, of a negative one the positive ones above it, a tie counting half.
 */
static void place_rows(selection_influence *of, size_t trial, size_t fold, const size_t n[2]) {
    const perebor_selection *s = of->selection;
    const uint32_t *order = s->order + trial * s->n_scores;
    size_t seen[2] = {0, 0};
    for (size_t i = s->first[fold]; i < s->first[fold + 1]; i++) {
        size_t label = s->labels[order[i]];
        seen[label]++;
        of->share[order[i]] =
            label ? (double)seen[0] / (double)n[0] : (double)(n[1] - seen[1]) / (double)n[1];
    }
    const size_t *first = s->first_tie + trial * s->n_folds + fold;
    for (size_t tie = first[0]; tie < first[1]; tie++) {
        double tied[2] = {0.0, 0.0};
        for (size_t i = s->ties[tie].begin; i < s->ties[tie].end; i++) {
            tied[s->labels[order[i]]] += 1.0;
        }
        // The order has positive rows first, which put all of a tie on the wrong side.
        for (size_t i = s->ties[tie].begin; i < s->ties[tie].end; i++) {
            size_t label = s->labels[order[i]];
            of->share[order[i]] += 0.5 * tied[1 - label] / (double)n[1 - label];
        }
    }
}

static void count_classes(const perebor_selection *s, size_t fold, size_t n[2]) {
    n[0] = n[1] = 0;
    for (size_t i = s->first[fold]; i < s->first[fold + 1]; i++) {
        n[s->labels[s->order[i]]]++;
    }
}

static void find_effects(selection_influence *of, size_t trial) {
    const perebor_selection *s = of->selection;
    memset(of->effect, 0, s->n_rows * sizeof *of->effect);
    for (size_t fold = 0; fold < s->n_folds; fold++) {
        size_t n[2];
        count_classes(s, fold, n);
        if (n[0] == 0 || n[1] == 0) {
            continue;
        }
        const uint32_t *order = s->order + trial * s->n_scores;
        double auc = 0.0;
        place_rows(of, trial, fold, n);
        for (size_t i = s->first[fold]; i < s->first[fold + 1]; i++) {
            auc += s->labels[order[i]] ? of->share[order[i]] : 0.0;
        }
        auc /= (double)n[1];
        for (size_t i = s->first[fold]; i < s->first[fold + 1]; i++) {
            double own = (of->share[order[i]] - auc) / (double)n[s->labels[order[i]]];
            of->effect[order[i]] += own / of->n_folds;
        }
    }
}

/**
 * The variance of a sum over independent rows, whose effects have mean 0 within each class of each
 * fold: a degree of freedom less for each stratum.
 */
static double sum_variance(const selection_influence *of) {
    const perebor_selection *s = of->selection;
    double variance = 0.0;
    for (size_t label = 0; label < 2; label++) {
        double squares = 0.0, n = 0.0, n_strata = 0.0;
        for (size_t begin = 0; begin < s->n_rows; begin = s->stratum_end[begin]) {
            n_strata += s->labels[s->strata[begin]] == label;
        }
        for (size_t row = 0; row < s->n_rows; row++) {
            squares += s->labels[row] == label ? of->effect[row] * of->effect[row] : 0.0;
            n += s->labels[row] == label;
        }
        variance += n > n_strata ? squares * n / (n - n_strata) : (double)NAN;
    }
    return variance;
}

perebor_status selection_influence_make(selection_influence *influence,
                                        const perebor_selection *selection, perebor_error *error) {
    *influence =
        (selection_influence){.selection = selection,
                              .effect = calloc(selection->n_rows + 1, sizeof *influence->effect),
                              .share = calloc(selection->n_rows + 1, sizeof *influence->share)};
    if (influence->effect == NULL || influence->share == NULL) {
        return perebor_no_memory(error, "for %zu rows", selection->n_rows);
    }
    for (size_t fold = 0; fold < selection->n_folds; fold++) {
        size_t n[2];
        count_classes(selection, fold, n);
        influence->n_folds += n[0] > 0 && n[1] > 0;
    }
    return PEREBOR_OK;
}

void selection_influence_free(selection_influence *influence) {
    free(influence->effect);
    free(influence->share);
}

double selection_variance(selection_influence *influence, size_t trial) {
    find_effects(influence, trial);
    return sum_variance(influence);
}
