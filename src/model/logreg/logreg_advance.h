// SPDX-License-Identifier: MIT
/**
 * @file logreg_advance.h
 * The loss and its derivatives by the margins, row by row, for kernel files.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_ADVANCE_H
#define PEREBOR_MODEL_LOGREG_LOGREG_ADVANCE_H

#include <math.h>

#include "base/arithmetic.h"
#include "model/logreg/logreg_kernel.h"

/** Sums of max(0, -margin), and products of 1 + exp(-|margin|), for the rows of one class. */
typedef struct logreg_class_loss {
    v8d hinge, product;
    double logs;
} logreg_class_loss;

/** The loss of the rows so far. */
typedef struct logreg_loss {
    logreg_class_loss positive, negative;
    logreg_class_weights weights;
} logreg_loss;

PEREBOR_INLINE logreg_loss logreg_loss_begin(logreg_class_weights weights) {
    const logreg_class_loss none = {v8d_set(0.0), v8d_set(1.0), 0.0};
    return (logreg_loss){none, none, weights};
}

/** The sum of weight * log(1 + exp(-margin)). */
PEREBOR_INLINE double logreg_loss_end(const logreg_loss *loss) {
    return loss->weights.positive * (v8d_sum(loss->positive.hinge) + loss->positive.logs) +
           loss->weights.negative * (v8d_sum(loss->negative.hinge) + loss->negative.logs);
}

PEREBOR_INLINE void logreg_add_to_loss(logreg_class_loss *loss, v8i member, v8d hinge, v8d factor) {
    loss->hinge += v8d_select(member, hinge, v8d_set(0.0));
    loss->product *= v8d_select(member, factor, v8d_set(1.0));
}

/** Takes one logarithm of up to LOGREG_BLOCK factors of at most 2: their product is finite. */
PEREBOR_INLINE void logreg_take_logarithm(logreg_class_loss *loss) {
    v8d p = loss->product;
    double product = ((p[0] * p[4]) * (p[2] * p[6])) * ((p[1] * p[5]) * (p[3] * p[7]));
    loss->logs += perebor_log(product);
    loss->product = v8d_set(1.0);
}

/** To be done after every LOGREG_BLOCK rows, and the last. */
PEREBOR_INLINE void logreg_loss_settle(logreg_loss *loss) {
    logreg_take_logarithm(&loss->positive);
    logreg_take_logarithm(&loss->negative);
}

/** What logreg_kernels.advance does with the rows [start, end). */
PEREBOR_INLINE void logreg_advance_rows(logreg_loss *loss, const logreg_rows *rows,
                                        const double *direction, double alpha, size_t start,
                                        size_t end) {
    const v8d zero = v8d_set(0.0);
    const v8d one = v8d_set(1.0);
    const v8d step = v8d_set(alpha);
    const v8d weight_of_positive = v8d_set(loss->weights.positive);
    const v8d weight_of_negative = v8d_set(loss->weights.negative);
    const v8d root_of_positive = v8d_set(sqrt(loss->weights.positive));
    const v8d root_of_negative = v8d_set(sqrt(loss->weights.negative));
    logreg_class_loss positive = loss->positive;
    logreg_class_loss negative = loss->negative;
    for (size_t row = start; row < end; row += PEREBOR_LANES) {
        v8d sign = v8d_load(rows->signs + row);
        v8i is_positive = sign > zero;
        v8i is_negative = sign < zero;
        v8d margin = v8d_load(rows->margins + row) + step * v8d_load(direction + row);
        v8d_store(rows->margins + row, margin);
        // exp(-|m|/2), whose square is exp(-|m|): the root of p(1-p) comes without a root
        v8d half = v8d_exp(v8d_abs(margin) * v8d_set(-0.5));
        v8d factor = one + half * half;
        v8d likely = one / factor;
        v8d other = v8d_select(margin > zero, half * half * likely, likely);
        v8d weight = v8d_select(is_positive, weight_of_positive,
                                v8d_select(is_negative, weight_of_negative, zero));
        v8d weight_root = v8d_select(is_positive, root_of_positive,
                                     v8d_select(is_negative, root_of_negative, zero));
        v8d_store(rows->pull + row, weight * other);
        v8d_store(rows->root + row, weight_root * (half * likely));
        v8d hinge = v8d_select(margin < zero, -margin, zero);
        logreg_add_to_loss(&positive, is_positive, hinge, factor);
        logreg_add_to_loss(&negative, is_negative, hinge, factor);
    }
    loss->positive = positive;
    loss->negative = negative;
}

#endif
