// SPDX-License-Identifier: MIT
#include "run/stored_study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "run/verify.h"

/** The path that the experiment's own relative paths are seen from. The caller frees it. */
static char *locate(const char *path, const char *folder) {
    if (folder == NULL) {
        return strdup(path);
    }
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t size = strlen(folder) + strlen(name) + 2;
    char *located = malloc(size);
    if (located != NULL) {
        (void)snprintf(located, size, "%s/%s", folder, name);
    }
    return located;
}

perebor_status stored_experiment_read(perebor_experiment **experiment, const perebor_result *result,
                                      const char *file, const char *folder, perebor_error *error) {
    perebor_status status;
    perebor_override *overrides = NULL;
    char *path = NULL;
    if (result->config_path == NULL || result->config_path[0] == '\0') {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "%s does not say where its experiment was: an earlier version of "
                            "perebor wrote it; 'perebor run EXPERIMENT -o %s --resume' adds it",
                            file, file);
    }
    path = locate(result->config_path, folder);
    overrides = calloc(result->n_overrides + 1, sizeof *overrides);
    if (path == NULL || overrides == NULL) {
        status = perebor_no_memory(error, "for the experiment");
        goto done;
    }
    for (size_t i = 0; i < result->n_overrides; i++) {
        overrides[i] = (perebor_override){result->overrides[i].key, result->overrides[i].value};
    }
    status = perebor_experiment_parse(experiment, path, result->config, strlen(result->config),
                                      overrides, result->n_overrides, error);
done:
    free(overrides);
    free(path);
    return status;
}

perebor_status stored_study_load(perebor_study **study, const perebor_result *result,
                                 const char *file, const char *folder, perebor_error *error) {
    perebor_status status;
    perebor_error reason = {0};
    perebor_experiment *experiment = NULL;
    perebor_study *loaded = NULL;
    PEREBOR_TRY(done, stored_experiment_read(&experiment, result, file, folder, error));
    status = perebor_study_load(&loaded, experiment, true, &reason);
    if (status == PEREBOR_ERR_IO) {
        status = perebor_fail(error, status,
                              "%s; where the experiment's folder is elsewhere now, name it with "
                              "--folder",
                              reason.message);
        goto done;
    }
    if (status != PEREBOR_OK) {
        status = perebor_fail(error, status, "%s", reason.message);
        goto done;
    }
    PEREBOR_TRY(done, perebor_verify_same_experiment(loaded, result, file, error));
    PEREBOR_TRY(done, path_choices_list(&loaded->paths, result->trials, error));
    *study = loaded;
    loaded = NULL;
done:
    perebor_study_free(loaded);
    return status;
}

perebor_status stored_study_load_named(perebor_study **study, const perebor_result *result,
                                       const char *file, const char *experiment,
                                       const perebor_override *overrides, size_t n_overrides,
                                       perebor_error *error) {
    perebor_status status;
    perebor_experiment *read = NULL;
    perebor_study *loaded = NULL;
    PEREBOR_TRY(done, perebor_experiment_read(&read, experiment, overrides, n_overrides, error));
    PEREBOR_TRY(done, perebor_study_load(&loaded, read, true, error));
    PEREBOR_TRY(done, perebor_verify_same_experiment(loaded, result, file, error));
    PEREBOR_TRY(done, path_choices_list(&loaded->paths, result->trials, error));
    *study = loaded;
    loaded = NULL;
done:
    perebor_study_free(loaded);
    return status;
}

perebor_status stored_study_candidate(const perebor_study *study, uint64_t trial,
                                      perebor_candidate *candidate, perebor_error *error) {
    const perebor_space *space = study->experiment->space;
    perebor_value *values = calloc(perebor_space_n_parameters(space) + 1, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "for a point");
    }
    perebor_space_point(space, trial, values);
    perebor_status status = perebor_pipeline_resolve(study->pipeline, values, candidate, error);
    if (status == PEREBOR_OK) {
        path_choice_settle(candidate, path_choices_find(&study->paths, trial));
    }
    free(values);
    return status;
}
