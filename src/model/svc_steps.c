// SPDX-License-Identifier: MIT
#include "model/svc_steps.h"

#include "model/svc_lanes.h"

enum { W = PEREBOR_NATIVE_LANES };

/** 0, 1, 2, ... W - 1 */
PEREBOR_INLINE vnd lane_numbers(void) {
    vnd numbers;
    for (int lane = 0; lane < W; lane++) {
        numbers[lane] = lane;
    }
    return numbers;
}

PEREBOR_INLINE double greatest(vnd lanes) {
    double most = lanes[0];
    for (int lane = 1; lane < W; lane++) {
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
    vnd high[2] = {vnd_all(-__builtin_inf()), vnd_all(-__builtin_inf())};
    vnd low[2] = {vnd_all(__builtin_inf()), vnd_all(__builtin_inf())};
    vnd places[2] = {lane_numbers(), lane_numbers()};
    vnd place = lane_numbers();
    for (size_t i = 0; i < n; i += 2 * W) {
        for (size_t half = 0; half < 2; half++) {
            size_t t = i + half * W;
            vnd row = vnd_widen(vnf_load(row_i + t)) - vnd_widen(vnf_load(row_j + t));
            vnd error = vnd_load(errors + t) - step * row;
            vnd_store(errors + t, error);
            vnd up = error + vnd_load(ceilings + t);
            vnd down = error + vnd_load(floors + t);
            places[half] = vnd_choose(vnd_at_least(up, high[half]), place, places[half]);
            high[half] = vnd_max(up, high[half]);
            low[half] = vnd_choose(vnd_greater(low[half], down), down, low[half]);
        }
        place += 2.0 * W;
    }
    vnd most = vnd_all(greatest(vnd_max(high[0], high[1])));
    vnd none = vnd_all(-1.0);
    vnd in_first = vnd_choose(vnd_at_least(high[0], most), places[0], none);
    vnd in_second = vnd_choose(vnd_at_least(high[1], most), places[1] + (double)W, none);
    extremes->highest = most[0];
    extremes->at = (size_t)greatest(vnd_max(in_first, in_second));
    extremes->lowest = -greatest(vnd_max(-low[0], -low[1]));
}

static size_t partner(const svc_extremes *extremes, const float *row_i, float diagonal_i,
                      const float *diagonal, const double *errors, const double *floors, size_t n) {
    vnf best[2] = {vnf_all(0.0f), vnf_all(0.0f)};
    vns places[2] = {{0}, {0}};
    vns place;
    for (int lane = 0; lane < W; lane++) {
        place[lane] = lane;
    }
    for (size_t i = 0; i < n; i += 2 * W) {
        for (size_t half = 0; half < 2; half++) {
            size_t t = i + half * W;
            vnd below = extremes->highest - (vnd_load(errors + t) + vnd_load(floors + t));
            vnf gap = vnf_max(vnf_narrow(below), vnf_all(0.0f));
            vnf entry = vnf_load(row_i + t);
            vnf curvature = (diagonal_i + vnf_load(diagonal + t)) - (entry + entry);
            vnf decrease = (gap * gap) / vnf_max(curvature, vnf_all((float)SVC_TAU));
            places[half] = vns_choose(vnf_at_least(decrease, best[half]), place, places[half]);
            best[half] = vnf_max(decrease, best[half]);
        }
        place += 2 * W;
    }
    vnd most = vnd_all(greatest(vnd_widen(vnf_max(best[0], best[1]))));
    vnd none = vnd_all(-1.0);
    vnd first = __builtin_convertvector(places[0], vnd);
    vnd second = __builtin_convertvector(places[1], vnd) + (double)W;
    first = vnd_choose(vnd_at_least(vnd_widen(best[0]), most), first, none);
    second = vnd_choose(vnd_at_least(vnd_widen(best[1]), most), second, none);
    return (size_t)greatest(vnd_max(first, second));
}

static void subtract(double coefficient, const float *row, size_t n, double *errors) {
    for (size_t i = 0; i < n; i += W) {
        vnd entries = vnd_widen(vnf_load(row + i));
        vnd_store(errors + i, vnd_load(errors + i) - coefficient * entries);
    }
}

const struct svc_steps PEREBOR_KERNEL(svc_steps) = {
    .move = move,
    .partner = partner,
    .subtract = subtract,
};
