// SPDX-License-Identifier: MIT
/**
 * @file knn_model.h
 * Fitted nearest neighbours: the training rows, packed, and their labels.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_MODEL_H
#define PEREBOR_MODEL_KNN_KNN_MODEL_H

#include <stdbool.h>

#include "model/knn/knn_neighbors.h"
#include "perebor/learner.h"

/** Settings in the kernel's terms. */
typedef struct knn_options {
    size_t k;
    bool by_distance;
    knn_metric metric;
    double p;
} knn_options;

struct perebor_model {
    knn_points points;
    uint8_t *labels;
    knn_options options;
};

/** The learner's describe() and restore(): perebor/learner.h. */
PEREBOR_MUST_CHECK perebor_status knn_describe(const perebor_model *model,
                                               perebor_workspace *workspace,
                                               perebor_model_form *form, perebor_error *error);
PEREBOR_MUST_CHECK perebor_status knn_restore(perebor_model **model, const perebor_model_form *form,
                                              perebor_workspace *workspace, perebor_error *error);

#endif
