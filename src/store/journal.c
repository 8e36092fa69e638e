// SPDX-License-Identifier: MIT
#include "perebor/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/try.h"
#include "store/journal_record.h"

struct perebor_journal {
    int descriptor; /**< open for appending, locked */
    char *path;
    byte_buffer pending;
    perebor_error broken; /**< The failure after which nothing is accepted; status OK if none. */
};

static const size_t max_size = SIZE_MAX / 4;

/** Somebody who only asks perebor_journal_in_use() has let go by then. */
static const struct timespec lock_patience = {.tv_nsec = 20 * 1000 * 1000};
enum { LOCK_ATTEMPTS = 5 };

/** Remembers a failure of the system for good. */
static perebor_status break_journal(perebor_journal *journal, const char *what,
                                    perebor_error *error) {
    (void)perebor_fail(&journal->broken, PEREBOR_ERR_IO,
                       "cannot %s %s: %s; what was acknowledged is in it: continue with --resume "
                       "once this is mended",
                       what, journal->path, strerror(errno));
    return perebor_fail(error, PEREBOR_ERR_IO, "%s", journal->broken.message);
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
    return fstat(descriptor, &ours) == 0 && stat(path, &named) == 0 &&
           ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

static perebor_status lock(int descriptor, const char *path, perebor_error *error) {
    int attempts = 0;
    while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK && ++attempts < LOCK_ATTEMPTS) {
            (void)nanosleep(&lock_patience, NULL);
            continue;
        }
        if (errno == EWOULDBLOCK) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "%s is in use: another process is running this search", path);
        }
        if (errno != EINTR) {
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
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory for journal %s", path);
    }
    result->path = copy;
    result->descriptor = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
    if (result->descriptor < 0) {
        status = perebor_fail(error, PEREBOR_ERR_IO, "cannot open %s: %s", path, strerror(errno));
        goto failed;
    }
    PEREBOR_TRY(failed, lock(result->descriptor, path, error));
    *journal = result;
    return PEREBOR_OK;
failed:
    perebor_journal_close(result);
    return status;
}

/** Removes a journal that nobody is writing; one that does not exist is fine. */
static perebor_status remove_unused(const char *path, perebor_error *error) {
    perebor_journal *journal = NULL;
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        return PEREBOR_OK;
    }
    perebor_status status = open_locked(&journal, path, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    assert(journal != NULL);
    return perebor_journal_remove(journal, error);
}

perebor_status perebor_journal_create(perebor_journal **journal, const char *path,
                                      const perebor_journal_field *fields, size_t n_fields,
                                      bool overwrite, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    byte_buffer header = {0};
    journal_put_header(&header, fields, n_fields);
    if (header.failed) {
        status = perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory for journal %s", path);
        goto done;
    }
    if (overwrite) {
        PEREBOR_TRY(done, remove_unused(path, error));
    }
    status = perebor_file_write(path, header.data, header.size, false, error);
    if (status == PEREBOR_ERR_CONFLICT && access(path, F_OK) == 0) {
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
        if (wanted[i].must_match && (other == NULL || strcmp(other->text, wanted[i].text) != 0)) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "%s is of another search: its %s is %.300s, here it is %.300s",
                                path, wanted[i].name, other == NULL ? "not stated" : other->text,
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
    if (scan->gave_up) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: damaged beyond reading after byte %zu",
                            path, scan->end);
    }
    replay->n_damaged_bytes = scan->n_skipped;
    replay->n_torn_bytes = scan->size - scan->end;
    return PEREBOR_OK;
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
        status = break_journal(result, "cut the torn end off", error);
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
        (void)perebor_fail(&journal->broken, PEREBOR_ERR_MEMORY, "out of memory for journal %s",
                           journal->path);
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "%s", journal->broken.message);
    }
    return PEREBOR_OK;
}

perebor_status perebor_journal_commit(perebor_journal *journal, perebor_error *error) {
    if (journal->broken.status != PEREBOR_OK) {
        return perebor_fail(error, journal->broken.status, "%s", journal->broken.message);
    }
    const uint8_t *from = journal->pending.data;
    size_t left = journal->pending.size;
    if (left == 0) {
        return PEREBOR_OK;
    }
    while (left > 0) {
        ssize_t written = write(journal->descriptor, from, left);
        if (written < 0 && errno != EINTR) {
            return break_journal(journal, "write", error);
        }
        from += written > 0 ? written : 0;
        left -= written > 0 ? (size_t)written : 0;
    }
    if (fdatasync(journal->descriptor) != 0) {
        return break_journal(journal, "bring to the disk", error);
    }
    journal->pending.size = 0;
    return PEREBOR_OK;
}

size_t perebor_journal_n_pending(const perebor_journal *journal) {
    return journal->pending.size;
}

perebor_status perebor_journal_remove(perebor_journal *journal, perebor_error *error) {
    perebor_status status = perebor_file_remove(journal->path, error);
    perebor_journal_close(journal);
    return status;
}

bool perebor_journal_in_use(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
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
