// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "captured.h"
#include "cli/command.h"
#include "cli/terminal.h"

static int print_both(const void *text) {
    terminal_begin();
    (void)fputs(text, stdout);
    (void)fputs(text, stderr);
    return terminal_end(EXIT_OK);
}

static void nothing_printed_acts_upon_a_terminal(void **state) {
    (void)state;
    static const struct {
        const char *printed, *shown;
    } cases[] = {
        {"", ""},
        {"two\nlines\tand a tab", "two\nlines\tand a tab"},
        {"\033[31mred", "\\x1b[31mred"},
        {"\r\a\b\x7f", "\\x0d\\x07\\x08\\x7f"},
        {"Тариф — 5 €, 𝄞", "Тариф — 5 €, 𝄞"},
        {"\u202etxet", "\\u202etxet"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xc2\x9b"
         "1m",
         "\\u009b1m"}, // a control character of two bytes
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture(print_both, cases[i].printed);
        assert_string_equal(found->out, cases[i].shown);
        assert_string_equal(found->err, cases[i].shown);
        assert_int_equal(found->code, EXIT_OK);
    }
}

/** Every piece is written by itself. */
static int print_pieces(const void *context) {
    const char *const *pieces = context;
    terminal_begin();
    for (; *pieces != NULL; pieces++) {
        (void)fputs(*pieces, stdout);
        (void)fflush(stdout);
    }
    return terminal_end(EXIT_OK);
}

static void characters_may_come_in_pieces(void **state) {
    (void)state;
    static const struct {
        const char *pieces[6], *shown;
    } cases[] = {
        {{"\xd0", "\xaf", "!", NULL}, "Я!"},
        {{"a\xe2", "\x82",
          "\xac"
          "b",
          NULL},
         "a€b"},
        {{"\xf0", "\x9d", "\x84", "\x9e", NULL}, "𝄞"},
        {{"\xe2\x80", "\xae", NULL}, "\\u202e"}, // and is told for what it is
        {{"a\xd0", NULL}, "a\\xd0"},             // never made whole
        {{"a\xd0", "b", NULL}, "a\\xd0b"},
        {{"\x80\x80\x80\x80", "b", NULL}, "\\x80\\x80\\x80\\x80b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture(print_pieces, cases[i].pieces);
        assert_string_equal(found->out, cases[i].shown);
        assert_int_equal(found->code, EXIT_OK);
    }
}

/** Longer than any buffer, so that letters of three bytes are cut at every place. */
static void long_texts_come_whole(void **state) {
    (void)state;
    enum { n_letters = 9000 };
    static char text[3 * n_letters + 3];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'x', shift);
        for (size_t i = 0; i < n_letters; i++) {
            memcpy(text + shift + 3 * i, "€", 3);
        }
        text[shift + 3 * n_letters] = '\0';
        assert_string_equal(capture(print_both, text)->out, text);
    }
}

static int print_data(const void *text) {
    terminal_begin();
    (void)fputs("\033", stdout);
    terminal_print_data();
    (void)fputs(text, stdout);
    (void)fputs(text, stderr);
    return terminal_end(EXIT_OK);
}

static void data_are_written_as_they_are(void **state) {
    (void)state;
    const captured *found = capture(print_data, "\033\xff");
    assert_string_equal(found->out, "\\x1b\033\xff");
    assert_string_equal(found->err, "\\x1b\\xff"); // messages are never data
}

static int print_control(const void *text) {
    terminal_begin();
    (void)fputs("a", stderr);
    terminal_control(text);
    (void)fputs("\033", stderr);
    return terminal_end(EXIT_OK);
}

static void the_programs_own_control_sequences_pass(void **state) {
    (void)state;
    assert_string_equal(capture(print_control, "\r\033[K")->err, "a\r\033[K\\x1b");
}

/** How a program may leave. */
typedef struct ending {
    int code;
    bool full, closed, by_exit;
} ending;

static int print_and_leave(const void *context) {
    const ending *how = context;
    if (how->full) {
        int full = open("/dev/full", O_WRONLY);
        (void)dup2(full, STDOUT_FILENO);
    }
    if (how->closed) {
        (void)close(STDOUT_FILENO);
    }
    terminal_begin();
    (void)fputs("something", stdout);
    if (how->by_exit) {
        exit(how->code);
    }
    return terminal_end(how->code);
}

static void output_that_is_lost_is_a_failure(void **state) {
    (void)state;
    static const char full[] =
        "perebor: standard output cannot be written: No space left on device\n";
    static const char closed[] =
        "perebor: standard output cannot be written: Bad file descriptor\n";
    static const struct {
        ending how;
        int code;
        const char *said;
    } cases[] = {
        {{.code = 0}, 0, ""},
        {{.code = 3}, 3, ""},
        {{.code = 0, .full = true}, 1, full},
        {{.code = 3, .full = true}, 3, full}, // what went wrong first
        {{.code = 0, .closed = true}, 1, closed},
        {{.code = 0, .full = true, .by_exit = true}, 1, full},
        {{.code = 0, .by_exit = true}, 0, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const captured *found = capture(print_and_leave, &cases[i].how);
        assert_int_equal(found->code, cases[i].code);
        assert_string_equal(found->err, cases[i].said);
    }
}

static int warn_and_fail(const void *message) {
    perebor_error error = {0};
    (void)snprintf(error.message, sizeof error.message, "%s", (const char *)message);
    command_warn(message);
    return command_fail(&error);
}

static void a_message_is_one_line(void **state) {
    (void)state;
    const captured *found = capture(warn_and_fail, "a name\nof two lines");
    assert_string_equal(found->err, "perebor: warning: a name\\x0aof two lines\n"
                                    "perebor: a name\\x0aof two lines\n");
    assert_int_equal(found->code, EXIT_FAILED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_printed_acts_upon_a_terminal),
        cmocka_unit_test(characters_may_come_in_pieces),
        cmocka_unit_test(long_texts_come_whole),
        cmocka_unit_test(data_are_written_as_they_are),
        cmocka_unit_test(the_programs_own_control_sequences_pass),
        cmocka_unit_test(output_that_is_lost_is_a_failure),
        cmocka_unit_test(a_message_is_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
