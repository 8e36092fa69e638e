// SPDX-License-Identifier: MIT
/**
 * @file boost_kernel.h
 * The inner loops of boosting: terms of rows, histograms of them, rows that go left or right.
 *
 * A term is two whole numbers in one word, so that one addition takes both: g in the upper half,
 * with a sign, h in the lower, which stays below 2^31 in any sum. A histogram has a cell for every
 * bin of every feature, the sum of the terms of the rows in it; cells of the features of a word
 * that are of one bin lie side by side, so that a vector is a bin of several features. A row has an
 * h of at least 1: so a cell is empty if and only if it is 0.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_KERNEL_H
#define PEREBOR_MODEL_BOOST_BOOST_KERNEL_H

#include "base/simd.h"
#include "model/boost/boost_bins.h"

/** Arrays that a kernel reads or writes in whole vectors are padded by so many. */
enum { BOOST_PADDING = 4 * PEREBOR_LANES };

PEREBOR_INLINE int32_t boost_gradient(int64_t term) {
    return (int32_t)((uint64_t)term >> 32);
}

PEREBOR_INLINE uint32_t boost_hessian(int64_t term) {
    return (uint32_t)term;
}

/** A row goes right at a node if its bin is among [first, first + span]. In a leaf all do. */
typedef struct boost_turn {
    uint32_t left; /**< Number of the left child; of a leaf its own less 1. */
    uint32_t word;
    uint8_t shift, first, span;
} boost_turn;

/** What is compiled for each instruction set. */
typedef struct boost_kernels {
    /**
     * The terms of rows (boost.h).
     *
     * @param[in]  labels   [n + BOOST_PADDING] 0 or 1
     * @param[in]  weights  of a row of each class, times 2^S
     * @param[out] terms    [n + BOOST_PADDING]
     */
    void (*find_terms)(const double *scores, const double *labels, const double weights[2],
                       size_t n, int64_t *terms);
    /**
     * Adds rows to the cells of the features of a word.
     *
     * @param[in] wanted  [n_features] which of them; the cells of others are left alone.
     * @param[in] terms   [n] of these rows.
     */
    void (*accumulate)(const boost_scheme *scheme, const boost_rows *binned, size_t word,
                       const uint8_t *wanted, const uint32_t *rows, const int64_t *terms, size_t n,
                       int64_t *cells);
    /** cells -= others. @param[in] n  A multiple of eight. */
    void (*subtract)(int64_t *cells, const int64_t *others, size_t n);
    /** Moves the rows that go left before the others, in their order. @return How many they are.
     * @param[out] spare  [n + BOOST_PADDING] */
    uint32_t (*divide)(const boost_rows *binned, const boost_turn *turn, uint32_t *rows, uint32_t n,
                       uint32_t *spare);
    /** Adds the values of the leaves that the rows [first, end) fall into. */
    void (*walk)(const boost_rows *binned, const boost_turn *turns, const double *values,
                 size_t first, size_t end, double *scores);
} boost_kernels;

PEREBOR_KERNEL_DECLARE(boost_kernels, boost_kernels);

#endif
