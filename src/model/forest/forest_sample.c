// SPDX-License-Identifier: MIT
#include "model/forest/forest_sample.h"

#include <string.h>

#include "base/deadline.h"

perebor_status forest_sample_create(forest_sample *sample, const forest_columns *columns,
                                    perebor_workspace *workspace, perebor_error *error) {
    size_t n = columns->n_rows;
    *sample = (forest_sample){.terms = perebor_workspace_take(workspace, n, sizeof *sample->terms),
                              .rows = perebor_workspace_take(workspace, n, sizeof *sample->rows)};
    if (sample->terms == NULL || sample->rows == NULL) {
        return perebor_no_memory(error, "for a sample of %zu rows", n);
    }
    return PEREBOR_OK;
}

/** How often each row is drawn, into terms. */
static void count_draws(forest_sample *sample, const forest_columns *columns,
                        const forest_options *options, size_t tree) {
    // Another number than any path, which hashes of (seed, tree) are, too.
    const uint64_t key = forest_hash(forest_root(options->seed, tree), UINT64_C(0x626f6f74));
    size_t worked = 0;
    memset(sample->terms, 0, columns->n_rows * sizeof *sample->terms);
    for (size_t draw = 0; draw < options->n_draws; draw++) {
        if (perebor_deadline_passed_after(&worked, 1)) {
            return;
        }
        uint64_t hash = perebor_mix(key + (draw + 1) * PEREBOR_MIX_STEP);
        sample->terms[forest_below(hash, (uint32_t)columns->n_rows)]++;
    }
}

/**
 * Weights of a row of each class: 1 and 1, or, where both are there, the other one's count. These
 * are scikit-learn's balanced n / (2 n_class) times 2 n_0 n_1 / n, and whole numbers.
 */
static void weigh_classes(forest_sample *sample, const forest_columns *columns,
                          const forest_options *options) {
    uint32_t n_ones = forest_ones(sample->total);
    uint32_t n_zeros = forest_weight(sample->total) - n_ones;
    if (options->class_weight == FOREST_BALANCED) {
        n_ones = 0;
        for (size_t row = 0; row < columns->n_rows; row++) {
            n_ones += columns->labels[row];
        }
        n_zeros = (uint32_t)columns->n_rows - n_ones;
    }
    bool balanced =
        options->class_weight != FOREST_CLASSES_AS_THEY_ARE && n_ones > 0 && n_zeros > 0;
    sample->class_weights[0] = balanced ? (double)n_ones : 1.0;
    sample->class_weights[1] = balanced ? (double)n_zeros : 1.0;
}

void forest_sample_draw(forest_sample *sample, const forest_columns *columns,
                        const forest_options *options, size_t tree) {
    if (options->bootstrap) {
        count_draws(sample, columns, options, tree);
    }
    sample->n_rows = sample->heaviest = 0;
    sample->total = 0;
    for (uint32_t row = 0; row < columns->n_rows; row++) {
        uint32_t weight = options->bootstrap ? sample->terms[row] : 1;
        weight = weight > FOREST_TERM_MASK ? FOREST_TERM_MASK : weight;
        uint32_t ones = columns->labels[row] != 0 ? weight : 0;
        sample->terms[row] =
            UINT32_C(1) << 2 * FOREST_TERM_BITS | weight << FOREST_TERM_BITS | ones;
        sample->total += forest_term_sum(sample->terms[row]);
        sample->heaviest = weight > sample->heaviest ? weight : sample->heaviest;
        sample->rows[sample->n_rows] = row;
        sample->n_rows += weight > 0;
    }
    weigh_classes(sample, columns, options);
}
