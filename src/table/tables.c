// SPDX-License-Identifier: MIT
#include "perebor/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "table/decimal_mark.h"
#include "table/doubts.h"
#include "table/frozen.h"
#include "table/lone_table.h"
#include "table/observer.h"
#include "table/part.h"
#include "table/roles.h"
#include "table/steps.h"
#include "table/typing.h"

static perebor_status read_sources(table_load *load, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_tables_spec *spec = load->spec;
    if (spec->n_sources == 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "%s: no table is named", spec->file);
    }
    load->sources = calloc(spec->n_sources, sizeof *load->sources);
    load->tables = calloc(spec->n_sources, sizeof *load->tables);
    if (load->sources == NULL || load->tables == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    for (size_t i = 0; i < spec->n_sources; i++) {
        PEREBOR_TRY(done, table_read_source(load, &spec->sources[i], &load->sources[i],
                                            &load->tables[i], error));
        load->n_tables = i + 1;
        if (spec->sources[i].key != NULL) {
            size_t key;
            PEREBOR_TRY(done, table_require_column(load, &load->tables[i], spec->sources[i].key,
                                                   spec->sources[i].at, &key, error));
        }
    }
done:
    return status;
}

static perebor_status take_step(table_load *load, const perebor_clean_step *step,
                                perebor_error *error) {
    switch (step->kind) {
    case PEREBOR_STEP_NORMALIZE:
        return table_normalize(load, step, error);
    case PEREBOR_STEP_REPLACE:
        return table_replace(load, step, error);
    case PEREBOR_STEP_SQL:
        return table_run_sql(load, step, error);
    }
    return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "no such step");
}

/** Calls an observer at one of its moments, if there is one who cares. */
#define OBSERVE(label, moment, ...)                                                                \
    do {                                                                                           \
        if (observer->moment != NULL) {                                                            \
            PEREBOR_TRY(label, observer->moment(observer->context, load, __VA_ARGS__));            \
        }                                                                                          \
    } while (0)

static perebor_status clean(table_load *load, const table_observer *observer,
                            perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    OBSERVE(done, after_reading, error);
    for (size_t i = 0; i < load->spec->n_clean; i++) {
        const perebor_clean_step *step = &load->spec->clean[i];
        OBSERVE(done, before_cleaning_step, step, error);
        PEREBOR_TRY(done, take_step(load, step, error));
        OBSERVE(done, after_cleaning_step, step, error);
    }
    OBSERVE(done, after_cleaning, error);
done:
    return status;
}

static perebor_status filter(table_load *load, table_joined *joined, const table_observer *observer,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    OBSERVE(done, after_joining, joined, error);
    for (size_t i = 0; i < load->spec->n_filter && joined->n_rows > 0; i++) {
        OBSERVE(done, before_filter, joined, error);
        PEREBOR_TRY(done, table_filter(load, joined, &load->spec->filter[i], error));
        OBSERVE(done, after_filter, joined, error);
    }
    OBSERVE(done, after_filtering, joined, error);
done:
    return status;
}

/** From tables that are read to one joined table of the rows that count. */
static perebor_status assemble(table_load *load, table_joined *joined,
                               const table_observer *observer, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_tables_spec *spec = load->spec;
    PEREBOR_TRY(done, clean(load, observer, error));
    if (!load->is_part) {
        PEREBOR_TRY(done, decimal_mark_check(load, error));
    }
    for (size_t i = 0; i < spec->n_pivot; i++) {
        const perebor_pivot_step *step = &spec->pivot[i];
        bool without = false;
        PEREBOR_TRY(done,
                    table_goes_without(load, "the pivot", step->table, step->at, &without, error));
        if (!without) {
            PEREBOR_TRY(done, table_pivot(load, step, error));
        }
    }
    PEREBOR_TRY(done, table_join(load, joined, error));
    PEREBOR_TRY(done, filter(load, joined, observer, error));
done:
    return status;
}

static void release_tables(table_load *load) {
    for (size_t i = 0; i < load->n_tables; i++) {
        table_release(&load->tables[i]);
    }
    free(load->tables);
    load->tables = NULL;
    load->n_tables = 0;
}

/** Hands the log to the report, which owns the arena from then on. */
static perebor_status make_report(table_load *load, perebor_tables_report *report,
                                  perebor_error *error) {
    perebor_arena *arena = load->report;
    size_t n_sources = load->sources == NULL ? 0 : load->spec->n_sources;
    perebor_source_report *sources = perebor_arena_allocate(arena, n_sources + 1, sizeof *sources);
    perebor_step_report *steps = perebor_arena_allocate(arena, load->n_steps + 1, sizeof *steps);
    const char **warnings = perebor_arena_allocate(arena, load->n_warnings + 1, sizeof *warnings);
    if (sources == NULL || steps == NULL || warnings == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    if (load->n_warnings > 0) {
        memcpy(warnings, load->warnings, load->n_warnings * sizeof *warnings);
    }
    if (n_sources > 0) {
        memcpy(sources, load->sources, n_sources * sizeof *sources);
    }
    if (load->n_steps > 0) {
        memcpy(steps, load->steps, load->n_steps * sizeof *steps);
    }
    *report = (perebor_tables_report){.sources = sources,
                                      .n_sources = n_sources,
                                      .steps = steps,
                                      .n_steps = load->n_steps,
                                      .warnings = warnings,
                                      .n_warnings = load->n_warnings,
                                      .doubts = load->doubts,
                                      .n_doubts = load->n_doubts,
                                      .frozen = load->frozen,
                                      .block = arena};
    load->report = NULL;
    return PEREBOR_OK;
}

static void release_report_arena(perebor_arena *arena) {
    if (arena != NULL) {
        perebor_arena_release(arena);
        free(arena);
    }
}

/** Types the columns that the roles of the experiment make features. */
static perebor_status type_by_roles(perebor_dataset *typed, perebor_arena *arena, table_load *load,
                                    const table_joined *joined, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_roles roles = {0};
    PEREBOR_TRY(done, table_roles_resolve(&roles, load, joined, error));
    PEREBOR_TRY(done, table_doubt_columns(load, joined, &roles, error));
    PEREBOR_TRY(done, table_type(typed, arena, load, joined, &roles, error));
done:
    table_roles_release(&roles);
    return status;
}

static perebor_status type_and_copy(perebor_dataset **dataset, table_load *load,
                                    table_joined *joined, perebor_error *error) {
    perebor_arena arena = {0};
    perebor_dataset typed;
    perebor_status status = load->schema != NULL
                                ? table_type_frozen(&typed, &arena, load, joined, error)
                                : type_by_roles(&typed, &arena, load, joined, error);
    if (status == PEREBOR_OK) {
        // Now only the typed arrays are needed: the peak of memory lies elsewhere.
        table_joined_release(joined);
        release_tables(load);
        status = perebor_dataset_copy(dataset, &typed, error);
    }
    perebor_arena_release(&arena);
    return status;
}

static void release_load(table_load *load) {
    release_tables(load);
    free(load->sources);
    free(load->steps);
    free(load->warnings);
    table_pool_release(&load->pool);
    perebor_arena_release(&load->arena);
    release_report_arena(load->report);
}

/** @param[in] schema  NULL: the roles of the experiment say what the columns are. */
static perebor_status load_tables(perebor_dataset **dataset, perebor_tables_report *report,
                                  const perebor_tables_spec *spec, const perebor_dataset *schema,
                                  const table_observer *observer, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_load load = {.spec = spec, .schema = schema};
    table_joined joined = {0};
    perebor_dataset *result = NULL;
    load.report = calloc(1, sizeof *load.report);
    if (load.report == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    PEREBOR_TRY(done, table_pool_create(&load.pool, error));
    PEREBOR_TRY(done, read_sources(&load, error));
    PEREBOR_TRY(done, assemble(&load, &joined, observer, error));
    PEREBOR_TRY(done, type_and_copy(&result, &load, &joined, error));
    PEREBOR_TRY(done, make_report(&load, report, error));
    *dataset = result;
    result = NULL;
done:
    perebor_dataset_free(result);
    table_joined_release(&joined);
    release_load(&load);
    return status;
}

void table_part_rows_release(table_part_rows *rows) {
    free(rows->dataset);
    perebor_arena_release(&rows->values);
    perebor_arena_release(&rows->names);
    *rows = (table_part_rows){0};
}

/** Types rows that stay where they are: their names are the load's. */
static perebor_status type_part(table_part_rows *rows, table_load *load, const table_joined *joined,
                                perebor_error *error) {
    rows->dataset = malloc(sizeof *rows->dataset);
    if (rows->dataset == NULL) {
        return perebor_no_memory(error, "to load tables");
    }
    perebor_status status = table_type_frozen(rows->dataset, &rows->values, load, joined, error);
    rows->names = load->arena;
    load->arena = (perebor_arena){0};
    return status;
}

perebor_status table_load_part(table_part_rows *rows, perebor_tables_report *report,
                               const perebor_tables_spec *spec, const perebor_dataset *schema,
                               const table_part *part, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    table_load load = {.spec = spec, .schema = schema, .is_part = part->is_part};
    table_joined joined = {0};
    table_part_rows result = {0};
    load.report = calloc(1, sizeof *load.report);
    load.tables = calloc(1, sizeof *load.tables);
    if (load.report == NULL || load.tables == NULL) {
        status = perebor_no_memory(error, "to load tables");
        goto done;
    }
    PEREBOR_TRY(done, table_pool_create(&load.pool, error));
    PEREBOR_TRY(done, part->read(part->context, &load, &load.tables[0], error));
    load.n_tables = 1;
    if (load.tables[0].n_rows > 0) {
        PEREBOR_TRY(done, assemble(&load, &joined, part->observer, error));
    }
    if (joined.n_rows > 0) {
        PEREBOR_TRY(done, type_part(&result, &load, &joined, error));
    }
    PEREBOR_TRY(done, make_report(&load, report, error));
    *rows = result;
    result = (table_part_rows){0};
done:
    table_part_rows_release(&result);
    table_joined_release(&joined);
    release_load(&load);
    return status;
}

static const table_observer nobody = {0};

perebor_status table_load_observed(perebor_dataset **dataset, perebor_tables_report *report,
                                   const perebor_tables_spec *spec, const table_observer *observer,
                                   perebor_error *error) {
    return load_tables(dataset, report, spec, NULL, observer != NULL ? observer : &nobody, error);
}

perebor_status perebor_tables_load(perebor_dataset **dataset, perebor_tables_report *report,
                                   const perebor_tables_spec *spec, perebor_error *error) {
    return load_tables(dataset, report, spec, NULL, &nobody, error);
}

perebor_status perebor_tables_load_frozen(perebor_dataset **dataset, perebor_tables_report *report,
                                          const perebor_tables_spec *spec,
                                          const perebor_dataset *schema, perebor_error *error) {
    return load_tables(dataset, report, spec, schema, &nobody, error);
}

void perebor_tables_report_release(perebor_tables_report *report) {
    release_report_arena(report->block);
    memset(report, 0, sizeof *report);
}
