// SPDX-License-Identifier: MIT
#include "base/simd.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { n_levels = 3 };
static const char *const level_names[n_levels] = {"baseline", "avx2", "avx512"};

static perebor_simd_level machine_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
    return v4 ? PEREBOR_SIMD_AVX512 : v3 ? PEREBOR_SIMD_AVX2 : PEREBOR_SIMD_BASELINE;
#else
    return PEREBOR_SIMD_BASELINE;
#endif
}

perebor_simd_level perebor_simd_pick(void) {
    static atomic_int picked = -1;
    int level = atomic_load_explicit(&picked, memory_order_relaxed);
    if (level < 0) {
        level = (int)machine_level();
        const char *asked = getenv("PEREBOR_SIMD");
        for (int candidate = 0; asked != NULL && candidate < level; candidate++) {
            if (strcmp(asked, level_names[candidate]) == 0) {
                level = candidate;
            }
        }
        atomic_store_explicit(&picked, level, memory_order_relaxed);
    }
    return (perebor_simd_level)level;
}

perebor_status perebor_simd_check(perebor_error *error) {
    const char *asked = getenv("PEREBOR_SIMD");
    int machine = (int)machine_level();
    if (asked == NULL || *asked == '\0') {
        return PEREBOR_OK;
    }
    for (int level = 0; level < n_levels; level++) {
        if (strcmp(asked, level_names[level]) != 0) {
            continue;
        }
        return level <= machine
                   ? PEREBOR_OK
                   : perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                  "PEREBOR_SIMD is %s, which this machine does not have; the most "
                                  "that it has is %s",
                                  asked, level_names[machine]);
    }
    return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                        "PEREBOR_SIMD is \"%.40s\"; it takes baseline, avx2 or avx512", asked);
}

const char *perebor_simd_level_name(perebor_simd_level level) {
    return level_names[level];
}
