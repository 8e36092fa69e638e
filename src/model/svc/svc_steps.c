// SPDX-License-Identifier: MIT
#include "model/svc/svc_steps.h"

#include <math.h>

#include "model/svc/svc_lanes.h"

enum { width = PEREBOR_NATIVE_LANES, n_floats = SVC_FLOATS };

/** 0, 1, 2, ... W - 1 */
PEREBOR_INLINE vnd lane_numbers(void) {
    vnd numbers;
    for (int lane = 0; lane < width; lane++) {
        numbers[lane] = lane;
    }
    return numbers;
}

PEREBOR_INLINE double greatest(vnd lanes) {
    double most = lanes[0];
    for (int lane = 1; lane < width; lane++) {
        most = lanes[lane] > most ? lanes[lane] : most;
    }
    return most;
}

/*
 * Both searches keep a maximum in each lane and where it was last seen. The maximum of all and the
 * last place of it do not depend on how many lanes there are.
 */

static void move(double step, const float *row_i, const float *row_j, const double *ceilings,
                 const double *floors, size_t n, double *errors, svc_extremes *extremes) {
    vnd high[2] = {vnd_all(-INFINITY), vnd_all(-INFINITY)};
    vnd low[2] = {vnd_all(INFINITY), vnd_all(INFINITY)};
    vnd places[2] = {lane_numbers(), lane_numbers()};
    vnd place = lane_numbers();
    for (size_t i = 0; i < n; i += 2 * width) {
        for (size_t half = 0; half < 2; half++) {
            size_t t = i + half * width;
            vnd row = vnd_widen(vnf_load(row_i + t)) - vnd_widen(vnf_load(row_j + t));
            vnd error = vnd_load(errors + t) - step * row;
            vnd_store(errors + t, error);
            vnd up = error + vnd_load(ceilings + t);
            vnd down = error + vnd_load(floors + t);
            places[half] = vnd_choose(vnd_at_least(up, high[half]), place, places[half]);
            high[half] = vnd_max(up, high[half]);
            low[half] = vnd_choose(vnd_greater(low[half], down), down, low[half]);
        }
        place += 2.0 * width;
    }
    vnd most = vnd_all(greatest(vnd_max(high[0], high[1])));
    vnd none = vnd_all(-1.0);
    vnd in_first = vnd_choose(vnd_at_least(high[0], most), places[0], none);
    vnd in_second = vnd_choose(vnd_at_least(high[1], most), places[1] + (double)width, none);
    extremes->highest = most[0];
    extremes->at = (size_t)greatest(vnd_max(in_first, in_second));
    extremes->lowest = -greatest(vnd_max(-low[0], -low[1]));
}

static size_t partner(const svc_extremes *extremes, const float *row_i, float diagonal_i,
                      const float *diagonal, const double *errors, const double *floors, size_t n) {
    vnf best[2] = {vnf_all(0.0f), vnf_all(0.0f)};
    vns places[2] = {{0}, {0}};
    vns place;
    for (int lane = 0; lane < width; lane++) {
        place[lane] = lane;
    }
    for (size_t i = 0; i < n; i += 2 * width) {
        for (size_t half = 0; half < 2; half++) {
            size_t t = i + half * width;
            vnd below = extremes->highest - (vnd_load(errors + t) + vnd_load(floors + t));
            vnf gap = vnf_max(vnf_narrow(below), vnf_all(0.0f));
            vnf entry = vnf_load(row_i + t);
            vnf curvature = (diagonal_i + vnf_load(diagonal + t)) - (entry + entry);
            vnf decrease = (gap * gap) / vnf_max(curvature, vnf_all((float)SVC_TAU));
            places[half] = vns_choose(vnf_at_least(decrease, best[half]), place, places[half]);
            best[half] = vnf_max(decrease, best[half]);
        }
        place += 2 * width;
    }
    vnd most = vnd_all(greatest(vnd_widen(vnf_max(best[0], best[1]))));
    vnd none = vnd_all(-1.0);
    vnd first = __builtin_convertvector(places[0], vnd);
    vnd second = __builtin_convertvector(places[1], vnd) + (double)width;
    first = vnd_choose(vnd_at_least(vnd_widen(best[0]), most), first, none);
    second = vnd_choose(vnd_at_least(vnd_widen(best[1]), most), second, none);
    return (size_t)greatest(vnd_max(first, second));
}

/** 0, 1, 2, ... F - 1 */
PEREBOR_INLINE vwf single_numbers(void) {
    vwf numbers;
    for (int lane = 0; lane < n_floats; lane++) {
        numbers[lane] = (float)lane;
    }
    return numbers;
}

/** Halves down to one register of four, which every machine has, and those by pairs. */
PEREBOR_INLINE float single_greatest(vwf lanes) {
    v4f parts[n_floats / 4];
    memcpy(parts, &lanes, sizeof lanes);
    for (int n = n_floats / 8; n > 0; n /= 2) {
        for (int i = 0; i < n; i++) {
            parts[i] = v4f_max(parts[i], parts[i + n]);
        }
    }
    float even = parts[0][0] > parts[0][2] ? parts[0][0] : parts[0][2];
    float odd = parts[0][1] > parts[0][3] ? parts[0][1] : parts[0][3];
    return even > odd ? even : odd;
}

/** The last place that has the greatest value, which is @p most in every lane. */
PEREBOR_INLINE size_t last_place(vwf most, vwf first, vwf second, vwf first_places,
                                 vwf second_places) {
    const vwf none = vwf_all(-1.0f);
    vwf in_first = vwf_choose(vwf_at_least(first, most), first_places, none);
    vwf in_second = vwf_choose(vwf_at_least(second, most), second_places + (float)n_floats, none);
    return (size_t)single_greatest(vwf_max(in_first, in_second));
}

static void single_move(float step, const float *row_i, const float *row_j, const float *ceilings,
                        const float *floors, size_t n, float *errors, svc_extremes *extremes) {
    vwf high[2] = {vwf_all(-INFINITY), vwf_all(-INFINITY)};
    vwf low[2] = {vwf_all(-INFINITY), vwf_all(-INFINITY)};
    vwf places[2] = {single_numbers(), single_numbers()};
    vwf place = single_numbers();
    for (size_t i = 0; i < n; i += 2 * n_floats) {
        for (size_t half = 0; half < 2; half++) {
            size_t t = i + half * n_floats;
            vwf error = vwf_load(errors + t) - step * (vwf_load(row_i + t) - vwf_load(row_j + t));
            vwf_store(errors + t, error);
            vwf up = error + vwf_load(ceilings + t);
            vwf down = error + vwf_load(floors + t);
            places[half] = vwf_choose(vwf_at_least(up, high[half]), place, places[half]);
            high[half] = vwf_max(up, high[half]);
            low[half] = vwf_max(-down, low[half]);
        }
        place += 2.0f * n_floats;
    }
    float most = single_greatest(vwf_max(high[0], high[1]));
    extremes->highest = (double)most;
    extremes->at = last_place(vwf_all(most), high[0], high[1], places[0], places[1]);
    extremes->lowest = -(double)single_greatest(vwf_max(low[0], low[1]));
}

static size_t single_partner(const svc_extremes *extremes, const float *row_i, float diagonal_i,
                             const float *diagonal, const float *errors, const float *floors,
                             size_t n) {
    const vwf highest = vwf_all((float)extremes->highest);
    vwf best[2] = {vwf_all(0.0f), vwf_all(0.0f)};
    vwf places[2] = {single_numbers(), single_numbers()};
    vwf place = single_numbers();
    for (size_t i = 0; i < n; i += 2 * n_floats) {
        for (size_t half = 0; half < 2; half++) {
            size_t t = i + half * n_floats;
            vwf below = highest - (vwf_load(errors + t) + vwf_load(floors + t));
            vwf gap = vwf_max(below, vwf_all(0.0f));
            vwf entry = vwf_load(row_i + t);
            vwf curvature = (diagonal_i + vwf_load(diagonal + t)) - (entry + entry);
            vwf decrease = (gap * gap) / vwf_max(curvature, vwf_all((float)SVC_TAU));
            places[half] = vwf_choose(vwf_at_least(decrease, best[half]), place, places[half]);
            best[half] = vwf_max(decrease, best[half]);
        }
        place += 2.0f * n_floats;
    }
    vwf most = vwf_all(single_greatest(vwf_max(best[0], best[1])));
    return last_place(most, best[0], best[1], places[0], places[1]);
}

/** Some rows while an error is in its register, and two vectors of errors at a time. */
PEREBOR_INLINE void subtract_rows(size_t n_rows, const double *steps, const float *const *rows,
                                  size_t n, double *errors) {
    for (size_t i = 0; i < n; i += 2 * width) {
        vnd first = vnd_load(errors + i);
        vnd second = vnd_load(errors + i + width);
        for (size_t k = 0; k < n_rows; k++) {
            first -= steps[k] * vnd_widen(vnf_load(rows[k] + i));
            second -= steps[k] * vnd_widen(vnf_load(rows[k] + i + width));
        }
        vnd_store(errors + i, first);
        vnd_store(errors + i + width, second);
    }
}

static void subtract(const double *steps, const float *const *rows, size_t n_rows, size_t n,
                     double *errors) {
    size_t k = 0;
    for (; k + 8 <= n_rows; k += 8) {
        subtract_rows(8, steps + k, rows + k, n, errors);
    }
    for (; k + 4 <= n_rows; k += 4) {
        subtract_rows(4, steps + k, rows + k, n, errors);
    }
    for (; k < n_rows; k++) {
        subtract_rows(1, steps + k, rows + k, n, errors);
    }
}

static void find_candidates(const double *errors, const double *ceilings, const double *floors,
                            size_t n, svc_candidates *candidates) {
    vnd poison = vnd_all(0.0);
    for (size_t class_index = 0; class_index < SVC_CLASSES; class_index += width) {
        vnd high = vnd_all(-INFINITY);
        vnd low = vnd_all(INFINITY);
        vnd place = lane_numbers() + (double)class_index;
        vnd upward = place;
        vnd downward = place;
        for (size_t t = class_index; t < n; t += SVC_CLASSES) {
            vnd error = vnd_load(errors + t);
            vnd up = error + vnd_load(ceilings + t);
            vnd down = error + vnd_load(floors + t);
            upward = vnd_choose(vnd_greater(up, high), place, upward);
            high = vnd_max(up, high);
            downward = vnd_choose(vnd_greater(low, down), place, downward);
            low = -vnd_max(-down, -low);
            poison += error * 0.0;
            place += (double)SVC_CLASSES;
        }
        vnd_store(candidates->highest + class_index, high);
        vnd_store(candidates->lowest + class_index, low);
        vnd_store(candidates->upward + class_index, upward);
        vnd_store(candidates->downward + class_index, downward);
    }
    double sum = 0.0;
    for (int lane = 0; lane < width; lane++) {
        sum += poison[lane];
    }
    candidates->finite = sum == 0.0;
}

const svc_steps PEREBOR_KERNEL(svc_steps) = {
    .move = move,
    .partner = partner,
    .single_move = single_move,
    .single_partner = single_partner,
    .subtract = subtract,
    .candidates = find_candidates,
};
