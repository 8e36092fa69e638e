// SPDX-License-Identifier: MIT
/**
 * @file rule_database.h
 * The tables that conditions see (rule.h), in a database in memory: private to rules.
 */
#ifndef PEREBOR_SEGMENT_RULE_DATABASE_H
#define PEREBOR_SEGMENT_RULE_DATABASE_H

#include <sqlite3.h>

#include "segment/rule.h"
#include "table/sql_guard.h"

/** The database of a call, and what its functions need. */
typedef struct rule_database {
    sqlite3 *database;
    sql_guard guard;
    const segment_scored *scored;
    const segment_scored *like; /**< Whose quantiles count. */
    const char *experiment;
} rule_database;

/** Opens an empty database that knows quantile(). */
PEREBOR_MUST_CHECK perebor_status rule_database_open(rule_database *rules, perebor_error *error);

/**
 * Makes the tables and copies all rows in.
 *
 * @retval PEREBOR_ERR_FORMAT  The columns make no table, or leave no name for the number of a row.
 */
PEREBOR_MUST_CHECK perebor_status rule_database_fill(rule_database *rules, perebor_error *error);

/** The tables as a query joins them. To be freed with sqlite3_free(); NULL if memory is short. */
char *rule_database_join(const rule_database *rules);

#endif
