// SPDX-License-Identifier: MIT
/**
 * Numbers and texts to bytes and back; no read goes past the end.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "draw.h"

static void numbers_lie_with_their_least_byte_first(void **state) {
    (void)state;
    static const uint8_t expected[] = {0xAB, 4,    3, 2, 1, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33,
                                       0x22, 0x11, 0, 0, 0, 0,    0,    0,    0xF8, 0x3F, 2,
                                       0,    0,    0, 0, 0, 0,    0,    'h',  'i',  0};
    byte_buffer bytes = {0};
    bytes_put_u8(&bytes, 0xAB);
    bytes_put_u32(&bytes, 0x01020304);
    bytes_put_u64(&bytes, UINT64_C(0x1122334455667788));
    bytes_put_double(&bytes, 1.5);
    bytes_put_text(&bytes, "hi");
    assert_false(bytes.failed);
    assert_int_equal(bytes.size, sizeof expected);
    assert_memory_equal(bytes.data, expected, sizeof expected);
    bytes_release(&bytes);
    assert_null(bytes.data);
}

/** One value of a kind: 0 ... 4 as they are written and read. */
static void put_value(byte_buffer *bytes, uint64_t kind, uint64_t value) {
    char text[32];
    double number;
    memcpy(&number, &value, sizeof number);
    (void)snprintf(text, sizeof text, "я%llu", (unsigned long long)value % 1000);
    switch (kind) {
    case 0:
        bytes_put_u8(bytes, (uint8_t)value);
        break;
    case 1:
        bytes_put_u32(bytes, (uint32_t)value);
        break;
    case 2:
        bytes_put_u64(bytes, value);
        break;
    case 3:
        bytes_put_double(bytes, number);
        break;
    default:
        bytes_put_text(bytes, value % 7 == 0 ? NULL : text);
        break;
    }
}

static bool get_same(bytes_cursor *cursor, uint64_t kind, uint64_t value) {
    char text[32] = "";
    double number;
    (void)snprintf(text, sizeof text, "я%llu", (unsigned long long)value % 1000);
    switch (kind) {
    case 0:
        return bytes_get_u8(cursor) == (uint8_t)value;
    case 1:
        return bytes_get_u32(cursor) == (uint32_t)value;
    case 2:
        return bytes_get_u64(cursor) == value;
    case 3:
        number = bytes_get_double(cursor); // to the bit, also of what is no number
        return memcmp(&number, &value, sizeof number) == 0;
    default:
        return strcmp(bytes_get_text(cursor), value % 7 == 0 ? "" : text) == 0;
    }
}

static void what_is_written_is_read_and_a_cut_record_is_refused(void **state) {
    (void)state;
    uint64_t seed = 27;
    for (int i = 0; i < 300; i++) {
        byte_buffer bytes = {0};
        uint64_t kinds[20];
        uint64_t values[20];
        size_t n = 1 + draw_bits(&seed) % 20;
        for (size_t k = 0; k < n; k++) {
            kinds[k] = draw_bits(&seed) % 5;
            values[k] = draw_bits(&seed);
            put_value(&bytes, kinds[k], values[k]);
        }
        bytes_cursor cursor = {.at = bytes.data, .left = bytes.size};
        for (size_t k = 0; k < n; k++) {
            assert_true(get_same(&cursor, kinds[k], values[k]));
        }
        assert_false(cursor.failed);
        assert_int_equal(cursor.left, 0);
        bytes_cursor cut = {.at = bytes.data, .left = draw_bits(&seed) % bytes.size};
        for (size_t k = 0; k < n; k++) {
            (void)get_same(&cut, kinds[k], values[k]);
        }
        assert_true(cut.failed);
        bytes_release(&bytes);
    }
}

static void a_failed_cursor_gives_nothing_more(void **state) {
    (void)state;
    static const uint8_t data[] = {1, 2, 3, 4, 5};
    bytes_cursor cursor = {.at = data, .left = sizeof data};
    assert_int_equal(bytes_get_u8(&cursor), 1);
    assert_int_equal(bytes_get_u64(&cursor), 0);
    assert_true(cursor.failed);
    assert_int_equal(bytes_get_u8(&cursor), 0); // though there is a byte
    assert_null(bytes_get(&cursor, 0));
    assert_string_equal(bytes_get_text(&cursor), "");
    assert_true(bytes_get_double(&cursor) == 0.0);
}

static void texts_that_are_none_are_refused(void **state) {
    (void)state;
    static const struct {
        uint64_t length;
        const char *bytes;
        size_t size;
        bool is_text;
    } cases[] = {
        {2, "hi", 3, true},           {0, "", 1, true},      {2, "hi!", 4, false},
        {3, "hi", 3, false},          {2, "h\0i", 3, false}, {2, "\xFF\xFE", 3, false},
        {UINT64_MAX, "hi", 3, false}, {2, "hi", 2, false},   {2, "\xD1\x8F", 3, true},
        {1, "\xD1\x8F", 3, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        byte_buffer bytes = {0};
        bytes_put_u64(&bytes, cases[i].length);
        bytes_put(&bytes, cases[i].bytes, cases[i].size);
        bytes_cursor cursor = {.at = bytes.data, .left = bytes.size};
        const char *text = bytes_get_text(&cursor);
        assert_int_equal(!cursor.failed, cases[i].is_text);
        assert_string_equal(text, cases[i].is_text ? cases[i].bytes : "");
        bytes_release(&bytes);
    }
}

static void a_size_that_cannot_be_fails_and_keeps_what_was_written(void **state) {
    (void)state;
    byte_buffer bytes = {0};
    bytes_put_u8(&bytes, 7);
    bytes_put(&bytes, "x", SIZE_MAX);
    assert_true(bytes.failed);
    bytes_put_u8(&bytes, 8);
    assert_int_equal(bytes.size, 1);
    assert_int_equal(bytes.data[0], 7);
    bytes_release(&bytes);
}

static void nothing_has_room_too(void **state) {
    (void)state;
    byte_buffer bytes = {0};
    bytes_put(&bytes, "", 0);
    assert_non_null(bytes.data); // where something else would go
    assert_non_null(bytes_reserve(&bytes, 0));
    assert_int_equal(bytes.size, 0);
    assert_false(bytes.failed);
    free(bytes.data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_has_room_too),
        cmocka_unit_test(numbers_lie_with_their_least_byte_first),
        cmocka_unit_test(what_is_written_is_read_and_a_cut_record_is_refused),
        cmocka_unit_test(a_failed_cursor_gives_nothing_more),
        cmocka_unit_test(texts_that_are_none_are_refused),
        cmocka_unit_test(a_size_that_cannot_be_fails_and_keeps_what_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
