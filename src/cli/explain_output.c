// SPDX-License-Identifier: MIT
#include "cli/explain_output.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/try.h"
#include "cli/terminal.h"
#include "report/change_list.h"
#include "report/column_list.h"
#include "report/column_text.h"
#include "report/explanation_list.h"

static explained_data data_of(const explain_output *output) {
    return (explained_data){.explanation = output->explanation,
                            .dataset = output->study->dataset,
                            .n_training = output->study->split.n_train,
                            .votes = output->votes};
}

/** The words of columns in the language of the others. */
static const column_words *words_of(const explain_terms *terms) {
    unsigned place = 0;
    while (strcmp(explain_languages[place], terms->words->language) != 0) {
        place++;
    }
    return column_words_of(place);
}

/** Ends a document and writes it. */
static perebor_status write_json(perebor_json *json, perebor_status status, FILE *stream,
                                 perebor_error *error) {
    perebor_json_end_object(json);
    char *text = perebor_json_take(json);
    if (status == PEREBOR_OK && text == NULL) {
        status = perebor_no_memory(error, "to write an explanation");
    }
    if (status == PEREBOR_OK) {
        fprintf(stream, "%s\n", text);
    }
    free(text);
    return status;
}

static perebor_status write_all_as_json(const explain_output *output, const h5_node *stage,
                                        FILE *stream, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const explained_data data = data_of(output);
    perebor_json json = {0};
    perebor_json_begin_object(&json);
    if (output->columns->shapley) {
        PEREBOR_TRY(done, explanation_put_json(&json, &data, error));
    }
    status = column_list_put_json(&json, stage, data.dataset, error);
done:
    return write_json(&json, status, stream, error);
}

perebor_status explain_write_all(const explain_output *output, const h5_node *stage, FILE *stream,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const explained_data data = data_of(output);
    const explain_columns *columns = output->columns;
    switch (output->terms->format) {
    case EXPLAIN_CSV:
        terminal_print_data();
        if (columns->list > 0) {
            return column_list_write_csv(stream, (column_listing)(columns->list - 1), stage,
                                         data.dataset, error);
        }
        explanation_write_csv(stream, &data);
        return PEREBOR_OK;
    case EXPLAIN_JSON:
        terminal_print_data();
        return write_all_as_json(output, stage, stream, error);
    case EXPLAIN_TABLE:
        break;
    }
    if (columns->shapley) {
        PEREBOR_TRY(done, explain_terms_write(output->terms, &data, false, stream, error));
    }
    status = column_text_write(stream, stage, data.dataset, words_of(output->terms), error);
done:
    return status;
}

static perebor_status write_one_as_json(const explain_output *output, const listed_change *listed,
                                        FILE *stream, perebor_error *error) {
    perebor_status status;
    const explained_data data = data_of(output);
    perebor_json json = {0};
    perebor_json_begin_object(&json);
    PEREBOR_TRY(done, explanation_put_json(&json, &data, error));
    if (listed->space->n_domains > 0) {
        status = change_list_put_json(&json, listed, data.dataset, error);
    }
done:
    return write_json(&json, status, stream, error);
}

/** A list of one row. */
static perebor_status write_one_as_csv(const explain_output *output, const listed_change *listed,
                                       FILE *stream, perebor_error *error) {
    const explained_data data = data_of(output);
    if (output->columns->list == 0) {
        explanation_write_csv(stream, &data);
        return PEREBOR_OK;
    }
    if (listed->space->n_domains == 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "nothing is actionable: name columns with --actionable, or in the "
                            "experiment under explain.actionable");
    }
    return change_list_write_csv(stream, listed, data.dataset, error);
}

perebor_status explain_write_one(const explain_output *output, const explained_change *change,
                                 FILE *stream, perebor_error *error) {
    perebor_status status;
    const perebor_dataset *dataset = output->study->dataset;
    const explained_data data = data_of(output);
    const listed_change listed = {.row = output->explanation->rows[0],
                                  .change = &change->found,
                                  .space = &change->space,
                                  .values = change->values};
    switch (output->terms->format) {
    case EXPLAIN_CSV:
        terminal_print_data();
        return write_one_as_csv(output, &listed, stream, error);
    case EXPLAIN_JSON:
        terminal_print_data();
        return write_one_as_json(output, &listed, stream, error);
    case EXPLAIN_TABLE:
        break;
    }
    PEREBOR_TRY(done, explain_terms_write(output->terms, &data, true, stream, error));
    if (change->space.n_domains > 0) {
        column_text_write_change(stream, change->unseen, &change->found, &change->space,
                                 change->values, dataset, listed.row, change->threshold,
                                 words_of(output->terms));
    }
done:
    return status;
}
