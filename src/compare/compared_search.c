// SPDX-License-Identifier: MIT
#include "compare/compared_search.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"

const char *const compared_kind_names[] = {"perebor", "cv_results_", "optuna"};

const char *compared_path_of(perebor_arena *arena, const char *path, const char **study) {
    struct stat about;
    const char *mark = strrchr(path, '#');
    *study = NULL;
    if (mark == NULL || stat(path, &about) == 0) {
        return perebor_arena_text(arena, path);
    }
    *study = mark + 1;
    return perebor_arena_copy(arena, path, (size_t)(mark - path));
}

perebor_status compared_kind_find(compared_kind *kind, const char *path, perebor_error *error) {
    static const char hdf5[] = "\x89HDF\r\n\x1a\n", sqlite[] = "SQLite format 3";
    char beginning[16] = {0};
    const char *study;
    int descriptor = -1;
    struct stat about;
    perebor_arena arena = {0};
    const char *file = compared_path_of(&arena, path, &study);
    bool missing = file != NULL && stat(file, &about) != 0 && errno == ENOENT;
    perebor_status status = file == NULL ? perebor_no_memory(error, "for the name of a file")
                            : missing    ? PEREBOR_OK
                                         : perebor_file_open_regular(file, &descriptor, error);
    if (missing) {
        *kind = COMPARED_RESULT; // perhaps a search that has not written it yet: its reader says so
    } else if (status == PEREBOR_OK) {
        bool any = read(descriptor, beginning, sizeof beginning) > 0;
        (void)close(descriptor);
        *kind = any && memcmp(beginning, hdf5, 8) == 0      ? COMPARED_RESULT
                : any && memcmp(beginning, sqlite, 16) == 0 ? COMPARED_OPTUNA
                                                            : COMPARED_CV_RESULTS;
    }
    perebor_arena_release(&arena);
    return status;
}

/** "roc_auc, f1": what the trials of a file were scored by. */
static const char *list_metrics(compared_search *search) {
    const perebor_trials *trials = search->trials;
    const char *list = "";
    for (size_t i = 0; list != NULL && i < trials->n_metrics; i++) {
        list = perebor_arena_format(&search->memory, "%s%s%s", list, i > 0 ? ", " : "",
                                    trials->metric_names[i]);
    }
    return list != NULL ? list : "?";
}

perebor_status compared_result_open(compared_search *search, const char *path, const char *metric,
                                    perebor_error *error) {
    perebor_status status;
    search->path = path;
    search->kind = COMPARED_RESULT;
    PEREBOR_TRY(done, perebor_result_read(&search->result, path, error));
    search->trials = search->result->trials;
    search->has_folds = search->trials->n_folds > 0;
    while (metric != NULL && search->metric < search->trials->n_metrics &&
           strcmp(search->trials->metric_names[search->metric], metric) != 0) {
        search->metric++;
    }
    if (search->metric == search->trials->n_metrics) {
        search->metric = 0;
        status = perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "%s was not scored by %s but by %s: name with --metric one that all "
                              "files have",
                              path, metric, list_metrics(search));
    }
done:
    return status;
}

perebor_status compared_trials_create(compared_search *search, size_t n_trials, size_t n_folds,
                                      const char *metric, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done,
                perebor_trials_create_empty(&search->trials, NULL, 0, 0, n_trials, n_folds, error));
    PEREBOR_TRY(done, perebor_trials_set_metrics(search->trials, &metric, 1, error));
    search->has_folds = n_folds > 1;
    search->params = perebor_arena_allocate(&search->memory, n_trials + 1, sizeof *search->params);
    if (search->params == NULL) {
        return perebor_no_memory(error, "for %zu trials", n_trials);
    }
    for (size_t trial = 0; trial < n_trials; trial++) {
        search->params[trial] = "";
        search->trials->duration[trial] = NAN;
    }
done:
    return status;
}

void compared_trials_put(compared_search *search, size_t trial, size_t fold, double score) {
    const perebor_fold_outcome outcome = {.test_score = score,
                                          .train_score = NAN,
                                          .fit_seconds = NAN,
                                          .score_seconds = NAN,
                                          .state = PEREBOR_TRIAL_COMPLETE,
                                          .converged = 1};
    perebor_trials_set_fold(search->trials, trial, fold, &outcome, NULL);
}

void compared_trials_settle(compared_search *search) {
    perebor_trials *trials = search->trials;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        size_t n_scored = 0;
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            bool done = trials->fold_done[trial * trials->n_folds + fold] != 0;
            n_scored +=
                done && isfinite(perebor_trials_score(trials, trial, fold, 0, PEREBOR_TEST));
        }
        if (trials->state[trial] == PEREBOR_TRIAL_COMPLETE && n_scored < trials->n_folds) {
            trials->state[trial] = PEREBOR_TRIAL_FAIL;
        }
    }
}

char *compared_params(const compared_search *search, size_t trial) {
    return search->result != NULL ? perebor_trials_params_json(search->trials, trial)
                                  : strdup(search->params[trial]);
}

void compared_search_close(compared_search *search) {
    if (search->result == NULL) {
        perebor_trials_free(search->trials);
    }
    perebor_result_free(search->result);
    perebor_arena_release(&search->memory);
    *search = (compared_search){0};
}
