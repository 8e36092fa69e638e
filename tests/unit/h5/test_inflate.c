// SPDX-License-Identifier: MIT
// What zlib compresses is restored, and what zlib refuses is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "draw.h"
#include "h5/inflate.h"

enum { n_kinds = 6 };

/** Bytes of several kinds: any, few, runs, mostly zeros, repetitions near and far, uneven. */
static void draw_bytes(uint64_t *state, uint8_t *bytes, size_t n) {
    const uint64_t kind = draw_bits(state) % n_kinds;
    for (size_t i = 0; i < n; i++) {
        const uint64_t any = draw_bits(state);
        const size_t back = any % 10 == 0 ? 1 + any / 16 % 40000 : 1 + any / 16 % 9;
        switch (kind) {
        case 0:
            bytes[i] = (uint8_t)any;
            break;
        case 1:
            bytes[i] = (uint8_t)(any % 3);
            break;
        case 2:
            bytes[i] = (uint8_t)(i / 700);
            break;
        case 3:
            bytes[i] = any % 20 == 0 ? (uint8_t)(any >> 8) : 0;
            break;
        case 4:
            bytes[i] = i < back ? (uint8_t)any : bytes[i - back];
            break;
        default:
            bytes[i] = (uint8_t)(any & any >> 8 & any >> 16);
        }
    }
}

/** Compresses bytes in any of zlib's ways. @return The stream, of its size, which is freed. */
static uint8_t *deflate_bytes(uint64_t *state, uint8_t *bytes, size_t n, size_t *size) {
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE,
                                     Z_FIXED};
    z_stream stream = {0};
    const int level = (int)(draw_bits(state) % 10);
    const int window = 9 + (int)(draw_bits(state) % 7);
    const int memory = 1 + (int)(draw_bits(state) % 9);
    const int strategy = strategies[draw_bits(state) % 5];
    assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, window, memory, strategy), Z_OK);
    const size_t room = deflateBound(&stream, n);
    uint8_t *deflated = malloc(room);
    assert_non_null(deflated);
    stream.next_in = bytes;
    stream.avail_in = (uInt)n;
    stream.next_out = deflated;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    *size = stream.total_out;
    assert_int_equal(deflateEnd(&stream), Z_OK);
    return deflated;
}

/** Inflates a copy of a stream that ends where it may. @param[out] to  [n] NULL: to nowhere. */
static bool inflate_copy(const uint8_t *stream, size_t size, uint8_t *to, size_t n) {
    uint8_t *from = malloc(size + INFLATE_BEHIND);
    uint8_t *restored = malloc(n + INFLATE_BEHIND);
    assert_true(from != NULL && restored != NULL);
    memcpy(from, stream, size);
    memset(from + size, 0xA5, INFLATE_BEHIND);
    const bool whole = inflate_stream(from, size, restored, n);
    if (to != NULL) {
        memcpy(to, restored, n);
    }
    free(from);
    free(restored);
    return whole;
}

static void what_zlib_compresses_is_restored(void **state) {
    (void)state;
    uint64_t random = 1;
    for (size_t i = 0; i < 400; i++) {
        const size_t n = draw_bits(&random) % (i % 20 == 0 ? 200000 : 3000);
        uint8_t *bytes = malloc(n + 1), *restored = malloc(n + 1);
        size_t size;
        draw_bytes(&random, bytes, n);
        uint8_t *stream = deflate_bytes(&random, bytes, n, &size);
        assert_true(inflate_copy(stream, size, restored, n));
        assert_memory_equal(restored, bytes, n);
        assert_false(inflate_copy(stream, size, NULL, n + 1));
        assert_false(n > 0 && inflate_copy(stream, size, NULL, n - 1));
        assert_false(inflate_copy(stream, size - 1, NULL, n));
        assert_false(inflate_copy(stream, draw_bits(&random) % size, NULL, n));
        free(stream);
        free(bytes);
        free(restored);
    }
}

/** Whether zlib takes all of a stream and makes so many bytes of it. */
static bool zlib_takes(const uint8_t *stream, size_t size, size_t n) {
    uint8_t *restored = malloc(n + 1);
    uLong taken = size;
    uLongf made = n;
    const bool whole = uncompress2(restored, &made, stream, &taken) == Z_OK;
    free(restored);
    return whole && made == n && taken == size;
}

static void what_zlib_refuses_is_refused(void **state) {
    (void)state;
    uint64_t random = 2;
    for (size_t i = 0; i < 300; i++) {
        const size_t n = 1 + draw_bits(&random) % 600;
        uint8_t bytes[600];
        size_t size;
        draw_bytes(&random, bytes, n);
        uint8_t *stream = deflate_bytes(&random, bytes, n, &size);
        for (size_t k = 0; k < 60; k++) {
            const size_t at = draw_bits(&random) % (k % 2 == 0 ? size : size < 40 ? size : 40);
            const uint8_t before = stream[at];
            stream[at] ^= (uint8_t)(1U << draw_bits(&random) % 8);
            if (inflate_copy(stream, size, NULL, n) != zlib_takes(stream, size, n)) {
                fail_msg("stream %zu, byte %zu: %d", i, at, (int)zlib_takes(stream, size, n));
            }
            stream[at] = before;
        }
        free(stream);
    }
}

/** Blocks that no stream of zlib's has: any bytes behind a head. */
static void any_bytes_do_no_harm(void **state) {
    (void)state;
    uint64_t random = 3;
    for (size_t i = 0; i < 20000; i++) {
        uint8_t stream[80] = {0x78, 0x01};
        const size_t size = 2 + draw_bits(&random) % 78;
        for (size_t k = 2; k < size; k++) {
            stream[k] = (uint8_t)draw_bits(&random);
        }
        stream[2] = (uint8_t)((stream[2] & ~7U) | (i % 4 << 1) | 1U); // each kind, the last
        assert_false(inflate_copy(stream, size, NULL, draw_bits(&random) % 300));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_zlib_compresses_is_restored),
        cmocka_unit_test(what_zlib_refuses_is_refused),
        cmocka_unit_test(any_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
