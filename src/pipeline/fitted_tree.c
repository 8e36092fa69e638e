// SPDX-License-Identifier: MIT
#include "pipeline/fitted_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
static const char version_3[] = "3.0"; /* A model of members that vote. */
enum { first_major = 1, calibrated_major = 2, voting_major = 3 };

static void add_report(const perebor_fit_report *report, h5_tree *tree, h5_node *group) {
    h5_set_integer(tree, group, "converged", report->converged);
    h5_set_integer(tree, group, "iterations", report->iterations);
}

static const char *version_of(const perebor_fitted_pipeline *pipeline) {
    return pipeline->n_members > 0                 ? version_3
           : calibration_is_of_version_2(pipeline) ? version_2
                                                   : version_1;
}

/** What learns: a member, or all of a pipeline without members. */
static void add_parts(const perebor_fitted_pipeline *pipeline, h5_tree *tree, h5_node *group) {
    preparation_to_tree(pipeline->preparation, tree, h5_add_group(tree, group, "preparation"));
    calibration_to_tree(pipeline, tree, group);
    form_to_tree(&pipeline->form, tree, h5_add_group(tree, group, "form"));
}

/** The name of a member's group in "members": its number. */
enum { member_name_size = 24 };

static const char *name_member(size_t member, char name[member_name_size]) {
    (void)snprintf(name, member_name_size, "%zu", member);
    return name;
}

static void add_members(const perebor_fitted_pipeline *pipeline, h5_tree *tree, h5_node *parent) {
    h5_node *members = h5_add_group(tree, parent, "members");
    h5_node *weight = h5_add_dataset(tree, parent, "weight", H5_UINT64, 1, pipeline->n_members, 0);
    for (size_t i = 0; weight != NULL && i < pipeline->n_members; i++) {
        const perebor_fitted_pipeline *member = pipeline->members[i];
        char name[member_name_size];
        h5_node *group = h5_add_group(tree, members, name_member(i, name));
        ((uint64_t *)weight->array.data)[i] = pipeline->weights[i];
        h5_set_text(tree, group, "model_version", version_of(member));
        h5_set_text(tree, group, "learner", member->learner->name);
        add_report(&member->report, tree, group);
        add_parts(member, tree, group);
    }
}

void fitted_to_tree(const perebor_fitted_pipeline *pipeline, h5_tree *tree, h5_node *group) {
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_hex(pipeline->fingerprint, hex);
    h5_set_text(tree, group, "model_version", version_of(pipeline));
    h5_set_text(tree, group, "learner", pipeline->learner->name);
    h5_set_text(tree, group, "training_fingerprint", hex);
    add_report(&pipeline->report, tree, group);
    schema_to_tree(pipeline->schema, tree, h5_add_group(tree, group, "schema"));
    if (pipeline->n_members > 0) {
        add_members(pipeline, tree, group);
    } else {
        add_parts(pipeline, tree, group);
    }
}

/** The learner that a group names. */
static const perebor_learner *read_learner(h5_reader *reader, const char *group) {
    char path[READER_PATH];
    const perebor_learner *learner =
        perebor_learner_find(reader_text_attribute(reader, group, "learner"));
    if (learner == NULL) {
        (void)snprintf(path, sizeof path, "%s@learner", group);
        reader_fail(reader, path, "is no learner of this version of perebor");
    }
    return learner;
}

/** The major version, at most @p last. */
static int read_version(h5_reader *reader, const char *group, int last) {
    char path[READER_PATH];
    const char *version = reader_text_attribute(reader, group, "model_version");
    int major = reader->status == PEREBOR_OK ? atoi(version) : 0;
    if (reader->status == PEREBOR_OK && (major < first_major || major > last)) {
        (void)snprintf(path, sizeof path, "%s@model_version", group);
        reader_fail(reader, path,
                    major == voting_major ? "is of members, which no member has"
                                          : "is of a later version of perebor");
    }
    return major;
}

static void read_report(h5_reader *reader, const char *group, perebor_fit_report *report) {
    report->converged = reader_integer_attribute(reader, group, "converged", 0, 1) == 1;
    report->iterations =
        (uint32_t)reader_integer_attribute(reader, group, "iterations", 0, UINT32_MAX);
}

/** What learns, in the order in which its parts depend on each other. */
static void read_parts(h5_reader *reader, const char *group, int major,
                       const perebor_dataset *schema, perebor_fitted_pipeline *fitted) {
    perebor_model_form form;
    char path[READER_PATH];
    fitted->learner = read_learner(reader, group);
    if (reader->status != PEREBOR_OK) {
        return;
    }
    calibration_from_tree(reader, group, major == calibrated_major, fitted);
    fitted->preparation = preparation_from_tree(reader, reader_path(path, group, "preparation"),
                                                schema, &fitted->workspace);
    if (fitted->preparation == NULL) {
        return;
    }
    form_from_tree(reader, reader_path(path, group, "form"),
                   perebor_preparation_n_columns(fitted->preparation), &fitted->workspace, &form,
                   &fitted->pages);
    if (reader->status == PEREBOR_OK) {
        reader->status =
            fitted->learner->restore(&fitted->model, &form, &fitted->workspace, reader->error);
    }
    if (reader->status == PEREBOR_OK) { // most forms read lie in the tree, which will be freed
        reader->status = fitted->learner->describe(fitted->model, &fitted->workspace, &fitted->form,
                                                   reader->error);
    }
}

/** A member, which must say what its margins mean. */
static void read_member(h5_reader *reader, const char *group, const perebor_dataset *schema,
                        perebor_fitted_pipeline **member) {
    perebor_fitted_pipeline *read = calloc(1, sizeof *read);
    if (read == NULL) {
        reader_fail_memory(reader);
        return;
    }
    int major = read_version(reader, group, calibrated_major);
    read_report(reader, group, &read->report);
    if (reader->status == PEREBOR_OK) {
        read_parts(reader, group, major, schema, read);
    }
    if (reader->status == PEREBOR_OK && !read->calibrated) {
        reader_fail(reader, group, "votes, but its margins are not calibrated");
    }
    *member = read; // whoever owns the whole frees it
}

/** The members, of a schema that has been read. */
static perebor_fitted_pipeline *read_voting(h5_reader *reader, const char *group,
                                            const perebor_dataset *schema) {
    char path[READER_PATH], name[member_name_size];
    perebor_fitted_pipeline *fitted = NULL;
    const char *learner = reader_text_attribute(reader, group, "learner");
    if (reader->status == PEREBOR_OK && strcmp(learner, fitted_voting.name) != 0) {
        (void)snprintf(path, sizeof path, "%s@learner", group);
        reader_fail(reader, path, "does not vote, though the model is of members");
    }
    size_t n = reader_length(reader, reader_path(path, group, "weight"));
    const h5_array *weights = reader_array(reader, path, H5_INT64, 1, n, 0);
    if (reader->status == PEREBOR_OK && (n == 0 || n > FITTED_MOST_MEMBERS)) {
        reader_fail(reader, path, "is of none or too many members");
    }
    if (reader->status == PEREBOR_OK) {
        reader->status = fitted_voting_create(&fitted, n, reader->error);
    }
    char members[READER_PATH], member[READER_PATH];
    (void)reader_path(members, group, "members");
    for (size_t i = 0; reader->status == PEREBOR_OK && i < n; i++) {
        fitted->weights[i] = (uint32_t)reader_integer_at(reader, path, weights, i, 1, UINT32_MAX);
        read_member(reader, reader_path(member, members, name_member(i, name)), schema,
                    &fitted->members[i]);
    }
    return fitted;
}

/** A pipeline without members. */
static perebor_fitted_pipeline *read_single(h5_reader *reader, const char *group, int major,
                                            const perebor_dataset *schema) {
    perebor_fitted_pipeline *fitted = calloc(1, sizeof *fitted);
    if (fitted == NULL) {
        reader_fail_memory(reader);
        return NULL;
    }
    read_parts(reader, group, major, schema, fitted);
    return fitted;
}

perebor_fitted_pipeline *fitted_from_tree(h5_reader *reader) {
    static const char group[] = "model";
    char path[READER_PATH];
    perebor_fitted_pipeline *fitted = NULL;
    int major = read_version(reader, group, voting_major);
    perebor_dataset *schema = schema_from_tree(reader, reader_path(path, group, "schema"));
    if (reader->status == PEREBOR_OK) {
        fitted = major == voting_major ? read_voting(reader, group, schema)
                                       : read_single(reader, group, major, schema);
    }
    if (fitted == NULL) {
        perebor_dataset_free(schema);
        return NULL;
    }
    fitted->schema = schema;
    read_report(reader, group, &fitted->report);
    reader_digest(reader, "model@training_fingerprint",
                  reader_text_attribute(reader, group, "training_fingerprint"),
                  fitted->fingerprint);
    fitted->fingerprinted = true;
    if (reader->status != PEREBOR_OK) {
        perebor_fitted_pipeline_free(fitted);
        return NULL;
    }
    return fitted;
}
