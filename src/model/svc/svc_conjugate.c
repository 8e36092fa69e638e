// SPDX-License-Identifier: MIT
/*
 * Where the points F that lie between their bounds are known, the rest of the dual (svc_smo.c) is
 *
 *     minimise   1/2 d'K_FF d - e_F'd   subject to   sum d = 0
 *
 * over what their coefficients change by: K_FF d + mu 1 = e_F, a system of linear equations.
 * Conjugate gradients (Hestenes and Stiefel, 1952), kept to sum d = 0 by a projected preconditioner
 * (Gould, Hribar and Nocedal, SIAM J. Sci. Comput. 23, 2001):
 *
 *     mu = w'e / w'1  with  w = M^-1 1,   z = M^-1 (e - mu 1),  so that 1'z = 0,
 *     rho = (e - mu 1)'z,   p = z + (rho / rho') p,   q = Kp,   alpha = rho / p'q,
 *     d += alpha p,   e -= alpha q.
 *
 * A product reads as many rows as n_F / 2 moves of pairs, one after the other, and goes further
 * once F is settled. If alpha p would take a coefficient past a bound, as much of it is done as
 * brings the first to its bound, where it stays, and directions begin anew (Polyak, 1969): D falls
 * with every step.
 *
 * M = D + U'U with few rows in U, and by Woodbury
 *
 *     M^-1 = D^-1 - D^-1 U' (1 + U D^-1 U')^-1 U D^-1
 *
 * whose inverse in the middle is that of the points that were free at the beginning. Those that
 * have left since have their rows and columns of M^-1 taken as zeros: what is left is positive
 * definite.
 *
 * Errors of all points of the block are kept up to date. Products are summed row by row, each
 * element on its own; other sums are in double precision and of a fixed order: no bit depends on
 * the instruction set.
 */
#include "model/svc/svc_conjugate.h"

#include <math.h>
#include <stdbool.h>

#include "base/deadline.h"
#include "model/svc/svc_lanes.h"

enum { n_floats = SVC_FLOATS };

/** Elements of a product that are summed side by side, and rows that are read together. */
enum { tile = 16, group = 8 };

/** Rows of U that are held against all others together. */
enum { rank_block = 32 };

/** A coefficient that is so near to a bound, of the distance between the bounds, is at it. */
static const double next_to = 0x1p-40;

typedef struct work {
    svc_quadratic *quadratic;
    float *shares;    /**< [n] 1 / D of free points, 0 of others. */
    float *ones;      /**< [n] w */
    float *residual;  /**< [n] e - mu 1 of free points */
    float *direction; /**< [n] p */
    float *product;   /**< [n] q, and z before */
    float *before;    /**< [n] e at the beginning */
    float *changes;   /**< [n] d */
    float *shared;    /**< [n] */
    double *sums;     /**< [rank] */
} work;

typedef float v8f __attribute__((vector_size(32)));

PEREBOR_INLINE v8d widen(const float *from) {
    v8f lanes;
    memcpy(&lanes, from, sizeof lanes);
    return __builtin_convertvector(lanes, v8d);
}

/** a'b */
static double dot(const float *a, const float *b, size_t n) {
    v8d sum = v8d_set(0.0);
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        sum += widen(a + i) * widen(b + i);
    }
    return v8d_sum(sum);
}

/** a'b of four b, which are rows of a matrix. @param[in] rows  [4][n] */
static void four_dots(const float *a, const float *rows, size_t n, double sums[4]) {
    v8d parts[4] = {v8d_set(0.0), v8d_set(0.0), v8d_set(0.0), v8d_set(0.0)};
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        v8d lanes = widen(a + i);
        for (size_t k = 0; k < 4; k++) {
            parts[k] += lanes * widen(rows + k * n + i);
        }
    }
    for (size_t k = 0; k < 4; k++) {
        sums[k] = v8d_sum(parts[k]);
    }
}

/** a'b of some b: the same bits whichever way they are taken. @param[in] rows  [n_rows][n] */
static void dots(const float *a, const float *rows, size_t n_rows, size_t n, double *sums) {
    size_t k = 0;
    for (; k + 4 <= n_rows; k += 4) {
        four_dots(a, rows + k * n, n, sums + k);
    }
    for (; k < n_rows; k++) {
        sums[k] = dot(a, rows + k * n, n);
    }
}

static double total(const float *a, size_t n) {
    v8d sum = v8d_set(0.0);
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        sum += widen(a + i);
    }
    return v8d_sum(sum);
}

/** from D^-1 */
static const float *share_out(const work *work, const float *from) {
    for (size_t i = 0; i < work->quadratic->n; i++) {
        work->shared[i] = work->shares[i] * from[i];
    }
    return work->shared;
}

/** 1 + U D^-1 U', its lower half: some columns at a time, whose rows of U stay in cache. */
static void multiply_factors(const work *work) {
    const svc_quadratic *quadratic = work->quadratic;
    size_t rank = quadratic->rank;
    size_t n = quadratic->n;
    for (size_t begin = 0; begin < rank; begin += rank_block) {
        for (size_t i = begin; i < rank; i++) {
            size_t end = i < begin + rank_block ? i + 1 : begin + rank_block;
            dots(share_out(work, quadratic->factors + i * n), quadratic->factors + begin * n,
                 end - begin, n, quadratic->root + i * rank + begin);
        }
    }
    for (size_t i = 0; i < rank; i++) {
        quadratic->root[i * rank + i] += 1.0;
    }
}

/** The Cholesky factor of 1 + U D^-1 U', in its lower half. @return whether there is one */
static bool decompose(const work *work) {
    const svc_quadratic *quadratic = work->quadratic;
    size_t rank = quadratic->rank;
    multiply_factors(work);
    for (size_t i = 0; i < rank; i++) {
        double *row = quadratic->root + i * rank;
        for (size_t j = 0; j <= i; j++) {
            const double *other = quadratic->root + j * rank;
            for (size_t k = 0; k < j; k++) {
                row[j] -= row[k] * other[k];
            }
            row[j] = i == j ? sqrt(row[j]) : row[j] / other[j];
        }
        if (!(row[i] > 0.0)) {
            return false;
        }
    }
    return true;
}

/** x of (1 + U D^-1 U') x = sums, in place. */
static void solve(const double *root, size_t rank, double *sums) {
    for (size_t i = 0; i < rank; i++) {
        for (size_t k = 0; k < i; k++) {
            sums[i] -= root[i * rank + k] * sums[k];
        }
        sums[i] /= root[i * rank + i];
    }
    for (size_t i = rank; i-- > 0;) {
        for (size_t k = i + 1; k < rank; k++) {
            sums[i] -= root[k * rank + i] * sums[k];
        }
        sums[i] /= root[i * rank + i];
    }
}

/** to = M^-1 from, of free points; @p from is zero of others. */
static void precondition(const work *work, const float *from, float *to) {
    const svc_quadratic *quadratic = work->quadratic;
    size_t n = quadratic->n;
    size_t rank = quadratic->rank;
    dots(share_out(work, from), quadratic->factors, rank, n, work->sums);
    solve(quadratic->root, rank, work->sums);
    memcpy(to, from, n * sizeof *to);
    for (size_t k = 0; k < rank; k++) {
        const float *row = quadratic->factors + k * n;
        float sum = (float)work->sums[k];
        for (size_t i = 0; i < n; i++) {
            to[i] -= sum * row[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        to[i] *= work->shares[i];
    }
}

/** w = M^-1 1 */
static void find_ones(const work *work) {
    for (size_t i = 0; i < work->quadratic->n; i++) {
        work->residual[i] = work->shares[i] > 0.0f ? 1.0f : 0.0f;
    }
    precondition(work, work->residual, work->ones);
}

/** The sum of each of four tiles, always in the same order: halves down to four lanes, ((0 + 2) +
 * (1
 * + 3)) of these. */
PEREBOR_INLINE v4f tile_sums(vwf parts[4][tile / n_floats]) {
    v4f lanes[4];
    for (size_t k = 0; k < 4; k++) {
        v4f quarters[4];
        memcpy(quarters, parts[k], sizeof quarters);
        lanes[k] = (quarters[0] + quarters[2]) + (quarters[1] + quarters[3]);
    }
    const v4f low = __builtin_shufflevector(lanes[0], lanes[1], 0, 4, 1, 5);
    const v4f high = __builtin_shufflevector(lanes[0], lanes[1], 2, 6, 3, 7);
    const v4f other_low = __builtin_shufflevector(lanes[2], lanes[3], 0, 4, 1, 5);
    const v4f other_high = __builtin_shufflevector(lanes[2], lanes[3], 2, 6, 3, 7);
    const v4f pairs = low + high; // 0 + 2 of two tiles, 1 + 3 of two tiles
    const v4f other_pairs = other_low + other_high;
    return __builtin_shufflevector(pairs, other_pairs, 0, 1, 4, 5) +
           __builtin_shufflevector(pairs, other_pairs, 2, 3, 6, 7);
}

/**
 * What some free points of one tile add to q: those of the tile add K_ij p_i to its elements j, and
 * to element j beyond it, while what is beyond adds K_ij p_j to theirs.
 */
static void add_rows(const work *work, const size_t *points, size_t n_rows, size_t begin) {
    size_t n = work->quadratic->n;
    float *restrict to = work->product;
    const float *restrict directions = work->direction;
    const float *rows[group];
    vwf factors[group];
    vwf sums[group][tile / n_floats];
    for (size_t k = 0; k < group; k++) {
        rows[k] = work->quadratic->entries + points[k < n_rows ? k : 0] * n;
        factors[k] = vwf_all(k < n_rows ? directions[points[k]] : 0.0f);
        for (size_t part = 0; part < tile / n_floats; part++) {
            sums[k][part] = vwf_all(0.0f);
        }
    }
    for (size_t i = begin; i < begin + tile; i += n_floats) {
        vwf product = vwf_load(to + i);
        for (size_t k = 0; k < group; k++) {
            product += factors[k] * vwf_load(rows[k] + i);
        }
        vwf_store(to + i, product);
    }
    for (size_t from = begin + tile; from < n; from += tile) {
        for (size_t part = 0; part < tile / n_floats; part++) {
            size_t i = from + part * n_floats;
            vwf product = vwf_load(to + i);
            vwf direction = vwf_load(directions + i);
            for (size_t k = 0; k < group; k++) {
                vwf entries = vwf_load(rows[k] + i);
                product += factors[k] * entries;
                sums[k][part] += entries * direction;
            }
            vwf_store(to + i, product);
        }
    }
    const v4f both[2] = {tile_sums(sums), tile_sums(sums + 4)};
    float all[group];
    memcpy(all, both, sizeof all);
    for (size_t k = 0; k < n_rows; k++) {
        to[points[k]] += all[k];
    }
}

/** q = Kp, of free points: each kernel value beyond the tiles of the diagonal is read once for both
 * of its points. @return whether there was time */
static bool multiply(const work *work) {
    const size_t *free = work->quadratic->free;
    size_t n_free = work->quadratic->n_free;
    memset(work->product, 0, work->quadratic->n * sizeof *work->product);
    for (size_t k = 0, end = 0; k < n_free; k = end) {
        size_t begin = free[k] / tile * tile;
        while (end < n_free && free[end] < begin + tile) {
            end++;
        }
        for (; k + group <= end; k += group) {
            add_rows(work, free + k, group, begin);
        }
        if (k < end) {
            add_rows(work, free + k, end - k, begin);
        }
        if (perebor_deadline_passed()) {
            return false;
        }
    }
    return true;
}

/** Some rows to the product, while an element of it is in its register. */
PEREBOR_INLINE void add_changes(const work *work, const size_t *points, size_t n_rows) {
    size_t n = work->quadratic->n;
    float *restrict to = work->product;
    const float *rows[group];
    vwf changes[group];
    for (size_t k = 0; k < n_rows; k++) {
        rows[k] = work->quadratic->entries + points[k] * n;
        changes[k] = vwf_all(work->changes[points[k]]);
    }
    for (size_t i = 0; i < n; i += n_floats) {
        vwf product = vwf_load(to + i);
        for (size_t k = 0; k < n_rows; k++) {
            product += changes[k] * vwf_load(rows[k] + i);
        }
        vwf_store(to + i, product);
    }
}

/** Takes what coefficients changed by off the errors of points that are not free. */
static void renew_others(const work *work) {
    const svc_quadratic *quadratic = work->quadratic;
    size_t n = quadratic->n;
    size_t points[group];
    size_t n_points = 0;
    memset(work->product, 0, n * sizeof *work->product);
    for (size_t i = 0; i < n; i++) {
        if (work->changes[i] != 0.0f) {
            points[n_points++] = i;
        }
        if (n_points == group) {
            add_changes(work, points, group);
            n_points = 0;
        }
    }
    for (size_t k = 0; k < n_points; k++) {
        add_changes(work, points + k, 1);
    }
    for (size_t i = 0; i < n; i++) {
        quadratic->errors[i] =
            work->shares[i] > 0.0f ? quadratic->errors[i] : work->before[i] - work->product[i];
    }
}

/** p = M^-1 (e - mu 1) + (rho / rho') p @return rho */
static double turn(const work *work, double previous) {
    const float *errors = work->quadratic->errors;
    size_t n = work->quadratic->n;
    float mu = (float)(dot(work->ones, errors, n) / total(work->ones, n));
    for (size_t i = 0; i < n; i++) {
        work->residual[i] = work->shares[i] > 0.0f ? errors[i] - mu : 0.0f;
    }
    float *turned = work->product;
    precondition(work, work->residual, turned);
    double rho = dot(work->residual, turned, n);
    float share = previous > 0.0 ? (float)(rho / previous) : 0.0f;
    for (size_t i = 0; i < n; i++) {
        work->direction[i] = turned[i] + share * work->direction[i];
    }
    return rho;
}

/** How far the errors of free points lie apart. */
static double spread(const work *work) {
    vwf most = vwf_all(-INFINITY);
    vwf least = most;
    for (size_t i = 0; i < work->quadratic->n; i += n_floats) {
        vwm is_free = vwf_greater(vwf_load(work->shares + i), vwf_all(0.0f));
        vwf error = vwf_load(work->quadratic->errors + i);
        most = vwf_max(vwf_choose(is_free, error, vwf_all(-INFINITY)), most);
        least = vwf_max(vwf_choose(is_free, -error, vwf_all(-INFINITY)), least);
    }
    float highest = most[0];
    float lowest = least[0];
    for (int lane = 1; lane < n_floats; lane++) {
        highest = most[lane] > highest ? most[lane] : highest;
        lowest = least[lane] > lowest ? least[lane] : lowest;
    }
    return (double)highest + (double)lowest;
}

/** As much of a step as no bound forbids. */
static double as_far_as_bounds(const work *work, double step) {
    const svc_quadratic *quadratic = work->quadratic;
    for (size_t k = 0; k < quadratic->n_free; k++) {
        size_t i = quadratic->free[k];
        double slope = (double)work->direction[i];
        double coefficient = quadratic->coefficients[i];
        double moved = coefficient + step * slope;
        if (moved > quadratic->highest[i]) {
            step = (quadratic->highest[i] - coefficient) / slope;
        } else if (moved < quadratic->lowest[i]) {
            step = (quadratic->lowest[i] - coefficient) / slope;
        }
    }
    return step;
}

/** d += alpha p, e -= alpha q */
static void move(const work *work, double step) {
    const float factor = (float)step;
    const svc_quadratic *quadratic = work->quadratic;
    for (size_t k = 0; k < quadratic->n_free; k++) {
        size_t i = quadratic->free[k];
        quadratic->coefficients[i] += step * (double)work->direction[i];
    }
    for (size_t i = 0; i < quadratic->n; i++) {
        work->changes[i] += factor * work->direction[i];
        quadratic->errors[i] -= factor * work->product[i];
    }
}

/** What has reached a bound stays there. @return whether anything has */
static bool settle(work *work) {
    svc_quadratic *quadratic = work->quadratic;
    size_t n = 0;
    size_t before = quadratic->n_free;
    for (size_t k = 0; k < before; k++) {
        size_t i = quadratic->free[k];
        double near = next_to * (quadratic->highest[i] - quadratic->lowest[i]);
        double *coefficient = &quadratic->coefficients[i];
        if (*coefficient >= quadratic->highest[i] - near) {
            *coefficient = quadratic->highest[i];
        } else if (*coefficient <= quadratic->lowest[i] + near) {
            *coefficient = quadratic->lowest[i];
        } else {
            quadratic->free[n++] = i;
            continue;
        }
        work->shares[i] = 0.0f;
        work->direction[i] = 0.0f;
    }
    quadratic->n_free = n;
    return n < before;
}

/** @return whether there is a preconditioner */
static bool begin(work *work, svc_quadratic *quadratic) {
    size_t n = quadratic->n;
    *work = (struct work){.quadratic = quadratic,
                          .shares = quadratic->arrays,
                          .ones = quadratic->arrays + n,
                          .residual = quadratic->arrays + 2 * n,
                          .direction = quadratic->arrays + 3 * n,
                          .product = quadratic->arrays + 4 * n,
                          .before = quadratic->arrays + 5 * n,
                          .changes = quadratic->arrays + 6 * n,
                          .shared = quadratic->arrays + 7 * n,
                          .sums = quadratic->root + quadratic->rank * quadratic->rank};
    memset(work->shares, 0, n * sizeof *work->shares);
    memset(work->direction, 0, n * sizeof *work->direction);
    memset(work->changes, 0, n * sizeof *work->changes);
    memcpy(work->before, quadratic->errors, n * sizeof *work->before);
    for (size_t k = 0; k < quadratic->n_free; k++) {
        size_t i = quadratic->free[k];
        work->shares[i] = 1.0f / quadratic->rests[i];
    }
    if (!decompose(work)) {
        return false;
    }
    find_ones(work);
    return true;
}

static size_t descend(svc_quadratic *quadratic, double tolerance, size_t most) {
    work work;
    size_t n_products = 0;
    double rho = 0.0; // of no direction yet
    if (!begin(&work, quadratic)) {
        return 0;
    }
    while (n_products < most && quadratic->n_free > 1 && spread(&work) > tolerance) {
        rho = turn(&work, rho);
        if (!multiply(&work)) {
            break;
        }
        n_products++;
        double curvature = dot(work.direction, work.product, quadratic->n);
        double step = rho / curvature;
        if (!(curvature > 0.0) || !isfinite(step)) {
            break;
        }
        move(&work, as_far_as_bounds(&work, step));
        if (settle(&work)) {
            rho = 0.0;
            find_ones(&work);
        }
    }
    if (n_products > 0) {
        renew_others(&work);
    }
    return n_products;
}

const svc_conjugates PEREBOR_KERNEL(svc_conjugates) = {.descend = descend};
