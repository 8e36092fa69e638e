// SPDX-License-Identifier: MIT
/**
 * @file steps.h
 * The steps that work on tables, each in its own file, and the log they write.
 *
 * Each step leaves the load as it was if it fails, but for texts added to the pool.
 */
#ifndef PEREBOR_TABLE_STEPS_H
#define PEREBOR_TABLE_STEPS_H

#include "table/joined.h"
#include "table/table.h"

/** Makes cells alike: normal form, white space, letter case. In normalize.c. */
PEREBOR_MUST_CHECK perebor_status table_normalize(table_load *load, const perebor_clean_step *step,
                                                  perebor_error *error);

/** Replaces whole cells by others. In replace.c. */
PEREBOR_MUST_CHECK perebor_status table_replace(table_load *load, const perebor_clean_step *step,
                                                perebor_error *error);

/** Runs SQL over all tables. In sql.c. */
PEREBOR_MUST_CHECK perebor_status table_run_sql(table_load *load, const perebor_clean_step *step,
                                                perebor_error *error);

/** Turns the rows of each key into one row; rows in order of first appearance. In pivot.c. */
PEREBOR_MUST_CHECK perebor_status table_pivot(table_load *load, const perebor_pivot_step *step,
                                              perebor_error *error);

/** Makes one table of several. In join.c. */
PEREBOR_MUST_CHECK perebor_status table_join(table_load *load, table_joined *joined,
                                             perebor_error *error);

/** Keeps the rows that satisfy a comparison. In filter.c. */
PEREBOR_MUST_CHECK perebor_status table_filter(table_load *load, table_joined *joined,
                                               const perebor_filter_step *step,
                                               perebor_error *error);

/**
 * Adds an entry to the log.
 *
 * @param[in] entry   Its detail is ignored; other texts are copied.
 * @param[in] format  Of the detail.
 */
PEREBOR_MUST_CHECK perebor_status table_log(table_load *load, perebor_step_report entry,
                                            perebor_error *error, const char *format, ...)
    PEREBOR_PRINTF_LIKE(4, 5);

/** Whether a list of names and patterns names a column; an empty list names every column. */
bool table_texts_name(const perebor_texts *texts, const char *column);

/**
 * Checks that every name of a cleaning step's list is a column of one of its tables, and every
 * pattern matches one. Where a schema says what the columns are, what is not there is a warning.
 */
PEREBOR_MUST_CHECK perebor_status table_check_columns(table_load *load,
                                                      const perebor_clean_step *step,
                                                      perebor_error *error);

/**
 * Whether a step goes without a table that it names: where a schema says what the columns are, a
 * table that is not there is a warning.
 */
PEREBOR_MUST_CHECK perebor_status table_goes_without(table_load *load, const char *step,
                                                     const char *table, perebor_position at,
                                                     bool *without, perebor_error *error);

/** Whether a cleaning step is for this table. */
bool table_step_is_for(const perebor_clean_step *step, const table *table);

#endif
