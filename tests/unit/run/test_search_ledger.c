// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "run/search_ledger.h"

static const char *const killed =
    "2026-11-22T15:40:00Z 0.1.0; 4 ranks on 1 node; 500 trials as 500 "
    "candidates; not ended: this is of its last checkpoint\n";
static const char *const ended =
    "2026-11-22T15:44:10Z 0.1.0; 2 ranks on 1 node; 500 trials as 500 candidates; thread seconds: "
    "1.200, of which compute 1.175, wait 0.025; beside them protocol 0.016; CPU seconds: prepare "
    "0.035, fit 0.751, score 0.351, metric 0.006; predicted 1.379, unshared 1.542; saved by "
    "sharing "
    "about 0.135\n"
    "  rank 0: start 0.066 + job 0.600 + end 0.004 = 0.670; threads 3 x job: prepare 0.016 + fit "
    "0.374 + predict 0.184 + score 0.003 + other 0.020 + wait 0.003; beside them MPI 0.004, files "
    "0.008\n"
    "  rank 1: start 0.099 + job 0.600; threads 1 x job: prepare 0.019 + fit 0.378";

#define assert_near(a, b) assert_true((a) > (b)-1e-12 && (a) < (b) + 1e-12)

static void reads_a_start_that_has_ended(void **state) {
    (void)state;
    search_ledger ledger = search_ledger_read(ended);
    assert_int_equal(ledger.n_ended, 1);
    assert_int_equal(ledger.n_ranks, 2);
    assert_int_equal(ledger.n_threads, 3);
    assert_near(ledger.compute_seconds, 1.175);
    assert_near(ledger.fit_seconds, 0.751);
    assert_near(ledger.score_seconds, 0.351);
    assert_near(ledger.other_seconds, 0.041);
    assert_near(ledger.start_seconds, 0.066);
    assert_near(ledger.job_seconds, 0.600);
    assert_near(ledger.end_seconds, 0.004);
}

static void adds_up_starts_and_passes_over_killed_ones(void **state) {
    (void)state;
    char all[4096];
    (void)snprintf(all, sizeof all, "%s%s\nmerged from a.h5, b.h5\n%s", killed, ended, ended);
    search_ledger ledger = search_ledger_read(all);
    assert_int_equal(ledger.n_ended, 2);
    assert_near(ledger.compute_seconds, 2.35);
    assert_near(ledger.job_seconds, 0.600);
}

static void knows_nothing_of_other_texts(void **state) {
    (void)state;
    static const char *const others[] = {
        NULL,
        "",
        "\n\n",
        "; of which compute",
        "which compute nan, fit",
        "; -3 ranks, which compute 1: prepare 1, fit 1, score 1, metric 1",
        "  rank 0: start",
        "  rank 0: start 1 + job 1 + end 1; threads -1"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        search_ledger ledger = search_ledger_read(others[i]);
        assert_int_equal(ledger.n_ended, 0);
        assert_int_equal(ledger.n_threads, 0);
        assert_true(ledger.compute_seconds == 0.0 && ledger.job_seconds == 0.0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_start_that_has_ended),
        cmocka_unit_test(adds_up_starts_and_passes_over_killed_ones),
        cmocka_unit_test(knows_nothing_of_other_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
