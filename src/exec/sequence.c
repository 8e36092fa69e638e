// SPDX-License-Identifier: MIT
#include "exec/sequence.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/** A sequence under way. */
typedef struct run {
    const perebor_sequence *sequence;
    atomic_bool stopped;   // An item failed: the rest is passed over.
    perebor_status status; // The first failure of the items handed over; changed in their order.
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

perebor_status perebor_sequence_run(const perebor_sequence *sequence, perebor_error *error) {
    perebor_error ignored;
    run run = {.sequence = sequence, .error = error != NULL ? error : &ignored};
#pragma omp parallel for ordered schedule(dynamic, 1)                                              \
    num_threads(sequence->n_threads) default(none) shared(sequence, run)
    for (uint64_t item = 0; item < sequence->n_items; item++) {
        perebor_error reason = {.status = PEREBOR_OK};
        perebor_status made = PEREBOR_OK;
        if (!atomic_load(&run.stopped)) {
            made = sequence->make(sequence->context, item, omp_get_thread_num(), &reason);
        }
#pragma omp ordered
        hand_over(&run, item, made, &reason);
    }
    return run.status;
}
