// SPDX-License-Identifier: MIT
#include "export/onnx_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/version.h"
#include "export/onnx_calibration.h"
#include "export/onnx_columns.h"
#include "export/onnx_form.h"
#include "export/onnx_graph.h"
#include "export/onnx_wire.h"
#include "export/parts.h"

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

/** What a part makes of the values of a row. */
static onnx_value put_score(onnx_graph *graph, const perebor_dataset *schema,
                            const perebor_fitted_pipeline *part, bool *declared) {
    const perebor_preparation *preparation = perebor_fitted_pipeline_preparation(part);
    onnx_value x = onnx_columns_prepare(graph, schema, preparation, declared);
    return onnx_form_put(graph, perebor_fitted_pipeline_form(part), x);
}

/** @pre  The pipeline is calibrated. */
static onnx_value put_probability(onnx_graph *graph, const perebor_fitted_pipeline *pipeline,
                                  onnx_value score) {
    bool share = perebor_fitted_pipeline_learner(pipeline)->score_kind == PEREBOR_SCORE_SHARE;
    return onnx_calibration_put(graph, perebor_fitted_pipeline_calibration(pipeline), share, score);
}

/** The weighted mean of the parts' probabilities, added up as pipeline/fitted_voting.c does. */
static onnx_value put_votes(onnx_graph *graph, const perebor_fitted_pipeline *pipeline,
                            bool *declared) {
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(pipeline);
    onnx_value sum = {0};
    double total = 0.0;
    for (size_t k = 0; k < parts_count(pipeline); k++) {
        uint32_t weight;
        const perebor_fitted_pipeline *part = parts_at(pipeline, k, &weight);
        onnx_value score = put_score(graph, schema, part, declared);
        onnx_value probability = put_probability(graph, part, score);
        onnx_value vote = onnx_apply(graph, "Mul", probability, onnx_real(graph, weight));
        sum = k == 0 ? vote : onnx_apply(graph, "Add", sum, vote);
        total += weight;
    }
    return onnx_apply(graph, "Div", sum, onnx_real(graph, total));
}

static byte_buffer graph_message(const perebor_fitted_pipeline *pipeline) {
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(pipeline);
    char prefix[most_slashes + 1];
    choose_prefix(schema, prefix);
    onnx_graph graph = {.prefix = prefix};
    bool *declared = calloc(schema->n_columns + 1, sizeof *declared);
    if (declared == NULL) {
        return (byte_buffer){.failed = true};
    }
    onnx_value score = parts_vote(pipeline) ? put_votes(&graph, pipeline, declared)
                                            : put_score(&graph, schema, pipeline, declared);
    free(declared);
    put_output(&graph, schema, score, "score");
    if (perebor_fitted_pipeline_calibration(pipeline) != NULL) {
        onnx_value probability = put_probability(&graph, pipeline, score);
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
