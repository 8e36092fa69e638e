// SPDX-License-Identifier: MIT
/** The experiment of a result file is the one that was run, wherever and whatever it is now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "flat_study.h"
#include "people_study.h"
#include "run/stored_study.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];
static perebor_result *result;

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL || chdir(folder) != 0 || mkdir("moved", 0777) != 0) {
        return -1;
    }
    flat_write_search("r.h5", true);
    result = people_read("r.h5");
    return 0;
}

static int leave(void **state) {
    (void)state;
    perebor_result_free(result);
    flat_remove();
    (void)unlink("r.h5");
    return rmdir("moved") != 0 || chdir("/") != 0 || rmdir(folder) != 0;
}

static void assert_loads(const char *from) {
    perebor_study *study = NULL;
    perebor_error error = {0};
    if (stored_study_load(&study, result, "r.h5", from, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(study->dataset->n_rows, FLAT_N_ROWS);
    assert_string_equal(study->experiment->text, result->config);
    perebor_study_free(study);
}

static void assert_refused(const char *from, perebor_status status, const char *reason) {
    perebor_study *study = NULL;
    perebor_error error = {0};
    assert_int_equal(stored_study_load(&study, result, "r.h5", from, &error), status);
    assert_null(study);
    if (strstr(error.message, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, reason);
    }
}

static void the_text_in_the_file_counts_and_not_the_file_of_now(void **state) {
    (void)state;
    assert_loads(NULL);
    FILE *file = fopen("e.yaml", "w");
    assert_non_null(file);
    fputs("version: 1\nseed: 99\n", file);
    assert_int_equal(fclose(file), 0);
    assert_loads(NULL);
    assert_int_equal(unlink("e.yaml"), 0);
    assert_loads(NULL);
}

static void an_experiment_is_found_where_its_folder_is_now(void **state) {
    (void)state;
    perebor_experiment *experiment = NULL;
    assert_int_equal(rename("t.csv", "moved/t.csv"), 0);
    assert_refused(NULL, PEREBOR_ERR_IO, "name it with --folder");
    assert_refused("nowhere", PEREBOR_ERR_IO, "nowhere");
    assert_loads("moved");
    assert_loads("moved/");
    assert_int_equal(stored_experiment_read(&experiment, result, "r.h5", NULL, NULL), PEREBOR_OK);
    perebor_experiment_free(experiment); // the text alone needs no table
    assert_int_equal(rename("moved/t.csv", "t.csv"), 0);
}

static void tables_that_are_others_now_are_refused(void **state) {
    (void)state;
    flat_write_table("t.csv", 1, FLAT_N_ROWS);
    assert_refused(NULL, PEREBOR_ERR_CONFLICT, "are not what they were when r.h5 was made");
    flat_write_table("t.csv", 0, FLAT_N_ROWS - 1);
    assert_refused(NULL, PEREBOR_ERR_CONFLICT, "are not what they were when r.h5 was made");
    FILE *file = fopen("t.csv", "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_refused(NULL, PEREBOR_ERR_FORMAT, "the file is empty");
    flat_write_table("t.csv", 0, FLAT_N_ROWS);
    assert_loads(NULL);
}

static void a_file_that_does_not_say_where_it_was_is_told_how_to(void **state) {
    (void)state;
    const char *path = result->config_path;
    for (int i = 0; i < 2; i++) {
        result->config_path = i == 0 ? "" : NULL;
        assert_refused(NULL, PEREBOR_ERR_CONFLICT, "'perebor run EXPERIMENT -o r.h5 --resume'");
    }
    result->config_path = path;
}

static void what_the_command_line_changed_is_changed_again(void **state) {
    (void)state;
    const char *const settings[] = {"seed", "31", "cv.n_splits", "4", NULL};
    perebor_error error = {0};
    perebor_study *study = people_study(settings), *loaded = NULL;
    perebor_trials *trials = people_trials(study, 0, 2);
    people_write(study, trials, PEREBOR_RESULT_COMPLETE, "people.h5");
    perebor_result *people = people_read("people.h5");
    assert_int_equal(people->n_overrides, 2);
    if (stored_study_load(&loaded, people, "people.h5", NULL, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(loaded->experiment->seed, 31);
    assert_int_equal(loaded->folds.n_splits, 4);
    perebor_study_free(loaded);
    loaded = NULL; // a file that is named is as its own line says
    assert_int_equal(
        stored_study_load_named(&loaded, people, "people.h5", PEOPLE_FILE, NULL, 0, &error),
        PEREBOR_ERR_CONFLICT);
    assert_null(loaded);
    const perebor_override overrides[] = {{"seed", "31"}, {"cv.n_splits", "4"}};
    assert_int_equal(
        stored_study_load_named(&loaded, people, "people.h5", PEOPLE_FILE, overrides, 2, &error),
        PEREBOR_OK);
    perebor_study_free(loaded);
    perebor_result_free(people);
    perebor_trials_free(trials);
    perebor_study_free(study);
    assert_int_equal(unlink("people.h5"), 0);
}

static void the_candidate_of_a_trial_is_that_of_its_point(void **state) {
    (void)state;
    perebor_study *study = people_study(NULL);
    perebor_trials *trials = people_trials(study, 3, 20);
    for (size_t row = 0; row < 20; row++) {
        perebor_candidate by_number, by_point;
        assert_int_equal(stored_study_candidate(study, 3 + row, &by_number, NULL), PEREBOR_OK);
        assert_int_equal(perebor_pipeline_resolve(study->pipeline,
                                                  trials->values + row * trials->n_parameters,
                                                  &by_point, NULL),
                         PEREBOR_OK);
        assert_int_equal(perebor_candidate_compare(&by_number, &by_point), 0);
    }
    perebor_trials_free(trials);
    perebor_study_free(study);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_in_the_file_counts_and_not_the_file_of_now),
        cmocka_unit_test(an_experiment_is_found_where_its_folder_is_now),
        cmocka_unit_test(tables_that_are_others_now_are_refused),
        cmocka_unit_test(a_file_that_does_not_say_where_it_was_is_told_how_to),
        cmocka_unit_test(what_the_command_line_changed_is_changed_again),
        cmocka_unit_test(the_candidate_of_a_trial_is_that_of_its_point),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
