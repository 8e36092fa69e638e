// SPDX-License-Identifier: MIT
/** What each call of the graph's writer puts into the message, decoded by the specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/onnx_graph.h"
#include "onnx_reader.h"

/** Ends the graph, reads it, and has nothing left of the message. */
static read_graph finish(onnx_graph *graph) {
    read_graph read;
    byte_buffer message = onnx_graph_message(graph, "g");
    assert_false(message.failed);
    read_graph_message(&read, (wire_view){message.data, message.size});
    bytes_release(&message);
    assert_string_equal(read.name, "g");
    assert_null(graph->nodes.data);
    assert_null(graph->constants.data);
    assert_null(graph->inputs.data);
    assert_null(graph->outputs.data);
    return read;
}

static void expect_tensor(const read_tensor *tensor, int64_t type, size_t n_dimensions,
                          int64_t first, int64_t second) {
    assert_non_null(tensor);
    assert_int_equal(tensor->type, type);
    assert_int_equal(tensor->n_dimensions, n_dimensions);
    assert_int_equal(tensor->dimensions[0], first);
    assert_int_equal(tensor->dimensions[1], second);
}

/** A node of an operator and its inputs, with commas between, in a line. */
static void expect_node(const read_node *node, const char *line) {
    char text[256] = "";
    strcat(text, node->operator);
    for (size_t i = 0; i < node->n_inputs; i++) {
        strcat(strcat(text, i == 0 ? " " : ","), node->inputs[i]);
    }
    for (size_t i = 0; i < node->n_outputs; i++) {
        strcat(strcat(text, i == 0 ? " -> " : ","), node->outputs[i]);
    }
    assert_string_equal(text, line);
}

static void constants_have_their_shapes_and_numbers(void **state) {
    (void)state;
    const double reals[] = {0.1, -0.0, 1e300};
    const int64_t integers[] = {INT64_MIN, -1, 7};
    onnx_graph graph = {.prefix = "/"};
    assert_int_equal(onnx_real(&graph, 0.25).number, 0);
    (void)onnx_reals(&graph, reals, 3);
    (void)onnx_row(&graph, reals, 3);
    (void)onnx_column(&graph, reals, 3);
    (void)onnx_integers(&graph, integers, 3);
    assert_int_equal(onnx_integer_row(&graph, integers, 3).number, 5);
    read_graph read = finish(&graph);
    assert_int_equal(read.n_constants, 6);
    expect_tensor(read_constant(&read, "/0"), ONNX_DOUBLE, 0, 0, 0);
    expect_tensor(read_constant(&read, "/1"), ONNX_DOUBLE, 1, 3, 0);
    expect_tensor(read_constant(&read, "/2"), ONNX_DOUBLE, 2, 1, 3);
    expect_tensor(read_constant(&read, "/3"), ONNX_DOUBLE, 2, 3, 1);
    expect_tensor(read_constant(&read, "/4"), ONNX_INT64, 1, 3, 0);
    expect_tensor(read_constant(&read, "/5"), ONNX_INT64, 2, 1, 3);
    assert_true(read_constant(&read, "/0")->reals[0] == 0.25);
    for (size_t i = 1; i < 4; i++) {
        assert_memory_equal(read.constants[i].reals, reals, sizeof reals);
    }
    for (size_t i = 4; i < 6; i++) {
        assert_memory_equal(read.constants[i].integers, integers, sizeof integers);
    }
    read_graph_release(&read);
}

static void a_matrix_is_turned_and_multiplied(void **state) {
    (void)state;
    perebor_workspace workspace = {0};
    perebor_matrix matrix;
    onnx_graph graph = {.prefix = "/"};
    assert_int_equal(perebor_matrix_create(&matrix, 3, 2, &workspace, NULL), PEREBOR_OK);
    for (size_t i = 0; i < 6; i++) { // row i / 2, column i % 2
        perebor_matrix_column(&matrix, i % 2)[i / 2] = (double)i;
    }
    (void)onnx_transposed(&graph, &matrix, -2.0);
    read_graph read = finish(&graph);
    const double expected[] = {0.0 * -2.0, -4.0, -8.0, -2.0, -6.0, -10.0};
    expect_tensor(read_constant(&read, "/0"), ONNX_DOUBLE, 2, 2, 3);
    assert_memory_equal(read.constants[0].reals, expected, sizeof expected);
    read_graph_release(&read);
    perebor_workspace_release(&workspace);
}

static void inputs_and_outputs_are_columns_of_their_type(void **state) {
    (void)state;
    onnx_graph graph = {.prefix = "//"};
    onnx_value number = onnx_input(&graph, "/age", ONNX_DOUBLE);
    onnx_value text = onnx_input(&graph, "", ONNX_STRING);
    assert_string_equal(number.input, "/age");
    assert_string_equal(text.input, "");
    onnx_output(&graph, onnx_apply(&graph, "Abs", number), "score");
    onnx_output(&graph, number, "same");
    read_graph read = finish(&graph);
    assert_int_equal(read.n_inputs, 2);
    assert_int_equal(read.n_outputs, 2);
    assert_string_equal(read.inputs[0].name, "/age");
    assert_int_equal(read.inputs[0].type, 11);
    assert_string_equal(read.inputs[1].name, "");
    assert_int_equal(read.inputs[1].type, 8);
    assert_string_equal(read.outputs[0].name, "score");
    assert_int_equal(read.outputs[0].type, 11);
    assert_int_equal(read.n_nodes, 3);
    expect_node(&read.nodes[0], "Abs /age -> //0");
    expect_node(&read.nodes[1], "Identity //0 -> score");
    expect_node(&read.nodes[2], "Identity /age -> same");
    read_graph_release(&read);
}

static void attributes_have_their_type_and_values(void **state) {
    (void)state;
    const int64_t integers[] = {0, -1, 1LL << 40};
    const char *const texts[] = {"", "Ж", "b"};
    const double reals[] = {0.1, -3.0};
    onnx_attributes attributes = {0};
    onnx_graph graph = {.prefix = "/"};
    onnx_attribute_integer(&attributes, "i", -5);
    onnx_attribute_integers(&attributes, "is", integers, 3);
    onnx_attribute_texts(&attributes, "ts", texts, 3);
    onnx_attribute_reals(&attributes, "rs", reals, 2);
    onnx_attribute_integers(&attributes, "none", NULL, 0);
    (void)onnx_ml_node(&graph, "Op", onnx_input(&graph, "x", ONNX_STRING), &attributes);
    assert_null(attributes.data);
    read_graph read = finish(&graph);
    const read_node *node = &read.nodes[0];
    expect_node(node, "Op x -> /0");
    assert_string_equal(node->domain, "ai.onnx.ml");
    assert_int_equal(node->n_attributes, 5);
    assert_int_equal(read_attribute_of(node, "i", 2)->integer, -5);
    assert_int_equal(read_attribute_of(node, "is", 7)->n, 3);
    assert_memory_equal(read_attribute_of(node, "is", 7)->integers, integers, sizeof integers);
    assert_int_equal(read_attribute_of(node, "ts", 8)->n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(read_attribute_of(node, "ts", 8)->texts[i], texts[i]);
    }
    const read_tensor *tensor = &read_attribute_of(node, "rs", 4)->tensor;
    expect_tensor(tensor, ONNX_DOUBLE, 1, 2, 0);
    assert_string_equal(tensor->name, "rs");
    assert_memory_equal(tensor->reals, reals, sizeof reals);
    assert_int_equal(read_attribute_of(node, "none", 7)->n, 0);
    read_graph_release(&read);
}

static void nodes_are_numbered_with_the_constants(void **state) {
    (void)state;
    onnx_graph graph = {.prefix = "/"};
    onnx_value x = onnx_input(&graph, "x", ONNX_DOUBLE);
    onnx_value one = onnx_real(&graph, 1.0);
    onnx_value sum = onnx_apply(&graph, "Add", x, one);
    onnx_value two = onnx_node_of_two(&graph, "TopK", (const onnx_value[]){sum, one}, 2, NULL);
    onnx_value last = onnx_apply(&graph, "Neg", (onnx_value){.number = two.number + 1});
    assert_int_equal(last.number, 4);
    read_graph read = finish(&graph);
    assert_int_equal(read.n_nodes, 3);
    expect_node(&read.nodes[0], "Add x,/0 -> /1");
    expect_node(&read.nodes[1], "TopK /1,/0 -> /2,/3");
    expect_node(&read.nodes[2], "Neg /3 -> /4");
    assert_string_equal(read.nodes[0].domain, "");
    read_graph_release(&read);
}

static void casts_gathers_and_sums_say_what_they_mean(void **state) {
    (void)state;
    onnx_graph graph = {.prefix = "/"};
    onnx_value x = onnx_input(&graph, "x", ONNX_DOUBLE);
    (void)onnx_cast(&graph, x, ONNX_INT64);
    (void)onnx_gather(&graph, x, x, 1);
    (void)onnx_gather(&graph, x, x, 0);
    (void)onnx_row_sums(&graph, x); // its axes are the constant 3
    read_graph read = finish(&graph);
    assert_int_equal(read.n_nodes, 4);
    expect_node(&read.nodes[0], "Cast x -> /0");
    assert_int_equal(read_attribute_of(&read.nodes[0], "to", 2)->integer, 7);
    expect_node(&read.nodes[1], "Gather x,x -> /1");
    assert_int_equal(read_attribute_of(&read.nodes[1], "axis", 2)->integer, 1);
    assert_int_equal(read_attribute_of(&read.nodes[2], "axis", 2)->integer, 0);
    expect_node(&read.nodes[3], "ReduceSum x,/3 -> /4");
    assert_int_equal(read_attribute_of(&read.nodes[3], "keepdims", 2)->integer, 1);
    expect_tensor(read_constant(&read, "/3"), ONNX_INT64, 1, 1, 0);
    assert_int_equal(read_constant(&read, "/3")->integers[0], 1);
    read_graph_release(&read);
}

static void one_value_is_neither_put_beside_others_nor_multiplied_as_a_matrix(void **state) {
    (void)state;
    onnx_graph graph = {.prefix = "/"};
    onnx_value x = onnx_input(&graph, "x", ONNX_DOUBLE);
    assert_ptr_equal(onnx_concat(&graph, &x, 1).input, x.input);
    (void)onnx_concat(&graph, (const onnx_value[]){x, x, x}, 3);
    (void)onnx_product(&graph, x, x, 1);
    (void)onnx_product(&graph, x, x, 2);
    read_graph read = finish(&graph);
    assert_int_equal(read.n_nodes, 3);
    expect_node(&read.nodes[0], "Concat x,x,x -> /0");
    assert_int_equal(read_attribute_of(&read.nodes[0], "axis", 2)->integer, 1);
    expect_node(&read.nodes[1], "Mul x,x -> /1");
    expect_node(&read.nodes[2], "MatMul x,x -> /2");
    read_graph_release(&read);
}

static void a_number_is_repeated_by_way_of_the_first_column(void **state) {
    (void)state;
    onnx_graph graph = {.prefix = "/"};
    (void)onnx_repeat(&graph, onnx_input(&graph, "x", ONNX_DOUBLE), 0.75);
    read_graph read = finish(&graph);
    assert_int_equal(read.n_nodes, 3);
    expect_node(&read.nodes[0], "Gather x,/0 -> /1");
    expect_node(&read.nodes[1], "Mul /1,/2 -> /3");
    expect_node(&read.nodes[2], "Add /3,/4 -> /5");
    assert_int_equal(read_constant(&read, "/0")->integers[0], 0);
    assert_true(read_constant(&read, "/2")->reals[0] == 0.0);
    assert_true(read_constant(&read, "/4")->reals[0] == 0.75);
    read_graph_release(&read);
}

static void a_part_that_failed_fails_the_message(void **state) {
    (void)state;
    for (size_t part = 0; part < 5; part++) {
        onnx_graph graph = {.prefix = "/"};
        onnx_attributes attributes = {.failed = part == 4};
        onnx_value x = onnx_input(&graph, "x", ONNX_DOUBLE);
        onnx_output(&graph, onnx_node(&graph, "Abs", &x, 1, &attributes), "y");
        (void)onnx_real(&graph, 1.0);
        byte_buffer *parts[] = {&graph.nodes, &graph.constants, &graph.inputs, &graph.outputs};
        if (part < 4) {
            parts[part]->failed = true;
        }
        byte_buffer message = onnx_graph_message(&graph, "g");
        assert_true(message.failed);
        bytes_release(&message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_have_their_shapes_and_numbers),
        cmocka_unit_test(a_matrix_is_turned_and_multiplied),
        cmocka_unit_test(inputs_and_outputs_are_columns_of_their_type),
        cmocka_unit_test(attributes_have_their_type_and_values),
        cmocka_unit_test(nodes_are_numbered_with_the_constants),
        cmocka_unit_test(casts_gathers_and_sums_say_what_they_mean),
        cmocka_unit_test(one_value_is_neither_put_beside_others_nor_multiplied_as_a_matrix),
        cmocka_unit_test(a_number_is_repeated_by_way_of_the_first_column),
        cmocka_unit_test(a_part_that_failed_fails_the_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
