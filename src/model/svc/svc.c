// SPDX-License-Identifier: MIT
/*
 * C-support vector classification: how the parts come together. Linear kernels go to the interior
 * point method of svc_linear.c, unless columns are many and no fewer than rows; these and the other
 * kernels go to svc_smo.c.
 */
#include <string.h>

#include "base/arithmetic.h"
#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/kernel_centres.h"
#include "model/svc/svc_family.h"
#include "model/svc/svc_learner.h"
#include "model/svc/svc_levels.h"
#include "model/svc/svc_model.h"
#include "model/svc/svc_monomials.h"
#include "model/svc/svc_options.h"

/** Solves for points, by kernel values that are given back as soon as that is done. */
static perebor_status fit_points(perebor_model **model, const perebor_training *training,
                                 const svc_options *options, perebor_workspace *workspace,
                                 perebor_fit_report *report, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const size_t n_rows = training->rows.n_rows;
    svc_gram gram = {0};
    perebor_model *fitted;
    perebor_model *kept = perebor_workspace_take(workspace, 1, sizeof *kept);
    double *coefficients = perebor_workspace_take(workspace, n_rows, sizeof *coefficients);
    uint32_t *chosen = perebor_workspace_take(workspace, n_rows, sizeof *chosen);
    if (kept == NULL || coefficients == NULL || chosen == NULL) {
        return perebor_no_memory(error, "for a model of %zu rows", n_rows);
    }
    perebor_workspace_mark made = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, svc_gram_create(&gram, &training->rows, &options->kernel, 1,
                                      SVC_DEFAULT_BYTES, workspace, error));
    PEREBOR_TRY(done, svc_model_fit(&fitted, training, options, &gram, workspace, report, error));
    if (fitted->weights != NULL) { // which lie among what would be given back
        *model = fitted;
        return PEREBOR_OK;
    }
    *kept = *fitted;
    memcpy(coefficients, fitted->coefficients, fitted->n_support * sizeof *coefficients);
    memcpy(chosen, fitted->chosen, fitted->n_support * sizeof *chosen);
    kept->coefficients = coefficients;
    kept->chosen = NULL; // every row is one
    perebor_workspace_return(workspace, made);
    PEREBOR_TRY(done, perebor_matrix_pick(&kept->support, &training->rows, chosen, kept->n_support,
                                          workspace, error));
    *model = kept;
done:
    return status;
}

static perebor_status fit(perebor_model **model, const perebor_training *given,
                          const perebor_value *settings, perebor_workspace *workspace,
                          perebor_fit_report *report, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double start = perebor_cpu_seconds();
    svc_options options;
    perebor_training settled = {.labels = given->labels};
    const perebor_training *training = &settled;
    PEREBOR_TRY(done, svc_levels_settle(&settled.rows, &given->rows, workspace, error));
    svc_options_read(&options, training, settings);
    PEREBOR_TRY(done, perebor_deadline_check(error));
    if (svc_model_needs_points(training, &options)) {
        PEREBOR_TRY(done, fit_points(model, training, &options, workspace, report, error));
    } else {
        PEREBOR_TRY(done, svc_model_fit(model, training, &options, NULL, workspace, report, error));
    }
    report->fit_seconds = perebor_cpu_seconds() - start;
done:
    return status;
}

/** Interior points take more steps the more rows there are: so many times those of 500. */
static double steps_beside_few_rows(double n) {
    return n > 500.0 ? 1.0 + 0.12 * perebor_log2(n / 500.0) : 1.0;
}

/** Seconds of a hyperplane over p columns, by interior points. Matrices of many columns are beyond
 * the near caches. */
static double plane_cost(double n, double p) {
    double a_product = p <= 256.0 ? 5.5e-10 : 1.2e-9;
    return 5e-5 + steps_beside_few_rows(n) * n * p * (a_product * p + 1.5e-8);
}

/** Levels are codes where they are many: svc_levels.h. The largest block is about so large. */
static double coded_levels(const perebor_table_shape *shape) {
    return shape->n_levels > MODEL_FEW_FLAGS ? (double)shape->n_levels / (double)shape->n_nominal
                                             : 0.0;
}

/** Seconds of a hyperplane over columns and codes: the largest block of codes is eliminated from
 * the normal equations, in which it has as many levels as rows have. Every row is added to its
 * level's sums, which takes longer where levels are so few that the row before had the same, as it
 * has to be stored first. */
static double coded_plane_cost(const perebor_table_shape *shape) {
    double n = (double)shape->n_rows;
    double levels = coded_levels(shape);
    double p = (double)shape->n_columns - levels + 1.0;
    double present = levels < n ? levels : n;
    if (!(levels > 0.0)) {
        return plane_cost(n, p);
    }
    double a_row = present < 100.0 ? 5.2e-7 + 3.7e-8 * p : 1.5e-7 + 1.5e-8 * p;
    double a_level = p * (2.7e-8 + 1.1e-9 * p);
    return plane_cost(n, p) + steps_beside_few_rows(n) * (n * a_row + present * a_level);
}

/** Columns of values that a kernel value takes: levels that are codes take three. */
static double columns_of_values(const perebor_table_shape *shape) {
    return coded_levels(shape) > 0.0
               ? (double)(shape->n_columns - shape->n_levels) + 3.0 * (double)shape->n_nominal
               : (double)shape->n_columns;
}

/** Seconds of kernel values, those that scoring takes included: what is beyond the near cache, a
 * pair of points or all of them, takes longer. */
static double values_cost(svc_kernel_kind kind, double n, double p) {
    bool is_near = p <= 256.0 && n * p <= 400000.0;
    double fixed = kind == SVC_SIGMOID ? 2.2e-9 : 9e-10;
    return n * n * ((is_near ? 5e-11 : 1e-10) * p + fixed);
}

/** Moves of pairs that solving takes, if columns are scaled: what is not, settings do not tell. */
static double moves_foreseen(const perebor_value *settings, double n, double p) {
    double c = settings[SVC_C].as.real;
    double product =
        settings[SVC_GAMMA].kind == PEREBOR_VALUE_REAL ? settings[SVC_GAMMA].as.real * p : 1.0;
    double value = 0.12 * n;
    if (svc_kernel_kind_read(settings) == SVC_POLY) {
        value = SVC_MOVES_A_UNIT;
        for (int64_t i = 0; i < settings[SVC_DEGREE].as.integer && value < 1e30; i++) {
            value *= product + settings[SVC_COEF0].as.real;
        }
    }
    double moves = n + c * (value > 0.0 ? value : 0.0);
    double cap = settings[SVC_MAX_ITER].kind == PEREBOR_VALUE_INTEGER
                     ? (double)settings[SVC_MAX_ITER].as.integer
                     : (double)svc_max_moves;
    return moves < cap ? moves : cap;
}

/** Seconds of a move of a pair of n points. */
static double move_cost(double n) {
    return 8e-8 + 4.5e-10 * n;
}

/** Constants were measured on folds of 667 to 6667 rows. */
static double cost(const perebor_value *settings, const perebor_table_shape *shape) {
    double n = (double)shape->n_rows;
    double p = columns_of_values(shape);
    const svc_kernel kernel = {.kind = svc_kernel_kind_read(settings),
                               .degree = settings[SVC_DEGREE].as.integer,
                               .coef0 = settings[SVC_COEF0].as.real};
    if (kernel.kind == SVC_LINEAR) {
        bool by_points =
            svc_model_plane_by_points(shape->n_rows, shape->n_columns - shape->n_levels);
        return by_points ? 0.75 * values_cost(kernel.kind, n, p) + 15.0 * n * move_cost(n)
                         : coded_plane_cost(shape);
    }
    double moves = moves_foreseen(settings, n, p);
    double by_points = values_cost(kernel.kind, n, p) + moves * move_cost(n);
    size_t n_monomials = svc_monomials_count(&kernel, shape->n_columns);
    bool by_monomials = n_monomials > 0 && moves > (double)svc_monomials_worth(n_monomials);
    return by_monomials ? plane_cost(n, (double)n_monomials) : by_points;
}

/** A member that has its kernel to itself, as most do, computes its own kernel values. */
static double marginal_cost(const perebor_value *settings, const perebor_table_shape *shape) {
    return cost(settings, shape);
}

/** Kernel values serve all members that have the kernel and its coefficients in common. */
static uint64_t share_key(const perebor_value *settings) {
    return svc_kernel_kind_read(settings) == SVC_LINEAR ? 1 : 2;
}

const perebor_learner model_svc = {
    .name = "svc",
    .complexity = 3,
    .summary = "support vector classification",
    .score_kind = PEREBOR_SCORE_MARGIN,
    PEREBOR_LEARNER_SETTINGS(svc_settings),
    .fit = fit,
    .score = svc_model_score,
    .describe = svc_describe,
    .restore = svc_restore,
    .cost = cost,
    .share_key = share_key,
    .marginal_cost = marginal_cost,
    .score_family = svc_score_family,
};
