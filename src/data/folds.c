// SPDX-License-Identifier: MIT
#include "perebor/folds.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/try.h"
#include "data/group_folds.h"
#include "data/mersenne.h"
#include "data/stratified_group_folds.h"

bool perebor_folds_keep_groups(perebor_fold_method method) {
    return method == PEREBOR_GROUP_KFOLD || method == PEREBOR_STRATIFIED_GROUP_KFOLD;
}

static perebor_status check_settings(const perebor_folds_settings *settings, const uint32_t *groups,
                                     size_t n_rows, perebor_error *error) {
    size_t n_splits = settings->n_splits;
    if (n_splits < 2 || n_splits > UINT16_MAX) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "n_splits is %zu; it should be from 2 to %d", n_splits, UINT16_MAX);
    }
    if (n_splits > n_rows || n_rows >= UINT32_MAX) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%zu folds cannot be cut from %zu rows: lower n_splits", n_splits,
                            n_rows);
    }
    if (settings->n_repeats < 1 || settings->n_repeats > SIZE_MAX / n_splits / n_rows) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "n_repeats is %zu; it should be at least 1", settings->n_repeats);
    }
    if (settings->n_repeats > 1 && !settings->shuffle) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%zu repeats without shuffling would all be the same: set shuffle",
                            settings->n_repeats);
    }
    if (perebor_folds_keep_groups(settings->method) && groups == NULL) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "folds by group need groups: name their column");
    }
    if (settings->method == PEREBOR_GROUP_KFOLD && settings->shuffle) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "folds by group are not shuffled: set shuffle to false");
    }
    return PEREBOR_OK;
}

/** KFold: consecutive stretches of the rows' order, the first ones longer by one. */
static void cut_plain(uint16_t *test_fold, size_t n_rows, const perebor_folds_settings *settings,
                      mersenne *random, uint32_t *order) {
    for (size_t row = 0; row < n_rows; row++) {
        order[row] = (uint32_t)row;
    }
    if (settings->shuffle) {
        mersenne_shuffle(random, order, n_rows);
    }
    size_t next = 0;
    for (size_t fold = 0; fold < settings->n_splits; fold++) {
        size_t size = n_rows / settings->n_splits + (fold < n_rows % settings->n_splits);
        for (size_t end = next + size; next < end; next++) {
            test_fold[order[next]] = (uint16_t)fold;
        }
    }
}

/** How many of the positions first … end - 1 are @p fold modulo @p n_splits. */
static size_t count_dealt(size_t first, size_t end, size_t fold, size_t n_splits) {
    size_t before = (first + n_splits - 1 - fold) / n_splits;
    return (end + n_splits - 1 - fold) / n_splits - before;
}

/**
 * StratifiedKFold: the rows sorted by class (in order of appearance) are dealt to the folds in
 * turn, which fixes how many of a class each fold gets; within a class folds come in blocks.
 */
static void cut_class(uint16_t *test_fold, const uint8_t *labels, size_t n_rows, uint8_t label,
                      size_t first, size_t end, const perebor_folds_settings *settings,
                      mersenne *random, uint32_t *folds) {
    size_t n_dealt = 0;
    for (size_t fold = 0; fold < settings->n_splits; fold++) {
        size_t last = n_dealt + count_dealt(first, end, fold, settings->n_splits);
        for (; n_dealt < last; n_dealt++) {
            folds[n_dealt] = (uint32_t)fold;
        }
    }
    if (settings->shuffle) {
        mersenne_shuffle(random, folds, n_dealt);
    }
    size_t next = 0;
    for (size_t row = 0; row < n_rows; row++) {
        if (labels[row] == label) {
            test_fold[row] = (uint16_t)folds[next++];
        }
    }
}

static perebor_status cut_stratified(uint16_t *test_fold, const uint8_t *labels, size_t n_rows,
                                     const perebor_folds_settings *settings, mersenne *random,
                                     uint32_t *scratch, perebor_error *error) {
    uint8_t first_class = labels[0];
    size_t n_first = 0;
    for (size_t row = 0; row < n_rows; row++) {
        n_first += labels[row] == first_class;
    }
    size_t n_second = n_rows - n_first;
    if (n_first < settings->n_splits || n_second < settings->n_splits) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%zu stratified folds cannot be cut from %zu positive and %zu other "
                            "rows: lower n_splits",
                            settings->n_splits, first_class ? n_first : n_second,
                            first_class ? n_second : n_first);
    }
    uint8_t second_class = (uint8_t)(1 - first_class);
    cut_class(test_fold, labels, n_rows, first_class, 0, n_first, settings, random, scratch);
    cut_class(test_fold, labels, n_rows, second_class, n_first, n_rows, settings, random, scratch);
    return PEREBOR_OK;
}

static perebor_status cut_repeat(uint16_t *test_fold, const uint8_t *labels, const uint32_t *groups,
                                 size_t n_rows, const perebor_folds_settings *settings,
                                 mersenne *random, uint32_t *scratch, perebor_error *error) {
    switch (settings->method) {
    case PEREBOR_KFOLD:
        cut_plain(test_fold, n_rows, settings, random, scratch);
        return PEREBOR_OK;
    case PEREBOR_STRATIFIED_KFOLD:
        return cut_stratified(test_fold, labels, n_rows, settings, random, scratch, error);
    case PEREBOR_GROUP_KFOLD:
        return data_group_folds(test_fold, groups, n_rows, settings->n_splits, error);
    case PEREBOR_STRATIFIED_GROUP_KFOLD:
        return data_stratified_group_folds(test_fold, labels, groups, n_rows, settings->n_splits,
                                           settings->shuffle ? random : NULL, scratch, error);
    }
    return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "unknown method of cutting folds: %d",
                        (int)settings->method);
}

perebor_status perebor_folds_make(perebor_folds *folds, const uint8_t *labels,
                                  const uint32_t *groups, size_t n_rows,
                                  const perebor_folds_settings *settings, perebor_error *error) {
    uint16_t *test_fold = NULL;
    uint32_t *scratch = NULL;
    perebor_status status;
    PEREBOR_TRY(done, check_settings(settings, groups, n_rows, error));
    test_fold = malloc(settings->n_repeats * n_rows * sizeof *test_fold);
    scratch = calloc(n_rows, sizeof *scratch);
    if (test_fold == NULL || scratch == NULL) {
        status = perebor_no_memory(error, "for the folds of %zu rows", n_rows);
        goto done;
    }
    // One generator goes through all repeats, as RepeatedKFold's does.
    mersenne random;
    mersenne_seed(&random, settings->seed);
    for (size_t repeat = 0; repeat < settings->n_repeats; repeat++) {
        PEREBOR_TRY(done, cut_repeat(test_fold + repeat * n_rows, labels, groups, n_rows, settings,
                                     &random, scratch, error));
    }
    *folds = (perebor_folds){
        .n_rows = n_rows,
        .n_splits = settings->n_splits,
        .n_repeats = settings->n_repeats,
        .n_folds = settings->n_splits * settings->n_repeats,
        .test_fold = test_fold,
    };
    test_fold = NULL;
done:
    free(test_fold);
    free(scratch);
    return status;
}

void perebor_folds_rows(const perebor_folds *folds, size_t fold, uint32_t *train, size_t *n_train,
                        uint32_t *validation, size_t *n_validation) {
    const uint16_t *test_fold = folds->test_fold + fold / folds->n_splits * folds->n_rows;
    size_t split = fold % folds->n_splits;
    size_t next_train = 0;
    size_t next_validation = 0;
    for (size_t row = 0; row < folds->n_rows; row++) {
        if (test_fold[row] == split) {
            validation[next_validation++] = (uint32_t)row;
        } else {
            train[next_train++] = (uint32_t)row;
        }
    }
    *n_train = next_train;
    *n_validation = next_validation;
}

void perebor_folds_fingerprint(const perebor_folds *folds, uint8_t fingerprint[32]) {
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    perebor_sha256_update_text(&digest, "perebor folds 1");
    perebor_sha256_update_u64(&digest, folds->n_rows);
    perebor_sha256_update_u64(&digest, folds->n_splits);
    perebor_sha256_update_u64(&digest, folds->n_repeats);
    for (size_t i = 0; i < folds->n_repeats * folds->n_rows; i++) {
        perebor_sha256_update_u64(&digest, folds->test_fold[i]);
    }
    perebor_sha256_final(&digest, fingerprint);
}

void perebor_folds_release(perebor_folds *folds) {
    free(folds->test_fold);
    *folds = (perebor_folds){0};
}
