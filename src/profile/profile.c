// SPDX-License-Identifier: MIT
#include "perebor/profile.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "perebor/contingency.h"
#include "perebor/correlation.h"
#include "perebor/false_discovery.h"
#include "perebor/phik.h"
#include "perebor/tail_probability.h"
#include "perebor/vif.h"
#include "profile/column_levels.h"
#include "profile/profile_column.h"

/** What the matrices are made from: all columns and the target, as levels and as numbers. */
struct relating {
    perebor_profile *profile;
    size_t n_rows;
    uint32_t *levels; /**< [n_matrix][n_rows] */
    size_t *n_levels; /**< [n_matrix] */
    double *ranks;    /**< [n_matrix][n_rows] average ranks of columns without missing values */
    double *target;   /**< [n_rows] */
    double *pair;     /**< [2][n_rows] scratch */
};

static perebor_status out_of_memory(perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to relate columns");
}

/** The numbers of a column of the matrices; NULL if it has no order. */
static const double *numbers_of(const struct relating *relating, size_t column) {
    const perebor_dataset *dataset = relating->profile->dataset;
    if (column == dataset->n_columns) {
        return relating->target;
    }
    return dataset->columns[column].role == PEREBOR_ROLE_NOMINAL ? NULL
                                                                 : dataset->columns[column].values;
}

static bool has_missing(const struct relating *relating, size_t column) {
    return column < relating->profile->n_columns &&
           relating->profile->columns[column].n_missing > 0;
}

static perebor_status prepare(struct relating *relating, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_dataset *dataset = relating->profile->dataset;
    size_t n_rows = relating->n_rows;
    size_t n_matrix = relating->profile->n_matrix;
    relating->levels = calloc(n_matrix * n_rows + 1, sizeof *relating->levels);
    relating->n_levels = calloc(n_matrix, sizeof *relating->n_levels);
    relating->ranks = calloc(n_matrix * n_rows + 1, sizeof *relating->ranks);
    relating->target = calloc(n_rows + 1, sizeof *relating->target);
    relating->pair = calloc(2 * n_rows + 1, sizeof *relating->pair);
    if (relating->levels == NULL || relating->n_levels == NULL || relating->ranks == NULL ||
        relating->target == NULL || relating->pair == NULL) {
        return out_of_memory(error);
    }
    for (size_t row = 0; row < n_rows; row++) {
        relating->target[row] = dataset->labels[row];
    }
    for (size_t i = 0; i < dataset->n_columns; i++) {
        relating->n_levels[i] =
            profile_column_levels(relating->levels + i * n_rows, &dataset->columns[i], n_rows);
    }
    profile_label_levels(relating->levels + dataset->n_columns * n_rows, dataset->labels, n_rows);
    relating->n_levels[dataset->n_columns] = 2;
    for (size_t i = 0; i < n_matrix; i++) {
        const double *numbers = numbers_of(relating, i);
        if (numbers != NULL && !has_missing(relating, i)) {
            PEREBOR_TRY(
                done, perebor_average_ranks(relating->ranks + i * n_rows, numbers, n_rows, error));
        }
    }
done:
    return status;
}

static void release(struct relating *relating) {
    free(relating->levels);
    free(relating->n_levels);
    free(relating->ranks);
    free(relating->target);
    free(relating->pair);
}

static void set_both(double *matrix, size_t n, size_t i, size_t j, double value) {
    matrix[i * n + j] = matrix[j * n + i] = value;
}

/** Pearson and Spearman of two columns with an order. */
static perebor_status correlate(struct relating *relating, size_t i, size_t j, double *pearson,
                                double *spearman, perebor_error *error) {
    const double *x = numbers_of(relating, i);
    const double *y = numbers_of(relating, j);
    size_t n_rows = relating->n_rows;
    if (!has_missing(relating, i) && !has_missing(relating, j)) {
        *pearson = perebor_pearson(x, y, n_rows);
        *spearman =
            perebor_pearson(relating->ranks + i * n_rows, relating->ranks + j * n_rows, n_rows);
        return PEREBOR_OK;
    }
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        if (!isnan(x[row]) && !isnan(y[row])) {
            relating->pair[n] = x[row];
            relating->pair[n_rows + n++] = y[row];
        }
    }
    *pearson = perebor_pearson(relating->pair, relating->pair + n_rows, n);
    return perebor_spearman(spearman, relating->pair, relating->pair + n_rows, n, error);
}

static perebor_status relate_levels(struct relating *relating, size_t i, size_t j,
                                    perebor_error *error) {
    perebor_status status;
    perebor_profile *profile = relating->profile;
    size_t n = profile->n_matrix;
    perebor_contingency table = {0};
    double phik;
    PEREBOR_TRY(done, perebor_contingency_count(&table, relating->levels + i * relating->n_rows,
                                                relating->n_levels[i],
                                                relating->levels + j * relating->n_rows,
                                                relating->n_levels[j], relating->n_rows, error));
    PEREBOR_TRY(done, perebor_phik(&phik, &table, true, error));
    // A column goes wholly with itself, which Yates' correction of two levels would not see.
    set_both(profile->phik, n, i, j, i == j && !isnan(phik) ? 1.0 : phik);
    set_both(profile->phik_z, n, i, j, perebor_association_z(&table));
    set_both(profile->cramers_v, n, i, j, perebor_cramers_v(&table));
    set_both(profile->mutual_information, n, i, j, perebor_mutual_information(&table));
    if (j == profile->n_columns && i < j && profile->columns[i].role == PEREBOR_ROLE_NOMINAL) {
        double dof = perebor_contingency_dof(&table);
        profile->columns[i].p_adjusted =
            dof > 0.0 ? perebor_chi_squared_tail(perebor_chi_squared(&table, true), dof)
                      : (double)NAN;
    }
done:
    perebor_contingency_release(&table);
    return status;
}

static perebor_status fill_matrices(struct relating *relating, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_profile *profile = relating->profile;
    size_t n = profile->n_matrix;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n; j++) {
            double pearson = NAN;
            double spearman = NAN;
            if (numbers_of(relating, i) != NULL && numbers_of(relating, j) != NULL) {
                PEREBOR_TRY(done, correlate(relating, i, j, &pearson, &spearman, error));
            }
            set_both(profile->pearson, n, i, j, pearson);
            set_both(profile->spearman, n, i, j, spearman);
            PEREBOR_TRY(done, relate_levels(relating, i, j, error));
        }
    }
done:
    return status;
}

/** Inflation factors of the features, from the leading block of a matrix with the target last. */
static perebor_status inflate(const perebor_profile *profile, const double *matrix, double *vif,
                              perebor_error *error) {
    size_t n = profile->n_columns;
    double *block = calloc(n * n + 1, sizeof *block);
    if (block == NULL) {
        return out_of_memory(error);
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(block + i * n, matrix + i * profile->n_matrix, n * sizeof *block);
    }
    perebor_status status = perebor_vif(vif, block, n, error);
    free(block);
    return status;
}

static perebor_status relate_to_others(perebor_profile *profile, perebor_error *error) {
    perebor_status status;
    size_t n = profile->n_columns;
    double *factors = calloc(3 * n + 1, sizeof *factors);
    if (factors == NULL) {
        return out_of_memory(error);
    }
    PEREBOR_TRY(done, inflate(profile, profile->pearson, factors, error));
    PEREBOR_TRY(done, inflate(profile, profile->phik, factors + n, error));
    for (size_t i = 0; i < n; i++) {
        perebor_profile_column *column = &profile->columns[i];
        size_t target = i * profile->n_matrix + n;
        column->vif = factors[i];
        // A matrix of phi_k need not be that of any distribution.
        column->global_phik =
            factors[n + i] >= 1.0 ? sqrt(1.0 - 1.0 / factors[n + i]) : (double)NAN;
        column->phik = profile->phik[target];
        column->phik_z = profile->phik_z[target];
        column->cramers_v = profile->cramers_v[target];
        column->strength = perebor_chaddock(column->phik);
        factors[i] =
            column->role == PEREBOR_ROLE_NOMINAL ? column->p_adjusted : column->mann_whitney_p;
    }
    PEREBOR_TRY(done, perebor_false_discovery_adjust(factors + 2 * n, factors, n, error));
    for (size_t i = 0; i < n; i++) {
        profile->columns[i].p_adjusted = factors[2 * n + i];
    }
done:
    free(factors);
    return status;
}

static perebor_status describe_columns(perebor_profile *profile, perebor_error *error) {
    perebor_status status;
    const perebor_dataset *dataset = profile->dataset;
    struct profile_scratch scratch = {0};
    PEREBOR_TRY(done, profile_scratch_create(&scratch, dataset->n_rows, error));
    for (size_t i = 0; i < dataset->n_columns; i++) {
        perebor_profile_column *column = &profile->columns[i];
        PEREBOR_TRY(done, profile_describe(column, &dataset->columns[i], dataset, &scratch, error));
        PEREBOR_TRY(done, profile_relate(column, &dataset->columns[i], dataset, &scratch, error));
    }
done:
    profile_scratch_release(&scratch);
    return status;
}

/** Makes the arrays of an empty profile. */
static perebor_status allocate(perebor_profile *result, const perebor_dataset *dataset,
                               perebor_error *error) {
    size_t n_cells = (dataset->n_columns + 1) * (dataset->n_columns + 1);
    result->dataset = dataset;
    result->n_columns = dataset->n_columns;
    result->n_matrix = dataset->n_columns + 1;
    for (size_t row = 0; row < dataset->n_rows; row++) {
        result->n_positive += dataset->labels[row];
    }
    result->columns = calloc(dataset->n_columns + 1, sizeof *result->columns);
    double **matrices[] = {&result->pearson, &result->spearman,  &result->phik,
                           &result->phik_z,  &result->cramers_v, &result->mutual_information};
    bool complete = result->columns != NULL;
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++) {
        *matrices[i] = calloc(n_cells, sizeof(double));
        complete = complete && *matrices[i] != NULL;
    }
    return complete ? PEREBOR_OK : out_of_memory(error);
}

perebor_status perebor_profile_make(perebor_profile **profile, const perebor_dataset *dataset,
                                    perebor_error *error) {
    perebor_status status;
    perebor_profile *result = calloc(1, sizeof *result);
    if (result == NULL) {
        return out_of_memory(error);
    }
    struct relating relating = {.profile = result, .n_rows = dataset->n_rows};
    PEREBOR_TRY(done, allocate(result, dataset, error));
    PEREBOR_TRY(done, describe_columns(result, error));
    PEREBOR_TRY(done, prepare(&relating, error));
    PEREBOR_TRY(done, fill_matrices(&relating, error));
    PEREBOR_TRY(done, relate_to_others(result, error));
    *profile = result;
    result = NULL;
done:
    release(&relating);
    perebor_profile_free(result);
    return status;
}

double perebor_profile_place(const perebor_profile_column *column, size_t place, size_t n) {
    double width = (column->upper - column->lower) / (double)(n - 1);
    return place == n - 1 ? column->upper : column->lower + (double)place * width;
}

void perebor_profile_free(perebor_profile *profile) {
    if (profile == NULL) {
        return;
    }
    for (size_t i = 0; profile->columns != NULL && i < profile->n_columns; i++) {
        for (int group = 0; group < PEREBOR_GROUPS; group++) {
            free(profile->columns[i].groups[group].level_counts);
        }
    }
    free(profile->columns);
    free(profile->pearson);
    free(profile->spearman);
    free(profile->phik);
    free(profile->phik_z);
    free(profile->cramers_v);
    free(profile->mutual_information);
    free(profile);
}
