// SPDX-License-Identifier: MIT
/**
 * @file made_columns.h
 * A dataset whose columns a test fills in.
 */
#ifndef PEREBOR_TEST_MADE_COLUMNS_H
#define PEREBOR_TEST_MADE_COLUMNS_H

#include <stdint.h>
#include <stdio.h>

#include "perebor/dataset.h"

enum { MADE_ROWS = 400, MADE_COLUMNS = 4 };

/** Storage of one dataset: three numeric columns and a nominal one. */
typedef struct made_columns {
    double values[MADE_COLUMNS][MADE_ROWS];
    uint8_t labels[MADE_ROWS];
    char id_texts[MADE_ROWS][16];
    const char *ids[MADE_ROWS];
    uint32_t source_rows[MADE_ROWS];
    perebor_column columns[MADE_COLUMNS];
    perebor_dataset dataset;
} made_columns;

/** A generator of its own, so that a failing case is the same everywhere. */
static inline double made_draw(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (double)(*seed >> 11) * 0x1p-53;
}

/** Labels and columns at random, without any dependence; identifiers at random as well. */
static inline void made_fill(made_columns *made) {
    static const char *const names[] = {"age", "visits", "price", "town"};
    static const char *const towns[] = {"Kazan", "Moscow", "Samara"};
    uint64_t seed = 20260729;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made->labels[row] = made_draw(&seed) < 0.4;
        made->values[0][row] = (double)(int)(20.0 + 50.0 * made_draw(&seed));
        made->values[1][row] = (double)(int)(8.0 * made_draw(&seed));
        made->values[2][row] = 1000.0 * made_draw(&seed);
        made->values[3][row] = (double)(int)(3.0 * made_draw(&seed));
        (void)snprintf(made->id_texts[row], sizeof made->id_texts[row], "%d",
                       (int)(1e8 * made_draw(&seed)));
        made->ids[row] = made->id_texts[row];
        made->source_rows[row] = (uint32_t)row;
    }
    for (size_t i = 0; i < MADE_COLUMNS; i++) {
        made->columns[i] =
            (perebor_column){.name = names[i],
                             .role = i < 3 ? PEREBOR_ROLE_NUMERIC : PEREBOR_ROLE_NOMINAL,
                             .values = made->values[i],
                             .levels = i < 3 ? NULL : towns,
                             .n_levels = i < 3 ? 0 : 3};
    }
    made->dataset = (perebor_dataset){.n_rows = MADE_ROWS,
                                      .n_columns = MADE_COLUMNS,
                                      .columns = made->columns,
                                      .labels = made->labels,
                                      .target_name = "gone",
                                      .positive_name = "yes",
                                      .negative_name = "no",
                                      .id_name = "id",
                                      .ids = made->ids,
                                      .source_rows = made->source_rows};
}

#endif
