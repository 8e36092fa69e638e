// SPDX-License-Identifier: MIT
/**
 * @file column_facts.h
 * What is counted of a column before it is guessed what it is.
 */
#ifndef PEREBOR_PROPOSE_COLUMN_FACTS_H
#define PEREBOR_PROPOSE_COLUMN_FACTS_H

#include "inspect/quality_column.h"
#include "propose/name_words.h"
#include "propose/proposal.h"

/** A number that stands for a missing value, so far does it lie from all the others. */
typedef struct column_sentinel {
    double value;
    uint64_t n; /**< Rows that have it. */
} column_sentinel;

/** Released with column_facts_release(). */
typedef struct column_facts {
    quality_column column; /**< Borrows the table. */
    char words[NAME_WORDS_SIZE];
    size_t n_values;          /**< Rows that have one. */
    double least, greatest;   /**< The numbers' least and greatest; NaN if there is none. */
    bool whole;               /**< All numbers are whole. */
    bool rising;              /**< Each number is the one above it plus 1. */
    bool is_padded;           /**< Some numbers begin with a needless 0, as codes do: 007. */
    size_t n_dates;           /**< Different values that are written as dates. */
    size_t n_iso_dates;       /**< How many of these are written like 2024-03-01. */
    const char *unit;         /**< The unit of numbers that all have one: 12 %; "" if not. */
    size_t n_unit;            /**< Its bytes. */
    column_sentinel sentinel; /**< n 0: none. */
} column_facts;

/** Counts a column of a table. Summaries go to the notes. */
PEREBOR_MUST_CHECK perebor_status column_facts_collect(column_facts *facts, const table *table,
                                                       size_t column, const table_pool *pool,
                                                       quality_notes *notes, perebor_error *error);

/** Counts all of them. @param[out] facts  [n_columns], freed with column_facts_free(). */
PEREBOR_MUST_CHECK perebor_status column_facts_collect_all(column_facts **facts, const table *table,
                                                           const table_pool *pool,
                                                           quality_notes *notes,
                                                           perebor_error *error);

void column_facts_free(column_facts *facts, size_t n_columns);

/** Text of a level as an experiment names it: a number has the decimal mark of the table. In the
 * arena of the notes. */
const char *column_facts_level(const column_facts *facts, size_t level, const table_pool *pool,
                               quality_notes *notes);

/** Whether every different value, and there are some, is written as a date. */
bool column_facts_is_date(const column_facts *facts);

#endif
