// SPDX-License-Identifier: MIT
#include "inspect/quality_role.h"

#include <string.h>

static bool is_named(const perebor_texts *texts, const char *column) {
    for (size_t i = 0; i < texts->n; i++) {
        if (perebor_text_matches(texts->items[i], column)) {
            return true;
        }
    }
    return false;
}

static bool has_declared_levels(const perebor_roles *roles, const char *column) {
    for (size_t i = 0; i < roles->n_ordinal; i++) {
        if (strcmp(roles->ordinal[i].name, column) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < roles->n_boolean; i++) {
        if (strcmp(roles->boolean[i].name, column) == 0) {
            return true;
        }
    }
    return false;
}

quality_role quality_role_of(const table_load *load, const char *column) {
    const perebor_roles *roles = &load->spec->roles;
    if (strcmp(roles->target, column) == 0) {
        return QUALITY_TARGET;
    }
    if (is_named(&roles->passthrough, column)) {
        return QUALITY_PASSTHROUGH;
    }
    if (is_named(&roles->drop, column)) {
        return QUALITY_DROPPED;
    }
    return has_declared_levels(roles, column) ? QUALITY_LEVELS : QUALITY_FEATURE;
}

/** Whether a list names a column by more than "*", which is for what nothing else names. */
static bool is_named_apart(const perebor_texts *texts, const char *column) {
    for (size_t i = 0; i < texts->n; i++) {
        if (strcmp(texts->items[i], "*") != 0 && perebor_text_matches(texts->items[i], column)) {
            return true;
        }
    }
    return false;
}

bool quality_fills_missing(const table_load *load, const char *column, bool numeric) {
    const perebor_roles *roles = &load->spec->roles;
    bool as_levels =
        !numeric || has_declared_levels(roles, column) || is_named_apart(&roles->nominal, column) ||
        (is_named(&roles->nominal, column) && !is_named_apart(&roles->numeric, column));
    return as_levels ? roles->fills_nominal : roles->fills_numeric;
}
