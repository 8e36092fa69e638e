// SPDX-License-Identifier: MIT
#include "profile/profile_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file_write.h"
#include "base/try.h"
#include "base/version.h"
#include "h5/hdf5_write.h"
#include "inspect/quality_tree.h"
#include "profile/profile_tree.h"
#include "table/tables_tree.h"

const perebor_output_kind perebor_profile_kind = {.name = "the file of a profile",
                                                  .format = PEREBOR_PROFILE_FORMAT};
const perebor_output_kind perebor_profile_json_kind = {
    .name = "a profile in JSON", .beginning = "{\"format\":\"" PEREBOR_PROFILE_FORMAT "\""};

static void add_head(const perebor_profile_document *document, h5_tree *tree) {
    h5_set_text(tree, tree->root, "format", PEREBOR_PROFILE_FORMAT);
    h5_set_text(tree, tree->root, "format_version", PEREBOR_PROFILE_FORMAT_VERSION);
    h5_set_text(tree, tree->root, "title", document->name);
    h5_set_text(tree, tree->root, "experiment", document->file);
    h5_set_text(tree, tree->root, "creator", "perebor");
    h5_set_text(tree, tree->root, "creator_version", perebor_version());
}

void document_to_tree(const perebor_profile_document *document, h5_tree *tree) {
    add_head(document, tree);
    tables_to_tree(document->tables, tree);
    quality_to_tree(document->quality, tree);
    if (document->leaks != NULL) {
        leaks_to_tree(document->leaks, tree);
    }
    if (document->profile != NULL) {
        exploration_to_tree(document->profile, tree);
    }
}

perebor_status perebor_profile_write(const perebor_profile_document *document, const char *path,
                                     perebor_file_identity *expected, perebor_error *error) {
    perebor_status status;
    void *image = NULL;
    size_t size = 0;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for the file of a profile");
    }
    document_to_tree(document, tree);
    PEREBOR_TRY(done, h5_tree_check(tree, "the file of a profile", error));
    PEREBOR_TRY(done, hdf5_write(tree, &image, &size, error));
    PEREBOR_TRY(done, perebor_file_replace(path, image, size, expected, error));
done:
    free(image);
    h5_tree_free(tree);
    return status;
}
