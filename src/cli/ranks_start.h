// SPDX-License-Identifier: MIT
/**
 * @file ranks_start.h
 * The option --ranks N of commands that run on ranks: mpiexec started, and watched over.
 */
#ifndef PEREBOR_CLI_RANKS_START_H
#define PEREBOR_CLI_RANKS_START_H

/** The words of the command line as they were given: argp_parse() reorders them. The caller frees
 * the list; NULL: no memory. */
char **ranks_copy_words(int argc, char **argv);

/** Starts the ranks with the same words. @return Rank 0's exit code; or EXIT_FAILED, and says why.
 */
int ranks_start(int n_ranks, char *const *words);

#endif
