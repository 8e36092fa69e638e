// SPDX-License-Identifier: MIT
#include "perebor/learners.h"

#include <string.h>

#include "model/boost/boost_learner.h"
#include "model/forest/forest_learner.h"
#include "model/gnb/gnb_learner.h"
#include "model/knn/knn_learner.h"
#include "model/logreg/logreg_learner.h"
#include "model/svc/svc_learner.h"
#include "model/tree/tree_learner.h"

static const perebor_learner *const learners[] = {
    &model_boost,  &model_forest, &model_gnb,  &model_knn,
    &model_logreg, &model_svc,    &model_tree, NULL,
};

const perebor_learner *const *perebor_learners(size_t *n_learners) {
    *n_learners = sizeof learners / sizeof learners[0] - 1;
    return learners;
}

const perebor_learner *perebor_learner_find(const char *name) {
    for (const perebor_learner *const *learner = learners; *learner != NULL; learner++) {
        if (strcmp((*learner)->name, name) == 0) {
            return *learner;
        }
    }
    return NULL;
}
