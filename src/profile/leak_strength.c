// SPDX-License-Identifier: MIT
#include "profile/leak_strength.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mix.h"
#include "base/try.h"
#include "profile/column_levels.h"
#include "profile/profile.h"
#include "statistics/contingency.h"
#include "statistics/quantile.h"
#include "statistics/rank_tests.h"

enum {
    few_values = 20,   /* A numeric column of at most so many values has them for levels. */
    pure_levels = 10,  /* A column of more levels may be of one class in each by chance. */
    pure_class = 10,   /* Rows that the smaller class must have to say so. */
    named_values = 20, /* With fewer values all are different easily. */
};

static const double pure_share = 0.995;
static const double pure_least =
    0.95; /* A share of the smaller class, which may be rarer than that. */
static const double nearly_distinct = 0.9;
static const double dense = 2.0;        /* Range of numbers that count rows, over their number. */
static const double uniform_d = 1.63;   /* Kolmogorov: sqrt(n) D beyond it once in a hundred. */
static const double least_number = 1e4; /* Numbers of fewer digits may be measurements. */

perebor_status leak_scratch_create(leak_scratch *scratch, perebor_error *error) {
    size_t n_rows = scratch->dataset->n_rows;
    scratch->levels = calloc(n_rows + 1, sizeof *scratch->levels);
    scratch->target = calloc(n_rows + 1, sizeof *scratch->target);
    scratch->values = calloc(2 * n_rows + 1, sizeof *scratch->values);
    scratch->labels = calloc(n_rows + 1, sizeof *scratch->labels);
    if (scratch->levels == NULL || scratch->target == NULL || scratch->values == NULL ||
        scratch->labels == NULL) {
        return perebor_no_memory(error, "to look for leaks");
    }
    profile_label_levels(scratch->target, scratch->dataset->labels, n_rows);
    return PEREBOR_OK;
}

void leak_scratch_release(leak_scratch *scratch) {
    free(scratch->levels);
    free(scratch->target);
    free(scratch->values);
    free(scratch->labels);
    perebor_phik_curves_release(&scratch->curves);
}

/** Takes over a measure if it tells more than what is known. */
static bool raise(leak_strength *strength, double area, double p) {
    if (!(area > strength->area)) {
        return false;
    }
    strength->area = area;
    strength->p = p;
    return true;
}

/** How the values order the classes. */
static perebor_status measure_order(leak_strength *strength, const perebor_column *column,
                                    leak_scratch *scratch, perebor_error *error) {
    size_t n = 0;
    double n_positive = 0.0;
    if (column->role == PEREBOR_ROLE_NOMINAL) {
        return PEREBOR_OK;
    }
    for (size_t row = 0; row < scratch->dataset->n_rows; row++) {
        if (!isnan(column->values[row])) {
            scratch->values[n] = column->values[row];
            scratch->labels[n++] = scratch->dataset->labels[row];
            n_positive += scratch->dataset->labels[row];
        }
    }
    perebor_statistical_test test;
    perebor_status status = perebor_mann_whitney(&test, scratch->values, scratch->labels, n, error);
    if (status == PEREBOR_OK && !isnan(test.statistic)) {
        strength->auc = test.statistic / (n_positive * ((double)n - n_positive));
        raise(strength, fmax(strength->auc, 1.0 - strength->auc), test.p);
    }
    return status;
}

static perebor_status measure_phik(leak_strength *strength, size_t n_levels, leak_scratch *scratch,
                                   perebor_error *error) {
    perebor_status status;
    perebor_contingency table = {0};
    strength->phik = NAN;
    PEREBOR_TRY(done, perebor_contingency_count(&table, scratch->levels, n_levels, scratch->target,
                                                2, scratch->dataset->n_rows, error));
    if (table.n_rows * table.n_columns <= PEREBOR_PROFILE_CELLS) {
        status = perebor_phik_by_curve(&strength->phik, &table, &scratch->curves, error);
    }
done:
    perebor_contingency_release(&table);
    return status;
}

/** Rows of a level, by half and class. */
typedef struct level_counts {
    double n[2], n_positive[2];
} level_counts;

/** Which half of the rows a row is in: a coin that depends on its number alone. */
static size_t half_of(size_t row) {
    return perebor_mix(row + PEREBOR_MIX_STEP) >> 63;
}

/** Whether nearly every row is of its level's more frequent class, of few levels. */
static bool are_pure(const level_counts *counts, size_t n_levels, size_t n_rows, size_t n_least) {
    size_t n_used = 0;
    double n_agreeing = 0.0;
    for (size_t level = 0; level < n_levels; level++) {
        double n = counts[level].n[0] + counts[level].n[1];
        double n_positive = counts[level].n_positive[0] + counts[level].n_positive[1];
        n_used += n > 0.0;
        n_agreeing += fmax(n_positive, n - n_positive);
    }
    double n_missed = (double)n_rows - n_agreeing;
    return n_least >= pure_class && n_used <= pure_levels &&
           n_missed <= (1.0 - pure_share) * (double)n_rows &&
           n_missed <= (1.0 - pure_least) * (double)n_least;
}

/**
 * Scores every row by the share of positive rows that its level has in the other half,
 * (n+ + share) / (n + 1) where share is that of all rows, and measures the area under the curve.
 */
static perebor_status measure_levels(leak_strength *strength, size_t n_levels, bool gaps,
                                     leak_scratch *scratch, perebor_error *error) {
    const perebor_dataset *dataset = scratch->dataset;
    size_t n_rows = dataset->n_rows;
    size_t n_positive = 0;
    level_counts *counts = calloc(n_levels + 1, sizeof *counts);
    if (counts == NULL) {
        return perebor_no_memory(error, "to look for leaks");
    }
    for (size_t row = 0; row < n_rows; row++) {
        level_counts *level = &counts[scratch->levels[row]];
        level->n[half_of(row)] += 1.0;
        level->n_positive[half_of(row)] += dataset->labels[row];
        n_positive += dataset->labels[row];
    }
    double share = (double)n_positive / (double)n_rows;
    for (size_t row = 0; row < n_rows; row++) {
        size_t other = 1 - half_of(row);
        const level_counts *level = &counts[scratch->levels[row]];
        scratch->values[row] = (level->n_positive[other] + share) / (level->n[other] + 1.0);
    }
    size_t n_least = n_positive < n_rows - n_positive ? n_positive : n_rows - n_positive;
    bool pure = are_pure(counts, n_levels, n_rows, n_least);
    free(counts);
    perebor_statistical_test test;
    perebor_status status =
        perebor_mann_whitney(&test, scratch->values, dataset->labels, n_rows, error);
    if (status == PEREBOR_OK && n_least > 0) {
        double area = test.statistic / ((double)n_positive * (double)(n_rows - n_positive));
        bool raised = raise(strength, area, test.p);
        strength->by_gaps = gaps && area > 0.5 && (raised || area == strength->area);
        strength->is_pure |= pure;
    }
    return status;
}

/** Numbers the distinct values of a column, which are few; missing values keep PEREBOR_NO_LEVEL. */
static size_t number_values(leak_scratch *scratch, const perebor_column *column,
                            const double *sorted, size_t n) {
    double distinct[few_values];
    size_t n_distinct = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1]) {
            distinct[n_distinct++] = sorted[i];
        }
    }
    for (size_t row = 0; row < scratch->dataset->n_rows; row++) {
        uint32_t level = 0;
        while (level < n_distinct && distinct[level] != column->values[row]) {
            level++;
        }
        scratch->levels[row] = level < n_distinct ? level : PEREBOR_NO_LEVEL;
    }
    return n_distinct;
}

/** Whether a name says that a column identifies: "id", "key" and the like are a word of it. */
static bool names_identifier(const char *name) {
    static const char *const words[] = {"id", "ids", "key", "uuid", "guid", "ид", "номер"};
    for (const char *at = name; *at != '\0';) {
        size_t length = 0;
        while (at[length] != '\0' && strchr(" _-.#:/", at[length]) == NULL &&
               !(length > 0 && isupper((unsigned char)at[length]) &&
                 islower((unsigned char)at[length - 1]))) {
            length++;
        }
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (strlen(words[i]) == length && strncasecmp(words[i], at, length) == 0) {
                return true;
            }
        }
        at += length;
        at += *at != '\0' && strchr(" _-.#:/", *at) != NULL;
    }
    return false;
}

/** Whether values only ever rise, or only ever fall, from row to row. */
static bool is_monotone(const double *values, size_t n_rows) {
    size_t n_rises = 0;
    size_t n_falls = 0;
    double last = NAN;
    for (size_t row = 0; row < n_rows; row++) {
        if (!isnan(values[row])) {
            n_rises += values[row] > last;
            n_falls += values[row] < last;
            last = values[row];
        }
    }
    return n_rises == 0 || n_falls == 0;
}

/** Whether sorted numbers all have the same digits and are spread evenly, as drawn numbers are. */
static bool look_drawn(const double *sorted, size_t n) {
    double least = sorted[0];
    double greatest = sorted[n - 1];
    double power = least_number;
    while (power * 10.0 <= greatest) {
        power *= 10.0;
    }
    double farthest = 0.0;
    for (size_t i = 0; i < n; i++) {
        double expected = (sorted[i] - least) / (greatest - least);
        farthest = fmax(farthest, fabs(expected - ((double)i + 0.5) / (double)n));
    }
    return least >= power && farthest * sqrt((double)n) < uniform_d;
}

/**
 * Whether whole numbers, nearly all different, count or name rows rather than measure something:
 * they rise or fall through the file, leave few numbers out, are called so, or look drawn.
 */
static bool numbers_identify(const perebor_column *column, const double *sorted, size_t n,
                             size_t n_distinct, size_t n_rows) {
    for (size_t i = 0; i < n; i++) {
        if (sorted[i] != floor(sorted[i])) {
            return false;
        }
    }
    if (names_identifier(column->name)) {
        return true;
    }
    return n_distinct == n &&
           (is_monotone(column->values, n_rows) || sorted[n - 1] - sorted[0] < dense * (double)n ||
            look_drawn(sorted, n));
}

/** Counts distinct values, and looks whether they name rows. */
static void look_at_values(leak_strength *strength, const perebor_column *column,
                           leak_scratch *scratch, size_t *n_levels) {
    size_t n_rows = scratch->dataset->n_rows;
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        if (!isnan(column->values[row])) {
            scratch->values[n++] = column->values[row];
        }
    }
    perebor_values_sort(scratch->values, scratch->values + n, n);
    strength->n_values = n;
    strength->n_distinct = perebor_distinct_count(scratch->values, n);
    bool distinct =
        n >= named_values && (double)strength->n_distinct >= nearly_distinct * (double)n;
    if (column->role == PEREBOR_ROLE_NOMINAL) {
        strength->identifies = distinct;
    } else if (column->role == PEREBOR_ROLE_NUMERIC) {
        strength->identifies =
            distinct && numbers_identify(column, scratch->values, n, strength->n_distinct, n_rows);
    }
    if (column->role == PEREBOR_ROLE_NUMERIC && strength->n_distinct <= few_values) {
        *n_levels = number_values(scratch, column, scratch->values, n);
    }
}

perebor_status leak_strength_measure(leak_strength *strength, const perebor_column *column,
                                     leak_scratch *scratch, perebor_error *error) {
    perebor_status status;
    size_t n_rows = scratch->dataset->n_rows;
    *strength = (leak_strength){.auc = 0.5, .area = 0.5, .p = 1.0};
    size_t n_levels = profile_column_levels(scratch->levels, column, n_rows);
    PEREBOR_TRY(done, measure_phik(strength, n_levels, scratch, error));
    look_at_values(strength, column, scratch, &n_levels);
    PEREBOR_TRY(done, measure_order(strength, column, scratch, error));
    for (size_t row = 0; row < n_rows; row++) { // missing values are one more level
        scratch->levels[row] =
            scratch->levels[row] == PEREBOR_NO_LEVEL ? (uint32_t)n_levels : scratch->levels[row];
    }
    PEREBOR_TRY(done, measure_levels(strength, n_levels + 1, false, scratch, error));
    if (column->role == PEREBOR_ROLE_NUMERIC && strength->n_distinct > few_values) {
        strength->is_pure = false; // bins are no levels: classes may simply lie apart
    }
    if (strength->n_values < n_rows && strength->n_values > 0) {
        for (size_t row = 0; row < n_rows; row++) {
            scratch->levels[row] = isnan(column->values[row]) ? 1U : 0U;
        }
        PEREBOR_TRY(done, measure_levels(strength, 2, true, scratch, error));
    }
done:
    return status;
}
