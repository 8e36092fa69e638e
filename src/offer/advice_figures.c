// SPDX-License-Identifier: MIT
#include "offer/advice_figures.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

enum { most_columns = 64 };

static perebor_status begin(advice_figures *figures, size_t n_rows, perebor_error *error) {
    figures->dataset.n_rows = n_rows;
    figures->dataset.id_name = "";
    figures->columns =
        perebor_arena_allocate(&figures->arena, most_columns, sizeof *figures->columns);
    return figures->columns == NULL ? perebor_no_memory(error, "for figures of offers")
                                    : PEREBOR_OK;
}

/** Adds numbers to be filled in. @return NULL if memory is short. */
static double *add_numbers(advice_figures *figures, const char *name) {
    double *values =
        perebor_arena_allocate(&figures->arena, figures->dataset.n_rows + 1, sizeof *values);
    if (values != NULL && figures->n_columns < most_columns) {
        figures->columns[figures->n_columns++] =
            (perebor_column){.name = name, .role = PEREBOR_ROLE_NUMERIC, .values = values};
    }
    return values;
}

/** Adds texts to be filled in: each row has a level of its own; "" is none. */
static const char **add_texts(advice_figures *figures, const char *name) {
    size_t n = figures->dataset.n_rows;
    double *values = perebor_arena_allocate(&figures->arena, n + 1, sizeof *values);
    const char **texts = perebor_arena_allocate(&figures->arena, n + 1, sizeof *texts);
    if (values == NULL || texts == NULL || figures->n_columns == most_columns) {
        return NULL;
    }
    for (size_t row = 0; row < n; row++) {
        values[row] = (double)row;
        texts[row] = "";
    }
    figures->columns[figures->n_columns++] = (perebor_column){.name = name,
                                                              .role = PEREBOR_ROLE_NOMINAL,
                                                              .values = values,
                                                              .levels = texts,
                                                              .n_levels = n};
    return texts;
}

/** A figure by its name and its number. */
typedef struct named_figure {
    const char *name;
    double value;
} named_figure;

static perebor_status end(advice_figures *figures, bool whole, perebor_error *error) {
    figures->dataset.columns = figures->columns;
    figures->dataset.n_columns = figures->n_columns;
    return whole ? PEREBOR_OK : perebor_no_memory(error, "for figures of offers");
}

/** Sums over the members of a segment. */
typedef struct member_sums {
    size_t n, n_positive, n_valued, n_consenting, n_sent, n_held, n_likely;
    double p, value, at_risk, at_risk_likely, cost, net[OFFER_N_UPLIFTS];
    size_t *sent;    /**< [n_offers] */
    double *brought; /**< [n_offers] net of those sent */
    size_t *reasons; /**< [n_reason_columns] */
} member_sums;

static bool make_room(member_sums *sums, const offer_plan *plan) {
    *sums = (member_sums){
        .sent = calloc(plan->settings->n_offers + 1, sizeof(size_t)),
        .brought = calloc(plan->settings->n_offers + 1, sizeof(double)),
        .reasons = calloc(plan->rows->n_reason_columns + 1, sizeof(size_t)),
    };
    return sums->sent != NULL && sums->brought != NULL && sums->reasons != NULL;
}

static void free_room(member_sums *sums) {
    free(sums->sent);
    free(sums->brought);
    free(sums->reasons);
}

static void add_member(member_sums *sums, const offer_plan *plan, size_t row) {
    const offer_rows *rows = plan->rows;
    double p = rows->probabilities[row], at_risk = rows->worth->at_risk[row];
    uint16_t reasons[OFFER_TOLD_REASONS];
    sums->n += 1;
    sums->n_positive += rows->dataset->labels == NULL ? 0 : rows->dataset->labels[row];
    sums->n_consenting += eligibility_consents(&plan->eligibility, row) ? 1 : 0;
    sums->n_likely += p >= 0.5 ? 1 : 0;
    sums->p += p;
    if (!isnan(at_risk)) {
        sums->n_valued += 1;
        sums->value += rows->worth->value[row];
        sums->at_risk += at_risk;
        sums->at_risk_likely += p >= 0.5 ? at_risk : 0.0;
    }
    offer_reasons_of(rows, plan->settings, row, reasons);
    if (reasons[0] != OFFER_NONE) {
        sums->reasons[reasons[0]] += 1;
    }
    sums->n_held += plan->outcome[row] == OFFER_HELD_OUT ? 1 : 0;
    if (plan->outcome[row] == OFFER_SENT) {
        uint16_t o = plan->offer[row];
        double cost = offer_cost(plan, row, o);
        sums->n_sent += 1;
        sums->sent[o] += 1;
        sums->cost += cost;
        sums->brought[o] += offer_gain(plan, row, o, plan->settings->uplift) - cost;
        for (size_t u = 0; u < OFFER_N_UPLIFTS; u++) {
            sums->net[u] += offer_gain(plan, row, o, (offer_uplift)u) - cost;
        }
    }
}

/** The place of the greatest number above 0 that is not taken; SIZE_MAX: there is none. */
static size_t greatest(const double *values, size_t n, const size_t *taken, size_t n_taken) {
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        bool is_taken = false;
        for (size_t j = 0; j < n_taken; j++) {
            is_taken = is_taken || taken[j] == i;
        }
        if (!is_taken && values[i] > 0.0 && (best == SIZE_MAX || values[i] > values[best])) {
            best = i;
        }
    }
    return best;
}

/** Names of the figures that plan and segments have in common, in the order of their values. */
enum { n_common = 19 };

static void common_figures(named_figure figures[n_common], const member_sums *sums,
                           const offer_plan *plan, double all_at_risk) {
    double n = (double)sums->n, none = (double)NAN;
    bool known = plan->rows->dataset->labels != NULL && sums->n > 0;
    const named_figure made[n_common] = {
        {"n", n},
        {"share", n / (double)plan->n_rows},
        {"observed", known ? (double)sums->n_positive / n : none},
        {"predicted", sums->n > 0 ? sums->p / n : none},
        {"mean_value", sums->n_valued > 0 ? sums->value / (double)sums->n_valued : none},
        {"at_risk", sums->at_risk},
        {"at_risk_share", all_at_risk > 0.0 ? sums->at_risk / all_at_risk : none},
        {"likely", (double)sums->n_likely},
        {"likely_share", sums->n > 0 ? (double)sums->n_likely / n : none},
        {"likely_at_risk_share", sums->at_risk > 0.0 ? sums->at_risk_likely / sums->at_risk : none},
        {"consenting", (double)sums->n_consenting},
        {"consent_share", sums->n > 0 ? (double)sums->n_consenting / n : none},
        {"sent", (double)sums->n_sent},
        {"sent_share", sums->n > 0 ? (double)sums->n_sent / n : none},
        {"held_out", (double)sums->n_held},
        {"cost", sums->cost},
        {"net", sums->net[plan->settings->uplift]},
        {"net_low", sums->net[OFFER_UPLIFT_LOW]},
        {"net_high", sums->net[OFFER_UPLIFT_HIGH]},
    };
    memcpy(figures, made, sizeof made);
}

/** The columns of a table of figures while it is filled. */
typedef struct figure_columns {
    double *common[n_common];
    const char **offer[3], **reason;
    double *offer_sent[3], *reason_share;
} figure_columns;

static bool add_columns(figure_columns *columns, advice_figures *figures, const offer_plan *plan) {
    static const char *const offer_names[] = {"offer1", "offer2", "offer3"};
    static const char *const sent_names[] = {"offer1_sent", "offer2_sent", "offer3_sent"};
    named_figure names[n_common];
    const member_sums nothing = {0};
    bool whole = true;
    common_figures(names, &nothing, plan, 0.0);
    for (size_t i = 0; i < n_common; i++) {
        columns->common[i] = add_numbers(figures, names[i].name);
        whole = whole && columns->common[i] != NULL;
    }
    for (size_t i = 0; i < 3; i++) {
        columns->offer[i] = add_texts(figures, offer_names[i]);
        columns->offer_sent[i] = add_numbers(figures, sent_names[i]);
        whole = whole && columns->offer[i] != NULL && columns->offer_sent[i] != NULL;
    }
    columns->reason = add_texts(figures, "reason");
    columns->reason_share = add_numbers(figures, "reason_share");
    return whole && columns->reason != NULL && columns->reason_share != NULL;
}

static void fill(const figure_columns *columns, size_t at, const member_sums *sums,
                 const offer_plan *plan, double all_at_risk) {
    named_figure common[n_common];
    size_t taken[3] = {0}, top = 0;
    common_figures(common, sums, plan, all_at_risk);
    for (size_t i = 0; i < n_common; i++) {
        columns->common[i][at] = common[i].value;
    }
    for (size_t i = 0; i < 3; i++) {
        size_t offer = greatest(sums->brought, plan->settings->n_offers, taken, i);
        taken[i] = offer;
        columns->offer_sent[i][at] = offer == SIZE_MAX ? 0.0 : (double)sums->sent[offer];
        columns->offer[i][at] = offer == SIZE_MAX ? "" : plan->settings->offers[offer].title;
    }
    for (size_t j = 0; j < plan->rows->n_reason_columns; j++) {
        top = sums->reasons[j] > sums->reasons[top] ? j : top;
    }
    bool has = plan->rows->n_reason_columns > 0 && sums->reasons[top] > 0;
    columns->reason_share[at] = has ? (double)sums->reasons[top] / (double)sums->n : (double)NAN;
    columns->reason[at] = has ? offer_reason_words(plan->rows, plan->settings, (uint16_t)top) : "";
}

perebor_status advice_figures_of_plan(advice_figures *figures, const offer_plan *plan,
                                      double uplift_measured, perebor_error *error) {
    perebor_status status;
    member_sums sums = {0};
    figure_columns columns;
    const double gap = plan->bound > 0.0 ? 1.0 - plan->net / plan->bound : 0.0;
    const named_figure more[] = {
        {"budget", isfinite(plan->settings->budget) ? plan->settings->budget : (double)NAN},
        {"budget_price", plan->budget_price},
        {"gap", gap},
        {"hold_out", plan->settings->hold_out},
        {"breaks_even", plan->breaks_even},
        {"power", plan->power},
        {"size_needed", ceil(plan->size_needed)},
        {"not_allowed", (double)plan->n_outcomes[OFFER_NOT_ALLOWED]},
        {"does_not_pay", (double)plan->n_outcomes[OFFER_DOES_NOT_PAY]},
        {"no_room", (double)plan->n_outcomes[OFFER_NO_ROOM]},
        {"no_value", (double)plan->n_outcomes[OFFER_NO_VALUE]},
        {"uplift_measured", uplift_measured},
    };
    PEREBOR_TRY(done, begin(figures, 1, error));
    bool whole = make_room(&sums, plan) && add_columns(&columns, figures, plan);
    for (size_t row = 0; whole && row < plan->n_rows; row++) {
        add_member(&sums, plan, row);
    }
    if (whole) {
        fill(&columns, 0, &sums, plan, sums.at_risk);
    }
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        double *value = add_numbers(figures, more[i].name);
        whole = whole && value != NULL;
        if (value != NULL) {
            *value = more[i].value;
        }
    }
    status = end(figures, whole, error);
done:
    free_room(&sums);
    return status;
}

/** Fills the gaps of the words of a trait. */
static perebor_status describe_trait(const char **described, perebor_arena *arena,
                                     const offer_advice *advice, const segment_traits_table *traits,
                                     size_t at, size_t trait, perebor_error *error) {
    bool is_level = traits->levels[trait][0] != '\0';
    bool more = traits->effect[at] > 0.0;
    const advice_sentence words = {NULL,
                                   is_level ? (more ? advice->oftener : advice->seldomer)
                                            : (more ? advice->higher : advice->lower),
                                   advice->traits_at};
    const char *column[] = {traits->columns[trait]}, *level[] = {traits->levels[trait]};
    const double none[] = {0.0};
    const double inside[] = {traits->inside[at]}, outside[] = {traits->outside[at]};
    const perebor_column columns[] = {
        {.name = "column", .values = none, .levels = column, .n_levels = 1},
        {.name = "level", .values = none, .levels = level, .n_levels = 1},
        {.name = "inside", .values = inside},
        {.name = "outside", .values = outside},
    };
    const perebor_dataset figures = {.n_rows = 1, .n_columns = 4, .columns = columns};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return perebor_no_memory(error, "for advice");
    }
    perebor_status status = advice_text_write(&words, advice, &figures, 0, stream, error);
    bool closed = fclose(stream) == 0;
    *described = closed && text != NULL ? perebor_arena_text(arena, text) : NULL;
    free(text);
    return status != PEREBOR_OK || *described != NULL ? status
                                                      : perebor_no_memory(error, "for advice");
}

enum { most_traits = 16 };

/** The traits of a segment with the largest effects that are no accident, in words. */
static perebor_status describe_traits(const char **described, perebor_arena *arena,
                                      const offer_advice *advice,
                                      const segment_traits_table *traits, size_t segment,
                                      perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t taken[most_traits] = {0};
    double *effects = calloc(traits->n_traits + 1, sizeof *effects);
    if (effects == NULL) {
        return perebor_no_memory(error, "for advice");
    }
    *described = "";
    for (size_t j = 0; j < traits->n_traits; j++) {
        size_t at = segment * traits->n_traits + j;
        bool counts = traits->p_adjusted[at] <= 0.05 && fabs(traits->effect[at]) >= 0.2;
        effects[j] = counts ? fabs(traits->effect[at]) : 0.0;
    }
    for (size_t i = 0; i < advice->n_traits && i < most_traits; i++) {
        const char *one = NULL;
        size_t trait = greatest(effects, traits->n_traits, taken, i);
        if (trait == SIZE_MAX) {
            break;
        }
        taken[i] = trait;
        PEREBOR_TRY(done, describe_trait(&one, arena, advice, traits,
                                         segment * traits->n_traits + trait, trait, error));
        *described =
            perebor_arena_format(arena, "%s%s%s", *described, i == 0 ? "" : advice->between, one);
        if (*described == NULL) {
            status = perebor_no_memory(error, "for advice");
            break;
        }
    }
done:
    free(effects);
    return status;
}

perebor_status advice_figures_of_segments(advice_figures *figures, const offer_plan *plan,
                                          const segment_descriptions *descriptions,
                                          const offer_advice *advice, perebor_error *error) {
    perebor_status status;
    const offer_rows *rows = plan->rows;
    figure_columns columns;
    double all_at_risk = 0.0;
    PEREBOR_TRY(done, begin(figures, rows->n_segments, error));
    const char **name = add_texts(figures, "name"), **kind = add_texts(figures, "kind");
    const char **note = add_texts(figures, "note"), **traits = add_texts(figures, "traits");
    bool whole = name != NULL && kind != NULL && note != NULL && traits != NULL &&
                 add_columns(&columns, figures, plan);
    for (size_t row = 0; row < plan->n_rows; row++) {
        all_at_risk += isnan(rows->worth->at_risk[row]) ? 0.0 : rows->worth->at_risk[row];
    }
    for (size_t s = 0; whole && s < rows->n_segments; s++) {
        member_sums sums = {0};
        whole = make_room(&sums, plan);
        for (size_t row = 0; whole && row < plan->n_rows; row++) {
            if (rows->members[s * plan->n_rows + row] != 0) {
                add_member(&sums, plan, row);
            }
        }
        if (whole) {
            fill(&columns, s, &sums, plan, all_at_risk);
            name[s] = rows->segments[s];
            kind[s] = descriptions->kind_names[descriptions->kinds[s]];
            note[s] = descriptions->notes[s];
        }
        free_room(&sums);
        if (whole) {
            PEREBOR_TRY(done, describe_traits(&traits[s], &figures->arena, advice,
                                              &descriptions->traits, s, error));
        }
    }
    status = end(figures, whole, error);
done:
    return status;
}

void advice_figures_release(advice_figures *figures) {
    perebor_arena_release(&figures->arena);
    *figures = (advice_figures){0};
}
