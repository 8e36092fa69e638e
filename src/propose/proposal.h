// SPDX-License-Identifier: MIT
/**
 * @file proposal.h
 * A first experiment for a table that nobody has described: what its columns are taken for, with
 * the reason of each guess, and the text of an experiment that says so.
 *
 * A guess is made of names, values and places of columns by rules that know no table in particular.
 * What cannot be guessed is left out of the features, with the line that would put it back; a
 * target that cannot be guessed is an error. The same table gives the same text.
 */
#ifndef PEREBOR_PROPOSE_PROPOSAL_H
#define PEREBOR_PROPOSE_PROPOSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"
#include "perebor/tables.h"

/** What a column is taken for. */
typedef enum proposed_role {
    PROPOSED_NUMERIC,
    PROPOSED_ORDINAL,
    PROPOSED_BOOLEAN,
    PROPOSED_NOMINAL,
    PROPOSED_DROP,
    PROPOSED_ID,
    PROPOSED_TARGET,
} proposed_role;

typedef struct proposed_column {
    const char *name;
    proposed_role role;
    const char *reason; /**< One line. */
    const char *const
        *levels; /**< [n_levels] ordinal: lowest first; boolean: false, true; else none */
    size_t n_levels;
    size_t n_distinct; /**< Different values, missing ones apart. */
} proposed_column;

/** A cleaning step and why. */
typedef struct proposed_step {
    perebor_clean_step step;
    const char *reason; /**< One line. */
} proposed_step;

/** Where the names of columns come from. */
typedef enum proposed_names {
    PROPOSED_NAMES_OF_HEADER,
    PROPOSED_NAMES_MENDED, /**< The header's, but for some that are missing, twice there, or
                              patterns. */
    PROPOSED_NAMES_NONE,   /**< The file has no header: v1, v2 … */
} proposed_names;

/** Everything that is proposed. Owns what it points to. */
typedef struct perebor_proposal {
    const char *path;                           /**< The table's, as it was given. */
    const char *table;                          /**< The table of a database; NULL: a CSV file. */
    const char *delimiter, *decimal, *encoding; /**< As detected; "" of a database. */
    proposed_names names;
    uint32_t n_lines_above; /**< Above the first row, where names are mended. */
    uint64_t n_rows;
    const proposed_column *columns; /**< [n_columns] in the order of the table */
    size_t n_columns;
    const proposed_step *steps; /**< [n_steps] in order */
    size_t n_steps;
    size_t target;        /**< Its place among the columns. */
    const char *positive; /**< The value that counts as positive … */
    const char *positive_reason;
    const char *others;                                /**< … against these. */
    uint64_t n_positive, n_negative, n_without_target; /**< Rows. */
    void *block;
} perebor_proposal;

/**
 * Reads a table and guesses. Asks nothing, writes nothing.
 *
 * @param[out] proposal  Released with perebor_proposal_release().
 * @param[in]  path      A file that perebor_tables_load() reads.
 * @param[in]  table     A table of it, if it is a SQLite database; else NULL.
 * @param[in]  target    Name of the target's column; NULL: guessed.
 *
 * @retval PEREBOR_ERR_IO      The file cannot be read.
 * @retval PEREBOR_ERR_FORMAT  It is no table, or no column can be told to be the target: the
 * message lists those that could be.
 */
PEREBOR_MUST_CHECK perebor_status perebor_propose(perebor_proposal *proposal, const char *path,
                                                  const char *table, const char *target,
                                                  perebor_error *error);

void perebor_proposal_release(perebor_proposal *proposal);

/** The first bytes of every text that perebor_proposal_text() makes; fewer than 64. */
#define PEREBOR_PROPOSAL_BEGINNING "# A first experiment, by perebor init"

/**
 * The experiment as YAML, every guess explained on its line.
 *
 * @param[out] text  Freed by the caller.
 * @param[in]  path  Of the table as seen from the folder of the experiment.
 */
PEREBOR_MUST_CHECK perebor_status perebor_proposal_text(const perebor_proposal *proposal,
                                                        const char *path, char **text,
                                                        perebor_error *error);

#endif
