// SPDX-License-Identifier: MIT
#include <omp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exec/sequence.h"

enum { item_count = 200, max_threads = 8, nowhere = item_count };

/** What is made, and what has been handed over. */
typedef struct ledger {
    uint64_t made[max_threads]; /**< By thread: what it is to hand over. */
    uint64_t handed[item_count];
    size_t n_handed;
    uint64_t fails_in_making, fails_in_handing_over;
} ledger;

/** Takes longer for some items than for others, so that threads overtake one another. */
static perebor_status make(void *context, uint64_t item, int thread, perebor_error *error) {
    ledger *book = context;
    volatile uint64_t sum = 0; // work that the compiler does not spare itself
    for (uint64_t i = 0; i < (item % 7) * 1000; i++) {
        sum = (i * item) ^ sum;
    }
    book->made[thread] = item * item;
    // All from here on fail: it is the first that counts.
    return item < book->fails_in_making
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_MEMORY, "item %d cannot be made", (int)item);
}

static perebor_status hand_over(void *context, uint64_t item, int thread, perebor_error *error) {
    ledger *book = context;
    if (item == book->fails_in_handing_over) {
        return perebor_fail(error, PEREBOR_ERR_IO, "item %d cannot be handed over", (int)item);
    }
    book->handed[book->n_handed++] = book->made[thread];
    return PEREBOR_OK;
}

static perebor_status run(ledger *book, uint64_t n_items, int n_threads, perebor_error *error) {
    const perebor_sequence sequence = {.n_items = n_items,
                                       .n_threads = n_threads,
                                       .context = book,
                                       .make = make,
                                       .hand_over = hand_over};
    return perebor_sequence_run(&sequence, error);
}

static void every_item_is_handed_over_in_its_turn(void **state) {
    (void)state;
    for (int n_threads = 1; n_threads <= max_threads; n_threads++) {
        ledger book = {.fails_in_making = nowhere, .fails_in_handing_over = nowhere};
        perebor_error error = {0};
        assert_int_equal(run(&book, item_count, n_threads, &error), PEREBOR_OK);
        assert_int_equal(book.n_handed, item_count);
        for (uint64_t i = 0; i < item_count; i++) {
            assert_int_equal(book.handed[i], i * i);
        }
    }
}

static void nothing_is_handed_over_after_the_first_failure(void **state) {
    (void)state;
    for (int n_threads = 1; n_threads <= max_threads; n_threads++) {
        ledger book = {.fails_in_making = 50, .fails_in_handing_over = nowhere};
        perebor_error error = {0};
        assert_int_equal(run(&book, item_count, n_threads, &error), PEREBOR_ERR_MEMORY);
        assert_string_equal(error.message, "item 50 cannot be made");
        assert_int_equal(book.n_handed, 50);

        ledger other = {.fails_in_making = nowhere, .fails_in_handing_over = 20};
        assert_int_equal(run(&other, item_count, n_threads, &error), PEREBOR_ERR_IO);
        assert_string_equal(error.message, "item 20 cannot be handed over");
        assert_int_equal(other.n_handed, 20);
    }
}

static void a_sequence_may_be_empty_and_its_error_unwanted(void **state) {
    (void)state;
    ledger book = {.fails_in_making = 0, .fails_in_handing_over = nowhere};
    assert_int_equal(run(&book, 0, 3, NULL), PEREBOR_OK);
    assert_int_equal(book.n_handed, 0);
    assert_int_equal(run(&book, 3, 3, NULL), PEREBOR_ERR_MEMORY);
}

/** Items that stay where they were made. */
typedef struct shelf {
    uint64_t made[item_count];
    uint64_t fails_from;
    atomic_bool later_failed; /**< One behind the first of them. */
} shelf;

static perebor_status put_on_shelf(void *context, uint64_t item, int thread, perebor_error *error) {
    shelf *shelf = context;
    (void)thread;
    shelf->made[item] += item * item;
    if (item > shelf->fails_from) {
        atomic_store(&shelf->later_failed, true);
    }
    // The first failure is held until another has happened, but for a thread that is alone.
    while (item == shelf->fails_from && omp_get_num_threads() > 1 &&
           !atomic_load(&shelf->later_failed)) {
        (void)sched_yield();
    }
    return item < shelf->fails_from
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_MEMORY, "item %d cannot be made", (int)item);
}

static void items_may_stay_where_they_were_made(void **state) {
    (void)state;
    for (int n_threads = 1; n_threads <= max_threads; n_threads++) {
        shelf all = {.fails_from = nowhere}, some = {.fails_from = 50};
        perebor_error error = {0};
        perebor_sequence sequence = {
            .n_items = item_count, .n_threads = n_threads, .context = &all, .make = put_on_shelf};
        assert_int_equal(perebor_sequence_run(&sequence, &error), PEREBOR_OK);
        sequence.context = &some;
        assert_int_equal(perebor_sequence_run(&sequence, &error), PEREBOR_ERR_MEMORY);
        assert_string_equal(error.message, "item 50 cannot be made");
        for (uint64_t i = 0; i < item_count; i++) {
            assert_int_equal(all.made[i], i * i);
            assert_true(some.made[i] == i * i || (some.made[i] == 0 && i > 50));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_handed_over_in_its_turn),
        cmocka_unit_test(nothing_is_handed_over_after_the_first_failure),
        cmocka_unit_test(a_sequence_may_be_empty_and_its_error_unwanted),
        cmocka_unit_test(items_may_stay_where_they_were_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
