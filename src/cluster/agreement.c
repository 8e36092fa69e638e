// SPDX-License-Identifier: MIT
#include "cluster/agreement.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/try.h"

/** Points by their two clusters. */
typedef struct crossing {
    size_t n_first, n_second;
    double *both, *first, *second; /**< [n_first][n_second], [n_first], [n_second] */
} crossing;

static perebor_status cross(crossing *crossing, const uint32_t *first, const uint32_t *second,
                            size_t n, perebor_error *error) {
    size_t n_first = crossing->n_first, n_second = crossing->n_second;
    crossing->both = calloc(n_first * n_second + n_first + n_second + 1, sizeof(double));
    if (crossing->both == NULL) {
        return perebor_no_memory(error, "to compare clusters");
    }
    crossing->first = crossing->both + n_first * n_second;
    crossing->second = crossing->first + n_first;
    for (size_t i = 0; i < n; i++) {
        crossing->both[first[i] * n_second + second[i]] += 1.0;
        crossing->first[first[i]] += 1.0;
        crossing->second[second[i]] += 1.0;
    }
    return PEREBOR_OK;
}

/** Pairs within groups: the sum of n (n - 1) / 2. */
static double count_pairs(const double *sizes, size_t n) {
    double pairs = 0.0;
    for (size_t i = 0; i < n; i++) {
        pairs += 0.5 * sizes[i] * (sizes[i] - 1.0);
    }
    return pairs;
}

perebor_status cluster_adjusted_rand(double *index, const uint32_t *first, size_t n_first,
                                     const uint32_t *second, size_t n_second, size_t n,
                                     perebor_error *error) {
    perebor_status status;
    crossing crossing = {.n_first = n_first, .n_second = n_second};
    const double all = (double)n;
    PEREBOR_TRY(done, cross(&crossing, first, second, n, error));
    double both = count_pairs(crossing.both, n_first * n_second);
    assert(crossing.first != NULL && crossing.second != NULL);
    double one = count_pairs(crossing.first, n_first);
    double other = count_pairs(crossing.second, n_second);
    // (pairs together in both - expected) / (most that could be - expected)
    double expected = one * other / count_pairs(&all, 1), most = 0.5 * (one + other);
    *index = most > expected || most < expected ? (both - expected) / (most - expected) : 1.0;
done:
    free(crossing.both);
    return status;
}

perebor_status cluster_jaccard(double *jaccard, const uint32_t *first, size_t n_first,
                               const uint32_t *second, size_t n_second, size_t n,
                               perebor_error *error) {
    perebor_status status;
    crossing crossing = {.n_first = n_first, .n_second = n_second};
    PEREBOR_TRY(done, cross(&crossing, first, second, n, error));
    assert(crossing.both != NULL && crossing.first != NULL && crossing.second != NULL);
    for (size_t a = 0; a < n_first; a++) {
        jaccard[a] = crossing.first[a] > 0.0 ? 0.0 : (double)NAN;
        for (size_t b = 0; b < n_second; b++) {
            double both = crossing.both[a * n_second + b];
            double either = crossing.first[a] + crossing.second[b] - both;
            if (both > 0.0 && both / either > jaccard[a]) {
                jaccard[a] = both / either;
            }
        }
    }
done:
    free(crossing.both);
    return status;
}
