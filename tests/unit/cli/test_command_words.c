// SPDX-License-Identifier: MIT
// Commands that read experiments and generators: their words, and what they write.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "captured.h"
#include "cli/command.h"
#include "people_study.h"
#include "scratch.h"

#define GENERATOR PEREBOR_SOURCE_DIR "/experiments/flat_csv/generator.yaml"

static char folder[SCRATCH_SIZE];

static int enter(void **state) {
    (void)state;
    return scratch_create(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state) {
    (void)state;
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static void words_that_cannot_be_end_the_program(void **state) {
    (void)state;
    static const struct {
        const command *command;
        captured_line line;
        const char *message;
    } cases[] = {
        {&command_check, {{"check"}}, "perebor check: name an experiment file\n"},
        {&command_profile, {{"profile"}}, "perebor profile: name an experiment file\n"},
        {&command_profile,
         {{"profile", "a.yaml", "-o", "p.txt"}},
         "perebor profile: -o p.txt: a name that ends in .json or in .h5 says what to write\n"},
        {&command_profile,
         {{"profile", "a.yaml", "-o", ".json"}},
         "perebor profile: -o .json: a name that ends in .json or in .h5 says what to write\n"},
        {&command_generate,
         {{"generate", "a.yaml"}},
         "perebor generate: name a generator file, and a folder with -o\n"},
        {&command_generate,
         {{"generate", "-o", "d"}},
         "perebor generate: name a generator file, and a folder with -o\n"},
        {&command_generate,
         {{"generate", "a.yaml", "b.yaml", "-o", "d"}},
         "perebor generate: one generator file at a time; \"b.yaml\" is one too many\n"},
        {&command_generate,
         {{"generate", "a.yaml", "-o", "d", "--part=1/2", "--join=2"}},
         "perebor generate: --part writes a part, --join joins all of them: one at a time\n"},
        {&command_generate,
         {{"generate", "a.yaml", "-o", "d", "--rows=0"}},
         "perebor generate: --rows 0: write a whole number from 1\n"},
        {&command_status,
         {{"status", "a.h5", "b.h5"}},
         "perebor status: one result file at a time; \"b.h5\" is one too many\n"},
        {&command_export,
         {{"export", "a.h5", "--what", "all"}},
         "perebor export: --what all: write trials, folds, data or model\n"},
        {&command_show,
         {{"show", "a.h5", "--top", "-1"}},
         "perebor show: --top -1: write a whole number from 0\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture_command(cases[i].command, cases[i].line);
        if (strncmp(found->err, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("%s, not %s", found->err, cases[i].message);
        }
        assert_int_equal(found->code, EXIT_USAGE);
    }
}

static void a_part_is_one_of_so_many(void **state) {
    (void)state;
    static const char *const parts[] = {"0/2", "3/2", "1", "1/", "/2", "a/2", "1/2/3", "-1/2"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char start[128];
        const captured *found = capture_command(
            &command_generate, LINE("generate", "a.yaml", "-o", "d", "--part", parts[i]));
        (void)snprintf(start, sizeof start, "perebor generate: --part %s: write K/N, such as 1/4",
                       parts[i]);
        assert_memory_equal(found->err, start, strlen(start));
        assert_int_equal(found->code, EXIT_USAGE);
    }
}

static void generate(const char *to, const char *part) {
    const captured *found = capture_command(
        &command_generate, LINE("generate", GENERATOR, "-o", to, "--rows=60", "--seed=3", "-q",
                                part != NULL ? part : "--threads=2"));
    assert_string_equal(found->err, "");
    assert_int_equal(found->code, EXIT_OK);
}

/** Files of both folders are the same, and go. @return How many there were. */
static size_t compare_and_remove(const char *const *names) {
    size_t n = 0;
    for (; names[n] != NULL; n++) {
        char paths[2][64];
        char *bytes[2] = {NULL, NULL};
        size_t sizes[2] = {0, 0};
        for (int i = 0; i < 2; i++) {
            (void)snprintf(paths[i], sizeof paths[i], "%s/%s", i == 0 ? "whole" : "parts",
                           names[n]);
            assert_int_equal(perebor_file_read(paths[i], 1 << 24, &bytes[i], &sizes[i], NULL),
                             PEREBOR_OK);
            assert_int_equal(unlink(paths[i]), 0);
        }
        assert_int_equal(sizes[0], sizes[1]);
        assert_memory_equal(bytes[0], bytes[1], sizes[0]);
        free(bytes[0]);
        free(bytes[1]);
    }
    return n;
}

static void parts_that_are_joined_are_the_whole(void **state) {
    (void)state;
    static const char *const names[] = {"customers.csv", "truth.csv", "dirt.json", NULL};
    generate("whole", NULL);
    generate("parts", "--part=2/2");
    generate("parts", "--part=1/2");
    generate("parts", "--join=2");
    assert_int_equal(compare_and_remove(names), 3);
    assert_int_equal(rmdir("whole") + rmdir("parts"), 0); // and nothing else is in them
}

static void a_generator_says_what_it_wrote(void **state) {
    (void)state;
    const captured *found = capture_command(
        &command_generate, LINE("generate", GENERATOR, "-o", "out", "--rows=40", "--clean"));
    unsigned n = 0, n_tables = 0, n_faults = 77;
    double share = -1.0;
    assert_int_equal(sscanf(found->out,
                            "out: %u customers (%lf %% positive) in %u table, %u faults", &n,
                            &share, &n_tables, &n_faults),
                     4);
    assert_int_equal(n, 40);
    assert_true(share >= 0.0 && share <= 100.0);
    assert_int_equal(n_tables, 1);
    assert_int_equal(n_faults, 0);
    assert_int_equal(unlink("out/customers.csv") + unlink("out/truth.csv") +
                         unlink("out/dirt.json") + rmdir("out"),
                     0);
}

static void check_says_whether_everything_is_right(void **state) {
    (void)state;
    const captured *found =
        capture_command(&command_check, LINE("check", PEOPLE_FILE, "--trials=2"));
    assert_non_null(strstr(found->out, "\nplan        2 trials x 3 folds; "));
    assert_non_null(strstr(found->out, "\nresult      everything is right\n"));
    assert_int_equal(found->code, EXIT_OK);
    found = capture_command(&command_check, LINE("check", PEOPLE_FILE, "--set", "cv.n_splits=x"));
    assert_memory_equal(found->err, "perebor: --set cv.n_splits: ", 28);
    assert_int_equal(found->code, EXIT_FAILED);
}

static void a_profile_is_printed_or_written(void **state) {
    (void)state;
    const captured *found =
        capture_command(&command_profile, LINE("profile", PEOPLE_FILE, "--format=json"));
    assert_int_equal(found->code, EXIT_OK);
    assert_int_equal(found->out[0], '{');
    char *bytes = NULL;
    size_t size = 0;
    found = capture_command(&command_profile, LINE("profile", PEOPLE_FILE, "-o", "p.json"));
    assert_int_equal(found->code, EXIT_OK);
    assert_non_null(strstr(found->out, "income"));
    assert_int_equal(perebor_file_read("p.json", 1 << 24, &bytes, &size, NULL), PEREBOR_OK);
    assert_int_equal(bytes[0], '{');
    free(bytes);
    found = capture_command(&command_profile, LINE("profile", PEOPLE_FILE, "-o", "p.json"));
    assert_string_equal(found->err,
                        "perebor: p.json exists; --overwrite replaces it, -o names another file\n");
    assert_int_equal(found->code, EXIT_FAILED);
    found = capture_command(&command_profile,
                            LINE("profile", PEOPLE_FILE, "-o", "p.json", "--overwrite"));
    assert_int_equal(found->code, EXIT_OK);
    assert_int_equal(unlink("p.json"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_cannot_be_end_the_program),
        cmocka_unit_test(a_part_is_one_of_so_many),
        cmocka_unit_test(parts_that_are_joined_are_the_whole),
        cmocka_unit_test(a_generator_says_what_it_wrote),
        cmocka_unit_test(check_says_whether_everything_is_right),
        cmocka_unit_test(a_profile_is_printed_or_written),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
