// SPDX-License-Identifier: MIT
#include "run/search_ledger.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The number behind the first @p name of a line. @return False if the line has none. */
static bool find_number(const char *line, const char *end, const char *name, double *number) {
    size_t length = strlen(name);
    for (const char *at = line; at + length < end; at++) {
        if (strncmp(at, name, length) == 0) {
            char *after = NULL;
            *number = strtod(at + length, &after);
            return after != at + length;
        }
    }
    return false;
}

/** "...; 2 ranks on 1 nodes; ... of which compute 1.175, ...": a start that has ended. */
static void read_start(search_ledger *ledger, const char *line, const char *end) {
    double ranks = 0.0;
    double compute = 0.0;
    double prepare = 0.0;
    double fit = 0.0;
    double score = 0.0;
    double metric = 0.0;
    if (find_number(line, end, "; ", &ranks) &&
        find_number(line, end, "which compute ", &compute) &&
        find_number(line, end, ": prepare ", &prepare) && find_number(line, end, ", fit ", &fit) &&
        find_number(line, end, ", score ", &score) &&
        find_number(line, end, ", metric ", &metric) && ranks >= 1.0 && ranks <= 1e6 &&
        compute >= 0.0 && prepare >= 0.0 && fit >= 0.0 && score >= 0.0 && metric >= 0.0) {
        ledger->n_ended++;
        ledger->n_ranks = (int)ranks;
        ledger->compute_seconds += compute;
        ledger->fit_seconds += fit;
        ledger->score_seconds += score;
        ledger->other_seconds += prepare + metric;
    }
}

/** "  rank 0: start 0.066 + job 0.600 + end 0.000 = 0.667; threads 1 x job: ..." */
static void read_rank(search_ledger *ledger, const char *line, const char *end) {
    double threads = 0.0;
    double start = 0.0;
    double job = 0.0;
    double last = 0.0;
    if (find_number(line, end, "rank 0: start ", &start) &&
        find_number(line, end, "+ job ", &job) && find_number(line, end, "+ end ", &last) &&
        find_number(line, end, "; threads ", &threads) && threads >= 1.0 && threads <= 1e6) {
        ledger->n_threads = (int)threads;
        ledger->start_seconds = start;
        ledger->job_seconds = job;
        ledger->end_seconds = last;
    }
}

search_ledger search_ledger_read(const char *history) {
    search_ledger ledger = {0};
    for (const char *line = history; line != NULL && *line != '\0';) {
        const char *end = line + strcspn(line, "\n");
        if (*line == ' ') {
            read_rank(&ledger, line, end);
        } else {
            read_start(&ledger, line, end);
        }
        line = *end == '\n' ? end + 1 : end;
    }
    return ledger;
}
