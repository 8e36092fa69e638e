// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "base/arena.h"
#include "h5/file_tree.h"
#include "perebor/result_file.h"

const char *const perebor_result_status_names[] = {
    [PEREBOR_RESULT_RUNNING] = "running",
    [PEREBOR_RESULT_COMPLETE] = "complete",
    [PEREBOR_RESULT_STOPPED] = "stopped",
    NULL,
};

perebor_status perebor_result_create(perebor_result **result, perebor_error *error) {
    perebor_result *draft = calloc(1, sizeof *draft);
    perebor_arena *memory = calloc(1, sizeof *memory);
    if (draft == NULL || memory == NULL) {
        free(draft);
        free(memory);
        return perebor_no_memory(error, "for a result");
    }
    draft->memory = memory;
    *result = draft;
    return PEREBOR_OK;
}

void perebor_result_free(perebor_result *result) {
    if (result == NULL) {
        return;
    }
    if (result->owns_trials) {
        perebor_trials_free(result->trials);
    }
    h5_tree_free(result->stages);
    perebor_arena_release(result->memory);
    free(result->memory);
    free(result);
}

void *perebor_result_allocate(perebor_result *result, size_t n, size_t size) {
    return perebor_arena_allocate(result->memory, n, size);
}

const char *perebor_result_text(perebor_result *result, const char *text) {
    return perebor_arena_text(result->memory, text);
}
