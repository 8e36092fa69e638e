// SPDX-License-Identifier: MIT
#include "report/trial_condition.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/try.h"

static const char *const columns[] = {"state", "trial", "mean_test_score", "std_test_score",
                                      "rank_test_score"};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

/** Copies the text between two places without the white space around it. */
static bool copy_trimmed(char *into, const char *begin, const char *end) {
    while (begin < end && *begin == ' ') {
        begin++;
    }
    while (end > begin && end[-1] == ' ') {
        end--;
    }
    size_t length = (size_t)(end - begin);
    if (length == 0 || length >= TRIAL_CONDITION_TEXT) {
        return false;
    }
    memcpy(into, begin, length);
    into[length] = '\0';
    return true;
}

/** Whether a condition names a column of a metric, such as mean_test_accuracy. */
static bool resolve_metric(trial_condition *condition, const perebor_trials *trials) {
    static const char *const kinds[] = {"mean_test_", "std_test_", "rank_test_"};
    static const char *const names[] = {"mean_test_score", "std_test_score", "rank_test_score"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i]);
        if (strncmp(condition->name, kinds[i], length) != 0) {
            continue;
        }
        for (size_t metric = 0; metric < trials->n_metrics; metric++) {
            if (strcmp(condition->name + length, trials->metric_names[metric]) == 0) {
                condition->metric = metric;
                (void)snprintf(condition->name, sizeof condition->name, "%s", names[i]);
                return true;
            }
        }
    }
    return false;
}

/** Finds what a condition names. */
static perebor_status resolve_name(trial_condition *condition, const perebor_trials *trials,
                                   perebor_error *error) {
    condition->parameter = SIZE_MAX;
    for (size_t i = 0; i < N_COLUMNS; i++) {
        if (strcmp(condition->name, columns[i]) == 0) {
            return PEREBOR_OK;
        }
    }
    if (resolve_metric(condition, trials)) {
        return PEREBOR_OK;
    }
    for (size_t i = 0; i < trials->n_parameters; i++) {
        if (strcmp(condition->name, trials->parameter_names[i]) == 0) {
            condition->parameter = i;
            return PEREBOR_OK;
        }
    }
    const char *near = perebor_suggest(
        condition->name, (const char *const *)trials->parameter_names, trials->n_parameters);
    near = near != NULL ? near : perebor_suggest(condition->name, columns, N_COLUMNS);
    bool named = !perebor_trials_have_default_metric(trials);
    return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                        "--where: there is no column \"%s\"%s%s%s; there are state, trial, "
                        "mean_test_score, std_test_score, rank_test_score%s%s%s and the parameters",
                        condition->name, near != NULL ? "; did you mean \"" : "",
                        near != NULL ? near : "", near != NULL ? "\"?" : "",
                        named ? ", the same of every metric (mean_test_" : "",
                        named ? trials->metric_names[trials->n_metrics - 1] : "", named ? ")" : "");
}

static perebor_status read_condition(trial_condition *condition, const char *begin, const char *end,
                                     const perebor_trials *trials, perebor_error *error) {
    const char *sign = begin;
    while (sign < end && strchr("=!<>", *sign) == NULL) {
        sign++;
    }
    size_t length = sign + 1 < end && sign[1] == '=' ? 2 : 1;
    bool whole = sign < end && (*sign != '!' || length == 2);
    if (whole) {
        memcpy(condition->comparison, sign, length);
        condition->comparison[length] = '\0';
        if (strcmp(condition->comparison, "==") == 0) {
            condition->comparison[1] = '\0';
        }
    }
    if (!whole || !copy_trimmed(condition->name, begin, sign) ||
        !copy_trimmed(condition->value, sign + length, end)) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "--where: \"%.*s\" is not a condition; write name=value, such as "
                            "\"model=knn and mean_test_score>0.9\"",
                            (int)(end - begin), begin);
    }
    return resolve_name(condition, trials, error);
}

perebor_status trial_conditions_read(trial_conditions *conditions, const char *where,
                                     const perebor_trials *trials, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    *conditions = (trial_conditions){0};
    while (where != NULL && *where != '\0') {
        const char *conjunction = strstr(where, " and ");
        const char *end = conjunction != NULL ? conjunction : where + strlen(where);
        if (conditions->n == TRIAL_CONDITIONS_MAX) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "--where: more than %d conditions",
                                TRIAL_CONDITIONS_MAX);
        }
        PEREBOR_TRY(done,
                    read_condition(&conditions->items[conditions->n], where, end, trials, error));
        conditions->n++;
        where = conjunction != NULL ? conjunction + strlen(" and ") : end;
    }
done:
    return status;
}

static bool holds_order(const char *comparison, int order) {
    bool result = strchr(comparison, '=') != NULL && order == 0;
    if (comparison[0] == '<') {
        result = result || order < 0;
    } else if (comparison[0] == '>') {
        result = result || order > 0;
    } else if (comparison[0] == '!') {
        result = order != 0;
    }
    return result;
}

/** A number compares as one where both sides are numbers; NaN satisfies only "!=". */
static bool holds_number(const trial_condition *condition, double number) {
    char *after = NULL;
    double wanted = strtod(condition->value, &after);
    if (*after != '\0' || isnan(number)) {
        return condition->comparison[0] == '!';
    }
    return holds_order(condition->comparison, (number > wanted) - (number < wanted));
}

static bool holds_value(const trial_condition *condition, perebor_value value) {
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        return condition->comparison[0] == '!' ? strcmp(condition->value, "null") != 0
                                               : strcmp(condition->value, "null") == 0;
    case PEREBOR_VALUE_BOOLEAN:
        return holds_order(condition->comparison,
                           strcmp(value.as.boolean ? "true" : "false", condition->value));
    case PEREBOR_VALUE_INTEGER:
        return holds_number(condition, (double)value.as.integer);
    case PEREBOR_VALUE_REAL:
        return holds_number(condition, value.as.real);
    case PEREBOR_VALUE_TEXT:
        return holds_order(condition->comparison, strcmp(value.as.text, condition->value));
    }
    return false;
}

static bool holds(const trial_condition *condition, const perebor_trials *trials,
                  uint32_t *const *ranks, size_t trial) {
    if (condition->parameter != SIZE_MAX) {
        return holds_value(condition,
                           trials->values[trial * trials->n_parameters + condition->parameter]);
    }
    if (strcmp(condition->name, "state") == 0) {
        return holds_order(
            condition->comparison,
            strcmp(perebor_trial_state_name(trials->state[trial]), condition->value));
    }
    if (strcmp(condition->name, "trial") == 0) {
        return holds_number(condition, (double)(trials->first_trial + trial));
    }
    if (strcmp(condition->name, "rank_test_score") == 0) {
        return holds_number(condition, ranks[condition->metric][trial]);
    }
    return holds_number(condition,
                        strcmp(condition->name, "mean_test_score") == 0
                            ? perebor_trials_mean(trials, trial, condition->metric, PEREBOR_TEST)
                            : perebor_trials_std(trials, trial, condition->metric));
}

bool trial_conditions_hold(const trial_conditions *conditions, const perebor_trials *trials,
                           uint32_t *const *ranks, size_t trial) {
    for (size_t i = 0; i < conditions->n; i++) {
        if (!holds(&conditions->items[i], trials, ranks, trial)) {
            return false;
        }
    }
    return true;
}
