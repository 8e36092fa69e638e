// SPDX-License-Identifier: MIT
#include "model/tree/tree_amounts.h"

#include <math.h>
#include <string.h>

perebor_status tree_read_rows(size_t *n, const perebor_setting *setting, perebor_value value,
                              int64_t least, size_t n_all, perebor_error *error) {
    if (value.kind == PEREBOR_VALUE_INTEGER) {
        if (value.as.integer < least) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                "%s cannot be %lld; it takes a whole number of at least %lld, or "
                                "a share of the rows above 0.0 and at most 1.0",
                                setting->name, (long long)value.as.integer, (long long)least);
        }
        *n = (size_t)value.as.integer;
        return PEREBOR_OK;
    }
    if (value.as.real > 1.0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%s cannot be %.15g; a number with a point is a share of the rows and "
                            "at most 1.0, a count of rows is a whole number",
                            setting->name, value.as.real);
    }
    *n = (size_t)ceil(value.as.real * (double)n_all);
    return PEREBOR_OK;
}

static size_t integer_log2(size_t n) {
    size_t log2 = 0;
    while (n >>= 1) {
        log2++;
    }
    return log2;
}

perebor_status tree_read_features(size_t *n, perebor_value value, size_t n_columns,
                                  perebor_error *error) {
    size_t wanted = n_columns;
    if (value.kind == PEREBOR_VALUE_INTEGER) {
        wanted = (uint64_t)value.as.integer < n_columns ? (size_t)value.as.integer : n_columns;
    } else if (value.kind == PEREBOR_VALUE_REAL) {
        if (value.as.real > 1.0) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                "max_features cannot be %.15g; a number with a point is a share of "
                                "the columns and at most 1.0, a count is a whole number",
                                value.as.real);
        }
        wanted = (size_t)(value.as.real * (double)n_columns);
    } else if (value.kind == PEREBOR_VALUE_TEXT) {
        wanted = strcmp(value.as.text, "sqrt") == 0 ? (size_t)sqrt((double)n_columns)
                                                    : integer_log2(n_columns);
    }
    *n = wanted == 0 ? 1 : wanted;
    return PEREBOR_OK;
}
