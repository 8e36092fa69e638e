// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "exec/ring.h"

enum { most = 9 };

/** Against an array whose front moves up. */
static void numbers_leave_in_the_order_they_came(void **state) {
    (void)state;
    for (size_t capacity = 1; capacity <= most; capacity++) {
        ring queue = {0};
        uint32_t expected[most], coming = 0;
        size_t n = 0;
        uint64_t random = capacity;
        assert_int_equal(ring_create(&queue, capacity, NULL), PEREBOR_OK);
        for (int i = 0; i < 500; i++) {
            bool push = n == 0 || (n < capacity && draw_bits(&random) % 2 == 0);
            if (push) {
                expected[n++] = coming;
                ring_push(&queue, coming++);
            } else {
                assert_int_equal(ring_peek(&queue), expected[0]);
                assert_int_equal(queue.size, n); // a peek takes nothing
                assert_int_equal(ring_pop(&queue), expected[0]);
                memmove(expected, expected + 1, --n * sizeof *expected);
            }
            assert_int_equal(queue.size, n);
        }
        assert_true(coming > 200);
        ring_release(&queue);
        assert_null(queue.items);
    }
}

static void a_queue_of_nothing_can_be_made(void **state) {
    (void)state;
    ring queue = {0};
    assert_int_equal(ring_create(&queue, 0, NULL), PEREBOR_OK);
    assert_int_equal(queue.size, 0);
    ring_release(&queue);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_leave_in_the_order_they_came),
        cmocka_unit_test(a_queue_of_nothing_can_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
