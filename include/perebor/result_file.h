// SPDX-License-Identifier: MIT
/**
 * @file result_file.h
 * The result file: one HDF5 file that says what was run, on what, and what came of it.
 *
 * A perebor_result is a plain description of everything in the file. perebor_result_write() turns
 * one into a file, whole or not at all; equal descriptions give equal bytes.
 * perebor_result_read() turns a file back into one; as the file may come from anywhere, it is
 * parsed in a child process with limits, and what comes back is checked again.
 * docs/reference/result-file.md lists groups, datasets and attributes.
 *
 * Texts are UTF-8. A text that is not known is "" in the file; NULL counts as "".
 */
#ifndef PEREBOR_RESULT_FILE_H
#define PEREBOR_RESULT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/file_identity.h"
#include "perebor/folds.h"
#include "perebor/output.h"
#include "perebor/space.h"
#include "perebor/split.h"
#include "perebor/status.h"
#include "perebor/trials.h"

typedef struct perebor_arena perebor_arena;
typedef struct h5_tree h5_tree;

PEREBOR_BEGIN_DECLS

typedef enum perebor_result_status {
    PEREBOR_RESULT_RUNNING = 0,  /**< A checkpoint of a search that had not ended. */
    PEREBOR_RESULT_COMPLETE = 1, /**< Every trial is done. */
    PEREBOR_RESULT_STOPPED = 2,  /**< Ended before its end: resumable. */
} perebor_result_status;

/** "running", "complete", "stopped", NULL: what files and lists call a status. */
extern const char *const perebor_result_status_names[];

/** A name and what is to be said of it: compiler, flags, versions of libraries. */
typedef struct perebor_result_fact {
    const char *name, *text;
} perebor_result_fact;

/** A setting of the experiment that the command line changed. */
typedef struct perebor_result_override {
    const char *key, *value;
} perebor_result_override;

/** One machine that took part. */
typedef struct perebor_result_host {
    const char *name, *cpu;
    int64_t n_ranks;
    int64_t n_threads; /**< of each rank */
} perebor_result_host;

/** One source file as it was read; members as in perebor_source_report. */
typedef struct perebor_result_source {
    const char *name, *path;
    uint8_t sha256[32];
    uint64_t n_rows, n_columns, n_bytes;
    const char *delimiter, *decimal, *encoding;
} perebor_result_source;

/** One step of cleaning, joining or filtering; members as in perebor_step_report. */
typedef struct perebor_result_step {
    const char *step, *detail, *table, *column;
    uint64_t n_cells, n_rows;
} perebor_result_step;

/** One column of the dataset: what it was to the learners. */
typedef struct perebor_result_column {
    const char *name;
    perebor_role role;
    const char *const *levels; /**< [n_levels] */
    size_t n_levels;
} perebor_result_column;

/** One parameter of the space, as text and numbers. Numbers that do not apply are 0. */
typedef struct perebor_result_parameter {
    const char *name;
    const char *distribution; /**< W&B's name. */
    double min, max, q, mu, sigma;
    const char *values;        /**< JSON array; "" for a continuous distribution. */
    const char *probabilities; /**< JSON array; "" if all are equal. */
    const char *when;          /**< JSON object of name to array; "" if always active. */
} perebor_result_parameter;

/** Everything in a result file. */
typedef struct perebor_result {
    const char *title;
    const char *creator_version; /**< git describe of the program that wrote it. */
    const char *created;         /**< ISO 8601, UTC. */
    const char *run_uuid;        /**< The same through every resumption. */
    const char *history;         /**< A line for each start, resumption or merge. */
    perebor_result_status status;

    const char *config;          /**< The experiment file, verbatim. */
    const char *config_resolved; /**< JSON with every default. */
    uint8_t config_sha256[32];
    const char *config_path; /**< Where the experiment file was, from the root; "" if unknown. */
    const perebor_result_override *overrides; /**< What changed it: --set and --seed. */
    size_t n_overrides;
    const char *command_line;
    uint64_t seed;
    uint64_t trial_memory_bytes; /**< That a fold of a trial may take; 0: any. */

    const perebor_result_fact *build;
    size_t n_build;
    const perebor_result_host *hosts;
    size_t n_hosts;

    const perebor_result_source *sources;
    size_t n_sources;
    const perebor_result_step *steps;
    size_t n_steps;

    const char *id_name, *target_name, *positive_name, *negative_name;
    const perebor_result_column *columns;
    size_t n_columns;
    size_t n_rows;
    const char *const *ids;      /**< [n_rows]; NULL if there are none. */
    const uint8_t *labels;       /**< [n_rows] */
    const uint8_t *part;         /**< [n_rows] 0 training, 1 test */
    const uint32_t *source_rows; /**< [n_rows] */
    uint8_t data_fingerprint[32];

    size_t n_splits, n_repeats;
    const int32_t *test_fold; /**< [n_repeats][n_rows] split in which a row validates; -1 for a row
                                   of the test part. */
    uint8_t folds_fingerprint[32];

    const perebor_result_parameter *parameters;
    size_t n_parameters;
    const char *space_json;

    perebor_trials *trials;
    bool owns_trials; /**< Freed with the result: true for one that was read. */

    h5_tree *stages; /**< What later commands left in the file; NULL: nothing. Owned. */

    perebor_arena *memory; /**< Holds everything else. */
} perebor_result;

/** What tells result files from others, and who owns one: see output.h. */
extern const perebor_output_kind perebor_result_kind;

/** Makes an empty description; every text is "". Freed with perebor_result_free(). */
PEREBOR_MUST_CHECK perebor_status perebor_result_create(perebor_result **result,
                                                        perebor_error *error);

/** Frees a description with everything allocated through it, and the trials if it owns them. */
void perebor_result_free(perebor_result *result);

/** Zeroed memory that lives as long as the result; NULL if memory is short. */
void *perebor_result_allocate(perebor_result *result, size_t n, size_t size);

/** A copy of a text that lives as long as the result; NULL if memory is short. */
const char *perebor_result_text(perebor_result *result, const char *text);

/**
 * Fills everything about rows, columns and folds; copies what it needs.
 *
 * @param[in] folds  Of the training part, in the order of split->train.
 */
PEREBOR_MUST_CHECK perebor_status perebor_result_describe_data(perebor_result *result,
                                                               const perebor_dataset *dataset,
                                                               const perebor_split *split,
                                                               const perebor_folds *folds,
                                                               perebor_error *error);

/** Fills parameters and space_json; copies what it needs. */
PEREBOR_MUST_CHECK perebor_status perebor_result_describe_space(perebor_result *result,
                                                                const perebor_space *space,
                                                                perebor_error *error);

/**
 * Writes a result file in one step: built in memory, written under a temporary name, synced,
 * renamed. result->trials must be there.
 *
 * @param[in] overwrite  Whether an existing file may be replaced.
 *
 * @retval PEREBOR_ERR_CONFLICT  The file exists and may not be replaced.
 * @retval PEREBOR_ERR_IO        The system refused; the file that was there is as it was.
 */
PEREBOR_MUST_CHECK perebor_status perebor_result_write(const perebor_result *result,
                                                       const char *path, bool overwrite,
                                                       perebor_error *error);

/**
 * The same where a file may be replaced if it is still the one that was decided about (output.h).
 *
 * @param[in,out] expected  What may be there; receives what is there now.
 *
 * @retval PEREBOR_ERR_CONFLICT  Another file is there, and stays.
 */
PEREBOR_MUST_CHECK perebor_status perebor_result_replace(const perebor_result *result,
                                                         const char *path,
                                                         perebor_file_identity *expected,
                                                         perebor_error *error);

/**
 * Reads a result file, whatever its bytes are. Forks: call it before MPI is started and outside
 * parallel regions.
 *
 * @param[out] result  Freed with perebor_result_free().
 *
 * @retval PEREBOR_ERR_IO      It cannot be opened.
 * @retval PEREBOR_ERR_FORMAT  It is not HDF5, not a result file, of a later major version, or
 *         damaged; the message says which and, where it can, what.
 */
PEREBOR_MUST_CHECK perebor_status perebor_result_read(perebor_result **result, const char *path,
                                                      perebor_error *error);

/** What a check of a file came to. */
typedef struct perebor_result_check {
    bool
        has_checksums; /**< False for a file of format 1.0, which has the digest of trials alone. */
    size_t n_rows;     /**< Checksums that were compared, right or not. */
} perebor_result_check;

/**
 * Compares everything in a result file with its checksums, and everything that is derived (means,
 * ranks, columns of parameters, the table of trials) with what it is derived from. Evaluates
 * nothing. Forks.
 *
 * @param[in]  fault  Called for everything that does not hold: its path in the file ("" for the
 * file as a whole) and what is the matter with it.
 *
 * @retval PEREBOR_ERR_IO      It cannot be opened.
 * @retval PEREBOR_ERR_FORMAT  It is not HDF5, or not a result file.
 */
PEREBOR_MUST_CHECK perebor_status perebor_result_check_file(
    const char *path, void (*fault)(void *context, const char *place, const char *what),
    void *context, perebor_result_check *found, perebor_error *error);

/**
 * Whether two results are parts of one search: the same settings that bear on scores, seed, data
 * and folds.
 *
 * @param[in] left, right  What to call them in the message: the names of their files.
 *
 * @retval PEREBOR_ERR_CONFLICT  They are not; the message names the field that differs.
 */
PEREBOR_MUST_CHECK perebor_status perebor_result_check_same_search(const perebor_result *a,
                                                                   const char *left,
                                                                   const perebor_result *b,
                                                                   const char *right,
                                                                   perebor_error *error);

/**
 * Takes another part of the same search into a result: its trials, hosts and history, its looks at
 * the test part, and the stages that @p into does not have.
 *
 * @param[in] into_name, from_name  The names of their files, for the message and the history.
 *
 * @retval PEREBOR_ERR_CONFLICT  They are parts of different searches, or a trial that both have
 *         differs; @p into is as it was.
 */
PEREBOR_MUST_CHECK perebor_status perebor_result_merge(perebor_result *into, const char *into_name,
                                                       const perebor_result *from,
                                                       const char *from_name, perebor_error *error);

/**
 * Puts the trials of two results of one search together into one table that spans both. Numbers
 * that both have must agree to the bit; numbers that neither has are WAITING without a point.
 *
 * @param[out] trials  Freed with perebor_trials_free().
 *
 * @retval PEREBOR_ERR_CONFLICT  A trial differs; the message names it.
 */
PEREBOR_MUST_CHECK perebor_status perebor_result_merge_trials(perebor_trials **trials,
                                                              const perebor_trials *a,
                                                              const perebor_trials *b,
                                                              perebor_error *error);

PEREBOR_END_DECLS

#endif
