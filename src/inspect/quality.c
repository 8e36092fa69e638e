// SPDX-License-Identifier: MIT
#include "inspect/quality.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "inspect/quality_changes.h"
#include "inspect/quality_role.h"
#include "inspect/quality_rows.h"
#include "table/observer.h"
#include "table/steps.h"

const char *const perebor_cleaning_stage_names[] = {
    [PEREBOR_STAGE_READ] = "read",
    [PEREBOR_STAGE_CLEAN] = "clean",
    [PEREBOR_STAGE_JOINED] = "joined",
    [PEREBOR_STAGE_FINAL] = "final",
    NULL,
};

/** An inspection under way. */
typedef struct inspection {
    quality_notes notes;
    quality_memory memory; /**< Keeps what is about to be changed. */
    bool *has_unknown;     /**< [n_pivot] whether values to be pivoted have missing values */
    bool tables_are_read;  /**< From here on a failure is a finding. */
} inspection;

static perebor_status remember_tables(void *context, const table_load *load,
                                      const perebor_clean_step *step, perebor_error *error) {
    inspection *inspection = context;
    return quality_remember_tables(&inspection->memory, load, step, error);
}

static perebor_status list_changes(void *context, const table_load *load,
                                   const perebor_clean_step *step, perebor_error *error) {
    perebor_status status;
    inspection *inspection = context;
    PEREBOR_TRY(done,
                quality_list_changes(&inspection->notes, &inspection->memory, load, step, error));
    status = quality_notes_check(&inspection->notes, error);
done:
    quality_memory_release(&inspection->memory);
    return status;
}

/** Nothing to be mended, but worth knowing where other programs read the file. */
static void note_mark(const table *table, quality_notes *notes) {
    if (table->has_mark && notes->stage == PEREBOR_STAGE_READ) {
        quality_note_finding(notes,
                             (perebor_finding){.kind = "byte_order_mark",
                                               .table = table->name,
                                               .column = "",
                                               .n = 1,
                                               .section = "",
                                               .step = ""},
                             "the file begins with a byte order mark, which is skipped");
    }
}

/** Looks at column names: some with blanks, some with underscores. */
static void note_names(const table *table, quality_notes *notes) {
    size_t n_blank = 0;
    size_t n_underscore = 0;
    quality_list sql = {0};
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *name = table->columns[i].name;
        n_underscore += strchr(name, '_') != NULL;
        if (strchr(name, ' ') == NULL) {
            continue;
        }
        n_blank++;
        char *better = perebor_arena_text(notes->arena, name);
        for (char *blank = better; blank != NULL && (blank = strchr(blank, ' ')) != NULL;) {
            *blank = '_';
        }
        quality_list_add(notes, &sql, "%sALTER TABLE %s RENAME COLUMN %s TO %s",
                         n_blank > 1 ? "; " : "", quality_sql_name(notes, table->name),
                         quality_sql_name(notes, name),
                         quality_sql_name(notes, better != NULL ? better : ""));
    }
    if (n_blank > 0 && n_underscore > 0) {
        quality_note_finding(notes,
                             (perebor_finding){.kind = "column_names",
                                               .table = table->name,
                                               .n = n_blank,
                                               .section = "data.clean",
                                               .step = quality_format(
                                                   notes, "- {op: sql, sql: %s, reason: one style}",
                                                   quality_yaml(notes, quality_list_text(&sql)))},
                             "%zu column names are written with blanks, %zu with underscores; "
                             "if you rename them, do so in the rest of the experiment too",
                             n_blank, n_underscore);
    }
    quality_list_release(&sql);
}

static quality_column *list_table_columns(const table_load *load, size_t *n) {
    *n = 0;
    for (size_t i = 0; i < load->n_tables; i++) {
        *n += load->tables[i].n_columns;
    }
    quality_column *columns = calloc(*n + 1, sizeof *columns);
    quality_column *next = columns;
    for (size_t i = 0; columns != NULL && i < load->n_tables; i++) {
        const table *table = &load->tables[i];
        for (size_t c = 0; c < table->n_columns; c++) {
            const char *name = table->columns[c].name;
            *next++ =
                (quality_column){.table = table,
                                 .table_name = table->name,
                                 .name = name,
                                 .cells = table->columns[c].cells,
                                 .n_rows = table->n_rows,
                                 .is_key = table->key != NULL && strcmp(table->key, name) == 0};
        }
    }
    return columns;
}

static void release_columns(quality_column *columns, size_t n) {
    for (size_t i = 0; columns != NULL && i < n; i++) {
        quality_column_release(&columns[i]);
    }
    free(columns);
}

static const table *base_of(const table_load *load) {
    const table *base =
        load->spec->join.base != NULL ? table_find(load, load->spec->join.base) : NULL;
    return base != NULL ? base : &load->tables[0];
}

static perebor_status inspect_rows(inspection *inspection, const table_load *load,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    quality_notes *notes = &inspection->notes;
    for (size_t i = 0; i < load->n_tables; i++) {
        const table *table = &load->tables[i];
        note_mark(table, notes);
        note_names(table, notes);
        PEREBOR_TRY(done, quality_note_duplicates(table, notes, error));
        PEREBOR_TRY(done, quality_note_keys(load, table, notes, error));
        PEREBOR_TRY(done, quality_note_orphans(load, base_of(load), table, notes, error));
    }
done:
    return status;
}

static perebor_status inspect_tables(inspection *inspection, const table_load *load,
                                     perebor_cleaning_stage stage, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    quality_notes *notes = &inspection->notes;
    notes->stage = stage;
    size_t n_columns;
    quality_column *columns = list_table_columns(load, &n_columns);
    if (columns == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    for (size_t i = 0; i < n_columns; i++) {
        PEREBOR_TRY(done, quality_column_summarise(&columns[i], &load->pool, notes, error));
        quality_note_missing(&columns[i], notes);
        quality_note_texts_among_numbers(&columns[i], &load->pool, notes);
        quality_note_negatives(&columns[i], notes);
    }
    quality_note_spellings(columns, n_columns, &load->pool, notes);
    PEREBOR_TRY(done, inspect_rows(inspection, load, error));
    status = quality_notes_check(notes, error);
done:
    release_columns(columns, n_columns);
    return status;
}

static perebor_status inspect_read(void *context, const table_load *load, perebor_error *error) {
    inspection *inspection = context;
    inspection->tables_are_read = true;
    return inspect_tables(inspection, load, PEREBOR_STAGE_READ, error);
}

/** Notes which values have missing values before they are pivoted. */
static perebor_status find_unknown(inspection *inspection, const table_load *load,
                                   perebor_error *error) {
    const perebor_tables_spec *spec = load->spec;
    inspection->has_unknown = calloc(spec->n_pivot + 1, sizeof *inspection->has_unknown);
    if (inspection->has_unknown == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    for (size_t i = 0; i < spec->n_pivot; i++) {
        const perebor_pivot_step *pivot = &spec->pivot[i];
        const table *table = table_find(load, pivot->table);
        size_t column = table != NULL ? table_find_column(table, pivot->values) : TABLE_NO_COLUMN;
        for (size_t row = 0; column != TABLE_NO_COLUMN && row < table->n_rows; row++) {
            inspection->has_unknown[i] |= table->columns[column].cells[row] == TABLE_MISSING;
        }
    }
    return PEREBOR_OK;
}

static perebor_status inspect_clean(void *context, const table_load *load, perebor_error *error) {
    inspection *inspection = context;
    perebor_status status = find_unknown(inspection, load, error);
    return status == PEREBOR_OK ? inspect_tables(inspection, load, PEREBOR_STAGE_CLEAN, error)
                                : status;
}

/** The pivot step that made a table what it is, or n_pivot. */
static size_t find_pivot(const table_load *load, const table *table) {
    size_t i = 0;
    while (i < load->spec->n_pivot && strcmp(load->spec->pivot[i].table, table->name) != 0) {
        i++;
    }
    return i;
}

/** The joined table's columns; their cells are copied one after the other into @p cells. */
static void list_joined_columns(const inspection *inspection, const table_load *load,
                                const table_joined *joined, quality_column *columns,
                                table_cell *cells) {
    const char *id = load->spec->roles.id;
    for (size_t i = 0; i < joined->n_columns; i++) {
        const table_joined_column *column = &joined->columns[i];
        table_cell *own = cells + i * joined->n_rows;
        for (size_t row = 0; row < joined->n_rows; row++) {
            own[row] = table_joined_cell(joined, column, row);
        }
        size_t pivot = find_pivot(load, joined->parts[column->part]);
        bool is_key = column->is_key || (id != NULL && strcmp(id, column->name) == 0);
        columns[i] = (quality_column){.table = joined->parts[column->part],
                                      .table_name = "",
                                      .name = column->name,
                                      .cells = own,
                                      .n_rows = joined->n_rows,
                                      .is_key = is_key,
                                      .is_pivoted = !is_key && pivot < load->spec->n_pivot,
                                      .has_unknown = !is_key && pivot < load->spec->n_pivot &&
                                                     inspection->has_unknown[pivot]};
    }
}

/** The column that identifies joined rows, or NULL. */
static const quality_column *find_ids(const table_load *load, const quality_column *columns,
                                      size_t n) {
    const quality_column *ids = NULL;
    for (size_t i = 0; i < n; i++) {
        const char *id = load->spec->roles.id;
        if (columns[i].is_key &&
            (ids == NULL || (id != NULL && strcmp(columns[i].name, id) == 0))) {
            ids = &columns[i];
        }
    }
    return ids;
}

/** What the numbers and levels of a joined column show. */
static void note_column(const quality_column *column, const quality_column *ids,
                        const table_load *load, quality_notes *notes) {
    if (quality_role_of(load, column->name) == QUALITY_DROPPED) {
        return;
    }
    quality_note_joined_missing(column, load, notes);
    quality_note_constant(column, &load->pool, notes);
    quality_note_outliers(column, ids, &load->pool, notes);
    quality_note_levels(column, load, notes);
}

static perebor_status inspect_joined(inspection *inspection, const table_load *load,
                                     const table_joined *joined, perebor_cleaning_stage stage,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    quality_notes *notes = &inspection->notes;
    notes->stage = stage;
    quality_column *columns = calloc(joined->n_columns + 1, sizeof *columns);
    table_cell *cells = calloc(joined->n_columns * joined->n_rows + 1, sizeof *cells);
    if (columns == NULL || cells == NULL) {
        status = perebor_no_memory(error, "to examine tables");
        goto done;
    }
    list_joined_columns(inspection, load, joined, columns, cells);
    const quality_column *ids = find_ids(load, columns, joined->n_columns);
    const table_cell *id_cells = ids != NULL ? ids->cells : NULL;
    for (size_t i = 0; i < joined->n_columns; i++) {
        PEREBOR_TRY(done, quality_column_summarise(&columns[i], &load->pool, notes, error));
        note_column(&columns[i], ids, load, notes);
    }
    quality_note_inactivity(columns, joined->n_columns, ids, load, notes);
    PEREBOR_TRY(done,
                quality_note_near_duplicates(columns, joined->n_columns, id_cells,
                                             ids != NULL ? ids->name : "", load, notes, error));
    status = quality_notes_check(notes, error);
done:
    release_columns(columns, columns != NULL ? joined->n_columns : 0);
    free(cells);
    return status;
}

static perebor_status inspect_after_joining(void *context, const table_load *load,
                                            const table_joined *joined, perebor_error *error) {
    return inspect_joined(context, load, joined, PEREBOR_STAGE_JOINED, error);
}

static perebor_status inspect_final(void *context, const table_load *load,
                                    const table_joined *joined, perebor_error *error) {
    return inspect_joined(context, load, joined, PEREBOR_STAGE_FINAL, error);
}

static perebor_status remember_rows(void *context, const table_load *load,
                                    const table_joined *joined, perebor_error *error) {
    inspection *inspection = context;
    (void)load;
    return quality_remember_rows(&inspection->memory, joined, error);
}

static perebor_status list_dropped(void *context, const table_load *load,
                                   const table_joined *joined, perebor_error *error) {
    inspection *inspection = context;
    quality_list_dropped(&inspection->notes, &inspection->memory, load, joined);
    quality_memory_release(&inspection->memory);
    return quality_notes_check(&inspection->notes, error);
}

static perebor_status hand_over(quality_notes *notes, const char *problem, perebor_quality *quality,
                                perebor_error *error) {
    perebor_arena *arena = notes->arena;
    perebor_finding *findings =
        perebor_arena_allocate(arena, notes->n_findings + 1, sizeof *findings);
    perebor_column_summary *columns =
        perebor_arena_allocate(arena, notes->n_columns + 1, sizeof *columns);
    perebor_correction *corrections =
        perebor_arena_allocate(arena, notes->n_corrections + 1, sizeof *corrections);
    const char *kept = perebor_arena_text(arena, problem);
    if (findings == NULL || columns == NULL || corrections == NULL || kept == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    if (notes->n_findings > 0) {
        memcpy(findings, notes->findings, notes->n_findings * sizeof *findings);
    }
    if (notes->n_columns > 0) {
        memcpy(columns, notes->columns, notes->n_columns * sizeof *columns);
    }
    if (notes->n_corrections > 0) {
        memcpy(corrections, notes->corrections, notes->n_corrections * sizeof *corrections);
    }
    *quality = (perebor_quality){.findings = findings,
                                 .n_findings = notes->n_findings,
                                 .columns = columns,
                                 .n_columns = notes->n_columns,
                                 .corrections = corrections,
                                 .n_corrections = notes->n_corrections,
                                 .n_corrected = notes->n_corrected,
                                 .problem = kept,
                                 .block = arena};
    notes->arena = NULL;
    return PEREBOR_OK;
}

static void release_arena(perebor_arena *arena) {
    if (arena != NULL) {
        perebor_arena_release(arena);
        free(arena);
    }
}

perebor_status perebor_tables_inspect(perebor_quality *quality, perebor_dataset **dataset,
                                      perebor_tables_report *report,
                                      const perebor_tables_spec *spec, perebor_error *error) {
    perebor_status status;
    perebor_error problem = {0};
    perebor_dataset *loaded = NULL;
    perebor_tables_report log = {0};
    inspection inspection = {0};
    const table_observer observer = {.context = &inspection,
                                     .after_reading = inspect_read,
                                     .before_cleaning_step = remember_tables,
                                     .after_cleaning_step = list_changes,
                                     .after_cleaning = inspect_clean,
                                     .after_joining = inspect_after_joining,
                                     .before_filter = remember_rows,
                                     .after_filter = list_dropped,
                                     .after_filtering = inspect_final};
    inspection.notes.arena = calloc(1, sizeof *inspection.notes.arena);
    if (inspection.notes.arena == NULL) {
        return perebor_no_memory(error, "to examine tables");
    }
    status = table_load_observed(&loaded, &log, spec, &observer, &problem);
    if (status != PEREBOR_OK && !(status == PEREBOR_ERR_FORMAT && inspection.tables_are_read)) {
        if (error != NULL) {
            *error = problem;
        }
        goto done;
    }
    PEREBOR_TRY(done, hand_over(&inspection.notes, status == PEREBOR_OK ? "" : problem.message,
                                quality, error));
    *dataset = loaded;
    *report = log;
    loaded = NULL;
    log = (perebor_tables_report){0};
done:
    quality_memory_release(&inspection.memory);
    free(inspection.has_unknown);
    release_arena(inspection.notes.arena);
    quality_notes_release(&inspection.notes);
    perebor_dataset_free(loaded);
    perebor_tables_report_release(&log);
    return status;
}

void perebor_quality_release(perebor_quality *quality) {
    release_arena(quality->block);
    *quality = (perebor_quality){0};
}
