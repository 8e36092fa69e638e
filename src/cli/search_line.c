// SPDX-License-Identifier: MIT
#include "cli/search_line.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/progress.h"

/** Trials a second; where that is less than one, a minute or an hour. */
static void write_rate(double per_second, char *text, size_t size) {
    if (per_second >= 0.95) {
        snprintf(text, size, "%.0f/s", per_second);
    } else if (per_second >= 0.95 / 60.0) {
        snprintf(text, size, "%.0f/min", 60.0 * per_second);
    } else {
        snprintf(text, size, "%.1f/h", 3600.0 * per_second);
    }
}

static void write_first(const perebor_search_progress *progress, const char *lost, char *line,
                        size_t size) {
    char elapsed[32];
    char forecast[32];
    perebor_progress_duration(progress->elapsed_seconds, elapsed, sizeof elapsed);
    perebor_progress_duration(progress->forecast_seconds, forecast, sizeof forecast);
    snprintf(line, size,
             "%" PRIu64 "/%" PRIu64 " trials  %" PRIu64 "/%" PRIu64 " units  %s of about %s%s",
             progress->n_done, progress->n_trials, progress->n_units_done, progress->n_units,
             elapsed, forecast, lost);
}

void search_line_write(const perebor_search_progress *progress, char *line, size_t size) {
    char left[32];
    char rate[32];
    char best[64] = "";
    char lost[48] = "";
    uint64_t n_finished = progress->n_done - progress->n_before;
    if (progress->n_ranks_lost > 0) {
        snprintf(lost, sizeof lost, "  %d rank%s lost", progress->n_ranks_lost,
                 progress->n_ranks_lost == 1 ? "" : "s");
    }
    if (n_finished == 0 || !(progress->elapsed_seconds > 0.0)) {
        write_first(progress, lost, line, size);
        return;
    }
    if (!isnan(progress->best_score)) {
        snprintf(best, sizeof best, "  best %.4f (trial %" PRIu64 ")", progress->best_score,
                 progress->best_trial);
    }
    write_rate((double)n_finished / progress->elapsed_seconds, rate, sizeof rate);
    perebor_progress_duration(progress->remaining_seconds, left, sizeof left);
    snprintf(line, size, "%" PRIu64 "/%" PRIu64 " trials  %s%s  %s left%s", progress->n_done,
             progress->n_trials, rate, best, left, lost);
}

void search_line_write_stop(const perebor_search_progress *progress, char *line, size_t size) {
    if (progress->n_running == 0) {
        snprintf(line, size, "perebor: stopping");
        return;
    }
    snprintf(line, size,
             "perebor: stopping: of %" PRIu64
             " unit%s of work under way, what does not end at once "
             "is abandoned, for --resume to begin anew",
             progress->n_running, progress->n_running == 1 ? "" : "s");
}
