// SPDX-License-Identifier: MIT
#include "exec/team.h"

#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/deadline.h"

typedef struct task {
    uint64_t lease;
    uint32_t unit;
} task;

/** One thread of the team, on its own cache line. */
typedef struct member {
    _Alignas(64) perebor_unit_result result; // Reused from unit to unit.
    uint64_t lease;                          // It is at; UINT64_MAX if none.
    double compute, wait;
    double since; // The beginning of what it is at.
    uint32_t unit;
    atomic_bool overdue; // Lent to what it computes: nobody waits for that any more.
    bool hanging;        // Written off,
    double abandoned_at; // then.
    uint64_t n_units;
} member;

struct thread_team {
    perebor_job job; // A copy: a hanging thread may outlive the original.
    bool started;
    pthread_t host; // The thread that the OpenMP region begins in.
    pthread_mutex_t lock;
    pthread_cond_t work;    // The queue is not empty, or the end has come.
    pthread_cond_t starved; // A thread found the queue empty.
    task *queue;            // A ring.
    size_t capacity, first, n_queued;
    team_outbox outbox;
    bool out_of_memory; // A result was lost.
    bool ending;
    bool wanting; // A thread has found the queue empty since team_wait() last returned.
    size_t n_running;
    int n_hanging;
    member *members; // [n_threads]
};

/** Appends an outcome to the outbox; the lock is held. */
static bool outbox_append(team_outbox *outbox, const team_outcome *outcome, const void *bytes) {
    size_t padded = ((size_t)outcome->size + 7) / 8 * 8;
    size_t needed = outbox->size + sizeof *outcome + padded;
    if (needed > outbox->capacity) {
        size_t capacity = needed < 4096 ? 8192 : 2 * needed;
        uint8_t *grown = realloc(outbox->bytes, capacity);
        if (grown == NULL) {
            return false;
        }
        outbox->bytes = grown;
        outbox->capacity = capacity;
    }
    memcpy(outbox->bytes + outbox->size, outcome, sizeof *outcome);
    if (outcome->size > 0) {
        memcpy(outbox->bytes + outbox->size + sizeof *outcome, bytes, outcome->size);
    }
    memset(outbox->bytes + outbox->size + sizeof *outcome + outcome->size, 0,
           padded - outcome->size);
    outbox->size = needed;
    return true;
}

/** Takes the next task; false at the end. The lock is held. */
static bool take(thread_team *team, member *self, task *taken) {
    while (team->n_queued == 0 && !team->ending) {
        team->wanting = true;
        pthread_cond_signal(&team->starved);
        pthread_cond_wait(&team->work, &team->lock);
    }
    if (team->ending) {
        return false;
    }
    *taken = team->queue[team->first];
    team->first = (team->first + 1) % team->capacity;
    team->n_queued--;
    team->n_running++;
    self->lease = taken->lease;
    self->unit = taken->unit;
    atomic_store(&self->overdue, false);
    double now = clock_now();
    self->wait += now - self->since;
    self->since = now;
    return true;
}

/** Computes a unit and puts the outcome into the outbox. Without the lock on entry, with it after.
 */
static void compute(thread_team *team, member *self, int thread, const task *at) {
    const perebor_job *job = &team->job;
    perebor_error error = {.status = PEREBOR_OK};
    self->result.size = 0;
    perebor_status status = job->execute(job->context, at->unit, thread, &self->result, &error);
    if (status == PEREBOR_OK && self->result.size > UINT32_MAX / 2) {
        status = perebor_fail(&error, PEREBOR_ERR_ARGUMENT, "unit %u has a result of %zu bytes",
                              at->unit, self->result.size);
    }
    double now = clock_now();
    team_outcome outcome = {.lease = at->lease,
                            .seconds = now - self->since,
                            .unit = at->unit,
                            .size = (uint32_t)self->result.size};
    const void *bytes = self->result.bytes;
    if (status != PEREBOR_OK) {
        outcome.refused = 1;
        outcome.size = (uint32_t)strlen(error.message);
        bytes = error.message;
    }
    pthread_mutex_lock(&team->lock);
    if (self->hanging) { // It came back, too late.
        self->hanging = false;
        team->n_hanging--;
    } else {
        team->out_of_memory |= !outbox_append(&team->outbox, &outcome, bytes);
        team->n_running--;
    }
    self->lease = UINT64_MAX;
    self->compute += now - self->since;
    self->since = now;
    self->n_units++;
}

static void work(thread_team *team, int thread) {
    member *self = &team->members[thread];
    task at;
    perebor_deadline_heed(&self->overdue);
    pthread_mutex_lock(&team->lock);
    while (take(team, self, &at)) {
        pthread_mutex_unlock(&team->lock);
        compute(team, self, thread, &at);
    }
    self->wait += clock_now() - self->since;
    self->since = clock_now();
    pthread_mutex_unlock(&team->lock);
    perebor_deadline_heed(NULL);
}

/** The thread that the OpenMP region begins in: its first member. */
static void *host(void *argument) {
    thread_team *team = argument;
    omp_set_dynamic(0);
#pragma omp parallel num_threads(team->job.n_threads) default(none) shared(team)
    work(team, omp_get_thread_num());
    return NULL;
}

/** Starts the host with signals blocked, which the whole team inherits: they are main's. */
static int start_host(thread_team *team) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failure = pthread_create(&team->host, NULL, host, team);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}

perebor_status team_create(thread_team **result, const perebor_job *job, perebor_error *error) {
    thread_team *team = calloc(1, sizeof *team);
    size_t n_threads = (size_t)job->n_threads;
    if (team == NULL) {
        return perebor_no_memory(error, "for the team of threads");
    }
    team->job = *job;
    team->capacity = 256;
    team->queue = malloc(team->capacity * sizeof *team->queue);
    team->members = aligned_alloc(64, n_threads * sizeof *team->members);
    if (team->queue == NULL || team->members == NULL) {
        free(team->queue);
        free(team->members);
        free(team);
        return perebor_no_memory(error, "for %zu threads", n_threads);
    }
    memset(team->members, 0, n_threads * sizeof *team->members);
    for (size_t i = 0; i < n_threads; i++) {
        team->members[i].lease = UINT64_MAX;
        team->members[i].since = clock_now();
    }
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->work, NULL);
    pthread_cond_init(&team->starved, &monotonic);
    pthread_condattr_destroy(&monotonic);
    int failure = start_host(team);
    if (failure != 0) {
        team_free(team);
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "cannot start a thread: %s",
                            strerror(failure));
    }
    team->started = true;
    *result = team;
    return PEREBOR_OK;
}

/** When the last of the hanging threads was written off; the lock is held. */
static double last_abandoned(const thread_team *team) {
    double last = 0.0;
    for (int i = 0; i < team->job.n_threads; i++) {
        last = team->members[i].hanging ? fmax(last, team->members[i].abandoned_at) : last;
    }
    return last;
}

/** Gives threads that were told to end what they compute a moment to do so. */
static bool all_come_back(thread_team *team) {
    for (;;) {
        pthread_mutex_lock(&team->lock);
        bool back = team->n_hanging == 0;
        double since = last_abandoned(team);
        pthread_mutex_unlock(&team->lock);
        if (back || clock_now() - since > TEAM_HANG_SECONDS) {
            return back;
        }
        clock_sleep(1e-3);
    }
}

bool team_free(thread_team *team) {
    if (team == NULL) {
        return false;
    }
    int n_threads = 0;
    if (team->started) {
        n_threads = team->job.n_threads;
        pthread_mutex_lock(&team->lock);
        team->ending = true;
        pthread_cond_broadcast(&team->work);
        pthread_mutex_unlock(&team->lock);
        if (!all_come_back(team)) {
            pthread_detach(team->host);
            return true;
        }
        pthread_join(team->host, NULL);
    }
    for (int i = 0; i < n_threads; i++) {
        free(team->members[i].result.bytes);
    }
    pthread_cond_destroy(&team->starved);
    pthread_cond_destroy(&team->work);
    pthread_mutex_destroy(&team->lock);
    free(team->members);
    free(team->queue);
    free(team->outbox.bytes);
    free(team);
    return false;
}

/** Makes room for more tasks; the lock is held. */
static bool reserve(thread_team *team, size_t n_more) {
    size_t capacity = team->capacity;
    while (capacity < team->n_queued + n_more) {
        capacity *= 2;
    }
    if (capacity == team->capacity) {
        return true;
    }
    task *queue = malloc(capacity * sizeof *queue);
    if (queue == NULL) {
        return false;
    }
    for (size_t i = 0; i < team->n_queued; i++) {
        queue[i] = team->queue[(team->first + i) % team->capacity];
    }
    free(team->queue);
    team->queue = queue;
    team->capacity = capacity;
    team->first = 0;
    return true;
}

perebor_status team_push(thread_team *team, uint64_t lease, const uint32_t *units, size_t n_units,
                         perebor_error *error) {
    pthread_mutex_lock(&team->lock);
    bool roomy = reserve(team, n_units);
    for (size_t i = 0; roomy && i < n_units; i++) {
        size_t place = (team->first + team->n_queued++) % team->capacity;
        team->queue[place] = (task){.lease = lease, .unit = units[i]};
    }
    if (n_units > 1) {
        pthread_cond_broadcast(&team->work);
    } else {
        pthread_cond_signal(&team->work);
    }
    pthread_mutex_unlock(&team->lock);
    return roomy ? PEREBOR_OK : perebor_no_memory(error, "to queue %zu units", n_units);
}

void team_drop_queue(thread_team *team) {
    pthread_mutex_lock(&team->lock);
    team->n_queued = 0;
    pthread_mutex_unlock(&team->lock);
}

perebor_status team_collect(thread_team *team, team_outbox *outbox, perebor_error *error) {
    outbox->size = 0;
    pthread_mutex_lock(&team->lock);
    team_outbox full = team->outbox;
    team->outbox = *outbox;
    bool lost = team->out_of_memory;
    pthread_mutex_unlock(&team->lock);
    *outbox = full;
    return lost ? perebor_no_memory(error, "for the results of units") : PEREBOR_OK;
}

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/** What is known of the times of units; the lock is held. */
static void look_at_times(const thread_team *team, team_state *state) {
    double first = INFINITY;
    double compute = 0.0;
    uint64_t n_units = 0;
    state->longest_seconds = 0.0;
    for (int i = 0; i < team->job.n_threads; i++) {
        const member *each = &team->members[i];
        compute += each->compute;
        n_units += each->n_units;
        if (each->lease != UINT64_MAX && each->since < first) {
            first = each->since;
            state->longest_seconds = clock_now() - first;
            state->longest_lease = each->lease;
            state->longest_unit = each->unit;
        }
    }
    state->mean_seconds = n_units > 0 ? compute / (double)n_units : 0.0;
}

void team_look(thread_team *team, team_state *state) {
    pthread_mutex_lock(&team->lock);
    state->n_queued = team->n_queued;
    state->n_running = team->n_running;
    state->outbox_empty = team->outbox.size == 0;
    state->n_hanging = team->n_hanging;
    state->all_hang_seconds =
        team->n_hanging == team->job.n_threads ? clock_now() - last_abandoned(team) : 0.0;
    look_at_times(team, state);
    state->oldest_lease =
        team->n_queued > 0 ? team->queue[team->first].lease : UINT64_MAX; // First in, oldest.
    for (int i = 0; i < team->job.n_threads; i++) {
        state->oldest_lease = least(state->oldest_lease, team->members[i].lease);
    }
    for (size_t at = 0; at < team->outbox.size;) {
        team_outcome outcome;
        memcpy(&outcome, team->outbox.bytes + at, sizeof outcome);
        state->oldest_lease = least(state->oldest_lease, outcome.lease);
        at += sizeof outcome + ((size_t)outcome.size + 7) / 8 * 8;
    }
    pthread_mutex_unlock(&team->lock);
}

/** Tells a thread to end its unit, and writes it off; the lock is held. */
static void write_off(thread_team *team, member *each) {
    atomic_store(&each->overdue, true);
    each->hanging = true;
    each->abandoned_at = clock_now();
    each->lease = UINT64_MAX;
    team->n_hanging++;
    team->n_running--;
}

void team_abandon(thread_team *team, uint64_t lease, uint32_t unit) {
    pthread_mutex_lock(&team->lock);
    for (int i = 0; i < team->job.n_threads; i++) {
        member *each = &team->members[i];
        if (each->lease == lease && each->unit == unit) {
            write_off(team, each);
        }
    }
    pthread_mutex_unlock(&team->lock);
}

void team_abandon_all(thread_team *team) {
    pthread_mutex_lock(&team->lock);
    for (int i = 0; i < team->job.n_threads; i++) {
        if (team->members[i].lease != UINT64_MAX) {
            write_off(team, &team->members[i]);
        }
    }
    pthread_mutex_unlock(&team->lock);
}

void team_wait(thread_team *team, double seconds) {
    struct timespec until = clock_after(seconds);
    pthread_mutex_lock(&team->lock);
    while (!team->wanting && pthread_cond_timedwait(&team->starved, &team->lock, &until) == 0) {
    }
    team->wanting = false;
    pthread_mutex_unlock(&team->lock);
}

void team_account(thread_team *team, perebor_rank_timings *timings) {
    pthread_mutex_lock(&team->lock);
    double now = clock_now();
    for (int i = 0; i < team->job.n_threads; i++) {
        const member *each = &team->members[i];
        bool running = each->lease != UINT64_MAX || each->hanging;
        timings->compute += each->compute + (running ? now - each->since : 0.0);
        timings->wait += each->wait + (running ? 0.0 : now - each->since);
        timings->n_units += each->n_units;
    }
    timings->n_threads += team->job.n_threads;
    pthread_mutex_unlock(&team->lock);
}
