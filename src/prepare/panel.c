// SPDX-License-Identifier: MIT
#include "prepare/panel.h"

#include <math.h>

/*
 * Lanes are independent, so a panel is gone through in strips of as many columns as a register
 * holds. A strip is passed as the address of its first value.
 */
enum { strip_columns = PEREBOR_NATIVE_LANES };

PEREBOR_INLINE vnd row_of(const double *strip, size_t row) {
    return vnd_load(strip + row * PANEL_COLUMNS);
}

PEREBOR_INLINE void set_row(double *strip, size_t row, vnd values) {
    vnd_store(strip + row * PANEL_COLUMNS, values);
}

/** All ones in the lanes of missing values. */
PEREBOR_INLINE vni missing_of(vnd x) {
    return ~(x <= vnd_set(INFINITY));
}

static void gather(double *panel, const double *const columns[PANEL_COLUMNS], const uint32_t *rows,
                   size_t n_rows, int64_t n_missing[PANEL_COLUMNS]) {
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t lane = 0; lane < PANEL_COLUMNS; lane++) {
            panel[i * PANEL_COLUMNS + lane] = columns[lane][rows[i]];
        }
    }
    for (size_t strip = 0; strip < PANEL_COLUMNS; strip += strip_columns) {
        vni missing = {0};
        for (size_t i = 0; i < n_rows; i++) {
            vnd x = row_of(panel + strip, i);
            missing -= missing_of(x);
        }
        memcpy(n_missing + strip, &missing, sizeof missing);
    }
}

static void fill(double *panel, size_t n_rows, const double fills[PANEL_COLUMNS]) {
    for (size_t strip = 0; strip < PANEL_COLUMNS; strip += strip_columns) {
        vnd filling = vnd_load(fills + strip);
        for (size_t i = 0; i < n_rows; i++) {
            vnd x = row_of(panel + strip, i);
            set_row(panel + strip, i, vnd_select(missing_of(x), filling, x));
        }
    }
}

/** What is summed of a value: itself, its deviation, or that squared. */
typedef enum term { TERM_VALUE, TERM_DEVIATION, TERM_SQUARE } term;

PEREBOR_INLINE vnd term_of(vnd x, vnd mean, term term) {
    vnd deviation = x - mean;
    return term == TERM_VALUE ? x : term == TERM_DEVIATION ? deviation : deviation * deviation;
}

/** At most 128 rows in eight interleaved sums; fewer than eight one by one. */
PEREBOR_INLINE vnd sum_block(const double *strip, size_t n_rows, vnd mean, term term) {
    vnd total = vnd_set(0.0);
    size_t row = 0;
    if (n_rows >= 8) {
        vnd sums[8];
        for (size_t i = 0; i < 8; i++) {
            sums[i] = term_of(row_of(strip, i), mean, term);
        }
        for (row = 8; row + 8 <= n_rows; row += 8) {
            for (size_t i = 0; i < 8; i++) {
                sums[i] += term_of(row_of(strip, row + i), mean, term);
            }
        }
        total = ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
                ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    }
    for (; row < n_rows; row++) {
        total += term_of(row_of(strip, row), mean, term);
    }
    return total;
}

/** Pairwise summation in the order of numpy's sum along a contiguous axis. */
static void sum_pairwise(vnd *total, const double *strip, size_t n_rows, const vnd *mean,
                         term term) {
    const size_t block_rows = 128;
    if (n_rows > block_rows) {
        size_t half = n_rows / 2;
        half -= half % 8;
        vnd rest;
        sum_pairwise(total, strip, half, mean, term);
        sum_pairwise(&rest, strip + half * PANEL_COLUMNS, n_rows - half, mean, term);
        *total += rest;
        return;
    }
    switch (term) {
    case TERM_VALUE:
        *total = sum_block(strip, n_rows, *mean, TERM_VALUE);
        return;
    case TERM_DEVIATION:
        *total = sum_block(strip, n_rows, *mean, TERM_DEVIATION);
        return;
    case TERM_SQUARE:
        *total = sum_block(strip, n_rows, *mean, TERM_SQUARE);
        return;
    }
}

static void sum(const double *panel, size_t n_rows, double sums[PANEL_COLUMNS]) {
    const vnd unused = vnd_set(0.0);
    for (size_t strip = 0; strip < PANEL_COLUMNS; strip += strip_columns) {
        vnd total;
        sum_pairwise(&total, panel + strip, n_rows, &unused, TERM_VALUE);
        vnd_store(sums + strip, total);
    }
}

/** The corrected two-pass algorithm of Chan, Golub and LeVeque (1983), as scikit-learn has it. */
static void moments(const double *panel, size_t n_rows, double mean[PANEL_COLUMNS],
                    double variance[PANEL_COLUMNS]) {
    const vnd count = vnd_set((double)n_rows);
    for (size_t strip = 0; strip < PANEL_COLUMNS; strip += strip_columns) {
        vnd middle = vnd_set(0.0);
        vnd total;
        vnd correction;
        vnd squares;
        sum_pairwise(&total, panel + strip, n_rows, &middle, TERM_VALUE);
        middle = total / count;
        sum_pairwise(&correction, panel + strip, n_rows, &middle, TERM_DEVIATION);
        sum_pairwise(&squares, panel + strip, n_rows, &middle, TERM_SQUARE);
        vnd_store(mean + strip, middle);
        vnd_store(variance + strip, (squares - correction * correction / count) / count);
    }
}

static void extremes(const double *panel, size_t n_rows, double min[PANEL_COLUMNS],
                     double max[PANEL_COLUMNS]) {
    for (size_t strip = 0; strip < PANEL_COLUMNS; strip += strip_columns) {
        vnd low = row_of(panel + strip, 0);
        vnd high = low;
        for (size_t i = 1; i < n_rows; i++) {
            vnd x = row_of(panel + strip, i);
            low = vnd_select(x < low, x, low);
            high = vnd_select(x > high, x, high);
        }
        vnd_store(min + strip, low);
        vnd_store(max + strip, high);
    }
}

static void centre(double *panel, size_t n_rows, const double shift[PANEL_COLUMNS],
                   const double factor[PANEL_COLUMNS]) {
    for (size_t strip = 0; strip < PANEL_COLUMNS; strip += strip_columns) {
        vnd shifts = vnd_load(shift + strip);
        vnd factors = vnd_load(factor + strip);
        for (size_t i = 0; i < n_rows; i++) {
            set_row(panel + strip, i, (row_of(panel + strip, i) - shifts) / factors);
        }
    }
}

static void stretch(double *panel, size_t n_rows, const double shift[PANEL_COLUMNS],
                    const double factor[PANEL_COLUMNS]) {
    for (size_t strip = 0; strip < PANEL_COLUMNS; strip += strip_columns) {
        vnd shifts = vnd_load(shift + strip);
        vnd factors = vnd_load(factor + strip);
        for (size_t i = 0; i < n_rows; i++) {
            set_row(panel + strip, i, row_of(panel + strip, i) * factors + shifts);
        }
    }
}

static void class_sums(const double *panel, const uint8_t *labels, size_t n_rows,
                       panel_class_sums *sums) {
    for (size_t strip = 0; strip < PANEL_COLUMNS; strip += strip_columns) {
        vnd total[2] = {{0}, {0}};
        vnd square[2] = {{0}, {0}};
        for (size_t i = 0; i < n_rows; i++) {
            vnd x = row_of(panel + strip, i);
            vnd xx = x * x;
            // A row of the other class adds zero.
            vni positive = (vni){0} - (int64_t)labels[i];
            total[0] += (vnd)((vni)x & ~positive);
            total[1] += (vnd)((vni)x & positive);
            square[0] += (vnd)((vni)xx & ~positive);
            square[1] += (vnd)((vni)xx & positive);
        }
        for (size_t label = 0; label < 2; label++) {
            vnd_store(sums->sum[label] + strip, total[label]);
            vnd_store(sums->square[label] + strip, square[label]);
        }
    }
}

const prepare_panel_kernels PEREBOR_KERNEL(prepare_panel_kernels) = {
    .gather = gather,
    .fill = fill,
    .sum = sum,
    .moments = moments,
    .extremes = extremes,
    .centre = centre,
    .stretch = stretch,
    .class_sums = class_sums,
};
