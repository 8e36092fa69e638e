// SPDX-License-Identifier: MIT
#include "trial/fold_split.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void fold_split_release(fold_split *split) {
    free(split->training);
    free(split->validation);
    free(split->training_labels);
    free(split->validation_labels);
    *split = (fold_split){0};
}

perebor_status fold_split_allocate(fold_split *split, size_t n_rows, perebor_error *error) {
    split->training = malloc((n_rows + 1) * sizeof *split->training);
    split->validation = malloc((n_rows + 1) * sizeof *split->validation);
    split->training_labels = malloc(n_rows + 1);
    split->validation_labels = malloc(n_rows + 1);
    if (split->training == NULL || split->validation == NULL || split->training_labels == NULL ||
        split->validation_labels == NULL) {
        return perebor_no_memory(error, "for the folds of %zu rows", n_rows);
    }
    return PEREBOR_OK;
}

void fold_split_copy_labels(fold_split *split, const uint8_t *labels) {
    for (size_t i = 0; i < split->n_training; i++) {
        split->training_labels[i] = labels[split->training[i]];
    }
    for (size_t i = 0; i < split->n_validation; i++) {
        split->validation_labels[i] = labels[split->validation[i]];
    }
}

static bool has_both_classes(const uint8_t *labels, size_t n_rows) {
    return n_rows > 0 && memchr(labels, 0, n_rows) != NULL && memchr(labels, 1, n_rows) != NULL;
}

perebor_status fold_split_check_classes(const fold_split *split, perebor_error *error) {
    bool training = has_both_classes(split->training_labels, split->n_training);
    if (training && has_both_classes(split->validation_labels, split->n_validation)) {
        return PEREBOR_OK;
    }
    return perebor_fail(
        error, PEREBOR_ERR_NUMERIC,
        "the %s rows of a fold are all of one class: stratify or shuffle the folds, "
        "or have fewer of them",
        training ? "validation" : "training");
}
