// SPDX-License-Identifier: MIT
#include "perebor/profile_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/try.h"
#include "base/version.h"
#include "store/hdf5_write.h"
#include "store/profile_tree.h"

static void add_head(const perebor_profile_document *document, store_tree *tree) {
    store_set_text(tree, tree->root, "format", PROFILE_FORMAT);
    store_set_text(tree, tree->root, "format_version", PROFILE_FORMAT_VERSION);
    store_set_text(tree, tree->root, "title", document->name);
    store_set_text(tree, tree->root, "experiment", document->file);
    store_set_text(tree, tree->root, "creator", "perebor");
    store_set_text(tree, tree->root, "creator_version", perebor_version());
}

perebor_status perebor_profile_write(const perebor_profile_document *document, const char *path,
                                     bool overwrite, perebor_error *error) {
    perebor_status status;
    void *image = NULL;
    size_t size = 0;
    store_tree *tree = store_tree_create();
    if (tree == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory for the file of a profile");
    }
    add_head(document, tree);
    quality_to_tree(document, tree);
    if (document->profile != NULL) {
        exploration_to_tree(document->profile, tree);
    }
    PEREBOR_TRY(done, store_tree_check(tree, "the file of a profile", error));
    PEREBOR_TRY(done, hdf5_write(tree, &image, &size, error));
    PEREBOR_TRY(done, perebor_file_write(path, image, size, overwrite, error));
done:
    free(image);
    store_tree_free(tree);
    return status;
}
