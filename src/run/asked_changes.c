// SPDX-License-Identifier: MIT
#include "run/asked_changes.h"

#include <math.h>

const perebor_actionable *asked_actionable(const column_stage_options *options,
                                           const perebor_study *study, size_t *n) {
    const perebor_experiment *experiment = study->experiment;
    bool given = options->n_actionable > 0;
    *n = given ? options->n_actionable : experiment->n_actionable;
    return given ? options->actionable : experiment->actionable;
}

double asked_threshold(const column_stage_options *options, const perebor_study *study) {
    return isnan(options->threshold) ? study->experiment->explain_threshold : options->threshold;
}

perebor_status asked_space(change_space *space, const column_stage_options *options,
                           const perebor_study *study, perebor_error *error) {
    size_t n = 0;
    const perebor_actionable *actionable = asked_actionable(options, study, &n);
    return change_space_make(space, study->dataset, study->split.train, study->split.n_train,
                             actionable, n, study->experiment->file, error);
}

changes_question asked_changes(const column_stage_options *options, const perebor_study *study,
                               const perebor_fitted_pipeline *pipeline, const model_recipe *recipe,
                               const change_space *space) {
    return (changes_question){.pipeline = pipeline,
                              .recipe = model_recipe_of(recipe),
                              .evaluator = study->evaluator,
                              .n_splits = study->folds.n_splits,
                              .dataset = study->dataset,
                              .space = space,
                              .threshold = asked_threshold(options, study),
                              .method = recipe->method};
}
