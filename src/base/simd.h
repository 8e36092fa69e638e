// SPDX-License-Identifier: MIT
/**
 * @file simd.h
 * Eight doubles at a time, with one order of operations on every machine.
 *
 * Kernels are written with the compiler's vector extensions over a fixed number of lanes. The
 * compiler lowers eight lanes to whatever the instruction set has; as no operation is contracted or
 * re-associated, the bits are those of the scalar loop. A kernel file is compiled once per
 * instruction set (see perebor_layer(KERNELS) in cmake/Layer.cmake) and exports one table of
 * functions, whose name PEREBOR_KERNEL() decorates with the level:
 *
 *     const struct knn_kernels PEREBOR_KERNEL(knn_kernels) = {.distances = distances};
 *
 * The caller picks a table with PEREBOR_KERNEL_PICK(knn_kernels), after declaring the tables with
 * PEREBOR_KERNEL_DECLARE(struct knn_kernels, knn_kernels). Kernel files may call nothing that is
 * compiled for another level except through pointers or plain external functions.
 */
#ifndef PEREBOR_BASE_SIMD_H
#define PEREBOR_BASE_SIMD_H

#include <stdint.h>
#include <string.h>

#include "perebor/status.h"

enum { PEREBOR_LANES = 8 };

typedef double v8d __attribute__((vector_size(64)));
typedef int64_t v8i __attribute__((vector_size(64)));
typedef uint64_t v8u __attribute__((vector_size(64)));

#define PEREBOR_INLINE static inline __attribute__((always_inline, unused))

/** Loads eight doubles from any address. */
PEREBOR_INLINE v8d v8d_load(const double *from) {
    v8d lanes;
    memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

PEREBOR_INLINE void v8d_store(double *to, v8d lanes) {
    memcpy(to, &lanes, sizeof lanes);
}

PEREBOR_INLINE v8d v8d_set(double value) {
    return (v8d){value, value, value, value, value, value, value, value};
}

/** Lanes of @p yes where @p mask is all ones, of @p no where it is zero. */
PEREBOR_INLINE v8d v8d_select(v8i mask, v8d yes, v8d no) {
    return (v8d)((mask & (v8i)yes) | (~mask & (v8i)no));
}

PEREBOR_INLINE v8d v8d_abs(v8d lanes) {
    const v8i magnitude = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX,
                           INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
    return (v8d)((v8i)lanes & magnitude);
}

/** The sum of the lanes, always in the order ((0+4)+(2+6)) + ((1+5)+(3+7)). */
PEREBOR_INLINE double v8d_sum(v8d lanes) {
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
           ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/**
 * As many doubles as one register of the level being compiled for holds. gcc 12 lowers vectors that
 * are wider than a register poorly, so a kernel whose lanes are independent of one another (a lane
 * a column, a row, a count) should use these: the width then bears on speed alone.
 */
#if defined(__AVX512F__)
enum { PEREBOR_NATIVE_LANES = 8 };
#elif defined(__AVX__)
enum { PEREBOR_NATIVE_LANES = 4 };
#else
enum { PEREBOR_NATIVE_LANES = 2 };
#endif
typedef double vnd __attribute__((vector_size(8 * PEREBOR_NATIVE_LANES)));
typedef int64_t vni __attribute__((vector_size(8 * PEREBOR_NATIVE_LANES)));

PEREBOR_INLINE vnd vnd_load(const double *from) {
    vnd lanes;
    memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

PEREBOR_INLINE void vnd_store(double *to, vnd lanes) {
    memcpy(to, &lanes, sizeof lanes);
}

PEREBOR_INLINE vnd vnd_set(double value) {
    vnd lanes;
    for (int lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
        lanes[lane] = value;
    }
    return lanes;
}

/** Lanes of @p yes where @p mask is all ones, of @p no where it is zero. */
PEREBOR_INLINE vnd vnd_select(vni mask, vnd yes, vnd no) {
    return (vnd)((mask & (vni)yes) | (~mask & (vni)no));
}

/** The instruction sets that kernels are built for, each including the ones before it. */
typedef enum perebor_simd_level {
    PEREBOR_SIMD_BASELINE = 0, /**< SSE2 on x86-64, NEON on aarch64. */
    PEREBOR_SIMD_AVX2 = 1,     /**< x86-64-v3 */
    PEREBOR_SIMD_AVX512 = 2,   /**< x86-64-v4 */
} perebor_simd_level;

/**
 * The level that kernels run at: the highest this machine has, or the one that the environment
 * variable PEREBOR_SIMD names (baseline, avx2, avx512) if the machine has it. Asked once.
 */
perebor_simd_level perebor_simd_pick(void);

/**
 * Refuses a PEREBOR_SIMD that names no level, or one that this machine does not have.
 *
 * @retval PEREBOR_ERR_ARGUMENT
 */
PEREBOR_MUST_CHECK perebor_status perebor_simd_check(perebor_error *error);

/** Its name: "baseline", "avx2" or "avx512". */
const char *perebor_simd_level_name(perebor_simd_level level);

#define PEREBOR_SIMD_PASTE_(name, level) name##_##level
#define PEREBOR_SIMD_PASTE(name, level) PEREBOR_SIMD_PASTE_(name, level)

/** @p name as exported by a kernel file compiled for one level. */
#define PEREBOR_KERNEL(name) PEREBOR_SIMD_PASTE(name, PEREBOR_SIMD_LEVEL)

#if defined(__x86_64__)
#define PEREBOR_KERNEL_DECLARE(type, name)                                                         \
    extern const type name##_baseline, name##_avx2, name##_avx512
#define PEREBOR_KERNEL_PICK(name)                                                                  \
    (perebor_simd_pick() == PEREBOR_SIMD_AVX512 ? &name##_avx512                                   \
     : perebor_simd_pick() == PEREBOR_SIMD_AVX2 ? &name##_avx2                                     \
                                                : &name##_baseline)
#else
#define PEREBOR_KERNEL_DECLARE(type, name) extern const type name##_baseline
#define PEREBOR_KERNEL_PICK(name) (&name##_baseline)
#endif

#endif
