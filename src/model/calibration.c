// SPDX-License-Identifier: MIT
#include "perebor/calibration.h"

#include <math.h>

#include "base/try.h"
#include "model/calibration_folds.h"
#include "model/calibrators.h"

/** What calibrating works on. */
typedef struct calibrator {
    const perebor_learner *learner;
    const perebor_training *training;
    const perebor_value *settings;
    perebor_workspace *workspace;
    size_t n_folds;
    uint8_t *fold_of;           /**< [n_rows] in which a row is held out. */
    uint32_t *inside, *outside; /**< [n_rows] rows of the fold at hand. */
    uint8_t *labels;            /**< [n_rows] of those inside. */
    double *own;                /**< [n_rows] scores of those outside. */
    double *scores;             /**< [n_rows] of every row, by a model that did not see it. */
} calibrator;

/** Parts the rows into those of the fold and the others. */
static void part_rows(const calibrator *c, size_t fold, size_t *n_inside, size_t *n_outside) {
    *n_inside = *n_outside = 0;
    for (size_t row = 0; row < c->training->rows.n_rows; row++) {
        if (c->fold_of[row] == fold) {
            c->outside[(*n_outside)++] = (uint32_t)row;
        } else {
            c->labels[*n_inside] = c->training->labels[row];
            c->inside[(*n_inside)++] = (uint32_t)row;
        }
    }
}

/** Scores the rows of one fold by a model of the others. */
static perebor_status score_fold(const calibrator *c, size_t fold, perebor_error *error) {
    perebor_status status;
    perebor_workspace *workspace = c->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    size_t n_inside, n_outside;
    perebor_training part = {.labels = c->labels};
    perebor_matrix rest;
    perebor_model *model = NULL;
    perebor_fit_report report;
    part_rows(c, fold, &n_inside, &n_outside);
    PEREBOR_TRY(done, perebor_matrix_pick(&part.rows, &c->training->rows, c->inside, n_inside,
                                          workspace, error));
    PEREBOR_TRY(done, perebor_matrix_pick(&rest, &c->training->rows, c->outside, n_outside,
                                          workspace, error));
    PEREBOR_TRY(done, c->learner->fit(&model, &part, c->settings, workspace, &report, error));
    PEREBOR_TRY(done, c->learner->score(model, &rest, workspace, c->own, error));
    for (size_t i = 0; i < n_outside; i++) {
        if (!isfinite(c->own[i])) {
            status = perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                  "calibration: the learner gave scores that are not finite");
            goto done;
        }
        c->scores[c->outside[i]] = c->own[i];
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

void calibration_assign_folds(const uint8_t *labels, size_t n, size_t n_folds, uint8_t *fold_of) {
    size_t n_positive = calibration_count_positives(labels, n);
    size_t n_first = labels[0] ? n_positive : n - n_positive;
    // The rows sorted by class, that of the first row first, are dealt to the folds one by one: so
    // many of each class a fold gets, and it takes them in the order of the rows.
    size_t wanted[2][PEREBOR_CALIBRATION_FOLDS] = {{0}};
    for (size_t place = 0; place < n; place++) {
        wanted[place < n_first ? labels[0] : 1 - labels[0]][place % n_folds]++;
    }
    size_t next[2] = {0, 0};
    for (size_t row = 0; row < n; row++) {
        uint8_t label = labels[row];
        while (wanted[label][next[label]] == 0) {
            next[label]++;
        }
        wanted[label][next[label]]--;
        fold_of[row] = (uint8_t)next[label];
    }
}

/** As many folds as calibration takes, or as many as the smaller class has rows. */
static perebor_status cut_folds(calibrator *c, perebor_error *error) {
    size_t n = c->training->rows.n_rows;
    size_t n_positive = calibration_count_positives(c->training->labels, n);
    size_t n_few = n_positive < n - n_positive ? n_positive : n - n_positive;
    if (n_few < 2) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "calibration takes two training rows of each class, and a class has "
                            "%zu: have fewer folds, or leave out metrics of probabilities",
                            n_few);
    }
    c->n_folds = n_few < PEREBOR_CALIBRATION_FOLDS ? n_few : PEREBOR_CALIBRATION_FOLDS;
    calibration_assign_folds(c->training->labels, n, c->n_folds, c->fold_of);
    return PEREBOR_OK;
}

static perebor_status take_rows(calibrator *c, perebor_error *error) {
    size_t n = c->training->rows.n_rows;
    c->fold_of = perebor_workspace_take(c->workspace, n, sizeof *c->fold_of);
    c->inside = perebor_workspace_take(c->workspace, n, sizeof *c->inside);
    c->outside = perebor_workspace_take(c->workspace, n, sizeof *c->outside);
    c->labels = perebor_workspace_take(c->workspace, n, sizeof *c->labels);
    c->own = perebor_workspace_take(c->workspace, n, sizeof *c->own);
    c->scores = perebor_workspace_take(c->workspace, n, sizeof *c->scores);
    if (c->fold_of == NULL || c->inside == NULL || c->outside == NULL || c->labels == NULL ||
        c->own == NULL || c->scores == NULL) {
        return perebor_no_memory(error, "to calibrate on %zu rows", n);
    }
    return PEREBOR_OK;
}

/** Scores every row by a model that did not see it. */
static perebor_status score_out_of_fold(calibrator *c, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, take_rows(c, error));
    PEREBOR_TRY(done, cut_folds(c, error));
    for (size_t fold = 0; fold < c->n_folds; fold++) {
        PEREBOR_TRY(done, score_fold(c, fold, error));
    }
done:
    return status;
}

perebor_status perebor_calibrate(perebor_calibration *calibration, const perebor_learner *learner,
                                 const perebor_training *training, const perebor_value *settings,
                                 perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    if (!perebor_calibration_needed(learner)) {
        *calibration = (perebor_calibration){.slope = -1.0};
        return PEREBOR_OK;
    }
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    calibrator c = {
        .learner = learner, .training = training, .settings = settings, .workspace = workspace};
    PEREBOR_TRY(done, score_out_of_fold(&c, error));
    *calibration = perebor_calibration_fit(c.scores, training->labels, training->rows.n_rows);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

/** Whether a map is one that a learner's scores can take. */
static perebor_status check_method(perebor_calibration_method method,
                                   const perebor_learner *learner, perebor_error *error) {
    if (method == PEREBOR_CALIBRATE_SIGMOID && learner->score_kind == PEREBOR_SCORE_SHARE) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "scores of %s are shares, which no sigmoid calibrates: take beta, "
                            "isotonic or the best of them",
                            learner->name);
    }
    return PEREBOR_OK;
}

/** Isotonic knots outlast everything else that is computed: their room is taken first. */
static perebor_status calibrate_scores(perebor_calibration *calibration,
                                       perebor_calibration_method method, calibrator *c,
                                       perebor_error *error) {
    perebor_status status;
    size_t n = c->training->rows.n_rows;
    calibration_room room = {0};
    PEREBOR_TRY(done, calibration_take_room(&room, n, c->workspace, error));
    perebor_workspace_mark begin = perebor_workspace_here(c->workspace);
    status = score_out_of_fold(c, error);
    if (status == PEREBOR_OK) {
        const calibration_rows rows = {c->learner, c->scores, c->training->labels, n};
        status =
            method == PEREBOR_CALIBRATE_BEST
                ? calibration_choose(&method, &rows, c->fold_of, c->n_folds, c->workspace, error)
                : PEREBOR_OK;
        if (status == PEREBOR_OK) {
            status = calibration_fit(calibration, method, &rows, &room, c->workspace, error);
        }
    }
    perebor_workspace_return(c->workspace, begin);
done:
    return status;
}

perebor_status perebor_calibrate_by(perebor_calibration *calibration,
                                    perebor_calibration_method method,
                                    const perebor_learner *learner,
                                    const perebor_training *training, const perebor_value *settings,
                                    perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    if (method == PEREBOR_CALIBRATE_USUALLY) {
        return perebor_calibrate(calibration, learner, training, settings, workspace, error);
    }
    perebor_calibration result = {0};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    calibrator c = {
        .learner = learner, .training = training, .settings = settings, .workspace = workspace};
    PEREBOR_TRY(done, check_method(method, learner, error));
    PEREBOR_TRY(done, calibrate_scores(&result, method, &c, error));
    *calibration = result;
done:
    if (status != PEREBOR_OK || result.kind != PEREBOR_CALIBRATION_ISOTONIC) {
        perebor_workspace_return(workspace, begin);
    }
    return status;
}
