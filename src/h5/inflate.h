// SPDX-License-Identifier: MIT
/**
 * @file inflate.h
 * What deflate has compressed (RFC 1950, RFC 1951), as zlib reads it, in less than half of its
 * time.
 */
#ifndef PEREBOR_H5_INFLATE_H
#define PEREBOR_H5_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    INFLATE_BEHIND = 16, /**< There are so many bytes more behind what is read and written, whatever
                              they are; those behind what is written are lost. */
};

/**
 * Restores bytes from a stream of zlib's.
 *
 * @param[in]  from  [n_from + INFLATE_BEHIND]
 * @param[out] to    [n_to + INFLATE_BEHIND]
 * @return Whether it is a whole stream of exactly @p n_to bytes; else they are any.
 */
bool inflate_stream(const uint8_t *from, size_t n_from, uint8_t *to, size_t n_to);

#endif
