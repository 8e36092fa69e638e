// SPDX-License-Identifier: MIT
/**
 * @file simulation.h
 * What simulations share: memory that must be there, and normal draws that are the same anywhere.
 */
#ifndef TESTS_SUPPORT_SIMULATION_H
#define TESTS_SUPPORT_SIMULATION_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "draw.h"
#include "perebor/status.h"

/** The level of intervals and tests. */
static const double simulation_level = 0.95;

/** A test of this kind has nothing to say without memory. */
static inline void *simulation_allocate(size_t n, size_t size) {
    void *memory = calloc(n, size);
    if (memory == NULL) {
        (void)fputs("no memory\n", stderr);
        exit(1);
    }
    return memory;
}

static inline void simulation_insist(perebor_status status, const perebor_error *error) {
    if (status != PEREBOR_OK) {
        (void)fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
}

static inline double simulation_normal(uint64_t *random) {
    return perebor_normal_quantile(((double)(draw_bits(random) >> 12) + 0.5) * 0x1p-52);
}

/** The d of an AUC, for scores of mean d in positive rows: Phi^-1(AUC) sqrt(2). */
static inline double simulation_distance(double auc) {
    return perebor_normal_quantile(auc) * sqrt(2.0);
}

#endif
