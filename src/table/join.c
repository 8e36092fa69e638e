// SPDX-License-Identifier: MIT
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/key_remedy.h"
#include "table/name_list.h"
#include "table/steps.h"

/** A join under way. */
typedef struct joining {
    table_load *load;
    const perebor_join_step *step;
    table_joined *joined;
    const char *key;       /**< Name of the key column; NULL: one table without a key. */
    size_t n_declared;     /**< Parts before those joined for passthrough columns only. */
    table_key_index bases; /**< From key to row of the base. */
} joining;

/** Whether a table is one of the parts there are so far. */
static bool is_part(const table_joined *joined, const table *table) {
    for (size_t i = 0; i < joined->n_parts; i++) {
        if (joined->parts[i] == table) {
            return true;
        }
    }
    return false;
}

/** Whether a column is in one of the parts; columns are indexed a table each. */
static bool has_column(const joining *joining, const name_index *columns, const char *name) {
    for (size_t i = 0; i < joining->load->n_tables; i++) {
        if (is_part(joining->joined, &joining->load->tables[i]) &&
            name_index_find(&columns[i], name) != NAME_INDEX_NONE) {
            return true;
        }
    }
    return false;
}

static perebor_status index_columns(const table_load *load, name_index *columns,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < load->n_tables; i++) {
        for (size_t j = 0; j < load->tables[i].n_columns; j++) {
            size_t before;
            PEREBOR_TRY(done, name_index_add(&columns[i], load->tables[i].columns[j].name, j,
                                             &before, error));
        }
    }
done:
    return status;
}

/** Adds the tables that hold passthrough columns and are not joined otherwise. */
static perebor_status add_carrying_tables(joining *joining, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_load *load = joining->load;
    table_joined *joined = joining->joined;
    const perebor_texts *passthrough = &load->spec->roles.passthrough;
    if (joining->key == NULL || passthrough->n == 0) {
        return PEREBOR_OK;
    }
    name_index *columns = calloc(load->n_tables, sizeof *columns);
    if (columns == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    PEREBOR_TRY(done, index_columns(load, columns, error));
    for (size_t i = 0; i < passthrough->n; i++) {
        for (size_t j = 0; j < load->n_tables; j++) {
            if (!has_column(joining, columns, passthrough->items[i]) &&
                name_index_find(&columns[j], joining->key) != NAME_INDEX_NONE &&
                name_index_find(&columns[j], passthrough->items[i]) != NAME_INDEX_NONE) {
                joined->parts[joined->n_parts++] = &load->tables[j];
            }
        }
    }
done:
    for (size_t i = 0; i < load->n_tables; i++) {
        name_index_release(&columns[i]);
    }
    free(columns);
    return status;
}

static perebor_status gather_parts(joining *joining, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_load *load = joining->load;
    const perebor_join_step *step = joining->step;
    table_joined *joined = joining->joined;
    size_t capacity = 1 + step->tables.n + load->n_tables;
    joined->parts = calloc(capacity, sizeof(table *));
    joined->rows = calloc(capacity, sizeof(uint32_t *));
    if (joined->parts == NULL || joined->rows == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    joined->parts[0] = &load->tables[0];
    if (step->base != NULL) {
        PEREBOR_TRY(done, table_require(load, step->base, step->at, &joined->parts[0], error));
    }
    joined->n_parts = 1;
    for (size_t i = 0; i < step->tables.n; i++) {
        table *table = NULL;
        bool without = false;
        PEREBOR_TRY(done, table_goes_without(load, "the join", step->tables.items[i], step->at,
                                             &without, error));
        if (without) {
            continue;
        }
        PEREBOR_TRY(done, table_require(load, step->tables.items[i], step->at, &table, error));
        for (size_t j = 0; j < joined->n_parts; j++) {
            if (joined->parts[j] == table) {
                status = table_fail_at(load, step->at, error, "table \"%s\" is joined twice",
                                       table->name);
                goto done;
            }
        }
        joined->parts[joined->n_parts++] = table;
    }
    joining->n_declared = joined->n_parts;
    joining->key = step->on != NULL ? step->on : joined->parts[0]->key;
    if (joining->key == NULL && joined->n_parts > 1) {
        status = table_fail_at(load, step->at, error, "a join needs on:, the key of its tables");
        goto done;
    }
    for (size_t i = 0; joining->key != NULL && i < joined->n_parts; i++) {
        size_t column;
        PEREBOR_TRY(done, table_require_column(load, joined->parts[i], joining->key, step->at,
                                               &column, error));
    }
    status = add_carrying_tables(joining, error);
done:
    return status;
}

static perebor_status fail_duplicate(const joining *joining, const table *table, size_t column,
                                     size_t first, size_t row, perebor_error *error) {
    char place[TABLE_PLACE_SIZE];
    char first_place[TABLE_PLACE_SIZE];
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    const char *key =
        table_pool_text(&joining->load->pool, table->columns[column].cells[row], buffer);
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "%s: key %s \"%s\" of table \"%s\" occurs twice (first at %s); pivot the "
                        "table or remove one of the rows",
                        table_place(table, column, row, place), joining->key, key, table->name,
                        table_place(table, column, first, first_place));
}

/** Maps every key of a table to its row; a missing value or a repeated key is an error. */
static perebor_status index_keys(const joining *joining, const table *table, size_t column,
                                 table_key_index *index, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    PEREBOR_TRY(done, table_key_index_reserve(index, table->n_rows, error));
    for (size_t row = 0; row < table->n_rows; row++) {
        table_cell key = table->columns[column].cells[row];
        uint32_t first = TABLE_NO_ROW;
        if (key == TABLE_MISSING) {
            char place[TABLE_PLACE_SIZE];
            status =
                perebor_fail(error, PEREBOR_ERR_FORMAT,
                             "%s: key \"%s\" of table \"%s\" is a gap; every row needs one",
                             table_place(table, column, row, place), joining->key, table->name);
            goto done;
        }
        PEREBOR_TRY(done, table_key_index_add(index, key, (uint32_t)row, &first, error));
        if (first != TABLE_NO_ROW) {
            status = fail_duplicate(joining, table, column, first, row, error);
            goto done;
        }
    }
done:
    return status;
}

static perebor_status fail_unmatched(const joining *joining, key_place key, const table *other,
                                     size_t other_column, uint64_t n_unmatched,
                                     perebor_error *error) {
    char place[TABLE_PLACE_SIZE];
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    perebor_arena arena = {0};
    const char *text = table_pool_text(&joining->load->pool,
                                       key.table->columns[key.column].cells[key.row], buffer);
    key_remedy remedy = table_key_remedy(&arena, joining->load, key, other, other_column);
    bool is_found = *remedy.step != '\0';
    perebor_status status = perebor_fail(
        error, PEREBOR_ERR_FORMAT,
        "%s: key %s \"%s\" of table \"%s\" is not in table \"%s\" (%llu such key%s)%s%s%s%s",
        table_place(key.table, key.column, key.row, place), joining->key,
        table_show_text(&arena, text), key.table->name, other->name,
        (unsigned long long)n_unmatched, n_unmatched == 1 ? "" : "s", is_found ? ", but " : "",
        remedy.found, is_found ? "; write the keys alike: " : "",
        is_found ? remedy.step : "; say unmatched: allow if that is right");
    perebor_arena_release(&arena);
    return status;
}

/** Fails on the first row of the part whose key the base does not have. */
static perebor_status check_orphans(const joining *joining, const table *part, size_t column,
                                    size_t base_column, uint64_t *n_orphans, perebor_error *error) {
    size_t first = 0;
    *n_orphans = 0;
    for (size_t row = 0; row < part->n_rows; row++) {
        if (table_key_index_find(&joining->bases, part->columns[column].cells[row]) ==
            TABLE_NO_ROW) {
            first = *n_orphans == 0 ? row : first;
            ++*n_orphans;
        }
    }
    if (*n_orphans == 0 || joining->step->unmatched_allowed) {
        return PEREBOR_OK;
    }
    return fail_unmatched(joining, (key_place){part, column, first}, joining->joined->parts[0],
                          base_column, *n_orphans, error);
}

/** Finds the row of one part for every row of the base. */
static perebor_status match_part(joining *joining, size_t i, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_joined *joined = joining->joined;
    const table *base = joined->parts[0];
    const table *part = joined->parts[i];
    bool declared = i < joining->n_declared;
    table_key_index index = {0};
    size_t base_key;
    size_t part_key;
    uint64_t n_unmatched = 0;
    uint64_t n_orphans = 0;
    size_t first = 0;
    PEREBOR_TRY(done, table_require_column(joining->load, base, joining->key, joining->step->at,
                                           &base_key, error));
    PEREBOR_TRY(done, table_require_column(joining->load, part, joining->key, joining->step->at,
                                           &part_key, error));
    PEREBOR_TRY(done, index_keys(joining, part, part_key, &index, error));
    joined->rows[i] = malloc(base->n_rows * sizeof *joined->rows[i]);
    if (joined->rows[i] == NULL) {
        status = perebor_no_memory(error, "to load tables");
        goto done;
    }
    for (size_t row = 0; row < base->n_rows; row++) {
        joined->rows[i][row] = table_key_index_find(&index, base->columns[base_key].cells[row]);
        if (joined->rows[i][row] == TABLE_NO_ROW) {
            first = n_unmatched++ == 0 ? row : first;
        }
    }
    if (declared && n_unmatched > 0 && !joining->step->unmatched_allowed) {
        status = fail_unmatched(joining, (key_place){base, base_key, first}, part, part_key,
                                n_unmatched, error);
        goto done;
    }
    if (declared) {
        PEREBOR_TRY(done, check_orphans(joining, part, part_key, base_key, &n_orphans, error));
    }
    status = table_log(
        joining->load,
        (perebor_step_report){.step = "join",
                              .table = part->name,
                              .column = joining->key,
                              .n_rows = base->n_rows - n_unmatched},
        error, "%s: %zu of %zu rows of %s matched by %s%s; %llu row%s of %s without partner",
        part->name, base->n_rows - (size_t)n_unmatched, base->n_rows, base->name, joining->key,
        declared ? "" : " (carried columns only)", (unsigned long long)n_orphans,
        n_orphans == 1 ? "" : "s", part->name);
done:
    table_key_index_release(&index);
    return status;
}

/** Drops the rows that lack a partner in a declared part, as an inner join does. */
static void drop_unmatched(joining *joining) {
    table_joined *joined = joining->joined;
    size_t kept = 0;
    for (size_t row = 0; row < joined->n_rows; row++) {
        bool matched = true;
        for (size_t i = 1; i < joining->n_declared; i++) {
            matched = matched && joined->rows[i][row] != TABLE_NO_ROW;
        }
        if (matched) {
            for (size_t i = 0; i < joined->n_parts; i++) {
                joined->rows[i][kept] = joined->rows[i][row];
            }
            kept++;
        }
    }
    joined->n_rows = kept;
}

static perebor_status match_rows(joining *joining, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_joined *joined = joining->joined;
    const table *base = joined->parts[0];
    joined->n_rows = base->n_rows;
    joined->rows[0] = malloc(base->n_rows * sizeof *joined->rows[0]);
    if (joined->rows[0] == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t row = 0; row < base->n_rows; row++) {
        joined->rows[0][row] = (uint32_t)row;
    }
    if (joining->key != NULL) {
        size_t column;
        PEREBOR_TRY(done, table_require_column(joining->load, base, joining->key, joining->step->at,
                                               &column, error));
        PEREBOR_TRY(done, index_keys(joining, base, column, &joining->bases, error));
    }
    for (size_t i = 1; i < joined->n_parts; i++) {
        PEREBOR_TRY(done, match_part(joining, i, error));
    }
    if (!joining->step->left) {
        drop_unmatched(joining);
    }
    if (joined->n_rows == 0) {
        status = table_fail_at(joining->load, joining->step->at, error,
                               "the join leaves no rows: no key is in every table");
    }
done:
    return status;
}

static perebor_status add_column(joining *joining, size_t part, size_t column,
                                 perebor_error *error) {
    table_joined *joined = joining->joined;
    const char *name = joined->parts[part]->columns[column].name;
    assert(name != NULL);
    size_t other;
    perebor_status status = name_index_add(&joined->names, name, joined->n_columns, &other, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    if (other != NAME_INDEX_NONE) {
        return table_fail_at(
            joining->load, joining->step->at, error,
            "tables \"%s\" and \"%s\" both have a column \"%s\"; rename one by a sql: step",
            joined->parts[joined->columns[other].part]->name, joined->parts[part]->name, name);
    }
    joined->columns[joined->n_columns++] = (table_joined_column){
        .name = name,
        .part = part,
        .column = column,
        .is_key = joining->key != NULL && strcmp(name, joining->key) == 0,
        .is_extra = part >= joining->n_declared,
    };
    return PEREBOR_OK;
}

static perebor_status gather_columns(joining *joining, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_joined *joined = joining->joined;
    name_list passthrough = {0};
    size_t capacity = 0;
    for (size_t i = 0; i < joined->n_parts; i++) {
        capacity += joined->parts[i]->n_columns;
    }
    assert(capacity > 0);
    joined->columns = calloc(capacity, sizeof *joined->columns);
    if (joined->columns == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    PEREBOR_TRY(done,
                name_list_create(&passthrough, &joining->load->spec->roles.passthrough, error));
    for (size_t i = 0; i < joined->n_parts; i++) {
        const table *part = joined->parts[i];
        for (size_t j = 0; j < part->n_columns; j++) {
            const char *name = part->columns[j].name;
            bool repeats_key = i > 0 && joining->key != NULL && strcmp(name, joining->key) == 0;
            if (!repeats_key && (i < joining->n_declared || name_list_has(&passthrough, name))) {
                PEREBOR_TRY(done, add_column(joining, i, j, error));
            }
        }
    }
done:
    name_list_release(&passthrough);
    return status;
}

perebor_status table_join(table_load *load, table_joined *joined, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_joined result = {0};
    joining joining = {.load = load, .step = &load->spec->join, .joined = &result};
    PEREBOR_TRY(done, gather_parts(&joining, error));
    PEREBOR_TRY(done, gather_columns(&joining, error));
    PEREBOR_TRY(done, match_rows(&joining, error));
done:
    table_key_index_release(&joining.bases);
    if (status == PEREBOR_OK) {
        *joined = result;
    } else {
        table_joined_release(&result);
    }
    return status;
}
