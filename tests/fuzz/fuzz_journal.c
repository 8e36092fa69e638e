// SPDX-License-Identifier: MIT
/**
 * Any bytes, read as a journal, give whole records and nothing else. As few mutants have a right
 * checksum, the same bytes are also taken for the payload of a record of each type.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "store/journal_record.h"

static void check(perebor_status status) {
    if (status != PEREBOR_OK && status != PEREBOR_ERR_FORMAT) {
        abort();
    }
}

/** Takes a payload as a header or a trial, as its first byte says. */
static void take_payload(bytes_cursor payload, perebor_trials *trials,
                         perebor_journal_replay *replay) {
    if (bytes_get_u8(&payload) == JOURNAL_HEADER) {
        perebor_journal_field *fields = NULL;
        size_t n_fields = 0;
        check(journal_get_fields(&payload, &fields, &n_fields, NULL));
        free(fields);
    } else {
        check(journal_get_trial(&payload, trials, replay, NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    perebor_trials *trials = NULL;
    perebor_journal_replay replay = {0};
    journal_scan scan = {.bytes = data, .size = size};
    bytes_cursor payload;
    if (perebor_trials_create_empty(&trials, NULL, 0, 0, 8, 5, NULL) != PEREBOR_OK) {
        return 0;
    }
    while (journal_next(&scan, &payload)) {
        take_payload(payload, trials, &replay);
    }
    take_payload((bytes_cursor){.at = data, .left = size}, trials, &replay);
    uint8_t digest[32];
    perebor_trials_digest(trials, digest);
    if (scan.end > size || scan.n_skipped > size) {
        abort();
    }
    perebor_trials_free(trials);
    return 0;
}
