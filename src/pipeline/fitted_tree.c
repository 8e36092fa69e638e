// SPDX-License-Identifier: MIT
#include "pipeline/fitted_tree.h"

#include <math.h>
#include <stdlib.h>

#include "data/schema_tree.h"
#include "model/form_tree.h"
#include "perebor/learners.h"
#include "pipeline/fitted.h"
#include "prepare/preparation_tree.h"

/** A reader takes any minor version of the major one it knows. */
static const char model_version[] = "1.1";
enum { model_major = 1 };

static void add_report(const perebor_fit_report *report, h5_tree *tree, h5_node *group) {
    h5_set_integer(tree, group, "converged", report->converged);
    h5_set_integer(tree, group, "iterations", report->iterations);
}

/** Margins alone have a calibration of their own: slope and offset, in this order. */
static void add_calibration(const perebor_fitted_pipeline *pipeline, h5_tree *tree,
                            h5_node *group) {
    if (!pipeline->calibrated || !perebor_calibration_needed(pipeline->learner)) {
        return;
    }
    h5_node *node = h5_add_dataset(tree, group, "calibration", H5_DOUBLE, 1, 2, 0);
    if (node != NULL) {
        ((double *)node->array.data)[0] = pipeline->calibration.slope;
        ((double *)node->array.data)[1] = pipeline->calibration.offset;
    }
}

void fitted_to_tree(const perebor_fitted_pipeline *pipeline, h5_tree *tree, h5_node *group) {
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_hex(pipeline->fingerprint, hex);
    h5_set_text(tree, group, "model_version", model_version);
    h5_set_text(tree, group, "learner", pipeline->learner->name);
    h5_set_text(tree, group, "training_fingerprint", hex);
    add_report(&pipeline->report, tree, group);
    schema_to_tree(pipeline->schema, tree, h5_add_group(tree, group, "schema"));
    preparation_to_tree(pipeline->preparation, tree, h5_add_group(tree, group, "preparation"));
    add_calibration(pipeline, tree, group);
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

static void check_version(h5_reader *reader) {
    const char *version = reader_text_attribute(reader, "model", "model_version");
    if (reader->status == PEREBOR_OK && atoi(version) != model_major) {
        reader_fail(reader, "model@model_version", "is of a later version of perebor");
    }
}

/** Margins without one are left uncalibrated: they cannot be predicted, but scored. */
static void read_calibration(h5_reader *reader, perebor_fitted_pipeline *fitted) {
    static const char path[] = "model/calibration";
    bool own = perebor_calibration_needed(fitted->learner);
    bool given = h5_find(reader->root, path) != NULL;
    if (!given) {
        fitted->calibrated = !own;
        fitted->calibration = (perebor_calibration){-1.0, 0.0};
        return;
    }
    const h5_array *array = reader_array(reader, path, H5_DOUBLE, 1, 2, 0);
    const double *values = array != NULL ? array->data : NULL;
    if (!own) {
        reader_fail(reader, path, "is there, but the scores of the learner are no margins");
    } else if (values != NULL && !(isfinite(values[0]) && isfinite(values[1]))) {
        reader_fail(reader, path, "is not finite");
    } else if (values != NULL) {
        fitted->calibrated = true;
        fitted->calibration = (perebor_calibration){values[0], values[1]};
    }
}

/** The parts in the order in which they depend on each other. */
static void read_parts(h5_reader *reader, perebor_fitted_pipeline *fitted) {
    perebor_model_form form;
    read_calibration(reader, fitted);
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
    check_version(reader);
    fitted->learner = read_learner(reader);
    fitted->report.converged = reader_integer_attribute(reader, "model", "converged", 0, 1) == 1;
    fitted->report.iterations =
        (uint32_t)reader_integer_attribute(reader, "model", "iterations", 0, UINT32_MAX);
    reader_digest(reader, "model@training_fingerprint",
                  reader_text_attribute(reader, "model", "training_fingerprint"),
                  fitted->fingerprint);
    fitted->fingerprinted = true;
    if (reader->status == PEREBOR_OK) {
        read_parts(reader, fitted);
    }
    if (reader->status != PEREBOR_OK) {
        perebor_fitted_pipeline_free(fitted);
        return NULL;
    }
    return fitted;
}
