// SPDX-License-Identifier: MIT
#include "model/gnb/gnb_kernel.h"

#include "base/deadline.h"

/* Rows that are brought side by side at once; they stay in the first-level cache. */
enum { block_rows = 128 };

PEREBOR_INLINE vni vni_set(int64_t value) {
    const vni zero = {0};
    return zero + value;
}

/** @p lanes where @p mask is all ones, +0 elsewhere: to add that to a sum that began at +0 changes
 * no bit of it. */
PEREBOR_INLINE vnd vnd_where(vni mask, vnd lanes) {
    return (vnd)(mask & (vni)lanes);
}

/** panel[row][k] = 1 where the row has level first + k, otherwise 0. */
PEREBOR_INLINE void fill_with_levels(double *panel, const uint32_t *codes, size_t first, size_t n) {
    for (size_t part = 0; part < GNB_COLUMNS; part += PEREBOR_NATIVE_LANES) {
        vni levels;
        for (size_t lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
            levels[lane] = (int64_t)(first + part + lane);
        }
        for (size_t row = 0; row < n; row++) {
            const vni is_it = (vni)(vni_set((int64_t)codes[row]) == levels);
            vnd_store(panel + row * GNB_COLUMNS + part, vnd_where(is_it, vnd_set(1.0)));
        }
    }
}

/** panel[row][k]: column k at rows start + row, for @p n rows. */
PEREBOR_INLINE void fill_panel(double *panel, const gnb_columns *columns, size_t start, size_t n) {
    if (columns->codes != NULL) {
        fill_with_levels(panel, columns->codes + start, columns->first, n);
        return;
    }
    const double *values[GNB_COLUMNS];
    for (size_t k = 0; k < GNB_COLUMNS; k++) {
        values[k] = columns->values[k] + start;
    }
    for (size_t row = 0; row < n; row++) {
        for (size_t k = 0; k < GNB_COLUMNS; k++) {
            panel[row * GNB_COLUMNS + k] = values[k][row];
        }
    }
}

PEREBOR_INLINE void add_values(double sums[2][GNB_COLUMNS], const double *panel,
                               const uint8_t *labels, size_t n) {
    for (size_t part = 0; part < GNB_COLUMNS; part += PEREBOR_NATIVE_LANES) {
        const vni masks[2] = {vni_set(0), vni_set(-1)};
        vnd of_zero = vnd_load(sums[0] + part);
        vnd of_one = vnd_load(sums[1] + part);
        for (size_t row = 0; row < n; row++) {
            const vni is_one = masks[labels[row]];
            const vnd values = vnd_load(panel + row * GNB_COLUMNS + part);
            of_zero += vnd_where(~is_one, values);
            of_one += vnd_where(is_one, values);
        }
        vnd_store(sums[0] + part, of_zero);
        vnd_store(sums[1] + part, of_one);
    }
}

/** Adds squared deviations: from the mean of their class, and from @p mean, that of all rows. */
PEREBOR_INLINE void add_squares(gnb_moments *found, const double *mean, const double *panel,
                                const uint8_t *labels, size_t n) {
    for (size_t part = 0; part < GNB_COLUMNS; part += PEREBOR_NATIVE_LANES) {
        const vnd middle = vnd_load(mean + part);
        const vni masks[2] = {vni_set(0), vni_set(-1)};
        const vnd means[2] = {vnd_load(found->means[0] + part), vnd_load(found->means[1] + part)};
        vnd of_zero = vnd_load(found->variances[0] + part);
        vnd of_one = vnd_load(found->variances[1] + part);
        vnd of_all = vnd_load(found->of_all + part);
        for (size_t row = 0; row < n; row++) {
            const vni is_one = masks[labels[row]];
            const vnd values = vnd_load(panel + row * GNB_COLUMNS + part);
            const vnd of_class = values - means[labels[row]];
            of_zero += vnd_where(~is_one, of_class * of_class);
            of_one += vnd_where(is_one, of_class * of_class);
            of_all += (values - middle) * (values - middle);
        }
        vnd_store(found->variances[0] + part, of_zero);
        vnd_store(found->variances[1] + part, of_one);
        vnd_store(found->of_all + part, of_all);
    }
}

static void moments(gnb_moments *found, const gnb_columns *columns, const uint8_t *labels,
                    size_t n_rows, const double counts[2]) {
    double panel[block_rows * GNB_COLUMNS];
    double sums[2][GNB_COLUMNS] = {{0.0}};
    double mean[GNB_COLUMNS];
    size_t worked = 0;
    memset(found, 0, sizeof *found);
    for (size_t start = 0; start < n_rows; start += block_rows) {
        const size_t n = n_rows - start < block_rows ? n_rows - start : block_rows;
        fill_panel(panel, columns, start, n);
        add_values(sums, panel, labels + start, n);
    }
    for (size_t k = 0; k < GNB_COLUMNS; k++) {
        found->means[0][k] = sums[0][k] / counts[0];
        found->means[1][k] = sums[1][k] / counts[1];
        mean[k] = (sums[0][k] + sums[1][k]) / (double)n_rows;
    }
    for (size_t start = 0; start < n_rows; start += block_rows) {
        const size_t n = n_rows - start < block_rows ? n_rows - start : block_rows;
        if (perebor_deadline_passed_after(&worked, 2 * n * GNB_COLUMNS)) {
            return;
        }
        fill_panel(panel, columns, start, n);
        add_squares(found, mean, panel, labels + start, n);
    }
    for (size_t k = 0; k < GNB_COLUMNS; k++) {
        found->variances[0][k] /= counts[0];
        found->variances[1][k] /= counts[1];
        found->of_all[k] /= (double)n_rows;
    }
}

static void score(double *scores, const double *values, size_t n_rows, const double m[2],
                  const double v[2]) {
    const vnd means[2] = {vnd_set(m[0]), vnd_set(m[1])};
    const vnd variances[2] = {vnd_set(v[0]), vnd_set(v[1])};
    for (size_t row = 0; row < n_rows; row += PEREBOR_NATIVE_LANES) {
        const vnd d0 = vnd_load(values + row) - means[0];
        const vnd d1 = vnd_load(values + row) - means[1];
        const vnd term = vnd_set(0.5) * (d0 * d0 / variances[0] - d1 * d1 / variances[1]);
        if (row + PEREBOR_NATIVE_LANES <= n_rows) {
            vnd_store(scores + row, vnd_load(scores + row) + term);
            continue;
        }
        for (size_t lane = 0; row + lane < n_rows; lane++) {
            scores[row + lane] += term[lane];
        }
    }
}

/* Registers of rows whose sums are made at once. */
enum { group_size = 4, group_rows = group_size * PEREBOR_NATIVE_LANES };

/** sums[row] += terms[level][codes[row] == first + level], level by level. */
PEREBOR_INLINE void add_levels(double *sums_out, const uint32_t *codes, size_t first,
                               double (*terms)[2], size_t n_levels) {
    vnd sums[group_size];
    vni of_row[group_size];
    for (size_t k = 0; k < group_size; k++) {
        sums[k] = vnd_load(sums_out + k * PEREBOR_NATIVE_LANES);
        for (size_t lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
            of_row[k][lane] = (int64_t)codes[k * PEREBOR_NATIVE_LANES + lane];
        }
    }
    for (size_t level = 0; level < n_levels; level++) {
        const vni code = vni_set((int64_t)(first + level));
        const vnd without = vnd_set(terms[level][0]);
        const vnd with = vnd_set(terms[level][1]);
        for (size_t k = 0; k < group_size; k++) {
            sums[k] += vnd_select((vni)(of_row[k] == code), with, without);
        }
    }
    for (size_t k = 0; k < group_size; k++) {
        vnd_store(sums_out + k * PEREBOR_NATIVE_LANES, sums[k]);
    }
}

static void score_levels(double *scores, const uint32_t *codes, size_t n_rows, size_t first,
                         double (*terms)[2], size_t n_levels) {
    size_t row = 0;
    size_t worked = 0;
    for (; row + group_rows <= n_rows; row += group_rows) {
        if (perebor_deadline_passed_after(&worked, group_rows * n_levels)) {
            return;
        }
        add_levels(scores + row, codes + row, first, terms, n_levels);
    }
    if (row < n_rows) {
        double last[group_rows] = {0.0};
        uint32_t last_codes[group_rows] = {0};
        memcpy(last, scores + row, (n_rows - row) * sizeof *last);
        memcpy(last_codes, codes + row, (n_rows - row) * sizeof *last_codes);
        add_levels(last, last_codes, first, terms, n_levels);
        memcpy(scores + row, last, (n_rows - row) * sizeof *last);
    }
}

const gnb_kernels PEREBOR_KERNEL(gnb_kernels) = {
    .moments = moments,
    .score = score,
    .score_levels = score_levels,
};
