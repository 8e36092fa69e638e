// SPDX-License-Identifier: MIT
#include "run/offer_stage.h"

#include "base/try.h"
#include "h5/file_tree.h"
#include "offer/offers_tree.h"
#include "store/stage.h"

/** The digest of a stage; "" if there is none. */
static const char *digest_of(const perebor_result *result, const char *name) {
    const h5_node *group = stage_find(result, name);
    return group == NULL ? "" : h5_find_text(group, "digest");
}

static perebor_status put(const offer_stage *stage, perebor_result *result, perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for a plan of offers");
    }
    h5_node *group = h5_add_group(tree, tree->root, "offers");
    h5_set_text(tree, group, "model", digest_of(result, "model"));
    h5_set_text(tree, group, "segments", digest_of(result, "segments"));
    if (stage->segmented.rows.shapley != NULL) {
        h5_set_text(tree, group, "explain", digest_of(result, "explain"));
    }
    h5_set_text(tree, group, "contacts", stage->contacts.sha256);
    offers_to_tree(&stage->plan, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "offers", error));
    PEREBOR_TRY(done, stage_put(result, group, error));
done:
    h5_tree_free(tree);
    return status;
}

perebor_status offer_stage_make(offer_stage *stage, const perebor_study *study,
                                perebor_result *result, const offer_stage_source *source,
                                perebor_error *error) {
    perebor_status status;
    offer_rows *rows = &stage->segmented.rows;
    PEREBOR_TRY(done, segmented_rows_read(&stage->segmented, study, result, source->file, error));
    if (source->contacts != NULL) {
        PEREBOR_TRY(done, contacts_read(&stage->contacts, source->contacts, study->dataset,
                                        source->settings, error));
        rows->contacts = stage->contacts.items;
        rows->n_contacts = stage->contacts.n;
    }
    PEREBOR_TRY(done, offer_plan_make(&stage->plan, source->settings, rows, study->experiment->seed,
                                      source->described, error));
    PEREBOR_TRY(done, put(stage, result, error));
done:
    return status;
}

void offer_stage_release(offer_stage *stage) {
    offer_plan_release(&stage->plan);
    contacts_release(&stage->contacts);
    segmented_rows_release(&stage->segmented);
}
