// SPDX-License-Identifier: MIT
#include "table/dialect.h"

#include <stdbool.h>

#include "base/try.h"
#include "table/csv.h"

enum { SAMPLE_SIZE = 1 << 18, SAMPLE_RECORDS = 100 };

/** The numbers of fields in the first records, as one delimiter makes them. */
struct trial {
    size_t n_in_header;
    bool uniform;
};

/**
 * Reads the next record of a sample, but not the last one, which may be cut.
 * A sample that is malformed ends there: the reader proper will say why.
 */
static perebor_status next_record(struct csv_reader *reader, size_t n_before, bool whole,
                                  bool *more, perebor_error *error) {
    *more = false;
    if (n_before == SAMPLE_RECORDS) {
        return PEREBOR_OK;
    }
    perebor_error problem;
    perebor_status status = csv_read(reader, more, &problem);
    if (status != PEREBOR_OK) {
        *more = false;
        return status == PEREBOR_ERR_FORMAT ? PEREBOR_OK
                                            : perebor_fail(error, status, "%s", problem.message);
    }
    size_t left;
    (void)csv_peek(reader, &left);
    *more = *more && (whole || left > 0 || n_before == 0);
    return PEREBOR_OK;
}

static perebor_status open_sample(struct csv_reader *reader, const char *sample, size_t size,
                                  char delimiter, perebor_error *error) {
    size_t used = size < SAMPLE_SIZE ? size : SAMPLE_SIZE;
    perebor_status status = csv_open_memory(reader, "sample", sample, used, used + 1, error);
    if (status == PEREBOR_OK) {
        csv_set_delimiter(reader, delimiter);
    }
    return status;
}

static perebor_status try_delimiter(struct trial *trial, const char *sample, size_t size,
                                    char delimiter, perebor_error *error) {
    struct csv_reader reader;
    perebor_status status = open_sample(&reader, sample, size, delimiter, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    *trial = (struct trial){.uniform = true};
    for (size_t n = 0;; n++) {
        bool more;
        PEREBOR_TRY(done, next_record(&reader, n, size <= SAMPLE_SIZE, &more, error));
        if (!more) {
            break;
        }
        if (n == 0) {
            trial->n_in_header = reader.n_fields;
        } else if (reader.n_fields != trial->n_in_header) {
            trial->uniform = false;
        }
    }
done:
    csv_close(&reader);
    return status;
}

perebor_status table_detect_delimiter(char *delimiter, const char *sample, size_t size,
                                      perebor_error *error) {
    static const char candidates[] = {',', ';', '\t'};
    perebor_status status = PEREBOR_OK;
    char best = ',';
    struct trial best_trial = {.n_in_header = 1};
    for (size_t i = 0; i < sizeof candidates; i++) {
        struct trial trial;
        PEREBOR_TRY(done, try_delimiter(&trial, sample, size, candidates[i], error));
        if (trial.n_in_header >= 2 &&
            (trial.uniform != best_trial.uniform ? trial.uniform
                                                 : trial.n_in_header > best_trial.n_in_header)) {
            best = candidates[i];
            best_trial = trial;
        }
    }
    *delimiter = best;
done:
    return status;
}

/** Whether the field is a number with digits on both sides of the mark. */
static bool is_decimal(const struct csv_field *field, char mark) {
    size_t n_digits[2] = {0, 0};
    size_t n_marks = 0;
    for (size_t i = 0; i < field->length; i++) {
        char byte = field->text[i];
        if (byte == mark && n_marks == 0) {
            n_marks++;
        } else if (byte >= '0' && byte <= '9') {
            n_digits[n_marks]++;
        } else if (byte != '-' || i > 0) {
            return false;
        }
    }
    return n_digits[0] > 0 && n_digits[1] > 0;
}

perebor_status table_detect_decimal(char *decimal, const char *sample, size_t size, char delimiter,
                                    perebor_error *error) {
    *decimal = '.';
    if (delimiter == ',') {
        return PEREBOR_OK;
    }
    struct csv_reader reader;
    perebor_status status = open_sample(&reader, sample, size, delimiter, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    size_t n_points = 0;
    size_t n_commas = 0;
    for (size_t n = 0;; n++) {
        bool more;
        PEREBOR_TRY(done, next_record(&reader, n, size <= SAMPLE_SIZE, &more, error));
        if (!more) {
            break;
        }
        for (size_t i = 0; n > 0 && i < reader.n_fields; i++) {
            n_points += is_decimal(&reader.fields[i], '.');
            n_commas += is_decimal(&reader.fields[i], ',');
        }
    }
    if (n_commas > 0 && n_points == 0) {
        *decimal = ',';
    }
done:
    csv_close(&reader);
    return status;
}
