// SPDX-License-Identifier: MIT
#include "perebor/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "data/group_rank.h"
#include "data/mersenne.h"

/** What all ways of dividing need. */
typedef struct split_input {
    const uint8_t *labels;
    const uint32_t *groups;
    size_t n_rows;
    double test_size;
    mersenne random;
    uint32_t *scratch; /* [2 * n_rows] */
} split_input;

static perebor_status allocate(perebor_split *split, size_t n_rows, perebor_error *error) {
    split->train = malloc((n_rows + 1) * sizeof *split->train);
    split->test = malloc((n_rows + 1) * sizeof *split->test);
    if (split->train == NULL || split->test == NULL) {
        return perebor_no_memory(error, "to split %zu rows", n_rows);
    }
    return PEREBOR_OK;
}

/** The sizes of the parts of @p n things (rows, groups); the test part is rounded up. */
static perebor_status measure(size_t *n_train, size_t *n_test, size_t n, const char *things,
                              double test_size, perebor_error *error) {
    double test = ceil(test_size * (double)n);
    if (n < 2 || test >= (double)n) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "a test part of %g leaves no training part of %zu %s: make test_size "
                            "smaller",
                            test_size, n, things);
    }
    *n_test = (size_t)test;
    *n_train = n - *n_test;
    return PEREBOR_OK;
}

/** ShuffleSplit: a permutation, cut. */
static perebor_status divide_at_random(perebor_split *split, split_input *input,
                                       perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, measure(&split->n_train, &split->n_test, input->n_rows, "rows",
                              input->test_size, error));
    uint32_t *order = input->scratch;
    mersenne_permutation(&input->random, order, input->n_rows);
    memcpy(split->test, order, split->n_test * sizeof *order);
    memcpy(split->train, order + split->n_test, split->n_train * sizeof *order);
done:
    return status;
}

/** GroupShuffleSplit: the groups are cut as rows are above; the rows keep their order. */
static perebor_status divide_groups(perebor_split *split, split_input *input,
                                    perebor_error *error) {
    uint32_t *ranks = input->scratch;
    uint32_t *order = input->scratch + input->n_rows;
    size_t n_groups = 0;
    size_t n_train = 0;
    size_t n_test = 0;
    perebor_status status;
    PEREBOR_TRY(done, data_rank_groups(ranks, &n_groups, input->groups, input->n_rows, error));
    PEREBOR_TRY(done, measure(&n_train, &n_test, n_groups, "groups", input->test_size, error));
    mersenne_permutation(&input->random, order, n_groups);
    uint8_t *in_test = calloc(n_groups, 1);
    if (in_test == NULL) {
        return perebor_no_memory(error, "to split %zu groups", n_groups);
    }
    for (size_t i = 0; i < n_test; i++) {
        in_test[order[i]] = 1;
    }
    for (size_t row = 0; row < input->n_rows; row++) {
        if (in_test[ranks[row]]) {
            split->test[split->n_test++] = (uint32_t)row;
        } else {
            split->train[split->n_train++] = (uint32_t)row;
        }
    }
    free(in_test);
done:
    return status;
}

/**
 * How many of each class to draw: shares rounded down, then one more in the order of falling
 * remainders, equal remainders in random order (sklearn.utils._approximate_mode).
 */
static void draw_counts(size_t drawn[2], const size_t counts[2], size_t n_draws, mersenne *random) {
    double remainder[2];
    double total = (double)(counts[0] + counts[1]);
    size_t missing = n_draws;
    for (int label = 0; label < 2; label++) {
        double share = (double)counts[label] / total * (double)n_draws;
        drawn[label] = (size_t)share;
        remainder[label] = share - floor(share);
        missing -= drawn[label];
    }
    if (missing == 0) {
        return;
    }
    if (remainder[0] == remainder[1]) {
        uint32_t order[2];
        mersenne_permutation(random, order, 2);
        drawn[order[0]]++;
        drawn[order[1]] += missing > 1;
        return;
    }
    int larger = remainder[1] > remainder[0];
    drawn[larger]++;
    drawn[1 - larger] += missing > 1;
}

/** Draws from one class: a permutation of its rows, cut. */
static void draw_class(perebor_split *split, split_input *input, uint8_t label, size_t n_train,
                       size_t n_test) {
    uint32_t *rows = input->scratch;
    uint32_t *order = input->scratch + input->n_rows;
    size_t count = 0;
    for (size_t row = 0; row < input->n_rows; row++) {
        if (input->labels[row] == label) {
            rows[count++] = (uint32_t)row;
        }
    }
    mersenne_permutation(&input->random, order, count);
    for (size_t i = 0; i < n_train; i++) {
        split->train[split->n_train++] = rows[order[i]];
    }
    for (size_t i = n_train; i < n_train + n_test; i++) {
        split->test[split->n_test++] = rows[order[i]];
    }
}

/** StratifiedShuffleSplit: both classes are cut, then each part is shuffled. */
static perebor_status divide_stratified(perebor_split *split, split_input *input,
                                        perebor_error *error) {
    size_t n_train = 0;
    size_t n_test = 0;
    perebor_status status;
    PEREBOR_TRY(done, measure(&n_train, &n_test, input->n_rows, "rows", input->test_size, error));
    size_t counts[2] = {0, 0};
    for (size_t row = 0; row < input->n_rows; row++) {
        counts[input->labels[row]]++;
    }
    if (counts[0] < 2 || counts[1] < 2 || n_train < 2 || n_test < 2) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%zu positive and %zu other rows cannot be split into %zu to train "
                            "and %zu to test with both classes in each",
                            counts[1], counts[0], n_train, n_test);
    }
    size_t train_counts[2];
    size_t test_counts[2];
    draw_counts(train_counts, counts, n_train, &input->random);
    const size_t left[2] = {counts[0] - train_counts[0], counts[1] - train_counts[1]};
    draw_counts(test_counts, left, n_test, &input->random);
    for (uint8_t label = 0; label < 2; label++) {
        draw_class(split, input, label, train_counts[label], test_counts[label]);
    }
    mersenne_shuffle(&input->random, split->train, split->n_train);
    mersenne_shuffle(&input->random, split->test, split->n_test);
done:
    return status;
}

/** Every row trains, in order. */
static void divide_nothing(perebor_split *split, size_t n_rows) {
    for (size_t row = 0; row < n_rows; row++) {
        split->train[row] = (uint32_t)row;
    }
    split->n_train = n_rows;
}

static perebor_status check_settings(const perebor_split_settings *settings, const uint32_t *groups,
                                     size_t n_rows, perebor_error *error) {
    if (!(settings->test_size >= 0.0 && settings->test_size < 1.0)) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "test_size is %g; it should be at least 0 and below 1",
                            settings->test_size);
    }
    if (n_rows >= UINT32_MAX) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "%zu rows are more than can be split",
                            n_rows);
    }
    if (settings->by_group && groups == NULL) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "a split by group needs groups: name their column");
    }
    if (settings->by_group && settings->stratify) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "a split by group cannot be stratified: set stratify to false");
    }
    return PEREBOR_OK;
}

static perebor_status divide(perebor_split *split, split_input *input,
                             const perebor_split_settings *settings, perebor_error *error) {
    if (settings->by_group) {
        return divide_groups(split, input, error);
    }
    return settings->stratify ? divide_stratified(split, input, error)
                              : divide_at_random(split, input, error);
}

perebor_status perebor_split_make(perebor_split *split, const uint8_t *labels,
                                  const uint32_t *groups, size_t n_rows,
                                  const perebor_split_settings *settings, perebor_error *error) {
    perebor_split result = {0};
    split_input input = {
        .labels = labels, .groups = groups, .n_rows = n_rows, .test_size = settings->test_size};
    perebor_status status;
    if (labels == NULL) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "the rows have no labels: they can be scored, but not learned from");
    }
    PEREBOR_TRY(done, check_settings(settings, groups, n_rows, error));
    PEREBOR_TRY(done, allocate(&result, n_rows, error));
    if (settings->test_size == 0.0) {
        divide_nothing(&result, n_rows);
    } else {
        input.scratch = malloc((2 * n_rows + 1) * sizeof *input.scratch);
        if (input.scratch == NULL) {
            status = perebor_no_memory(error, "to split %zu rows", n_rows);
            goto done;
        }
        mersenne_seed(&input.random, settings->seed);
        PEREBOR_TRY(done, divide(&result, &input, settings, error));
    }
    *split = result;
    result = (perebor_split){0};
done:
    free(input.scratch);
    perebor_split_release(&result);
    return status;
}

void perebor_split_release(perebor_split *split) {
    free(split->train);
    free(split->test);
    *split = (perebor_split){0};
}
