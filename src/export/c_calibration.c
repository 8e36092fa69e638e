// SPDX-License-Identifier: MIT
// The order of operations is that of model/calibration_map.c.
#include "export/c_calibration.h"

#include "export/c_arithmetic.h"

static bool is_share(const perebor_fitted_pipeline *pipeline) {
    return perebor_fitted_pipeline_learner(pipeline)->score_kind == PEREBOR_SCORE_SHARE;
}

unsigned c_calibration_functions(const perebor_fitted_pipeline *pipeline) {
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(pipeline);
    if (calibration == NULL) {
        return 0;
    }
    switch (calibration->kind) {
    case PEREBOR_CALIBRATION_SIGMOID:
        return is_share(pipeline) ? 0 : C_SIGMOID;
    case PEREBOR_CALIBRATION_BETA:
        return C_SIGMOID | (is_share(pipeline) ? C_LOG : C_SOFTPLUS);
    case PEREBOR_CALIBRATION_ISOTONIC:
        break;
    }
    return 0;
}

/** slope * score + offset */
static void put_affine(c_text *text, const perebor_calibration *calibration) {
    c_put_real(text, calibration->slope);
    c_put(text, " * score + ");
    c_put_real(text, calibration->offset);
}

/** ln q and -ln(1 - q) of what is there before beta. */
static void put_logs(c_text *text, const perebor_calibration *calibration, bool share) {
    c_put(text, share ? "    double q = " : "    double z = ");
    if (!share) {
        put_affine(text, calibration);
        c_put(text, ";\n    double log_q = -@_softplus(z), log_rest = @_softplus(-z);\n");
        return;
    }
    c_put_real(text, calibration->floor);
    c_put(text, " + ");
    c_put_real(text, 1.0 - 2.0 * calibration->floor);
    c_put(text, " * score;\n    double log_q = @_log(q), log_rest = -@_log(1.0 - q);\n");
}

static void put_beta(c_text *text, const perebor_calibration *calibration, bool share) {
    put_logs(text, calibration, share);
    c_put(text, "    return @_sigmoid(-(");
    c_put_real(text, calibration->a);
    c_put(text, " * log_q + ");
    c_put_real(text, calibration->b);
    c_put(text, " * log_rest + ");
    c_put_real(text, calibration->c);
    c_put(text, "));\n");
}

/** Straight lines between knots, level beyond the first and the last. */
static void put_isotonic(c_text *text, size_t n_knots) {
    c_put(text,
          "    const double *knots = $_knots, *values = $_knot_values;\n"
          "    double width, part, value;\n"
          "    size_t right = 0;\n"
          "    while (right < %zu && knots[right] <= score) {\n"
          "        right++;\n"
          "    }\n"
          "    if (right == 0 || right == %zu) {\n"
          "        return values[right == 0 ? 0 : right - 1];\n"
          "    }\n"
          "    knots += right - 1;\n"
          "    values += right - 1;\n"
          "    width = 0.5 * knots[1] - 0.5 * knots[0];\n"
          "    part = width > 0.0 ? (0.5 * score - 0.5 * knots[0]) / width : 0.0;\n"
          "    value = values[0] + (values[1] - values[0]) * part;\n"
          "    return value < values[1] ? value : values[1];\n",
          n_knots, n_knots);
}

void c_calibration_put(c_text *text, const perebor_fitted_pipeline *pipeline) {
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(pipeline);
    if (calibration == NULL) {
        return;
    }
    bool isotonic = calibration->kind == PEREBOR_CALIBRATION_ISOTONIC;
    c_put(text, "\n");
    if (isotonic) {
        c_put_reals(text, "knots", calibration->knots, calibration->n_knots);
        c_put_reals(text, "knot_values", calibration->values, calibration->n_knots);
        c_put(text, "\n");
    }
    c_put(text,
          "%sdouble $_probability(const struct @_row *row) {\n"
          "    double score = $_score(row);\n",
          text->part != NULL ? "static " : "");
    if (isotonic) {
        put_isotonic(text, calibration->n_knots);
    } else if (calibration->kind == PEREBOR_CALIBRATION_BETA) {
        put_beta(text, calibration, is_share(pipeline));
    } else if (is_share(pipeline)) {
        c_put(text, "    return score;\n");
    } else {
        c_put(text, "    return @_sigmoid(");
        put_affine(text, calibration);
        c_put(text, ");\n");
    }
    c_put(text, "}\n");
}
