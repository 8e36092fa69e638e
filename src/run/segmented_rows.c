// SPDX-License-Identifier: MIT
#include "run/segmented_rows.h"

#include <string.h>

#include "base/try.h"
#include "segment/segmentation.h"
#include "store/stage.h"

static perebor_status not_whole(const char *file, const char *stage, const char *command,
                                perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: /%s is not whole: run 'perebor %s' again",
                        file, stage, command);
}

/** How many elements the row of a group has; 0 if it is none. */
static size_t length_of(const h5_node *group, const char *path, h5_kind kind) {
    const h5_node *node = h5_find(group, path);
    return node == NULL || node->type != H5_DATASET || node->array.kind != kind ||
                   node->array.n_dimensions != 1
               ? 0
               : node->array.dimensions[0];
}

/** Bands by names; from where they begin is of no account any more. */
static segment_bands read_bands(const h5_node *group, const char *name) {
    const h5_node *bands = h5_find(group, name);
    size_t n = bands == NULL ? 0 : length_of(bands, "name", H5_TEXT);
    const char *const *names = n == 0 ? NULL : h5_row(bands, "name", H5_TEXT, n);
    return (segment_bands){.names = names, .n = names == NULL ? 0 : n};
}

/** The band of every row, checked. @return NULL if memory is short, or they are not such. */
static uint8_t *copy_bands(segmented_rows *segmented, const h5_node *customers, const char *name,
                           size_t n_rows, const segment_bands *bands) {
    const int8_t *stored = h5_row(customers, name, H5_INT8, n_rows);
    uint8_t *copied = perebor_arena_allocate(&segmented->arena, n_rows + 1, 1);
    for (size_t row = 0; stored != NULL && copied != NULL && row < n_rows; row++) {
        if (stored[row] >= 0 && (size_t)stored[row] >= bands->n) {
            return NULL;
        }
        copied[row] = stored[row] < 0 ? (uint8_t)SEGMENT_NO_BAND : (uint8_t)stored[row];
    }
    return stored == NULL ? NULL : copied;
}

static bool read_worth(segmented_rows *segmented, const h5_node *customers, size_t n_rows) {
    segment_worth *worth = &segmented->worth;
    const int64_t *rank = h5_row(customers, "rank", H5_INT64, n_rows);
    const double *value = h5_row(customers, "value", H5_DOUBLE, n_rows);
    const double *at_risk = h5_row(customers, "value_at_risk", H5_DOUBLE, n_rows);
    uint32_t *ranks = perebor_arena_allocate(&segmented->arena, n_rows + 1, sizeof *ranks);
    if (rank == NULL || value == NULL || at_risk == NULL || ranks == NULL) {
        return false;
    }
    for (size_t row = 0; row < n_rows; row++) {
        ranks[row] = (uint32_t)rank[row];
    }
    *worth = (segment_worth){
        .n_rows = n_rows,
        .value = (double *)value,
        .at_risk = (double *)at_risk,
        .rank = ranks,
        .risk = copy_bands(segmented, customers, "risk", n_rows, &segmented->risk),
        .worth = copy_bands(segmented, customers, "worth", n_rows, &segmented->worth_bands),
    };
    return worth->risk != NULL && worth->worth != NULL;
}

static bool read_segments(segmented_rows *segmented, const h5_node *group, size_t n_rows) {
    offer_rows *rows = &segmented->rows;
    const h5_node *customers = h5_find(group, "customers"), *segment = h5_find(group, "segment");
    const h5_node *members = h5_find(group, "members");
    if (customers == NULL || segment == NULL || members == NULL) {
        return false;
    }
    segmented->risk = read_bands(group, "risk");
    segmented->worth_bands = read_bands(group, "worth");
    rows->n_segments = length_of(segment, "name", H5_TEXT);
    rows->segments = h5_row(segment, "name", H5_TEXT, rows->n_segments);
    rows->probabilities = h5_row(customers, "probability", H5_DOUBLE, n_rows);
    segmented->kinds = h5_row(segment, "kind", H5_INT8, rows->n_segments);
    segmented->cell = h5_row(customers, "cell", H5_INT32, n_rows);
    bool is_matrix = members->type == H5_DATASET && members->array.kind == H5_INT8 &&
                     members->array.n_dimensions == 2 &&
                     members->array.dimensions[0] == rows->n_segments &&
                     members->array.dimensions[1] == n_rows;
    rows->members = is_matrix ? members->array.data : NULL;
    bool whole = rows->segments != NULL && rows->probabilities != NULL &&
                 segmented->kinds != NULL && segmented->cell != NULL && rows->members != NULL &&
                 read_worth(segmented, customers, n_rows);
    for (size_t row = 0; whole && row < n_rows; row++) {
        whole = rows->probabilities[row] >= 0.0 && rows->probabilities[row] <= 1.0 &&
                segmented->cell[row] >= 0 && (size_t)segmented->cell[row] < rows->n_segments;
    }
    return whole;
}

/** Shapley values, if the rows were explained. */
static bool read_reasons(segmented_rows *segmented, const h5_node *group, size_t n_rows) {
    offer_rows *rows = &segmented->rows;
    size_t n_columns = length_of(group, "column", H5_TEXT);
    const h5_node *values = h5_find(group, "value");
    const int64_t *explained = h5_row(group, "row", H5_INT64, n_rows);
    if (n_columns == 0 || values == NULL || explained == NULL || values->type != H5_DATASET ||
        values->array.kind != H5_DOUBLE || values->array.n_dimensions != 2 ||
        values->array.dimensions[0] != n_rows || values->array.dimensions[1] != n_columns) {
        return false;
    }
    bool whole = true;
    for (size_t row = 0; whole && row < n_rows; row++) {
        whole = explained[row] == (int64_t)row;
    }
    rows->reason_columns = h5_row(group, "column", H5_TEXT, n_columns);
    rows->n_reason_columns = n_columns;
    rows->shapley = values->array.data;
    return whole && rows->reason_columns != NULL;
}

perebor_status segmented_rows_read(segmented_rows *segmented, const perebor_study *study,
                                   const perebor_result *result, const char *file,
                                   perebor_error *error) {
    perebor_status status;
    size_t n_rows = study->dataset->n_rows;
    PEREBOR_TRY(done, stage_require(result, "segments", file, &segmented->group, error));
    segmented->rows = (offer_rows){.dataset = study->dataset,
                                   .worth = &segmented->worth,
                                   .risk = &segmented->risk,
                                   .worth_bands = &segmented->worth_bands};
    if (!read_segments(segmented, segmented->group, n_rows)) {
        return not_whole(file, "segments", "segment", error);
    }
    const h5_node *explained =
        stage_is_current(result, "explain") ? stage_find(result, "explain") : NULL;
    if (explained != NULL && h5_find(explained, "value") != NULL &&
        !read_reasons(segmented, explained, n_rows)) {
        return not_whole(file, "explain", "explain", error);
    }
done:
    return status;
}

/** A matrix of a figure by segment and trait; NULL if it is none. */
static const double *matrix_of(const segmented_rows *segmented, const char *name, size_t n_traits) {
    const h5_node *node = h5_find(segmented->group, name);
    return node == NULL || node->type != H5_DATASET || node->array.kind != H5_DOUBLE ||
                   node->array.n_dimensions != 2 ||
                   node->array.dimensions[0] != segmented->rows.n_segments ||
                   node->array.dimensions[1] != n_traits
               ? NULL
               : node->array.data;
}

perebor_status segmented_rows_describe(const segmented_rows *segmented,
                                       segment_descriptions *descriptions, perebor_error *error) {
    size_t n = segmented->rows.n_segments;
    const h5_node *segment = h5_find(segmented->group, "segment");
    const h5_node *traits = h5_find(segmented->group, "traits");
    size_t n_traits = traits == NULL ? 0 : length_of(traits, "column", H5_TEXT);
    *descriptions = (segment_descriptions){
        .kinds = segmented->kinds,
        .kind_names = segment_kind_names,
        .notes = segment == NULL ? NULL : h5_row(segment, "note", H5_TEXT, n),
        .traits = {.n_traits = n_traits,
                   .columns = traits == NULL ? NULL : h5_row(traits, "column", H5_TEXT, n_traits),
                   .levels = traits == NULL ? NULL : h5_row(traits, "level", H5_TEXT, n_traits),
                   .inside = matrix_of(segmented, "mean_in", n_traits),
                   .outside = matrix_of(segmented, "mean_out", n_traits),
                   .effect = matrix_of(segmented, "effect", n_traits),
                   .p_adjusted = matrix_of(segmented, "p_adjusted", n_traits)}};
    const segment_traits_table *table = &descriptions->traits;
    bool whole = descriptions->notes != NULL && table->columns != NULL && table->levels != NULL &&
                 table->inside != NULL && table->outside != NULL && table->effect != NULL &&
                 table->p_adjusted != NULL;
    for (size_t s = 0; whole && s < n; s++) {
        whole = segmented->kinds[s] >= 0 && segmented->kinds[s] < SEGMENT_N_KINDS;
    }
    return whole ? PEREBOR_OK : not_whole("the file", "segments", "segment", error);
}

void segmented_rows_release(segmented_rows *segmented) {
    perebor_arena_release(&segmented->arena);
    *segmented = (segmented_rows){0};
}
