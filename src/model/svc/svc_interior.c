// SPDX-License-Identifier: MIT
/*
 * The primal and its dual, of rows i with signs s_i and columns j with penalties p_j (of which the
 * bias b has none):
 *
 *     minimise over w, b, v   1/2 sum_j p_j w_j^2 + sum_i C_i v_i
 *     subject to              s_i (x_i.w + b) - 1 + v_i = z_i,   v_i >= 0,   z_i >= 0.
 *
 * a_i is the multiplier of row i's margin. Everything is optimal where, beside the line above,
 *
 *     p_j w_j = sum_i a_i s_i x_ij,   sum_i a_i s_i = 0,   (gradient by w and b)
 *     a_i z_i = 0,   (C_i - a_i) v_i = 0,   0 <= a_i <= C_i.   (complementarity)
 *
 * An interior point method keeps a, C - a, z, v > 0, puts mu in place of the two zeros, takes a
 * Newton step and lets mu fall. With f_i = x_i.w + b and delta_i = x_i.dw + db the step has
 *
 *     z da + a dz = mu - a z,   (C - a) dv - v da = mu - (C - a) v,   (1)
 *     s delta + dv - dz = 1 - s f - v + z.   (2)
 *
 * (1) gives  dz = (mu - z da) / a - z  and  dv = (mu + v da) / (C - a) - v;  in (2), row by row:
 *
 *     da = d (t - s delta),   1 / d = z / a + v / (C - a),   (3)
 *     t  = 1 - s f + mu / a - mu / (C - a),   (4)
 *
 * and the gradient's rows, of a + da, become the normal equations of (dw, db) alone:
 *
 *     p_j dw_j + sum_i d_i delta_i x_ij = sum_i s_i (a_i + d_i t_i) x_ij - p_j w_j.   (5)
 *
 * Mehrotra (SIAM J. Optim. 2, 1992) solves them twice. The predictor aims at mu = 0; how far it can
 * go says how small mu can be,  mu = (products after / products before)^3 * products / (2 n).  The
 * corrector aims there, with the predictor's second-order terms:
 *
 *     a z + z da + a dz + da dz = mu:               mu - da dz  in place of mu in dz and mu / a;
 *     (C - a) v - v da + (C - a) dv - da dv = mu:   mu + da dv  in that of dv and mu / (C - a).
 */
#include "model/svc/svc_interior.h"

#include "base/deadline.h"
#include "model/svc/svc_lanes.h"

enum { width = PEREBOR_NATIVE_LANES };

/** A pivot that is rounding, relative to its column. */
#define SVC_INTERIOR_COLLINEAR 1e-14

static double largest_lane(vnd lanes) {
    double largest = lanes[0];
    for (int lane = 1; lane < width; lane++) {
        largest = lanes[lane] > largest ? lanes[lane] : largest;
    }
    return largest;
}

/** sums[c][k] += sum_i u_c[i] x_k[i]: a pair of weighted columns with four columns over n rows. */
static void products(const double *u0, const double *u1, const double *const x[4], size_t n,
                     double sums[2][4]) {
    v8d a0 = v8d_set(0.0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        v8d u = v8d_load(u0 + i);
        v8d v = v8d_load(u1 + i);
        v8d x0 = v8d_load(x[0] + i);
        v8d x1 = v8d_load(x[1] + i);
        v8d x2 = v8d_load(x[2] + i);
        v8d x3 = v8d_load(x[3] + i);
        a0 += u * x0;
        a1 += u * x1;
        a2 += u * x2;
        a3 += u * x3;
        b0 += v * x0;
        b1 += v * x1;
        b2 += v * x2;
        b3 += v * x3;
    }
    sums[0][0] += v8d_sum(a0);
    sums[0][1] += v8d_sum(a1);
    sums[0][2] += v8d_sum(a2);
    sums[0][3] += v8d_sum(a3);
    sums[1][0] += v8d_sum(b0);
    sums[1][1] += v8d_sum(b1);
    sums[1][2] += v8d_sum(b2);
    sums[1][3] += v8d_sum(b3);
}

PEREBOR_INLINE void weigh(const double *scaling, const double *column, size_t n, double *weighted) {
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        v8d_store(weighted + i, v8d_load(scaling + i) * v8d_load(column + i));
    }
}

/**
 * N_jk += sum over the rows of one block of d_i x_ij x_ik, for j <= k: the left of (5). Columns
 * beyond the last are its repetitions, whose sums are not kept; the column of ones needs no
 * products: its sums are those of the weighted columns.
 */
static void normal_block(const perebor_matrix *rows, size_t begin, size_t n, const double *scaling,
                         double *weighted, double *normal) {
    size_t p = rows->n_columns;
    size_t size = p + 1;
    double *w0 = weighted;
    double *w1 = weighted + SVC_INTERIOR_BLOCK;
    for (size_t j = 0; j < p && !perebor_deadline_passed(); j += 2) {
        size_t j1 = j + 1 < p ? j + 1 : j;
        // d_i x_ij of two columns
        weigh(scaling + begin, perebor_matrix_column(rows, j) + begin, n, w0);
        weigh(scaling + begin, perebor_matrix_column(rows, j1) + begin, n, w1);
        // N_jp += sum d_i x_ij 1
        v8d s0 = v8d_set(0.0);
        v8d s1 = s0;
        for (size_t i = 0; i < n; i += PEREBOR_LANES) {
            s0 += v8d_load(w0 + i);
            s1 += v8d_load(w1 + i);
        }
        normal[j * size + p] += v8d_sum(s0);
        normal[j1 * size + p] += j1 > j ? v8d_sum(s1) : 0.0;
        for (size_t k = j; k < p; k += 4) {
            double sums[2][4] = {{0.0}};
            const double *columns[4];
            for (size_t c = 0; c < 4; c++) {
                columns[c] = perebor_matrix_column(rows, k + c < p ? k + c : p - 1) + begin;
            }
            products(w0, w1, columns, n, sums);
            for (size_t c = 0; c < 4 && k + c < p; c++) {
                normal[j * size + k + c] += sums[0][c];
                normal[j1 * size + k + c] += j1 > j ? sums[1][c] : 0.0;
            }
        }
    }
    // N_pp += sum d_i 1 1
    v8d total = v8d_set(0.0);
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        total += v8d_load(scaling + begin + i);
    }
    normal[p * size + p] += v8d_sum(total);
}

static void normal(const perebor_matrix *rows, const double *scaling, double *weighted,
                   double *to) {
    size_t size = rows->n_columns + 1;
    memset(to, 0, size * size * sizeof *to);
    for (size_t begin = 0; begin < rows->stride; begin += SVC_INTERIOR_BLOCK) {
        size_t n =
            rows->stride - begin < SVC_INTERIOR_BLOCK ? rows->stride - begin : SVC_INTERIOR_BLOCK;
        normal_block(rows, begin, n, scaling, weighted, to);
    }
}

/** Subtracts four rows above in turn from the rest of a row, from @p begin on. */
PEREBOR_INLINE void subtract_four(double *row, const double *above, size_t size, size_t begin,
                                  const double *by) {
    size_t j = begin;
    for (; j + width <= size; j += width) {
        vnd rest = vnd_load(row + j);
        for (size_t k = 0; k < 4; k++) {
            rest -= by[k] * vnd_load(above + k * size + j);
        }
        vnd_store(row + j, rest);
    }
    for (; j < size; j++) {
        for (size_t k = 0; k < 4; k++) {
            row[j] -= by[k] * above[k * size + j];
        }
    }
}

/**
 * Cholesky's algorithm, N = U'U, row by row:
 *
 *     U_ii = sqrt(N_ii - sum_{k < i} U_ki^2),   U_ij = (N_ij - sum_{k < i} U_ki U_kj) / U_ii.
 *
 * Where column i is a combination of those before it nothing but rounding is left below the root: a
 * pivot of 1e150 makes its weight's step 0.
 */
static void factorise(double *normal, size_t size) {
    size_t worked = 0;
    for (size_t i = 0; i < size && !perebor_deadline_passed_after(&worked, i * (size - i)); i++) {
        double *row = normal + i * size;
        double before = row[i];
        // row_j -= U_ki U_kj, four rows k at a time
        size_t k = 0;
        for (; k + 4 <= i; k += 4) {
            const double *above = normal + k * size;
            const double by[4] = {above[i], above[size + i], above[2 * size + i],
                                  above[3 * size + i]};
            subtract_four(row, above, size, i, by);
        }
        for (; k < i; k++) {
            const double *above = normal + k * size;
            double by = above[i];
            for (size_t j = i; j < size; j++) {
                row[j] -= by * above[j];
            }
        }
        double pivot = row[i] > SVC_INTERIOR_COLLINEAR * before ? __builtin_sqrt(row[i]) : 1e150;
        for (size_t j = i; j < size; j++) {
            row[j] /= pivot;
        }
        row[i] = pivot;
    }
}

/** sums_j = sum_i x_ij values_i, and sums_p = sum_i values_i: the right of (5). */
static void project(const perebor_matrix *rows, const double *values, double *sums) {
    size_t n = rows->stride;
    size_t column = 0;
    for (; column < rows->n_columns; column++) {
        const double *x = perebor_matrix_column(rows, column);
        v8d a = v8d_set(0.0);
        v8d b = a;
        size_t i = 0;
        for (; i + 2 * PEREBOR_LANES <= n; i += 2 * PEREBOR_LANES) {
            a += v8d_load(x + i) * v8d_load(values + i);
            b += v8d_load(x + i + PEREBOR_LANES) * v8d_load(values + i + PEREBOR_LANES);
        }
        if (i < n) {
            a += v8d_load(x + i) * v8d_load(values + i);
        }
        sums[column] = v8d_sum(a + b);
    }
    v8d total = v8d_set(0.0);
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        total += v8d_load(values + i);
    }
    sums[column] = v8d_sum(total);
}

/** decisions_i = sum_j weights_j x_ij + weights_p: f of (w, b), delta of (dw, db). */
static void combine(const perebor_matrix *rows, const double *weights, double *decisions) {
    size_t n = rows->stride;
    size_t p = rows->n_columns;
    for (size_t i = 0; i < n; i += 8) { // four, two or one register of rows
        const double *from = rows->values + i;
        vnd sums[8 / width];
        for (size_t part = 0; part < 8 / width; part++) {
            sums[part] = vnd_all(weights[p]);
        }
        for (size_t column = 0; column < p; column++, from += n) {
            for (size_t part = 0; part < 8 / width; part++) {
                sums[part] += vnd_load(from + part * width) * weights[column];
            }
        }
        for (size_t part = 0; part < 8 / width; part++) {
            vnd_store(decisions + i + part * width, sums[part]);
        }
    }
}

/** a, C - a, z and v of some rows. */
typedef struct lanes {
    vnd weight, room, slack, loss;
} lanes;

PEREBOR_INLINE lanes lanes_at(const svc_iterate *at, size_t i) {
    return (lanes){vnd_load(at->weight + i), vnd_load(at->room + i), vnd_load(at->slack + i),
                   vnd_load(at->loss + i)};
}

/** Keeps t, and s (a + d t), which (5) sums up. */
PEREBOR_INLINE void aim(svc_iterate *at, size_t i, vnd scaling, vnd target) {
    vnd turned = vnd_load(at->sign + i) * (vnd_load(at->weight + i) + scaling * target);
    vnd_store(at->target + i, target);
    vnd_store(at->turned + i, turned);
}

/** The sum over all rows of (a + step da) (z + step dz) + (C - a - step da) (v + step dv). */
static double products_after(const svc_iterate *at, double step) {
    v8d total = v8d_set(0.0);
    for (size_t i = 0; i < at->n; i += PEREBOR_LANES) {
        v8d sign = v8d_load(at->sign + i);
        v8d along = step * v8d_load(at->weight_step + i);
        v8d slack = v8d_load(at->slack + i) + step * v8d_load(at->slack_step + i);
        v8d loss = v8d_load(at->loss + i) + step * v8d_load(at->loss_step + i);
        v8d of_slack = (v8d_load(at->weight + i) + along) * slack;
        v8d of_loss = (v8d_load(at->room + i) - along) * loss;
        total += (sign * sign) * (of_slack + of_loss);
    }
    return v8d_sum(total);
}

/** d of (3), and (4) with mu = 0. */
static double predict(svc_iterate *at) {
    for (size_t i = 0; i < at->n; i += width) {
        lanes x = lanes_at(at, i);
        vnd sign = vnd_load(at->sign + i);
        // d = a (C - a) / (z (C - a) + v a), and 0 where s is
        vnd scaling =
            (sign * sign) * ((x.weight * x.room) / (x.slack * x.room + x.loss * x.weight));
        vnd_store(at->scaling + i, scaling);
        // t = 1 - s f
        aim(at, i, scaling, 1.0 - sign * vnd_load(at->decision + i));
    }
    return products_after(at, 0.0);
}

/** (3): da = d (t - s delta). */
PEREBOR_INLINE vnd weight_step_at(const svc_iterate *at, size_t i) {
    return vnd_load(at->scaling + i) *
           (vnd_load(at->target + i) - vnd_load(at->sign + i) * vnd_load(at->direction + i));
}

/**
 * The predictor's da, dz and dv, by (3) and (1) with mu = 0. A step of length l keeps a + l da,
 * C - a - l da, z + l dz and v + l dv from 0 as long as l is at most 1 over each of
 *
 *     -da / a,   da / (C - a),   -dz / z = 1 + da / a,   -dv / v = 1 - da / (C - a).
 */
static double affine(svc_iterate *at, double *sum) {
    vnd worst = vnd_all(1.0);
    for (size_t i = 0; i < at->n; i += width) {
        lanes x = lanes_at(at, i);
        vnd step = weight_step_at(at, i);
        vnd inverse = 1.0 / (x.weight * x.room);
        vnd up = step * (x.room * inverse);     // da / a
        vnd down = step * (x.weight * inverse); // da / (C - a)
        worst = vnd_max(vnd_max(vnd_max(-up, down), vnd_max(1.0 + up, 1.0 - down)), worst);
        vnd_store(at->weight_step + i, step);
        // dz = -z - z da / a,   dv = v da / (C - a) - v
        vnd_store(at->slack_step + i, -x.slack - x.slack * up);
        vnd_store(at->loss_step + i, x.loss * down - x.loss);
    }
    double longest = 1.0 / largest_lane(worst);
    *sum = products_after(at, longest);
    return longest;
}

/** (4) with what the corrector has in place of mu. */
static void correct(svc_iterate *at, double centre) {
    for (size_t i = 0; i < at->n; i += width) {
        lanes x = lanes_at(at, i);
        vnd step = vnd_load(at->weight_step + i);
        vnd inverse = 1.0 / (x.weight * x.room);
        // mu - da dz,   mu + da dv
        vnd of_slack = centre - step * vnd_load(at->slack_step + i);
        vnd of_loss = centre + step * vnd_load(at->loss_step + i);
        // t = 1 - s f + (mu - da dz) / a - (mu + da dv) / (C - a)
        vnd target = (1.0 - vnd_load(at->sign + i) * vnd_load(at->decision + i)) +
                     (of_slack * (x.room * inverse) - of_loss * (x.weight * inverse));
        // The second-order terms are needed once more when the step is known.
        vnd_store(at->slack_step + i, of_slack);
        vnd_store(at->loss_step + i, of_loss);
        aim(at, i, vnd_load(at->scaling + i), target);
    }
}

/** The corrector's da, dz and dv, by (3) and (1), and how long a step they allow. */
static double finish(svc_iterate *at) {
    vnd worst = vnd_all(1.0);
    for (size_t i = 0; i < at->n; i += width) {
        lanes x = lanes_at(at, i);
        vnd step = weight_step_at(at, i);
        vnd inverse = 1.0 / (x.weight * x.room);
        vnd by_weight = x.room * inverse; // 1 / a
        vnd by_room = x.weight * inverse; // 1 / (C - a)
        // dz = ((mu - da' dz') - z da) / a - z,   dv = ((mu + da' dv') + v da) / (C - a) - v
        vnd slack_step = (vnd_load(at->slack_step + i) - x.slack * step) * by_weight - x.slack;
        vnd loss_step = (vnd_load(at->loss_step + i) + x.loss * step) * by_room - x.loss;
        vnd by_multipliers = 1.0 / (x.slack * x.loss);
        // the greatest of -da / a, da / (C - a), -dz / z, -dv / v
        worst = vnd_max(vnd_max(-step * by_weight, step * by_room), worst);
        worst = vnd_max(vnd_max(-slack_step * (x.loss * by_multipliers),
                                -loss_step * (x.slack * by_multipliers)),
                        worst);
        vnd_store(at->weight_step + i, step);
        vnd_store(at->slack_step + i, slack_step);
        vnd_store(at->loss_step + i, loss_step);
    }
    return 1.0 / largest_lane(worst);
}

/** a + l da, C - a - l da, z + l dz, v + l dv; C - a is kept beside a, for its digits near 0. */
static void advance(svc_iterate *at, double step) {
    for (size_t i = 0; i < at->n; i += width) {
        lanes x = lanes_at(at, i);
        vnd along = step * vnd_load(at->weight_step + i);
        vnd_store(at->weight + i, x.weight + along);
        vnd_store(at->room + i, x.room - along);
        vnd_store(at->slack + i, x.slack + step * vnd_load(at->slack_step + i));
        vnd_store(at->loss + i, x.loss + step * vnd_load(at->loss_step + i));
    }
}

static void eliminate(const double *cross, const double *pivots, size_t n_levels, size_t size,
                      double *normal) {
    for (size_t i = 0; i < size && !perebor_deadline_passed(); i++) {
        double *row = normal + i * size;
        for (size_t level = 0; level < n_levels; level++) {
            const double *of_level = cross + level * size;
            double share = of_level[i] / pivots[level];
            for (size_t j = i; j < size; j++) {
                row[j] -= share * of_level[j];
            }
        }
    }
}

const svc_interior PEREBOR_KERNEL(svc_interior) = {
    .normal = normal,
    .factorise = factorise,
    .eliminate = eliminate,
    .project = project,
    .combine = combine,
    .predict = predict,
    .affine = affine,
    .correct = correct,
    .finish = finish,
    .advance = advance,
};
