// SPDX-License-Identifier: MIT
#include "model/svc/svc_model.h"

#include <math.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/kernel_centres.h"
#include "model/svc/svc_levels.h"
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

/** A hyperplane over at least so many dense columns, and no fewer than rows, is solved for by
 * points.
 */
enum { many_columns = 256 };

enum { most_values = 1 << 26 }; /**< Values of monomials: half a gibibyte. */

/** How much optimality may be violated, in units of the margin: errors of scores stay below it. */
static const double tolerance = 1e-6;

/** Notes which training rows are support vectors. */
static perebor_status keep_support(perebor_model *model, const perebor_matrix *rows,
                                   const svc_solution *solution, perebor_workspace *workspace,
                                   perebor_error *error) {
    size_t n = 0;
    for (size_t row = 0; row < rows->n_rows; row++) {
        n += solution->coefficients[row] != 0.0 ? 1 : 0;
    }
    model->coefficients = perebor_workspace_take(workspace, n, sizeof *model->coefficients);
    uint32_t *support = perebor_workspace_take(workspace, n, sizeof *support);
    if (support == NULL || model->coefficients == NULL) {
        return perebor_no_memory(error, "for %zu support vectors", n);
    }
    n = 0;
    for (size_t row = 0; row < rows->n_rows; row++) {
        if (solution->coefficients[row] != 0.0) {
            support[n] = (uint32_t)row;
            model->coefficients[n++] = solution->coefficients[row];
        }
    }
    model->n_support = n;
    model->support = *rows;
    model->chosen = support;
    return PEREBOR_OK;
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
    perebor_status status = PEREBOR_OK;
    perebor_matrix dense;
    perebor_training expanded = {.labels = training->labels};
    PEREBOR_TRY(done, perebor_matrix_expand(&dense, &training->rows, workspace, error));
    PEREBOR_TRY(done,
                svc_monomials_create(&expanded.rows, &dense, &options->kernel, workspace, error));
    PEREBOR_TRY(done, fit_weights(model, &expanded, options, workspace, report, error));
done:
    return status;
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

/** What is to be solved for points. */
static svc_problem pose(const perebor_training *training, const svc_options *options,
                        uint64_t max_moves) {
    return (svc_problem){
        .labels = training->labels,
        .bounds = {options->bounds[0], options->bounds[1]},
        .tolerance = tolerance,
        .max_iterations = max_moves,
        .convex = options->kernel.kind != SVC_SIGMOID,
        .together = training->rows.n_rows <= most_together,
    };
}

/** Coefficients of points, which the model keeps unless monomials are to replace them: where moves
 * were cut short for these, and did not end at the optimum as far as scores need it. */
static perebor_status fit_support(perebor_model *model, const perebor_training *training,
                                  const svc_options *options, uint64_t max_moves,
                                  const svc_gram *gram, perebor_workspace *workspace,
                                  perebor_fit_report *report, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const svc_problem problem = pose(training, options, max_moves);
    svc_solution solution = {.coefficients = perebor_workspace_take_zeroed(
                                 workspace, training->rows.n_rows, sizeof *solution.coefficients)};
    if (solution.coefficients == NULL) {
        return perebor_no_memory(error, "for the coefficients");
    }
    PEREBOR_TRY(done, svc_smo_solve(gram, &problem, workspace, &solution, error));
    if (solution.worth_reducing) {
        PEREBOR_TRY(done, solve_reduced(training, gram, &problem, workspace, &solution, error));
    }
    report->converged = settle(model, solution.bias, solution.precision, solution.converged,
                               solution.coefficients, training->rows.n_rows);
    report->iterations =
        solution.iterations < UINT32_MAX ? (uint32_t)solution.iterations : UINT32_MAX;
    if (report->converged || max_moves == options->max_iterations) {
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

bool svc_model_plane_by_points(size_t n_rows, size_t n_dense) {
    return n_dense >= many_columns && n_dense >= n_rows;
}

bool svc_model_needs_points(const perebor_training *training, const svc_options *options) {
    if (options->kernel.kind == SVC_LINEAR) {
        return svc_model_plane_by_points(training->rows.n_rows,
                                         perebor_matrix_n_dense(&training->rows));
    }
    if (options->kernel.kind != SVC_POLY) {
        return true;
    }
    uint64_t worth = worth_in_moves(training, options);
    return worth == options->max_iterations || (double)worth > expected_moves(training, options);
}

/** w = sum_i b_i x_i @param[out] weights  [rows->n_columns], zeros */
static void sum_points(const perebor_matrix *rows, const double *coefficients, double *weights) {
    size_t n_dense = perebor_matrix_n_dense(rows);
    for (size_t column = 0; column < n_dense && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        for (size_t row = 0; row < rows->n_rows; row++) {
            weights[column] += coefficients[row] * values[row];
        }
    }
    for (size_t block = 0; block < rows->n_indicators; block++) {
        const perebor_indicators *levels = &rows->indicators[block];
        for (size_t row = 0; row < rows->n_rows; row++) {
            if (levels->codes[row] < levels->n_levels) {
                weights[levels->first + levels->codes[row]] += coefficients[row];
            }
        }
    }
}

/**
 * A hyperplane from coefficients of points, of which there are fewer than columns; from the
 * interior point method if moving pairs takes longer than that.
 */
static perebor_status fit_plane(perebor_model *model, const perebor_training *training,
                                const svc_options *options, const svc_gram *gram,
                                perebor_workspace *workspace, perebor_fit_report *report,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_matrix *rows = &training->rows;
    uint64_t worth = svc_monomials_worth(perebor_matrix_n_dense(rows));
    uint64_t max_moves = worth < options->max_iterations ? worth : options->max_iterations;
    svc_problem problem = pose(training, options, max_moves);
    svc_solution solution = {.coefficients = perebor_workspace_take_zeroed(
                                 workspace, rows->n_rows, sizeof *solution.coefficients)};
    model->weights =
        perebor_workspace_take_zeroed(workspace, rows->n_columns, sizeof *model->weights);
    if (solution.coefficients == NULL || model->weights == NULL) {
        return perebor_no_memory(error, "for the weights");
    }
    PEREBOR_TRY(done, svc_smo_solve(gram, &problem, workspace, &solution, error));
    if (!solution.converged) {
        return fit_weights(model, training, options, workspace, report, error);
    }
    sum_points(rows, solution.coefficients, model->weights);
    report->converged = settle(model, solution.bias, solution.precision, solution.converged,
                               model->weights, rows->n_columns);
    report->iterations =
        solution.iterations < UINT32_MAX ? (uint32_t)solution.iterations : UINT32_MAX;
    status = perebor_deadline_check(error);
done:
    return status;
}

/** By points, or by monomials where that is sooner; by points first if one cannot tell. */
static perebor_status fit_any(perebor_model *model, const perebor_training *training,
                              const svc_options *options, const svc_gram *gram,
                              perebor_workspace *workspace, perebor_fit_report *report,
                              perebor_error *error) {
    if (options->kernel.kind == SVC_LINEAR) {
        return svc_model_needs_points(training, options)
                   ? fit_plane(model, training, options, gram, workspace, report, error)
                   : fit_weights(model, training, options, workspace, report, error);
    }
    if (!svc_model_needs_points(training, options)) {
        return fit_monomials(model, training, options, workspace, report, error);
    }
    uint64_t max_moves = options->kernel.kind == SVC_POLY ? worth_in_moves(training, options)
                                                          : options->max_iterations;
    perebor_status status =
        fit_support(model, training, options, max_moves, gram, workspace, report, error);
    if (status != PEREBOR_OK || model->chosen != NULL) {
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

/** Support vectors and rows of the same columns, and their norms, of rbf less the centres. */
typedef struct meeting {
    perebor_matrix support, rows;
    double *support_norms;  /**< [support.stride] */
    double *norms;          /**< [rows.stride] */
    double *sums, *nearest; /**< [rows.stride], zeros. */
    svc_group group;        /**< Scratch. */
} meeting;

/** The centres of the support vectors, which are taken off both. */
static perebor_status find_centres(const double **centres, const meeting *meeting,
                                   const perebor_model *model, perebor_workspace *workspace,
                                   perebor_error *error) {
    const size_t n_columns = meeting->support.n_columns;
    double *found = perebor_workspace_take(workspace, n_columns, sizeof *found);
    if (found == NULL) {
        return perebor_no_memory(error, "for %zu means", n_columns);
    }
    model_kernel_centres_of(&meeting->support, model->chosen, model->n_support, found);
    *centres = found;
    return PEREBOR_OK;
}

static perebor_status meet(meeting *meeting, const perebor_model *model,
                           const perebor_matrix *given, perebor_workspace *workspace,
                           perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const double *centres = NULL;
    PEREBOR_TRY(done, svc_levels_settle(&meeting->rows, given, workspace, error));
    PEREBOR_TRY(done, svc_levels_adapt(&meeting->support, &model->support, &meeting->rows,
                                       workspace, error));
    if (model->kernel.kind == SVC_RBF) {
        PEREBOR_TRY(done, find_centres(&centres, meeting, model, workspace, error));
    }
    size_t stride = meeting->rows.stride;
    meeting->support_norms =
        perebor_workspace_take(workspace, meeting->support.stride, sizeof(double));
    meeting->norms = perebor_workspace_take_zeroed(workspace, 3 * stride, sizeof(double));
    if (meeting->support_norms == NULL || meeting->norms == NULL ||
        !svc_group_create(&meeting->group, &meeting->support, workspace)) {
        status = perebor_no_memory(error, "to score %zu rows", given->n_rows);
        goto done;
    }
    meeting->group.centres = centres;
    meeting->sums = meeting->norms + stride;
    meeting->nearest = meeting->sums + stride;
    svc_norms(&meeting->support, centres, meeting->support_norms);
    svc_norms(&meeting->rows, centres, meeting->norms);
done:
    return status;
}

/** Adds the terms of all support vectors, a group at a time. */
static void add_groups(meeting *meeting, const perebor_model *model) {
    const svc_kernels *vector = PEREBOR_KERNEL_PICK(svc_kernels);
    svc_group *group = &meeting->group;
    for (size_t first = 0; first < model->n_support && !perebor_deadline_passed();
         first += SVC_POINTS) {
        const size_t left = model->n_support - first;
        const size_t n = left < SVC_POINTS ? left : SVC_POINTS;
        size_t points[SVC_POINTS] = {0};
        for (size_t i = 0; i < n; i++) {
            points[i] = model->chosen != NULL ? model->chosen[first + i] : first + i;
            group->norms[i] = meeting->support_norms[points[i]];
        }
        svc_group_pick(group, &meeting->support, points, n);
        vector->group_scores(&model->kernel, group, &meeting->rows, meeting->norms,
                             model->coefficients + first, meeting->sums, meeting->nearest);
    }
}

static perebor_status score_support(const perebor_model *model, const perebor_matrix *rows,
                                    perebor_workspace *workspace, double *scores,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    meeting meeting = {0};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, meet(&meeting, model, rows, workspace, error));
    add_groups(&meeting, model);
    for (size_t row = 0; row < rows->n_rows; row++) {
        scores[row] = meeting.sums[row] + model->bias;
    }
    svc_precision_round(model->grain, model->kernel.kind == SVC_RBF ? meeting.nearest : NULL,
                        scores, rows->n_rows);
    status = perebor_deadline_check(error);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

/** Scores by weights of columns, levels among them. */
static void score_weights(const perebor_model *model, const perebor_matrix *rows, double *scores) {
    for (size_t row = 0; row < rows->n_rows; row++) {
        scores[row] = model->bias;
    }
    size_t n_dense = perebor_matrix_n_dense(rows);
    for (size_t column = 0; column < n_dense && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        double weight = model->weights[column];
        for (size_t row = 0; row < rows->n_rows; row++) {
            scores[row] += weight * values[row];
        }
    }
    for (size_t block = 0; block < rows->n_indicators; block++) {
        const perebor_indicators *levels = &rows->indicators[block];
        const double *weights = model->weights + levels->first;
        for (size_t row = 0; row < rows->n_rows; row++) {
            scores[row] +=
                levels->codes[row] < levels->n_levels ? weights[levels->codes[row]] : 0.0;
        }
    }
    svc_precision_round(model->grain, NULL, scores, rows->n_rows);
}

static perebor_status score_monomials(const perebor_model *model, const perebor_matrix *rows,
                                      perebor_workspace *workspace, double *scores,
                                      perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_matrix dense, monomials;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, perebor_matrix_expand(&dense, rows, workspace, error));
    PEREBOR_TRY(done, svc_monomials_create(&monomials, &dense, &model->kernel, workspace, error));
    score_weights(model, &monomials, scores);
    status = perebor_deadline_check(error);
done:
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
