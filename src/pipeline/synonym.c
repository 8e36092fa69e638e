// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <stdbool.h>
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
};

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

const char *binding_synonym(const char *word) {
    char simple[48];
    if (!simplify(word, simple, sizeof simple)) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++) {
        if (strcmp(synonyms[i].word, simple) == 0) {
            const char *learner = synonyms[i].learner;
            return perebor_learner_find(learner) != NULL ? learner : NULL;
        }
    }
    return NULL;
}
