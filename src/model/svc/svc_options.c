// SPDX-License-Identifier: MIT
#include "model/svc/svc_options.h"

#include <math.h>
#include <string.h>

#include "base/deadline.h"

static const char *const kernel_choices[] = {"linear", "rbf", "poly", "sigmoid", NULL};
static const char *const gamma_choices[] = {"scale", "auto", NULL};
static const char *const class_weight_choices[] = {"balanced", NULL};

const perebor_setting svc_settings[SVC_N_SETTINGS] = {
    [SVC_KERNEL] = {.name = "kernel",
                    .simpler = PEREBOR_SIMPLER_LESS,
                    .part_of_key = true,
                    .summary = "kernel function",
                    .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "rbf"},
                    .choices = kernel_choices},
    [SVC_C] = {.name = "C",
               .simpler = PEREBOR_SIMPLER_LESS,
               .summary = "cost of a point on the wrong side of its margin",
               .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 1.0},
               .min = 0.0,
               .max = INFINITY,
               .exclusive_minimum = true},
    [SVC_GAMMA] = {.name = "gamma",
                   .simpler = PEREBOR_SIMPLER_LESS,
                   .summary =
                       "coefficient of rbf, poly and sigmoid; scale is 1 / (columns x variance)",
                   .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "scale"},
                   .accepts_real = true,
                   .min = 0.0,
                   .max = INFINITY,
                   .exclusive_minimum = true,
                   .choices = gamma_choices},
    [SVC_DEGREE] = {.name = "degree",
                    .simpler = PEREBOR_SIMPLER_LESS,
                    .summary = "degree of poly",
                    .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 3},
                    .min = 1.0,
                    .max = 1000.0},
    [SVC_COEF0] = {.name = "coef0",
                   .summary = "constant term of poly and sigmoid",
                   .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.0},
                   .min = 1.0,
                   .max = 0.0},
    [SVC_CLASS_WEIGHT] = {.name = "class_weight",
                          .summary = "balanced: C in inverse proportion to the size of a class",
                          .default_value = {.kind = PEREBOR_VALUE_NONE},
                          .optional = true,
                          .choices = class_weight_choices},
    [SVC_MAX_ITER] = {.name = "max_iter",
                      .summary = "cap on the iterations of the solver",
                      .default_value = {.kind = PEREBOR_VALUE_NONE},
                      .optional = true,
                      .min = 1.0,
                      .max = 4294967295.0},
};

svc_kernel_kind svc_kernel_kind_read(const perebor_value *settings) {
    size_t kind = 0;
    while (strcmp(kernel_choices[kind], settings[SVC_KERNEL].as.text) != 0) {
        kind++;
    }
    return (svc_kernel_kind)kind;
}

/** What the levels of a block add up to, and the sum of their squares about a mean. */
static double levels_sum(const perebor_matrix *rows, const perebor_indicators *levels) {
    double n_ones = 0.0;
    for (size_t row = 0; row < rows->n_rows; row++) {
        n_ones += levels->codes[row] < levels->n_levels ? 1.0 : 0.0;
    }
    return n_ones;
}

static double levels_squares(const perebor_matrix *rows, const perebor_indicators *levels,
                             double mean) {
    double n_ones = levels_sum(rows, levels);
    double n_zeros = (double)rows->n_rows * (double)levels->n_levels - n_ones;
    return n_ones * ((1.0 - mean) * (1.0 - mean)) + n_zeros * (mean * mean);
}

/** 1 / (columns x variance of all entries), as scikit-learn's "scale". */
static double scale_gamma(const perebor_matrix *rows) {
    size_t n_dense = perebor_matrix_n_dense(rows);
    double n = (double)rows->n_rows * (double)rows->n_columns;
    double sum = 0.0;
    double squares = 0.0;
    for (size_t column = 0; column < n_dense && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        double part = 0.0;
        for (size_t row = 0; row < rows->n_rows; row++) {
            part += values[row];
        }
        sum += part;
    }
    for (size_t block = 0; block < rows->n_indicators; block++) {
        sum += levels_sum(rows, &rows->indicators[block]);
    }
    double mean = sum / n;
    for (size_t column = 0; column < n_dense && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        double part = 0.0;
        for (size_t row = 0; row < rows->n_rows; row++) {
            part += (values[row] - mean) * (values[row] - mean);
        }
        squares += part;
    }
    for (size_t block = 0; block < rows->n_indicators; block++) {
        squares += levels_squares(rows, &rows->indicators[block], mean);
    }
    double variance = squares / n;
    return variance > 0.0 ? 1.0 / ((double)rows->n_columns * variance) : 1.0;
}

/** The mean of x.x: columns are padded with zeros to a multiple of eight. */
static double mean_square(const perebor_matrix *rows) {
    size_t n_dense = perebor_matrix_n_dense(rows);
    double sums[8] = {0.0};
    for (size_t column = 0; column < n_dense && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        for (size_t row = 0; row < rows->stride; row += 8) {
            for (size_t lane = 0; lane < 8; lane++) {
                sums[lane] += values[row + lane] * values[row + lane];
            }
        }
    }
    double sum = 0.0;
    for (size_t lane = 0; lane < 8; lane++) {
        sum += sums[lane];
    }
    for (size_t block = 0; block < rows->n_indicators; block++) {
        sum += levels_sum(rows, &rows->indicators[block]);
    }
    return sum / (double)rows->n_rows;
}

static double read_gamma(const perebor_value *gamma, const perebor_matrix *rows) {
    if (gamma->kind == PEREBOR_VALUE_REAL) {
        return gamma->as.real;
    }
    return strcmp(gamma->as.text, "auto") == 0 ? 1.0 / (double)rows->n_columns : scale_gamma(rows);
}

void svc_options_read(svc_options *options, const perebor_training *training,
                      const perebor_value *settings) {
    const perebor_matrix *rows = &training->rows;
    svc_options read = {
        .kernel = {.kind = svc_kernel_kind_read(settings),
                   .degree = settings[SVC_DEGREE].as.integer},
        .bounds = {settings[SVC_C].as.real, settings[SVC_C].as.real},
        .max_iterations = svc_max_moves,
    };
    if (read.kernel.kind != SVC_LINEAR) {
        read.kernel.gamma = read_gamma(&settings[SVC_GAMMA], rows);
        read.kernel.coef0 = settings[SVC_COEF0].as.real;
    }
    if (read.kernel.kind == SVC_POLY) {
        read.mean_square = mean_square(rows);
    }
    if (settings[SVC_CLASS_WEIGHT].kind == PEREBOR_VALUE_TEXT) {
        size_t n_positive = 0;
        for (size_t row = 0; row < rows->n_rows; row++) {
            n_positive += training->labels[row];
        }
        double half = 0.5 * (double)rows->n_rows;
        read.bounds[0] *= half / (double)(rows->n_rows - n_positive);
        read.bounds[1] *= half / (double)n_positive;
    }
    if (settings[SVC_MAX_ITER].kind == PEREBOR_VALUE_INTEGER) {
        read.max_iterations = (uint64_t)settings[SVC_MAX_ITER].as.integer;
    }
    *options = read;
}
