// SPDX-License-Identifier: MIT
#include "report/trial_list.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv_text.h"
#include "base/json.h"
#include "base/try.h"
#include "report/trial_condition.h"

/** A row to be sorted. */
typedef struct ranked_row {
    uint32_t rank, row;
} ranked_row;

static int compare_ranked(const void *a, const void *b) {
    const ranked_row *left = a;
    const ranked_row *right = b;
    if (left->rank != right->rank) {
        return left->rank < right->rank ? -1 : 1;
    }
    return (left->row > right->row) - (left->row < right->row);
}

/** Whether the search kept train scores: where it did not, none of its columns are written. */
static bool has_train_scores(const perebor_trials *trials) {
    for (size_t i = 0; i < trials->n_trials * trials->n_folds; i++) {
        if (trials->fold_done[i] && !isnan(trials->folds[i].train_score)) {
            return true;
        }
    }
    return false;
}

perebor_status perebor_trial_list_choose(perebor_trial_list *list, const perebor_trials *trials,
                                         const char *where, perebor_list_order order, size_t top,
                                         perebor_error *error) {
    perebor_status status;
    trial_conditions conditions;
    perebor_trial_list trial_list = {.trials = trials,
                                     .has_train_scores = has_train_scores(trials),
                                     .has_oob_scores = perebor_trials_have_oob(trials)};
    ranked_row *rows = malloc((trials->n_trials + 1) * sizeof *rows);
    trial_list.rows = malloc((trials->n_trials + 1) * sizeof *trial_list.rows);
    bool whole = rows != NULL && trial_list.rows != NULL;
    for (size_t metric = 0; metric < trials->n_metrics; metric++) {
        trial_list.metric_ranks[metric] = malloc((trials->n_trials + 1) * sizeof(uint32_t));
        whole = whole && trial_list.metric_ranks[metric] != NULL;
    }
    trial_list.ranks = trial_list.metric_ranks[0];
    if (!whole) {
        status = perebor_no_memory(error, "to list %zu trials", trials->n_trials);
        goto done;
    }
    PEREBOR_TRY(done, trial_conditions_read(&conditions, where, trials, error));
    for (size_t metric = 0; metric < trials->n_metrics; metric++) {
        PEREBOR_TRY(done,
                    perebor_trials_rank_by(trials, metric, trial_list.metric_ranks[metric], error));
    }
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        if (trial_conditions_hold(&conditions, trials, trial_list.metric_ranks, trial)) {
            rows[trial_list.n++] =
                (ranked_row){.rank = order == PEREBOR_BY_RANK ? trial_list.ranks[trial] : 0,
                             .row = (uint32_t)trial};
        }
    }
    qsort(rows, trial_list.n, sizeof *rows, compare_ranked);
    trial_list.n = top > 0 && top < trial_list.n ? top : trial_list.n;
    for (size_t i = 0; i < trial_list.n; i++) {
        trial_list.rows[i] = rows[i].row;
    }
    *list = trial_list;
    trial_list = (perebor_trial_list){0};
done:
    free(rows);
    perebor_trial_list_release(&trial_list);
    return status;
}

void perebor_trial_list_release(perebor_trial_list *list) {
    free(list->rows);
    for (size_t metric = 0; metric < PEREBOR_MAX_METRICS; metric++) {
        free(list->metric_ranks[metric]);
    }
    free(list->n_equal);
    *list = (perebor_trial_list){0};
}

/** A trial by the candidate that it is, and its place in a list. */
typedef struct equal_row {
    uint64_t same_as;
    size_t place;
} equal_row;

static int compare_equal(const void *a, const void *b) {
    const equal_row *left = a;
    const equal_row *right = b;
    if (left->same_as != right->same_as) {
        return left->same_as < right->same_as ? -1 : 1;
    }
    return (left->place > right->place) - (left->place < right->place);
}

perebor_status perebor_trial_list_merge_equal(perebor_trial_list *list, size_t top,
                                              perebor_error *error) {
    const perebor_trials *trials = list->trials;
    equal_row *equal = calloc(list->n + 1, sizeof *equal);
    uint32_t *n_equal = calloc(list->n + 1, sizeof *n_equal);
    if (equal == NULL || n_equal == NULL) {
        free(equal);
        free(n_equal);
        return perebor_no_memory(error, "to list %zu trials", list->n);
    }
    for (size_t i = 0; i < list->n; i++) {
        equal[i] = (equal_row){.same_as = trials->same_as[list->rows[i]], .place = i};
    }
    qsort(equal, list->n, sizeof *equal, compare_equal);
    for (size_t first = 0, end; first < list->n; first = end) {
        for (end = first + 1; end < list->n && equal[end].same_as == equal[first].same_as;) {
            end++;
        }
        n_equal[equal[first].place] = (uint32_t)(end - first);
    }
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        bool waits = trials->state[list->rows[i]] == PEREBOR_TRIAL_WAITING;
        if (n_equal[i] > 0 && !waits && (top == 0 || n < top)) {
            list->rows[n] = list->rows[i];
            n_equal[n++] = n_equal[i];
        }
    }
    list->n = n;
    free(list->n_equal);
    list->n_equal = n_equal;
    free(equal);
    return PEREBOR_OK;
}

static perebor_value value_at(const perebor_trials *trials, size_t trial, size_t parameter) {
    return trials->values[trial * trials->n_parameters + parameter];
}

/** Writes a value without quotes. */
static void write_plain(FILE *stream, perebor_value value) {
    if (value.kind == PEREBOR_VALUE_TEXT) {
        fputs(value.as.text, stream);
    } else {
        char text[64];
        (void)perebor_value_format(value, text, sizeof text);
        fputs(text, stream);
    }
}

static perebor_status check_stream(FILE *stream, perebor_error *error) {
    if (fflush(stream) != 0 || ferror(stream)) {
        return perebor_fail(error, PEREBOR_ERR_IO, "the list of trials could not be written");
    }
    return PEREBOR_OK;
}

/** How many metrics have columns under their own names. */
static size_t n_named(const perebor_trials *trials) {
    return perebor_trials_have_default_metric(trials) ? 0 : trials->n_metrics;
}

static void write_csv_header(const perebor_trial_list *list, FILE *stream) {
    const perebor_trials *trials = list->trials;
    fputs("trial,state,rank_test_score,mean_test_score,std_test_score", stream);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        fprintf(stream, ",split%zu_test_score", fold);
    }
    for (size_t metric = 0; metric < n_named(trials); metric++) {
        const char *name = trials->metric_names[metric];
        fprintf(stream, ",rank_test_%s,mean_test_%s,std_test_%s", name, name, name);
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            fprintf(stream, ",split%zu_test_%s", fold, name);
        }
    }
    if (list->has_train_scores) {
        fputs(",mean_train_score", stream);
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            fprintf(stream, ",split%zu_train_score", fold);
        }
    }
    if (list->has_oob_scores) {
        fputs(",mean_oob_score", stream);
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            fprintf(stream, ",split%zu_oob_score,split%zu_oob_lacking", fold, fold);
        }
    }
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        fputs(",param_", stream);
        fputs(trials->parameter_names[parameter], stream);
    }
    fputs(",mean_fit_time,mean_score_time,error\r\n", stream);
}

/** The columns of every metric under its own name. */
static void write_csv_metrics(const perebor_trial_list *list, size_t trial, FILE *stream) {
    const perebor_trials *trials = list->trials;
    for (size_t metric = 0; metric < n_named(trials); metric++) {
        fputc(',', stream);
        if (trials->state[trial] == PEREBOR_TRIAL_COMPLETE) {
            fprintf(stream, "%u", (unsigned)list->metric_ranks[metric][trial]);
        }
        csv_write_real(stream, perebor_trials_mean(trials, trial, metric, PEREBOR_TEST));
        csv_write_real(stream, perebor_trials_std(trials, trial, metric));
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            csv_write_real(stream, perebor_trials_score(trials, trial, fold, metric, PEREBOR_TEST));
        }
    }
}

/** Scores out of bag; of a fold without one, two empty cells. */
static void write_csv_oob(const perebor_trials *trials, size_t trial, FILE *stream) {
    csv_write_real(stream, perebor_trials_mean_oob_score(trials, trial));
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        const perebor_fold_outcome *outcome = &trials->folds[trial * trials->n_folds + fold];
        const bool has = perebor_trials_has_oob(trials, trial, fold);
        csv_write_real(stream, has ? outcome->oob_score : (double)NAN);
        fputc(',', stream);
        if (has) {
            fprintf(stream, "%" PRIu32, outcome->oob_lacking);
        }
    }
}

static void write_csv_trial(const perebor_trial_list *list, size_t trial, FILE *stream) {
    const perebor_trials *trials = list->trials;
    bool complete = trials->state[trial] == PEREBOR_TRIAL_COMPLETE;
    fprintf(stream, "%" PRIu64 ",%s,", trials->first_trial + trial,
            perebor_trial_state_name(trials->state[trial]));
    if (complete) {
        fprintf(stream, "%u", (unsigned)list->ranks[trial]);
    }
    csv_write_real(stream, perebor_trials_mean_test_score(trials, trial));
    csv_write_real(stream, perebor_trials_std_test_score(trials, trial));
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        csv_write_real(stream, trials->folds[trial * trials->n_folds + fold].test_score);
    }
    write_csv_metrics(list, trial, stream);
    if (list->has_train_scores) {
        csv_write_real(stream, perebor_trials_mean_train_score(trials, trial));
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            csv_write_real(stream, trials->folds[trial * trials->n_folds + fold].train_score);
        }
    }
    if (list->has_oob_scores) {
        write_csv_oob(trials, trial, stream);
    }
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        perebor_value value = value_at(trials, trial, parameter);
        fputc(',', stream);
        if (value.kind == PEREBOR_VALUE_TEXT) {
            csv_write_text(stream, value.as.text);
        } else if (value.kind != PEREBOR_VALUE_NONE) {
            write_plain(stream, value);
        }
    }
    csv_write_real(stream, perebor_trials_mean_fit_seconds(trials, trial));
    csv_write_real(stream, perebor_trials_mean_score_seconds(trials, trial));
    fputc(',', stream);
    csv_write_text(stream, trials->error[trial] != NULL ? trials->error[trial] : "");
    fputs("\r\n", stream);
}

perebor_status perebor_trial_list_write_csv(const perebor_trial_list *list, FILE *stream,
                                            perebor_error *error) {
    write_csv_header(list, stream);
    for (size_t i = 0; i < list->n; i++) {
        write_csv_trial(list, list->rows[i], stream);
    }
    return check_stream(stream, error);
}

static void put_json_real(perebor_json *json, const char *kind, const char *metric, double value) {
    char key[128];
    (void)snprintf(key, sizeof key, "%s_%s", kind, metric);
    perebor_json_put_real(json, key, value);
}

/** The values of every metric under its own name. */
static void put_json_metrics(const perebor_trial_list *list, size_t trial, perebor_json *json) {
    const perebor_trials *trials = list->trials;
    for (size_t metric = 0; metric < n_named(trials); metric++) {
        char key[128];
        const char *name = trials->metric_names[metric];
        (void)snprintf(key, sizeof key, "rank_test_%s", name);
        perebor_json_key(json, key);
        if (trials->state[trial] == PEREBOR_TRIAL_COMPLETE) {
            perebor_json_unsigned(json, list->metric_ranks[metric][trial]);
        } else {
            perebor_json_null(json);
        }
        put_json_real(json, "mean_test", name,
                      perebor_trials_mean(trials, trial, metric, PEREBOR_TEST));
        put_json_real(json, "std_test", name, perebor_trials_std(trials, trial, metric));
        (void)snprintf(key, sizeof key, "split_test_%s", name);
        perebor_json_key(json, key);
        perebor_json_begin_array(json);
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            perebor_json_real(json,
                              perebor_trials_score(trials, trial, fold, metric, PEREBOR_TEST));
        }
        perebor_json_end_array(json);
    }
}

void perebor_trial_list_put_oob(perebor_json *json, const perebor_trials *trials, size_t trial) {
    const perebor_fold_outcome *folds = trials->folds + trial * trials->n_folds;
    bool any = false;
    for (size_t fold = 0; fold < trials->n_folds && !any; fold++) {
        any = perebor_trials_has_oob(trials, trial, fold);
    }
    if (!any) {
        return;
    }
    perebor_json_put_real(json, "mean_oob_score", perebor_trials_mean_oob_score(trials, trial));
    perebor_json_key(json, "split_oob_score");
    perebor_json_begin_array(json);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        bool has = perebor_trials_has_oob(trials, trial, fold);
        perebor_json_real(json, has ? folds[fold].oob_score : (double)NAN);
    }
    perebor_json_end_array(json);
    perebor_json_key(json, "split_oob_lacking");
    perebor_json_begin_array(json);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        if (perebor_trials_has_oob(trials, trial, fold)) {
            perebor_json_unsigned(json, folds[fold].oob_lacking);
        } else {
            perebor_json_null(json);
        }
    }
    perebor_json_end_array(json);
}

static perebor_status write_json_trial(const perebor_trial_list *list, size_t trial,
                                       perebor_json *json, perebor_error *error) {
    const perebor_trials *trials = list->trials;
    char *params = perebor_trials_params_json(trials, trial);
    if (params == NULL) {
        return perebor_no_memory(error, "to list trials");
    }
    bool complete = trials->state[trial] == PEREBOR_TRIAL_COMPLETE;
    perebor_json_begin_object(json);
    perebor_json_put_unsigned(json, "trial", trials->first_trial + trial);
    perebor_json_put_text(json, "state", perebor_trial_state_name(trials->state[trial]));
    perebor_json_key(json, "rank_test_score");
    if (complete) {
        perebor_json_unsigned(json, list->ranks[trial]);
    } else {
        perebor_json_null(json);
    }
    perebor_json_put_real(json, "mean_test_score", perebor_trials_mean_test_score(trials, trial));
    perebor_json_put_real(json, "std_test_score", perebor_trials_std_test_score(trials, trial));
    perebor_json_key(json, "split_test_score");
    perebor_json_begin_array(json);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        perebor_json_real(json, trials->folds[trial * trials->n_folds + fold].test_score);
    }
    perebor_json_end_array(json);
    put_json_metrics(list, trial, json);
    if (list->has_train_scores) {
        perebor_json_put_real(json, "mean_train_score",
                              perebor_trials_mean_train_score(trials, trial));
        perebor_json_key(json, "split_train_score");
        perebor_json_begin_array(json);
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            perebor_json_real(json, trials->folds[trial * trials->n_folds + fold].train_score);
        }
        perebor_json_end_array(json);
    }
    perebor_trial_list_put_oob(json, trials, trial);
    perebor_json_key(json, "converged");
    perebor_json_begin_array(json);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        perebor_json_boolean(json, trials->folds[trial * trials->n_folds + fold].converged != 0);
    }
    perebor_json_end_array(json);
    perebor_json_put_raw(json, "params", params);
    perebor_json_put_real(json, "mean_fit_time", perebor_trials_mean_fit_seconds(trials, trial));
    perebor_json_put_real(json, "mean_score_time",
                          perebor_trials_mean_score_seconds(trials, trial));
    perebor_json_put_text(json, "error", trials->error[trial]);
    perebor_json_end_object(json);
    free(params);
    return PEREBOR_OK;
}

perebor_status perebor_trial_list_write_json(const perebor_trial_list *list, FILE *stream,
                                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    fputc('[', stream);
    for (size_t i = 0; i < list->n; i++) {
        perebor_json json = {0};
        PEREBOR_TRY(done, write_json_trial(list, list->rows[i], &json, error));
        char *text = perebor_json_take(&json);
        if (text == NULL) {
            return perebor_no_memory(error, "to list trials");
        }
        fprintf(stream, "%s%s", i > 0 ? ",\n " : "", text);
        free(text);
    }
    fputs("]\n", stream);
    status = check_stream(stream, error);
done:
    return status;
}
