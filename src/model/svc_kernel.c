// SPDX-License-Identifier: MIT
#include "model/svc_kernel.h"

#include "base/arithmetic.h"

typedef float v8f __attribute__((vector_size(32)));

/**
 * Two vectors of rows at a time: eight sums stay in registers while the columns go by, and each
 * loaded vector serves four points.
 */
static void dots(svc_group group, const perebor_matrix *rows, size_t begin, size_t end,
                 double *const out[SVC_POINTS]) {
    size_t stride = rows->stride;
    size_t row = begin;
    for (; row + 2 * PEREBOR_LANES <= end; row += 2 * PEREBOR_LANES) {
        const double *from = rows->values + row;
        v8d a0 = v8d_set(0.0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        for (size_t column = 0; column < rows->n_columns; column++, from += stride) {
            const double *point = group + column * SVC_POINTS;
            v8d x0 = v8d_load(from);
            v8d x1 = v8d_load(from + PEREBOR_LANES);
            a0 += x0 * point[0];
            a1 += x1 * point[0];
            b0 += x0 * point[1];
            b1 += x1 * point[1];
            c0 += x0 * point[2];
            c1 += x1 * point[2];
            d0 += x0 * point[3];
            d1 += x1 * point[3];
        }
        v8d_store(out[0] + row, a0);
        v8d_store(out[0] + row + PEREBOR_LANES, a1);
        v8d_store(out[1] + row, b0);
        v8d_store(out[1] + row + PEREBOR_LANES, b1);
        v8d_store(out[2] + row, c0);
        v8d_store(out[2] + row + PEREBOR_LANES, c1);
        v8d_store(out[3] + row, d0);
        v8d_store(out[3] + row + PEREBOR_LANES, d1);
    }
    for (; row < end; row += PEREBOR_LANES) {
        const double *from = rows->values + row;
        v8d a0 = v8d_set(0.0), b0 = a0, c0 = a0, d0 = a0;
        for (size_t column = 0; column < rows->n_columns; column++, from += stride) {
            const double *point = group + column * SVC_POINTS;
            v8d x0 = v8d_load(from);
            a0 += x0 * point[0];
            b0 += x0 * point[1];
            c0 += x0 * point[2];
            d0 += x0 * point[3];
        }
        v8d_store(out[0] + row, a0);
        v8d_store(out[1] + row, b0);
        v8d_store(out[2] + row, c0);
        v8d_store(out[3] + row, d0);
    }
}

static void dots_of_one(const perebor_matrix *rows, size_t point, double *out) {
    enum { BLOCK = 4 * PEREBOR_LANES };
    size_t row = 0;
    for (; row + BLOCK <= rows->stride; row += BLOCK) {
        const double *from = rows->values;
        v8d a = v8d_set(0.0), b = a, c = a, d = a;
        for (size_t column = 0; column < rows->n_columns; column++, from += rows->stride) {
            double x = from[point];
            a += v8d_load(from + row) * x;
            b += v8d_load(from + row + PEREBOR_LANES) * x;
            c += v8d_load(from + row + 2 * PEREBOR_LANES) * x;
            d += v8d_load(from + row + 3 * PEREBOR_LANES) * x;
        }
        v8d_store(out + row, a);
        v8d_store(out + row + PEREBOR_LANES, b);
        v8d_store(out + row + 2 * PEREBOR_LANES, c);
        v8d_store(out + row + 3 * PEREBOR_LANES, d);
    }
    for (; row < rows->stride; row += PEREBOR_LANES) {
        const double *from = rows->values;
        v8d a = v8d_set(0.0);
        for (size_t column = 0; column < rows->n_columns; column++, from += rows->stride) {
            a += v8d_load(from + row) * from[point];
        }
        v8d_store(out + row, a);
    }
}

/** exp(-gamma (|x|^2 + |z|^2 - 2 x.z)); rounding must not make a distance negative. */
PEREBOR_INLINE v8d rbf(v8d dot, v8d norms, v8d norm, v8d minus_gamma) {
    v8d distance = (norms + norm) - (dot + dot);
    distance = v8d_select(distance > v8d_set(0.0), distance, v8d_set(0.0));
    return v8d_exp(minus_gamma * distance);
}

/** By squaring, as LIBSVM does. */
PEREBOR_INLINE v8d whole_power(v8d base, int64_t degree) {
    v8d power = v8d_set(1.0);
    for (int64_t left = degree; left > 0; left >>= 1) {
        if ((left & 1) != 0) {
            power *= base;
        }
        base *= base;
    }
    return power;
}

/** (1 - e) / (1 + e) with e = exp(-2 |x|), and the sign of x. */
PEREBOR_INLINE v8d tanh_of(v8d x) {
    v8d e = v8d_exp(v8d_set(-2.0) * v8d_abs(x));
    v8d t = (v8d_set(1.0) - e) / (v8d_set(1.0) + e);
    return v8d_select(x < v8d_set(0.0), -t, t);
}

PEREBOR_INLINE v8d value(const svc_kernel *kernel, v8d dot, v8d norms, v8d norm) {
    v8d gamma = v8d_set(kernel->gamma);
    switch (kernel->kind) {
    case SVC_LINEAR:
        return dot;
    case SVC_RBF:
        return rbf(dot, norms, norm, -gamma);
    case SVC_POLY:
        return whole_power(gamma * dot + v8d_set(kernel->coef0), kernel->degree);
    case SVC_SIGMOID:
        break;
    }
    return tanh_of(gamma * dot + v8d_set(kernel->coef0));
}

static void values(const svc_kernel *kernel, const double *dot, const double *norms, double norm,
                   size_t n, double *to) {
    const svc_kernel copy = *kernel;
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        v8d_store(to + i, value(&copy, v8d_load(dot + i), v8d_load(norms + i), v8d_set(norm)));
    }
}

static void entries(const svc_kernel *kernel, const double *dot, const double *norms, double norm,
                    size_t n, float *to) {
    const svc_kernel copy = *kernel;
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        v8d lanes = value(&copy, v8d_load(dot + i), v8d_load(norms + i), v8d_set(norm));
        v8f rounded = __builtin_convertvector(lanes, v8f);
        memcpy(to + i, &rounded, sizeof rounded);
    }
}

static void accumulate(double coefficient, const double *from, size_t n, double *sums) {
    v8d by = v8d_set(coefficient);
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        v8d_store(sums + i, v8d_load(sums + i) + by * v8d_load(from + i));
    }
}

const struct svc_kernels PEREBOR_KERNEL(svc_kernels) = {
    .dots = dots,
    .dots_of_one = dots_of_one,
    .values = values,
    .entries = entries,
    .accumulate = accumulate,
};
