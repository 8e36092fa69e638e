// SPDX-License-Identifier: MIT
#include "segment/rule.h"

#include <stdbool.h>
#include <string.h>

#include "base/try.h"
#include "segment/rule_database.h"

/** Says what is wrong with a rule, and where it stands. */
static perebor_status fail_rule(rule_database *rules, const segment_rule *rule, const char *why,
                                perebor_error *error) {
    if (sql_guard_verdict(&rules->guard) == PEREBOR_ERR_STOPPED) {
        return perebor_fail(error, PEREBOR_ERR_STOPPED, "stopped while a rule was looked up");
    }
    if (sqlite3_errcode(rules->database) == SQLITE_NOMEM) {
        return perebor_no_memory(error, "for segments");
    }
    return segment_fail_at(rules->experiment, rule->at, error, "the rule \"%.100s\": %s",
                           rule->name, why);
}

/** Whether SQLite misses the column, which it quotes since 3.46 if the condition does. */
static bool misses_driver(const char *reason) {
    static const char quoted[] = "no such column: \"driver\"";
    return strcmp(reason, "no such column: driver") == 0 ||
           strncmp(reason, quoted, sizeof quoted - 1) == 0;
}

static const char *reason_of(const rule_database *rules) {
    const char *reason = sqlite3_errmsg(rules->database);
    bool wants_driver = rules->scored->drivers == NULL && rules->scored->settings->n_drivers > 0 &&
                        misses_driver(reason);
    return rules->guard.reason[0] != '\0' ? rules->guard.reason
           : wants_driver ? "driver is there once 'perebor explain' has explained the rows"
                          : reason;
}

/** @param[out] members  [n_rows] zero before. */
static perebor_status apply(rule_database *rules, const segment_rule *rule, const char *join,
                            uint8_t *members, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    sqlite3_stmt *statement = NULL;
    const char *rest = NULL;
    // The line break ends a comment that the condition may end with.
    char *sql = sqlite3_mprintf("SELECT scored.rowid FROM %s WHERE (%s\n)", join, rule->where);
    if (sql == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    sql_guard_watch(&rules->guard, rules->database, 0.0);
    rules->guard.statement = rule->where;
    int code = sqlite3_prepare_v2(rules->database, sql, -1, &statement, &rest);
    if (code == SQLITE_OK && *rest != '\0') {
        status = fail_rule(rules, rule, "a rule is one condition, without a semicolon", error);
    }
    while (code == SQLITE_OK && status == PEREBOR_OK &&
           (code = sqlite3_step(statement)) == SQLITE_ROW) {
        members[sqlite3_column_int64(statement, 0)] = 1;
        code = SQLITE_OK;
    }
    bool ended = code == SQLITE_DONE && sql_guard_verdict(&rules->guard) == PEREBOR_OK;
    if (status == PEREBOR_OK && !ended) {
        status = fail_rule(rules, rule, reason_of(rules), error);
    }
    (void)sqlite3_finalize(statement);
    sqlite3_free(sql);
    return status;
}

perebor_status segment_rules_apply(uint8_t *members, const segment_rule *rules, size_t n_rules,
                                   const segment_scored *scored, const segment_scored *like,
                                   const char *experiment, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    rule_database database = {
        .scored = scored, .like = like == NULL ? scored : like, .experiment = experiment};
    char *join = NULL;
    if (n_rules == 0) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, rule_database_open(&database, error));
    PEREBOR_TRY(done, rule_database_fill(&database, error));
    join = rule_database_join(&database);
    status = join == NULL ? perebor_no_memory(error, "for segments") : PEREBOR_OK;
    for (size_t i = 0; status == PEREBOR_OK && i < n_rules; i++) {
        status = apply(&database, &rules[i], join, members + i * scored->dataset->n_rows, error);
    }
done:
    sqlite3_free(join);
    (void)sqlite3_close(database.database);
    return status;
}
