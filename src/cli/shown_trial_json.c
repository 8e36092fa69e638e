// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "cli/shown_trial.h"
#include "perebor/learning_curve.h"
#include "report/trial_list.h"

static void put_metric_real(perebor_json *json, const char *kind, const char *metric,
                            double value) {
    char key[128];
    (void)snprintf(key, sizeof key, "%s_%s", kind, metric);
    perebor_json_put_real(json, key, value);
}

/** Mean and folds by every metric under its own name. */
static void put_metrics(perebor_json *json, const perebor_trials *trials, size_t row) {
    size_t n_named = perebor_trials_have_default_metric(trials) ? 0 : trials->n_metrics;
    for (size_t metric = 0; metric < n_named; metric++) {
        char key[128];
        const char *name = trials->metric_names[metric];
        put_metric_real(json, "mean_test", name,
                        perebor_trials_mean(trials, row, metric, PEREBOR_TEST));
        (void)snprintf(key, sizeof key, "split_test_%s", name);
        perebor_json_key(json, key);
        perebor_json_begin_array(json);
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            perebor_json_real(json, perebor_trials_score(trials, row, fold, metric, PEREBOR_TEST));
        }
        perebor_json_end_array(json);
    }
}

/** The learning curve: n_estimators of its points, and the mean score at each. */
static void put_curve(perebor_json *json, const perebor_trials *trials, size_t row) {
    const perebor_trial_curve *curve = trials->curves[row];
    if (curve == NULL) {
        return;
    }
    perebor_json_key(json, "curve");
    perebor_json_begin_object(json);
    perebor_json_key(json, "n_estimators");
    perebor_json_begin_array(json);
    for (size_t point = 0; point < curve->n_points; point++) {
        perebor_json_unsigned(json, perebor_curve_n_estimators(point));
    }
    perebor_json_end_array(json);
    perebor_json_key(json, "mean_test_score");
    perebor_json_begin_array(json);
    for (size_t point = 0; point < curve->n_points; point++) {
        perebor_json_real(json, perebor_trials_mean_curve(trials, row, point));
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

/** The scores of every fold. */
static void put_folds(perebor_json *json, const char *key, const shown_trial *shown_trial,
                      perebor_part part) {
    const perebor_trials *trials = shown_trial->trials;
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        perebor_json_real(json, perebor_trials_score(trials, shown_trial->row, fold, 0, part));
    }
    perebor_json_end_array(json);
}

/** What the trial's model, fitted again on all training rows, scores and takes. */
static void put_refit(perebor_json *json, const shown_trial *shown_trial) {
    const perebor_trials *trials = shown_trial->trials;
    const perebor_further_scores *further = &shown_trial->refit->further;
    perebor_json_put_real(json, "train_score", shown_trial->refit->train_score);
    perebor_json_put_real(json, "test_score", shown_trial->refit->test_score);
    for (size_t metric = 1; metric < trials->n_metrics; metric++) {
        put_metric_real(json, "train", trials->metric_names[metric], further->train[metric - 1]);
        put_metric_real(json, "test", trials->metric_names[metric], further->test[metric - 1]);
    }
    perebor_json_key(json, "columns");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < shown_trial->refit->n_columns; i++) {
        perebor_json_text(json, shown_trial->refit->columns[i]);
    }
    perebor_json_end_array(json);
}

perebor_status shown_trial_print_json(const shown_trial *shown_trial, perebor_error *error) {
    const perebor_trials *trials = shown_trial->trials;
    perebor_json json = {0};
    char *params = perebor_trials_params_json(trials, shown_trial->row);
    perebor_json_begin_object(&json);
    perebor_json_put_unsigned(&json, "trial", trials->first_trial + shown_trial->row);
    perebor_json_put_text(&json, "state",
                          perebor_trial_state_name(trials->state[shown_trial->row]));
    perebor_json_put_raw(&json, "params", params != NULL ? params : "null");
    if (trials->n_estimators[shown_trial->row] > 0) {
        perebor_json_put_unsigned(&json, "best_n_estimators",
                                  trials->n_estimators[shown_trial->row]);
    }
    perebor_json_put_real(&json, "mean_test_score",
                          perebor_trials_mean_test_score(trials, shown_trial->row));
    perebor_json_put_real(&json, "std_test_score",
                          perebor_trials_std_test_score(trials, shown_trial->row));
    double train = perebor_trials_mean_train_score(trials, shown_trial->row);
    if (!isnan(train)) {
        perebor_json_put_real(&json, "mean_train_score", train);
        put_folds(&json, "split_train_score", shown_trial, PEREBOR_TRAIN);
    }
    put_folds(&json, "split_test_score", shown_trial, PEREBOR_TEST);
    perebor_trial_list_put_oob(&json, trials, shown_trial->row);
    put_metrics(&json, trials, shown_trial->row);
    put_curve(&json, trials, shown_trial->row);
    if (shown_trial->refit != NULL) {
        put_refit(&json, shown_trial);
    }
    perebor_json_end_object(&json);
    char *text = perebor_json_take(&json);
    bool whole = params != NULL && text != NULL;
    if (whole) {
        puts(text);
    }
    free(params);
    free(text);
    return whole ? PEREBOR_OK : perebor_no_memory(error, "to show a trial");
}
