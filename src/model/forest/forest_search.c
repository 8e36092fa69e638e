// SPDX-License-Identifier: MIT
#include "base/arithmetic.h"
#include "model/forest/forest_scan.h"

/** Memory for things of this size, each @p n and a padding. */
static void *take(perebor_workspace *workspace, size_t n, size_t size) {
    return perebor_workspace_take(workspace, n + FOREST_PADDING, size);
}

static void *take_zeroed(perebor_workspace *workspace, size_t n, size_t size) {
    return perebor_workspace_take_zeroed(workspace, n + FOREST_PADDING, size);
}

/** Takes what only searches between values need. @return False if memory is short. */
static bool take_lists(forest_search *search, size_t n, size_t n_cells,
                       perebor_workspace *workspace) {
    search->codes = take_zeroed(workspace, n, sizeof *search->codes);
    search->kept_codes = take_zeroed(workspace, n, sizeof *search->kept_codes);
    search->moved_codes = take_zeroed(workspace, n, sizeof *search->moved_codes);
    search->moved_terms = take_zeroed(workspace, n, sizeof *search->moved_terms);
    search->near_codes = take_zeroed(workspace, n, sizeof *search->near_codes);
    search->near_terms = take_zeroed(workspace, n, sizeof *search->near_terms);
    search->wide_terms = take(workspace, n, sizeof *search->wide_terms);
    search->bucket_sums = take(workspace, n / 4, sizeof *search->bucket_sums);
    search->cell_weights = take_zeroed(workspace, n / 4, sizeof *search->cell_weights);
    search->cell_ones = take_zeroed(workspace, n / 4, sizeof *search->cell_ones);
    search->bounds = take(workspace, n / 4, sizeof *search->bounds);
    search->keys[0] = take(workspace, n, sizeof *search->keys[0]);
    search->keys[1] = take(workspace, n, sizeof *search->keys[1]);
    search->ends = take(workspace, n / 2, sizeof *search->ends);
    search->cells = take_zeroed(workspace, n_cells, sizeof *search->cells);
    search->counts = take_zeroed(workspace, n_cells, sizeof *search->counts);
    search->weights = take_zeroed(workspace, n, sizeof *search->weights);
    search->ones = take_zeroed(workspace, n, sizeof *search->ones);
    search->n_left = take_zeroed(workspace, n, sizeof *search->n_left);
    search->left_codes = take_zeroed(workspace, n, sizeof *search->left_codes);
    search->costs = take_zeroed(workspace, n, sizeof *search->costs);
    return search->codes != NULL && search->kept_codes != NULL && search->moved_codes != NULL &&
           search->moved_terms != NULL && search->near_codes != NULL &&
           search->near_terms != NULL && search->wide_terms != NULL &&
           search->bucket_sums != NULL && search->bounds != NULL && search->cell_weights != NULL &&
           search->cell_ones != NULL && search->keys[0] != NULL && search->keys[1] != NULL &&
           search->ends != NULL && search->cells != NULL && search->counts != NULL &&
           search->weights != NULL && search->ones != NULL && search->n_left != NULL &&
           search->left_codes != NULL && search->costs != NULL;
}

/** Takes what only draws of thresholds need. @return False if memory is short. */
static bool take_drawn(forest_search *search, size_t n, perebor_workspace *workspace) {
    const size_t words = n / 64 + 1;
    bool whole = true;
    for (size_t k = 0; k < FOREST_DRAWN_COLUMNS; k++) {
        search->drawn_codes[k] = take_zeroed(workspace, n, sizeof *search->drawn_codes[k]);
        whole = whole && search->drawn_codes[k] != NULL;
    }
    search->kept_drawn = take_zeroed(workspace, n, sizeof *search->kept_drawn);
    search->planes = take(workspace, words * 2 * FOREST_TERM_BITS, sizeof *search->planes);
    return whole && search->kept_drawn != NULL && search->planes != NULL;
}

/** Takes memory to count the levels of nominal columns of which a node looks at several.
 * @return False if memory is short. */
static bool take_level_counts(forest_search *search, perebor_workspace *workspace) {
    const size_t few_looks = 3;
    const forest_columns *columns = search->columns;
    search->level_counts =
        perebor_workspace_take_zeroed(workspace, columns->n_blocks, sizeof *search->level_counts);
    bool whole = search->level_counts != NULL;
    for (size_t k = 0; whole && k < columns->n_blocks; k++) {
        forest_level_counts *counts = &search->level_counts[k];
        const size_t n_levels = columns->blocks[k].n_levels;
        counts->pays = search->max_features * n_levels >= few_looks * columns->n_columns;
        if (counts->pays) {
            counts->sums = take_zeroed(workspace, n_levels, sizeof *counts->sums);
            counts->n_rows = take_zeroed(workspace, n_levels, sizeof *counts->n_rows);
            whole = counts->sums != NULL && counts->n_rows != NULL;
        }
    }
    return whole;
}

/** Looks up x log x for as many as a node can weigh. @return NULL if memory is short. */
static double *take_terms(size_t most, perebor_workspace *workspace) {
    double *terms = perebor_workspace_take_zeroed(workspace, FOREST_ENTROPY_TERMS, sizeof *terms);
    most = most < FOREST_ENTROPY_TERMS ? most : FOREST_ENTROPY_TERMS - 1;
    for (size_t x = 1; terms != NULL && x <= most; x++) {
        terms[x] = (double)x * perebor_log((double)x);
    }
    return terms;
}

perebor_status forest_search_create(forest_search *search, const forest_columns *columns,
                                    const forest_sample *sample, const forest_options *options,
                                    size_t most_levels, perebor_workspace *workspace,
                                    perebor_error *error) {
    size_t n = columns->n_rows;
    size_t n_columns = columns->n_columns;
    *search =
        (forest_search){.columns = columns,
                        .sample = sample,
                        .criterion = options->criterion,
                        .random = options->random,
                        .max_features = options->max_features,
                        .order = take(workspace, n_columns, sizeof *search->order),
                        .swapped = take(workspace, n_columns, sizeof *search->swapped),
                        .min_leaves = take(workspace, most_levels, sizeof *search->min_leaves),
                        .best = take(workspace, most_levels, sizeof *search->best),
                        .terms = take_zeroed(workspace, n, sizeof *search->terms)};
    bool whole = search->order != NULL && search->swapped != NULL && search->min_leaves != NULL &&
                 search->best != NULL && search->terms != NULL &&
                 take_level_counts(search, workspace);
    if (!whole || !(options->random ? take_drawn(search, n, workspace)
                                    : take_lists(search, n, columns->most_values, workspace))) {
        return perebor_no_memory(error, "to grow trees on %zu rows", n);
    }
    if (options->criterion == FOREST_ENTROPY &&
        options->class_weight == FOREST_CLASSES_AS_THEY_ARE) {
        search->entropy_terms = take_terms(options->bootstrap ? options->n_draws : n, workspace);
        if (search->entropy_terms == NULL) {
            return perebor_no_memory(error, "to grow trees on %zu rows", n);
        }
    }
    for (uint32_t column = 0; column < n_columns; column++) {
        search->order[column] = column;
    }
    return PEREBOR_OK;
}
