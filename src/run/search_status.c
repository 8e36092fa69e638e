// SPDX-License-Identifier: MIT
#include "perebor/search_status.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/try.h"
#include "perebor/file_identity.h"
#include "perebor/result_file.h"
#include "run/checkpoint.h"
#include "store/journal.h"

/** More trials than a run takes: a journal that says so is damaged. */
static const uint64_t max_trials = UINT32_MAX / 64;

/** Attempts at reading while the search may be ending: its journal goes when its file is whole. */
enum { max_attempts = 3 };

const char *perebor_search_state_name(perebor_search_state state) {
    static const char *const names[] = {"running", "interrupted", "stopped", "complete"};
    return names[state];
}

/** What a journal says that it is of. */
typedef struct journal_facts {
    uint64_t first_trial, n_trials, n_folds;
    double begun;
    char metrics[512]; /**< The text of the field. */
} journal_facts;

/** The names of a list with spaces between them, which are cut. @param[out] names  Room for one
 * more than PEREBOR_MAX_METRICS. */
static size_t split_names(char *text, const char **names) {
    size_t n = 0;
    char *rest = NULL;
    for (char *name = strtok_r(text, " ", &rest); name != NULL && n <= PEREBOR_MAX_METRICS;
         name = strtok_r(NULL, " ", &rest)) {
        names[n++] = name;
    }
    return n;
}

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
    const char *metrics = perebor_journal_fields_find(&fields, CHECKPOINT_METRICS);
    int length = snprintf(facts->metrics, sizeof facts->metrics, "%s",
                          metrics != NULL ? metrics : CHECKPOINT_DEFAULT_METRICS);
    whole = whole && (size_t)length < sizeof facts->metrics;
    perebor_journal_fields_release(&fields);
    if (!whole || facts->n_trials > max_trials || facts->n_folds > max_trials ||
        facts->first_trial > INT64_MAX - facts->n_trials) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s does not say how many trials it is of: another version of perebor "
                            "wrote it",
                            path);
    }
    return PEREBOR_OK;
}

/** What is counted of a finished trial. */
typedef struct entry {
    uint64_t number;
    size_t order; /**< Of two records of one trial the later one counts. */
    double score, begun;
    bool failed;
} entry;

/** The finished trials of a journal and a file: as many entries as they have records, so that a
 * number that somebody made up takes no memory. */
typedef struct entry_list {
    entry *items;
    size_t n, capacity;
} entry_list;

static perebor_status add_entry(entry_list *list, const perebor_trials *trials, size_t trial,
                                perebor_error *error) {
    if (!perebor_trials_finished(trials, trial)) {
        return PEREBOR_OK;
    }
    if (list->n == list->capacity) {
        size_t capacity = list->capacity == 0 ? 256 : 2 * list->capacity;
        entry *grown = realloc(list->items, capacity * sizeof *grown);
        if (grown == NULL) {
            return perebor_no_memory(error, "for %zu trials", capacity);
        }
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->n] = (entry){.number = trials->first_trial + trial,
                                   .order = list->n,
                                   .score = perebor_trials_mean_test_score(trials, trial),
                                   .begun = trials->datetime_start[trial],
                                   .failed = trials->state[trial] == PEREBOR_TRIAL_FAIL};
    list->n++;
    return PEREBOR_OK;
}

static perebor_status add_visited(void *context, const perebor_trials *one, perebor_error *error) {
    return add_entry(context, one, 0, error);
}

static int compare_entries(const void *a, const void *b) {
    const entry *left = a, *right = b;
    if (left->number != right->number) {
        return left->number < right->number ? -1 : 1;
    }
    return left->order < right->order ? -1 : left->order > right->order;
}

/** Sorts the entries and leaves one of each number. */
static void settle(entry_list *list) {
    size_t n = 0;
    if (list->n > 1) {
        qsort(list->items, list->n, sizeof *list->items, compare_entries);
    }
    for (size_t i = 0; i < list->n; i++) {
        n -= n > 0 && list->items[n - 1].number == list->items[i].number;
        list->items[n++] = list->items[i];
    }
    list->n = n;
}

/** Counts finished trials. */
static void count(perebor_search_status *search_status, const entry_list *list) {
    search_status->best_score = search_status->newest = NAN;
    search_status->n_done = list->n;
    for (size_t i = 0; i < list->n; i++) {
        const entry *trial = &list->items[i];
        search_status->n_failed += trial->failed;
        search_status->newest = fmax(search_status->newest, trial->begun);
        if (trial->score > search_status->best_score ||
            (isnan(search_status->best_score) && !isnan(trial->score))) {
            search_status->best_score = trial->score;
            search_status->best_trial = trial->number;
        }
    }
}

/**
 * The range of trials asked for: what the journal's first record says, widened to what was
 * finished, because a search may have been continued to more. No search has more than max_trials.
 */
static perebor_status find_range(perebor_search_status *search_status, const char *path,
                                 const journal_facts *facts, const entry_list *list,
                                 perebor_error *error) {
    uint64_t first = facts->first_trial, end = facts->first_trial + facts->n_trials;
    if (list->n > 0) {
        uint64_t lowest = list->items[0].number, highest = list->items[list->n - 1].number;
        first = lowest < first ? lowest : first;
        end = highest >= end ? highest + 1 : end;
    }
    if (end - first > max_trials) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s is damaged: it says that it is of %llu trials from %llu, and holds "
                            "others than a search of these can have",
                            path, (unsigned long long)facts->n_trials,
                            (unsigned long long)facts->first_trial);
    }
    search_status->first_trial = first;
    search_status->n_trials = end - first;
    return PEREBOR_OK;
}

static perebor_status add_result(entry_list *list, const perebor_result *result,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t trial = 0; trial < result->trials->n_trials; trial++) {
        PEREBOR_TRY(done, add_entry(list, result->trials, trial, error));
    }
done:
    return status;
}

/** From the journal, and from the file that it continues if there is one. */
static perebor_status read_journal(perebor_search_status *search_status, const char *path,
                                   const perebor_result *result, perebor_error *error) {
    perebor_status status;
    journal_facts facts = {0};
    entry_list list = {0};
    const char *metrics[PEREBOR_MAX_METRICS + 1] = {NULL};
    perebor_journal_replay replay = {0};
    bool in_use = perebor_journal_in_use(path);
    PEREBOR_TRY(done, read_facts(&facts, path, error));
    if (result != NULL) {
        PEREBOR_TRY(done, add_result(&list, result, error));
    }
    size_t n_metrics = split_names(facts.metrics, metrics);
    PEREBOR_TRY(
        done, perebor_journal_visit(path, metrics, n_metrics, add_visited, &list, &replay, error));
    settle(&list);
    perebor_search_status draft = {.state =
                                       in_use ? PEREBOR_SEARCH_RUNNING : PEREBOR_SEARCH_INTERRUPTED,
                                   .begun = facts.begun,
                                   .n_torn_bytes = replay.n_torn_bytes};
    PEREBOR_TRY(done, find_range(&draft, path, &facts, &list, error));
    count(&draft, &list);
    *search_status = draft;
done:
    free(list.items);
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

static perebor_status read_result(perebor_search_status *search_status,
                                  const perebor_result *result, perebor_error *error) {
    entry_list list = {0};
    perebor_status status = add_result(&list, result, error);
    if (status != PEREBOR_OK) {
        free(list.items);
        return status;
    }
    *search_status = (perebor_search_status){.first_trial = result->trials->first_trial,
                                             .n_trials = result->trials->n_trials,
                                             .begun = read_time(result->created),
                                             .state = result->status == PEREBOR_RESULT_COMPLETE
                                                          ? PEREBOR_SEARCH_COMPLETE
                                                          : PEREBOR_SEARCH_STOPPED};
    count(search_status, &list);
    free(list.items);
    return PEREBOR_OK;
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
        status = read_result(search_status, result, error);
    }
done:
    perebor_result_free(result);
    return status;
}

perebor_status perebor_search_status_read(perebor_search_status *search_status, const char *path,
                                          perebor_error *error) {
    char *target = NULL;
    perebor_status status = perebor_file_follow(path, &target, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    char *journal = perebor_journal_path(target); // beside the file that a link leads to
    status =
        journal != NULL ? PEREBOR_ERR_IO : perebor_no_memory(error, "for the name of a journal");
    for (int i = 0; i < max_attempts && status == PEREBOR_ERR_IO; i++) {
        status = attempt(search_status, target, journal, error);
    }
    free(journal);
    free(target);
    return status;
}
