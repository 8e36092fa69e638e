// SPDX-License-Identifier: MIT
#include "export/onnx_rounding.h"

/** By a grain for each row, or one for all. */
static onnx_value round_by(onnx_graph *graph, onnx_value score, onnx_value grain) {
    const double most = 0x1p50; // whole numbers of that size need no rounding
    onnx_value multiple = onnx_apply(graph, "Div", score, grain);
    onnx_value rounded = onnx_apply(graph, "Mul", onnx_apply(graph, "Round", multiple), grain);
    onnx_value known = onnx_apply(graph, "Less", onnx_apply(graph, "Abs", multiple),
                                  onnx_real(graph, most)); // false by a grain of 0
    return onnx_apply(graph, "Where", known, rounded, score);
}

onnx_value onnx_round(onnx_graph *graph, onnx_value score, double grain) {
    return grain > 0.0 ? round_by(graph, score, onnx_real(graph, grain)) : score;
}

/** 2^floor(log2(x)); the logarithm may miss a whole number by a hair, which is set right. */
static onnx_value power_of_two(onnx_graph *graph, onnx_value x) {
    onnx_value two = onnx_real(graph, 2.0);
    onnx_value logarithm =
        onnx_apply(graph, "Div", onnx_apply(graph, "Log", x), onnx_apply(graph, "Log", two));
    onnx_value power = onnx_apply(graph, "Pow", two, onnx_apply(graph, "Floor", logarithm));
    onnx_value half = onnx_apply(graph, "Div", power, two);
    power = onnx_apply(graph, "Where", onnx_apply(graph, "Less", x, power), half, power);
    onnx_value twice = onnx_apply(graph, "Mul", power, two);
    return onnx_apply(graph, "Where", onnx_apply(graph, "Less", x, twice), power, twice);
}

onnx_value onnx_round_by_nearest(onnx_graph *graph, onnx_value score, double grain,
                                 onnx_value values) {
    static const int64_t axis = 1;
    onnx_attributes attributes = {0};
    if (!(grain > 0.0)) {
        return score;
    }
    onnx_attribute_integers(&attributes, "axes", &axis, 1);
    onnx_attribute_integer(&attributes, "keepdims", 1);
    onnx_value nearest = onnx_node(graph, "ReduceMax", &values, 1, &attributes);
    // The kernel of a support vector with itself is 1, which sums in another order may miss. No
    // factor of 1 + 2^-30: there is a runtime that leaves out what is 1 in single precision.
    onnx_value hair = onnx_apply(graph, "Mul", nearest, onnx_real(graph, 0x1p-30));
    nearest = onnx_apply(graph, "Add", nearest, hair);
    onnx_value own =
        onnx_apply(graph, "Mul", power_of_two(graph, nearest), onnx_real(graph, grain));
    return round_by(graph, score, own);
}
