// SPDX-License-Identifier: MIT
#include "run/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/draft.h"
#include "base/try.h"
#include "base/version.h"

/** Trials wait this long for their commit at most, so that many share one. The first do not. */
static const double commit_seconds = 0.1;

/** A checkpoint is written when fifty times its cost has passed. */
static const double checkpoint_share = 50.0;

checkpoint_files checkpoint_look(const char *output) {
    struct stat found;
    checkpoint_files result = {.file = stat(output, &found) == 0};
    char *path = perebor_journal_path(output);
    result.journal = path != NULL && lstat(path, &found) == 0;
    free(path);
    return result;
}

bool checkpoint_belongs(const char *journal_path, const perebor_result *result) {
    perebor_journal_fields fields = {0};
    if (perebor_journal_fields_read(&fields, journal_path, NULL) != PEREBOR_OK) {
        return true; // Whoever resumes it will hear what is wrong with it.
    }
    const char *uuid = perebor_journal_fields_find(&fields, "run_uuid");
    bool same = uuid == NULL || strcmp(uuid, result->run_uuid) == 0;
    perebor_journal_fields_release(&fields);
    return same;
}

bool checkpoint_left_since(const char *output, time_t since) {
    struct stat found;
    perebor_journal_fields fields = {0};
    char *path = perebor_journal_path(output);
    bool left = false;
    if (path != NULL && perebor_journal_fields_read(&fields, path, NULL) == PEREBOR_OK) {
        const char *begun = perebor_journal_fields_find(&fields, CHECKPOINT_BEGUN);
        left = begun != NULL && strtoll(begun, NULL, 10) >= (long long)since;
        perebor_journal_fields_release(&fields);
    } else {
        left = stat(output, &found) == 0 && found.st_mtime >= since;
    }
    free(path);
    return left;
}

enum { n_matching = 7, n_fields = 13, field_text = 512 };

/** The first record of a journal: the first fields say which search it is, the others inform. */
typedef struct journal_identity {
    perebor_journal_field fields[n_fields];
    char texts[n_fields][field_text];
} journal_identity;

static void put_digest(char text[field_text], const uint8_t digest[32]) {
    char hex[65];
    perebor_sha256_hex(digest, hex);
    snprintf(text, field_text, "sha256:%s", hex);
}

/** The names with spaces between them, the selecting one first. */
static void put_metrics(char text[field_text], const perebor_trials *trials) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < trials->n_metrics && used < field_text; i++) {
        used += (size_t)snprintf(text + used, field_text - used, "%s%s", i > 0 ? " " : "",
                                 trials->metric_names[i]);
    }
}

static void identify(journal_identity *self, const perebor_search_identity *search,
                     const perebor_trials *trials, const char *run_uuid) {
    static const char *const names[n_fields] = {
        "seed",
        "search.parameters",
        "tables",
        "folds",
        CHECKPOINT_METRICS,
        "search.trial_memory in bytes",
        "experiment",
        "creator_version",
        "run_uuid",
        CHECKPOINT_FIRST_TRIAL,
        CHECKPOINT_N_TRIALS,
        CHECKPOINT_N_FOLDS,
        CHECKPOINT_BEGUN,
    };
    snprintf(self->texts[0], field_text, "%" PRIu64, search->seed);
    put_digest(self->texts[1], search->space);
    put_digest(self->texts[2], search->data);
    put_digest(self->texts[3], search->folds);
    put_metrics(self->texts[4], trials);
    snprintf(self->texts[5], field_text, "%" PRIu64, search->trial_memory);
    put_digest(self->texts[6], search->experiment);
    snprintf(self->texts[7], field_text, "%s", perebor_version());
    snprintf(self->texts[8], field_text, "%s", run_uuid);
    snprintf(self->texts[9], field_text, "%" PRIu64, trials->first_trial);
    snprintf(self->texts[10], field_text, "%zu", trials->n_trials);
    snprintf(self->texts[11], field_text, "%zu", trials->n_folds);
    snprintf(self->texts[12], field_text, "%lld", (long long)time(NULL));
    for (size_t i = 0; i < n_fields; i++) {
        self->fields[i] = (perebor_journal_field){
            .name = names[i], .text = self->texts[i], .must_match = i < n_matching};
    }
    self->fields[4].if_absent = CHECKPOINT_DEFAULT_METRICS;
    self->fields[5].if_absent = "0";
}

/** Refuses a result file of another search, naming what differs. */
static perebor_status check_previous(const char *output, const perebor_search_identity *search,
                                     const perebor_result *previous, perebor_error *error) {
    static const struct {
        unsigned part;
        const char *differs;
    } parts[] = {
        {PEREBOR_DIFFERS_IN_SEED, "seed differs"},
        {PEREBOR_DIFFERS_IN_SPACE, "search.parameters differ"},
        {PEREBOR_DIFFERS_IN_DATA | PEREBOR_DIFFERS_IN_EXPERIMENT,
         "tables, or what its data section says of them, differ"},
        {PEREBOR_DIFFERS_IN_DATA, "tables differ"},
        {PEREBOR_DIFFERS_IN_FOLDS, "folds differ"},
        {PEREBOR_DIFFERS_IN_METRICS, "search.metric or search.metrics differ"},
        {PEREBOR_DIFFERS_IN_TRIAL_MEMORY, "search.trial_memory differs"},
        {PEREBOR_DIFFERS_IN_EXPERIMENT, "experiment's settings differ"},
    };
    perebor_search_identity theirs;
    perebor_search_identity_of_result(&theirs, previous);
    unsigned found = perebor_search_identity_compare(search, &theirs);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if ((found & parts[i].part) == parts[i].part) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "%s is of another search: its %s; name another file with -o, or "
                                "give --overwrite",
                                output, parts[i].differs);
        }
    }
    return PEREBOR_OK;
}

/** A trial of the file that this search does not cover would be lost: refused. */
static perebor_status check_covered(const char *output, const perebor_trials *trials,
                                    const perebor_trials *previous, perebor_error *error) {
    uint64_t end = trials->first_trial + trials->n_trials;
    for (size_t from = 0; from < previous->n_trials; from++) {
        uint64_t number = previous->first_trial + from;
        if (perebor_trials_finished(previous, from) &&
            (number < trials->first_trial || number >= end)) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "%s has trial %" PRIu64 ", which is not among trials %" PRIu64
                                ":%" PRIu64 "; resume with --trials that cover it, or name another "
                                "file with -o",
                                output, number, trials->first_trial, end);
        }
    }
    return PEREBOR_OK;
}

/** A random UUID (RFC 4122, version 4). It names the search and bears on nothing. */
static void make_uuid(char text[40]) {
    unsigned char bytes[16] = {0};
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        memcpy(bytes, &now, sizeof bytes);
    }
    bytes[6] = (unsigned char)((bytes[6] & 0x0Fu) | 0x40u);
    bytes[8] = (unsigned char)((bytes[8] & 0x3Fu) | 0x80u);
    size_t used = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        const char *dash = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
        used += (size_t)snprintf(text + used, 40 - used, "%s%02x", dash, bytes[i]);
    }
}

/** The name that the search had before, or a new one. */
static perebor_status choose_uuid(checkpoint *checkpoint, const perebor_result *previous,
                                  bool resume, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_journal_fields fields = {0};
    char *path = perebor_journal_path(checkpoint->output);
    make_uuid(checkpoint->run_uuid);
    if (path == NULL) {
        return perebor_no_memory(error, "for the journal");
    }
    if (resume && checkpoint_look(checkpoint->output).journal) {
        PEREBOR_TRY(done, perebor_journal_fields_read(&fields, path, error));
        const char *text = perebor_journal_fields_find(&fields, "run_uuid");
        if (text != NULL) {
            snprintf(checkpoint->run_uuid, sizeof checkpoint->run_uuid, "%s", text);
        }
    } else if (previous != NULL) {
        snprintf(checkpoint->run_uuid, sizeof checkpoint->run_uuid, "%s", previous->run_uuid);
    }
done:
    perebor_journal_fields_release(&fields);
    free(path);
    return status;
}

/** A journal's trial that this search does not cover would be lost: refused. */
static perebor_status check_journal_covered(const char *path, const perebor_journal_replay *replay,
                                            perebor_error *error) {
    return replay->n_outside == 0
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "%s holds %" PRIu64 " trials outside those asked for; resume "
                              "with --trials that cover them",
                              path, replay->n_outside);
}

static perebor_status continue_journal(checkpoint *checkpoint, const journal_identity *self,
                                       perebor_trials *trials, perebor_error *error) {
    perebor_journal_replay replay = {0};
    char *path = perebor_journal_path(checkpoint->output);
    if (path == NULL) {
        return perebor_no_memory(error, "for the journal");
    }
    perebor_status status = perebor_journal_resume(&checkpoint->journal, path, self->fields,
                                                   n_fields, trials, &replay, error);
    if (status == PEREBOR_OK) {
        status = check_journal_covered(path, &replay, error);
    }
    free(path);
    return status;
}

/**
 * The output is this search's from when it holds the journal, and must be what it was when that was
 * decided: loading tables takes time, in which another may have begun and ended here.
 */
static perebor_status check_unwritten(const char *output, const perebor_file_identity *found,
                                      perebor_error *error) {
    perebor_file_identity now = perebor_file_identify(output);
    return perebor_file_identity_unchanged(found, &now)
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "%s was written by another process while this one loaded its data, "
                              "and stays; name another file with -o, or give --resume or "
                              "--overwrite",
                              output);
}

/** What the result file holds goes into @p trials, if the file is of this search. */
static perebor_status take_file(const char *output, const perebor_study *study,
                                perebor_trials *trials, const perebor_result *previous,
                                perebor_search_identity *search, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    PEREBOR_TRY(done, perebor_study_identify(study, search, error));
    if (previous != NULL) {
        PEREBOR_TRY(done, check_previous(output, search, previous, error));
        PEREBOR_TRY(done, check_covered(output, trials, previous->trials, error));
        PEREBOR_TRY(done, perebor_trials_take(trials, previous->trials, NULL, error));
    }
done:
    return status;
}

perebor_status checkpoint_open(checkpoint *target, const char *output, const perebor_study *study,
                               perebor_trials *trials, const perebor_result *previous, bool resume,
                               const perebor_file_identity *found, perebor_error *error) {
    perebor_status status;
    journal_identity self;
    checkpoint result = {.output = output, .file = *found, .last_checkpoint = clock_now()};
    result.last_commit = result.last_checkpoint - commit_seconds;
    PEREBOR_TRY(done, choose_uuid(&result, previous, resume, error));
    PEREBOR_TRY(done, take_file(output, study, trials, previous, &result.search, error));
    if (resume && checkpoint_look(output).journal) {
        identify(&self, &result.search, trials, result.run_uuid);
        PEREBOR_TRY(done, continue_journal(&result, &self, trials, error));
        PEREBOR_TRY(done, check_unwritten(output, found, error));
    }
    result.n_acknowledged = perebor_trials_n_finished(trials);
    *target = result;
    return PEREBOR_OK;
done:
    perebor_journal_close(result.journal);
    return status;
}

perebor_status checkpoint_preview(const char *output, const perebor_study *study,
                                  perebor_trials *trials, const perebor_result *previous,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_search_identity search;
    journal_identity self;
    perebor_journal_replay replay = {0};
    char *path = perebor_journal_path(output);
    if (path == NULL) {
        return perebor_no_memory(error, "for the journal");
    }
    PEREBOR_TRY(done, take_file(output, study, trials, previous, &search, error));
    if (checkpoint_look(output).journal) {
        identify(&self, &search, trials, "");
        PEREBOR_TRY(
            done, perebor_journal_replay_read(path, self.fields, n_fields, trials, &replay, error));
        PEREBOR_TRY(done, check_journal_covered(path, &replay, error));
    }
done:
    free(path);
    return status;
}

perebor_status checkpoint_begin(checkpoint *checkpoint, const perebor_trials *trials,
                                bool overwrite, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    journal_identity self;
    char *path = NULL;
    if (checkpoint->journal == NULL) {
        path = perebor_journal_path(checkpoint->output);
        if (path == NULL) {
            return perebor_no_memory(error, "for the journal");
        }
        identify(&self, &checkpoint->search, trials, checkpoint->run_uuid);
        PEREBOR_TRY(done, perebor_journal_create(&checkpoint->journal, path, self.fields, n_fields,
                                                 overwrite, error));
        checkpoint->is_empty = true;
        PEREBOR_TRY(done, check_unwritten(checkpoint->output, &checkpoint->file, error));
    }
    status = perebor_draft_sweep(checkpoint->output, error);
done:
    free(path);
    return status;
}

perebor_status checkpoint_append(checkpoint *checkpoint, const perebor_trials *trials, size_t trial,
                                 perebor_error *error) {
    checkpoint->is_empty = false;
    perebor_status status = perebor_journal_append(checkpoint->journal, trials, trial, error);
    checkpoint->n_appended += status == PEREBOR_OK;
    return status;
}

perebor_status checkpoint_commit(checkpoint *checkpoint, bool now, perebor_error *error) {
    double clock = clock_now();
    if (!now && clock - checkpoint->last_commit < commit_seconds) {
        return PEREBOR_OK;
    }
    perebor_status status = perebor_journal_commit(checkpoint->journal, error);
    if (status == PEREBOR_OK) {
        checkpoint->n_acknowledged += checkpoint->n_appended;
        checkpoint->n_appended = 0;
        checkpoint->last_commit = clock_now();
    }
    return status;
}

bool checkpoint_due(const checkpoint *checkpoint, double interval_seconds) {
    double passed = clock_now() - checkpoint->last_checkpoint;
    return interval_seconds > 0.0 && passed >= interval_seconds &&
           passed >= checkpoint_share * checkpoint->checkpoint_cost;
}

void checkpoint_done(checkpoint *checkpoint, double begun) {
    checkpoint->last_checkpoint = clock_now();
    checkpoint->checkpoint_cost = checkpoint->last_checkpoint - begun;
}

bool checkpoint_is_lost(const checkpoint *checkpoint) {
    return checkpoint->journal != NULL && perebor_journal_is_lost(checkpoint->journal);
}

perebor_status checkpoint_finish(checkpoint *checkpoint, perebor_error *error) {
    perebor_journal *journal = checkpoint->journal;
    checkpoint->journal = NULL;
    return perebor_journal_remove(journal, error);
}

void checkpoint_abandon(checkpoint *checkpoint) {
    if (checkpoint->journal != NULL && checkpoint->is_empty) {
        (void)!perebor_journal_remove(checkpoint->journal, NULL);
    } else {
        perebor_journal_close(checkpoint->journal);
    }
    checkpoint->journal = NULL;
}
