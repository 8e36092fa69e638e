// SPDX-License-Identifier: MIT
#include "captured.h"

#include <argp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/command.h"

static void read_back(FILE *file, char *text, size_t size) {
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
}

const captured *capture(captured_life *life, const void *context) {
    static captured result;
    int status = 0;
    FILE *out = tmpfile(), *err = tmpfile();
    assert_non_null(out);
    assert_non_null(err);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        argp_err_exit_status = EXIT_USAGE;
        (void)dup2(fileno(out), STDOUT_FILENO);
        (void)dup2(fileno(err), STDERR_FILENO);
        int code = life(context);
        (void)fflush(NULL);
        _exit(code);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    read_back(out, result.out, sizeof result.out);
    read_back(err, result.err, sizeof result.err);
    return &result;
}

typedef struct command_call {
    const command *command;
    captured_line line;
} command_call;

static int run_command(const void *context) {
    const command_call *call = context;
    char words[10][512];
    char *argv[11];
    int argc = 0;
    for (; argc < 10 && call->line.words[argc] != NULL; argc++) {
        (void)snprintf(words[argc], sizeof words[argc], "%s", call->line.words[argc]);
        argv[argc] = words[argc];
    }
    argv[argc] = NULL;
    return call->command->run(argc, argv);
}

const captured *capture_command(const command *command, captured_line line) {
    const command_call call = {.command = command, .line = line};
    return capture(run_command, &call);
}
