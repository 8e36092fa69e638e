// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "captured.h"
#include "cli/progress.h"
#include "cli/search_line.h"

static void assert_duration(double seconds, const char *expected) {
    char text[32];
    perebor_progress_duration(seconds, text, sizeof text);
    assert_string_equal(text, expected);
}

static void durations_read_as_people_say_them(void **state) {
    (void)state;
    assert_duration(0.00004, "40 µs");
    assert_duration(0.0034, "3.4 ms");
    assert_duration(0.04, "40 ms");
    assert_duration(0.9994, "999 ms");
    assert_duration(0.9996, "1.0 s");
    assert_duration(8.25, "8.2 s");
    assert_duration(9.96, "10 s");
    assert_duration(59.4, "59 s");
    assert_duration(59.6, "1 min 00 s");
    assert_duration(125.0, "2 min 05 s");
    assert_duration(3720.0, "1 h 02 min");
    assert_duration(NAN, "?");
    assert_duration(INFINITY, "?");
}

static void elsewhere_than_on_a_terminal_a_line_is_due_only_later(void **state) {
    (void)state;
    int kept = dup(STDERR_FILENO);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    assert_true(dup2(pipes[1], STDERR_FILENO) >= 0);
    perebor_progress progress;
    perebor_progress_begin(&progress);
    bool live = progress.live; // under a launcher on a terminal it may be
    bool due = perebor_progress_due(&progress);
    perebor_progress_show(&progress, "three of five");
    perebor_progress_end(&progress);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    char text[64] = "";
    assert_true(read(pipes[0], text, sizeof text - 1) > 0);
    assert_non_null(strstr(text, "three of five"));
    if (!live) {
        assert_false(due);
        assert_string_equal(text, "three of five\n");
    }
    (void)close(kept);
    (void)close(pipes[0]);
    (void)close(pipes[1]);
}

/** On a terminal a line is due ten times a second, elsewhere every half minute. */
static void lines_are_due_after_their_interval(void **state) {
    (void)state;
    static const struct {
        bool live;
        double ago;
        bool due;
    } cases[] = {{true, 0.2, true},
                 {true, -5.0, false},
                 {false, 29.0, false},
                 {false, 31.0, true},
                 {false, -5.0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_progress progress = {.live = cases[i].live,
                                     .last_seconds = clock_now() - cases[i].ago};
        assert_int_equal(perebor_progress_due(&progress), cases[i].due);
    }
}

static int show_live(const void *lines) {
    perebor_progress progress = {.live = true};
    perebor_progress_end(&progress); // there is nothing to clear yet
    for (const char *const *line = lines; *line != NULL; line++) {
        perebor_progress_show(&progress, *line);
    }
    perebor_progress_end(&progress);
    perebor_progress_end(&progress);
    return progress.shown || perebor_progress_due(&progress);
}

static void a_live_line_is_written_over_and_cleared(void **state) {
    (void)state;
    static const char *const lines[] = {"one of five", "two of five", NULL};
    const captured *found = capture(show_live, lines);
    assert_string_equal(found->err, "\r\033[Kone of five\r\033[Ktwo of five\r\033[K");
    assert_int_equal(found->code, 0);
}

/** Where the width is not known, 79 columns; a letter takes one, however many bytes it has. */
static void a_live_line_is_cut_to_the_width(void **state) {
    (void)state;
    char line[400] = "", expected[400] = "\r\033[K";
    for (int i = 0; i < 100; i++) {
        strcat(line, i % 2 == 0 ? "я" : "z");
        strcat(expected, i >= 79 ? "" : i % 2 == 0 ? "я" : "z");
    }
    strcat(expected, "\r\033[K");
    const char *const lines[] = {line, NULL};
    assert_string_equal(capture(show_live, lines)->err, expected);
}

static void assert_line(const perebor_search_progress *progress, const char *expected) {
    char line[SEARCH_LINE_SIZE];
    search_line_write(progress, line, sizeof line);
    assert_string_equal(line, expected);
}

static void a_search_says_what_it_knows_before_its_first_trial(void **state) {
    (void)state;
    perebor_search_progress progress = {.n_trials = 50,
                                        .best_score = NAN,
                                        .remaining_seconds = NAN,
                                        .elapsed_seconds = 12.0,
                                        .forecast_seconds = 480.0,
                                        .n_units = 250,
                                        .n_units_done = 3};
    assert_line(&progress, "0/50 trials  3/250 units  12 s of about 8 min 00 s");
    progress.n_done = progress.n_before = 20; // of an earlier run
    progress.n_ranks_lost = 1;
    assert_line(&progress, "20/50 trials  3/250 units  12 s of about 8 min 00 s  1 rank lost");
}

static void slow_searches_have_a_rate_too(void **state) {
    (void)state;
    perebor_search_progress progress = {.n_trials = 50,
                                        .n_done = 24,
                                        .n_before = 4,
                                        .best_score = 0.75,
                                        .best_trial = 7,
                                        .remaining_seconds = 30.0,
                                        .elapsed_seconds = 10.0};
    assert_line(&progress, "24/50 trials  2/s  best 0.7500 (trial 7)  30 s left");
    progress.elapsed_seconds = 100.0;
    assert_line(&progress, "24/50 trials  12/min  best 0.7500 (trial 7)  30 s left");
    progress.elapsed_seconds = 7200.0;
    assert_line(&progress, "24/50 trials  10.0/h  best 0.7500 (trial 7)  30 s left");
}

static void a_stop_says_what_becomes_of_units(void **state) {
    (void)state;
    char line[SEARCH_LINE_SIZE];
    perebor_search_progress progress = {.n_running = 1};
    search_line_write_stop(&progress, line, sizeof line);
    assert_non_null(strstr(line, "stopping: of 1 unit of work under way"));
    assert_non_null(strstr(line, "abandoned"));
    progress.n_running = 0;
    search_line_write_stop(&progress, line, sizeof line);
    assert_string_equal(line, "perebor: stopping");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_read_as_people_say_them),
        cmocka_unit_test(lines_are_due_after_their_interval),
        cmocka_unit_test(a_live_line_is_written_over_and_cleared),
        cmocka_unit_test(a_live_line_is_cut_to_the_width),
        cmocka_unit_test(a_search_says_what_it_knows_before_its_first_trial),
        cmocka_unit_test(slow_searches_have_a_rate_too),
        cmocka_unit_test(a_stop_says_what_becomes_of_units),
        cmocka_unit_test(elsewhere_than_on_a_terminal_a_line_is_due_only_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
