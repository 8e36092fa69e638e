// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "captured.h"
#include "cli/summary.h"

typedef struct ended {
    perebor_search_progress progress;
    bool stopped;
    int n_ranks;
} ended;

static int print(const void *context) {
    const ended *how = context;
    char output[] = "out.h5";
    perebor_search_summary summary = {
        .output = output, .progress = how->progress, .stopped = how->stopped};
    memset(summary.digest, 0xab, sizeof summary.digest);
    summary_print(&summary, how->n_ranks);
    return 0;
}

#define END                                                                                        \
    "file   out.h5\n"                                                                              \
    "digest abababababababababababababababababababababababababababababababab\n"

static void a_search_is_summed_up(void **state) {
    (void)state;
    static const struct {
        ended how;
        const char *said;
    } cases[] = {
        {{.progress = {.n_trials = 9,
                       .n_done = 9,
                       .best_score = 0.9876543,
                       .best_trial = 4,
                       .elapsed_seconds = 2.0},
          .n_ranks = 1},
         "9 of 9 trials in 2.0 s on 1 rank (4/s)\nbest   0.987654, trial 4\n" END},
        {{.progress = {.n_trials = 9,
                       .n_done = 9,
                       .n_before = 9,
                       .best_score = NAN,
                       .elapsed_seconds = 2.0},
          .n_ranks = 3},
         "9 of 9 trials were there before: nothing is left to do\n" END},
        {{.progress = {.n_trials = 9,
                       .n_done = 9,
                       .n_before = 5,
                       .best_score = NAN,
                       .n_failed = 9,
                       .elapsed_seconds = 2.0},
          .n_ranks = 3},
         "9 of 9 trials in 2.0 s on 3 ranks (2/s), 5 of them before, 9 failed\n" END},
        {{.progress = {.n_trials = 9,
                       .n_done = 3,
                       .best_score = -1.0,
                       .elapsed_seconds = 0.0,
                       .n_ranks_lost = 1},
          .stopped = true,
          .n_ranks = 2},
         "stopped: 3 of 9 trials in 0 µs on 2 ranks, 1 rank lost\nbest   -1.000000, trial 0\n" END
         "next   the same command with --resume continues\n"},
        {{.progress = {.n_trials = 9,
                       .n_done = 9,
                       .best_score = NAN,
                       .elapsed_seconds = 100.0,
                       .n_failed = 1,
                       .n_ranks_lost = 2},
          .n_ranks = 5},
         "9 of 9 trials in 1 min 40 s on 5 ranks (0/s), 1 failed, 2 ranks lost\n" END},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture(print, &cases[i].how);
        assert_string_equal(found->out, cases[i].said);
        assert_string_equal(found->err, "");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_search_is_summed_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
