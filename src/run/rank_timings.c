// SPDX-License-Identifier: MIT
#include "run/rank_timings.h"

#include <stdio.h>

void rank_timings_write(char text[RANK_TIMINGS_SIZE], int rank, const perebor_rank_timings *timings,
                        const perebor_stage_seconds *stages, const rank_timings_end *end) {
    if (timings->n_threads == 0) {
        snprintf(text, RANK_TIMINGS_SIZE, "rank %d: lost, or silent at the end", rank);
        return;
    }
    double evaluating = stages->prepare + stages->fit + stages->score + stages->metric;
    double writing = end != NULL ? end->writing : 0.0;
    char last[64] = "";
    if (end != NULL) {
        snprintf(last, sizeof last, " + end %.3f = %.3f", end->end, end->whole);
    }
    snprintf(
        text, RANK_TIMINGS_SIZE,
        "rank %d: start %.3f + job %.3f%s; threads %d x job: prepare %.3f + fit %.3f + predict "
        "%.3f + score %.3f + other %.3f + wait %.3f; beside them MPI %.3f, files %.3f",
        rank, timings->start, timings->wall, last, (int)timings->n_threads, stages->prepare,
        stages->fit, stages->score, stages->metric, timings->compute - evaluating, timings->wait,
        timings->protocol - writing, writing);
}
