// SPDX-License-Identifier: MIT
/**
 * @file scratch.h
 * A place for bytes that are needed again in this process and nowhere else: in memory as long as
 * they are few, in a file without a name when they are many.
 */
#ifndef PEREBOR_BASE_SCRATCH_H
#define PEREBOR_BASE_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** Starts as {0}; released with perebor_scratch_release(). */
typedef struct perebor_scratch {
    char *bytes; /**< [size] while there is no file. */
    size_t capacity;
    uint64_t size;
    int file; /**< 0: none. */
    char *folder;
} perebor_scratch;

/** Bytes that are kept in memory. */
enum { PEREBOR_SCRATCH_MEMORY = 64 << 20 };

/**
 * Says where a file goes: into the folder of a path, or, where that is NULL, into $TMPDIR or /tmp.
 * Nothing is made yet.
 */
PEREBOR_MUST_CHECK perebor_status perebor_scratch_begin(perebor_scratch *scratch,
                                                        const char *beside, perebor_error *error);

/** Adds bytes at the end. @retval PEREBOR_ERR_IO  The folder has no room, or may not be written. */
PEREBOR_MUST_CHECK perebor_status perebor_scratch_append(perebor_scratch *scratch,
                                                         const void *bytes, size_t size,
                                                         perebor_error *error);

/** Reads bytes back. @param[in] from  from + size is at most the size of the scratch. */
PEREBOR_MUST_CHECK perebor_status perebor_scratch_read(const perebor_scratch *scratch,
                                                       uint64_t from, void *bytes, size_t size,
                                                       perebor_error *error);

/** Brings what is in memory into the file, for a reader that needs one. */
PEREBOR_MUST_CHECK perebor_status perebor_scratch_spill(perebor_scratch *scratch,
                                                        perebor_error *error);

void perebor_scratch_release(perebor_scratch *scratch);

/** Reads that many bytes of a file, or fails: it was longer when it was looked at. */
PEREBOR_MUST_CHECK perebor_status perebor_file_read_at(int file, const char *name, uint64_t from,
                                                       void *bytes, size_t size,
                                                       perebor_error *error);

#endif
