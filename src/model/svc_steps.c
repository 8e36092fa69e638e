// SPDX-License-Identifier: MIT
#include "model/svc_steps.h"

#include "model/svc_lanes.h"

/** A running maximum in each lane and where it was, as a real: exact up to 2^53. */
struct leader {
    v8d value;
    v8d at;
};

static const v8d lane_numbers = {0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0};

/** The last of the greatest of all lanes of two leaders. */
PEREBOR_INLINE double leader_last(const struct leader leaders[2], size_t *at) {
    double value = -__builtin_inf();
    double place = 0.0;
    for (size_t lane = 0; lane < 2 * (size_t)PEREBOR_LANES; lane++) {
        double other = leaders[lane / PEREBOR_LANES].value[lane % PEREBOR_LANES];
        double other_at = leaders[lane / PEREBOR_LANES].at[lane % PEREBOR_LANES];
        if (other > value || (other == value && other_at > place)) {
            value = other;
            place = other_at;
        }
    }
    *at = (size_t)place;
    return value;
}

PEREBOR_INLINE double lowest_of(v8d a, v8d b) {
    v8d lanes = v8d_choose(v8d_greater(a, b), b, a);
    double lowest = lanes[0];
    for (size_t lane = 1; lane < PEREBOR_LANES; lane++) {
        lowest = lanes[lane] < lowest ? lanes[lane] : lowest;
    }
    return lowest;
}

static void move(double step, const float *row_i, const float *row_j, const double *ceilings,
                 const double *floors, size_t n, double *errors, svc_extremes *extremes) {
    v8d by = v8d_set(step);
    struct leader high[2];
    v8d low[2] = {v8d_set(__builtin_inf()), v8d_set(__builtin_inf())};
    v8d at = lane_numbers;
    high[0] = high[1] = (struct leader){v8d_set(-__builtin_inf()), lane_numbers};
    for (size_t i = 0; i < n; i += 2 * PEREBOR_LANES) {
        for (size_t half = 0; half < 2; half++) {
            size_t t = i + half * PEREBOR_LANES;
            v8d error = v8d_load(errors + t) - by * (v8d_widen(row_i + t) - v8d_widen(row_j + t));
            v8d_store(errors + t, error);
            v8d up = error + v8d_load(ceilings + t);
            v8d down = error + v8d_load(floors + t);
            v8m higher = v8d_at_least(up, high[half].value);
            high[half].value = v8d_choose(higher, up, high[half].value);
            high[half].at = v8d_choose(higher, at, high[half].at);
            low[half] = v8d_choose(v8d_greater(low[half], down), down, low[half]);
            at += v8d_set(PEREBOR_LANES);
        }
    }
    extremes->highest = leader_last(high, &extremes->at);
    extremes->lowest = lowest_of(low[0], low[1]);
}

/** A running maximum of fractions, compared by cross multiplication: dividing would be slower. */
struct fraction {
    v8d numerator;
    v8d denominator;
    v8d at;
};

static size_t partner(const svc_extremes *extremes, const float *row_i, double diagonal_i,
                      const double *diagonal, const double *errors, const double *floors,
                      size_t n) {
    v8d zero = v8d_set(0.0);
    v8d highest = v8d_set(extremes->highest);
    v8d curvature_i = v8d_set(diagonal_i);
    v8d tau = v8d_set(SVC_TAU);
    v8d at = lane_numbers;
    struct fraction best[2];
    best[0] = best[1] = (struct fraction){zero, v8d_set(1.0), lane_numbers};
    for (size_t i = 0; i < n; i += 2 * PEREBOR_LANES) {
        for (size_t half = 0; half < 2; half++) {
            size_t t = i + half * PEREBOR_LANES;
            v8d gap = highest - (v8d_load(errors + t) + v8d_load(floors + t));
            v8d entry = v8d_widen(row_i + t);
            v8d curvature = (curvature_i + v8d_load(diagonal + t)) - (entry + entry);
            gap = v8d_choose(v8d_greater(gap, zero), gap, zero);
            curvature = v8d_choose(v8d_greater(curvature, zero), curvature, tau);
            v8d numerator = gap * gap;
            v8m better =
                v8d_at_least(numerator * best[half].denominator, best[half].numerator * curvature);
            best[half].numerator = v8d_choose(better, numerator, best[half].numerator);
            best[half].denominator = v8d_choose(better, curvature, best[half].denominator);
            best[half].at = v8d_choose(better, at, best[half].at);
            at += v8d_set(PEREBOR_LANES);
        }
    }
    double value = -1.0;
    double place = 0.0;
    for (size_t lane = 0; lane < 2 * (size_t)PEREBOR_LANES; lane++) {
        const struct fraction *from = &best[lane / PEREBOR_LANES];
        size_t of = lane % PEREBOR_LANES;
        double decrease = from->numerator[of] / from->denominator[of];
        if (decrease > value || (decrease == value && from->at[of] > place)) {
            value = decrease;
            place = from->at[of];
        }
    }
    return (size_t)place;
}

static void subtract(double coefficient, const float *row, size_t n, double *errors) {
    v8d by = v8d_set(coefficient);
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        v8d_store(errors + i, v8d_load(errors + i) - by * v8d_widen(row + i));
    }
}

const struct svc_steps PEREBOR_KERNEL(svc_steps) = {
    .move = move,
    .partner = partner,
    .subtract = subtract,
};
