// SPDX-License-Identifier: MIT
#include "export/onnx_graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/onnx_wire.h"

enum { most_name_bytes = 64 };

/** AttributeProto.AttributeType */
enum { attribute_int = 2, attribute_tensor = 4, attribute_ints = 7, attribute_strings = 8 };

static const char *name_of(const onnx_graph *graph, onnx_value value, char name[most_name_bytes]) {
    if (value.input != NULL) {
        return value.input;
    }
    (void)snprintf(name, most_name_bytes, "%s%u", graph->prefix, value.number);
    return name;
}

static void put_attribute(onnx_attributes *attributes, byte_buffer *attribute, int64_t type) {
    wire_put_integer(attribute, 20, type);
    wire_put_message(attributes, 5, attribute);
}

void onnx_attribute_integer(onnx_attributes *attributes, const char *name, int64_t value) {
    byte_buffer attribute = {0};
    wire_put_text(&attribute, 1, name);
    wire_put_integer(&attribute, 3, value);
    put_attribute(attributes, &attribute, attribute_int);
}

void onnx_attribute_integers(onnx_attributes *attributes, const char *name, const int64_t *values,
                             size_t n) {
    byte_buffer attribute = {0};
    wire_put_text(&attribute, 1, name);
    for (size_t i = 0; i < n; i++) {
        wire_put_integer(&attribute, 8, values[i]);
    }
    put_attribute(attributes, &attribute, attribute_ints);
}

void onnx_attribute_texts(onnx_attributes *attributes, const char *name, const char *const *texts,
                          size_t n) {
    byte_buffer attribute = {0};
    wire_put_text(&attribute, 1, name);
    for (size_t i = 0; i < n; i++) {
        wire_put_text(&attribute, 9, texts[i]);
    }
    put_attribute(attributes, &attribute, attribute_strings);
}

/** TensorProto without a name. @param[in] data  As TensorProto.raw_data: little-endian. */
static byte_buffer tensor(onnx_type type, const size_t *dimensions, size_t n_dimensions,
                          byte_buffer *data) {
    byte_buffer message = {0};
    for (size_t i = 0; i < n_dimensions; i++) {
        wire_put_integer(&message, 1, (int64_t)dimensions[i]);
    }
    wire_put_integer(&message, 2, type);
    wire_put_message(&message, 9, data);
    return message;
}

static byte_buffer real_data(const double *values, size_t n) {
    byte_buffer data = {0};
    for (size_t i = 0; i < n; i++) {
        bytes_put_double(&data, values[i]);
    }
    return data;
}

void onnx_attribute_reals(onnx_attributes *attributes, const char *name, const double *values,
                          size_t n) {
    byte_buffer attribute = {0};
    byte_buffer data = real_data(values, n);
    byte_buffer message = tensor(ONNX_DOUBLE, &n, 1, &data);
    wire_put_text(&message, 8, name);
    wire_put_text(&attribute, 1, name);
    wire_put_message(&attribute, 5, &message);
    put_attribute(attributes, &attribute, attribute_tensor);
}

/** ValueInfoProto of [rows][1]. */
static byte_buffer describe(const char *name, onnx_type type) {
    byte_buffer rows = {0}, one = {0}, shape = {0}, tensor_type = {0}, type_proto = {0};
    byte_buffer message = {0};
    wire_put_text(&rows, 2, "rows");
    wire_put_integer(&one, 1, 1);
    wire_put_message(&shape, 1, &rows);
    wire_put_message(&shape, 1, &one);
    wire_put_integer(&tensor_type, 1, type);
    wire_put_message(&tensor_type, 2, &shape);
    wire_put_message(&type_proto, 1, &tensor_type);
    wire_put_text(&message, 1, name);
    wire_put_message(&message, 2, &type_proto);
    return message;
}

onnx_value onnx_input(onnx_graph *graph, const char *name, onnx_type type) {
    byte_buffer message = describe(name, type);
    wire_put_message(&graph->inputs, 11, &message);
    return (onnx_value){.input = name};
}

void onnx_output(onnx_graph *graph, onnx_value value, const char *name) {
    char from[most_name_bytes];
    byte_buffer message = describe(name, ONNX_DOUBLE);
    byte_buffer node = {0};
    wire_put_message(&graph->outputs, 12, &message);
    wire_put_text(&node, 1, name_of(graph, value, from));
    wire_put_text(&node, 2, name);
    wire_put_text(&node, 4, "Identity");
    wire_put_message(&graph->nodes, 1, &node);
}

/** A constant under a name of its own. */
static onnx_value add_constant(onnx_graph *graph, byte_buffer *message) {
    char name[most_name_bytes];
    onnx_value value = {.number = graph->n_values++};
    wire_put_text(message, 8, name_of(graph, value, name));
    wire_put_message(&graph->constants, 5, message);
    return value;
}

static onnx_value add_reals(onnx_graph *graph, const double *values, const size_t *dimensions,
                            size_t n_dimensions) {
    size_t n = 1;
    for (size_t i = 0; i < n_dimensions; i++) {
        n *= dimensions[i];
    }
    byte_buffer data = real_data(values, n);
    byte_buffer message = tensor(ONNX_DOUBLE, dimensions, n_dimensions, &data);
    return add_constant(graph, &message);
}

onnx_value onnx_real(onnx_graph *graph, double value) {
    return add_reals(graph, &value, NULL, 0);
}

onnx_value onnx_reals(onnx_graph *graph, const double *values, size_t n) {
    return add_reals(graph, values, &n, 1);
}

onnx_value onnx_row(onnx_graph *graph, const double *values, size_t n) {
    return add_reals(graph, values, (const size_t[]){1, n}, 2);
}

onnx_value onnx_column(onnx_graph *graph, const double *values, size_t n) {
    return add_reals(graph, values, (const size_t[]){n, 1}, 2);
}

onnx_value onnx_transposed(onnx_graph *graph, const perebor_matrix *matrix, double factor) {
    byte_buffer data = {0};
    for (size_t column = 0; column < matrix->n_columns; column++) {
        const double *values = perebor_matrix_column(matrix, column);
        for (size_t row = 0; row < matrix->n_rows; row++) {
            bytes_put_double(&data, factor * values[row]);
        }
    }
    byte_buffer message =
        tensor(ONNX_DOUBLE, (const size_t[]){matrix->n_columns, matrix->n_rows}, 2, &data);
    return add_constant(graph, &message);
}

static onnx_value add_integers(onnx_graph *graph, const int64_t *values, size_t n,
                               const size_t *dimensions, size_t n_dimensions) {
    byte_buffer data = {0};
    for (size_t i = 0; i < n; i++) {
        bytes_put_u64(&data, (uint64_t)values[i]);
    }
    byte_buffer message = tensor(ONNX_INT64, dimensions, n_dimensions, &data);
    return add_constant(graph, &message);
}

onnx_value onnx_integers(onnx_graph *graph, const int64_t *values, size_t n) {
    return add_integers(graph, values, n, &n, 1);
}

onnx_value onnx_integer_row(onnx_graph *graph, const int64_t *values, size_t n) {
    return add_integers(graph, values, n, (const size_t[]){1, n}, 2);
}

/** NodeProto with so many outputs, the first of which is returned. */
static onnx_value add_node(onnx_graph *graph, const char *operator, const char * domain,
                           const onnx_value *inputs, size_t n, onnx_attributes *attributes,
                           unsigned n_outputs) {
    char name[most_name_bytes];
    byte_buffer node = {0};
    onnx_value first = {.number = graph->n_values};
    graph->n_values += n_outputs;
    for (size_t i = 0; i < n; i++) {
        wire_put_text(&node, 1, name_of(graph, inputs[i], name));
    }
    for (unsigned i = 0; i < n_outputs; i++) {
        onnx_value output = {.number = first.number + i};
        wire_put_text(&node, 2, name_of(graph, output, name));
    }
    wire_put_text(&node, 4, operator);
    wire_put_text(&node, 7, domain);
    if (attributes != NULL) {
        bytes_put(&node, attributes->data, attributes->size);
        node.failed = node.failed || attributes->failed;
        bytes_release(attributes);
    }
    wire_put_message(&graph->nodes, 1, &node);
    return first;
}

onnx_value onnx_node(onnx_graph *graph, const char *operator, const onnx_value * inputs, size_t n,
                     onnx_attributes *attributes) {
    return add_node(graph, operator, "", inputs, n, attributes, 1);
}

onnx_value onnx_ml_node(onnx_graph *graph, const char *operator, onnx_value input,
                        onnx_attributes *attributes) {
    return add_node(graph, operator, "ai.onnx.ml", &input, 1, attributes, 1);
}

onnx_value onnx_node_of_two(onnx_graph *graph, const char *operator, const onnx_value * inputs,
                            size_t n, onnx_attributes *attributes) {
    return add_node(graph, operator, "", inputs, n, attributes, 2);
}

onnx_value onnx_cast(onnx_graph *graph, onnx_value value, onnx_type type) {
    onnx_attributes attributes = {0};
    onnx_attribute_integer(&attributes, "to", type);
    return onnx_node(graph, "Cast", &value, 1, &attributes);
}

onnx_value onnx_gather(onnx_graph *graph, onnx_value from, onnx_value indices, int64_t axis) {
    onnx_attributes attributes = {0};
    onnx_attribute_integer(&attributes, "axis", axis);
    return onnx_node(graph, "Gather", (const onnx_value[]){from, indices}, 2, &attributes);
}

onnx_value onnx_concat(onnx_graph *graph, const onnx_value *values, size_t n) {
    onnx_attributes attributes = {0};
    if (n == 1) {
        return values[0];
    }
    onnx_attribute_integer(&attributes, "axis", 1);
    return onnx_node(graph, "Concat", values, n, &attributes);
}

onnx_value onnx_product(onnx_graph *graph, onnx_value a, onnx_value b, size_t n) {
    return onnx_apply(graph, n == 1 ? "Mul" : "MatMul", a, b);
}

onnx_value onnx_repeat(onnx_graph *graph, onnx_value x, double value) {
    static const int64_t first = 0;
    onnx_value column = onnx_gather(graph, x, onnx_integers(graph, &first, 1), 1);
    onnx_value zeros = onnx_apply(graph, "Mul", column, onnx_real(graph, 0.0));
    return onnx_apply(graph, "Add", zeros, onnx_real(graph, value));
}

onnx_value onnx_row_sums(onnx_graph *graph, onnx_value value) {
    static const int64_t axis = 1;
    onnx_attributes attributes = {0};
    onnx_attribute_integer(&attributes, "keepdims", 1);
    onnx_value axes = onnx_integers(graph, &axis, 1);
    return onnx_node(graph, "ReduceSum", (const onnx_value[]){value, axes}, 2, &attributes);
}

/** Moves bytes that are fields already. */
static void move(byte_buffer *to, byte_buffer *from) {
    bytes_put(to, from->data, from->size);
    to->failed = to->failed || from->failed;
    bytes_release(from);
}

byte_buffer onnx_graph_message(onnx_graph *graph, const char *name) {
    byte_buffer message = {0};
    move(&message, &graph->nodes);
    wire_put_text(&message, 2, name);
    move(&message, &graph->constants);
    move(&message, &graph->inputs);
    move(&message, &graph->outputs);
    return message;
}
