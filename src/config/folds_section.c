// SPDX-License-Identifier: MIT
#include "base/try.h"

#include "config/sections.h"
#include <assert.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SPLIT(member) offsetof(config_draft, experiment.split.member)
#define FOLDS(member) offsetof(config_draft, experiment.folds.member)

static perebor_status read_test_size(const config_reading *reading, const yaml_node *node,
                                     void *field) {
    double share = 0.0;
    perebor_status status = config_read_share(reading, node, &share);
    if (status == PEREBOR_OK && share >= 1.0) {
        return yaml_refuse(node, reading->error,
                           "test_size is %s, which leaves nothing to learn from; it must be below "
                           "1",
                           node->text);
    }
    *(double *)field = share;
    return status;
}

perebor_status config_read_split(const config_reading *reading, const yaml_node *node,
                                 void *field) {
    static const config_key keys[] = {
        {"test_size", read_test_size, SPLIT(test_size), false},
        {"stratify", config_read_boolean, SPLIT(stratify), false},
        {"by_group", config_read_boolean, SPLIT(by_group), false},
        {"seed", config_read_u32, SPLIT(seed), false},
    };
    return config_read_section(reading, node, "split", keys, COUNT(keys), field);
}

/** The methods of cv, named as scikit-learn's classes. */
static const struct {
    perebor_fold_method method;
    bool repeated;
} methods[] = {
    {PEREBOR_KFOLD, false},       {PEREBOR_STRATIFIED_KFOLD, false},
    {PEREBOR_KFOLD, true},        {PEREBOR_STRATIFIED_KFOLD, true},
    {PEREBOR_GROUP_KFOLD, false}, {PEREBOR_STRATIFIED_GROUP_KFOLD, false},
};

/** A repeated method shows in n_repeats, which it sets to scikit-learn's default. */
static perebor_status read_method(const config_reading *reading, const yaml_node *node,
                                  void *field) {
    static const char *const words[] = {"kfold",
                                        "stratified_kfold",
                                        "repeated_kfold",
                                        "repeated_stratified_kfold",
                                        "group_kfold",
                                        "stratified_group_kfold",
                                        NULL};
    perebor_folds_settings *folds = field;
    size_t index = 0;
    perebor_status status = config_read_word(reading, node, "method", words, &index);
    if (status == PEREBOR_OK) {
        folds->method = methods[index].method;
        folds->n_repeats = methods[index].repeated ? 10 : 1;
        folds->shuffle = methods[index].repeated;
    }
    return status;
}

perebor_status config_read_n_splits(const config_reading *reading, const yaml_node *node,
                                    void *field) {
    size_t n = 0;
    perebor_status status = config_read_size(reading, node, &n);
    if (status == PEREBOR_OK && n < 2) {
        return config_refuse_type(reading, node, "a whole number of at least 2");
    }
    *(size_t *)field = n;
    return status;
}

/** What the method rules out. */
static perebor_status check_cv(const config_reading *reading, const yaml_node *node,
                               const perebor_folds_settings *folds, bool repeated) {
    const yaml_node *repeats = yaml_find(node, "n_repeats");
    const yaml_node *shuffle = yaml_find(node, "shuffle");
    const yaml_node *seed = yaml_find(node, "seed");
    if (repeats != NULL && !repeated) {
        return yaml_refuse_key(repeats, reading->error,
                               "n_repeats is of repeated_kfold and repeated_stratified_kfold; this "
                               "method runs once");
    }
    if (repeated && !folds->shuffle) {
        return yaml_refuse(shuffle, reading->error,
                           "repeated folds are always shuffled; without it they would be the same "
                           "folds again");
    }
    if (seed != NULL && !folds->shuffle) {
        return yaml_refuse_key(seed, reading->error,
                               "seed has no effect without shuffle; add shuffle: true, or leave it "
                               "out");
    }
    return PEREBOR_OK;
}

perebor_status config_read_cv(const config_reading *reading, const yaml_node *node, void *field) {
    static const config_key keys[] = {
        {"method", config_read_elsewhere, 0, false},
        {"n_splits", config_read_n_splits, FOLDS(n_splits), false},
        {"n_repeats", config_read_size, FOLDS(n_repeats), false},
        {"shuffle", config_read_boolean, FOLDS(shuffle), false},
        {"seed", config_read_u32, FOLDS(seed), false},
        {"return_train_score", config_read_boolean,
         offsetof(config_draft, experiment.return_train_score), false},
    };
    perebor_status status = PEREBOR_OK;
    config_draft *draft = field;
    perebor_folds_settings *folds = &draft->experiment.folds;
    const yaml_node *method = node->kind == YAML_MAP ? yaml_find(node, "method") : NULL;
    if (method != NULL) { // first: the other keys change what it sets
        PEREBOR_TRY(done, read_method(reading, method, folds));
    }
    bool repeated = folds->n_repeats > 1;
    PEREBOR_TRY(done, config_read_section(reading, node, "cv", keys, COUNT(keys), draft));
    PEREBOR_TRY(done, check_cv(reading, node, folds, repeated));
done:
    return status;
}

/** True if a section has a key. */
static bool says(const yaml_node *root, const char *section, const char *key) {
    const yaml_node *node = yaml_find(root, section);
    return node != NULL && yaml_find(node, key) != NULL;
}

static perebor_status check_groups(const config_reading *reading, const yaml_node *root,
                                   const perebor_experiment *experiment) {
    bool grouped = experiment->tables.roles.group != NULL;
    if (experiment->split.by_group && !grouped) {
        return yaml_refuse(yaml_find(yaml_find(root, "split"), "by_group"), reading->error,
                           "by_group needs groups; name their column as data.group");
    }
    bool keeps = perebor_folds_keep_groups(experiment->folds.method);
    const yaml_node *cv = yaml_find(root, "cv");
    const yaml_node *method = cv == NULL ? NULL : yaml_find(cv, "method");
    if (keeps && !grouped) {
        assert(method != NULL); // the default keeps no groups
        return yaml_refuse(method, reading->error,
                           "%s needs groups; name their column as data.group", method->text);
    }
    if (grouped && !keeps) {
        return yaml_refuse(method, reading->error,
                           "%s puts rows of one group into several folds, but data.group is "
                           "\"%s\"; take stratified_group_kfold or group_kfold, or leave out "
                           "data.group",
                           method->text, experiment->tables.roles.group);
    }
    if (experiment->folds.method == PEREBOR_GROUP_KFOLD && experiment->folds.shuffle) {
        return yaml_refuse(yaml_find(yaml_find(root, "cv"), "shuffle"), reading->error,
                           "group_kfold, which data.group asks for, has no shuffle: it balances "
                           "the groups by their sizes");
    }
    if (experiment->split.by_group && experiment->split.stratify) {
        return yaml_refuse(yaml_find(yaml_find(root, "split"), "stratify"), reading->error,
                           "a split by group cannot be stratified; say by_group: false or "
                           "stratify: false");
    }
    return PEREBOR_OK;
}

perebor_status config_settle_folds(const config_reading *reading, const yaml_node *root,
                                   config_draft *draft) {
    perebor_experiment *experiment = &draft->experiment;
    bool grouped = experiment->tables.roles.group != NULL;
    uint32_t seed = (uint32_t)experiment->seed;
    if (!says(root, "split", "by_group")) {
        experiment->split.by_group = grouped;
    }
    if (!says(root, "split", "stratify")) {
        experiment->split.stratify = !experiment->split.by_group;
    }
    if (!says(root, "split", "seed")) {
        experiment->split.seed = seed;
    }
    if (!says(root, "cv", "method") && grouped) {
        experiment->folds.method = PEREBOR_GROUP_KFOLD;
    }
    if (!says(root, "cv", "seed")) {
        experiment->folds.seed = experiment->folds.shuffle ? seed : 0;
    }
    return check_groups(reading, root, experiment);
}
