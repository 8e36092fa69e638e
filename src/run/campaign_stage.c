// SPDX-License-Identifier: MIT
#include "run/campaign_stage.h"

#include <stdlib.h>

#include "base/try.h"
#include "h5/file_tree.h"
#include "offer/offer_plan.h"
#include "store/stage.h"

/** The offer that the plan has for each row and what becomes of it, if there is a plan that is
 * current. */
static perebor_status find_offers(campaign_stage *stage, const perebor_study *study,
                                  const perebor_result *result, perebor_error *error) {
    size_t n_rows = study->dataset->n_rows;
    const h5_node *group = stage_is_current(result, "offers") ? stage_find(result, "offers") : NULL;
    const h5_node *names = group == NULL ? NULL : h5_find(group, "offer/name");
    const h5_node *customers = group == NULL ? NULL : h5_find(group, "customers");
    const int32_t *offer = customers == NULL ? NULL : h5_row(customers, "offer", H5_INT32, n_rows);
    if (offer == NULL || names == NULL || names->type != H5_DATASET ||
        names->array.kind != H5_TEXT) {
        return PEREBOR_OK;
    }
    size_t n_offers = h5_array_length(&names->array);
    const int8_t *outcome = h5_row(customers, "outcome", H5_INT8, n_rows);
    stage->offers = calloc(n_rows + 1, sizeof *stage->offers);
    stage->parts = calloc(n_rows + 1, sizeof *stage->parts);
    if (stage->offers == NULL || stage->parts == NULL) {
        return perebor_no_memory(error, "for the offers of %zu rows", n_rows);
    }
    for (size_t row = 0; row < n_rows; row++) {
        bool has = offer[row] >= 0 && (size_t)offer[row] < n_offers;
        stage->offers[row] = has ? ((const char *const *)names->array.data)[offer[row]] : "";
        stage->parts[row] = outcome == NULL || !has          ? CAMPAIGN_NO_OFFER
                            : outcome[row] == OFFER_SENT     ? CAMPAIGN_SENT
                            : outcome[row] == OFFER_HELD_OUT ? CAMPAIGN_HELD_OUT
                                                             : CAMPAIGN_NO_OFFER;
    }
    return PEREBOR_OK;
}

static perebor_status put(const campaign_stage *stage, const campaign_settings *settings,
                          perebor_result *result, perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for the measures of a campaign");
    }
    h5_node *group = h5_add_group(tree, tree->root, "campaign");
    const h5_node *model = stage_find(result, "model");
    h5_set_text(tree, group, "model", model == NULL ? "" : h5_find_text(model, "digest"));
    campaign_to_tree(&stage->measures, &stage->log, settings, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "campaign", error));
    PEREBOR_TRY(done, stage_put(result, group, error));
done:
    h5_tree_free(tree);
    return status;
}

perebor_status campaign_stage_make(campaign_stage *stage, const perebor_study *study,
                                   perebor_result *result, const campaign_stage_source *source,
                                   perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, scored_study_make(&stage->scored, study, result, source->file, error));
    PEREBOR_TRY(done, find_offers(stage, study, result, error));
    const campaign_customers customers = {study->dataset, stage->scored.probabilities,
                                          stage->offers, stage->parts};
    PEREBOR_TRY(done,
                campaign_log_read(&stage->log, source->log, source->settings, &customers, error));
    PEREBOR_TRY(done, campaign_measure(&stage->measures, &stage->log, source->settings,
                                       study->experiment->seed, error));
    PEREBOR_TRY(done, put(stage, source->settings, result, error));
done:
    return status;
}

void campaign_stage_release(campaign_stage *stage) {
    campaign_measures_release(&stage->measures);
    campaign_log_release(&stage->log);
    free((void *)stage->offers);
    free(stage->parts);
    scored_study_release(&stage->scored);
    *stage = (campaign_stage){0};
}
