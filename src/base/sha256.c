// SPDX-License-Identifier: MIT
#include "base/digest.h"

#include <assert.h>
#include <string.h>

#include <nettle/sha2.h>

static_assert(sizeof(struct sha256_ctx) <= sizeof(perebor_sha256), "nettle's state is larger");
static_assert(_Alignof(struct sha256_ctx) <= _Alignof(perebor_sha256), "nettle's state is aligned");

static struct sha256_ctx *state_of(perebor_sha256 *digest) {
    return (struct sha256_ctx *)(void *)digest;
}

void perebor_sha256_init(perebor_sha256 *digest) {
    sha256_init(state_of(digest));
}

void perebor_sha256_update(perebor_sha256 *digest, const void *bytes, size_t size) {
    if (size > 0) {
        sha256_update(state_of(digest), size, bytes);
    }
}

void perebor_sha256_final(perebor_sha256 *digest, uint8_t result[PEREBOR_SHA256_SIZE]) {
    sha256_digest(state_of(digest), PEREBOR_SHA256_SIZE, result);
}
