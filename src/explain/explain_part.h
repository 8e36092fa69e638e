// SPDX-License-Identifier: MIT
/**
 * @file explain_part.h
 * A part of an explanation cut into units, each of which makes some numbers: what runs it need not
 * know what they mean, and this room not where they were made.
 *
 * Every rank has the same part, made of the same study, and computes any unit of it; what units
 * made is received in one place, once each, in any order.
 */
#ifndef PEREBOR_EXPLAIN_EXPLAIN_PART_H
#define PEREBOR_EXPLAIN_EXPLAIN_PART_H

#include <stddef.h>

#include "perebor/status.h"
#include "perebor/workspace.h"

typedef struct explain_part {
    void *context;
    size_t n_units;

    /** How many numbers a unit makes; at least 1. */
    size_t (*n_values)(const void *context, size_t unit);

    /**
     * Computes a unit: on any rank, on several threads at once.
     *
     * @param      workspace  Of the thread; left as it was.
     * @param[out] values     [n_values]
     */
    perebor_status (*compute)(const void *context, size_t unit, perebor_workspace *workspace,
                              double *values, perebor_error *error);

    /** Receives what a unit made, one at a time. */
    void (*receive)(void *context, size_t unit, const double *values);
} explain_part;

#endif
