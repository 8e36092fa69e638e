// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "exec/lease_book.h"

enum { n_units = 6, n_workers = 3 };

static const uint32_t order[n_units] = {3, 1, 5, 0, 2, 4};
static const double cost[n_units] = {1, 2, 4, 8, 16, 32};
static const perebor_coordinator_settings settings = {.n_units = n_units,
                                                      .order = order,
                                                      .cost = cost,
                                                      .n_workers = n_workers,
                                                      .attempts = 3,
                                                      .unit_overhead_seconds = 0.5};
static lease_book book;

static int start(void **state) {
    (void)state;
    return lease_book_create(&book, &settings, NULL) == PEREBOR_OK ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    lease_book_release(&book);
    return 0;
}

/** Leases the next unit to a worker under a lease of its own. */
static uint32_t lease_next(uint32_t worker) {
    uint32_t unit = lease_book_peek(&book);
    assert_int_not_equal(unit, LEASE_NOBODY);
    book.newest_lease++;
    lease_book_lease(&book, (double)book.newest_lease, worker, unit);
    return unit;
}

static void units_are_leased_in_the_given_order(void **state) {
    (void)state;
    for (size_t i = 0; i < n_units; i++) {
        assert_int_equal(lease_book_peek(&book), order[i]);
        assert_int_equal(lease_book_peek(&book), order[i]); // left where it is
        assert_int_equal(lease_next((uint32_t)i % n_workers), order[i]);
        const lease_unit *unit = &book.units[order[i]];
        assert_int_equal(unit->state, LEASE_HELD);
        assert_int_equal(unit->lease, i + 1);
        assert_int_equal(unit->holder, i % n_workers);
        assert_true(unit->leased_at == (double)(i + 1));
        assert_int_equal(book.n_waiting, n_units - i - 1);
        assert_int_equal(book.n_leased, i + 1);
    }
    assert_int_equal(lease_book_peek(&book), LEASE_NOBODY);
    assert_true(book.waiting_cost == 0.0);
    assert_true(book.holders[0].cost == cost[3] + cost[0]);
    assert_int_equal(book.holders[1].first, 1);
    assert_int_equal(book.holders[1].last, 2);
}

static void costs_are_all_alike_where_none_are_given(void **state) {
    (void)state;
    const perebor_coordinator_settings plain = {.n_units = 4, .n_workers = 1, .attempts = 1};
    lease_book other;
    assert_int_equal(lease_book_create(&other, &plain, NULL), PEREBOR_OK);
    assert_true(other.waiting_cost == 4.0);
    assert_true(lease_book_cost(&other, 3) == 1.0);
    assert_int_equal(lease_book_peek(&other), 0);
    lease_book_release(&other);
}

static void what_comes_back_goes_out_first(void **state) {
    (void)state;
    uint32_t first = lease_next(0), second = lease_next(1);
    lease_book_return(&book, second);
    lease_book_return(&book, first);
    assert_int_equal(book.n_retries, 2);
    assert_int_equal(book.units[first].holder, LEASE_NOBODY);
    assert_int_equal(book.holders[0].n_units, 0);
    assert_int_equal(lease_next(2), second); // in the order in which they came back
    assert_int_equal(lease_next(2), first);
    assert_int_equal(lease_next(2), order[2]);
    assert_int_equal(book.units[first].deaths, 0);
}

static void a_unit_that_is_answered_while_it_waits_is_passed_over(void **state) {
    (void)state;
    uint32_t first = lease_next(0), second = lease_next(0);
    lease_book_return(&book, first);
    lease_book_return(&book, second);
    lease_book_deliver(&book, first, 3.0);
    assert_int_equal(book.units[first].state, LEASE_DELIVERED);
    assert_int_equal(book.n_waiting, n_units - 1);
    assert_int_equal(lease_next(1), second);
    assert_int_equal(lease_next(1), order[2]);
}

static void suspects_are_tried_alone(void **state) {
    (void)state;
    uint32_t unit = lease_next(1);
    assert_int_equal(lease_book_lease_suspect(&book, 0.0, 0), LEASE_NOBODY);
    lease_book_blame(&book, unit, false);
    assert_int_equal(book.units[unit].deaths, 1);
    assert_int_equal(book.units[unit].state, LEASE_WAITING);
    assert_int_equal(lease_book_peek(&book), order[1]); // not it
    uint64_t newest = book.newest_lease;
    assert_int_equal(lease_book_lease_suspect(&book, 5.0, 2), unit);
    assert_int_equal(book.newest_lease, newest + 1);
    assert_int_equal(book.units[unit].lease, newest + 1);
    assert_true(book.holders[2].alone);
    assert_int_equal(lease_book_lease_suspect(&book, 5.0, 0), LEASE_NOBODY);
    lease_book_return(&book, unit); // through no fault of its own this time, but still suspect
    assert_false(book.holders[2].alone);
    assert_int_equal(book.units[unit].deaths, 1);
    assert_int_equal(lease_book_peek(&book), order[1]);
    assert_int_equal(lease_book_lease_suspect(&book, 6.0, 1), unit);
    lease_book_deliver(&book, unit, 1.0);
    assert_false(book.holders[1].alone);
}

static void the_third_attempt_that_fails_is_the_last(void **state) {
    (void)state;
    uint32_t unit = lease_next(0), reported = 77;
    for (uint32_t deaths = 1; deaths <= 3; deaths++) {
        assert_null(lease_book_report(&book, &reported));
        lease_book_blame(&book, unit, deaths == 3);
        assert_int_equal(book.units[unit].deaths, deaths);
        if (deaths < 3) {
            assert_int_equal(lease_book_lease_suspect(&book, 0.0, 0), unit);
        }
    }
    assert_int_equal(book.n_given_up, 1);
    assert_int_equal(book.n_leased, 0);
    const lease_unit *given_up = lease_book_report(&book, &reported);
    assert_ptr_equal(given_up, &book.units[unit]);
    assert_int_equal(reported, unit);
    assert_true(given_up->failed_here);
    assert_null(lease_book_report(&book, &reported)); // once
    assert_int_equal(lease_book_lease_suspect(&book, 0.0, 0), LEASE_NOBODY);
}

static void a_unit_that_would_fail_anywhere_is_given_up_at_once(void **state) {
    (void)state;
    uint32_t one = lease_next(0), other = lease_next(0), reported[2];
    lease_book_give_up(&book, one);
    lease_book_give_up(&book, other);
    assert_int_equal(book.n_given_up, 2);
    assert_int_equal(book.holders[0].n_units, 0);
    assert_true(lease_book_report(&book, &reported[0])->failed_here);
    assert_non_null(lease_book_report(&book, &reported[1]));
    assert_null(lease_book_report(&book, &reported[1]));
    assert_true((reported[0] == one && reported[1] == other) ||
                (reported[0] == other && reported[1] == one));
}

/** A predicted second is what such seconds took; the older, the less it counts. */
static void what_was_seen_scales_what_is_expected(void **state) {
    (void)state;
    assert_true(lease_book_expect(&book, 1, 4.0) == 4.0);
    assert_true(lease_book_expect(&book, 20, 4.0) == 10.0); // half a second each at least
    uint32_t unit = lease_next(0);                          // of cost 8
    lease_book_deliver(&book, unit, 24.0);
    assert_true(lease_book_expect(&book, 1, 4.0) == 12.0);
    unit = lease_next(0); // of cost 2
    lease_book_deliver(&book, unit, 2.0);
    double scale = (0.99 * 24.0 + 2.0) / (0.99 * 8.0 + 2.0);
    double found = lease_book_expect(&book, 1, 4.0);
    assert_true(found > 4.0 * scale - 1e-12 && found < 4.0 * scale + 1e-12);
    assert_true(lease_book_expect(&book, 3, 0.0) == 1.5);
}

/** Counts the book anew from the units. */
static void assert_consistent(void) {
    size_t n[4] = {0}, held[n_workers] = {0}, listed = 0;
    double waiting = 0.0, costs[n_workers] = {0};
    for (uint32_t unit = 0; unit < n_units; unit++) {
        const lease_unit *u = &book.units[unit];
        n[u->state]++;
        waiting += u->state == LEASE_WAITING ? cost[unit] : 0.0;
        assert_int_equal(u->state == LEASE_HELD, u->holder != LEASE_NOBODY);
        if (u->state == LEASE_HELD) {
            held[u->holder]++;
            costs[u->holder] += cost[unit];
        }
    }
    assert_int_equal(book.n_waiting, n[LEASE_WAITING]);
    assert_int_equal(book.n_leased, n[LEASE_HELD]);
    assert_int_equal(book.n_given_up, n[LEASE_GIVEN_UP]);
    assert_true(book.waiting_cost == waiting); // sums of powers of two
    for (uint32_t worker = 0; worker < n_workers; worker++) {
        const lease_holder *holder = &book.holders[worker];
        uint64_t newest = 0;
        uint32_t before = LEASE_NOBODY;
        assert_int_equal(holder->n_units, held[worker]);
        assert_true(holder->cost == costs[worker]);
        for (uint32_t at = holder->first; at != LEASE_NOBODY; at = book.units[at].next) {
            assert_int_equal(book.units[at].holder, worker);
            assert_int_equal(book.units[at].previous, before);
            assert_true(book.units[at].lease > newest); // in the order of their leases
            newest = book.units[at].lease;
            before = at;
            listed++;
        }
        assert_int_equal(holder->last, before);
    }
    assert_int_equal(listed, book.n_leased);
}

/** One thing that may happen next, if it can. */
static void do_something(uint64_t *random) {
    uint32_t unit = (uint32_t)(draw_bits(random) % n_units);
    uint32_t worker = (uint32_t)(draw_bits(random) % n_workers);
    uint64_t what = draw_bits(random) % 8;
    bool is_held = book.units[unit].state == LEASE_HELD;
    if (what < 4 && lease_book_peek(&book) != LEASE_NOBODY) {
        (void)lease_next(worker);
    } else if (what == 4 && is_held) {
        lease_book_return(&book, unit);
    } else if (what == 5 && is_held) {
        lease_book_blame(&book, unit, false);
    } else if (what == 6 && (is_held || (book.units[unit].state == LEASE_WAITING &&
                                         book.units[unit].lease > 0))) {
        lease_book_deliver(&book, unit, 1.0);
    } else if (what == 7) {
        (void)lease_book_lease_suspect(&book, 0.0, worker);
    }
}

static void the_book_is_always_right(void **state) {
    for (uint64_t seed = 0; seed < 300; seed++) {
        uint64_t random = seed;
        size_t n_reported = 0;
        uint32_t unit;
        for (int i = 0; i < 120; i++) {
            do_something(&random);
            assert_consistent();
            n_reported += lease_book_report(&book, &unit) != NULL;
        }
        assert_int_equal(n_reported, book.n_given_up);
        (void)end(state);
        assert_int_equal(start(state), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(units_are_leased_in_the_given_order),
        TEST(costs_are_all_alike_where_none_are_given),
        TEST(what_comes_back_goes_out_first),
        TEST(a_unit_that_is_answered_while_it_waits_is_passed_over),
        TEST(suspects_are_tried_alone),
        TEST(the_third_attempt_that_fails_is_the_last),
        TEST(a_unit_that_would_fail_anywhere_is_given_up_at_once),
        TEST(what_was_seen_scales_what_is_expected),
        TEST(the_book_is_always_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
