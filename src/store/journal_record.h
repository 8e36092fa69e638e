// SPDX-License-Identifier: MIT
/**
 * @file journal_record.h
 * The records of a journal: magic, length, payload, CRC-32C of length and payload.
 */
#ifndef PEREBOR_STORE_JOURNAL_RECORD_H
#define PEREBOR_STORE_JOURNAL_RECORD_H

#include "base/bytes.h"
#include "store/journal.h"

/** First byte of a payload. Stored: never renumber. */
typedef enum journal_record_type { JOURNAL_HEADER = 1, JOURNAL_TRIAL = 2 } journal_record_type;

/** What every record begins with. */
enum { JOURNAL_MAGIC_SIZE = 4 };
bool journal_is_magic(const uint8_t bytes[JOURNAL_MAGIC_SIZE]);

/** Appends a header; bytes->failed if memory is short. */
void journal_put_header(byte_buffer *bytes, const perebor_journal_field *fields, size_t n_fields);

/** Appends a trial. */
void journal_put_trial(byte_buffer *bytes, const perebor_trials *trials, size_t trial);

/** A run through the bytes of a journal. */
typedef struct journal_scan {
    const uint8_t *bytes;
    size_t size;
    size_t at;          /**< where the next record is looked for */
    size_t end;         /**< after the last whole record */
    uint64_t n_skipped; /**< bytes passed over between whole records */
    uint64_t effort;    /**< bytes that checksums were computed of in vain */
    bool gave_up;       /**< so many that this is no journal any more */
} journal_scan;

/**
 * Finds the next whole record, passing over what is none.
 *
 * @param[out] payload  Of the record.
 * @return Whether there is one.
 */
bool journal_next(journal_scan *scan, bytes_cursor *payload);

/**
 * Reads a header's fields in place, after its type. The caller frees them.
 *
 * @retval PEREBOR_ERR_FORMAT  Not a header.
 */
PEREBOR_MUST_CHECK perebor_status journal_get_fields(bytes_cursor *payload,
                                                     perebor_journal_field **fields,
                                                     size_t *n_fields, perebor_error *error);

/** The number and the folds of a trial, after its type; false if it is none. */
bool journal_peek_trial(bytes_cursor payload, uint64_t *number, uint32_t *n_folds);

/**
 * Takes a trial, after its type, into its row.
 *
 * @retval PEREBOR_ERR_FORMAT  Not a trial of so many folds.
 */
PEREBOR_MUST_CHECK perebor_status journal_get_trial(bytes_cursor *payload, perebor_trials *trials,
                                                    perebor_journal_replay *replay,
                                                    perebor_error *error);

#endif
