// SPDX-License-Identifier: MIT
#include "table/frozen_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "base/try.h"
#include "table/csv_parts.h"
#include "table/missing_file.h"
#include "table/part.h"

struct frozen_parts {
    const perebor_tables_spec *spec;
    const perebor_dataset *schema;
    const char *key;      /**< What must not occur twice: the key or the identifier; NULL: none. */
    bool key_before_drop; /**< Among all rows, not only among those that filters leave. */
    table_load load;      /**< What the beginning says: its header and warnings. */
    csv_parts csv;
};

/** Why tables cannot be loaded in parts; NULL if they can. */
static const char *find_reason(const perebor_tables_spec *spec) {
    if (spec->n_sources != 1 || spec->join.tables.n > 0) {
        return "tables are joined";
    }
    if (spec->sources[0].sqlite_table != NULL || spec->sources[0].sqlite_query != NULL) {
        return "the table is in a database";
    }
    if (spec->n_pivot > 0) {
        return "a table is pivoted";
    }
    for (size_t i = 0; i < spec->n_clean; i++) {
        if (spec->clean[i].kind == PEREBOR_STEP_SQL) {
            return "SQL may look at all rows";
        }
    }
    return NULL;
}

/** Finds what may occur once. @return false if that are two columns. */
static bool find_key(frozen_parts *parts) {
    const perebor_tables_spec *spec = parts->spec;
    const perebor_roles *roles = &spec->roles;
    const char *key = spec->join.on != NULL ? spec->join.on : spec->sources[0].key;
    bool id_is_group =
        roles->id != NULL && roles->group != NULL && strcmp(roles->id, roles->group) == 0;
    const char *id = id_is_group ? NULL : roles->id;
    parts->key = key != NULL ? key : id;
    parts->key_before_drop = key != NULL;
    return key == NULL || id == NULL || strcmp(key, id) == 0;
}

static perebor_status begin_load(frozen_parts *parts, perebor_error *error) {
    table_load *load = &parts->load;
    load->spec = parts->spec;
    load->schema = parts->schema;
    load->report = calloc(1, sizeof *load->report);
    if (load->report == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    return table_pool_create(&load->pool, error);
}

perebor_status frozen_parts_open(frozen_parts **parts, const char **reason,
                                 const perebor_tables_spec *spec, const perebor_dataset *schema,
                                 const char *beside, perebor_error *error) {
    perebor_status status;
    *parts = NULL;
    *reason = find_reason(spec);
    if (*reason != NULL) {
        return PEREBOR_OK;
    }
    frozen_parts *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    made->spec = spec;
    made->schema = schema;
    if (!find_key(made)) {
        *reason = "rows have a key and another identifier";
        free(made);
        return PEREBOR_OK;
    }
    PEREBOR_TRY(failed, begin_load(made, error));
    PEREBOR_TRY(failed, table_check_file(&made->load, &spec->sources[0], error));
    PEREBOR_TRY(failed, csv_parts_find(&made->csv, &made->load, &spec->sources[0], beside, error));
    *parts = made;
    return PEREBOR_OK;
failed:
    frozen_parts_free(made);
    return status;
}

size_t frozen_parts_count(const frozen_parts *parts) {
    return parts->csv.n;
}

bool frozen_parts_are_shared(const frozen_parts *parts) {
    return !parts->csv.is_scratch;
}

uint64_t frozen_parts_hash(const frozen_parts *parts) {
    uint64_t hash = 0;
    for (size_t i = 0; i <= parts->csv.n; i++) {
        hash = perebor_mix(hash + PEREBOR_MIX_STEP + parts->csv.parts[i].at);
        hash = perebor_mix(hash + PEREBOR_MIX_STEP + parts->csv.parts[i].row);
    }
    return hash;
}

const char *const *frozen_parts_warnings(const frozen_parts *parts, size_t *n) {
    *n = parts->load.n_warnings;
    return parts->load.warnings;
}

/** A key, where it stands. */
typedef struct key_place {
    size_t row; /**< Which row of the part. */
    char *text;
    char place[TABLE_PLACE_SIZE];
} key_place;

/** A part that is being loaded. */
typedef struct part_loading {
    const frozen_parts *parts;
    size_t i;
    frozen_part *part;
    key_place *noted; /**< The place of one key, if that is all that is wanted. */
} part_loading;

/** Called when keys are known. */
typedef perebor_status look_at_keys(void *context, const table_load *load,
                                    const table_joined *joined, perebor_error *error);

/** The rows have the numbers that they have in the file. */
static perebor_status number_rows(const part_loading *loading, table *table, perebor_error *error) {
    uint64_t first = loading->parts->csv.parts[loading->i].row;
    table->source_rows = malloc((table->n_rows + 1) * sizeof *table->source_rows);
    if (table->source_rows == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t row = 0; row < table->n_rows; row++) {
        table->source_rows[row] = (uint32_t)(first + row);
    }
    return PEREBOR_OK;
}

/** What a load that is given up for doubt fails with, inside this file alone. */
static const char doubt[] = "doubt";

static perebor_status read_part(void *context, table_load *load, table *table,
                                perebor_error *error) {
    perebor_status status;
    part_loading *loading = context;
    const csv_parts *csv = &loading->parts->csv;
    const perebor_table_source *source = &load->spec->sources[0];
    struct table result = {0};
    csv_reader reader;
    size_t key;
    PEREBOR_TRY(failed, csv_parts_open(csv, loading->i, source, &reader, error));
    status = table_read_csv_part(
        &result, &loading->part->is_doubtful, load, source, &csv->dialect,
        (size_t)(csv->parts[loading->i + 1].row - csv->parts[loading->i].row), &reader, error);
    csv_close(&reader);
    PEREBOR_TRY(failed, status);
    if (loading->part->is_doubtful) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s", doubt);
    }
    if (result.n_rows > 0) {
        PEREBOR_TRY(failed, number_rows(loading, &result, error));
        if (source->key != NULL) {
            PEREBOR_TRY(failed,
                        table_require_column(load, &result, source->key, source->at, &key, error));
        }
    }
    *table = result;
    return PEREBOR_OK;
failed:
    table_release(&result);
    return status;
}

static uint64_t hash_cell(const table_pool *pool, table_cell cell) {
    uint64_t hash = perebor_mix(cell);
    if (table_cell_is_text(cell)) {
        hash = 0;
        for (const char *text = table_pool_text(pool, cell, NULL); *text != '\0';) {
            size_t n = strnlen(text, sizeof(uint64_t));
            uint64_t word = n; // so that a text of zeros is not an empty one
            memcpy(&word, text, n);
            hash = perebor_mix(hash + PEREBOR_MIX_STEP + word);
            text += n;
        }
    }
    return hash;
}

static perebor_status take_keys(void *context, const table_load *load, const table_joined *joined,
                                perebor_error *error) {
    part_loading *loading = context;
    size_t found = name_index_find(&joined->names, loading->parts->key);
    if (found == NAME_INDEX_NONE) {
        return PEREBOR_OK; // the loader says so
    }
    const table_joined_column *column = &joined->columns[found];
    uint64_t *keys = malloc((joined->n_rows + 1) * sizeof *keys);
    if (keys == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t row = 0; row < joined->n_rows; row++) {
        keys[row] = hash_cell(&load->pool, table_joined_cell(joined, column, row));
    }
    loading->part->keys = keys;
    loading->part->n_keys = joined->n_rows;
    return PEREBOR_OK;
}

static perebor_status load_part(const frozen_parts *parts, size_t i, frozen_part *part,
                                look_at_keys *look, key_place *noted, perebor_error *error) {
    frozen_part result = {0};
    perebor_error reason = {0};
    part_loading loading = {.parts = parts, .i = i, .part = &result, .noted = noted};
    table_observer observer = {.context = &loading};
    if (parts->key != NULL && parts->key_before_drop) {
        observer.after_joining = look;
    } else if (parts->key != NULL) {
        observer.after_filtering = look;
    }
    const table_part from = {
        .context = &loading, .read = read_part, .is_part = parts->csv.n > 1, .observer = &observer};
    perebor_status status =
        table_load_part(&result.rows, &result.report, parts->spec, parts->schema, &from, &reason);
    result.dataset = result.rows.dataset;
    if (status != PEREBOR_OK && !result.is_doubtful) {
        frozen_part_release(&result);
        return perebor_fail(error, status, "%s", reason.message);
    }
    *part = result;
    return PEREBOR_OK;
}

perebor_status frozen_parts_load(const frozen_parts *parts, size_t i, frozen_part *part,
                                 perebor_error *error) {
    return load_part(parts, i, part, take_keys, NULL, error);
}

void frozen_part_release(frozen_part *part) {
    table_part_rows_release(&part->rows);
    perebor_tables_report_release(&part->report);
    free(part->keys);
    *part = (frozen_part){0};
}

static perebor_status note_key(void *context, const table_load *load, const table_joined *joined,
                               perebor_error *error) {
    part_loading *loading = context;
    key_place *noted = loading->noted;
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    size_t found = name_index_find(&joined->names, loading->parts->key);
    if (found == NAME_INDEX_NONE || noted->row >= joined->n_rows) {
        return PEREBOR_OK;
    }
    const table_joined_column *column = &joined->columns[found];
    (void)table_joined_place(joined, column, noted->row, noted->place);
    noted->text =
        strdup(table_pool_text(&load->pool, table_joined_cell(joined, column, noted->row), buffer));
    return noted->text != NULL ? PEREBOR_OK : perebor_no_memory(error, "to load tables");
}

static perebor_status fail_repeated(const frozen_parts *parts, const key_place places[2],
                                    perebor_error *error) {
    if (parts->key_before_drop) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: key %s \"%s\" of table \"%s\" occurs twice (first at %s); remove "
                            "one of the rows",
                            places[1].place, parts->key, places[1].text,
                            parts->spec->sources[0].name, places[0].place);
    }
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "%s: column \"%s\": \"%s\" occurs twice (first at %s); an id names one "
                        "row, use group: for more",
                        places[1].place, parts->key, places[1].text, places[0].place);
}

perebor_status frozen_parts_compare(const frozen_parts *parts, const size_t i[2], const size_t k[2],
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    key_place places[2] = {{.row = k[0]}, {.row = k[1]}};
    for (size_t side = 0; side < 2; side++) {
        frozen_part part = {0};
        PEREBOR_TRY(done, load_part(parts, i[side], &part, note_key, &places[side], error));
        frozen_part_release(&part);
    }
    if (places[0].text != NULL && places[1].text != NULL &&
        strcmp(places[0].text, places[1].text) == 0) {
        status = fail_repeated(parts, places, error);
    }
done:
    free(places[0].text);
    free(places[1].text);
    return status;
}

void frozen_parts_free(frozen_parts *parts) {
    if (parts == NULL) {
        return;
    }
    csv_parts_release(&parts->csv);
    free(parts->load.warnings);
    table_pool_release(&parts->load.pool);
    perebor_arena_release(&parts->load.arena);
    if (parts->load.report != NULL) {
        perebor_arena_release(parts->load.report);
        free(parts->load.report);
    }
    free(parts);
}
