// SPDX-License-Identifier: MIT
#include "cli/summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/digest.h"
#include "cli/progress.h"
#include "cli/terminal.h"

/** The best trial, the file and its digest, and what is next. */
static void print_rest(const perebor_search_summary *summary, const char *digest) {
    const perebor_search_progress *progress = &summary->progress;
    if (!isnan(progress->best_score)) {
        terminal_emphasize(stdout, "best ");
        printf("best   %.6f, trial %" PRIu64 "\n", progress->best_score, progress->best_trial);
        terminal_emphasize(stdout, NULL);
    }
    printf("file   %s\ndigest %s\n", summary->output, digest);
    if (summary->stopped) {
        printf("next   the same command with --resume continues\n");
    }
    (void)fflush(stdout); // what comes after it, such as a report's progress, is on standard error
}

void summary_print(const perebor_search_summary *summary, int n_ranks) {
    const perebor_search_progress *progress = &summary->progress;
    char elapsed[32];
    char digest[65];
    perebor_progress_duration(progress->elapsed_seconds, elapsed, sizeof elapsed);
    perebor_sha256_hex(summary->digest, digest);
    if (progress->n_before > 0 && progress->n_before == progress->n_trials) {
        printf("%" PRIu64 " of %" PRIu64 " trials were there before: nothing is left to do\n",
               progress->n_done, progress->n_trials);
        print_rest(summary, digest);
        return;
    }
    printf("%s%" PRIu64 " of %" PRIu64 " trials in %s on %d rank%s",
           summary->stopped ? "stopped: " : "", progress->n_done, progress->n_trials, elapsed,
           n_ranks, n_ranks == 1 ? "" : "s");
    if (progress->elapsed_seconds > 0.0) {
        printf(" (%.0f/s)",
               (double)(progress->n_done - progress->n_before) / progress->elapsed_seconds);
    }
    if (progress->n_before > 0) {
        printf(", %" PRIu64 " of them before", progress->n_before);
    }
    if (progress->n_failed > 0) {
        printf(", %" PRIu64 " failed", progress->n_failed);
    }
    if (progress->n_ranks_lost > 0) {
        printf(", %d rank%s lost", progress->n_ranks_lost, progress->n_ranks_lost == 1 ? "" : "s");
    }
    putchar('\n');
    print_rest(summary, digest);
}
