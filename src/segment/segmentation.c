// SPDX-License-Identifier: MIT
#include "segment/segmentation.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "segment/columns.h"
#include "segment/rule.h"
#include "segment/told.h"

const char *const segment_kind_names[] = {
    [SEGMENT_ALL] = "all",
    [SEGMENT_CELL] = "cell",
    [SEGMENT_RULE] = "rule",
    [SEGMENT_PORTRAIT] = "portrait",
    [SEGMENT_DRIVER] = "driver",
    [SEGMENT_CLUSTER] = "cluster",
    [SEGMENT_DISCOVERED] = "discovered",
    NULL,
};

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
    *added = (segment){.name = name, .kind = kind, .note = note, .where = ""};
    return added;
}

/** So many segments there can be. */
static size_t count_most(const segment_settings *settings) {
    size_t most = 1 + n_cells(settings) + settings->n_rules + settings->n_drivers;
    for (size_t i = 0; i < settings->n_axes; i++) {
        most += settings->axes[i].bands.n;
    }
    most += settings->clusters == NULL ? 0 : settings->clusters->k_most;
    return most + (settings->discovery == NULL ? 0 : settings->discovery->terms.most);
}

static perebor_status allocate(segmentation *made, const segment_rows *rows,
                               const segment_settings *settings, perebor_error *error) {
    size_t most = count_most(settings);
    made->rows = rows;
    made->settings = settings;
    made->n_rows = rows->dataset->n_rows;
    made->segments = calloc(most, sizeof *made->segments);
    made->members = calloc(most * made->n_rows + 1, 1);
    made->cell = calloc(made->n_rows + 1, sizeof *made->cell);
    made->cluster = calloc(made->n_rows + 1, sizeof *made->cluster);
    made->driver = calloc(made->n_rows + 1, sizeof *made->driver);
    made->traits = segment_traits(rows->dataset, &made->n_traits);
    return made->segments == NULL || made->members == NULL || made->cell == NULL ||
                   made->cluster == NULL || made->driver == NULL || made->traits == NULL
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

/** The conditions of the rules, and that of the clusters after them. @param[out] members [n_rules +
 * 1][n_rows] zero before. */
static perebor_status apply_conditions(const segmentation *made, uint8_t *members,
                                       const segment_scored *scored, const segmentation *like,
                                       const char *experiment, perebor_error *error) {
    const segment_settings *settings = made->settings;
    size_t n = settings->n_rules;
    segment_rule *conditions = calloc(n + 1, sizeof *conditions);
    if (conditions == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    for (size_t i = 0; i < n; i++) {
        conditions[i] = settings->rules[i];
    }
    if (settings->clusters != NULL && settings->clusters->where != NULL) {
        conditions[n++] = (segment_rule){
            .name = "clusters", .where = settings->clusters->where, .at = settings->clusters->at};
    }
    segment_scored other = {0};
    if (like != NULL) {
        other = (segment_scored){.dataset = like->rows->dataset,
                                 .probabilities = like->rows->probabilities,
                                 .worth = &like->worth,
                                 .settings = settings};
    }
    perebor_status status = segment_rules_apply(members, conditions, n, scored,
                                                like == NULL ? NULL : &other, experiment, error);
    free(conditions);
    return status;
}

static uint8_t *members_of(const segmentation *made, const segment *segment) {
    return made->members + (size_t)(segment - made->segments) * made->n_rows;
}

static void add_rules(segmentation *made, const uint8_t *members) {
    const segment_settings *settings = made->settings;
    for (size_t i = 0; i < settings->n_rules; i++) {
        segment *added = add(made, settings->rules[i].name, SEGMENT_RULE, settings->rules[i].note);
        added->where = settings->rules[i].where;
        memcpy(members_of(made, added), members + i * made->n_rows, made->n_rows);
    }
}

static perebor_status add_portrait(segmentation *made, perebor_error *error) {
    const segment_settings *settings = made->settings;
    for (size_t i = 0; i < settings->n_axes; i++) {
        const segment_axis *axis = &settings->axes[i];
        const uint8_t *bands = made->portrait.bands + i * made->n_rows;
        for (size_t band = axis->bands.n; band-- > 0;) {
            const char *name =
                perebor_arena_format(&made->arena, "%s: %s", axis->name, axis->bands.names[band]);
            if (name == NULL) {
                return perebor_no_memory(error, "for segments");
            }
            uint8_t *members = members_of(made, add(made, name, SEGMENT_PORTRAIT, ""));
            for (size_t row = 0; row < made->n_rows; row++) {
                members[row] = bands[row] == band;
            }
        }
    }
    return PEREBOR_OK;
}

/** Segments of rows that are in one at most: the members of each, and of each row its segment. */
static void fill_members(segmentation *made, size_t first, uint32_t *of_row,
                         const uint32_t *numbers) {
    for (size_t row = 0; row < made->n_rows; row++) {
        if (numbers[row] > 0) {
            size_t at = first + numbers[row] - 1;
            made->members[at * made->n_rows + row] = 1;
            of_row[row] = (uint32_t)at;
        }
    }
}

static void add_drivers(segmentation *made, const uint32_t *drivers) {
    size_t first = made->n_segments;
    for (size_t i = 0; i < made->settings->n_drivers; i++) {
        const segment_driver *driver = &made->settings->drivers[i];
        (void)add(made, driver->name, SEGMENT_DRIVER, driver->note);
    }
    fill_members(made, first, made->driver, drivers);
}

static perebor_status add_clusters(segmentation *made, const uint8_t *is_member,
                                   const segmentation *like, const char *experiment,
                                   perebor_error *error) {
    perebor_status status;
    const segment_clusters *settings = made->settings->clusters;
    size_t first = made->n_segments;
    PEREBOR_TRY(done,
                segment_clustering_make(&made->clustering, made->rows->dataset, is_member, settings,
                                        made->rows->seed, like == NULL ? NULL : &like->clustering,
                                        experiment, error));
    for (size_t i = 0; i < made->clustering.choice.k; i++) {
        const char *name = perebor_arena_format(&made->arena, "%s %zu", settings->name, i + 1);
        const char *note = segment_cluster_describe(made, i);
        if (name == NULL || note == NULL) {
            return perebor_no_memory(error, "for segments");
        }
        (void)add(made, name, SEGMENT_CLUSTER, note);
    }
    fill_members(made, first, made->cluster, made->clustering.of_row);
done:
    return status;
}

static perebor_status add_discovered(segmentation *made, const segmentation *like,
                                     const char *experiment, perebor_error *error) {
    perebor_status status;
    segment_discoveries *discoveries = &made->discoveries;
    PEREBOR_TRY(done, segment_discover(discoveries, made->rows->dataset, made->rows->is_test,
                                       made->settings->discovery,
                                       like == NULL ? NULL : &like->discoveries, &made->arena,
                                       experiment, error));
    for (size_t i = 0; i < discoveries->found.n; i++) {
        segment *added =
            add(made, discoveries->items[i].name, SEGMENT_DISCOVERED, discoveries->items[i].words);
        uint8_t *members = members_of(made, added);
        added->where = discoveries->items[i].where;
        for (size_t row = 0; row < made->n_rows; row++) {
            members[row] = subgroup_has(&discoveries->found.items[i], discoveries->columns, row);
        }
    }
done:
    return status;
}

/** The column of consent: true and false. */
static perebor_status find_consent(const perebor_column **consent, const segmentation *made,
                                   const char *experiment, perebor_error *error) {
    const segment_settings *settings = made->settings;
    *consent = NULL;
    if (settings->consent == NULL) {
        return PEREBOR_OK;
    }
    *consent = segment_find_column(made->rows->dataset, settings->consent);
    return *consent != NULL && (*consent)->role == PEREBOR_ROLE_BOOLEAN
               ? PEREBOR_OK
               : segment_fail_at(experiment, settings->consent_at, error,
                                 "segments.consent: %s \"%.100s\"; name a boolean column, whose "
                                 "true is consent",
                                 *consent == NULL ? "there is no column"
                                                  : "there are no true and false in",
                                 settings->consent);
}

static perebor_status allocate_profile(segmentation *made, segment_profile *profile,
                                       perebor_error *error) {
    size_t n_columns = made->rows->reasons == NULL ? 0 : made->rows->reasons->n_columns;
    profile->contrasts =
        perebor_arena_allocate(&made->arena, made->n_traits + 1, sizeof *profile->contrasts);
    profile->driver_mean = perebor_arena_allocate(&made->arena, n_columns + 1, sizeof(double));
    profile->driver_error = perebor_arena_allocate(&made->arena, n_columns + 1, sizeof(double));
    return profile->contrasts == NULL || profile->driver_mean == NULL ||
                   profile->driver_error == NULL
               ? perebor_no_memory(error, "for segments")
               : PEREBOR_OK;
}

static perebor_status describe(segmentation *made, const char *experiment, perebor_error *error) {
    perebor_status status;
    segment_known known = {.dataset = made->rows->dataset,
                           .probabilities = made->rows->probabilities,
                           .worth = &made->worth,
                           .is_test = made->rows->is_test,
                           .reasons = made->rows->reasons};
    segment_profile *profiles = calloc(made->n_segments, sizeof *profiles);
    if (profiles == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    PEREBOR_TRY(done, find_consent(&made->consent, made, experiment, error));
    known.consent = made->consent;
    for (size_t i = 0; i < made->n_segments; i++) {
        PEREBOR_TRY(done, allocate_profile(made, &profiles[i], error));
    }
    PEREBOR_TRY(done, segment_profiles_make(profiles, made->n_segments, made->traits,
                                            made->n_traits, made->members, &known, error));
    for (size_t i = 0; i < made->n_segments; i++) {
        made->segments[i].profile = profiles[i];
    }
done:
    free(profiles);
    return status;
}

/** The mean probability. */
static double mean_of(const segment_rows *rows) {
    double sum = 0.0;
    for (size_t row = 0; row < rows->dataset->n_rows; row++) {
        sum += rows->probabilities[row];
    }
    return sum / (double)rows->dataset->n_rows;
}

/** What conditions see: worth, portrait, and drivers where rows are explained. */
static perebor_status score(segmentation *made, segment_scored *scored, uint32_t *drivers,
                            const segmentation *like, const char *experiment,
                            perebor_error *error) {
    perebor_status status;
    const segment_rows *rows = made->rows;
    const segment_settings *settings = made->settings;
    PEREBOR_TRY(done, segment_worth_make(&made->worth, rows->dataset, rows->probabilities, settings,
                                         like == NULL ? NULL : &like->worth, experiment, error));
    PEREBOR_TRY(done,
                segment_portrait_make(&made->portrait, rows->dataset, settings,
                                      like == NULL ? NULL : &like->portrait, experiment, error));
    *scored = (segment_scored){.dataset = rows->dataset,
                               .probabilities = rows->probabilities,
                               .worth = &made->worth,
                               .portrait = &made->portrait,
                               .settings = settings};
    if (settings->n_drivers > 0 && rows->reasons != NULL) {
        PEREBOR_TRY(done, segment_drivers_find(drivers, rows->dataset, rows->probabilities,
                                               mean_of(like == NULL ? rows : like->rows),
                                               rows->reasons, settings, experiment, error));
        scored->drivers = drivers;
    }
done:
    return status;
}

perebor_status segmentation_make(segmentation *made, const segment_rows *rows,
                                 const segment_settings *settings, const segmentation *like,
                                 const char *experiment, perebor_error *error) {
    perebor_status status;
    segment_scored scored;
    size_t n_rows = rows->dataset->n_rows;
    uint32_t *drivers = calloc(n_rows + 1, sizeof *drivers);
    uint8_t *members = calloc((settings->n_rules + 1) * n_rows + 1, 1);
    if (drivers == NULL || members == NULL) {
        status = perebor_no_memory(error, "for segments");
        goto done;
    }
    PEREBOR_TRY(done, allocate(made, rows, settings, error));
    PEREBOR_TRY(done, score(made, &scored, drivers, like, experiment, error));
    PEREBOR_TRY(done, apply_conditions(made, members, &scored, like, experiment, error));
    PEREBOR_TRY(done, add_cells(made, settings, error));
    add_rules(made, members);
    PEREBOR_TRY(done, add_portrait(made, error));
    if (scored.drivers != NULL) {
        add_drivers(made, drivers);
    }
    if (settings->clusters != NULL) {
        bool is_part = settings->clusters->where != NULL;
        PEREBOR_TRY(done, add_clusters(made, is_part ? members + settings->n_rules * n_rows : NULL,
                                       like, experiment, error));
    }
    if (settings->discovery != NULL) {
        PEREBOR_TRY(done, add_discovered(made, like, experiment, error));
    }
    PEREBOR_TRY(done, describe(made, experiment, error));
done:
    free(drivers);
    free(members);
    return status;
}

const segment *segmentation_find(const segmentation *made, const char *name) {
    for (size_t i = 0; i < made->n_segments; i++) {
        if (strcmp(made->segments[i].name, name) == 0) {
            return &made->segments[i];
        }
    }
    const segment *only = NULL;
    size_t length = strlen(name), n = 0;
    for (size_t i = 0; length > 0 && i < made->n_segments; i++) {
        if (strncmp(made->segments[i].name, name, length) == 0) {
            only = &made->segments[i];
            n++;
        }
    }
    return n == 1 ? only : NULL;
}

void segmentation_release(segmentation *made) {
    segment_worth_release(&made->worth);
    segment_portrait_release(&made->portrait);
    segment_clustering_release(&made->clustering);
    segment_discoveries_release(&made->discoveries);
    free(made->cluster);
    free(made->driver);
    free(made->segments);
    free(made->traits);
    free(made->members);
    free(made->cell);
    perebor_arena_release(&made->arena);
    *made = (segmentation){0};
}
