// SPDX-License-Identifier: MIT
#include "run/prediction_lines.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

perebor_status prediction_lines_create(prediction_lines **lines, size_t n_parts,
                                       const venn_abers *bounds, const char *beside,
                                       perebor_error *error) {
    perebor_status status;
    prediction_lines *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    made->n_parts = n_parts;
    made->parts = calloc(n_parts + 1, sizeof *made->parts);
    status = made->parts == NULL ? perebor_no_memory(error, "for predictions")
                                 : perebor_scratch_begin(&made->scratch, beside, error);
    PEREBOR_TRY(failed, status);
    PEREBOR_TRY(failed, interval_texts_create(&made->intervals, bounds, error));
    *lines = made;
    return PEREBOR_OK;
failed:
    prediction_lines_free(made);
    return status;
}

perebor_status prediction_lines_add(prediction_lines *lines, size_t part,
                                    const prediction_rows *rows, perebor_error *error) {
    perebor_status status;
    perebor_scratch *scratch = &lines->scratch;
    line_part *place = &lines->parts[part];
    *place = (line_part){
        .at = scratch->size, .n_rows = rows->n_rows, .n_keys = rows->n_keys, .size = rows->size};
    PEREBOR_TRY(done, perebor_scratch_append(scratch, rows->probabilities,
                                             rows->n_rows * sizeof(double), error));
    PEREBOR_TRY(
        done, perebor_scratch_append(scratch, rows->keys, rows->n_keys * sizeof(uint64_t), error));
    PEREBOR_TRY(done,
                perebor_scratch_append(scratch, rows->said,
                                       prediction_said_size(rows->n_rows, rows->size), error));
    lines->n_rows += rows->n_rows;
    lines->n_keys += rows->n_keys;
done:
    return status;
}

static uint64_t keys_at(const line_part *part) {
    return part->at + part->n_rows * sizeof(double);
}

/** Reads the keys of all parts. @param[out] keys  [n_keys], freed by the caller. */
static perebor_status read_keys(const prediction_lines *lines, uint64_t **keys,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = 0;
    uint64_t *read = malloc((lines->n_keys + 1) * sizeof *read);
    if (read == NULL) {
        return perebor_no_memory(error, "for the identifiers of %zu rows", lines->n_keys);
    }
    for (size_t i = 0; i < lines->n_parts; i++) {
        const line_part *part = &lines->parts[i];
        PEREBOR_TRY(failed, perebor_scratch_read(&lines->scratch, keys_at(part), read + n,
                                                 part->n_keys * sizeof *read, error));
        n += part->n_keys;
    }
    *keys = read;
    return PEREBOR_OK;
failed:
    free(read);
    return status;
}

/** The place of a number among sorted ones, or @p n. */
static size_t find_key(const uint64_t *keys, size_t n, uint64_t key) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (keys[middle] < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < n && keys[low] == key ? low : n;
}

/** Where a repeated key was seen first: 0 for the part means not yet. */
typedef struct first_place {
    size_t part, key;
} first_place;

static perebor_status compare_part(const prediction_lines *lines, size_t i,
                                   const uint64_t *repeated, size_t n, first_place *places,
                                   compare_rows *compare, const void *context,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const line_part *part = &lines->parts[i];
    uint64_t *keys = malloc((part->n_keys + 1) * sizeof *keys);
    if (keys == NULL) {
        return perebor_no_memory(error, "for predictions");
    }
    PEREBOR_TRY(done, perebor_scratch_read(&lines->scratch, keys_at(part), keys,
                                           part->n_keys * sizeof *keys, error));
    for (size_t k = 0; k < part->n_keys; k++) {
        size_t found = find_key(repeated, n, keys[k]);
        if (found < n && places[found].part > 0) {
            const size_t parts[2] = {places[found].part - 1, i}, rows[2] = {places[found].key, k};
            PEREBOR_TRY(done, compare(context, parts, rows, error));
        } else if (found < n) {
            places[found] = (first_place){i + 1, k};
        }
    }
done:
    free(keys);
    return status;
}

perebor_status prediction_lines_check(const prediction_lines *lines, compare_rows *compare,
                                      const void *context, perebor_error *error) {
    perebor_status status;
    uint64_t *keys = NULL;
    first_place *places = NULL;
    size_t n = 0;
    PEREBOR_TRY(done, read_keys(lines, &keys, error));
    PEREBOR_TRY(done, prediction_keep_repeated(keys, lines->n_keys, &n, error));
    if (n == 0) {
        goto done;
    }
    assert(keys != NULL); // some are repeated
    places = calloc(n, sizeof *places);
    if (places == NULL) {
        status = perebor_no_memory(error, "for predictions");
        goto done;
    }
    for (size_t i = 0; i < lines->n_parts; i++) {
        PEREBOR_TRY(done, compare_part(lines, i, keys, n, places, compare, context, error));
    }
done:
    free(keys);
    free(places);
    return status;
}

perebor_status prediction_lines_order(prediction_lines *lines, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = 0;
    _Static_assert(sizeof *lines->slots == sizeof(double), "probabilities are read into slots");
    lines->slots = malloc((lines->n_rows + 1) * sizeof *lines->slots);
    if (lines->slots == NULL) {
        return perebor_no_memory(error, "for the ranks of %zu rows", lines->n_rows);
    }
    for (size_t i = 0; i < lines->n_parts; i++) {
        const line_part *part = &lines->parts[i];
        PEREBOR_TRY(done, perebor_scratch_read(&lines->scratch, part->at, lines->slots + n,
                                               part->n_rows * sizeof *lines->slots, error));
        n += part->n_rows;
    }
    status = prediction_order(lines->slots, n, error);
done:
    return status;
}

void prediction_lines_free(prediction_lines *lines) {
    if (lines != NULL) {
        perebor_scratch_release(&lines->scratch);
        interval_texts_release(&lines->intervals);
        free(lines->parts);
        free(lines->slots);
        free(lines);
    }
}
