// SPDX-License-Identifier: MIT
#include "store/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_write.h"
#include "base/try.h"
#include "store/journal_record.h"

struct perebor_journal {
    int descriptor; /**< open for appending, locked */
    char *path;
    byte_buffer pending;
    perebor_error broken; /**< The failure after which nothing is accepted; status OK if none. */
    bool is_lost;         /**< It was removed or replaced. */
};

static const size_t max_size = SIZE_MAX / 4;

/** Somebody who only asks perebor_journal_in_use() has let go by then. */
static const struct timespec lock_patience = {.tv_nsec = 20 * 1000 * 1000};
enum { lock_attempts = 5, max_interruptions = 10000 };

char *perebor_journal_path(const char *output) {
    size_t size = strlen(output) + sizeof PEREBOR_JOURNAL_ENDING;
    char *path = malloc(size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s" PEREBOR_JOURNAL_ENDING, output);
    }
    return path;
}

/** Remembers a failure for good. */
static perebor_status break_journal(perebor_journal *journal, perebor_status status,
                                    const char *reason, perebor_error *error) {
    (void)perebor_fail(&journal->broken, status,
                       "%s; what was acknowledged is in it: continue with --resume once this is "
                       "mended",
                       reason);
    return perebor_fail(error, status, "%s", journal->broken.message);
}

static perebor_status break_by_system(perebor_journal *journal, const char *what,
                                      perebor_error *error) {
    char reason[512];
    (void)snprintf(reason, sizeof reason, "cannot %s %.300s: %s", what, journal->path,
                   strerror(errno));
    return break_journal(journal, PEREBOR_ERR_IO, reason, error);
}

void perebor_journal_close(perebor_journal *journal) {
    if (journal == NULL) {
        return;
    }
    if (journal->descriptor >= 0) {
        (void)close(journal->descriptor); // gives up the lock
    }
    bytes_release(&journal->pending);
    free(journal->path);
    free(journal);
}

/** Whether the open file is still what the path names. */
static bool is_named(int descriptor, const char *path) {
    struct stat ours, named;
    return fstat(descriptor, &ours) == 0 && lstat(path, &named) == 0 &&
           ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

/** Opens what must be a regular file of that name itself: a link or a pipe is none of ours. */
static perebor_status open_own(const char *path, int flags, int *descriptor, perebor_error *error) {
    struct stat about;
    int opened = perebor_file_open(path, flags | O_NOFOLLOW | O_NONBLOCK, 0);
    if (opened < 0) {
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot open %s: %s", path,
                            errno == ELOOP ? "a symbolic link, not a journal" : strerror(errno));
    }
    if (fstat(opened, &about) != 0 || !S_ISREG(about.st_mode)) {
        (void)close(opened);
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot open %s: not a regular file", path);
    }
    *descriptor = opened;
    return PEREBOR_OK;
}

static perebor_status lock(int descriptor, const char *path, perebor_error *error) {
    int attempts = 0;
    int n_interruptions = 0;
    while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK && ++attempts < lock_attempts) {
            (void)nanosleep(&lock_patience, NULL);
            continue;
        }
        if (errno == EWOULDBLOCK) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "%s is in use: another process is running this search", path);
        }
        if (errno != EINTR || n_interruptions++ == max_interruptions) {
            return perebor_fail(error, PEREBOR_ERR_IO,
                                "cannot lock %s: %s; put the output on a file system with locks",
                                path, strerror(errno));
        }
    }
    if (!is_named(descriptor, path)) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "%s was just removed by the process that used it: start again", path);
    }
    return PEREBOR_OK;
}

/** Opens and locks a journal that is there. */
static perebor_status open_locked(perebor_journal **journal, const char *path,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_journal *result = calloc(1, sizeof *result);
    char *copy = strdup(path);
    if (result == NULL || copy == NULL) {
        free(result);
        free(copy);
        return perebor_no_memory(error, "for journal %s", path);
    }
    result->path = copy;
    result->descriptor = -1;
    PEREBOR_TRY(failed, open_own(path, O_RDWR | O_APPEND, &result->descriptor, error));
    PEREBOR_TRY(failed, lock(result->descriptor, path, error));
    *journal = result;
    return PEREBOR_OK;
failed:
    perebor_journal_close(result);
    return status;
}

/** Refuses to delete what does not begin as a journal does. */
static perebor_status check_is_journal(const perebor_journal *journal, perebor_error *error) {
    uint8_t start[JOURNAL_MAGIC_SIZE];
    ssize_t size = pread(journal->descriptor, start, sizeof start, 0);
    if (size == 0 || (size == (ssize_t)sizeof start && journal_is_magic(start))) {
        return PEREBOR_OK; // one that is empty holds nothing that could be lost
    }
    return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                        "%s is not the journal of a search, and is not deleted: name another "
                        "output file",
                        journal->path);
}

/** Removes a journal that nobody is writing; one that does not exist is fine. */
static perebor_status remove_unused(const char *path, perebor_error *error) {
    struct stat about;
    perebor_journal *journal = NULL;
    if (lstat(path, &about) != 0 && errno == ENOENT) {
        return PEREBOR_OK;
    }
    perebor_status status = open_locked(&journal, path, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    assert(journal != NULL);
    status = check_is_journal(journal, error);
    if (status != PEREBOR_OK) {
        perebor_journal_close(journal);
        return status;
    }
    return perebor_journal_remove(journal, error);
}

perebor_status perebor_journal_create(perebor_journal **journal, const char *path,
                                      const perebor_journal_field *fields, size_t n_fields,
                                      bool overwrite, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    byte_buffer header = {0};
    journal_put_header(&header, fields, n_fields);
    if (header.failed) {
        status = perebor_no_memory(error, "for journal %s", path);
        goto done;
    }
    if (overwrite) {
        PEREBOR_TRY(done, remove_unused(path, error));
    }
    status = perebor_file_write(path, header.data, header.size, false, error);
    if (status == PEREBOR_ERR_CONFLICT) {
        status = perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "%s exists: a search was not finished; continue it with --resume or "
                              "start over with --overwrite",
                              path);
    }
    PEREBOR_TRY(done, status);
    PEREBOR_TRY(done, open_locked(journal, path, error));
done:
    bytes_release(&header);
    return status;
}

static const perebor_journal_field *find_field(const perebor_journal_field *fields, size_t n_fields,
                                               const char *name) {
    for (size_t i = 0; i < n_fields; i++) {
        if (strcmp(fields[i].name, name) == 0) {
            return &fields[i];
        }
    }
    return NULL;
}

/** The first field that must match and does not is named. */
static perebor_status compare_fields(const char *path, const perebor_journal_field *wanted,
                                     size_t n_wanted, const perebor_journal_field *field,
                                     size_t n_found, perebor_error *error) {
    for (size_t i = 0; i < n_wanted; i++) {
        const perebor_journal_field *other = find_field(field, n_found, wanted[i].name);
        const char *text = other != NULL ? other->text : wanted[i].if_absent;
        if (wanted[i].must_match && (text == NULL || strcmp(text, wanted[i].text) != 0)) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "%s is of another search: its %s is %.300s, here it is %.300s",
                                path, wanted[i].name, text == NULL ? "not stated" : text,
                                wanted[i].text);
        }
    }
    return PEREBOR_OK;
}

/** Reads the first record, which must be a header. */
static perebor_status read_header(journal_scan *scan, const char *path,
                                  perebor_journal_field **fields, size_t *n_fields,
                                  perebor_error *error) {
    perebor_error reason = {.message = "not the journal of a search, or damaged at its start"};
    perebor_status status = PEREBOR_ERR_FORMAT;
    bytes_cursor payload;
    if (journal_next(scan, &payload) && scan->n_skipped == 0 &&
        bytes_get_u8(&payload) == JOURNAL_HEADER) {
        status = journal_get_fields(&payload, fields, n_fields, &reason);
    }
    return status == PEREBOR_OK ? status
                                : perebor_fail(error, status, "%s: %s", path, reason.message);
}

/** Says what was not read. */
static perebor_status finish_scan(const journal_scan *scan, const char *path,
                                  perebor_journal_replay *replay, perebor_error *error) {
    if (scan->gave_up) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: damaged beyond reading after byte %zu",
                            path, scan->end);
    }
    replay->n_damaged_bytes = scan->n_skipped;
    replay->n_torn_bytes = scan->size - scan->end;
    return PEREBOR_OK;
}

/** Takes every whole record of a journal's bytes into the table. */
static perebor_status replay_records(journal_scan *scan, const char *path, perebor_trials *trials,
                                     perebor_journal_replay *replay, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_error reason = {0};
    bytes_cursor payload;
    while (status == PEREBOR_OK && journal_next(scan, &payload)) {
        if (bytes_get_u8(&payload) == JOURNAL_TRIAL) {
            status = journal_get_trial(&payload, trials, replay, &reason);
        }
    }
    if (status != PEREBOR_OK) {
        return perebor_fail(error, status, "%s: %s", path, reason.message);
    }
    return finish_scan(scan, path, replay, error);
}

/** Reads and checks the whole of a journal. @param[out] end  After its last whole record. */
static perebor_status replay_file(const char *path, const perebor_journal_field *fields,
                                  size_t n_fields, perebor_trials *trials,
                                  perebor_journal_replay *replay, size_t *end,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_journal_field *field = NULL;
    size_t n_found = 0, size = 0;
    char *bytes = NULL;
    PEREBOR_TRY(done, perebor_file_read(path, max_size, &bytes, &size, error));
    journal_scan scan = {.bytes = (const uint8_t *)bytes, .size = size};
    PEREBOR_TRY(done, read_header(&scan, path, &field, &n_found, error));
    PEREBOR_TRY(done, compare_fields(path, fields, n_fields, field, n_found, error));
    PEREBOR_TRY(done, replay_records(&scan, path, trials, replay, error));
    *end = scan.end;
done:
    free(field);
    free(bytes);
    return status;
}

perebor_status perebor_journal_resume(perebor_journal **journal, const char *path,
                                      const perebor_journal_field *fields, size_t n_fields,
                                      perebor_trials *trials, perebor_journal_replay *replay,
                                      perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_journal *result = NULL;
    perebor_journal_replay counts = {0};
    size_t end = 0;
    PEREBOR_TRY(failed, open_locked(&result, path, error));
    assert(result != NULL);
    PEREBOR_TRY(failed, replay_file(path, fields, n_fields, trials, &counts, &end, error));
    if (counts.n_torn_bytes > 0 &&
        (ftruncate(result->descriptor, (off_t)end) != 0 || fdatasync(result->descriptor) != 0)) {
        status = break_by_system(result, "cut the torn end off", error);
        goto failed;
    }
    *journal = result;
    if (replay != NULL) {
        *replay = counts;
    }
    return PEREBOR_OK;
failed:
    perebor_journal_close(result);
    return status;
}

perebor_status perebor_journal_append(perebor_journal *journal, const perebor_trials *trials,
                                      size_t trial, perebor_error *error) {
    if (journal->broken.status != PEREBOR_OK) {
        return perebor_fail(error, journal->broken.status, "%s", journal->broken.message);
    }
    journal_put_trial(&journal->pending, trials, trial);
    if (journal->pending.failed) {
        (void)perebor_no_memory(&journal->broken, "for journal %s", journal->path);
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "%s", journal->broken.message);
    }
    return PEREBOR_OK;
}

/** What is written into a file without a name is lost with this process. */
static perebor_status check_named(perebor_journal *journal, perebor_error *error) {
    char reason[512];
    struct stat named;
    if (is_named(journal->descriptor, journal->path)) {
        return PEREBOR_OK;
    }
    bool replaced = lstat(journal->path, &named) == 0;
    (void)snprintf(reason, sizeof reason, "%.300s was %s by another process while it was written",
                   journal->path, replaced ? "replaced" : "removed");
    journal->is_lost = true;
    (void)perebor_fail(&journal->broken, PEREBOR_ERR_CONFLICT, "%s", reason);
    return perebor_fail(error, PEREBOR_ERR_CONFLICT, "%s", reason);
}

perebor_status perebor_journal_commit(perebor_journal *journal, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_error reason = {0};
    if (journal->broken.status != PEREBOR_OK) {
        return perebor_fail(error, journal->broken.status, "%s", journal->broken.message);
    }
    if (journal->pending.size == 0) {
        return check_named(journal, error);
    }
    if (perebor_file_write_all(journal->descriptor, journal->path, journal->pending.data,
                               journal->pending.size, &reason) != PEREBOR_OK) {
        return break_journal(journal, reason.status, reason.message, error);
    }
    if (perebor_file_sync(journal->descriptor, true) != 0) {
        return break_by_system(journal, "bring to the disk", error);
    }
    PEREBOR_TRY(done, check_named(journal, error));
    journal->pending.size = 0;
done:
    return status;
}

bool perebor_journal_is_lost(const perebor_journal *journal) {
    return journal->is_lost;
}

size_t perebor_journal_n_pending(const perebor_journal *journal) {
    return journal->pending.size;
}

perebor_status perebor_journal_remove(perebor_journal *journal, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    // Another search's journal that took its place is not ours to delete.
    if (is_named(journal->descriptor, journal->path)) {
        status = perebor_file_remove(journal->path, error);
    }
    perebor_journal_close(journal);
    return status;
}

bool perebor_journal_in_use(const char *path) {
    int descriptor = -1;
    if (open_own(path, O_RDONLY, &descriptor, NULL) != PEREBOR_OK) {
        return false;
    }
    bool in_use = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    (void)close(descriptor); // gives up the lock
    return in_use;
}

perebor_status perebor_journal_fields_read(perebor_journal_fields *fields, const char *path,
                                           perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_journal_fields result = {0};
    size_t size = 0;
    PEREBOR_TRY(failed, perebor_file_read(path, max_size, &result.bytes, &size, error));
    journal_scan scan = {.bytes = (const uint8_t *)result.bytes, .size = size};
    PEREBOR_TRY(failed, read_header(&scan, path, &result.fields, &result.n_fields, error));
    *fields = result;
    return PEREBOR_OK;
failed:
    free(result.bytes);
    return status;
}

void perebor_journal_fields_release(perebor_journal_fields *fields) {
    free(fields->fields);
    free(fields->bytes);
    *fields = (perebor_journal_fields){0};
}

const char *perebor_journal_fields_find(const perebor_journal_fields *fields, const char *name) {
    const perebor_journal_field *field = find_field(fields->fields, fields->n_fields, name);
    return field == NULL ? NULL : field->text;
}

perebor_status perebor_journal_replay_read(const char *path, const perebor_journal_field *fields,
                                           size_t n_fields, perebor_trials *trials,
                                           perebor_journal_replay *replay, perebor_error *error) {
    perebor_journal_replay counts = {0};
    size_t end = 0;
    perebor_status status = replay_file(path, fields, n_fields, trials, &counts, &end, error);
    if (status == PEREBOR_OK && replay != NULL) {
        *replay = counts;
    }
    return status;
}

/** Shows one record. @param[in,out] one  Made for the folds of the first trial. */
static perebor_status visit_record(
    bytes_cursor *payload, perebor_trials **one, const char *const *metrics, size_t n_metrics,
    perebor_status (*visit)(void *context, const perebor_trials *one, perebor_error *error),
    void *context, perebor_journal_replay *replay, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint64_t number = 0;
    uint32_t n_folds = 0;
    if (bytes_get_u8(payload) != JOURNAL_TRIAL) {
        return PEREBOR_OK;
    }
    if (!journal_peek_trial(*payload, &number, &n_folds)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "a record of a trial contradicts itself");
    }
    if (*one == NULL) {
        PEREBOR_TRY(done, perebor_trials_create_empty(one, NULL, 0, number, 1, n_folds, error));
        PEREBOR_TRY(done, perebor_trials_set_metrics(*one, metrics, n_metrics, error));
    }
    (*one)->first_trial = number;
    PEREBOR_TRY(done, journal_get_trial(payload, *one, replay, error));
    status = visit(context, *one, error);
done:
    return status;
}

perebor_status perebor_journal_visit(
    const char *path, const char *const *metrics, size_t n_metrics,
    perebor_status (*visit)(void *context, const perebor_trials *one, perebor_error *error),
    void *context, perebor_journal_replay *replay, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_error reason = {0};
    perebor_journal_replay counts = {0};
    perebor_journal_field *field = NULL;
    perebor_trials *one = NULL;
    size_t n_found = 0, size = 0;
    char *bytes = NULL;
    bytes_cursor payload;
    PEREBOR_TRY(done, perebor_file_read(path, max_size, &bytes, &size, error));
    journal_scan scan = {.bytes = (const uint8_t *)bytes, .size = size};
    PEREBOR_TRY(done, read_header(&scan, path, &field, &n_found, error));
    while (status == PEREBOR_OK && journal_next(&scan, &payload)) {
        status = visit_record(&payload, &one, metrics, n_metrics, visit, context, &counts, &reason);
    }
    if (status == PEREBOR_OK) {
        PEREBOR_TRY(done, finish_scan(&scan, path, &counts, error));
        *replay = counts;
    } else {
        status = perebor_fail(error, status, "%s: %s", path, reason.message);
    }
done:
    perebor_trials_free(one);
    free(field);
    free(bytes);
    return status;
}
