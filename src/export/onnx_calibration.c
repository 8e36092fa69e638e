// SPDX-License-Identifier: MIT
#include "export/onnx_calibration.h"

/** x * factor + term */
static onnx_value affine(onnx_graph *graph, onnx_value x, double factor, double term) {
    return onnx_apply(graph, "Add", onnx_apply(graph, "Mul", x, onnx_real(graph, factor)),
                      onnx_real(graph, term));
}

/** log(1 + e^z) = max(z, 0) + log(1 + e^-|z|) */
static onnx_value softplus(onnx_graph *graph, onnx_value z) {
    onnx_value size = onnx_apply(graph, "Abs", z);
    onnx_value power =
        onnx_apply(graph, "Exp", onnx_apply(graph, "Mul", size, onnx_real(graph, -1.0)));
    onnx_value log = onnx_apply(graph, "Log", affine(graph, power, 1.0, 1.0));
    return onnx_apply(graph, "Add", onnx_apply(graph, "Max", z, onnx_real(graph, 0.0)), log);
}

/** 1 / (1 + e^-(a ln q - b ln(1 - q) + c)), q what is there before beta. */
static onnx_value put_beta(onnx_graph *graph, const perebor_calibration *calibration, bool share,
                           onnx_value score) {
    onnx_value log_q, log_rest; // the latter of 1 - q
    if (share) {
        onnx_value q = affine(graph, score, 1.0 - 2.0 * calibration->floor, calibration->floor);
        log_q = onnx_apply(graph, "Log", q);
        log_rest = onnx_apply(graph, "Log", affine(graph, q, -1.0, 1.0));
    } else {
        onnx_value z = affine(graph, score, calibration->slope, calibration->offset);
        onnx_value minus = onnx_real(graph, -1.0);
        log_q = onnx_apply(graph, "Mul", softplus(graph, z), minus);
        log_rest =
            onnx_apply(graph, "Mul", softplus(graph, onnx_apply(graph, "Mul", z, minus)), minus);
    }
    onnx_value sum =
        onnx_apply(graph, "Add", affine(graph, log_q, calibration->a, calibration->c),
                   onnx_apply(graph, "Mul", log_rest, onnx_real(graph, -calibration->b)));
    return onnx_apply(graph, "Sigmoid", sum);
}

/** Straight lines between knots, level beyond the first and the last. */
static onnx_value put_isotonic(onnx_graph *graph, const perebor_calibration *calibration,
                               onnx_value score) {
    size_t n = calibration->n_knots;
    if (n == 1) {
        return onnx_repeat(graph, score, calibration->values[0]);
    }
    onnx_value zero = onnx_real(graph, 0.0), one = onnx_real(graph, 1.0);
    // How many knots, but for the first and the last, are not above the score: the line's number.
    onnx_value place = onnx_repeat(graph, score, 0.0);
    if (n > 2) {
        onnx_value inner = onnx_row(graph, calibration->knots + 1, n - 2);
        onnx_value passed = onnx_apply(graph, "LessOrEqual", inner, score);
        place = onnx_row_sums(graph, onnx_cast(graph, passed, ONNX_DOUBLE));
    }
    onnx_value left = onnx_cast(graph, place, ONNX_INT64);
    onnx_value right = onnx_cast(graph, onnx_apply(graph, "Add", place, one), ONNX_INT64);
    onnx_value knots = onnx_reals(graph, calibration->knots, n);
    onnx_value values = onnx_reals(graph, calibration->values, n);
    onnx_value from = onnx_gather(graph, knots, left, 0);
    onnx_value low = onnx_gather(graph, values, left, 0);
    onnx_value width = onnx_apply(graph, "Sub", onnx_gather(graph, knots, right, 0), from);
    onnx_value part = onnx_apply(graph, "Div", onnx_apply(graph, "Sub", score, from), width);
    part = onnx_apply(graph, "Min", onnx_apply(graph, "Max", part, zero), one);
    onnx_value rise = onnx_apply(graph, "Sub", onnx_gather(graph, values, right, 0), low);
    return onnx_apply(graph, "Add", low, onnx_apply(graph, "Mul", rise, part));
}

onnx_value onnx_calibration_put(onnx_graph *graph, const perebor_calibration *calibration,
                                bool share, onnx_value score) {
    switch (calibration->kind) {
    case PEREBOR_CALIBRATION_SIGMOID:
        break;
    case PEREBOR_CALIBRATION_BETA:
        return put_beta(graph, calibration, share, score);
    case PEREBOR_CALIBRATION_ISOTONIC:
        return put_isotonic(graph, calibration, score);
    }
    return share ? score
                 : onnx_apply(graph, "Sigmoid",
                              affine(graph, score, -calibration->slope, -calibration->offset));
}
