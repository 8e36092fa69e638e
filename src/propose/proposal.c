// SPDX-License-Identifier: MIT
#include "propose/proposal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "propose/proposing.h"
#include "table/observer.h"

/** Ends a load whose tables were looked at: nothing more is wanted of them. */
static perebor_status finish(proposing *proposing, perebor_error *error) {
    proposing->finished = true;
    return perebor_fail(error, PEREBOR_ERR_CONFLICT, "the table was looked at");
}

/** What the header is worth. */
static void judge_names(proposing *proposing, const table *table) {
    proposing->n_columns_read = table->n_columns;
    proposing->names = table->header_is_data  ? PROPOSED_NAMES_NONE
                       : table->names_made_up ? PROPOSED_NAMES_MENDED
                                              : PROPOSED_NAMES_OF_HEADER;
    if (table->names_made_up) {
        uint32_t first = table_line(table, TABLE_NO_COLUMN, 0);
        proposing->proposal.n_lines_above = first > 0 ? first - 1 : 0;
    }
}

/** The first look: the table as it was read. */
static perebor_status look_at_read(void *context, const table_load *load, perebor_error *error) {
    proposing *proposing = context;
    const table *table = &load->tables[0];
    if (proposing->given_names.n == 0) {
        judge_names(proposing, table);
    }
    bool again = proposing->names == PROPOSED_NAMES_NONE && proposing->given_names.n == 0;
    perebor_status status =
        again ? PEREBOR_OK : propose_steps(proposing, table, &load->pool, error);
    return status == PEREBOR_OK ? finish(proposing, error) : status;
}

static perebor_status keep_source(proposing *proposing, const table_load *load,
                                  perebor_error *error) {
    quality_notes *notes = &proposing->notes;
    perebor_proposal *proposal = &proposing->proposal;
    const table *table = &load->tables[0];
    const perebor_source_report *source = &load->sources[0];
    proposal->path = quality_format(notes, "%s", load->spec->sources[0].path);
    const char *in_database = load->spec->sources[0].sqlite_table;
    proposal->table = in_database == NULL ? NULL : quality_format(notes, "%s", in_database);
    proposal->delimiter = quality_format(notes, "%s", source->delimiter);
    proposal->decimal = quality_format(notes, "%s", source->decimal);
    proposal->encoding = quality_format(notes, "%s", source->encoding);
    proposal->n_rows = table->n_rows;
    proposal->n_columns = table->n_columns;
    proposing->columns =
        perebor_arena_allocate(notes->arena, table->n_columns + 1, sizeof *proposing->columns);
    proposal->columns = proposing->columns;
    return proposing->columns == NULL ? perebor_no_memory(error, "to propose an experiment")
                                      : quality_notes_check(notes, error);
}

/** The second look: the table mended. */
static perebor_status look_at_clean(void *context, const table_load *load, perebor_error *error) {
    perebor_status status;
    proposing *proposing = context;
    const table *table = &load->tables[0];
    column_facts *facts = NULL;
    PEREBOR_TRY(done, keep_source(proposing, load, error));
    PEREBOR_TRY(done,
                column_facts_collect_all(&facts, table, &load->pool, &proposing->notes, error));
    PEREBOR_TRY(done, quality_notes_check(&proposing->notes, error));
    PEREBOR_TRY(done, propose_target(proposing, table, facts, &load->pool, error));
    PEREBOR_TRY(done, propose_roles(proposing, table, facts, &load->pool, error));
    status = finish(proposing, error);
done:
    column_facts_free(facts, table->n_columns);
    return status;
}

/** Loads a table as far as an observer wants to see it. */
static perebor_status look(proposing *proposing, const perebor_tables_spec *spec,
                           const table_observer *observer, perebor_error *error) {
    perebor_dataset *dataset = NULL;
    perebor_tables_report report = {0};
    perebor_error ended = {0};
    proposing->finished = false;
    perebor_status status = table_load_observed(&dataset, &report, spec, observer, &ended);
    perebor_dataset_free(dataset);
    perebor_tables_report_release(&report);
    return proposing->finished
               ? PEREBOR_OK
               : perebor_fail(error, status != PEREBOR_OK ? status : PEREBOR_ERR_FORMAT, "%s",
                              ended.message);
}

/** v1, v2 … for a file without names. */
static perebor_status name_columns(proposing *proposing, perebor_error *error) {
    size_t n = proposing->n_columns_read;
    const char **names = perebor_arena_allocate(proposing->notes.arena, n, sizeof *names);
    if (names == NULL) {
        return perebor_no_memory(error, "to propose an experiment");
    }
    for (size_t i = 0; i < n; i++) {
        names[i] = quality_format(&proposing->notes, "v%zu", i + 1);
    }
    proposing->given_names = (perebor_texts){names, n};
    return quality_notes_check(&proposing->notes, error);
}

static perebor_status look_twice(proposing *proposing, const char *path, const char *table,
                                 perebor_error *error) {
    perebor_status status;
    const table_observer at_read = {.context = proposing, .after_reading = look_at_read};
    const table_observer at_clean = {.context = proposing, .after_cleaning = look_at_clean};
    perebor_table_source source = {
        .name = "table", .path = path, .makes_up_names = true, .sqlite_table = table};
    perebor_tables_spec spec = {.file = path, .sources = &source, .n_sources = 1};
    perebor_clean_step *clean = NULL;
    PEREBOR_TRY(done, look(proposing, &spec, &at_read, error));
    proposing->proposal.names = proposing->names;
    if (proposing->names == PROPOSED_NAMES_NONE) {
        PEREBOR_TRY(done, name_columns(proposing, error));
        source.columns = proposing->given_names;
        PEREBOR_TRY(done, look(proposing, &spec, &at_read, error));
    }
    size_t n = proposing->proposal.n_steps;
    clean = calloc(n + 1, sizeof *clean);
    if (clean == NULL) {
        status = perebor_no_memory(error, "to propose an experiment");
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        clean[i] = proposing->steps[i].step;
    }
    spec.clean = clean;
    spec.n_clean = n;
    status = look(proposing, &spec, &at_clean, error);
done:
    free(clean);
    return status;
}

static void release_arena(perebor_arena *arena) {
    if (arena != NULL) {
        perebor_arena_release(arena);
        free(arena);
    }
}

perebor_status perebor_propose(perebor_proposal *proposal, const char *path, const char *table,
                               const char *target, perebor_error *error) {
    proposing proposing = {.wanted_target = target};
    proposing.notes.arena = calloc(1, sizeof *proposing.notes.arena);
    if (proposing.notes.arena == NULL) {
        return perebor_no_memory(error, "to propose an experiment");
    }
    perebor_status status = look_twice(&proposing, path, table, error);
    if (status == PEREBOR_OK) {
        *proposal = proposing.proposal;
        proposal->block = proposing.notes.arena;
        proposing.notes.arena = NULL;
    }
    release_arena(proposing.notes.arena);
    quality_notes_release(&proposing.notes);
    return status;
}

void perebor_proposal_release(perebor_proposal *proposal) {
    release_arena(proposal->block);
    *proposal = (perebor_proposal){0};
}
