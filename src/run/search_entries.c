// SPDX-License-Identifier: MIT
#include "run/search_entries.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/nearest_file.h"
#include "base/try.h"
#include "perebor/file_identity.h"
#include "perebor/result_file.h"
#include "run/checkpoint.h"
#include "store/journal.h"

/** More trials than a run takes: a journal that says so is damaged. */
static const uint64_t max_trials = UINT32_MAX / 64;

/** Attempts at reading while the search may be ending: its journal goes when its file is whole. */
enum { max_attempts = 3 };

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

/** The list's copy of a text of which there are few different ones; NULL if memory is short. */
static const char *keep_word(search_entries *entries, const char *text) {
    if (text == NULL || *text == '\0') {
        return "";
    }
    for (size_t i = entries->n_words; i-- > 0;) {
        if (strcmp(entries->words[i], text) == 0) {
            return entries->words[i];
        }
    }
    if (entries->n_words == entries->words_capacity) {
        size_t capacity = entries->words_capacity == 0 ? 16 : 2 * entries->words_capacity;
        const char **grown = realloc(entries->words, capacity * sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        entries->words = grown;
        entries->words_capacity = capacity;
    }
    const char *copy = perebor_arena_text(&entries->texts, text);
    if (copy != NULL) {
        entries->words[entries->n_words++] = copy;
    }
    return copy;
}

/** Which model a trial is of, as far as the file has its point. */
static const char *find_model(const search_entries *entries, uint64_t number) {
    const perebor_trials *points = entries->points;
    if (points == NULL || entries->model == points->n_parameters || number < points->first_trial ||
        number - points->first_trial >= points->n_trials) {
        return NULL;
    }
    size_t trial = (size_t)(number - points->first_trial);
    perebor_value value = points->values[trial * points->n_parameters + entries->model];
    return value.kind == PEREBOR_VALUE_TEXT ? value.as.text : NULL;
}

/** Makes room for one more. */
static perebor_status grow(search_entries *entries, perebor_error *error) {
    size_t capacity = entries->capacity == 0 ? 256 : 2 * entries->capacity;
    search_entry *grown = entries->n < entries->capacity
                              ? entries->items
                              : realloc(entries->items, capacity * sizeof *grown);
    if (grown == NULL) {
        return perebor_no_memory(error, "for %zu trials", capacity);
    }
    entries->capacity = entries->n < entries->capacity ? entries->capacity : capacity;
    entries->items = grown;
    return PEREBOR_OK;
}

static perebor_status add_entry(search_entries *entries, const perebor_trials *trials, size_t trial,
                                perebor_error *error) {
    if (!perebor_trials_finished(trials, trial)) {
        return PEREBOR_OK;
    }
    perebor_status status = grow(entries, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    uint64_t number = trials->first_trial + trial;
    const char *why = trials->error[trial];
    const search_entry entry = {.number = number,
                                .order = entries->n,
                                .score = perebor_trials_mean_test_score(trials, trial),
                                .begun = trials->datetime_start[trial],
                                .failed = trials->state[trial] == PEREBOR_TRIAL_FAIL,
                                .rank = trials->mpi_rank[trial],
                                .n_threads = trials->n_threads[trial],
                                .host = keep_word(entries, trials->host[trial]),
                                .model = keep_word(entries, find_model(entries, number)),
                                .error =
                                    why != NULL ? perebor_arena_text(&entries->texts, why) : ""};
    if (entry.host == NULL || entry.model == NULL || entry.error == NULL) {
        return perebor_no_memory(error, "for %zu trials", entries->n + 1);
    }
    entries->items[entries->n++] = entry;
    return PEREBOR_OK;
}

static perebor_status add_visited(void *context, const perebor_trials *one, perebor_error *error) {
    return add_entry(context, one, 0, error);
}

static int compare_entries(const void *a, const void *b) {
    const search_entry *left = a, *right = b;
    if (left->number != right->number) {
        return left->number < right->number ? -1 : 1;
    }
    return left->order < right->order ? -1 : left->order > right->order;
}

/** Sorts the entries and leaves one of each number. */
static void settle(search_entries *entries) {
    size_t n = 0;
    if (entries->n > 1) {
        qsort(entries->items, entries->n, sizeof *entries->items, compare_entries);
    }
    for (size_t i = 0; i < entries->n; i++) {
        n -= n > 0 && entries->items[n - 1].number == entries->items[i].number;
        entries->items[n++] = entries->items[i];
    }
    entries->n = n;
}

void search_entries_count(const search_entries *entries, perebor_search_status *search_status) {
    *search_status = (perebor_search_status){.state = entries->state,
                                             .first_trial = entries->first_trial,
                                             .n_trials = entries->n_trials,
                                             .n_done = entries->n,
                                             .best_score = NAN,
                                             .begun = entries->begun,
                                             .newest = NAN,
                                             .n_torn_bytes = entries->n_torn_bytes};
    for (size_t i = 0; i < entries->n; i++) {
        const search_entry *trial = &entries->items[i];
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
static perebor_status find_range(search_entries *entries, const char *path,
                                 const journal_facts *facts, perebor_error *error) {
    uint64_t first = facts->first_trial, end = facts->first_trial + facts->n_trials;
    if (entries->n > 0) {
        uint64_t lowest = entries->items[0].number;
        uint64_t highest = entries->items[entries->n - 1].number;
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
    entries->first_trial = first;
    entries->n_trials = end - first;
    return PEREBOR_OK;
}

/** The points of a file, and its finished trials. */
static perebor_status add_result(search_entries *entries, const perebor_result *result,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_trials *trials = result->trials;
    entries->points = trials;
    entries->model = 0;
    while (entries->model < trials->n_parameters &&
           strcmp(trials->parameter_names[entries->model], "model") != 0) {
        entries->model++;
    }
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        PEREBOR_TRY(done, add_entry(entries, trials, trial, error));
    }
done:
    return status;
}

static void name_metric(search_entries *entries, const char *name) {
    (void)snprintf(entries->metric, sizeof entries->metric, "%s", name);
}

/** From the journal, and from the file that it continues if there is one. */
static perebor_status read_journal(search_entries *entries, const char *path,
                                   const perebor_result *result, perebor_error *error) {
    perebor_status status;
    journal_facts facts = {0};
    const char *metrics[PEREBOR_MAX_METRICS + 1] = {NULL};
    perebor_journal_replay replay = {0};
    bool in_use = perebor_journal_in_use(path);
    PEREBOR_TRY(done, read_facts(&facts, path, error));
    if (result != NULL) {
        PEREBOR_TRY(done, add_result(entries, result, error));
    }
    size_t n_metrics = split_names(facts.metrics, metrics);
    PEREBOR_TRY(done, perebor_journal_visit(path, metrics, n_metrics, add_visited, entries, &replay,
                                            error));
    settle(entries);
    PEREBOR_TRY(done, find_range(entries, path, &facts, error));
    entries->state = in_use ? PEREBOR_SEARCH_RUNNING : PEREBOR_SEARCH_INTERRUPTED;
    entries->begun = facts.begun;
    entries->n_torn_bytes = replay.n_torn_bytes;
    name_metric(entries, n_metrics > 0 ? metrics[0] : "");
done:
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

static perebor_status read_result(search_entries *entries, const perebor_result *result,
                                  perebor_error *error) {
    perebor_status status = add_result(entries, result, error);
    entries->first_trial = result->trials->first_trial;
    entries->n_trials = result->trials->n_trials;
    entries->begun = read_time(result->created);
    entries->state = result->status == PEREBOR_RESULT_COMPLETE ? PEREBOR_SEARCH_COMPLETE
                                                               : PEREBOR_SEARCH_STOPPED;
    name_metric(entries, result->trials->metric_names[0]);
    return status;
}

static perebor_status attempt(search_entries *output, const char *path, const char *journal,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_result *result = NULL;
    search_entries entries = {0};
    checkpoint_files files = checkpoint_look(path);
    if (!files.file && !files.journal) {
        char hint[NEAREST_FILE_SIZE];
        perebor_nearest_file(path, hint);
        return perebor_fail(error, PEREBOR_ERR_IO,
                            "there is no %s, and no journal of a search into it%s", path, hint);
    }
    if (files.file) {
        PEREBOR_TRY(done, perebor_result_read(&result, path, error));
    }
    if (files.journal) {
        bool belongs = result != NULL && checkpoint_belongs(journal, result);
        PEREBOR_TRY(done, read_journal(&entries, journal, belongs ? result : NULL, error));
    } else {
        PEREBOR_TRY(done, read_result(&entries, result, error));
    }
    entries.points = NULL;
    *output = entries;
    entries = (search_entries){0};
done:
    search_entries_release(&entries);
    perebor_result_free(result);
    return status;
}

perebor_status search_entries_read(search_entries *entries, const char *path,
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
        status = attempt(entries, target, journal, error);
    }
    free(journal);
    free(target);
    return status;
}

void search_entries_release(search_entries *entries) {
    free(entries->items);
    free(entries->words);
    perebor_arena_release(&entries->texts);
    *entries = (search_entries){0};
}
