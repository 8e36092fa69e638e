// SPDX-License-Identifier: MIT
#include "perebor/roc_auc.h"

#include <math.h>
#include <stdbool.h>

#include "base/arithmetic.h"
#include "metric/pair_count.h"
#include "perebor/status.h"

/*
 * A half pair is counted twice if the positive scores higher and once if the two tie, so the area
 * is an integer over an integer. Few rows are compared pair by pair; many are sorted, each class by
 * itself, and the sorted classes are merged.
 */
enum {
    PAIRED_FEW = 64,        /* Pairs are compared if the smaller class has no more rows, */
    PAIRED_ROWS = 1024,     /* or if there are no more rows */
    PAIRED_PAIRS = 1 << 16, /* and no more pairs. */
    DIGIT_BITS = 11,
    DIGITS = 1 << DIGIT_BITS,
    LEADING_BITS = 3 * DIGIT_BITS,
};

static size_t count_positives(const uint8_t *labels, size_t n_rows) {
    size_t n_positive = 0;
    for (size_t row = 0; row < n_rows; row++) {
        n_positive += labels[row];
    }
    return n_positive;
}

/**
 * Parts the scores by class. Every score is written to both classes and kept in its own, as there
 * is no predicting a label; hence the room for one more.
 *
 * @param[out] classes  [2][n_class + 1] negative, positive.
 */
static void part_scores(double *classes[2], const uint8_t *labels, const double *scores,
                        size_t n_rows) {
    double *negative = classes[0];
    double *positive = classes[1];
    for (size_t row = 0; row < n_rows; row++) {
        *negative = *positive = scores[row];
        negative += 1 - labels[row];
        positive += labels[row];
    }
}

/** Counts half pairs by comparing all pairs. */
static perebor_status count_by_pairs(uint64_t *half_pairs, const uint8_t *labels,
                                     const double *scores, const size_t n_class[2],
                                     perebor_workspace *workspace) {
    size_t n_rows = n_class[0] + n_class[1];
    double *block =
        perebor_workspace_take(workspace, n_rows + (size_t)2 * PEREBOR_LANES, sizeof *block);
    if (block == NULL) {
        return PEREBOR_ERR_MEMORY;
    }
    double *classes[2] = {block, block + n_class[0] + PEREBOR_LANES};
    part_scores(classes, labels, scores, n_rows);
    int few = n_class[1] <= n_class[0];
    double *many = classes[1 - few];
    size_t n_many = n_class[1 - few];
    for (size_t pad = n_many; pad % PEREBOR_LANES != 0; pad++) {
        many[pad] = NAN;
    }
    *half_pairs =
        PEREBOR_KERNEL_PICK(metric_pair_kernels)->count(classes[few], n_class[few], many, n_many);
    if (few == 0) { // Counted from the negatives' side: what is missing is ours.
        *half_pairs = 2 * (uint64_t)n_class[0] * n_class[1] - *half_pairs;
    }
    return PEREBOR_OK;
}

/** Maps doubles to integers of the same order; both zeros to one. */
static uint64_t ordered_key(double score) {
    uint64_t bits = arithmetic_to_bits(score + 0.0);
    return bits >> 63 ? ~bits : bits | (UINT64_C(1) << 63);
}

static void swap_keys(uint64_t **left, uint64_t **right) {
    uint64_t *kept = *left;
    *left = *right;
    *right = kept;
}

/** Sorts by bits first … end - 1, least significant digit first; returns where the keys are. */
static uint64_t *sort_bits(uint64_t *keys, uint64_t *spare, size_t n_keys, int first, int end) {
    for (int shift = first; shift < end; shift += DIGIT_BITS) {
        size_t start[DIGITS] = {0};
        for (size_t i = 0; i < n_keys; i++) {
            start[(keys[i] >> shift) % DIGITS]++;
        }
        size_t total = 0;
        for (size_t digit = 0; digit < DIGITS; digit++) {
            size_t count = start[digit];
            start[digit] = total;
            total += count;
        }
        for (size_t i = 0; i < n_keys; i++) {
            spare[start[(keys[i] >> shift) % DIGITS]++] = keys[i];
        }
        swap_keys(&keys, &spare);
    }
    return keys;
}

/** Sorts keys that are nearly in order; false if they are so little in order that it gives up. */
static bool sort_nearly(uint64_t *keys, size_t n_keys) {
    size_t n_moves = 0;
    for (size_t next = 1; next < n_keys && n_moves <= 2 * n_keys; next++) {
        uint64_t key = keys[next];
        size_t place = next;
        for (; place > 0 && key < keys[place - 1]; place--) {
            keys[place] = keys[place - 1];
        }
        keys[place] = key;
        n_moves += next - place;
    }
    return n_moves <= 2 * n_keys;
}

/** Three digits from the highest bit in which keys differ put nearly all keys in their place. */
static uint64_t *sort_keys(uint64_t *keys, uint64_t *spare, size_t n_keys) {
    uint64_t differing = 0;
    for (size_t i = 1; i < n_keys; i++) {
        differing |= keys[i] ^ keys[0];
    }
    if (differing == 0) {
        return keys;
    }
    int end = 64 - __builtin_clzll(differing);
    int first = end > LEADING_BITS ? end - LEADING_BITS : 0;
    uint64_t *sorted = sort_bits(keys, spare, n_keys, first, end);
    if (!sort_nearly(sorted, n_keys)) {
        sorted = sort_bits(sorted, sorted == keys ? spare : keys, n_keys, 0, end);
    }
    return sorted;
}

/** Walks both sorted classes; branch-free, as which class comes next cannot be predicted. */
static uint64_t count_merged(const uint64_t *positive, size_t n_positive,
                             const uint64_t *negative) {
    uint64_t half_pairs = 0;
    size_t below = 0;
    for (size_t i = 0; i < n_positive;) {
        size_t next = negative[below] < positive[i];
        half_pairs += next ? 0 : below;
        below += next;
        i += 1 - next;
    }
    size_t not_above = 0;
    for (size_t i = 0; i < n_positive;) {
        size_t next = negative[not_above] <= positive[i];
        half_pairs += next ? 0 : not_above;
        not_above += next;
        i += 1 - next;
    }
    return half_pairs;
}

/** Parts the scores by class as part_scores() does, as keys. */
static void part_keys(uint64_t *classes[2], const uint8_t *labels, const double *scores,
                      size_t n_rows) {
    uint64_t *negative = classes[0];
    uint64_t *positive = classes[1];
    for (size_t row = 0; row < n_rows; row++) {
        *negative = *positive = ordered_key(scores[row]);
        negative += 1 - labels[row];
        positive += labels[row];
    }
}

/** Counts half pairs in sorted classes. */
static perebor_status count_by_order(uint64_t *half_pairs, const uint8_t *labels,
                                     const double *scores, const size_t n_class[2],
                                     perebor_workspace *workspace) {
    size_t n_rows = n_class[0] + n_class[1];
    uint64_t *block = perebor_workspace_take_zeroed(workspace, (n_rows + 2) * 2, sizeof *block);
    if (block == NULL) {
        return PEREBOR_ERR_MEMORY;
    }
    uint64_t *classes[2] = {block, block + n_class[0] + 1};
    uint64_t *spare = block + n_rows + 2;
    part_keys(classes, labels, scores, n_rows);
    uint64_t *negative = sort_keys(classes[0], spare, n_class[0]);
    uint64_t *positive = sort_keys(classes[1], spare + n_class[0] + 1, n_class[1]);
    negative[n_class[0]] = UINT64_MAX; // above every score, so that walks end
    *half_pairs = count_merged(positive, n_class[1], negative);
    return PEREBOR_OK;
}

double perebor_roc_auc(const uint8_t *labels, const double *scores, size_t n_rows,
                       perebor_workspace *workspace) {
    size_t n_positive = count_positives(labels, n_rows);
    const size_t n_class[2] = {n_rows - n_positive, n_positive};
    if (n_class[0] == 0 || n_class[1] == 0) {
        return NAN;
    }
    size_t n_few = n_class[0] < n_class[1] ? n_class[0] : n_class[1];
    bool paired =
        n_few <= PAIRED_FEW || (n_rows <= PAIRED_ROWS && n_few * (n_rows - n_few) <= PAIRED_PAIRS);
    uint64_t half_pairs;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = paired
                                ? count_by_pairs(&half_pairs, labels, scores, n_class, workspace)
                                : count_by_order(&half_pairs, labels, scores, n_class, workspace);
    perebor_workspace_return(workspace, begin);
    if (status != PEREBOR_OK) {
        return NAN;
    }
    return (double)half_pairs / (double)(2 * (uint64_t)n_class[0] * n_class[1]);
}
