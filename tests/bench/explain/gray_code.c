// SPDX-License-Identifier: MIT
#include "gray_code.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu_time.h"
#include "explain/neighbor_kernel.h"

/** The farther of two voters last, of equally far ones that of the higher number. */
static int by_distance(const void *left, const void *right) {
    const double *a = left, *b = right;
    return a[0] != b[0] ? (a[0] > b[0]) - (a[0] < b[0]) : (a[1] > b[1]) - (a[1] < b[1]);
}

static void *allocate(size_t n, size_t size) {
    void *made = calloc(n, size);
    if (made == NULL) {
        exit(1);
    }
    return made;
}

/** One vote over all points, of distances as they are. */
static double vote(const perebor_neighbors_form *form, const double *sums, size_t n,
                   double *limit) {
    const neighbor_kernels *kernels = PEREBOR_KERNEL_PICK(neighbor_kernels);
    static uint32_t places[1 << 16];
    static double voters[1 << 17];
    double low = 0.0, high = INFINITY, weights = 0.0, positive = 0.0;
    size_t n_found = kernels->count_below(sums, n, *limit);
    while (n_found < form->k || n_found > form->k + 4) {
        if (n_found < form->k) {
            low = *limit;
        } else {
            high = *limit;
        }
        if (high - low <= 1e-9 * low) {
            break; // ties
        }
        *limit = high < INFINITY ? 0.5 * (low + high) : 1.25 * low;
        n_found = kernels->count_below(sums, n, *limit);
    }
    n_found = kernels->find_below(sums, n, n_found < form->k ? high : *limit, places);
    for (size_t i = 0; i < n_found; i++) {
        voters[2 * i] = sums[places[i]];
        voters[2 * i + 1] = places[i];
    }
    qsort(voters, n_found, 2 * sizeof *voters, by_distance);
    for (size_t i = 0; i < form->k; i++) {
        double weight = 1.0 / voters[2 * i];
        weights += weight;
        positive += form->labels[(size_t)voters[2 * i + 1]] ? weight : 0.0;
    }
    return positive / weights;
}

double explain_by_gray_code(const perebor_model_form *form, const perebor_matrix *rows,
                            const perebor_matrix *background, double *values) {
    const neighbor_kernels *kernels = PEREBOR_KERNEL_PICK(neighbor_kernels);
    const perebor_neighbors_form *neighbors = &form->as.neighbors;
    size_t n = form->n_columns, n_points = neighbors->points.n_rows;
    size_t n_coalitions = (size_t)1 << n, stride = (n_points + 7) / 8 * 8;
    double *votes = allocate(n_coalitions, sizeof *votes), *sums = allocate(stride, sizeof *sums);
    double *come = allocate(n * stride, sizeof *come), *go = allocate(n * stride, sizeof *go);
    double begin = perebor_cpu_seconds();
    for (size_t row = 0; row < rows->n_rows; row++) {
        memset(votes, 0, n_coalitions * sizeof *votes);
        for (size_t z = 0; z < background->n_rows; z++) {
            double limit = (double)n;
            for (size_t point = 0; point < stride; point++) {
                sums[point] = point < n_points ? 0.0 : INFINITY;
            }
            for (size_t column = 0; column < n; column++) {
                double own = perebor_matrix_column(rows, column)[row];
                double other = perebor_matrix_column(background, column)[z];
                const double *from = perebor_matrix_column(&neighbors->points, column);
                for (size_t point = 0; point < n_points; point++) {
                    double far = fabs(other - from[point]);
                    sums[point] += far;
                    come[column * stride + point] = fabs(own - from[point]) - far;
                    go[column * stride + point] = -come[column * stride + point];
                }
            }
            for (size_t step = 0, coalition = 0; step < n_coalitions; step++) {
                votes[coalition] += vote(neighbors, sums, stride, &limit);
                if (step + 1 < n_coalitions) {
                    size_t column = (size_t)__builtin_ctzll(step + 1);
                    bool comes = (coalition >> column & 1) == 0;
                    kernels->add(sums, (comes ? come : go) + column * stride, stride, sums);
                    coalition ^= (size_t)1 << column;
                }
            }
        }
        double weight[32] = {1.0 / (double)n};
        for (size_t s = 1; s < n; s++) {
            weight[s] = weight[s - 1] * (double)s / (double)(n - s);
        }
        for (size_t i = 0; i < n * n_coalitions; i++) {
            size_t column = i / n_coalitions, coalition = i % n_coalitions;
            if ((coalition >> column & 1) == 0) {
                values[row * n + column] +=
                    weight[__builtin_popcountll(coalition)] *
                    (votes[coalition | (size_t)1 << column] - votes[coalition]) /
                    (double)background->n_rows;
            }
        }
    }
    double seconds = perebor_cpu_seconds() - begin;
    free(votes);
    free(sums);
    free(come);
    free(go);
    return seconds;
}
