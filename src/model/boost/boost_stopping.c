// SPDX-License-Identifier: MIT
#include "model/boost/boost_stopping.h"

#include <math.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/mix.h"
#include "base/try.h"

/** A row and what it drew. */
typedef struct drawn_row {
    uint64_t draw;
    uint32_t row;
} drawn_row;

static int compare_draws(const void *left, const void *right) {
    const drawn_row *a = left;
    const drawn_row *b = right;
    return a->draw != b->draw ? (a->draw > b->draw) - (a->draw < b->draw)
                              : (a->row > b->row) - (a->row < b->row);
}

/** How many of so many rows of a class are set aside. */
static size_t count_held(double share, size_t n) {
    const size_t wanted = (size_t)(share * (double)n + 0.5);
    if (n == 0) {
        return 0;
    }
    return wanted < 1 && n > 1 ? 1 : wanted >= n ? n - 1 : wanted;
}

/** Marks the rows of a class that are set aside. @param drawn  [n_rows] */
static void hold_class(boost_stopping *stopping, const perebor_training *all, uint8_t label,
                       drawn_row *drawn, uint8_t *is_held) {
    // Another number than those that rows and columns of trees are drawn by.
    const uint64_t key = perebor_mix(stopping->options->seed ^ UINT64_C(0x73746f70));
    size_t n = 0;
    for (size_t row = 0; row < all->rows.n_rows; row++) {
        if (all->labels[row] == label) {
            drawn[n++] = (drawn_row){.draw = perebor_mix(key + (row + 1) * PEREBOR_MIX_STEP),
                                     .row = (uint32_t)row};
        }
    }
    qsort(drawn, n, sizeof *drawn, compare_draws);
    const size_t n_held = count_held(stopping->options->validation_share, n);
    for (size_t i = 0; i < n_held; i++) {
        is_held[drawn[i].row] = 1;
    }
    stopping->n_held += n_held;
}

/** Puts rows and labels on their sides. @param[out] labels  [rows of all] of what is learnt from.
 */
static perebor_status divide(boost_stopping *stopping, const perebor_training *all,
                             const uint8_t *is_held, uint8_t *labels, perebor_workspace *workspace,
                             perebor_error *error) {
    perebor_status status;
    size_t n_learnt = 0;
    size_t n_held = 0;
    for (size_t row = 0; row < all->rows.n_rows; row++) {
        if (is_held[row] != 0) {
            stopping->labels[n_held] = all->labels[row];
            stopping->held[n_held++] = (uint32_t)row;
        } else {
            labels[n_learnt] = all->labels[row];
            stopping->learnt[n_learnt++] = (uint32_t)row;
        }
    }
    stopping->training.labels = labels;
    PEREBOR_TRY(done, perebor_matrix_pick(&stopping->training.rows, &all->rows, stopping->learnt,
                                          n_learnt, workspace, error));
    PEREBOR_TRY(done, perebor_matrix_pick(&stopping->rows, &all->rows, stopping->held, n_held,
                                          workspace, error));
done:
    return status;
}

perebor_status boost_stopping_create(boost_stopping *stopping, const boost_options *options,
                                     const perebor_training *training, perebor_workspace *workspace,
                                     perebor_error *error) {
    const size_t n = training->rows.n_rows;
    *stopping =
        (boost_stopping){.options = options, .on = options->early_stopping, .training = *training};
    if (!stopping->on) {
        return PEREBOR_OK;
    }
    drawn_row *drawn = perebor_workspace_take(workspace, n, sizeof *drawn);
    uint8_t *is_held = perebor_workspace_take_zeroed(workspace, n, sizeof *is_held);
    uint8_t *labels = perebor_workspace_take(workspace, n, sizeof *labels);
    stopping->learnt = perebor_workspace_take(workspace, n, sizeof *stopping->learnt);
    stopping->held = perebor_workspace_take(workspace, n, sizeof *stopping->held);
    stopping->labels = perebor_workspace_take(workspace, n, sizeof *stopping->labels);
    stopping->losses =
        perebor_workspace_take(workspace, options->patience + 1, sizeof *stopping->losses);
    stopping->scores = perebor_workspace_take(workspace, n, sizeof *stopping->scores);
    if (drawn == NULL || is_held == NULL || labels == NULL || stopping->learnt == NULL ||
        stopping->held == NULL || stopping->labels == NULL || stopping->losses == NULL ||
        stopping->scores == NULL) {
        return perebor_no_memory(error, "to set rows of %zu aside", n);
    }
    hold_class(stopping, training, 0, drawn, is_held);
    hold_class(stopping, training, 1, drawn, is_held);
    return divide(stopping, training, is_held, labels, workspace, error);
}

/** The loss of the trees so far. */
static double find_loss(const boost_stopping *stopping, const boost_run *run) {
    double sum = 0.0;
    double weight = 0.0;
    for (size_t i = 0; i < stopping->n_held; i++) {
        const double own = run->weights[stopping->labels[i]];
        const double margin = stopping->labels[i] != 0 ? stopping->scores[i] : -stopping->scores[i];
        const double lost = margin < 0.0 ? -margin : 0.0;
        sum += own * (lost + perebor_log1p(perebor_exp(-fabs(margin)))); // log(1 + e^-m)
        weight += own;
    }
    return sum / weight;
}

perebor_status boost_stopping_start(boost_stopping *stopping, const boost_run *run,
                                    perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (!stopping->on) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(
        done, boost_rows_create(&stopping->binned, run->scheme, &stopping->rows, workspace, error));
    for (size_t i = 0; i < stopping->n_held; i++) {
        stopping->scores[i] = run->start;
    }
    stopping->losses[0] = find_loss(stopping, run);
done:
    return status;
}

perebor_status boost_stopping_add(boost_stopping *stopping, const boost_run *run, bool *ends,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const size_t patience = stopping->options->patience;
    stopping->n_trees++;
    *ends = false;
    if (!stopping->on) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, boost_run_add(run, &stopping->binned, stopping->scores, error));
    const size_t t = stopping->n_trees;
    const double loss = find_loss(stopping, run);
    stopping->losses[t % (patience + 1)] = loss;
    *ends = t >= patience && stopping->n_held > 0;
    for (size_t back = 0; *ends && back < patience; back++) {
        const double enough =
            stopping->losses[(t - patience) % (patience + 1)] - stopping->options->tol;
        *ends = !(stopping->losses[(t - back) % (patience + 1)] < enough);
    }
done:
    return status;
}

void boost_stopping_scores(const boost_stopping *stopping, const boost_run *run, double *scores) {
    for (size_t i = 0; i < stopping->training.rows.n_rows; i++) {
        scores[stopping->learnt[i]] = run->scores[i];
    }
    for (size_t i = 0; i < stopping->n_held; i++) {
        scores[stopping->held[i]] = stopping->scores[i];
    }
}
