// SPDX-License-Identifier: MIT
#include "cli/segment_lines.h"

#include <math.h>
#include <stdlib.h>

#include "segment/columns.h"
#include "segment/told.h"

#define CUSTOMERS "id,probability,probability_lower,probability_upper,rank,value,value_at_risk,"
#define SEGMENTS "segment,kind,n,share,observed,observed_lower,observed_upper,predicted,"
#define PROFILES "segment,kind,what,column,level,"

const char segment_customers_beginning[] = "id,probability,probability_lower",
           segment_segments_beginning[] = "segment,kind,n,share,",
           segment_profiles_beginning[] = PROFILES;

enum { n_reasons = 3, n_told = 3 };

/** A list that is put together and then written as one cell. */
typedef struct cell_list {
    FILE *stream;
    char *text;
    size_t size;
    const char *separator;
} cell_list;

static perebor_status begin_list(cell_list *list, perebor_error *error) {
    *list = (cell_list){.separator = ""};
    list->stream = open_memstream(&list->text, &list->size);
    return list->stream != NULL ? PEREBOR_OK : perebor_no_memory(error, "to write segments");
}

static void add_to_list(cell_list *list, const char *text) {
    fprintf(list->stream, "%s%s", list->separator, text);
    list->separator = "; ";
}

static perebor_status end_list(cell_list *list, csv_sheet *sheet, perebor_error *error) {
    if (fclose(list->stream) != 0) {
        free(list->text);
        return perebor_no_memory(error, "to write segments");
    }
    csv_sheet_text(sheet, list->text);
    free(list->text);
    return PEREBOR_OK;
}

static const char *band_name(const segment_bands *bands, uint8_t band) {
    return band == SEGMENT_NO_BAND ? "" : bands->names[band];
}

/** The segments of a kind that a row is in. */
static perebor_status write_memberships(csv_sheet *sheet, const segmentation *made,
                                        segment_kind kind, size_t row, perebor_error *error) {
    cell_list list;
    perebor_status status = begin_list(&list, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (size_t i = 0; i < made->n_segments; i++) {
        if (made->segments[i].kind == kind && made->members[i * made->n_rows + row] != 0) {
            add_to_list(&list, made->segments[i].name);
        }
    }
    return end_list(&list, sheet, error);
}

static void write_one_of(csv_sheet *sheet, const segmentation *made, uint32_t at) {
    csv_sheet_text(sheet, at == 0 ? NULL : made->segments[at].name);
}

/** The level as the tables have it. */
static void write_consent(csv_sheet *sheet, const perebor_column *consent, size_t row) {
    const char *level = consent == NULL ? NULL : segment_level(consent, row);
    csv_sheet_text(sheet, level == NULL ? "" : level);
}

static void write_reasons(csv_sheet *sheet, const segment_reasons *reasons, size_t row) {
    size_t columns[n_reasons] = {0};
    size_t n = reasons == NULL ? 0 : segment_reasons_rank(reasons, row, columns, n_reasons);
    for (size_t i = 0; i < n_reasons; i++) {
        csv_sheet_text(sheet, i < n ? reasons->columns[columns[i]] : "");
        csv_sheet_rounded(sheet, i < n ? reasons->values[row * reasons->n_columns + columns[i]]
                                       : (double)NAN);
    }
}

static perebor_status write_customer(csv_sheet *sheet, const segmentation *made, size_t row,
                                     perebor_error *error) {
    perebor_status status;
    const segment_rows *rows = made->rows;
    const segment_worth *worth = &made->worth;
    if (rows->dataset->ids != NULL) {
        csv_sheet_text(sheet, rows->dataset->ids[row]);
    } else {
        csv_sheet_whole(sheet, row);
    }
    csv_sheet_rounded(sheet, rows->probabilities[row]);
    csv_sheet_rounded(sheet, rows->lower[row]);
    csv_sheet_rounded(sheet, rows->upper[row]);
    csv_sheet_whole(sheet, worth->rank[row]);
    csv_sheet_exact(sheet, worth->value[row]);
    csv_sheet_rounded(sheet, worth->at_risk[row]);
    csv_sheet_text(sheet, band_name(&made->settings->risk, worth->risk[row]));
    csv_sheet_text(sheet, band_name(&made->settings->worth, worth->worth[row]));
    write_one_of(sheet, made, made->cell[row]);
    status = write_memberships(sheet, made, SEGMENT_RULE, row, error);
    csv_sheet_whole(sheet, 1 + 10 * (uint64_t)(worth->rank[row] - 1) / made->n_rows);
    for (size_t i = 0; i < made->settings->n_axes; i++) {
        csv_sheet_text(sheet, band_name(&made->settings->axes[i].bands,
                                        made->portrait.bands[i * made->n_rows + row]));
    }
    write_one_of(sheet, made, made->driver[row]);
    write_one_of(sheet, made, made->cluster[row]);
    if (status == PEREBOR_OK) {
        status = write_memberships(sheet, made, SEGMENT_DISCOVERED, row, error);
    }
    write_consent(sheet, made->consent, row);
    write_reasons(sheet, rows->reasons, row);
    csv_sheet_end_row(sheet);
    return status;
}

perebor_status segment_write_customers(csv_sheet *sheet, const segmentation *made,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint32_t *by_rank = calloc(made->n_rows + 1, sizeof *by_rank);
    if (by_rank == NULL) {
        return perebor_no_memory(error, "to write segments");
    }
    for (size_t row = 0; row < made->n_rows; row++) {
        by_rank[made->worth.rank[row] - 1] = (uint32_t)row;
    }
    csv_sheet_names(sheet, CUSTOMERS "risk,worth,segment,rules,decile");
    for (size_t i = 0; i < made->settings->n_axes; i++) {
        csv_sheet_text(sheet, made->settings->axes[i].name);
    }
    csv_sheet_names(sheet, "driver,cluster,discovered,consent");
    for (int i = 1; i <= n_reasons; i++) {
        char names[64];
        (void)snprintf(names, sizeof names, "reason_%d,reason_%d_adds", i, i);
        csv_sheet_names(sheet, names);
    }
    csv_sheet_end_row(sheet);
    for (size_t i = 0; status == PEREBOR_OK && i < made->n_rows; i++) {
        status = write_customer(sheet, made, by_rank[i], error);
    }
    free(by_rank);
    return status;
}

/** "pages -1.28 ±0.05; …": what adds most to the scores of a segment or takes most. */
static perebor_status write_drivers(csv_sheet *sheet, const segmentation *made,
                                    const segment *segment, perebor_error *error) {
    cell_list list;
    char text[400];
    size_t columns[n_told];
    size_t n = segment_drivers_rank(made, segment, columns, n_told);
    perebor_status status = begin_list(&list, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        char number[48];
        (void)snprintf(number, sizeof number, "%+.3g ±%.2g",
                       segment->profile.driver_mean[columns[i]],
                       segment->profile.driver_error[columns[i]]);
        csv_sheet_localise(sheet, number);
        (void)snprintf(text, sizeof text, "%.300s %s", made->rows->reasons->columns[columns[i]],
                       number);
        add_to_list(&list, text);
    }
    return end_list(&list, sheet, error);
}

/** Three digits, and all of those before the point. */
static void shorten(const csv_sheet *sheet, char *text, size_t size, double value) {
    if (fabs(value) >= 100.0 && fabs(value) < 1e15) {
        (void)snprintf(text, size, "%.0f", value);
    } else {
        (void)snprintf(text, size, "%.3g", value);
    }
    csv_sheet_localise(sheet, text);
}

/** "pages 3.1, rest 9.2; …": where a segment is farthest from the rest. */
static perebor_status write_traits(csv_sheet *sheet, const segmentation *made,
                                   const segment *segment, perebor_error *error) {
    cell_list list;
    char text[700];
    size_t traits[n_told];
    size_t n = segment_traits_rank(made, segment, traits, n_told);
    perebor_status status = begin_list(&list, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        const segment_trait *trait = &made->traits[traits[i]];
        const segment_contrast *contrast = &segment->profile.contrasts[traits[i]];
        char inside[40], rest[40];
        shorten(sheet, inside, sizeof inside, contrast->mean_in);
        shorten(sheet, rest, sizeof rest, contrast->mean_out);
        (void)snprintf(text, sizeof text, "%.300s%s%.300s %s, rest %s", trait->column->name,
                       trait->level == NULL ? "" : " = ", trait->level == NULL ? "" : trait->level,
                       inside, rest);
        add_to_list(&list, text);
    }
    return end_list(&list, sheet, error);
}

perebor_status segment_write_segments(csv_sheet *sheet, const segmentation *made,
                                      perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    csv_sheet_names(sheet, SEGMENTS "mean_value,value_at_risk,note,consent,drivers,differs,where");
    csv_sheet_end_row(sheet);
    for (size_t i = 0; status == PEREBOR_OK && i < made->n_segments; i++) {
        const segment *segment = &made->segments[i];
        const segment_profile *profile = &segment->profile;
        csv_sheet_text(sheet, segment->name);
        csv_sheet_text(sheet, segment_kind_names[segment->kind]);
        csv_sheet_whole(sheet, profile->n);
        csv_sheet_rounded(sheet, (double)profile->n / (double)made->n_rows);
        csv_sheet_rounded(sheet, profile->observed);
        csv_sheet_rounded(sheet, profile->observed_low);
        csv_sheet_rounded(sheet, profile->observed_high);
        csv_sheet_rounded(sheet, profile->predicted);
        csv_sheet_rounded(sheet, profile->mean_value);
        csv_sheet_rounded(sheet, profile->value_at_risk);
        csv_sheet_text(sheet, segment->note);
        csv_sheet_rounded(sheet, profile->consent);
        status = write_drivers(sheet, made, segment, error);
        if (status == PEREBOR_OK) {
            status = write_traits(sheet, made, segment, error);
        }
        csv_sheet_text(sheet, segment->where);
        csv_sheet_end_row(sheet);
    }
    return status;
}

static void begin_profile(csv_sheet *sheet, const segment *segment, const char *what,
                          const char *column, const char *level) {
    csv_sheet_text(sheet, segment->name);
    csv_sheet_text(sheet, segment_kind_names[segment->kind]);
    csv_sheet_text(sheet, what);
    csv_sheet_text(sheet, column);
    csv_sheet_text(sheet, level);
}

perebor_status segment_write_profiles(csv_sheet *sheet, const segmentation *made,
                                      perebor_error *error) {
    (void)error;
    const segment_reasons *reasons = made->rows->reasons;
    csv_sheet_names(sheet, PROFILES "inside,rest,effect,p_adjusted,standard_error");
    csv_sheet_end_row(sheet);
    for (size_t i = 0; i < made->n_segments; i++) {
        const segment *segment = &made->segments[i];
        for (size_t j = 0; segment->profile.n > 0 && j < made->n_traits; j++) {
            const segment_trait *trait = &made->traits[j];
            const segment_contrast *contrast = &segment->profile.contrasts[j];
            begin_profile(sheet, segment, trait->level == NULL ? "mean" : "share",
                          trait->column->name, trait->level == NULL ? "" : trait->level);
            csv_sheet_rounded(sheet, contrast->mean_in);
            csv_sheet_rounded(sheet, contrast->mean_out);
            csv_sheet_rounded(sheet, contrast->effect);
            csv_sheet_rounded(sheet, contrast->p_adjusted);
            csv_sheet_text(sheet, NULL);
            csv_sheet_end_row(sheet);
        }
        for (size_t j = 0; segment->profile.n > 0 && reasons != NULL && j < reasons->n_columns;
             j++) {
            begin_profile(sheet, segment, "driver", reasons->columns[j], "");
            csv_sheet_rounded(sheet, segment->profile.driver_mean[j]);
            for (int empty = 0; empty < 3; empty++) {
                csv_sheet_text(sheet, NULL);
            }
            csv_sheet_rounded(sheet, segment->profile.driver_error[j]);
            csv_sheet_end_row(sheet);
        }
    }
    return PEREBOR_OK;
}
