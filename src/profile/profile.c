// SPDX-License-Identifier: MIT
#include "profile/profile.h"

#include <stdlib.h>

#include "base/try.h"
#include "profile/profile_column.h"
#include "profile/profile_matrices.h"

static perebor_status describe_columns(perebor_profile *profile, const perebor_profile_watch *watch,
                                       perebor_error *error) {
    perebor_status status;
    const perebor_dataset *dataset = profile->dataset;
    profile_scratch scratch = {0};
    PEREBOR_TRY(done, profile_scratch_create(&scratch, dataset->n_rows, error));
    for (size_t i = 0; i < dataset->n_columns; i++) {
        perebor_profile_column *column = &profile->columns[i];
        profile_tell(watch, "columns", i, dataset->n_columns);
        PEREBOR_TRY(done, profile_describe(column, &dataset->columns[i], dataset, &scratch, error));
        PEREBOR_TRY(done, profile_relate(column, &dataset->columns[i], dataset, &scratch, error));
    }
done:
    profile_scratch_release(&scratch);
    return status;
}

perebor_status perebor_profile_make(perebor_profile **profile, const perebor_dataset *dataset,
                                    const perebor_profile_watch *watch, perebor_error *error) {
    perebor_status status;
    perebor_profile *result = calloc(1, sizeof *result);
    perebor_profile_column *columns = calloc(dataset->n_columns + 1, sizeof *columns);
    if (result == NULL || columns == NULL) {
        free(result);
        free(columns);
        return perebor_no_memory(error, "for a profile of %zu columns", dataset->n_columns);
    }
    result->dataset = dataset;
    result->n_columns = dataset->n_columns;
    result->columns = columns;
    for (size_t row = 0; row < dataset->n_rows; row++) {
        result->n_positive += dataset->labels[row];
    }
    PEREBOR_TRY(done, describe_columns(result, watch, error));
    PEREBOR_TRY(done, profile_matrices_fill(result, watch, error));
    *profile = result;
    result = NULL;
done:
    perebor_profile_free(result);
    return status;
}

/** The place of n equally far apart between two ends. */
static double place_between(double low, double high, size_t place, size_t n) {
    double width = (high - low) / (double)(n - 1);
    return place == n - 1 ? high : low + (double)place * width;
}

double perebor_profile_point(const perebor_profile_column *column, size_t place) {
    return place_between(column->lower, column->upper, place, PEREBOR_PROFILE_POINTS);
}

double perebor_profile_edge(const perebor_profile_column *column, size_t place) {
    return place_between(column->lower, column->bins_to, place, PEREBOR_PROFILE_BINS + 1);
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
    free(profile->matrix_features);
    free(profile->pearson);
    free(profile->spearman);
    free(profile->phik);
    free(profile->phik_z);
    free(profile->cramers_v);
    free(profile->mutual_information);
    free(profile);
}
