// SPDX-License-Identifier: MIT
/**
 * @file svc_lanes.h
 * Comparing and choosing lanes without leaving the mask registers that some machines have.
 */
#ifndef PEREBOR_MODEL_SVC_LANES_H
#define PEREBOR_MODEL_SVC_LANES_H

#include "base/simd.h"

#if defined(__AVX512F__)
#include <immintrin.h>

typedef __mmask8 v8m;

PEREBOR_INLINE v8m v8d_greater(v8d a, v8d b) {
    return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_GT_OQ);
}

PEREBOR_INLINE v8m v8d_at_least(v8d a, v8d b) {
    return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_GE_OQ);
}

PEREBOR_INLINE v8d v8d_choose(v8m mask, v8d yes, v8d no) {
    return (v8d)_mm512_mask_blend_pd(mask, (__m512d)no, (__m512d)yes);
}
#else
typedef v8i v8m;

PEREBOR_INLINE v8m v8d_greater(v8d a, v8d b) {
    return a > b;
}

PEREBOR_INLINE v8m v8d_at_least(v8d a, v8d b) {
    return a >= b;
}

PEREBOR_INLINE v8d v8d_choose(v8m mask, v8d yes, v8d no) {
    return v8d_select(mask, yes, no);
}
#endif

typedef float v8f __attribute__((vector_size(32)));

/** Eight floats as doubles. */
PEREBOR_INLINE v8d v8d_widen(const float *from) {
    v8f lanes;
    memcpy(&lanes, from, sizeof lanes);
    return __builtin_convertvector(lanes, v8d);
}

#endif
