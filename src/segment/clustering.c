// SPDX-License-Identifier: MIT
#include "segment/clustering.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "segment/columns.h"

void segment_clustering_release(segment_clustering *found) {
    cluster_choice_release(&found->choice);
    free(found->center);
    free(found->of_row);
    *found = (segment_clustering){0};
}

/** Rows as points. */
typedef struct clustered_rows {
    const perebor_column **columns; /**< [n_columns] */
    uint32_t *rows;                 /**< [n] of the dataset */
    double *values;                 /**< [n][n_columns] */
    cluster_points points;
} clustered_rows;

static void release_rows(clustered_rows *rows) {
    free((void *)rows->columns);
    free(rows->rows);
    free(rows->values);
}

static perebor_status find_columns(clustered_rows *rows, const perebor_dataset *dataset,
                                   const segment_clusters *settings, const char *experiment,
                                   perebor_error *error) {
    for (size_t i = 0; i < settings->columns.n; i++) {
        const char *name = settings->columns.items[i];
        rows->columns[i] = segment_find_column(dataset, name);
        if (rows->columns[i] == NULL || rows->columns[i]->n_levels > 0) {
            return segment_fail_at(
                experiment, settings->at, error,
                "segments.clusters: %s \"%.100s\"; name numeric features, or "
                "columns of data.carry",
                rows->columns[i] == NULL ? "there is no column" : "there are no numbers in", name);
        }
    }
    return PEREBOR_OK;
}

/** Mean and standard deviation (ddof 1) of a column over the rows; 0 and 1 where it does not vary.
 */
static void standardise(const clustered_rows *rows, size_t column, double *center, double *scale) {
    const double *values = rows->columns[column]->values;
    double n = 0.0, sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < rows->points.n; i++) {
        double value = values[rows->rows[i]];
        if (!isnan(value)) {
            n += 1.0;
            sum += value;
        }
    }
    *center = n > 0.0 ? sum / n : 0.0;
    for (size_t i = 0; i < rows->points.n; i++) {
        double distance = values[rows->rows[i]] - *center;
        squares += isnan(distance) ? 0.0 : distance * distance;
    }
    *scale = n > 1.0 && squares > 0.0 ? sqrt(squares / (n - 1.0)) : 1.0;
}

/** Picks the rows, finds or takes the scales, and makes points of them. */
static perebor_status make_points(clustered_rows *rows, segment_clustering *found,
                                  const perebor_dataset *dataset, const uint8_t *is_member,
                                  const segment_clustering *like, perebor_error *error) {
    size_t n = 0, d = found->n_columns;
    for (size_t row = 0; row < dataset->n_rows; row++) {
        if (is_member == NULL || is_member[row] != 0) {
            rows->rows[n++] = (uint32_t)row;
        }
    }
    rows->values = calloc(n * d + 1, sizeof *rows->values);
    if (rows->values == NULL) {
        return perebor_no_memory(error, "for clusters of %zu rows", n);
    }
    rows->points = (cluster_points){rows->values, n, d};
    found->n_clustered = n;
    for (size_t j = 0; j < d; j++) {
        assert(rows->columns[j] != NULL); // find_columns
        const double *values = rows->columns[j]->values;
        if (like != NULL) {
            found->center[j] = like->center[j];
            found->scale[j] = like->scale[j];
        } else {
            standardise(rows, j, &found->center[j], &found->scale[j]);
        }
        for (size_t i = 0; i < n; i++) {
            double value = (values[rows->rows[i]] - found->center[j]) / found->scale[j];
            found->n_filled += isnan(value) ? 1 : 0;
            rows->values[i * d + j] = isnan(value) ? 0.0 : value;
        }
    }
    return PEREBOR_OK;
}

/** Chooses among a sample, measures stability there, and goes on with all points. */
static perebor_status choose(segment_clustering *found, const cluster_points *points,
                             const segment_clusters *settings, uint64_t seed,
                             perebor_error *error) {
    perebor_status status;
    size_t n = points->n < CLUSTERING_MOST_FITTED ? points->n : CLUSTERING_MOST_FITTED;
    perebor_stream stream = perebor_stream_make(seed, "segments.clusters");
    uint32_t *drawn = calloc(n + 1, sizeof *drawn);
    double *values = calloc(n * points->n_dimensions + 1, sizeof *values);
    if (drawn == NULL || values == NULL) {
        status = perebor_no_memory(error, "for clusters of %zu rows", n);
        goto done;
    }
    PEREBOR_TRY(done, cluster_draw(drawn, n, points->n,
                                   perebor_stream_make(seed, "segments.clusters.rows"), 0, error));
    cluster_take(values, points, drawn, n);
    const cluster_points fitted = {values, n, points->n_dimensions};
    found->n_fitted = n;
    PEREBOR_TRY(done, cluster_choose(&found->choice, &fitted, settings->method, settings->k_least,
                                     settings->k_most, stream, error));
    if (settings->n_resamples > 0) {
        PEREBOR_TRY(done, cluster_stability_measure(
                              &found->stability, &fitted, &found->choice, settings->n_resamples,
                              perebor_stream_make(seed, "segments.clusters.resamples"), error));
    }
    if (n < points->n) {
        status = cluster_choice_extend(&found->choice, points, error);
    }
done:
    free(drawn);
    free(values);
    return status;
}

/** Takes the clusters that others were put into. */
static perebor_status take(segment_clustering *found, const cluster_points *points,
                           const segment_clustering *like, perebor_error *error) {
    const cluster_choice *from = &like->choice;
    size_t n = from->k * from->n_dimensions;
    cluster_choice own = *from;
    own.labels = calloc(points->n + 1, sizeof *own.labels);
    own.centers = calloc(n + 1, sizeof *own.centers);
    own.variances = from->variances == NULL ? NULL : calloc(n + 1, sizeof *own.variances);
    own.weights = from->weights == NULL ? NULL : calloc(from->k + 1, sizeof *own.weights);
    if (own.labels == NULL || own.centers == NULL ||
        (own.variances == NULL) != (from->variances == NULL) ||
        (own.weights == NULL) != (from->weights == NULL)) {
        cluster_choice_release(&own);
        return perebor_no_memory(error, "for clusters of %zu rows", points->n);
    }
    memcpy(own.centers, from->centers, n * sizeof *own.centers);
    if (own.variances != NULL && own.weights != NULL) {
        memcpy(own.variances, from->variances, n * sizeof *own.variances);
        memcpy(own.weights, from->weights, from->k * sizeof *own.weights);
    }
    cluster_choice_assign(own.labels, points, &own);
    found->choice = own;
    found->stability = like->stability;
    found->n_fitted = like->n_fitted;
    return PEREBOR_OK;
}

perebor_status segment_clustering_make(segment_clustering *found, const perebor_dataset *dataset,
                                       const uint8_t *is_member, const segment_clusters *settings,
                                       uint64_t seed, const segment_clustering *like,
                                       const char *experiment, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t d = settings->columns.n;
    clustered_rows rows = {.columns = calloc(d + 1, sizeof(const perebor_column *)),
                           .rows = calloc(dataset->n_rows + 1, sizeof *rows.rows)};
    *found = (segment_clustering){.n_columns = d,
                                  .center = calloc(2 * d + 1, sizeof(double)),
                                  .of_row = calloc(dataset->n_rows + 1, sizeof(uint32_t))};
    if (rows.columns == NULL || rows.rows == NULL || found->center == NULL ||
        found->of_row == NULL) {
        status = perebor_no_memory(error, "for clusters");
        goto done;
    }
    found->scale = found->center + d;
    PEREBOR_TRY(done, find_columns(&rows, dataset, settings, experiment, error));
    PEREBOR_TRY(done, make_points(&rows, found, dataset, is_member, like, error));
    if (like == NULL && rows.points.n <= settings->k_most) {
        status = segment_fail_at(
            experiment, settings->at, error,
            "segments.clusters: %zu rows%s are too few for up to %zu "
            "clusters; lower k%s",
            rows.points.n, settings->where == NULL ? "" : " that meet its condition",
            settings->k_most, settings->where == NULL ? "" : ", or change where");
        goto done;
    }
    PEREBOR_TRY(done, like == NULL ? choose(found, &rows.points, settings, seed, error)
                                   : take(found, &rows.points, like, error));
    for (size_t i = 0; i < rows.points.n; i++) {
        found->of_row[rows.rows[i]] = 1 + found->choice.labels[i];
    }
done:
    release_rows(&rows);
    return status;
}
