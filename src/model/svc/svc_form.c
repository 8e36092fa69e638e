// SPDX-License-Identifier: MIT
// A support vector machine as a hyperplane, an expansion over support vectors or over monomials,
// and back.
#include <string.h>

#include "base/try.h"
#include "model/svc/svc_model.h"
#include "model/svc/svc_monomials.h"

static const perebor_kernel_kind kinds[] = {[SVC_RBF] = PEREBOR_KERNEL_RBF,
                                            [SVC_POLY] = PEREBOR_KERNEL_POLY,
                                            [SVC_SIGMOID] = PEREBOR_KERNEL_SIGMOID};

static perebor_kernel_function describe_kernel(const svc_kernel *kernel) {
    return (perebor_kernel_function){.kind = kinds[kernel->kind],
                                     .gamma = kernel->gamma,
                                     .coef0 = kernel->coef0,
                                     .degree = kernel->kind == SVC_POLY ? kernel->degree : 1};
}

static svc_kernel restore_kernel(const perebor_kernel_function *function) {
    svc_kernel kernel = {
        .degree = function->degree, .gamma = function->gamma, .coef0 = function->coef0};
    for (svc_kernel_kind kind = SVC_RBF; kind <= SVC_SIGMOID; kind++) {
        if (kinds[kind] == function->kind) {
            kernel.kind = kind;
        }
    }
    return kernel;
}

perebor_status svc_describe(const perebor_model *model, perebor_workspace *workspace,
                            perebor_model_form *form, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_model_form described = {.n_columns = model->n_columns, .grain = model->grain};
    if (model->kernel.kind == SVC_LINEAR) {
        described.kind = PEREBOR_FORM_LINEAR;
        described.as.linear =
            (perebor_linear_form){.weights = model->weights, .intercept = model->bias};
    } else if (model->weights != NULL) {
        described.kind = PEREBOR_FORM_MONOMIALS;
        described.as.kernel = (perebor_kernel_form){
            .kernel = describe_kernel(&model->kernel),
            .bias = model->bias,
            .support = {.n_columns = model->n_columns},
            .weights = model->weights,
            .n_weights = svc_monomials_count(&model->kernel, model->n_columns)};
    } else {
        described.kind = PEREBOR_FORM_KERNEL;
        described.as.kernel = (perebor_kernel_form){.kernel = describe_kernel(&model->kernel),
                                                    .bias = model->bias,
                                                    .coefficients = model->coefficients};
        PEREBOR_TRY(done, perebor_matrix_expand(&described.as.kernel.support, &model->support,
                                                workspace, error));
    }
    *form = described;
done:
    return status;
}

/** Copies numbers into the workspace. */
static perebor_status keep(double **copy, const double *values, size_t n,
                           perebor_workspace *workspace, perebor_error *error) {
    *copy = perebor_workspace_take(workspace, n, sizeof **copy);
    if (*copy == NULL) {
        return perebor_no_memory(error, "for %zu coefficients", n);
    }
    if (n > 0) {
        memcpy(*copy, values, n * sizeof *values);
    }
    return PEREBOR_OK;
}

/** Copies support vectors into the workspace. */
static perebor_status keep_support(perebor_model *model, const perebor_matrix *support,
                                   perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = perebor_matrix_create(&model->support, support->n_rows,
                                                  support->n_columns, workspace, error);
    for (size_t column = 0; status == PEREBOR_OK && column < support->n_columns; column++) {
        memcpy(perebor_matrix_column(&model->support, column),
               perebor_matrix_column(support, column), support->n_rows * sizeof(double));
    }
    return status;
}

static perebor_status restore_kernel_form(perebor_model *model, const perebor_model_form *form,
                                          perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    const perebor_kernel_form *kernel = &form->as.kernel;
    model->kernel = restore_kernel(&kernel->kernel);
    model->bias = kernel->bias;
    if (form->kind == PEREBOR_FORM_KERNEL) {
        PEREBOR_TRY(done, keep(&model->coefficients, kernel->coefficients, kernel->support.n_rows,
                               workspace, error));
        PEREBOR_TRY(done, keep_support(model, &kernel->support, workspace, error));
        model->n_support = kernel->support.n_rows;
        return PEREBOR_OK;
    }
    if (kernel->n_weights == 0 ||
        kernel->n_weights != svc_monomials_count(&model->kernel, form->n_columns)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%zu weights are not those of the monomials of %zu columns",
                            kernel->n_weights, form->n_columns);
    }
    PEREBOR_TRY(done, keep(&model->weights, kernel->weights, kernel->n_weights, workspace, error));
done:
    return status;
}

perebor_status svc_restore(perebor_model **model, const perebor_model_form *form,
                           perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_model *restored = perebor_workspace_take_zeroed(workspace, 1, sizeof *restored);
    if (restored == NULL) {
        return perebor_no_memory(error, "for a model");
    }
    restored->n_columns = form->n_columns;
    restored->grain = form->grain;
    if (form->kind == PEREBOR_FORM_LINEAR) {
        restored->kernel.kind = SVC_LINEAR;
        restored->bias = form->as.linear.intercept;
        PEREBOR_TRY(done, keep(&restored->weights, form->as.linear.weights, form->n_columns,
                               workspace, error));
    } else if (form->kind == PEREBOR_FORM_KERNEL || form->kind == PEREBOR_FORM_MONOMIALS) {
        PEREBOR_TRY(done, restore_kernel_form(restored, form, workspace, error));
    } else {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "a support vector machine is not %s",
                            perebor_form_kind_name(form->kind));
    }
    *model = restored;
done:
    return status;
}
