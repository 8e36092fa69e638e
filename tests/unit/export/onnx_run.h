// SPDX-License-Identifier: MIT
/**
 * @file onnx_run.h
 * Runs a graph on one row: every operator that is written, as its specification has it.
 */
#ifndef PEREBOR_TEST_ONNX_RUN_H
#define PEREBOR_TEST_ONNX_RUN_H

#include "onnx_reader.h"

/** A row of an input: a number, or a text. */
typedef struct run_input {
    const char *name;
    double number;
    const char *text; /**< Of an input of texts; else NULL. */
} run_input;

/** The output of that name. Fails the test where an input is not given, a value is used before it
 * is made or made twice, or shapes do not fit. */
double run_graph(const read_graph *graph, const run_input *inputs, size_t n_inputs,
                 const char *output);

#endif
