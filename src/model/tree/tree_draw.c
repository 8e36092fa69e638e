// SPDX-License-Identifier: MIT
#include "model/tree/tree_draw.h"

#include <string.h>

#include "base/mix.h"

/** A hash of two numbers. */
static uint64_t hash(uint64_t a, uint64_t b) {
    return perebor_mix((a ^ (b * 0xd6e8feb86659fd93u)) + PEREBOR_MIX_STEP);
}

/** Moves the head of a heap of @p n down to its place; the lowest (hash, column) is on top. */
static void sift_down(tree_draw *draw, size_t head, size_t n) {
    for (;;) {
        size_t lowest = head;
        for (size_t child = 2 * head + 1; child < n && child <= 2 * head + 2; child++) {
            if (draw->hashes[child] < draw->hashes[lowest] ||
                (draw->hashes[child] == draw->hashes[lowest] &&
                 draw->columns[child] < draw->columns[lowest])) {
                lowest = child;
            }
        }
        if (lowest == head) {
            return;
        }
        uint64_t key = draw->hashes[head];
        uint32_t column = draw->columns[head];
        draw->hashes[head] = draw->hashes[lowest];
        draw->columns[head] = draw->columns[lowest];
        draw->hashes[lowest] = key;
        draw->columns[lowest] = column;
        head = lowest;
    }
}

uint64_t tree_draw_turn(uint64_t path, uint32_t side) {
    return hash(path, side + 1);
}

void tree_draw_columns(tree_draw *draw, uint64_t path, const uint8_t *constant) {
    size_t n = draw->n_columns;
    memset(draw->visited, 0, n);
    for (uint32_t column = 0; column < n; column++) {
        draw->hashes[column] = hash(path, column);
        draw->columns[column] = column;
    }
    // A heap gives the order as far as it is needed.
    for (size_t head = n / 2; head-- > 0;) {
        sift_down(draw, head, n);
    }
    bool useful = false;
    for (size_t taken = 0; n > 0 && (taken < draw->max_features || !useful); taken++) {
        uint32_t column = draw->columns[0];
        draw->visited[column] = 1;
        useful = useful || !constant[column];
        n--;
        draw->hashes[0] = draw->hashes[n];
        draw->columns[0] = draw->columns[n];
        sift_down(draw, 0, n);
    }
}

bool tree_draw_create(tree_draw *draw, size_t n_columns, size_t max_features,
                      perebor_workspace *workspace) {
    *draw = (tree_draw){
        .n_columns = n_columns,
        .max_features = max_features,
        .visited = perebor_workspace_take(workspace, n_columns + 1, sizeof *draw->visited),
        .hashes = perebor_workspace_take(workspace, n_columns + 1, sizeof *draw->hashes),
        .columns = perebor_workspace_take(workspace, n_columns + 1, sizeof *draw->columns)};
    return draw->visited != NULL && draw->hashes != NULL && draw->columns != NULL;
}
