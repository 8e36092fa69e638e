// SPDX-License-Identifier: MIT
#include "cli/segment_lines.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/csv_text.h"
#include "segment/columns.h"
#include "segment/told.h"

#define CUSTOMERS "id,probability,probability_lower,probability_upper,rank,value,value_at_risk,"
#define SEGMENTS "segment,kind,n,share,observed,observed_lower,observed_upper,predicted,"
#define PROFILES "segment,kind,what,column,level,"

const char segment_customers_beginning[] = "id,probability,probability_lower",
           segment_segments_beginning[] = "segment,kind,n,share,",
           segment_profiles_beginning[] = PROFILES;

enum { n_reasons = 3, n_told = 3 };

static void write_cell(FILE *stream, const char *text) {
    fputc(',', stream);
    csv_write_harmless(stream, text);
}

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

static perebor_status end_list(cell_list *list, FILE *stream, perebor_error *error) {
    if (fclose(list->stream) != 0) {
        free(list->text);
        return perebor_no_memory(error, "to write segments");
    }
    write_cell(stream, list->text);
    free(list->text);
    return PEREBOR_OK;
}

static const char *band_name(const segment_bands *bands, uint8_t band) {
    return band == SEGMENT_NO_BAND ? "" : bands->names[band];
}

/** The segments of a kind that a row is in. */
static perebor_status write_memberships(FILE *stream, const segmentation *made, segment_kind kind,
                                        size_t row, perebor_error *error) {
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
    return end_list(&list, stream, error);
}

static void write_one_of(FILE *stream, const segmentation *made, uint32_t at) {
    write_cell(stream, at == 0 ? "" : made->segments[at].name);
}

/** The level as the tables have it. */
static void write_consent(FILE *stream, const perebor_column *consent, size_t row) {
    const char *level = consent == NULL ? NULL : segment_level(consent, row);
    write_cell(stream, level == NULL ? "" : level);
}

static void write_reasons(FILE *stream, const segment_reasons *reasons, size_t row) {
    size_t columns[n_reasons] = {0};
    size_t n = reasons == NULL ? 0 : segment_reasons_rank(reasons, row, columns, n_reasons);
    for (size_t i = 0; i < n_reasons; i++) {
        write_cell(stream, i < n ? reasons->columns[columns[i]] : "");
        csv_write_rounded(stream, i < n ? reasons->values[row * reasons->n_columns + columns[i]]
                                        : (double)NAN);
    }
}

static perebor_status write_customer(FILE *stream, const segmentation *made, size_t row,
                                     perebor_error *error) {
    perebor_status status;
    const segment_rows *rows = made->rows;
    const segment_worth *worth = &made->worth;
    if (rows->dataset->ids != NULL) {
        csv_write_harmless(stream, rows->dataset->ids[row]);
    } else {
        fprintf(stream, "%zu", row);
    }
    csv_write_rounded(stream, rows->probabilities[row]);
    csv_write_rounded(stream, rows->lower[row]);
    csv_write_rounded(stream, rows->upper[row]);
    fprintf(stream, ",%" PRIu32, worth->rank[row]);
    csv_write_real(stream, worth->value[row]);
    csv_write_rounded(stream, worth->at_risk[row]);
    write_cell(stream, band_name(&made->settings->risk, worth->risk[row]));
    write_cell(stream, band_name(&made->settings->worth, worth->worth[row]));
    write_one_of(stream, made, made->cell[row]);
    status = write_memberships(stream, made, SEGMENT_RULE, row, error);
    fprintf(stream, ",%zu", 1 + 10 * (size_t)(worth->rank[row] - 1) / made->n_rows);
    for (size_t i = 0; i < made->settings->n_axes; i++) {
        write_cell(stream, band_name(&made->settings->axes[i].bands,
                                     made->portrait.bands[i * made->n_rows + row]));
    }
    write_one_of(stream, made, made->driver[row]);
    write_one_of(stream, made, made->cluster[row]);
    if (status == PEREBOR_OK) {
        status = write_memberships(stream, made, SEGMENT_DISCOVERED, row, error);
    }
    write_consent(stream, made->consent, row);
    write_reasons(stream, rows->reasons, row);
    fputc('\n', stream);
    return status;
}

perebor_status segment_write_customers(FILE *stream, const segmentation *made,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint32_t *by_rank = calloc(made->n_rows + 1, sizeof *by_rank);
    if (by_rank == NULL) {
        return perebor_no_memory(error, "to write segments");
    }
    for (size_t row = 0; row < made->n_rows; row++) {
        by_rank[made->worth.rank[row] - 1] = (uint32_t)row;
    }
    fputs(CUSTOMERS "risk,worth,segment,rules,decile", stream);
    for (size_t i = 0; i < made->settings->n_axes; i++) {
        write_cell(stream, made->settings->axes[i].name);
    }
    fputs(",driver,cluster,discovered,consent", stream);
    for (int i = 1; i <= n_reasons; i++) {
        fprintf(stream, ",reason_%d,reason_%d_adds", i, i);
    }
    fputc('\n', stream);
    for (size_t i = 0; status == PEREBOR_OK && i < made->n_rows; i++) {
        status = write_customer(stream, made, by_rank[i], error);
    }
    free(by_rank);
    return status;
}

/** "pages -1.28 ±0.05; …": what adds most to the scores of a segment or takes most. */
static perebor_status write_drivers(FILE *stream, const segmentation *made, const segment *segment,
                                    perebor_error *error) {
    cell_list list;
    char text[400];
    size_t columns[n_told];
    size_t n = segment_drivers_rank(made, segment, columns, n_told);
    perebor_status status = begin_list(&list, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(
            text, sizeof text, "%.300s %+.3g ±%.2g", made->rows->reasons->columns[columns[i]],
            segment->profile.driver_mean[columns[i]], segment->profile.driver_error[columns[i]]);
        add_to_list(&list, text);
    }
    return end_list(&list, stream, error);
}

/** Three digits, and all of those before the point. */
static void shorten(char *text, size_t size, double value) {
    if (fabs(value) >= 100.0 && fabs(value) < 1e15) {
        (void)snprintf(text, size, "%.0f", value);
    } else {
        (void)snprintf(text, size, "%.3g", value);
    }
}

/** "pages 3.1, rest 9.2; …": where a segment is farthest from the rest. */
static perebor_status write_traits(FILE *stream, const segmentation *made, const segment *segment,
                                   perebor_error *error) {
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
        shorten(inside, sizeof inside, contrast->mean_in);
        shorten(rest, sizeof rest, contrast->mean_out);
        (void)snprintf(text, sizeof text, "%.300s%s%.300s %s, rest %s", trait->column->name,
                       trait->level == NULL ? "" : " = ", trait->level == NULL ? "" : trait->level,
                       inside, rest);
        add_to_list(&list, text);
    }
    return end_list(&list, stream, error);
}

perebor_status segment_write_segments(FILE *stream, const segmentation *made,
                                      perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    fputs(SEGMENTS "mean_value,value_at_risk,note,consent,drivers,differs,where\n", stream);
    for (size_t i = 0; status == PEREBOR_OK && i < made->n_segments; i++) {
        const segment *segment = &made->segments[i];
        const segment_profile *profile = &segment->profile;
        csv_write_harmless(stream, segment->name);
        fprintf(stream, ",%s,%zu", segment_kind_names[segment->kind], profile->n);
        csv_write_rounded(stream, (double)profile->n / (double)made->n_rows);
        csv_write_rounded(stream, profile->observed);
        csv_write_rounded(stream, profile->observed_low);
        csv_write_rounded(stream, profile->observed_high);
        csv_write_rounded(stream, profile->predicted);
        csv_write_rounded(stream, profile->mean_value);
        csv_write_rounded(stream, profile->value_at_risk);
        write_cell(stream, segment->note);
        csv_write_rounded(stream, profile->consent);
        status = write_drivers(stream, made, segment, error);
        if (status == PEREBOR_OK) {
            status = write_traits(stream, made, segment, error);
        }
        write_cell(stream, segment->where);
        fputc('\n', stream);
    }
    return status;
}

static void begin_profile(FILE *stream, const segment *segment, const char *what,
                          const char *column, const char *level) {
    csv_write_harmless(stream, segment->name);
    fprintf(stream, ",%s,%s", segment_kind_names[segment->kind], what);
    write_cell(stream, column);
    write_cell(stream, level);
}

perebor_status segment_write_profiles(FILE *stream, const segmentation *made,
                                      perebor_error *error) {
    (void)error;
    const segment_reasons *reasons = made->rows->reasons;
    fputs(PROFILES "inside,rest,effect,p_adjusted,standard_error\n", stream);
    for (size_t i = 0; i < made->n_segments; i++) {
        const segment *segment = &made->segments[i];
        for (size_t j = 0; segment->profile.n > 0 && j < made->n_traits; j++) {
            const segment_trait *trait = &made->traits[j];
            const segment_contrast *contrast = &segment->profile.contrasts[j];
            begin_profile(stream, segment, trait->level == NULL ? "mean" : "share",
                          trait->column->name, trait->level == NULL ? "" : trait->level);
            csv_write_rounded(stream, contrast->mean_in);
            csv_write_rounded(stream, contrast->mean_out);
            csv_write_rounded(stream, contrast->effect);
            csv_write_rounded(stream, contrast->p_adjusted);
            fputs(",\n", stream);
        }
        for (size_t j = 0; segment->profile.n > 0 && reasons != NULL && j < reasons->n_columns;
             j++) {
            begin_profile(stream, segment, "driver", reasons->columns[j], "");
            csv_write_rounded(stream, segment->profile.driver_mean[j]);
            fputs(",,,", stream);
            csv_write_rounded(stream, segment->profile.driver_error[j]);
            fputc('\n', stream);
        }
    }
    return PEREBOR_OK;
}
