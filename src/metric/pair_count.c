// SPDX-License-Identifier: MIT
#include "metric/pair_count.h"

/** The numbers of others below a score, and not above it, by lanes; negative. */
typedef struct tally {
    vni below, not_above;
} tally;

PEREBOR_INLINE void compare(tally *tally, vnd score, vnd others) {
    tally->below += others < score;
    tally->not_above += others <= score;
}

/** Four scores at a time, so that a load serves eight comparisons. Padding compares false. */
static uint64_t count(const double *few, size_t n_few, const double *many, size_t n_many) {
    tally tallies[4] = {{{0}, {0}}, {{0}, {0}}, {{0}, {0}}, {{0}, {0}}};
    size_t score = 0;
    for (; score + 4 <= n_few; score += 4) {
        vnd s0 = vnd_set(few[score]);
        vnd s1 = vnd_set(few[score + 1]);
        vnd s2 = vnd_set(few[score + 2]);
        vnd s3 = vnd_set(few[score + 3]);
        for (size_t other = 0; other < n_many; other += PEREBOR_NATIVE_LANES) {
            vnd others = vnd_load(many + other);
            compare(&tallies[0], s0, others);
            compare(&tallies[1], s1, others);
            compare(&tallies[2], s2, others);
            compare(&tallies[3], s3, others);
        }
    }
    for (; score < n_few; score++) {
        vnd s0 = vnd_set(few[score]);
        for (size_t other = 0; other < n_many; other += PEREBOR_NATIVE_LANES) {
            compare(&tallies[0], s0, vnd_load(many + other));
        }
    }
    int64_t negative = 0;
    for (size_t i = 0; i < 4; i++) {
        vni both = tallies[i].below + tallies[i].not_above;
        for (int lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
            negative += both[lane];
        }
    }
    return (uint64_t)-negative;
}

const metric_pair_kernels PEREBOR_KERNEL(metric_pair_kernels) = {.count = count};
