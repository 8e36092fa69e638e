// SPDX-License-Identifier: MIT
#include <math.h>
#include <string.h>

#include "base/mix.h"
#include "base/try.h"
#include "model/tree/tree.h"
#include "model/tree/tree_amounts.h"
#include "space/value_hash.h"

enum {
    CRITERION,
    MAX_DEPTH,
    MIN_SAMPLES_SPLIT,
    MIN_SAMPLES_LEAF,
    MAX_FEATURES,
    CCP_ALPHA,
    CLASS_WEIGHT,
    RANDOM_STATE,
};

static const char *const criterion_choices[] = {"gini", "entropy", "log_loss", NULL};
static const char *const max_features_choices[] = {"sqrt", "log2", NULL};
static const char *const class_weight_choices[] = {"balanced", NULL};

const perebor_setting tree_settings[TREE_N_SETTINGS] = {
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
                      .summary = "columns looked at in a node, or their share; null: all",
                      .optional = true,
                      .accepts_real = true,
                      .real_is_share = true,
                      .min = 1,
                      .max = INFINITY,
                      .choices = max_features_choices},
    [CCP_ALPHA] = {.name = "ccp_alpha",
                   .simpler = PEREBOR_SIMPLER_MORE,
                   .summary = "prune branches that lower the impurity by less than this a leaf",
                   .default_value = {.kind = PEREBOR_VALUE_REAL, .as.real = 0.0},
                   .min = 0,
                   .max = INFINITY},
    [CLASS_WEIGHT] = {.name = "class_weight",
                      .part_of_key = true,
                      .summary = "balanced: both classes weigh the same; null: every row does",
                      .optional = true,
                      .min = 1,
                      .max = 0,
                      .choices = class_weight_choices},
    [RANDOM_STATE] = {.name = "random_state",
                      .part_of_key = true,
                      .summary = "repeat scikit-learn's tree of this seed; null: this project's",
                      .optional = true,
                      .min = 0,
                      .max = 4294967295.0},
};

perebor_status tree_options_read(tree_options *options, const perebor_value *settings,
                                 size_t n_rows, size_t n_columns, perebor_error *error) {
    perebor_status status;
    tree_options read = {.max_depth = SIZE_MAX};
    PEREBOR_TRY(done, tree_read_rows(&read.min_split, &tree_settings[MIN_SAMPLES_SPLIT],
                                     settings[MIN_SAMPLES_SPLIT], 2, n_rows, error));
    PEREBOR_TRY(done, tree_read_rows(&read.min_leaf, &tree_settings[MIN_SAMPLES_LEAF],
                                     settings[MIN_SAMPLES_LEAF], 1, n_rows, error));
    PEREBOR_TRY(done,
                tree_read_features(&read.max_features, settings[MAX_FEATURES], n_columns, error));
    read.min_leaf = read.min_leaf > n_rows ? n_rows : read.min_leaf;
    read.min_split = read.min_split < 2 ? 2 : read.min_split;
    if (read.min_split < 2 * read.min_leaf) {
        read.min_split = 2 * read.min_leaf;
    }
    read.criterion = strcmp(settings[CRITERION].as.text, "gini") == 0 ? TREE_GINI : TREE_ENTROPY;
    read.balanced = settings[CLASS_WEIGHT].kind == PEREBOR_VALUE_TEXT;
    if (settings[MAX_DEPTH].kind == PEREBOR_VALUE_INTEGER) {
        read.max_depth = (size_t)settings[MAX_DEPTH].as.integer;
    }
    read.ccp_alpha = settings[CCP_ALPHA].as.real;
    read.like_sklearn = tree_settings_like_sklearn(settings);
    if (read.like_sklearn) {
        read.random_state = (uint32_t)settings[RANDOM_STATE].as.integer;
    }
    *options = read;
done:
    return status;
}

bool tree_settings_like_sklearn(const perebor_value *settings) {
    return settings[RANDOM_STATE].kind == PEREBOR_VALUE_INTEGER;
}

uint64_t tree_settings_share_key(const perebor_value *settings) {
    bool gini = strcmp(settings[CRITERION].as.text, "gini") == 0;
    uint64_t key = perebor_mix_in(0x74726565u, gini);
    key = value_hash(key, settings[MAX_FEATURES]);
    key = value_hash(key, settings[CLASS_WEIGHT]);
    return value_hash(key, settings[RANDOM_STATE]);
}

uint64_t tree_settings_layout_key(const perebor_value *settings) {
    return perebor_mix_in(0x636f6c73u, tree_settings_like_sklearn(settings));
}
