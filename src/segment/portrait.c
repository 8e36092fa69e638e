// SPDX-License-Identifier: MIT
#include "segment/portrait.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "segment/columns.h"
#include "segment/worth.h"
#include "statistics/quantile.h"

/** Density at the valley over that at the lower mode; two normal heaps of one size whose means are
 * 2.7 standard deviations apart have .78. */
static const double shallow = 0.8;

bool segment_valley_is_clear(const perebor_valley *valley) {
    return valley->depth <= shallow;
}

void segment_portrait_release(segment_portrait *portrait) {
    for (size_t i = 0; portrait->axes != NULL && i < portrait->n_axes; i++) {
        free(portrait->axes[i].center);
    }
    free(portrait->axes);
    free(portrait->bands);
    *portrait = (segment_portrait){0};
}

static perebor_status find_columns(const perebor_column **columns, const perebor_dataset *dataset,
                                   const segment_axis *axis, const char *experiment,
                                   perebor_error *error) {
    for (size_t i = 0; i < axis->n_columns; i++) {
        columns[i] = segment_find_column(dataset, axis->columns[i]);
        if (columns[i] == NULL || columns[i]->n_levels > 0) {
            return segment_fail_at(
                experiment, axis->at, error,
                "the axis \"%.100s\" of segments.portrait: %s \"%.100s\"; name "
                "numeric features, or columns of data.carry",
                axis->name, columns[i] == NULL ? "there is no column" : "there are no numbers in",
                axis->columns[i]);
        }
    }
    return PEREBOR_OK;
}

/** Mean and standard deviation of those values that are there; 0 and 1 where they do not vary. */
static void standardise(const perebor_column *column, size_t n_rows, double *center,
                        double *scale) {
    double n = 0.0, sum = 0.0, squares = 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        if (!isnan(column->values[row])) {
            n += 1.0;
            sum += column->values[row];
        }
    }
    *center = n > 0.0 ? sum / n : 0.0;
    for (size_t row = 0; row < n_rows; row++) {
        double distance = column->values[row] - *center;
        squares += isnan(distance) ? 0.0 : distance * distance;
    }
    *scale = n > 1.0 && squares > 0.0 ? sqrt(squares / (n - 1.0)) : 1.0;
}

/** The mean of w (x - center) / scale over the columns that have a value, weighted by |w|. */
static double place(const segment_axis *axis, const segment_axis_cuts *cuts,
                    const perebor_column *const *columns, size_t row) {
    double sum = 0.0, weight = 0.0;
    for (size_t i = 0; i < axis->n_columns; i++) {
        assert(columns[i] != NULL); // find_columns
        double value = columns[i]->values[row];
        if (!isnan(value)) {
            sum += axis->weights[i] * ((value - cuts->center[i]) / cuts->scale[i]);
            weight += fabs(axis->weights[i]);
        }
    }
    return axis->n_columns == 1 && weight > 0.0 ? columns[0]->values[row]
           : weight > 0.0                       ? sum / weight
                                                : (double)NAN;
}

static perebor_status find_cuts(segment_axis_cuts *cuts, const segment_axis *axis,
                                const double *values, size_t n_rows, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = 0;
    double *sorted = calloc(2 * n_rows + 2, sizeof *sorted);
    if (sorted == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    for (size_t row = 0; row < n_rows; row++) {
        if (!isnan(values[row])) {
            sorted[n++] = values[row];
        }
    }
    perebor_values_sort(sorted, sorted + n_rows + 1, n);
    if (axis->at_valley) {
        PEREBOR_TRY(done, perebor_valley_find(&cuts->valley, sorted, n, error));
        cuts->from[0] = segment_valley_is_clear(&cuts->valley) ? cuts->valley.at : (double)NAN;
    }
    for (size_t i = 0; !axis->at_valley && i + 1 < axis->bands.n; i++) {
        cuts->from[i] = n == 0 ? (double)NAN : perebor_quantile(sorted, n, axis->bands.from[i]);
    }
done:
    free(sorted);
    return status;
}

/** The band of a value; none where it is missing, or where there is nothing to cut at. */
static uint8_t find_band(const segment_axis *axis, const double *from, double value) {
    size_t band = 0;
    if (isnan(value) || (axis->bands.n > 1 && isnan(from[0]))) {
        return SEGMENT_NO_BAND;
    }
    while (band + 1 < axis->bands.n && value >= from[band]) {
        band++;
    }
    return (uint8_t)band;
}

/** @param values  [n_rows] room */
static perebor_status make_axis(segment_portrait *portrait, size_t at,
                                const perebor_dataset *dataset, const segment_axis *axis,
                                const segment_axis_cuts *like, double *values,
                                const char *experiment, perebor_error *error) {
    perebor_status status;
    segment_axis_cuts *cuts = &portrait->axes[at];
    size_t n_columns = axis->n_columns;
    const perebor_column **columns = calloc(n_columns + 1, sizeof(const perebor_column *));
    double *room = calloc(2 * n_columns + 1, sizeof *room);
    if (columns == NULL || room == NULL) {
        free((void *)columns);
        free(room);
        return perebor_no_memory(error, "for segments");
    }
    cuts->center = room;
    cuts->scale = room + n_columns;
    cuts->valley = (perebor_valley){NAN, NAN, NAN, NAN, NAN};
    PEREBOR_TRY(done, find_columns(columns, dataset, axis, experiment, error));
    for (size_t i = 0; i < n_columns; i++) {
        cuts->center[i] = like != NULL ? like->center[i] : 0.0;
        cuts->scale[i] = like != NULL ? like->scale[i] : 1.0;
        if (like == NULL && n_columns > 1) {
            standardise(columns[i], dataset->n_rows, &cuts->center[i], &cuts->scale[i]);
        }
    }
    for (size_t row = 0; row < dataset->n_rows; row++) {
        values[row] = place(axis, cuts, columns, row);
    }
    if (like != NULL) {
        cuts->valley = like->valley;
        for (size_t i = 0; i < SEGMENT_MAX_BANDS; i++) {
            cuts->from[i] = like->from[i];
        }
    } else {
        PEREBOR_TRY(done, find_cuts(cuts, axis, values, dataset->n_rows, error));
    }
    for (size_t row = 0; row < dataset->n_rows; row++) {
        portrait->bands[at * dataset->n_rows + row] = find_band(axis, cuts->from, values[row]);
    }
done:
    free((void *)columns);
    return status;
}

perebor_status segment_portrait_make(segment_portrait *portrait, const perebor_dataset *dataset,
                                     const segment_settings *settings, const segment_portrait *like,
                                     const char *experiment, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double *values = calloc(dataset->n_rows + 1, sizeof *values);
    *portrait = (segment_portrait){
        .n_axes = settings->n_axes,
        .n_rows = dataset->n_rows,
        .axes = calloc(settings->n_axes + 1, sizeof *portrait->axes),
        .bands = calloc(settings->n_axes * dataset->n_rows + 1, 1),
    };
    if (values == NULL || portrait->axes == NULL || portrait->bands == NULL) {
        status = perebor_no_memory(error, "for segments");
        goto done;
    }
    for (size_t i = 0; i < settings->n_axes; i++) {
        PEREBOR_TRY(done,
                    make_axis(portrait, i, dataset, &settings->axes[i],
                              like == NULL ? NULL : &like->axes[i], values, experiment, error));
    }
done:
    free(values);
    return status;
}
