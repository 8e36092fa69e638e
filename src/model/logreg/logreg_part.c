// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_part.h"

#include <string.h>

#include "base/try.h"

enum { step = LOGREG_PART * PEREBOR_LANES };

/** Whole vectors of rows alone: what is behind the last row is padding. */
static size_t count_rows(const logreg_problem *problem) {
    return problem->n_rows / step * PEREBOR_LANES;
}

/** Copies the part of a column of values of so many bytes. */
static void copy_rows(void *to, const void *from, size_t size, size_t n_rows) {
    for (size_t row = 0; row < n_rows; row += PEREBOR_LANES) {
        memcpy((char *)to + row * size, (const char *)from + row * LOGREG_PART * size,
               PEREBOR_LANES * size);
    }
}

static perebor_status copy_blocks(logreg_problem *part, const logreg_problem *problem,
                                  perebor_workspace *workspace, perebor_error *error) {
    part->blocks = perebor_workspace_take(workspace, part->n_blocks + 1, sizeof *part->blocks);
    for (size_t k = 0; part->blocks != NULL && k < part->n_blocks; k++) {
        uint16_t *codes = perebor_workspace_take(workspace, part->n_rows, sizeof *codes);
        if (codes == NULL) {
            part->blocks = NULL;
            break;
        }
        copy_rows(codes, problem->blocks[k].codes, sizeof *codes, part->n_rows);
        part->blocks[k] = problem->blocks[k];
        part->blocks[k].codes = codes;
        part->blocks[k].n_rows = part->n_rows;
    }
    return part->blocks != NULL ? PEREBOR_OK
                                : perebor_no_memory(error, "for %zu rows of %zu nominal columns",
                                                    part->n_rows, part->n_blocks);
}

/** Copies columns, or what their views read, behind the signs. */
static void copy_columns(logreg_problem *part, logreg_view *views, const logreg_problem *problem) {
    const size_t n_rows = part->n_rows;
    copy_rows(part->columns, problem->columns, sizeof(double), n_rows);
    for (size_t column = 0; column < problem->n_dense; column++) {
        const bool viewed = problem->views != NULL;
        double *to = part->columns + (column + (viewed ? 1 : 0)) * n_rows;
        copy_rows(to,
                  viewed ? problem->views[column].values
                         : problem->columns + column * problem->stride,
                  sizeof *to, n_rows);
        if (viewed) {
            views[column] = problem->views[column];
            views[column].values = to;
        }
    }
    part->views = problem->views != NULL ? views : NULL;
}

perebor_status logreg_part_create(logreg_problem **part, const logreg_problem *problem,
                                  perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    const size_t n_rows = count_rows(problem);
    logreg_problem *p = perebor_workspace_take(workspace, 1, sizeof *p);
    double *memory = perebor_workspace_take(
        workspace, (problem->n_dense + 3) * n_rows + problem->ld, sizeof *memory);
    logreg_view *views = perebor_workspace_take(workspace, problem->n_dense, sizeof *views);
    if (p == NULL || memory == NULL || views == NULL) {
        return perebor_no_memory(error, "for %zu rows of %zu columns", n_rows, problem->n_dense);
    }
    *p = *problem;
    p->n_rows = n_rows;
    p->stride = n_rows;
    p->columns = memory;
    p->start_root = p->columns + (problem->n_dense + 1) * n_rows;
    p->start_pull = p->start_root + n_rows;
    p->start_gradient = p->start_pull + n_rows;
    p->start_gram = NULL;
    p->rough_gram = NULL;
    copy_columns(p, views, problem);
    PEREBOR_TRY(done, copy_blocks(p, problem, workspace, error));
    PEREBOR_TRY(done, logreg_problem_set_start(p, workspace, error));
    *part = p;
done:
    return status;
}
