// SPDX-License-Identifier: MIT
#include "store/stage.h"

#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "h5/tree_copy.h"
#include "store/search_identity.h"

const char *const stage_names[] = {"campaign", "ensemble",   "explain",     "model",
                                   "nested",   "offers",     "predictions", "profile",
                                   "segments", "simulation", "test",        NULL};

/** The commands that make them. */
static const char *const commands[] = {"campaign", "ensemble",        "explain", "refit",
                                       "nested",   "offers",          "assess",  "profile",
                                       "segment",  "simulate --keep", "refit"};

static const char *stage_command(const char *name) {
    size_t at = 0;
    while (stage_names[at] != NULL && strcmp(stage_names[at], name) != 0) {
        at++;
    }
    return commands[at];
}

static bool is_stage(const char *name) {
    for (const char *const *stage = stage_names; *stage != NULL; stage++) {
        if (strcmp(*stage, name) == 0) {
            return true;
        }
    }
    return false;
}

void stage_identify_search(const perebor_result *result, char hex[65]) {
    perebor_sha256 sha;
    uint8_t digest[32];
    perebor_search_identity identity;
    perebor_search_identity_of_result(&identity, result);
    perebor_sha256_init(&sha);
    perebor_sha256_update_u64(&sha, identity.seed);
    perebor_sha256_update(&sha, identity.space, sizeof identity.space);
    perebor_sha256_update(&sha, identity.data, sizeof identity.data);
    perebor_sha256_update(&sha, identity.folds, sizeof identity.folds);
    perebor_sha256_update(&sha, identity.metrics, sizeof identity.metrics);
    perebor_sha256_update_u64(&sha, identity.trial_memory);
    perebor_sha256_update(&sha, identity.experiment, sizeof identity.experiment);
    perebor_trials_digest(result->trials, digest);
    perebor_sha256_update(&sha, digest, sizeof digest);
    perebor_sha256_final(&sha, digest);
    perebor_sha256_hex(digest, hex);
}

/** Stages in memory are children of this tree's root; made when first asked for. */
static perebor_status open_stages(perebor_result *result, perebor_error *error) {
    if (result->stages == NULL) {
        result->stages = h5_tree_create();
    }
    return result->stages != NULL ? PEREBOR_OK
                                  : perebor_no_memory(error, "for the stages of a result");
}

/** Takes a group out of the tree's list; its memory stays the tree's. */
static void unlink_stage(h5_node *root, const char *name) {
    h5_node **link = &root->children;
    root->last_child = NULL;
    while (*link != NULL) {
        if (strcmp((*link)->name, name) == 0) {
            *link = (*link)->next;
        } else {
            root->last_child = *link;
            link = &(*link)->next;
        }
    }
}

/** Without the attributes that a stage adds, or another of the same content would differ. */
static void unlink_attributes(h5_node *group) {
    h5_attribute **link = &group->attributes;
    group->last_attribute = NULL;
    while (*link != NULL) {
        if (strcmp((*link)->name, "made_from") == 0 || strcmp((*link)->name, "digest") == 0) {
            *link = (*link)->next;
        } else {
            group->last_attribute = *link;
            link = &(*link)->next;
        }
    }
}

perebor_status stage_put(perebor_result *result, const h5_node *group, perebor_error *error) {
    perebor_status status;
    uint8_t digest[32];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    h5_node *stage;
    PEREBOR_TRY(done, open_stages(result, error));
    unlink_stage(result->stages->root, group->name);
    stage = h5_copy(result->stages, result->stages->root, group);
    PEREBOR_TRY(done, h5_tree_check(result->stages, "a stage", error));
    unlink_attributes(stage);
    PEREBOR_TRY(done, h5_digest(stage, digest, error));
    perebor_sha256_hex(digest, hex);
    h5_set_text(result->stages, stage, "digest", hex);
    stage_identify_search(result, hex);
    h5_set_text(result->stages, stage, "made_from", hex);
    status = h5_tree_check(result->stages, "a stage", error);
done:
    return status;
}

const h5_node *stage_find(const perebor_result *result, const char *name) {
    return result->stages == NULL ? NULL : h5_find(result->stages->root, name);
}

static bool has_text(const h5_node *group, const char *name, const char *text) {
    const char *found = group == NULL ? NULL : h5_find_text(group, name);
    return found != NULL && strcmp(found, text) == 0;
}

static bool is_made_from(const perebor_result *result, const h5_node *group) {
    char hex[PEREBOR_SHA256_HEX_SIZE];
    stage_identify_search(result, hex);
    return has_text(group, "made_from", hex);
}

/** Stages that others are made from, and name by their digests: each of those before it at most. */
static const char *const sources[] = {"ensemble", "model", "explain", "segments"};
enum { n_sources = sizeof sources / sizeof *sources };

static perebor_status refuse_another(const h5_node *group, const char *source, const char *file,
                                     const char *option, perebor_error *error) {
    bool is_named = strcmp(source, "ensemble") == 0 || strcmp(source, "model") == 0;
    return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                        "/%s of %s was made of another %s than /%s is now: run 'perebor %s "
                        "%s%s' again",
                        group->name, file, is_named ? source : "stage", source,
                        stage_command(group->name), file, option);
}

/**
 * Whether a stage was made from this search, and from the first @p n sources that it names as they
 * are now, which are current themselves: of a stage that is stale nothing is current.
 *
 * @param[in] search  stage_identify_search()
 * @retval PEREBOR_ERR_CONFLICT  It is not; the message says what to make anew first.
 */
static perebor_status check_current(const perebor_result *result, const h5_node *group,
                                    const char *search, size_t n, const char *file,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const char *option = h5_find_text(group, "ensemble") != NULL ? " --select ensemble" : "";
    if (!has_text(group, "made_from", search)) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "/%s of %s was made before its search went on: run 'perebor %s %s%s' "
                            "again",
                            group->name, file, stage_command(group->name), file, option);
    }
    for (size_t i = 0; i < n && status == PEREBOR_OK; i++) {
        const char *named = h5_find_text(group, sources[i]);
        const h5_node *source = stage_find(result, sources[i]);
        // Only sources before a source are followed from it: whatever a file names, this ends.
        if (named != NULL) {
            status = has_text(source, "digest", named)
                         ? check_current(result, source, search, i, file, error)
                         : refuse_another(group, sources[i], file, option, error);
        }
    }
    return status;
}

bool stage_is_current(const perebor_result *result, const char *name) {
    char search[PEREBOR_SHA256_HEX_SIZE];
    const h5_node *group = stage_find(result, name);
    if (group == NULL) {
        return false;
    }
    stage_identify_search(result, search);
    return check_current(result, group, search, n_sources, "", NULL) == PEREBOR_OK;
}

perebor_status stage_require(const perebor_result *result, const char *name, const char *file,
                             const h5_node **group, perebor_error *error) {
    perebor_status status;
    char search[PEREBOR_SHA256_HEX_SIZE];
    const h5_node *found = stage_find(result, name);
    if (found == NULL) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT, "%s has no /%s: run 'perebor %s %s' first",
                            file, name, stage_command(name), file);
    }
    stage_identify_search(result, search);
    PEREBOR_TRY(done, check_current(result, found, search, n_sources, file, error));
    if (h5_find_text(found, "digest") == NULL) { // which those that are made of it must name
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "/%s of %s lacks its digest", name, file);
    }
    *group = found;
done:
    return status;
}

/** Whether a result lacks a stage, or has one that is not current where this one is. Looks at the
 * test part are not made anew but added to: none takes the place of others. */
static bool is_wanted(const perebor_result *result, const h5_node *group) {
    return stage_find(result, group->name) == NULL ||
           (strcmp(group->name, "test") != 0 && is_made_from(result, group) &&
            !stage_is_current(result, group->name));
}

static perebor_status copy_stages(perebor_result *result, const h5_node *root,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (const h5_node *group = root->children; group != NULL; group = group->next) {
        if (is_stage(group->name) && is_wanted(result, group)) {
            PEREBOR_TRY(done, open_stages(result, error));
            unlink_stage(result->stages->root, group->name);
            (void)h5_copy(result->stages, result->stages->root, group);
            PEREBOR_TRY(done, h5_tree_check(result->stages, "a stage", error));
        }
    }
done:
    return status;
}

perebor_status stage_take(perebor_result *result, const perebor_result *from,
                          perebor_error *error) {
    return from->stages == NULL ? PEREBOR_OK : copy_stages(result, from->stages->root, error);
}

perebor_status stages_from_tree(perebor_result *result, const h5_tree *tree, perebor_error *error) {
    return copy_stages(result, tree->root, error);
}

void stages_to_tree(const perebor_result *result, h5_tree *tree) {
    for (const char *const *name = stage_names; *name != NULL; name++) {
        const h5_node *group = stage_find(result, *name);
        if (group != NULL) {
            (void)h5_copy(tree, tree->root, group);
        }
    }
}
