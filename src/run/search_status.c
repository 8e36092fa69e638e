// SPDX-License-Identifier: MIT
#include "perebor/search_status.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/try.h"
#include "perebor/journal.h"
#include "perebor/result_file.h"
#include "run/checkpoint.h"

/** More trials than a run takes: a journal that says so is damaged. */
static const uint64_t MAX_TRIALS = UINT32_MAX / 64;

/** Attempts at reading while the search may be ending: its journal goes when its file is whole. */
enum { ATTEMPTS = 3 };

const char *perebor_search_state_name(perebor_search_state state) {
    static const char *const names[] = {"running", "interrupted", "stopped", "complete"};
    return names[state];
}

/** What a journal says that it is of. */
typedef struct journal_facts {
    uint64_t first_trial, n_trials, n_folds;
    double begun;
} journal_facts;

static bool find_number(const perebor_journal_fields *fields, const char *name, uint64_t *number) {
    const char *text = perebor_journal_fields_find(fields, name);
    char *after = NULL;
    *number = text != NULL ? strtoull(text, &after, 10) : 0;
    return text != NULL && after != text && *after == '\0';
}

static perebor_status read_facts(journal_facts *facts, const char *path, perebor_error *error) {
    perebor_journal_fields fields = {0};
    uint64_t begun = 0;
    perebor_status status = perebor_journal_fields_read(&fields, path, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    bool whole = find_number(&fields, CHECKPOINT_FIRST_TRIAL, &facts->first_trial) &&
                 find_number(&fields, CHECKPOINT_N_TRIALS, &facts->n_trials) &&
                 find_number(&fields, CHECKPOINT_N_FOLDS, &facts->n_folds) &&
                 find_number(&fields, CHECKPOINT_BEGUN, &begun);
    facts->begun = (double)begun;
    perebor_journal_fields_release(&fields);
    if (!whole || facts->n_trials > MAX_TRIALS || facts->n_folds > MAX_TRIALS) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s does not say how many trials it is of: another version of perebor "
                            "wrote it",
                            path);
    }
    return PEREBOR_OK;
}

/** Widens a range of trials to cover another. */
static void cover(uint64_t *first, uint64_t *n_trials, uint64_t other_first, uint64_t other_n) {
    uint64_t end = *first + *n_trials;
    uint64_t other_end = other_first + other_n;
    *first = other_first < *first ? other_first : *first;
    *n_trials = (other_end > end ? other_end : end) - *first;
}

/**
 * Makes a table of what the journal and the file hold. A search may have been continued to more
 * trials than its journal's first record says: the table grows until it has them all.
 */
static perebor_status gather(perebor_trials **trials, const char *path, journal_facts *facts,
                             const perebor_result *result, perebor_journal_replay *replay,
                             perebor_error *error) {
    perebor_status status;
    perebor_trials *draft = NULL;
    if (result != NULL) {
        cover(&facts->first_trial, &facts->n_trials, result->trials->first_trial,
              result->trials->n_trials);
    }
    for (;;) {
        PEREBOR_TRY(failed, perebor_trials_create_empty(&draft, NULL, 0, facts->first_trial,
                                                        (size_t)facts->n_trials,
                                                        (size_t)facts->n_folds, error));
        PEREBOR_TRY(failed, perebor_journal_replay_read(path, NULL, 0, draft, replay, error));
        if (replay->n_outside == 0 || facts->n_trials > MAX_TRIALS) {
            break;
        }
        perebor_trials_free(draft);
        draft = NULL;
        *replay = (perebor_journal_replay){0};
        cover(&facts->first_trial, &facts->n_trials, 0,
              facts->first_trial + 2 * facts->n_trials + 1);
    }
    if (result != NULL && result->trials->n_folds == draft->n_folds) {
        for (size_t from = 0; from < result->trials->n_trials; from++) {
            size_t to = (size_t)(result->trials->first_trial - draft->first_trial) + from;
            if (draft->state[to] == PEREBOR_TRIAL_WAITING) {
                PEREBOR_TRY(failed, perebor_trials_copy(draft, to, result->trials, from, error));
            }
        }
    }
    *trials = draft;
    return PEREBOR_OK;
failed:
    perebor_trials_free(draft);
    return status;
}

/** Counts the trials of a table. Returns the end of what is finished. */
static uint64_t count(perebor_search_status *search_status, const perebor_trials *trials) {
    uint64_t end = trials->first_trial;
    search_status->best_score = search_status->newest = NAN;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        if (!perebor_trials_finished(trials, trial)) {
            continue;
        }
        end = trials->first_trial + trial + 1;
        search_status->n_done++;
        search_status->n_failed += trials->state[trial] == PEREBOR_TRIAL_FAIL;
        search_status->newest = fmax(search_status->newest, trials->datetime_start[trial]);
        double score = perebor_trials_mean_test_score(trials, trial);
        if (score > search_status->best_score ||
            (isnan(search_status->best_score) && !isnan(score))) {
            search_status->best_score = score;
            search_status->best_trial = end - 1;
        }
    }
    return end;
}

/** From the journal, and from the file that it continues if there is one. */
static perebor_status read_journal(perebor_search_status *search_status, const char *path,
                                   const perebor_result *result, perebor_error *error) {
    perebor_status status;
    journal_facts facts = {0};
    perebor_trials *trials = NULL;
    perebor_journal_replay replay = {0};
    bool in_use = perebor_journal_in_use(path);
    PEREBOR_TRY(done, read_facts(&facts, path, error));
    uint64_t end = facts.first_trial + facts.n_trials;
    PEREBOR_TRY(done, gather(&trials, path, &facts, result, &replay, error));
    perebor_search_status draft = {.state =
                                       in_use ? PEREBOR_SEARCH_RUNNING : PEREBOR_SEARCH_INTERRUPTED,
                                   .begun = facts.begun,
                                   .first_trial = trials->first_trial,
                                   .n_torn_bytes = replay.n_torn_bytes};
    uint64_t seen = count(&draft, trials);
    draft.n_trials = (seen > end ? seen : end) - draft.first_trial;
    *search_status = draft;
done:
    perebor_trials_free(trials);
    return status;
}

/** Seconds since 1970 of an ISO 8601 text in UTC; NaN if it is none. */
static double read_time(const char *text) {
    struct tm utc = {0};
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ", &utc.tm_year, &utc.tm_mon, &utc.tm_mday,
               &utc.tm_hour, &utc.tm_min, &utc.tm_sec) != 6) {
        return NAN;
    }
    utc.tm_year -= 1900;
    utc.tm_mon -= 1;
    return (double)timegm(&utc);
}

static void read_result(perebor_search_status *search_status, const perebor_result *result) {
    *search_status = (perebor_search_status){.first_trial = result->trials->first_trial,
                                             .n_trials = result->trials->n_trials,
                                             .begun = read_time(result->created),
                                             .state = result->status == PEREBOR_RESULT_COMPLETE
                                                          ? PEREBOR_SEARCH_COMPLETE
                                                          : PEREBOR_SEARCH_STOPPED};
    (void)count(search_status, result->trials);
}

static perebor_status attempt(perebor_search_status *search_status, const char *path,
                              const char *journal, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_result *result = NULL;
    checkpoint_files files = checkpoint_look(path);
    if (!files.file && !files.journal) {
        return perebor_fail(error, PEREBOR_ERR_IO,
                            "there is no %s, and no journal of a search into it", path);
    }
    if (files.file) {
        PEREBOR_TRY(done, perebor_result_read(&result, path, error));
    }
    if (files.journal) {
        bool belongs = result != NULL && checkpoint_belongs(journal, result);
        PEREBOR_TRY(done, read_journal(search_status, journal, belongs ? result : NULL, error));
    } else {
        read_result(search_status, result);
    }
done:
    perebor_result_free(result);
    return status;
}

perebor_status perebor_search_status_read(perebor_search_status *search_status, const char *path,
                                          perebor_error *error) {
    perebor_status status = PEREBOR_ERR_IO;
    char *journal = perebor_journal_path(path);
    if (journal == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the name of a journal");
    }
    for (int i = 0; i < ATTEMPTS && status == PEREBOR_ERR_IO; i++) {
        status = attempt(search_status, path, journal, error);
    }
    free(journal);
    return status;
}
