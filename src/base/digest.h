// SPDX-License-Identifier: MIT
/**
 * @file digest.h
 * SHA-256 (FIPS 180-4): the fingerprint of files, data and results.
 *
 * Numbers enter a digest through the functions below, little-endian on every machine, so that a
 * digest does not depend on who computed it. The compression is nettle's, which uses the
 * processor's instructions for it where there are some.
 */
#ifndef PEREBOR_BASE_DIGEST_H
#define PEREBOR_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum {
    PEREBOR_SHA256_SIZE = 32,     /**< bytes of a digest */
    PEREBOR_SHA256_HEX_SIZE = 65, /**< its hexadecimal text with the final zero */
};

/** A digest being computed. Holds no memory: it may be copied and abandoned. */
typedef struct perebor_sha256 {
    uint64_t memory[32]; /**< More than it takes. */
} perebor_sha256;

void perebor_sha256_init(perebor_sha256 *digest);

/** Adds @p size bytes; @p bytes may be NULL if there are none. */
void perebor_sha256_update(perebor_sha256 *digest, const void *bytes, size_t size);

/** Adds eight bytes, least significant first. */
void perebor_sha256_update_u64(perebor_sha256 *digest, uint64_t value);

/** Adds the eight bytes of the IEEE 754 value, least significant first; every NaN counts as one. */
void perebor_sha256_update_double(perebor_sha256 *digest, double value);

/** Adds the text's length in bytes as with update_u64, then its bytes. NULL counts as "". */
void perebor_sha256_update_text(perebor_sha256 *digest, const char *text);

/** Finishes; the state must be initialised again before further use. */
void perebor_sha256_final(perebor_sha256 *digest, uint8_t result[PEREBOR_SHA256_SIZE]);

/** The digest of one piece of memory. */
void perebor_sha256_of(const void *bytes, size_t size, uint8_t result[PEREBOR_SHA256_SIZE]);

/** Writes a digest as 64 lower-case hexadecimal digits and a zero. */
void perebor_sha256_hex(const uint8_t digest[PEREBOR_SHA256_SIZE],
                        char text[PEREBOR_SHA256_HEX_SIZE]);

#endif
