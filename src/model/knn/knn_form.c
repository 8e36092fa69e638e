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

perebor_status knn_describe(const perebor_model *model, perebor_workspace *workspace,
                            perebor_model_form *form, perebor_error *error) {
    perebor_matrix points;
    perebor_status status;
    PEREBOR_TRY(done, knn_points_expand(&points, &model->points, workspace, error));
    *form = (perebor_model_form){.kind = PEREBOR_FORM_NEIGHBORS,
                                 .n_columns = points.n_columns,
                                 .as.neighbors = {.points = points,
                                                  .labels = model->labels,
                                                  .k = model->options.k,
                                                  .by_distance = model->options.by_distance,
                                                  .distance = distances[model->options.metric],
                                                  .p = model->options.p}};
done:
    return status;
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
