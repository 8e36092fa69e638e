// SPDX-License-Identifier: MIT
#include "table/frozen.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/feature.h"
#include "table/frozen_column.h"
#include "table/name_list.h"
#include "table/typing_rows.h"

/** Typing by a schema under way. */
typedef struct freezing {
    typing typing;
    const perebor_dataset *schema;
    perebor_frozen_report *report;
    bool *used;        /**< [joined->n_columns] whether a column has found its use. */
    size_t id, target; /**< TABLE_NO_COLUMN if not there. */
} freezing;

static size_t find_column(const freezing *freezing, const char *name) {
    size_t found =
        name != NULL ? name_index_find(&freezing->typing.joined->names, name) : NAME_INDEX_NONE;
    if (found == NAME_INDEX_NONE) {
        return TABLE_NO_COLUMN;
    }
    freezing->used[found] = true;
    return found;
}

static perebor_status check_target(const freezing *freezing, perebor_error *error) {
    const table_load *load = freezing->typing.load;
    const char *target = load->spec->roles.target;
    if (target == NULL || strcmp(target, freezing->schema->target_name) == 0) {
        return PEREBOR_OK;
    }
    return table_conflict_at(load, load->spec->roles.target_at, error,
                             "the target is \"%s\", but the pipeline was fitted to predict \"%s\"",
                             target, freezing->schema->target_name);
}

static perebor_status begin(freezing *freezing, perebor_error *error) {
    table_load *load = freezing->typing.load;
    const table_joined *joined = freezing->typing.joined;
    const perebor_roles *roles = &load->spec->roles;
    freezing->report = perebor_arena_allocate(load->report, 1, sizeof *freezing->report);
    freezing->used = calloc(joined->n_columns + 1, sizeof *freezing->used);
    if (freezing->report == NULL || freezing->used == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t i = 0; i < joined->n_columns; i++) {
        freezing->used[i] = joined->columns[i].is_key;
    }
    freezing->id = find_column(freezing, roles->id);
    freezing->target = find_column(freezing, freezing->schema->target_name);
    (void)find_column(freezing, roles->group);
    if (roles->id != NULL && freezing->id == TABLE_NO_COLUMN) {
        return table_warn_at(load, roles->at, error,
                             "there is no column \"%s\" to predict from; rows are known by their "
                             "number",
                             roles->id);
    }
    return PEREBOR_OK;
}

static perebor_status name_rows(const freezing *freezing, perebor_dataset *dataset,
                                perebor_error *error) {
    perebor_status status;
    const perebor_roles *roles = &freezing->typing.load->spec->roles;
    size_t group = roles->group != NULL && roles->id != NULL && strcmp(roles->group, roles->id) == 0
                       ? freezing->id
                       : TABLE_NO_COLUMN;
    PEREBOR_TRY(done, typing_check_ids(&freezing->typing, freezing->id, group, error));
    PEREBOR_TRY(done, typing_rows(&freezing->typing, freezing->id, dataset, error));
done:
    return status;
}

/** Labels the dataset if every row has a label. */
static perebor_status label_rows(const freezing *freezing, perebor_dataset *dataset,
                                 perebor_error *error) {
    perebor_frozen_report *report = freezing->report;
    dataset->target_name = freezing->schema->target_name;
    dataset->positive_name = freezing->schema->positive_name;
    dataset->negative_name = freezing->schema->negative_name;
    if (freezing->target == TABLE_NO_COLUMN) {
        return PEREBOR_OK;
    }
    perebor_status status =
        frozen_labels(&freezing->typing, freezing->target, freezing->schema, report, error);
    if (status == PEREBOR_OK && report->n_labelled == dataset->n_rows) {
        uint8_t *labels = perebor_arena_allocate(freezing->typing.arena, dataset->n_rows, 1);
        if (labels == NULL) {
            return perebor_no_memory(error, "to load tables");
        }
        for (size_t row = 0; row < dataset->n_rows; row++) {
            labels[row] = (uint8_t)report->labels[row];
        }
        dataset->labels = labels;
    }
    return status;
}

static perebor_status fail_without_columns(const freezing *freezing, perebor_error *error) {
    const table_load *load = freezing->typing.load;
    return table_fail_at(load, load->spec->roles.at, error,
                         "none of the columns that the pipeline was fitted on (%zu) is there; the "
                         "first is \"%s\"%s",
                         freezing->schema->n_columns, freezing->schema->columns[0].name,
                         table_joined_hint(load->report, freezing->typing.joined));
}

/** A column of the schema; where it is not there, its name goes to the missing ones. */
static perebor_status type_column(const freezing *freezing, size_t i, perebor_column *column,
                                  const char **missing, perebor_unknown_values *unknown,
                                  perebor_error *error) {
    perebor_status status;
    perebor_frozen_report *report = freezing->report;
    const perebor_column *frozen = &freezing->schema->columns[i];
    size_t place = name_index_find(&freezing->typing.joined->names, frozen->name);
    size_t from = place == NAME_INDEX_NONE ? TABLE_NO_COLUMN : place;
    if (from != TABLE_NO_COLUMN && freezing->used[from]) {
        const table_load *load = freezing->typing.load;
        return table_fail_at(load, load->spec->roles.at, error,
                             "the pipeline was fitted on the column \"%s\", which cannot be a key, "
                             "an id, a group, the target or another feature too",
                             frozen->name);
    }
    PEREBOR_TRY(done, frozen_column(&freezing->typing, from, frozen, column,
                                    &unknown[report->n_unknown], error));
    report->n_unknown += unknown[report->n_unknown].n_rows > 0;
    if (from != TABLE_NO_COLUMN) {
        freezing->used[from] = true;
        typing_release_cells(&freezing->typing, from);
        return PEREBOR_OK;
    }
    missing[report->n_missing] = perebor_arena_text(freezing->typing.load->report, frozen->name);
    if (missing[report->n_missing++] == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
done:
    return status;
}

static perebor_status type_columns(const freezing *freezing, perebor_dataset *dataset,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = freezing->schema->n_columns;
    perebor_arena *arena = freezing->typing.load->report;
    perebor_frozen_report *report = freezing->report;
    perebor_column *columns =
        perebor_arena_allocate(freezing->typing.arena, n + 1, sizeof *columns);
    const char **missing = perebor_arena_allocate(arena, n + 1, sizeof *missing);
    perebor_unknown_values *unknown = perebor_arena_allocate(arena, n + 1, sizeof *unknown);
    if (columns == NULL || missing == NULL || unknown == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t i = 0; i < n; i++) {
        PEREBOR_TRY(done, type_column(freezing, i, &columns[i], missing, unknown, error));
    }
    if (n > 0 && report->n_missing == n) {
        return fail_without_columns(freezing, error);
    }
    report->missing = missing;
    report->unknown = unknown;
    dataset->columns = columns;
    dataset->n_columns = n;
done:
    return status;
}

/** What the experiment carries and is no feature of the schema. */
static perebor_status type_passthrough(const freezing *freezing, perebor_dataset *dataset,
                                       perebor_error *error) {
    perebor_status status;
    const typing *typing = &freezing->typing;
    name_list carried = {0};
    perebor_column *columns =
        perebor_arena_allocate(typing->arena, typing->joined->n_columns + 1, sizeof *columns);
    if (columns == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    PEREBOR_TRY(done, name_list_create(&carried, &typing->load->spec->roles.passthrough, error));
    for (size_t i = 0; i < typing->joined->n_columns; i++) {
        if (!freezing->used[i] && name_list_has(&carried, typing->joined->columns[i].name)) {
            PEREBOR_TRY(done,
                        typing_passthrough(typing, i, &columns[dataset->n_passthrough], error));
            typing_release_cells(typing, i);
            freezing->used[i] = true;
            dataset->n_passthrough++;
        }
    }
    dataset->passthrough = columns;
done:
    name_list_release(&carried);
    return status;
}

/** Names what is left but what the experiment drops. */
static perebor_status name_ignored(const freezing *freezing, perebor_error *error) {
    perebor_status status;
    perebor_frozen_report *report = freezing->report;
    const typing *typing = &freezing->typing;
    name_list dropped = {0};
    const char **ignored = perebor_arena_allocate(typing->load->report,
                                                  typing->joined->n_columns + 1, sizeof *ignored);
    if (ignored == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    PEREBOR_TRY(done, name_list_create(&dropped, &typing->load->spec->roles.drop, error));
    for (size_t i = 0; i < typing->joined->n_columns; i++) {
        const char *name = typing->joined->columns[i].name;
        if (freezing->used[i] || name_list_has(&dropped, name)) {
            continue;
        }
        ignored[report->n_ignored] = perebor_arena_text(typing->load->report, name);
        if (ignored[report->n_ignored++] == NULL) {
            status = perebor_no_memory(error, "to load tables");
            goto done;
        }
    }
    report->ignored = ignored;
done:
    name_list_release(&dropped);
    return status;
}

perebor_status table_type_frozen(perebor_dataset *dataset, perebor_arena *arena, table_load *load,
                                 const table_joined *joined, perebor_error *error) {
    perebor_status status;
    perebor_dataset result = {0};
    freezing freezing = {.typing = {.load = load, .joined = joined, .arena = arena},
                         .schema = load->schema};
    PEREBOR_TRY(done, check_target(&freezing, error));
    PEREBOR_TRY(done, begin(&freezing, error));
    PEREBOR_TRY(done, name_rows(&freezing, &result, error)); // before cells are freed
    PEREBOR_TRY(done, label_rows(&freezing, &result, error));
    PEREBOR_TRY(done, type_columns(&freezing, &result, error));
    PEREBOR_TRY(done, type_passthrough(&freezing, &result, error));
    PEREBOR_TRY(done, name_ignored(&freezing, error));
    load->frozen = freezing.report;
    *dataset = result;
done:
    free(freezing.used);
    return status;
}
