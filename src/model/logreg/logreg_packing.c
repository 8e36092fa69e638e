// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_packing.h"

perebor_status logreg_packing_begin(logreg_implicit *q, perebor_workspace *workspace,
                                    perebor_error *error) {
    const logreg_problem *problem = q->at->problem;
    size_t n = problem->n_dense;
    size_t stride = problem->stride;
    q->is_many = n > LOGREG_MANY;
    if (!q->is_many) {
        q->lanes = perebor_workspace_take(workspace, n * PEREBOR_LANES, sizeof(double));
        q->packed = perebor_workspace_take(workspace, n * stride, sizeof *q->packed);
    } else {
        q->lanes = perebor_workspace_take(workspace, n * (LOGREG_SINGLE_LANES + 1), sizeof(float));
        q->units = perebor_workspace_take(workspace, n, sizeof *q->units);
    }
    q->used.dense = perebor_workspace_take(workspace, n, sizeof *q->used.dense);
    q->used.sparse =
        perebor_workspace_take(workspace, problem->n_columns - n, sizeof *q->used.sparse);
    if (q->used.dense == NULL || q->used.sparse == NULL || q->lanes == NULL ||
        (q->packed == NULL && q->units == NULL)) {
        return perebor_no_memory(error, "to solve a logistic regression of %zu columns",
                                 problem->n_columns);
    }
    if (q->packed != NULL) {
        problem->view_kernels->pack(q->packed, problem->views, problem->columns, stride, n);
    }
    return PEREBOR_OK;
}

perebor_status logreg_packing_make_room(logreg_implicit *q, perebor_error *error) {
    const size_t stride = q->at->problem->stride;
    const size_t rows = (stride + LOGREG_SINGLE_ROWS - 1) / LOGREG_SINGLE_ROWS * LOGREG_SINGLE_ROWS;
    const size_t n = q->at->problem->n_dense * rows;
    if (q->is_many && q->is_trusted && q->shorts == NULL) {
        q->shorts = perebor_workspace_take(q->workspace, n, sizeof *q->shorts);
    } else if (q->is_many && !q->is_trusted && q->singles == NULL) {
        q->singles = perebor_workspace_take(q->workspace, n, sizeof *q->singles);
    }
    return !q->is_many || (q->is_trusted ? q->shorts != NULL : q->singles != NULL)
               ? PEREBOR_OK
               : perebor_no_memory(error, "for %zu values of columns", n);
}

void logreg_packing_pack(logreg_implicit *q) {
    const logreg_problem *problem = q->at->problem;
    logreg_used *used = &q->used;
    size_t n = 0;
    bool same = q->is_trusted == (q->rough_columns.shorts != NULL);
    for (size_t column = 0; column < problem->n_dense; column++) {
        if (q->scale[column] != 0.0) {
            same = same && n < used->n_dense && used->dense[n] == column;
            used->dense[n++] = column;
        }
    }
    same = same && n == used->n_dense;
    used->n_dense = n;
    if (!same && q->is_trusted) {
        problem->view_kernels->pack_shorts(q->shorts, q->units, problem->views, problem->columns,
                                           problem->stride, used->dense, n);
    } else if (!same) {
        problem->view_kernels->pack_singles(q->singles, problem->views, problem->columns,
                                            problem->stride, used->dense, n);
    }
    q->rough_columns = (logreg_packed){q->singles, q->is_trusted ? q->shorts : NULL, q->units};
}
