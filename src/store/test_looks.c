// SPDX-License-Identifier: MIT
#include "store/test_looks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "h5/file_tree.h"
#include "store/stage.h"

/** The looks that a file remembers. @param[out] looks  [*n + 1] room for another; freed by the
 * caller. */
static perebor_status read_looks(const perebor_result *result, test_look **looks, size_t *n,
                                 perebor_error *error) {
    const h5_node *group = stage_find(result, "test");
    const h5_node *first = group == NULL ? NULL : h5_find(group, "trial");
    bool rows = first != NULL && first->type == H5_DATASET && first->array.n_dimensions == 1;
    size_t found = rows ? first->array.dimensions[0] : 0;
    test_look *read = calloc(found + 1, sizeof *read);
    if (read == NULL) {
        return perebor_no_memory(error, "for looks at the test part");
    }
    const uint64_t *trial = found == 0 ? NULL : h5_row(group, "trial", H5_UINT64, found);
    const char *const *search = found == 0 ? NULL : h5_row(group, "search", H5_TEXT, found);
    const double *train = found == 0 ? NULL : h5_row(group, "train_score", H5_DOUBLE, found);
    const double *mean = found == 0 ? NULL : h5_row(group, "mean_test_score", H5_DOUBLE, found);
    const double *test = found == 0 ? NULL : h5_row(group, "test_score", H5_DOUBLE, found);
    bool whole = trial != NULL && search != NULL && train != NULL && mean != NULL && test != NULL;
    if (found > 0 && !whole) {
        free(read);
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "/test is not whole: what was seen of the test part is not known");
    }
    for (size_t i = 0; i < found; i++) {
        read[i] = (test_look){trial[i], search[i], train[i], mean[i], test[i]};
    }
    *looks = read;
    *n = found;
    return PEREBOR_OK;
}

static void looks_to_tree(const test_look *looks, size_t n, h5_tree *tree, h5_node *group) {
    h5_node *trial = h5_add_dataset(tree, group, "trial", H5_UINT64, 1, n, 0);
    h5_node *search = h5_add_dataset(tree, group, "search", H5_TEXT, 1, n, 0);
    h5_node *train = h5_add_dataset(tree, group, "train_score", H5_DOUBLE, 1, n, 0);
    h5_node *mean = h5_add_dataset(tree, group, "mean_test_score", H5_DOUBLE, 1, n, 0);
    h5_node *test = h5_add_dataset(tree, group, "test_score", H5_DOUBLE, 1, n, 0);
    for (size_t i = 0; test != NULL && mean != NULL && train != NULL && search != NULL && i < n;
         i++) {
        ((uint64_t *)trial->array.data)[i] = looks[i].trial;
        ((const char **)search->array.data)[i] = h5_keep_text(tree, looks[i].search);
        ((double *)train->array.data)[i] = looks[i].train_score;
        ((double *)mean->array.data)[i] = looks[i].mean_test_score;
        ((double *)test->array.data)[i] = looks[i].test_score;
    }
}

static perebor_status put_looks(perebor_result *result, const test_look *looks, size_t n,
                                perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for looks at the test part");
    }
    h5_node *group = h5_add_group(tree, tree->root, "test");
    looks_to_tree(looks, n, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "looks at the test part", error));
    status = stage_put(result, group, error);
done:
    h5_tree_free(tree);
    return status;
}

static bool is_same_score(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

/** A trial has one look a state of the search; ensembles have no number, so that their
 * scores tell them apart. */
static bool is_same_look(const test_look *a, const test_look *b) {
    return a->trial == b->trial && strcmp(a->search, b->search) == 0 &&
           (a->trial != TEST_LOOK_ENSEMBLE ||
            (is_same_score(a->mean_test_score, b->mean_test_score) &&
             is_same_score(a->test_score, b->test_score)));
}

/** Adds looks to those of a result, each once. Nothing changes where there is no news. */
static perebor_status add_looks(perebor_result *result, const test_look *more, size_t n_more,
                                perebor_error *error) {
    perebor_status status;
    test_look *looks = NULL, *grown;
    size_t n = 0, n_before;
    PEREBOR_TRY(done, read_looks(result, &looks, &n, error));
    grown = realloc(looks, (n + n_more + 1) * sizeof *looks);
    if (grown == NULL) {
        status = perebor_no_memory(error, "for looks at the test part");
        goto done;
    }
    looks = grown;
    n_before = n;
    for (size_t i = 0; i < n_more; i++) {
        size_t at = 0;
        while (at < n && !is_same_look(&looks[at], &more[i])) {
            at++;
        }
        if (at == n) {
            looks[n++] = more[i];
        }
    }
    status = n > n_before ? put_looks(result, looks, n, error) : PEREBOR_OK;
done:
    free(looks);
    return status;
}

perebor_status test_looks_note(perebor_result *result, const test_look *look,
                               perebor_error *error) {
    char search[PEREBOR_SHA256_HEX_SIZE];
    test_look now = *look;
    stage_identify_search(result, search);
    now.search = search;
    return add_looks(result, &now, 1, error);
}

perebor_status test_looks_take(perebor_result *result, const perebor_result *from,
                               perebor_error *error) {
    perebor_status status;
    test_look *looks = NULL;
    size_t n = 0;
    PEREBOR_TRY(done, read_looks(from, &looks, &n, error));
    status = add_looks(result, looks, n, error);
done:
    free(looks);
    return status;
}

perebor_status test_looks_find(const perebor_result *result, uint64_t trial, test_look *look,
                               bool *found, perebor_error *error) {
    perebor_status status;
    test_look *looks = NULL;
    size_t n = 0;
    *found = false;
    PEREBOR_TRY(done, read_looks(result, &looks, &n, error));
    for (size_t i = 0; i < n; i++) {
        if (looks[i].trial == trial) {
            *look = looks[i];
            *found = true;
        }
    }
done:
    free(looks);
    return status;
}

perebor_status test_looks_count(const perebor_result *result, test_looks *count,
                                perebor_error *error) {
    perebor_status status;
    char search[PEREBOR_SHA256_HEX_SIZE];
    test_look *looks = NULL;
    size_t n = 0;
    PEREBOR_TRY(done, read_looks(result, &looks, &n, error));
    stage_identify_search(result, search);
    *count = (test_looks){.n = n};
    for (size_t i = 0; i < n; i++) {
        count->n_then += strcmp(looks[i].search, search) != 0;
    }
done:
    free(looks);
    return status;
}
