// SPDX-License-Identifier: MIT
#include "cli/offer_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/try.h"
#include "cli/output_file.h"

#define HEADER "rank,id,action,channel,offer,title,text,reasons,segment,consent,"
#define FIGURES "probability,value,value_at_risk,gain,cost,net,net_low,net_high"

static const perebor_output_kind plan_kind = {.name = "a plan of offers",
                                              .beginning = "rank,id,action,channel,offer,title,"};

static const perebor_output_kind advice_kind = {.name = "recommendations",
                                                .beginning = "<!-- perebor offers"};

static const char *const actions[] = {[OFFER_SENT] = "send", [OFFER_HELD_OUT] = "hold out"};

/** What a writer needs. */
typedef struct written {
    const offer_stage *stage;
    csv_form form;
} written;

/** A text that is put together, to be freed; NULL if memory is short. */
typedef struct composed {
    char *text;
    size_t size;
    FILE *stream;
} composed;

static bool compose(composed *composed) {
    composed->text = NULL;
    composed->stream = open_memstream(&composed->text, &composed->size);
    return composed->stream != NULL;
}

/** Writes it as a field, and frees it. */
static bool write_composed(csv_sheet *sheet, composed *composed) {
    bool whole = fclose(composed->stream) == 0;
    if (whole) {
        csv_sheet_text(sheet, composed->text);
    }
    free(composed->text);
    return whole;
}

/** The offer's text, the row's reasons, and the segments that it is in. */
static bool write_words(const offer_stage *stage, size_t row, csv_sheet *sheet) {
    const offer_plan *plan = &stage->plan;
    const segmented_rows *segmented = &stage->segmented;
    const offer_rows *rows = &segmented->rows;
    uint16_t reasons[OFFER_TOLD_REASONS];
    composed text;
    if (!compose(&text)) {
        return false;
    }
    if (plan->outcome[row] == OFFER_SENT) { // nobody is to send what is held out
        text_template_write(&plan->eligibility.texts[plan->offer[row]], plan->settings, rows, row,
                            text.stream);
    }
    if (!write_composed(sheet, &text) || !compose(&text)) {
        return false;
    }
    offer_reasons_of(rows, plan->settings, row, reasons);
    for (size_t i = 0; i < OFFER_TOLD_REASONS && reasons[i] != OFFER_NONE; i++) {
        fprintf(text.stream, "%s%s", i == 0 ? "" : "; ",
                offer_reason_words(rows, plan->settings, reasons[i]));
    }
    if (!write_composed(sheet, &text)) {
        return false;
    }
    int32_t cell = segmented->cell[row];
    csv_sheet_text(sheet, cell > 0 ? rows->segments[cell] : "");
    return true;
}

static perebor_status write_row(const offer_stage *stage, size_t row, csv_sheet *sheet,
                                perebor_error *error) {
    const offer_plan *plan = &stage->plan;
    const offer_rows *rows = &stage->segmented.rows;
    size_t o = plan->offer[row];
    const offer_item *offer = &plan->settings->offers[o];
    char number[32];
    csv_sheet_whole(sheet, rows->worth->rank[row]);
    csv_sheet_text(sheet, offer_row_name(rows, row, number));
    csv_sheet_text(sheet, actions[plan->outcome[row]]);
    csv_sheet_text(sheet, plan->settings->channels[offer->channel].title);
    csv_sheet_text(sheet, offer->name);
    csv_sheet_text(sheet, offer->title);
    if (!write_words(stage, row, sheet)) {
        return perebor_no_memory(error, "to write offers_plan.csv");
    }
    csv_sheet_text(sheet, eligibility_consents(&plan->eligibility, row) ? "yes" : "no");
    double gain = offer_gain(plan, row, o, plan->settings->uplift);
    double cost = offer_cost(plan, row, o);
    const double figures[] = {
        rows->probabilities[row],
        rows->worth->value[row],
        rows->worth->at_risk[row],
        gain,
        cost,
        gain - cost,
        offer_gain(plan, row, o, OFFER_UPLIFT_LOW) - cost,
        offer_gain(plan, row, o, OFFER_UPLIFT_HIGH) - cost,
    };
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        csv_sheet_short(sheet, figures[i]);
    }
    csv_sheet_end_row(sheet);
    return PEREBOR_OK;
}

/** Whoever is likeliest first. */
static perebor_status write_plan(const void *context, FILE *stream, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const written *written = context;
    const offer_plan *plan = &written->stage->plan;
    uint32_t *by_rank = calloc(plan->n_rows + 1, sizeof *by_rank);
    if (by_rank == NULL) {
        return perebor_no_memory(error, "to write offers_plan.csv");
    }
    for (size_t row = 0; row < plan->n_rows; row++) {
        uint32_t rank = written->stage->segmented.worth.rank[row];
        by_rank[rank >= 1 && rank <= plan->n_rows ? rank - 1 : row] = (uint32_t)row;
    }
    csv_sheet sheet = csv_sheet_begin(stream, &written->form);
    csv_sheet_names(&sheet, HEADER FIGURES);
    csv_sheet_end_row(&sheet);
    for (size_t i = 0; i < plan->n_rows; i++) {
        if (plan->offer[by_rank[i]] != OFFER_NONE) {
            PEREBOR_TRY(done, write_row(written->stage, by_rank[i], &sheet, error));
        }
    }
done:
    free(by_rank);
    return status;
}

static perebor_status write_advice(const void *context, FILE *stream, perebor_error *error) {
    const written *written = context;
    (void)error;
    fputs("<!-- perebor offers -->\n", stream);
    fputs(written->stage->advice, stream);
    return PEREBOR_OK;
}

/** The files of the folder; the second only where there is advice. */
static const struct {
    const char *name;
    const perebor_output_kind *kind;
    output_file_write *write;
} tables[] = {{"offers_plan.csv", &plan_kind, write_plan},
              {"recommendations.md", &advice_kind, write_advice}};
enum { n_tables = sizeof tables / sizeof *tables };

/** folder/name, to be freed; NULL if memory is short. */
static char *join(const char *folder, const char *name) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/%s", folder, name);
    }
    return path;
}

/** Decides about a table, and writes it if there is something to write. */
static perebor_status handle(const offer_files *files, size_t table, const written *written,
                             const perebor_input *inputs, size_t n_inputs, perebor_error *error) {
    perebor_status status;
    perebor_file_identity found = {0};
    char *path = join(files->folder, tables[table].name);
    if (path == NULL) {
        return perebor_no_memory(error, "to write offers");
    }
    PEREBOR_TRY(done, perebor_output_check(path, tables[table].kind, files->overwrite, inputs,
                                           n_inputs, &found, error));
    if (written != NULL) {
        status = output_file_replace(path, &found, tables[table].write, written, error);
    }
done:
    free(path);
    return status;
}

perebor_status offer_files_check(const offer_files *files, const perebor_input *inputs,
                                 size_t n_inputs, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < n_tables; i++) {
        PEREBOR_TRY(done, handle(files, i, NULL, inputs, n_inputs, error));
    }
done:
    return status;
}

perebor_status offer_files_write(const offer_files *files, const offer_stage *stage,
                                 const perebor_input *inputs, size_t n_inputs,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const written written = {stage, files->form};
    if (mkdir(files->folder, 0777) != 0 && errno != EEXIST) {
        return perebor_fail(error, PEREBOR_ERR_IO, "cannot make the folder %s: %s", files->folder,
                            strerror(errno));
    }
    for (size_t i = 0; i < (stage->advice == NULL ? 1 : n_tables); i++) {
        PEREBOR_TRY(done, handle(files, i, &written, inputs, n_inputs, error));
    }
done:
    return status;
}
