// SPDX-License-Identifier: MIT
#include "profile/profile_stage.h"

#include "base/try.h"
#include "h5/tree_copy.h"
#include "profile/profile_tree.h"

/** Copies a part of a profile's tree, if there is one. */
static void take(h5_tree *tree, h5_node *group, const h5_node *root, const char *name) {
    const h5_node *found = h5_find(root, name);
    if (found != NULL) {
        (void)h5_copy(tree, group, found);
    }
}

perebor_status profile_to_stage(const perebor_profile_document *document, h5_tree *tree,
                                const h5_node **group, perebor_error *error) {
    static const char *const parts[] = {"leaks",   "target", "features",
                                        "numeric", "levels", "matrices"};
    perebor_status status;
    h5_tree *whole = h5_tree_create();
    if (whole == NULL) {
        return perebor_no_memory(error, "for a profile");
    }
    document_to_tree(document, whole);
    PEREBOR_TRY(done, h5_tree_check(whole, "a profile", error));
    h5_node *stage = h5_add_group(tree, tree->root, "profile");
    h5_node *quality = h5_add_group(tree, stage, "quality");
    take(tree, quality, whole->root, "quality/findings");
    take(tree, quality, whole->root, "quality/columns");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        take(tree, stage, whole->root, parts[i]);
    }
    h5_set_text(tree, stage, "profile_version", PEREBOR_PROFILE_FORMAT_VERSION);
    PEREBOR_TRY(done, h5_tree_check(tree, "a profile", error));
    *group = stage;
done:
    h5_tree_free(whole);
    return status;
}
