// SPDX-License-Identifier: MIT
#include "perebor/model_export.h"

#include <stdlib.h>
#include <string.h>

#include "export/c_model.h"
#include "export/model_json.h"
#include "export/onnx_model.h"
#include "export/parts.h"
#include "export/xgboost_model.h"

static const perebor_output_kind kinds[] = {
    [PEREBOR_MODEL_JSON] = {.name = "a model as JSON",
                            .beginning = "{\"format\":\"perebor-model\""},
    [PEREBOR_MODEL_C] = {.name = "a model as C source",
                         .beginning = "/* A fitted pipeline of perebor"},
    [PEREBOR_MODEL_ONNX] = {.name = "a model of perebor as ONNX",
                            .beginning = "\x08\x08\x12\x07perebor"},
    [PEREBOR_MODEL_XGBOOST] = {.name = "a model of perebor for XGBoost",
                               .beginning =
                                   "{\"learner\":{\"attributes\":{\"creator\":\"perebor\""},
};

const perebor_output_kind *perebor_model_export_kind(perebor_model_format format) {
    return &kinds[format];
}

/** Hands over a document as a line. */
static perebor_status take_document(perebor_json *json, char **bytes, size_t *size,
                                    perebor_error *error) {
    char *text = perebor_json_take(json);
    size_t length = text != NULL ? strlen(text) : 0;
    char *line = text != NULL ? realloc(text, length + 2) : NULL;
    if (line == NULL) {
        free(text);
        return perebor_no_memory(error, "to export a model");
    }
    memcpy(line + length, "\n", 2);
    *bytes = line;
    *size = length + 1;
    return PEREBOR_OK;
}

static perebor_status export_json(const perebor_fitted_pipeline *pipeline, char **bytes,
                                  size_t *size, perebor_error *error) {
    perebor_json json = {0};
    model_json_put(pipeline, &json);
    return take_document(&json, bytes, size, error);
}

static perebor_status export_xgboost(const perebor_fitted_pipeline *pipeline, char **bytes,
                                     size_t *size, perebor_error *error) {
    perebor_json json = {0};
    if (parts_vote(pipeline)) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "XGBoost has no mean of the probabilities of several models: write "
                            "the ensemble as json, c or onnx");
    }
    perebor_status status = xgboost_model_put(pipeline, &json, error);
    if (status != PEREBOR_OK) {
        perebor_json_release(&json);
        return status;
    }
    return take_document(&json, bytes, size, error);
}

/** Hands over what was written, with a zero after it. */
static perebor_status take_bytes(byte_buffer *buffer, char **bytes, size_t *size,
                                 perebor_error *error) {
    bytes_put_u8(buffer, 0);
    if (buffer->failed) {
        bytes_release(buffer);
        return perebor_no_memory(error, "to export a model");
    }
    *bytes = (char *)buffer->data;
    *size = buffer->size - 1;
    return PEREBOR_OK;
}

/** A letter, then letters, digits and "_". */
static bool is_identifier(const char *name) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return name[0] != '\0' && strchr(letters, name[0]) != NULL &&
           name[strspn(name, others)] == '\0' && strlen(name) <= 64;
}

static perebor_status export_c(const perebor_fitted_pipeline *pipeline, const char *name,
                               char **bytes, size_t *size, perebor_error *error) {
    c_text text = {.name = name != NULL ? name : "model"};
    if (!is_identifier(text.name)) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "\"%s\" cannot begin the names of C: take a letter, then up to 63 "
                            "letters, digits or \"_\"",
                            text.name);
    }
    c_model_put(&text, pipeline);
    return take_bytes(&text.bytes, bytes, size, error);
}

static perebor_status export_onnx(const perebor_fitted_pipeline *pipeline, char **bytes,
                                  size_t *size, perebor_error *error) {
    byte_buffer message = onnx_model_message(pipeline);
    if (message.size > INT32_MAX) {
        bytes_release(&message);
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "the model takes more than the 2 GiB that ONNX allows: write it as "
                            "json or c");
    }
    return take_bytes(&message, bytes, size, error);
}

perebor_status perebor_model_export(const perebor_fitted_pipeline *pipeline,
                                    perebor_model_format format, const char *name, char **bytes,
                                    size_t *size, perebor_error *error) {
    switch (format) {
    case PEREBOR_MODEL_JSON:
        return export_json(pipeline, bytes, size, error);
    case PEREBOR_MODEL_C:
        return export_c(pipeline, name, bytes, size, error);
    case PEREBOR_MODEL_ONNX:
        return export_onnx(pipeline, bytes, size, error);
    case PEREBOR_MODEL_XGBOOST:
        return export_xgboost(pipeline, bytes, size, error);
    }
    return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "a model has no format %d", (int)format);
}
