// SPDX-License-Identifier: MIT
#include "segment/worth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "segment/columns.h"
#include "statistics/quantile.h"

static perebor_status allocate(segment_worth *worth, size_t n_rows, perebor_error *error) {
    *worth = (segment_worth){
        .n_rows = n_rows,
        .value = calloc(n_rows + 1, sizeof(double)),
        .at_risk = calloc(n_rows + 1, sizeof(double)),
        .rank = calloc(n_rows + 1, sizeof(uint32_t)),
        .risk = calloc(n_rows + 1, 1),
        .worth = calloc(n_rows + 1, 1),
    };
    return worth->value == NULL || worth->at_risk == NULL || worth->rank == NULL ||
                   worth->risk == NULL || worth->worth == NULL
               ? perebor_no_memory(error, "for segments")
               : PEREBOR_OK;
}

static perebor_status read_values(segment_worth *worth, const perebor_dataset *dataset,
                                  const segment_settings *settings, const char *experiment,
                                  perebor_error *error) {
    const perebor_column *column =
        settings->value == NULL ? NULL : segment_find_column(dataset, settings->value);
    if (settings->value != NULL && (column == NULL || column->n_levels > 0)) {
        return segment_fail_at(experiment, settings->value_at, error,
                               "segments.value: %s \"%.100s\"; name one of the numeric features, "
                               "or one of data.carry",
                               column == NULL ? "there is no column" : "there are no numbers in",
                               settings->value);
    }
    for (size_t row = 0; row < worth->n_rows; row++) {
        worth->value[row] = column == NULL ? 1.0 : column->values[row];
        worth->n_without_value += isnan(worth->value[row]) ? 1 : 0;
    }
    return PEREBOR_OK;
}

/** The band whose beginning is the last one not above a value. */
static uint8_t find_band(const segment_bands *bands, const double *from, double value) {
    size_t band = 0;
    if (bands->n == 0 || isnan(value)) {
        return SEGMENT_NO_BAND;
    }
    while (band + 1 < bands->n && value >= from[band]) {
        band++;
    }
    return (uint8_t)band;
}

/** The values at the shares that the settings name, of those rows that have one. */
static perebor_status find_worth_from(segment_worth *worth, const segment_bands *bands,
                                      perebor_error *error) {
    size_t n = 0;
    double *sorted = calloc(2 * worth->n_rows + 2, sizeof *sorted);
    if (sorted == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    for (size_t row = 0; row < worth->n_rows; row++) {
        if (!isnan(worth->value[row])) {
            sorted[n++] = worth->value[row];
        }
    }
    perebor_values_sort(sorted, sorted + worth->n_rows + 1, n);
    for (size_t i = 0; i + 1 < bands->n; i++) {
        worth->worth_from[i] = n == 0 ? NAN : perebor_quantile(sorted, n, bands->from[i]);
    }
    free(sorted);
    return PEREBOR_OK;
}

/** What a row is ranked by. */
typedef struct ranked_row {
    double probability, value;
    double number; /**< The identifier's, where it is a number. */
    const char *id;
    uint32_t row;
} ranked_row;

static int by_id(const ranked_row *a, const ranked_row *b) {
    if (a->id == NULL || b->id == NULL) {
        return 0;
    }
    if (!isnan(a->number) && !isnan(b->number) && a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    if (isnan(a->number) != isnan(b->number)) {
        return isnan(a->number) ? 1 : -1;
    }
    return strcmp(a->id, b->id);
}

static int by_rank(const void *left, const void *right) {
    const ranked_row *a = left, *b = right;
    if (a->probability != b->probability) {
        return a->probability > b->probability ? -1 : 1;
    }
    if (a->value != b->value) {
        return a->value > b->value ? -1 : 1;
    }
    int sign = by_id(a, b);
    return sign != 0 ? sign : (a->row > b->row) - (a->row < b->row);
}

/** The number that a whole text is; NaN if it is none. */
static double read_number(const char *text) {
    char *end = NULL;
    double number = text == NULL || *text == '\0' ? NAN : strtod(text, &end);
    return end != NULL && *end == '\0' ? number : (double)NAN;
}

static perebor_status rank(segment_worth *worth, const perebor_dataset *dataset,
                           const double *probabilities, perebor_error *error) {
    ranked_row *rows = calloc(worth->n_rows + 1, sizeof *rows);
    if (rows == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    for (size_t row = 0; row < worth->n_rows; row++) {
        const char *id = dataset->ids == NULL ? NULL : dataset->ids[row];
        double value = isnan(worth->value[row]) ? 0.0 : worth->value[row];
        rows[row] = (ranked_row){probabilities[row], value, read_number(id), id, (uint32_t)row};
    }
    qsort(rows, worth->n_rows, sizeof *rows, by_rank);
    for (size_t i = 0; i < worth->n_rows; i++) {
        worth->rank[rows[i].row] = (uint32_t)i + 1;
    }
    free(rows);
    return PEREBOR_OK;
}

perebor_status segment_worth_make(segment_worth *worth, const perebor_dataset *dataset,
                                  const double *probabilities, const segment_settings *settings,
                                  const segment_worth *like, const char *experiment,
                                  perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, allocate(worth, dataset->n_rows, error));
    PEREBOR_TRY(done, read_values(worth, dataset, settings, experiment, error));
    if (like != NULL) {
        memcpy(worth->worth_from, like->worth_from, sizeof worth->worth_from);
    } else {
        PEREBOR_TRY(done, find_worth_from(worth, &settings->worth, error));
    }
    PEREBOR_TRY(done, rank(worth, dataset, probabilities, error));
    for (size_t row = 0; row < worth->n_rows; row++) {
        // EVaR = p · v · H · δ
        worth->at_risk[row] =
            probabilities[row] * worth->value[row] * settings->horizon * settings->share_lost;
        worth->risk[row] = find_band(&settings->risk, settings->risk.from, probabilities[row]);
        worth->worth[row] = find_band(&settings->worth, worth->worth_from, worth->value[row]);
    }
done:
    return status;
}

void segment_worth_release(segment_worth *worth) {
    free(worth->value);
    free(worth->at_risk);
    free(worth->rank);
    free(worth->risk);
    free(worth->worth);
    *worth = (segment_worth){0};
}
