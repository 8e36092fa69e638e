// SPDX-License-Identifier: MIT
/*
 * C-support vector classification: what may be set, and how the parts come together. Linear
 * kernels go to the interior point method of svc_linear.c, the others to svc_smo.c.
 */
#include <math.h>
#include <string.h>

#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/svc/svc_family.h"
#include "model/svc/svc_learner.h"
#include "model/svc/svc_model.h"
#include "model/svc/svc_monomials.h"

enum { KERNEL, C, GAMMA, DEGREE, COEF0, CLASS_WEIGHT, MAX_ITER, N_SETTINGS };

enum { max_moves = 10000000 }; /**< Unless a cap is set. */

static const char *const kernel_choices[] = {"linear", "rbf", "poly", "sigmoid", NULL};
static const char *const gamma_choices[] = {"scale", "auto", NULL};
static const char *const class_weight_choices[] = {"balanced", NULL};

static const perebor_setting svc_settings[N_SETTINGS] = {
    [KERNEL] = {.name = "kernel",
                .simpler = PEREBOR_SIMPLER_LESS,
                .part_of_key = true,
                .summary = "kernel function",
                .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "rbf"},
                .choices = kernel_choices},
    [C] = {.name = "C",
           .simpler = PEREBOR_SIMPLER_LESS,
           .summary = "cost of a point on the wrong side of its margin",
           .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 1.0},
           .min = 0.0,
           .max = INFINITY,
           .exclusive_minimum = true},
    [GAMMA] = {.name = "gamma",
               .simpler = PEREBOR_SIMPLER_LESS,
               .summary = "coefficient of rbf, poly and sigmoid; scale is 1 / (columns x variance)",
               .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "scale"},
               .accepts_real = true,
               .min = 0.0,
               .max = INFINITY,
               .exclusive_minimum = true,
               .choices = gamma_choices},
    [DEGREE] = {.name = "degree",
                .simpler = PEREBOR_SIMPLER_LESS,
                .summary = "degree of poly",
                .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 3},
                .min = 1.0,
                .max = 1000.0},
    [COEF0] = {.name = "coef0",
               .summary = "constant term of poly and sigmoid",
               .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.0},
               .min = 1.0,
               .max = 0.0},
    [CLASS_WEIGHT] = {.name = "class_weight",
                      .summary = "balanced: C in inverse proportion to the size of a class",
                      .default_value = {.kind = PEREBOR_VALUE_NONE},
                      .optional = true,
                      .choices = class_weight_choices},
    [MAX_ITER] = {.name = "max_iter",
                  .summary = "cap on the iterations of the solver",
                  .default_value = {.kind = PEREBOR_VALUE_NONE},
                  .optional = true,
                  .min = 1.0,
                  .max = 4294967295.0},
};

static svc_kernel_kind kernel_kind(const perebor_value *settings) {
    size_t kind = 0;
    while (strcmp(kernel_choices[kind], settings[KERNEL].as.text) != 0) {
        kind++;
    }
    return (svc_kernel_kind)kind;
}

/** 1 / (columns x variance of all entries), as scikit-learn's "scale". */
static double scale_gamma(const perebor_matrix *rows) {
    double n = (double)rows->n_rows * (double)rows->n_columns;
    double sum = 0.0;
    double squares = 0.0;
    for (size_t column = 0; column < rows->n_columns && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        double part = 0.0;
        for (size_t row = 0; row < rows->n_rows; row++) {
            part += values[row];
        }
        sum += part;
    }
    double mean = sum / n;
    for (size_t column = 0; column < rows->n_columns && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        double part = 0.0;
        for (size_t row = 0; row < rows->n_rows; row++) {
            part += (values[row] - mean) * (values[row] - mean);
        }
        squares += part;
    }
    double variance = squares / n;
    return variance > 0.0 ? 1.0 / ((double)rows->n_columns * variance) : 1.0;
}

/** The mean of x.x: columns are padded with zeros to a multiple of eight. */
static double mean_square(const perebor_matrix *rows) {
    double sums[8] = {0.0};
    for (size_t column = 0; column < rows->n_columns && !perebor_deadline_passed(); column++) {
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
        .kernel = {.kind = kernel_kind(settings), .degree = settings[DEGREE].as.integer},
        .bounds = {settings[C].as.real, settings[C].as.real},
        .max_iterations = max_moves,
    };
    if (read.kernel.kind != SVC_LINEAR) {
        read.kernel.gamma = read_gamma(&settings[GAMMA], rows);
        read.kernel.coef0 = settings[COEF0].as.real;
    }
    if (read.kernel.kind == SVC_POLY) {
        read.mean_square = mean_square(rows);
    }
    if (settings[CLASS_WEIGHT].kind == PEREBOR_VALUE_TEXT) {
        size_t n_positive = 0;
        for (size_t row = 0; row < rows->n_rows; row++) {
            n_positive += training->labels[row];
        }
        double half = 0.5 * (double)rows->n_rows;
        read.bounds[0] *= half / (double)(rows->n_rows - n_positive);
        read.bounds[1] *= half / (double)n_positive;
    }
    if (settings[MAX_ITER].kind == PEREBOR_VALUE_INTEGER) {
        read.max_iterations = (uint64_t)settings[MAX_ITER].as.integer;
    }
    *options = read;
}

static perebor_status fit(perebor_model **model, const perebor_training *training,
                          const perebor_value *settings, perebor_workspace *workspace,
                          perebor_fit_report *report, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double start = perebor_cpu_seconds();
    svc_options options;
    svc_gram gram = {0};
    svc_options_read(&options, training, settings);
    PEREBOR_TRY(done, perebor_deadline_check(error));
    bool needs_points = svc_model_needs_points(training, &options);
    if (needs_points) {
        PEREBOR_TRY(done, svc_gram_create(&gram, &training->rows, &options.kernel,
                                          SVC_DEFAULT_BYTES, workspace, error));
    }
    PEREBOR_TRY(done, svc_model_fit(model, training, &options, needs_points ? &gram : NULL,
                                    workspace, report, error));
    report->fit_seconds = perebor_cpu_seconds() - start;
done:
    return status;
}

static perebor_status score(const perebor_model *model, const perebor_matrix *rows,
                            perebor_workspace *workspace, double *scores, perebor_error *error) {
    return svc_model_score(model, rows, workspace, scores, error);
}

/** Seconds of a hyperplane over p columns. */
static double plane_cost(double n, double p) {
    return 2e-5 + n * p * (9e-10 * p + 8e-9);
}

/** Seconds of kernel values, those that scoring takes included. */
static double values_cost(svc_kernel_kind kind, double n, double p) {
    double fixed = kind == SVC_SIGMOID ? 1.6e-9 : 5.2e-10;
    return n * n * ((kind == SVC_RBF ? 1.5e-11 : 3e-11) * p + fixed);
}

/** Moves of pairs that solving takes, if columns are scaled: what is not, settings do not tell. */
static double moves_foreseen(const perebor_value *settings, double n, double p) {
    double c = settings[C].as.real;
    double product = settings[GAMMA].kind == PEREBOR_VALUE_REAL ? settings[GAMMA].as.real * p : 1.0;
    double value = 0.12 * n;
    if (kernel_kind(settings) == SVC_POLY) {
        value = SVC_MOVES_A_UNIT;
        for (int64_t i = 0; i < settings[DEGREE].as.integer && value < 1e30; i++) {
            value *= product + settings[COEF0].as.real;
        }
    }
    double moves = n + c * (value > 0.0 ? value : 0.0);
    double cap = settings[MAX_ITER].kind == PEREBOR_VALUE_INTEGER
                     ? (double)settings[MAX_ITER].as.integer
                     : (double)max_moves;
    return moves < cap ? moves : cap;
}

/** Constants were measured on one fold of 777 rows. */
static double cost(const perebor_value *settings, size_t n_rows, size_t n_columns) {
    double n = (double)n_rows;
    double p = (double)n_columns;
    const svc_kernel kernel = {.kind = kernel_kind(settings),
                               .degree = settings[DEGREE].as.integer,
                               .coef0 = settings[COEF0].as.real};
    if (kernel.kind == SVC_LINEAR) {
        return plane_cost(n, p);
    }
    double moves = moves_foreseen(settings, n, p);
    double by_points = values_cost(kernel.kind, n, p) + moves * (8e-8 + 4.5e-10 * n);
    size_t n_monomials = svc_monomials_count(&kernel, n_columns);
    bool by_monomials = n_monomials > 0 && moves > (double)svc_monomials_worth(n_monomials);
    return by_monomials ? plane_cost(n, (double)n_monomials) : by_points;
}

/** A member that has its kernel to itself, as most do, computes its own kernel values. */
static double marginal_cost(const perebor_value *settings, size_t n_rows, size_t n_columns) {
    return cost(settings, n_rows, n_columns);
}

/** Kernel values serve all members that have the kernel and its coefficients in common. */
static uint64_t share_key(const perebor_value *settings) {
    return kernel_kind(settings) == SVC_LINEAR ? 1 : 2;
}

const perebor_learner model_svc = {
    .name = "svc",
    .complexity = 3,
    .summary = "support vector classification",
    .score_kind = PEREBOR_SCORE_MARGIN,
    PEREBOR_LEARNER_SETTINGS(svc_settings),
    .fit = fit,
    .score = score,
    .describe = svc_describe,
    .restore = svc_restore,
    .cost = cost,
    .share_key = share_key,
    .marginal_cost = marginal_cost,
    .score_family = svc_score_family,
};
