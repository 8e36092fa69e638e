// SPDX-License-Identifier: MIT
#include "store/test_looks.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "h5/file_tree.h"
#include "store/stage.h"

/** One look: a trial, when the search was what `search` says. */
typedef struct look {
    uint64_t trial;
    const char *search;
    double train_score, mean_test_score, test_score;
} look;

static perebor_status no_memory(perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for looks at the test part");
}

/** A column of /test, if it is there and as long as the others. */
static const void *look_column(const h5_node *group, const char *name, h5_kind kind, size_t n) {
    const h5_node *node = h5_find(group, name);
    return node != NULL && node->type == H5_DATASET && node->array.kind == kind &&
                   node->array.n_dimensions == 1 && node->array.dimensions[0] == n
               ? node->array.data
               : NULL;
}

/** How many looks a file says that it remembers. */
static size_t count_rows(const h5_node *group) {
    const h5_node *first = group == NULL ? NULL : h5_find(group, "trial");
    return first == NULL || first->type != H5_DATASET || first->array.n_dimensions != 1
               ? 0
               : first->array.dimensions[0];
}

/** The looks that a file remembers.
 * @param[out] looks  [*n + n_more] with room for more; freed by the caller. */
static perebor_status read_looks(const perebor_result *result, size_t n_more, look **looks,
                                 size_t *n, perebor_error *error) {
    const h5_node *group = stage_find(result, "test");
    size_t found = count_rows(group);
    look *read = calloc(found + n_more + 1, sizeof *read);
    if (read == NULL) {
        return no_memory(error);
    }
    const uint64_t *trial = found == 0 ? NULL : look_column(group, "trial", H5_UINT64, found);
    const char *const *search = found == 0 ? NULL : look_column(group, "search", H5_TEXT, found);
    const double *train = found == 0 ? NULL : look_column(group, "train_score", H5_DOUBLE, found);
    const double *mean =
        found == 0 ? NULL : look_column(group, "mean_test_score", H5_DOUBLE, found);
    const double *test = found == 0 ? NULL : look_column(group, "test_score", H5_DOUBLE, found);
    bool whole = trial != NULL && search != NULL && train != NULL && mean != NULL && test != NULL;
    if (found > 0 && !whole) {
        free(read);
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "/test is not whole: what was seen of the test part is not known");
    }
    for (size_t i = 0; i < found; i++) {
        read[i] = (look){trial[i], search[i], train[i], mean[i], test[i]};
    }
    *looks = read;
    *n = found;
    return PEREBOR_OK;
}

static bool is_known(const look *looks, size_t n, const look *other) {
    for (size_t i = 0; i < n; i++) {
        if (looks[i].trial == other->trial && strcmp(looks[i].search, other->search) == 0) {
            return true;
        }
    }
    return false;
}

static void looks_to_tree(const look *looks, size_t n, h5_tree *tree, h5_node *group) {
    h5_node *trial = h5_add_dataset(tree, group, "trial", H5_UINT64, 1, n, 0);
    h5_node *search = h5_add_dataset(tree, group, "search", H5_TEXT, 1, n, 0);
    h5_node *train = h5_add_dataset(tree, group, "train_score", H5_DOUBLE, 1, n, 0);
    h5_node *mean = h5_add_dataset(tree, group, "mean_test_score", H5_DOUBLE, 1, n, 0);
    h5_node *test = h5_add_dataset(tree, group, "test_score", H5_DOUBLE, 1, n, 0);
    for (size_t i = 0;
         test != NULL && mean != NULL && train != NULL && search != NULL && trial != NULL && i < n;
         i++) {
        ((uint64_t *)trial->array.data)[i] = looks[i].trial;
        ((const char **)search->array.data)[i] = h5_keep_text(tree, looks[i].search);
        ((double *)train->array.data)[i] = looks[i].train_score;
        ((double *)mean->array.data)[i] = looks[i].mean_test_score;
        ((double *)test->array.data)[i] = looks[i].test_score;
    }
}

static perebor_status put_looks(perebor_result *result, const look *looks, size_t n,
                                perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return no_memory(error);
    }
    h5_node *group = h5_add_group(tree, tree->root, "test");
    looks_to_tree(looks, n, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "looks at the test part", error));
    status = stage_put(result, group, error);
done:
    h5_tree_free(tree);
    return status;
}

perebor_status test_looks_add(perebor_result *result, size_t row, double train_score,
                              double test_score, perebor_error *error) {
    perebor_status status;
    char search[PEREBOR_SHA256_HEX_SIZE];
    look *looks = NULL;
    size_t n = 0;
    PEREBOR_TRY(done, read_looks(result, 1, &looks, &n, error));
    stage_identify_search(result, search);
    look added = {result->trials->first_trial + row, search, train_score,
                  perebor_trials_mean_test_score(result->trials, row), test_score};
    if (!is_known(looks, n, &added)) {
        looks[n++] = added;
        PEREBOR_TRY(done, put_looks(result, looks, n, error));
    }
done:
    free(looks);
    return status;
}

perebor_status test_looks_merge(perebor_result *into, const perebor_result *from,
                                perebor_error *error) {
    perebor_status status;
    look *ours = NULL, *theirs = NULL;
    size_t n = 0, n_theirs = 0;
    PEREBOR_TRY(done, read_looks(from, 0, &theirs, &n_theirs, error));
    PEREBOR_TRY(done, read_looks(into, n_theirs, &ours, &n, error));
    size_t n_before = n;
    for (size_t i = 0; i < n_theirs; i++) {
        if (!is_known(ours, n, &theirs[i])) {
            ours[n++] = theirs[i];
        }
    }
    if (n > n_before) {
        PEREBOR_TRY(done, put_looks(into, ours, n, error));
    }
done:
    free(ours);
    free(theirs);
    return status;
}

test_looks test_looks_count(const perebor_result *result) {
    char search[PEREBOR_SHA256_HEX_SIZE];
    test_looks count = {0};
    look *looks = NULL;
    size_t n = 0;
    if (read_looks(result, 0, &looks, &n, NULL) != PEREBOR_OK) {
        return count;
    }
    stage_identify_search(result, search);
    count.n = n;
    for (size_t i = 0; i < n; i++) {
        count.n_then += strcmp(looks[i].search, search) != 0;
    }
    free(looks);
    return count;
}
