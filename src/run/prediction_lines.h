// SPDX-License-Identifier: MIT
/**
 * @file prediction_lines.h
 * Scored rows as they come in, part by part and in any order, and as they go out, in theirs.
 */
#ifndef PEREBOR_RUN_PREDICTION_LINES_H
#define PEREBOR_RUN_PREDICTION_LINES_H

#include "base/scratch.h"
#include "run/interval_texts.h"
#include "run/predict_tables.h"
#include "run/prediction_order.h"
#include "run/prediction_rows.h"

/** Where the rows of a part are in scratch: probabilities, keys, and what is said of them, whose
 * identifiers take @p size. */
typedef struct line_part {
    uint64_t at;
    size_t n_rows, n_keys, size;
} line_part;

struct prediction_lines {
    perebor_scratch scratch;
    interval_texts intervals;
    line_part *parts; /**< [n_parts] */
    size_t n_parts;
    prediction_slot *slots; /**< [n_rows] once they are ordered. */
    size_t n_rows, n_keys;
};

/** Makes room for parts. @param[in] bounds  What gives rows their places. @param[in] beside  See
 * perebor_scratch_begin(). */
PEREBOR_MUST_CHECK perebor_status prediction_lines_create(prediction_lines **lines, size_t n_parts,
                                                          const venn_abers *bounds,
                                                          const char *beside, perebor_error *error);

/** Keeps the rows of a part. */
PEREBOR_MUST_CHECK perebor_status prediction_lines_add(prediction_lines *lines, size_t part,
                                                       const prediction_rows *rows,
                                                       perebor_error *error);

/** Compares two rows of equal keys; see frozen_parts_compare(). */
typedef perebor_status compare_rows(const void *context, const size_t part[2], const size_t key[2],
                                    perebor_error *error);

/** Fails as @p compare does on the first row whose key a row before it has. */
PEREBOR_MUST_CHECK perebor_status prediction_lines_check(const prediction_lines *lines,
                                                         compare_rows *compare, const void *context,
                                                         perebor_error *error);

/** Ranks all rows. */
PEREBOR_MUST_CHECK perebor_status prediction_lines_order(prediction_lines *lines,
                                                         perebor_error *error);

void prediction_lines_free(prediction_lines *lines);

#endif
