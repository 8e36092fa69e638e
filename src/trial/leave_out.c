// SPDX-License-Identifier: MIT
#include "trial/leave_out.h"

#include <assert.h>

#include "trial/evaluator.h"

perebor_status evaluate_without(const perebor_evaluator *evaluator, const bool *left_out,
                                const perebor_plan *plan, size_t bundle, size_t fold,
                                perebor_workspace *workspace, perebor_member_outcome *outcomes,
                                perebor_error *error) {
    const perebor_dataset *dataset = evaluator->dataset;
    perebor_dataset rest = *dataset;
    perebor_evaluator without = *evaluator;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_column *columns =
        perebor_workspace_take(workspace, dataset->n_columns, sizeof *columns);
    if (columns == NULL) {
        return perebor_no_memory(error, "for %zu columns", dataset->n_columns);
    }
    rest.n_columns = 0;
    for (size_t i = 0; i < dataset->n_columns; i++) {
        if (!left_out[i]) {
            columns[rest.n_columns++] = dataset->columns[i];
        }
    }
    assert(rest.n_columns > 0);
    rest.columns = columns;
    rest.block = NULL;
    without.dataset = &rest;
    without.receive = NULL;
    without.curves = false;
    without.layouts = NULL; // which are of all columns
    perebor_status status =
        perebor_evaluate(&without, plan, bundle, fold, workspace, outcomes, NULL, error);
    perebor_workspace_return(workspace, begin);
    return status;
}
