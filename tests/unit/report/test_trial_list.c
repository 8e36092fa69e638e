// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "made_trials.h"
#include "report/trial_list.h"

static perebor_trials *trials;

static int start(void **state) {
    (void)state;
    trials = made_trials();
    return 0;
}

static int end(void **state) {
    (void)state;
    perebor_trials_free(trials);
    return 0;
}

static perebor_trial_list choose(const char *where, perebor_list_order order, size_t top) {
    perebor_trial_list list = {0};
    perebor_error error = {0};
    if (perebor_trial_list_choose(&list, trials, where, order, top, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return list;
}

static void assert_rows(const perebor_trial_list *list, size_t n, const uint32_t *rows) {
    assert_int_equal(list->n, n);
    assert_memory_equal(list->rows, rows, n * sizeof *rows);
}

static void trials_are_chosen_in_order(void **state) {
    (void)state;
    static const struct {
        const char *where;
        perebor_list_order order;
        size_t top, n;
        uint32_t rows[MADE_N];
    } cases[] = {
        {NULL, PEREBOR_BY_RANK, 0, 6, {0, 4, 1, 5, 2, 3}},
        {NULL, PEREBOR_BY_NUMBER, 0, 6, {0, 1, 2, 3, 4, 5}},
        {NULL, PEREBOR_BY_RANK, 3, 3, {0, 4, 1}},
        {NULL, PEREBOR_BY_NUMBER, 3, 3, {0, 1, 2}},
        {NULL, PEREBOR_BY_RANK, 7, 6, {0, 4, 1, 5, 2, 3}},
        {"model=logreg", PEREBOR_BY_RANK, 0, 2, {1, 2}},
        {"model!=knn", PEREBOR_BY_NUMBER, 2, 2, {1, 2}},
        {"trial>200", PEREBOR_BY_RANK, 5, 0, {0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_trial_list list = choose(cases[i].where, cases[i].order, cases[i].top);
        assert_rows(&list, cases[i].n, cases[i].rows);
        assert_false(list.has_train_scores);
        assert_ptr_equal(list.ranks, list.metric_ranks[0]);
        assert_memory_equal(list.ranks, ((uint32_t[]){1, 3, 5, 5, 1, 4}), sizeof(uint32_t[6]));
        perebor_trial_list_release(&list);
        assert_null(list.rows);
    }
}

static void a_condition_that_cannot_be_read_leaves_the_list_alone(void **state) {
    (void)state;
    perebor_trial_list list = {.n = 77};
    perebor_error error = {0};
    assert_int_equal(
        perebor_trial_list_choose(&list, trials, "nothing", PEREBOR_BY_RANK, 0, &error),
        PEREBOR_ERR_ARGUMENT);
    assert_int_equal(list.n, 77);
}

static void equal_trials_are_merged_into_the_first(void **state) {
    (void)state;
    static const struct {
        size_t top, n;
        uint32_t rows[MADE_N], n_equal[MADE_N];
    } cases[] = {
        {0, 4, {0, 1, 5, 2}, {2, 1, 1, 1}},
        {2, 2, {0, 1}, {2, 1}},
        {4, 4, {0, 1, 5, 2}, {2, 1, 1, 1}},
        {5, 4, {0, 1, 5, 2}, {2, 1, 1, 1}}, // the one that waits is not listed
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_trial_list list = choose(NULL, PEREBOR_BY_RANK, 0);
        assert_int_equal(perebor_trial_list_merge_equal(&list, cases[i].top, NULL), PEREBOR_OK);
        assert_rows(&list, cases[i].n, cases[i].rows);
        assert_memory_equal(list.n_equal, cases[i].n_equal, list.n * sizeof *list.n_equal);
        perebor_trial_list_release(&list);
    }
    perebor_trial_list none = choose("trial<0", PEREBOR_BY_RANK, 0);
    assert_int_equal(perebor_trial_list_merge_equal(&none, 0, NULL), PEREBOR_OK);
    assert_int_equal(none.n, 0);
    perebor_trial_list_release(&none);
}

static perebor_status csv(const void *list, FILE *stream, perebor_error *error) {
    return perebor_trial_list_write_csv(list, stream, error);
}

static perebor_status json(const void *list, FILE *stream, perebor_error *error) {
    return perebor_trial_list_write_json(list, stream, error);
}

static void assert_written(made_writer *writer, const char *where, perebor_list_order order,
                           const char *expected) {
    perebor_trial_list list = choose(where, order, 0);
    char *text = made_written(writer, &list);
    assert_string_equal(text, expected);
    free(text);
    perebor_trial_list_release(&list);
}

#define SCORES                                                                                     \
    "trial,state,rank_test_score,mean_test_score,std_test_score,split0_test_score,"                \
    "split1_test_score"
#define POINT                                                                                      \
    ",param_model,param_logreg__C,param_knn__n_neighbors,param_logreg__flag,param_scale,"          \
    "param_tree__depth,mean_fit_time,mean_score_time,error\r\n"

static void csv_has_a_line_for_each_trial(void **state) {
    (void)state;
    assert_written(csv, NULL, PEREBOR_BY_NUMBER,
                   SCORES POINT
                   "100,COMPLETE,1,0.8125,0.0625,0.75,0.875,knn,,5,,\"a,b\",,0.25,0.75,\r\n"
                   "101,COMPLETE,3,0.625,0.125,0.5,0.75,logreg,0.1,,true,,,0.25,0.75,\r\n"
                   "102,FAIL,,,,0.5,,logreg,1000.0,,false,,,,,\"fold 1 has one \"\"class\"\"\"\r\n"
                   "103,WAITING,,,,,,knn,,7,,,,,,\r\n"
                   "104,COMPLETE,1,0.8125,0.0625,0.75,0.875,knn,,5,,\"a,b\",,0.25,0.75,\r\n"
                   "105,COMPLETE,4,0.25,0.0,0.25,0.25,tree,,,,,null,0.25,0.75,\r\n");
    assert_written(csv, "trial=0", PEREBOR_BY_RANK, SCORES POINT);
}

static void csv_has_train_scores_where_there_are_some(void **state) {
    (void)state;
    made_trials_add_train(trials);
    assert_written(csv, "trial<=102 and trial>100", PEREBOR_BY_RANK,
                   SCORES ",mean_train_score,split0_train_score,split1_train_score" POINT
                          "101,COMPLETE,3,0.625,0.125,0.5,0.75,0.75,0.625,0.875,"
                          "logreg,0.1,,true,,,0.25,0.75,\r\n"
                          "102,FAIL,,,,0.5,,,0.625,,"
                          "logreg,1000.0,,false,,,,,\"fold 1 has one \"\"class\"\"\"\r\n");
}

static void csv_has_the_columns_of_every_metric(void **state) {
    (void)state;
    made_trials_add_metrics(trials);
    assert_written(csv, "trial>101 and trial<105", PEREBOR_BY_NUMBER,
                   SCORES
                   ",rank_test_f1,mean_test_f1,std_test_f1,split0_test_f1,split1_test_f1"
                   ",rank_test_accuracy,mean_test_accuracy,std_test_accuracy,split0_test_accuracy,"
                   "split1_test_accuracy" POINT "102,FAIL,,,,0.5,,,,,0.5,,,,,0.5,,"
                   "logreg,1000.0,,false,,,,,\"fold 1 has one \"\"class\"\"\"\r\n"
                   "103,WAITING,,,,,,,,,,,,,,,,knn,,7,,,,,,\r\n"
                   "104,COMPLETE,1,0.8125,0.0625,0.75,0.875,1,0.8125,0.0625,0.75,0.875,"
                   "3,0.1875,0.0625,0.25,0.125,knn,,5,,\"a,b\",,0.25,0.75,\r\n");
}

#define JSON_105                                                                                   \
    "{\"trial\":105,\"state\":\"COMPLETE\",\"rank_test_score\":4,\"mean_test_score\":0.25,"        \
    "\"std_test_score\":0.0,\"split_test_score\":[0.25,0.25],\"converged\":[true,true],"           \
    "\"params\":{\"model\":\"tree\",\"tree__depth\":null},\"mean_fit_time\":0.25,"                 \
    "\"mean_score_time\":0.75,\"error\":null}"

static void json_has_an_object_for_each_trial(void **state) {
    (void)state;
    assert_written(
        json, "trial>=101 and trial!=104", PEREBOR_BY_RANK,
        "[{\"trial\":101,\"state\":\"COMPLETE\",\"rank_test_score\":3,\"mean_test_score\":0.625,"
        "\"std_test_score\":0.125,\"split_test_score\":[0.5,0.75],\"converged\":[true,false],"
        "\"params\":{\"logreg__C\":0.1,\"logreg__flag\":true,\"model\":\"logreg\"},"
        "\"mean_fit_time\":0.25,\"mean_score_time\":0.75,\"error\":null},\n " JSON_105 ",\n "
        "{\"trial\":102,\"state\":\"FAIL\",\"rank_test_score\":null,\"mean_test_score\":null,"
        "\"std_test_score\":null,\"split_test_score\":[0.5,null],\"converged\":[true,true],"
        "\"params\":{\"logreg__C\":1000.0,\"logreg__flag\":false,\"model\":\"logreg\"},"
        "\"mean_fit_time\":null,\"mean_score_time\":null,"
        "\"error\":\"fold 1 has one \\\"class\\\"\"},\n "
        "{\"trial\":103,\"state\":\"WAITING\",\"rank_test_score\":null,\"mean_test_score\":null,"
        "\"std_test_score\":null,\"split_test_score\":[null,null],\"converged\":[false,false],"
        "\"params\":{\"knn__n_neighbors\":7,\"model\":\"knn\"},"
        "\"mean_fit_time\":null,\"mean_score_time\":null,\"error\":null}]\n");
    assert_written(json, "trial=0", PEREBOR_BY_RANK, "[]\n");
}

static void json_has_train_scores_and_every_metric(void **state) {
    (void)state;
    made_trials_add_train(trials);
    made_trials_add_metrics(trials);
    assert_written(
        json, "trial=101", PEREBOR_BY_RANK,
        "[{\"trial\":101,\"state\":\"COMPLETE\",\"rank_test_score\":3,\"mean_test_score\":0.625,"
        "\"std_test_score\":0.125,\"split_test_score\":[0.5,0.75],"
        "\"rank_test_f1\":3,\"mean_test_f1\":0.625,\"std_test_f1\":0.125,"
        "\"split_test_f1\":[0.5,0.75],\"rank_test_accuracy\":2,\"mean_test_accuracy\":0.375,"
        "\"std_test_accuracy\":0.125,\"split_test_accuracy\":[0.5,0.25],"
        "\"mean_train_score\":0.75,\"split_train_score\":[0.625,0.875],"
        "\"converged\":[true,false],"
        "\"params\":{\"logreg__C\":0.1,\"logreg__flag\":true,\"model\":\"logreg\"},"
        "\"mean_fit_time\":0.25,\"mean_score_time\":0.75,\"error\":null}]\n");
}

static void a_full_disk_is_told(void **state) {
    (void)state;
    perebor_trial_list list = choose(NULL, PEREBOR_BY_RANK, 0);
    assert_full_disk_is_told(csv, &list, "the list of trials could not be written");
    assert_full_disk_is_told(json, &list, "the list of trials could not be written");
    perebor_trial_list_release(&list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(trials_are_chosen_in_order),
        TEST(a_condition_that_cannot_be_read_leaves_the_list_alone),
        TEST(equal_trials_are_merged_into_the_first),
        TEST(csv_has_a_line_for_each_trial),
        TEST(csv_has_train_scores_where_there_are_some),
        TEST(csv_has_the_columns_of_every_metric),
        TEST(json_has_an_object_for_each_trial),
        TEST(json_has_train_scores_and_every_metric),
        TEST(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
