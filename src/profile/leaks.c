// SPDX-License-Identifier: MIT
#include "profile/leaks.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/arithmetic.h"
#include "base/json.h"
#include "base/mix.h"
#include "base/text.h"
#include "base/try.h"
#include "profile/leak_strength.h"
#include "statistics/rank_tests.h"
#include "table/disguise.h"

const char *const perebor_leak_kind_names[] = {
    [PEREBOR_LEAK_COLUMN] = "column",         [PEREBOR_LEAK_ID] = "id",
    [PEREBOR_LEAK_ORDER] = "order",           [PEREBOR_LEAK_DUPLICATES] = "twins",
    [PEREBOR_LEAK_IDENTIFIER] = "identifier", NULL,
};

static const double improbable = 0.001; /* For all features together. */
static const double sure_area = 0.995;  /* From here on a column is a leak by itself. */
static const double strong_area = 0.95; /* From here on it is one if it stands apart. */
static const double apart = 3.0;        /* Times less error than the next best column has. */
static const double id_area = 0.97;     /* An identifier must not even order the classes. */
static const double id_phik = 0.9;
static const double improbable_z = -5.0;    /* So few runs come by chance once in three million. */
static const double sorted_share = 1.0 / 3; /* A share of the runs that a shuffled file has. */

/** A search for leaks under way. */
typedef struct leak_search {
    const perebor_dataset *dataset;
    perebor_arena *arena;
    perebor_leak *items; /**< [2 n_columns + 3] */
    size_t n;
    size_t n_least; /**< Rows of the smaller class. */
    leak_scratch scratch;
    leak_strength *strengths; /**< [n_columns] */
    bool *is_leak;            /**< [n_columns] */
} leak_search;

/** Adds one; its detail and step are formatted into the arena. */
static perebor_status add(leak_search *search, perebor_leak leak, const char *step,
                          perebor_error *error, const char *format, ...) {
    char detail[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    detail[perebor_text_valid_length(detail, strlen(detail))] = '\0';
    leak.column = perebor_arena_text(search->arena, leak.column);
    leak.detail = perebor_arena_text(search->arena, detail);
    leak.section = perebor_arena_text(search->arena, leak.section);
    leak.step = perebor_arena_text(search->arena, step);
    if (leak.column == NULL || leak.detail == NULL || leak.section == NULL || leak.step == NULL) {
        return perebor_no_memory(error, "to look for leaks");
    }
    search->items[search->n++] = leak;
    return PEREBOR_OK;
}

/** The error that a column leaves, and what chance may have taken off it: a row of a class. */
static double error_of(const leak_search *search, size_t column) {
    return 1.0 - search->strengths[column].area + 1.0 / (double)search->n_least;
}

static bool is_significant(const leak_search *search, size_t column) {
    return search->strengths[column].p * (double)search->dataset->n_columns < improbable;
}

/** A column and how much it tells. */
typedef struct ranked_column {
    double area;
    size_t column;
} ranked_column;

static int compare_areas(const void *left, const void *right) {
    const ranked_column *a = left;
    const ranked_column *b = right;
    if (a->area != b->area) {
        return a->area > b->area ? -1 : 1;
    }
    return (a->column > b->column) - (a->column < b->column);
}

/** How many of the best columns, a third of all at most, stand apart from the next below them. */
static size_t count_apart(const leak_search *search, const ranked_column *ranked, size_t n) {
    size_t n_apart = 0;
    for (size_t k = 1; k < n && (k == 1 || 3 * k <= n) && ranked[k - 1].area >= strong_area; k++) {
        if (error_of(search, ranked[k - 1].column) * apart <= 1.0 - ranked[k].area) {
            n_apart = k;
        }
    }
    return n_apart;
}

/** Decides which features leak. Identifiers do not take part, unless it is missing values that
 * tell. */
static perebor_status judge_features(leak_search *search, perebor_error *error) {
    size_t n = 0;
    ranked_column *ranked = calloc(search->dataset->n_columns + 1, sizeof *ranked);
    if (ranked == NULL) {
        return perebor_no_memory(error, "to look for leaks");
    }
    for (size_t i = 0; i < search->dataset->n_columns; i++) {
        const leak_strength *strength = &search->strengths[i];
        if (strength->identifies && !strength->by_gaps) {
            continue;
        }
        ranked[n++] = (ranked_column){.area = strength->area, .column = i};
        search->is_leak[i] = is_significant(search, i) &&
                             (strength->is_pure || 1.0 - error_of(search, i) >= sure_area);
    }
    qsort(ranked, n, sizeof *ranked, compare_areas);
    size_t n_apart = count_apart(search, ranked, n);
    for (size_t k = 0; k < n_apart; k++) {
        search->is_leak[ranked[k].column] |= is_significant(search, ranked[k].column);
    }
    free(ranked);
    return PEREBOR_OK;
}

static perebor_leak leak_of(const leak_strength *strength, perebor_leak_kind kind,
                            const char *column) {
    return (perebor_leak){.kind = kind,
                          .column = column,
                          .phik = strength->phik,
                          .auc = strength->auc,
                          .z = NAN,
                          .section = "data.features"};
}

static perebor_status add_feature(leak_search *search, size_t i, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const leak_strength *strength = &search->strengths[i];
    const char *name = search->dataset->columns[i].name;
    perebor_json json = {0};
    perebor_json_text(&json, name); // every JSON string is a YAML scalar
    char *quoted = perebor_json_take(&json);
    const char *step =
        quoted != NULL ? perebor_arena_format(search->arena, "drop: [%s]", quoted) : NULL;
    free(quoted);
    if (step == NULL) {
        return perebor_no_memory(error, "to look for leaks");
    }
    if (strength->identifies && !table_levels_are_disguised(search->dataset->columns[i].levels,
                                                            search->dataset->columns[i].n_levels)) {
        perebor_leak leak = leak_of(strength, PEREBOR_LEAK_IDENTIFIER, name);
        leak.n_rows = strength->n_distinct;
        PEREBOR_TRY(done, add(search, leak, step, error,
                              "column \"%s\" has %zu different values in %zu rows: an identifier "
                              "tells nothing of other rows; name it under id, or drop it",
                              name, strength->n_distinct, strength->n_values));
    }
    if (search->is_leak[i]) {
        status =
            add(search, leak_of(strength, PEREBOR_LEAK_COLUMN, name), step, error,
                "%s \"%s\" alone tells the target: area under the curve %.3f; is it known "
                "before the target is?",
                strength->by_gaps ? "whether there is a gap in" : "column", name, strength->area);
    }
done:
    return status;
}

static perebor_status look_at_features(leak_search *search, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < search->dataset->n_columns; i++) {
        PEREBOR_TRY(done, leak_strength_measure(&search->strengths[i], &search->dataset->columns[i],
                                                &search->scratch, error));
    }
    PEREBOR_TRY(done, judge_features(search, error));
    for (size_t i = 0; i < search->dataset->n_columns; i++) {
        PEREBOR_TRY(done, add_feature(search, i, error));
    }
done:
    return status;
}

static const char *id_of(const perebor_dataset *dataset, size_t row) {
    return dataset->ids != NULL ? dataset->ids[row] : "a row without an id";
}

/** Reads the identifiers as numbers; false if one is none. */
static bool read_ids(leak_search *search, double *numbers) {
    if (search->dataset->ids == NULL) {
        return false;
    }
    for (size_t row = 0; row < search->dataset->n_rows; row++) {
        const char *id = search->dataset->ids[row];
        char *end = NULL;
        numbers[row] = strtod(id, &end);
        if (end == id || *end != '\0' || !isfinite(numbers[row])) {
            return false;
        }
    }
    return true;
}

static perebor_status look_at_ids(leak_search *search, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_dataset *dataset = search->dataset;
    leak_strength strength;
    double *numbers = calloc(dataset->n_rows + 1, sizeof *numbers);
    if (numbers == NULL) {
        return perebor_no_memory(error, "to look for leaks");
    }
    if (dataset->id_name[0] != '\0' && read_ids(search, numbers)) {
        const perebor_column ids = {
            .name = dataset->id_name, .role = PEREBOR_ROLE_NUMERIC, .values = numbers};
        PEREBOR_TRY(done, leak_strength_measure(&strength, &ids, &search->scratch, error));
        if (strength.p < improbable && (strength.phik >= id_phik || strength.area >= id_area)) {
            perebor_leak leak = leak_of(&strength, PEREBOR_LEAK_ID, ids.name);
            leak.section = "";
            status = add(search, leak, "", error,
                         "identifier \"%s\" tells the target: phi_k %.3f, area under the curve "
                         "%.3f; it is not a feature, and must not become one",
                         leak.column, leak.phik, leak.auc);
        }
    }
done:
    free(numbers);
    return status;
}

/** Runs of rows of one class. */
static size_t count_runs(const uint8_t *labels, size_t n) {
    size_t n_runs = n > 0;
    for (size_t row = 1; row < n; row++) {
        n_runs += labels[row] != labels[row - 1];
    }
    return n_runs;
}

/** Whether folds that are cut in the order of the training part would differ by class. */
static perebor_status order_matters(const leak_search *search, const perebor_split *split,
                                    const perebor_folds_settings *folds, bool *matters,
                                    perebor_error *error) {
    *matters = folds == NULL || (!folds->shuffle && folds->method == PEREBOR_KFOLD);
    if (split == NULL || !*matters) {
        return PEREBOR_OK;
    }
    uint8_t *labels = calloc(split->n_train + 1, sizeof *labels);
    if (labels == NULL) {
        return perebor_no_memory(error, "to look for leaks");
    }
    for (size_t i = 0; i < split->n_train; i++) {
        labels[i] = search->dataset->labels[split->train[i]];
    }
    *matters = perebor_runs_test(labels, split->n_train).statistic < improbable_z;
    free(labels);
    return PEREBOR_OK;
}

/**
 * Rows in the order of the classes, not merely of something that goes with them, such as a date:
 * fewer runs of one class than 1/3 of the 1 + 2 n+ n- / n that a shuffled file has.
 */
static perebor_status look_at_order(leak_search *search, const perebor_split *split,
                                    const perebor_folds_settings *folds, perebor_error *error) {
    perebor_status status;
    size_t n_rows = search->dataset->n_rows;
    double n_least = (double)search->n_least;
    double expected = 1.0 + 2.0 * n_least * ((double)n_rows - n_least) / (double)n_rows;
    size_t n_runs = count_runs(search->dataset->labels, n_rows);
    double z = perebor_runs_test(search->dataset->labels, n_rows).statistic;
    if (!(z < improbable_z) || (double)n_runs > sorted_share * expected) {
        return PEREBOR_OK;
    }
    bool matters;
    PEREBOR_TRY(done, order_matters(search, split, folds, &matters, error));
    perebor_leak leak = {.kind = PEREBOR_LEAK_ORDER,
                         .column = "",
                         .phik = NAN,
                         .auc = NAN,
                         .z = z,
                         .section = matters ? "cv" : ""};
    status = add(search, leak, matters ? "shuffle: true" : "", error,
                 "rows are sorted by class (%zu runs of one class, %.0f if they were shuffled): %s",
                 n_runs, expected,
                 matters ? "folds cut in this order differ; write shuffle: true under cv"
                         : "folds do not follow it; a number of the row must not become a feature");
done:
    return status;
}

/** A row's features as one number, and where it is. */
typedef struct marked_row {
    uint64_t mark;
    uint32_t row;
    bool in_test;
} marked_row;

static int compare_marks(const void *left, const void *right) {
    const marked_row *a = left;
    const marked_row *b = right;
    if (a->mark != b->mark) {
        return a->mark < b->mark ? -1 : 1;
    }
    return (a->row > b->row) - (a->row < b->row);
}

/** Marks rows column by column, as they lie in memory. */
static void mark_rows(const perebor_dataset *dataset, marked_row *rows, size_t n) {
    for (size_t column = 0; column < dataset->n_columns; column++) {
        const double *values = dataset->columns[column].values;
        for (size_t i = 0; i < n; i++) {
            double value = values[rows[i].row];
            uint64_t bits = isnan(value) ? 1 : arithmetic_to_bits(value + 0.0);
            rows[i].mark = perebor_mix(rows[i].mark + PEREBOR_MIX_STEP + bits);
        }
    }
}

static bool equal_features(const perebor_dataset *dataset, uint32_t one, uint32_t other) {
    for (size_t i = 0; i < dataset->n_columns; i++) {
        double a = dataset->columns[i].values[one];
        double b = dataset->columns[i].values[other];
        if (a != b && !(isnan(a) && isnan(b))) {
            return false;
        }
    }
    return true;
}

/** Test rows that equal some training row; the first pair's rows. */
static uint64_t count_duplicates(const perebor_dataset *dataset, const marked_row *rows, size_t n,
                                 uint32_t first_pair[2]) {
    uint64_t n_duplicates = 0;
    for (size_t start = 0, end; start < n; start = end) {
        for (end = start + 1; end < n && rows[end].mark == rows[start].mark;) {
            end++;
        }
        for (size_t i = start; i < end && end - start > 1; i++) {
            for (size_t j = start; rows[i].in_test && j < end; j++) {
                if (!rows[j].in_test && equal_features(dataset, rows[i].row, rows[j].row)) {
                    if (n_duplicates++ == 0) {
                        first_pair[0] = rows[i].row;
                        first_pair[1] = rows[j].row;
                    }
                    break;
                }
            }
        }
    }
    return n_duplicates;
}

static perebor_status look_for_duplicates(leak_search *search, const perebor_split *split,
                                          perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_dataset *dataset = search->dataset;
    size_t n = split->n_train + split->n_test;
    uint32_t pair[2] = {0};
    marked_row *rows = calloc(n + 1, sizeof *rows);
    if (rows == NULL) {
        return perebor_no_memory(error, "to look for leaks");
    }
    for (size_t i = 0; i < split->n_train; i++) {
        rows[i].row = split->train[i];
    }
    for (size_t i = 0; i < split->n_test; i++) {
        rows[split->n_train + i] = (marked_row){.row = split->test[i], .in_test = true};
    }
    mark_rows(dataset, rows, n);
    qsort(rows, n, sizeof *rows, compare_marks);
    uint64_t n_duplicates = count_duplicates(dataset, rows, n, pair);
    if (n_duplicates > 0) {
        perebor_leak leak = {.kind = PEREBOR_LEAK_DUPLICATES,
                             .column = "",
                             .phik = NAN,
                             .auc = NAN,
                             .z = NAN,
                             .n_rows = n_duplicates,
                             .section = ""};
        status = add(search, leak, "", error,
                     "%llu of %zu test rows equal%s a training row in every feature, first %s = %s",
                     (unsigned long long)n_duplicates, split->n_test, n_duplicates == 1 ? "s" : "",
                     id_of(dataset, pair[0]), id_of(dataset, pair[1]));
    }
    free(rows);
    return status;
}

static perebor_status prepare(leak_search *search, perebor_error *error) {
    const perebor_dataset *dataset = search->dataset;
    size_t n_columns = dataset->n_columns;
    size_t n_positive = 0;
    for (size_t row = 0; row < dataset->n_rows; row++) {
        n_positive += dataset->labels[row];
    }
    search->n_least =
        n_positive < dataset->n_rows - n_positive ? n_positive : dataset->n_rows - n_positive;
    search->arena = calloc(1, sizeof *search->arena);
    search->strengths = calloc(n_columns + 1, sizeof *search->strengths);
    search->is_leak = calloc(n_columns + 1, sizeof *search->is_leak);
    if (search->arena == NULL || search->strengths == NULL || search->is_leak == NULL) {
        return perebor_no_memory(error, "to look for leaks");
    }
    search->items = perebor_arena_allocate(search->arena, 2 * n_columns + 3, sizeof *search->items);
    if (search->items == NULL) {
        return perebor_no_memory(error, "to look for leaks");
    }
    search->scratch.dataset = dataset;
    return leak_scratch_create(&search->scratch, error);
}

static void release_arena(perebor_arena *arena) {
    if (arena != NULL) {
        perebor_arena_release(arena);
        free(arena);
    }
}

perebor_status perebor_leaks_find(perebor_leaks *leaks, const perebor_dataset *dataset,
                                  const perebor_split *split, const perebor_folds_settings *folds,
                                  perebor_error *error) {
    perebor_status status;
    leak_search search = {.dataset = dataset};
    PEREBOR_TRY(done, prepare(&search, error));
    PEREBOR_TRY(done, look_at_features(&search, error));
    PEREBOR_TRY(done, look_at_ids(&search, error));
    PEREBOR_TRY(done, look_at_order(&search, split, folds, error));
    if (split != NULL) {
        PEREBOR_TRY(done, look_for_duplicates(&search, split, error));
    }
    *leaks = (perebor_leaks){.items = search.items, .n = search.n, .block = search.arena};
    search.arena = NULL;
done:
    release_arena(search.arena);
    leak_scratch_release(&search.scratch);
    free(search.strengths);
    free(search.is_leak);
    return status;
}

void perebor_leaks_release(perebor_leaks *leaks) {
    release_arena(leaks->block);
    *leaks = (perebor_leaks){0};
}
