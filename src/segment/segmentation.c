// SPDX-License-Identifier: MIT
#include "segment/segmentation.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "segment/rule.h"

const char *const segment_kind_names[] = {
    [SEGMENT_ALL] = "all", [SEGMENT_CELL] = "cell", [SEGMENT_RULE] = "rule", NULL};

static size_t n_cells(const segment_settings *settings) {
    size_t n_risk = settings->risk.n, n_worth = settings->worth.n;
    return n_risk == 0 ? n_worth : n_worth == 0 ? n_risk : n_risk * n_worth;
}

/** The cell of a row, from 0; SIZE_MAX if it is in none. */
static size_t cell_of(const segment_settings *settings, const segment_worth *worth, size_t row) {
    bool in_risk = settings->risk.n == 0 || worth->risk[row] != SEGMENT_NO_BAND;
    bool in_worth = settings->worth.n == 0 || worth->worth[row] != SEGMENT_NO_BAND;
    if (n_cells(settings) == 0 || !in_risk || !in_worth) {
        return SIZE_MAX;
    }
    size_t risk = settings->risk.n == 0 ? 0 : worth->risk[row];
    return settings->worth.n == 0 ? risk : risk * settings->worth.n + worth->worth[row];
}

/** What the file calls a cell; else the names of its bands. NULL if memory is short. */
static const char *cell_name(segmentation *made, const segment_settings *settings, size_t cell) {
    size_t n_worth = settings->worth.n;
    size_t risk = n_worth == 0 ? cell : cell / n_worth;
    if (settings->cells != NULL && settings->cells[cell] != NULL) {
        return settings->cells[cell];
    }
    if (settings->risk.n == 0 || n_worth == 0) {
        return settings->risk.n == 0 ? settings->worth.names[cell] : settings->risk.names[risk];
    }
    return perebor_arena_format(&made->arena, "%s, %s", settings->risk.names[risk],
                                settings->worth.names[cell % n_worth]);
}

/** Adds a segment. Cells that the file gives one name are one segment. */
static segment *add(segmentation *made, const char *name, segment_kind kind, const char *note) {
    for (size_t i = 0; name != NULL && i < made->n_segments; i++) {
        if (kind == SEGMENT_CELL && made->segments[i].kind == kind &&
            strcmp(made->segments[i].name, name) == 0) {
            return &made->segments[i];
        }
    }
    segment *added = &made->segments[made->n_segments++];
    *added = (segment){.name = name, .kind = kind, .note = note};
    return added;
}

static perebor_status allocate(segmentation *made, const segment_rows *rows,
                               const segment_settings *settings, perebor_error *error) {
    size_t most = 1 + n_cells(settings) + settings->n_rules;
    made->n_rows = rows->dataset->n_rows;
    made->segments = calloc(most, sizeof *made->segments);
    made->members = calloc(most * made->n_rows + 1, 1);
    made->cell = calloc(made->n_rows + 1, sizeof *made->cell);
    made->traits = segment_traits(rows->dataset, &made->n_traits);
    return made->segments == NULL || made->members == NULL || made->cell == NULL ||
                   made->traits == NULL
               ? perebor_no_memory(error, "for segments")
               : PEREBOR_OK;
}

/** All rows, then those cells that have one, from the highest risk and worth down. */
static perebor_status add_cells(segmentation *made, const segment_settings *settings,
                                perebor_error *error) {
    (void)add(made, "all", SEGMENT_ALL, "");
    memset(made->members, 1, made->n_rows);
    for (size_t cell = n_cells(settings); cell-- > 0;) {
        bool occurs = false;
        for (size_t row = 0; !occurs && row < made->n_rows; row++) {
            occurs = cell_of(settings, &made->worth, row) == cell;
        }
        if (!occurs) {
            continue;
        }
        const segment *added = add(made, cell_name(made, settings, cell), SEGMENT_CELL, "");
        if (added->name == NULL) {
            return perebor_no_memory(error, "for segments");
        }
        size_t at = (size_t)(added - made->segments);
        for (size_t row = 0; row < made->n_rows; row++) {
            if (cell_of(settings, &made->worth, row) == cell) {
                made->members[at * made->n_rows + row] = 1;
                made->cell[row] = (uint32_t)at;
            }
        }
    }
    return PEREBOR_OK;
}

static perebor_status add_rules(segmentation *made, const segment_rows *rows,
                                const segment_settings *settings, const char *experiment,
                                perebor_error *error) {
    uint8_t *members = made->members + made->n_segments * made->n_rows;
    for (size_t i = 0; i < settings->n_rules; i++) {
        (void)add(made, settings->rules[i].name, SEGMENT_RULE, settings->rules[i].note);
    }
    return segment_rules_apply(members, rows->dataset, rows->probabilities, &made->worth, settings,
                               experiment, error);
}

static perebor_status describe(segmentation *made, const segment_rows *rows, perebor_error *error) {
    perebor_status status;
    segment_profile *profiles = calloc(made->n_segments, sizeof *profiles);
    if (profiles == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    for (size_t i = 0; i < made->n_segments; i++) {
        profiles[i].contrasts =
            perebor_arena_allocate(&made->arena, made->n_traits + 1, sizeof *profiles[i].contrasts);
        if (profiles[i].contrasts == NULL) {
            status = perebor_no_memory(error, "for segments");
            goto done;
        }
    }
    PEREBOR_TRY(done, segment_profiles_make(profiles, made->n_segments, made->traits,
                                            made->n_traits, made->members, rows->dataset->labels,
                                            rows->probabilities, &made->worth, error));
    for (size_t i = 0; i < made->n_segments; i++) {
        made->segments[i].profile = profiles[i];
    }
done:
    free(profiles);
    return status;
}

perebor_status segmentation_make(segmentation *made, const segment_rows *rows,
                                 const segment_settings *settings, const char *experiment,
                                 perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, allocate(made, rows, settings, error));
    PEREBOR_TRY(done, segment_worth_make(&made->worth, rows->dataset, rows->probabilities, settings,
                                         experiment, error));
    PEREBOR_TRY(done, add_cells(made, settings, error));
    PEREBOR_TRY(done, add_rules(made, rows, settings, experiment, error));
    PEREBOR_TRY(done, describe(made, rows, error));
done:
    return status;
}

const segment *segmentation_find(const segmentation *made, const char *name) {
    for (size_t i = 0; i < made->n_segments; i++) {
        if (strcmp(made->segments[i].name, name) == 0) {
            return &made->segments[i];
        }
    }
    return NULL;
}

void segmentation_release(segmentation *made) {
    segment_worth_release(&made->worth);
    free(made->segments);
    free(made->traits);
    free(made->members);
    free(made->cell);
    perebor_arena_release(&made->arena);
    *made = (segmentation){0};
}
