// SPDX-License-Identifier: MIT
/**
 * @file comparison.h
 * Searches laid side by side: the first file is the baseline, each further one is compared with it.
 *
 * First comes what may be compared at all. Two searches are compared on three levels, of which each
 * says more of the models and asks more of the files: the searches themselves (what the best of n
 * trials is worth, by trials and by seconds), their best trials on the same folds (corrected
 * resampled t, and a Bayesian correlated t with a region of practical equivalence), and their
 * refitted models on the same test rows (paired DeLong). What cannot be compared says why, and what
 * would add it. Nothing of it depends on the clock or the machine: the same files give the same
 * comparison.
 *
 * Differences are B - A, and scores are "greater is better": above 0 the later file is better.
 */
#ifndef PEREBOR_COMPARE_COMPARISON_H
#define PEREBOR_COMPARE_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compare/compared_search.h"
#include "compare/comparison_stages.h"
#include "metric/delong.h"
#include "perebor/status.h"
#include "statistics/correlated_t.h"
#include "statistics/expected_best.h"

/** Files that one comparison takes: each has a letter. */
enum { COMPARISON_MOST_FILES = 26 };

/** No trial is complete. */
#define COMPARISON_NONE SIZE_MAX

/** The level of confidence of every interval and test. */
static const double comparison_level = 0.95;

typedef struct comparison_options {
    const char *metric; /**< NULL: the selecting one of the first result file. */
    double rope;        /**< Differences up to this do not matter. */
    size_t language;    /**< That pages and JSON are written in: COMPARISON_ENGLISH or _RUSSIAN. */
    size_t same_folds;  /**< Folds of a repeat that files which do not record theirs are trusted to
                             have in common with the rest; 0: they are not. */
} comparison_options;

/** Texts and arrays of a comparison; a failed allocation is remembered and asked for once. */
typedef struct comparison_memory {
    perebor_arena arena;
    bool failed;
} comparison_memory;

/** A text made as printf makes it; "", remembered, if memory is short. */
const char *comparison_text(comparison_memory *memory, const char *format, ...)
    PEREBOR_PRINTF_LIKE(2, 3);

#define COMPARISON_WORDS(english, russian) ((comparison_sentence){{(english), (russian)}})

/** The same in every language: printf's arguments in the order of both. "", remembered, if memory
 * is short. */
comparison_sentence comparison_say(comparison_memory *memory, const char *english,
                                   const char *russian, ...) PEREBOR_PRINTF_LIKE(2, 4)
    PEREBOR_PRINTF_LIKE(3, 4);

/** The same with decimal commas in Russian: for sentences that have no text of the user's in them,
 * whose points stay. */
comparison_sentence comparison_commas(comparison_memory *memory, comparison_sentence sentence);

/** What one search came to. */
typedef struct comparison_summary {
    char label; /**< 'A' … */
    size_t n_trials, n_finished, n_complete, n_failed;
    size_t best;                  /**< Row of the best trial, or COMPARISON_NONE. */
    double best_score;            /**< NaN without one. */
    perebor_resampled_mean folds; /**< Mean of its folds, with an interval; NaN with one fold. */
    double seconds;               /**< What all finished trials took; NaN if it is not known. */
    double seconds_per_trial;     /**< That a complete trial cost, failures included. */
    double *scores;               /**< [n_complete] ascending */
    bool is_corrected;            /**< The file has a current /predictions: */
    double corrected, corrected_low, corrected_high; /**< the best score without its luck. */
} comparison_summary;

typedef enum comparison_agreement {
    COMPARISON_SAME = 0,
    COMPARISON_DIFFERENT = 1,
    COMPARISON_UNKNOWN = 2, /**< A file does not record it. */
    COMPARISON_TRUSTED = 3, /**< A file does not, and the user says that it is the same. */
} comparison_agreement;

/** "same", "different", "not recorded", "trusted". */
extern const comparison_sentence comparison_agreement_names[];

/** What may be compared, in this order. */
typedef enum comparison_aspect {
    COMPARISON_ROWS,      /**< The examples and their labels. */
    COMPARISON_COLUMNS,   /**< Their values: the fingerprint of the data. */
    COMPARISON_FOLDS,     /**< Which row validates where. */
    COMPARISON_TEST_ROWS, /**< Which rows are the test part. */
    COMPARISON_SPACE,
    COMPARISON_SEED,
    COMPARISON_VERSION,
    COMPARISON_MACHINES,
    COMPARISON_N_ASPECTS,
} comparison_aspect;

/** "rows", "columns" … */
extern const comparison_sentence comparison_aspect_names[];

typedef struct comparison_check {
    comparison_agreement agreement;
    comparison_sentence
        left_out; /**< What is left out for it, or what it bears on; "" for nothing. */
} comparison_check;

/** Something that the two files say differently. "" where one does not have it. */
typedef struct comparison_difference {
    const char *key, *a, *b;
} comparison_difference;

/** What the best of so many trials, or of so many seconds, is worth. */
typedef struct comparison_budget {
    double budget;   /**< Trials or seconds. */
    double draws[2]; /**< Trials that it buys, of A and of B. */
    perebor_expected_best a, b;
    double p; /**< perebor_best_test(), by Holm over the budgets of its kind; NaN where trials are
                   not independent draws. */
    bool proved; /**< That they differ. */
} comparison_budget;

/** Budgets of each kind: powers of four up to what both have. */
enum { COMPARISON_MOST_BUDGETS = 17 };

typedef struct comparison_budgets {
    comparison_budget items[COMPARISON_MOST_BUDGETS];
    size_t n;
} comparison_budgets;

/** What the literature's test says, which errs more often than is said on repeated folds or few
 * rows: Bouckaert and Frank's corrected t, DeLong's z. For reference. */
typedef struct comparison_usual {
    double low, high, p;
} comparison_usual;

/** In place of the number of a trial: the model is an ensemble of trials. */
#define COMPARISON_ENSEMBLE UINT64_MAX

/** A paired test of two trials: perebor_conservative_t(), or perebor_auc_difference_of_few(). */
typedef struct comparison_test {
    bool is_tested;
    comparison_sentence why_not; /**< If not: without an end, with what would help. */
    size_t n;                    /**< Folds, or rows. */
    uint64_t trial_a, trial_b;   /**< COMPARISON_ENSEMBLE of models that are none of one. */
    double a, b;                 /**< Mean scores, or AUCs. */
    double difference, low, high, p;
    double p_adjusted; /**< perebor_p_of_more_trials() on folds, then Holm's over all comparisons of
                          this kind. */
    comparison_usual usual;
    perebor_rope_shares rope; /**< Shares of folds alone. */
    int better;               /**< 1: B is, -1: A is, 0: neither is proved to be. */
} comparison_test;

/** The probability that a trial of B is better than one of A. */
typedef struct comparison_draws {
    double b_better;
    double low, high; /**< NaN if no two trials of A and of B stand the other way round. */
    double p;         /**< P value of 1/2; exact where there is no interval. */
    bool proved;
} comparison_draws;

/** A file beside the first one. */
typedef struct comparison_pair {
    size_t a, b; /**< Places among the searches; a is 0. */
    comparison_check checks[COMPARISON_N_ASPECTS];
    const comparison_difference *differences;
    size_t n_differences;
    bool is_one_search;       /**< Equal in all that bears on scores. */
    size_t n_shared, n_equal; /**< Then: finished trials that both have; equal to the bit. */
    uint64_t first_unequal;   /**< The number of the first that is not. */
    comparison_budgets by_trials, by_seconds;
    bool has_draws;                /**< Whether trials are independent draws, so that: */
    comparison_sentence no_draws;  /**< if not, why; */
    comparison_draws draws;        /**< of a trial of B and one of A. */
    comparison_test folds, test;   /**< The best trials; the refitted models. */
    comparison_stages stages;      /**< Columns and customers. */
    comparison_sentence verdict;   /**< "~" begins one that proves nothing. */
    const comparison_test *proof;  /**< That the verdict goes by; NULL: there was none. */
    comparison_sentence *warnings; /**< [n_warnings] */
    size_t n_warnings;
} comparison_pair;

typedef struct comparison {
    comparison_options options;
    compared_search *searches;     /**< [n] */
    comparison_summary *summaries; /**< [n] */
    comparison_pair *pairs;        /**< [n - 1] */
    size_t n;
    const char *metric;
    comparison_memory memory;
} comparison;

/**
 * Reads files and compares them. Forks (result_file.h).
 *
 * @param[in]  paths       [n] The baseline first.
 * @param[out] comparison  Ended with comparison_release().
 *
 * @retval PEREBOR_ERR_ARGUMENT  Fewer than two files, or more than COMPARISON_MOST_FILES.
 * @retval PEREBOR_ERR_CONFLICT  A metric that a file does not have, or --same-folds against what a
 *         file records.
 * @retval others                A file cannot be read.
 */
PEREBOR_MUST_CHECK perebor_status comparison_make(comparison *comparison, const char *const *paths,
                                                  size_t n, const comparison_options *options,
                                                  perebor_error *error);

void comparison_release(comparison *comparison);

#endif
