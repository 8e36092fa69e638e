// SPDX-License-Identifier: MIT
#include "trial/division.h"

#include <stdlib.h>

void division_release(division *divided) {
    free(divided->training);
    free(divided->validation);
    free(divided->training_labels);
    free(divided->validation_labels);
    *divided = (division){0};
}

perebor_status division_allocate(division *divided, size_t n_rows, perebor_error *error) {
    divided->training = malloc((n_rows + 1) * sizeof *divided->training);
    divided->validation = malloc((n_rows + 1) * sizeof *divided->validation);
    divided->training_labels = malloc(n_rows + 1);
    divided->validation_labels = malloc(n_rows + 1);
    if (divided->training == NULL || divided->validation == NULL ||
        divided->training_labels == NULL || divided->validation_labels == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the folds of %zu rows",
                            n_rows);
    }
    return PEREBOR_OK;
}

void division_copy_labels(division *divided, const uint8_t *labels) {
    for (size_t i = 0; i < divided->n_training; i++) {
        divided->training_labels[i] = labels[divided->training[i]];
    }
    for (size_t i = 0; i < divided->n_validation; i++) {
        divided->validation_labels[i] = labels[divided->validation[i]];
    }
}
