// SPDX-License-Identifier: MIT
#include "model/boost/boost_stopping.h"

#include <math.h>

#include "base/arithmetic.h"
#include "base/try.h"

perebor_status boost_stopping_create(boost_stopping *stopping, const boost_options *options,
                                     const boost_layout *layout, perebor_workspace *workspace,
                                     perebor_error *error) {
    *stopping =
        (boost_stopping){.options = options, .layout = layout, .on = options->early_stopping};
    if (!stopping->on) {
        return PEREBOR_OK;
    }
    stopping->losses =
        perebor_workspace_take(workspace, options->patience + 1, sizeof *stopping->losses);
    stopping->scores = perebor_workspace_take(workspace, layout->n_held, sizeof *stopping->scores);
    if (stopping->losses == NULL || stopping->scores == NULL) {
        return perebor_no_memory(error, "for the scores of %zu rows set aside", layout->n_held);
    }
    return PEREBOR_OK;
}

/** The loss of the trees so far. */
static double find_loss(const boost_stopping *stopping, const boost_run *run) {
    double sum = 0.0;
    double weight = 0.0;
    for (size_t i = 0; i < stopping->layout->n_held; i++) {
        const double own = run->weights[stopping->layout->held_labels[i]];
        const double margin =
            stopping->layout->held_labels[i] != 0 ? stopping->scores[i] : -stopping->scores[i];
        const double lost = margin < 0.0 ? -margin : 0.0;
        sum += own * (lost + perebor_log1p(perebor_exp(-fabs(margin)))); // log(1 + e^-m)
        weight += own;
    }
    return sum / weight;
}

void boost_stopping_start(boost_stopping *stopping, const boost_run *run) {
    if (!stopping->on) {
        return;
    }
    for (size_t i = 0; i < stopping->layout->n_held; i++) {
        stopping->scores[i] = run->start;
    }
    stopping->losses[0] = find_loss(stopping, run);
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
    PEREBOR_TRY(done, boost_run_add(run, &stopping->layout->held_rows, stopping->scores, error));
    const size_t t = stopping->n_trees;
    const double loss = find_loss(stopping, run);
    stopping->losses[t % (patience + 1)] = loss;
    *ends = t >= patience && stopping->layout->n_held > 0;
    for (size_t back = 0; *ends && back < patience; back++) {
        const double enough =
            stopping->losses[(t - patience) % (patience + 1)] - stopping->options->tol;
        *ends = !(stopping->losses[(t - back) % (patience + 1)] < enough);
    }
done:
    return status;
}

void boost_stopping_scores(const boost_stopping *stopping, const boost_run *run, double *scores) {
    for (size_t i = 0; i < stopping->layout->training.n_rows; i++) {
        scores[stopping->layout->learnt[i]] = run->scores[i];
    }
    for (size_t i = 0; i < stopping->layout->n_held; i++) {
        scores[stopping->layout->held[i]] = stopping->scores[i];
    }
}
