// SPDX-License-Identifier: MIT
#include "model/tree/tree_sklearn_impurity.h"

#include "model/tree/tree_sklearn_log.h"

double tree_sklearn_impurity(tree_criterion criterion, const double sums[2], double n) {
    if (criterion == TREE_GINI) {
        return 1.0 - (sums[0] * sums[0] + sums[1] * sums[1]) / (n * n);
    }
    double entropy = 0.0;
    for (int k = 0; k < 2; k++) {
        if (sums[k] > 0.0) {
            double share = sums[k] / n;
            entropy -= share * tree_sklearn_log2(share);
        }
    }
    return entropy;
}
