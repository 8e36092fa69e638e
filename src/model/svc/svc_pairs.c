// SPDX-License-Identifier: MIT
#include "model/svc/svc_pairs.h"

#include <math.h>

#include "base/deadline.h"

void svc_pairs_bar(svc_pairs *pairs, size_t point) {
    double coefficient = pairs->coefficients[point];
    pairs->ceilings[point] = coefficient < pairs->highest[point] ? 0.0 : -INFINITY;
    pairs->floors[point] = coefficient > pairs->lowest[point] ? 0.0 : INFINITY;
}

/** Moves one pair: the coefficient of the one rises by what that of the other falls. */
static void move(svc_pairs *pairs, const svc_steps *vector, svc_extremes *extremes) {
    double *coefficients = pairs->coefficients;
    // i of e_i = m(b), the greatest of those that may go up;  j of the greatest (m - e_j)^2 / q_ij
    // among those that may go down
    size_t i = extremes->at;
    const float *row_i = pairs->row(pairs->context, i, i);
    size_t j = vector->partner(extremes, row_i, pairs->rounded[i], pairs->rounded, pairs->errors,
                               pairs->floors, pairs->n);
    const float *row_j = pairs->row(pairs->context, j, i);
    // q_ij = K_ii + K_jj - 2 K_ij;  s = (e_i - e_j) / q_ij, as far as both bounds allow: svc_smo.c
    double entry = (double)row_i[j];
    double curvature = (pairs->diagonal[i] + pairs->diagonal[j]) - (entry + entry);
    double step = (extremes->highest - pairs->errors[j]) / (curvature > 0.0 ? curvature : SVC_TAU);
    double room_i = pairs->highest[i] - coefficients[i];
    double room_j = coefficients[j] - pairs->lowest[j];
    double room = room_i < room_j ? room_i : room_j;
    step = step < room ? step : room;
    // b_i += s and b_j -= s; a bound that is reached is taken as it is, not as it rounds
    coefficients[i] = step == room_i ? pairs->highest[i] : coefficients[i] + step;
    coefficients[j] = step == room_j ? pairs->lowest[j] : coefficients[j] - step;
    svc_pairs_bar(pairs, i);
    svc_pairs_bar(pairs, j);
    // e_t -= s (K_it - K_jt), and the next m and M
    vector->move(step, row_i, row_j, pairs->ceilings, pairs->floors, pairs->n, pairs->errors,
                 extremes);
}

uint64_t svc_pairs_descend(svc_pairs *pairs, double tolerance, uint64_t max_moves) {
    const svc_steps *vector = PEREBOR_KERNEL_PICK(svc_steps);
    const float *any = pairs->row(pairs->context, 0, 0);
    svc_extremes extremes;
    vector->move(0.0, any, any, pairs->ceilings, pairs->floors, pairs->n, pairs->errors, &extremes);
    uint64_t moves = 0;
    while (moves < max_moves && extremes.highest - extremes.lowest > tolerance &&
           isfinite(extremes.highest) && isfinite(extremes.lowest) &&
           (moves % 16 != 15 || !perebor_deadline_passed())) {
        move(pairs, vector, &extremes);
        moves++;
    }
    return moves;
}
