// SPDX-License-Identifier: MIT
#include <float.h>

#include "base/try.h"
#include "model/calibrators.h"

perebor_status calibration_take_room(calibration_room *room, size_t n, perebor_workspace *workspace,
                                     perebor_error *error) {
    room->knots = perebor_workspace_take(workspace, n, sizeof *room->knots);
    room->values = perebor_workspace_take(workspace, n, sizeof *room->values);
    return room->knots != NULL && room->values != NULL
               ? PEREBOR_OK
               : perebor_no_memory(error, "to calibrate on %zu rows", n);
}

/** The map that a learner's scores have without a method. */
static perebor_calibration usual_map(const calibration_rows *rows) {
    return perebor_calibration_needed(rows->learner)
               ? perebor_calibration_fit(rows->scores, rows->labels, rows->n)
               : (perebor_calibration){.slope = -1.0};
}

static perebor_status fit_beta(perebor_calibration *calibration, const calibration_rows *rows,
                               perebor_workspace *workspace, perebor_error *error) {
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *first = perebor_workspace_take(workspace, rows->n, sizeof *first);
    double *second = perebor_workspace_take(workspace, rows->n, sizeof *second);
    bool ready = first != NULL && second != NULL;
    if (ready) {
        perebor_calibration map = usual_map(rows);
        map.floor = 1.0 / ((double)rows->n + 2.0);
        for (size_t row = 0; row < rows->n; row++) {
            double logs[2];
            calibration_logs(&map, rows->learner, rows->scores[row], logs);
            first[row] = logs[0];
            second[row] = logs[1];
        }
        calibration_fit_beta(&map, (const double *const[]){first, second}, rows->labels, rows->n);
        *calibration = map;
    }
    perebor_workspace_return(workspace, begin);
    return ready ? PEREBOR_OK : perebor_no_memory(error, "to calibrate on %zu rows", rows->n);
}

perebor_status calibration_fit(perebor_calibration *calibration, perebor_calibration_method method,
                               const calibration_rows *rows, const calibration_room *room,
                               perebor_workspace *workspace, perebor_error *error) {
    switch (method) {
    case PEREBOR_CALIBRATE_SIGMOID:
        *calibration = perebor_calibration_fit(rows->scores, rows->labels, rows->n);
        return PEREBOR_OK;
    case PEREBOR_CALIBRATE_BETA:
        return fit_beta(calibration, rows, workspace, error);
    case PEREBOR_CALIBRATE_ISOTONIC:
        return calibration_fit_isotonic(calibration, rows->scores, rows->labels, rows->n, room,
                                        error);
    case PEREBOR_CALIBRATE_USUALLY:
    case PEREBOR_CALIBRATE_BEST:
        break;
    }
    *calibration = usual_map(rows);
    return PEREBOR_OK;
}

/** The rows in and outside of one fold, with room for what becomes of them. */
typedef struct inner_fold {
    double *scores[2];  /* [n] of those that are fitted to, and of those left out. */
    uint8_t *labels[2]; /* [n] */
    size_t n[2];
    double *probabilities; /* [n] */
    calibration_room room;
} inner_fold;

static perebor_status take_fold(inner_fold *fold, size_t n, perebor_workspace *workspace,
                                perebor_error *error) {
    bool ready = true;
    for (size_t side = 0; side < 2; side++) {
        fold->scores[side] = perebor_workspace_take(workspace, n, sizeof *fold->scores[side]);
        fold->labels[side] = perebor_workspace_take(workspace, n, sizeof *fold->labels[side]);
        ready = ready && fold->scores[side] != NULL && fold->labels[side] != NULL;
    }
    fold->probabilities = perebor_workspace_take(workspace, n, sizeof *fold->probabilities);
    if (!ready || fold->probabilities == NULL) {
        return perebor_no_memory(error, "to calibrate on %zu rows", n);
    }
    return calibration_take_room(&fold->room, n, workspace, error);
}

static void part_rows(inner_fold *fold, const calibration_rows *rows, const uint8_t *fold_of,
                      size_t number) {
    fold->n[0] = fold->n[1] = 0;
    for (size_t row = 0; row < rows->n; row++) {
        size_t side = fold_of[row] == number;
        size_t place = fold->n[side]++;
        fold->scores[side][place] = rows->scores[row];
        fold->labels[side][place] = rows->labels[row];
    }
}

/** -sum log of the probability of the true class, clipped at the eps of a double. */
static double log_loss(const double *probabilities, const uint8_t *labels, size_t n) {
    double sum = 0.0;
    for (size_t row = 0; row < n; row++) {
        double own = labels[row] ? probabilities[row] : 1.0 - probabilities[row];
        sum -= perebor_log(own < DBL_EPSILON ? DBL_EPSILON : own);
    }
    return sum;
}

/** Adds what every method loses on the rows of one fold. */
static perebor_status lose_fold(double losses[PEREBOR_CALIBRATE_BEST], inner_fold *fold,
                                const perebor_learner *learner, perebor_workspace *workspace,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const calibration_rows inside = {learner, fold->scores[0], fold->labels[0], fold->n[0]};
    for (int method = 0; method < PEREBOR_CALIBRATE_BEST; method++) {
        perebor_calibration map;
        PEREBOR_TRY(done, calibration_fit(&map, (perebor_calibration_method)method, &inside,
                                          &fold->room, workspace, error));
        perebor_calibration_apply(&map, learner, fold->scores[1], fold->n[1], fold->probabilities);
        losses[method] += log_loss(fold->probabilities, fold->labels[1], fold->n[1]);
    }
done:
    return status;
}

perebor_status calibration_choose(perebor_calibration_method *method, const calibration_rows *rows,
                                  const uint8_t *fold_of, size_t n_folds,
                                  perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    inner_fold fold;
    double losses[PEREBOR_CALIBRATE_BEST] = {0};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, take_fold(&fold, rows->n, workspace, error));
    for (size_t number = 0; number < n_folds; number++) {
        part_rows(&fold, rows, fold_of, number);
        PEREBOR_TRY(done, lose_fold(losses, &fold, rows->learner, workspace, error));
    }
    int best = PEREBOR_CALIBRATE_USUALLY;
    for (int other = best + 1; other < PEREBOR_CALIBRATE_BEST; other++) {
        bool possible =
            other != PEREBOR_CALIBRATE_SIGMOID || rows->learner->score_kind != PEREBOR_SCORE_SHARE;
        best = possible && losses[other] < losses[best] ? other : best;
    }
    *method = (perebor_calibration_method)best;
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
