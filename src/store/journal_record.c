// SPDX-License-Identifier: MIT
#include "store/journal_record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/text.h"
#include "base/try.h"
#include "perebor/learning_curve.h"

enum {
    head_size = 8, /**< magic and length */
    tail_size = 4, /**< checksum */
    record_version = 3,
    first_version = 1, /**< Had no learning curves, as 2 had no scores out of bag; both are read. */
    max_payload = 1 << 26,
    max_fields = 1000,
    fold_size = 3 + 4 + 4 * 8, /**< in a trial */
    oob_size = 1 + 8 + 4,      /**< likewise, of scores out of bag */
    /** Checksums in vain over so many times the file's size: give up looking for records. */
    max_effort = 64,
};

static const uint8_t magic[JOURNAL_MAGIC_SIZE] = {'P', 'R', 'B', 'J'};
static const char title[] = "perebor journal";

bool journal_is_magic(const uint8_t bytes[JOURNAL_MAGIC_SIZE]) {
    return memcmp(bytes, magic, sizeof magic) == 0;
}

/** Leaves room for the head; returns where the record starts. */
static size_t begin_record(byte_buffer *bytes) {
    size_t start = bytes->size;
    bytes_put(bytes, magic, sizeof magic);
    bytes_put_u32(bytes, 0);
    return start;
}

static void end_record(byte_buffer *bytes, size_t start) {
    if (bytes->failed) {
        return;
    }
    uint8_t *record = bytes->data + start;
    uint32_t length = (uint32_t)(bytes->size - start - head_size);
    for (unsigned i = 0; i < 4; i++) {
        record[4 + i] = (uint8_t)(length >> 8 * i);
    }
    bytes_put_u32(bytes, perebor_crc32c(0, record + 4, 4 + (size_t)length));
}

/** The name of a host, or a reason, may have bytes that are not UTF-8: they are written as \x80. */
static void put_valid_text(byte_buffer *bytes, const char *text) {
    size_t length = text == NULL ? 0 : strlen(text);
    char *escaped =
        perebor_text_is_valid(text == NULL ? "" : text, length) ? NULL : malloc(4 * length + 1);
    if (escaped != NULL) {
        (void)perebor_text_escape(escaped, text, length, PEREBOR_ESCAPE_INVALID);
    }
    bytes_put_text(bytes, escaped != NULL ? escaped : text);
    free(escaped);
}

void journal_put_header(byte_buffer *bytes, const perebor_journal_field *fields, size_t n_fields) {
    size_t start = begin_record(bytes);
    bytes_put_u8(bytes, JOURNAL_HEADER);
    bytes_put_text(bytes, title);
    bytes_put_u32(bytes, record_version);
    bytes_put_u32(bytes, (uint32_t)n_fields);
    for (size_t i = 0; i < n_fields; i++) {
        bytes_put_text(bytes, fields[i].name);
        put_valid_text(bytes, fields[i].text);
        bytes_put_u8(bytes, fields[i].must_match);
    }
    end_record(bytes, start);
}

/** The scores by the metrics beside the first, if there are any: test, then train, fold by fold. */
static void put_further(byte_buffer *bytes, const perebor_trials *trials, size_t trial) {
    size_t n_further = trials->n_metrics - 1;
    if (n_further == 0) {
        return;
    }
    bytes_put_u32(bytes, (uint32_t)n_further);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        const double *scores = perebor_trials_further(trials, trial, fold, PEREBOR_TEST);
        for (size_t i = 0; i < 2 * n_further; i++) { // those of training follow
            bytes_put_double(bytes, scores[i]);
        }
    }
}

static bool has_oob(const perebor_trials *trials, size_t trial) {
    bool found = false;
    for (size_t fold = 0; fold < trials->n_folds && !found; fold++) {
        found = perebor_trials_has_oob(trials, trial, fold);
    }
    return found;
}

/** Scores out of bag, if there are any, fold by fold. */
static void put_oob(byte_buffer *bytes, const perebor_trials *trials, size_t trial) {
    for (size_t fold = 0; has_oob(trials, trial) && fold < trials->n_folds; fold++) {
        const perebor_fold_outcome *outcome = &trials->folds[trial * trials->n_folds + fold];
        bytes_put_u8(bytes, outcome->has_oob);
        bytes_put_double(bytes, outcome->oob_score);
        bytes_put_u32(bytes, outcome->oob_lacking);
    }
}

/** The learning curve, if there is one: fold by fold; what a path came to; and scores out of bag,
 * before which both are said even if there are none. */
static void put_curve(byte_buffer *bytes, const perebor_trials *trials, size_t trial) {
    const perebor_trial_curve *curve = trials->curves[trial];
    const bool oob = has_oob(trials, trial);
    if (curve != NULL || oob) {
        bytes_put_u32(bytes, curve != NULL ? curve->n_points : 0);
    }
    for (size_t i = 0; curve != NULL && i < trials->n_folds * curve->n_points; i++) {
        bytes_put_double(bytes, curve->scores[i]);
    }
    if (trials->n_estimators[trial] > 0 || oob) {
        bytes_put_u32(bytes, trials->n_estimators[trial]);
    }
    put_oob(bytes, trials, trial);
}

void journal_put_trial(byte_buffer *bytes, const perebor_trials *trials, size_t trial) {
    size_t start = begin_record(bytes);
    bytes_put_u8(bytes, JOURNAL_TRIAL);
    bytes_put_u64(bytes, trials->first_trial + trial);
    bytes_put_u8(bytes, trials->state[trial]);
    bytes_put_double(bytes, trials->datetime_start[trial]);
    bytes_put_double(bytes, trials->duration[trial]);
    bytes_put_u32(bytes, (uint32_t)trials->mpi_rank[trial]);
    bytes_put_u32(bytes, (uint32_t)trials->n_threads[trial]);
    put_valid_text(bytes, trials->host[trial]);
    put_valid_text(bytes, trials->error[trial]);
    bytes_put_u32(bytes, (uint32_t)trials->n_folds);
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        size_t at = trial * trials->n_folds + fold;
        const perebor_fold_outcome *outcome = &trials->folds[at];
        bytes_put_u8(bytes, trials->fold_done[at]);
        bytes_put_u8(bytes, outcome->state);
        bytes_put_u8(bytes, outcome->converged);
        bytes_put_u32(bytes, outcome->iterations);
        bytes_put_double(bytes, outcome->test_score);
        bytes_put_double(bytes, outcome->train_score);
        bytes_put_double(bytes, outcome->fit_seconds);
        bytes_put_double(bytes, outcome->score_seconds);
    }
    put_further(bytes, trials, trial);
    put_curve(bytes, trials, trial);
    end_record(bytes, start);
}

/** The payload of a whole record at @p at, and the record's size; 0 if there is none. */
static size_t check_record(journal_scan *scan, size_t at, bytes_cursor *payload) {
    bytes_cursor head = {.at = scan->bytes + at, .left = scan->size - at};
    const void *start = bytes_get(&head, sizeof magic);
    uint32_t length = bytes_get_u32(&head);
    if (head.failed || memcmp(start, magic, sizeof magic) != 0 || length > max_payload ||
        head.left < (size_t)length + tail_size) {
        return 0;
    }
    bytes_cursor tail = {.at = head.at + length, .left = tail_size};
    if (perebor_crc32c(0, head.at - 4, 4 + (size_t)length) != bytes_get_u32(&tail)) {
        scan->effort += length;
        return 0;
    }
    *payload = (bytes_cursor){.at = head.at, .left = length};
    return head_size + (size_t)length + tail_size;
}

bool journal_next(journal_scan *scan, bytes_cursor *payload) {
    for (size_t at = scan->at; at < scan->size; at++) {
        const uint8_t *found = memchr(scan->bytes + at, magic[0], scan->size - at);
        if (found == NULL) {
            return false;
        }
        at = (size_t)(found - scan->bytes);
        size_t size = check_record(scan, at, payload);
        if (size > 0) {
            scan->n_skipped += at - scan->end;
            scan->at = scan->end = at + size;
            return true;
        }
        if (scan->effort / max_effort > scan->size) {
            scan->gave_up = true;
            return false;
        }
    }
    return false;
}

static perebor_status fail_header(perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "not the journal of a search, or damaged at its start");
}

perebor_status journal_get_fields(bytes_cursor *payload, perebor_journal_field **fields,
                                  size_t *n_fields, perebor_error *error) {
    if (strcmp(bytes_get_text(payload), title) != 0) {
        return fail_header(error);
    }
    uint32_t version = bytes_get_u32(payload);
    if (!payload->failed && version > record_version) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "the journal of a later program: version %u; this one reads up to %d",
                            version, record_version);
    }
    if (version < first_version) {
        return fail_header(error);
    }
    uint32_t n = bytes_get_u32(payload);
    if (payload->failed || n > max_fields) {
        return fail_header(error);
    }
    perebor_journal_field *journal_field = calloc((size_t)n + 1, sizeof *journal_field);
    if (journal_field == NULL) {
        return perebor_no_memory(error, "for the fields of a journal");
    }
    for (size_t i = 0; i < n; i++) {
        journal_field[i].name = bytes_get_text(payload);
        journal_field[i].text = bytes_get_text(payload);
        journal_field[i].must_match = bytes_get_u8(payload) != 0;
    }
    if (payload->failed) {
        free(journal_field);
        return fail_header(error);
    }
    *fields = journal_field;
    *n_fields = n;
    return PEREBOR_OK;
}

static bool get_fold(bytes_cursor *payload, perebor_fold_outcome *outcome, uint8_t *done) {
    *done = bytes_get_u8(payload) != 0;
    outcome->state = bytes_get_u8(payload);
    outcome->converged = bytes_get_u8(payload) != 0;
    outcome->iterations = bytes_get_u32(payload);
    outcome->test_score = bytes_get_double(payload);
    outcome->train_score = bytes_get_double(payload);
    outcome->fit_seconds = bytes_get_double(payload);
    outcome->score_seconds = bytes_get_double(payload);
    outcome->oob_score = NAN; // until they are read
    outcome->has_oob = 0;
    outcome->oob_lacking = 0;
    memset(outcome->reserved, 0, sizeof outcome->reserved);
    return !payload->failed && outcome->state <= PEREBOR_TRIAL_WAITING;
}

/** The scores by the metrics beside the first; false if they are not of as many. */
static bool get_further(bytes_cursor *payload, perebor_trials *trials, size_t trial) {
    size_t n_further = trials->n_metrics - 1;
    if (n_further == 0) {
        return true;
    }
    if (bytes_get_u32(payload) != n_further) {
        return false;
    }
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        double *scores = perebor_trials_further(trials, trial, fold, PEREBOR_TEST);
        for (size_t i = 0; i < 2 * n_further; i++) {
            scores[i] = bytes_get_double(payload);
        }
    }
    return !payload->failed;
}

/** Scores out of bag, of every fold. */
static void get_oob(bytes_cursor *payload, perebor_trials *trials, size_t trial) {
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        perebor_fold_outcome *outcome = &trials->folds[trial * trials->n_folds + fold];
        outcome->has_oob = bytes_get_u8(payload) != 0;
        outcome->oob_score = bytes_get_double(payload);
        outcome->oob_lacking = bytes_get_u32(payload);
    }
}

/** The learning curve and scores out of bag, if anything is left; false if what is left is none. */
static perebor_status get_curve(bytes_cursor *payload, perebor_trials *trials, size_t trial,
                                bool *is_one, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double scores[PEREBOR_CURVE_MAX_POINTS];
    free(trials->curves[trial]); // of an earlier record of the trial
    trials->curves[trial] = NULL;
    trials->n_estimators[trial] = 0;
    *is_one = true;
    if (payload->left == 0) {
        return PEREBOR_OK;
    }
    uint32_t n_points = bytes_get_u32(payload);
    const size_t size = trials->n_folds * n_points * sizeof(double);
    const size_t with_path = size + sizeof(uint32_t);
    const size_t with_oob = with_path + trials->n_folds * oob_size;
    *is_one = n_points <= PEREBOR_CURVE_MAX_POINTS &&
              (payload->left == with_oob ||
               (n_points > 0 && (payload->left == size || payload->left == with_path)));
    for (size_t fold = 0; *is_one && fold < trials->n_folds; fold++) {
        for (size_t point = 0; point < n_points; point++) {
            scores[point] = bytes_get_double(payload);
        }
        PEREBOR_TRY(done, perebor_trials_set_curve(trials, trial, fold, scores, n_points, error));
    }
    if (*is_one && payload->left > 0) {
        trials->n_estimators[trial] = bytes_get_u32(payload);
    }
    if (*is_one && payload->left > 0) {
        get_oob(payload, trials, trial);
    }
done:
    return status;
}

/** The text as the table keeps it: NULL for "". */
static bool intern(perebor_trials *trials, const char *text, const char **interned) {
    *interned = *text == '\0' ? NULL : perebor_trials_intern(trials, text);
    return *text == '\0' || *interned != NULL;
}

bool journal_peek_trial(bytes_cursor payload, uint64_t *number, uint32_t *n_folds) {
    *number = bytes_get_u64(&payload);
    (void)bytes_get_u8(&payload);
    (void)bytes_get(&payload, 2 * sizeof(double) + 2 * sizeof(uint32_t));
    (void)bytes_get_text(&payload);
    (void)bytes_get_text(&payload);
    *n_folds = bytes_get_u32(&payload);
    return !payload.failed && *n_folds <= payload.left / fold_size;
}

perebor_status journal_get_trial(bytes_cursor *payload, perebor_trials *trials,
                                 perebor_journal_replay *replay, perebor_error *error) {
    uint64_t number = bytes_get_u64(payload);
    uint8_t state = bytes_get_u8(payload);
    double datetime_start = bytes_get_double(payload);
    double duration = bytes_get_double(payload);
    int32_t mpi_rank = (int32_t)bytes_get_u32(payload);
    int32_t n_threads = (int32_t)bytes_get_u32(payload);
    const char *host = bytes_get_text(payload), *reason = bytes_get_text(payload);
    uint32_t n_folds = bytes_get_u32(payload);
    if (payload->failed || state > PEREBOR_TRIAL_WAITING || n_folds != trials->n_folds) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "a record of a trial of %u folds is not one of this search of %zu",
                            n_folds, trials->n_folds);
    }
    if (number < trials->first_trial || number - trials->first_trial >= trials->n_trials) {
        replay->n_outside++;
        return PEREBOR_OK;
    }
    size_t trial = (size_t)(number - trials->first_trial);
    replay->n_trials += trials->state[trial] == PEREBOR_TRIAL_WAITING;
    for (size_t fold = 0; fold < n_folds; fold++) {
        size_t at = trial * trials->n_folds + fold;
        if (!get_fold(payload, &trials->folds[at], &trials->fold_done[at])) {
            return perebor_fail(error, PEREBOR_ERR_FORMAT,
                                "a record of a trial contradicts itself");
        }
    }
    bool is_whole = get_further(payload, trials, trial);
    if (is_whole) {
        perebor_status status = get_curve(payload, trials, trial, &is_whole, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    }
    if (!is_whole) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "a record of a trial is not one of this search of %zu metrics",
                            trials->n_metrics);
    }
    if (!intern(trials, host, &trials->host[trial]) ||
        !intern(trials, reason, &trials->error[trial])) {
        return perebor_no_memory(error, "for the trials of a journal");
    }
    trials->state[trial] = state;
    trials->datetime_start[trial] = datetime_start;
    trials->duration[trial] = duration;
    trials->mpi_rank[trial] = mpi_rank;
    trials->n_threads[trial] = n_threads;
    return PEREBOR_OK;
}
