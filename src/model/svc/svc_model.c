// SPDX-License-Identifier: MIT
#include "model/svc/svc_model.h"

#include <math.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/svc/svc_linear.h"
#include "model/svc/svc_monomials.h"
#include "model/svc/svc_precision.h"
#include "model/svc/svc_smo.h"

/** Rows of which all that are not settled are solved together; their values take a gibibyte. */
enum { most_together = 16384 };

/**
 * Monomials are used at once if they cost no more than so many moves of pairs for each point, and
 * for each unit of C k(x, x): that, and more, is what pairs take.
 */
enum { moves_a_point = 4 };

enum { most_values = 1 << 26 }; /**< Of monomials: half a gibibyte. */

/** How much optimality may be violated, in units of the margin: errors of scores stay below it. */
static const double tolerance = 1e-6;

perebor_status svc_model_centre(perebor_model *model, perebor_workspace *workspace,
                                perebor_error *error) {
    if (model->kernel.kind != SVC_RBF) {
        return PEREBOR_OK;
    }
    size_t n = model->n_support;
    model->centres =
        perebor_workspace_take_zeroed(workspace, model->n_columns, sizeof *model->centres);
    if (model->centres == NULL) {
        return perebor_no_memory(error, "for %zu means", model->n_columns);
    }
    memset(model->norms, 0, n * sizeof *model->norms);
    for (size_t column = 0; column < model->n_columns && !perebor_deadline_passed(); column++) {
        double sum = 0.0;
        for (size_t point = 0; point < n; point++) {
            sum += *svc_model_support(model, point, column);
        }
        model->centres[column] = n > 0 ? sum / (double)n : 0.0;
        for (size_t point = 0; point < n; point++) {
            double value = *svc_model_support(model, point, column) - model->centres[column];
            model->norms[point] += value * value;
        }
    }
    return perebor_deadline_check(error);
}

/** Copies the support vectors out of the training rows. */
static perebor_status keep_support(perebor_model *model, const perebor_matrix *rows,
                                   const svc_solution *solution, perebor_workspace *workspace,
                                   perebor_error *error) {
    size_t n = 0;
    for (size_t row = 0; row < rows->n_rows; row++) {
        n += solution->coefficients[row] != 0.0 ? 1 : 0;
    }
    size_t n_groups = (n + SVC_POINTS - 1) / SVC_POINTS;
    model->coefficients = perebor_workspace_take(workspace, n, sizeof *model->coefficients);
    model->norms = perebor_workspace_take(workspace, n, sizeof *model->norms);
    model->groups = perebor_workspace_take(workspace, n_groups * SVC_POINTS * rows->n_columns,
                                           sizeof *model->groups);
    perebor_workspace_mark mark = perebor_workspace_here(workspace);
    size_t *support = perebor_workspace_take(workspace, n, sizeof *support);
    double *norms = perebor_workspace_take(workspace, rows->stride, sizeof *norms);
    if (support == NULL || norms == NULL || model->coefficients == NULL || model->norms == NULL ||
        model->groups == NULL) {
        return perebor_no_memory(error, "for %zu support vectors", n);
    }
    svc_norms(rows, norms);
    for (size_t row = 0; row < rows->n_rows; row++) {
        if (solution->coefficients[row] != 0.0) {
            support[model->n_support] = row;
            model->coefficients[model->n_support] = solution->coefficients[row];
            model->norms[model->n_support] = norms[row];
            model->n_support++;
        }
    }
    for (size_t first = 0; first < n; first += SVC_POINTS) {
        svc_group group = {.values = model->groups + first * rows->n_columns};
        size_t left = n - first;
        svc_group_pick(&group, rows, support + first, left < SVC_POINTS ? left : SVC_POINTS);
    }
    perebor_workspace_return(workspace, mark);
    return svc_model_centre(model, workspace, error);
}

/**
 * Takes the bias from a solution, and the grain from its precision. Where decisions lie no further
 * apart than the grain they are all equal, as far as anybody knows: the model becomes a constant.
 *
 * @return Whether the solution is the optimum, as far as scores need it.
 */
static bool settle(perebor_model *model, double bias, svc_precision precision, bool converged,
                   double *weights, size_t n) {
    // What ended before its time has errors of any size, and says so.
    precision.error = converged ? precision.error : fmin(precision.error, tolerance);
    model->bias = bias;
    model->grain = svc_precision_grain(&precision);
    if (svc_precision_is_flat(&precision)) {
        memset(weights, 0, n * sizeof *weights);
        model->bias = 0.5 * (precision.lowest + precision.highest);
    }
    return converged && svc_precision_suffices(&precision);
}

/** A hyperplane over the columns of the training rows. */
static perebor_status fit_weights(perebor_model *model, const perebor_training *training,
                                  const svc_options *options, perebor_workspace *workspace,
                                  perebor_fit_report *report, perebor_error *error) {
    model->weights =
        perebor_workspace_take_zeroed(workspace, training->rows.n_columns, sizeof *model->weights);
    if (model->weights == NULL) {
        return perebor_no_memory(error, "for the weights");
    }
    svc_hyperplane plane = {.weights = model->weights};
    perebor_status status = svc_linear_solve(training, options->bounds, options->max_iterations,
                                             workspace, &plane, error);
    if (status == PEREBOR_OK) {
        report->converged = settle(model, plane.bias, plane.precision, plane.converged,
                                   model->weights, training->rows.n_columns);
        report->iterations = plane.iterations;
    }
    return status;
}

/** A hyperplane over monomials. */
static perebor_status fit_monomials(perebor_model *model, const perebor_training *training,
                                    const svc_options *options, perebor_workspace *workspace,
                                    perebor_fit_report *report, perebor_error *error) {
    perebor_training expanded = {.labels = training->labels};
    perebor_status status =
        svc_monomials_create(&expanded.rows, &training->rows, &options->kernel, workspace, error);
    return status != PEREBOR_OK ? status
                                : fit_weights(model, &expanded, options, workspace, report, error);
}

/**
 * Solves again with reduced kernel values, and takes that over if it is better: where decisions are
 * told apart only by what single precision leaves of values that are next to equal.
 */
static perebor_status solve_reduced(const perebor_training *training, const svc_gram *gram,
                                    const svc_problem *problem, perebor_workspace *workspace,
                                    svc_solution *solution, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_rows = training->rows.n_rows;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    svc_kernel kernel = gram->kernel;
    svc_gram reduced;
    svc_problem left = *problem;
    svc_solution better = {.coefficients =
                               perebor_workspace_take_zeroed(workspace, n_rows, sizeof(double))};
    if (better.coefficients == NULL) {
        status = perebor_no_memory(error, "for the coefficients");
        goto done;
    }
    kernel.reduced = true;
    left.max_iterations -= solution->iterations;
    PEREBOR_TRY(done, svc_gram_create(&reduced, &training->rows, &kernel, 1, gram->max_bytes,
                                      workspace, error));
    PEREBOR_TRY(done, svc_smo_solve(&reduced, &left, workspace, &better, error));
    solution->iterations += better.iterations;
    if (better.converged && better.precision.error < solution->precision.error) {
        memcpy(solution->coefficients, better.coefficients, n_rows * sizeof(double));
        solution->bias = better.bias;
        solution->precision = better.precision;
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

/** Coefficients of points, which are kept if there will be no others. */
static perebor_status fit_support(perebor_model *model, const perebor_training *training,
                                  const svc_options *options, uint64_t max_moves,
                                  const svc_gram *gram, perebor_workspace *workspace,
                                  perebor_fit_report *report, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const svc_problem problem = {
        .labels = training->labels,
        .bounds = {options->bounds[0], options->bounds[1]},
        .tolerance = tolerance,
        .max_iterations = max_moves,
        .convex = options->kernel.kind != SVC_SIGMOID,
        .together = training->rows.n_rows <= most_together,
    };
    svc_solution solution = {.coefficients = perebor_workspace_take_zeroed(
                                 workspace, training->rows.n_rows, sizeof *solution.coefficients)};
    if (solution.coefficients == NULL) {
        return perebor_no_memory(error, "for the coefficients");
    }
    PEREBOR_TRY(done, svc_smo_solve(gram, &problem, workspace, &solution, error));
    if (solution.worth_reducing) {
        PEREBOR_TRY(done, solve_reduced(training, gram, &problem, workspace, &solution, error));
    }
    report->converged = solution.converged;
    report->iterations =
        solution.iterations < UINT32_MAX ? (uint32_t)solution.iterations : UINT32_MAX;
    if (solution.converged || max_moves == options->max_iterations) {
        report->converged = settle(model, solution.bias, solution.precision, solution.converged,
                                   solution.coefficients, training->rows.n_rows);
        PEREBOR_TRY(done, keep_support(model, &training->rows, &solution, workspace, error));
    }
done:
    return status;
}

/** The mean of k(x, x), about. */
static double mean_diagonal(const svc_options *options) {
    const svc_kernel *kernel = &options->kernel;
    double base = kernel->gamma * options->mean_square + kernel->coef0;
    double power = 1.0;
    for (int64_t i = 0; i < kernel->degree; i++) {
        power *= base;
    }
    return power;
}

/** Moves of pairs that take as long as a hyperplane over the monomials; the cap if that is less. */
static uint64_t worth_in_moves(const perebor_training *training, const svc_options *options) {
    size_t n = svc_monomials_count(&options->kernel, training->rows.n_columns);
    uint64_t worth = svc_monomials_worth(n);
    bool possible = n > 0 && n * training->rows.stride <= most_values;
    return possible && worth < options->max_iterations ? worth : options->max_iterations;
}

/** What pairs are expected to take, if points are hard to tell apart at their costs. */
static double expected_moves(const perebor_training *training, const svc_options *options) {
    double bound = fmax(options->bounds[0], options->bounds[1]);
    return moves_a_point * (double)training->rows.n_rows +
           SVC_MOVES_A_UNIT * bound * mean_diagonal(options);
}

bool svc_model_needs_points(const perebor_training *training, const svc_options *options) {
    if (options->kernel.kind != SVC_POLY) {
        return options->kernel.kind != SVC_LINEAR;
    }
    uint64_t worth = worth_in_moves(training, options);
    return worth == options->max_iterations || (double)worth > expected_moves(training, options);
}

/** By points, or by monomials where that is sooner; by points first if one cannot tell. */
static perebor_status fit_any(perebor_model *model, const perebor_training *training,
                              const svc_options *options, const svc_gram *gram,
                              perebor_workspace *workspace, perebor_fit_report *report,
                              perebor_error *error) {
    if (options->kernel.kind == SVC_LINEAR) {
        return fit_weights(model, training, options, workspace, report, error);
    }
    if (!svc_model_needs_points(training, options)) {
        return fit_monomials(model, training, options, workspace, report, error);
    }
    uint64_t max_moves = options->kernel.kind == SVC_POLY ? worth_in_moves(training, options)
                                                          : options->max_iterations;
    perebor_status status =
        fit_support(model, training, options, max_moves, gram, workspace, report, error);
    if (status != PEREBOR_OK || report->converged || max_moves == options->max_iterations) {
        return status;
    }
    return fit_monomials(model, training, options, workspace, report, error);
}

perebor_status svc_model_fit(perebor_model **model, const perebor_training *training,
                             const svc_options *options, const svc_gram *gram,
                             perebor_workspace *workspace, perebor_fit_report *report,
                             perebor_error *error) {
    perebor_model *result = perebor_workspace_take_zeroed(workspace, 1, sizeof *result);
    if (result == NULL) {
        return perebor_no_memory(error, "for a model");
    }
    result->kernel = options->kernel;
    result->n_columns = training->rows.n_columns;
    perebor_status status = fit_any(result, training, options, gram, workspace, report, error);
    if (status == PEREBOR_OK) {
        *model = result;
    }
    return status;
}

/** Takes the centres off the points of a group. */
static void centre_group(const double *from, const double *centres, size_t n_columns, double *to) {
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t point = 0; point < SVC_POINTS; point++) {
            size_t place = column * SVC_POINTS + point;
            to[place] = from[place] - centres[column];
        }
    }
}

/**
 * Adds the terms of all support vectors, a group at a time.
 *
 * @param scratch  [n_columns][SVC_POINTS]
 */
static void add_groups(const perebor_model *model, const perebor_matrix *rows, const double *norms,
                       double *scratch, double *sums, double *nearest) {
    const svc_kernels *vector = PEREBOR_KERNEL_PICK(svc_kernels);
    for (size_t first = 0; first < model->n_support && !perebor_deadline_passed();
         first += SVC_POINTS) {
        size_t left = model->n_support - first;
        svc_group group = {.values = model->groups + first * model->n_columns,
                           .n_points = left < SVC_POINTS ? left : SVC_POINTS};
        if (model->centres != NULL) {
            centre_group(group.values, model->centres, model->n_columns, scratch);
            group.values = scratch;
        }
        memcpy(group.norms, model->norms + first, group.n_points * sizeof *group.norms);
        vector->group_scores(&model->kernel, &group, rows, norms, model->coefficients + first, sums,
                             nearest);
    }
}

static perebor_status score_support(const perebor_model *model, const perebor_matrix *given,
                                    perebor_workspace *workspace, double *scores,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t stride = given->stride;
    perebor_matrix centred;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    if (model->centres != NULL) {
        PEREBOR_TRY(done, svc_centre(&centred, given, model->centres, workspace, error));
    }
    const perebor_matrix *rows = model->centres != NULL ? &centred : given;
    double *norms = perebor_workspace_take_zeroed(workspace, 3 * stride, sizeof *norms);
    double *scratch =
        perebor_workspace_take(workspace, model->n_columns * SVC_POINTS, sizeof *scratch);
    if (norms == NULL || scratch == NULL) {
        status = perebor_no_memory(error, "to score %zu rows", rows->n_rows);
        goto done;
    }
    double *sums = norms + stride;
    double *nearest = sums + stride;
    svc_norms(rows, norms);
    add_groups(model, rows, norms, scratch, sums, nearest);
    for (size_t row = 0; row < rows->n_rows; row++) {
        scores[row] = sums[row] + model->bias;
    }
    svc_precision_round(model->grain, model->kernel.kind == SVC_RBF ? nearest : NULL, scores,
                        rows->n_rows);
    status = perebor_deadline_check(error);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

static void score_weights(const perebor_model *model, const perebor_matrix *rows, double *scores) {
    for (size_t row = 0; row < rows->n_rows; row++) {
        scores[row] = model->bias;
    }
    for (size_t column = 0; column < rows->n_columns && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        double weight = model->weights[column];
        for (size_t row = 0; row < rows->n_rows; row++) {
            scores[row] += weight * values[row];
        }
    }
    svc_precision_round(model->grain, NULL, scores, rows->n_rows);
}

static perebor_status score_monomials(const perebor_model *model, const perebor_matrix *rows,
                                      perebor_workspace *workspace, double *scores,
                                      perebor_error *error) {
    perebor_matrix monomials;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status =
        svc_monomials_create(&monomials, rows, &model->kernel, workspace, error);
    if (status == PEREBOR_OK) {
        score_weights(model, &monomials, scores);
        status = perebor_deadline_check(error);
    }
    perebor_workspace_return(workspace, begin);
    return status;
}

perebor_status svc_model_score(const perebor_model *model, const perebor_matrix *rows,
                               perebor_workspace *workspace, double *scores, perebor_error *error) {
    if (rows->n_columns != model->n_columns) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "the model was fitted on %zu columns, the rows have %zu",
                            model->n_columns, rows->n_columns);
    }
    if (model->weights == NULL) {
        return score_support(model, rows, workspace, scores, error);
    }
    if (model->kernel.kind == SVC_POLY) {
        return score_monomials(model, rows, workspace, scores, error);
    }
    score_weights(model, rows, scores);
    return perebor_deadline_check(error);
}
