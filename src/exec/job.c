// SPDX-License-Identifier: MIT
#include "exec/job.h"

#include <stdlib.h>
#include <string.h>

#include "exec/channel.h"
#include "exec/leader.h"
#include "exec/stop_signal.h"
#include "exec/worker.h"

static const double default_lease_seconds = 10.0;
static const double default_stop_seconds = 1.0 / 3.0;

perebor_status perebor_unit_result_append(perebor_unit_result *result, const void *bytes,
                                          size_t size, perebor_error *error) {
    if (size > result->capacity - result->size) {
        size_t capacity = result->capacity + result->capacity / 2 + size + 64;
        uint8_t *grown = realloc(result->bytes, capacity);
        if (grown == NULL) {
            return perebor_no_memory(error, "for a result of %zu bytes", result->size + size);
        }
        result->bytes = grown;
        result->capacity = capacity;
    }
    if (size > 0) {
        memcpy(result->bytes + result->size, bytes, size);
    }
    result->size += size;
    return PEREBOR_OK;
}

void perebor_job_listen(void) {
    stop_signal_listen();
}

perebor_status perebor_job_run(perebor_ranks *ranks, const perebor_job *job,
                               perebor_rank_timings *timings, perebor_error *error) {
    perebor_job settled = *job;
    settled.n_threads = job->n_threads > 1 ? job->n_threads : 1;
    settled.lease_seconds = job->lease_seconds > 0.0 ? job->lease_seconds : default_lease_seconds;
    settled.stop_seconds = job->stop_seconds > 0.0 ? job->stop_seconds : default_stop_seconds;
    ranks->channel->generation++;
    stop_signal_listen();
    return ranks->rank == 0 ? leader_run(ranks, &settled, timings, error)
                            : worker_run(ranks, &settled, error);
}

bool perebor_job_hangs(const perebor_ranks *ranks) {
    return ranks->channel->hanging;
}
