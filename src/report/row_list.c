// SPDX-License-Identifier: MIT
#include "report/row_list.h"

#include <inttypes.h>

#include "base/csv_text.h"

static void write_header(const perebor_dataset *dataset, const perebor_folds *folds, FILE *stream) {
    fputs("row,part", stream);
    for (size_t repeat = 0; repeat < folds->n_repeats; repeat++) {
        fprintf(stream, ",test_fold_%zu", repeat);
    }
    fputc(',', stream);
    csv_write_text(stream, dataset->target_name);
    for (size_t i = 0; i < dataset->n_columns; i++) {
        fputc(',', stream);
        csv_write_text(stream, dataset->columns[i].name);
    }
    fputs("\r\n", stream);
}

/** A level that there is none of cannot be told from a missing value. */
static void write_value(const perebor_column *column, double value, FILE *stream) {
    if (column->role != PEREBOR_ROLE_NOMINAL) {
        csv_write_real(stream, value);
        return;
    }
    fputc(',', stream);
    if (value >= 0.0 && value < (double)column->n_levels) {
        csv_write_text(stream, column->levels[(size_t)value]);
    }
}

static void write_values(const perebor_dataset *dataset, uint32_t row, FILE *stream) {
    fprintf(stream, ",%d", (int)dataset->labels[row]);
    for (size_t i = 0; i < dataset->n_columns; i++) {
        write_value(&dataset->columns[i], dataset->columns[i].values[row], stream);
    }
    fputs("\r\n", stream);
}

perebor_status perebor_row_list_write_csv(const perebor_dataset *dataset,
                                          const perebor_split *split, const perebor_folds *folds,
                                          FILE *stream, perebor_error *error) {
    write_header(dataset, folds, stream);
    for (size_t i = 0; i < split->n_train; i++) {
        fprintf(stream, "%" PRIu32 ",train", split->train[i]);
        for (size_t repeat = 0; repeat < folds->n_repeats; repeat++) {
            fprintf(stream, ",%d", (int)folds->test_fold[repeat * folds->n_rows + i]);
        }
        write_values(dataset, split->train[i], stream);
    }
    for (size_t i = 0; i < split->n_test; i++) {
        fprintf(stream, "%" PRIu32 ",test", split->test[i]);
        for (size_t repeat = 0; repeat < folds->n_repeats; repeat++) {
            fputs(",-1", stream);
        }
        write_values(dataset, split->test[i], stream);
    }
    if (fflush(stream) != 0 || ferror(stream) != 0) {
        return perebor_fail(error, PEREBOR_ERR_IO, "the rows could not be written");
    }
    return PEREBOR_OK;
}
