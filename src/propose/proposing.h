// SPDX-License-Identifier: MIT
/**
 * @file proposing.h
 * A proposal under way: what each stage of guessing finds for the next.
 */
#ifndef PEREBOR_PROPOSE_PROPOSING_H
#define PEREBOR_PROPOSE_PROPOSING_H

#include "propose/column_facts.h"

typedef struct proposing {
    quality_notes notes;       /**< Every text that lasts is in its arena. */
    perebor_proposal proposal; /**< As far as it is. */
    proposed_column *columns;  /**< [n_columns] proposal.columns, to be written. */
    proposed_step *steps;      /**< [n_steps] proposal.steps, likewise. */
    const char *wanted_target; /**< NULL: to be guessed. */
    perebor_texts given_names; /**< Names for a file that has none; else empty. */
    proposed_names names;
    size_t n_columns_read;
    bool finished; /**< All that was wanted of the tables is known. */
} proposing;

/** Steps that mend the table as it was read: blanks, texts among numbers, variants, sentinels. */
PEREBOR_MUST_CHECK perebor_status propose_steps(proposing *proposing, const table *table,
                                                const table_pool *pool, perebor_error *error);

/**
 * Finds the target and its positive class.
 *
 * @param[in] facts  [n_columns] of the table, cleaned.
 */
PEREBOR_MUST_CHECK perebor_status propose_target(proposing *proposing, const table *table,
                                                 const column_facts *facts, const table_pool *pool,
                                                 perebor_error *error);

/** Gives every column its role; the target is known. */
PEREBOR_MUST_CHECK perebor_status propose_roles(proposing *proposing, const table *table,
                                                const column_facts *facts, const table_pool *pool,
                                                perebor_error *error);

/** Whether a text means yes, or no, in some language of tables. */
bool propose_means_yes(const char *text, quality_notes *notes);
bool propose_means_no(const char *text, quality_notes *notes);

/** Up to so many levels, as YAML, apart by commas; "and N more". */
const char *propose_list_levels(const column_facts *facts, size_t most, const table_pool *pool,
                                quality_notes *notes);

#endif
