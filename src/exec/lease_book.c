// SPDX-License-Identifier: MIT
#include "exec/lease_book.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"

/** The share of what was seen of costs that is remembered when one more unit has been seen. */
static const double memory_factor = 0.99;

double lease_book_cost(const lease_book *book, uint32_t unit) {
    return book->settings->cost == NULL ? 1.0 : book->settings->cost[unit];
}

double lease_book_expect(const lease_book *book, size_t n_units, double cost) {
    double scale = book->seen_cost > 0.0 ? book->seen_seconds / book->seen_cost : 1.0;
    return fmax(cost * scale, (double)n_units * book->settings->unit_overhead_seconds);
}

perebor_status lease_book_create(lease_book *book, const perebor_coordinator_settings *settings,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    *book = (lease_book){
        .settings = settings,
        .n_waiting = settings->n_units,
        .given_up = LEASE_NOBODY,
        .units = calloc(settings->n_units > 0 ? settings->n_units : 1, sizeof *book->units),
        .holders = calloc(settings->n_workers, sizeof *book->holders)};
    if (book->units == NULL || book->holders == NULL) {
        return perebor_no_memory(error, "for %zu units of work", settings->n_units);
    }
    PEREBOR_TRY(done, ring_create(&book->returned, settings->n_units, error));
    PEREBOR_TRY(done, ring_create(&book->suspects, settings->n_units, error));
    for (size_t worker = 0; worker < settings->n_workers; worker++) {
        book->holders[worker].first = book->holders[worker].last = LEASE_NOBODY;
    }
    for (uint32_t unit = 0; unit < settings->n_units; unit++) {
        book->units[unit].holder = LEASE_NOBODY;
        book->waiting_cost += lease_book_cost(book, unit);
    }
done:
    return status;
}

void lease_book_release(lease_book *book) {
    free(book->units);
    free(book->holders);
    ring_release(&book->returned);
    ring_release(&book->suspects);
}

/** A unit stops waiting: it is leased, or its late answer arrived. */
static void unwait(lease_book *book, uint32_t unit) {
    book->n_waiting--;
    book->waiting_cost =
        book->n_waiting > 0 ? book->waiting_cost - lease_book_cost(book, unit) : 0.0;
}

static void wait_in(lease_book *book, ring *queue, uint32_t unit) {
    book->units[unit].state = LEASE_WAITING;
    book->n_waiting++;
    book->waiting_cost += lease_book_cost(book, unit);
    book->n_retries++;
    ring_push(queue, unit);
}

/** Takes a unit out of its holder's hands. */
static void unlease(lease_book *book, uint32_t unit) {
    lease_unit *u = &book->units[unit];
    lease_holder *holder = &book->holders[u->holder];
    *(u->previous == LEASE_NOBODY ? &holder->first : &book->units[u->previous].next) = u->next;
    *(u->next == LEASE_NOBODY ? &holder->last : &book->units[u->next].previous) = u->previous;
    holder->n_units--;
    holder->cost = holder->n_units > 0 ? holder->cost - lease_book_cost(book, unit) : 0.0;
    holder->alone = holder->alone && holder->n_units > 0;
    book->n_leased--;
    u->holder = LEASE_NOBODY;
}

static void put_in_hands(lease_book *book, double now, uint32_t worker, uint32_t unit) {
    lease_holder *holder = &book->holders[worker];
    lease_unit *u = &book->units[unit];
    unwait(book, unit);
    u->state = LEASE_HELD;
    u->lease = book->newest_lease;
    u->leased_at = now;
    u->holder = worker;
    u->next = LEASE_NOBODY;
    u->previous = holder->last;
    *(holder->last == LEASE_NOBODY ? &holder->first : &book->units[holder->last].next) = unit;
    holder->last = unit;
    holder->n_units++;
    holder->cost += lease_book_cost(book, unit);
    book->n_leased++;
}

/** Drops from the front of a queue what was answered late, after all; the first left, or nobody. */
static uint32_t first_waiting(lease_book *book, ring *queue) {
    while (queue->size > 0) {
        uint32_t unit = ring_peek(queue);
        if (book->units[unit].state == LEASE_WAITING) {
            return unit;
        }
        (void)ring_pop(queue);
    }
    return LEASE_NOBODY;
}

uint32_t lease_book_peek(lease_book *book) {
    const perebor_coordinator_settings *settings = book->settings;
    uint32_t unit = first_waiting(book, &book->returned);
    if (unit == LEASE_NOBODY && book->cursor < settings->n_units) {
        unit = settings->order == NULL ? (uint32_t)book->cursor : settings->order[book->cursor];
    }
    return unit;
}

void lease_book_lease(lease_book *book, double now, uint32_t worker, uint32_t unit) {
    if (book->returned.size > 0) {
        (void)ring_pop(&book->returned);
    } else {
        book->cursor++;
    }
    put_in_hands(book, now, worker, unit);
}

uint32_t lease_book_lease_suspect(lease_book *book, double now, uint32_t worker) {
    uint32_t unit = first_waiting(book, &book->suspects);
    if (unit != LEASE_NOBODY) {
        (void)ring_pop(&book->suspects);
        book->newest_lease++;
        put_in_hands(book, now, worker, unit);
        book->holders[worker].alone = true;
    }
    return unit;
}

void lease_book_return(lease_book *book, uint32_t unit) {
    unlease(book, unit);
    wait_in(book, book->units[unit].deaths > 0 ? &book->suspects : &book->returned, unit);
}

static void list_as_given_up(lease_book *book, uint32_t unit) {
    lease_unit *u = &book->units[unit];
    u->state = LEASE_GIVEN_UP;
    u->next = book->given_up;
    book->given_up = unit;
    book->n_given_up++;
}

void lease_book_blame(lease_book *book, uint32_t unit, bool failed_here) {
    lease_unit *u = &book->units[unit];
    unlease(book, unit);
    u->deaths++;
    u->failed_here = failed_here;
    if (u->deaths < book->settings->attempts) {
        wait_in(book, &book->suspects, unit);
    } else {
        list_as_given_up(book, unit);
    }
}

void lease_book_give_up(lease_book *book, uint32_t unit) {
    unlease(book, unit);
    book->units[unit].failed_here = true;
    list_as_given_up(book, unit);
}

void lease_book_deliver(lease_book *book, uint32_t unit, double seconds) {
    lease_unit *u = &book->units[unit];
    if (u->state == LEASE_HELD) {
        unlease(book, unit);
    } else { // Its worker was thought lost, but nobody else has begun it yet.
        unwait(book, unit);
    }
    u->state = LEASE_DELIVERED;
    book->seen_seconds = memory_factor * book->seen_seconds + seconds;
    book->seen_cost = memory_factor * book->seen_cost + lease_book_cost(book, unit);
}

const lease_unit *lease_book_report(lease_book *book, uint32_t *unit) {
    if (book->given_up == LEASE_NOBODY) {
        return NULL;
    }
    const lease_unit *reported = &book->units[book->given_up];
    *unit = book->given_up;
    book->given_up = reported->next;
    return reported;
}
