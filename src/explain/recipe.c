// SPDX-License-Identifier: MIT
#include "explain/recipe.h"

perebor_status explain_recipe_fit(perebor_fitted_pipeline **pipeline, const explain_recipe *recipe,
                                  const perebor_dataset *dataset, const uint32_t *rows,
                                  size_t n_rows, const perebor_calibration_method *method,
                                  perebor_error *error) {
    return recipe->weights == NULL
               ? perebor_fitted_pipeline_fit_unsaved(pipeline, recipe->candidates, dataset, rows,
                                                     n_rows, method, error)
               : perebor_fitted_pipeline_fit_voting(pipeline, recipe->candidates, recipe->weights,
                                                    recipe->n, dataset, rows, n_rows, error);
}
