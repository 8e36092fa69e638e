// SPDX-License-Identifier: MIT
/** Tables are scored by the model in the file; rows that it was fitted on by one that was not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "flat_study.h"
#include "people_study.h"
#include "run/predict_tables.h"
#include "scratch.h"
#include "store/stage.h"

static char folder[SCRATCH_SIZE];

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    flat_write_search("named.h5", true);
    flat_refit("named.h5", 1);
    flat_write_search("numbered.h5", false);
    flat_refit("numbered.h5", 1);
    return 0;
}

static int leave(void **state) {
    (void)state;
    flat_remove();
    (void)unlink("named.h5");
    (void)unlink("numbered.h5");
    (void)unlink("new.csv");
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static perebor_status try_predict(prediction *made, const char *file, const char *data,
                                  perebor_error *error) {
    perebor_result *result = people_read(file);
    perebor_status status = predict_tables(made, result, file, data, NULL, error);
    perebor_result_free(result);
    return status;
}

static prediction predict(const char *file, const char *data) {
    prediction made = {0};
    perebor_error error = {0};
    if (try_predict(&made, file, data, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return made;
}

static const h5_array *column(const perebor_result *result, const char *name) {
    return &h5_find(h5_find(stage_find(result, "model"), "out_of_fold"), name)->array;
}

static void rows_of_training_have_their_scores_out_of_fold(void **state) {
    (void)state;
    perebor_result *result = people_read("named.h5");
    prediction made = predict("named.h5", NULL);
    const h5_array *ids = column(result, "id"), *scores = column(result, "score"),
                   *probabilities = column(result, "probability");
    size_t n = ids->dimensions[0], n_found = 0;
    assert_int_equal(made.dataset->n_rows, FLAT_N_ROWS);
    assert_int_equal(made.n_trained, n);
    assert_int_equal(made.n_changed, 0);
    assert_true(n > 0 && n < FLAT_N_ROWS);
    for (size_t row = 0; row < FLAT_N_ROWS; row++) {
        for (size_t i = 0; i < n; i++) {
            if (strcmp(made.dataset->ids[row], ((const char *const *)ids->data)[i]) == 0) {
                assert_int_equal(made.seen[row], PREDICTION_TRAINED);
                assert_true(made.scores[row] == ((const double *)scores->data)[i]);
                assert_true(made.probabilities[row] == ((const double *)probabilities->data)[i]);
                n_found++;
            }
        }
    }
    assert_int_equal(n_found, n);
    predict_release(&made);
    perebor_result_free(result);
}

/** What the model itself says of a row. */
static double score_alone(const prediction *made, size_t row) {
    perebor_workspace workspace = {0};
    uint32_t rows[] = {(uint32_t)row};
    double score = NAN;
    assert_int_equal(perebor_fitted_pipeline_score(made->pipeline, made->dataset, rows, 1,
                                                   &workspace, &score, NULL),
                     PEREBOR_OK);
    perebor_workspace_release(&workspace);
    return score;
}

static void rows_that_are_new_are_scored_by_the_model_in_any_number(void **state) {
    (void)state;
    enum { n_rows = 17000 }; // more than two blocks, and the rest of one
    flat_write_table("new.csv", 1000, n_rows);
    prediction made = predict("named.h5", "new.csv");
    assert_int_equal(made.dataset->n_rows, n_rows);
    assert_int_equal(made.n_trained + made.n_changed, 0);
    for (size_t row = 0; row < n_rows; row += row % 8192 < 8 || row % 8192 > 8185 ? 1 : 97) {
        double score = score_alone(&made, row);
        assert_memory_equal(&made.scores[row], &score, sizeof score);
        assert_int_equal(made.seen[row], PREDICTION_NEW);
    }
    predict_release(&made);
}

static void ranks_and_tenths_follow_the_probabilities(void **state) {
    (void)state;
    flat_write_table("new.csv", 500, 137);
    prediction made = predict("named.h5", "new.csv");
    size_t tenths[11] = {0};
    for (size_t row = 0; row < 137; row++) {
        uint32_t rank = 1;
        for (size_t other = 0; other < 137; other++) {
            rank += made.probabilities[other] > made.probabilities[row];
        }
        assert_int_equal(made.ranks[row], rank);
        assert_in_range(made.deciles[row], 1, 10);
        assert_true(made.deciles[row] >= 1 + 10 * (rank - 1) / 137);
        tenths[made.deciles[row]]++;
        assert_true(0.0 <= made.lower[row] && made.lower[row] <= made.probabilities[row]);
        assert_true(made.probabilities[row] <= made.upper[row] && made.upper[row] <= 1.0);
    }
    for (size_t tenth = 1; tenth <= 10; tenth++) {
        assert_in_range(tenths[tenth], 13, 14);
    }
    predict_release(&made);
}

/** Rows of the search's table, the first @p n of them, with x of @p changed other than it was. */
static void write_rows(size_t n, size_t changed) {
    FILE *from = fopen("t.csv", "r"), *to = fopen("new.csv", "w");
    char line[128];
    assert_true(from != NULL && to != NULL);
    for (size_t i = 0; i <= n && fgets(line, sizeof line, from) != NULL; i++) {
        char *comma = strchr(line, ',');
        assert_non_null(comma);
        fprintf(to, "%.*s,%s%s", (int)(comma - line), line, i == changed + 1 ? "1" : "", comma + 1);
    }
    assert_int_equal(fclose(from), 0);
    assert_int_equal(fclose(to), 0);
}

/** A row of the training part, by its place in the table. */
static size_t trained_row(const char *file) {
    prediction made = predict(file, NULL);
    size_t row = 0;
    while (made.seen[row] != PREDICTION_TRAINED) {
        row++;
        assert_true(row < FLAT_N_ROWS);
    }
    predict_release(&made);
    return row;
}

static void a_row_of_other_values_is_changed_and_scored_as_it_is(void **state) {
    (void)state;
    size_t row = trained_row("named.h5");
    write_rows(FLAT_N_ROWS, row);
    prediction before = predict("named.h5", NULL), made = predict("named.h5", "new.csv");
    assert_int_equal(made.seen[row], PREDICTION_CHANGED);
    assert_int_equal(made.n_changed, 1);
    assert_int_equal(made.n_trained, before.n_trained - 1);
    double score = score_alone(&made, row);
    assert_memory_equal(&made.scores[row], &score, sizeof score);
    predict_release(&made);
    predict_release(&before);
}

/** The number of a row is no name: another row of that number is not the same one changed. */
static void without_an_id_a_row_of_other_values_is_new(void **state) {
    (void)state;
    size_t row = trained_row("numbered.h5");
    write_rows(FLAT_N_ROWS, row);
    prediction made = predict("numbered.h5", "new.csv");
    assert_int_equal(made.seen[row], PREDICTION_NEW);
    assert_int_equal(made.n_changed, 0);
    assert_true(made.n_trained > 0);
    predict_release(&made);
    flat_write_table("new.csv", 300, FLAT_N_ROWS);
    made = predict("numbered.h5", "new.csv");
    assert_int_equal(made.n_trained + made.n_changed, 0);
    predict_release(&made);
}

static void without_the_column_of_the_id_no_row_is_known(void **state) {
    (void)state;
    FILE *file = fopen("new.csv", "w");
    assert_non_null(file);
    fputs("x,kind\n1.5,a\n2.5,b\n", file);
    assert_int_equal(fclose(file), 0);
    prediction made = predict("named.h5", "new.csv");
    assert_int_equal(made.dataset->n_rows, 2);
    assert_int_equal(made.n_trained + made.n_changed, 0);
    predict_release(&made);
}

static void one_row_is_first_and_in_the_first_tenth(void **state) {
    (void)state;
    flat_write_table("new.csv", 700, 1);
    prediction made = predict("named.h5", "new.csv");
    assert_int_equal(made.ranks[0], 1);
    assert_int_equal(made.deciles[0], 1);
    predict_release(&made);
}

static void assert_refused(const char *file, const char *data, perebor_status status,
                           const char *reason) {
    prediction made = {0};
    perebor_error error = {0};
    assert_int_equal(try_predict(&made, file, data, &error), status);
    if (strstr(error.message, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, reason);
    }
    predict_release(&made);
}

static void tables_that_are_not_there_are_named_with_a_remedy(void **state) {
    (void)state;
    assert_refused("named.h5", "absent.csv", PEREBOR_ERR_IO, "absent.csv");
    assert_int_equal(rename("t.csv", "away.csv"), 0);
    assert_refused("named.h5", NULL, PEREBOR_ERR_IO, "name other tables with --data");
    assert_refused("named.h5", ".", PEREBOR_ERR_IO, "./t.csv");
    assert_int_equal(rename("away.csv", "t.csv"), 0);
}

/** A search that is not refitted, and one that went on. */
static void a_model_must_be_there_and_current(void **state) {
    (void)state;
    flat_write_search("bare.h5", true);
    assert_refused("bare.h5", NULL, PEREBOR_ERR_CONFLICT, "run 'perebor refit bare.h5' first");
    flat_refit("bare.h5", 0);
    perebor_result *result = people_read("bare.h5");
    perebor_error error = {0};
    result->trials->folds[0].test_score = 0.25;
    assert_int_equal(perebor_result_write(result, "bare.h5", true, &error), PEREBOR_OK);
    assert_refused("bare.h5", NULL, PEREBOR_ERR_CONFLICT, "run 'perebor refit bare.h5' again");
    perebor_result_free(result);
    assert_int_equal(unlink("bare.h5"), 0);
}

/** The model is that of the result that was read, whatever the file is by now. */
static void a_file_that_is_replaced_meanwhile_changes_nothing(void **state) {
    (void)state;
    prediction before = predict("named.h5", NULL), after = {0}, other;
    perebor_error error = {0};
    perebor_result *result = people_read("named.h5");
    flat_refit("named.h5", 0); // another model
    assert_int_equal(predict_tables(&after, result, "named.h5", NULL, NULL, &error), PEREBOR_OK);
    size_t size = before.dataset->n_rows * sizeof *before.scores;
    assert_memory_equal(after.scores, before.scores, size);
    assert_memory_equal(after.probabilities, before.probabilities, size);
    other = predict("named.h5", NULL);
    assert_memory_not_equal(other.scores, before.scores, size);
    predict_release(&before);
    predict_release(&after);
    predict_release(&other);
    perebor_result_free(result);
    flat_refit("named.h5", 1);
}

static void rows_of_training_that_cannot_be_are_refused(void **state) {
    (void)state;
    for (int fault = 0; fault < 5; fault++) {
        prediction made = {0};
        perebor_error error = {0};
        perebor_result *result = people_read("named.h5");
        h5_array *target = (h5_array *)(uintptr_t)column(result, "target");
        if (fault == 0) {
            ((int8_t *)target->data)[0] = 2;
        } else if (fault == 1) {
            ((double *)column(result, "score")->data)[1] = NAN;
        } else if (fault == 2) {
            ((double *)column(result, "probability")->data)[1] = 1.5;
        } else if (fault == 3) {
            target->dimensions[0]--;
        } else {
            target->kind = H5_DOUBLE;
        }
        assert_int_equal(predict_tables(&made, result, "named.h5", NULL, NULL, &error),
                         PEREBOR_ERR_FORMAT);
        assert_non_null(strstr(error.message, "/model/out_of_fold is not whole"));
        predict_release(&made);
        perebor_result_free(result);
    }
}

static void equal_rows_have_one_hash_and_others_have_others(void **state) {
    (void)state;
    double x[] = {0.0, -0.0, 1.0, NAN, -NAN, 0.0}, z[] = {1.0, 1.0, 0.0, 1.0, 1.0, 2.0};
    perebor_column columns[] = {{.name = "x", .values = x}, {.name = "z", .values = z}};
    perebor_dataset dataset = {.n_rows = 6, .n_columns = 2, .columns = columns};
    uint64_t hash[6];
    for (size_t row = 0; row < 6; row++) {
        hash[row] = predict_row_hash(&dataset, row);
    }
    assert_true(hash[0] == hash[1] && hash[3] == hash[4]);
    assert_true(hash[0] != hash[2] && hash[0] != hash[3] && hash[0] != hash[5]);
}

static void a_trial_refitted_twice_leaves_the_same_bytes(void **state) {
    (void)state;
    char *first = NULL, *second = NULL;
    size_t size = 0, again = 0;
    flat_refit("named.h5", 1);
    assert_int_equal(perebor_file_read("named.h5", 1 << 28, &first, &size, NULL), PEREBOR_OK);
    flat_refit("named.h5", 1);
    assert_int_equal(perebor_file_read("named.h5", 1 << 28, &second, &again, NULL), PEREBOR_OK);
    assert_int_equal(size, again);
    assert_memory_equal(first, second, size);
    free(first);
    free(second);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_training_have_their_scores_out_of_fold),
        cmocka_unit_test(rows_that_are_new_are_scored_by_the_model_in_any_number),
        cmocka_unit_test(ranks_and_tenths_follow_the_probabilities),
        cmocka_unit_test(a_row_of_other_values_is_changed_and_scored_as_it_is),
        cmocka_unit_test(without_an_id_a_row_of_other_values_is_new),
        cmocka_unit_test(without_the_column_of_the_id_no_row_is_known),
        cmocka_unit_test(one_row_is_first_and_in_the_first_tenth),
        cmocka_unit_test(tables_that_are_not_there_are_named_with_a_remedy),
        cmocka_unit_test(a_model_must_be_there_and_current),
        cmocka_unit_test(a_file_that_is_replaced_meanwhile_changes_nothing),
        cmocka_unit_test(rows_of_training_that_cannot_be_are_refused),
        cmocka_unit_test(equal_rows_have_one_hash_and_others_have_others),
        cmocka_unit_test(a_trial_refitted_twice_leaves_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
