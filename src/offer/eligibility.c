// SPDX-License-Identifier: MIT
#include "offer/eligibility.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/try.h"
#include "offer/conditions.h"

/** The conditions of a section as rules of segments. */
typedef struct condition_list {
    segment_rule *rules;
    size_t n;
} condition_list;

/** Adds a condition under a name, once for each text. @return Its place; SIZE_MAX: there is none.
 */
static size_t add_condition(condition_list *list, const offer_condition *condition,
                            const char *name) {
    if (condition->where == NULL) {
        return SIZE_MAX;
    }
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->rules[i].where, condition->where) == 0) {
            return i;
        }
    }
    list->rules[list->n] = (segment_rule){name, condition->where, "", condition->at};
    return list->n++;
}

/** The rows for which the condition at a place holds. */
static const uint8_t *holds_at(const eligibility *eligibility, size_t place) {
    return place == SIZE_MAX ? NULL
                             : eligibility->holds + place * eligibility->rows->dataset->n_rows;
}

static perebor_status look_up(eligibility *eligibility, const condition_list *list,
                              const char *experiment, perebor_error *error) {
    const offer_rows *rows = eligibility->rows;
    eligibility->holds = calloc(list->n * rows->dataset->n_rows + 1, 1);
    return eligibility->holds == NULL ? perebor_no_memory(error, "for the conditions of offers")
                                      : conditions_look_up(eligibility->holds, list->rules, list->n,
                                                           rows, experiment, error);
}

static perebor_status find_conditions(eligibility *eligibility, const char *experiment,
                                      perebor_error *error) {
    perebor_status status;
    const offer_settings *settings = eligibility->settings;
    size_t n_offers = settings->n_offers;
    condition_list list = {calloc(2 * n_offers + 2, sizeof(segment_rule)), 0};
    size_t *places = calloc(2 * n_offers + 1, sizeof *places);
    if (list.rules == NULL || places == NULL) {
        status = perebor_no_memory(error, "for the conditions of offers");
        goto done;
    }
    size_t consent = add_condition(&list, &settings->consent, "consent");
    size_t except = add_condition(&list, &settings->except, "except");
    for (size_t i = 0; i < n_offers; i++) {
        const offer_item *offer = &settings->offers[i];
        places[2 * i] = add_condition(&list, &offer->where, offer->name);
        places[2 * i + 1] = add_condition(&list, &offer->except, offer->name);
    }
    PEREBOR_TRY(done, look_up(eligibility, &list, experiment, error));
    eligibility->consent = holds_at(eligibility, consent);
    eligibility->except = holds_at(eligibility, except);
    for (size_t i = 0; i < n_offers; i++) {
        eligibility->where[i] = holds_at(eligibility, places[2 * i]);
        eligibility->not_for[i] = holds_at(eligibility, places[2 * i + 1]);
    }
done:
    free(list.rules);
    free(places);
    return status;
}

/** The place of a segment by its name. */
static perebor_status find_segment(const eligibility *eligibility, const offer_item *offer,
                                   const char *name, const char *experiment, size_t *place,
                                   perebor_error *error) {
    const offer_rows *rows = eligibility->rows;
    for (*place = 0; *place < rows->n_segments; *place += 1) {
        if (strcmp(rows->segments[*place], name) == 0) {
            return PEREBOR_OK;
        }
    }
    const char *near = perebor_suggest(name, rows->segments, rows->n_segments);
    return segment_fail_at(experiment, offer->at, error,
                           "the offer \"%.100s\": there is no segment \"%.100s\"%s%.100s%s; "
                           "'perebor segment' lists them",
                           offer->name, name, near == NULL ? "" : "; did you mean \"",
                           near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

/** Whether the drivers of an offer are columns that may explain a row. */
static perebor_status check_drivers(const eligibility *eligibility, const offer_item *offer,
                                    const char *experiment, perebor_error *error) {
    const offer_rows *rows = eligibility->rows;
    if (offer->drivers.n > 0 && rows->shapley == NULL) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "the offer \"%.100s\" is for rows with certain drivers, and why rows "
                            "score as they do is not known: run 'perebor explain' before",
                            offer->name);
    }
    for (size_t i = 0; i < offer->drivers.n; i++) {
        bool known = false;
        const char *driver = offer->drivers.items[i];
        for (size_t j = 0; j < rows->dataset->n_columns; j++) {
            known = known || strcmp(rows->dataset->columns[j].name, driver) == 0;
        }
        if (!known) {
            return segment_fail_at(experiment, offer->at, error,
                                   "the offer \"%.100s\": the driver \"%.100s\" is no feature",
                                   offer->name, driver);
        }
    }
    return PEREBOR_OK;
}

static perebor_status bind_offers(eligibility *eligibility, const char *experiment,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const offer_settings *settings = eligibility->settings;
    for (size_t i = 0; i < settings->n_offers; i++) {
        const offer_item *offer = &settings->offers[i];
        size_t *places =
            perebor_arena_allocate(&eligibility->arena, offer->segments.n + 1, sizeof *places);
        if (places == NULL) {
            return perebor_no_memory(error, "for the conditions of offers");
        }
        for (size_t j = 0; j < offer->segments.n; j++) {
            PEREBOR_TRY(done, find_segment(eligibility, offer, offer->segments.items[j], experiment,
                                           &places[j], error));
        }
        eligibility->segments[i] = places;
        PEREBOR_TRY(done, check_drivers(eligibility, offer, experiment, error));
        PEREBOR_TRY(done, text_template_read(&eligibility->texts[i], &eligibility->arena, offer,
                                             settings, eligibility->rows, experiment, error));
    }
done:
    return status;
}

static perebor_status index_contacts(eligibility *eligibility, perebor_error *error) {
    const offer_rows *rows = eligibility->rows;
    size_t n_rows = rows->dataset->n_rows;
    eligibility->first_contact = calloc(n_rows + 2, sizeof *eligibility->first_contact);
    if (eligibility->first_contact == NULL) {
        return perebor_no_memory(error, "for earlier messages");
    }
    for (size_t i = 0; i < rows->n_contacts; i++) {
        eligibility->first_contact[rows->contacts[i].row + 1] += 1;
    }
    for (size_t row = 0; row < n_rows; row++) {
        eligibility->first_contact[row + 1] += eligibility->first_contact[row];
    }
    return PEREBOR_OK;
}

perebor_status eligibility_make(eligibility *eligibility, const offer_settings *settings,
                                const offer_rows *rows, const char *experiment,
                                perebor_error *error) {
    perebor_status status;
    perebor_arena *arena = &eligibility->arena;
    size_t n = settings->n_offers;
    eligibility->settings = settings;
    eligibility->rows = rows;
    eligibility->where = perebor_arena_allocate(arena, n, sizeof *eligibility->where);
    eligibility->not_for = perebor_arena_allocate(arena, n, sizeof *eligibility->not_for);
    eligibility->segments = perebor_arena_allocate(arena, n, sizeof *eligibility->segments);
    eligibility->texts = perebor_arena_allocate(arena, n, sizeof *eligibility->texts);
    if (eligibility->where == NULL || eligibility->not_for == NULL ||
        eligibility->segments == NULL || eligibility->texts == NULL) {
        return perebor_no_memory(error, "for the conditions of offers");
    }
    PEREBOR_TRY(done, bind_offers(eligibility, experiment, error));
    PEREBOR_TRY(done, find_conditions(eligibility, experiment, error));
    PEREBOR_TRY(done, index_contacts(eligibility, error));
done:
    return status;
}

bool eligibility_consents(const eligibility *eligibility, size_t row) {
    return eligibility->consent != NULL && eligibility->consent[row] != 0;
}

/** Whether the row had a message too short a time ago. */
static bool is_too_soon(const eligibility *eligibility, size_t row, size_t offer) {
    const offer_settings *settings = eligibility->settings;
    bool is_message = offer_requires_consent(settings, offer), too_soon = false;
    for (uint32_t i = eligibility->first_contact[row]; i < eligibility->first_contact[row + 1];
         i++) {
        const offer_contact *contact = &eligibility->rows->contacts[i];
        bool was_message =
            contact->offer == OFFER_NONE || offer_requires_consent(settings, contact->offer);
        too_soon =
            too_soon ||
            (contact->offer == offer && contact->days_ago < settings->offers[offer].cool_down) ||
            (is_message && was_message && contact->days_ago < settings->cool_down);
    }
    return too_soon;
}

static bool is_in_segments(const eligibility *eligibility, size_t row, size_t offer) {
    size_t n = eligibility->settings->offers[offer].segments.n;
    bool in = n == 0;
    for (size_t i = 0; !in && i < n; i++) {
        in = eligibility->rows
                 ->members[eligibility->segments[offer][i] * eligibility->rows->dataset->n_rows +
                           row] != 0;
    }
    return in;
}

static bool has_driver(const eligibility *eligibility, size_t row, size_t offer) {
    const perebor_texts *drivers = &eligibility->settings->offers[offer].drivers;
    uint16_t reasons[OFFER_TOLD_REASONS];
    if (drivers->n == 0) {
        return true;
    }
    offer_reasons_of(eligibility->rows, eligibility->settings, row, reasons);
    bool has = false;
    for (size_t i = 0; reasons[0] != OFFER_NONE && i < drivers->n; i++) {
        has = has || strcmp(drivers->items[i], eligibility->rows->reason_columns[reasons[0]]) == 0;
    }
    return has;
}

offer_refusal eligibility_ask(const eligibility *eligibility, size_t row, size_t offer) {
    if (offer_requires_consent(eligibility->settings, offer) &&
        !eligibility_consents(eligibility, row)) {
        return OFFER_NO_CONSENT;
    }
    if ((eligibility->except != NULL && eligibility->except[row] != 0) ||
        (eligibility->not_for[offer] != NULL && eligibility->not_for[offer][row] != 0)) {
        return OFFER_EXCEPTED;
    }
    if ((eligibility->where[offer] != NULL && eligibility->where[offer][row] == 0) ||
        !is_in_segments(eligibility, row, offer) || !has_driver(eligibility, row, offer)) {
        return OFFER_NOT_FOR;
    }
    if (is_too_soon(eligibility, row, offer)) {
        return OFFER_TOO_SOON;
    }
    return text_template_fits(&eligibility->texts[offer], eligibility->settings, eligibility->rows,
                              row)
               ? OFFER_MAY
               : OFFER_TEXT_GAP;
}

void eligibility_release(eligibility *eligibility) {
    free(eligibility->holds);
    free(eligibility->first_contact);
    perebor_arena_release(&eligibility->arena);
    *eligibility = (struct eligibility){0};
}
