// SPDX-License-Identifier: MIT
#include "model/logreg/logreg.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/logreg/logreg_learner.h"
#include "model/logreg/logreg_solver.h"
#include "model/logreg/logreg_wide.h"

struct perebor_model {
    size_t n_columns;
    double intercept;
    double coefficients[];
};

enum { PENALTY, STRENGTH, L1_RATIO, INTERCEPT, CLASS_WEIGHT, N_SETTINGS };

static const char *const penalty_choices[] = {"l1", "l2", "elasticnet", "none", NULL};
static const char *const intercept_choices[] = {"free", "penalized", NULL};
static const char *const class_weight_choices[] = {"balanced", NULL};

static const perebor_setting logreg_settings[N_SETTINGS] = {
    [PENALTY] = {.name = "penalty",
                 .summary = "what keeps the weights small",
                 .default_value = {PEREBOR_VALUE_TEXT, {.text = "l2"}},
                 .choices = penalty_choices},
    [STRENGTH] = {.name = "C",
                  .simpler = PEREBOR_SIMPLER_LESS,
                  .summary = "weight of the data against the penalty",
                  .default_value = {PEREBOR_VALUE_REAL, {.real = 1.0}},
                  .min = 0.0,
                  .max = INFINITY,
                  .exclusive_minimum = true},
    [L1_RATIO] = {.name = "l1_ratio",
                  .simpler = PEREBOR_SIMPLER_MORE,
                  .summary = "share of l1 in an elasticnet penalty",
                  .default_value = {PEREBOR_VALUE_REAL, {.real = 0.5}},
                  .min = 0.0,
                  .max = 1.0},
    [INTERCEPT] = {.name = "intercept",
                   .part_of_key = true,
                   .summary = "free, or penalized as the weights are (liblinear's optimum)",
                   .default_value = {PEREBOR_VALUE_TEXT, {.text = "free"}},
                   .choices = intercept_choices},
    [CLASS_WEIGHT] = {.name = "class_weight",
                      .part_of_key = true,
                      .summary = "balanced: both classes weigh the same in all",
                      .default_value = {.kind = PEREBOR_VALUE_NONE},
                      .optional = true,
                      .choices = class_weight_choices},
};

static bool is_text(perebor_value value, const char *text) {
    return value.kind == PEREBOR_VALUE_TEXT && strcmp(value.as.text, text) == 0;
}

/** scikit-learn's objective, divided by C. */
static logreg_penalty penalty_of(const perebor_value *settings) {
    if (is_text(settings[PENALTY], "none")) {
        return (logreg_penalty){0.0, 0.0};
    }
    double ratio = is_text(settings[PENALTY], "l1")   ? 1.0
                   : is_text(settings[PENALTY], "l2") ? 0.0
                                                      : settings[L1_RATIO].as.real;
    double strength = 1.0 / settings[STRENGTH].as.real;
    return (logreg_penalty){ratio * strength, (1.0 - ratio) * strength};
}

static bool is_balanced(const perebor_value *settings) {
    return is_text(settings[CLASS_WEIGHT], "balanced");
}

/** Without a penalty there is none on the intercept either. */
static bool has_free_intercept(const perebor_value *settings) {
    return is_text(settings[INTERCEPT], "free") || is_text(settings[PENALTY], "none");
}

static perebor_status create_problem(logreg_problem **problem, const perebor_training *training,
                                     const perebor_value *settings, size_t n_members,
                                     perebor_workspace *workspace, perebor_error *error) {
    return logreg_problem_create(problem, training, is_balanced(settings),
                                 has_free_intercept(settings), n_members > 1, workspace, error);
}

static perebor_status create_model(perebor_model **model, size_t n_columns,
                                   perebor_workspace *workspace, perebor_error *error) {
    *model =
        perebor_workspace_take_zeroed(workspace, 1, sizeof **model + n_columns * sizeof(double));
    if (*model == NULL) {
        return perebor_no_memory(error, "for %zu coefficients", n_columns);
    }
    (*model)->n_columns = n_columns;
    return PEREBOR_OK;
}

/** The solvers of a problem, each made when first needed. */
typedef struct solvers {
    const logreg_problem *problem;
    logreg_solver *dense;
    logreg_wide *wide;
    perebor_workspace *workspace; /**< Where they are made, and stay. */
} solvers;

static perebor_status run_dense(solvers *solvers, logreg_penalty penalty, logreg_solution *solution,
                                perebor_error *error) {
    perebor_status status;
    if (solvers->dense == NULL) {
        PEREBOR_TRY(done, logreg_solver_create(&solvers->dense, solvers->problem,
                                               solvers->workspace, error));
    }
    PEREBOR_TRY(done, logreg_solver_run(solvers->dense, penalty, solution, error));
done:
    return status;
}

static perebor_status run(solvers *solvers, logreg_penalty penalty, logreg_solution *solution,
                          perebor_error *error) {
    perebor_status status;
    bool gave_up = true;
    if (logreg_wide_serves(solvers->problem, penalty)) {
        if (solvers->wide == NULL) {
            PEREBOR_TRY(done, logreg_wide_create(&solvers->wide, solvers->problem,
                                                 solvers->workspace, error));
        }
        PEREBOR_TRY(done, logreg_wide_run(solvers->wide, penalty, solution, &gave_up, error));
    }
    if (gave_up) {
        PEREBOR_TRY(done, run_dense(solvers, penalty, solution, error));
    }
    status = PEREBOR_OK;
done:
    return status;
}

/** Fits one member of a family into a model. */
static perebor_status solve(solvers *solvers, const perebor_value *settings, perebor_model *model,
                            perebor_fit_report *report, perebor_error *error) {
    perebor_status status;
    double started = perebor_cpu_seconds();
    logreg_solution solution = {.coefficients = model->coefficients};
    PEREBOR_TRY(done, run(solvers, penalty_of(settings), &solution, error));
    model->intercept = solution.intercept;
    *report = (perebor_fit_report){.converged = solution.converged,
                                   .iterations = solution.iterations,
                                   .fit_seconds = perebor_cpu_seconds() - started};
done:
    return status;
}

static perebor_status fit(perebor_model **model, const perebor_training *training,
                          const perebor_value *settings, perebor_workspace *workspace,
                          perebor_fit_report *report, perebor_error *error) {
    perebor_status status;
    logreg_problem *problem = NULL;
    perebor_model *fitted = NULL;
    double started = perebor_cpu_seconds();
    PEREBOR_TRY(done, create_problem(&problem, training, settings, 1, workspace, error));
    solvers solvers = {.problem = problem, .workspace = workspace};
    PEREBOR_TRY(done, create_model(&fitted, training->rows.n_columns, workspace, error));
    PEREBOR_TRY(done, solve(&solvers, settings, fitted, report, error));
    report->fit_seconds = perebor_cpu_seconds() - started;
    *model = fitted;
done:
    return status;
}

static perebor_status score(const perebor_model *model, const perebor_matrix *rows,
                            perebor_workspace *workspace, double *scores, perebor_error *error) {
    (void)workspace;
    const logreg_kernels *kernels = PEREBOR_KERNEL_PICK(logreg_kernels);
    if (rows->n_columns != model->n_columns) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "a logistic regression of %zu columns cannot score rows of %zu",
                            model->n_columns, rows->n_columns);
    }
    kernels->score(scores, rows->values, rows->n_rows, rows->stride, model->coefficients,
                   perebor_matrix_n_dense(rows), model->intercept);
    for (size_t k = 0; k < rows->n_indicators && !perebor_deadline_passed(); k++) {
        const perebor_indicators *levels = &rows->indicators[k];
        kernels->score_levels(scores, levels->codes, rows->n_rows,
                              model->coefficients + levels->first, levels->n_levels);
    }
    return perebor_deadline_check(error);
}

/** A handful of steps, each a matrix of pairs, an addition a row for a dense column and a block of
 * levels, and some passes over the rows; measured with AVX-512.
 * Labels that the columns tell well take a third more steps than ones that they hardly do, which no
 * shape tells: what is foreseen lies between. A long table is begun near its optimum. */
static double cost_of_pairs(const perebor_value *settings, const perebor_table_shape *shape) {
    const double n_steps = logreg_is_long(shape->n_rows, shape->n_columns + 1) ? 3.5 : 4.4;
    const bool in_blocks = shape->n_levels > LOGREG_FEW_LEVELS * shape->n_nominal;
    const double blocks = in_blocks ? (double)shape->n_nominal : 0.0;
    double all = (double)shape->n_columns + 1.0;
    double dense = in_blocks ? all - (double)shape->n_levels : all;
    double values = dense * (double)shape->n_rows;
    double missed = values > 2e6 ? 2.0 : values > 5e5 ? 1.25 : 1.0; // by the caches
    const bool rough = shape->n_rows >= LOGREG_ROUGH_ROWS && dense >= LOGREG_ROUGH_COLUMNS;
    if (!in_blocks && shape->n_rows >= LOGREG_VIEWED_ROWS) { // a step reads them once
        missed = !rough ? 1.5 : values > 2e6 ? 1.2 : 1.0;
    }
    double per_row = (rough ? 2.3e-11 : 3.5e-11) * dense * dense + 4e-10 * dense + 6e-9 +
                     blocks * (1.2e-9 * (dense + 3.0) + 0.8e-9 * blocks);
    // A factor of the columns in use, which with l1 are fewer.
    double per_cube = is_text(settings[PENALTY], "l1") ? 5e-11 : 6e-11;
    return n_steps *
           (missed * per_row * (double)shape->n_rows + per_cube * all * all * all + 7e-6 * blocks);
}

/** Beyond LOGREG_MANY columns there are passes alone. */
static double cost_of_products(const perebor_value *settings, const perebor_table_shape *shape) {
    double rows = (double)shape->n_rows;
    double n_dense = (double)(shape->n_columns - shape->n_levels) + 1.0;
    bool few_dense = n_dense < LOGREG_MANY;
    double n_passes = few_dense ? 60.0 : 50.0; // of many in whole numbers, which take less
    if (is_text(settings[PENALTY], "l1")) {
        n_passes = few_dense ? 85.0 : 175.0;
    } else if (!is_text(settings[PENALTY], "l2")) {
        n_passes = few_dense ? 76.0 : 205.0;
    }
    double a_row = 3e-10 * n_dense + 2.2e-9 * (double)shape->n_nominal;
    // Beside few dense columns rows are read in any order; of many, more rows ask for fewer steps.
    double missed = rows <= 3e4 || (few_dense && shape->n_levels == 0) ? 1.0
                    : few_dense                                        ? 1.5
                                                                       : 0.75;
    return n_passes * missed * (rows * a_row + 3e-9 * (double)shape->n_levels);
}

static double marginal_cost(const perebor_value *settings, const perebor_table_shape *shape) {
    return shape->n_columns <= LOGREG_MANY ? cost_of_pairs(settings, shape)
                                           : cost_of_products(settings, shape);
}

static double cost(const perebor_value *settings, const perebor_table_shape *shape) {
    const size_t n_passes = perebor_table_shape_n_passes(shape); // levels are looked up
    return 2e-9 * (double)shape->n_rows * (double)n_passes + marginal_cost(settings, shape);
}

/** The same problem: classes weighed and intercept treated alike. */
static uint64_t share_key(const perebor_value *settings) {
    return (is_balanced(settings) ? 1u : 0u) | (has_free_intercept(settings) ? 2u : 0u);
}

/**
 * Solves, scores and delivers one member.
 *
 * @retval PEREBOR_ERR_MEMORY  Which is no failure of the member: it is not delivered.
 */
static perebor_status serve_member(const perebor_family *family, size_t member, solvers *solvers,
                                   perebor_model *model, double shared_seconds, double *scores,
                                   perebor_family_deliver *deliver, void *context,
                                   perebor_error *error) {
    perebor_error failure = {0};
    perebor_fit_report report = {.converged = true};
    perebor_status status = solve(solvers, family->settings[member], model, &report, &failure);
    if (status == PEREBOR_ERR_MEMORY) {
        *error = failure;
        return status;
    }
    if (status != PEREBOR_OK) {
        deliver(context, member, status, failure.message, NULL, NULL, &report);
        return PEREBOR_OK;
    }
    report.fit_seconds += shared_seconds;
    double started = perebor_cpu_seconds();
    double *training_scores = family->score_training ? scores + family->validation->n_rows : NULL;
    status = score(model, family->validation, family->workspace, scores, &failure);
    if (status == PEREBOR_OK && training_scores != NULL) {
        status =
            score(model, &family->training->rows, family->workspace, training_scores, &failure);
    }
    report.score_seconds = perebor_cpu_seconds() - started;
    bool scored = status == PEREBOR_OK;
    deliver(context, member, status, failure.message, scored ? scores : NULL,
            scored ? training_scores : NULL, &report);
    return PEREBOR_OK;
}

/** Delivers one and the same failure for every member. */
static void fail_all(const perebor_family *family, perebor_status status, const char *message,
                     perebor_family_deliver *deliver, void *context) {
    const perebor_fit_report report = {.converged = true};
    for (size_t member = 0; member < family->n_members; member++) {
        deliver(context, member, status, message, NULL, NULL, &report);
    }
}

static perebor_status score_family(const perebor_family *family, perebor_family_deliver *deliver,
                                   void *context, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_training *training = family->training;
    logreg_problem *problem = NULL;
    perebor_model *model = NULL;
    perebor_workspace *workspace = family->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_error failure = {0};
    if (family->n_members == 0) {
        return PEREBOR_OK;
    }
    double started = perebor_cpu_seconds();
    PEREBOR_TRY(done, create_problem(&problem, training, family->settings[0], family->n_members,
                                     workspace, &failure));
    solvers solvers = {.problem = problem, .workspace = workspace};
    PEREBOR_TRY(done, create_model(&model, training->rows.n_columns, workspace, &failure));
    size_t n_scores =
        family->validation->n_rows + (family->score_training ? training->rows.n_rows : 0);
    double *scores = perebor_workspace_take(workspace, n_scores, sizeof *scores);
    if (scores == NULL) {
        status = perebor_no_memory(&failure, "for the scores of %zu rows", n_scores);
        goto done;
    }
    double shared_seconds = (perebor_cpu_seconds() - started) / (double)family->n_members;
    for (size_t member = 0; member < family->n_members; member++) {
        PEREBOR_TRY(done, serve_member(family, member, &solvers, model, shared_seconds, scores,
                                       deliver, context, &failure));
    }
done:
    perebor_workspace_return(workspace, begin);
    if (status != PEREBOR_OK && status != PEREBOR_ERR_MEMORY) { // of the trials, not the machine
        fail_all(family, status, failure.message, deliver, context);
        status = PEREBOR_OK;
    }
    if (status != PEREBOR_OK && error != NULL) {
        *error = failure;
    }
    return status;
}

static perebor_status describe(const perebor_model *model, perebor_workspace *workspace,
                               perebor_model_form *form, perebor_error *error) {
    (void)workspace;
    (void)error;
    *form = (perebor_model_form){
        .kind = PEREBOR_FORM_LINEAR,
        .n_columns = model->n_columns,
        .as.linear = {.weights = model->coefficients, .intercept = model->intercept}};
    return PEREBOR_OK;
}

static perebor_status restore(perebor_model **model, const perebor_model_form *form,
                              perebor_workspace *workspace, perebor_error *error) {
    if (form->kind != PEREBOR_FORM_LINEAR) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "a logistic regression is linear, not %s",
                            perebor_form_kind_name(form->kind));
    }
    perebor_status status = create_model(model, form->n_columns, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    assert(*model != NULL);
    for (size_t column = 0; column < form->n_columns; column++) {
        (*model)->coefficients[column] = form->as.linear.weights[column];
    }
    (*model)->intercept = form->as.linear.intercept;
    return PEREBOR_OK;
}

const double *perebor_logreg_coefficients(const perebor_model *model, size_t *n_columns,
                                          double *intercept) {
    if (n_columns != NULL) {
        *n_columns = model->n_columns;
    }
    if (intercept != NULL) {
        *intercept = model->intercept;
    }
    return model->coefficients;
}

const perebor_learner model_logreg = {
    .name = "logreg",
    .complexity = 0,
    .summary = "logistic regression, at the optimum",
    .score_kind = PEREBOR_SCORE_LOG_ODDS,
    PEREBOR_LEARNER_SETTINGS(logreg_settings),
    .fit = fit,
    .score = score,
    .describe = describe,
    .restore = restore,
    .cost = cost,
    .share_key = share_key,
    .marginal_cost = marginal_cost,
    .score_family = score_family,
};
