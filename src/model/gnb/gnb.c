// SPDX-License-Identifier: MIT
/*
 * Gaussian naive Bayes: in each class every column is normal by itself. With m_cj and v_cj the mean
 * and variance of column j in class c, and P_c the share of the class, the score is the log-odds
 *
 *     log(P_1 / P_0) + sum_j log N(x_j; m_1j, v_1j) - log N(x_j; m_0j, v_0j)
 *       = log(P_1 / P_0) + sum_j log(v_0j / v_1j) / 2
 *         + sum_j ((x_j - m_0j)^2 / v_0j - (x_j - m_1j)^2 / v_1j) / 2.
 *
 * To every variance is added var_smoothing times the greatest variance of a column over all rows,
 * so that a column which is constant in a class does not decide alone. Both are scikit-learn's.
 */
#include <math.h>

#include "base/arithmetic.h"
#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/gnb/gnb_kernel.h"
#include "model/gnb/gnb_learner.h"

enum { VAR_SMOOTHING, PRIORS };

static const char *const priors_choices[] = {"equal", NULL};

static const perebor_setting gnb_settings[] = {
    [VAR_SMOOTHING] = {.name = "var_smoothing",
                       .simpler = PEREBOR_SIMPLER_MORE,
                       .summary = "share of the greatest variance that is added to every variance",
                       .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 1e-9},
                       .min = 0,
                       .max = INFINITY},
    [PRIORS] = {.name = "priors",
                .summary = "equal: both classes are as likely; null: as frequent as in training",
                .optional = true,
                .min = 1,
                .max = 0,
                .choices = priors_choices},
};

struct perebor_model {
    size_t n_columns;
    double *means[2];     /**< [n_columns] by class */
    double *variances[2]; /**< [n_columns] smoothed, above 0 */
    double offset;        /**< log(P_1 / P_0) + sum_j log(v_0j / v_1j) / 2 */
};

/** NULL, and an error, if memory is short. */
static perebor_model *create(size_t n_columns, perebor_workspace *workspace, perebor_error *error) {
    perebor_model *created = perebor_workspace_take(workspace, 1, sizeof *created);
    double *values = perebor_workspace_take(workspace, 4 * n_columns, sizeof *values);
    if (created == NULL || values == NULL) {
        (void)perebor_no_memory(error, "for naive Bayes of %zu columns", n_columns);
        return NULL;
    }
    *created = (perebor_model){
        .n_columns = n_columns,
        .means = {values, values + n_columns},
        .variances = {values + 2 * n_columns, values + 3 * n_columns},
    };
    return created;
}

/** Keeps the moments of @p n columns from @p first on. @param[in,out] greatest  As of find_all().
 */
static perebor_status keep(perebor_model *model, const perebor_training *training, size_t first,
                           size_t n, const gnb_moments *found, double *greatest,
                           perebor_error *error) {
    char name[PEREBOR_COLUMN_IN_MESSAGE];
    for (size_t k = 0; k < n; k++) {
        for (size_t c = 0; c < 2; c++) {
            model->means[c][first + k] = found->means[c][k];
            model->variances[c][first + k] = found->variances[c][k];
        }
        *greatest = found->of_all[k] > *greatest ? found->of_all[k] : *greatest;
        if (!isfinite(found->of_all[k]) ||
            !isfinite(found->variances[0][k] + found->variances[1][k])) {
            return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                "the variance of %s is beyond what can be computed with; scale it",
                                perebor_training_column(training, first + k, name));
        }
    }
    return PEREBOR_OK;
}

/** The columns from @p first on that are summed side by side. @return How many. */
static size_t choose(gnb_columns *columns, const perebor_matrix *rows, size_t first) {
    const size_t n_dense = perebor_matrix_n_dense(rows);
    size_t n = n_dense - first;
    *columns = (gnb_columns){.codes = NULL};
    if (first >= n_dense) {
        const perebor_indicators *block = perebor_matrix_indicators(rows, first);
        columns->codes = block->codes;
        columns->first = first - block->first;
        n = block->n_levels - columns->first;
        return n < GNB_COLUMNS ? n : GNB_COLUMNS;
    }
    n = n < GNB_COLUMNS ? n : GNB_COLUMNS;
    for (size_t k = 0; k < GNB_COLUMNS; k++) { // the first once more where there are fewer
        columns->values[k] = perebor_matrix_column(rows, first + (k < n ? k : 0));
    }
    return n;
}

/** Finds the moments of every column. @param[out] greatest  Variance of a column over all rows. */
static perebor_status find_all(perebor_model *model, const perebor_training *training,
                               const double counts[2], double *greatest, perebor_error *error) {
    const gnb_kernels *kernels = PEREBOR_KERNEL_PICK(gnb_kernels);
    const perebor_matrix *rows = &training->rows;
    gnb_columns columns;
    gnb_moments found;
    size_t n;
    *greatest = 0.0;
    perebor_status status = PEREBOR_OK;
    for (size_t column = 0; column < rows->n_columns; column += n) {
        n = choose(&columns, rows, column);
        kernels->moments(&found, &columns, training->labels, rows->n_rows, counts);
        PEREBOR_TRY(done, perebor_deadline_check(error));
        PEREBOR_TRY(done, keep(model, training, column, n, &found, greatest, error));
    }
done:
    return status;
}

/** Adds to every variance, and finds the offset. */
static perebor_status smooth(perebor_model *model, const perebor_training *training, double added,
                             double prior, perebor_error *error) {
    char name[PEREBOR_COLUMN_IN_MESSAGE];
    model->offset = prior;
    for (size_t column = 0; column < model->n_columns; column++) {
        double v[2];
        for (size_t c = 0; c < 2; c++) {
            model->variances[c][column] += added;
            v[c] = model->variances[c][column];
        }
        if (!(v[0] >= 0x1p-1000 && v[1] >= 0x1p-1000)) {
            return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                "%s is constant in a class; take a greater var_smoothing than 0",
                                perebor_training_column(training, column, name));
        }
        model->offset += 0.5 * (perebor_log(v[0]) - perebor_log(v[1]));
    }
    return PEREBOR_OK;
}

static perebor_status fit(perebor_model **model, const perebor_training *training,
                          const perebor_value *settings, perebor_workspace *workspace,
                          perebor_fit_report *report, perebor_error *error) {
    perebor_status status = PEREBOR_ERR_MEMORY;
    double start = perebor_cpu_seconds();
    double counts[2] = {0.0, 0.0};
    double greatest = 0.0;
    for (size_t row = 0; row < training->rows.n_rows; row++) {
        counts[training->labels[row]] += 1.0;
    }
    perebor_model *fitted = create(training->rows.n_columns, workspace, error);
    if (fitted == NULL) {
        goto done;
    }
    PEREBOR_TRY(done, find_all(fitted, training, counts, &greatest, error));
    // Where all columns are constant they say nothing: any variance will do.
    double added = greatest > 0.0 ? settings[VAR_SMOOTHING].as.real * greatest : 1.0;
    bool equal = settings[PRIORS].kind == PEREBOR_VALUE_TEXT;
    PEREBOR_TRY(done, smooth(fitted, training, added,
                             equal ? 0.0 : perebor_log(counts[1] / counts[0]), error));
    *model = fitted;
    *report = (perebor_fit_report){.converged = true, .fit_seconds = perebor_cpu_seconds() - start};
done:
    return status;
}

/** Adds the terms of a block of levels: each is one of two numbers. */
static void score_block(const perebor_model *model, const perebor_indicators *block, size_t n_rows,
                        double *scores) {
    const gnb_kernels *kernels = PEREBOR_KERNEL_PICK(gnb_kernels);
    double terms[GNB_LEVELS][2];
    size_t n;
    for (size_t first = 0; first < block->n_levels && !perebor_deadline_passed(); first += n) {
        n = block->n_levels - first < GNB_LEVELS ? block->n_levels - first : GNB_LEVELS;
        for (size_t level = 0; level < n; level++) {
            const size_t column = block->first + first + level;
            for (int value = 0; value < 2; value++) {
                double d[2] = {value - model->means[0][column], value - model->means[1][column]};
                terms[level][value] = 0.5 * (d[0] * d[0] / model->variances[0][column] -
                                             d[1] * d[1] / model->variances[1][column]);
            }
        }
        kernels->score_levels(scores, block->codes, n_rows, first, terms, n);
    }
}

static perebor_status score(const perebor_model *model, const perebor_matrix *rows,
                            perebor_workspace *workspace, double *scores, perebor_error *error) {
    (void)workspace;
    const gnb_kernels *kernels = PEREBOR_KERNEL_PICK(gnb_kernels);
    if (rows->n_columns != model->n_columns) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "naive Bayes of %zu columns cannot score rows of %zu", model->n_columns,
                            rows->n_columns);
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        scores[row] = model->offset;
    }
    size_t worked = 0;
    for (size_t column = 0; column < perebor_matrix_n_dense(rows); column++) {
        if (perebor_deadline_passed_after(&worked, rows->n_rows)) {
            break;
        }
        const double m[2] = {model->means[0][column], model->means[1][column]};
        const double v[2] = {model->variances[0][column], model->variances[1][column]};
        kernels->score(scores, perebor_matrix_column(rows, column), rows->n_rows, m, v);
    }
    for (size_t k = 0; k < rows->n_indicators; k++) {
        score_block(model, &rows->indicators[k], rows->n_rows, scores);
    }
    return perebor_deadline_check(error);
}

static perebor_status describe(const perebor_model *model, perebor_workspace *workspace,
                               perebor_model_form *form, perebor_error *error) {
    (void)workspace;
    (void)error;
    *form = (perebor_model_form){
        .kind = PEREBOR_FORM_DENSITIES,
        .n_columns = model->n_columns,
        .as.densities = {.means = {model->means[0], model->means[1]},
                         .variances = {model->variances[0], model->variances[1]},
                         .offset = model->offset}};
    return PEREBOR_OK;
}

static perebor_status restore(perebor_model **model, const perebor_model_form *form,
                              perebor_workspace *workspace, perebor_error *error) {
    if (form->kind != PEREBOR_FORM_DENSITIES) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "naive Bayes is densities, not %s",
                            perebor_form_kind_name(form->kind));
    }
    perebor_model *restored = create(form->n_columns, workspace, error);
    if (restored == NULL) {
        return PEREBOR_ERR_MEMORY;
    }
    for (size_t c = 0; c < 2; c++) {
        for (size_t column = 0; column < form->n_columns; column++) {
            restored->means[c][column] = form->as.densities.means[c][column];
            restored->variances[c][column] = form->as.densities.variances[c][column];
        }
    }
    restored->offset = form->as.densities.offset;
    *model = restored;
    return PEREBOR_OK;
}

/** Two passes to fit and one to score, levels one by one; measured with AVX-512. */
static double cost(const perebor_value *settings, const perebor_table_shape *shape) {
    (void)settings;
    const double n_dense = (double)(shape->n_columns - shape->n_levels);
    const double per_row = 1.6e-9 * n_dense + 0.9e-9 * (double)shape->n_levels;
    return 1e-6 + per_row * (double)shape->n_rows;
}

const perebor_learner model_gnb = {.name = "gnb",
                                   .complexity = 0,
                                   .summary = "Gaussian naive Bayes",
                                   .score_kind = PEREBOR_SCORE_LOG_ODDS,
                                   PEREBOR_LEARNER_SETTINGS(gnb_settings),
                                   .fit = fit,
                                   .score = score,
                                   .describe = describe,
                                   .restore = restore,
                                   .cost = cost};
