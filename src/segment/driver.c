// SPDX-License-Identifier: MIT
#include "segment/driver.h"

#include <stdlib.h>
#include <string.h>

#include "segment/columns.h"

size_t segment_reasons_rank(const segment_reasons *reasons, size_t row, size_t *columns, size_t n) {
    const double *values = reasons->values + row * reasons->n_columns;
    size_t n_ranked = 0;
    for (size_t i = 0; i < reasons->n_columns; i++) {
        size_t place = n_ranked;
        if (!(values[i] > 0.0)) {
            continue;
        }
        while (place > 0 && values[columns[place - 1]] < values[i]) {
            place--;
        }
        if (place < n) {
            n_ranked += n_ranked < n;
            memmove(columns + place + 1, columns + place, (n_ranked - place - 1) * sizeof *columns);
            columns[place] = i;
        }
    }
    return n_ranked;
}

/** Which of the model's columns belong to which driver: 1 for the first; 0 for none. */
static perebor_status find_owners(size_t *owners, const perebor_dataset *dataset,
                                  const segment_reasons *reasons, const segment_settings *settings,
                                  const char *experiment, perebor_error *error) {
    for (size_t i = 0; i < settings->n_drivers; i++) {
        const segment_driver *driver = &settings->drivers[i];
        for (size_t j = 0; j < driver->columns.n; j++) {
            const char *name = driver->columns.items[j];
            if (segment_find_column(dataset, name) == NULL) {
                return segment_fail_at(experiment, driver->at, error,
                                       "the driver \"%.100s\": there is no column \"%.100s\"",
                                       driver->name, name);
            }
            for (size_t column = 0; column < reasons->n_columns; column++) {
                if (strcmp(reasons->columns[column], name) != 0) {
                    continue;
                }
                if (owners[column] != 0) {
                    return segment_fail_at(experiment, driver->at, error,
                                           "the column \"%.100s\" is of two drivers", name);
                }
                owners[column] = i + 1;
            }
        }
    }
    return PEREBOR_OK;
}

perebor_status segment_drivers_find(uint32_t *drivers, const perebor_dataset *dataset,
                                    const double *probabilities, double mean,
                                    const segment_reasons *reasons,
                                    const segment_settings *settings, const char *experiment,
                                    perebor_error *error) {
    size_t n = reasons->n_columns, n_drivers = settings->n_drivers;
    size_t *owners = calloc(n + 1, sizeof *owners);
    double *sums = calloc(n_drivers + 1, sizeof *sums);
    if (owners == NULL || sums == NULL) {
        free(owners);
        free(sums);
        return perebor_no_memory(error, "for segments");
    }
    perebor_status status = find_owners(owners, dataset, reasons, settings, experiment, error);
    for (size_t row = 0; status == PEREBOR_OK && row < dataset->n_rows; row++) {
        const double *values = reasons->values + row * n;
        double most = 0.0;
        memset(sums, 0, (n_drivers + 1) * sizeof *sums);
        for (size_t column = 0; column < n; column++) {
            sums[owners[column]] += values[column];
        }
        drivers[row] = 0;
        for (size_t i = 1; probabilities[row] > mean && i <= n_drivers; i++) {
            if (sums[i] > most) {
                most = sums[i];
                drivers[row] = (uint32_t)i;
            }
        }
    }
    free(owners);
    free(sums);
    return status;
}
