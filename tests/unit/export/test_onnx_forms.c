// SPDX-License-Identifier: MIT
/** Forms made by hand, as graphs that are run: borders that no fitted model is sure to have. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "export/onnx_calibration.h"
#include "export/onnx_form.h"
#include "export/onnx_rounding.h"
#include "onnx_run.h"

enum { most_inputs = 3 };

static const char *const names[most_inputs] = {"a", "b", "c"};

/** A graph with so many inputs side by side. */
static onnx_value begin(onnx_graph *graph, size_t n) {
    onnx_value inputs[most_inputs];
    *graph = (onnx_graph){.prefix = "/"};
    for (size_t i = 0; i < n; i++) {
        inputs[i] = onnx_input(graph, names[i], ONNX_DOUBLE);
    }
    return onnx_concat(graph, inputs, n);
}

static read_graph finish(onnx_graph *graph, onnx_value result) {
    read_graph read;
    onnx_output(graph, result, "y");
    byte_buffer message = onnx_graph_message(graph, "g");
    assert_false(message.failed);
    read_graph_message(&read, (wire_view){message.data, message.size});
    bytes_release(&message);
    return read;
}

static double run(const read_graph *graph, const double *x, size_t n) {
    run_input inputs[most_inputs];
    for (size_t i = 0; i < n; i++) {
        inputs[i] = (run_input){.name = names[i], .number = x[i]};
    }
    return run_graph(graph, inputs, n, "y");
}

static size_t count_nodes(const read_graph *graph, const char *operator) {
    size_t n = 0;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        n += strcmp(graph->nodes[i].operator, operator) == 0;
    }
    return n;
}

/** Three trees: one with nodes that were pruned, a root alone, and one of the second column. */
static read_graph make_trees(bool single_precision) {
    static const uint64_t first[] = {0, 5, 6, 9};
    static const uint32_t columns[] = {0, 1, 1, 0, 0, 0, 1, 0, 0};
    static const uint32_t left[] = {1, 0, 0, 0, 0, 0, 1, 0, 0};
    static const double thresholds[] = {0.1, 7, 7, 7, 7, 7, -2.0, 7, 7};
    static const double values[] = {9, 0.125, 0.25, 9, 9, 0.5, 9, 1.0, 2.0};
    const perebor_model_form form = {
        .kind = PEREBOR_FORM_TREES,
        .n_columns = 2,
        .as.trees = {.n_trees = 3,
                     .n_nodes = 9,
                     .first_node = first,
                     .thresholds = thresholds,
                     .values = values,
                     .covers = values,
                     .columns = columns,
                     .left = left,
                     .single_precision = single_precision},
    };
    onnx_graph graph;
    onnx_value x = begin(&graph, 2);
    return finish(&graph, onnx_form_put(&graph, &form, x));
}

static void trees_are_walked_and_their_mean_is_taken(void **state) {
    (void)state;
    static const struct {
        double x[2], exactly, rounded; /**< Three times the score. */
    } cases[] = {
        {{0.0, -3.0}, 0.125 + 0.5 + 1.0, 0.125 + 0.5 + 1.0},
        {{0.1, -2.0}, 0.125 + 0.5 + 1.0, 0.25 + 0.5 + 1.0}, // a float of 0.1 is above 0.1
        {{0.2, -1.0}, 0.25 + 0.5 + 2.0, 0.25 + 0.5 + 2.0},
        {{0.1, -1.9999999999}, 0.125 + 0.5 + 2.0, 0.25 + 0.5 + 1.0},
    };
    for (int single = 0; single < 2; single++) {
        read_graph graph = make_trees(single != 0);
        assert_int_equal(count_nodes(&graph, "TreeEnsembleRegressor"), 2);
        assert_int_equal(count_nodes(&graph, "Cast"), single ? 4 : 2);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            double sum = single ? cases[i].rounded : cases[i].exactly;
            assert_true(run(&graph, cases[i].x, 2) == sum / 3.0);
        }
        for (size_t i = 0; i < graph.n_nodes; i++) {
            if (strcmp(graph.nodes[i].operator, "TreeEnsembleRegressor") == 0) { // not the pruned
                const read_node *node = &graph.nodes[i];
                assert_int_equal(read_attribute_of(node, "nodes_nodeids", 7)->n, 3);
                assert_int_equal(read_attribute_of(node, "nodes_treeids", 7)->n, 3);
                assert_int_equal(read_attribute_of(node, "target_treeids", 7)->n, 2);
                assert_int_equal(read_attribute_of(node, "target_ids", 7)->integers[1], 0);
                assert_int_equal(read_attribute_of(node, "n_targets", 2)->integer, 1);
            }
        }
        read_graph_release(&graph);
    }
}

static void scores_are_rounded_to_the_grain_halves_to_even_ones(void **state) {
    (void)state;
    static const struct {
        double grain, score, rounded;
    } cases[] = {
        {0.25, 0.124, 0.0},    {0.25, 0.125, 0.0},      {0.25, 0.375, 0.5}, {0.25, -0.375, -0.5},
        {0.25, 0.376, 0.5},    {0.0, 0.126, 0.126},     {2.0, 3.0, 4.0},    {2.0, 5.0, 4.0},
        {1.0, 0x1p52, 0x1p52}, {0x1p-20, 1e300, 1e300}, {1.0, -0.5, 0.0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        onnx_graph graph;
        onnx_value x = begin(&graph, 1);
        read_graph read = finish(&graph, onnx_round(&graph, x, cases[i].grain));
        assert_true(run(&read, &cases[i].score, 1) == cases[i].rounded);
        read_graph_release(&read);
    }
}

static void the_grain_of_rbf_is_that_of_the_nearest(void **state) {
    (void)state;
    static const struct {
        double score, values[2], rounded;
    } cases[] = {
        {0.29, {1.0, 0.0}, 0.25},              // by 1/4 itself
        {0.29, {0.5, 0.9}, 0.25},              // by 1/8
        {0.29, {0.25, 0.1}, 0.3125},           // by 1/16
        {0.29, {0.2, 0.24999}, 0.28125},       // by 1/32
        {0.29, {0.25 - 0x1p-40, 0.1}, 0.3125}, // as if it were 1/4: within the hair
        {0.29, {0.125, 0.1}, 0.28125},         // by 1/32
        {0.29, {0.0625, 0.1}, 0.296875},       // by 1/64
        {0.29, {0.0, 0.0}, 0.29},              // too far from all: as it is
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double x[] = {cases[i].score, cases[i].values[0], cases[i].values[1]};
        onnx_graph graph;
        (void)begin(&graph, 3);
        onnx_value score = {.input = "a"};
        onnx_value values =
            onnx_concat(&graph, (const onnx_value[]){{.input = "b"}, {.input = "c"}}, 2);
        read_graph read = finish(&graph, onnx_round_by_nearest(&graph, score, 0.25, values));
        double rounded = run(&read, x, 3);
        if (rounded != cases[i].rounded) {
            fail_msg("%g by %g, %g is %.17g", x[0], x[1], x[2], rounded);
        }
        read_graph_release(&read);
    }
}

static void a_polynomial_of_any_degree_is_its_power(void **state) {
    (void)state;
    static double support[8] = {0.5, -1.25};
    static const double coefficients[] = {2.0, -0.5};
    const double x[] = {1.5};
    for (int64_t degree = 1; degree <= 20; degree++) {
        const perebor_model_form form = {
            .kind = PEREBOR_FORM_KERNEL,
            .n_columns = 1,
            .as.kernel = {.kernel = {PEREBOR_KERNEL_POLY, 0.5, 1.0, degree},
                          .bias = 0.25,
                          .support = {support, 2, 1, 8},
                          .coefficients = coefficients},
        };
        onnx_graph graph;
        onnx_value row = begin(&graph, 1);
        read_graph read = finish(&graph, onnx_form_put(&graph, &form, row));
        double expected = 2.0 * pow(0.5 * 0.5 * 1.5 + 1.0, (double)degree) -
                          0.5 * pow(0.5 * -1.25 * 1.5 + 1.0, (double)degree) + 0.25;
        assert_true(fabs(run(&read, x, 1) - expected) <= 1e-12 * fabs(expected));
        assert_true(count_nodes(&read, "Mul") < 12); // by squaring
        read_graph_release(&read);
    }
}

static void a_kernel_without_support_vectors_is_its_bias(void **state) {
    (void)state;
    const double x[] = {3.0, -1.0};
    for (perebor_kernel_kind kind = PEREBOR_KERNEL_RBF; kind <= PEREBOR_KERNEL_SIGMOID; kind++) {
        const perebor_model_form form = {
            .kind = PEREBOR_FORM_KERNEL,
            .n_columns = 2,
            .grain = 0.25,
            .as.kernel = {.kernel = {kind, 0.5, 1.0, 3}, .bias = 0.3, .support = {.n_columns = 2}},
        };
        onnx_graph graph;
        onnx_value row = begin(&graph, 2);
        read_graph read = finish(&graph, onnx_form_put(&graph, &form, row));
        assert_true(run(&read, x, 2) == (kind == PEREBOR_KERNEL_RBF ? 0.3 : 0.25));
        read_graph_release(&read);
    }
}

/** The value on the line between the knots around a score. */
static double interpolate(const double *knots, const double *values, size_t n, double score) {
    size_t right = 0;
    while (right < n && knots[right] <= score) {
        right++;
    }
    if (right == 0 || right == n) {
        return values[right == 0 ? 0 : n - 1];
    }
    double part = (score - knots[right - 1]) / (knots[right] - knots[right - 1]);
    return values[right - 1] + (values[right] - values[right - 1]) * part;
}

static void isotonic_maps_are_level_beyond_their_ends(void **state) {
    (void)state;
    static const double knots[] = {-2.0, -0.5, 0.25, 4.0}, values[] = {0.1, 0.1, 0.6, 0.9};
    uint64_t random = 2;
    for (size_t n = 1; n <= 4; n++) {
        const perebor_calibration map = {
            .kind = PEREBOR_CALIBRATION_ISOTONIC, .knots = knots, .values = values, .n_knots = n};
        onnx_graph graph;
        onnx_value score = begin(&graph, 1);
        read_graph read = finish(&graph, onnx_calibration_put(&graph, &map, false, score));
        for (size_t i = 0; i < 200; i++) {
            double x = i < 4   ? knots[i]
                       : i < 6 ? (i == 4 ? -1e300 : 1e300)
                               : 8.0 * draw_uniform(&random) - 3.0;
            assert_true(fabs(run(&read, &x, 1) - interpolate(knots, values, n, x)) <= 1e-15);
        }
        read_graph_release(&read);
    }
}

static void sigmoids_and_betas_are_their_formulas(void **state) {
    (void)state;
    perebor_calibration map = {
        .slope = -1.5, .offset = 0.25, .a = 0.7, .b = 1.9, .c = -0.3, .floor = 0.01};
    uint64_t random = 3;
    for (size_t way = 0; way < 4; way++) {
        bool share = way % 2 != 0;
        map.kind = way < 2 ? PEREBOR_CALIBRATION_SIGMOID : PEREBOR_CALIBRATION_BETA;
        onnx_graph graph;
        onnx_value score = begin(&graph, 1);
        read_graph read = finish(&graph, onnx_calibration_put(&graph, &map, share, score));
        for (size_t i = 0; i < 100; i++) {
            double x = share ? draw_uniform(&random) : 10.0 * draw_uniform(&random) - 5.0;
            double q = share ? x : 1.0 / (1.0 + exp(map.slope * x + map.offset));
            if (map.kind == PEREBOR_CALIBRATION_BETA) {
                q = share ? map.floor + (1.0 - 2.0 * map.floor) * x : q;
                q = 1.0 / (1.0 + exp(-(map.a * log(q) - map.b * log(1.0 - q) + map.c)));
            }
            assert_true(fabs(run(&read, &x, 1) - q) <= 1e-12);
        }
        read_graph_release(&read);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_are_walked_and_their_mean_is_taken),
        cmocka_unit_test(scores_are_rounded_to_the_grain_halves_to_even_ones),
        cmocka_unit_test(the_grain_of_rbf_is_that_of_the_nearest),
        cmocka_unit_test(a_polynomial_of_any_degree_is_its_power),
        cmocka_unit_test(a_kernel_without_support_vectors_is_its_bias),
        cmocka_unit_test(isotonic_maps_are_level_beyond_their_ends),
        cmocka_unit_test(sigmoids_and_betas_are_their_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
