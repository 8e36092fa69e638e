// SPDX-License-Identifier: MIT
/** Protocol buffers, byte by byte; what is expected is the specification's own or made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "export/onnx_wire.h"
#include "failing_malloc.h"
#include "onnx_reader.h"

/** A literal with its length. */
#define BYTES(literal) (literal), sizeof(literal) - 1

static void expect_bytes(byte_buffer *message, const char *expected, size_t size) {
    assert_false(message->failed);
    assert_int_equal(message->size, size);
    assert_memory_equal(message->data, expected, size);
    bytes_release(message);
}

static void a_whole_number_takes_seven_bits_a_byte(void **state) {
    (void)state;
    static const struct {
        unsigned field;
        int64_t value;
        const char *bytes;
        size_t size;
    } cases[] = {
        {1, 150, BYTES("\x08\x96\x01")}, // the example of the specification
        {1, 0, BYTES("\x08\x00")},
        {1, 1, BYTES("\x08\x01")},
        {15, 127, BYTES("\x78\x7f")},
        {16, 128, BYTES("\x80\x01\x80\x01")}, // a tag of two bytes
        {20, 16383, BYTES("\xa0\x01\xff\x7f")},
        {20, 16384, BYTES("\xa0\x01\x80\x80\x01")},
        {2047, 1, BYTES("\xf8\x7f\x01")},
        {2048, 1, BYTES("\x80\x80\x01\x01")},
        {3, INT64_MAX, BYTES("\x18\xff\xff\xff\xff\xff\xff\xff\xff\x7f")},
        {3, -1, BYTES("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
        {3, -2, BYTES("\x18\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
        {3, INT64_MIN, BYTES("\x18\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        byte_buffer message = {0};
        wire_put_integer(&message, cases[i].field, cases[i].value);
        expect_bytes(&message, cases[i].bytes, cases[i].size);
    }
}

static void texts_and_bytes_have_their_length_before_them(void **state) {
    (void)state;
    byte_buffer message = {0};
    wire_put_text(&message, 2, "testing"); // the example of the specification
    wire_put_text(&message, 1, "");
    wire_put_text(&message, 1, "Ж");
    wire_put_bytes(&message, 9, "\0\x80", 2);
    wire_put_bytes(&message, 9, NULL, 0);
    expect_bytes(&message, BYTES("\x12\x07"
                                 "testing\x0a\x00\x0a\x02\xd0\x96\x4a\x02\x00\x80\x4a\x00"));
}

static void a_length_above_127_takes_two_bytes(void **state) {
    (void)state;
    uint8_t zeros[300] = {0};
    byte_buffer message = {0};
    wire_put_bytes(&message, 4, zeros, sizeof zeros);
    assert_int_equal(message.size, 3 + 300);
    assert_memory_equal(message.data, "\x22\xac\x02\x00", 4);
    bytes_release(&message);
}

static void a_message_within_is_its_bytes_and_is_released(void **state) {
    (void)state;
    byte_buffer inner = {0}, empty = {0}, message = {0};
    wire_put_integer(&inner, 1, 150);
    wire_put_message(&message, 3, &inner); // the example of the specification
    wire_put_message(&message, 3, &empty);
    assert_null(inner.data);
    assert_int_equal(inner.size, 0);
    expect_bytes(&message, BYTES("\x1a\x03\x08\x96\x01\x1a\x00"));
}

static void a_message_within_that_failed_fails_the_whole(void **state) {
    (void)state;
    byte_buffer inner = {.failed = true}, message = {0};
    wire_put_integer(&message, 1, 1);
    wire_put_message(&message, 3, &inner);
    assert_true(message.failed);
    bytes_release(&message);
}

static void any_allocation_that_fails_is_remembered(void **state) {
    (void)state;
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        byte_buffer inner = {0}, message = {0};
        failing_malloc_arm(n);
        wire_put_text(&inner, 1, "a text that is longer than the first room there may be for it");
        wire_put_message(&message, 1, &inner);
        for (int i = 0; i < 1000; i++) {
            wire_put_integer(&message, 2, -1);
        }
        failed = failing_malloc_disarm();
        assert_int_equal(message.failed, failed);
        assert_true(n < 50 && (failed || n > 2));
        bytes_release(&message);
    }
}

/** A field that was drawn: a number of any length, or bytes. */
typedef struct drawn_field {
    unsigned number;
    bool is_bytes;
    int64_t integer;
    uint8_t bytes[400];
    size_t size;
} drawn_field;

static drawn_field draw_field(uint64_t *random) {
    drawn_field field = {.number =
                             1 + (unsigned)(draw_bits(random) >> (36 + draw_bits(random) % 24)),
                         .is_bytes = draw_bits(random) % 2 == 0,
                         .integer = (int64_t)(draw_bits(random) >> draw_bits(random) % 64),
                         .size = draw_bits(random) % sizeof field.bytes};
    for (size_t i = 0; i < field.size; i++) {
        field.bytes[i] = (uint8_t)draw_bits(random);
    }
    return field;
}

static void what_was_written_is_read(void **state) {
    (void)state;
    enum { n_fields = 500 };
    static drawn_field drawn[n_fields];
    uint64_t random = 1;
    byte_buffer message = {0};
    wire_field field;
    for (size_t i = 0; i < n_fields; i++) {
        drawn[i] = draw_field(&random);
        if (drawn[i].is_bytes) {
            wire_put_bytes(&message, drawn[i].number, drawn[i].bytes, drawn[i].size);
        } else {
            wire_put_integer(&message, drawn[i].number, drawn[i].integer);
        }
    }
    wire_view view = {message.data, message.size};
    for (size_t i = 0; i < n_fields; i++) {
        assert_true(wire_next(&view, &field));
        assert_int_equal(field.number, drawn[i].number);
        assert_int_equal(field.is_bytes, drawn[i].is_bytes);
        if (field.is_bytes) {
            assert_int_equal(field.bytes.left, drawn[i].size);
            assert_memory_equal(field.bytes.at, drawn[i].bytes, drawn[i].size);
        } else {
            assert_true((int64_t)field.integer == drawn[i].integer);
        }
    }
    assert_false(wire_next(&view, &field));
    bytes_release(&message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_number_takes_seven_bits_a_byte),
        cmocka_unit_test(texts_and_bytes_have_their_length_before_them),
        cmocka_unit_test(a_length_above_127_takes_two_bytes),
        cmocka_unit_test(a_message_within_is_its_bytes_and_is_released),
        cmocka_unit_test(a_message_within_that_failed_fails_the_whole),
        cmocka_unit_test(any_allocation_that_fails_is_remembered),
        cmocka_unit_test(what_was_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
