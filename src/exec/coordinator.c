// SPDX-License-Identifier: MIT
#include "exec/coordinator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "exec/lease_book.h"
#include "exec/ring.h"

typedef enum worker_state {
    WORKER_UNKNOWN = 0,
    WORKER_ACTIVE = 1,
    WORKER_LOST = 2,
} worker_state;

typedef struct worker_record {
    double heard;
    uint32_t n_threads;
    uint32_t epoch;
    uint8_t state; // worker_state
    bool revoke_due, stop_due;
    bool attended; // In the queue of those to look at.
    bool idle;     // In the queue of those that want work when there is none.
} worker_record;

struct perebor_coordinator {
    perebor_coordinator_settings settings;
    lease_book book;
    worker_record *workers;
    ring attention; // Workers that may want something.
    ring idle;      // Workers that want work, longest without it first.
    double next_scan;
    size_t n_threads; // Those of the active workers.
    bool stopping;
    perebor_coordinator_counts counts;
    uint32_t chunk[PEREBOR_CHUNK_MAX];
};

static void attend(perebor_coordinator *c, uint32_t worker) {
    worker_record *w = &c->workers[worker];
    if (!w->attended) {
        w->attended = true;
        ring_push(&c->attention, worker);
    }
}

/** Lets those without work look again, one more than there are units: one may have to decline. */
static void wake_idle(perebor_coordinator *c, size_t n_units) {
    for (size_t woken = 0; c->idle.size > 0 && woken <= n_units; woken++) {
        uint32_t worker = ring_pop(&c->idle);
        c->workers[worker].idle = false;
        attend(c, worker);
    }
}

static void join(perebor_coordinator *c, uint32_t worker, uint32_t n_threads) {
    worker_record *w = &c->workers[worker];
    if (w->state == WORKER_LOST) {
        c->counts.n_lost--;
    }
    w->state = WORKER_ACTIVE;
    w->n_threads = n_threads;
    w->revoke_due = false;
    w->stop_due = c->stopping;
    c->n_threads += w->n_threads;
    c->counts.n_active++;
}

void perebor_coordinator_free(perebor_coordinator *c) {
    if (c == NULL) {
        return;
    }
    lease_book_release(&c->book);
    ring_release(&c->attention);
    ring_release(&c->idle);
    free(c->workers);
    free(c);
}

perebor_status perebor_coordinator_create(perebor_coordinator **coordinator,
                                          const perebor_coordinator_settings *settings, double now,
                                          perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (settings->n_units >= LEASE_NOBODY || settings->n_workers < 1 ||
        settings->n_workers >= LEASE_NOBODY) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%zu units on %zu workers: at most 2^32 - 2 of each, and a worker",
                            settings->n_units, settings->n_workers);
    }
    perebor_coordinator *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return perebor_no_memory(error, "for the coordinator");
    }
    c->settings = *settings;
    c->next_scan = now;
    c->workers = calloc(settings->n_workers, sizeof *c->workers);
    if (c->workers == NULL) {
        status = perebor_no_memory(error, "for %zu workers", settings->n_workers);
        goto failed;
    }
    PEREBOR_TRY(failed, lease_book_create(&c->book, &c->settings, error));
    PEREBOR_TRY(failed, ring_create(&c->attention, settings->n_workers, error));
    PEREBOR_TRY(failed, ring_create(&c->idle, settings->n_workers, error));
    *coordinator = c;
    return PEREBOR_OK;
failed:
    perebor_coordinator_free(c);
    return status;
}

/** Leases a worker no longer knows of: lost on the way to it, or answered by lost messages. */
static void return_missing(perebor_coordinator *c, double now, uint32_t worker,
                           const perebor_heartbeat *heartbeat) {
    lease_book *book = &c->book;
    const lease_holder *holder = &book->holders[worker];
    double grace = 0.5 * c->settings.lease_seconds;
    size_t before = book->n_retries;
    while (holder->first != LEASE_NOBODY &&
           book->units[holder->first].lease < heartbeat->oldest_lease &&
           (heartbeat->stopped || now - book->units[holder->first].leased_at > grace)) {
        lease_book_return(book, holder->first);
    }
    while (holder->last != LEASE_NOBODY &&
           book->units[holder->last].lease > heartbeat->newest_lease &&
           (heartbeat->stopped || now - book->units[holder->last].leased_at > grace)) {
        lease_book_return(book, holder->last);
    }
    wake_idle(c, book->n_retries - before);
}

void perebor_coordinator_heartbeat(perebor_coordinator *c, double now, uint32_t worker,
                                   const perebor_heartbeat *heartbeat) {
    worker_record *w = &c->workers[worker];
    if (heartbeat->epoch != w->epoch) {
        w->revoke_due =
            heartbeat->epoch < w->epoch; // A later epoch than ours is not from this job.
        attend(c, worker);
        return;
    }
    w->heard = now;
    if (w->state != WORKER_ACTIVE) {
        join(c, worker, heartbeat->n_threads);
    }
    c->n_threads = c->n_threads - w->n_threads + heartbeat->n_threads;
    w->n_threads = heartbeat->n_threads;
    return_missing(c, now, worker, heartbeat);
    w->stop_due = c->stopping && !heartbeat->stopped;
    attend(c, worker);
}

/** The unit, if this is the answer that is waited for. */
static const lease_unit *answered(perebor_coordinator *c, double now, uint32_t worker,
                                  uint64_t lease, uint32_t unit) {
    worker_record *w = &c->workers[worker];
    if (w->state == WORKER_ACTIVE) {
        w->heard = now;
    }
    const lease_unit *u = unit < c->settings.n_units ? &c->book.units[unit] : NULL;
    if (u == NULL || lease == 0 || u->lease != lease ||
        (u->state != LEASE_HELD && u->state != LEASE_WAITING)) {
        c->counts.n_fenced++;
        return NULL;
    }
    return u;
}

bool perebor_coordinator_result(perebor_coordinator *c, double now, uint32_t worker, uint64_t lease,
                                uint32_t unit, double seconds) {
    const lease_unit *u = answered(c, now, worker, lease, unit);
    if (u == NULL) {
        return false;
    }
    if (u->state == LEASE_HELD) {
        attend(c, u->holder);
    }
    lease_book_deliver(&c->book, unit, seconds);
    c->counts.n_delivered++;
    return true;
}

void perebor_coordinator_refused(perebor_coordinator *c, double now, uint32_t worker,
                                 uint64_t lease, uint32_t unit) {
    const lease_unit *u = answered(c, now, worker, lease, unit);
    if (u != NULL && u->state == LEASE_HELD) {
        lease_book_blame(&c->book, unit, true);
        wake_idle(c, 1); // Others first: here it was refused.
        attend(c, worker);
    }
}

void perebor_coordinator_overdue(perebor_coordinator *c, double now, uint32_t worker,
                                 uint64_t lease, uint32_t unit) {
    const lease_unit *u = answered(c, now, worker, lease, unit);
    if (u != NULL && u->state == LEASE_HELD) {
        attend(c, u->holder);
        lease_book_give_up(&c->book, unit);
    }
}

void perebor_coordinator_lost(perebor_coordinator *c, double now, uint32_t worker) {
    (void)now;
    worker_record *w = &c->workers[worker];
    if (worker == 0 || w->state != WORKER_ACTIVE) {
        return;
    }
    const lease_holder *holder = &c->book.holders[worker];
    size_t n_units = holder->n_units;
    while (holder->first != LEASE_NOBODY) {
        lease_book_blame(&c->book, holder->first, false);
    }
    w->state = WORKER_LOST;
    w->epoch++;
    w->revoke_due = true;
    c->n_threads -= w->n_threads;
    c->counts.n_active--;
    c->counts.n_lost++;
    attend(c, worker);
    attend(c, 0); // Suspects are for worker 0 only when it is the last.
    wake_idle(c, n_units);
}

void perebor_coordinator_time(perebor_coordinator *c, double now) {
    if (now < c->next_scan) {
        return;
    }
    c->next_scan = now + c->settings.lease_seconds / 16.0;
    for (uint32_t i = 1; i < c->settings.n_workers; i++) {
        if (c->workers[i].state == WORKER_ACTIVE &&
            now - c->workers[i].heard > c->settings.lease_seconds) {
            perebor_coordinator_lost(c, now, i);
        }
    }
}

void perebor_coordinator_stop(perebor_coordinator *c) {
    if (c->stopping) {
        return;
    }
    c->stopping = true;
    for (uint32_t i = 0; i < c->settings.n_workers; i++) {
        if (c->workers[i].state == WORKER_ACTIVE) {
            c->workers[i].stop_due = true;
            attend(c, i);
        }
    }
}

/**
 * Whether a worker should hold one more unit of this cost.
 *
 * A thread without a unit always gets one. Beyond that a worker keeps a reserve, so that the way to
 * the coordinator and back costs no time; but never more than its share of half of what is left, so
 * that near the end nobody hoards what others could do.
 */
static bool should_take(const perebor_coordinator *c, uint32_t worker, double cost) {
    const lease_book *book = &c->book;
    const lease_holder *holder = &book->holders[worker];
    uint32_t n_threads = c->workers[worker].n_threads;
    if (holder->n_units < n_threads) {
        return true;
    }
    double left =
        lease_book_expect(book, book->n_waiting, book->waiting_cost) / (double)c->n_threads;
    double held = lease_book_expect(book, holder->n_units, holder->cost) / n_threads;
    double more = lease_book_expect(book, 1, cost);
    bool next_one = holder->n_units < 2 * n_threads && more <= 0.5 * left;
    return next_one || held + more / n_threads <= fmin(c->settings.reserve_seconds, 0.5 * left);
}

/** Fills a chunk for a worker; returns its number of units. */
static size_t fill_chunk(perebor_coordinator *c, double now, uint32_t worker) {
    lease_book *book = &c->book;
    const lease_holder *holder = &book->holders[worker];
    size_t n_units = 0;
    if (holder->alone || c->workers[worker].n_threads == 0) {
        return 0;
    }
    while (n_units < PEREBOR_CHUNK_MAX) {
        uint32_t next = lease_book_peek(book);
        if (next == LEASE_NOBODY || !should_take(c, worker, lease_book_cost(book, next))) {
            break;
        }
        if (n_units == 0) {
            book->newest_lease++;
        }
        lease_book_lease(book, now, worker, next);
        c->chunk[n_units++] = next;
    }
    if (n_units > 0 || holder->n_units > 0 || (worker == 0 && c->counts.n_active > 1)) {
        return n_units;
    }
    c->chunk[0] = lease_book_lease_suspect(book, now, worker);
    return c->chunk[0] != LEASE_NOBODY;
}

/** What one worker is to be told; false if nothing. */
static bool command_for(perebor_coordinator *c, double now, uint32_t worker,
                        perebor_command *command) {
    worker_record *w = &c->workers[worker];
    command->worker = worker;
    if (w->revoke_due) {
        w->revoke_due = false;
        command->kind = PEREBOR_COMMAND_REVOKE;
        command->epoch = w->epoch;
        return true;
    }
    if (w->state != WORKER_ACTIVE) {
        return false;
    }
    if (c->stopping) {
        bool due = w->stop_due;
        w->stop_due = false;
        command->kind = due ? PEREBOR_COMMAND_STOP : PEREBOR_COMMAND_NONE;
        return due;
    }
    const lease_holder *holder = &c->book.holders[worker];
    bool starved = holder->n_units < w->n_threads;
    command->n_units = fill_chunk(c, now, worker);
    if (command->n_units == 0) {
        if (holder->n_units < w->n_threads && !holder->alone && !w->idle) {
            w->idle = true;
            ring_push(&c->idle, worker);
        }
        return false;
    }
    c->counts.n_starved += starved;
    command->kind = PEREBOR_COMMAND_CHUNK;
    command->epoch = w->epoch;
    command->lease = c->book.newest_lease;
    command->units = c->chunk;
    if (command->n_units == PEREBOR_CHUNK_MAX) {
        attend(c, worker);
    }
    return true;
}

void perebor_coordinator_next(perebor_coordinator *c, double now, perebor_command *command) {
    memset(command, 0, sizeof *command);
    const lease_unit *given_up = lease_book_report(&c->book, &c->chunk[0]);
    if (given_up != NULL) {
        command->kind = PEREBOR_COMMAND_GIVE_UP;
        command->units = c->chunk;
        command->n_units = 1;
        command->failed_here = given_up->failed_here;
        return;
    }
    while (c->attention.size > 0) {
        uint32_t worker = ring_pop(&c->attention);
        c->workers[worker].attended = false;
        if (command_for(c, now, worker, command)) {
            return;
        }
    }
    memset(command, 0, sizeof *command);
}

bool perebor_coordinator_finished(const perebor_coordinator *c) {
    const lease_book *book = &c->book;
    return book->n_leased == 0 && book->given_up == LEASE_NOBODY &&
           (book->n_waiting == 0 || c->stopping);
}

bool perebor_coordinator_in_tail(const perebor_coordinator *c) {
    return c->idle.size > 0;
}

void perebor_coordinator_count(const perebor_coordinator *c, perebor_coordinator_counts *counts) {
    *counts = c->counts;
    counts->n_threads = c->n_threads;
    counts->n_leased = c->book.n_leased;
    counts->n_retries = c->book.n_retries;
    counts->n_given_up = c->book.n_given_up;
}
