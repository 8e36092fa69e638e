// SPDX-License-Identifier: MIT
#include "perebor/leaks.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/arithmetic.h"
#include "base/mix.h"
#include "base/try.h"
#include "perebor/contingency.h"
#include "perebor/phik.h"
#include "perebor/rank_tests.h"
#include "profile/column_levels.h"

static const double improbable_z = -5.0; /* Of fewer runs, by chance once in three million files. */

/** A search for leaks under way. */
struct leak_search {
    const perebor_dataset *dataset;
    perebor_arena *arena;
    perebor_leak *items; /**< [n_columns + 3] */
    size_t n;
    uint32_t *levels, *target; /**< [n_rows] */
    double *values;            /**< [n_rows] */
    uint8_t *labels;           /**< [n_rows] */
};

static perebor_status out_of_memory(perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to look for leaks");
}

/** Adds one; its detail and step are formatted into the arena. */
static perebor_status add(struct leak_search *search, perebor_leak leak, const char *step,
                          perebor_error *error, const char *format, ...) {
    char detail[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    leak.column = perebor_arena_text(search->arena, leak.column);
    leak.detail = perebor_arena_text(search->arena, detail);
    leak.section = perebor_arena_text(search->arena, leak.section);
    leak.step = perebor_arena_text(search->arena, step);
    if (leak.column == NULL || leak.detail == NULL || leak.section == NULL || leak.step == NULL) {
        return out_of_memory(error);
    }
    search->items[search->n++] = leak;
    return PEREBOR_OK;
}

/** How the values order the classes, as an area under the curve; 0.5 for a column without order. */
static perebor_status measure_area(struct leak_search *search, const perebor_column *column,
                                   double *area, perebor_error *error) {
    size_t n = 0;
    double n_positive = 0.0;
    *area = 0.5;
    if (column->role == PEREBOR_ROLE_NOMINAL) {
        return PEREBOR_OK;
    }
    for (size_t row = 0; row < search->dataset->n_rows; row++) {
        if (!isnan(column->values[row])) {
            search->values[n] = column->values[row];
            search->labels[n++] = search->dataset->labels[row];
            n_positive += search->dataset->labels[row];
        }
    }
    perebor_statistical_test test;
    perebor_status status = perebor_mann_whitney(&test, search->values, search->labels, n, error);
    if (status == PEREBOR_OK && !isnan(test.statistic)) {
        *area = test.statistic / (n_positive * ((double)n - n_positive));
    }
    return status;
}

static perebor_status weigh_column(struct leak_search *search, const perebor_column *column,
                                   perebor_leak *leak, perebor_error *error) {
    perebor_status status;
    perebor_contingency table = {0};
    size_t n_rows = search->dataset->n_rows;
    size_t n_levels = profile_column_levels(search->levels, column, n_rows);
    PEREBOR_TRY(done, perebor_contingency_count(&table, search->levels, n_levels, search->target, 2,
                                                n_rows, error));
    PEREBOR_TRY(done, perebor_phik(&leak->phik, &table, true, error));
    PEREBOR_TRY(done, measure_area(search, column, &leak->auc, error));
    leak->column = column->name;
    leak->z = NAN;
done:
    perebor_contingency_release(&table);
    return status;
}

static bool is_implausible(const perebor_leak *leak) {
    return leak->phik >= PEREBOR_LEAK_PHIK || fmax(leak->auc, 1.0 - leak->auc) >= PEREBOR_LEAK_AUC;
}

static perebor_status look_at_features(struct leak_search *search, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < search->dataset->n_columns; i++) {
        perebor_leak leak = {.kind = PEREBOR_LEAK_COLUMN, .section = "data.features"};
        PEREBOR_TRY(done, weigh_column(search, &search->dataset->columns[i], &leak, error));
        if (is_implausible(&leak)) {
            char step[512];
            (void)snprintf(step, sizeof step, "drop: [\"%s\"]", leak.column);
            PEREBOR_TRY(done, add(search, leak, step, error,
                                  "column \"%s\" alone tells the target: phi_k %.3f, area under "
                                  "the curve %.3f; is its value known before the target?",
                                  leak.column, leak.phik, leak.auc));
        }
    }
done:
    return status;
}

/** Reads the identifiers as numbers; false if one is none. */
static bool read_ids(struct leak_search *search, double *numbers) {
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

static perebor_status look_at_ids(struct leak_search *search, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_dataset *dataset = search->dataset;
    perebor_leak leak = {.kind = PEREBOR_LEAK_ID, .section = ""};
    double *numbers = calloc(dataset->n_rows + 1, sizeof *numbers);
    if (numbers == NULL) {
        return out_of_memory(error);
    }
    if (dataset->id_name[0] != '\0' && read_ids(search, numbers)) {
        const perebor_column ids = {
            .name = dataset->id_name, .role = PEREBOR_ROLE_NUMERIC, .values = numbers};
        PEREBOR_TRY(done, weigh_column(search, &ids, &leak, error));
        if (is_implausible(&leak)) {
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

static perebor_status look_at_order(struct leak_search *search, perebor_error *error) {
    perebor_statistical_test runs =
        perebor_runs_test(search->dataset->labels, search->dataset->n_rows);
    if (!(runs.statistic < improbable_z)) {
        return PEREBOR_OK;
    }
    perebor_leak leak = {.kind = PEREBOR_LEAK_ORDER,
                         .column = "",
                         .phik = NAN,
                         .auc = NAN,
                         .z = runs.statistic,
                         .section = "cv"};
    return add(search, leak, "shuffle: true", error,
               "rows are sorted by class (runs test z = %.1f): a row's place in the file tells its "
               "target, and folds that are neither stratified nor shuffled have unlike classes",
               runs.statistic);
}

/** A row's features as one number, and where it is. */
struct marked_row {
    uint64_t mark;
    uint32_t row;
    bool in_test;
};

static int compare_marks(const void *left, const void *right) {
    const struct marked_row *a = left;
    const struct marked_row *b = right;
    if (a->mark != b->mark) {
        return a->mark < b->mark ? -1 : 1;
    }
    return (a->row > b->row) - (a->row < b->row);
}

static struct marked_row mark_row(const perebor_dataset *dataset, uint32_t row, bool in_test) {
    struct marked_row rows = {.row = row, .in_test = in_test};
    for (size_t i = 0; i < dataset->n_columns; i++) {
        double value = dataset->columns[i].values[row];
        uint64_t bits = isnan(value) ? 1 : arithmetic_to_bits(value + 0.0);
        rows.mark = perebor_mix(rows.mark + PEREBOR_MIX_STEP + bits);
    }
    return rows;
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
static uint64_t count_duplicates(const perebor_dataset *dataset, const struct marked_row *rows,
                                 size_t n, uint32_t first_pair[2]) {
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

static perebor_status look_for_duplicates(struct leak_search *search, const perebor_split *split,
                                          perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_dataset *dataset = search->dataset;
    size_t n = split->n_train + split->n_test;
    uint32_t pair[2] = {0};
    struct marked_row *rows = calloc(n + 1, sizeof *rows);
    if (rows == NULL) {
        return out_of_memory(error);
    }
    for (size_t i = 0; i < split->n_train; i++) {
        rows[i] = mark_row(dataset, split->train[i], false);
    }
    for (size_t i = 0; i < split->n_test; i++) {
        rows[split->n_train + i] = mark_row(dataset, split->test[i], true);
    }
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
                     "%llu of %zu test rows equal a training row in every feature, first %s = %s; "
                     "the filter that profile proposes (duplicate_but_key) keeps one of each",
                     (unsigned long long)n_duplicates, split->n_test, dataset->ids[pair[0]],
                     dataset->ids[pair[1]]);
    }
    free(rows);
    return status;
}

static perebor_status prepare(struct leak_search *search, perebor_error *error) {
    size_t n_rows = search->dataset->n_rows;
    search->arena = calloc(1, sizeof *search->arena);
    search->levels = calloc(n_rows + 1, sizeof *search->levels);
    search->target = calloc(n_rows + 1, sizeof *search->target);
    search->values = calloc(n_rows + 1, sizeof *search->values);
    search->labels = calloc(n_rows + 1, sizeof *search->labels);
    if (search->arena == NULL || search->levels == NULL || search->target == NULL ||
        search->values == NULL || search->labels == NULL) {
        return out_of_memory(error);
    }
    search->items = perebor_arena_allocate(search->arena, search->dataset->n_columns + 3,
                                           sizeof *search->items);
    if (search->items == NULL) {
        return out_of_memory(error);
    }
    profile_label_levels(search->target, search->dataset->labels, n_rows);
    return PEREBOR_OK;
}

static void release_arena(perebor_arena *arena) {
    if (arena != NULL) {
        perebor_arena_release(arena);
        free(arena);
    }
}

perebor_status perebor_leaks_find(perebor_leaks *leaks, const perebor_dataset *dataset,
                                  const perebor_split *split, perebor_error *error) {
    perebor_status status;
    struct leak_search search = {.dataset = dataset};
    PEREBOR_TRY(done, prepare(&search, error));
    PEREBOR_TRY(done, look_at_features(&search, error));
    PEREBOR_TRY(done, look_at_ids(&search, error));
    PEREBOR_TRY(done, look_at_order(&search, error));
    if (split != NULL) {
        PEREBOR_TRY(done, look_for_duplicates(&search, split, error));
    }
    *leaks = (perebor_leaks){.items = search.items, .n = search.n, .block = search.arena};
    search.arena = NULL;
done:
    release_arena(search.arena);
    free(search.levels);
    free(search.target);
    free(search.values);
    free(search.labels);
    return status;
}

void perebor_leaks_release(perebor_leaks *leaks) {
    release_arena(leaks->block);
    *leaks = (perebor_leaks){0};
}

const char *perebor_leak_kind_name(perebor_leak_kind kind) {
    static const char *const names[] = {"column", "id", "order", "twins"};
    return names[kind];
}
