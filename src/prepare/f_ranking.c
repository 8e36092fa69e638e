// SPDX-License-Identifier: MIT
#include "prepare/f_ranking.h"

#include <float.h>
#include <stdbool.h>

#include "base/deadline.h"

double f_statistic(const f_sums *sums) {
    double n_rows = sums->n_rows[0] + sums->n_rows[1];
    double all = sums->sum[0] + sums->sum[1];
    double square_of_all = all * all;
    double total = (sums->square[0] + sums->square[1]) - square_of_all / n_rows;
    double between = sums->sum[0] * sums->sum[0] / sums->n_rows[0];
    between += sums->sum[1] * sums->sum[1] / sums->n_rows[1];
    between -= square_of_all / n_rows;
    double within = total - between;
    return between / (within / (n_rows - 2.0));
}

static double rankable(double f_value) {
    return f_value != f_value ? -DBL_MAX : f_value;
}

static bool is_less(const double *f_values, uint32_t left, uint32_t right) {
    double a = rankable(f_values[left]);
    double b = rankable(f_values[right]);
    return a < b || (a == b && left < right);
}

/** Lets the column at @p hole sink in a heap whose top is the most telling. */
static void sift_down(uint32_t *heap, const double *f_values, size_t hole, size_t n_columns) {
    uint32_t column = heap[hole];
    for (size_t child = 2 * hole + 1; child < n_columns; child = 2 * hole + 1) {
        if (child + 1 < n_columns && is_less(f_values, heap[child], heap[child + 1])) {
            child++;
        }
        if (!is_less(f_values, column, heap[child])) {
            break;
        }
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = column;
}

// The order is total, so a heap sort, which is not stable, gives what a stable sort would.
void f_rank(uint32_t *ranking, const double *f_values, size_t n_columns) {
    for (size_t i = 0; i < n_columns; i++) {
        ranking[i] = (uint32_t)i;
    }
    const size_t values_a_column = 64; // that a column meets on its way down, about
    size_t worked = 0;
    for (size_t root = n_columns / 2;
         root-- > 0 && !perebor_deadline_passed_after(&worked, values_a_column);) {
        sift_down(ranking, f_values, root, n_columns);
    }
    for (size_t end = n_columns;
         end-- > 1 && !perebor_deadline_passed_after(&worked, values_a_column);) {
        uint32_t top = ranking[0];
        ranking[0] = ranking[end];
        ranking[end] = top;
        sift_down(ranking, f_values, 0, end);
    }
}
