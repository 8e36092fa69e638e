// SPDX-License-Identifier: MIT
#include "metric/fold_classes.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "metric/half_pairs.h"

/** Rows of class c of fold f, of all folds: at 2 f + c. */
typedef struct segments {
    size_t *n;    /* [2 n_folds] rows that count, */
    size_t *next; /* [2 n_folds] and the next place; SIZE_MAX if the fold has no places. */
} segments;

static size_t segment_of(const perebor_search_scores *scores, size_t score) {
    return (size_t)2 * scores->fold_of[score] + (scores->labels[score % scores->n_rows] != 0);
}

static size_t whole_vectors(size_t n) {
    return (n + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
}

/** Gives places to the folds that have both classes. */
static void lay_out(fold_classes *classes, const segments *of, size_t n_folds) {
    classes->n_folds = classes->n_places = 0;
    for (size_t fold = 0; fold < n_folds; fold++) {
        size_t *n = of->n + 2 * fold;
        size_t *next = of->next + 2 * fold;
        next[0] = next[1] = SIZE_MAX;
        if (n[0] > 0 && n[1] > 0) {
            for (size_t label = 0; label < 2; label++) {
                next[label] = classes->first[2 * classes->n_folds + label] = classes->n_places;
                classes->n_class[2 * classes->n_folds + label] = n[label];
                classes->n_places += whole_vectors(n[label]);
            }
            classes->n_folds++;
        }
    }
}

perebor_status fold_classes_make(fold_classes *classes, const perebor_search_scores *scores,
                                 const uint64_t *weights, perebor_workspace *workspace,
                                 perebor_error *error) {
    size_t n_scores = scores->n_repeats * scores->n_rows;
    size_t n_segments = 2 * scores->n_folds;
    classes->first = perebor_workspace_take(workspace, n_segments, sizeof *classes->first);
    classes->n_class = perebor_workspace_take(workspace, n_segments, sizeof *classes->n_class);
    segments of = {.n = perebor_workspace_take_zeroed(workspace, n_segments, sizeof *of.n),
                   .next = perebor_workspace_take(workspace, n_segments, sizeof *of.next)};
    if (classes->first == NULL || classes->n_class == NULL || of.n == NULL || of.next == NULL) {
        return perebor_no_memory(error, "for %zu folds", scores->n_folds);
    }
    for (size_t score = 0; score < n_scores; score++) {
        of.n[segment_of(scores, score)] += weights[score % scores->n_rows] != 0;
    }
    lay_out(classes, &of, scores->n_folds);
    classes->score = perebor_workspace_take(workspace, classes->n_places, sizeof *classes->score);
    if (classes->score == NULL) {
        return perebor_no_memory(error, "to part %zu scores", n_scores);
    }
    memset(classes->score, UINT8_MAX, classes->n_places * sizeof *classes->score);
    for (size_t score = 0; score < n_scores; score++) {
        size_t *next = &of.next[segment_of(scores, score)];
        if (weights[score % scores->n_rows] != 0 && *next != SIZE_MAX) {
            classes->score[(*next)++] = (uint32_t)score;
        }
    }
    return PEREBOR_OK;
}

void fold_classes_gather(const fold_classes *classes, const double *scores, double *places) {
    for (size_t place = 0; place < classes->n_places; place++) {
        uint32_t score = classes->score[place];
        places[place] = score != UINT32_MAX ? scores[score] : (double)NAN;
    }
}

perebor_status fold_classes_mean_auc(const fold_classes *classes, const double *places,
                                     double *mean, perebor_workspace *workspace) {
    double sum = 0.0;
    for (size_t fold = 0; fold < classes->n_folds; fold++) {
        const size_t *first = classes->first + 2 * fold;
        const size_t *n_class = classes->n_class + 2 * fold;
        const double *parted[2] = {places + first[0], places + first[1]};
        uint64_t half_pairs;
        perebor_status status = metric_count_half_pairs(&half_pairs, parted, n_class, workspace);
        if (status != PEREBOR_OK) {
            return status;
        }
        sum += (double)half_pairs / (double)(2 * (uint64_t)n_class[0] * n_class[1]);
    }
    *mean = classes->n_folds > 0 ? sum / (double)classes->n_folds : (double)NAN;
    return PEREBOR_OK;
}
