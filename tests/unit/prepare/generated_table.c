// SPDX-License-Identifier: MIT
#include "generated_table.h"

#include <math.h>

static const char *const names[GENERATED_COLUMNS] = {"n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7",
                                                     "n8", "n9", "o0", "o1", "c0", "c1", "c2"};
static const char *const levels[] = {"level0", "level1", "level2", "level3",
                                     "level4", "level5", "level6"};
static const size_t n_levels[GENERATED_COLUMNS] = {[10] = 4, 2, 2, 3, 7};
static const perebor_role roles[GENERATED_COLUMNS] = {[10] = PEREBOR_ROLE_ORDINAL,
                                                      PEREBOR_ROLE_BOOLEAN,
                                                      PEREBOR_ROLE_NOMINAL,
                                                      PEREBOR_ROLE_NOMINAL,
                                                      PEREBOR_ROLE_NOMINAL};

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double numeric_value(size_t column, uint64_t bits) {
    double unit = (double)(bits >> 11) * 0x1p-53;
    switch (column) {
    case 0:
        return (double)(bits % 20);
    case 1:
        return (double)(bits % 700001) / 100.0;
    case 2:
        return unit * 1e-7 - 5e-8;
    case 3:
        return unit * unit * unit;
    case 4:
        return 0.1;
    case 5:
        return 1e9 + (double)(bits % 3);
    case 6:
        return unit - 0.5;
    case 7:
        return (double)(bits % 5) - 2.0;
    case 8:
        return (double)(bits % 100) / 10.0;
    default:
        return unit * 1e12;
    }
}

static double draw_value(size_t column, uint8_t label, uint64_t *state) {
    if (column < GENERATED_NUMERIC) {
        double value = numeric_value(column, next_random(state));
        return label && column % 3 == 0 ? value + value * 0.125 : value;
    }
    if (roles[column] != PEREBOR_ROLE_NOMINAL) {
        return (double)(next_random(state) % n_levels[column]);
    }
    uint64_t first = next_random(state) % (3 * n_levels[column]);
    uint64_t second = next_random(state) % (3 * n_levels[column]);
    return (double)((first < second ? first : second) % n_levels[column]);
}

static void generate_row(generated_table *table, size_t row, uint64_t *state,
                         unsigned missing_of_1000) {
    table->labels[row] = next_random(state) % 1000 < 380;
    for (size_t column = 0; column < GENERATED_COLUMNS; column++) {
        double value = draw_value(column, table->labels[row], state);
        bool missing = next_random(state) % 1000 < missing_of_1000;
        table->values[column][row] = missing ? NAN : value;
    }
}

void generate_table(generated_table *table, uint64_t seed, size_t n_rows,
                    unsigned missing_of_1000) {
    uint64_t state = seed;
    for (size_t row = 0; row < n_rows; row++) {
        generate_row(table, row, &state, missing_of_1000);
    }
    table->n_training = table->n_validation = 0;
    for (uint32_t row = 0; row < n_rows; row++) {
        if (next_random(&state) % 5 != 0) {
            table->training[table->n_training++] = row;
        } else {
            table->validation[table->n_validation++] = row;
        }
    }
    for (size_t column = 0; column < GENERATED_COLUMNS; column++) {
        table->columns[column] = (perebor_column){
            .name = names[column],
            .role = roles[column],
            .values = table->values[column],
            .levels = n_levels[column] == 0 ? NULL : levels,
            .n_levels = n_levels[column],
        };
    }
    table->dataset = (perebor_dataset){
        .n_rows = n_rows,
        .n_columns = GENERATED_COLUMNS,
        .columns = table->columns,
        .labels = table->labels,
    };
}
