// SPDX-License-Identifier: MIT
#include "table/typing.h"

#include "base/try.h"
#include "table/feature.h"
#include "table/target.h"
#include "table/typing_groups.h"
#include "table/typing_rows.h"

static perebor_status type_columns(const typing *typing, const table_roles *roles,
                                   perebor_dataset *dataset, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_column *columns =
        perebor_arena_allocate(typing->arena, roles->n_features, sizeof *columns);
    perebor_column *passthrough =
        perebor_arena_allocate(typing->arena, roles->n_passthrough + 1, sizeof *passthrough);
    if (columns == NULL || passthrough == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t i = 0; i < roles->n_features; i++) {
        PEREBOR_TRY(done, typing_feature(typing, &roles->features[i], &columns[i], error));
        if (columns[i].role == PEREBOR_ROLE_NUMERIC) {
            PEREBOR_TRY(done, typing_warn_of_lost_digits(typing, roles->features[i].column,
                                                         columns[i].values, error));
        }
        typing_release_cells(typing, roles->features[i].column);
    }
    for (size_t i = 0; i < roles->n_passthrough; i++) {
        PEREBOR_TRY(done,
                    typing_passthrough(typing, roles->passthrough[i], &passthrough[i], error));
        typing_release_cells(typing, roles->passthrough[i]);
    }
    dataset->columns = columns;
    dataset->n_columns = roles->n_features;
    dataset->passthrough = passthrough;
    dataset->n_passthrough = roles->n_passthrough;
done:
    return status;
}

perebor_status table_type(perebor_dataset *dataset, perebor_arena *arena, table_load *load,
                          const table_joined *joined, const table_roles *roles,
                          perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    typing typing = {.load = load, .joined = joined, .arena = arena};
    perebor_dataset result = {0};
    PEREBOR_TRY(done, typing_check_ids(&typing, roles->id, roles->group, error));
    PEREBOR_TRY(done, typing_target(&typing, roles->target, &result, error));
    PEREBOR_TRY(done, type_columns(&typing, roles, &result, error));
    if (roles->group != TABLE_NO_COLUMN) {
        PEREBOR_TRY(done, typing_groups(&typing, roles->group, &result.groups, error));
    }
    PEREBOR_TRY(done, typing_rows(&typing, roles->id, &result, error));
    *dataset = result;
done:
    return status;
}
