// SPDX-License-Identifier: MIT
#include "segment/columns.h"

#include <math.h>
#include <string.h>

size_t segment_n_columns(const perebor_dataset *dataset) {
    return dataset->n_columns + dataset->n_passthrough;
}

const perebor_column *segment_column(const perebor_dataset *dataset, size_t at) {
    return at < dataset->n_columns ? &dataset->columns[at]
                                   : &dataset->passthrough[at - dataset->n_columns];
}

const perebor_column *segment_find_column(const perebor_dataset *dataset, const char *name) {
    for (size_t i = 0; i < segment_n_columns(dataset); i++) {
        if (strcmp(segment_column(dataset, i)->name, name) == 0) {
            return segment_column(dataset, i);
        }
    }
    return NULL;
}

const char *segment_level(const perebor_column *column, size_t row) {
    double value = column->values[row];
    return isnan(value) || !(value < (double)column->n_levels) ? NULL
                                                               : column->levels[(size_t)value];
}
