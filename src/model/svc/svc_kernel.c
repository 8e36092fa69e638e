// SPDX-License-Identifier: MIT
#include "model/svc/svc_kernel.h"

#include "model/svc/svc_lanes.h"

enum { width = PEREBOR_NATIVE_LANES, block_size = 128, n_floats = SVC_FLOATS, most_vectors = 8 };

/** Adds 1, the product of the level's column, where a row has the level @p code. */
PEREBOR_INLINE vnd add_level(vnd sum, vns codes, uint32_t code) {
    const vns same = codes == (int32_t)code; // -1 where it is
    return sum - __builtin_convertvector(same, vnd);
}

/**
 * Dot products with rows [begin, begin + n), less the group's centres if it has some. Two vectors
 * of rows at a time: eight sums stay in registers while the columns go by, and each loaded vector
 * serves four points.
 */
PEREBOR_INLINE void block_dots_of(bool centred, const svc_group *group, const perebor_matrix *rows,
                                  size_t begin, size_t n, double *const out[SVC_POINTS]) {
    size_t stride = rows->stride;
    size_t n_columns = perebor_matrix_n_dense(rows);
    const double *points = group->values;
    for (size_t row = 0; row < n; row += 2 * width) {
        // The stride is a multiple of 8, so a second vector that lies beyond it is not loaded.
        size_t second = row + width < n ? width : 0;
        const double *from = rows->values + begin + row;
        vnd a0 = vnd_all(0.0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        for (size_t column = 0; column < n_columns; column++, from += stride) {
            const double *point = points + column * SVC_POINTS;
            vnd x0 = vnd_load(from);
            vnd x1 = vnd_load(from + second);
            if (centred) {
                x0 -= group->centres[column];
                x1 -= group->centres[column];
            }
            a0 += x0 * point[0];
            a1 += x1 * point[0];
            b0 += x0 * point[1];
            b1 += x1 * point[1];
            c0 += x0 * point[2];
            c1 += x1 * point[2];
            d0 += x0 * point[3];
            d1 += x1 * point[3];
        }
        for (size_t block = 0; block < rows->n_indicators; block++) {
            const uint32_t *from_codes = rows->indicators[block].codes + begin + row;
            const uint32_t *code = group->codes + block * SVC_POINTS;
            vns x0 = vns_load(from_codes);
            vns x1 = vns_load(from_codes + second);
            a0 = add_level(a0, x0, code[0]);
            a1 = add_level(a1, x1, code[0]);
            b0 = add_level(b0, x0, code[1]);
            b1 = add_level(b1, x1, code[1]);
            c0 = add_level(c0, x0, code[2]);
            c1 = add_level(c1, x1, code[2]);
            d0 = add_level(d0, x0, code[3]);
            d1 = add_level(d1, x1, code[3]);
        }
        vnd_store(out[0] + row + second, a1);
        vnd_store(out[1] + row + second, b1);
        vnd_store(out[2] + row + second, c1);
        vnd_store(out[3] + row + second, d1);
        vnd_store(out[0] + row, a0);
        vnd_store(out[1] + row, b0);
        vnd_store(out[2] + row, c0);
        vnd_store(out[3] + row, d0);
    }
}

PEREBOR_INLINE void block_dots(const svc_group *group, const perebor_matrix *rows, size_t begin,
                               size_t n, double *const out[SVC_POINTS]) {
    if (group->centres != NULL) {
        block_dots_of(true, group, rows, begin, n, out);
    } else {
        block_dots_of(false, group, rows, begin, n, out);
    }
}

/**
 * exp(x) for x <= 0, to 1e-13 of its value and exact at 0; 0 below -708. A polynomial (through
 * Chebyshev's nodes of [-ln(2)/2, ln(2)/2]) instead of v8d_exp()'s quotient: a division takes
 * longer than all the rest, and kernel values are rounded to float.
 */
PEREBOR_INLINE vnd decay(vnd x) {
    const double round = 6755399441055744.0; // 1.5 * 2^52: adding it rounds to an integer
    vnd shifted = x * 1.44269504088896338700e+00 + round;
    vnd k = shifted - round;
    vnd r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    vnd t = r * r;
    vnd even =
        1.0 +
        t * (0.4999999999995507 +
             t * (0.041666666786337556 + t * (0.001388883909064138 + t * 2.4867883453521802e-05)));
    vnd odd =
        1.0 +
        t * (0.16666666666662583 +
             t * (0.008333333344209506 + t * (0.00019841224581544105 + t * 2.761757684835413e-06)));
    vnd scaled = (vnd)((vnu)(even + r * odd) + ((vnu)shifted << 52));
    return vnd_choose(vnd_greater(x, vnd_all(-708.0)), scaled, vnd_all(0.0));
}

/** exp(-gamma (|x|^2 + |z|^2 - 2 x.z)); rounding must not make a distance negative. */
PEREBOR_INLINE vnd rbf(vnd dot, vnd norms, double norm, double gamma) {
    vnd distance = vnd_max((norms + norm) - (dot + dot), vnd_all(0.0));
    return decay(-gamma * distance);
}

/** By squaring, as LIBSVM does. */
PEREBOR_INLINE vnd whole_power(vnd base, int64_t degree) {
    vnd power = vnd_all(1.0);
    for (int64_t left = degree; left > 0; left >>= 1) {
        if ((left & 1) != 0) {
            power *= base;
        }
        base *= base;
    }
    return power;
}

/** (1 - e) / (1 + e) with e = exp(-2 |x|), and the sign of x. */
PEREBOR_INLINE vnd tanh_of(vnd x) {
    vnd e = decay(-2.0 * vnd_max(x, -x));
    vnd t = (1.0 - e) / (1.0 + e);
    return vnd_choose(vnd_greater(vnd_all(0.0), x), -t, t);
}

PEREBOR_INLINE vnd kernel_value(svc_kernel_kind kind, const svc_kernel *kernel, vnd dot, vnd norms,
                                double norm) {
    switch (kind) {
    case SVC_LINEAR:
        return dot;
    case SVC_RBF:
        return rbf(dot, norms, norm, kernel->gamma);
    case SVC_POLY:
        return whole_power(kernel->gamma * dot + kernel->coef0, kernel->degree);
    case SVC_SIGMOID:
        break;
    }
    return tanh_of(kernel->gamma * dot + kernel->coef0);
}

/** A place for the dot products of a block, which never leave the first level of cache. */
#define BLOCK_BUFFERS(name)                                                                        \
    double name##_of[SVC_POINTS][block_size] __attribute__((aligned(64)));                         \
    double *const name[SVC_POINTS] = {name##_of[0], name##_of[1], name##_of[2], name##_of[3]}

/** Calls a loop with the kind as a constant, so that it holds no branches. */
#define FOR_KIND(kind, loop, ...)                                                                  \
    do {                                                                                           \
        switch (kind) {                                                                            \
        case SVC_LINEAR:                                                                           \
            loop(SVC_LINEAR, __VA_ARGS__);                                                         \
            break;                                                                                 \
        case SVC_RBF:                                                                              \
            loop(SVC_RBF, __VA_ARGS__);                                                            \
            break;                                                                                 \
        case SVC_POLY:                                                                             \
            loop(SVC_POLY, __VA_ARGS__);                                                           \
            break;                                                                                 \
        case SVC_SIGMOID:                                                                          \
            loop(SVC_SIGMOID, __VA_ARGS__);                                                        \
            break;                                                                                 \
        }                                                                                          \
    } while (0)

/**
 * decay() in single precision: to 1e-7 of its value and exact at 0; 0 below -44, since what is less
 * than 2^-63 of k(x, x) changes no sum, while products of it and of small steps would lie below the
 * normal numbers, where processors take a hundred times as long. Reduced it is exp(x) - 1, to 1e-7
 * of that.
 */
PEREBOR_INLINE vwf single_decay(vwf x, bool reduced) {
    const float round = 12582912.0f; // 1.5 * 2^23
    vwf shifted = x * 1.44269504f + round;
    vwf k = shifted - round;
    vwf r = (x - k * 0.693359375f) + k * 2.12194440e-4f;
    vwf p = 1.9875691500e-4f * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    vwf beyond_one = p * (r * r) + r; // exp(r) - 1, with r = x where k = 0
    vwf scaled = (vwf)((vwu)(beyond_one + 1.0f) + ((vwu)shifted << 23));
    vwf value = vwf_choose(vwf_greater(x, vwf_all(-44.0f)), scaled, vwf_all(0.0f));
    return reduced ? vwf_choose(vwf_at_least(k, vwf_all(0.0f)), beyond_one, value - 1.0f) : value;
}

/** The square of a difference, which rbf adds up. */
PEREBOR_INLINE vwf square(vwf x, float point) {
    vwf difference = x - point;
    return difference * difference;
}

/**
 * What one block of levels adds to squared distances. The column of the lower level comes first, as
 * among dense columns; where levels are the same both are 0.
 */
PEREBOR_INLINE vwf add_levels(vwf sum, vwu codes, vwf squares, uint32_t code, float square) {
    const vwu other = code - (vwu){0};
    const vwf whole = vwf_all(square);
    const vwu differ = (vwu)(codes != other);
    const vwu below = (vwu)(codes < other);
    const vwf first = (vwf)((below & (vwu)squares) | (~below & (vwu)whole));
    const vwf second = (vwf)((below & (vwu)whole) | (~below & (vwu)squares));
    sum += (vwf)(differ & (vwu)first);
    return sum + (vwf)(differ & (vwu)second);
}

/** Adds the levels of rows from @p row on to the sums of one point. */
PEREBOR_INLINE void add_blocks(const svc_singles *rows, const svc_single_group *points,
                               size_t point, size_t row, vwf *first, vwf *second) {
    for (size_t block = 0; block < rows->n_blocks; block++) {
        const uint32_t *codes = rows->codes + block * rows->length + row;
        const float *squares = rows->squares + block * rows->length + row;
        uint32_t code = points->codes[block * SVC_POINTS + point];
        float square = points->squares[block * SVC_POINTS + point];
        *first = add_levels(*first, vwu_load(codes), vwf_load(squares), code, square);
        *second = add_levels(*second, vwu_load(codes + n_floats), vwf_load(squares + n_floats),
                             code, square);
    }
}

/**
 * Two vectors of rows at a time: eight sums stay in registers while the columns go by, and each
 * loaded vector serves four points.
 */
PEREBOR_INLINE void radial_of(bool reduced, double gamma, const svc_single_group *points,
                              const svc_singles *rows, size_t begin, size_t end,
                              float *const to[SVC_POINTS]) {
    const float rate = -(float)gamma;
    for (size_t row = begin; row < end; row += 2 * n_floats) {
        const float *from = rows->values + row;
        const float *point = points->values;
        vwf a0 = vwf_all(0.0f), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        for (size_t column = 0; column < rows->n_columns; column++) {
            vwf x0 = vwf_load(from);
            vwf x1 = vwf_load(from + n_floats);
            a0 += square(x0, point[0]);
            a1 += square(x1, point[0]);
            b0 += square(x0, point[1]);
            b1 += square(x1, point[1]);
            c0 += square(x0, point[2]);
            c1 += square(x1, point[2]);
            d0 += square(x0, point[3]);
            d1 += square(x1, point[3]);
            from += rows->length;
            point += SVC_POINTS;
        }
        add_blocks(rows, points, 0, row, &a0, &a1);
        add_blocks(rows, points, 1, row, &b0, &b1);
        add_blocks(rows, points, 2, row, &c0, &c1);
        add_blocks(rows, points, 3, row, &d0, &d1);
        vwf_store(to[0] + row, single_decay(rate * a0, reduced));
        vwf_store(to[0] + row + n_floats, single_decay(rate * a1, reduced));
        vwf_store(to[1] + row, single_decay(rate * b0, reduced));
        vwf_store(to[1] + row + n_floats, single_decay(rate * b1, reduced));
        vwf_store(to[2] + row, single_decay(rate * c0, reduced));
        vwf_store(to[2] + row + n_floats, single_decay(rate * c1, reduced));
        vwf_store(to[3] + row, single_decay(rate * d0, reduced));
        vwf_store(to[3] + row + n_floats, single_decay(rate * d1, reduced));
    }
}

/** The same for the first of the points alone, of some vectors of rows. */
PEREBOR_INLINE void radial_vectors(size_t n_vectors, bool reduced, float rate,
                                   const svc_single_group *points, const svc_singles *rows,
                                   size_t row, float *to) {
    const float *from = rows->values + row;
    vwf sums[most_vectors];
    for (size_t i = 0; i < n_vectors; i++) {
        sums[i] = vwf_all(0.0f);
    }
    for (size_t column = 0; column < rows->n_columns; column++, from += rows->length) {
        float point = points->values[column * SVC_POINTS];
        for (size_t i = 0; i < n_vectors; i++) {
            sums[i] += square(vwf_load(from + i * n_floats), point);
        }
    }
    for (size_t i = 0; i < n_vectors; i += 2) {
        add_blocks(rows, points, 0, row + i * n_floats, &sums[i], &sums[i + 1]);
    }
    for (size_t i = 0; i < n_vectors; i++) {
        vwf_store(to + row + i * n_floats, single_decay(rate * sums[i], reduced));
    }
}

/** Eight sums at a time, as many as additions need that each take the time of four; then a pad. */
PEREBOR_INLINE void radial_row_of(bool reduced, double gamma, const svc_single_group *points,
                                  const svc_singles *rows, size_t begin, size_t end, float *to) {
    enum { n_side_by_side = most_vectors * n_floats };
    const float rate = -(float)gamma;
    size_t row = begin;
    for (; row + n_side_by_side <= end; row += n_side_by_side) {
        radial_vectors(most_vectors, reduced, rate, points, rows, row, to);
    }
    for (; row < end; row += SVC_PAD) {
        radial_vectors(SVC_PAD / n_floats, reduced, rate, points, rows, row, to);
    }
}

static void radial_row(const svc_kernel *kernel, const svc_single_group *points,
                       const svc_singles *rows, size_t begin, size_t end, float *to) {
    if (kernel->reduced) {
        radial_row_of(true, kernel->gamma, points, rows, begin, end, to);
    } else {
        radial_row_of(false, kernel->gamma, points, rows, begin, end, to);
    }
}

static void radial(const svc_kernel *kernel, const svc_single_group *points,
                   const svc_singles *rows, size_t begin, size_t end, float *const to[SVC_POINTS]) {
    if (kernel->reduced) {
        radial_of(true, kernel->gamma, points, rows, begin, end, to);
    } else {
        radial_of(false, kernel->gamma, points, rows, begin, end, to);
    }
}

PEREBOR_INLINE void rounded_of(svc_kernel_kind kind, const svc_kernel *kernel, const double *dots,
                               size_t n, float *to) {
    const svc_kernel copy = *kernel;
    const vnd none = vnd_all(0.0);
    const vnd origin = copy.reduced ? kernel_value(kind, &copy, none, none, 0.0) : none;
    for (size_t i = 0; i < n; i += width) {
        vnd value = kernel_value(kind, &copy, vnd_load(dots + i), none, 0.0);
        vnf_store(to + i, vnf_narrow(value - origin));
    }
}

static void rounded(const svc_kernel *kernel, const double *dots, size_t n, float *to) {
    FOR_KIND(kernel->kind, rounded_of, kernel, dots, n, to);
}

PEREBOR_INLINE void values_of(svc_kernel_kind kind, const svc_kernel *kernel, double *dots,
                              size_t n) {
    const svc_kernel copy = *kernel;
    const vnd none = vnd_all(0.0);
    for (size_t i = 0; i < n; i += width) {
        vnd_store(dots + i, kernel_value(kind, &copy, vnd_load(dots + i), none, 0.0));
    }
}

static void values(const svc_kernel *kernel, double *dots, size_t n) {
    FOR_KIND(kernel->kind, values_of, kernel, dots, n);
}

/** Dot products of the first point alone with some vectors of rows. */
PEREBOR_INLINE void vector_dots(size_t n_vectors, const svc_group *group,
                                const perebor_matrix *rows, size_t begin, double *out) {
    const double *from = rows->values + begin;
    size_t n_columns = perebor_matrix_n_dense(rows);
    vnd sums[4];
    for (size_t i = 0; i < n_vectors; i++) {
        sums[i] = vnd_all(0.0);
    }
    for (size_t column = 0; column < n_columns; column++, from += rows->stride) {
        double point = group->values[column * SVC_POINTS];
        for (size_t i = 0; i < n_vectors; i++) {
            sums[i] += vnd_load(from + i * width) * point;
        }
    }
    for (size_t block = 0; block < rows->n_indicators; block++) {
        const uint32_t *codes = rows->indicators[block].codes + begin;
        for (size_t i = 0; i < n_vectors; i++) {
            sums[i] =
                add_level(sums[i], vns_load(codes + i * width), group->codes[block * SVC_POINTS]);
        }
    }
    for (size_t i = 0; i < n_vectors; i++) {
        vnd_store(out + i * width, sums[i]);
    }
}

/** Dot products of the first point alone, of four vectors of rows at a time. */
PEREBOR_INLINE void row_dots(const svc_group *group, const perebor_matrix *rows, size_t begin,
                             size_t n, double *out) {
    size_t row = 0;
    for (; row + 4 * width <= n; row += 4 * width) {
        vector_dots(4, group, rows, begin + row, out + row);
    }
    for (; row < n; row += width) {
        vector_dots(1, group, rows, begin + row, out + row);
    }
}

static void product_row(const svc_kernel *kernel, const svc_group *group,
                        const perebor_matrix *rows, size_t begin, size_t end, float *to) {
    double dots[block_size] __attribute__((aligned(64)));
    for (size_t from = begin; from < end; from += block_size) {
        size_t n = end - from < block_size ? end - from : block_size;
        row_dots(group, rows, from, n, dots);
        rounded(kernel, dots, n, to + from);
    }
}

static void products(const svc_kernel *kernel, const svc_group *group, const perebor_matrix *rows,
                     size_t begin, size_t end, float *const to[SVC_POINTS]) {
    BLOCK_BUFFERS(dot);
    for (size_t from = begin; from < end; from += block_size) {
        size_t n = end - from < block_size ? end - from : block_size;
        block_dots_of(false, group, rows, from, n, dot);
        for (size_t point = 0; point < SVC_POINTS; point++) {
            rounded(kernel, dot[point], n, to[point] + from);
        }
    }
}

PEREBOR_INLINE void scores_of(svc_kernel_kind kind, const svc_kernel *kernel, const double *dot,
                              const double *norms, double norm, double coefficient, size_t n,
                              double *sums, double *nearest) {
    const svc_kernel copy = *kernel;
    for (size_t i = 0; i < n; i += width) {
        vnd values = kernel_value(kind, &copy, vnd_load(dot + i), vnd_load(norms + i), norm);
        vnd_store(sums + i, vnd_load(sums + i) + coefficient * values);
        if (kind == SVC_RBF) {
            vnd_store(nearest + i, vnd_max(vnd_load(nearest + i), values));
        }
    }
}

static void scores(const svc_kernel *kernel, const double *dot, const double *norms, double norm,
                   double coefficient, size_t n, double *sums, double *nearest) {
    FOR_KIND(kernel->kind, scores_of, kernel, dot, norms, norm, coefficient, n, sums, nearest);
}

static void group_scores(const svc_kernel *kernel, const svc_group *group,
                         const perebor_matrix *rows, const double *norms,
                         const double *coefficients, double *sums, double *nearest) {
    BLOCK_BUFFERS(dot);
    for (size_t begin = 0; begin < rows->stride; begin += block_size) {
        size_t n = rows->stride - begin < block_size ? rows->stride - begin : block_size;
        block_dots(group, rows, begin, n, dot);
        for (size_t point = 0; point < group->n_points; point++) {
            scores(kernel, dot[point], norms + begin, group->norms[point], coefficients[point], n,
                   sums + begin, nearest + begin);
        }
    }
}

const svc_kernels PEREBOR_KERNEL(svc_kernels) = {
    .radial = radial,
    .radial_row = radial_row,
    .products = products,
    .product_row = product_row,
    .values = values,
    .group_scores = group_scores,
};
