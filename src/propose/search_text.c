// SPDX-License-Identifier: MIT
/* The search: seven learners, each over the range in which its best is usually found, and
 * scikit-learn's defaults as baselines. Numbers that depend on the table are functions of its rows
 * and columns. */
#include <inttypes.h>

#include "propose/proposal_text.h"

static const double test_share = 0.25;
enum {
    few_rows = 2000,          /**< folds are repeated: one round of them says little */
    many_rows = 10000,        /**< fewer trials */
    most_rows_of_svc = 20000, /**< its time grows with the square of rows, and more */
    most_folds = 5,
    most_neighbors = 100,
    least_columns_to_select = 8,
};

/** What the search is fitted to. */
typedef struct size_of_search {
    uint64_t n_trials, n_folds, n_neighbors, n_prepared;
    bool repeats, has_svc, has_levels;
} size_of_search;

static uint64_t least_of(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t greatest_of(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/** Columns once levels are encoded. */
static uint64_t count_prepared(const perebor_proposal *proposal) {
    uint64_t n = 0;
    for (size_t i = 0; i < proposal->n_columns; i++) {
        const proposed_column *column = &proposal->columns[i];
        if (column->role <= PROPOSED_NOMINAL) {
            n += column->role == PROPOSED_NOMINAL ? column->n_distinct : 1;
        }
    }
    return n;
}

static bool has_levels(const perebor_proposal *proposal) {
    for (size_t i = 0; i < proposal->n_columns; i++) {
        if (proposal->columns[i].role == PROPOSED_NOMINAL) {
            return true;
        }
    }
    return false;
}

static size_of_search measure(const perebor_proposal *proposal) {
    uint64_t n = proposal->n_positive + proposal->n_negative;
    uint64_t n_rarer = least_of(proposal->n_positive, proposal->n_negative);
    uint64_t n_training = (uint64_t)((double)n * (1.0 - test_share));
    uint64_t in_training = (uint64_t)((double)n_rarer * (1.0 - test_share));
    return (size_of_search){
        .n_trials = n <= few_rows    ? 400
                    : n <= many_rows ? 200
                                     : 100,
        .n_folds = greatest_of(2, least_of(most_folds, in_training)),
        .n_neighbors = greatest_of(1, least_of(most_neighbors, n_training / 4)),
        .n_prepared = count_prepared(proposal),
        .repeats = n <= few_rows,
        .has_svc = n <= most_rows_of_svc,
        .has_levels = has_levels(proposal),
    };
}

static void add_folds(const size_of_search *size, quality_notes *notes, quality_list *text) {
    quality_list_add(
        notes, text,
        "\nsplit: {test_size: 0.25, stratify: true}  # set aside; no trial ever sees it\n");
    if (size->repeats) {
        quality_list_add(notes, text,
                         "cv: {method: repeated_stratified_kfold, n_splits: %" PRIu64
                         ", n_repeats: 2}  # twice, as there are few rows\n",
                         size->n_folds);
    } else {
        quality_list_add(notes, text,
                         "cv: {method: stratified_kfold, n_splits: %" PRIu64 ", shuffle: true}\n",
                         size->n_folds);
    }
}

static void add_preparation(const size_of_search *size, quality_notes *notes, quality_list *text) {
    quality_list_add(notes, text,
                     "    # preparation\n"
                     "    scale: {values: [standard, minmax, robust, none]}\n%s",
                     size->has_levels ? "    encode__nominal: {values: [onehot, onehot_first]}\n"
                                      : "");
    if (size->n_prepared >= least_columns_to_select) {
        quality_list_add(notes, text,
                         "    select__k: {values: [%" PRIu64 ", %" PRIu64
                         ", null]}  # columns kept of "
                         "%" PRIu64 ", levels encoded, by ANOVA's F; null: all\n",
                         size->n_prepared / 4, size->n_prepared / 2, size->n_prepared);
    }
}

static const char logreg[] =
    "\n    # logistic regression\n"
    "    logreg__C: {distribution: log_uniform_values, min: 1.0e-3, max: 1.0e+3, when: {model: "
    "logreg}}\n"
    "    logreg__penalty: {values: [l1, l2, elasticnet], when: {model: logreg}}\n"
    "    logreg__l1_ratio: {distribution: uniform, min: 0, max: 1, when: {logreg__penalty: "
    "elasticnet}}\n"
    "    logreg__class_weight: {values: [null, balanced], when: {model: logreg}}\n";

static const char svc[] =
    "\n    # support vector machine\n"
    "    svc__kernel: {values: [linear, rbf, poly, sigmoid], probabilities: [0.2, 0.5, 0.2, 0.1], "
    "when: {model: svc}}\n"
    "    svc__C: {distribution: log_uniform_values, min: 1.0e-2, max: 1.0e+2, when: {model: svc}}\n"
    "    svc__gamma: {distribution: log_uniform_values, min: 1.0e-3, max: 1, when: {svc__kernel: "
    "[rbf, poly, sigmoid]}}\n"
    "    svc__degree: {distribution: int_uniform, min: 2, max: 4, when: {svc__kernel: poly}}\n"
    "    svc__class_weight: {values: [null, balanced], when: {model: svc}}\n"
    "    svc__max_iter: {value: 20000, when: {model: svc}}  # a polynomial of unscaled columns "
    "never ends\n";

static const char tree[] =
    "\n    # decision tree\n"
    "    tree__criterion: {values: [gini, entropy], when: {model: tree}}\n"
    "    tree__max_depth: {values: [2, 3, 4, 5, 6, 8, 10, 12, 16, null], when: {model: tree}}  # "
    "null: no limit\n"
    "    tree__min_samples_split: {distribution: int_uniform, min: 2, max: 40, when: {model: "
    "tree}}\n"
    "    tree__min_samples_leaf: {distribution: int_uniform, min: 1, max: 30, when: {model: "
    "tree}}\n"
    "    tree__class_weight: {values: [null, balanced], when: {model: tree}}\n";

static const char forest[] =
    "\n    # random forest (best) and extra trees (random)\n"
    "    forest__n_estimators: {values: [100, 200, 400], when: {model: forest}}\n"
    "    forest__splitter: {values: [best, random], when: {model: forest}}\n"
    "    forest__max_features: {values: [1, sqrt, 0.3, 0.6], when: {model: forest}}\n"
    "    forest__min_samples_leaf: {distribution: int_uniform, min: 1, max: 10, when: {model: "
    "forest}}\n"
    "    forest__bootstrap: {values: [true, false], when: {model: forest}}\n"
    "    forest__class_weight: {values: [null, balanced], when: {model: forest}}\n";

static const char boost[] =
    "\n    # gradient boosting\n"
    "    boost__n_estimators: {values: [50, 100, 200, 400], when: {model: boost}}\n"
    "    boost__learning_rate: {values: [0.02, 0.05, 0.1, 0.2], when: {model: boost}}\n"
    "    boost__max_leaf_nodes: {values: [4, 8, 16, 31], when: {model: boost}}\n"
    "    boost__min_samples_leaf: {distribution: int_uniform, min: 1, max: 30, when: {model: "
    "boost}}\n"
    "    boost__reg_lambda: {values: [0, 1, 10], when: {model: boost}}\n"
    "    boost__subsample: {values: [0.6, 1], when: {model: boost}}\n"
    "    boost__colsample_bytree: {values: [0.3, 0.6, 1], when: {model: boost}}\n";

static const char gnb[] = "\n    # Gaussian naive Bayes\n"
                          "    gnb__var_smoothing: {distribution: log_uniform_values, min: 1.0e-9, "
                          "max: 1, when: {model: gnb}}\n";

static void add_learners(const size_of_search *size, quality_notes *notes, quality_list *text) {
    if (size->has_svc) {
        quality_list_add(
            notes, text,
            "\n    # learner\n    model: {values: [logreg, svc, knn, tree, forest, boost, gnb]}\n");
    } else {
        quality_list_add(
            notes, text,
            "\n    # learner\n    model: {values: [logreg, knn, tree, forest, boost, gnb]}  "
            "# without svc, which "
            "takes hours on so many rows\n");
    }
    quality_list_add(notes, text, "%s%s", logreg, size->has_svc ? svc : "");
    quality_list_add(notes, text,
                     "\n    # nearest neighbours\n"
                     "    knn__n_neighbors: {distribution: int_uniform, min: 1, max: %" PRIu64
                     ", when: {model: knn}}\n"
                     "    knn__weights: {values: [uniform, distance], when: {model: knn}}\n"
                     "    knn__metric: {values: [euclidean, manhattan], when: {model: knn}}\n",
                     size->n_neighbors);
    quality_list_add(notes, text, "%s%s%s%s", tree, forest, boost, gnb);
}

/** How the baselines are prepared: all that the search varies of it. */
static const char *preparation_of_baselines(const size_of_search *size, quality_notes *notes) {
    return quality_format(notes, "scale: standard%s%s",
                          size->has_levels ? ", encode__nominal: onehot" : "",
                          size->n_prepared >= least_columns_to_select ? ", select__k: null" : "");
}

/**
 * Baselines: what scikit-learn's classes do if nothing is said, on standardized columns. Its gamma
 * is 1 / (columns × variance), and the variance of such columns is 1.
 */
static void add_baselines(const size_of_search *size, quality_notes *notes, quality_list *text) {
    const char *prepared = preparation_of_baselines(size, notes);
    double gamma = 1.0 / (double)greatest_of(1, least_of(1000, size->n_prepared));
    quality_list_add(notes, text,
                     "\n  enqueue:  # run first: scikit-learn's defaults, to compare with\n"
                     "    - {model: logreg, logreg__penalty: l2, logreg__C: 1, "
                     "logreg__class_weight: null, %s}\n",
                     prepared);
    if (size->has_svc) {
        quality_list_add(notes, text,
                         "    - {model: svc, svc__kernel: rbf, svc__C: 1, svc__gamma: %.4g, "
                         "svc__class_weight: null, %s}\n",
                         gamma, prepared);
    }
    quality_list_add(notes, text,
                     "    - {model: knn, knn__n_neighbors: %" PRIu64
                     ", knn__weights: uniform, knn__metric: euclidean, %s}\n"
                     "    - {model: tree, tree__criterion: gini, tree__max_depth: null, "
                     "tree__min_samples_split: 2, tree__min_samples_leaf: 1, "
                     "tree__class_weight: null, %s}\n",
                     least_of(5, size->n_neighbors), prepared, prepared);
    quality_list_add(notes, text,
                     "    - {model: forest, forest__n_estimators: 100, forest__splitter: best, "
                     "forest__max_features: sqrt, forest__min_samples_leaf: 1, "
                     "forest__bootstrap: true, forest__class_weight: null, %s}\n"
                     "    - {model: boost, boost__n_estimators: 100, boost__learning_rate: 0.1, "
                     "boost__max_leaf_nodes: 31, boost__min_samples_leaf: 20, "
                     "boost__reg_lambda: 0, boost__subsample: 1, boost__colsample_bytree: 1, %s}\n"
                     "    - {model: gnb, gnb__var_smoothing: 1.0e-9, %s}\n",
                     prepared, prepared, prepared);
}

void proposal_add_search(const perebor_proposal *proposal, quality_notes *notes,
                         quality_list *text) {
    size_of_search size = measure(proposal);
    add_folds(&size, notes, text);
    quality_list_add(notes, text,
                     "\nsearch:\n  metric: roc_auc\n  run_cap: %" PRIu64
                     "  # trials; run --trials N takes another number\n  parameters:\n",
                     size.n_trials);
    add_preparation(&size, notes, text);
    add_learners(&size, notes, text);
    add_baselines(&size, notes, text);
}
