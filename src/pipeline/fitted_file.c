// SPDX-License-Identifier: MIT
// A fitted pipeline as a file of its own.
#include <stdlib.h>

#include "base/file_write.h"
#include "base/try.h"
#include "base/version.h"
#include "h5/hdf5_write.h"
#include "h5/isolate.h"
#include "perebor/fitted_pipeline.h"
#include "pipeline/fitted.h"
#include "pipeline/fitted_tree.h"

perebor_status perebor_fitted_pipeline_save(const perebor_fitted_pipeline *pipeline,
                                            const char *path, bool overwrite,
                                            perebor_error *error) {
    perebor_status status;
    void *image = NULL;
    size_t size = 0;
    if (!pipeline->fingerprinted) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "this pipeline was fitted to be used at once, without a fingerprint of "
                            "its rows; one that is to be saved is fitted by "
                            "perebor_fitted_pipeline_fit()");
    }
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for the file of a model");
    }
    h5_set_text(tree, tree->root, "format", "perebor-model");
    h5_set_text(tree, tree->root, "creator", "perebor");
    h5_set_text(tree, tree->root, "creator_version", perebor_version());
    fitted_to_tree(pipeline, tree, h5_add_group(tree, tree->root, "model"));
    PEREBOR_TRY(done, h5_tree_check(tree, "the file of a model", error));
    PEREBOR_TRY(done, hdf5_write(tree, &image, &size, error));
    PEREBOR_TRY(done, perebor_file_write(path, image, size, overwrite, error));
done:
    free(image);
    h5_tree_free(tree);
    return status;
}

perebor_status perebor_fitted_pipeline_load(perebor_fitted_pipeline **pipeline, const char *path,
                                            perebor_error *error) {
    static const char *const groups[] = {"model", NULL};
    h5_tree *tree = NULL;
    perebor_status status = h5_read_isolated(path, groups, &tree, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    h5_reader reader = {.root = tree->root, .file = path, .error = error};
    perebor_fitted_pipeline *loaded = fitted_from_tree(&reader);
    if (reader.status == PEREBOR_OK) {
        *pipeline = loaded;
        loaded = NULL;
    }
    perebor_fitted_pipeline_free(loaded);
    h5_tree_free(tree);
    return reader.status;
}
