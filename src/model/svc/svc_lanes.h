// SPDX-License-Identifier: MIT
/**
 * @file svc_lanes.h
 * Comparing and choosing lanes of one register, without leaving the mask registers that some
 * machines have; and floats beside doubles, as many of them.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_LANES_H
#define PEREBOR_MODEL_SVC_SVC_LANES_H

#include "base/simd.h"

typedef uint64_t vnu __attribute__((vector_size(8 * PEREBOR_NATIVE_LANES)));
typedef float vnf __attribute__((vector_size(4 * PEREBOR_NATIVE_LANES)));
typedef int32_t vns __attribute__((vector_size(4 * PEREBOR_NATIVE_LANES)));

PEREBOR_INLINE vns vns_load(const uint32_t *from) {
    vns lanes;
    memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

PEREBOR_INLINE vnf vnf_load(const float *from) {
    vnf lanes;
    memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

PEREBOR_INLINE void vnf_store(float *to, vnf lanes) {
    memcpy(to, &lanes, sizeof lanes);
}

/** A value in every lane. Subtracting zero changes nothing, and compilers know. */
PEREBOR_INLINE vnf vnf_all(float value) {
    return value - (vnf){0};
}

PEREBOR_INLINE vnd vnd_all(double value) {
    return value - (vnd){0};
}

PEREBOR_INLINE vnd vnd_widen(vnf lanes) {
    return __builtin_convertvector(lanes, vnd);
}

PEREBOR_INLINE vnf vnf_narrow(vnd lanes) {
    return __builtin_convertvector(lanes, vnf);
}

typedef float v4f __attribute__((vector_size(16)));
typedef uint32_t v4u __attribute__((vector_size(16)));

/** a where a > b, otherwise b. */
PEREBOR_INLINE v4f v4f_max(v4f a, v4f b) {
    const v4u mask = (v4u)(a > b);
    return (v4f)((mask & (v4u)a) | (~mask & (v4u)b));
}

/** As many floats as one register holds, for kernels whose lanes are independent of one another. */
enum { SVC_FLOATS = 2 * PEREBOR_NATIVE_LANES };
typedef float vwf __attribute__((vector_size(4 * SVC_FLOATS)));
typedef uint32_t vwu __attribute__((vector_size(4 * SVC_FLOATS)));

PEREBOR_INLINE vwu vwu_load(const uint32_t *from) {
    vwu lanes;
    memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

PEREBOR_INLINE vwf vwf_load(const float *from) {
    vwf lanes;
    memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

PEREBOR_INLINE void vwf_store(float *to, vwf lanes) {
    memcpy(to, &lanes, sizeof lanes);
}

PEREBOR_INLINE vwf vwf_all(float value) {
    return value - (vwf){0};
}

#if defined(__AVX512F__)
#include <immintrin.h>

typedef __mmask8 vnm; /**< One bit a lane. */

PEREBOR_INLINE vnm vnd_greater(vnd a, vnd b) {
    return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_GT_OQ);
}

PEREBOR_INLINE vnm vnd_at_least(vnd a, vnd b) {
    return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_GE_OQ);
}

PEREBOR_INLINE vnd vnd_choose(vnm mask, vnd yes, vnd no) {
    return (vnd)_mm512_mask_blend_pd(mask, (__m512d)no, (__m512d)yes);
}

PEREBOR_INLINE vnm vnf_at_least(vnf a, vnf b) {
    return _mm256_cmp_ps_mask((__m256)a, (__m256)b, _CMP_GE_OQ);
}

PEREBOR_INLINE vns vns_choose(vnm mask, vns yes, vns no) {
    return (vns)_mm256_mask_blend_epi32(mask, (__m256i)no, (__m256i)yes);
}

/** a where a > b, otherwise b. */
PEREBOR_INLINE vnd vnd_max(vnd a, vnd b) {
    return (vnd)_mm512_max_pd((__m512d)a, (__m512d)b);
}

PEREBOR_INLINE vnf vnf_max(vnf a, vnf b) {
    return (vnf)_mm256_max_ps((__m256)a, (__m256)b);
}

typedef __mmask16 vwm; /**< One bit a lane of vwf. */

PEREBOR_INLINE vwm vwf_greater(vwf a, vwf b) {
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OQ);
}

PEREBOR_INLINE vwm vwf_at_least(vwf a, vwf b) {
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GE_OQ);
}

PEREBOR_INLINE vwf vwf_choose(vwm mask, vwf yes, vwf no) {
    return (vwf)_mm512_mask_blend_ps(mask, (__m512)no, (__m512)yes);
}

PEREBOR_INLINE vwf vwf_max(vwf a, vwf b) {
    return (vwf)_mm512_max_ps((__m512)a, (__m512)b);
}
#else
typedef vni vnm; /**< All bits of a lane. */

PEREBOR_INLINE vnm vnd_greater(vnd a, vnd b) {
    return a > b;
}

PEREBOR_INLINE vnm vnd_at_least(vnd a, vnd b) {
    return a >= b;
}

PEREBOR_INLINE vnd vnd_choose(vnm mask, vnd yes, vnd no) {
    return vnd_select(mask, yes, no);
}

PEREBOR_INLINE vns vnf_at_least(vnf a, vnf b) {
    return a >= b;
}

PEREBOR_INLINE vns vns_choose(vns mask, vns yes, vns no) {
    return (mask & yes) | (~mask & no);
}

/** a where a > b, otherwise b. */
PEREBOR_INLINE vnd vnd_max(vnd a, vnd b) {
    return vnd_select(a > b, a, b);
}

PEREBOR_INLINE vnf vnf_max(vnf a, vnf b) {
    return (vnf)vns_choose(a > b, (vns)a, (vns)b);
}

typedef vwu vwm; /**< All bits of a lane of vwf. */

PEREBOR_INLINE vwm vwf_greater(vwf a, vwf b) {
    return (vwm)(a > b);
}

PEREBOR_INLINE vwm vwf_at_least(vwf a, vwf b) {
    return (vwm)(a >= b);
}

PEREBOR_INLINE vwf vwf_choose(vwm mask, vwf yes, vwf no) {
    return (vwf)((mask & (vwu)yes) | (~mask & (vwu)no));
}

PEREBOR_INLINE vwf vwf_max(vwf a, vwf b) {
    return vwf_choose(vwf_greater(a, b), a, b);
}
#endif

#endif
