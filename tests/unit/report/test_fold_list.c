// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "made_trials.h"
#include "report/fold_list.h"

static const uint8_t part[] = {0, 1, 0};
static const uint32_t source_rows[] = {7, 0, UINT32_MAX};
static const int32_t folds[] = {1, -1, 0, 0, -1, 11};

static perebor_result result_of(size_t n_rows, size_t n_repeats) {
    return (perebor_result){.n_rows = n_rows,
                            .n_repeats = n_repeats,
                            .part = part,
                            .source_rows = source_rows,
                            .test_fold = folds};
}

static perebor_status csv(const void *result, FILE *stream, perebor_error *error) {
    return perebor_fold_list_write_csv(result, stream, error);
}

static perebor_status json(const void *result, FILE *stream, perebor_error *error) {
    return perebor_fold_list_write_json(result, stream, error);
}

static void rows_are_listed_with_part_and_folds(void **state) {
    (void)state;
    static const struct {
        size_t n_rows, n_repeats;
        made_writer *writer;
        const char *expected;
    } cases[] = {
        {0, 1, csv, "row,source_row,part,test_fold_0\r\n"},
        {0, 1, json, "[]\n"},
        {1, 1, csv, "row,source_row,part,test_fold_0\r\n0,7,train,1\r\n"},
        {1, 1, json, "[{\"row\":0,\"source_row\":7,\"part\":\"train\",\"test_fold\":[1]}]\n"},
        {3, 2, csv,
         "row,source_row,part,test_fold_0,test_fold_1\r\n"
         "0,7,train,1,0\r\n"
         "1,0,test,-1,-1\r\n"
         "2,4294967295,train,0,11\r\n"},
        {3, 2, json,
         "[{\"row\":0,\"source_row\":7,\"part\":\"train\",\"test_fold\":[1,0]},\n"
         " {\"row\":1,\"source_row\":0,\"part\":\"test\",\"test_fold\":[-1,-1]},\n"
         " {\"row\":2,\"source_row\":4294967295,\"part\":\"train\",\"test_fold\":[0,11]}]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_result result = result_of(cases[i].n_rows, cases[i].n_repeats);
        char *text = made_written(cases[i].writer, &result);
        assert_string_equal(text, cases[i].expected);
        free(text);
    }
}

static void a_full_disk_is_told(void **state) {
    (void)state;
    perebor_result result = result_of(3, 1);
    assert_full_disk_is_told(csv, &result, "the folds could not be written");
    assert_full_disk_is_told(json, &result, "the folds could not be written");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_listed_with_part_and_folds),
        cmocka_unit_test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
