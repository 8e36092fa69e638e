// SPDX-License-Identifier: MIT
// Distances are summed column by column, as the learner sums them: near ties come out as there, and
// no more than [rows][points] is held at a time. TopK puts the lower of equally distant points
// first, as the learner does.
#include "export/onnx_neighbors.h"

#include <stdlib.h>

/** What a column adds to the distances, [rows][n_points]. */
static onnx_value put_part(onnx_graph *graph, const perebor_neighbors_form *neighbors, onnx_value x,
                           size_t column) {
    const int64_t index = (int64_t)column;
    const double *points = perebor_matrix_column(&neighbors->points, column);
    onnx_value theirs = onnx_gather(graph, x, onnx_integers(graph, &index, 1), 1);
    onnx_value difference =
        onnx_apply(graph, "Sub", theirs, onnx_row(graph, points, neighbors->points.n_rows));
    if (neighbors->distance == PEREBOR_DISTANCE_EUCLIDEAN) {
        return onnx_apply(graph, "Mul", difference, difference);
    }
    difference = onnx_apply(graph, "Abs", difference);
    return neighbors->distance == PEREBOR_DISTANCE_MANHATTAN
               ? difference
               : onnx_apply(graph, "Pow", difference, onnx_real(graph, neighbors->p));
}

/** 1 / distance; where the nearest is at distance 0, 1 for those that are and 0 for the others. */
static onnx_value put_weights(onnx_graph *graph, const perebor_neighbors_form *neighbors,
                              onnx_value sums) {
    static const int64_t first = 0;
    onnx_value zero = onnx_real(graph, 0.0);
    onnx_value one = onnx_real(graph, 1.0);
    onnx_value nearest = onnx_gather(graph, sums, onnx_integers(graph, &first, 1), 1);
    onnx_value exact = onnx_apply(graph, "Equal", sums, zero);
    onnx_value any = onnx_apply(graph, "Equal", nearest, zero);
    onnx_value distances = onnx_apply(graph, "Where", exact, one, sums); // no division by 0
    if (neighbors->distance == PEREBOR_DISTANCE_EUCLIDEAN) {
        distances = onnx_apply(graph, "Sqrt", distances);
    } else if (neighbors->distance == PEREBOR_DISTANCE_MINKOWSKI) {
        distances = onnx_apply(graph, "Pow", distances, onnx_real(graph, 1.0 / neighbors->p));
    }
    return onnx_apply(graph, "Where", any, onnx_cast(graph, exact, ONNX_DOUBLE),
                      onnx_apply(graph, "Div", one, distances));
}

/** The labels of all points, as numbers. */
static onnx_value put_labels(onnx_graph *graph, const perebor_neighbors_form *neighbors) {
    size_t n = neighbors->points.n_rows;
    double *labels = calloc(n + 1, sizeof *labels);
    onnx_value value = {0};
    if (labels == NULL) {
        graph->nodes.failed = true;
        return value;
    }
    for (size_t i = 0; i < n; i++) {
        labels[i] = neighbors->labels[i];
    }
    value = onnx_reals(graph, labels, n);
    free(labels);
    return value;
}

onnx_value onnx_neighbors_put(onnx_graph *graph, const perebor_neighbors_form *neighbors,
                              onnx_value x) {
    const int64_t k = (int64_t)neighbors->k;
    onnx_value sums = put_part(graph, neighbors, x, 0);
    for (size_t column = 1; column < neighbors->points.n_columns; column++) {
        sums = onnx_apply(graph, "Add", sums, put_part(graph, neighbors, x, column));
    }
    onnx_attributes attributes = {0};
    onnx_attribute_integer(&attributes, "axis", 1);
    onnx_attribute_integer(&attributes, "largest", 0);
    onnx_attribute_integer(&attributes, "sorted", 1);
    onnx_value count = onnx_integers(graph, &k, 1);
    onnx_value nearest =
        onnx_node_of_two(graph, "TopK", (const onnx_value[]){sums, count}, 2, &attributes);
    onnx_value places = {.number = nearest.number + 1};
    onnx_value votes = onnx_gather(graph, put_labels(graph, neighbors), places, 0);
    if (!neighbors->by_distance) {
        return onnx_apply(graph, "Div", onnx_row_sums(graph, votes), onnx_real(graph, (double)k));
    }
    onnx_value weights = put_weights(graph, neighbors, nearest);
    votes = onnx_apply(graph, "Mul", votes, weights);
    return onnx_apply(graph, "Div", onnx_row_sums(graph, votes), onnx_row_sums(graph, weights));
}
