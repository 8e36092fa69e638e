// SPDX-License-Identifier: MIT
#include "report/explanation_list.h"

#include <stdlib.h>

#include "base/csv_text.h"

enum { text_size = 256 };

/** The column of a player. */
static const perebor_column *column_of(const explained_data *data, size_t player) {
    return &data->dataset->columns[data->explanation->players[player]];
}

/** A comma and a name with something before it. */
static void write_name(FILE *stream, const char *before, const char *name) {
    char text[2 * text_size];
    (void)snprintf(text, sizeof text, "%s%s", before, name);
    putc(',', stream);
    csv_write_text(stream, text);
}

void explanation_write_csv(FILE *stream, const explained_data *data) {
    const explanation *explanation = data->explanation;
    size_t n = explanation->n_players;
    fputs("id,score,probability,baseline", stream);
    for (size_t player = 0; player < n; player++) {
        write_name(stream, "", column_of(data, player)->name);
        if (!explanation->exact) {
            write_name(stream, "se:", column_of(data, player)->name);
        }
    }
    putc('\n', stream);
    for (size_t row = 0; row < explanation->n_rows; row++) {
        char name[text_size];
        explanation_name_row(data->dataset, explanation->rows[row], name, sizeof name);
        csv_write_text(stream, name);
        csv_write_real(stream, explanation->scores[row]);
        csv_write_real(stream, explanation->probabilities[row]);
        csv_write_real(stream, explanation->baseline);
        for (size_t player = 0; player < n; player++) {
            csv_write_real(stream, explanation->values[row * n + player]);
            if (!explanation->exact) {
                csv_write_real(stream, explanation->errors[row * n + player]);
            }
        }
        putc('\n', stream);
    }
}

static void put_terms(perebor_json *json, const explained_data *data) {
    const explanation *explanation = data->explanation;
    const row_explainer_options *options = &explanation->terms.options;
    perebor_json_put_text(json, "game", explain_game_names[options->game]);
    perebor_json_put_text(json, "scale", explain_scale_names[options->scale]);
    perebor_json_put_text(json, "method", explanation->exact ? "exact" : "drawn orders");
    if (!explanation->exact) {
        perebor_json_put_real(json, "standard_error_enough", explanation->standard_error);
    }
    perebor_json_put_unsigned(json, "n_background", explanation->n_background);
    perebor_json_put_text(json, "positive", data->dataset->positive_name);
    perebor_json_put_real(json, "baseline", explanation->baseline);
    perebor_json_put_real(json, "baseline_probability", explanation->baseline_probability);
    perebor_json_put_real(json, "grain", explanation->grain);
    perebor_json_put_real(json, "largest_gap", explanation->largest_gap);
}

static void put_columns(perebor_json *json, const explained_data *data,
                        const explanation_column *ranked) {
    perebor_json_key(json, "columns");
    perebor_json_begin_array(json);
    for (size_t i = 0; i < data->explanation->n_players; i++) {
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "column", column_of(data, ranked[i].player)->name);
        perebor_json_put_real(json, "mean_absolute", ranked[i].mean_absolute);
        perebor_json_put_real(json, "direction", ranked[i].direction);
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
}

/** The value of a column in a row as the tables have it. */
static void put_value(perebor_json *json, const perebor_column *column, double value) {
    char text[text_size];
    if (column->role == PEREBOR_ROLE_NUMERIC || value != value) {
        perebor_json_put_real(json, "value", value);
    } else {
        explanation_format_value(column, value, "", text, sizeof text);
        perebor_json_put_text(json, "value", text);
    }
}

static void put_row(perebor_json *json, const explained_data *data, size_t row) {
    const explanation *explanation = data->explanation;
    size_t n = explanation->n_players;
    char name[text_size];
    explanation_name_row(data->dataset, explanation->rows[row], name, sizeof name);
    perebor_json_begin_object(json);
    perebor_json_put_text(json, "id", name);
    perebor_json_put_real(json, "score", explanation->scores[row]);
    perebor_json_put_real(json, "probability", explanation->probabilities[row]);
    perebor_json_key(json, "columns");
    perebor_json_begin_array(json);
    for (size_t player = 0; player < n; player++) {
        const perebor_column *column = column_of(data, player);
        perebor_json_begin_object(json);
        perebor_json_put_text(json, "column", column->name);
        put_value(json, column, column->values[explanation->rows[row]]);
        perebor_json_put_real(json, "shapley", explanation->values[row * n + player]);
        if (!explanation->exact) {
            perebor_json_put_real(json, "standard_error", explanation->errors[row * n + player]);
        }
        perebor_json_end_object(json);
    }
    perebor_json_end_array(json);
    perebor_json_end_object(json);
}

perebor_status explanation_put_json(perebor_json *json, const explained_data *data,
                                    perebor_error *error) {
    const explanation *explanation = data->explanation;
    explanation_column *ranked = calloc(explanation->n_players + 1, sizeof *ranked);
    if (ranked == NULL) {
        return perebor_no_memory(error, "to write an explanation");
    }
    explanation_rank(explanation, data->dataset, ranked);
    put_terms(json, data);
    put_columns(json, data, ranked);
    perebor_json_key(json, "rows");
    perebor_json_begin_array(json);
    for (size_t row = 0; row < explanation->n_rows; row++) {
        put_row(json, data, row);
    }
    perebor_json_end_array(json);
    free(ranked);
    return PEREBOR_OK;
}
