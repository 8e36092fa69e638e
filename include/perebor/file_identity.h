// SPDX-License-Identifier: MIT
/**
 * @file file_identity.h
 * Which file a path names, so that it is known again under every spelling of its name.
 *
 * A file is its device, its inode and its length. A program that decided about a file (that it may
 * be replaced, that it is its own) asks again when it acts: another file of that name, or one that
 * has grown since, is not the file that was decided about. Times are left out, because
 * scratch disks are kept alive with touch.
 */
#ifndef PEREBOR_FILE_IDENTITY_H
#define PEREBOR_FILE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** What a path named at a moment; {0}: nothing. */
typedef struct perebor_file_identity {
    bool exists;
    bool is_regular; /**< Neither a folder nor a pipe nor a device. */
    uint64_t device, inode, size;
    uint32_t mode; /**< Its permissions, as chmod has them. */
} perebor_file_identity;

/** What @p path names now, symbolic links followed. */
perebor_file_identity perebor_file_identify(const char *path);

/** Whether two paths named one file, which may have grown between. */
bool perebor_file_identity_same_file(const perebor_file_identity *a,
                                     const perebor_file_identity *b);

/** Whether a path names what it named before: nothing, or the same file of the same length. */
bool perebor_file_identity_unchanged(const perebor_file_identity *before,
                                     const perebor_file_identity *now);

/**
 * Follows the symbolic link that @p path may be, and those it leads to; the last may lead to
 * nothing yet. Links among the folders of the path are left to the system.
 *
 * @param[out] target  Freed by the caller; a copy of @p path if that is no link.
 *
 * @retval PEREBOR_ERR_IO  The links lead in a circle.
 */
PEREBOR_MUST_CHECK perebor_status perebor_file_follow(const char *path, char **target,
                                                      perebor_error *error);

PEREBOR_END_DECLS

#endif
