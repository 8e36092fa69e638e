// SPDX-License-Identifier: MIT
#include "table/dialect.h"

#include "base/try.h"
#include "table/csv.h"

enum { sample_size = 1 << 18, sample_records = 100 };

/** The numbers of fields in the first records, as one delimiter makes them. */
typedef struct trial {
    size_t n_in_header, n_records;
    size_t n_below; /**< In each record below the header; 0: not in all the same. */
    bool uniform;
} trial;

/**
 * Reads the next record of a sample, but not the last one, which may be cut.
 * A sample that is malformed ends there: the reader proper will say why.
 */
static perebor_status next_record(csv_reader *reader, size_t n_before, bool whole, bool *more,
                                  perebor_error *error) {
    *more = false;
    if (n_before == sample_records) {
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

static perebor_status open_sample(csv_reader *reader, const csv_sample *sample, char delimiter,
                                  perebor_error *error) {
    size_t used = sample->size < sample_size ? sample->size : sample_size;
    perebor_status status = csv_open_sample(reader, sample->text, used, error);
    if (status == PEREBOR_OK) {
        csv_set_delimiter(reader, delimiter);
        reader->comment = sample->comment;
    }
    return status;
}

static perebor_status try_delimiter(trial *attempt, const csv_sample *sample, char delimiter,
                                    perebor_error *error) {
    csv_reader reader;
    perebor_status status = open_sample(&reader, sample, delimiter, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    *attempt = (trial){.uniform = true};
    for (size_t n = 0;; n++) {
        bool more;
        PEREBOR_TRY(done, next_record(&reader, n, sample->size <= sample_size, &more, error));
        if (!more) {
            break;
        }
        if (n == 0) {
            attempt->n_in_header = reader.n_fields;
        } else if (n == 1) {
            attempt->n_below = reader.n_fields;
        } else if (reader.n_fields != attempt->n_below) {
            attempt->n_below = 0;
        }
        if (reader.n_fields != attempt->n_in_header) {
            attempt->uniform = false;
        }
        attempt->n_records = n + 1;
    }
done:
    csv_close(&reader);
    return status;
}

static bool is_better(const trial *one, const trial *other) {
    // Where every header is one name, a title may stand above it: the rows then tell.
    if (one->n_in_header < 2 || other->n_in_header < 2) {
        return one->n_in_header != other->n_in_header ? one->n_in_header > other->n_in_header
                                                      : one->n_below > other->n_below;
    }
    return one->uniform != other->uniform ? one->uniform : one->n_in_header > other->n_in_header;
}

perebor_status table_detect_delimiter(char *delimiter, char *rival, const csv_sample *sample,
                                      perebor_error *error) {
    static const char candidates[] = {',', ';', '\t', '|'};
    perebor_status status = PEREBOR_OK;
    char best = ',';
    char second = '\0';
    trial best_trial = {.n_in_header = 1, .n_below = 1};
    for (size_t i = 0; i < sizeof candidates; i++) {
        trial attempt;
        PEREBOR_TRY(done, try_delimiter(&attempt, sample, candidates[i], error));
        bool better = is_better(&attempt, &best_trial);
        const trial *lesser = better ? &best_trial : &attempt;
        // Two records and more: of one alone nothing can be told.
        if (lesser->uniform && lesser->n_in_header >= 2 && lesser->n_records >= 2) {
            second = better ? best : candidates[i];
        }
        if (better) {
            best = candidates[i];
            best_trial = attempt;
        }
    }
    *delimiter = best;
    *rival = second;
done:
    return status;
}

bool table_is_decimal(const char *text, size_t length, char mark) {
    size_t n_digits[2] = {0, 0};
    size_t n_marks = 0;
    for (size_t i = 0; i < length; i++) {
        char byte = text[i];
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

perebor_status table_detect_decimal(char *decimal, const csv_sample *sample, char delimiter,
                                    perebor_error *error) {
    *decimal = '.';
    if (delimiter == ',') {
        return PEREBOR_OK;
    }
    csv_reader reader;
    perebor_status status = open_sample(&reader, sample, delimiter, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    size_t n_points = 0;
    size_t n_commas = 0;
    for (size_t n = 0;; n++) {
        bool more;
        PEREBOR_TRY(done, next_record(&reader, n, sample->size <= sample_size, &more, error));
        if (!more) {
            break;
        }
        for (size_t i = 0; n > 0 && i < reader.n_fields; i++) {
            const csv_field *field = &reader.fields[i];
            n_points += table_is_decimal(field->text, field->length, '.');
            n_commas += table_is_decimal(field->text, field->length, ',');
        }
    }
    if (n_commas > n_points) {
        *decimal = ',';
    }
done:
    csv_close(&reader);
    return status;
}
