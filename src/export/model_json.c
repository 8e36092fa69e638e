// SPDX-License-Identifier: MIT
#include "export/model_json.h"

#include "base/digest.h"
#include "base/version.h"
#include "export/parts.h"
#include "prepare/prepared_column.h"

/** A reader takes any minor version of the major one it knows; one that knows no members knows
 * none of what votes. */
static const char single_version[] = "1.0", voting_version[] = "2.0";

static const char *const score_names[] = {[PEREBOR_SCORE_LOG_ODDS] = "log_odds",
                                          [PEREBOR_SCORE_SHARE] = "share",
                                          [PEREBOR_SCORE_MARGIN] = "margin"};
static const char *const kernel_names[] = {[PEREBOR_KERNEL_RBF] = "rbf",
                                           [PEREBOR_KERNEL_POLY] = "poly",
                                           [PEREBOR_KERNEL_SIGMOID] = "sigmoid"};
static const char *const distance_names[] = {[PEREBOR_DISTANCE_MANHATTAN] = "manhattan",
                                             [PEREBOR_DISTANCE_EUCLIDEAN] = "euclidean",
                                             [PEREBOR_DISTANCE_MINKOWSKI] = "minkowski"};

static void put_origin(const perebor_fitted_pipeline *pipeline, perebor_json *json) {
    const char *format_version = parts_vote(pipeline) ? voting_version : single_version;
    uint8_t fingerprint[PEREBOR_SHA256_SIZE];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_fitted_pipeline_fingerprint(pipeline, fingerprint);
    perebor_sha256_hex(fingerprint, hex);
    perebor_json_put_text(json, "format", "perebor-model");
    perebor_json_put_text(json, "format_version", format_version);
    perebor_json_put_text(json, "creator", "perebor");
    perebor_json_put_text(json, "creator_version", perebor_version());
    perebor_json_put_text(json, "training_fingerprint", hex);
}

static void put_fit(const perebor_fitted_pipeline *pipeline, perebor_json *json) {
    const perebor_fit_report *report = perebor_fitted_pipeline_report(pipeline);
    const perebor_learner *learner = perebor_fitted_pipeline_learner(pipeline);
    perebor_json_put_text(json, "learner", learner->name);
    perebor_json_put_boolean(json, "converged", report->converged);
    perebor_json_put_unsigned(json, "iterations", report->iterations);
    perebor_json_put_text(json, "score", score_names[learner->score_kind]);
}

static void put_schema(const perebor_dataset *schema, perebor_json *json) {
    perebor_json_key(json, "schema");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "id", schema->id_name);
    perebor_json_put_text(json, "target", schema->target_name);
    perebor_json_put_text(json, "positive", schema->positive_name);
    perebor_json_put_text(json, "negative", schema->negative_name);
    perebor_json_key(json, "columns");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < schema->n_columns; i++) {
        const perebor_column *column = &schema->columns[i];
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "name", column->name);
        perebor_json_put_text(json, "role", perebor_role_names[column->role]);
        perebor_json_put_texts(json, "levels", column->levels, column->n_levels);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

static void put_prepared_column(const perebor_preparation *preparation, size_t i,
                                const perebor_dataset *schema, perebor_json *json) {
    enum { most_bytes = 1024 };
    char name[most_bytes];
    prepared_column column = prepared_column_at(preparation, i);
    (void)perebor_preparation_column_name(preparation, i, name, sizeof name);
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "name", name);
    perebor_json_put_unsigned(json, "source", column.source);
    perebor_json_put_text(json, "encoding", prepared_encoding_names[column.encoding]);
    perebor_json_put_real(json, "fill", column.fill);
    switch (column.encoding) {
    case PREPARED_NUMBER:
        perebor_json_put_text(json, "scaling", prepared_scaling_names[column.scaling]);
        perebor_json_put_real(json, "shift", column.shift);
        perebor_json_put_real(json, "factor", column.factor);
        break;
    case PREPARED_LEVEL:
        perebor_json_put_unsigned(json, "level", column.level);
        break;
    case PREPARED_CODE:
        perebor_json_put_reals(json, "codes", column.codes,
                               schema->columns[column.source].n_levels + 1);
        break;
    }
    perebor_json_end_object(json);
}

static void put_preparation(const perebor_preparation *preparation, const perebor_dataset *schema,
                            perebor_json *json) {
    perebor_json_key(json, "preparation");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < perebor_preparation_n_columns(preparation); i++) {
        put_prepared_column(preparation, i, schema, json);
    }
    perebor_json_end_array(json);
}

static void put_indices(perebor_json *json, const char *key, const uint32_t *values, size_t n) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        perebor_json_unsigned(json, values[i]);
    }
    perebor_json_end_array(json);
}

/** An array of rows. */
static void put_matrix(perebor_json *json, const char *key, const perebor_matrix *matrix) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t row = 0; row < matrix->n_rows; row++) {
        perebor_json_begin_array(json);
        for (size_t column = 0; column < matrix->n_columns; column++) {
            perebor_json_real(json, perebor_matrix_column(matrix, column)[row]);
        }
        perebor_json_end_array(json);
    }
    perebor_json_end_array(json);
}

static void put_trees(const perebor_trees_form *trees, perebor_json *json) {
    perebor_json_put_boolean(json, "single_precision", trees->single_precision);
    perebor_json_put_boolean(json, "added", trees->added);
    perebor_json_put_counts(json, "first_node", trees->first_node, trees->n_trees + 1);
    put_indices(json, "column", trees->columns, trees->n_nodes);
    perebor_json_put_reals(json, "threshold", trees->thresholds, trees->n_nodes);
    put_indices(json, "left", trees->left, trees->n_nodes);
    perebor_json_put_reals(json, "value", trees->values, trees->n_nodes);
    perebor_json_put_reals(json, "cover", trees->covers, trees->n_nodes);
    if (trees->n_sets > 0) {
        perebor_json_put_counts(json, "first_member", trees->first_member, trees->n_sets + 1);
        put_indices(json, "member", trees->members, trees->first_member[trees->n_sets]);
    }
}

static void put_kernel(const perebor_model_form *form, perebor_json *json) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    perebor_json_put_text(json, "kernel", kernel_names[kernel->kernel.kind]);
    perebor_json_put_real(json, "gamma", kernel->kernel.gamma);
    perebor_json_put_real(json, "coef0", kernel->kernel.coef0);
    perebor_json_put_integer(json, "degree", kernel->kernel.degree);
    perebor_json_put_real(json, "bias", kernel->bias);
    if (form->kind == PEREBOR_FORM_MONOMIALS) {
        perebor_json_put_reals(json, "weights", kernel->weights, kernel->n_weights);
        return;
    }
    perebor_json_put_reals(json, "coefficients", kernel->coefficients, kernel->support.n_rows);
    put_matrix(json, "support", &kernel->support);
}

static void put_neighbors(const perebor_neighbors_form *neighbors, perebor_json *json) {
    perebor_json_put_unsigned(json, "k", neighbors->k);
    perebor_json_put_boolean(json, "by_distance", neighbors->by_distance);
    perebor_json_put_text(json, "distance", distance_names[neighbors->distance]);
    perebor_json_put_real(json, "p", neighbors->p);
    perebor_json_key(json, "labels");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < neighbors->points.n_rows; i++) {
        perebor_json_unsigned(json, neighbors->labels[i]);
    }
    perebor_json_end_array(json);
    put_matrix(json, "points", &neighbors->points);
}

/** A class a row. */
static void put_classes(perebor_json *json, const char *key, const double *const of_class[2],
                        size_t n_columns) {
    perebor_json_key(json, key);
    perebor_json_begin_array(json);
    for (size_t c = 0; c < 2; c++) {
        perebor_json_begin_array(json);
        for (size_t column = 0; column < n_columns; column++) {
            perebor_json_real(json, of_class[c][column]);
        }
        perebor_json_end_array(json);
    }
    perebor_json_end_array(json);
}

static void put_densities(const perebor_model_form *form, perebor_json *json) {
    perebor_json_put_real(json, "offset", form->as.densities.offset);
    put_classes(json, "means", form->as.densities.means, form->n_columns);
    put_classes(json, "variances", form->as.densities.variances, form->n_columns);
}

static void put_form(const perebor_model_form *form, perebor_json *json) {
    perebor_json_key(json, "model");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "form", perebor_form_kind_name(form->kind));
    perebor_json_put_real(json, "grain", form->grain);
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
        perebor_json_put_real(json, "intercept", form->as.linear.intercept);
        perebor_json_put_reals(json, "weights", form->as.linear.weights, form->n_columns);
        break;
    case PEREBOR_FORM_TREES:
        put_trees(&form->as.trees, json);
        break;
    case PEREBOR_FORM_KERNEL:
    case PEREBOR_FORM_MONOMIALS:
        put_kernel(form, json);
        break;
    case PEREBOR_FORM_NEIGHBORS:
        put_neighbors(&form->as.neighbors, json);
        break;
    case PEREBOR_FORM_DENSITIES:
        put_densities(form, json);
        break;
    }
    perebor_json_end_object(json);
}

static const char *const calibration_names[] = {[PEREBOR_CALIBRATION_SIGMOID] = "sigmoid",
                                                [PEREBOR_CALIBRATION_BETA] = "beta",
                                                [PEREBOR_CALIBRATION_ISOTONIC] = "isotonic"};

static void put_map(const perebor_calibration *calibration, perebor_json *json) {
    perebor_json_put_text(json, "kind", calibration_names[calibration->kind]);
    if (calibration->kind == PEREBOR_CALIBRATION_ISOTONIC) {
        perebor_json_put_reals(json, "knots", calibration->knots, calibration->n_knots);
        perebor_json_put_reals(json, "values", calibration->values, calibration->n_knots);
        return;
    }
    perebor_json_put_real(json, "slope", calibration->slope);
    perebor_json_put_real(json, "offset", calibration->offset);
    if (calibration->kind == PEREBOR_CALIBRATION_BETA) {
        perebor_json_put_real(json, "a", calibration->a);
        perebor_json_put_real(json, "b", calibration->b);
        perebor_json_put_real(json, "c", calibration->c);
        perebor_json_put_real(json, "floor", calibration->floor);
    }
}

/** null of margins without one, and of shares that are probabilities as they are. */
static void put_calibration(const perebor_fitted_pipeline *pipeline, perebor_json *json) {
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(pipeline);
    perebor_score_kind kind = perebor_fitted_pipeline_learner(pipeline)->score_kind;
    perebor_json_key(json, "calibration");
    if (calibration == NULL ||
        (kind == PEREBOR_SCORE_SHARE && calibration->kind == PEREBOR_CALIBRATION_SIGMOID)) {
        perebor_json_null(json);
        return;
    }
    perebor_json_begin_object(json);
    put_map(calibration, json);
    perebor_json_end_object(json);
}

/** From the values of a row to a score and its probability. */
static void put_steps(const perebor_fitted_pipeline *part, const perebor_dataset *schema,
                      perebor_json *json) {
    put_preparation(perebor_fitted_pipeline_preparation(part), schema, json);
    put_form(perebor_fitted_pipeline_form(part), json);
    put_calibration(part, json);
}

static void put_members(const perebor_fitted_pipeline *pipeline, perebor_json *json) {
    perebor_json_key(json, "members");
    perebor_json_begin_array(json);
    for (size_t k = 0; k < parts_count(pipeline); k++) {
        uint32_t weight;
        const perebor_fitted_pipeline *member = parts_at(pipeline, k, &weight);
        perebor_json_begin_object(json);
        perebor_json_put_unsigned(json, "weight", weight);
        put_fit(member, json);
        put_steps(member, perebor_fitted_pipeline_schema(pipeline), json);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

void model_json_put(const perebor_fitted_pipeline *pipeline, perebor_json *json) {
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(pipeline);
    perebor_json_begin_object(json);
    put_origin(pipeline, json);
    put_fit(pipeline, json);
    put_schema(schema, json);
    if (parts_vote(pipeline)) {
        put_members(pipeline, json);
    } else {
        put_steps(pipeline, schema, json);
    }
    perebor_json_end_object(json);
}
