// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_levels.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/deadline.h"

/** Sums that rows are added to in turn: one addition need not wait for the one before it where both
 * rows have the same level. */
enum { N_LANES = 4 };

/** Decides which levels are kept. @param[in,out] places  [n_levels + 1] counts, and then codes. */
static void choose(logreg_levels *levels, logreg_level *kept, const perebor_indicators *indicators,
                   bool centred, size_t *places) {
    const double n_rows = (double)levels->n_rows;
    levels->n = 0;
    for (size_t level = 0; level < indicators->n_levels; level++) {
        const size_t count = places[level];
        places[level] = SIZE_MAX;
        if (count == 0 || (centred && count == levels->n_rows)) {
            continue;
        }
        // The mean square of [has it] - c is c (1 - c), and c about 0.
        const double share = (double)count / n_rows;
        const double rest = (double)(levels->n_rows - count) / n_rows;
        kept[levels->n] = (logreg_level){.feature = indicators->first + level,
                                         .centre = centred ? share : 0.0,
                                         .scale = sqrt(centred ? share * rest : share)};
        places[level] = levels->n++;
    }
}

perebor_status logreg_levels_read(logreg_levels *levels, logreg_level *kept,
                                  const perebor_indicators *indicators, size_t n_rows, bool centred,
                                  perebor_workspace *workspace, perebor_error *error) {
    const size_t n_levels = indicators->n_levels;
    assert(n_levels <= LOGREG_MOST_LEVELS);
    uint16_t *codes = perebor_workspace_take(workspace, n_rows, sizeof *codes);
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    size_t *places = perebor_workspace_take_zeroed(workspace, n_levels + 1, sizeof *places);
    if (codes == NULL || places == NULL) {
        return perebor_no_memory(error, "for %zu rows of %zu levels", n_rows, n_levels);
    }
    *levels = (logreg_levels){.codes = codes, .n_rows = n_rows};
    for (size_t row = 0; row < n_rows; row++) {
        places[indicators->codes[row]]++;
    }
    choose(levels, kept, indicators, centred, places);
    places[n_levels] = SIZE_MAX;
    for (size_t row = 0; row < n_rows; row++) {
        const size_t place = places[indicators->codes[row]];
        codes[row] = (uint16_t)(place < levels->n ? place : levels->n);
    }
    perebor_workspace_return(workspace, begin);
    return perebor_deadline_check(error);
}

void logreg_levels_sum(const logreg_levels *levels, double *sums, const double *values,
                       const double *factors) {
    double lanes[N_LANES][LOGREG_MOST_LEVELS + 1];
    const uint16_t *codes = levels->codes;
    const size_t n = levels->n + 1;
    for (size_t lane = 0; lane < N_LANES; lane++) {
        memset(lanes[lane], 0, n * sizeof lanes[lane][0]);
    }
    size_t row = 0;
    for (; row + N_LANES <= levels->n_rows; row += N_LANES) {
        lanes[0][codes[row]] += values[row] * factors[row];
        lanes[1][codes[row + 1]] += values[row + 1] * factors[row + 1];
        lanes[2][codes[row + 2]] += values[row + 2] * factors[row + 2];
        lanes[3][codes[row + 3]] += values[row + 3] * factors[row + 3];
    }
    for (; row < levels->n_rows; row++) {
        lanes[0][codes[row]] += values[row] * factors[row];
    }
    for (size_t level = 0; level < n; level++) {
        sums[level] = (lanes[0][level] + lanes[1][level]) + (lanes[2][level] + lanes[3][level]);
    }
}

typedef double v4d __attribute__((vector_size(8 * LOGREG_LEVELS_COLUMNS)));

void logreg_levels_sum_columns(const logreg_levels *levels, double *sums,
                               const double *const *columns, const double *factors) {
    v4d lanes[N_LANES][LOGREG_MOST_LEVELS + 1];
    const double *a = columns[0];
    const double *b = columns[1];
    const double *c = columns[2];
    const double *d = columns[3];
    const size_t n = levels->n + 1;
    const size_t n_whole = levels->n_rows / N_LANES * N_LANES;
    for (size_t lane = 0; lane < N_LANES; lane++) {
        memset(lanes[lane], 0, n * sizeof lanes[lane][0]);
    }
    for (size_t row = 0; row < levels->n_rows; row++) {
        const size_t lane = row < n_whole ? row % N_LANES : 0;
        const v4d values = {a[row], b[row], c[row], d[row]};
        lanes[lane][levels->codes[row]] += values * factors[row];
    }
    for (size_t level = 0; level < n; level++) {
        const v4d sum = (lanes[0][level] + lanes[1][level]) + (lanes[2][level] + lanes[3][level]);
        for (size_t k = 0; k < LOGREG_LEVELS_COLUMNS; k++) {
            sums[k * n + level] = sum[k];
        }
    }
}

void logreg_levels_sum_pairs(const logreg_levels *a, const logreg_levels *b, double *sums,
                             const double *values) {
    const size_t width = b->n + 1;
    memset(sums, 0, (a->n + 1) * width * sizeof *sums);
    for (size_t row = 0; row < a->n_rows; row++) {
        sums[a->codes[row] * width + b->codes[row]] += values[row];
    }
}

void logreg_levels_add(const logreg_levels *levels, double *target, const double *signs,
                       const double *terms) {
    for (size_t row = 0; row < levels->n_rows; row++) {
        target[row] += signs[row] * terms[levels->codes[row]];
    }
}
