// SPDX-License-Identifier: MIT
#include "export/onnx_model.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/version.h"
#include "export/onnx_calibration.h"
#include "export/onnx_columns.h"
#include "export/onnx_form.h"
#include "export/onnx_graph.h"
#include "export/onnx_wire.h"

enum { ir_version = 8, operator_set = 13, ml_operator_set = 3, most_slashes = 32 };

static void put_operator_set(byte_buffer *model, const char *domain, int64_t version) {
    byte_buffer set = {0};
    wire_put_text(&set, 1, domain);
    wire_put_integer(&set, 2, version);
    wire_put_message(model, 8, &set);
}

static void put_fact(byte_buffer *model, const char *key, const char *value) {
    byte_buffer fact = {0};
    wire_put_text(&fact, 1, key);
    wire_put_text(&fact, 2, value);
    wire_put_message(model, 14, &fact);
}

/** More slashes than any column begins with. */
static void choose_prefix(const perebor_dataset *schema, char prefix[most_slashes + 1]) {
    size_t most = 0;
    for (size_t i = 0; i < schema->n_columns; i++) {
        size_t n = strspn(schema->columns[i].name, "/");
        most = n > most ? n : most;
    }
    size_t n = most < most_slashes ? most + 1 : most_slashes;
    memset(prefix, '/', n);
    prefix[n] = '\0';
}

/** Names an output, with the prefix before it if a column has its name. */
static void put_output(onnx_graph *graph, const perebor_dataset *schema, onnx_value value,
                       const char *name) {
    char free_name[most_slashes + 32];
    bool taken = false;
    for (size_t i = 0; i < schema->n_columns; i++) {
        taken = taken || strcmp(schema->columns[i].name, name) == 0;
    }
    (void)snprintf(free_name, sizeof free_name, "%s%s", taken ? graph->prefix : "", name);
    onnx_output(graph, value, free_name);
}

static byte_buffer graph_message(const perebor_fitted_pipeline *pipeline) {
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(pipeline);
    char prefix[most_slashes + 1];
    choose_prefix(schema, prefix);
    onnx_graph graph = {.prefix = prefix};
    onnx_value x = onnx_columns_prepare(&graph, pipeline);
    onnx_value score = onnx_form_put(&graph, perebor_fitted_pipeline_form(pipeline), x);
    put_output(&graph, schema, score, "score");
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(pipeline);
    if (calibration != NULL) {
        bool share = perebor_fitted_pipeline_learner(pipeline)->score_kind == PEREBOR_SCORE_SHARE;
        onnx_value probability = onnx_calibration_put(&graph, calibration, share, score);
        put_output(&graph, schema, probability, "probability");
    }
    return onnx_graph_message(&graph, "pipeline");
}

byte_buffer onnx_model_message(const perebor_fitted_pipeline *pipeline) {
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(pipeline);
    uint8_t fingerprint[PEREBOR_SHA256_SIZE];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_fitted_pipeline_fingerprint(pipeline, fingerprint);
    perebor_sha256_hex(fingerprint, hex);
    byte_buffer model = {0};
    byte_buffer graph = graph_message(pipeline);
    wire_put_integer(&model, 1, ir_version);
    wire_put_text(&model, 2, "perebor");
    wire_put_text(&model, 3, perebor_version());
    wire_put_message(&model, 7, &graph);
    put_operator_set(&model, "", operator_set);
    put_operator_set(&model, "ai.onnx.ml", ml_operator_set);
    put_fact(&model, "learner", perebor_fitted_pipeline_learner(pipeline)->name);
    put_fact(&model, "target", schema->target_name);
    put_fact(&model, "positive", schema->positive_name);
    put_fact(&model, "training_fingerprint", hex);
    return model;
}
