// SPDX-License-Identifier: MIT
/*
 * Fitting of nominal columns: everything follows from how many rows of each class have each level.
 * The sums behind F are sums of small integers here, hence exact in any order.
 */
#include "base/deadline.h"
#include "prepare/f_ranking.h"
#include "prepare/fitted.h"

/** Rows of a class with a level; the level after the last is a missing value. */
typedef struct level_count {
    size_t rows[2];
} level_count;

static perebor_status count_levels(level_count *counts, const prepare_fitted *fitted,
                                   const perebor_column *column, const uint8_t *labels,
                                   perebor_error *error) {
    for (size_t level = 0; level <= column->n_levels; level++) {
        counts[level] = (level_count){{0, 0}};
    }
    for (size_t i = 0; i < fitted->n_rows; i++) {
        double value = column->values[fitted->rows[i]];
        if (value != value) {
            counts[column->n_levels].rows[labels[i]]++;
        } else if (value >= 0.0 && value <= (double)column->n_levels) {
            counts[(size_t)value].rows[labels[i]]++;
        } else {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                "column \"%s\", row %lu: the value is none of its %zu levels; such "
                                "rows can be scored, but not fitted on",
                                column->name, (unsigned long)fitted->rows[i], column->n_levels);
        }
    }
    return PEREBOR_OK;
}

static size_t n_with_level(const level_count *counts, size_t level) {
    return counts[level].rows[0] + counts[level].rows[1];
}

/** The level that missing values become; moves their counts there. */
static perebor_status fill_missing(prepare_fitted *fitted, size_t source, level_count *counts,
                                   perebor_error *error) {
    size_t missing = fitted->dataset->columns[source].n_levels;
    size_t fill = missing;
    if (fitted->settings.impute_nominal != PEREBOR_IMPUTE_CONSTANT) {
        fill = 0;
        for (size_t level = 1; level < missing; level++) {
            fill = n_with_level(counts, level) > n_with_level(counts, fill) ? level : fill;
        }
        if (missing == 0 || n_with_level(counts, fill) == 0) {
            return prepare_fail_empty(fitted, source, error);
        }
        for (size_t label = 0; label < 2; label++) {
            counts[fill].rows[label] += counts[missing].rows[label];
            counts[missing].rows[label] = 0;
        }
    }
    fitted->sources[source].fill = (double)fill;
    fitted->sources[source].fill_known = true;
    return PEREBOR_OK;
}

static void append_column(prepare_fitted *fitted, prepare_column column, f_sums *sums) {
    sums->n_rows[0] = (double)(fitted->n_rows - fitted->n_positive);
    sums->n_rows[1] = (double)fitted->n_positive;
    fitted->f_values[fitted->n_columns] = f_statistic(sums);
    fitted->columns[fitted->n_columns++] = column;
}

/** A column for each level that some row has, without the first if so asked. */
static void append_levels(prepare_fitted *fitted, size_t source, const level_count *counts) {
    size_t n_levels = fitted->dataset->columns[source].n_levels;
    bool drop = fitted->settings.encode_nominal == PEREBOR_ENCODE_ONEHOT_FIRST;
    for (size_t level = 0; level <= n_levels; level++) {
        if (n_with_level(counts, level) == 0) {
            continue;
        }
        if (drop) {
            drop = false;
            continue;
        }
        f_sums sums = {
            .sum = {(double)counts[level].rows[0], (double)counts[level].rows[1]},
            .square = {(double)counts[level].rows[0], (double)counts[level].rows[1]},
        };
        append_column(fitted, (prepare_column){(uint32_t)source, PREPARE_LEVEL, (uint32_t)level},
                      &sums);
    }
}

/** One column of places among the levels that some row has. */
static void append_codes(prepare_fitted *fitted, size_t source, const level_count *counts) {
    size_t n_levels = fitted->dataset->columns[source].n_levels;
    double *codes = fitted->sources[source].codes;
    f_sums sums = {.sum = {0.0, 0.0}};
    double next = 0.0;
    for (size_t level = 0; level <= n_levels; level++) {
        bool seen = n_with_level(counts, level) > 0;
        codes[level] = seen ? next : -1.0;
        for (size_t label = 0; label < 2; label++) {
            sums.sum[label] += codes[level] * (double)counts[level].rows[label];
            sums.square[label] += codes[level] * codes[level] * (double)counts[level].rows[label];
        }
        next += seen;
    }
    append_column(fitted, (prepare_column){(uint32_t)source, PREPARE_CODE, 0}, &sums);
}

perebor_status prepare_fit_nominals(prepare_fitted *fitted, const uint8_t *labels,
                                    perebor_workspace *workspace, perebor_error *error) {
    const perebor_dataset *dataset = fitted->dataset;
    perebor_status status = PEREBOR_OK;
    size_t most_levels = 0;
    for (size_t source = 0; source < dataset->n_columns; source++) {
        size_t n_levels = dataset->columns[source].n_levels;
        most_levels = n_levels > most_levels ? n_levels : most_levels;
    }
    level_count *counts = perebor_workspace_take(workspace, most_levels + 1, sizeof *counts);
    if (counts == NULL) {
        return perebor_no_memory(error, "to count %zu levels", most_levels);
    }
    for (size_t source = 0; source < dataset->n_columns && status == PEREBOR_OK; source++) {
        const perebor_column *column = &dataset->columns[source];
        if (column->role != PEREBOR_ROLE_NOMINAL) {
            continue;
        }
        status = count_levels(counts, fitted, column, labels, error);
        if (status == PEREBOR_OK) {
            status = perebor_deadline_check(error);
        }
        if (status == PEREBOR_OK) {
            status = fill_missing(fitted, source, counts, error);
        }
        if (status == PEREBOR_OK && fitted->settings.encode_nominal == PEREBOR_ENCODE_ORDINAL) {
            append_codes(fitted, source, counts);
        } else if (status == PEREBOR_OK) {
            append_levels(fitted, source, counts);
        }
    }
    return status;
}
