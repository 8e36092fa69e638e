// SPDX-License-Identifier: MIT
// Units of a search: evaluated on any rank, delivered on rank 0.
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/try.h"
#include "run/outcome_message.h"
#include "run/search_state.h"

double search_wall_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/** How many metrics there are beside the selecting one. */
static size_t n_further(const search *search) {
    return search->study->experiment->metrics.n - 1;
}

/** Evaluates a unit and writes its outcomes: any thread of any rank. */
perebor_status search_execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    const search *search = context;
    perebor_workspace *workspace = &search->workspaces[thread];
    size_t n_folds = perebor_plan_n_folds(search->plan);
    const perebor_bundle *bundle = perebor_plan_bundle(search->plan, unit / n_folds);
    outcome_header header = {.started = search_wall_clock(),
                             .n_members = bundle->n_members,
                             .n_threads = (uint32_t)search->n_threads,
                             .n_further = (uint32_t)n_further(search)};
    memcpy(header.host, search->ranks->host, sizeof header.host);
    perebor_member_outcome *outcomes =
        perebor_workspace_take_zeroed(workspace, bundle->n_members, sizeof *outcomes);
    if (outcomes == NULL) {
        return perebor_no_memory(error, "for %u outcomes", (unsigned)bundle->n_members);
    }
    perebor_status status =
        perebor_evaluate(search->study->evaluator, search->plan, unit / n_folds, unit % n_folds,
                         workspace, outcomes, &header.seconds, error);
    if (status == PEREBOR_OK) {
        status = outcome_message_write(result, &header, outcomes, error);
    }
    outcome_message_release(outcomes, bundle->n_members);
    perebor_workspace_return(workspace, (perebor_workspace_mark){0});
    return status;
}

perebor_status search_deliver(void *context, uint32_t unit, const void *bytes, size_t size,
                              int rank, perebor_error *error) {
    perebor_status status;
    search *search = context;
    size_t n_folds = perebor_plan_n_folds(search->plan);
    size_t n_members = perebor_plan_bundle(search->plan, unit / n_folds)->n_members;
    outcome_header header;
    PEREBOR_TRY(done, outcome_message_read(bytes, size, n_members, n_further(search), &header,
                                           search->received, error));
    status = outcome_collector_add(&search->collector, unit / n_folds, unit % n_folds, rank,
                                   &header, search->received, error);
    outcome_message_release(search->received, n_members);
    search->predicted_done += search->seconds[unit];
done:
    return status;
}

perebor_status search_give_up(void *context, uint32_t unit, int rank, double seconds,
                              const char *reason, perebor_error *error) {
    search *search = context;
    outcome_place place = {.started = NAN, .rank = rank};
    if (rank >= 0) {
        place.started = search_wall_clock() - seconds;
        place.n_threads = search->nodes[rank].n_threads;
        place.host = search->nodes[rank].host;
    }
    size_t n_folds = perebor_plan_n_folds(search->plan);
    search->predicted_done += search->seconds[unit];
    return outcome_collector_give_up(&search->collector, unit / n_folds, unit % n_folds, &place,
                                     reason, error);
}
