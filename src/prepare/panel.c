// SPDX-License-Identifier: MIT
#include "prepare/panel.h"

PEREBOR_INLINE v8d row_of(const double *panel, size_t row) {
    return v8d_load(panel + row * PANEL_COLUMNS);
}

static void gather(double *panel, const double *const columns[PANEL_COLUMNS], const uint32_t *rows,
                   size_t n_rows, int64_t n_gaps[PANEL_COLUMNS]) {
    v8i gaps = {0};
    for (size_t i = 0; i < n_rows; i++) {
        uint32_t row = rows[i];
        v8d x = {columns[0][row], columns[1][row], columns[2][row], columns[3][row],
                 columns[4][row], columns[5][row], columns[6][row], columns[7][row]};
        gaps -= x != x;
        v8d_store(panel + i * PANEL_COLUMNS, x);
    }
    memcpy(n_gaps, &gaps, sizeof gaps);
}

static void fill(double *panel, size_t n_rows, const double fills[PANEL_COLUMNS]) {
    v8d filling = v8d_load(fills);
    for (size_t i = 0; i < n_rows; i++) {
        v8d x = row_of(panel, i);
        v8d_store(panel + i * PANEL_COLUMNS, v8d_select(x != x, filling, x));
    }
}

/** What is summed of a value: itself, its deviation, or that squared. */
enum term { TERM_VALUE, TERM_DEVIATION, TERM_SQUARE };

PEREBOR_INLINE v8d term_of(v8d x, v8d mean, enum term term) {
    v8d deviation = x - mean;
    return term == TERM_VALUE ? x : term == TERM_DEVIATION ? deviation : deviation * deviation;
}

/** At most 128 rows in eight interleaved sums; fewer than eight one by one. */
PEREBOR_INLINE v8d sum_block(const double *panel, size_t n_rows, v8d mean, enum term term) {
    v8d total = v8d_set(0.0);
    size_t row = 0;
    if (n_rows >= 8) {
        v8d sums[8];
        for (size_t i = 0; i < 8; i++) {
            sums[i] = term_of(row_of(panel, i), mean, term);
        }
        for (row = 8; row + 8 <= n_rows; row += 8) {
            for (size_t i = 0; i < 8; i++) {
                sums[i] += term_of(row_of(panel, row + i), mean, term);
            }
        }
        total = ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
                ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    }
    for (; row < n_rows; row++) {
        total += term_of(row_of(panel, row), mean, term);
    }
    return total;
}

/** Pairwise summation in the order of numpy's sum along a contiguous axis. */
static void sum_pairwise(v8d *total, const double *panel, size_t n_rows, const v8d *mean,
                         enum term term) {
    const size_t block_rows = 128;
    if (n_rows > block_rows) {
        size_t half = n_rows / 2;
        half -= half % 8;
        v8d rest;
        sum_pairwise(total, panel, half, mean, term);
        sum_pairwise(&rest, panel + half * PANEL_COLUMNS, n_rows - half, mean, term);
        *total += rest;
        return;
    }
    switch (term) {
    case TERM_VALUE:
        *total = sum_block(panel, n_rows, *mean, TERM_VALUE);
        return;
    case TERM_DEVIATION:
        *total = sum_block(panel, n_rows, *mean, TERM_DEVIATION);
        return;
    case TERM_SQUARE:
        *total = sum_block(panel, n_rows, *mean, TERM_SQUARE);
        return;
    }
}

static void sum(const double *panel, size_t n_rows, double sums[PANEL_COLUMNS]) {
    const v8d unused = v8d_set(0.0);
    v8d total;
    sum_pairwise(&total, panel, n_rows, &unused, TERM_VALUE);
    v8d_store(sums, total);
}

/** The corrected two-pass algorithm of Chan, Golub and LeVeque (1983), as scikit-learn has it. */
static void moments(const double *panel, size_t n_rows, double mean[PANEL_COLUMNS],
                    double variance[PANEL_COLUMNS]) {
    const v8d count = v8d_set((double)n_rows);
    v8d centre_at = v8d_set(0.0);
    v8d total;
    v8d correction;
    v8d squares;
    sum_pairwise(&total, panel, n_rows, &centre_at, TERM_VALUE);
    centre_at = total / count;
    sum_pairwise(&correction, panel, n_rows, &centre_at, TERM_DEVIATION);
    sum_pairwise(&squares, panel, n_rows, &centre_at, TERM_SQUARE);
    v8d_store(mean, centre_at);
    v8d_store(variance, (squares - correction * correction / count) / count);
}

static void extremes(const double *panel, size_t n_rows, double min[PANEL_COLUMNS],
                     double max[PANEL_COLUMNS]) {
    v8d low = row_of(panel, 0);
    v8d high = low;
    for (size_t i = 1; i < n_rows; i++) {
        v8d x = row_of(panel, i);
        low = v8d_select(x < low, x, low);
        high = v8d_select(x > high, x, high);
    }
    v8d_store(min, low);
    v8d_store(max, high);
}

static void centre(double *panel, size_t n_rows, const double shift[PANEL_COLUMNS],
                   const double factor[PANEL_COLUMNS]) {
    v8d shifts = v8d_load(shift);
    v8d factors = v8d_load(factor);
    for (size_t i = 0; i < n_rows; i++) {
        v8d_store(panel + i * PANEL_COLUMNS, (row_of(panel, i) - shifts) / factors);
    }
}

static void stretch(double *panel, size_t n_rows, const double shift[PANEL_COLUMNS],
                    const double factor[PANEL_COLUMNS]) {
    v8d shifts = v8d_load(shift);
    v8d factors = v8d_load(factor);
    for (size_t i = 0; i < n_rows; i++) {
        v8d_store(panel + i * PANEL_COLUMNS, row_of(panel, i) * factors + shifts);
    }
}

static void class_sums(const double *panel, const uint8_t *labels, size_t n_rows,
                       struct panel_class_sums *sums) {
    v8d total[2] = {{0}, {0}};
    v8d square[2] = {{0}, {0}};
    for (size_t i = 0; i < n_rows; i++) {
        v8d x = row_of(panel, i);
        v8d xx = x * x;
        // A row of the other class adds zero.
        v8i positive = (v8i){0} - (int64_t)labels[i];
        total[0] += (v8d)((v8i)x & ~positive);
        total[1] += (v8d)((v8i)x & positive);
        square[0] += (v8d)((v8i)xx & ~positive);
        square[1] += (v8d)((v8i)xx & positive);
    }
    for (size_t class = 0; class < 2; class ++) {
        v8d_store(sums->sum[class], total[class]);
        v8d_store(sums->square[class], square[class]);
    }
}

const struct prepare_panel_kernels PEREBOR_KERNEL(prepare_panel_kernels) = {
    .gather = gather,
    .fill = fill,
    .sum = sum,
    .moments = moments,
    .extremes = extremes,
    .centre = centre,
    .stretch = stretch,
    .class_sums = class_sums,
};
