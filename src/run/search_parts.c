// SPDX-License-Identifier: MIT
#include "run/search_parts.h"

#include <stdlib.h>

#include "base/try.h"
#include "run/outcome_message.h"

struct divided_fold {
    perebor_part_scores *parts; // [n_parts]; NULL once all have come, or one was given up.
    double started;             // The first of them, seconds since 1970.
    uint32_t n_parts;
    uint32_t n_arrived;
    bool given_up;
};

perebor_status search_parts_create(search_parts *parts, const perebor_plan *plan,
                                   const perebor_evaluator *evaluator, outcome_collector *collector,
                                   perebor_error *error) {
    *parts = (search_parts){.plan = plan,
                            .evaluator = evaluator,
                            .collector = collector,
                            .n_folds = perebor_plan_n_bundles(plan) * perebor_plan_n_folds(plan)};
    if (perebor_plan_n_units(plan) == parts->n_folds) {
        return PEREBOR_OK; // nothing is divided
    }
    parts->folds = calloc(parts->n_folds, sizeof(divided_fold *));
    return parts->folds != NULL ? PEREBOR_OK
                                : perebor_no_memory(error, "for %zu folds", parts->n_folds);
}

/** Where a bundle on a fold is kept; NULL if memory is short. */
static divided_fold *fold_of(search_parts *parts, const perebor_plan_unit *unit) {
    divided_fold **at =
        &parts->folds[unit->bundle * perebor_plan_n_folds(parts->plan) + unit->fold];
    if (*at == NULL) {
        *at = calloc(1, sizeof **at);
    }
    return *at;
}

static void release_parts(divided_fold *fold) {
    for (uint32_t part = 0; fold->parts != NULL && part < fold->n_parts; part++) {
        perebor_part_scores_release(&fold->parts[part]);
    }
    free(fold->parts);
    fold->parts = NULL;
}

/** Keeps the scores of a part, which are moved. */
static perebor_status keep_part(divided_fold *fold, const perebor_plan_unit *unit,
                                perebor_part_scores *part, double started, perebor_error *error) {
    if (fold->parts == NULL) {
        fold->n_parts = unit->n_parts;
        fold->parts = calloc(unit->n_parts, sizeof *fold->parts);
        if (fold->parts == NULL) {
            return perebor_no_memory(error, "for %u parts", (unsigned)unit->n_parts);
        }
        fold->started = started;
    }
    fold->parts[unit->part] = *part;
    *part = (perebor_part_scores){0};
    fold->started = started < fold->started ? started : fold->started;
    fold->n_arrived++;
    return PEREBOR_OK;
}

/** Makes outcomes of all parts. @param header  Of the last one. */
static perebor_status join(search_parts *parts, divided_fold *fold, const perebor_plan_unit *unit,
                           int rank, outcome_header *header, perebor_error *error) {
    perebor_status status;
    const size_t n_members = fold->parts[0].n_members;
    perebor_member_outcome *outcomes = calloc(n_members, sizeof *outcomes);
    if (outcomes == NULL) {
        return perebor_no_memory(error, "for %zu outcomes", n_members);
    }
    header->started = fold->started;
    header->seconds = (perebor_stage_seconds){0};
    PEREBOR_TRY(done,
                perebor_evaluate_joined(parts->evaluator, parts->plan, unit, fold->parts,
                                        &parts->workspace, outcomes, &header->seconds, error));
    status = outcome_collector_add(parts->collector, unit->bundle, unit->fold, rank, header,
                                   outcomes, error);
done:
    perebor_member_outcomes_release(outcomes, n_members);
    free(outcomes);
    release_parts(fold);
    return status;
}

perebor_status search_parts_deliver(search_parts *parts, const perebor_plan_unit *unit,
                                    const void *bytes, size_t size, int rank, size_t n_further,
                                    perebor_error *error) {
    perebor_status status;
    outcome_header header;
    perebor_part_scores part = {0};
    divided_fold *fold = fold_of(parts, unit);
    if (fold == NULL) {
        return perebor_no_memory(error, "for the parts of a fold");
    }
    PEREBOR_TRY(done, perebor_part_scores_create(&part, parts->evaluator, parts->plan, unit->bundle,
                                                 unit->fold, error));
    PEREBOR_TRY(done, part_message_read(bytes, size, n_further, &header, &part, error));
    outcome_collector_add_seconds(parts->collector, rank, &header.seconds);
    if (fold->given_up) {
        goto done;
    }
    PEREBOR_TRY(done, keep_part(fold, unit, &part, header.started, error));
    if (fold->n_arrived == unit->n_parts) {
        status = join(parts, fold, unit, rank, &header, error);
    }
done:
    perebor_part_scores_release(&part);
    return status;
}

bool search_parts_give_up(search_parts *parts, const perebor_plan_unit *unit) {
    divided_fold *fold = fold_of(parts, unit);
    if (fold == NULL) {
        return true; // the collector will find memory short, too
    }
    bool first = !fold->given_up;
    fold->given_up = true;
    release_parts(fold);
    return first;
}

void search_parts_release(search_parts *parts) {
    for (size_t i = 0; parts->folds != NULL && i < parts->n_folds; i++) {
        if (parts->folds[i] != NULL) {
            release_parts(parts->folds[i]);
            free(parts->folds[i]);
        }
    }
    free(parts->folds);
    perebor_workspace_release(&parts->workspace);
    *parts = (search_parts){0};
}
