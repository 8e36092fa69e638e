// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"

/** Digests expected of the bytes (7 i + 3) mod 256, from Python's hashlib. */
static const struct {
    size_t size;
    const char *hex;
} known[] = {
    {0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {55, "e7313d333c272e639f790978283f9eb392e843d0f29b7016828bb1daa4aac70b"},
    {56, "4324d65f3c103567f5589c710bc08f8523f929a9272e3af36fc968e52abc6c27"},
    {63, "81c80242132f230c3bd41b3e63bbcff16107339549214a99614ff26664625055"},
    {64, "39e3d7b6b5d075d37d053ad89b24b41bef4f3c29760c84447cab3f3be1882241"},
    {65, "aacca6ff74fdbb296d165a45cecfa04e5127bc008770fbbdd48006f2d2fae95e"},
    {119, "9ce7368e4daf32341631b492e80359dc9f594b48453cd0dd5bf0b19279cc177e"},
    {120, "7836b787757e95e58b3ca5aec90b1b004e8deba1e50e9675af9cabf1a13a04b5"},
    {1000, "1e9bc38cbf860b9ec31918b065f9b52476c549a782e0e7990bed8ce3868d2371"},
};

static void fill(uint8_t bytes[1000]) {
    for (size_t i = 0; i < 1000; i++) {
        bytes[i] = (uint8_t)(7 * i + 3);
    }
}

static void assert_digest(const uint8_t digest[PEREBOR_SHA256_SIZE], const char *expected) {
    char text[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_hex(digest, text);
    assert_string_equal(text, expected);
}

static void digests_are_sha256_at_every_kind_of_padding(void **state) {
    (void)state;
    uint8_t bytes[1000], digest[PEREBOR_SHA256_SIZE];
    fill(bytes);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        perebor_sha256_of(bytes, known[i].size, digest);
        assert_digest(digest, known[i].hex);
    }
    perebor_sha256_of("abc", 3, digest);
    assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void pieces_of_any_size_give_the_digest_of_the_whole(void **state) {
    (void)state;
    uint8_t bytes[1000], digest[PEREBOR_SHA256_SIZE];
    fill(bytes);
    for (size_t piece = 1; piece <= 200; piece++) {
        perebor_sha256 hash;
        perebor_sha256_init(&hash);
        for (size_t at = 0; at < sizeof bytes; at += piece) {
            size_t left = sizeof bytes - at;
            perebor_sha256_update(&hash, bytes + at, left < piece ? left : piece);
        }
        perebor_sha256_final(&hash, digest);
        assert_digest(digest, known[8].hex);
    }
}

static void numbers_and_texts_enter_little_endian_and_length_first(void **state) {
    (void)state;
    uint8_t digest[PEREBOR_SHA256_SIZE];
    perebor_sha256 hash;
    perebor_sha256_init(&hash);
    perebor_sha256_update_u64(&hash, 0x0102030405060708);
    perebor_sha256_update_double(&hash, 0.1);
    perebor_sha256_update_text(&hash, "abc");
    perebor_sha256_final(&hash, digest);
    assert_digest(digest, "c6410b083f0e81f28567d0dd45eb08a026bdee953aa254e1c8e5df9583cfb47b");
}

static void every_nan_is_one_and_zeros_differ_by_their_sign(void **state) {
    (void)state;
    uint8_t digests[4][PEREBOR_SHA256_SIZE];
    const double values[4] = {NAN, -NAN, 0.0, -0.0};
    for (size_t i = 0; i < 4; i++) {
        perebor_sha256 digest;
        perebor_sha256_init(&digest);
        perebor_sha256_update_double(&digest, values[i]);
        perebor_sha256_final(&digest, digests[i]);
    }
    assert_memory_equal(digests[0], digests[1], PEREBOR_SHA256_SIZE);
    assert_memory_not_equal(digests[2], digests[3], PEREBOR_SHA256_SIZE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_sha256_at_every_kind_of_padding),
        cmocka_unit_test(pieces_of_any_size_give_the_digest_of_the_whole),
        cmocka_unit_test(numbers_and_texts_enter_little_endian_and_length_first),
        cmocka_unit_test(every_nan_is_one_and_zeros_differ_by_their_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
