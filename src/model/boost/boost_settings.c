// SPDX-License-Identifier: MIT
#include <math.h>

#include "base/try.h"
#include "model/boost/boost.h"
#include "model/tree/tree_amounts.h"
#include "space/value_hash.h"

enum {
    N_ESTIMATORS,
    LEARNING_RATE,
    MAX_LEAF_NODES,
    MAX_DEPTH,
    MIN_SAMPLES_LEAF,
    MIN_CHILD_WEIGHT,
    REG_ALPHA,
    REG_LAMBDA,
    GAMMA,
    SUBSAMPLE,
    COLSAMPLE_BYTREE,
    MAX_BINS,
    CLASS_WEIGHT,
    RANDOM_STATE,
    PATH,
    MAX_CAT_TO_ONEHOT,
    CAT_SMOOTH,
    MAX_CAT_THRESHOLD,
    EARLY_STOPPING,
    VALIDATION_FRACTION,
    N_ITER_NO_CHANGE,
    TOL,
};

static const char *const class_weight_choices[] = {"balanced", NULL};

/** Beyond these, sums of terms and such numbers would leave what doubles tell apart. */
#define MOST_RATE 10.0
#define MOST_PENALTY 1e12

const perebor_setting boost_settings[BOOST_N_SETTINGS] = {
    [N_ESTIMATORS] = {.name = "n_estimators",
                      .simpler = PEREBOR_SIMPLER_LESS,
                      .summary = "how many trees",
                      .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 100},
                      .min = 1,
                      .max = 100000},
    [LEARNING_RATE] = {.name = "learning_rate",
                       .part_of_key = true,
                       .summary = "how much of each tree's step is taken",
                       .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.1},
                       .min = 0,
                       .max = MOST_RATE,
                       .exclusive_minimum = true},
    [MAX_LEAF_NODES] = {.name = "max_leaf_nodes",
                        .part_of_key = true,
                        .simpler = PEREBOR_SIMPLER_LESS,
                        .summary = "most leaves of a tree; null: 31, or no limit with max_depth",
                        .optional = true,
                        .min = 2,
                        .max = INFINITY},
    [MAX_DEPTH] = {.name = "max_depth",
                   .part_of_key = true,
                   .simpler = PEREBOR_SIMPLER_LESS,
                   .summary = "longest way from the root to a leaf; null: no limit",
                   .optional = true,
                   .min = 1,
                   .max = INFINITY},
    [MIN_SAMPLES_LEAF] = {.name = "min_samples_leaf",
                          .part_of_key = true,
                          .simpler = PEREBOR_SIMPLER_MORE,
                          .summary = "fewest rows of a leaf, or their share of all rows",
                          .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 20},
                          .accepts_real = true,
                          .real_is_share = true,
                          .min = 1,
                          .max = INFINITY},
    [MIN_CHILD_WEIGHT] = {.name = "min_child_weight",
                          .part_of_key = true,
                          .simpler = PEREBOR_SIMPLER_MORE,
                          .summary = "least sum of p (1 - p) over the rows of a leaf",
                          .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 1e-3},
                          .min = 0,
                          .max = INFINITY},
    [REG_ALPHA] = {.name = "reg_alpha",
                   .part_of_key = true,
                   .simpler = PEREBOR_SIMPLER_MORE,
                   .summary = "penalty on the sizes of leaves (l1)",
                   .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.0},
                   .min = 0,
                   .max = MOST_PENALTY},
    [REG_LAMBDA] = {.name = "reg_lambda",
                    .part_of_key = true,
                    .simpler = PEREBOR_SIMPLER_MORE,
                    .summary = "penalty on the squares of leaves (l2)",
                    .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.0},
                    .min = 0,
                    .max = MOST_PENALTY},
    [GAMMA] = {.name = "gamma",
               .part_of_key = true,
               .simpler = PEREBOR_SIMPLER_MORE,
               .summary = "least gain of a split",
               .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.0},
               .min = 0,
               .max = INFINITY},
    [SUBSAMPLE] = {.name = "subsample",
                   .part_of_key = true,
                   .summary = "share of the rows that a tree learns from",
                   .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 1.0},
                   .min = 0,
                   .max = 1,
                   .exclusive_minimum = true},
    [COLSAMPLE_BYTREE] = {.name = "colsample_bytree",
                          .part_of_key = true,
                          .summary = "share of the columns that a tree looks at",
                          .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 1.0},
                          .min = 0,
                          .max = 1,
                          .exclusive_minimum = true},
    [MAX_BINS] = {.name = "max_bins",
                  .part_of_key = true,
                  .summary = "most bins that the values of a column are put into",
                  .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 255},
                  .min = 2,
                  .max = 255},
    [CLASS_WEIGHT] = {.name = "class_weight",
                      .part_of_key = true,
                      .summary = "balanced: both classes weigh the same",
                      .optional = true,
                      .min = 1,
                      .max = 0,
                      .choices = class_weight_choices},
    [RANDOM_STATE] = {.name = "random_state",
                      .part_of_key = true,
                      .summary = "what subsample and colsample_bytree draw depends on",
                      .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 0},
                      .min = 0,
                      .max = 4294967295.0},
    [PATH] = {.name = "path",
              .summary = "n_estimators is the most: as many as score best over the folds",
              .default_value = {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false}},
    [MAX_CAT_TO_ONEHOT] =
        {.name = "max_cat_to_onehot",
         .part_of_key = true,
         .summary = "nominal columns of more levels are split by sets of them; null: none",
         .optional = true,
         .min = 1,
         .max = INFINITY},
    [CAT_SMOOTH] = {.name = "cat_smooth",
                    .part_of_key = true,
                    .simpler = PEREBOR_SIMPLER_MORE,
                    .summary = "fewest rows of a level in a set; smooths the means of levels",
                    .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 10.0},
                    .min = 0,
                    .max = MOST_PENALTY},
    [EARLY_STOPPING] = {.name = "early_stopping",
                        .part_of_key = true,
                        .summary = "ends when rows set aside are scored no better any more",
                        .default_value = {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false}},
    [VALIDATION_FRACTION] = {.name = "validation_fraction",
                             .part_of_key = true,
                             .summary = "share of the training rows that early_stopping sets aside",
                             .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.1},
                             .min = 0,
                             .max = 0.9,
                             .exclusive_minimum = true},
    [N_ITER_NO_CHANGE] = {.name = "n_iter_no_change",
                          .part_of_key = true,
                          .simpler = PEREBOR_SIMPLER_LESS,
                          .summary = "early_stopping ends after so many trees without gain",
                          .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 10},
                          .min = 1,
                          .max = 100000},
    [TOL] = {.name = "tol",
             .part_of_key = true,
             .summary = "what the loss must fall by to be a gain to early_stopping",
             .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 1e-7},
             .min = 0,
             .max = INFINITY},
    [MAX_CAT_THRESHOLD] = {.name = "max_cat_threshold",
                           .part_of_key = true,
                           .simpler = PEREBOR_SIMPLER_LESS,
                           .summary = "most levels that such a split tells from the others",
                           .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 32},
                           .min = 1,
                           .max = INFINITY},
};

/** Most leaves of a tree that nothing is said of. */
enum { usual_leaves = 31 };

/** A count, or no limit. */
static size_t limit_of(perebor_value value) {
    return value.kind == PEREBOR_VALUE_INTEGER ? (size_t)value.as.integer : SIZE_MAX;
}

perebor_status boost_options_read(boost_options *options, const perebor_value *values,
                                  size_t n_rows, perebor_error *error) {
    perebor_status status;
    boost_options read = {.n_trees = (size_t)values[N_ESTIMATORS].as.integer,
                          .learning_rate = values[LEARNING_RATE].as.real,
                          .max_leaves = limit_of(values[MAX_LEAF_NODES]),
                          .max_depth = limit_of(values[MAX_DEPTH]),
                          .min_child_weight = values[MIN_CHILD_WEIGHT].as.real,
                          .alpha = values[REG_ALPHA].as.real,
                          .lambda = values[REG_LAMBDA].as.real,
                          .gamma = values[GAMMA].as.real,
                          .subsample = values[SUBSAMPLE].as.real,
                          .colsample = values[COLSAMPLE_BYTREE].as.real,
                          .max_bins = (size_t)values[MAX_BINS].as.integer,
                          .max_onehot = limit_of(values[MAX_CAT_TO_ONEHOT]),
                          .cat_smooth = values[CAT_SMOOTH].as.real,
                          .max_cats = (size_t)values[MAX_CAT_THRESHOLD].as.integer,
                          .balanced = values[CLASS_WEIGHT].kind == PEREBOR_VALUE_TEXT,
                          .seed = (uint32_t)values[RANDOM_STATE].as.integer,
                          .early_stopping = values[EARLY_STOPPING].as.boolean,
                          .validation_share = values[VALIDATION_FRACTION].as.real,
                          .patience = (size_t)values[N_ITER_NO_CHANGE].as.integer,
                          .tol = values[TOL].as.real};
    PEREBOR_TRY(done, tree_read_rows(&read.min_leaf, &boost_settings[MIN_SAMPLES_LEAF],
                                     values[MIN_SAMPLES_LEAF], 1, n_rows, error));
    if (read.max_leaves == SIZE_MAX && read.max_depth == SIZE_MAX) {
        read.max_leaves = usual_leaves;
    }
    read.min_leaf = read.min_leaf > n_rows ? n_rows : read.min_leaf;
    *options = read;
done:
    return status;
}

/** Whether a setting has a bearing on the trees, given the others. */
static bool has_bearing(const perebor_value *settings, size_t i) {
    const bool no_sets = settings[MAX_CAT_TO_ONEHOT].kind == PEREBOR_VALUE_NONE;
    const bool no_stopping = !settings[EARLY_STOPPING].as.boolean;
    return i != N_ESTIMATORS && i != PATH &&
           !(no_sets && (i == CAT_SMOOTH || i == MAX_CAT_THRESHOLD)) &&
           !(no_stopping && (i == VALIDATION_FRACTION || i == N_ITER_NO_CHANGE || i == TOL));
}

uint64_t boost_settings_share_key(const perebor_value *settings) {
    uint64_t key = UINT64_C(0x626f6f73);
    for (size_t i = 0; i < BOOST_N_SETTINGS; i++) {
        key = has_bearing(settings, i) ? value_hash(key, settings[i]) : key;
    }
    return key;
}

/** Whether a setting has a bearing on bins or on the rows that are put in them. */
static bool shapes_layout(const perebor_value *settings, size_t i) {
    return i == MAX_BINS || i == MAX_CAT_TO_ONEHOT || i == EARLY_STOPPING ||
           (settings[EARLY_STOPPING].as.boolean && (i == VALIDATION_FRACTION || i == RANDOM_STATE));
}

uint64_t boost_settings_layout_key(const perebor_value *settings) {
    uint64_t key = UINT64_C(0x62696e73);
    for (size_t i = 0; i < BOOST_N_SETTINGS; i++) {
        key = shapes_layout(settings, i) ? value_hash(key, settings[i]) : key;
    }
    return key;
}
