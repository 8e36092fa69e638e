// SPDX-License-Identifier: MIT
// Commands on a result file whose trials are made up.
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

static char folder[SCRATCH_SIZE], digest[65];

static void write_part(const perebor_study *study, uint64_t first, size_t n, const char *path) {
    perebor_trials *trials = people_trials(study, first, n);
    for (size_t trial = 0; trial < n; trial++) {
        uint64_t number = first + trial;
        if (number == 3) {
            people_fail(trials, trial, "for a reason");
        } else if (number != 5) {
            people_finish(trials, trial, (double)number / 8.0);
        }
    }
    people_write(study, trials, PEREBOR_RESULT_STOPPED, path);
    if (first == 0) {
        uint8_t bytes[32];
        perebor_trials_digest(trials, bytes);
        perebor_sha256_hex(bytes, digest);
    }
    perebor_trials_free(trials);
}

/** Trials 0 to 5 in a.h5: 3 failed, 5 waits; 0 to 2 and 3 to 5 in parts. */
static int enter(void **state) {
    (void)state;
    perebor_study *study = people_study(NULL);
    if (scratch_create(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    write_part(study, 0, 3, "b.h5");
    write_part(study, 3, 3, "c.h5");
    write_part(study, 0, 6, "a.h5");
    perebor_study_free(study);
    return 0;
}

static int leave(void **state) {
    (void)state;
    return unlink("a.h5") + unlink("b.h5") + unlink("c.h5") != 0 || chdir("/") != 0 ||
           rmdir(folder) != 0;
}

static void the_digest_is_that_of_the_trials(void **state) {
    (void)state;
    const captured *found = capture_command(&command_digest, LINE("digest", "a.h5"));
    assert_int_equal(found->code, EXIT_OK);
    assert_int_equal(strlen(found->out), 65);
    assert_memory_equal(found->out, digest, 64);
}

static void a_file_that_is_none_is_told_by_every_command(void **state) {
    (void)state;
    static const struct {
        const command *command;
        captured_line line;
    } cases[] = {
        {&command_digest, {{"digest", "nowhere.h5"}}},
        {&command_show, {{"show", "nowhere.h5"}}},
        {&command_export, {{"export", "nowhere.h5"}}},
        {&command_trial, {{"trial", "nowhere.h5", "0"}}},
        {&command_verify, {{"verify", "nowhere.h5"}}},
        {&command_merge, {{"merge", "nowhere.h5", "a.h5", "-o", "d.h5"}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture_command(cases[i].command, cases[i].line);
        assert_string_equal(found->err,
                            "perebor: cannot open nowhere.h5: No such file or directory\n");
        assert_string_equal(found->out, "");
        assert_int_equal(found->code, EXIT_FAILED);
    }
}

static void a_list_is_as_long_as_is_asked_for(void **state) {
    (void)state;
    static const struct {
        captured_line line;
        size_t n_lines;
    } cases[] = {
        {{{"show", "a.h5"}}, 6 + 1 - 1 + 7}, // header and verdict, not the one that waits
        {{{"show", "a.h5", "--top", "2"}}, 2 + 1 + 7},
        {{{"show", "a.h5", "--top", "0"}}, 6 + 7},
        {{{"show", "a.h5", "--format", "csv", "--top", "0"}}, 7},
        {{{"show", "a.h5", "--format", "json", "--top", "3"}}, 3},
        {{{"show", "a.h5", "--where", "state=complete", "--format", "csv"}}, 5},
        {{{"export", "a.h5"}}, 7},
        {{{"export", "a.h5", "--format", "json"}}, 6},
        {{{"export", "a.h5", "--what", "folds"}}, 61},
        {{{"export", "a.h5", "--what", "folds", "--format", "json"}}, 60},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture_command(
            strcmp(cases[i].line.words[0], "show") == 0 ? &command_show : &command_export,
            cases[i].line);
        size_t n_lines = 0;
        for (const char *line = found->out; *line != '\0';) {
            const char *end = strchr(line, '\n');
            n_lines += strncmp(line, "all have", 8) != 0 && strncmp(line, "1 trial is", 10) != 0;
            line = end == NULL ? "" : end + 1;
        }
        assert_string_equal(found->err, "");
        assert_int_equal(n_lines, cases[i].n_lines);
        assert_int_equal(found->code, EXIT_OK);
    }
}

static void show_tells_what_waits_and_what_finds_nothing(void **state) {
    (void)state;
    const captured *found = capture_command(&command_show, LINE("show", "a.h5"));
    assert_non_null(strstr(found->out, "\n1 trial is not run yet\n"));
    found = capture_command(&command_show, LINE("show", "a.h5", "--where", "trial>90"));
    assert_string_equal(found->err, "perebor: none of 6 trials satisfies --where \"trial>90\"\n");
    assert_int_equal(found->code, EXIT_OK);
    found = capture_command(&command_show, LINE("show", "a.h5", "--where", "nothing"));
    assert_memory_equal(found->err, "perebor: --where: ", 18);
    assert_int_equal(found->code, EXIT_FAILED);
}

/** COLUMNS says how wide a pipe is, if it is a number. */
static void the_width_of_lines_is_that_of_columns(void **state) {
    (void)state;
    static const struct {
        const char *columns;
        bool folded;
    } cases[] = {{NULL, false}, {"60", true}, {"100000", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)unsetenv("COLUMNS");
        if (cases[i].columns != NULL) {
            assert_int_equal(setenv("COLUMNS", cases[i].columns, 1), 0);
        }
        const captured *found = capture_command(&command_show, LINE("show", "a.h5"));
        assert_int_equal(strstr(found->out, "\n          ") != NULL, cases[i].folded);
    }
    (void)unsetenv("COLUMNS");
}

static void the_status_of_a_file_is_told(void **state) {
    (void)state;
    const captured *found = capture_command(&command_status, LINE("status", "a.h5"));
    assert_string_equal(found->out,
                        "state    stopped; 'perebor run EXPERIMENT.yaml -o a.h5 --resume' "
                        "continues it\n"
                        "trials   5 of 6 done, 1 failed\n"
                        "best     0.500000, trial 4\n"
                        "begun    2026-01-02T03:04:05Z\n"
                        "newest   1970-01-01T00:00:04Z\n");
    found = capture_command(&command_status, LINE("status", "c.h5"));
    assert_non_null(strstr(found->out, "\ntrials   2 of 3 done, from 3, 1 failed\n"));
    found = capture_command(&command_status, LINE("status", "nowhere.h5"));
    assert_string_equal(found->err,
                        "perebor: there is no nowhere.h5, and no journal of a search into it\n");
    assert_int_equal(found->code, EXIT_FAILED);
}

static void a_trial_is_shown_whole(void **state) {
    (void)state;
    const captured *found = capture_command(&command_trial, LINE("trial", "a.h5", "4"));
    assert_memory_equal(found->out, "trial 4  COMPLETE\n  model ", 26);
    assert_non_null(strstr(found->out, "\nmean_test_score 0.500000, std_test_score 0.000000\n"));
    assert_non_null(strstr(found->out,
                           "\n  fold       test      train     fit ms  iterations  "
                           "converged\n"
                           "     0   0.500000          -    250.000           0  yes\n"));
    assert_non_null(
        strstr(found->out, "\non node-1, rank 0 with 2 threads, 500.000 ms of CPU time\n"));
    found = capture_command(&command_trial, LINE("trial", "a.h5", "3"));
    assert_memory_equal(found->out, "trial 3  FAIL\n", 14);
    assert_non_null(strstr(found->out, "\nerror: for a reason\n"));
    assert_null(strstr(found->out, "mean_test_score"));
    found = capture_command(&command_trial, LINE("trial", "a.h5", "2", "--format", "json"));
    assert_memory_equal(found->out, "{\"trial\":2,\"state\":\"COMPLETE\",\"params\":{", 40);
    assert_non_null(strstr(found->out, ",\"mean_test_score\":0.25,\"std_test_score\":0.0,"
                                       "\"split_test_score\":[0.25,0.25,0.25]}\n"));
}

static void a_trial_that_is_not_there_is_told(void **state) {
    (void)state;
    static const struct {
        const char *number;
        int code;
        const char *said;
    } cases[] = {
        {"6", EXIT_FAILED, "6"},
        {"x", EXIT_USAGE, "perebor trial: \"x\" is not a trial: write its number"},
        {NULL, EXIT_USAGE, "perebor trial: name a result file and a trial: its number"},
    };
    for (size_t i = 0; i < 3; i++) {
        const captured *found =
            capture_command(&command_trial, LINE("trial", "a.h5", cases[i].number));
        assert_non_null(strstr(found->err, cases[i].said));
        assert_int_equal(found->code, cases[i].code);
    }
}

static void parts_are_put_together(void **state) {
    (void)state;
    char expected[256];
    const captured *found =
        capture_command(&command_merge, LINE("merge", "c.h5", "b.h5", "-o", "d.h5"));
    (void)snprintf(expected, sizeof expected, "d.h5: trials 0:6, 5 of 6 done\ndigest %s\n", digest);
    assert_string_equal(found->out, expected);
    assert_int_equal(found->code, EXIT_OK);
    static const struct {
        captured_line line;
        int code;
        const char *said;
    } cases[] = {
        {{{"merge", "b.h5", "c.h5", "-o", "d.h5"}},
         EXIT_FAILED,
         "perebor: d.h5 exists; --overwrite replaces it, -o names another file\n"},
        {{{"merge", "b.h5", "c.h5", "-o", "b.h5", "--overwrite"}},
         EXIT_FAILED,
         "perebor: b.h5 is one of the files to be merged, which this command reads: name another "
         "file with -o\n"},
        {{{"merge", "b.h5", "./b.h5", "-o", "e.h5"}},
         EXIT_FAILED,
         "perebor: b.h5 and ./b.h5 are one file; name each part once\n"},
        {{{"merge", "b.h5", "-o", "e.h5"}},
         EXIT_USAGE,
         "perebor merge: name two result files or more, and the one to write with -o\n"},
        {{{"merge", "b.h5", "c.h5"}},
         EXIT_USAGE,
         "perebor merge: name two result files or more, and the one to write with -o\n"},
        {{{"merge", "b.h5", "c.h5", "-o", "d.h5", "--overwrite"}},
         EXIT_OK,
         "d.h5: trials 0:6, 5 of 6 done\ndigest "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        found = capture_command(&command_merge, cases[i].line);
        const char *said = cases[i].code == EXIT_OK ? found->out : found->err;
        assert_memory_equal(said, cases[i].said, strlen(cases[i].said));
        assert_int_equal(found->code, cases[i].code);
    }
    assert_int_equal(access("e.h5", F_OK), -1);
    assert_int_equal(unlink("d.h5"), 0);
}

/** The checksums of what was made up hold, and its scores do not. */
static void a_file_is_verified_in_itself_and_against_the_experiment(void **state) {
    (void)state;
    const captured *found = capture_command(&command_verify, LINE("verify", "a.h5"));
    assert_memory_equal(found->out, "a.h5: ", 6);
    assert_non_null(strstr(found->out, " checksums hold\n"));
    assert_int_equal(found->code, EXIT_OK);
    found = capture_command(&command_verify, LINE("verify", "a.h5", PEOPLE_FILE));
    assert_non_null(strstr(found->out, "a.h5: 5 trials evaluated again, 5 differ; 1 are not "
                                       "finished in the file\n"));
    assert_non_null(strstr(found->out, "trial 3: state FAIL in the file (for a reason), COMPLETE "
                                       "now\n"));
    assert_int_equal(found->code, EXIT_DIFFERENT);
    found = capture_command(&command_verify, LINE("verify", "a.h5", PEOPLE_FILE, "1:3", "4"));
    assert_non_null(strstr(found->out, "3 trials evaluated again, 3 differ\n"));
    found = capture_command(&command_verify, LINE("verify", "c.h5", PEOPLE_FILE, "2"));
    assert_non_null(strstr(found->err, "perebor: c.h5 has trials 3 to 5, not 2\n"));
    assert_int_equal(found->code, EXIT_FAILED);
    found = capture_command(&command_verify, LINE("verify", "c.h5", PEOPLE_FILE, "4:7"));
    assert_non_null(strstr(found->err, "perebor: c.h5 has trials 3 to 5, not 6\n"));
}

static void settings_are_listed_for_all_steps_or_one(void **state) {
    (void)state;
    const captured *found = capture_command(&command_settings, LINE("settings", "knn"));
    assert_memory_equal(found->out, "knn: ", 5);
    assert_non_null(strstr(found->out, "\n  knn__n_neighbors "));
    assert_null(strstr(found->out, "logreg"));
    found = capture_command(&command_settings, LINE("settings", "--format", "markdown"));
    assert_non_null(strstr(found->out, "\n## `knn`\n"));
    assert_non_null(strstr(found->out, "\n## `scale`\n"));
    assert_non_null(strstr(found->out, "\n| `logreg__C` | "));
    found = capture_command(&command_settings, LINE("settings", "kn"));
    assert_non_null(strstr(found->err, "perebor settings: there is no step \"kn\" (did you mean "
                                       "\"knn\"?); 'perebor settings' lists them\n"));
    assert_int_equal(found->code, EXIT_USAGE);
    found = capture_command(&command_settings, LINE("settings", "knn", "tree"));
    assert_non_null(strstr(found->err, "one step at a time; \"tree\" is one too many\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_digest_is_that_of_the_trials),
        cmocka_unit_test(a_file_that_is_none_is_told_by_every_command),
        cmocka_unit_test(a_list_is_as_long_as_is_asked_for),
        cmocka_unit_test(show_tells_what_waits_and_what_finds_nothing),
        cmocka_unit_test(the_width_of_lines_is_that_of_columns),
        cmocka_unit_test(the_status_of_a_file_is_told),
        cmocka_unit_test(a_trial_is_shown_whole),
        cmocka_unit_test(a_trial_that_is_not_there_is_told),
        cmocka_unit_test(parts_are_put_together),
        cmocka_unit_test(a_file_is_verified_in_itself_and_against_the_experiment),
        cmocka_unit_test(settings_are_listed_for_all_steps_or_one),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
