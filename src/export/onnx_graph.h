// SPDX-License-Identifier: MIT
/**
 * @file onnx_graph.h
 * An ONNX graph being written: constants, nodes, inputs and outputs. Field numbers are those of
 * onnx.proto, ONNX 1.12.
 */
#ifndef PEREBOR_EXPORT_ONNX_GRAPH_H
#define PEREBOR_EXPORT_ONNX_GRAPH_H

#include <stdbool.h>

#include "base/bytes.h"
#include "perebor/matrix.h"

/** Element types, numbered as in TensorProto.DataType. */
typedef enum onnx_type {
    ONNX_FLOAT = 1,
    ONNX_INT64 = 7,
    ONNX_STRING = 8,
    ONNX_DOUBLE = 11,
} onnx_type;

/** Starts as {.prefix = …}; released by onnx_graph_message(). */
typedef struct onnx_graph {
    const char *prefix; /**< Begins the names of values within, and no input's or output's. */
    byte_buffer nodes, constants, inputs, outputs;
    unsigned n_values;
} onnx_graph;

/** A value of the graph: the number in its name, or the name of an input. */
typedef struct onnx_value {
    unsigned number;
    const char *input; /**< Borrowed; NULL of a value within. */
} onnx_value;

/** Attributes of a node, being written. Starts as {0}; the node releases it. */
typedef byte_buffer onnx_attributes;

void onnx_attribute_integer(onnx_attributes *attributes, const char *name, int64_t value);
void onnx_attribute_integers(onnx_attributes *attributes, const char *name, const int64_t *values,
                             size_t n);
void onnx_attribute_texts(onnx_attributes *attributes, const char *name, const char *const *texts,
                          size_t n);
void onnx_attribute_reals(onnx_attributes *attributes, const char *name, const double *values,
                          size_t n); /**< A tensor of double. */

/** An input of the graph, [rows][1]. @param[in] name  Borrowed. */
onnx_value onnx_input(onnx_graph *graph, const char *name, onnx_type type);

/** Says that a value, [rows][1] of double, is an output. */
void onnx_output(onnx_graph *graph, onnx_value value, const char *name);

/** Constants: a scalar; [n]; [1][n]; [n][1]; a matrix turned on its side and
 * multiplied: [n_columns][n_rows]. */
onnx_value onnx_real(onnx_graph *graph, double value);
onnx_value onnx_reals(onnx_graph *graph, const double *values, size_t n);
onnx_value onnx_row(onnx_graph *graph, const double *values, size_t n);
onnx_value onnx_column(onnx_graph *graph, const double *values, size_t n);
onnx_value onnx_transposed(onnx_graph *graph, const perebor_matrix *matrix, double factor);
onnx_value onnx_integers(onnx_graph *graph, const int64_t *values, size_t n); /**< [n] */
onnx_value onnx_integer_row(onnx_graph *graph, const int64_t *values, size_t n);

/** A node of the default operators with @p n inputs. @param attributes  NULL: none. */
onnx_value onnx_node(onnx_graph *graph, const char *operator, const onnx_value * inputs, size_t n,
                     onnx_attributes *attributes);

/** The same of ai.onnx.ml, with one input. */
onnx_value onnx_ml_node(onnx_graph *graph, const char *operator, onnx_value input,
                        onnx_attributes *attributes);

/** A node with two outputs, the second one after the one that is returned: number + 1. */
onnx_value onnx_node_of_two(onnx_graph *graph, const char *operator, const onnx_value * inputs,
                            size_t n, onnx_attributes *attributes);

/** A node without attributes: onnx_apply(graph, "Add", a, b). */
#define onnx_apply(graph, operator, ...)                                                           \
    onnx_node(graph, operator,(const onnx_value[]){__VA_ARGS__},                                   \
              sizeof((const onnx_value[]){__VA_ARGS__}) / sizeof(onnx_value), NULL)

onnx_value onnx_cast(onnx_graph *graph, onnx_value value, onnx_type type);

/** Chooses columns (axis 1), or elements of a list (axis 0). */
onnx_value onnx_gather(onnx_graph *graph, onnx_value from, onnx_value indices, int64_t axis);

/** Puts values side by side. */
onnx_value onnx_concat(onnx_graph *graph, const onnx_value *values, size_t n);

/** a [rows][n] times b [n][columns]. A single column is multiplied, not MatMul: with that, a
 * runtime puts the scaling before it into a factor of single precision. */
onnx_value onnx_product(onnx_graph *graph, onnx_value a, onnx_value b, size_t n);

/** One number for every row of @p x, which holds finite numbers: [rows][1]. */
onnx_value onnx_repeat(onnx_graph *graph, onnx_value x, double value);

/** The sum of each row, [rows][1]. */
onnx_value onnx_row_sums(onnx_graph *graph, onnx_value value);

/** GraphProto. Leaves the graph released. */
byte_buffer onnx_graph_message(onnx_graph *graph, const char *name);

#endif
