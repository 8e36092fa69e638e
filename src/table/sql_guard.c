// SPDX-License-Identifier: MIT
#include "table/sql_guard.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/deadline.h"

/** Steps of SQLite's virtual machine between two looks at the clock: about a millisecond. */
enum { steps_between_looks = 20000 };

/** The default file system, but for its clock. */
static sqlite3_vfs clockless;
static _Thread_local bool time_was_asked;

/** Date functions get NULL, as they do where there is no clock. */
static int refuse_time(sqlite3_vfs *vfs, sqlite3_int64 *now) {
    (void)vfs;
    time_was_asked = true;
    *now = 0;
    return SQLITE_ERROR;
}

static void register_clockless(void) {
    const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
    if (usual != NULL && usual->iVersion >= 2) {
        clockless = *usual;
        clockless.pNext = NULL;
        clockless.xCurrentTimeInt64 = refuse_time;
        clockless.zName = "perebor-clockless";
        (void)sqlite3_vfs_register(&clockless, 0); // if not, opening by its name fails
    }
}

int sql_guard_open(const char *path, sqlite3 **database, int flags) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, register_clockless);
    return sqlite3_open_v2(path, database, flags, "perebor-clockless");
}

static int refuse(sql_guard *guard, const char *what, const char *why) {
    if (guard->reason[0] == '\0') {
        (void)snprintf(guard->reason, sizeof guard->reason, "%.56s is refused: %s", what, why);
    }
    return SQLITE_DENY;
}

static bool is_among(const char *word, const char *const *words) {
    while (*words != NULL && strcasecmp(*words, word) != 0) {
        words++;
    }
    return *words != NULL;
}

static int judge_pragma(sql_guard *guard, const char *name) {
    static const char *const harmless[] = {
        "case_sensitive_like", "foreign_key_list", "index_info",  "index_list",
        "table_info",          "table_list",       "table_xinfo", NULL};
    char what[64];
    (void)snprintf(what, sizeof what, "PRAGMA %s", name);
    return is_among(name, harmless)
               ? SQLITE_OK
               : refuse(guard, what, "statements change tables, not how the database works");
}

/** Whether a text has a word in single quotes, in letters of any size. */
static bool quotes(const char *text, const char *word) {
    size_t length = strlen(word);
    for (const char *quote = strchr(text, '\''); quote != NULL; quote = strchr(quote + 1, '\'')) {
        if (strncasecmp(quote + 1, word, length) == 0 && quote[1 + length] == '\'') {
            return true;
        }
    }
    return false;
}

static int judge_function(sql_guard *guard, const char *name) {
    static const char *const random[] = {"random", "randomblob", NULL};
    static const char *const outside[] = {"load_extension", "readfile", "writefile", "edit", NULL};
    static const char *const dates[] = {"date",     "time",      "datetime", "julianday",
                                        "strftime", "unixepoch", NULL};
    char what[64];
    (void)snprintf(what, sizeof what, "%.40s()", name);
    if (is_among(name, random)) {
        return refuse(guard, what,
                      "the data must be the same tomorrow; take a column, or the "
                      "rowid, instead");
    }
    if (is_among(name, outside)) {
        return refuse(guard, what, "statements work on the tables of the experiment alone");
    }
    if (is_among(name, dates) && guard->statement != NULL &&
        (quotes(guard->statement, "localtime") || quotes(guard->statement, "utc"))) {
        return refuse(guard, what,
                      "'localtime' and 'utc' give other data in another time zone; "
                      "write a shift such as '+3 hours'");
    }
    return SQLITE_OK;
}

static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *trigger) {
    sql_guard *guard = context;
    (void)database;
    (void)trigger;
    switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        return refuse(guard, action == SQLITE_ATTACH ? "ATTACH or VACUUM" : "DETACH",
                      "statements work on the tables of the experiment alone; name a further file "
                      "under data.tables");
    case SQLITE_CREATE_VTABLE:
    case SQLITE_DROP_VTABLE:
        return refuse(guard, "a virtual table",
                      "statements work on the tables of the experiment "
                      "alone");
    case SQLITE_PRAGMA:
        return judge_pragma(guard, first);
    case SQLITE_FUNCTION:
        return judge_function(guard, second);
    default:
        if (guard->observer != NULL) {
            guard->observer(guard->context, action, first, second);
        }
        return SQLITE_OK;
    }
}

static int look_at_clock(void *context) {
    sql_guard *guard = context;
    if (perebor_deadline_passed()) {
        guard->stopped = true;
        return 1;
    }
    if (clock_now() > guard->ends) {
        (void)snprintf(guard->reason, sizeof guard->reason,
                       "took more than %g s and was ended; a step that needs longer says so with "
                       "timeout",
                       guard->limit_seconds);
        return 1;
    }
    return 0;
}

void sql_guard_watch(sql_guard *guard, sqlite3 *database, double seconds) {
    guard->reason[0] = '\0';
    guard->stopped = false;
    guard->limit_seconds = seconds > 0.0 ? seconds : sql_default_seconds;
    guard->ends = clock_now() + guard->limit_seconds;
    time_was_asked = false;
    (void)sqlite3_set_authorizer(database, authorize, guard);
    sqlite3_progress_handler(database, steps_between_looks, look_at_clock, guard);
}

perebor_status sql_guard_verdict(sql_guard *guard) {
    if (guard->stopped) {
        return PEREBOR_ERR_STOPPED;
    }
    if (time_was_asked) {
        (void)refuse(guard, "the time of day ('now', CURRENT_DATE, ...)",
                     "the data must be the same tomorrow; write the date itself, such as "
                     "'2024-01-31'");
        time_was_asked = false;
    }
    return guard->reason[0] == '\0' ? PEREBOR_OK : PEREBOR_ERR_FORMAT;
}
