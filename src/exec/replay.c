// SPDX-License-Identifier: MIT
#include "exec/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "exec/coordinator.h"
#include "exec/event_heap.h"
#include "exec/pace.h"

const replay_costs replay_usual_costs = {.latency = 20e-6,
                                         .message = 1.0e-6,
                                         .result = 1.5e-6,
                                         .member = 0.2e-6,
                                         .own = 1.0e-6,
                                         .chunk = 1.0e-6,
                                         .heartbeat = 0.5e-6};

static const double message_bytes = 4000.0;  // That results fill in one.
static const double lease_seconds = 10.0;    // That signs of life are sent for, as in a run.
static const double settling_seconds = 0.01; // Before this, shares of time say nothing.
enum { messages_per_turn = 4096, attempts = 3 };

typedef enum event_kind {
    EVENT_COMPUTED, // A thread of a worker has done a unit.
    EVENT_SEND,     // A worker sends what it has computed.
    EVENT_LETTER,   // n results of a worker are with rank 0, or, if 0, its sign of life.
    EVENT_CHUNK,    // n units are with a worker,
    EVENT_TAKEN,    // and it has looked.
    EVENT_TURN_END, // Rank 0 has read all that there is.
} event_kind;

typedef struct held {
    uint64_t lease;
    uint32_t unit;
} held;

/** A queue that grows. */
typedef struct held_queue {
    held *items; // [capacity]
    size_t capacity, first, n;
} held_queue;

typedef struct rank_replay {
    held_queue queue;   // Units handed out to it,
    size_t n_arrived;   // of which so many are there.
    held_queue done;    // Results that rank 0 has not taken,
    size_t n_unsent;    // of which so many are not on their way.
    uint32_t n_running; // Threads that compute.
    bool send_due;
    double hungry_since; // Since a thread of it has nothing to do.
} rank_replay;

typedef struct replay {
    const replay_settings *settings;
    perebor_coordinator *coordinator;
    rank_replay *ranks; // [n_ranks]
    event_heap events;
    double now;
    double mean_seconds; // A unit takes so long.
    // Rank 0's main thread: in a turn until free_at, or asleep until it looks.
    bool in_turn, heard, look_due;
    double free_at, look_at, pause;
    double beaten_until; // Signs of life until then have been read.
    size_t n_in_turn, n_starved;
    bool short_of_memory, finished;
    replay_outcome *outcome;
} replay;

static void schedule(replay *r, event_item item) {
    r->short_of_memory |= !event_heap_push(&r->events, item);
}

static void push(replay *r, held_queue *queue, held item) {
    if (queue->n == queue->capacity) {
        size_t capacity = 2 * queue->capacity + 16;
        held *grown = malloc(capacity * sizeof *grown);
        if (grown == NULL) {
            r->short_of_memory = true;
            return;
        }
        for (size_t i = 0; i < queue->n; i++) {
            grown[i] = queue->items[(queue->first + i) % queue->capacity];
        }
        free(queue->items);
        *queue = (held_queue){.items = grown, .capacity = capacity, .n = queue->n};
    }
    queue->items[(queue->first + queue->n++) % queue->capacity] = item;
}

static held pop(held_queue *queue) {
    held item = queue->items[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->n--;
    return item;
}

/** Seconds of a unit on a rank: rank 0's main thread takes its share of the processors there. */
static double unit_seconds(const replay *r, uint32_t rank, uint32_t unit) {
    double seconds = r->settings->seconds[unit];
    double busy =
        rank == 0 ? fmin(1.0, r->outcome->leader_seconds / (r->now + settling_seconds)) : 0;
    return seconds * (1.0 + busy / r->settings->n_threads);
}

/** Lets threads without work begin what has arrived. */
static void begin_units(replay *r, uint32_t rank) {
    rank_replay *self = &r->ranks[rank];
    while (self->n_running < r->settings->n_threads && self->n_arrived > 0) {
        held next = pop(&self->queue);
        self->n_arrived--;
        self->n_running++;
        double seconds = unit_seconds(r, rank, next.unit);
        r->outcome->compute_seconds += seconds;
        schedule(r, (event_item){.at = r->now + seconds,
                                 .kind = EVENT_COMPUTED,
                                 .worker = rank,
                                 .unit = next.unit,
                                 .lease = next.lease});
    }
}

/** How long a rank with units to come sleeps, on average, from something that does not wake it. */
static double half_a_pause(const replay *r, const rank_replay *self) {
    double lasts = r->mean_seconds * (double)self->n_arrived / r->settings->n_threads;
    return 0.5 * pace_calm(lasts);
}

/** A thread is done: whoever finds nothing to do wakes the main thread, which sends at once. */
static void computed(replay *r, const event_item *event) {
    rank_replay *self = &r->ranks[event->worker];
    self->n_running--;
    push(r, &self->done, (held){.lease = event->lease, .unit = event->unit});
    self->n_unsent++;
    begin_units(r, event->worker);
    bool hungry = self->n_running < r->settings->n_threads;
    if (hungry) {
        self->hungry_since = r->now;
    }
    if (hungry || !self->send_due) {
        self->send_due = true;
        double pause = hungry || event->worker == 0 ? 0.0 : half_a_pause(r, self);
        schedule(
            r, (event_item){
                   .at = r->now + pause, .kind = EVENT_SEND, .worker = event->worker, .n = hungry});
    }
}

static void send_results(replay *r, const event_item *event) {
    rank_replay *self = &r->ranks[event->worker];
    self->send_due = false;
    if (self->n_unsent > 0) {
        schedule(
            r, (event_item){.at = r->now + (event->worker == 0 ? 0.0 : r->settings->costs->latency),
                            .kind = EVENT_LETTER,
                            .worker = event->worker,
                            .unit = event->n, // of rank 0: whether its main thread is woken
                            .n = (uint32_t)self->n_unsent});
        self->n_unsent = 0;
    }
}

/** When rank 0, asleep since free_at, looks next. */
static double next_look(const replay *r) {
    double look = r->free_at;
    double pause = r->pause;
    while (look < r->now) {
        double longer =
            pace_leader(pause, perebor_coordinator_in_tail(r->coordinator), false, false);
        if (longer <= pause) {
            return look + ceil((r->now - look) / longer) * longer;
        }
        look += pause;
        pause = longer;
    }
    return look;
}

/** Whether rank 0 reads now; if not, the letter waits for it. */
static bool reads_now(replay *r, const event_item *letter) {
    if (r->in_turn && r->n_in_turn < messages_per_turn) {
        return true;
    }
    event_item later = *letter;
    if (r->in_turn) {
        later.at = fmax(r->free_at, r->now);
        schedule(r, later);
        return false;
    }
    bool wakes = letter->worker == 0 && letter->unit != 0;
    if (wakes || !r->look_due) {
        r->look_at = wakes ? fmax(r->now, r->free_at) : next_look(r);
        r->look_due = true;
    }
    if (r->now < r->look_at) {
        later.at = r->look_at;
        schedule(r, later);
        return false;
    }
    r->in_turn = true;
    r->look_due = false;
    r->heard = false;
    r->n_in_turn = 0;
    r->free_at = r->now;
    schedule(r, (event_item){.at = r->now, .kind = EVENT_TURN_END});
    return true;
}

static void spend(replay *r, double seconds) {
    r->free_at += seconds;
    r->outcome->leader_seconds += seconds;
}

/** A worker's sign of life: that it is there. Later ones only take time: see take_beats(). */
static void join(replay *r, uint32_t rank) {
    perebor_heartbeat heartbeat = {.n_threads = r->settings->n_threads, .newest_lease = UINT64_MAX};
    perebor_coordinator_heartbeat(r->coordinator, r->now, rank, &heartbeat);
}

static void take_letter(replay *r, const event_item *letter) {
    const replay_costs *costs = r->settings->costs;
    if (!reads_now(r, letter)) {
        return;
    }
    r->n_in_turn++;
    if (letter->n == 0) {
        spend(r, costs->heartbeat);
        join(r, letter->worker);
    }
    for (uint32_t i = 0; i < letter->n; i++) {
        held result = pop(&r->ranks[letter->worker].done);
        (void)perebor_coordinator_result(r->coordinator, r->now, letter->worker, result.lease,
                                         result.unit, r->settings->seconds[result.unit]);
    }
    if (letter->worker == 0) {
        spend(r, costs->own * letter->n);
    } else if (letter->n > 0) {
        double n_messages = ceil(letter->n * r->settings->bytes_of_result / message_bytes);
        double result = costs->result + costs->member * r->settings->members_of_result;
        spend(r, costs->message * n_messages + result * letter->n);
        r->outcome->n_messages += (size_t)n_messages;
    }
    r->heard |= letter->worker != 0;
}

/** Signs of life since the last turn: each takes rank 0 its time, and changes nothing. */
static void take_beats(replay *r) {
    double n_workers = (double)(r->settings->n_ranks - 1);
    double n_beats = (r->free_at - r->beaten_until) / pace_heartbeat(lease_seconds) * n_workers;
    spend(r, n_beats * r->settings->costs->heartbeat);
    r->beaten_until = r->free_at;
}

static void hand_out(replay *r, const perebor_command *command) {
    rank_replay *self = &r->ranks[command->worker];
    for (size_t i = 0; i < command->n_units; i++) {
        push(r, &self->queue, (held){.lease = command->lease, .unit = command->units[i]});
    }
    spend(r, command->worker == 0 ? 0.0 : r->settings->costs->chunk);
    schedule(r, (event_item){.at = r->free_at +
                                   (command->worker == 0 ? 0.0 : r->settings->costs->latency),
                             .kind = command->worker == 0 ? EVENT_TAKEN : EVENT_CHUNK,
                             .worker = command->worker,
                             .n = (uint32_t)command->n_units});
}

static void end_turn(replay *r, const event_item *event) {
    if (r->free_at > r->now && r->n_in_turn < messages_per_turn) { // there was something to read
        schedule(r, (event_item){.at = r->free_at, .kind = EVENT_TURN_END, .unit = event->unit});
        return;
    }
    perebor_command command;
    take_beats(r);
    for (;;) {
        perebor_coordinator_next(r->coordinator, r->now, &command);
        if (command.kind != PEREBOR_COMMAND_CHUNK) {
            break;
        }
        hand_out(r, &command);
    }
    perebor_coordinator_counts counts;
    perebor_coordinator_count(r->coordinator, &counts);
    bool starved = counts.n_starved > r->n_starved;
    r->n_starved = counts.n_starved;
    r->pause =
        pace_leader(r->pause, perebor_coordinator_in_tail(r->coordinator), starved, r->heard);
    r->in_turn = false;
    r->finished = perebor_coordinator_finished(r->coordinator);
}

/** A worker sees a chunk at its next look: the longer it has waited, the rarer they are. */
static void look_at_chunk(replay *r, const event_item *event) {
    const rank_replay *self = &r->ranks[event->worker];
    double pause = 0.0;
    if (self->n_running < r->settings->n_threads) {
        // Pauses of p, 1.5 p, 1.5² p, … have come to e when the present one is p + e / 2.
        double waited = r->now - self->hungry_since;
        pause = 0.5 * fmin(PACE_POLL_SECONDS, pace_hungry(0.0, true) + 0.5 * waited);
    }
    event_item taken = *event;
    taken.at = r->now + pause;
    taken.kind = EVENT_TAKEN;
    schedule(r, taken);
}

static void happen(replay *r, const event_item *event) {
    switch ((event_kind)event->kind) {
    case EVENT_COMPUTED:
        computed(r, event);
        break;
    case EVENT_SEND:
        send_results(r, event);
        break;
    case EVENT_LETTER:
        take_letter(r, event);
        break;
    case EVENT_CHUNK:
        look_at_chunk(r, event);
        break;
    case EVENT_TAKEN:
        r->ranks[event->worker].n_arrived += event->n;
        begin_units(r, event->worker);
        break;
    case EVENT_TURN_END:
        end_turn(r, event);
        break;
    }
}

static void begin(replay *r) {
    const replay_settings *settings = r->settings;
    for (size_t unit = 0; unit < settings->n_units; unit++) {
        r->mean_seconds += settings->seconds[unit] / (double)settings->n_units;
    }
    r->pause = PACE_POLL_SECONDS;
    r->in_turn = true;
    join(r, 0);
    schedule(r, (event_item){.kind = EVENT_TURN_END});
    for (uint32_t rank = 1; rank < settings->n_ranks; rank++) {
        schedule(
            r, (event_item){.at = settings->costs->latency, .kind = EVENT_LETTER, .worker = rank});
    }
}

static void release(replay *r) {
    for (size_t rank = 0; r->ranks != NULL && rank < r->settings->n_ranks; rank++) {
        free(r->ranks[rank].queue.items);
        free(r->ranks[rank].done.items);
    }
    free(r->ranks);
    event_heap_release(&r->events);
    perebor_coordinator_free(r->coordinator);
}

perebor_status replay_run(const replay_settings *settings, replay_outcome *outcome,
                          perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    replay_outcome result = {0};
    replay r = {.settings = settings, .outcome = &result};
    perebor_coordinator_settings coordination = {.n_units = settings->n_units,
                                                 .order = settings->order,
                                                 .cost = settings->cost,
                                                 .n_workers = settings->n_ranks,
                                                 .lease_seconds = INFINITY, // nobody is lost
                                                 .reserve_seconds = pace_reserve(settings->n_ranks),
                                                 .attempts = attempts,
                                                 .unit_overhead_seconds = PACE_LEAST_UNIT_SECONDS};
    r.ranks = calloc(settings->n_ranks, sizeof *r.ranks);
    if (r.ranks == NULL) {
        status = perebor_no_memory(error, "for %zu ranks", settings->n_ranks);
        goto done;
    }
    PEREBOR_TRY(done, perebor_coordinator_create(&r.coordinator, &coordination, 0.0, error));
    begin(&r);
    while (!r.finished &&
           !r.short_of_memory) { // never without an event: a unit runs, or a letter is on its way
        event_item next = event_heap_pop(&r.events);
        r.now = next.at;
        happen(&r, &next);
    }
    if (r.short_of_memory) {
        status = perebor_no_memory(error, "to replay %zu units on %zu ranks", settings->n_units,
                                   settings->n_ranks);
        goto done;
    }
    result.seconds = r.free_at;
    *outcome = result;
done:
    release(&r);
    return status;
}

double replay_most_results(const replay_settings *settings) {
    const replay_costs *costs = settings->costs;
    double n_messages = settings->bytes_of_result / message_bytes;
    return 1.0 / (costs->result + costs->member * settings->members_of_result +
                  (costs->message + costs->chunk) * n_messages);
}
