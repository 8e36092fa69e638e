// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "model/calibrators.h"
#include "statistics/value_order.h"

/*
 * Among all functions that do not fall, the one nearest to the targets in squares is found by
 * pooling adjacent violators: blocks of equal scores in ascending order, each with its mean target;
 * a block that is not above its predecessor is joined with it, and so on backwards (Ayer et al.,
 * Annals of Mathematical Statistics 26, 1955; Barlow et al., 1972). Targets are t0 and t1, so a
 * block's mean is t0 + (t1 - t0) times its share of positive rows, and shares are compared as whole
 * numbers: no rounding decides.
 */

/** Rows of a range of scores. */
typedef struct block {
    double first, last;
    uint64_t n, n_positive;
} block;

static bool is_above(const block *upper, const block *lower) {
    return upper->n_positive * lower->n > lower->n_positive * upper->n;
}

/** Puts a block on top of those before it, joined with those that it is not above. */
static size_t stack(block *blocks, size_t n_blocks, block top) {
    while (n_blocks > 0 && !is_above(&top, &blocks[n_blocks - 1])) {
        const block *below = &blocks[--n_blocks];
        top = (block){below->first, top.last, below->n + top.n, below->n_positive + top.n_positive};
    }
    blocks[n_blocks] = top;
    return n_blocks + 1;
}

static size_t pool(block *blocks, const metric_placed *sorted, const uint8_t *labels, size_t n) {
    size_t n_blocks = 0;
    for (size_t begin = 0, end; begin < n; begin = end) {
        block tie = {.first = sorted[begin].value, .last = sorted[begin].value};
        for (end = begin; end < n && sorted[end].value == sorted[begin].value; end++) {
            tie.n++;
            tie.n_positive += labels[sorted[end].place];
        }
        n_blocks = stack(blocks, n_blocks, tie);
    }
    return n_blocks;
}

/** A knot at either end of every block, one if they are the same. */
static size_t write_knots(const block *blocks, size_t n_blocks, const double targets[2],
                          const calibration_room *room) {
    size_t n_knots = 0;
    for (size_t i = 0; i < n_blocks; i++) {
        double share = (double)blocks[i].n_positive / (double)blocks[i].n;
        double value = targets[0] + (targets[1] - targets[0]) * share;
        const double ends[2] = {blocks[i].first, blocks[i].last};
        for (size_t end = 0; end < (blocks[i].first < blocks[i].last ? 2u : 1u); end++) {
            room->knots[n_knots] = ends[end];
            room->values[n_knots] = value;
            n_knots++;
        }
    }
    return n_knots;
}

perebor_status calibration_fit_isotonic(perebor_calibration *calibration, const double *scores,
                                        const uint8_t *labels, size_t n,
                                        const calibration_room *room, perebor_error *error) {
    double targets[2];
    metric_placed *sorted = metric_order_values(scores, n);
    block *blocks = malloc((n + 1) * sizeof *blocks);
    bool ready = sorted != NULL && blocks != NULL;
    if (ready) {
        calibration_targets(labels, n, targets);
        size_t n_blocks = pool(blocks, sorted, labels, n);
        *calibration = (perebor_calibration){
            .kind = PEREBOR_CALIBRATION_ISOTONIC,
            .knots = room->knots,
            .values = room->values,
            .n_knots = write_knots(blocks, n_blocks, targets, room),
        };
    }
    free(sorted);
    free(blocks);
    return ready ? PEREBOR_OK : perebor_no_memory(error, "to sort %zu scores", n);
}
