// SPDX-License-Identifier: MIT
#include "model/tree/tree_sklearn_draw.h"

#include <string.h>

static const uint32_t random_max = 0x7fffffff;

/**
 * numpy.random.RandomState(seed).randint(0, 2^31 - 1): the first outputs of the Mersenne Twister
 * (Matsumoto and Nishimura, 1998) cut to 31 bits, the first that is in range.
 */
static uint32_t first_of_random_state(uint32_t seed) {
    enum { WORDS = 624, AHEAD = 397 };
    uint32_t state[WORDS];
    state[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++) {
        state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    }
    uint32_t drawn = random_max;
    for (uint32_t i = 0; drawn == random_max && i + AHEAD < WORDS; i++) {
        uint32_t joined = (state[i] & 0x80000000u) | (state[i + 1] & 0x7fffffffu);
        uint32_t y = state[i + AHEAD] ^ (joined >> 1) ^ ((joined & 1) != 0 ? 0x9908b0dfu : 0);
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        drawn = (y ^ (y >> 18)) & random_max;
    }
    return drawn;
}

/** A number in [low, high) from the tree's own xorshift generator. */
static size_t random_between(tree_sklearn_draw *draw, size_t low, size_t high) {
    uint32_t x = draw->random == 0 ? 1 : draw->random;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    draw->random = x;
    return low + (x & random_max) % (high - low);
}

static void swap(uint32_t *columns, size_t a, size_t b) {
    uint32_t column = columns[a];
    columns[a] = columns[b];
    columns[b] = column;
}

perebor_status tree_sklearn_draw_create(tree_sklearn_draw *draw, uint32_t random_state,
                                        size_t n_columns, size_t max_features,
                                        perebor_workspace *workspace, perebor_error *error) {
    tree_sklearn_draw sklearn_draw = {
        .random = first_of_random_state(random_state),
        .n_columns = n_columns,
        .max_features = max_features,
        .columns = perebor_workspace_take(workspace, n_columns, sizeof *sklearn_draw.columns),
        .constant = perebor_workspace_take(workspace, n_columns, sizeof *sklearn_draw.constant)};
    if (sklearn_draw.columns == NULL || sklearn_draw.constant == NULL) {
        return perebor_no_memory(error, "to draw from %zu columns", n_columns);
    }
    for (size_t column = 0; column < n_columns; column++) {
        sklearn_draw.columns[column] = (uint32_t)column;
    }
    *draw = sklearn_draw;
    return PEREBOR_OK;
}

void tree_sklearn_draw_start(tree_sklearn_draw *draw, size_t n_constant) {
    draw->n_known = n_constant;
    draw->n_drawn = 0;
    draw->n_found = 0;
    draw->n_visited = 0;
    draw->end = draw->n_columns;
}

bool tree_sklearn_draw_next(tree_sklearn_draw *draw, uint32_t *column) {
    while (draw->end > draw->n_known + draw->n_found &&
           (draw->n_visited < draw->max_features ||
            draw->n_visited <= draw->n_found + draw->n_drawn)) {
        draw->n_visited++;
        draw->at = random_between(draw, draw->n_drawn, draw->end - draw->n_found);
        if (draw->at >= draw->n_known) {
            draw->at += draw->n_found;
            *column = draw->columns[draw->at];
            return true;
        }
        swap(draw->columns, draw->n_drawn++, draw->at);
    }
    return false;
}

void tree_sklearn_draw_put(tree_sklearn_draw *draw, bool constant) {
    if (constant) {
        swap(draw->columns, draw->at, draw->n_known + draw->n_found);
        draw->n_found++;
    } else {
        draw->end--;
        swap(draw->columns, draw->at, draw->end);
    }
}

size_t tree_sklearn_draw_finish(tree_sklearn_draw *draw) {
    // Children rely on the order in which constant columns were found.
    memcpy(draw->columns, draw->constant, draw->n_known * sizeof *draw->columns);
    memcpy(draw->constant + draw->n_known, draw->columns + draw->n_known,
           draw->n_found * sizeof *draw->columns);
    return draw->n_known + draw->n_found;
}
