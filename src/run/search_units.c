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

/** Who evaluates, and from when on. */
static outcome_header header_of(const search *search, const perebor_bundle *bundle) {
    outcome_header header = {.started = search_wall_clock(),
                             .n_members = bundle->n_members,
                             .n_threads = (uint32_t)search->n_threads,
                             .n_further = (uint32_t)n_further(search)};
    memcpy(header.host, search->ranks->host, sizeof header.host);
    return header;
}

/** Evaluates a bundle on a fold. */
static perebor_status execute_whole(const search *search, const perebor_plan_unit *at,
                                    perebor_workspace *workspace, perebor_unit_result *result,
                                    perebor_error *error) {
    const perebor_bundle *bundle = perebor_plan_bundle(search->plan, at->bundle);
    outcome_header header = header_of(search, bundle);
    perebor_member_outcome *outcomes =
        perebor_workspace_take_zeroed(workspace, bundle->n_members, sizeof *outcomes);
    if (outcomes == NULL) {
        return perebor_no_memory(error, "for %u outcomes", (unsigned)bundle->n_members);
    }
    perebor_status status = perebor_evaluate(search->study->evaluator, search->plan, at->bundle,
                                             at->fold, workspace, outcomes, &header.seconds, error);
    if (status == PEREBOR_OK) {
        status = outcome_message_write(result, &header, outcomes, error);
    }
    perebor_member_outcomes_release(outcomes, bundle->n_members);
    return status;
}

/** Evaluates a part of one. */
static perebor_status execute_part(const search *search, const perebor_plan_unit *at,
                                   perebor_workspace *workspace, perebor_unit_result *result,
                                   perebor_error *error) {
    perebor_status status;
    outcome_header header = header_of(search, perebor_plan_bundle(search->plan, at->bundle));
    const perebor_evaluator *evaluator = search->study->evaluator;
    perebor_part_scores scores = {0};
    PEREBOR_TRY(done, perebor_part_scores_create(&scores, evaluator, search->plan, at->bundle,
                                                 at->fold, error));
    PEREBOR_TRY(done, perebor_evaluate_part(evaluator, search->plan, at, workspace, &scores,
                                            &header.seconds, error));
    PEREBOR_TRY(done, part_message_write(result, &header, &scores, error));
done:
    perebor_part_scores_release(&scores);
    return status;
}

/** Evaluates a unit and writes its outcomes: any thread of any rank. */
perebor_status search_execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    const search *search = context;
    perebor_workspace *workspace = &search->workspaces[thread];
    const perebor_plan_unit at = perebor_plan_unit_at(search->plan, unit);
    perebor_status status = at.n_parts > 1 ? execute_part(search, &at, workspace, result, error)
                                           : execute_whole(search, &at, workspace, result, error);
    perebor_workspace_return(workspace, (perebor_workspace_mark){0});
    return status;
}

/** Takes in the outcomes of a bundle on a fold. */
static perebor_status deliver_whole(search *search, const perebor_plan_unit *at, const void *bytes,
                                    size_t size, int rank, perebor_error *error) {
    perebor_status status;
    size_t n_members = perebor_plan_bundle(search->plan, at->bundle)->n_members;
    outcome_header header;
    PEREBOR_TRY(done, outcome_message_read(bytes, size, n_members, n_further(search), &header,
                                           search->received, error));
    status = outcome_collector_add(&search->collector, at->bundle, at->fold, rank, &header,
                                   search->received, error);
    perebor_member_outcomes_release(search->received, n_members);
done:
    return status;
}

perebor_status search_deliver(void *context, uint32_t unit, const void *bytes, size_t size,
                              int rank, perebor_error *error) {
    search *search = context;
    const perebor_plan_unit at = perebor_plan_unit_at(search->plan, unit);
    perebor_status status = at.n_parts > 1 ? search_parts_deliver(&search->parts, &at, bytes, size,
                                                                  rank, n_further(search), error)
                                           : deliver_whole(search, &at, bytes, size, rank, error);
    search->predicted_done += status == PEREBOR_OK ? search->seconds[unit] : 0.0;
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
    const perebor_plan_unit at = perebor_plan_unit_at(search->plan, unit);
    search->predicted_done += search->seconds[unit];
    if (at.n_parts > 1 && !search_parts_give_up(&search->parts, &at)) {
        return PEREBOR_OK;
    }
    return outcome_collector_give_up(&search->collector, at.bundle, at.fold, &place, reason, error);
}
