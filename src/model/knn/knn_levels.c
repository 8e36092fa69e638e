// SPDX-License-Identifier: MIT
#include "model/knn/knn_levels.h"

#include "base/try.h"

perebor_status knn_levels_create(knn_levels *levels, const perebor_matrix *rows,
                                 perebor_workspace *workspace, perebor_error *error) {
    size_t n_blocks = rows->n_indicators;
    size_t n_tiles = (rows->n_rows + KNN_FILTER_TILE - 1) / KNN_FILTER_TILE;
    *levels = (knn_levels){.n_blocks = n_blocks};
    if (n_blocks == 0) {
        return PEREBOR_OK;
    }
    levels->none = perebor_workspace_take(workspace, n_blocks, sizeof *levels->none);
    levels->packed = perebor_workspace_take(workspace, n_tiles * KNN_FILTER_TILE,
                                            n_blocks * sizeof *levels->packed);
    if (levels->none == NULL || levels->packed == NULL) {
        return perebor_no_memory(error, "for the levels of %zu rows", rows->n_rows);
    }
    for (size_t block = 0; block < n_blocks; block++) {
        const perebor_indicators *from = &rows->indicators[block];
        levels->none[block] = (uint32_t)from->n_levels;
        for (size_t row = 0; row < n_tiles * KNN_FILTER_TILE; row++) {
            size_t place = (row / KNN_FILTER_TILE * n_blocks + block) * KNN_FILTER_TILE;
            levels->packed[place + row % KNN_FILTER_TILE] =
                row < rows->n_rows ? from->codes[row] : (uint32_t)from->n_levels;
        }
    }
    return PEREBOR_OK;
}

bool knn_levels_fit(const knn_levels *levels, const perebor_matrix *rows) {
    bool fit = rows->n_indicators == levels->n_blocks;
    for (size_t block = 0; fit && block < levels->n_blocks; block++) {
        fit = rows->indicators[block].n_levels == levels->none[block];
    }
    return fit;
}

double knn_levels_continue(const knn_levels *levels, double sum, size_t row, const uint32_t *codes,
                           size_t query) {
    for (size_t block = 0; block < levels->n_blocks; block++) {
        uint32_t own = codes[block * KNN_QUERIES + query];
        uint32_t other = knn_levels_code(levels, row, block);
        uint32_t none = levels->none[block];
        sum += own != other ? 1.0 : 0.0;
        sum += own != other && own != none && other != none ? 1.0 : 0.0;
    }
    return sum;
}
