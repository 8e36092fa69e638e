// SPDX-License-Identifier: MIT
/**
 * @file simulated_pairs.h
 * Pairs that do not differ, and how often a comparison says that they do.
 *
 * Everything is a function of the seed. A unit test runs a few replicates; tests/bench/honest runs
 * many and writes the tables of docs/explanation/compared-searches.md.
 */
#ifndef TESTS_SUPPORT_SIMULATED_PAIRS_H
#define TESTS_SUPPORT_SIMULATED_PAIRS_H

#include <stddef.h>
#include <stdint.h>

/** What both learners fit in every fold, each to its columns. */
typedef enum simulated_learner {
    LEARNER_MEANS,      /**< A direction: the difference of the class means. Stable. */
    LEARNER_ONE_COLUMN, /**< The column whose class means differ most, by its sign: another one in
                             every fold where columns say little. */
    LEARNER_NEAREST,    /**< The nearest row of each class. */
} simulated_learner;

/** Two learners of equal worth on the same folds: the columns of one say as much as the other's. */
typedef struct learners_setting {
    simulated_learner learner;
    size_t n_rows;    /**< Half of each class; a multiple of 2 n_folds. */
    size_t n_columns; /**< Of each learner: normal, variance 1, means +-shift by class. */
    size_t n_shared;  /**< Of them, that both have. */
    size_t n_folds, n_repeats;
    double shift;
} learners_setting;

/** How often the two were told apart, though they do not differ. */
typedef struct learners_rates {
    double usual;      /**< By the corrected resampled t at 5 %, with Nadeau and Bengio's ratio. */
    double rejected;   /**< By perebor_conservative_t(), which verdicts go by. */
    double rope;       /**< One better by more than .005 with a probability above .975. */
    double equivalent; /**< No difference of .005 with a probability above .95. */
    double width;      /**< Half the interval of the difference, in the mean. */
} learners_rates;

learners_rates simulate_equal_learners(const learners_setting *setting, size_t n_replicates,
                                       uint64_t seed);

/**
 * Two searches none of whose trials is better than another: the best of each on the same folds.
 * Scores of a row are normal, with a part that all trials share.
 */
typedef struct searches_setting {
    size_t n_trials[2], n_rows, n_folds;
    double auc, correlation;
} searches_setting;

/** At 5 %; which of the two is called the better. */
typedef struct searches_rates {
    double uncorrected[2]; /**< As if both had as many trials. */
    double better[2];      /**< By perebor_p_of_more_trials(), which verdicts go by. */
} searches_rates;

searches_rates simulate_equal_searches(const searches_setting *setting, size_t n_replicates,
                                       uint64_t seed);

/** At 5 %, how often a trial of one search is called better than a trial of the other. */
typedef struct draws_rates {
    double by_normal; /**< By DeLong's interval. */
    double rejected;  /**< By perebor_auc_of_few(), which `compare` goes by. */
} draws_rates;

/** Trials of two searches drawn from one distribution of scores, with ties if @p n_values > 0:
 * that many different scores. */
draws_rates simulate_equal_draws(size_t n_a, size_t n_b, size_t n_values, size_t n_replicates,
                                 uint64_t seed);

/** The same searches, by what the best of @p n_draws of each is worth. The costs of a trial are in
 * the ratio of @p n_draws. @return How often the test of budgets tells them apart at 5 %. */
double simulate_equal_budgets(const size_t n_trials[2], const double n_draws[2],
                              size_t n_replicates, uint64_t seed);

#endif
