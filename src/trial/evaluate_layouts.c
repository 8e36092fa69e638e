// SPDX-License-Identifier: MIT
/*
 * Layouts that a family shares with others: looked for before its fold is prepared, where the
 * learner then needs no more of that, and otherwise made of it.
 */
#include "trial/evaluation.h"

/** What the family's layout is of. */
static layout_key key_of(const evaluation *evaluation, const perebor_family_range *range,
                         const perebor_value *settings) {
    layout_key key = {.learner = range->learner,
                      .settings = range->learner->layout->key(settings),
                      .preparation = *evaluation->settings,
                      .fold = (size_t)(evaluation->rows - evaluation->evaluator->folds)};
    key.preparation.select_k = range->select_k;
    return key;
}

/** Reads the layout of a family that shares one. @param[in] source  NULL: it is not made. */
static perebor_status read_layout(const evaluation *evaluation, const perebor_family_range *range,
                                  const layout_source *source, layout_reading *reading,
                                  perebor_error *error) {
    const perebor_value *settings =
        perebor_plan_member(evaluation->plan, range->first_member)->settings;
    const layout_key key = key_of(evaluation, range, settings);
    perebor_status status =
        layout_cache_read(evaluation->evaluator->layouts, &key, source, reading, error);
    if (reading->layout != NULL && evaluation->seconds != NULL) {
        evaluation->seconds->n_layouts_made += reading->made;
        evaluation->seconds->n_layouts_shared += !reading->made;
    }
    return status;
}

static bool shares_layout(const evaluation *evaluation, const perebor_family_range *range) {
    return range->layout != 0 && evaluation->share && evaluation->evaluator->layouts != NULL;
}

perebor_status evaluation_find_layout(const evaluation *evaluation,
                                      const perebor_family_range *range, layout_reading *reading,
                                      perebor_error *error) {
    *reading = (layout_reading){0};
    return shares_layout(evaluation, range) && range->learner->layout->is_enough
               ? read_layout(evaluation, range, NULL, reading, error)
               : PEREBOR_OK;
}

/** Settings of the first member of a family that its learner does not refuse; NULL: it refuses all,
 * and will say why. */
static const perebor_value *accepted_settings(const evaluation *evaluation,
                                              const perebor_family_range *range) {
    const perebor_learner *learner = range->learner;
    const perebor_matrix *rows = &evaluation->training.rows;
    for (size_t m = 0; m < range->n_members; m++) {
        const perebor_value *settings =
            perebor_plan_member(evaluation->plan, range->first_member + m)->settings;
        perebor_error refusal;
        if (learner->check == NULL ||
            learner->check(settings, rows->n_rows, rows->n_columns, &refusal) == PEREBOR_OK) {
            return settings;
        }
    }
    return NULL;
}

perebor_status evaluation_make_layout(const evaluation *evaluation,
                                      const perebor_family_range *range, layout_reading *reading,
                                      perebor_error *error) {
    *reading = (layout_reading){0};
    if (!shares_layout(evaluation, range)) {
        return PEREBOR_OK;
    }
    const layout_source source = {.training = &evaluation->training,
                                  .validation = &evaluation->validation,
                                  .settings = accepted_settings(evaluation, range),
                                  .scratch = evaluation->workspace};
    return source.settings != NULL ? read_layout(evaluation, range, &source, reading, error)
                                   : PEREBOR_OK;
}

void evaluation_end_layout(const evaluation *evaluation, const layout_reading *reading) {
    if (reading->layout != NULL) {
        layout_cache_end(evaluation->evaluator->layouts, reading);
    }
}
