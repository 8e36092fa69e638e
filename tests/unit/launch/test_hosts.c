// SPDX-License-Identifier: MIT
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

#include "launch/hosts.h"

static char told[256];

static void note_missing(const char *host) {
    (void)snprintf(told + strlen(told), sizeof told - strlen(told), "%s ", host);
}

/** Asks the hosts of a text with a program that answers for them. @return What is left. */
static const char *ask(const char *text, const char *program, double seconds) {
    static char left_text[512];
    char file[] = "/tmp/perebor-test-hosts-XXXXXX";
    char left[64];
    perebor_error error;
    int descriptor = mkstemp(file);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), strlen(text));
    (void)close(descriptor);
    told[0] = left_text[0] = '\0';
    assert_int_equal(setenv("HYDRA_LAUNCHER_EXEC", program, 1), 0);
    assert_int_equal(hosts_ask(file, seconds, left, note_missing, &error), PEREBOR_OK);
    (void)unlink(file);
    if (left[0] != '\0') {
        FILE *stream = fopen(left, "r");
        assert_non_null(stream);
        left_text[fread(left_text, 1, sizeof left_text - 1, stream)] = '\0';
        (void)fclose(stream);
        (void)unlink(left);
    }
    return left_text;
}

static void hosts_that_do_not_answer_are_left_out(void **state) {
    (void)state;
    assert_string_equal(
        ask("# ours\nlocalhost:4\n far.example:2 ifname=eth0\n\n127.0.0.1\n", "false", 30.0),
        "# ours\nlocalhost:4\n\n127.0.0.1\n");
    assert_string_equal(told, "far.example ");
}

static void a_host_that_hangs_is_not_waited_for(void **state) {
    (void)state;
    static const char text[] = "#!/bin/sh\nexec sleep 1000\n";
    char script[] = "/tmp/perebor-test-hang-XXXXXX";
    int descriptor = mkstemp(script);
    assert_int_equal(write(descriptor, text, sizeof text - 1), sizeof text - 1);
    assert_int_equal(fchmod(descriptor, 0700), 0);
    (void)close(descriptor);
    assert_string_equal(ask("localhost\nfar.example\n", script, 0.2), "localhost\n");
    (void)unlink(script);
    assert_string_equal(told, "far.example ");
}

static void nothing_is_written_where_all_answer_or_none_does(void **state) {
    (void)state;
    assert_string_equal(ask("localhost\nfar.example\n", "true", 30.0), "");
    assert_string_equal(told, "");
    assert_string_equal(ask("near.example\nfar.example\n", "false", 30.0), "");
    assert_string_equal(told, "");
    assert_string_equal(ask("", "false", 30.0), "");
}

static void other_launchers_are_not_asked(void **state) {
    (void)state;
    assert_int_equal(setenv("HYDRA_LAUNCHER", "slurm", 1), 0);
    assert_string_equal(ask("localhost\nfar.example\n", "false", 30.0), "");
    assert_int_equal(unsetenv("HYDRA_LAUNCHER"), 0);
}

static void a_file_that_is_not_there_is_named(void **state) {
    (void)state;
    char left[64];
    perebor_error error;
    assert_int_equal(hosts_ask("/nowhere/hosts", 1.0, left, note_missing, &error), PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, "/nowhere/hosts"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_that_do_not_answer_are_left_out),
        cmocka_unit_test(a_host_that_hangs_is_not_waited_for),
        cmocka_unit_test(nothing_is_written_where_all_answer_or_none_does),
        cmocka_unit_test(other_launchers_are_not_asked),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
