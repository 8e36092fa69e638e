// SPDX-License-Identifier: MIT
// Small searches by one rank, each in a process of its own.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/digest.h"
#include "captured.h"
#include "cli/command.h"
#include "people_study.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];

static int enter(void **state) {
    (void)state;
    return scratch_create(folder) == NULL || chdir(folder) != 0;
}

static int clean(void **state) {
    (void)state;
    (void)unlink("a.h5");
    (void)unlink("a.h5.journal");
    (void)unlink("b.h5");
    return 0;
}

static int leave(void **state) {
    (void)state;
    return chdir("/") != 0 || rmdir(folder) != 0;
}

/** Runs the people with further words, quietly unless one is "loud". @return What it said on
 * standard error; if loud what it found. */
static const char *run(int code, const char *output, const char *one, const char *two,
                       const char *three) {
    bool loud = one != NULL && strcmp(one, "loud") == 0;
    const captured *found =
        capture_command(&command_run, LINE("run", PEOPLE_FILE, "-o", output, "-t", "1",
                                           loud ? "--share=exact" : "-q", loud ? two : one,
                                           loud ? three : two, loud ? NULL : three));
    if (found->code != code) {
        fail_msg("exit code %d, not %d: %s", found->code, code, found->err);
    }
    assert_true(loud || found->out[0] == '\0');
    return loud ? found->out : found->err;
}

/** The digest of the whole search, from its first run on. */
static char whole[65];

static void assert_whole(const char *path) {
    perebor_result *result = people_read(path);
    uint8_t digest[32];
    char hex[65];
    perebor_trials_digest(result->trials, digest);
    perebor_sha256_hex(digest, hex);
    assert_int_equal(result->trials->n_trials, PEOPLE_N_TRIALS);
    assert_int_equal(perebor_trials_n_finished(result->trials), PEOPLE_N_TRIALS);
    if (whole[0] == '\0') {
        memcpy(whole, hex, sizeof whole);
    }
    assert_string_equal(hex, whole);
    perebor_result_free(result);
}

static void what_is_shared_or_resumed_changes_no_digest(void **state) {
    (void)state;
    assert_string_equal(run(EXIT_OK, "a.h5", NULL, NULL, NULL), "");
    assert_whole("a.h5");
    assert_string_equal(run(EXIT_OK, "b.h5", "--share=off", NULL, NULL), "");
    assert_whole("b.h5");
    (void)run(EXIT_OK, "b.h5", "--overwrite", "--trials=0:5", NULL);
    (void)run(EXIT_OK, "b.h5", "--resume", NULL, NULL);
    assert_whole("b.h5");
}

static void a_search_that_has_no_time_stops_and_can_be_continued(void **state) {
    (void)state;
    const char *said = run(EXIT_STOPPED, "a.h5", "loud", "--max-hours=1e-12", NULL);
    assert_non_null(strstr(said, "stopped: "));
    assert_non_null(strstr(said, " of 12 trials in "));
    perebor_result *result = people_read("a.h5");
    assert_int_equal(result->status, PEREBOR_RESULT_STOPPED);
    assert_true(perebor_trials_n_finished(result->trials) < PEOPLE_N_TRIALS);
    perebor_result_free(result);
    said = run(EXIT_OK, "a.h5", "loud", "--resume", NULL);
    assert_non_null(strstr(said, "12 of 12 trials in "));
    assert_whole("a.h5");
}

static void too_many_failed_trials_have_a_code_of_their_own(void **state) {
    (void)state;
    const char *said = run(EXIT_TOO_MANY_FAILED, "a.h5", "--set=search.trial_memory=1", NULL, NULL);
    assert_string_equal(said, "perebor: 12 of 12 trials failed, more than the 10 % that "
                              "search.max_failures allows; 'perebor show a.h5 --where state=FAIL' "
                              "lists them\n");
}

/** A shell takes what is recorded for the same words. */
static void the_command_line_is_recorded_for_a_shell(void **state) {
    (void)state;
    (void)run(EXIT_OK, "a.h5", "--trials=2", "--set=name=it's me", "--seed=7");
    perebor_result *result = people_read("a.h5");
    assert_string_equal(result->command_line,
                        "perebor run " PEOPLE_FILE " -o a.h5 -t 1 -q --trials=2 "
                        "'--set=name=it'\\''s me' --seed=7");
    assert_string_equal(result->title, "it's me");
    perebor_result_free(result);
}

static void what_is_there_stays(void **state) {
    (void)state;
    perebor_study *study = people_study(NULL);
    perebor_trials *trials = people_trials(study, 0, 1);
    people_write(study, trials, PEREBOR_RESULT_STOPPED, "a.h5");
    perebor_trials_free(trials);
    perebor_study_free(study);
    assert_string_equal(run(EXIT_FAILED, "a.h5", NULL, NULL, NULL),
                        "perebor: a.h5 exists; --resume continues it, --overwrite replaces it, -o "
                        "names another file\n");
    const char *said = run(EXIT_FAILED, "a.h5", "--resume", "--seed=8", NULL);
    assert_string_equal(said, "perebor: a.h5 is of another search: its seed differs; name another "
                              "file with -o, or give --overwrite\n");
}

static void a_dry_run_writes_nothing(void **state) {
    (void)state;
    const captured *found = capture_command(
        &command_run, LINE("run", PEOPLE_FILE, "-o", "a.h5", "--dry-run", "--trials=3"));
    assert_int_equal(found->code, EXIT_OK);
    assert_non_null(strstr(found->out, "\nplan        3 trials x 3 folds; "));
    assert_int_equal(access("a.h5", F_OK), -1);
}

static void a_launcher_in_a_launcher_is_refused(void **state) {
    (void)state;
    static const char *const names[] = {"PMI_RANK", "OMPI_COMM_WORLD_RANK"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(setenv(names[i], "0", 1), 0);
        const captured *found =
            capture_command(&command_run, LINE("run", PEOPLE_FILE, "--ranks", "3"));
        assert_int_equal(unsetenv(names[i]), 0);
        assert_string_equal(found->err,
                            "perebor: --ranks 3 starts mpiexec itself, and this was started by a "
                            "launcher already; leave out one of them\n");
        assert_int_equal(found->code, EXIT_FAILED);
    }
}

static void words_that_cannot_be_end_the_program(void **state) {
    (void)state;
    static const struct {
        const char *one, *two, *message;
    } cases[] = {
        {"--resume", "--overwrite",
         "--resume continues what --overwrite replaces; give one of them"},
        {"--max-hours=0", NULL, "--max-hours 0: write a positive number of hours"},
        {"--max-hours=-1", NULL, "--max-hours -1: write a positive number of hours"},
        {"--max-hours=inf", NULL, "--max-hours inf: write a positive number of hours"},
        {"--max-hours=1h", NULL, "--max-hours 1h: write a positive number of hours"},
        {"--threads=0", NULL, "--threads 0: write a number from 1 to 4096"},
        {"--ranks=65537", NULL, "--ranks 65537: write a number from 1 to 65536"},
        {"--share=some", NULL, "--share some: write exact or off"},
        {"--seed=x", NULL, "--seed x: write a whole number from 0 to 2^64 - 1"},
        {"more.yaml", NULL, "one experiment at a time; \"more.yaml\" is one too many"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[256];
        const captured *found =
            capture_command(&command_run, LINE("run", PEOPLE_FILE, cases[i].one, cases[i].two));
        (void)snprintf(expected, sizeof expected, "perebor run: %s\n", cases[i].message);
        assert_true(strncmp(found->err, expected, strlen(expected)) == 0);
        assert_int_equal(found->code, EXIT_USAGE);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, clean)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_is_shared_or_resumed_changes_no_digest),
        TEST(a_search_that_has_no_time_stops_and_can_be_continued),
        TEST(too_many_failed_trials_have_a_code_of_their_own),
        TEST(the_command_line_is_recorded_for_a_shell),
        TEST(what_is_there_stays),
        TEST(a_dry_run_writes_nothing),
        TEST(a_launcher_in_a_launcher_is_refused),
        TEST(words_that_cannot_be_end_the_program),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
