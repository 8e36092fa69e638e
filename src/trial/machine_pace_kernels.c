// SPDX-License-Identifier: MIT
#include "trial/machine_pace_kernels.h"

#include <string.h>

/** counts[c][k] = sum of the gradients of rows whose code of column c is k. */
static void add_gradients(pace_room *room) {
    memset(room->counts, 0, sizeof room->counts);
    for (size_t i = 0; i < PACE_ROWS; i++) {
        const uint32_t row = room->order[i];
        const uint64_t gradient = room->gradients[row];
        for (size_t c = 0; c < PACE_CODES; c++) {
            room->counts[c][room->codes[row][c]] += gradient;
        }
    }
}

/** The column whose counts are the most even: argmin of the largest L^2 / k + (T - L)^2 / (n - k),
 * L the sum of its first k counts and T of all n. */
static size_t look_for_split(const pace_room *room) {
    size_t best = 0;
    double lowest = 0.0;
    for (size_t c = 0; c < PACE_CODES; c++) {
        uint64_t total = 0;
        for (size_t k = 0; k < PACE_BINS; k++) {
            total += room->counts[c][k];
        }
        uint64_t left = 0;
        double most = 0.0;
        for (size_t k = 1; k < PACE_BINS; k++) {
            left += room->counts[c][k - 1];
            const double l = (double)left;
            const double r = (double)(total - left);
            const double gain = l * l / (double)k + r * r / (double)(PACE_BINS - k);
            most = gain > most ? gain : most;
        }
        if (c == 0 || most < lowest) {
            lowest = most;
            best = c;
        }
    }
    return best;
}

/** order = rows with a low code of a column, then the others, each in the order they had. */
static void divide_rows(pace_room *room, size_t column) {
    size_t n_low = 0;
    size_t n_high = 0;
    for (size_t i = 0; i < PACE_ROWS; i++) {
        const uint32_t row = room->order[i];
        const size_t low = room->codes[row][column] < PACE_BINS / 2;
        room->other[n_high] = row;
        room->order[n_low] = row;
        n_low += low;
        n_high += 1 - low;
    }
    memcpy(room->order + n_low, room->other, n_high * sizeof *room->order);
}

static void count(pace_room *room) {
    add_gradients(room);
    // Sums do not depend on the order: the split is at the same column every time.
    divide_rows(room, (look_for_split(room) + room->turn++) % PACE_CODES);
}

/** sums = (sums + (x_0 · x_j) x_j) / 2 for every column j, two at a time. */
static void compute(pace_room *room) {
    enum { n_lanes = PEREBOR_NATIVE_LANES };
    for (size_t j = 0; j < PACE_COLUMNS; j += 2) {
        vnd products[2] = {vnd_set(0.0), vnd_set(0.0)};
        for (size_t i = 0; i < PACE_VALUES; i += n_lanes) {
            const vnd first = vnd_load(room->values[0] + i);
            products[0] += first * vnd_load(room->values[j] + i);
            products[1] += first * vnd_load(room->values[j + 1] + i);
        }
        double factors[2] = {0.0, 0.0};
        for (size_t lane = 0; lane < n_lanes; lane++) {
            factors[0] += products[0][lane];
            factors[1] += products[1][lane];
        }
        for (size_t i = 0; i < PACE_VALUES; i += n_lanes) {
            const vnd sum = vnd_load(room->sums + i) + factors[0] * vnd_load(room->values[j] + i) +
                            factors[1] * vnd_load(room->values[j + 1] + i);
            vnd_store(room->sums + i, 0.5 * sum);
        }
    }
}

const pace_kernels PEREBOR_KERNEL(pace_kernels) = {.count = count, .compute = compute};
