// SPDX-License-Identifier: MIT
#include "cli/data_warnings.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "profile/leaks.h"
#include "table/disguise.h"

enum { many_levels = 100, message_size = 2048 };

/** The sum over a table of squares of greater values is infinite. */
static const double largest_value = 1e150;

/** Warnings of one kind. Beyond so many, one cause is more likely than many. */
enum { n_shown = 12 };

/** Says the first warnings of a kind, and in the end how many more there are. */
typedef struct warning_list {
    size_t n;
    const char *what;
} warning_list;

__attribute__((format(printf, 1, 2))) static void warn(const char *format, ...) {
    char message[message_size];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    command_warn(message);
}

/** Whether one more is to be printed. */
static bool is_shown(warning_list *list) {
    return list->n++ < n_shown;
}

static size_t finish(const warning_list *list) {
    if (list->n > n_shown) {
        warn("… and %zu more %s", list->n - n_shown, list->what);
    }
    return list->n;
}

size_t data_warnings_of_tables(const perebor_tables_report *report) {
    warning_list list = {.what = "like these"};
    for (size_t i = 0; i < report->n_warnings; i++) {
        if (is_shown(&list)) {
            command_warn(report->warnings[i]);
        }
    }
    return finish(&list);
}

static void print_doubt(const perebor_column_doubt *doubt, const char *experiment) {
    if (doubt->are_numbers && doubt->step[0] == '\0') {
        warn("%s; make numbers of them by a sql: step, or gaps by a replace: step, or drop it",
             doubt->detail);
    } else if (doubt->step[0] != '\0') {
        warn("%s; %s, in %s:", doubt->detail,
             doubt->are_numbers ? "to have numbers" : "if these are no values", doubt->section);
        fprintf(stderr, "        %s\n", doubt->step);
    } else {
        warn("%s; 'perebor profile %s' has the step that makes them gaps", doubt->detail,
             experiment);
    }
}

static size_t print_doubts(const perebor_tables_report *report, const char *experiment,
                           bool numbers_only) {
    warning_list list = {.what = "columns that a few texts make nominal"};
    for (size_t i = 0; i < report->n_doubts; i++) {
        const perebor_column_doubt *doubt = &report->doubts[i];
        if ((doubt->are_numbers || !numbers_only) && is_shown(&list)) {
            print_doubt(doubt, experiment);
        }
    }
    return finish(&list);
}

size_t data_warnings_of_numbers(const perebor_tables_report *report, const char *experiment) {
    return print_doubts(report, experiment, true);
}

static bool is_constant(perebor_value value) {
    return value.kind == PEREBOR_VALUE_TEXT && strcmp(value.as.text, "constant") == 0;
}

/** Whether gaps are filled with a constant in every trial: then nothing need be there to learn. */
static bool fills_constant(const perebor_experiment *experiment, bool numeric) {
    const char *name = numeric ? "impute__numeric" : "impute__nominal";
    size_t place = perebor_space_find(experiment->space, name);
    if (place < perebor_space_n_parameters(experiment->space)) {
        const perebor_parameter *parameter = perebor_space_parameter(experiment->space, place);
        bool all = parameter->n_values > 0;
        for (size_t i = 0; i < parameter->n_values; i++) {
            all = all && is_constant(parameter->values[i]);
        }
        return all;
    }
    for (size_t i = 0; i < experiment->n_fixed; i++) {
        if (strcmp(experiment->fixed[i].name, name) == 0) {
            return is_constant(experiment->fixed[i].value);
        }
    }
    return false;
}

/** Whether a column has a value in the training rows outside of a fold. */
static bool has_value(const perebor_study *study, const double *values, size_t repeat,
                      size_t fold) {
    const uint16_t *test_fold = study->folds.test_fold + repeat * study->folds.n_rows;
    for (size_t i = 0; i < study->split.n_train; i++) {
        if (test_fold[i] != fold && !isnan(values[study->split.train[i]])) {
            return true;
        }
    }
    return false;
}

/** Columns whose values are so few that a fold trains without any: what fills gaps from values has
 * nothing there, and the trial fails. */
static size_t print_empty(const perebor_study *study) {
    warning_list list = {.what = "columns without values"};
    const perebor_folds *folds = &study->folds;
    bool constant[2] = {fills_constant(study->experiment, false),
                        fills_constant(study->experiment, true)};
    for (size_t i = 0; i < study->dataset->n_columns; i++) {
        const perebor_column *column = &study->dataset->columns[i];
        bool is_numeric = column->role == PEREBOR_ROLE_NUMERIC;
        size_t n_without = 0;
        for (size_t k = 0; k < folds->n_folds && !constant[is_numeric]; k++) {
            n_without +=
                !has_value(study, column->values, k / folds->n_splits, k % folds->n_splits);
        }
        if (n_without > 0 && is_shown(&list)) {
            warn(
                "column \"%s\" has no value in the training rows of %zu of %zu folds, where trials "
                "fail; drop it, or say missing: {%s: constant}",
                column->name, n_without, folds->n_folds, is_numeric ? "numeric" : "nominal");
        }
    }
    return finish(&list);
}

/** Columns whose squares leave the numbers: only trees, which compare, learn from them. Where sums
 * may too, preparing a fold fails for every learner. */
static size_t print_huge(const perebor_study *study) {
    warning_list list = {.what = "columns of very large values"};
    for (size_t i = 0; i < study->dataset->n_columns; i++) {
        const perebor_column *column = &study->dataset->columns[i];
        double greatest = 0.0;
        for (size_t k = 0; k < study->split.n_train && column->role == PEREBOR_ROLE_NUMERIC; k++) {
            greatest = fmax(greatest, fabs(column->values[study->split.train[k]])); // not of gaps
        }
        if (greatest > DBL_MAX / (double)study->split.n_train && is_shown(&list)) {
            warn(
                "column \"%s\" has values up to %.3g, whose sums may be too large to compute with: "
                "then trials of all learners fail; divide it by a sql: step, or drop it",
                column->name, greatest);
        } else if (greatest > largest_value && is_shown(&list)) {
            warn("column \"%s\" has values up to %.3g, whose squares cannot be computed with: "
                 "trials of learners other than trees fail; divide it by a sql: step, or drop it",
                 column->name, greatest);
        }
    }
    return finish(&list);
}

static bool is_identifier(const perebor_leaks *leaks, const char *column) {
    for (size_t i = 0; i < leaks->n; i++) {
        if (leaks->items[i].kind == PEREBOR_LEAK_IDENTIFIER &&
            strcmp(leaks->items[i].column, column) == 0) {
            return true;
        }
    }
    return false;
}

/** A column that a slip made nominal is neither of many levels nor of names. */
static bool is_doubted(const perebor_study *study, const char *column) {
    for (size_t i = 0; i < study->tables.n_doubts; i++) {
        if (strcmp(study->tables.doubts[i].column, column) == 0) {
            return true;
        }
    }
    return false;
}

static size_t print_levels(const perebor_study *study, const perebor_leaks *leaks) {
    warning_list list = {.what = "columns of many levels"};
    for (size_t i = 0; i < study->dataset->n_columns; i++) {
        const perebor_column *column = &study->dataset->columns[i];
        if (column->n_levels > many_levels && !is_identifier(leaks, column->name) &&
            !is_doubted(study, column->name) &&
            !table_levels_are_disguised(column->levels, column->n_levels) && is_shown(&list)) {
            warn("column \"%s\" has %zu levels, each a column of its own once encoded; merge rare "
                 "ones, or drop it",
                 column->name, column->n_levels);
        }
    }
    return finish(&list);
}

static size_t print_leaks(const perebor_study *study, const perebor_leaks *leaks) {
    warning_list list = {.what = "columns that tell the target or identify rows"};
    for (size_t i = 0; i < leaks->n; i++) {
        const perebor_leak *leak = &leaks->items[i];
        if ((leak->kind == PEREBOR_LEAK_ORDER && leak->step[0] == '\0') ||
            (leak->kind == PEREBOR_LEAK_IDENTIFIER && is_doubted(study, leak->column))) {
            continue; // nothing is to be done, or it has been said
        }
        if (is_shown(&list)) {
            bool twins = leak->kind == PEREBOR_LEAK_DUPLICATES;
            warn("%s%s%s%s", leak->detail, twins ? "; 'perebor profile " : "",
                 twins ? study->experiment->file : "",
                 twins ? "' says more of rows that are alike" : "");
        }
    }
    return finish(&list);
}

size_t data_warnings_print(const perebor_study *study) {
    perebor_leaks leaks = {0};
    perebor_error error;
    size_t n = data_warnings_of_tables(&study->tables);
    n += print_doubts(&study->tables, study->experiment->file, false);
    n += print_empty(study);
    n += print_huge(study);
    if (perebor_leaks_find(&leaks, study->dataset, &study->split, &study->experiment->folds,
                           &error) != PEREBOR_OK) {
        warn("leaks were not looked for: %s", error.message);
        return n + 1;
    }
    n += print_levels(study, &leaks);
    n += print_leaks(study, &leaks);
    perebor_leaks_release(&leaks);
    return n;
}
