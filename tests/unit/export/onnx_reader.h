// SPDX-License-Identifier: MIT
/**
 * @file onnx_reader.h
 * Decodes ONNX by the specifications alone: the encoding of protocol buffers, and the field numbers
 * of onnx.proto. What either does not allow fails the test.
 */
#ifndef PEREBOR_TEST_ONNX_READER_H
#define PEREBOR_TEST_ONNX_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/workspace.h"

/** Bytes of a message that are still to be read. */
typedef struct wire_view {
    const uint8_t *at;
    size_t left;
} wire_view;

typedef struct wire_field {
    unsigned number;
    bool is_bytes;
    uint64_t integer; /**< Of a varint. */
    wire_view bytes;  /**< Of a field with a length. */
} wire_field;

/** The next field; false at the end. */
bool wire_next(wire_view *view, wire_field *field);

enum { READ_MOST_DIMENSIONS = 2, READ_MOST_INPUTS = 16, READ_MOST_ATTRIBUTES = 16 };

typedef struct read_tensor {
    const char *name; /**< "" of none. */
    int64_t dimensions[READ_MOST_DIMENSIONS];
    size_t n_dimensions;
    int64_t type;      /**< TensorProto.DataType */
    size_t n;          /**< Elements. */
    double *reals;     /**< [n] of DOUBLE */
    int64_t *integers; /**< [n] of INT64 */
} read_tensor;

typedef struct read_attribute {
    const char *name;
    int64_t type; /**< AttributeProto.AttributeType */
    int64_t integer;
    int64_t *integers;  /**< [n] */
    const char **texts; /**< [n] */
    size_t n;
    read_tensor tensor;
} read_attribute;

typedef struct read_node {
    const char *operator, * domain;
    const char *inputs[READ_MOST_INPUTS], *outputs[2];
    size_t n_inputs, n_outputs;
    read_attribute attributes[READ_MOST_ATTRIBUTES];
    size_t n_attributes;
} read_node;

/** ValueInfoProto of a tensor [rows][1]. */
typedef struct read_port {
    const char *name;
    int64_t type;
} read_port;

/** Lives in its workspace, with everything that it points to. */
typedef struct read_graph {
    perebor_workspace workspace;
    const char *name;
    read_node *nodes;
    read_tensor *constants;
    read_port *inputs, *outputs;
    size_t n_nodes, n_constants, n_inputs, n_outputs;
} read_graph;

/** GraphProto. Released by read_graph_release(). */
void read_graph_message(read_graph *graph, wire_view message);

void read_graph_release(read_graph *graph);

/** The tensor of a constant; NULL: there is none of that name. */
const read_tensor *read_constant(const read_graph *graph, const char *name);

/** Fails the test if there is none of that name and type, or are two. */
const read_attribute *read_attribute_of(const read_node *node, const char *name, int64_t type);

/** A zero-ended copy of a text, which holds no zero itself. */
const char *read_text(perebor_workspace *workspace, wire_view bytes);

#endif
