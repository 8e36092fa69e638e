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
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "flat_study.h"
#include "people_study.h"
#include "run/known_rows.h"
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

/** A line of predictions. */
typedef struct said_row {
    char id[16], in_training[16];
    double score, probability, lower, upper;
    unsigned rank, decile;
} said_row;

/** What came of a request, and its lines read back. */
typedef struct said {
    prediction made;
    char *text;
    size_t size;
    said_row *rows; /**< [made.n_rows] */
} said;

static perebor_status take(void *context, const void *bytes, size_t size, perebor_error *error) {
    said *said = context;
    (void)error;
    said->text = realloc(said->text, said->size + size + 1);
    assert_non_null(said->text);
    memcpy(said->text + said->size, bytes, size);
    said->size += size;
    said->text[said->size] = '\0';
    return PEREBOR_OK;
}

static void read_lines(said *said) {
    said->rows = calloc(said->made.n_rows + 1, sizeof *said->rows);
    assert_non_null(said->rows);
    const char *line = strchr(said->text, '\n') + 1;
    for (size_t i = 0; i < said->made.n_rows; i++) {
        said_row *row = &said->rows[i];
        char copy[256]; // sscanf() looks for the end of its text
        (void)snprintf(copy, sizeof copy, "%.*s", (int)strcspn(line, "\n"), line);
        assert_int_equal(sscanf(copy, "%15[^,],%lf,%lf,%lf,%lf,%u,%u,%15s", row->id, &row->score,
                                &row->probability, &row->lower, &row->upper, &row->rank,
                                &row->decile, row->in_training),
                         8);
        line = strchr(line, '\n') + 1;
    }
    assert_true(*line == '\0');
}

static perebor_status try_request(said *said, const predict_request *request,
                                  perebor_error *error) {
    *said = (struct said){0};
    perebor_status status = predict_tables(&said->made, request, error);
    if (status == PEREBOR_OK) {
        status = predict_write(&said->made, take, said, error);
        read_lines(said);
    }
    return status;
}

static void forget(said *said) {
    predict_release(&said->made);
    free(said->text);
    free(said->rows);
}

static perebor_status try_predict(said *said, const char *file, const char *data,
                                  perebor_error *error) {
    perebor_result *result = people_read(file);
    const predict_request request = {.result = result, .file = file, .data = data, .n_threads = 2};
    perebor_status status = try_request(said, &request, error);
    perebor_result_free(result);
    return status;
}

static said predict(const char *file, const char *data) {
    said said;
    perebor_error error = {0};
    if (try_predict(&said, file, data, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return said;
}

static bool is_trained(const said_row *row) {
    return strcmp(row->in_training, "same") == 0;
}

static const h5_array *column(const perebor_result *result, const char *name) {
    return &h5_find(h5_find(stage_find(result, "model"), "out_of_fold"), name)->array;
}

static void rows_of_training_have_their_scores_out_of_fold(void **state) {
    (void)state;
    perebor_result *result = people_read("named.h5");
    said made = predict("named.h5", NULL);
    const h5_array *ids = column(result, "id"), *scores = column(result, "score"),
                   *probabilities = column(result, "probability");
    size_t n = ids->dimensions[0], n_found = 0;
    assert_int_equal(made.made.n_rows, FLAT_N_ROWS);
    assert_int_equal(made.made.n_trained, n);
    assert_int_equal(made.made.n_changed, 0);
    assert_true(n > 0 && n < FLAT_N_ROWS);
    for (size_t row = 0; row < FLAT_N_ROWS; row++) {
        for (size_t i = 0; i < n; i++) {
            if (strcmp(made.rows[row].id, ((const char *const *)ids->data)[i]) == 0) {
                assert_true(is_trained(&made.rows[row]));
                assert_true(made.rows[row].score == ((const double *)scores->data)[i]);
                assert_true(made.rows[row].probability == ((const double *)probabilities->data)[i]);
                n_found++;
            }
        }
    }
    assert_int_equal(n_found, n);
    forget(&made);
    perebor_result_free(result);
}

/** What the model itself says of the rows of a table, one by one. */
static void score_alone(const char *file, const char *table, size_t n, double *scores) {
    perebor_workspace workspace = {0};
    perebor_fitted_pipeline *pipeline = NULL;
    perebor_dataset *dataset = NULL;
    perebor_tables_report report;
    uint32_t row = 0;
    const perebor_table_source source = {.name = "t", .path = table};
    const perebor_tables_spec spec = {
        .file = "e.yaml", .sources = &source, .n_sources = 1, .roles = {.id = "id"}};
    assert_int_equal(perebor_fitted_pipeline_load(&pipeline, file, NULL), PEREBOR_OK);
    assert_int_equal(perebor_tables_load_frozen(&dataset, &report, &spec,
                                                perebor_fitted_pipeline_schema(pipeline), NULL),
                     PEREBOR_OK);
    for (; row < n; row++) {
        assert_int_equal(perebor_fitted_pipeline_score(pipeline, dataset, &row, 1, &workspace,
                                                       &scores[row], NULL),
                         PEREBOR_OK);
    }
    perebor_workspace_release(&workspace);
    perebor_dataset_free(dataset);
    perebor_tables_report_release(&report);
    perebor_fitted_pipeline_free(pipeline);
}

static void rows_that_are_new_are_scored_by_the_model_in_any_number(void **state) {
    (void)state;
    enum { n_rows = 34000 }; // of several parts
    flat_write_table("new.csv", 1000, n_rows);
    static double scores[n_rows];
    said made = predict("named.h5", "new.csv");
    assert_int_equal(made.made.n_rows, n_rows);
    assert_int_equal(made.made.n_trained + made.made.n_changed, 0);
    assert_null(made.made.whole);
    score_alone("named.h5", "new.csv", n_rows, scores);
    for (size_t row = 0; row < n_rows; row++) {
        assert_true(made.rows[row].score == scores[row]);
        assert_string_equal(made.rows[row].in_training, "no");
    }
    forget(&made);
}

static void ranks_and_tenths_follow_the_probabilities(void **state) {
    (void)state;
    flat_write_table("new.csv", 500, 137);
    said made = predict("named.h5", "new.csv");
    size_t tenths[11] = {0};
    for (size_t row = 0; row < 137; row++) {
        uint32_t rank = 1;
        for (size_t other = 0; other < 137; other++) {
            rank += made.rows[other].probability > made.rows[row].probability;
        }
        assert_int_equal(made.rows[row].rank, rank);
        assert_in_range(made.rows[row].decile, 1, 10);
        assert_true(made.rows[row].decile >= 1 + 10 * (rank - 1) / 137);
        tenths[made.rows[row].decile]++;
        assert_true(0.0 <= made.rows[row].lower &&
                    made.rows[row].lower <= made.rows[row].probability);
        assert_true(made.rows[row].probability <= made.rows[row].upper &&
                    made.rows[row].upper <= 1.0);
    }
    for (size_t tenth = 1; tenth <= 10; tenth++) {
        assert_in_range(tenths[tenth], 13, 14);
    }
    forget(&made);
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
    said made = predict(file, NULL);
    size_t row = 0;
    while (!is_trained(&made.rows[row])) {
        row++;
        assert_true(row < FLAT_N_ROWS);
    }
    forget(&made);
    return row;
}

static void a_row_of_other_values_is_changed_and_scored_as_it_is(void **state) {
    (void)state;
    size_t row = trained_row("named.h5");
    write_rows(FLAT_N_ROWS, row);
    said before = predict("named.h5", NULL), made = predict("named.h5", "new.csv");
    assert_string_equal(made.rows[row].in_training, "changed");
    assert_int_equal(made.made.n_changed, 1);
    assert_int_equal(made.made.n_trained, before.made.n_trained - 1);
    static double scores[FLAT_N_ROWS];
    score_alone("named.h5", "new.csv", FLAT_N_ROWS, scores);
    assert_true(made.rows[row].score == scores[row]);
    forget(&made);
    forget(&before);
}

/** The number of a row is no name: another row of that number is not the same one changed. */
static void without_an_id_a_row_of_other_values_is_new(void **state) {
    (void)state;
    size_t row = trained_row("numbered.h5");
    write_rows(FLAT_N_ROWS, row);
    said made = predict("numbered.h5", "new.csv");
    assert_string_equal(made.rows[row].in_training, "no");
    assert_int_equal(made.made.n_changed, 0);
    assert_true(made.made.n_trained > 0);
    forget(&made);
    flat_write_table("new.csv", 300, FLAT_N_ROWS);
    made = predict("numbered.h5", "new.csv");
    assert_int_equal(made.made.n_trained + made.made.n_changed, 0);
    forget(&made);
}

static void without_the_column_of_the_id_no_row_is_known(void **state) {
    (void)state;
    FILE *file = fopen("new.csv", "w");
    assert_non_null(file);
    fputs("x,kind\n1.5,a\n2.5,b\n", file);
    assert_int_equal(fclose(file), 0);
    said made = predict("named.h5", "new.csv");
    assert_int_equal(made.made.n_rows, 2);
    assert_int_equal(made.made.n_trained + made.made.n_changed, 0);
    forget(&made);
}

static void one_row_is_first_and_in_the_first_tenth(void **state) {
    (void)state;
    flat_write_table("new.csv", 700, 1);
    said made = predict("named.h5", "new.csv");
    assert_int_equal(made.rows[0].rank, 1);
    assert_int_equal(made.rows[0].decile, 1);
    forget(&made);
}

static void assert_refused(const char *file, const char *data, perebor_status status,
                           const char *reason) {
    said made;
    perebor_error error = {0};
    assert_int_equal(try_predict(&made, file, data, &error), status);
    if (strstr(error.message, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, reason);
    }
    forget(&made);
}

static void tables_that_are_not_there_are_named_with_a_remedy(void **state) {
    (void)state;
    assert_refused("named.h5", "absent.csv", PEREBOR_ERR_IO, "absent.csv");
    assert_int_equal(rename("t.csv", "away.csv"), 0);
    assert_refused("named.h5", NULL, PEREBOR_ERR_IO, "name other tables with --data");
    assert_refused("named.h5", ".", PEREBOR_ERR_IO, "there is no t.csv in the folder");
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
    said before = predict("named.h5", NULL), after, other;
    perebor_error error = {0};
    perebor_result *result = people_read("named.h5");
    const predict_request request = {.result = result, .file = "named.h5", .n_threads = 1};
    flat_refit("named.h5", 0); // another model
    assert_int_equal(try_request(&after, &request, &error), PEREBOR_OK);
    assert_string_equal(after.text, before.text);
    other = predict("named.h5", NULL);
    assert_string_not_equal(other.text, before.text);
    forget(&before);
    forget(&after);
    forget(&other);
    perebor_result_free(result);
    flat_refit("named.h5", 1);
}

static void rows_of_training_that_cannot_be_are_refused(void **state) {
    (void)state;
    for (int fault = 0; fault < 5; fault++) {
        said made;
        perebor_error error = {0};
        perebor_result *result = people_read("named.h5");
        const predict_request request = {.result = result, .file = "named.h5", .n_threads = 1};
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
        assert_int_equal(try_request(&made, &request, &error), PEREBOR_ERR_FORMAT);
        assert_non_null(strstr(error.message, "/model/out_of_fold is not whole"));
        forget(&made);
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

/** Adds a line to new.csv. */
static void append(const char *line) {
    FILE *file = fopen("new.csv", "a");
    assert_non_null(file);
    fputs(line, file);
    assert_int_equal(fclose(file), 0);
}

enum { many = 34000 /* of several parts */ };

static void any_number_of_threads_says_the_same(void **state) {
    (void)state;
    said one = {0}, other;
    flat_write_table("new.csv", 20, many);
    perebor_result *result = people_read("numbered.h5");
    for (int n_threads = 1; n_threads <= 5; n_threads += 2) {
        const predict_request request = {
            .result = result, .file = "numbered.h5", .data = "new.csv", .n_threads = n_threads};
        assert_int_equal(try_request(&other, &request, NULL), PEREBOR_OK);
        if (n_threads == 1) {
            one = other;
            continue;
        }
        assert_string_equal(one.text, other.text);
        assert_memory_equal(one.made.drifts, other.made.drifts,
                            one.made.n_columns * sizeof *one.made.drifts);
        forget(&other);
    }
    forget(&one);
    perebor_result_free(result);
}

/** Whatever a part has that only all of the table can tell: it is loaded whole, to the same end. */
static void a_table_that_only_the_whole_can_tell_of_is_loaded_whole(void **state) {
    (void)state;
    flat_write_table("new.csv", 1000, many);
    said streamed = predict("named.h5", "new.csv");
    append("late,1.5,caf\xe9,1\n"); // windows-1251, as is found out at the end
    said whole = predict("named.h5", "new.csv");
    assert_null(streamed.made.whole);
    assert_non_null(whole.made.whole);
    assert_int_equal(whole.made.n_rows, many + 1);
    assert_int_equal(whole.made.n_warnings, 1);
    assert_non_null(strstr(whole.made.warnings[0].text, "windows-1251"));
    assert_int_equal(whole.made.n_unknown, 1);
    for (size_t row = 0; row < many; row++) {
        assert_string_equal(whole.rows[row].id, streamed.rows[row].id);
        assert_true(whole.rows[row].score == streamed.rows[row].score);
        assert_true(whole.rows[row].upper == streamed.rows[row].upper);
    }
    forget(&streamed);
    forget(&whole);
}

static void an_id_that_occurs_in_two_parts_is_named_with_both_lines(void **state) {
    (void)state;
    flat_write_table("new.csv", 1000, many);
    append("n1003,1.5,a,1\n");
    append("n1001,1.5,a,1\n");
    assert_refused("named.h5", "new.csv", PEREBOR_ERR_FORMAT,
                   "new.csv:34002: column \"id\": \"n1003\" occurs twice (first at new.csv:5)");
}

static void the_first_fault_of_a_long_table_is_named(void **state) {
    (void)state;
    flat_write_table("new.csv", 1000, many);
    append("z1,one,a,1\n");
    append("z2,1.5,a\n");
    assert_refused("named.h5", "new.csv", PEREBOR_ERR_FORMAT, "new.csv:34003: 3 fields");
    flat_write_table("new.csv", 1000, 30000);
    append("z1,one,a,1\n");
    FILE *file = fopen("new.csv", "a");
    assert_non_null(file);
    for (size_t i = 0; i < 20000; i++) {
        fprintf(file, "z%zu,two,a,1\n", i + 2);
    }
    assert_int_equal(fclose(file), 0);
    assert_refused("named.h5", "new.csv", PEREBOR_ERR_FORMAT,
                   "new.csv:30002: column \"x\": \"one\" is not a number");
}

/** Unknown values and missing columns are counted over all parts. */
static void what_training_did_not_have_is_counted_in_all_parts(void **state) {
    (void)state;
    FILE *file = fopen("new.csv", "w");
    assert_non_null(file);
    fputs("id,kind\n", file);
    for (size_t i = 0; i < many; i++) {
        fprintf(file, "n%zu,%s\n", 1000 + i, i % 7 == 3 ? i < 9 ? "first" : "later" : "a");
    }
    assert_int_equal(fclose(file), 0);
    said made = predict("named.h5", "new.csv");
    assert_null(made.made.whole);
    assert_int_equal(made.made.n_unknown, 1);
    assert_string_equal(made.made.unknown[0].column, "kind");
    assert_string_equal(made.made.unknown[0].example, "first");
    assert_int_equal(made.made.unknown[0].n_rows, many / 7);
    assert_int_equal(made.made.n_missing, 1);
    assert_string_equal(made.made.missing[0].text, "x");
    forget(&made);
}

/** What comes through a pipe is what lies in a file. */
static void a_pipe_is_read_to_its_end(void **state) {
    (void)state;
    flat_write_table("new.csv", 1000, many);
    said file = predict("named.h5", "new.csv");
    assert_int_equal(mkfifo("pipe", 0600), 0);
    pid_t writer = fork();
    assert_true(writer >= 0);
    if (writer == 0) {
        (void)execlp("sh", "sh", "-c", "cat new.csv >pipe", (char *)NULL);
        _exit(1);
    }
    said piped = predict("named.h5", "pipe");
    assert_string_equal(piped.text, file.text);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    assert_int_equal(unlink("pipe"), 0);
    forget(&file);
    forget(&piped);
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
        cmocka_unit_test(any_number_of_threads_says_the_same),
        cmocka_unit_test(a_table_that_only_the_whole_can_tell_of_is_loaded_whole),
        cmocka_unit_test(an_id_that_occurs_in_two_parts_is_named_with_both_lines),
        cmocka_unit_test(the_first_fault_of_a_long_table_is_named),
        cmocka_unit_test(what_training_did_not_have_is_counted_in_all_parts),
        cmocka_unit_test(a_pipe_is_read_to_its_end),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
