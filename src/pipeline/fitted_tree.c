// SPDX-License-Identifier: MIT
#include "pipeline/fitted_tree.h"

#include <stdlib.h>

#include "data/schema_tree.h"
#include "model/form_tree.h"
#include "perebor/learners.h"
#include "pipeline/calibration_tree.h"
#include "pipeline/fitted.h"
#include "prepare/preparation_tree.h"

/** Each model is of the first version that can say it; a reader takes any minor version of the
 * major ones it knows. */
static const char version_1[] = "1.1";
static const char version_2[] = "2.0";
enum { first_major = 1, last_major = 2 };

static void add_report(const perebor_fit_report *report, h5_tree *tree, h5_node *group) {
    h5_set_integer(tree, group, "converged", report->converged);
    h5_set_integer(tree, group, "iterations", report->iterations);
}

void fitted_to_tree(const perebor_fitted_pipeline *pipeline, h5_tree *tree, h5_node *group) {
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_hex(pipeline->fingerprint, hex);
    h5_set_text(tree, group, "model_version",
                calibration_is_of_version_2(pipeline) ? version_2 : version_1);
    h5_set_text(tree, group, "learner", pipeline->learner->name);
    h5_set_text(tree, group, "training_fingerprint", hex);
    add_report(&pipeline->report, tree, group);
    schema_to_tree(pipeline->schema, tree, h5_add_group(tree, group, "schema"));
    preparation_to_tree(pipeline->preparation, tree, h5_add_group(tree, group, "preparation"));
    calibration_to_tree(pipeline, tree, group);
    form_to_tree(&pipeline->form, tree, h5_add_group(tree, group, "form"));
}

/** The learner that the group names. */
static const perebor_learner *read_learner(h5_reader *reader) {
    const perebor_learner *learner =
        perebor_learner_find(reader_text_attribute(reader, "model", "learner"));
    if (learner == NULL) {
        reader_fail(reader, "model@learner", "is no learner of this version of perebor");
    }
    return learner;
}

/** The major version. */
static int read_version(h5_reader *reader) {
    const char *version = reader_text_attribute(reader, "model", "model_version");
    int major = reader->status == PEREBOR_OK ? atoi(version) : 0;
    if (reader->status == PEREBOR_OK && (major < first_major || major > last_major)) {
        reader_fail(reader, "model@model_version", "is of a later version of perebor");
    }
    return major;
}

/** The parts in the order in which they depend on each other. */
static void read_parts(h5_reader *reader, int major, perebor_fitted_pipeline *fitted) {
    perebor_model_form form;
    calibration_from_tree(reader, major == last_major, fitted);
    fitted->schema = schema_from_tree(reader, "model/schema");
    if (fitted->schema != NULL) {
        fitted->preparation =
            preparation_from_tree(reader, "model/preparation", fitted->schema, &fitted->workspace);
    }
    if (fitted->preparation == NULL) {
        return;
    }
    form_from_tree(reader, "model/form", perebor_preparation_n_columns(fitted->preparation),
                   &fitted->workspace, &form);
    if (reader->status == PEREBOR_OK) {
        reader->status =
            fitted->learner->restore(&fitted->model, &form, &fitted->workspace, reader->error);
    }
    if (reader->status == PEREBOR_OK) { // the form read lies in the tree, which will be freed
        reader->status = fitted->learner->describe(fitted->model, &fitted->workspace, &fitted->form,
                                                   reader->error);
    }
}

perebor_fitted_pipeline *fitted_from_tree(h5_reader *reader) {
    perebor_fitted_pipeline *fitted = calloc(1, sizeof *fitted);
    if (fitted == NULL) {
        reader_fail_memory(reader);
        return NULL;
    }
    int major = read_version(reader);
    fitted->learner = read_learner(reader);
    fitted->report.converged = reader_integer_attribute(reader, "model", "converged", 0, 1) == 1;
    fitted->report.iterations =
        (uint32_t)reader_integer_attribute(reader, "model", "iterations", 0, UINT32_MAX);
    reader_digest(reader, "model@training_fingerprint",
                  reader_text_attribute(reader, "model", "training_fingerprint"),
                  fitted->fingerprint);
    fitted->fingerprinted = true;
    if (reader->status == PEREBOR_OK) {
        read_parts(reader, major, fitted);
    }
    if (reader->status != PEREBOR_OK) {
        perebor_fitted_pipeline_free(fitted);
        return NULL;
    }
    return fitted;
}
