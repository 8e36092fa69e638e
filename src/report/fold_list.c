// SPDX-License-Identifier: MIT
#include "report/fold_list.h"

#include <inttypes.h>

static const char *part_of(const perebor_result *result, size_t row) {
    return result->part[row] == 0 ? "train" : "test";
}

static int32_t fold_of(const perebor_result *result, size_t repeat, size_t row) {
    return result->test_fold[repeat * result->n_rows + row];
}

static perebor_status finish(FILE *stream, perebor_error *error) {
    if (fflush(stream) != 0 || ferror(stream) != 0) {
        return perebor_fail(error, PEREBOR_ERR_IO, "the folds could not be written");
    }
    return PEREBOR_OK;
}

perebor_status perebor_fold_list_write_csv(const perebor_result *result, FILE *stream,
                                           perebor_error *error) {
    fputs("row,source_row,part", stream);
    for (size_t repeat = 0; repeat < result->n_repeats; repeat++) {
        fprintf(stream, ",test_fold_%zu", repeat);
    }
    fputs("\r\n", stream);
    for (size_t row = 0; row < result->n_rows; row++) {
        fprintf(stream, "%zu,%" PRIu32 ",%s", row, result->source_rows[row], part_of(result, row));
        for (size_t repeat = 0; repeat < result->n_repeats; repeat++) {
            fprintf(stream, ",%" PRId32, fold_of(result, repeat, row));
        }
        fputs("\r\n", stream);
    }
    return finish(stream, error);
}

perebor_status perebor_fold_list_write_json(const perebor_result *result, FILE *stream,
                                            perebor_error *error) {
    fputc('[', stream);
    for (size_t row = 0; row < result->n_rows; row++) {
        fprintf(stream, "%s{\"row\":%zu,\"source_row\":%" PRIu32 ",\"part\":\"%s\",\"test_fold\":[",
                row > 0 ? ",\n " : "", row, result->source_rows[row], part_of(result, row));
        for (size_t repeat = 0; repeat < result->n_repeats; repeat++) {
            fprintf(stream, repeat > 0 ? ",%" PRId32 : "%" PRId32, fold_of(result, repeat, row));
        }
        fputs("]}", stream);
    }
    fputs("]\n", stream);
    return finish(stream, error);
}
