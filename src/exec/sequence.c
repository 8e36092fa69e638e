// SPDX-License-Identifier: MIT
#include "exec/sequence.h"

#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/** A sequence under way. */
typedef struct run {
    const perebor_sequence *sequence;
    atomic_uint_least64_t next; // Item to be made.
    atomic_bool stopped;        // An item failed: the rest is passed over.
    pthread_mutex_t lock;       // Held to read or change what follows.
    pthread_cond_t moved;
    uint64_t turn;         // The item that may be handed over.
    perebor_status status; // The first failure, by the number of the item.
    uint64_t failed;       // Its number, where nothing is handed over.
    perebor_error *error;
} run;

/** Hands an item over, unless it or one before it failed. One thread at a time, in order. */
static void hand_over(run *run, uint64_t item, perebor_status made, const perebor_error *reason) {
    const perebor_sequence *sequence = run->sequence;
    if (run->status != PEREBOR_OK) {
        return;
    }
    run->status = made;
    if (made != PEREBOR_OK) {
        *run->error = *reason;
    } else {
        run->status =
            sequence->hand_over(sequence->context, item, omp_get_thread_num(), run->error);
    }
    if (run->status != PEREBOR_OK) {
        atomic_store(&run->stopped, true);
    }
}

/** Sleeps until it is an item's turn: a thread that spins takes time from those that it waits for
 * where processors are shared. Every item before it has been begun, so that its turn comes. */
static void take_turn(run *run, uint64_t item, perebor_status made, const perebor_error *reason) {
    (void)pthread_mutex_lock(&run->lock);
    while (run->turn != item) {
        (void)pthread_cond_wait(&run->moved, &run->lock);
    }
    hand_over(run, item, made, reason);
    run->turn++;
    (void)pthread_cond_broadcast(&run->moved);
    (void)pthread_mutex_unlock(&run->lock);
}

/** Remembers how an item failed, if none before it has. Every item before it has been begun, and
 * will be made. */
static void note_failure(run *run, uint64_t item, perebor_status made,
                         const perebor_error *reason) {
    (void)pthread_mutex_lock(&run->lock);
    if (run->status == PEREBOR_OK || item < run->failed) {
        run->status = made;
        run->failed = item;
        *run->error = *reason;
    }
    (void)pthread_mutex_unlock(&run->lock);
    atomic_store(&run->stopped, true);
}

static void work(run *run) {
    const perebor_sequence *sequence = run->sequence;
    while (!atomic_load(&run->stopped)) {
        perebor_error reason = {.status = PEREBOR_OK};
        uint64_t item = atomic_fetch_add(&run->next, 1);
        if (item >= sequence->n_items) {
            break;
        }
        perebor_status made =
            sequence->make(sequence->context, item, omp_get_thread_num(), &reason);
        if (sequence->hand_over != NULL) {
            take_turn(run, item, made, &reason);
        } else if (made != PEREBOR_OK) {
            note_failure(run, item, made, &reason);
        }
    }
}

perebor_status perebor_sequence_run(const perebor_sequence *sequence, perebor_error *error) {
    perebor_error ignored;
    run run = {.sequence = sequence,
               .lock = PTHREAD_MUTEX_INITIALIZER,
               .moved = PTHREAD_COND_INITIALIZER,
               .error = error != NULL ? error : &ignored};
#pragma omp parallel num_threads(sequence->n_threads) default(none) shared(run)
    work(&run);
    (void)pthread_cond_destroy(&run.moved);
    (void)pthread_mutex_destroy(&run.lock);
    return run.status;
}
