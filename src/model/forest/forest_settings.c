// SPDX-License-Identifier: MIT
#include <math.h>
#include <string.h>

#include "base/mix.h"
#include "base/try.h"
#include "model/forest/forest.h"
#include "model/tree/tree_amounts.h"
#include "space/value_hash.h"

enum {
    N_ESTIMATORS,
    CRITERION,
    MAX_DEPTH,
    MIN_SAMPLES_SPLIT,
    MIN_SAMPLES_LEAF,
    MAX_FEATURES,
    SPLITTER,
    BOOTSTRAP,
    MAX_SAMPLES,
    CLASS_WEIGHT,
    CCP_ALPHA,
    RANDOM_STATE,
    PATH,
    OOB_SCORE,
};

static const char *const criterion_choices[] = {"gini", "entropy", "log_loss", NULL};
static const char *const max_features_choices[] = {"sqrt", "log2", "all", NULL};
static const char *const splitter_choices[] = {"best", "random", NULL};
static const char *const class_weight_choices[] = {"balanced", "balanced_subsample", NULL};

const perebor_setting forest_settings[FOREST_N_SETTINGS] = {
    [N_ESTIMATORS] = {.name = "n_estimators",
                      .simpler = PEREBOR_SIMPLER_LESS,
                      .summary = "how many trees",
                      .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 100},
                      .min = 1,
                      .max = 100000},
    [CRITERION] = {.name = "criterion",
                   .part_of_key = true,
                   .summary = "impurity that a split lowers; log_loss is entropy",
                   .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "gini"},
                   .min = 1,
                   .max = 0,
                   .choices = criterion_choices},
    [MAX_DEPTH] = {.name = "max_depth",
                   .simpler = PEREBOR_SIMPLER_LESS,
                   .summary = "longest way from the root to a leaf; null: no limit",
                   .optional = true,
                   .min = 1,
                   .max = INFINITY},
    [MIN_SAMPLES_SPLIT] = {.name = "min_samples_split",
                           .simpler = PEREBOR_SIMPLER_MORE,
                           .summary = "fewest rows of a node to split, or their share of all rows",
                           .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 2},
                           .accepts_real = true,
                           .real_is_share = true,
                           .min = 2,
                           .max = INFINITY},
    [MIN_SAMPLES_LEAF] = {.name = "min_samples_leaf",
                          .simpler = PEREBOR_SIMPLER_MORE,
                          .summary = "fewest rows of a leaf, or their share of all rows",
                          .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 1},
                          .accepts_real = true,
                          .real_is_share = true,
                          .min = 1,
                          .max = INFINITY},
    [MAX_FEATURES] = {.name = "max_features",
                      .part_of_key = true,
                      .summary = "columns looked at in a node, or their share; null: sqrt",
                      .optional = true,
                      .accepts_real = true,
                      .real_is_share = true,
                      .min = 1,
                      .max = INFINITY,
                      .choices = max_features_choices},
    [SPLITTER] = {.name = "splitter",
                  .part_of_key = true,
                  .summary = "best: a random forest; random: thresholds are drawn, extra trees",
                  .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "best"},
                  .min = 1,
                  .max = 0,
                  .choices = splitter_choices},
    [BOOTSTRAP] = {.name = "bootstrap",
                   .part_of_key = true,
                   .summary = "each tree learns from rows drawn with replacement, or from all",
                   .default_value = {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = true}},
    [MAX_SAMPLES] =
        {.name = "max_samples",
         .part_of_key = true,
         .summary =
             "rows drawn for a tree of a bootstrap, or their share; null: as many as there are",
         .optional = true,
         .accepts_real = true,
         .real_is_share = true,
         .min = 1,
         .max = INFINITY},
    [CLASS_WEIGHT] = {.name = "class_weight",
                      .part_of_key = true,
                      .summary = "balanced: classes weigh the same, in training or in each sample",
                      .optional = true,
                      .min = 1,
                      .max = 0,
                      .choices = class_weight_choices},
    [CCP_ALPHA] = {.name = "ccp_alpha",
                   .simpler = PEREBOR_SIMPLER_MORE,
                   .summary = "prune branches that lower the impurity by less than this a leaf",
                   .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.0},
                   .min = 0,
                   .max = INFINITY},
    [RANDOM_STATE] = {.name = "random_state",
                      .part_of_key = true,
                      .summary = "what the draws of all trees depend on",
                      .default_value = {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 0},
                      .min = 0,
                      .max = 4294967295.0},
    [PATH] = {.name = "path",
              .summary = "n_estimators is the most: as many as score best over the folds",
              .default_value = {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false}},
    [OOB_SCORE] = {.name = "oob_score",
                   .summary = "with bootstrap: score training rows by the trees that lack them",
                   .default_value = {.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = false}},
};

static bool is_text(perebor_value value, const char *text) {
    return value.kind == PEREBOR_VALUE_TEXT && strcmp(value.as.text, text) == 0;
}

static bool is_unset(perebor_value value) {
    return value.kind != PEREBOR_VALUE_INTEGER && value.kind != PEREBOR_VALUE_REAL &&
           value.kind != PEREBOR_VALUE_TEXT;
}

/** As a tree reads it, but that nothing said is the square root, and all columns are said. */
static perebor_status read_features(forest_options *options, perebor_value value, size_t n_columns,
                                    perebor_error *error) {
    if (is_unset(value)) {
        value = (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = "sqrt"};
    } else if (is_text(value, "all")) {
        value = (perebor_value){.kind = PEREBOR_VALUE_NONE};
    }
    return tree_read_features(&options->max_features, value, n_columns, error);
}

/** A count, at most all rows, or a share of them rounded to the nearest and at least 1. */
static perebor_status read_samples(forest_options *options, perebor_value value, size_t n_rows,
                                   perebor_error *error) {
    options->n_draws = n_rows;
    if (value.kind != PEREBOR_VALUE_INTEGER && value.kind != PEREBOR_VALUE_REAL) {
        return PEREBOR_OK;
    }
    if (!options->bootstrap) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "max_samples is how many rows are drawn for a tree, and without "
                            "bootstrap none are: leave one of the two away");
    }
    if (value.kind == PEREBOR_VALUE_INTEGER) {
        size_t wanted = (size_t)value.as.integer;
        options->n_draws = wanted < n_rows ? wanted : n_rows;
        return PEREBOR_OK;
    }
    if (value.as.real > 1.0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "max_samples cannot be %.15g; a number with a point is a share of the "
                            "rows and at most 1.0, a count is a whole number",
                            value.as.real);
    }
    double share = floor(value.as.real * (double)n_rows + 0.5);
    options->n_draws = share < 1.0 ? 1 : (size_t)share;
    return PEREBOR_OK;
}

perebor_status forest_options_read(forest_options *options, const perebor_value *values,
                                   size_t n_rows, size_t n_columns, perebor_error *error) {
    perebor_status status;
    forest_options read = {.max_depth = SIZE_MAX};
    PEREBOR_TRY(done, tree_read_rows(&read.min_split, &forest_settings[MIN_SAMPLES_SPLIT],
                                     values[MIN_SAMPLES_SPLIT], 2, n_rows, error));
    PEREBOR_TRY(done, tree_read_rows(&read.min_leaf, &forest_settings[MIN_SAMPLES_LEAF],
                                     values[MIN_SAMPLES_LEAF], 1, n_rows, error));
    PEREBOR_TRY(done, read_features(&read, values[MAX_FEATURES], n_columns, error));
    read.bootstrap = values[BOOTSTRAP].as.boolean;
    PEREBOR_TRY(done, read_samples(&read, values[MAX_SAMPLES], n_rows, error));
    read.min_leaf = read.min_leaf > n_rows ? n_rows : read.min_leaf;
    read.min_split = read.min_split < 2 ? 2 : read.min_split;
    if (read.min_split < 2 * read.min_leaf) {
        read.min_split = 2 * read.min_leaf;
    }
    read.criterion = is_text(values[CRITERION], "gini") ? FOREST_GINI : FOREST_ENTROPY;
    read.random = is_text(values[SPLITTER], "random");
    read.class_weight = is_text(values[CLASS_WEIGHT], "balanced") ? FOREST_BALANCED
                        : is_text(values[CLASS_WEIGHT], "balanced_subsample")
                            ? FOREST_BALANCED_SUBSAMPLE
                            : FOREST_CLASSES_AS_THEY_ARE;
    read.seed = (uint32_t)values[RANDOM_STATE].as.integer;
    read.n_trees = (size_t)values[N_ESTIMATORS].as.integer;
    if (values[MAX_DEPTH].kind == PEREBOR_VALUE_INTEGER) {
        read.max_depth = (size_t)values[MAX_DEPTH].as.integer;
    }
    read.ccp_alpha = values[CCP_ALPHA].as.real;
    read.out_of_bag = values[OOB_SCORE].as.boolean && read.bootstrap;
    *options = read;
done:
    return status;
}

uint64_t forest_settings_share_key(const perebor_value *settings) {
    uint64_t key = perebor_mix_in(0x666f7265u, is_text(settings[CRITERION], "gini"));
    key = perebor_mix_in(key, settings[BOOTSTRAP].as.boolean);
    bool root = is_unset(settings[MAX_FEATURES]);
    key = value_hash(key, root ? (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = "sqrt"}
                               : settings[MAX_FEATURES]);
    key = value_hash(key, settings[SPLITTER]);
    key = value_hash(key, settings[MAX_SAMPLES]);
    key = value_hash(key, settings[CLASS_WEIGHT]);
    return value_hash(key, settings[RANDOM_STATE]);
}

uint64_t forest_settings_layout_key(const perebor_value *settings) {
    return value_hash(UINT64_C(0x636f6c73), settings[SPLITTER]);
}
