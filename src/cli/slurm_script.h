// SPDX-License-Identifier: MIT
/**
 * @file slurm_script.h
 * A batch script for Slurm: scripts/slurm/search.sbatch for one experiment.
 */
#ifndef PEREBOR_CLI_SLURM_SCRIPT_H
#define PEREBOR_CLI_SLURM_SCRIPT_H

#include <stdint.h>
#include <stdio.h>

/** What a job asks for. */
typedef struct slurm_request {
    const char *name;                /**< The experiment's. */
    const char *experiment, *result; /**< Paths, as the job sees them. */
    const char *const *options;      /**< [n_options] words for perebor run, as typed. */
    size_t n_options;
    const char *forecast;                 /**< A line that says what was forecast. */
    uint64_t n_nodes, n_tasks, n_threads; /**< Tasks of a node, threads of a task. */
    uint64_t mebibytes;                   /**< Memory of a node. */
    uint64_t minutes;
} slurm_request;

/** Writes the script. */
void slurm_script_write(FILE *stream, const slurm_request *request);

#endif
