// SPDX-License-Identifier: MIT
#include "base/digest.h"

#include <string.h>

void perebor_sha256_update_u64(perebor_sha256 *digest, uint64_t value) {
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
    perebor_sha256_update(digest, bytes, sizeof bytes);
}

void perebor_sha256_update_double(perebor_sha256 *digest, double value) {
    const uint64_t quiet_nan = 0x7ff8000000000000;
    uint64_t bits = quiet_nan;
    if (value == value) {
        memcpy(&bits, &value, sizeof bits);
    }
    perebor_sha256_update_u64(digest, bits);
}

void perebor_sha256_update_text(perebor_sha256 *digest, const char *text) {
    size_t length = text ? strlen(text) : 0;
    perebor_sha256_update_u64(digest, length);
    perebor_sha256_update(digest, text, length);
}

void perebor_sha256_of(const void *bytes, size_t size, uint8_t result[PEREBOR_SHA256_SIZE]) {
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    perebor_sha256_update(&digest, bytes, size);
    perebor_sha256_final(&digest, result);
}

void perebor_sha256_hex(const uint8_t digest[PEREBOR_SHA256_SIZE],
                        char text[PEREBOR_SHA256_HEX_SIZE]) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < PEREBOR_SHA256_SIZE; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[2 * PEREBOR_SHA256_SIZE] = '\0';
}
