// SPDX-License-Identifier: MIT
/*
 * How much of each feature the others explain together: VIF from correlations, global phi_k from
 * the matrix of phi_k.
 *
 * Correlations taken pair by pair, each from other rows, need not be those of any columns, and
 * what their matrix says depends on the order in which it is inverted. So VIF are of the rows where
 * every feature with an order has a value, as statsmodels gives them after dropna(). phi_k has no
 * such remedy: where its matrix is indefinite, there is no global phi_k.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/try.h"
#include "profile/profile_matrices.h"
#include "statistics/correlation.h"
#include "statistics/vif.h"

/** The dataset's column of a feature of the matrices. */
static const perebor_column *feature_of(const perebor_profile *profile, size_t i) {
    return &profile->dataset->columns[profile->matrix_features[i]];
}

/** Whether a feature has an order, and any value at all. */
static bool has_order(const perebor_profile *profile, size_t i) {
    const perebor_profile_column *column = &profile->columns[profile->matrix_features[i]];
    return column->role != PEREBOR_ROLE_NOMINAL && column->n_missing < profile->dataset->n_rows;
}

/** Lists the rows where every feature with an order has a value. */
static size_t list_complete_rows(const perebor_profile *profile, size_t *rows) {
    size_t n = 0;
    for (size_t row = 0; row < profile->dataset->n_rows; row++) {
        bool complete = true;
        for (size_t i = 0; complete && i + 1 < profile->n_matrix; i++) {
            complete = !has_order(profile, i) || !isnan(feature_of(profile, i)->values[row]);
        }
        if (complete) {
            rows[n++] = row;
        }
    }
    return n;
}

/** The features' block of a matrix whose last column is the target. */
static void copy_block(double *block, const double *matrix, size_t n_matrix) {
    size_t n = n_matrix - 1;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            block[i * n + j] = matrix[i * n_matrix + j];
        }
    }
}

/**
 * Correlations on the complete rows; none if these are so few that any column is a combination of
 * the others. @param[out] values  [n][n_complete] scratch
 */
static void correlate_complete(const perebor_profile *profile, const size_t *rows,
                               size_t n_complete, double *values, double *block) {
    size_t n = profile->n_matrix - 1;
    bool enough = n_complete > n + 1;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n_complete; k++) {
            values[i * n_complete + k] = feature_of(profile, i)->values[rows[k]];
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n; j++) {
            double *one = values + i * n_complete;
            double *other = values + j * n_complete;
            block[i * n + j] = block[j * n + i] =
                enough && has_order(profile, i) && has_order(profile, j)
                    ? perebor_pearson(one, other, n_complete)
                    : (double)NAN;
        }
    }
}

static perebor_status inflate_complete(const perebor_profile *profile, double *block,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_rows = profile->dataset->n_rows;
    size_t *rows = calloc(n_rows + 1, sizeof *rows);
    double *values = NULL;
    if (rows == NULL) {
        return perebor_no_memory(error, "for inflation factors");
    }
    size_t n_complete = list_complete_rows(profile, rows);
    if (n_complete == n_rows) {
        copy_block(block, profile->pearson, profile->n_matrix);
        goto done;
    }
    values = calloc((profile->n_matrix - 1) * n_complete + 1, sizeof *values);
    if (values == NULL) {
        status = perebor_no_memory(error, "for inflation factors");
        goto done;
    }
    correlate_complete(profile, rows, n_complete, values, block);
done:
    free(values);
    free(rows);
    return status;
}

perebor_status profile_inflate(perebor_profile *profile, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = profile->n_matrix - 1;
    double *block = calloc(n * n + 1, sizeof *block);
    double *factors = calloc(2 * n + 1, sizeof *factors);
    if (block == NULL || factors == NULL) {
        status = perebor_no_memory(error, "for inflation factors");
        goto done;
    }
    PEREBOR_TRY(done, inflate_complete(profile, block, error));
    PEREBOR_TRY(done, perebor_vif(factors, block, n, error));
    copy_block(block, profile->phik, profile->n_matrix);
    PEREBOR_TRY(done, perebor_vif(factors + n, block, n, error));
    for (size_t i = 0; i < n; i++) {
        perebor_profile_column *column = &profile->columns[profile->matrix_features[i]];
        column->vif = factors[i];
        column->global_phik = sqrt(1.0 - 1.0 / factors[n + i]);
    }
done:
    free(block);
    free(factors);
    return status;
}
