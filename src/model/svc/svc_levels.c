// SPDX-License-Identifier: MIT
#include "model/svc/svc_levels.h"

#include <stdbool.h>
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/kernel_centres.h"

perebor_status svc_levels_settle(perebor_matrix *out, const perebor_matrix *rows,
                                 perebor_workspace *workspace, perebor_error *error) {
    if (rows->n_columns - perebor_matrix_n_dense(rows) > MODEL_FEW_FLAGS) {
        *out = *rows;
        return PEREBOR_OK;
    }
    return perebor_matrix_expand(out, rows, workspace, error);
}

static bool have_same_blocks(const perebor_matrix *a, const perebor_matrix *b) {
    bool same = a->n_indicators == b->n_indicators;
    for (size_t block = 0; same && block < a->n_indicators; block++) {
        same = a->indicators[block].first == b->indicators[block].first &&
               a->indicators[block].n_levels == b->indicators[block].n_levels;
    }
    return same;
}

/** Which of the columns of a block is 1. */
static void read_codes(perebor_indicators *levels, const perebor_matrix *dense) {
    for (size_t level = 0; level < levels->n_levels && !perebor_deadline_passed(); level++) {
        const double *values = perebor_matrix_column(dense, levels->first + level);
        for (size_t row = 0; row < dense->n_rows; row++) {
            levels->codes[row] = values[row] != 0.0 ? (uint32_t)level : levels->codes[row];
        }
    }
}

/** Dense columns as blocks of levels. */
static perebor_status encode(perebor_matrix *out, const perebor_matrix *dense,
                             const perebor_matrix *like, perebor_workspace *workspace,
                             perebor_error *error) {
    perebor_matrix coded;
    size_t n_dense = perebor_matrix_n_dense(like);
    perebor_status status = perebor_matrix_create_coded(&coded, dense->n_rows, n_dense,
                                                        like->n_indicators, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    if (n_dense > 0) {
        memcpy(coded.values, dense->values, n_dense * dense->stride * sizeof *coded.values);
    }
    for (size_t block = 0; block < like->n_indicators; block++) {
        read_codes(perebor_matrix_add_levels(&coded, like->indicators[block].n_levels), dense);
    }
    *out = coded;
    return perebor_deadline_check(error);
}

perebor_status svc_levels_adapt(perebor_matrix *out, const perebor_matrix *rows,
                                const perebor_matrix *like, perebor_workspace *workspace,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_matrix dense = *rows;
    if (have_same_blocks(rows, like)) {
        *out = *rows;
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, perebor_matrix_expand(&dense, rows, workspace, error));
    if (like->n_indicators == 0) {
        *out = dense;
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, encode(out, &dense, like, workspace, error));
done:
    return status;
}
