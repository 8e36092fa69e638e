// SPDX-License-Identifier: MIT
#include "perebor/coordinator.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

static const uint32_t NOBODY = UINT32_MAX;

typedef enum unit_state {
    UNIT_WAITING = 0,
    UNIT_LEASED = 1,
    UNIT_DELIVERED = 2,
    UNIT_GIVEN_UP = 3,
} unit_state;

typedef struct unit_record {
    uint64_t lease; // The last it was handed out under; 0 if it never was.
    double leased_at;
    uint32_t next, previous; // In the list of its holder, or of the units given up.
    uint32_t holder;
    uint8_t state;    // unit_state
    uint8_t deaths;   // Attempts that ended without an answer, or with a refusal.
    bool failed_here; // The last of them was a refusal.
} unit_record;

typedef enum worker_state {
    WORKER_UNKNOWN = 0,
    WORKER_ACTIVE = 1,
    WORKER_LOST = 2,
} worker_state;

typedef struct worker_record {
    double heard;
    double leased_cost;   // Predicted seconds of the units it holds.
    uint32_t first, last; // Units it holds, in the order of their leases.
    uint32_t n_units;
    uint32_t n_threads;
    uint32_t epoch;
    uint8_t state; // worker_state
    bool alone;    // Holds a unit that may have killed its last holder, and gets nothing beside it.
    bool revoke_due, stop_due;
    bool attended; // In the queue of those to look at.
    bool idle;     // In the queue of those that want work when there is none.
} worker_record;

/** A queue of numbers, each at most once, so that its capacity is how many numbers there are. */
typedef struct ring {
    uint32_t *items;
    size_t capacity, first, size;
} ring;

struct perebor_coordinator {
    perebor_coordinator_settings settings;
    unit_record *units;
    worker_record *workers;
    size_t cursor;    // Units of settings.order before it were handed out at least once.
    ring returned;    // Units that came back through no fault of theirs.
    ring suspects;    // Units whose holder died, each to be tried alone.
    size_t n_waiting; // Units in state WAITING, wherever they are.
    double waiting_cost;
    uint32_t given_up; // List of units to report.
    ring attention;    // Workers that may want something.
    ring idle;         // Workers that want work, longest without it first.
    uint64_t newest_lease;
    double next_scan;
    double seen_seconds, seen_cost; // What a predicted second turned out to be, fading.
    size_t n_threads;               // Of the active workers.
    bool stopping;
    perebor_coordinator_counts counts;
    uint32_t chunk[PEREBOR_CHUNK_MAX];
};

static void ring_push(ring *queue, uint32_t item) {
    assert(queue->size < queue->capacity);
    size_t place = queue->first + queue->size++;
    queue->items[place < queue->capacity ? place : place - queue->capacity] = item;
}

static uint32_t ring_pop(ring *queue) {
    uint32_t item = queue->items[queue->first];
    queue->first = queue->first + 1 < queue->capacity ? queue->first + 1 : 0;
    queue->size--;
    return item;
}

static perebor_status ring_create(ring *queue, size_t capacity, perebor_error *error) {
    queue->items = malloc((capacity > 0 ? capacity : 1) * sizeof *queue->items);
    if (queue->items == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for a queue of %zu", capacity);
    }
    queue->capacity = capacity;
    return PEREBOR_OK;
}

static double cost_of(const perebor_coordinator *c, uint32_t unit) {
    return c->settings.cost == NULL ? 1.0 : c->settings.cost[unit];
}

/** Seconds of one thread that n units of a predicted cost should take. */
static double expected_seconds(const perebor_coordinator *c, size_t n_units, double cost) {
    double scale = c->seen_cost > 0.0 ? c->seen_seconds / c->seen_cost : 1.0;
    return fmax(cost * scale, (double)n_units * c->settings.unit_overhead_seconds);
}

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

/** Takes a unit out of its holder's hands. */
static void unlease(perebor_coordinator *c, uint32_t unit) {
    unit_record *u = &c->units[unit];
    worker_record *w = &c->workers[u->holder];
    *(u->previous == NOBODY ? &w->first : &c->units[u->previous].next) = u->next;
    *(u->next == NOBODY ? &w->last : &c->units[u->next].previous) = u->previous;
    w->n_units--;
    w->leased_cost = w->n_units > 0 ? w->leased_cost - cost_of(c, unit) : 0.0;
    w->alone = w->alone && w->n_units > 0;
    c->counts.n_leased--;
    u->holder = NOBODY;
}

static void wait_in(perebor_coordinator *c, ring *queue, uint32_t unit) {
    c->units[unit].state = UNIT_WAITING;
    c->n_waiting++;
    c->waiting_cost += cost_of(c, unit);
    c->counts.n_retries++;
    ring_push(queue, unit);
}

/** A lease ended without an answer, and the unit is not to blame. */
static void return_unit(perebor_coordinator *c, uint32_t unit) {
    unlease(c, unit);
    wait_in(c, c->units[unit].deaths > 0 ? &c->suspects : &c->returned, unit);
}

static void give_up(perebor_coordinator *c, uint32_t unit) {
    unit_record *u = &c->units[unit];
    u->state = UNIT_GIVEN_UP;
    u->next = c->given_up;
    c->given_up = unit;
    c->counts.n_given_up++;
}

/** An attempt at the unit failed, or killed its worker. */
static void blame_unit(perebor_coordinator *c, uint32_t unit, bool failed_here) {
    unit_record *u = &c->units[unit];
    unlease(c, unit);
    u->deaths++;
    u->failed_here = failed_here;
    if (u->deaths < c->settings.attempts) {
        wait_in(c, &c->suspects, unit);
    } else {
        give_up(c, unit);
    }
}

/** A unit stops waiting: it is leased, or its late answer arrived. */
static void unwait(perebor_coordinator *c, uint32_t unit) {
    c->n_waiting--;
    c->waiting_cost = c->n_waiting > 0 ? c->waiting_cost - cost_of(c, unit) : 0.0;
}

void perebor_coordinator_free(perebor_coordinator *c) {
    if (c == NULL) {
        return;
    }
    free(c->units);
    free(c->workers);
    free(c->idle.items);
    free(c->returned.items);
    free(c->suspects.items);
    free(c->attention.items);
    free(c);
}

perebor_status perebor_coordinator_create(perebor_coordinator **coordinator,
                                          const perebor_coordinator_settings *settings, double now,
                                          perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (settings->n_units >= NOBODY || settings->n_workers < 1 || settings->n_workers >= NOBODY) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%zu units on %zu workers: at most 2^32 - 2 of each, and a worker",
                            settings->n_units, settings->n_workers);
    }
    perebor_coordinator *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the coordinator");
    }
    c->settings = *settings;
    c->given_up = NOBODY;
    c->next_scan = now;
    c->units = calloc(settings->n_units > 0 ? settings->n_units : 1, sizeof *c->units);
    c->workers = calloc(settings->n_workers, sizeof *c->workers);
    if (c->units == NULL || c->workers == NULL) {
        status = perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu units of work",
                              settings->n_units);
        goto failed;
    }
    PEREBOR_TRY(failed, ring_create(&c->returned, settings->n_units, error));
    PEREBOR_TRY(failed, ring_create(&c->suspects, settings->n_units, error));
    PEREBOR_TRY(failed, ring_create(&c->idle, settings->n_workers, error));
    PEREBOR_TRY(failed, ring_create(&c->attention, settings->n_workers, error));
    for (size_t i = 0; i < settings->n_workers; i++) {
        c->workers[i].first = c->workers[i].last = NOBODY;
    }
    for (uint32_t i = 0; i < settings->n_units; i++) {
        c->units[i].holder = NOBODY;
        c->waiting_cost += cost_of(c, i);
    }
    c->n_waiting = settings->n_units;
    *coordinator = c;
    return PEREBOR_OK;
failed:
    perebor_coordinator_free(c);
    return status;
}

/** Leases a worker no longer knows of: lost on the way to it, or answered by lost messages. */
static void return_missing(perebor_coordinator *c, double now, const worker_record *w,
                           const perebor_beat *beat) {
    double grace = 0.5 * c->settings.lease_seconds;
    size_t before = c->counts.n_retries;
    while (w->first != NOBODY && c->units[w->first].lease < beat->oldest_lease &&
           (beat->stopped || now - c->units[w->first].leased_at > grace)) {
        return_unit(c, w->first);
    }
    while (w->last != NOBODY && c->units[w->last].lease > beat->newest_lease &&
           (beat->stopped || now - c->units[w->last].leased_at > grace)) {
        return_unit(c, w->last);
    }
    wake_idle(c, c->counts.n_retries - before);
}

void perebor_coordinator_beat(perebor_coordinator *c, double now, uint32_t worker,
                              const perebor_beat *beat) {
    worker_record *w = &c->workers[worker];
    if (beat->epoch != w->epoch) {
        w->revoke_due = beat->epoch < w->epoch; // A later epoch than ours is not from this job.
        attend(c, worker);
        return;
    }
    w->heard = now;
    if (w->state != WORKER_ACTIVE) {
        join(c, worker, beat->n_threads);
    }
    c->n_threads = c->n_threads - w->n_threads + beat->n_threads;
    w->n_threads = beat->n_threads;
    return_missing(c, now, w, beat);
    w->stop_due = c->stopping && !beat->stopped;
    attend(c, worker);
}

/** The unit, if this is the answer that is waited for. */
static unit_record *answered(perebor_coordinator *c, double now, uint32_t worker, uint64_t lease,
                             uint32_t unit) {
    worker_record *w = &c->workers[worker];
    if (w->state == WORKER_ACTIVE) {
        w->heard = now;
    }
    unit_record *u = unit < c->settings.n_units ? &c->units[unit] : NULL;
    if (u == NULL || lease == 0 || u->lease != lease ||
        (u->state != UNIT_LEASED && u->state != UNIT_WAITING)) {
        c->counts.n_fenced++;
        return NULL;
    }
    return u;
}

bool perebor_coordinator_result(perebor_coordinator *c, double now, uint32_t worker, uint64_t lease,
                                uint32_t unit, double seconds) {
    unit_record *u = answered(c, now, worker, lease, unit);
    if (u == NULL) {
        return false;
    }
    if (u->state == UNIT_LEASED) {
        attend(c, u->holder);
        unlease(c, unit);
    } else { // Its worker was thought lost, but nobody else has begun it yet.
        unwait(c, unit);
    }
    u->state = UNIT_DELIVERED;
    c->counts.n_delivered++;
    c->seen_seconds = 0.99 * c->seen_seconds + seconds;
    c->seen_cost = 0.99 * c->seen_cost + cost_of(c, unit);
    return true;
}

void perebor_coordinator_refused(perebor_coordinator *c, double now, uint32_t worker,
                                 uint64_t lease, uint32_t unit) {
    unit_record *u = answered(c, now, worker, lease, unit);
    if (u != NULL && u->state == UNIT_LEASED) {
        blame_unit(c, unit, true);
        wake_idle(c, 1); // Others first: here it was refused.
        attend(c, worker);
    }
}

void perebor_coordinator_overdue(perebor_coordinator *c, double now, uint32_t worker,
                                 uint64_t lease, uint32_t unit) {
    unit_record *u = answered(c, now, worker, lease, unit);
    if (u != NULL && u->state == UNIT_LEASED) {
        attend(c, u->holder);
        unlease(c, unit);
        u->failed_here = true;
        give_up(c, unit);
    }
}

void perebor_coordinator_lost(perebor_coordinator *c, double now, uint32_t worker) {
    (void)now;
    worker_record *w = &c->workers[worker];
    if (worker == 0 || w->state != WORKER_ACTIVE) {
        return;
    }
    size_t n_units = w->n_units;
    while (w->first != NOBODY) {
        blame_unit(c, w->first, false);
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

/** The next waiting unit for anyone, left where it is; NOBODY if there is none. */
static uint32_t peek_fresh(perebor_coordinator *c, ring **queue) {
    while (c->returned.size > 0) {
        uint32_t unit = c->returned.items[c->returned.first];
        if (c->units[unit].state == UNIT_WAITING) {
            *queue = &c->returned;
            return unit;
        }
        (void)ring_pop(&c->returned); // Answered late, after all.
    }
    *queue = NULL;
    if (c->cursor < c->settings.n_units) {
        return c->settings.order == NULL ? (uint32_t)c->cursor : c->settings.order[c->cursor];
    }
    return NOBODY;
}

static uint32_t peek_suspect(perebor_coordinator *c) {
    while (c->suspects.size > 0) {
        uint32_t unit = c->suspects.items[c->suspects.first];
        if (c->units[unit].state == UNIT_WAITING) {
            return unit;
        }
        (void)ring_pop(&c->suspects);
    }
    return NOBODY;
}

static void lease_unit(perebor_coordinator *c, double now, uint32_t holder, uint32_t unit) {
    worker_record *w = &c->workers[holder];
    unit_record *u = &c->units[unit];
    unwait(c, unit);
    u->state = UNIT_LEASED;
    u->lease = c->newest_lease;
    u->leased_at = now;
    u->holder = holder;
    u->next = NOBODY;
    u->previous = w->last;
    *(w->last == NOBODY ? &w->first : &c->units[w->last].next) = unit;
    w->last = unit;
    w->n_units++;
    w->leased_cost += cost_of(c, unit);
    c->counts.n_leased++;
}

/**
 * Whether a worker should hold one more unit of this cost.
 *
 * A thread without a unit always gets one. Beyond that a worker keeps a reserve, so that the way to
 * the coordinator and back costs no time; but never more than its share of half of what is left, so
 * that near the end nobody hoards what others could do.
 */
static bool should_take(const perebor_coordinator *c, const worker_record *w, double cost) {
    if (w->n_units < w->n_threads) {
        return true;
    }
    double left = expected_seconds(c, c->n_waiting, c->waiting_cost) / (double)c->n_threads;
    double held = expected_seconds(c, w->n_units, w->leased_cost) / w->n_threads;
    double more = expected_seconds(c, 1, cost);
    bool next_one = w->n_units < 2 * w->n_threads && more <= 0.5 * left;
    return next_one || held + more / w->n_threads <= fmin(c->settings.reserve_seconds, 0.5 * left);
}

/** Fills a chunk for a worker; returns its number of units. */
static size_t fill_chunk(perebor_coordinator *c, double now, uint32_t worker) {
    worker_record *w = &c->workers[worker];
    ring *queue = NULL;
    size_t n_units = 0;
    if (w->alone || w->n_threads == 0) {
        return 0;
    }
    while (n_units < PEREBOR_CHUNK_MAX) {
        uint32_t next = peek_fresh(c, &queue);
        if (next == NOBODY || !should_take(c, w, cost_of(c, next))) {
            break;
        }
        if (queue != NULL) {
            (void)ring_pop(queue);
        } else {
            c->cursor++;
        }
        if (n_units == 0) {
            c->newest_lease++;
        }
        lease_unit(c, now, worker, next);
        c->chunk[n_units++] = next;
    }
    if (n_units > 0 || w->n_units > 0 || (worker == 0 && c->counts.n_active > 1)) {
        return n_units;
    }
    uint32_t suspect = peek_suspect(c);
    if (suspect != NOBODY) {
        (void)ring_pop(&c->suspects);
        c->newest_lease++;
        lease_unit(c, now, worker, suspect);
        w->alone = true;
        c->chunk[n_units++] = suspect;
    }
    return n_units;
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
    bool starved = w->n_units < w->n_threads;
    command->n_units = fill_chunk(c, now, worker);
    if (command->n_units == 0) {
        if (w->n_units < w->n_threads && !w->alone && !w->idle) {
            w->idle = true;
            ring_push(&c->idle, worker);
        }
        return false;
    }
    c->counts.n_starved += starved;
    command->kind = PEREBOR_COMMAND_CHUNK;
    command->epoch = w->epoch;
    command->lease = c->newest_lease;
    command->units = c->chunk;
    if (command->n_units == PEREBOR_CHUNK_MAX) {
        attend(c, worker);
    }
    return true;
}

void perebor_coordinator_next(perebor_coordinator *c, double now, perebor_command *command) {
    memset(command, 0, sizeof *command);
    if (c->given_up != NOBODY) {
        const unit_record *u = &c->units[c->given_up];
        c->chunk[0] = c->given_up;
        c->given_up = u->next;
        command->kind = PEREBOR_COMMAND_GIVE_UP;
        command->units = c->chunk;
        command->n_units = 1;
        command->failed_here = u->failed_here;
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
    return c->counts.n_leased == 0 && c->given_up == NOBODY && (c->n_waiting == 0 || c->stopping);
}

bool perebor_coordinator_in_tail(const perebor_coordinator *c) {
    return c->idle.size > 0;
}

void perebor_coordinator_count(const perebor_coordinator *c, perebor_coordinator_counts *counts) {
    *counts = c->counts;
}
