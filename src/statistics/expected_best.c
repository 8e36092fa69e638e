// SPDX-License-Identifier: MIT
#include "statistics/expected_best.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "base/mix.h"

/** P(best of n draws is among the first i of N): (i/N)^n. */
static double among_first(size_t i, size_t n_scores, double n_draws) {
    return perebor_pow((double)i / (double)n_scores, n_draws);
}

perebor_expected_best perebor_best_of(const double *sorted, size_t n_scores, double n_draws) {
    if (n_scores == 0) {
        return (perebor_expected_best){NAN, NAN};
    }
    // Differences to the largest: sums of small numbers, and a variance that is never negative.
    double top = sorted[n_scores - 1];
    double sum = 0.0;
    double squares = 0.0;
    double below = 0.0;
    for (size_t i = 0; i < n_scores; i++) {
        double up_to = among_first(i + 1, n_scores, n_draws);
        double short_of = top - sorted[i];
        sum += (up_to - below) * short_of;
        squares += (up_to - below) * short_of * short_of;
        below = up_to;
    }
    return (perebor_expected_best){top - sum, sqrt(fmax(0.0, squares - sum * sum))};
}

/*
 * With the scores of both in one order, u_1 <= ... <= u_M, and c_j of those of a search among the
 * first j, its expected best is u_M - sum_j (c_j / N)^n (u_{j+1} - u_j). The difference of two is
 * therefore one sum over the steps, of two tables of powers.
 */
typedef struct dealing {
    size_t n[2];
    double *steps;     /* [n[0] + n[1]] u_{j+1} - u_j; 0 behind the last */
    uint8_t *of_b;     /* [n[0] + n[1]] whose score it is */
    double *powers[2]; /* [n[i] + 1] (c / N)^n */
    double *dealt;     /* [n_permutations] differences */
} dealing;

/** Puts the scores of both in one order; of equal ones the first search's first. */
static void merge(dealing *deal, const perebor_best_pair *pair) {
    size_t at[2] = {0, 0};
    double last = 0.0;
    size_t n = deal->n[0] + deal->n[1];
    for (size_t j = 0; j < n; j++) {
        bool b = at[0] == deal->n[0] ||
                 (at[1] < deal->n[1] && pair->sorted[1][at[1]] < pair->sorted[0][at[0]]);
        double value = pair->sorted[b][at[b]++];
        deal->of_b[j] = b;
        if (j > 0) {
            deal->steps[j - 1] = value - last;
        }
        last = value;
    }
}

/** The second's expected best less the first's, where counts of scores are up to the j-th. */
static double step_difference(const dealing *deal, const size_t counts[2], size_t j) {
    return deal->steps[j] * (deal->powers[0][counts[0]] - deal->powers[1][counts[1]]);
}

static double difference_as_it_is(const dealing *deal) {
    size_t counts[2] = {0, 0};
    double sum = 0.0;
    for (size_t j = 0; j < deal->n[0] + deal->n[1]; j++) {
        counts[deal->of_b[j]]++;
        sum += step_difference(deal, counts, j);
    }
    return sum;
}

/** The same with the scores dealt anew: each is the second's with the probability that is left. */
static double difference_dealt(const dealing *deal, uint64_t *random) {
    size_t counts[2] = {0, 0};
    size_t n = deal->n[0] + deal->n[1];
    double sum = 0.0;
    for (size_t j = 0; j < n; j++) {
        *random += PEREBOR_MIX_STEP;
        double drawn = (double)(perebor_mix(*random) >> 11) * 0x1p-53 * (double)(n - j);
        counts[drawn < (double)(deal->n[1] - counts[1])]++;
        sum += step_difference(deal, counts, j);
    }
    return sum;
}

/** How many of the differences dealt are as far from the centre as the one that there is. */
static size_t count_as_far(const dealing *deal, size_t n_permutations, double found,
                           double centre) {
    double least = fabs(found) * (1.0 - 1e-12); // equal sums differ by their rounding
    size_t n = 0;
    for (size_t i = 0; i < n_permutations; i++) {
        n += fabs(deal->dealt[i] - centre) >= least;
    }
    return n;
}

static bool allocate(dealing *deal, size_t n_permutations) {
    size_t n = deal->n[0] + deal->n[1];
    deal->steps = calloc(n + 1, sizeof *deal->steps);
    deal->of_b = calloc(n + 1, sizeof *deal->of_b);
    deal->powers[0] = calloc(deal->n[0] + 1, sizeof(double));
    deal->powers[1] = calloc(deal->n[1] + 1, sizeof(double));
    deal->dealt = calloc(n_permutations + 1, sizeof *deal->dealt);
    return deal->steps != NULL && deal->of_b != NULL && deal->powers[0] != NULL &&
           deal->powers[1] != NULL && deal->dealt != NULL;
}

perebor_status perebor_best_test(const perebor_best_pair *pair, size_t n_permutations,
                                 uint64_t seed, double *p, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    dealing deal = {.n = {pair->n_scores[0], pair->n_scores[1]}};
    uint64_t random = seed;
    double centre = 0.0;
    if (!allocate(&deal, n_permutations)) {
        status = perebor_no_memory(error, "to compare %zu scores", deal.n[0] + deal.n[1]);
        goto done;
    }
    merge(&deal, pair);
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i <= deal.n[side]; i++) {
            deal.powers[side][i] = among_first(i, deal.n[side], pair->n_draws[side]);
        }
    }
    for (size_t i = 0; i < n_permutations; i++) {
        deal.dealt[i] = difference_dealt(&deal, &random);
        centre += deal.dealt[i] / (double)n_permutations;
    }
    centre = pair->n_draws[0] == pair->n_draws[1] ? 0.0 : centre;
    size_t as_far = count_as_far(&deal, n_permutations, difference_as_it_is(&deal), centre);
    *p = ((double)as_far + 1.0) / ((double)n_permutations + 1.0);
done:
    free(deal.steps);
    free(deal.of_b);
    free(deal.powers[0]);
    free(deal.powers[1]);
    free(deal.dealt);
    return status;
}
