// SPDX-License-Identifier: MIT
#include "inspect/equal_rows.h"

#include <stdlib.h>

#include "base/mix.h"

static uint64_t mark_row(const cell_rows *rows, size_t row) {
    uint64_t mark = 0;
    for (size_t i = 0; i < rows->n_columns; i++) {
        mark = perebor_mix(mark + PEREBOR_MIX_STEP + rows->columns[i][row]);
    }
    return mark;
}

static bool are_equal(const cell_rows *rows, size_t one, size_t other) {
    for (size_t i = 0; i < rows->n_columns; i++) {
        if (rows->columns[i][one] != rows->columns[i][other]) {
            return false;
        }
    }
    return true;
}

perebor_status table_find_equal_rows(const cell_rows *rows, uint32_t *first, perebor_error *error) {
    size_t n_slots = 16;
    while (n_slots < 2 * rows->n_rows) {
        n_slots *= 2;
    }
    uint32_t *slots = calloc(n_slots, sizeof *slots); // 1 more than a row; 0 is free
    if (slots == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    for (size_t row = 0; row < rows->n_rows; row++) {
        size_t slot = mark_row(rows, row) & (n_slots - 1);
        while (slots[slot] != 0 && !are_equal(rows, slots[slot] - 1, row)) {
            slot = (slot + 1) & (n_slots - 1);
        }
        if (slots[slot] == 0) {
            slots[slot] = (uint32_t)row + 1;
        }
        first[row] = slots[slot] - 1;
    }
    free(slots);
    return PEREBOR_OK;
}
