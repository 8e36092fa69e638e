// SPDX-License-Identifier: MIT
#include "export/sklearn_learner.h"

#include <string.h>

/** An estimator. @p write puts what is between its parentheses. Where thresholds are drawn, it may
 * have another name. */
typedef struct estimator {
    const char *learner, *module, *name, *random;
    void (*write)(const perebor_candidate *candidate, FILE *stream);
} estimator;

/** The value of a setting; NONE of one that the learner does not have. */
static perebor_value setting_of(const perebor_candidate *candidate, const char *name) {
    const perebor_learner *learner = candidate->learner;
    for (size_t i = 0; i < learner->n_settings; i++) {
        if (strcmp(learner->settings[i].name, name) == 0) {
            return candidate->settings[i];
        }
    }
    return (perebor_value){.kind = PEREBOR_VALUE_NONE};
}

static bool is_text(perebor_value value, const char *text) {
    return value.kind == PEREBOR_VALUE_TEXT && strcmp(value.as.text, text) == 0;
}

/** A value as Python has it. */
static void put_value(perebor_value value, FILE *stream) {
    char text[64];
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        fputs("None", stream);
        break;
    case PEREBOR_VALUE_BOOLEAN:
        fputs(value.as.boolean ? "True" : "False", stream);
        break;
    case PEREBOR_VALUE_INTEGER:
    case PEREBOR_VALUE_REAL:
    case PEREBOR_VALUE_TEXT: // one of the learner's own words
        (void)perebor_value_format(value, text, sizeof text);
        fputs(text, stream);
        break;
    }
}

static void put_setting(const perebor_candidate *candidate, const char *name, FILE *stream) {
    fprintf(stream, "%s=", name);
    put_value(setting_of(candidate, name), stream);
}

/** The settings that have the same name and meaning there. @param[in] names  Ends with NULL. */
static void put_settings(const perebor_candidate *candidate, const char *const *names,
                         FILE *stream) {
    for (size_t i = 0; names[i] != NULL; i++) {
        fputs(i > 0 ? ", " : "", stream);
        put_setting(candidate, names[i], stream);
    }
}

/** The optimum, by the solver that finds it: liblinear alone penalizes the intercept. */
static void write_logreg(const perebor_candidate *candidate, FILE *stream) {
    perebor_value penalty = setting_of(candidate, "penalty");
    bool none = is_text(penalty, "none");
    bool elastic = is_text(penalty, "elasticnet");
    bool sparse = elastic || is_text(penalty, "l1");
    bool penalized = is_text(setting_of(candidate, "intercept"), "penalized") && !none && !elastic;
    put_settings(candidate, (const char *const[]){"C", "class_weight", NULL}, stream);
    fputs(", penalty=", stream);
    put_value(none ? (perebor_value){.kind = PEREBOR_VALUE_NONE} : penalty, stream);
    if (elastic) {
        fputs(", ", stream);
        put_setting(candidate, "l1_ratio", stream);
    }
    fprintf(stream, ",\n    solver=\"%s\", tol=1e-9, max_iter=%s, random_state=0",
            penalized ? "liblinear"
            : sparse  ? "saga"
                      : "newton-cg",
            sparse || penalized ? "100000" : "100");
}

static void write_svc(const perebor_candidate *candidate, FILE *stream) {
    static const char *const names[] = {"kernel",       "C", "gamma", "degree", "coef0",
                                        "class_weight", NULL};
    perebor_value cap = setting_of(candidate, "max_iter");
    put_settings(candidate, names, stream);
    fputs(", tol=1e-9", stream);
    if (cap.kind == PEREBOR_VALUE_INTEGER) {
        fputs(", ", stream);
        put_setting(candidate, "max_iter", stream);
    }
}

static bool is_own_tree(const perebor_candidate *candidate) {
    return strcmp(candidate->learner->name, "tree") == 0 &&
           setting_of(candidate, "random_state").kind != PEREBOR_VALUE_INTEGER;
}

static void write_tree(const perebor_candidate *candidate, FILE *stream) {
    static const char *const names[] = {
        "criterion",    "max_depth", "min_samples_split", "min_samples_leaf",
        "max_features", "ccp_alpha", "class_weight",      NULL};
    put_settings(candidate, names, stream);
    if (is_own_tree(candidate)) {
        fputs(", random_state=0", stream);
    } else {
        fputs(", ", stream);
        put_setting(candidate, "random_state", stream);
    }
}

static void write_knn(const perebor_candidate *candidate, FILE *stream) {
    perebor_value metric = setting_of(candidate, "metric");
    put_settings(candidate, (const char *const[]){"n_neighbors", "weights", NULL}, stream);
    if (is_text(metric, "minkowski")) {
        fputs(", ", stream);
        put_setting(candidate, "p", stream);
    } else {
        fputs(is_text(metric, "manhattan") ? ", p=1.0" : ", p=2.0", stream);
    }
    fputs(", algorithm=\"brute\"", stream);
}

static void write_gnb(const perebor_candidate *candidate, FILE *stream) {
    bool equal = is_text(setting_of(candidate, "priors"), "equal");
    put_setting(candidate, "var_smoothing", stream);
    fputs(equal ? ", priors=[0.5, 0.5]" : ", priors=None", stream);
}

/** What scikit-learn calls max_features: all columns are None there. */
static void put_features(const perebor_candidate *candidate, FILE *stream) {
    perebor_value features = setting_of(candidate, "max_features");
    fputs(", max_features=", stream);
    if (features.kind == PEREBOR_VALUE_NONE) {
        fputs("\"sqrt\"", stream);
    } else {
        put_value(is_text(features, "all") ? (perebor_value){.kind = PEREBOR_VALUE_NONE} : features,
                  stream);
    }
}

static void write_forest(const perebor_candidate *candidate, FILE *stream) {
    static const char *const names[] = {
        "n_estimators",     "criterion",    "max_depth",   "min_samples_split",
        "min_samples_leaf", "bootstrap",    "max_samples", "class_weight",
        "ccp_alpha",        "random_state", NULL};
    put_settings(candidate, names, stream);
    put_features(candidate, stream);
    if (perebor_learner_wants_out_of_bag(candidate->learner, candidate->settings)) {
        fputs(", oob_score=True", stream);
    }
}

/** Those settings of boosting that scikit-learn has. */
static void write_boost(const perebor_candidate *candidate, FILE *stream) {
    static const char *const names[] = {"learning_rate", "max_depth",    "min_samples_leaf",
                                        "max_bins",      "class_weight", NULL};
    fputs("max_iter=", stream);
    put_value(setting_of(candidate, "n_estimators"), stream);
    fputs(", l2_regularization=", stream);
    put_value(setting_of(candidate, "reg_lambda"), stream);
    fputs(", max_leaf_nodes=", stream);
    // Where neither leaves nor depth are limited, perebor has 31 leaves, scikit-learn any number.
    if (setting_of(candidate, "max_leaf_nodes").kind == PEREBOR_VALUE_NONE &&
        setting_of(candidate, "max_depth").kind == PEREBOR_VALUE_NONE) {
        fputs("31", stream);
    } else {
        put_value(setting_of(candidate, "max_leaf_nodes"), stream);
    }
    fputs(", ", stream);
    put_settings(candidate, names, stream);
    if (setting_of(candidate, "early_stopping").as.boolean) {
        static const char *const stopping[] = {"validation_fraction", "n_iter_no_change", "tol",
                                               NULL};
        fputs(", early_stopping=True, ", stream);
        put_settings(candidate, stopping, stream);
    } else {
        fputs(", early_stopping=False", stream);
    }
    fputs(", random_state=0", stream);
}

static const estimator estimators[] = {
    {"boost", "ensemble", "HistGradientBoostingClassifier", NULL, write_boost},
    {"forest", "ensemble", "RandomForestClassifier", "ExtraTreesClassifier", write_forest},
    {"gnb", "naive_bayes", "GaussianNB", NULL, write_gnb},
    {"logreg", "linear_model", "LogisticRegression", NULL, write_logreg},
    {"svc", "svm", "SVC", NULL, write_svc},
    {"tree", "tree", "DecisionTreeClassifier", NULL, write_tree},
    {"knn", "neighbors", "KNeighborsClassifier", NULL, write_knn},
};

static const estimator *estimator_of(const perebor_learner *learner) {
    size_t i = 0;
    while (i + 1 < sizeof estimators / sizeof *estimators &&
           strcmp(estimators[i].learner, learner->name) != 0) {
        i++;
    }
    return &estimators[i];
}

static const char *name_of(const perebor_candidate *candidate) {
    const estimator *estimator = estimator_of(candidate->learner);
    bool random = estimator->random != NULL && is_text(setting_of(candidate, "splitter"), "random");
    return random ? estimator->random : estimator->name;
}

void sklearn_learner_import(const perebor_candidate *candidate, FILE *stream) {
    const estimator *estimator = estimator_of(candidate->learner);
    fprintf(stream, "from sklearn.%s import %s\n", estimator->module, name_of(candidate));
}

static const char neighbors_class[] =
    "\n\n"
    "class Neighbors(KNeighborsClassifier):\n"
    "    \"\"\"Of equally distant rows the first are taken; distances are summed column by "
    "column.\"\"\"\n"
    "\n"
    "    def predict_proba(self, rows):\n"
    "        sums = np.zeros((len(rows), len(self._fit_X)))\n"
    "        for theirs, ours in zip(rows.T, self._fit_X.T):\n"
    "            difference = np.abs(theirs[:, None] - ours)\n"
    "            sums += difference * difference if self.p == 2 else difference ** self.p\n"
    "        nearest = np.argsort(sums, axis=1, kind=\"stable\")[:, :self.n_neighbors]\n"
    "        votes = np.ones(nearest.shape)\n"
    "        if self.weights == \"distance\":\n"
    "            sums = np.take_along_axis(sums, nearest, axis=1)\n"
    "            same = sums == 0\n"
    "            distances = np.sqrt(sums) if self.p == 2 else sums ** (1 / self.p)\n"
    "            votes = np.where(same.any(axis=1, keepdims=True), same,\n"
    "                             1 / np.where(same, 1, distances))\n"
    "        share = np.cumsum(votes * self._y[nearest], axis=1)[:, -1]\n"
    "        share /= np.cumsum(votes, axis=1)[:, -1]\n"
    "        return np.column_stack([1 - share, share])\n"
    "\n\n";

/** What scikit-learn does not have. */
static const char *difference_of(const perebor_candidate *candidate) {
    if (is_own_tree(candidate)) {
        return "a tree without random_state is Perebor's own: scikit-learn's differs from it where "
               "splits are equally good";
    }
    if (strcmp(candidate->learner->name, "forest") == 0) {
        return "a forest's random numbers are Perebor's own: scikit-learn draws others, and scores "
               "differ as those of two seeds do";
    }
    if (strcmp(candidate->learner->name, "boost") == 0) {
        return "scikit-learn's boosting rounds gradients otherwise and has no reg_alpha, gamma, "
               "subsample, colsample_bytree and min_child_weight, nor sets of levels that are "
               "columns: scores differ";
    }
    if (is_text(setting_of(candidate, "penalty"), "elasticnet") &&
        is_text(setting_of(candidate, "intercept"), "penalized")) {
        return "scikit-learn penalizes no intercept beside an elasticnet: its optimum is another";
    }
    return NULL;
}

static bool is_neighbors(const perebor_candidate *candidate) {
    return strcmp(candidate->learner->name, "knn") == 0;
}

bool sklearn_learner_is_same(const perebor_candidate *one, const perebor_candidate *other) {
    return strcmp(name_of(one), name_of(other)) == 0;
}

void sklearn_learner_class(const perebor_candidate *candidate, FILE *stream) {
    if (is_neighbors(candidate)) {
        fputs(neighbors_class, stream);
    }
}

const char *sklearn_learner_write(const perebor_candidate *candidate, FILE *stream) {
    const estimator *estimator = estimator_of(candidate->learner);
    const char *difference = difference_of(candidate);
    if (difference != NULL) {
        fprintf(stream, "# %s\n", difference);
    }
    fprintf(stream, "model = %s(", is_neighbors(candidate) ? "Neighbors" : name_of(candidate));
    estimator->write(candidate, stream);
    fputs(")\n\n", stream);
    return difference;
}
