// SPDX-License-Identifier: MIT
#include "perebor/result_file.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/try.h"
#include "store/hdf5_write.h"
#include "store/isolate.h"
#include "store/result_tree.h"

perebor_status perebor_result_create(perebor_result **result, perebor_error *error) {
    perebor_result *made = calloc(1, sizeof *made);
    perebor_arena *memory = calloc(1, sizeof *memory);
    if (made == NULL || memory == NULL) {
        free(made);
        free(memory);
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory for a result");
    }
    made->memory = memory;
    *result = made;
    return PEREBOR_OK;
}

void perebor_result_free(perebor_result *result) {
    if (result == NULL) {
        return;
    }
    if (result->owns_trials) {
        perebor_trials_free(result->trials);
    }
    perebor_arena_release(result->memory);
    free(result->memory);
    free(result);
}

void *perebor_result_allocate(perebor_result *result, size_t n, size_t size) {
    return perebor_arena_allocate(result->memory, n, size);
}

const char *perebor_result_text(perebor_result *result, const char *text) {
    return perebor_arena_text(result->memory, text);
}

perebor_status perebor_result_write(const perebor_result *result, const char *path, bool overwrite,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    store_tree *tree = NULL;
    void *image = NULL;
    size_t size = 0;
    PEREBOR_TRY(done, result_to_tree(result, &tree, error));
    PEREBOR_TRY(done, hdf5_write(tree, &image, &size, error));
    PEREBOR_TRY(done, perebor_file_write(path, image, size, overwrite, error));
done:
    free(image);
    store_tree_free(tree);
    return status;
}

perebor_status perebor_result_read(perebor_result **result, const char *path,
                                   perebor_error *error) {
    static const char *const groups[] = {"experiment", "build", "hosts",  "data",
                                         "folds",      "space", "trials", NULL};
    perebor_status status = PEREBOR_OK;
    store_tree *tree = NULL;
    PEREBOR_TRY(done, store_read_isolated(path, groups, &tree, error));
    PEREBOR_TRY(done, result_from_tree(tree, path, result, error));
done:
    store_tree_free(tree);
    return status;
}
