// SPDX-License-Identifier: MIT
// A first experiment is written for a table, seen from its folder, and never over another file.
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

#include "captured.h"
#include "cli/command.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/** Forty customers; with more columns of numbers, so many. */
static void write_table(const char *path, char mark, int n_more) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "id%ctown%copen%csize%cempty", mark, mark, mark, mark);
    for (int i = 0; i < n_more; i++) {
        fprintf(file, "%cnumber%d", mark, i);
    }
    fprintf(file, "%cchurn\n", mark);
    for (int row = 0; row < 40; row++) {
        static const char *const towns[] = {"oslo", "rome", "Rome", "rome"};
        fprintf(file, "%d%c%s%c%s%c%s%c", 100 + row, mark, towns[row / 2 % 4], mark,
                row % 5 < 2 ? "yes" : "no", mark, row % 3 == 0 ? "low" : "high", mark);
        for (int i = 0; i < n_more; i++) {
            fprintf(file, "%c%d.5", mark, (row * (i + 3)) % 17);
        }
        fprintf(file, "%c%s\n", mark, row % 4 == 0 ? "left" : "stayed");
    }
    assert_int_equal(fclose(file), 0);
}

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL || chdir(folder) != 0 || mkdir("sub", 0700) != 0 ||
        mkdir("sub/deep", 0700) != 0) {
        return -1;
    }
    write_table("t.csv", ',', 0);
    write_table("sub/deep/t.csv", ',', 0);
    return 0;
}

static int leave(void **state) {
    (void)state;
    return unlink("t.csv") + unlink("sub/deep/t.csv") + rmdir("sub/deep") + rmdir("sub") != 0 ||
           chdir("/") != 0 || rmdir(folder) != 0;
}

/** The whole of a small file, overwritten by the next. */
static const char *content(const char *path) {
    static char text[16384];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}

static void what_was_guessed_is_summed_up(void **state) {
    (void)state;
    const captured *found = capture_command(&command_init, LINE("init", "t.csv"));
    assert_string_equal(found->err, "");
    assert_string_equal(found->out,
                        "t.csv: 40 rows, 6 columns; delimiter \",\", decimal mark \".\", utf-8\n"
                        "  target    churn: left (25.0 % of rows) against stayed\n"
                        "  id        id\n"
                        "  ordinal   size\n"
                        "  boolean   open\n"
                        "  nominal   town\n"
                        "  left out  empty\n"
                        "  cleaning  1 step\n"
                        "experiment.yaml is written; every guess is explained on its line\n"
                        "next: perebor check experiment.yaml\n");
    assert_int_equal(found->code, EXIT_OK);
    assert_non_null(strstr(content("experiment.yaml"), "\n    path: t.csv  # 40 rows"));
    assert_int_equal(unlink("experiment.yaml"), 0);
}

/** What init writes is what check reads. */
static void the_experiment_passes_its_check(void **state) {
    (void)state;
    (void)capture_command(&command_init, LINE("init", "t.csv", "-o", "e.yml"));
    const captured *found = capture_command(&command_check, LINE("check", "e.yml"));
    assert_int_equal(found->code, EXIT_OK);
    assert_int_equal(unlink("e.yml"), 0);
}

/** Six columns of a role are named, and a tab has a word. */
static void long_lists_are_cut_short(void **state) {
    (void)state;
    static const struct {
        int n_more;
        const char *line;
    } cases[] = {
        {6, "\n  numeric   number0, number1, number2, number3, number4, number5\n"},
        {7, "\n  numeric   number0, number1, number2, number3, number4, number5 and 1 more\n"},
    };
    for (size_t i = 0; i < 2; i++) {
        write_table("w.csv", '\t', cases[i].n_more);
        const captured *found = capture_command(&command_init, LINE("init", "w.csv"));
        assert_non_null(strstr(found->out, "; delimiter \"tab\", "));
        assert_non_null(strstr(found->out, cases[i].line));
        assert_int_equal(unlink("experiment.yaml"), 0);
    }
    assert_int_equal(unlink("w.csv"), 0);
}

/** The path of the table is the way from the experiment to it. */
static void the_table_is_seen_from_the_experiment(void **state) {
    (void)state;
    char absolute[SCRATCH_SIZE + 8];
    (void)snprintf(absolute, sizeof absolute, "%s/t.csv", folder);
    const struct {
        const char *table, *output, *path;
    } cases[] = {
        {"t.csv", "e.yaml", "\n    path: t.csv  #"},
        {"./t.csv", "sub/e.yaml", "\n    path: \"../t.csv\"  #"},
        {"t.csv", "sub/deep/e.yaml", "\n    path: \"../../t.csv\"  #"},
        {"sub/deep/t.csv", "sub/e.yaml", "\n    path: \"deep/t.csv\"  #"},
        {"sub/deep/t.csv", "sub/deep/e.yaml", "\n    path: t.csv  #"},
        {"sub/deep/t.csv", "./e.yaml", "\n    path: \"sub/deep/t.csv\"  #"},
        {"sub/deep/t.csv", "e.yaml", "\n    path: \"sub/deep/t.csv\"  #"},
        {absolute, "sub/e.yaml", absolute},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found =
            capture_command(&command_init, LINE("init", cases[i].table, "-o", cases[i].output));
        assert_string_equal(found->err, "");
        assert_non_null(strstr(content(cases[i].output), cases[i].path));
        found = capture_command(&command_check, LINE("check", cases[i].output));
        assert_int_equal(found->code, EXIT_OK); // the way leads there
        assert_int_equal(unlink(cases[i].output), 0);
    }
}

static void only_its_own_experiments_are_replaced(void **state) {
    (void)state;
    const captured *found = capture_command(&command_init, LINE("init", "t.csv"));
    assert_int_equal(found->code, EXIT_OK);
    found = capture_command(&command_init, LINE("init", "t.csv"));
    assert_string_equal(found->err, "perebor: experiment.yaml exists; --overwrite replaces it, -o "
                                    "names another file\n");
    assert_int_equal(found->code, EXIT_FAILED);
    found =
        capture_command(&command_init, LINE("init", "t.csv", "--overwrite", "--target", "open"));
    assert_int_equal(found->code, EXIT_OK);
    assert_non_null(strstr(content("experiment.yaml"), "\n  target: {column: open, "));
    write_file("experiment.yaml", "version: 1\n");
    found = capture_command(&command_init, LINE("init", "t.csv", "--overwrite"));
    assert_string_equal(found->err,
                        "perebor: experiment.yaml is not a first experiment of perebor, or a "
                        "damaged one: --overwrite does not replace it; name another file with -o, "
                        "or delete it yourself\n");
    assert_int_equal(found->code, EXIT_FAILED);
    assert_string_equal(content("experiment.yaml"), "version: 1\n");
    assert_int_equal(unlink("experiment.yaml"), 0);
}

/** Nothing is written where something is wrong. */
static void what_cannot_be_is_told(void **state) {
    (void)state;
    static const struct {
        captured_line line;
        int code;
        const char *said;
    } cases[] = {
        {{{"init"}}, EXIT_USAGE, "perebor init: name a table file\n"},
        {{{"init", "t.csv", "u.csv"}},
         EXIT_USAGE,
         "perebor init: one table at a time; \"u.csv\" is one too many\n"},
        {{{"init", "t.csv", "-o", "e.txt"}},
         EXIT_USAGE,
         "perebor init: -o e.txt: an experiment has a name that ends in .yaml or .yml\n"},
        {{{"init", "t.csv", "-o", ".yaml"}},
         EXIT_USAGE,
         "perebor init: -o .yaml: an experiment has a name that ends in .yaml or .yml\n"},
        {{{"init", "t.csv", "--target", "chrun"}},
         EXIT_FAILED,
         "perebor: t.csv has no column \"chrun\" (did you mean \"churn\"?)\n"},
        {{{"init", "t.csv", "--target", "empty"}},
         EXIT_FAILED,
         "perebor: t.csv: column \"empty\" has no value, so there is nothing to predict; --target "
         "names another\n"},
        {{{"init", "t.csv", "-o", "no/e.yaml"}},
         EXIT_FAILED,
         "perebor: cannot write no/e.yaml: there is no folder no/; make it first\n"},
        {{{"init", "s.csv", "-o", "sub/e.yaml"}},
         EXIT_FAILED,
         "perebor: cannot find the folder of s.csv\n"},
        {{{"init", "s.csv"}},
         EXIT_FAILED,
         "perebor: s.csv: table \"table\": there is no file s.csv\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture_command(&command_init, cases[i].line);
        if (strncmp(found->err, cases[i].said, strlen(cases[i].said)) != 0) {
            fail_msg("%zu: %s", i, found->err);
        }
        assert_string_equal(found->out, "");
        assert_int_equal(found->code, cases[i].code);
        assert_int_equal(access("experiment.yaml", F_OK), -1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_guessed_is_summed_up),
        cmocka_unit_test(the_experiment_passes_its_check),
        cmocka_unit_test(long_lists_are_cut_short),
        cmocka_unit_test(the_table_is_seen_from_the_experiment),
        cmocka_unit_test(only_its_own_experiments_are_replaced),
        cmocka_unit_test(what_cannot_be_is_told),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
