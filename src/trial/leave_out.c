// SPDX-License-Identifier: MIT
#include "trial/leave_out.h"

#include <assert.h>

#include "trial/evaluator.h"

perebor_status leave_out_columns(perebor_dataset *rest, const perebor_dataset *dataset,
                                 const bool *left_out, perebor_workspace *workspace,
                                 perebor_error *error) {
    perebor_column *columns =
        perebor_workspace_take(workspace, dataset->n_columns, sizeof *columns);
    if (columns == NULL) {
        return perebor_no_memory(error, "for %zu columns", dataset->n_columns);
    }
    *rest = *dataset;
    rest->n_columns = 0;
    for (size_t i = 0; i < dataset->n_columns; i++) {
        if (!left_out[i]) {
            columns[rest->n_columns++] = dataset->columns[i];
        }
    }
    assert(rest->n_columns > 0);
    rest->columns = columns;
    rest->block = NULL;
    return PEREBOR_OK;
}

perebor_status evaluate_without(const perebor_evaluator *evaluator, const bool *left_out,
                                const perebor_plan *plan, size_t bundle, size_t fold,
                                perebor_workspace *workspace, perebor_member_outcome *outcomes,
                                perebor_error *error) {
    perebor_dataset rest;
    perebor_evaluator without = *evaluator;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status =
        leave_out_columns(&rest, evaluator->dataset, left_out, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    without.dataset = &rest;
    without.receive = NULL;
    without.curves = false;
    without.layouts = NULL; // which are of all columns
    status = perebor_evaluate(&without, plan, bundle, fold, workspace, outcomes, NULL, error);
    perebor_workspace_return(workspace, begin);
    return status;
}
