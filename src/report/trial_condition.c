// SPDX-License-Identifier: MIT
#include "report/trial_condition.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/suggest.h"
#include "base/text.h"
#include "base/try.h"

/** A column that every table of trials has. */
typedef enum trial_column {
    COLUMN_STATE,
    COLUMN_TRIAL,
    COLUMN_MEAN,
    COLUMN_STD,
    COLUMN_RANK,
    COLUMN_TRAIN,
    COLUMN_OOB,
    COLUMN_CONVERGED,
    COLUMN_SAME_AS,
} trial_column;

/** By each of their names; the selecting metric has its own too. */
static const struct {
    const char *name;
    trial_column column;
} columns[] = {
    {"state", COLUMN_STATE},
    {"trial", COLUMN_TRIAL},
    {"mean_test_score", COLUMN_MEAN},
    {"std_test_score", COLUMN_STD},
    {"sd", COLUMN_STD},
    {"rank_test_score", COLUMN_RANK},
    {"rank", COLUMN_RANK},
    {"mean_train_score", COLUMN_TRAIN},
    {"train", COLUMN_TRAIN},
    {"mean_oob_score", COLUMN_OOB},
    {"oob", COLUMN_OOB},
    {"converged", COLUMN_CONVERGED},
    {"same_as", COLUMN_SAME_AS},
};
enum { n_columns = sizeof columns / sizeof *columns };

/** Copies the text between two places without the white space, and one pair of quotes, around it.
 */
static bool copy_trimmed(char *into, const char *begin, const char *end) {
    while (begin < end && *begin == ' ') {
        begin++;
    }
    while (end > begin && end[-1] == ' ') {
        end--;
    }
    if (end - begin >= 2 && (*begin == '\'' || *begin == '"') && end[-1] == *begin) {
        begin++;
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

/** Whether a condition names a column of a metric: mean_test_accuracy, or accuracy as it is shown.
 */
static bool resolve_metric(trial_condition *condition, const perebor_trials *trials) {
    static const struct {
        const char *prefix;
        trial_column column;
    } kinds[] = {{"", COLUMN_MEAN},
                 {"mean_test_", COLUMN_MEAN},
                 {"std_test_", COLUMN_STD},
                 {"rank_test_", COLUMN_RANK}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].prefix);
        if (strncmp(condition->name, kinds[i].prefix, length) != 0) {
            continue;
        }
        for (size_t metric = 0; metric < trials->n_metrics; metric++) {
            if (strcmp(condition->name + length, trials->metric_names[metric]) == 0) {
                condition->column = (int)kinds[i].column;
                condition->metric = metric;
                return true;
            }
        }
    }
    return false;
}

static perebor_status refuse_name(const trial_condition *condition, const perebor_trials *trials,
                                  perebor_error *error) {
    const char *names[n_columns + PEREBOR_MAX_METRICS];
    size_t n = 0;
    for (; n < n_columns; n++) {
        names[n] = columns[n].name;
    }
    for (size_t metric = 0; metric < trials->n_metrics; metric++) {
        names[n++] = trials->metric_names[metric];
    }
    const char *near = perebor_suggest(
        condition->name, (const char *const *)trials->parameter_names, trials->n_parameters);
    near = near != NULL ? near : perebor_suggest(condition->name, names, n);
    bool named = !perebor_trials_have_default_metric(trials);
    return perebor_fail(
        error, PEREBOR_ERR_ARGUMENT,
        "--where: there is no column \"%s\"%s%s%s; there are rank, trial, state, %s, sd, train, "
        "converged, same_as%s%s%s and the parameters",
        condition->name, near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
        near != NULL ? "\"?" : "", trials->metric_names[0],
        named ? ", those of every metric (mean_test_" : "",
        named ? trials->metric_names[trials->n_metrics - 1] : "", named ? ")" : "");
}

/** Finds what a condition names: a column, or a parameter with or without "param_" before it. */
static perebor_status resolve_name(trial_condition *condition, const perebor_trials *trials,
                                   perebor_error *error) {
    static const char prefix[] = "param_";
    condition->parameter = SIZE_MAX;
    for (size_t i = 0; i < trials->n_parameters; i++) {
        const char *parameter = trials->parameter_names[i];
        if (strcmp(condition->name, parameter) == 0 ||
            (strncmp(condition->name, prefix, sizeof prefix - 1) == 0 &&
             strcmp(condition->name + sizeof prefix - 1, parameter) == 0)) {
            condition->parameter = i;
            return PEREBOR_OK;
        }
    }
    for (size_t i = 0; i < n_columns; i++) {
        if (strcmp(condition->name, columns[i].name) == 0) {
            condition->column = (int)columns[i].column;
            return PEREBOR_OK;
        }
    }
    return resolve_metric(condition, trials) ? PEREBOR_OK : refuse_name(condition, trials, error);
}

static perebor_status refuse_value(const trial_condition *condition, const char *const *values,
                                   size_t n, perebor_error *error) {
    enum { most_shown = 8 };
    char list[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < n && i < most_shown && values[i] != NULL && used + 40 < sizeof list;
         i++) {
        size_t length = perebor_text_valid_length(values[i], strnlen(values[i], 32));
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.*s", i > 0 ? ", " : "",
                                 (int)length, values[i]);
    }
    const char *near = perebor_suggest(condition->value, values, n);
    return perebor_fail(
        error, PEREBOR_ERR_ARGUMENT, "--where: no trial has %s=%s%s%s%s; its values are %s%s",
        condition->name, condition->value, near != NULL ? "; did you mean \"" : "",
        near != NULL ? near : "", near != NULL ? "\"?" : "", list, n > most_shown ? ", …" : "");
}

/** Makes "failed" FAIL and the like; another state is none. */
static perebor_status check_state(trial_condition *condition, perebor_error *error) {
    static const struct {
        const char *word;
        perebor_trial_state state;
    } others[] = {{"failure", PEREBOR_TRIAL_FAIL},      {"fails", PEREBOR_TRIAL_FAIL},
                  {"error", PEREBOR_TRIAL_FAIL},        {"crashed", PEREBOR_TRIAL_FAIL},
                  {"finished", PEREBOR_TRIAL_COMPLETE}, {"success", PEREBOR_TRIAL_COMPLETE},
                  {"done", PEREBOR_TRIAL_COMPLETE},     {"ok", PEREBOR_TRIAL_COMPLETE},
                  {"pending", PEREBOR_TRIAL_WAITING}};
    const char *const *states = perebor_trial_state_names;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcasecmp(condition->value, others[i].word) == 0) {
            const char *name = states[others[i].state];
            memcpy(condition->value, name, strlen(name) + 1);
            return PEREBOR_OK;
        }
    }
    for (size_t i = 0; states[i] != NULL; i++) {
        size_t length = strlen(states[i]);
        const char *rest = condition->value + length;
        if (strncasecmp(condition->value, states[i], length) == 0 &&
            (*rest == '\0' || strcasecmp(rest, "ed") == 0 || strcasecmp(rest, "d") == 0)) {
            memcpy(condition->value, states[i], length + 1);
            return PEREBOR_OK;
        }
    }
    return refuse_value(condition, states, PEREBOR_TRIAL_WAITING + 1, error);
}

/** The different texts of a parameter. @return Their number; 0 if it has other values too. */
static size_t list_texts(const perebor_trials *trials, size_t parameter, const char **texts,
                         size_t most) {
    size_t n = 0;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        perebor_value value = trials->values[trial * trials->n_parameters + parameter];
        if (value.kind == PEREBOR_VALUE_NONE) {
            continue;
        }
        if (value.kind != PEREBOR_VALUE_TEXT) {
            return 0;
        }
        size_t i = 0;
        while (i < n && strcmp(texts[i], value.as.text) != 0) {
            i++;
        }
        if (i == n && n < most) {
            texts[n++] = value.as.text;
        }
    }
    return n;
}

static bool is_number(const char *text) {
    char *after = NULL;
    (void)strtod(text, &after);
    return after != text && *after == '\0';
}

/** Refuses a value that the column cannot have: a list would be empty for no visible reason. */
static perebor_status check_value(trial_condition *condition, const perebor_trials *trials,
                                  perebor_error *error) {
    enum { most_texts = 64 };
    const char *texts[most_texts];
    bool text = condition->parameter != SIZE_MAX;
    if (!text && condition->column == COLUMN_STATE) {
        return check_state(condition, error);
    }
    if (!text && condition->column == COLUMN_CONVERGED) {
        static const char *const words[] = {"true", "false", "yes", "no"};
        for (size_t i = 0; i < 4; i++) {
            if (strcasecmp(condition->value, words[i]) == 0) {
                memcpy(condition->value, words[i % 2], strlen(words[i % 2]) + 1);
                return PEREBOR_OK;
            }
        }
        return refuse_value(condition, words, 2, error);
    }
    if (!text) {
        return is_number(condition->value)
                   ? PEREBOR_OK
                   : perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                  "--where: %s is a number, and \"%s\" is none", condition->name,
                                  condition->value);
    }
    size_t n = list_texts(trials, condition->parameter, texts, most_texts);
    bool found = n == 0 || n == most_texts || strcmp(condition->value, "null") == 0;
    for (size_t i = 0; i < n; i++) {
        found = found || strcmp(texts[i], condition->value) == 0;
    }
    return found ? PEREBOR_OK : refuse_value(condition, texts, n, error);
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
                            "\"model=knn and roc_auc>0.9\"",
                            (int)(end - begin), begin);
    }
    perebor_status status = resolve_name(condition, trials, error);
    return status == PEREBOR_OK ? check_value(condition, trials, error) : status;
}

/** Finds a word between blanks, outside quotes; NULL if it does not occur. */
static const char *find_word(const char *text, const char *word) {
    size_t length = strlen(word);
    char quote = '\0';
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\'' || *at == '"') {
            quote = quote == '\0' ? *at : quote == *at ? '\0' : quote;
        } else if (quote == '\0' && *at == ' ' && strncasecmp(at + 1, word, length) == 0 &&
                   at[length + 1] == ' ') {
            return at;
        }
    }
    return NULL;
}

perebor_status trial_conditions_read(trial_conditions *conditions, const char *where,
                                     const perebor_trials *trials, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    *conditions = (trial_conditions){0};
    if (where != NULL && find_word(where, "or") != NULL) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "--where: conditions are joined by \"and\" alone; ask once for each "
                            "side of the \"or\"");
    }
    while (where != NULL && *where != '\0') {
        const char *conjunction = find_word(where, "and");
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

/** Whether every fold of a trial has. */
static bool has_converged(const perebor_trials *trials, size_t trial) {
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        if (trials->folds[trial * trials->n_folds + fold].converged == 0) {
            return false;
        }
    }
    return true;
}

static bool holds(const trial_condition *condition, const perebor_trials *trials,
                  uint32_t *const *ranks, size_t trial) {
    if (condition->parameter != SIZE_MAX) {
        return holds_value(condition,
                           trials->values[trial * trials->n_parameters + condition->parameter]);
    }
    switch ((trial_column)condition->column) {
    case COLUMN_STATE:
        return holds_order(
            condition->comparison,
            strcmp(perebor_trial_state_name(trials->state[trial]), condition->value));
    case COLUMN_TRIAL:
        return holds_number(condition, (double)(trials->first_trial + trial));
    case COLUMN_MEAN:
        return holds_number(condition,
                            perebor_trials_mean(trials, trial, condition->metric, PEREBOR_TEST));
    case COLUMN_STD:
        return holds_number(condition, perebor_trials_std(trials, trial, condition->metric));
    case COLUMN_RANK:
        return holds_number(condition, ranks[condition->metric][trial]);
    case COLUMN_TRAIN:
        return holds_number(condition, perebor_trials_mean_train_score(trials, trial));
    case COLUMN_OOB:
        return holds_number(condition, perebor_trials_mean_oob_score(trials, trial));
    case COLUMN_CONVERGED:
        return trials->state[trial] == PEREBOR_TRIAL_COMPLETE &&
               holds_order(
                   condition->comparison,
                   strcmp(has_converged(trials, trial) ? "true" : "false", condition->value));
    case COLUMN_SAME_AS:
        return holds_number(condition, (double)trials->same_as[trial]);
    }
    return false;
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
