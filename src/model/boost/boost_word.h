// SPDX-License-Identifier: MIT
/**
 * @file boost_word.h
 * The search for the split of a node by all features of a word at once, in a histogram.
 *
 * A lane is a feature, whose bins follow one another. Gains are estimated first, in floats, with an
 * error below 2^-19; then those that may be the greatest, nearly always one, are computed as
 * boost.h says. So the estimates have no bearing on which split is found.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_WORD_H
#define PEREBOR_MODEL_BOOST_BOOST_WORD_H

#include "model/boost/boost_bounds.h"

/** What the features of a word are to a tree. */
typedef struct boost_lanes {
    int64_t dense[BOOST_WORD];     /**< -1 where cells of ascending bins add up, 0 of levels. */
    int32_t least[2 * BOOST_WORD]; /**< Least Hessian of a side, out of reach if not wanted. */
    bool any_wanted, any_levels;
} boost_lanes;

/** Memory for a search. */
typedef struct boost_estimates {
    int32_t gains[BOOST_WORD * BOOST_MOST_BINS];  /**< Bits of floats, none below 0. */
    int32_t counts[BOOST_WORD * BOOST_MOST_BINS]; /**< How many rows. */
} boost_estimates;

/** A node whose histogram is searched. */
typedef struct boost_searched {
    const boost_scheme *scheme;
    const boost_rows *binned;
    const boost_rule *rule;
    const boost_lanes *lanes; /**< [n_words] */
    int64_t total;
    const boost_bounds *bounds;
    int64_t *cells;
    const int64_t *less;  /**< NULL, or a histogram that is taken off cells before. */
    const uint32_t *rows; /**< NULL, or the node's rows: splits that leave few are none. */
    uint32_t n_rows;
} boost_searched;

/** What is compiled for each instruction set. */
typedef struct boost_word_kernels {
    /**
     * Looks for a split of a node by any wanted feature of a word that is better than the best so
     * far.
     *
     * @param[in,out] best  Replaced by the first of the best, if these are better.
     * @pre  boost_word_can() of the rule; cells of features that are not wanted are 0.
     */
    void (*search)(const boost_searched *node, size_t word, boost_estimates *estimates,
                   boost_split *best);
} boost_word_kernels;

PEREBOR_KERNEL_DECLARE(boost_word_kernels, boost_word_kernels);

/** Whether gains can be estimated so: floats hold all that they are made of, and nothing is
 * subtracted that the error could be larger than. */
PEREBOR_INLINE bool boost_word_can(const boost_rule *rule) {
    return rule->alpha == 0.0 && rule->lambda < 0x1p40;
}

/** Says what the features of a word are to a tree. @param[in] wanted  [n_features] */
void boost_lanes_set(boost_lanes *lanes, size_t word, const boost_scheme *scheme,
                     const boost_rule *rule, const uint8_t *wanted);

#endif
