// SPDX-License-Identifier: MIT
#include "world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "exec/coordinator.h"

static const double default_lease_seconds = 1.0;
enum { threads_max = 4, max_attempts = 3 };

typedef enum event_kind {
    EVENT_TIME,      // The coordinator's clock.
    EVENT_STOP,      // Someone asks to stop.
    EVENT_JOIN,      // A worker begins.
    EVENT_DIE,       // A worker dies.
    EVENT_PAUSE,     // A worker is stopped; everything of it is late.
    EVENT_TURN,      // A worker sends its sign of life.
    EVENT_COMPUTED,  // A thread has done a unit.
    EVENT_TO_WORKER, // A message arrives at a worker,
    EVENT_TO_LEADER, // or at the coordinator.
} event_kind;

typedef enum letter_kind { CHUNK, REVOKE, STOP, HEARTBEAT, RESULT, REFUSAL, OVERDUE } letter_kind;

typedef struct event {
    double at;
    uint64_t serial; // Breaks ties, so that a seed tells the whole story.
    uint8_t kind, letter;
    uint32_t worker, unit, epoch;
    uint64_t lease;
    double seconds;
    perebor_heartbeat heartbeat;
    uint32_t *units; // Those of a chunk; owned by the event.
    size_t n_units;
} event;

typedef struct held {
    uint64_t lease;
    uint32_t unit;
} held;

typedef struct sim_worker {
    held *queue;
    size_t capacity, first, n_queued;
    held running[threads_max];
    size_t n_running;
    uint32_t n_threads, epoch;
    uint64_t newest_lease;
    double paused_until;
    double last_arrival[2]; // When messages to it and from it last arrived.
    bool alive, stopped;
} sim_worker;

typedef struct world {
    const climate *weather;
    perebor_coordinator *coordinator;
    uint64_t random;
    double now;
    event *heap;
    size_t n_events, capacity;
    uint64_t serial;
    sim_worker *workers;
    double *cost, *duration;
    uint8_t *nature; // 1 poison, 2 refused, 3 hangs
    uint8_t *ended;  // 1 delivered, 2 given up
    uint32_t *n_leases;
    uint64_t *newest_lease; // For each unit.
    bool stopping;
    verdict *outcome;
} world;

static double uniform(world *w) {
    return draw_uniform(&w->random);
}

static bool chance(world *w, double probability) {
    return probability > 0.0 && uniform(w) < probability;
}

static void *need(void *memory) {
    if (memory == NULL) {
        (void)fprintf(stderr, "simulate: no memory\n");
        exit(1);
    }
    return memory;
}

static bool before(const event *a, const event *b) {
    return a->at < b->at || (a->at == b->at && a->serial < b->serial);
}

static void schedule(world *w, event what) {
    if (w->n_events == w->capacity) {
        w->capacity = 2 * w->capacity + 64;
        w->heap = need(realloc(w->heap, w->capacity * sizeof *w->heap));
    }
    what.serial = w->serial++;
    size_t place = w->n_events++;
    while (place > 0 && before(&what, &w->heap[(place - 1) / 2])) {
        w->heap[place] = w->heap[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    w->heap[place] = what;
}

static event pop(world *w) {
    event top = w->heap[0];
    event last = w->heap[--w->n_events];
    size_t place = 0;
    for (;;) {
        size_t child = 2 * place + 1;
        if (child >= w->n_events) {
            break;
        }
        if (child + 1 < w->n_events && before(&w->heap[child + 1], &w->heap[child])) {
            child++;
        }
        if (!before(&w->heap[child], &last)) {
            break;
        }
        w->heap[place] = w->heap[child];
        place = child;
    }
    w->heap[place] = last;
    return top;
}

static void break_promise(world *w, const char *promise, uint32_t unit) {
    if (w->outcome->broken == NULL) {
        w->outcome->broken = promise;
        w->outcome->unit = unit;
    }
}

/** Hands a message to the network. Between worker 0 and the coordinator there is none. */
static void post(world *w, event message) {
    const climate *weather = w->weather;
    if (message.worker == 0) {
        message.at = w->now;
        schedule(w, message);
        return;
    }
    int n_copies = chance(w, weather->loss) ? 0 : 1;
    n_copies += chance(w, weather->doubling);
    for (int i = 0; i < n_copies; i++) {
        double latency = chance(w, 0.05) ? weather->slow_latency : weather->latency;
        event copy = message;
        copy.at = w->now + latency * (0.5 + uniform(w));
        double *last = &w->workers[message.worker].last_arrival[message.kind == EVENT_TO_LEADER];
        copy.at = weather->ordered ? fmax(copy.at, *last) : copy.at;
        *last = copy.at;
        if (message.n_units > 0) {
            copy.units = need(malloc(message.n_units * sizeof *copy.units));
            memcpy(copy.units, message.units, message.n_units * sizeof *copy.units);
        }
        schedule(w, copy);
    }
    free(message.units);
}

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void say_alive(world *w, uint32_t number) {
    const sim_worker *self = &w->workers[number];
    uint64_t oldest = UINT64_MAX;
    for (size_t i = 0; i < self->n_queued; i++) {
        oldest = least(oldest, self->queue[(self->first + i) % self->capacity].lease);
    }
    for (size_t i = 0; i < self->n_running; i++) {
        oldest = least(oldest, self->running[i].lease);
    }
    perebor_heartbeat heartbeat = {.epoch = self->epoch,
                                   .n_threads = self->n_threads,
                                   .oldest_lease = oldest,
                                   .newest_lease = self->newest_lease,
                                   .stopped = self->stopped};
    post(w, (event){.kind = EVENT_TO_LEADER,
                    .letter = HEARTBEAT,
                    .worker = number,
                    .heartbeat = heartbeat});
}

/** Lets idle threads begin queued units. */
static void begin_units(world *w, uint32_t number) {
    sim_worker *self = &w->workers[number];
    while (self->n_running < self->n_threads && self->n_queued > 0) {
        held next = self->queue[self->first];
        self->first = (self->first + 1) % self->capacity;
        self->n_queued--;
        self->running[self->n_running++] = next;
        double seconds = w->duration[next.unit] * (0.8 + 0.4 * uniform(w));
        schedule(w, (event){.at = w->now + seconds,
                            .kind = EVENT_COMPUTED,
                            .worker = number,
                            .unit = next.unit,
                            .lease = next.lease,
                            .seconds = seconds});
    }
}

static void enqueue(sim_worker *self, held task) {
    if (self->n_queued == self->capacity) {
        size_t capacity = 2 * self->capacity + 16;
        held *queue = need(malloc(capacity * sizeof *queue));
        for (size_t i = 0; i < self->n_queued; i++) {
            queue[i] = self->queue[(self->first + i) % self->capacity];
        }
        free(self->queue);
        self->queue = queue;
        self->capacity = capacity;
        self->first = 0;
    }
    self->queue[(self->first + self->n_queued++) % self->capacity] = task;
}

static void die(world *w, uint32_t number) {
    w->outcome->n_deaths += w->workers[number].alive;
    w->workers[number].alive = false;
}

/** A thread of a worker is done with a unit. */
static void computed(world *w, const event *done) {
    sim_worker *self = &w->workers[done->worker];
    size_t i = 0;
    while (i < self->n_running &&
           (self->running[i].lease != done->lease || self->running[i].unit != done->unit)) {
        i++;
    }
    if (i == self->n_running) {
        break_promise(w, "a worker ran a unit twice under one lease", done->unit);
        return;
    }
    self->running[i] = self->running[--self->n_running];
    w->outcome->n_executed++;
    if (w->nature[done->unit] == 1 && done->worker != 0) {
        die(w, done->worker);
        return;
    }
    post(w, (event){.kind = EVENT_TO_LEADER,
                    .letter = w->nature[done->unit] == 2   ? REFUSAL
                              : w->nature[done->unit] == 3 ? OVERDUE
                                                           : RESULT,
                    .worker = done->worker,
                    .unit = done->unit,
                    .lease = done->lease,
                    .seconds = done->seconds});
    begin_units(w, done->worker);
}

static void take_chunk(world *w, const event *message) {
    sim_worker *self = &w->workers[message->worker];
    if (message->epoch != self->epoch || self->stopped || message->lease <= self->newest_lease) {
        return;
    }
    self->newest_lease = message->lease;
    for (size_t i = 0; i < message->n_units; i++) {
        enqueue(self, (held){.lease = message->lease, .unit = message->units[i]});
    }
    begin_units(w, message->worker);
}

static void at_worker(world *w, const event *message) {
    sim_worker *self = &w->workers[message->worker];
    switch ((letter_kind)message->letter) {
    case CHUNK:
        take_chunk(w, message);
        break;
    case REVOKE:
        if (message->epoch > self->epoch) {
            self->epoch = message->epoch;
            self->n_queued = 0;
            say_alive(w, message->worker);
        }
        break;
    case STOP:
        self->n_queued = 0;
        self->stopped = true;
        say_alive(w, message->worker);
        break;
    case HEARTBEAT:
    case RESULT:
    case REFUSAL:
    case OVERDUE:
        break;
    }
}

static void end_unit(world *w, uint32_t unit, uint8_t how) {
    if (w->ended[unit] != 0) {
        break_promise(w, "a unit ended twice", unit);
    }
    w->ended[unit] = how;
}

static void at_leader(world *w, const event *message) {
    switch ((letter_kind)message->letter) {
    case HEARTBEAT:
        perebor_coordinator_heartbeat(w->coordinator, w->now, message->worker, &message->heartbeat);
        break;
    case RESULT:
        if (perebor_coordinator_result(w->coordinator, w->now, message->worker, message->lease,
                                       message->unit, message->seconds)) {
            if (message->lease != w->newest_lease[message->unit]) {
                break_promise(w, "the answer to a lease given away since was taken", message->unit);
            }
            end_unit(w, message->unit, 1);
        }
        break;
    case REFUSAL:
        perebor_coordinator_refused(w->coordinator, w->now, message->worker, message->lease,
                                    message->unit);
        break;
    case OVERDUE:
        perebor_coordinator_overdue(w->coordinator, w->now, message->worker, message->lease,
                                    message->unit);
        break;
    case CHUNK:
    case REVOKE:
    case STOP:
        break;
    }
}

static void send_chunk(world *w, const perebor_command *command) {
    if (w->stopping) {
        break_promise(w, "work was handed out after the stop", command->units[0]);
    }
    uint32_t *units = need(malloc(command->n_units * sizeof *units));
    memcpy(units, command->units, command->n_units * sizeof *units);
    for (size_t i = 0; i < command->n_units; i++) {
        w->n_leases[units[i]]++;
        w->newest_lease[units[i]] = command->lease;
        if (w->ended[units[i]] != 0) {
            break_promise(w, "a unit was handed out after its end", units[i]);
        }
    }
    post(w, (event){.kind = EVENT_TO_WORKER,
                    .letter = CHUNK,
                    .worker = command->worker,
                    .epoch = command->epoch,
                    .lease = command->lease,
                    .units = units,
                    .n_units = command->n_units});
}

static void give_up(world *w, const perebor_command *command) {
    uint32_t unit = command->units[0];
    if (w->n_leases[unit] < max_attempts && w->nature[unit] != 3) {
        break_promise(w, "a unit was given up before three attempts", unit);
    }
    if (w->nature[unit] == 0 && w->weather->death + w->weather->pause + w->weather->poison == 0.0 &&
        w->weather->loss == 0.0 && w->weather->slow_latency < 0.4 * default_lease_seconds) {
        break_promise(w, "an innocent unit was given up though no worker fell silent", unit);
    }
    end_unit(w, unit, 2);
}

static void obey(world *w) {
    perebor_command command;
    for (;;) {
        perebor_coordinator_next(w->coordinator, w->now, &command);
        switch (command.kind) {
        case PEREBOR_COMMAND_NONE:
            return;
        case PEREBOR_COMMAND_CHUNK:
            send_chunk(w, &command);
            break;
        case PEREBOR_COMMAND_REVOKE:
        case PEREBOR_COMMAND_STOP:
            post(w, (event){.kind = EVENT_TO_WORKER,
                            .letter = command.kind == PEREBOR_COMMAND_STOP ? STOP : REVOKE,
                            .worker = command.worker,
                            .epoch = command.epoch});
            break;
        case PEREBOR_COMMAND_GIVE_UP:
            give_up(w, &command);
            break;
        }
    }
}

/** A worker's own affairs: they wait while it is paused, and end with it. */
static void at_home(world *w, event *what) {
    sim_worker *self = &w->workers[what->worker];
    if (what->kind == EVENT_JOIN) {
        self->alive = true;
        what->kind = EVENT_TURN;
    }
    if (!self->alive) {
        return;
    }
    if (self->paused_until > w->now && what->kind != EVENT_DIE) {
        event later = *what;
        later.at = self->paused_until;
        schedule(w, later);
        what->units = NULL; // Now the later event's.
        return;
    }
    switch ((event_kind)what->kind) {
    case EVENT_DIE:
        die(w, what->worker);
        break;
    case EVENT_PAUSE:
        self->paused_until = w->now + what->seconds;
        break;
    case EVENT_TURN:
        say_alive(w, what->worker);
        schedule(w, (event){.at = w->now + default_lease_seconds / 8.0,
                            .kind = EVENT_TURN,
                            .worker = what->worker});
        break;
    case EVENT_COMPUTED:
        computed(w, what);
        break;
    case EVENT_TO_WORKER:
        at_worker(w, what);
        break;
    case EVENT_JOIN:
    case EVENT_TIME:
    case EVENT_STOP:
    case EVENT_TO_LEADER:
        break;
    }
}

static void happen(world *w, event *what) {
    if (w->weather->trace) {
        (void)printf("%.6f kind %u letter %u worker %u unit %u lease %llu epoch %u n %zu\n", w->now,
                     what->kind, what->letter, what->worker, what->unit,
                     (unsigned long long)what->lease, what->epoch, what->n_units);
    }
    if (what->kind == EVENT_TIME) {
        perebor_coordinator_time(w->coordinator, w->now);
        schedule(w, (event){.at = w->now + default_lease_seconds / 16.0, .kind = EVENT_TIME});
    } else if (what->kind == EVENT_STOP) {
        w->stopping = true;
        w->outcome->stopped = true;
        perebor_coordinator_stop(w->coordinator);
    } else if (what->kind == EVENT_TO_LEADER) {
        at_leader(w, what);
    } else {
        at_home(w, what);
    }
    obey(w);
}

static void create_units(world *w) {
    size_t n = w->weather->n_units > 0 ? w->weather->n_units : 1;
    w->cost = need(malloc(n * sizeof *w->cost));
    w->duration = need(malloc(n * sizeof *w->duration));
    w->nature = need(calloc(n, 1));
    w->ended = need(calloc(n, 1));
    w->n_leases = need(calloc(n, sizeof *w->n_leases));
    w->newest_lease = need(calloc(n, sizeof *w->newest_lease));
    double mistaken = pow(10.0, 2.0 * uniform(w) - 1.0); // Predictions are off by a factor,
    for (size_t i = 0; i < w->weather->n_units; i++) {
        w->duration[i] = w->weather->unit_seconds * pow(10.0, 3.0 * uniform(w) - 2.0);
        w->cost[i] = mistaken * w->duration[i] * (0.5 + uniform(w)); // and by noise.
        double fate = uniform(w);
        double ill = w->weather->refusal;
        w->nature[i] = fate < w->weather->poison          ? 1
                       : fate < w->weather->poison + ill  ? 2
                       : fate > 1.0 - w->weather->hanging ? 3
                                                          : 0;
    }
}

static void create_workers(world *w, double horizon) {
    const climate *weather = w->weather;
    w->workers = need(calloc(weather->n_workers, sizeof *w->workers));
    for (uint32_t i = 0; i < weather->n_workers; i++) {
        w->workers[i].n_threads = 1 + (uint32_t)(draw_bits(&w->random) % threads_max);
        double join = i > 0 && chance(w, weather->late) ? horizon * uniform(w) : 0.0;
        schedule(w, (event){.at = join, .kind = EVENT_JOIN, .worker = i});
        if (i > 0 && chance(w, weather->death)) {
            schedule(w, (event){.at = horizon * uniform(w), .kind = EVENT_DIE, .worker = i});
        }
        while (i > 0 && chance(w, weather->pause)) {
            schedule(w, (event){.at = horizon * uniform(w),
                                .kind = EVENT_PAUSE,
                                .worker = i,
                                .seconds = 3.0 * default_lease_seconds * uniform(w)});
        }
    }
}

static void destroy(world *w) {
    for (size_t i = 0; i < w->n_events; i++) {
        free(w->heap[i].units);
    }
    for (size_t i = 0; i < w->weather->n_workers; i++) {
        free(w->workers[i].queue);
    }
    free(w->heap);
    free(w->workers);
    free(w->cost);
    free(w->duration);
    free(w->nature);
    free(w->ended);
    free(w->n_leases);
    free(w->newest_lease);
    perebor_coordinator_free(w->coordinator);
}

/** What must hold at the end. */
static void judge(world *w) {
    const climate *weather = w->weather;
    verdict *outcome = w->outcome;
    perebor_coordinator_counts counts;
    perebor_coordinator_count(w->coordinator, &counts);
    outcome->n_delivered = counts.n_delivered;
    outcome->n_given_up = counts.n_given_up;
    outcome->n_fenced = counts.n_fenced;
    outcome->n_retries = counts.n_retries;
    outcome->seconds = w->now;
    for (uint32_t i = 0; i < weather->n_units && !w->stopping; i++) {
        if (w->ended[i] == 0) {
            break_promise(w, "a unit never ended", i);
        }
    }
    bool calm = weather->ordered && weather->death == 0.0 && weather->pause == 0.0 &&
                weather->loss == 0.0 && weather->poison == 0.0 && weather->refusal == 0.0 &&
                weather->hanging == 0.0 && weather->doubling == 0.0 &&
                weather->slow_latency <= weather->latency &&
                weather->latency < 0.1 * default_lease_seconds && !w->stopping;
    if (calm && outcome->n_executed != weather->n_units) {
        break_promise(w, "a unit was computed twice though nothing went wrong", 0);
    }
}

void world_run(const climate *weather, verdict *outcome) {
    memset(outcome, 0, sizeof *outcome);
    world w = {.weather = weather, .random = weather->seed, .outcome = outcome};
    create_units(&w);
    double work = 0.0;
    for (size_t i = 0; i < weather->n_units; i++) {
        work += w.duration[i];
    }
    create_workers(&w, work / (double)weather->n_workers + 4.0 * weather->slow_latency);
    perebor_coordinator_settings settings = {.n_units = weather->n_units,
                                             .cost = weather->seed % 4 == 0 ? NULL : w.cost,
                                             .n_workers = weather->n_workers,
                                             .lease_seconds = default_lease_seconds,
                                             .reserve_seconds = 0.02,
                                             .attempts = max_attempts,
                                             .unit_overhead_seconds = 1e-5};
    perebor_error error;
    if (perebor_coordinator_create(&w.coordinator, &settings, 0.0, &error) != PEREBOR_OK) {
        (void)fprintf(stderr, "simulate: %s\n", error.message);
        exit(1);
    }
    schedule(&w, (event){.kind = EVENT_TIME});
    if (isfinite(weather->stop_at)) {
        schedule(&w, (event){.at = weather->stop_at, .kind = EVENT_STOP});
    }
    // Worker 0 alone would need `work`; nothing may take much longer than that.
    double limit = 1.3 * work + 60.0 * default_lease_seconds + 60.0 * weather->slow_latency;
    while (!perebor_coordinator_finished(w.coordinator) && outcome->broken == NULL) {
        event next = pop(&w);
        w.now = next.at;
        outcome->n_events++;
        happen(&w, &next);
        free(next.units);
        if (w.now > limit) {
            break_promise(&w, "no end: livelock", 0);
        }
    }
    judge(&w);
    destroy(&w);
}
