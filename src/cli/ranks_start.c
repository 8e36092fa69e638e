// SPDX-License-Identifier: MIT
#include "cli/ranks_start.h"

#include <stdlib.h>

#include "cli/command.h"
#include "launch/supervisor.h"

int ranks_start(int n_ranks, char *const *words) {
    perebor_error error = {0};
    int code = EXIT_FAILED;
    if (getenv("PMI_RANK") != NULL || getenv("OMPI_COMM_WORLD_RANK") != NULL) {
        (void)perebor_fail(&error, PEREBOR_ERR_CONFLICT,
                           "--ranks %d starts mpiexec itself, and this was started by a launcher "
                           "already; leave out one of them",
                           n_ranks);
        return command_fail(&error);
    }
    perebor_supervisor_options wanted = {.n_ranks = n_ranks, .arguments = words};
    return perebor_supervise(&wanted, &code, &error) == PEREBOR_OK ? code : command_fail(&error);
}

char **ranks_copy_words(int argc, char **argv) {
    char **words = calloc((size_t)argc + 1, sizeof *words);
    for (int i = 0; words != NULL && i < argc; i++) {
        words[i] = argv[i];
    }
    return words;
}
