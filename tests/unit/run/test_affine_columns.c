// SPDX-License-Identifier: MIT
// Columns in other units, or counted from another zero, have the same scores wherever the
// mathematics says so: random pipelines over the same rows, shifted by 1e9 and scaled by 1e9, 1e-9.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "perebor/array_search.h"
#include "small_experiment.h"

enum { n_rows = 150, n_columns = 4, n_folds = 3, trial_count = 600 };

/** x becomes scale * x + shift, of all columns alike. */
typedef struct affine {
    double scale, shift;
    bool exact; /**< A power of two, which rounds nothing. */
} affine;

static const affine changes[] = {
    {1.0, 0x1p30, true}, {1.0, 1e9, true},   {0x1p30, 0.0, true},  {0x1p-30, 0.0, true},
    {1e9, 0.0, false},   {1e-9, 0.0, false}, {0x1p-30, 8.0, true},
};

typedef struct rows {
    double values[n_columns][n_rows];
    uint8_t labels[n_rows];
    char id_texts[n_rows][8];
    const char *ids[n_rows];
    perebor_column columns[n_columns];
    perebor_dataset dataset;
} rows;

/** Multiples of 2^-8 below 8: 2^30 and 1e9 can be added to them without rounding. */
static void fill(rows *rows, const affine *change) {
    static const char *const names[n_columns] = {"a", "b", "c", "d"};
    uint64_t random = 21;
    for (size_t row = 0; row < n_rows; row++) {
        rows->id_texts[row][0] = (char)('a' + row / 26);
        rows->id_texts[row][1] = (char)('a' + row % 26);
        rows->id_texts[row][2] = '\0';
        rows->ids[row] = rows->id_texts[row];
        rows->labels[row] = (uint8_t)(draw_bits(&random) % 5 < 2);
        for (size_t column = 0; column < n_columns; column++) {
            double x = draw_normal(&random) + 0.6 * (double)rows->labels[row];
            x = floor(x * 256.0) / 256.0;
            rows->values[column][row] = change->scale * x + change->shift;
        }
    }
    for (size_t column = 0; column < n_columns; column++) {
        rows->columns[column] = (perebor_column){
            .name = names[column], .role = PEREBOR_ROLE_NUMERIC, .values = rows->values[column]};
    }
    rows->dataset = (perebor_dataset){.n_rows = n_rows,
                                      .n_columns = n_columns,
                                      .columns = rows->columns,
                                      .labels = rows->labels,
                                      .target_name = "y",
                                      .positive_name = "1",
                                      .negative_name = "0",
                                      .id_name = "",
                                      .ids = rows->ids};
}

static perebor_space *make_space(void) {
    perebor_value texts[12][5];
    perebor_space *space = NULL;
    perebor_error error = {0};
#define CHOICE(at, name, ...)                                                                      \
    small_experiment_choice(name, texts[at], (const char *[]){__VA_ARGS__, NULL})
    const perebor_parameter parameters[] = {
        CHOICE(0, "model", "knn", "logreg", "svc", "tree"),
        CHOICE(1, "scale", "none", "standard", "minmax", "robust", "maxabs"),
        {.name = "knn__n_neighbors", .distribution = PEREBOR_INT_UNIFORM, .min = 1, .max = 30},
        {.name = "knn__p", .distribution = PEREBOR_UNIFORM, .min = 1.0, .max = 4.0},
        CHOICE(2, "knn__weights", "uniform", "distance"),
        CHOICE(3, "knn__metric", "minkowski", "manhattan", "euclidean"),
        CHOICE(4, "tree__criterion", "gini", "entropy", "log_loss"),
        {.name = "tree__min_samples_leaf", .distribution = PEREBOR_INT_UNIFORM, .min = 1, .max = 9},
        CHOICE(6, "svc__kernel", "linear", "rbf", "poly", "sigmoid"),
        {.name = "svc__C", .distribution = PEREBOR_LOG_UNIFORM_VALUES, .min = 0.1, .max = 10.0},
        CHOICE(7, "logreg__penalty", "l1", "l2", "elasticnet", "none"),
        {.name = "logreg__C", .distribution = PEREBOR_LOG_UNIFORM_VALUES, .min = 0.01, .max = 10.0},
    };
    if (perebor_space_create(&space, "affine_columns", parameters,
                             sizeof parameters / sizeof parameters[0], NULL, 0,
                             PEREBOR_SEARCH_RANDOM, 11, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return space;
}

static perebor_trials *search(const affine *change) {
    static rows rows;
    perebor_space *space = make_space();
    perebor_trials *trials = NULL;
    perebor_error error = {0};
    fill(&rows, change);
    const perebor_array_search arrays = {
        .dataset = &rows.dataset,
        .space = space,
        .folds = {.method = PEREBOR_STRATIFIED_KFOLD, .n_splits = n_folds, .n_repeats = 1},
        .n_trials = trial_count,
        .n_threads = 2};
    if (perebor_array_search_run(&arrays, &trials, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    perebor_space_free(space);
    return trials;
}

static const char *setting(const perebor_trials *trials, size_t trial, const char *name) {
    size_t parameter = 0;
    while (strcmp(trials->parameter_names[parameter], name) != 0) {
        parameter++;
        assert_true(parameter < trials->n_parameters);
    }
    return trials->values[trial * trials->n_parameters + parameter].as.text;
}

static bool is(const perebor_trials *trials, size_t trial, const char *name, const char *value) {
    return strcmp(setting(trials, trial, name), value) == 0;
}

/** Whether the scores do not depend on where 0 is, on columns as they come from the scaler. */
static bool minds_no_shift(const perebor_trials *t, size_t trial) {
    bool distances = is(t, trial, "model", "knn") ||
                     (is(t, trial, "model", "svc") && is(t, trial, "svc__kernel", "rbf"));
    bool free_constant = is(t, trial, "model", "logreg") ||
                         (is(t, trial, "model", "svc") && is(t, trial, "svc__kernel", "linear"));
    return distances || free_constant || is(t, trial, "model", "tree");
}

/** The same of a unit that all columns have in common. Gamma is `scale`. */
static bool minds_no_unit(const perebor_trials *t, size_t trial) {
    bool unpenalised = is(t, trial, "model", "logreg") && is(t, trial, "logreg__penalty", "none");
    bool by_gamma = is(t, trial, "model", "svc") && !is(t, trial, "svc__kernel", "linear");
    return is(t, trial, "model", "knn") || is(t, trial, "model", "tree") || unpenalised || by_gamma;
}

static bool must_be_the_same(const perebor_trials *t, size_t trial, const affine *change) {
    bool from_zero = is(t, trial, "scale", "none") || is(t, trial, "scale", "maxabs");
    bool undoes_unit = !is(t, trial, "scale", "none");
    if (change->shift != 0.0 && is(t, trial, "scale", "maxabs")) {
        return is(t, trial, "model", "tree"); // what is divided by depends on where 0 is
    }
    return (change->shift == 0.0 || !from_zero || minds_no_shift(t, trial)) &&
           (change->scale == 1.0 || undoes_unit || minds_no_unit(t, trial));
}

/** Nothing is rounded in another place: a power of two, or columns that are only compared. */
static bool must_have_the_same_bits(const perebor_trials *t, size_t trial, const affine *change) {
    bool compared = is(t, trial, "model", "tree");
    // A scaler takes a power of two off again, digit for digit.
    bool unit = change->exact && change->shift == 0.0 && !is(t, trial, "scale", "none");
    // So does a difference a shift; minkowski's powers take a unit otherwise.
    bool differences =
        change->exact && is(t, trial, "model", "knn") && is(t, trial, "scale", "none");
    return unit || (compared && change->exact) ||
           (differences && (change->shift != 0.0 || !is(t, trial, "knn__metric", "minkowski")));
}

/** What a fold may lose: two pairs of rows that change places, 2 / (20 * 30). */
static const double two_pairs = 2.0 / 600.0;

static void compare(const perebor_trials *plain, const perebor_trials *changed, size_t trial,
                    const affine *change, double tolerance) {
    assert_int_equal(changed->state[trial], PEREBOR_TRIAL_COMPLETE);
    for (size_t fold = 0; fold < n_folds; fold++) {
        double before = plain->folds[trial * n_folds + fold].test_score;
        double after = changed->folds[trial * n_folds + fold].test_score;
        if (!(fabs(after - before) <= tolerance)) {
            fail_msg("%g x + %g, trial %zu, fold %zu: %.17g becomes %.17g (%s, %s, %s, %s, %s)",
                     change->scale, change->shift, trial, fold, before, after,
                     setting(plain, trial, "model"), setting(plain, trial, "scale"),
                     setting(plain, trial, "svc__kernel"), setting(plain, trial, "logreg__penalty"),
                     setting(plain, trial, "knn__metric"));
        }
    }
}

static void units_and_zeros_of_columns_do_not_matter(void **state) {
    (void)state;
    perebor_trials *plain = search(&(affine){1.0, 0.0, true});
    size_t n_same = 0;
    size_t n_bits = 0;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        perebor_trials *changed = search(&changes[i]);
        for (size_t trial = 0; trial < trial_count; trial++) {
            if (must_be_the_same(plain, trial, &changes[i])) {
                bool bits = must_have_the_same_bits(plain, trial, &changes[i]);
                compare(plain, changed, trial, &changes[i], bits ? 0.0 : two_pairs);
                n_same++;
                n_bits += bits;
            }
        }
        perebor_trials_free(changed);
    }
    assert_true(n_same > 2000 && n_bits > 1000);
    perebor_trials_free(plain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_and_zeros_of_columns_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
