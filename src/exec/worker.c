// SPDX-License-Identifier: MIT
#include "exec/worker.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/try.h"
#include "exec/channel.h"
#include "exec/coordinator.h"
#include "exec/pace.h"
#include "exec/stop_signal.h"
#include "exec/team.h"
#include "launch/shim.h"

static const double flush_seconds = 1.0;
static const double abandoned_seconds = 300.0; // After so long a silence rank 0 is no more.
enum { letters_max = 256 };                    // On their way to rank 0; more must wait.

/** A worker in the middle of a job. */
typedef struct worker {
    perebor_ranks *ranks;
    perebor_channel *channel;
    thread_team *team;
    team_outbox outbox; // Results being sent.
    size_t sent;        // Bytes of the outbox that are on their way.
    message results;    // Being filled.
    size_t results_size;
    uint32_t epoch;
    uint64_t newest_lease;
    bool stopped;
    double stopped_at; // By rank 0; 0: it did not.
    bool stop_told;    // Rank 0 knows of the signal that asks to stop.
    bool finished;
    perebor_status outcome; // How the job ended, as rank 0 sees it.
    double heartbeat_seconds, next_heartbeat;
    double silence; // Rank 0's, in seconds that this process was running.
    double patience;
} worker;

static perebor_status post_results(worker *w, perebor_error *error) {
    if (w->results.head.number == 0) {
        return PEREBOR_OK;
    }
    w->results.head.kind = MESSAGE_RESULTS;
    w->results.head.epoch = w->epoch;
    perebor_status status = channel_send(w->channel, 0, &w->results, w->results_size, error);
    w->results.head.number = 0;
    w->results_size = 0;
    return status;
}

/** Cuts one result into fragments. */
static perebor_status post_outcome(worker *w, const team_outcome *outcome, const uint8_t *bytes,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint32_t offset = 0;
    do {
        if (w->results_size + sizeof(message_fragment) + 8 > MESSAGE_ROOM) {
            PEREBOR_TRY(done, post_results(w, error));
        }
        size_t room = MESSAGE_ROOM - w->results_size - sizeof(message_fragment);
        uint32_t left = outcome->size - offset;
        message_fragment fragment = {.lease = outcome->lease,
                                     .seconds = outcome->seconds,
                                     .unit = outcome->unit,
                                     .total = outcome->size,
                                     .offset = offset,
                                     .size = left < room ? left : (uint32_t)(room / 8 * 8),
                                     .refused = outcome->refused};
        uint8_t *at = w->results.payload + w->results_size;
        memcpy(at, &fragment, sizeof fragment);
        memcpy(at + sizeof fragment, bytes + offset, fragment.size);
        w->results_size += sizeof fragment + (fragment.size + 7) / 8 * 8;
        w->results_size = w->results_size < MESSAGE_ROOM ? w->results_size : MESSAGE_ROOM;
        w->results.head.number++;
        offset += fragment.size;
    } while (offset < outcome->size);
done:
    return status;
}

/** Sends what the team has computed, as far as the channel takes it. */
static perebor_status send_results(worker *w, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (w->sent == w->outbox.size) {
        PEREBOR_TRY(done, team_collect(w->team, &w->outbox, error));
        w->sent = 0;
    }
    while (w->sent < w->outbox.size && w->channel->n_sent < letters_max) {
        team_outcome outcome;
        memcpy(&outcome, w->outbox.bytes + w->sent, sizeof outcome);
        PEREBOR_TRY(done,
                    post_outcome(w, &outcome, w->outbox.bytes + w->sent + sizeof outcome, error));
        w->sent += sizeof outcome + ((size_t)outcome.size + 7) / 8 * 8;
    }
    PEREBOR_TRY(done, post_results(w, error));
done:
    return status;
}

static bool outbox_pending(const worker *w) {
    return w->sent < w->outbox.size;
}

/** Tells rank 0 what is held here. Results go first, so that it never hears of them too late. */
static perebor_status send_heartbeat(worker *w, int n_threads, perebor_error *error) {
    team_state state;
    team_look(w->team, &state);
    message heartbeat;
    heartbeat.head = (message_head){
        .kind = MESSAGE_HEARTBEAT, .number = stop_signal_arrived(), .epoch = w->epoch};
    perebor_heartbeat payload = {.epoch = w->epoch,
                                 .n_threads = (uint32_t)(n_threads - state.n_hanging),
                                 .oldest_lease = state.oldest_lease,
                                 .newest_lease = w->newest_lease,
                                 .stopped = w->stopped};
    if (outbox_pending(w)) {
        payload.oldest_lease = 0; // Some of its results are not even on their way yet.
    }
    memcpy(heartbeat.payload, &payload, sizeof payload);
    w->next_heartbeat = clock_now() + w->heartbeat_seconds;
    w->stop_told = heartbeat.head.number != 0;
    return channel_send(w->channel, 0, &heartbeat, sizeof payload, error);
}

/** Does what rank 0 says. */
static perebor_status obey(worker *w, const message *message, perebor_error *error) {
    w->silence = 0.0;
    if (message->head.generation != w->channel->generation) {
        return PEREBOR_OK; // An echo of the job before.
    }
    switch (message->head.kind) {
    case MESSAGE_CHUNK:
        if (message->head.epoch != w->epoch || w->stopped ||
            message->head.lease <= w->newest_lease) {
            return PEREBOR_OK;
        }
        w->newest_lease = message->head.lease;
        return team_push(w->team, message->head.lease,
                         (const uint32_t *)(const void *)message->payload, message->head.number,
                         error);
    case MESSAGE_REVOKE:
        if (message->head.epoch > w->epoch) {
            team_drop_queue(w->team);
            w->epoch = message->head.epoch;
            w->next_heartbeat = 0.0;
        }
        return PEREBOR_OK;
    case MESSAGE_STOP:
        team_drop_queue(w->team);
        w->stopped = true;
        w->stopped_at = w->stopped_at > 0.0 ? w->stopped_at : clock_now();
        w->next_heartbeat = 0.0;
        return PEREBOR_OK;
    case MESSAGE_ALIVE:
        if (message->head.number == 1) {
            perebor_shim_settle();
        }
        return PEREBOR_OK;
    case MESSAGE_FINISH:
        w->outcome = (perebor_status)message->head.number;
        w->finished = true;
        return PEREBOR_OK;
    default:
        return PEREBOR_OK;
    }
}

/** Sends, receives and obeys once. @param[out] heard  Something came. */
static perebor_status turn(worker *w, const perebor_job *job, bool *heard, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    message message;
    size_t size = 0;
    int from = 0;
    *heard = false;
    channel_progress(w->channel);
    PEREBOR_TRY(done, send_results(w, error));
    for (bool received = true; received && !w->finished;) {
        PEREBOR_TRY(done, channel_receive(w->channel, &received, &message, &size, &from, error));
        if (received) {
            *heard = true;
            PEREBOR_TRY(done, obey(w, &message, error));
        }
    }
    bool due = clock_now() >= w->next_heartbeat || (stop_signal_arrived() && !w->stop_told);
    if (!w->finished && due) {
        PEREBOR_TRY(done, send_results(w, error));
        PEREBOR_TRY(done, send_heartbeat(w, job->n_threads, error));
    }
done:
    return status;
}

/** Gives up a unit that has been running for too long. */
static perebor_status check_time(worker *w, const perebor_job *job, const team_state *state,
                                 perebor_error *error) {
    if (job->unit_seconds <= 0.0 || state->longest_seconds <= job->unit_seconds) {
        return PEREBOR_OK;
    }
    team_abandon(w->team, state->longest_lease, state->longest_unit);
    w->next_heartbeat = 0.0;
    message message;
    message.head = (message_head){.kind = MESSAGE_OVERDUE,
                                  .lease = state->longest_lease,
                                  .number = state->longest_unit,
                                  .epoch = w->epoch};
    return channel_send(w->channel, 0, &message, 0, error);
}

/** Gives up the units that a stop has left a moment to end; rank 0 hears that none is held here. */
static void check_stop(worker *w, const perebor_job *job, const team_state *state) {
    if (w->stopped_at > 0.0 && state->n_running > 0 &&
        clock_now() - w->stopped_at > job->stop_seconds) {
        team_abandon_all(w->team);
        w->next_heartbeat = 0.0;
    }
}

/** Leaves the job if no thread comes back from what it was told to end. */
static perebor_status check_threads(worker *w, const perebor_job *job, const team_state *state,
                                    perebor_error *error) {
    if (w->stopped || state->all_hang_seconds <= TEAM_HANG_SECONDS) {
        return PEREBOR_OK;
    }
    team_drop_queue(w->team);
    w->stopped = true;
    perebor_status status =
        send_heartbeat(w, job->n_threads, error); // Others get what was dropped.
    if (perebor_shim_settled()) {
        channel_flush(w->channel, flush_seconds);
        (void)raise(SIGKILL); // It is of no more use, but in the way of others on this node.
    }
    return status;
}

/** Takes turns until rank 0 ends the job. @param[out] awake  Seconds not asleep. */
static perebor_status serve(worker *w, const perebor_job *job, double *awake,
                            perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double pause = PACE_POLL_SECONDS;
    double before = clock_now();
    while (!w->finished) {
        bool heard = false;
        perebor_shim_heartbeat(w->patience);
        PEREBOR_TRY(done, turn(w, job, &heard, error));
        team_state state;
        team_look(w->team, &state);
        PEREBOR_TRY(done, check_time(w, job, &state, error));
        check_stop(w, job, &state);
        PEREBOR_TRY(done, check_threads(w, job, &state, error));
        bool hungry = state.n_queued == 0 && state.n_running < (size_t)job->n_threads;
        double lasts = state.mean_seconds * (double)state.n_queued / job->n_threads;
        pause = hungry ? pace_hungry(pause, heard) : pace_calm(lasts);
        double asleep = clock_now();
        *awake += asleep - before;
        if (!w->finished) {
            team_wait(w->team, pause);
        }
        before = clock_now();
        w->silence += fmin(before - asleep, 0.1); // Time in which we were stopped is not silence.
        if (w->silence > abandoned_seconds) {
            status = perebor_fail(error, PEREBOR_ERR_IO, "rank %d: no word from rank 0 for %.0f s",
                                  w->ranks->rank, w->silence);
            goto done;
        }
    }
done:
    return status;
}

/** Tells rank 0 where the time went. */
static perebor_status send_timings(worker *w, double began, double awake, perebor_error *error) {
    message message;
    perebor_rank_timings timings = {
        .wall = clock_now() - began, .protocol = awake, .start = began - w->channel->opened};
    team_account(w->team, &timings);
    message.head = (message_head){.kind = MESSAGE_TIMINGS, .epoch = w->epoch};
    memcpy(message.payload, &timings, sizeof timings);
    perebor_status status = channel_send(w->channel, 0, &message, sizeof timings, error);
    channel_flush(w->channel, flush_seconds);
    return status;
}

perebor_status worker_run(perebor_ranks *ranks, const perebor_job *job, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double began = clock_now();
    double awake = 0.0;
    worker w = {.ranks = ranks,
                .channel = ranks->channel,
                .heartbeat_seconds = pace_heartbeat(job->lease_seconds),
                .patience = 1.5 * job->lease_seconds};
    w.results.head.number = 0;
    PEREBOR_TRY(done, team_create(&w.team, job, error));
    PEREBOR_TRY(done, serve(&w, job, &awake, error));
    PEREBOR_TRY(done, send_timings(&w, began, awake, error));
    if (w.outcome != PEREBOR_OK) {
        status = perebor_fail(error, w.outcome, "rank 0 ended the job: %s",
                              perebor_status_name(w.outcome));
    }
done:
    perebor_shim_heartbeat(0.0);
    ranks->channel->hanging |= team_free(w.team);
    free(w.outbox.bytes);
    return status;
}
