// SPDX-License-Identifier: MIT
#include "exec/leader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/try.h"
#include "exec/assembly.h"
#include "exec/channel.h"
#include "exec/coordinator.h"
#include "exec/pace.h"
#include "exec/stop_signal.h"
#include "exec/team.h"

static const double listen_seconds = 5e-5; // Between looks at the channel at the end.
static const double tick_seconds = 0.2;
static const double alive_seconds = 5.0;   // Between signs of life to the others.
static const double answer_seconds = 0.5;  // The others have to answer to a stop,
static const double timings_seconds = 0.5; // The others have to say where their time went.
enum { max_attempts = 3, messages_per_turn = 4096, reason_size = 256 };

/** Rank 0 in the middle of a job. */
typedef struct leader {
    perebor_ranks *ranks;
    perebor_channel *channel;
    const perebor_job *job;
    perebor_coordinator *coordinator;
    thread_team *team;
    team_outbox outbox;
    assembly *assemblies;          // [size]
    perebor_rank_timings *timings; // [size]
    double began;
    double now; // Seconds that this process has been running: see pass_time().
    double looked_at;
    double next_tick, next_alive;
    size_t n_starved; // Last known of the coordinator's count.
    bool all_in;      // Every rank has been heard of in this job.
    double awake;
    bool stopping, heard;
    double stopped_at;        // Since when it is, on `now`.
    bool own_stopped;         // Rank 0's team was told to begin nothing more.
    char reason[reason_size]; // Why the last was refused, with its rank and how long it ran.
    int reason_rank;
    double reason_seconds;
} leader;

/**
 * Moves the clock that leases are measured by. A gap in which this process was stopped, or busy
 * with a checkpoint, moves it only a little: the others' signs of life are waiting to be read.
 */
static void pass_time(leader *l) {
    double now = clock_now();
    l->now += fmin(now - l->looked_at, l->job->lease_seconds / 32.0);
    l->looked_at = now;
}

static perebor_status deliver(leader *l, int rank, uint64_t lease, uint32_t unit, double seconds,
                              const void *bytes, size_t size, perebor_error *error) {
    if (!perebor_coordinator_result(l->coordinator, l->now, (uint32_t)rank, lease, unit, seconds)) {
        return PEREBOR_OK;
    }
    return l->job->deliver(l->job->context, unit, bytes, size, rank, error);
}

static perebor_status obey_all(leader *l, perebor_error *error);

/** Notes that a unit could not be tried, and why: obeys at once, while the reason is this one's. */
static perebor_status refuse(leader *l, int rank, uint64_t lease, uint32_t unit, const void *bytes,
                             size_t size, perebor_error *error) {
    size_t length = size < reason_size - 1 ? size : reason_size - 1;
    if (length > 0) {
        memcpy(l->reason, bytes, length);
    }
    l->reason[length] = '\0';
    l->reason_rank = rank;
    l->reason_seconds = 0.0;
    perebor_coordinator_refused(l->coordinator, l->now, (uint32_t)rank, lease, unit);
    return obey_all(l, error);
}

/** Notes that a unit hangs. */
static perebor_status note_overdue(leader *l, int rank, uint64_t lease, uint32_t unit,
                                   perebor_error *error) {
    (void)snprintf(l->reason, reason_size, JOB_OUT_OF_TIME "%g s on rank %d", l->job->unit_seconds,
                   rank);
    l->reason_rank = rank;
    l->reason_seconds = l->job->unit_seconds;
    perebor_coordinator_overdue(l->coordinator, l->now, (uint32_t)rank, lease, unit);
    return obey_all(l, error);
}

/** Delivers what rank 0's own team computed. */
static perebor_status deliver_own(leader *l, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    PEREBOR_TRY(done, team_collect(l->team, &l->outbox, error));
    for (size_t at = 0; at < l->outbox.size;) {
        team_outcome outcome;
        memcpy(&outcome, l->outbox.bytes + at, sizeof outcome);
        const uint8_t *bytes = l->outbox.bytes + at + sizeof outcome;
        if (outcome.refused) {
            PEREBOR_TRY(done,
                        refuse(l, 0, outcome.lease, outcome.unit, bytes, outcome.size, error));
        } else {
            PEREBOR_TRY(done, deliver(l, 0, outcome.lease, outcome.unit, outcome.seconds, bytes,
                                      outcome.size, error));
        }
        at += sizeof outcome + ((size_t)outcome.size + 7) / 8 * 8;
    }
done:
    return status;
}

/** A whole result of another rank, or why it could not be computed there. */
static perebor_status take_result(void *context, int from, const message_fragment *result,
                                  const uint8_t *bytes, perebor_error *error) {
    leader *l = context;
    return result->refused
               ? refuse(l, from, result->lease, result->unit, bytes, result->total, error)
               : deliver(l, from, result->lease, result->unit, result->seconds, bytes,
                         result->total, error);
}

static void request_stop(leader *l) {
    if (l->stopping) {
        return;
    }
    l->stopping = true;
    l->stopped_at = l->now;
    l->next_tick = 0.0; // Whoever waits is to hear of it.
    perebor_coordinator_stop(l->coordinator);
}

/** Whether the units that run have had the time that a stop leaves them, and @p more seconds. */
static bool grace_is_over(const leader *l, double more) {
    return l->stopping && l->now - l->stopped_at > l->job->stop_seconds + more;
}

static perebor_status take_message(leader *l, int from, const message *received, size_t size,
                                   perebor_error *error) {
    if (received->head.generation != l->channel->generation) {
        return PEREBOR_OK;
    }
    if (received->head.kind == MESSAGE_RESULTS) {
        return assembly_take(&l->assemblies[from], from, received, size, take_result, l, error);
    }
    if (received->head.kind == MESSAGE_OVERDUE) {
        return note_overdue(l, from, received->head.lease, received->head.number, error);
    }
    if (received->head.kind == MESSAGE_HEARTBEAT && size >= sizeof(perebor_heartbeat)) {
        perebor_heartbeat heartbeat;
        memcpy(&heartbeat, received->payload, sizeof heartbeat);
        perebor_coordinator_heartbeat(l->coordinator, l->now, (uint32_t)from, &heartbeat);
        if (received->head.number != 0) {
            request_stop(l);
        }
    } else if (received->head.kind == MESSAGE_TIMINGS && size >= sizeof(perebor_rank_timings)) {
        memcpy(&l->timings[from], received->payload, sizeof(perebor_rank_timings));
    }
    return PEREBOR_OK;
}

static perebor_status receive_all(leader *l, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    message received;
    size_t size = 0;
    int from = 0;
    bool more = l->ranks->size > 1;
    for (int n = 0; more && n < messages_per_turn; n++) {
        PEREBOR_TRY(done, channel_receive(l->channel, &more, &received, &size, &from, error));
        if (more) {
            l->heard = true;
            PEREBOR_TRY(done, take_message(l, from, &received, size, error));
        }
    }
done:
    return status;
}

/** Rank 0's own sign of life: the coordinator knows of its team as it knows of any other. */
static void heartbeat_own(leader *l, const team_state *state) {
    perebor_heartbeat heartbeat = {.n_threads = (uint32_t)(l->job->n_threads - state->n_hanging),
                                   .oldest_lease = state->oldest_lease,
                                   .newest_lease = UINT64_MAX,
                                   .stopped = l->own_stopped};
    perebor_coordinator_heartbeat(l->coordinator, l->now, 0, &heartbeat);
}

/** Does without rank 0's own threads, if none comes back from what it was told to end. */
static perebor_status check_own_threads(leader *l, const team_state *state, perebor_error *error) {
    perebor_coordinator_counts counts;
    if (l->stopping || state->all_hang_seconds <= TEAM_HANG_SECONDS) {
        return PEREBOR_OK;
    }
    if (!l->own_stopped) {
        team_drop_queue(l->team); // The coordinator misses those units and gives them to others.
        l->own_stopped = true;
    }
    perebor_coordinator_count(l->coordinator, &counts);
    return counts.n_active > 1
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_NUMERIC,
                              "all %d threads hang in units that run for more than %g s",
                              l->job->n_threads, l->job->unit_seconds);
}

/** Looks after rank 0's own team: its sign of life, and units that run for too long. */
static perebor_status look_after_own(leader *l, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    team_state state;
    team_look(l->team, &state);
    heartbeat_own(l, &state);
    PEREBOR_TRY(done, check_own_threads(l, &state, error));
    if (l->job->unit_seconds > 0.0 && state.longest_seconds > l->job->unit_seconds) {
        team_abandon(l->team, state.longest_lease, state.longest_unit);
        PEREBOR_TRY(done, note_overdue(l, 0, state.longest_lease, state.longest_unit, error));
    }
    if (l->own_stopped && grace_is_over(l, 0.0)) {
        team_abandon_all(l->team);
    }
done:
    return status;
}

static perebor_status send_chunk(leader *l, const perebor_command *command, perebor_error *error) {
    if (command->worker == 0) {
        return team_push(l->team, command->lease, command->units, command->n_units, error);
    }
    message chunk;
    chunk.head = (message_head){.kind = MESSAGE_CHUNK,
                                .lease = command->lease,
                                .number = (uint32_t)command->n_units,
                                .epoch = command->epoch};
    memcpy(chunk.payload, command->units, command->n_units * sizeof *command->units);
    return channel_send(l->channel, (int)command->worker, &chunk,
                        command->n_units * sizeof *command->units, error);
}

static perebor_status obey(leader *l, const perebor_command *command, perebor_error *error) {
    int worker = (int)command->worker;
    switch (command->kind) {
    case PEREBOR_COMMAND_CHUNK:
        return send_chunk(l, command, error);
    case PEREBOR_COMMAND_REVOKE:
        l->channel->casualties = true; // Until it answers, it may be dead.
        return channel_tell(l->channel, worker, MESSAGE_REVOKE, 0, command->epoch, error);
    case PEREBOR_COMMAND_STOP:
        if (worker != 0) {
            return channel_tell(l->channel, worker, MESSAGE_STOP, 0, command->epoch, error);
        }
        team_drop_queue(l->team);
        l->own_stopped = true;
        return PEREBOR_OK;
    case PEREBOR_COMMAND_GIVE_UP:
        return command->failed_here
                   ? l->job->give_up(l->job->context, command->units[0], l->reason_rank,
                                     l->reason_seconds, l->reason, error)
                   : l->job->give_up(l->job->context, command->units[0], -1, 0.0,
                                     "every rank that computed it was lost", error);
    case PEREBOR_COMMAND_NONE:
        break;
    }
    return PEREBOR_OK;
}

static perebor_status obey_all(leader *l, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_command command;
    for (;;) {
        perebor_coordinator_next(l->coordinator, l->now, &command);
        if (command.kind == PEREBOR_COMMAND_NONE) {
            break;
        }
        PEREBOR_TRY(done, obey(l, &command, error));
    }
done:
    return status;
}

static perebor_status tick(leader *l, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_coordinator_counts counts;
    bool stop = false;
    l->next_tick = clock_now() + tick_seconds;
    if (l->job->tick != NULL) {
        perebor_coordinator_count(l->coordinator, &counts);
        perebor_job_progress progress = {
            .n_units = l->job->n_units,
            .n_delivered = counts.n_delivered,
            .n_failed = counts.n_given_up,
            .n_ranks = (int)counts.n_active,
            .n_ranks_lost = (int)counts.n_lost,
            .elapsed_seconds = clock_now() - l->began,
            .n_running = counts.n_leased < counts.n_threads ? counts.n_leased : counts.n_threads,
            .stopping = l->stopping};
        PEREBOR_TRY(done, l->job->tick(l->job->context, &progress, &stop, error));
    }
    if (stop) {
        request_stop(l);
    }
done:
    return status;
}

static perebor_status show_life(leader *l, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    l->next_alive = clock_now() + alive_seconds;
    for (int i = 1; i < l->ranks->size; i++) {
        PEREBOR_TRY(done, channel_tell(l->channel, i, MESSAGE_ALIVE, l->all_in, 0, error));
    }
done:
    return status;
}

/** Tells the others, once, that every rank is past the collectives of the start. */
static perebor_status greet(leader *l, perebor_error *error) {
    perebor_coordinator_counts counts;
    perebor_coordinator_count(l->coordinator, &counts);
    l->all_in = counts.n_active == (size_t)l->ranks->size;
    return l->all_in ? show_life(l, error) : PEREBOR_OK;
}

/** One turn of the wheel. */
static perebor_status turn(leader *l, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    l->heard = false;
    channel_progress(l->channel);
    PEREBOR_TRY(done, deliver_own(l, error));
    PEREBOR_TRY(done, look_after_own(l, error));
    PEREBOR_TRY(done, receive_all(l, error));
    pass_time(l);
    if (!l->all_in) {
        PEREBOR_TRY(done, greet(l, error));
    }
    perebor_coordinator_time(l->coordinator, l->now);
    if (stop_signal_arrived()) {
        request_stop(l);
    }
    double now = clock_now();
    if (now >= l->next_tick) {
        PEREBOR_TRY(done, tick(l, error));
    }
    if (now >= l->next_alive) {
        PEREBOR_TRY(done, show_life(l, error));
    }
    PEREBOR_TRY(done, obey_all(l, error));
done:
    return status;
}

/** How long to sleep: the less, the more the others may be waiting for. */
static double next_pause(leader *l, double pause) {
    perebor_coordinator_counts counts;
    perebor_coordinator_count(l->coordinator, &counts);
    bool starved = counts.n_starved > l->n_starved;
    l->n_starved = counts.n_starved;
    return pace_leader(pause, perebor_coordinator_in_tail(l->coordinator), starved, l->heard);
}

static perebor_status lead(leader *l, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double pause = PACE_POLL_SECONDS;
    double before = clock_now();
    for (;;) {
        PEREBOR_TRY(done, turn(l, error));
        if (perebor_coordinator_finished(l->coordinator)) {
            break;
        }
        if (grace_is_over(l, answer_seconds)) { // Somebody does not answer, and may be dead.
            l->channel->casualties = true;
            break;
        }
        pause = next_pause(l, pause);
        double asleep = clock_now();
        l->awake += asleep - before;
        team_wait(l->team, pause);
        before = clock_now();
    }
    PEREBOR_TRY(done, tick(l, error));
done:
    l->awake += clock_now() - before; // The last turn, and the last tick with its commit.
    return status;
}

/** Tells the others that the job is over. */
static void dismiss_workers(leader *l, perebor_status outcome) {
    perebor_error error;
    for (int i = 1; i < l->ranks->size; i++) {
        (void)!channel_tell(l->channel, i, MESSAGE_FINISH, (uint32_t)outcome, 0, &error);
    }
}

/** Hears where the others' time went. */
static void collect_timings(leader *l) {
    perebor_error error;
    perebor_coordinator_counts counts;
    perebor_coordinator_count(l->coordinator, &counts);
    perebor_rank_timings *own = &l->timings[0];
    own->wall = clock_now() - l->began;
    own->start = l->began - l->ranks->channel->opened;
    own->protocol = l->awake;
    team_account(l->team, own);
    double until = clock_now() + timings_seconds;
    size_t n_heard = 1;
    while (n_heard < counts.n_active && clock_now() < until) {
        channel_progress(l->channel);
        if (receive_all(l, &error) != PEREBOR_OK) {
            break;
        }
        n_heard = 0;
        for (int i = 0; i < l->ranks->size; i++) {
            n_heard += l->timings[i].n_threads > 0;
        }
        clock_sleep(listen_seconds);
    }
}

static perebor_status prepare(leader *l, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t size = (size_t)l->ranks->size;
    perebor_coordinator_settings settings = {
        .n_units = l->job->n_units,
        .order = l->job->order,
        .cost = l->job->cost,
        .n_workers = size,
        .lease_seconds = l->job->lease_seconds,
        .reserve_seconds = pace_reserve(size),
        .attempts = max_attempts,
        .unit_overhead_seconds = PACE_LEAST_UNIT_SECONDS,
    };
    l->assemblies = calloc(size, sizeof *l->assemblies);
    l->timings = calloc(size, sizeof *l->timings);
    if (l->assemblies == NULL || l->timings == NULL) {
        return perebor_no_memory(error, "for %zu ranks", size);
    }
    PEREBOR_TRY(done, perebor_coordinator_create(&l->coordinator, &settings, l->now, error));
    PEREBOR_TRY(done, team_create(&l->team, l->job, error));
done:
    return status;
}

perebor_status leader_run(perebor_ranks *ranks, const perebor_job *job,
                          perebor_rank_timings *timings, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    leader l = {.ranks = ranks,
                .channel = ranks->channel,
                .job = job,
                .began = clock_now(),
                .looked_at = clock_now(),
                .next_alive = clock_now() + alive_seconds};
    PEREBOR_TRY(done, prepare(&l, error));
    PEREBOR_TRY(done, lead(&l, error));
    perebor_coordinator_counts counts;
    perebor_coordinator_count(l.coordinator, &counts);
    if (counts.n_delivered + counts.n_given_up < job->n_units) {
        status = perebor_fail(error, PEREBOR_ERR_STOPPED,
                              "stopped on request with %zu of %zu units done",
                              counts.n_delivered + counts.n_given_up, job->n_units);
    }
done:
    dismiss_workers(&l, status);
    if (l.team != NULL && timings != NULL) {
        collect_timings(&l);
        memcpy(timings, l.timings, (size_t)ranks->size * sizeof *timings);
    }
    ranks->channel->hanging |= team_free(l.team);
    perebor_coordinator_free(l.coordinator);
    for (int i = 0; i < ranks->size && l.assemblies != NULL; i++) {
        assembly_release(&l.assemblies[i]);
    }
    free(l.assemblies);
    free(l.timings);
    free(l.outbox.bytes);
    return status;
}
