// SPDX-License-Identifier: MIT
/*
 * How much is computed between two looks at the deadline, counted and not timed. The rooms model
 * and prepare are compiled for this program with -fsanitize-coverage=trace-pc, so that every basic
 * block counts itself, and with this file's deadline, which counts the blocks since the look before
 * and goes up at the look that a test names.
 *
 * A million blocks take some milliseconds. Between two looks there may be some passes over a column
 * and some 100 000 products; never a pass over the table, or over pairs of rows or of columns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/deadline.h"
#include "perebor/learner.h"
#include "perebor/learners.h"
#include "perebor/preparation.h"

enum {
    most_blocks = 600000,
    most_blocks_a_row = 30,
    most_settings = PEREBOR_MAX_SETTINGS,
    every_look = 25
};

static const size_t never = SIZE_MAX;

static struct {
    size_t blocks;  /**< Since the last look. */
    size_t longest; /**< Blocks between two looks, or between a look and the end. */
    size_t most;    /**< That there may be. */
    size_t looks;
    size_t stop_at; /**< Looks that see the flag down. */
} counted;

void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void) {
    counted.blocks++;
}

static void end_stretch(void) {
    counted.longest = counted.blocks > counted.longest ? counted.blocks : counted.longest;
    counted.blocks = 0;
}

bool perebor_deadline_passed(void) {
    end_stretch();
    return counted.looks++ >= counted.stop_at;
}

perebor_status perebor_deadline_check(perebor_error *error) {
    return perebor_deadline_passed() ? perebor_fail(error, PEREBOR_ERR_STOPPED, "out of time")
                                     : PEREBOR_OK;
}

/** What is tried: a computation in a workspace. */
typedef perebor_status attempt(const void *context, perebor_workspace *workspace);

/** Computes it; the flag goes up after so many looks. */
static perebor_status run(attempt *computes, const void *context, size_t stop_at) {
    perebor_workspace workspace = {0};
    counted.blocks = counted.longest = counted.looks = 0;
    counted.stop_at = stop_at;
    perebor_status status = computes(context, &workspace);
    end_stretch();
    perebor_workspace_release(&workspace);
    return status;
}

static void assert_never_long(const char *name) {
    if (counted.longest > counted.most) {
        fail_msg("%s: %zu blocks between two looks", name, counted.longest);
    }
}

/** Whole, it never computes long between two looks. */
static void check_stretches(const char *name, attempt *computes, const void *context) {
    assert_int_equal(run(computes, context, never), PEREBOR_OK);
    assert_never_long(name);
}

/** Stopped at a look, it ends at once, with nothing but that; at every look if they are few. */
static void check_stops(const char *name, attempt *computes, const void *context) {
    assert_int_equal(run(computes, context, never), PEREBOR_OK);
    size_t n_looks = counted.looks;
    assert_true(n_looks > 0);
    size_t step = n_looks / every_look + 1;
    for (size_t look = 0; look < n_looks; look += step) {
        perebor_status status = run(computes, context, look);
        if (status != PEREBOR_ERR_STOPPED) {
            fail_msg("%s, stopped at look %zu of %zu: status %d", name, look, n_looks, (int)status);
        }
        assert_never_long(name);
    }
}

/* Tables. */

typedef struct table {
    perebor_training training;
    perebor_workspace workspace;
} table;

static uint64_t next_number(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/** Columns of many, of few and of two values; labels that follow from them but for noise. */
static void table_create(table *result, size_t n_rows, size_t n_columns) {
    perebor_error error;
    uint64_t state = 7;
    *result = (table){0};
    uint8_t *labels = malloc(n_rows);
    assert_non_null(labels);
    assert_int_equal(perebor_matrix_create(&result->training.rows, n_rows, n_columns,
                                           &result->workspace, &error),
                     PEREBOR_OK);
    for (size_t row = 0; row < n_rows; row++) {
        double sum = 0.0;
        for (size_t column = 0; column < n_columns; column++) {
            uint64_t values = column % 4 == 1 ? 2 : column % 4 == 3 ? 5 : 1000003;
            double value =
                (double)(next_number(&state) % values) / (double)(values - 1) * 3.4 - 1.7;
            perebor_matrix_column(&result->training.rows, column)[row] = value;
            sum += column < 8 ? value : 0.0;
        }
        labels[row] = sum + (double)(next_number(&state) % 1000) / 250.0 > 2.0;
    }
    result->training.labels = labels;
}

static void table_release(table *table) {
    free((void *)(uintptr_t)table->training.labels);
    perebor_workspace_release(&table->workspace);
}

/* Learners. */

/** A setting that is not its default. */
typedef struct choice {
    const char *name;
    perebor_value value;
} choice;

typedef struct fold {
    const perebor_training *training;
    const perebor_learner *learner;
    const choice *choices; /**< Ends with one without a name. */
    bool family;           /**< As a family of two, or alone. */
} fold;

static void choose(const fold *at, perebor_value *settings) {
    for (size_t i = 0; i < at->learner->n_settings; i++) {
        settings[i] = at->learner->settings[i].default_value;
        for (const choice *each = at->choices; each->name != NULL; each++) {
            if (strcmp(each->name, at->learner->settings[i].name) == 0) {
                settings[i] = each->value;
            }
        }
    }
}

/** Remembers whether any member was told to stop, or failed otherwise. */
static void receive(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation_scores, const double *training_scores,
                    const perebor_fit_report *report) {
    perebor_status *worst = context;
    (void)member;
    (void)message;
    (void)validation_scores;
    (void)training_scores;
    (void)report;
    *worst = status != PEREBOR_OK ? status : *worst;
}

static perebor_status score_family(const fold *at, perebor_workspace *workspace) {
    perebor_error error;
    perebor_status worst = PEREBOR_OK;
    perebor_value settings[2][most_settings];
    const perebor_value *const members[2] = {settings[0], settings[1]};
    choose(at, settings[0]);
    choose(at, settings[1]);
    const perebor_family family = {.training = at->training,
                                   .validation = &at->training->rows,
                                   .score_training = true,
                                   .settings = members,
                                   .n_members = 2,
                                   .workspace = workspace};
    perebor_status status =
        perebor_learner_score_family(at->learner, &family, true, receive, &worst, &error);
    return status != PEREBOR_OK ? status : worst;
}

static perebor_status fit_and_score(const void *context, perebor_workspace *workspace) {
    const fold *at = context;
    perebor_value settings[most_settings];
    perebor_model *model = NULL;
    perebor_fit_report report = {.converged = true};
    perebor_error error;
    if (at->family) {
        return score_family(at, workspace);
    }
    choose(at, settings);
    perebor_status status =
        at->learner->fit(&model, at->training, settings, workspace, &report, &error);
    double *scores = perebor_workspace_take(workspace, at->training->rows.n_rows, sizeof *scores);
    assert_non_null(scores);
    return status != PEREBOR_OK
               ? status
               : at->learner->score(model, &at->training->rows, workspace, scores, &error);
}

#define TEXT(word)                                                                                 \
    { .kind = PEREBOR_VALUE_TEXT, .as.text = (word) }
#define WHOLE(number)                                                                              \
    { .kind = PEREBOR_VALUE_INTEGER, .as.integer = (number) }
#define REAL(number)                                                                               \
    { .kind = PEREBOR_VALUE_REAL, .as.real = (number) }

/** Every way that a learner can go. */
static const struct way {
    const char *name, *learner;
    choice choices[4];
} ways[] = {
    {"knn", "knn", {{0}}},
    {"knn, many", "knn", {{"n_neighbors", WHOLE(100)}, {"weights", TEXT("distance")}}},
    {"knn, minkowski", "knn", {{"p", REAL(3.5)}}},
    {"logreg", "logreg", {{0}}},
    {"logreg, l1", "logreg", {{"penalty", TEXT("l1")}, {"C", REAL(0.1)}}},
    {"logreg, none", "logreg", {{"penalty", TEXT("none")}}},
    {"tree", "tree", {{0}}},
    {"tree, entropy", "tree", {{"criterion", TEXT("entropy")}, {"max_features", TEXT("sqrt")}}},
    {"tree, pruned", "tree", {{"ccp_alpha", REAL(1e-4)}}},
    {"tree, scikit-learn's", "tree", {{"random_state", WHOLE(7)}}},
    {"tree, scikit-learn's, balanced",
     "tree",
     {{"random_state", WHOLE(7)}, {"class_weight", TEXT("balanced")}}},
    {"boost", "boost", {{"n_estimators", WHOLE(2)}, {"subsample", REAL(0.5)}}},
    {"svc, linear", "svc", {{"kernel", TEXT("linear")}}},
    {"svc, rbf", "svc", {{"kernel", TEXT("rbf")}}},
    {"svc, poly", "svc", {{"kernel", TEXT("poly")}, {"coef0", REAL(1.0)}}},
    {"svc, sigmoid", "svc", {{"kernel", TEXT("sigmoid")}, {"gamma", REAL(1e-3)}}},
};

static void every_way_on(const table *table, bool family, size_t first, size_t end,
                         void (*check)(const char *, attempt *, const void *)) {
    counted.most = most_blocks + most_blocks_a_row * table->training.rows.n_rows;
    for (size_t i = first; i < end; i++) {
        const fold at = {.training = &table->training,
                         .learner = perebor_learner_find(ways[i].learner),
                         .choices = ways[i].choices,
                         .family = family};
        check(ways[i].name, fit_and_score, &at);
    }
}

static void every_way(size_t n_rows, size_t n_columns, bool family, size_t first, size_t end,
                      void (*check)(const char *, attempt *, const void *)) {
    table table;
    table_create(&table, n_rows, n_columns);
    every_way_on(&table, family, first, end, check);
    table_release(&table);
}

enum {
    n_ways = sizeof ways / sizeof *ways,
    minkowski = 2,
    logistic = 3,
    unpenalised = 5,
    n_without_kernels = 11
};

static void a_learner_stops_at_every_look_and_says_nothing_else(void **state) {
    (void)state;
    every_way(400, 10, false, 0, n_ways, check_stops);
    every_way(400, 10, true, 0, n_ways, check_stops);
}

/** More columns than matrices of all pairs are formed of: numbers, and levels of a column. */
static void a_learner_of_many_columns_stops_at_every_look(void **state) {
    (void)state;
    enum { n_rows = 400, n_columns = 300, n_numbers = 12 };
    every_way(n_rows, n_columns, false, logistic, unpenalised, check_stops);
    table table;
    table_create(&table, n_rows, n_columns);
    for (size_t column = n_numbers; column < n_columns; column++) {
        double *values = perebor_matrix_column(&table.training.rows, column);
        for (size_t row = 0; row < n_rows; row++) {
            values[row] = row * 7 % (n_columns - n_numbers) + n_numbers == column;
        }
    }
    every_way_on(&table, false, logistic, unpenalised + 1, check_stops);
    every_way_on(&table, true, logistic, unpenalised + 1, check_stops);
    table_release(&table);
}

static void long_tables_are_looked_up_from(void **state) {
    (void)state;
    every_way(5000, 16, false, 0, minkowski, check_stretches);
    every_way(5000, 16, false, minkowski + 1, n_without_kernels, check_stretches);
    every_way(1200, 16, true, n_without_kernels, n_ways, check_stretches);
}

static void wide_tables_are_looked_up_from(void **state) {
    (void)state;
    every_way(300, 400, false, 0, unpenalised, check_stretches);
    every_way(300, 400, false, unpenalised + 1, n_ways, check_stretches);
}

/** Runs for so many looks only: a whole run would take minutes. */
static void check_beginning(const char *name, attempt *computes, const void *context) {
    for (size_t looks = 1; looks <= 100; looks *= 10) {
        assert_int_equal(run(computes, context, looks), PEREBOR_ERR_STOPPED);
        assert_never_long(name);
    }
}

static void very_long_tables_are_looked_up_from(void **state) {
    (void)state;
    every_way(75000, 12, false, 0, minkowski + 1, check_beginning);
    every_way(75000, 12, false, n_without_kernels + 1, n_without_kernels + 2, check_beginning);
}

/* Preparation. */

typedef struct preparing {
    const perebor_dataset *dataset;
    const uint32_t *rows;
    perebor_preparation_settings settings;
} preparing;

static perebor_status prepare(const void *context, perebor_workspace *workspace) {
    const preparing *at = context;
    perebor_preparation *preparation;
    perebor_matrix matrix;
    perebor_error error;
    size_t n_rows = at->dataset->n_rows;
    perebor_status status = perebor_preparation_fit(&preparation, at->dataset, at->rows, n_rows,
                                                    &at->settings, workspace, &error);
    return status != PEREBOR_OK ? status
                                : perebor_preparation_transform(preparation, at->dataset, at->rows,
                                                                n_rows, workspace, &matrix, &error);
}

/** A nominal column with a level for nearly every row, beside numbers with missing values. */
static void preparation_of_thousands_of_levels_is_looked_up_from(void **state) {
    (void)state;
    enum { N_ROWS = 7000, N_LEVELS = 6500, N_COLUMNS = 40 };
    static double values[N_COLUMNS][N_ROWS];
    static char names[N_LEVELS][8];
    static const char *levels[N_LEVELS];
    static uint32_t rows[N_ROWS];
    static uint8_t labels[N_ROWS];
    perebor_column columns[N_COLUMNS] = {{0}};
    uint64_t numbers = 3;
    counted.most = most_blocks + most_blocks_a_row * N_ROWS;
    for (size_t level = 0; level < N_LEVELS; level++) {
        (void)snprintf(names[level], sizeof names[level], "%05zu", level);
        levels[level] = names[level];
    }
    for (size_t column = 0; column < N_COLUMNS; column++) {
        bool nominal = column == 0;
        columns[column] =
            (perebor_column){.name = "x",
                             .role = nominal ? PEREBOR_ROLE_NOMINAL : PEREBOR_ROLE_NUMERIC,
                             .values = values[column],
                             .levels = nominal ? levels : NULL,
                             .n_levels = nominal ? N_LEVELS : 0};
        for (size_t row = 0; row < N_ROWS; row++) {
            uint64_t number = next_number(&numbers);
            values[column][row] = nominal             ? (double)(row % N_LEVELS)
                                  : number % 100 == 0 ? __builtin_nan("")
                                                      : (double)(number % 100000);
        }
    }
    for (uint32_t row = 0; row < N_ROWS; row++) {
        rows[row] = row;
        labels[row] = row % 3 == 0;
    }
    const perebor_dataset dataset = {
        .n_rows = N_ROWS, .n_columns = N_COLUMNS, .columns = columns, .labels = labels};
    const preparing at = {.dataset = &dataset,
                          .rows = rows,
                          .settings = {.impute_numeric = PEREBOR_IMPUTE_MOST_FREQUENT,
                                       .scale = PEREBOR_SCALE_ROBUST,
                                       .select_k = 500}};
    check_stretches("preparation", prepare, &at);
    check_stops("preparation", prepare, &at);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_learner_stops_at_every_look_and_says_nothing_else),
        cmocka_unit_test(a_learner_of_many_columns_stops_at_every_look),
        cmocka_unit_test(long_tables_are_looked_up_from),
        cmocka_unit_test(wide_tables_are_looked_up_from),
        cmocka_unit_test(very_long_tables_are_looked_up_from),
        cmocka_unit_test(preparation_of_thousands_of_levels_is_looked_up_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
