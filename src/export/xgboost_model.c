// SPDX-License-Identifier: MIT
#include "export/xgboost_model.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "perebor/calibration.h"
#include "prepare/prepared_column.h"

/** The trees of a pipeline as they are written. */
typedef struct written {
    const perebor_fitted_pipeline *pipeline;
    const perebor_trees_form *trees;
    const perebor_preparation *preparation;
    size_t n_columns;
    perebor_json *json;
    /** [n] of the tree that is being written: its nodes that can be reached, breadth first. */
    uint64_t *at;
    int64_t *left, *parent; /**< Among these; -1: none. */
    double *values;         /**< What leaves predict; for branches the mean of theirs. */
    size_t n;
    bool logistic;        /**< Leaves add up to log-odds: */
    double slope, offset; /**< slope times a score and, in the first tree, offset. */
} written;

/** What the model compares of a number of the table. */
static double compared(const perebor_trees_form *trees, const prepared_column *column, double x) {
    if (column->encoding == PREPARED_NUMBER && column->scaling == PREPARED_CENTRE) {
        x = (x - column->shift) / column->factor;
    } else if (column->encoding == PREPARED_NUMBER && column->scaling == PREPARED_STRETCH) {
        x = x * column->factor + column->shift;
    }
    return trees->single_precision ? (double)(float)x : x;
}

/** Floats from -FLT_MAX on, numbered in their order. */
static float float_at(int64_t number) {
    uint32_t bits = (uint32_t)(number < 0 ? -number : number);
    float magnitude;
    memcpy(&magnitude, &bits, sizeof magnitude);
    return number < 0 ? -magnitude : magnitude;
}

static int64_t largest_number(void) {
    const float largest = FLT_MAX;
    uint32_t bits;
    memcpy(&bits, &largest, sizeof bits);
    return bits;
}

/** The least float that goes right: scaling never turns the order of two values, so that they all
 * do from there on. */
static float least_right(const perebor_trees_form *trees, const prepared_column *column,
                         double threshold) {
    int64_t low = -largest_number(), high = largest_number();
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (compared(trees, column, (double)float_at(middle)) <= threshold) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return float_at(low);
}

/** Whether a missing value goes left: as what is filled in for it. */
static bool fill_goes_left(const perebor_trees_form *trees, const prepared_column *column,
                           double threshold) {
    double filled = column->fill;
    if (column->encoding == PREPARED_LEVEL) {
        filled = column->fill == (double)column->level ? 1.0 : 0.0;
    } else if (column->encoding == PREPARED_CODE) {
        filled = column->codes[(size_t)column->fill];
    }
    return compared(trees, column, filled) <= threshold;
}

/** Lists the nodes from the root on. */
static void list_nodes(written *written, size_t tree) {
    const perebor_trees_form *trees = written->trees;
    uint64_t first = trees->first_node[tree];
    written->at[0] = first;
    written->parent[0] = -1;
    written->n = 1;
    for (size_t i = 0; i < written->n; i++) {
        uint32_t left = trees->left[written->at[i]];
        written->left[i] = left == 0 ? -1 : (int64_t)written->n;
        for (uint32_t side = 0; left != 0 && side < 2; side++) {
            written->at[written->n] = first + left + side;
            written->parent[written->n++] = (int64_t)i;
        }
    }
}

/** What leaves predict, and the means of branches, by weight. */
static void find_values(written *written, bool first) {
    const perebor_trees_form *trees = written->trees;
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(written->pipeline);
    for (size_t i = written->n; i-- > 0;) {
        double *value = &written->values[i];
        if (written->left[i] < 0) {
            *value = trees->values[written->at[i]];
            if (calibration != NULL && trees->n_trees == 1) {
                perebor_calibration_apply(calibration,
                                          perebor_fitted_pipeline_learner(written->pipeline), value,
                                          1, value);
            }
            *value = *value / perebor_trees_form_divisor(trees) * written->slope +
                     (first ? written->offset : 0.0);
            continue;
        }
        size_t left = (size_t)written->left[i];
        double a = trees->covers[written->at[left]], b = trees->covers[written->at[left + 1]];
        *value = a + b > 0.0 ? (a * written->values[left] + b * written->values[left + 1]) / (a + b)
                             : 0.0;
    }
}

/** A float in the fewest digits that read back to it. */
static void put_float(perebor_json *json, float value) {
    enum { least_digits = 6, most_digits = 9 };
    char text[32];
    for (int digits = least_digits; digits <= most_digits; digits++) {
        (void)snprintf(text, sizeof text, "%.*e", digits - 1, (double)value);
        if (strtof(text, NULL) == value) {
            break;
        }
    }
    perebor_json_raw(json, text);
}

/** A member for the nodes of a tree, a number each. */
static void put_nodes(written *written, const char *key,
                      void (*put)(const struct written *written, size_t node)) {
    perebor_json_key(written->json, key);
    perebor_json_begin_array(written->json);
    for (size_t i = 0; i < written->n; i++) {
        put(written, i);
    }
    perebor_json_end_array(written->json);
}

static bool is_leaf(const written *written, size_t node) {
    return written->left[node] < 0;
}

static prepared_column column_of(const written *written, size_t node) {
    return prepared_column_at(written->preparation, written->trees->columns[written->at[node]]);
}

static double threshold_of(const written *written, size_t node) {
    return written->trees->thresholds[written->at[node]];
}

static void put_value(const written *written, size_t node) {
    put_float(written->json, (float)written->values[node]);
}

static void put_default_left(const written *written, size_t node) {
    prepared_column column = {0};
    bool left = false;
    if (!is_leaf(written, node)) {
        column = column_of(written, node);
        left = fill_goes_left(written->trees, &column, threshold_of(written, node));
    }
    perebor_json_unsigned(written->json, left);
}

static void put_left(const written *written, size_t node) {
    perebor_json_integer(written->json, written->left[node]);
}

static void put_right(const written *written, size_t node) {
    perebor_json_integer(written->json, is_leaf(written, node) ? -1 : written->left[node] + 1);
}

static void put_parent(const written *written, size_t node) {
    perebor_json_integer(written->json, node == 0 ? INT32_MAX : written->parent[node]);
}

/** By how much a branch lessens the sum of squares. */
static void put_gain(const written *written, size_t node) {
    double gain = 0.0;
    if (!is_leaf(written, node)) {
        size_t left = (size_t)written->left[node];
        const double *covers = written->trees->covers;
        double a = covers[written->at[left]], b = covers[written->at[left + 1]];
        double distance = written->values[left] - written->values[left + 1];
        gain = a + b > 0.0 ? a * b / (a + b) * distance * distance : 0.0;
    }
    put_float(written->json, (float)gain);
}

static void put_condition(const written *written, size_t node) {
    if (is_leaf(written, node)) {
        put_value(written, node);
        return;
    }
    prepared_column column = column_of(written, node);
    put_float(written->json, least_right(written->trees, &column, threshold_of(written, node)));
}

static void put_feature(const written *written, size_t node) {
    perebor_json_unsigned(written->json,
                          is_leaf(written, node) ? 0 : written->trees->columns[written->at[node]]);
}

static void put_zero(const written *written, size_t node) {
    (void)node;
    perebor_json_unsigned(written->json, 0);
}

static void put_cover(const written *written, size_t node) {
    put_float(written->json, (float)written->trees->covers[written->at[node]]);
}

/** A member whose value is a whole number in a text, as XGBoost writes parameters. */
static void put_parameter(perebor_json *json, const char *key, size_t value) {
    char text[24];
    (void)snprintf(text, sizeof text, "%zu", value);
    perebor_json_put_text(json, key, text);
}

static void put_tree(written *written, size_t tree) {
    static const char *const categories[] = {"categories", "categories_nodes",
                                             "categories_segments", "categories_sizes"};
    perebor_json *json = written->json;
    list_nodes(written, tree);
    find_values(written, tree == 0);
    perebor_json_begin_object(json);
    put_nodes(written, "base_weights", put_value);
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
        perebor_json_put_reals(json, categories[i], NULL, 0);
    }
    put_nodes(written, "default_left", put_default_left);
    perebor_json_put_unsigned(json, "id", tree);
    put_nodes(written, "left_children", put_left);
    put_nodes(written, "loss_changes", put_gain);
    put_nodes(written, "parents", put_parent);
    put_nodes(written, "right_children", put_right);
    put_nodes(written, "split_conditions", put_condition);
    put_nodes(written, "split_indices", put_feature);
    put_nodes(written, "split_type", put_zero);
    put_nodes(written, "sum_hessian", put_cover);
    perebor_json_key(json, "tree_param");
    perebor_json_begin_object(json);
    put_parameter(json, "num_deleted", 0);
    put_parameter(json, "num_feature", written->n_columns);
    put_parameter(json, "num_nodes", written->n);
    put_parameter(json, "size_leaf_vector", 0);
    perebor_json_end_object(json);
    perebor_json_end_object(json);
}

/** The names of the features, without what XGBoost does not allow in them. */
static void put_names(const written *written) {
    enum { most_bytes = 1024 };
    perebor_json *json = written->json;
    perebor_json_key(json, "feature_names");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < written->n_columns; i++) {
        char name[most_bytes];
        (void)perebor_preparation_column_name(written->preparation, i, name, sizeof name);
        bool altered = false;
        for (char *at = strpbrk(name, "[]<"); at != NULL; at = strpbrk(at, "[]<")) {
            *at = '_';
            altered = true;
        }
        if (altered) { // the number keeps it from being another's
            size_t length = strlen(name);
            (void)snprintf(name + length, sizeof name - length, "_%zu", i + 1);
        }
        perebor_json_text(json, name);
    }
    perebor_json_end_array(json);
}

static void put_feature_types(const written *written) {
    perebor_json_key(written->json, "feature_types");
    perebor_json_begin_array(written->json);
    for (size_t i = 0; i < written->n_columns; i++) {
        perebor_json_text(written->json, "float");
    }
    perebor_json_end_array(written->json);
}

static void put_booster(written *written) {
    perebor_json *json = written->json;
    perebor_json_key(json, "gradient_booster");
    perebor_json_begin_object(json);
    perebor_json_key(json, "model");
    perebor_json_begin_object(json);
    perebor_json_key(json, "gbtree_model_param");
    perebor_json_begin_object(json);
    put_parameter(json, "num_parallel_tree", 1);
    put_parameter(json, "num_trees", written->trees->n_trees);
    put_parameter(json, "size_leaf_vector", 0);
    perebor_json_end_object(json);
    perebor_json_key(json, "tree_info");
    perebor_json_begin_array(json);
    for (size_t tree = 0; tree < written->trees->n_trees; tree++) {
        perebor_json_unsigned(json, 0);
    }
    perebor_json_end_array(json);
    perebor_json_key(json, "trees");
    perebor_json_begin_array(json);
    for (size_t tree = 0; tree < written->trees->n_trees; tree++) {
        put_tree(written, tree);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
    perebor_json_put_text(json, "name", "gbtree");
    perebor_json_end_object(json);
}

/** Means of leaves are predicted as they are: a logistic objective would bend them and could not
 * say 0 or 1. It says what log-odds mean. */
static void put_objective(written *written) {
    perebor_json *json = written->json;
    perebor_json_key(json, "objective");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "name", written->logistic ? "binary:logistic" : "reg:squarederror");
    perebor_json_key(json, "reg_loss_param");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "scale_pos_weight", "1");
    perebor_json_end_object(json);
    perebor_json_end_object(json);
}

/** Sums of leaves begin at 0, which is the logarithm of even odds. */
static void put_learner(written *written) {
    perebor_json *json = written->json;
    perebor_json_key(json, "learner");
    perebor_json_begin_object(json);
    perebor_json_key(json, "attributes");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "creator", "perebor");
    perebor_json_end_object(json);
    put_names(written);
    put_feature_types(written);
    put_booster(written);
    perebor_json_key(json, "learner_model_param");
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "base_score", written->logistic ? "5E-1" : "0E0");
    perebor_json_put_text(json, "boost_from_average", "0");
    put_parameter(json, "num_class", 0);
    put_parameter(json, "num_feature", written->n_columns);
    put_parameter(json, "num_target", 1);
    perebor_json_end_object(json);
    put_objective(written);
    perebor_json_end_object(json);
}

/** The sigmoid of scores that are sums: of log-odds where nothing else was found. */
static void find_sigmoid(written *written) {
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(written->pipeline);
    written->logistic = written->trees->added;
    written->slope = written->logistic && calibration != NULL ? -calibration->slope : 1.0;
    written->offset = written->logistic && calibration != NULL ? -calibration->offset : 0.0;
}

static perebor_status check(const perebor_fitted_pipeline *pipeline, perebor_error *error) {
    const perebor_model_form *form = perebor_fitted_pipeline_form(pipeline);
    const perebor_calibration *calibration = perebor_fitted_pipeline_calibration(pipeline);
    if (form->kind != PEREBOR_FORM_TREES) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "XGBoost has models of trees, and this one is %s: write it as json, c "
                            "or onnx",
                            perebor_form_kind_name(form->kind));
    }
    if (form->as.trees.n_sets > 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "this model splits off sets of levels, and its columns are a level "
                            "each, which XGBoost asks one by one: write it as json, c or onnx, or "
                            "refit a trial with boost__max_cat_to_onehot: null");
    }
    bool bent = calibration != NULL && calibration->kind != PEREBOR_CALIBRATION_SIGMOID;
    if (form->as.trees.n_trees > 1 && bent) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "XGBoost adds trees up, and this model calibrates their %s: write it "
                            "as json, c or onnx, or refit the trial with --calibrate none",
                            form->as.trees.added ? "sum" : "mean");
    }
    return PEREBOR_OK;
}

perebor_status xgboost_model_put(const perebor_fitted_pipeline *pipeline, perebor_json *json,
                                 perebor_error *error) {
    perebor_status status;
    written written = {.pipeline = pipeline, .json = json};
    PEREBOR_TRY(done, check(pipeline, error));
    written.trees = &perebor_fitted_pipeline_form(pipeline)->as.trees;
    find_sigmoid(&written);
    written.preparation = perebor_fitted_pipeline_preparation(pipeline);
    written.n_columns = perebor_preparation_n_columns(written.preparation);
    written.at = calloc(written.trees->n_nodes + 1, sizeof *written.at);
    written.left = calloc(written.trees->n_nodes + 1, sizeof *written.left);
    written.parent = calloc(written.trees->n_nodes + 1, sizeof *written.parent);
    written.values = calloc(written.trees->n_nodes + 1, sizeof *written.values);
    if (written.at == NULL || written.left == NULL || written.parent == NULL ||
        written.values == NULL) {
        status = perebor_no_memory(error, "to export a model");
        goto done;
    }
    static const uint64_t version[] = {1, 7, 4}; // whose members these are
    perebor_json_begin_object(json);
    put_learner(&written);
    perebor_json_key(json, "version");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < sizeof version / sizeof *version; i++) {
        perebor_json_unsigned(json, version[i]);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
done:
    free(written.at);
    free(written.left);
    free(written.parent);
    free(written.values);
    return status;
}
