// SPDX-License-Identifier: MIT
#include "table/roles.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/steps.h"

/** What a column is used as. */
typedef enum use {
    UNDECIDED,
    KEY,
    ID,
    TARGET,
    GROUP,
    DROP,
    PASSTHROUGH,
    ORDINAL,
    BOOLEAN,
    NOMINAL,
    NUMERIC
} use;

static const char *const use_names[] = {
    [UNDECIDED] = "nothing",   [KEY] = "the key",     [ID] = "id",
    [TARGET] = "target",       [GROUP] = "group",     [DROP] = "drop",
    [PASSTHROUGH] = "carried", [ORDINAL] = "ordinal", [BOOLEAN] = "boolean",
    [NOMINAL] = "nominal",     [NUMERIC] = "numeric",
};

typedef struct decision {
    use use;
    bool by_pattern, by_rest; /**< Neither: by its name. */
    size_t entry;             /**< Place in the experiment's ordinal or boolean columns. */
} decision;

/** Deciding under way. */
typedef struct deciding {
    const table_load *load;
    const table_joined *joined;
    const perebor_roles *spec;
    decision *decisions; /**< [joined->n_columns] */
} deciding;

static bool is_everything(const char *name) {
    return strcmp(name, "*") == 0;
}

/** Decides for a column by its own name. */
static perebor_status claim(deciding *deciding, const char *name, use use, size_t entry,
                            perebor_position at, size_t *column, perebor_error *error) {
    perebor_status status =
        table_joined_require(deciding->load, deciding->joined, name, at, column, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    decision *choice = &deciding->decisions[*column];
    if (choice->use == KEY && use >= ORDINAL) {
        return table_fail_at(deciding->load, at, error,
                             "column \"%s\" is the key of the tables; an identifier is never a "
                             "feature",
                             name);
    }
    if (choice->use == ID && use == GROUP) {
        return PEREBOR_OK; // each row is then its own group, or the id says which rows belong
                           // together
    }
    if (choice->use != UNDECIDED && choice->use != KEY) {
        return table_fail_at(deciding->load, at, error,
                             "column \"%s\" is named twice: as %s and as %s", name,
                             use_names[choice->use], use_names[use]);
    }
    *choice = (decision){.use = use, .entry = entry};
    return PEREBOR_OK;
}

static perebor_status claim_names(deciding *deciding, const perebor_texts *names, use use,
                                  perebor_error *error) {
    for (size_t i = 0; i < names->n; i++) {
        size_t column;
        if (perebor_text_is_pattern(names->items[i])) {
            continue;
        }
        perebor_status status =
            claim(deciding, names->items[i], use, 0, deciding->spec->at, &column, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    }
    return PEREBOR_OK;
}

/** Decides by patterns for the columns that no name decides; but for "*". */
static perebor_status claim_patterns(deciding *deciding, const perebor_texts *patterns, use use,
                                     perebor_error *error) {
    for (size_t i = 0; i < patterns->n; i++) {
        const char *pattern = patterns->items[i];
        size_t n_matches = 0;
        if (!perebor_text_is_pattern(pattern) || is_everything(pattern)) {
            continue;
        }
        for (size_t j = 0; j < deciding->joined->n_columns; j++) {
            decision *choice = &deciding->decisions[j];
            const char *name = deciding->joined->columns[j].name;
            if (!perebor_text_matches(pattern, name)) {
                continue;
            }
            n_matches++;
            if (choice->by_pattern && choice->use >= ORDINAL && choice->use != use) {
                return table_fail_at(deciding->load, deciding->spec->at, error,
                                     "column \"%s\" matches patterns of %s and of %s", name,
                                     use_names[choice->use], use_names[use]);
            }
            if (choice->use == UNDECIDED) {
                *choice = (decision){.use = use, .by_pattern = true};
            }
        }
        if (n_matches == 0) {
            return table_fail_at(deciding->load, deciding->spec->at, error,
                                 "no column matches \"%s\" of %s", pattern, use_names[use]);
        }
    }
    return PEREBOR_OK;
}

static bool has_everything(const perebor_texts *names) {
    for (size_t i = 0; i < names->n; i++) {
        if (is_everything(names->items[i])) {
            return true;
        }
    }
    return false;
}

static bool all_numbers(const deciding *deciding, const table_joined_column *column) {
    char decimal = table_joined_decimal(deciding->joined, column);
    for (size_t row = 0; row < deciding->joined->n_rows; row++) {
        double number;
        table_cell cell = table_joined_cell(deciding->joined, column, row);
        if (cell != TABLE_MISSING &&
            !table_pool_number(&deciding->load->pool, cell, decimal, &number)) {
            return false;
        }
    }
    return true;
}

static perebor_status claim_rest(deciding *deciding, perebor_error *error) {
    const perebor_roles *spec = deciding->spec;
    bool numeric = has_everything(&spec->numeric);
    bool nominal = has_everything(&spec->nominal);
    if (numeric && nominal) {
        return table_fail_at(deciding->load, spec->at, error,
                             "\"*\" stands under numeric and under nominal");
    }
    for (size_t i = 0; i < deciding->joined->n_columns; i++) {
        const table_joined_column *column = &deciding->joined->columns[i];
        decision *decision = &deciding->decisions[i];
        if (decision->use != UNDECIDED) {
            continue;
        }
        decision->by_rest = true;
        if (numeric || nominal) {
            decision->use = numeric ? NUMERIC : NOMINAL;
        } else if (spec->detect) {
            decision->use = all_numbers(deciding, column) ? NUMERIC : NOMINAL;
        } else {
            return table_fail_at(
                deciding->load, spec->at, error,
                "column \"%s\" of table \"%s\" has no role; name it under numeric, "
                "ordinal, boolean, nominal or drop",
                column->name, deciding->joined->parts[column->part]->name);
        }
    }
    return PEREBOR_OK;
}

static perebor_status claim_all(deciding *deciding, table_roles *roles, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_roles *spec = deciding->spec;
    size_t column;
    for (size_t i = 0; i < deciding->joined->n_columns; i++) {
        deciding->decisions[i].use = deciding->joined->columns[i].is_key ? KEY : UNDECIDED;
    }
    if (spec->id != NULL) {
        PEREBOR_TRY(done, claim(deciding, spec->id, ID, 0, spec->at, &roles->id, error));
    }
    PEREBOR_TRY(done,
                claim(deciding, spec->target, TARGET, 0, spec->target_at, &roles->target, error));
    if (spec->group != NULL) {
        PEREBOR_TRY(done, claim(deciding, spec->group, GROUP, 0, spec->at, &roles->group, error));
    }
    for (size_t i = 0; i < spec->n_ordinal; i++) {
        PEREBOR_TRY(done, claim(deciding, spec->ordinal[i].name, ORDINAL, i, spec->ordinal[i].at,
                                &column, error));
    }
    for (size_t i = 0; i < spec->n_boolean; i++) {
        PEREBOR_TRY(done, claim(deciding, spec->boolean[i].name, BOOLEAN, i, spec->boolean[i].at,
                                &column, error));
    }
    PEREBOR_TRY(done, claim_names(deciding, &spec->drop, DROP, error));
    PEREBOR_TRY(done, claim_names(deciding, &spec->passthrough, PASSTHROUGH, error));
    PEREBOR_TRY(done, claim_names(deciding, &spec->nominal, NOMINAL, error));
    PEREBOR_TRY(done, claim_names(deciding, &spec->numeric, NUMERIC, error));
    PEREBOR_TRY(done, claim_patterns(deciding, &spec->drop, DROP, error));
    PEREBOR_TRY(done, claim_patterns(deciding, &spec->passthrough, PASSTHROUGH, error));
    PEREBOR_TRY(done, claim_patterns(deciding, &spec->nominal, NOMINAL, error));
    PEREBOR_TRY(done, claim_patterns(deciding, &spec->numeric, NUMERIC, error));
    PEREBOR_TRY(done, claim_rest(deciding, error));
done:
    return status;
}

/** Takes a column into the features; each only once. */
static void list_feature(deciding *deciding, table_roles *roles, size_t column, perebor_role role) {
    decision *decision = &deciding->decisions[column];
    roles->features[roles->n_features++] =
        (table_feature){.column = column, .role = role, .entry = decision->entry};
    decision->use = UNDECIDED;
}

/** Lists the columns of a use that a pattern matches, in the order of the table. */
static void list_matches(deciding *deciding, table_roles *roles, const char *pattern,
                         bool rest_only, use use, perebor_role role) {
    for (size_t i = 0; i < deciding->joined->n_columns; i++) {
        const decision *decision = &deciding->decisions[i];
        if (decision->use == use && (!rest_only || decision->by_rest) &&
            perebor_text_matches(pattern, deciding->joined->columns[i].name)) {
            list_feature(deciding, roles, i, role);
        }
    }
}

/** Lists the columns of a use as the experiment lists them, then those it does not. */
static void list_features(deciding *deciding, table_roles *roles, const perebor_texts *names,
                          use use, perebor_role role) {
    for (size_t i = 0; i < names->n; i++) {
        const char *name = names->items[i];
        size_t column = name_index_find(&deciding->joined->names, name);
        if (perebor_text_is_pattern(name)) {
            // "*" means what nothing else names, wherever it stands in the list.
            list_matches(deciding, roles, name, is_everything(name), use, role);
        } else if (column != NAME_INDEX_NONE && deciding->decisions[column].use == use) {
            list_feature(deciding, roles, column, role);
        }
    }
    list_matches(deciding, roles, "*", false, use, role);
}

/** Ordinal and boolean columns, in the order of their entries; each has been found. */
static void list_entry(deciding *deciding, table_roles *roles, const char *name,
                       perebor_role role) {
    list_feature(deciding, roles, name_index_find(&deciding->joined->names, name), role);
}

static void list_all(deciding *deciding, table_roles *roles) {
    const perebor_roles *spec = deciding->spec;
    list_features(deciding, roles, &spec->numeric, NUMERIC, PEREBOR_ROLE_NUMERIC);
    for (size_t i = 0; i < spec->n_ordinal; i++) {
        list_entry(deciding, roles, spec->ordinal[i].name, PEREBOR_ROLE_ORDINAL);
    }
    for (size_t i = 0; i < spec->n_boolean; i++) {
        list_entry(deciding, roles, spec->boolean[i].name, PEREBOR_ROLE_BOOLEAN);
    }
    list_features(deciding, roles, &spec->nominal, NOMINAL, PEREBOR_ROLE_NOMINAL);
    for (size_t i = 0; i < deciding->joined->n_columns; i++) {
        if (deciding->decisions[i].use == PASSTHROUGH) {
            roles->passthrough[roles->n_passthrough++] = i;
        }
    }
}

/** Marks the features that scores may not fall or not rise with. */
static perebor_status mark_monotonic(const deciding *deciding, table_roles *roles,
                                     perebor_error *error) {
    const perebor_roles *spec = deciding->spec;
    for (size_t i = 0; i < spec->n_monotonic; i++) {
        const perebor_monotonic_column *named = &spec->monotonic[i];
        table_feature *feature = NULL;
        for (size_t k = 0; k < roles->n_features; k++) {
            const char *name = deciding->joined->columns[roles->features[k].column].name;
            feature = strcmp(name, named->name) == 0 ? &roles->features[k] : feature;
        }
        if (feature == NULL) {
            return table_fail_at(deciding->load, named->at, error,
                                 "data.features.monotonic names \"%s\", which is no feature",
                                 named->name);
        }
        if (feature->role == PEREBOR_ROLE_NOMINAL) {
            return table_fail_at(deciding->load, named->at, error,
                                 "data.features.monotonic names \"%s\", which is nominal: its "
                                 "levels have no order; name it under ordinal",
                                 named->name);
        }
        feature->monotonic = named->decreases ? -1 : 1;
    }
    return PEREBOR_OK;
}

perebor_status table_roles_resolve(table_roles *roles, const table_load *load,
                                   const table_joined *joined, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    deciding deciding = {.load = load, .joined = joined, .spec = &load->spec->roles};
    table_roles result = {
        .id = TABLE_NO_COLUMN, .target = TABLE_NO_COLUMN, .group = TABLE_NO_COLUMN};
    deciding.decisions = calloc(joined->n_columns, sizeof *deciding.decisions);
    result.features = calloc(joined->n_columns, sizeof *result.features);
    result.passthrough = calloc(joined->n_columns, sizeof *result.passthrough);
    if (deciding.decisions == NULL || result.features == NULL || result.passthrough == NULL) {
        status = perebor_no_memory(error, "to load tables");
        goto done;
    }
    PEREBOR_TRY(done, claim_all(&deciding, &result, error));
    list_all(&deciding, &result);
    if (result.n_features == 0) {
        status =
            table_fail_at(load, load->spec->roles.at, error,
                          "no column is left to learn from but id, target and what is dropped");
        goto done;
    }
    PEREBOR_TRY(done, mark_monotonic(&deciding, &result, error));
done:
    free(deciding.decisions);
    if (status == PEREBOR_OK) {
        *roles = result;
    } else {
        table_roles_release(&result);
    }
    return status;
}

void table_roles_release(table_roles *roles) {
    free(roles->features);
    free(roles->passthrough);
    memset(roles, 0, sizeof *roles);
}
