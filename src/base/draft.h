// SPDX-License-Identifier: MIT
/**
 * @file draft.h
 * A file being written: nobody sees it under its name before it is whole.
 *
 * A draft lies beside the file it will be, under a name that no other file has: ".NAME.", eight
 * hexadecimal digits, ".tmp". It is a new file always, so that no link or pipe that somebody put
 * there is written through. Publishing brings it to the disk and gives it the name in one step;
 * a reader, or the next start after a crash, finds the old file or the new one. If the name is a
 * symbolic link, the file that it leads to is written and the link stays.
 *
 * The writer holds a lock on its draft, by which the drafts of crashes are told from those that are
 * being written; it lets go before anybody can open the file by its name, so that no reader is ever
 * locked out.
 */
#ifndef PEREBOR_BASE_DRAFT_H
#define PEREBOR_BASE_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/file_identity.h"
#include "perebor/status.h"

/** Starts as {0}; ended with perebor_draft_discard(), also after it was published. */
typedef struct perebor_draft {
    int descriptor;
    bool is_open;
    char *path;      /**< What it will be; links followed. */
    char *temporary; /**< What it is. */
} perebor_draft;

/**
 * Begins a file. It takes the permissions of the file that is there now, if one is.
 *
 * @retval PEREBOR_ERR_IO  The system refused: no permission, no folder.
 */
PEREBOR_MUST_CHECK perebor_status perebor_draft_open(perebor_draft *draft, const char *path,
                                                     perebor_error *error);

PEREBOR_MUST_CHECK perebor_status perebor_draft_write(perebor_draft *draft, const void *bytes,
                                                      size_t size, perebor_error *error);

/**
 * Brings the file to the disk and gives it its name.
 *
 * @param[in,out] expected  What may be there: nothing, or the file that is replaced. Receives what
 *                          is there now.
 *
 * @retval PEREBOR_ERR_CONFLICT  Something else is there: it stays as it is.
 */
PEREBOR_MUST_CHECK perebor_status perebor_draft_publish(perebor_draft *draft,
                                                        perebor_file_identity *expected,
                                                        perebor_error *error);

/** Deletes what was not published, and frees. */
void perebor_draft_discard(perebor_draft *draft);

/** Deletes the drafts of @p path that crashes left, as far as the system lets it. */
PEREBOR_MUST_CHECK perebor_status perebor_draft_sweep(const char *path, perebor_error *error);

#endif
