// SPDX-License-Identifier: MIT
#include "data/group_rank.h"

#include <stdlib.h>
#include <string.h>

static int compare_groups(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/** The place of @p group in the sorted @p distinct ones, where it is. */
static uint32_t place_of(uint32_t group, const uint32_t *distinct, size_t n_distinct) {
    size_t first = 0;
    for (size_t count = n_distinct; count > 1;) {
        size_t half = count / 2;
        first += distinct[first + half] <= group ? half : 0;
        count -= half;
    }
    return (uint32_t)first;
}

perebor_status data_rank_groups(uint32_t *ranks, size_t *n_groups, const uint32_t *groups,
                                size_t n_rows, perebor_error *error) {
    uint32_t *distinct = malloc((n_rows + 1) * sizeof *distinct);
    if (distinct == NULL) {
        return perebor_no_memory(error, "to number the groups of %zu rows", n_rows);
    }
    size_t n_distinct = 0;
    if (n_rows > 0) {
        memcpy(distinct, groups, n_rows * sizeof *distinct);
        qsort(distinct, n_rows, sizeof *distinct, compare_groups);
        n_distinct = 1;
        for (size_t row = 1; row < n_rows; row++) {
            if (distinct[row] != distinct[n_distinct - 1]) {
                distinct[n_distinct++] = distinct[row];
            }
        }
    }
    for (size_t row = 0; row < n_rows; row++) {
        ranks[row] = place_of(groups[row], distinct, n_distinct);
    }
    free(distinct);
    *n_groups = n_distinct;
    return PEREBOR_OK;
}
