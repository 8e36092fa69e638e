// SPDX-License-Identifier: MIT
#include "run/search_watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "statistics/quantile.h"

/** The rate is of this many of the newest trials: more would not see a search slow down. */
enum { newest_trials = 512 };

/** What a model is called that is not known: one text, as all names are. */
static const char unknown[] = "";

/** The model of that name, new if it is not there yet. @pre There is room for one more. */
static search_watch_model *find_model(search_watch *watch, const char *name) {
    size_t i = 0;
    while (i < watch->n_models && watch->models[i].name != name) { // equal names are one text
        i++;
    }
    if (i == watch->n_models) {
        watch->models[watch->n_models++] = (search_watch_model){.name = name, .best_score = NAN};
    }
    return &watch->models[i];
}

/** Best first; those without a score last, by name. */
static int compare_models(const void *a, const void *b) {
    const search_watch_model *left = a, *right = b;
    if (isnan(left->best_score) || isnan(right->best_score)) {
        int missing = (int)isnan(left->best_score) - (int)isnan(right->best_score);
        return missing != 0 ? missing : strcmp(left->name, right->name);
    }
    return left->best_score > right->best_score   ? -1
           : left->best_score < right->best_score ? 1
                                                  : strcmp(left->name, right->name);
}

static perebor_status count_models(search_watch *watch, perebor_error *error) {
    const search_entries *entries = &watch->entries;
    watch->models = calloc(entries->n_words + 2, sizeof *watch->models);
    if (watch->models == NULL) {
        return perebor_no_memory(error, "to watch a search");
    }
    for (size_t i = 0; i < entries->n; i++) {
        const search_entry *trial = &entries->items[i];
        search_watch_model *model =
            find_model(watch, *trial->model == '\0' ? unknown : trial->model);
        model->n_done++;
        model->n_failed += trial->failed;
        if (!isnan(trial->score) && !(trial->score <= model->best_score)) {
            model->best_score = trial->score;
            model->best_trial = trial->number;
        }
    }
    qsort(watch->models, watch->n_models, sizeof *watch->models, compare_models);
    return PEREBOR_OK;
}

static int compare_ranks(const void *a, const void *b) {
    const search_watch_rank *left = a, *right = b;
    return left->rank != right->rank ? (left->rank < right->rank ? -1 : 1)
                                     : strcmp(left->host, right->host);
}

/** One row a trial, sorted, and then those of one rank and host taken together. */
static perebor_status count_ranks(search_watch *watch, perebor_error *error) {
    const search_entries *entries = &watch->entries;
    search_watch_rank *ranks = calloc(entries->n + 1, sizeof *ranks);
    size_t n = 0;
    if (ranks == NULL) {
        return perebor_no_memory(error, "to watch a search");
    }
    for (size_t i = 0; i < entries->n; i++) {
        const search_entry *trial = &entries->items[i];
        ranks[i] = (search_watch_rank){trial->rank, trial->n_threads, trial->host, 1, trial->begun};
    }
    qsort(ranks, entries->n, sizeof *ranks, compare_ranks);
    for (size_t i = 0; i < entries->n; i++) {
        if (n > 0 && compare_ranks(&ranks[n - 1], &ranks[i]) == 0) {
            ranks[n - 1].n_done++;
            ranks[n - 1].newest = fmax(ranks[n - 1].newest, ranks[i].newest);
        } else {
            ranks[n++] = ranks[i];
        }
    }
    watch->ranks = ranks;
    watch->n_ranks = n;
    return PEREBOR_OK;
}

/** Keeps the latest failures, by when they began and then by number. */
static void find_failures(search_watch *watch) {
    for (size_t i = 0; i < watch->entries.n; i++) {
        const search_entry *trial = &watch->entries.items[i];
        size_t at = watch->n_failures;
        if (!trial->failed) {
            continue;
        }
        while (at > 0 && !(watch->failures[at - 1]->begun > trial->begun)) {
            at--;
        }
        if (at < SEARCH_WATCH_FAILURES) {
            size_t last = watch->n_failures < SEARCH_WATCH_FAILURES ? watch->n_failures
                                                                    : SEARCH_WATCH_FAILURES - 1;
            for (size_t place = last; place > at; place--) {
                watch->failures[place] = watch->failures[place - 1];
            }
            watch->failures[at] = trial;
            watch->n_failures = last + 1;
        }
    }
}

/** How fast the newest trials followed each other, and how long the rest takes at that rate. */
static perebor_status estimate_rate(search_watch *watch, perebor_error *error) {
    const search_entries *entries = &watch->entries;
    size_t n = 0;
    double *begun = calloc(2 * entries->n + 1, sizeof *begun);
    watch->per_second = watch->remaining_seconds = NAN;
    if (begun == NULL) {
        return perebor_no_memory(error, "to watch a search");
    }
    for (size_t i = 0; i < entries->n; i++) {
        if (isfinite(entries->items[i].begun)) {
            begun[n++] = entries->items[i].begun;
        }
    }
    perebor_values_sort(begun, begun + entries->n, n);
    size_t first = n > newest_trials ? n - newest_trials : 0;
    double span = n > 1 ? begun[n - 1] - begun[first] : 0.0;
    if (span > 0.0) {
        watch->per_second = (double)(n - 1 - first) / span;
        watch->remaining_seconds =
            (double)(watch->status.n_trials - watch->status.n_done) / watch->per_second;
    }
    free(begun);
    return PEREBOR_OK;
}

perebor_status search_watch_read(search_watch *output, const char *path, perebor_error *error) {
    perebor_status status;
    search_watch watch = {0};
    PEREBOR_TRY(done, search_entries_read(&watch.entries, path, error));
    search_entries_count(&watch.entries, &watch.status);
    PEREBOR_TRY(done, count_models(&watch, error));
    PEREBOR_TRY(done, count_ranks(&watch, error));
    PEREBOR_TRY(done, estimate_rate(&watch, error));
    find_failures(&watch);
    *output = watch;
    watch = (search_watch){0};
done:
    search_watch_release(&watch);
    return status;
}

void search_watch_release(search_watch *watch) {
    free(watch->models);
    free(watch->ranks);
    search_entries_release(&watch->entries);
    *watch = (search_watch){0};
}
