// SPDX-License-Identifier: MIT
#include "run/offer_stage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/try.h"
#include "campaign/campaign_measures.h"
#include "config/advice_file.h"
#include "h5/file_tree.h"
#include "offer/advice_figures.h"
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
    if (stage->advice != NULL) {
        const char *const advice[] = {stage->advice};
        (void)h5_add_texts(tree, group, "advice", advice, 1);
    }
    PEREBOR_TRY(done, h5_tree_check(tree, "offers", error));
    PEREBOR_TRY(done, stage_put(result, group, error));
done:
    h5_tree_free(tree);
    return status;
}

/** The uplift that a campaign measured, in the catalogue's terms; NaN: none was. */
static double find_measured(const perebor_result *result) {
    campaign_effect all;
    bool wanted = true;
    const h5_node *group =
        stage_is_current(result, "campaign") ? stage_find(result, "campaign") : NULL;
    bool measured = group != NULL && campaign_from_tree(group, &all, &wanted) && !wanted;
    return measured ? 1.0 - all.ratio.value : (double)NAN;
}

/** Writes the advice on a stream. */
static perebor_status write_advice(const offer_stage *stage, const offer_advice *advice,
                                   double measured, FILE *stream, perebor_error *error) {
    perebor_status status;
    advice_figures plan = {0}, segments = {0};
    segment_descriptions descriptions;
    PEREBOR_TRY(done, segmented_rows_describe(&stage->segmented, &descriptions, error));
    PEREBOR_TRY(done, advice_figures_of_plan(&plan, &stage->plan, measured, error));
    PEREBOR_TRY(done,
                advice_figures_of_segments(&segments, &stage->plan, &descriptions, advice, error));
    const advice_sentence title = {NULL, advice->title, {0}};
    fputs("# ", stream);
    PEREBOR_TRY(done, advice_text_write(&title, advice, &plan.dataset, 0, stream, error));
    fputc('\n', stream);
    PEREBOR_TRY(done, advice_part_write(&advice->general, advice, &plan.dataset, stream, error));
    PEREBOR_TRY(done,
                advice_part_write(&advice->segment, advice, &segments.dataset, stream, error));
done:
    advice_figures_release(&plan);
    advice_figures_release(&segments);
    return status;
}

/** Puts advice into words, if the experiment has templates for it. */
static perebor_status advise(offer_stage *stage, const perebor_result *result,
                             const offer_settings *settings, perebor_error *error) {
    perebor_status status;
    perebor_arena arena = {0};
    offer_advice advice;
    size_t size = 0;
    FILE *stream = NULL;
    if (settings->advice == NULL) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, advice_file_read(&advice, &arena, settings->advice, error));
    stream = open_memstream(&stage->advice, &size);
    if (stream == NULL) {
        status = perebor_no_memory(error, "for advice");
        goto done;
    }
    status = write_advice(stage, &advice, find_measured(result), stream, error);
    if (fclose(stream) != 0 && status == PEREBOR_OK) {
        status = perebor_no_memory(error, "for advice");
    }
done:
    perebor_arena_release(&arena);
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
    PEREBOR_TRY(done, advise(stage, result, source->settings, error));
    PEREBOR_TRY(done, put(stage, result, error));
done:
    return status;
}

void offer_stage_release(offer_stage *stage) {
    free(stage->advice);
    stage->advice = NULL;
    offer_plan_release(&stage->plan);
    contacts_release(&stage->contacts);
    segmented_rows_release(&stage->segmented);
}
