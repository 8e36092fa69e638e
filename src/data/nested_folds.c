// SPDX-License-Identifier: MIT
#include "data/nested_folds.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/try.h"

/** Labels and groups of the rows outside of an outer fold. */
typedef struct outside_rows {
    uint8_t *labels;  /* [n_rows] */
    uint32_t *groups; /* [n_rows]; NULL: none. */
    uint32_t *within; /* [n_rows] */
} outside_rows;

static perebor_status allocate_rows(outside_rows *rows, size_t n, bool grouped,
                                    perebor_error *error) {
    rows->labels = malloc(n + 1);
    rows->within = malloc((n + 1) * sizeof *rows->within);
    rows->groups = grouped ? malloc((n + 1) * sizeof *rows->groups) : NULL;
    return rows->labels != NULL && rows->within != NULL && (!grouped || rows->groups != NULL)
               ? PEREBOR_OK
               : perebor_no_memory(error, "for the folds of %zu rows", n);
}

static void release_rows(outside_rows *rows) {
    free(rows->labels);
    free(rows->within);
    free(rows->groups);
}

/** Cuts the inner folds of one outer fold. */
static perebor_status cut_inner(nested_folds *folds, size_t outer, const uint8_t *labels,
                                const uint32_t *groups, outside_rows *rows,
                                const perebor_folds_settings *settings, perebor_error *error) {
    size_t n_within = 0, n = 0;
    uint32_t *outside = malloc((folds->outer.n_rows + 1) * sizeof *outside);
    if (outside == NULL) {
        return perebor_no_memory(error, "for the folds of %zu rows", folds->outer.n_rows);
    }
    folds->outside[outer] = outside;
    perebor_folds_rows(&folds->outer, outer, outside, &n, rows->within, &n_within);
    for (size_t i = 0; i < n; i++) {
        rows->labels[i] = labels[outside[i]];
        if (rows->groups != NULL) {
            rows->groups[i] = groups[outside[i]];
        }
    }
    return perebor_folds_make(&folds->inner[outer], rows->labels, rows->groups, n, settings, error);
}

perebor_status nested_folds_make(nested_folds *folds, const uint8_t *labels, const uint32_t *groups,
                                 size_t n_rows, size_t n_outer, const perebor_folds_settings *inner,
                                 perebor_error *error) {
    perebor_status status;
    nested_folds made = {0};
    outside_rows rows = {0};
    perebor_folds_settings outer = *inner;
    outer.n_splits = n_outer;
    outer.n_repeats = 1;
    PEREBOR_TRY(done, perebor_folds_make(&made.outer, labels, groups, n_rows, &outer, error));
    made.inner = calloc(n_outer, sizeof *made.inner);
    made.outside = (uint32_t **)calloc(n_outer, sizeof *made.outside);
    if (made.inner == NULL || made.outside == NULL) {
        status = perebor_no_memory(error, "for %zu outer folds", n_outer);
        goto done;
    }
    PEREBOR_TRY(done, allocate_rows(&rows, n_rows, groups != NULL, error));
    for (size_t fold = 0; fold < n_outer; fold++) {
        PEREBOR_TRY(done, cut_inner(&made, fold, labels, groups, &rows, inner, error));
    }
    made.n_inner = inner->n_splits * inner->n_repeats;
    made.n_folds = n_outer * (made.n_inner + 1);
    *folds = made;
    made = (nested_folds){0};
done:
    release_rows(&rows);
    nested_folds_release(&made);
    return status;
}

size_t nested_folds_outer(const nested_folds *folds, size_t outer) {
    return outer * (folds->n_inner + 1) + folds->n_inner;
}

static void locate(uint32_t *positions, size_t n, const uint32_t *outside) {
    for (size_t i = 0; i < n; i++) {
        positions[i] = outside[positions[i]];
    }
}

void nested_folds_rows(const nested_folds *folds, size_t fold, uint32_t *train, size_t *n_train,
                       uint32_t *validation, size_t *n_validation) {
    size_t outer = fold / (folds->n_inner + 1);
    size_t inner = fold % (folds->n_inner + 1);
    if (inner == folds->n_inner) {
        perebor_folds_rows(&folds->outer, outer, train, n_train, validation, n_validation);
        return;
    }
    perebor_folds_rows(&folds->inner[outer], inner, train, n_train, validation, n_validation);
    locate(train, *n_train, folds->outside[outer]);
    locate(validation, *n_validation, folds->outside[outer]);
}

void nested_folds_fingerprint(const nested_folds *folds, uint8_t fingerprint[32]) {
    perebor_sha256 digest;
    uint8_t part[32];
    perebor_sha256_init(&digest);
    perebor_sha256_update_text(&digest, "perebor nested folds 1");
    perebor_folds_fingerprint(&folds->outer, part);
    perebor_sha256_update(&digest, part, sizeof part);
    for (size_t outer = 0; outer < folds->outer.n_folds; outer++) {
        perebor_folds_fingerprint(&folds->inner[outer], part);
        perebor_sha256_update(&digest, part, sizeof part);
    }
    perebor_sha256_final(&digest, fingerprint);
}

void nested_folds_release(nested_folds *folds) {
    for (size_t outer = 0; outer < folds->outer.n_folds; outer++) {
        if (folds->inner != NULL) {
            perebor_folds_release(&folds->inner[outer]);
        }
        if (folds->outside != NULL) {
            free(folds->outside[outer]);
        }
    }
    free(folds->inner);
    free((void *)folds->outside);
    perebor_folds_release(&folds->outer);
    *folds = (nested_folds){0};
}
