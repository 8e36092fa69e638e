// SPDX-License-Identifier: MIT
#include "profile/column_levels.h"

#include <math.h>

#include "statistics/phik.h"

size_t profile_column_levels(uint32_t *levels, const perebor_column *column, size_t n_rows) {
    if (column->role == PEREBOR_ROLE_NUMERIC) {
        perebor_phik_bin(levels, column->values, n_rows, PEREBOR_PHIK_BINS);
        return PEREBOR_PHIK_BINS;
    }
    for (size_t row = 0; row < n_rows; row++) {
        levels[row] = isnan(column->values[row]) ? PEREBOR_NO_LEVEL : (uint32_t)column->values[row];
    }
    return column->n_levels;
}

void profile_label_levels(uint32_t *levels, const uint8_t *labels, size_t n_rows) {
    for (size_t row = 0; row < n_rows; row++) {
        levels[row] = labels[row];
    }
}
