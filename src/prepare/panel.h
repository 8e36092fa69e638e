// SPDX-License-Identifier: MIT
/**
 * @file panel.h
 * Eight columns side by side, and what is computed of all eight at once.
 *
 * Element (row, lane) of a panel is values[row * 8 + lane]: each column has a lane of the vectors,
 * so that sums along a column keep the order of operations that scikit-learn has while eight of
 * them go on in parallel.
 */
#ifndef PEREBOR_PREPARE_PANEL_H
#define PEREBOR_PREPARE_PANEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

enum { PANEL_COLUMNS = PEREBOR_LANES };

/** For each column, by class of the row: the sum of its values and of their squares. */
typedef struct panel_class_sums {
    double sum[2][PANEL_COLUMNS];
    double square[2][PANEL_COLUMNS];
} panel_class_sums;

/** What is compiled once per instruction set. Panels are [n_rows][8]. */
typedef struct prepare_panel_kernels {
    /** Fills a panel with the given rows of eight columns; counts the missing values of each. */
    void (*gather)(double *panel, const double *const columns[PANEL_COLUMNS], const uint32_t *rows,
                   size_t n_rows, int64_t n_missing[PANEL_COLUMNS]);

    /** Replaces missing values. */
    void (*fill)(double *panel, size_t n_rows, const double fills[PANEL_COLUMNS]);

    /** Pairwise sums. No missing values. */
    void (*sum)(const double *panel, size_t n_rows, double sums[PANEL_COLUMNS]);

    /** Mean and variance (ddof 0) as StandardScaler computes them. No missing values. */
    void (*moments)(const double *panel, size_t n_rows, double mean[PANEL_COLUMNS],
                    double variance[PANEL_COLUMNS]);

    /** Smallest and largest value. No missing values; n_rows > 0. */
    void (*extremes)(const double *panel, size_t n_rows, double min[PANEL_COLUMNS],
                     double max[PANEL_COLUMNS]);

    /** x -> (x - shift) / factor. */
    void (*centre)(double *panel, size_t n_rows, const double shift[PANEL_COLUMNS],
                   const double factor[PANEL_COLUMNS]);

    /** x -> x * factor + shift. */
    void (*stretch)(double *panel, size_t n_rows, const double shift[PANEL_COLUMNS],
                    const double factor[PANEL_COLUMNS]);

    /** Sums by class, row after row. @param[in] labels [n_rows], 0 or 1. */
    void (*class_sums)(const double *panel, const uint8_t *labels, size_t n_rows,
                       panel_class_sums *sums);
} prepare_panel_kernels;

PEREBOR_KERNEL_DECLARE(prepare_panel_kernels, prepare_panel_kernels);

#endif
