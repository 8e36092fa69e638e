// SPDX-License-Identifier: MIT
/**
 * @file interval_texts.h
 * The bounds of probabilities as they are written: there are few, and many rows have each.
 */
#ifndef PEREBOR_RUN_INTERVAL_TEXTS_H
#define PEREBOR_RUN_INTERVAL_TEXTS_H

#include <stdint.h>

#include "base/real_text.h"
#include "metric/venn_abers.h"
#include "perebor/status.h"

/** A bound, and the shortest text that reads as it. */
typedef struct bound_text {
    double value;
    uint32_t length;
    char text[PEREBOR_REAL_TEXT_SIZE];
} bound_text;

/** Bounds by places; see venn_abers_place(). Starts as {0}; released with interval_texts_release().
 */
typedef struct interval_texts {
    size_t n_places;
    uint32_t *lower, *upper; /**< [n_places] into bounds */
    bound_text *bounds;
    size_t n_bounds;
} interval_texts;

PEREBOR_MUST_CHECK perebor_status interval_texts_create(interval_texts *texts,
                                                        const venn_abers *known,
                                                        perebor_error *error);

void interval_texts_release(interval_texts *texts);

#endif
