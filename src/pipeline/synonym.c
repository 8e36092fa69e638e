// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "perebor/learners.h"
#include "pipeline/binding.h"

/** What scikit-learn and others call a learner, in small letters and digits alone. */
static const struct synonym {
    const char *word, *learner;
} synonyms[] = {
    {"knn", "knn"},
    {"kneighbors", "knn"},
    {"kneighborsclassifier", "knn"},
    {"knearestneighbors", "knn"},
    {"knearestneighbours", "knn"},
    {"nearestneighbors", "knn"},
    {"neighbors", "knn"},
    {"logreg", "logreg"},
    {"logisticregression", "logreg"},
    {"logisticregressioncv", "logreg"},
    {"logistic", "logreg"},
    {"logit", "logreg"},
    {"lr", "logreg"},
    {"glm", "logreg"},
    {"glmnet", "logreg"},
    {"svc", "svc"},
    {"svm", "svc"},
    {"linearsvc", "svc"},
    {"linearsvm", "svc"},
    {"svmclassifier", "svc"},
    {"supportvectormachine", "svc"},
    {"supportvectorclassifier", "svc"},
    {"tree", "tree"},
    {"decisiontree", "tree"},
    {"decisiontreeclassifier", "tree"},
    {"cart", "tree"},
    {"dt", "tree"},
    {"rpart", "tree"},
    {"forest", "forest"},
    {"randomforest", "forest"},
    {"randomforestclassifier", "forest"},
    {"rf", "forest"},
    {"extratrees", "forest"},
    {"extratreesclassifier", "forest"},
    {"et", "forest"},
    {"boost", "boost"},
    {"boosting", "boost"},
    {"gradientboosting", "boost"},
    {"gradientboostingclassifier", "boost"},
    {"histgradientboosting", "boost"},
    {"histgradientboostingclassifier", "boost"},
    {"gbm", "boost"},
    {"gbdt", "boost"},
    {"xgboost", "boost"},
    {"xgbclassifier", "boost"},
    {"xgb", "boost"},
    {"lightgbm", "boost"},
    {"lgbmclassifier", "boost"},
    {"catboost", "boost"},
    {"catboostclassifier", "boost"},
    {"adaboost", "boost"},
    {"adaboostclassifier", "boost"},
    {"bagging", "forest"},
    {"baggingclassifier", "forest"},
    {"gnb", "gnb"},
    {"naivebayes", "gnb"},
    {"gaussiannb", "gnb"},
    {"nb", "gnb"},
    {"ridge", "logreg"},
    {"ridgeclassifier", "logreg"},
    {"lasso", "logreg"},
    {"elasticnet", "logreg"},
    {"sgdclassifier", "logreg"},
    {"nusvc", "svc"},
};

/** Where a method is not there: the learner that is most like it. */
static const struct nearest {
    const char *method, *learner;
} nearest[] = {
    {"bernoullinb", "gnb"},
    {"multinomialnb", "gnb"},
    {"lda", "logreg"},
    {"lineardiscriminantanalysis", "logreg"},
    {"qda", "gnb"},
    {"quadraticdiscriminantanalysis", "gnb"},
    {"mlp", "svc"},
    {"mlpclassifier", "svc"},
    {"neuralnetwork", "svc"},
    {"gaussianprocess", "svc"},
    {"gaussianprocessclassifier", "svc"},
};

/** What others call a setting, in small letters and digits alone, and a word more about it. */
static const struct other_name {
    const char *word, *setting, *remark;
} other_names[] = {
    {"k", "n_neighbors", ""},
    {"neighbors", "n_neighbors", ""},
    {"neighbours", "n_neighbors", ""},
    {"nneighbours", "n_neighbors", ""},
    {"distance", "metric", ""},
    {"cost", "C", ""},
    {"lambda", "C", ", which is its inverse"},
    {"alpha", "C", ", which is its inverse"},
    {"reg", "penalty", ""},
    {"regularization", "penalty", ""},
    {"fitintercept", "intercept", ""},
    {"l1", "l1_ratio", ""},
    {"mixture", "l1_ratio", ""},
    {"sigma", "gamma", ""},
    {"depth", "max_depth", ""},
    {"split", "min_samples_split", ""},
    {"minsplit", "min_samples_split", ""},
    {"minleaf", "min_samples_leaf", ""},
    {"minbucket", "min_samples_leaf", ""},
    {"mtry", "max_features", ""},
    {"ntree", "n_estimators", ""},
    {"ntrees", "n_estimators", ""},
    {"trees", "n_estimators", ""},
    {"numtrees", "n_estimators", ""},
    {"cp", "ccp_alpha", ""},
    {"seed", "random_state", ""},
    {"weight", "class_weight", ""},
    {"classweights", "class_weight", ""},
    {"n", "k", ""},
    {"nfeatures", "k", ""},
    {"strategy", "numeric", ""},
};

/** Settings of others that are none here: an optimum has no way there, and threads are run's. */
static const char *const needless[] = {
    "solver",    "tol",  "tolerance", "maxiter",   "njobs",    "verbose",    "cachesize",
    "shrinking", "dual", "warmstart", "algorithm", "leafsize", "probability"};

/** Small letters and digits of a word. False if it is too long to be one of ours. */
static bool simplify(const char *word, char *simple, size_t size) {
    size_t length = 0;
    for (const char *c = word; *c != '\0'; c++) {
        if (isalnum((unsigned char)*c)) {
            if (length + 1 >= size) {
                return false;
            }
            simple[length++] = (char)tolower((unsigned char)*c);
        }
    }
    simple[length] = '\0';
    return true;
}

/** The method that a word means, whether there is such a learner or not; NULL if it means none. */
static const char *method_of(const char *simple) {
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++) {
        if (strcmp(synonyms[i].word, simple) == 0) {
            return synonyms[i].learner;
        }
    }
    return NULL;
}

const char *binding_synonym(const char *word) {
    char simple[48];
    const char *method = simplify(word, simple, sizeof simple) ? method_of(simple) : NULL;
    return method != NULL && perebor_learner_find(method) != NULL ? method : NULL;
}

const char *binding_nearest(const char *word) {
    char simple[48];
    if (!simplify(word, simple, sizeof simple)) {
        return NULL;
    }
    const char *method = method_of(simple);
    method = method != NULL ? method : simple;
    for (size_t i = 0; i < sizeof nearest / sizeof *nearest; i++) {
        if (strcmp(nearest[i].method, method) == 0 && perebor_learner_find(method) == NULL) {
            return nearest[i].learner;
        }
    }
    return NULL;
}

bool binding_setting_hint(const char *word, const perebor_setting *settings, size_t n_settings,
                          char *hint, size_t size) {
    char simple[48];
    if (!simplify(word, simple, sizeof simple)) {
        return false;
    }
    for (size_t i = 0; i < sizeof other_names / sizeof *other_names; i++) {
        for (size_t k = 0; k < n_settings; k++) {
            if (strcmp(other_names[i].word, simple) == 0 &&
                strcmp(other_names[i].setting, settings[k].name) == 0) {
                snprintf(hint, size, " (did you mean \"%s\"%s?)", settings[k].name,
                         other_names[i].remark);
                return true;
            }
        }
    }
    for (size_t i = 0; i < sizeof needless / sizeof *needless; i++) {
        if (strcmp(needless[i], simple) == 0) {
            snprintf(hint, size, ", and needs none: no score depends on it");
            return true;
        }
    }
    return false;
}
