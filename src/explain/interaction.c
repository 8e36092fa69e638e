// SPDX-License-Identifier: MIT
#include "explain/interaction.h"

#include <math.h>

#include "base/try.h"

/** Mean squares of effects below this are rounding. */
static const double least_square = 1e-24;

static double value_of(const shape_question *question, size_t column, size_t row) {
    return question->dataset->columns[column].values[question->rows[row]];
}

static void centre(double *values, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
    }
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        values[i] -= mean;
    }
}

/** Whether an earlier row has the same values: its answer serves. @return Its number, or @p row. */
static size_t same_before(const shape_question *question, const size_t columns[2], size_t row) {
    for (size_t i = 0; i < row; i++) {
        double a = value_of(question, columns[0], i), b = value_of(question, columns[1], i);
        if (a == value_of(question, columns[0], row) && b == value_of(question, columns[1], row)) {
            return i;
        }
    }
    return row;
}

/** Centred partial dependence on two columns, or on one that is named twice. */
static perebor_status depend(const shape_question *question, const size_t columns[2],
                             perebor_workspace *workspace, double *effect, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = question->n_rows;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *answers = perebor_workspace_take(workspace, n, sizeof *answers);
    if (answers == NULL) {
        return perebor_no_memory(error, "for the answers to %zu rows", n);
    }
    for (size_t row = 0; row < n; row++) {
        size_t same = same_before(question, columns, row);
        if (same < row) {
            effect[row] = effect[same];
            continue;
        }
        altered_rows_fill(question->altered, columns[0], value_of(question, columns[0], row));
        altered_rows_fill(question->altered, columns[1], value_of(question, columns[1], row));
        PEREBOR_TRY(done, altered_rows_score(question->altered, question->pipeline, question->scale,
                                             workspace, answers, error));
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) {
            sum += answers[i];
        }
        effect[row] = sum / (double)n;
    }
    centre(effect, n);
done:
    altered_rows_restore(question->altered, columns[0], question->dataset, question->rows);
    altered_rows_restore(question->altered, columns[1], question->dataset, question->rows);
    perebor_workspace_return(workspace, begin);
    return status;
}

perebor_status interaction_effect(const shape_question *question, perebor_workspace *workspace,
                                  double *effect, perebor_error *error) {
    const size_t columns[2] = {question->column, question->column};
    return depend(question, columns, workspace, effect, error);
}

perebor_status interaction_measure(const shape_question *question, size_t other, const double *own,
                                   const double *others, perebor_workspace *workspace,
                                   interaction *result, perebor_error *error) {
    perebor_status status;
    size_t n = question->n_rows;
    const size_t columns[2] = {question->column, other};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *both = perebor_workspace_take(workspace, n, sizeof *both);
    if (both == NULL) {
        return perebor_no_memory(error, "for the answers to %zu rows", n);
    }
    PEREBOR_TRY(done, depend(question, columns, workspace, both, error));
    double left = 0.0, all = 0.0;
    for (size_t i = 0; i < n; i++) {
        double rest = both[i] - own[i] - others[i];
        left += rest * rest;
        all += both[i] * both[i];
    }
    result->strength = sqrt(left / (double)n);
    result->h = all > (double)n * least_square ? sqrt(left / all) : 0.0;
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
