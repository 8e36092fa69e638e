// SPDX-License-Identifier: MIT
#include "perebor/learner.h"

#include "base/cpu_time.h"
#include "base/try.h"

void perebor_learner_classes(const perebor_learner *learner, const double *scores, size_t n,
                             uint8_t *classes) {
    // libsvm votes for the second class unless the margin is on the first one's side: 0 is class 1.
    bool tie = learner->score_kind == PEREBOR_SCORE_MARGIN;
    double threshold = learner->score_kind == PEREBOR_SCORE_SHARE ? 0.5 : 0.0;
    for (size_t row = 0; row < n; row++) {
        classes[row] = scores[row] > threshold || (tie && scores[row] == threshold);
    }
}

/** Fits and scores one member into buffers of the caller. */
static perebor_status score_member(const perebor_learner *learner, const perebor_family *family,
                                   const perebor_value *settings, double *validation_scores,
                                   double *training_scores, perebor_fit_report *report,
                                   perebor_error *error) {
    perebor_status status;
    perebor_workspace *workspace = family->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_model *model = NULL;
    PEREBOR_TRY(done, learner->fit(&model, family->training, settings, workspace, report, error));
    double fitted = perebor_cpu_seconds();
    PEREBOR_TRY(done,
                learner->score(model, family->validation, workspace, validation_scores, error));
    if (training_scores != NULL) {
        PEREBOR_TRY(done, learner->score(model, &family->training->rows, workspace, training_scores,
                                         error));
    }
    report->score_seconds = perebor_cpu_seconds() - fitted;
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

/** The definition that every score_family() must agree with, bit for bit. */
static perebor_status score_one_by_one(const perebor_learner *learner, const perebor_family *family,
                                       perebor_family_deliver *deliver, void *context,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_training = family->score_training ? family->training->rows.n_rows : 0;
    perebor_workspace_mark begin = perebor_workspace_here(family->workspace);
    double *scores = perebor_workspace_take(
        family->workspace, family->validation->n_rows + n_training, sizeof *scores);
    if (scores == NULL) {
        return perebor_no_memory(error, "for the scores of %zu rows",
                                 family->validation->n_rows + n_training);
    }
    double *training_scores = family->score_training ? scores + family->validation->n_rows : NULL;
    for (size_t member = 0; member < family->n_members; member++) {
        perebor_fit_report report = {.converged = true};
        perebor_error failure = {0};
        status = score_member(learner, family, family->settings[member], scores, training_scores,
                              &report, &failure);
        if (status == PEREBOR_ERR_MEMORY || status == PEREBOR_ERR_STOPPED) { // not of the trial
            if (error != NULL) {
                *error = failure;
            }
            break;
        }
        deliver(context, member, status, failure.message, status == PEREBOR_OK ? scores : NULL,
                status == PEREBOR_OK ? training_scores : NULL, &report);
        status = PEREBOR_OK;
    }
    perebor_workspace_return(family->workspace, begin);
    return status;
}

perebor_status perebor_learner_score_family(const perebor_learner *learner,
                                            const perebor_family *family, bool share,
                                            perebor_family_deliver *deliver, void *context,
                                            perebor_error *error) {
    if (share && learner->score_family != NULL) {
        return learner->score_family(family, deliver, context, error);
    }
    return score_one_by_one(learner, family, deliver, context, error);
}
