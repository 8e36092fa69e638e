// SPDX-License-Identifier: MIT
/**
 * @file sql_guard.h
 * What the SQL of an experiment may not do: reach beyond the tables, give other data tomorrow, or
 * run for ever.
 *
 * A guard watches over one connection of one thread. Statements that attach files, set pragmas that
 * change the database, load extensions, or call random() are refused when they are prepared; what
 * asks for the time of day is noticed when it does; a statement that runs too long, or whose thread
 * is told to stop (base/deadline.h), is interrupted.
 */
#ifndef PEREBOR_TABLE_SQL_GUARD_H
#define PEREBOR_TABLE_SQL_GUARD_H

#include <sqlite3.h>
#include <stdbool.h>

#include "perebor/status.h"

/** Told of what a statement is about to do, with the codes and names of sqlite3_set_authorizer. */
typedef void sql_guard_observer(void *context, int action, const char *first, const char *second);

typedef struct sql_guard {
    char reason[200]; /**< Why something was refused; "" if nothing was. */
    bool stopped;     /**< The thread was told to stop. */
    double ends;      /**< On the monotonic clock. */
    double limit_seconds;
    const char *statement;        /**< The one being prepared, for messages; NULL if none. */
    sql_guard_observer *observer; /**< May be NULL. */
    void *context;
} sql_guard;

/** Seconds that the statements of a step, or a query, may take unless told otherwise. */
static const double sql_default_seconds = 600.0;

/** Opens a database whose clock the guard can see: as sqlite3_open_v2. */
int sql_guard_open(const char *path, sqlite3 **database, int flags);

/** Begins to watch. @p guard must outlive the connection. @param[in] seconds  0: the default. */
void sql_guard_watch(sql_guard *guard, sqlite3 *database, double seconds);

/**
 * To be asked after every statement, whether it succeeded or not: date('now') gives NULL.
 *
 * @retval PEREBOR_ERR_FORMAT   Something was refused: guard->reason says what.
 * @retval PEREBOR_ERR_STOPPED  The thread was told to stop.
 */
perebor_status sql_guard_verdict(sql_guard *guard);

#endif
