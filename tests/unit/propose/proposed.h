// SPDX-License-Identifier: MIT
/**
 * @file proposed.h
 * Small tables for guesses, what is guessed of them, and the experiment that is written of it.
 */
#ifndef TESTS_PROPOSE_PROPOSED_H
#define TESTS_PROPOSE_PROPOSED_H

#include "perebor/experiment.h"
#include "propose/proposal.h"

enum { PROPOSED_ROWS = 60 };

/** A column by its rule: its values in turn, apart by "|". In a value "#" stands for the number of
 * the row from 0, "%" for half of it and "@" for a day of a month, 01 to 28. */
typedef struct ruled_column {
    const char *name, *values;
} ruled_column;

/** How a table is written; all zero: with commas. */
typedef struct table_style {
    char delimiter;
    bool no_header;
} table_style;

/** Writes t.csv. @param columns  [n_columns]; a NULL name ends them earlier. */
void write_ruled(const ruled_column *columns, size_t n_columns, size_t n_rows, table_style style);

/** Proposes for t.csv; fails the test with the message if it is refused. */
void propose_ruled(perebor_proposal *proposal, const char *target);

/** Asserts that t.csv is refused with this message. */
void assert_refused(const char *target, const char *message);

/** The column of a name, which must be there. */
const proposed_column *proposed_named(const perebor_proposal *proposal, const char *name);

/** Asserts the levels, written apart by "|"; "" for none. */
void assert_levels(const proposed_column *column, const char *levels);

/** Writes the experiment and reads it. The caller frees both. */
char *written_of(const perebor_proposal *proposal);
perebor_experiment *read_back(const char *text);

/** Asserts that an experiment says what was proposed, role by role and step by step. */
void assert_says_the_same(const perebor_experiment *experiment, const perebor_proposal *proposal);

#endif
