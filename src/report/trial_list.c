// SPDX-License-Identifier: MIT
#include "perebor/trial_list.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

perebor_status perebor_trial_list_choose(perebor_trial_list *list, const perebor_trials *trials,
                                         const char *where, perebor_list_order order, size_t top,
                                         perebor_error *error) {
    perebor_status status;
    trial_conditions conditions;
    perebor_trial_list trial_list = {.trials = trials};
    ranked_row *rows = malloc((trials->n_trials + 1) * sizeof *rows);
    trial_list.rows = malloc((trials->n_trials + 1) * sizeof *trial_list.rows);
    trial_list.ranks = malloc((trials->n_trials + 1) * sizeof *trial_list.ranks);
    if (rows == NULL || trial_list.rows == NULL || trial_list.ranks == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to list %zu trials",
                              trials->n_trials);
        goto done;
    }
    PEREBOR_TRY(done, trial_conditions_read(&conditions, where, trials, error));
    PEREBOR_TRY(done, perebor_trials_rank(trials, trial_list.ranks, error));
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        if (trial_conditions_hold(&conditions, trials, trial_list.ranks, trial)) {
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
    free(list->ranks);
    *list = (perebor_trial_list){0};
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

perebor_status perebor_trial_list_write_table(const perebor_trial_list *list, FILE *stream,
                                              perebor_error *error) {
    const perebor_trials *trials = list->trials;
    fprintf(stream, "%5s  %7s  %8s  %6s  %s\n", "rank", "trial", "roc_auc", "sd", "parameters");
    for (size_t i = 0; i < list->n; i++) {
        size_t trial = list->rows[i];
        unsigned long long number = trials->first_trial + trial;
        if (trials->state[trial] == PEREBOR_TRIAL_COMPLETE) {
            fprintf(stream, "%5u  %7llu  %8.6f  %6.4f ", (unsigned)list->ranks[trial], number,
                    perebor_trials_mean_test_score(trials, trial),
                    perebor_trials_std_test_score(trials, trial));
        } else {
            fprintf(stream, "%5s  %7llu  %8s  %6s ", "-", number,
                    perebor_trial_state_name(trials->state[trial]), "-");
        }
        for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
            perebor_value value = value_at(trials, trial, parameter);
            if (value.kind != PEREBOR_VALUE_NONE) {
                fprintf(stream, " %s=", trials->parameter_names[parameter]);
                write_plain(stream, value);
            }
        }
        if (trials->error[trial] != NULL) {
            fprintf(stream, "  (%s)", trials->error[trial]);
        }
        fputc('\n', stream);
    }
    return check_stream(stream, error);
}

/** A field of CSV, quoted where it must be. */
static void write_csv_text(FILE *stream, const char *text) {
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            fputc('"', stream);
        }
        fputc(*text, stream);
    }
    fputc('"', stream);
}

/** A real, or nothing where there is none. */
static void write_csv_real(FILE *stream, double value) {
    char text[PEREBOR_REAL_TEXT_SIZE];
    fputc(',', stream);
    if (!isnan(value)) {
        (void)perebor_real_format(value, text);
        fputs(text, stream);
    }
}

static void write_csv_header(const perebor_trials *trials, FILE *stream) {
    fputs("trial,state,rank_test_score,mean_test_score,std_test_score", stream);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        fprintf(stream, ",split%zu_test_score", fold);
    }
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        fputs(",param_", stream);
        fputs(trials->parameter_names[parameter], stream);
    }
    fputs(",mean_fit_time,mean_score_time,error\r\n", stream);
}

/** Mean over folds of one time. */
static double mean_seconds(const perebor_trials *trials, size_t trial, bool fit) {
    double sum = 0.0;
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        const perebor_fold_outcome *outcome = &trials->folds[trial * trials->n_folds + fold];
        sum += fit ? outcome->fit_seconds : outcome->score_seconds;
    }
    return sum / (double)trials->n_folds;
}

static void write_csv_trial(const perebor_trial_list *list, size_t trial, FILE *stream) {
    const perebor_trials *trials = list->trials;
    bool complete = trials->state[trial] == PEREBOR_TRIAL_COMPLETE;
    fprintf(stream, "%" PRIu64 ",%s,", trials->first_trial + trial,
            perebor_trial_state_name(trials->state[trial]));
    if (complete) {
        fprintf(stream, "%u", (unsigned)list->ranks[trial]);
    }
    write_csv_real(stream, perebor_trials_mean_test_score(trials, trial));
    write_csv_real(stream, perebor_trials_std_test_score(trials, trial));
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        write_csv_real(stream, trials->folds[trial * trials->n_folds + fold].test_score);
    }
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        perebor_value value = value_at(trials, trial, parameter);
        fputc(',', stream);
        if (value.kind == PEREBOR_VALUE_TEXT) {
            write_csv_text(stream, value.as.text);
        } else if (value.kind != PEREBOR_VALUE_NONE) {
            write_plain(stream, value);
        }
    }
    write_csv_real(stream, mean_seconds(trials, trial, true));
    write_csv_real(stream, mean_seconds(trials, trial, false));
    fputc(',', stream);
    write_csv_text(stream, trials->error[trial] != NULL ? trials->error[trial] : "");
    fputs("\r\n", stream);
}

perebor_status perebor_trial_list_write_csv(const perebor_trial_list *list, FILE *stream,
                                            perebor_error *error) {
    write_csv_header(list->trials, stream);
    for (size_t i = 0; i < list->n; i++) {
        write_csv_trial(list, list->rows[i], stream);
    }
    return check_stream(stream, error);
}

static perebor_status write_json_trial(const perebor_trial_list *list, size_t trial,
                                       perebor_json *json, perebor_error *error) {
    const perebor_trials *trials = list->trials;
    char *params = perebor_trials_params_json(trials, trial);
    if (params == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to list trials");
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
    perebor_json_key(json, "converged");
    perebor_json_begin_array(json);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        perebor_json_boolean(json, trials->folds[trial * trials->n_folds + fold].converged != 0);
    }
    perebor_json_end_array(json);
    perebor_json_put_raw(json, "params", params);
    perebor_json_put_real(json, "mean_fit_time", mean_seconds(trials, trial, true));
    perebor_json_put_real(json, "mean_score_time", mean_seconds(trials, trial, false));
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
            return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to list trials");
        }
        fprintf(stream, "%s%s", i > 0 ? ",\n " : "", text);
        free(text);
    }
    fputs("]\n", stream);
    status = check_stream(stream, error);
done:
    return status;
}
