// SPDX-License-Identifier: MIT
/* A whole search written down the plain way, from the rows of a fold to its score, and nothing of
 * the validation rows in what the training rows are prepared by. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "trial/evaluate.h"

enum { n_rows = 120, n_columns = 3, n_folds = 4, n_trials = 60 };

/** Numbers with gaps, and labels that lean on them. */
typedef struct table {
    double values[n_columns][n_rows];
    uint8_t labels[n_rows];
    const char *ids[n_rows];
    perebor_column columns[n_columns];
    perebor_dataset dataset;
} table;

static void draw_table(table *table, uint64_t seed) {
    static const char *const names[n_columns] = {"a", "b", "c"};
    uint64_t random = seed;
    for (size_t row = 0; row < n_rows; row++) {
        table->labels[row] = draw_bits(&random) % 3 == 0;
        table->ids[row] = "";
        for (size_t column = 0; column < n_columns; column++) {
            double value = draw_normal(&random) * (column == 1 ? 50.0 : 1.0);
            table->values[column][row] = value + (column == 0 ? table->labels[row] : 0.0);
            if (draw_bits(&random) % 11 == 0) {
                table->values[column][row] = NAN;
            }
        }
    }
    for (size_t column = 0; column < n_columns; column++) {
        table->columns[column] = (perebor_column){
            .name = names[column], .role = PEREBOR_ROLE_NUMERIC, .values = table->values[column]};
    }
    table->dataset = (perebor_dataset){.n_rows = n_rows,
                                       .n_columns = n_columns,
                                       .columns = table->columns,
                                       .labels = table->labels,
                                       .target_name = "y",
                                       .positive_name = "1",
                                       .negative_name = "0",
                                       .id_name = "",
                                       .ids = table->ids};
}

/** What a trial is. */
typedef struct choice {
    const char *impute, *scale;
    size_t k;
} choice;

static int compare_doubles(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/** The values of some rows that are not missing, in ascending order. */
static size_t sort_present(const double *values, const uint32_t *rows, size_t n, double *sorted) {
    size_t n_present = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(values[rows[i]])) {
            sorted[n_present++] = values[rows[i]];
        }
    }
    qsort(sorted, n_present, sizeof *sorted, compare_doubles);
    return n_present;
}

static double mean_of(const double *values, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
    }
    return sum / (double)n;
}

/** One column prepared by the training rows alone: imputed, then scaled. */
static void prepare_column(const table *table, size_t column, const choice *choice,
                           const uint32_t *training, size_t n, double *prepared) {
    double sorted[n_rows], filled[n_rows];
    const double *values = table->values[column];
    size_t n_present = sort_present(values, training, n, sorted);
    double fill = strcmp(choice->impute, "mean") == 0
                      ? mean_of(sorted, n_present)
                      : 0.5 * (sorted[(n_present - 1) / 2] + sorted[n_present / 2]);
    for (size_t i = 0; i < n; i++) {
        filled[i] = isnan(values[training[i]]) ? fill : values[training[i]];
    }
    double shift = 0.0, scale = 1.0, mean = mean_of(filled, n);
    if (strcmp(choice->scale, "standard") == 0) {
        shift = mean;
        for (size_t i = 0; i < n; i++) {
            sorted[i] = (filled[i] - mean) * (filled[i] - mean);
        }
        scale = sqrt(mean_of(sorted, n)); // ddof 0
    } else if (strcmp(choice->scale, "minmax") == 0) {
        qsort(filled, n, sizeof *filled, compare_doubles);
        shift = filled[0];
        scale = filled[n - 1] - filled[0];
    }
    for (size_t row = 0; row < n_rows; row++) {
        double value = isnan(values[row]) ? fill : values[row];
        prepared[row] = (value - shift) / scale;
    }
}

/** The share of the positive class among the k training rows that are nearest to a row. */
static double share_of_nearest(const table *table, double prepared[n_columns][n_rows],
                               const uint32_t *training, size_t n, uint32_t row, size_t k) {
    double distances[n_rows];
    double positive = 0.0;
    for (size_t i = 0; i < n; i++) {
        distances[i] = 0.0;
        for (size_t column = 0; column < n_columns; column++) {
            double apart = prepared[column][training[i]] - prepared[column][row];
            distances[i] += apart * apart;
        }
    }
    for (size_t found = 0; found < k; found++) {
        size_t nearest = 0;
        for (size_t i = 1; i < n; i++) {
            nearest = distances[i] < distances[nearest] ? i : nearest;
        }
        positive += table->labels[training[nearest]];
        distances[nearest] = INFINITY;
    }
    return positive / (double)k;
}

/** The share of pairs of both classes whose order is right; ties count half. */
static double auc_of_pairs(const table *table, const uint32_t *rows, const double *scores,
                           size_t n) {
    double right = 0.0, all = 0.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            if (table->labels[rows[i]] == 1 && table->labels[rows[j]] == 0) {
                right += scores[i] > scores[j] ? 1.0 : scores[i] == scores[j] ? 0.5 : 0.0;
                all += 1.0;
            }
        }
    }
    return right / all;
}

/** The ROC-AUC of a trial on some rows of a fold. */
static double plain_score(const table *table, const choice *choice, const uint32_t *training,
                          size_t n_training, const uint32_t *rows, size_t n) {
    double prepared[n_columns][n_rows], scores[n_rows];
    for (size_t column = 0; column < n_columns; column++) {
        prepare_column(table, column, choice, training, n_training, prepared[column]);
    }
    for (size_t i = 0; i < n; i++) {
        scores[i] = share_of_nearest(table, prepared, training, n_training, rows[i], choice->k);
    }
    return auc_of_pairs(table, rows, scores, n);
}

/** A search over ways to impute, scale and count neighbours. */
static perebor_space *make_space(uint64_t seed) {
    static const perebor_value knn = {.kind = PEREBOR_VALUE_TEXT, .as.text = "knn"};
    static const perebor_value imputes[] = {{.kind = PEREBOR_VALUE_TEXT, .as.text = "median"},
                                            {.kind = PEREBOR_VALUE_TEXT, .as.text = "mean"}};
    static const perebor_value scales[] = {{.kind = PEREBOR_VALUE_TEXT, .as.text = "none"},
                                           {.kind = PEREBOR_VALUE_TEXT, .as.text = "standard"},
                                           {.kind = PEREBOR_VALUE_TEXT, .as.text = "minmax"}};
    const perebor_parameter parameters[] = {
        {.name = "model", .distribution = PEREBOR_CONSTANT, .values = &knn, .n_values = 1},
        {.name = "impute__numeric",
         .distribution = PEREBOR_CATEGORICAL,
         .values = imputes,
         .n_values = 2},
        {.name = "scale", .distribution = PEREBOR_CATEGORICAL, .values = scales, .n_values = 3},
        {.name = "knn__n_neighbors", .distribution = PEREBOR_INT_UNIFORM, .min = 1, .max = 15}};
    perebor_space *space = NULL;
    perebor_error error = {0};
    if (perebor_space_create(&space, "e.yaml", parameters, 4, NULL, 0, PEREBOR_SEARCH_RANDOM, seed,
                             &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return space;
}

static choice choice_of(const perebor_space *space, uint64_t trial) {
    perebor_value values[4];
    perebor_space_point(space, trial, values);
    return (choice){
        .impute = values[1].as.text, .scale = values[2].as.text, .k = (size_t)values[3].as.integer};
}

/** Everything that evaluating takes. */
typedef struct search {
    table table;
    perebor_split split;
    perebor_folds folds;
    perebor_evaluator *evaluator;
    perebor_space *space;
    perebor_pipeline *pipeline;
    perebor_plan *plan;
} search;

static void open_search(search *search, uint64_t seed) {
    const perebor_folds_settings settings = {
        .method = PEREBOR_KFOLD, .n_splits = n_folds, .n_repeats = 1, .shuffle = true, .seed = 3};
    perebor_error error = {0};
    draw_table(&search->table, seed);
    const perebor_split_settings whole = {.test_size = 0.0};
    assert_int_equal(
        perebor_split_make(&search->split, search->table.labels, NULL, n_rows, &whole, &error),
        PEREBOR_OK);
    assert_int_equal(
        perebor_folds_make(&search->folds, search->table.labels, NULL, n_rows, &settings, &error),
        PEREBOR_OK);
    assert_int_equal(perebor_evaluator_create(&search->evaluator, &search->table.dataset,
                                              &search->split, &search->folds, true, true, &error),
                     PEREBOR_OK);
    search->space = make_space(seed);
    if (perebor_pipeline_create(&search->pipeline, search->space, "e.yaml", NULL, 0, &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    perebor_fold_shape shape = perebor_evaluator_shape(search->evaluator);
    assert_int_equal(perebor_plan_create(&search->plan, search->pipeline, search->space, 0,
                                         n_trials, NULL, true, n_folds, &shape, &error),
                     PEREBOR_OK);
}

static void close_search(search *search) {
    perebor_plan_free(search->plan);
    perebor_pipeline_free(search->pipeline);
    perebor_space_free(search->space);
    perebor_evaluator_free(search->evaluator);
    perebor_folds_release(&search->folds);
    perebor_split_release(&search->split);
}

/** Compares a member's outcome on a fold with the plain one. */
static void check_member(const search *search, const perebor_member *member, size_t fold,
                         const perebor_member_outcome *outcome) {
    uint32_t training[n_rows], validation[n_rows];
    size_t n_training, n_validation;
    choice choice = choice_of(search->space, member->trials[0]);
    perebor_folds_rows(&search->folds, fold, training, &n_training, validation, &n_validation);
    assert_int_equal(outcome->fold.state, PEREBOR_TRIAL_COMPLETE);
    double test =
        plain_score(&search->table, &choice, training, n_training, validation, n_validation);
    double train = plain_score(&search->table, &choice, training, n_training, training, n_training);
    if (fabs(outcome->fold.test_score - test) > 1e-12 ||
        fabs(outcome->fold.train_score - train) > 1e-12) {
        fail_msg("%s, %s, k %zu, fold %zu: %.15g and %.15g instead of %.15g and %.15g",
                 choice.impute, choice.scale, choice.k, fold, outcome->fold.test_score,
                 outcome->fold.train_score, test, train);
    }
}

static void every_score_is_that_of_the_plain_way(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        static search search;
        open_search(&search, seed);
        for (size_t bundle = 0; bundle < perebor_plan_n_bundles(search.plan); bundle++) {
            const perebor_bundle *planned = perebor_plan_bundle(search.plan, bundle);
            for (size_t fold = 0; fold < n_folds; fold++) {
                perebor_member_outcome outcomes[n_trials];
                assert_int_equal(perebor_evaluate(search.evaluator, search.plan, bundle, fold,
                                                  &workspace, outcomes, NULL, NULL),
                                 PEREBOR_OK);
                for (size_t i = 0; i < planned->n_members; i++) {
                    check_member(&search,
                                 perebor_plan_member(search.plan, planned->first_member + i), fold,
                                 &outcomes[i]);
                    free(outcomes[i].error);
                }
            }
        }
        close_search(&search);
    }
    perebor_workspace_release(&workspace);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_score_is_that_of_the_plain_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
