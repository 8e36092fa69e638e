// SPDX-License-Identifier: MIT
#include "table/name_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"

perebor_status name_list_create(name_list *list, const perebor_texts *texts, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    name_list result = {0};
    result.patterns = malloc((texts->n + 1) * sizeof *result.patterns);
    if (result.patterns == NULL) {
        return perebor_no_memory(error, "for %zu names", texts->n);
    }
    for (size_t i = 0; i < texts->n; i++) {
        size_t before;
        if (perebor_text_is_pattern(texts->items[i])) {
            result.patterns[result.n_patterns++] = texts->items[i];
        } else {
            PEREBOR_TRY(failed, name_index_add(&result.names, texts->items[i], i, &before, error));
        }
    }
    *list = result;
    return PEREBOR_OK;
failed:
    name_list_release(&result);
    return status;
}

bool name_list_has(const name_list *list, const char *column) {
    if (name_index_find(&list->names, column) != NAME_INDEX_NONE) {
        return true;
    }
    for (size_t i = 0; i < list->n_patterns; i++) {
        if (perebor_text_matches(list->patterns[i], column)) {
            return true;
        }
    }
    return false;
}

void name_list_release(name_list *list) {
    name_index_release(&list->names);
    free(list->patterns);
    memset(list, 0, sizeof *list);
}
