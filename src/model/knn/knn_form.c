// SPDX-License-Identifier: MIT
// Nearest neighbours as points with labels, and back.
#include <string.h>

#include "base/try.h"
#include "model/knn/knn_model.h"

static const perebor_distance_kind distances[] = {[KNN_MANHATTAN] = PEREBOR_DISTANCE_MANHATTAN,
                                                  [KNN_EUCLIDEAN] = PEREBOR_DISTANCE_EUCLIDEAN,
                                                  [KNN_MINKOWSKI] = PEREBOR_DISTANCE_MINKOWSKI};

static knn_metric restore_metric(perebor_distance_kind distance) {
    switch (distance) {
    case PEREBOR_DISTANCE_MANHATTAN:
        return KNN_MANHATTAN;
    case PEREBOR_DISTANCE_EUCLIDEAN:
        return KNN_EUCLIDEAN;
    case PEREBOR_DISTANCE_MINKOWSKI:
        break;
    }
    return KNN_MINKOWSKI;
}

/** The training rows again. */
static void unpack(perebor_matrix *rows, const knn_points *points) {
    const knn_rare *rare = &points->rare;
    for (size_t column = 0; column < points->n_columns; column++) {
        double *values = perebor_matrix_column(rows, column);
        for (size_t row = 0; row < points->n_rows; row++) {
            size_t tile = row / PEREBOR_LANES;
            values[row] = column < rare->first
                              ? points->packed[(tile * rare->first + column) * PEREBOR_LANES +
                                               row % PEREBOR_LANES]
                              : rare->common[column - rare->first];
        }
    }
    for (size_t row = 0; row < points->n_rows && rare->first < rare->n_columns; row++) {
        const knn_differences own = knn_entries_of(&points->entries, row);
        for (size_t i = 0; i < own.n; i++) {
            perebor_matrix_column(rows, own.columns[i])[row] = own.values[i];
        }
    }
}

perebor_status knn_describe(const perebor_model *model, perebor_workspace *workspace,
                            perebor_model_form *form, perebor_error *error) {
    const knn_points *packed = &model->points;
    perebor_matrix points;
    perebor_status status =
        perebor_matrix_create(&points, packed->n_rows, packed->n_columns, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    unpack(&points, packed);
    *form = (perebor_model_form){.kind = PEREBOR_FORM_NEIGHBORS,
                                 .n_columns = points.n_columns,
                                 .as.neighbors = {.points = points,
                                                  .labels = model->labels,
                                                  .k = model->options.k,
                                                  .by_distance = model->options.by_distance,
                                                  .distance = distances[model->options.metric],
                                                  .p = model->options.p}};
    return PEREBOR_OK;
}

perebor_status knn_restore(perebor_model **model, const perebor_model_form *form,
                           perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    const perebor_neighbors_form *neighbors = &form->as.neighbors;
    if (form->kind != PEREBOR_FORM_NEIGHBORS) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "nearest neighbours are not %s",
                            perebor_form_kind_name(form->kind));
    }
    size_t n_points = neighbors->points.n_rows;
    perebor_model *restored = perebor_workspace_take(workspace, 1, sizeof *restored);
    uint8_t *labels = perebor_workspace_take(workspace, n_points, sizeof *labels);
    if (restored == NULL || labels == NULL) {
        return perebor_no_memory(error, "for a model");
    }
    memcpy(labels, neighbors->labels, n_points);
    *restored = (perebor_model){.labels = labels,
                                .options = {.k = neighbors->k,
                                            .by_distance = neighbors->by_distance,
                                            .metric = restore_metric(neighbors->distance),
                                            .p = neighbors->p}};
    PEREBOR_TRY(done, knn_points_create(&restored->points, &neighbors->points, workspace, error));
    *model = restored;
done:
    return status;
}
