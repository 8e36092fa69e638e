// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exec/assembly.h"

enum { result_size = 100 };

/** What came out whole. */
typedef struct heard {
    int n, from;
    message_fragment last;
    uint8_t bytes[result_size];
    perebor_status answer;
} heard;

static perebor_status hear(void *context, int from, const message_fragment *result,
                           const uint8_t *bytes, perebor_error *error) {
    heard *heard = context;
    assert_true(result->total <= result_size);
    heard->n++;
    heard->from = from;
    heard->last = *result;
    memcpy(heard->bytes, bytes, result->total);
    return heard->answer == PEREBOR_OK ? PEREBOR_OK
                                       : perebor_fail(error, heard->answer, "the disk is full");
}

static void begin(message *message) {
    message->head = (message_head){.kind = MESSAGE_RESULTS};
}

/** Adds bytes [from, to) of the result of a unit, whose byte i is unit + i. @return The size. */
static size_t add(message *message, size_t size, uint32_t unit, uint32_t from, uint32_t to) {
    message_fragment fragment = {
        .lease = 7 * unit, .unit = unit, .total = result_size, .offset = from, .size = to - from};
    memcpy(message->payload + size, &fragment, sizeof fragment);
    size += sizeof fragment;
    for (uint32_t i = from; i < to; i++) {
        message->payload[size + i - from] = (uint8_t)(unit + i);
    }
    message->head.number++;
    return size + (to - from + 7) / 8 * 8;
}

static void check(const heard *heard, int n, uint32_t unit) {
    assert_int_equal(heard->n, n);
    assert_int_equal(heard->from, 3);
    assert_int_equal(heard->last.unit, unit);
    for (uint32_t i = 0; i < result_size; i++) {
        assert_int_equal(heard->bytes[i], (uint8_t)(unit + i));
    }
}

static void take(assembly *assembly, const message *message, size_t size, heard *heard) {
    assert_int_equal(assembly_take(assembly, 3, message, size, hear, heard, NULL), PEREBOR_OK);
}

static void results_come_whole_in_one_message_or_in_several(void **state) {
    (void)state;
    message message;
    assembly assembly = {0};
    heard heard = {0};
    begin(&message);
    size_t size = add(&message, 0, 5, 0, result_size);
    size = add(&message, size, 6, 0, 33);
    take(&assembly, &message, size, &heard);
    check(&heard, 1, 5);
    begin(&message);
    size = add(&message, 0, 6, 33, 34);
    take(&assembly, &message, size, &heard);
    assert_int_equal(heard.n, 1);
    begin(&message);
    size = add(&message, 0, 6, 34, result_size);
    take(&assembly, &message, size, &heard);
    check(&heard, 2, 6);
    assembly_release(&assembly);
    assert_null(assembly.bytes);
}

/** The middle of unit 8 is lost; unit 9 is not the worse for it. */
static void a_result_whose_part_was_lost_is_passed_over(void **state) {
    (void)state;
    message message;
    assembly assembly = {0};
    heard heard = {0};
    begin(&message);
    size_t size = add(&message, 0, 8, 0, 30);
    size = add(&message, size, 8, 60, result_size);
    size = add(&message, size, 8, 30, 60);
    size = add(&message, size, 10, 30, result_size); // and of this one the beginning
    take(&assembly, &message, size, &heard);
    assert_int_equal(heard.n, 0);
    begin(&message);
    size = add(&message, 0, 9, 0, 50);
    size = add(&message, size, 9, 50, result_size);
    take(&assembly, &message, size, &heard);
    check(&heard, 1, 9);
    assembly_release(&assembly);
}

static void a_message_that_ends_early_holds_nothing_more(void **state) {
    (void)state;
    message message;
    assembly assembly = {0};
    heard heard = {0};
    begin(&message);
    size_t size = add(&message, 0, 5, 0, result_size);
    for (size_t shorter = 0; shorter < sizeof(message_fragment) + result_size; shorter++) {
        take(&assembly, &message, shorter, &heard);
        assert_int_equal(heard.n, 0);
    }
    message.head.number = 100;
    take(&assembly, &message, size, &heard);
    check(&heard, 1, 5);
    assembly_release(&assembly);
}

/** More bytes than the result has are not written behind its room. */
static void a_fragment_that_does_not_fit_is_passed_over(void **state) {
    (void)state;
    message message;
    assembly assembly = {0};
    heard heard = {0};
    begin(&message);
    size_t size = add(&message, 0, 5, 0, 40);
    message_fragment fragment = {
        .lease = 35, .unit = 5, .total = result_size, .offset = 40, .size = result_size - 1};
    memcpy(message.payload + size, &fragment, sizeof fragment);
    message.head.number++;
    take(&assembly, &message, size + sizeof fragment + result_size + 8, &heard);
    assert_int_equal(heard.n, 0);
    assembly_release(&assembly);
}

static void a_failure_of_the_receiver_is_handed_on(void **state) {
    (void)state;
    message message;
    assembly assembly = {0};
    heard heard = {.answer = PEREBOR_ERR_IO};
    perebor_error error = {0};
    begin(&message);
    size_t size = add(&message, 0, 5, 0, result_size);
    size = add(&message, size, 6, 0, result_size);
    assert_int_equal(assembly_take(&assembly, 3, &message, size, hear, &heard, &error),
                     PEREBOR_ERR_IO);
    assert_string_equal(error.message, "the disk is full");
    assert_int_equal(heard.n, 1);
    assembly_release(&assembly);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_whole_in_one_message_or_in_several),
        cmocka_unit_test(a_result_whose_part_was_lost_is_passed_over),
        cmocka_unit_test(a_message_that_ends_early_holds_nothing_more),
        cmocka_unit_test(a_fragment_that_does_not_fit_is_passed_over),
        cmocka_unit_test(a_failure_of_the_receiver_is_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
