// SPDX-License-Identifier: MIT
#include "report/explanation_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/words.h"

enum { text_size = 256 };

/** Below this a correlation is no direction. */
static const double clear_direction = 0.3;

void explanation_name_row(const perebor_dataset *dataset, uint32_t row, char *text, size_t size) {
    if (dataset->ids != NULL) {
        (void)snprintf(text, size, "%s", dataset->ids[row]);
    } else {
        (void)snprintf(text, size, "%" PRIu32,
                       dataset->source_rows == NULL ? row : dataset->source_rows[row]);
    }
}

void explanation_format_value(const perebor_column *column, double value, const char *missing,
                              char *text, size_t size) {
    if (isnan(value)) {
        (void)snprintf(text, size, "%s", missing);
    } else if (column->role != PEREBOR_ROLE_NUMERIC && value >= 0.0 &&
               value < (double)column->n_levels) {
        (void)snprintf(text, size, "%s", column->levels[(size_t)value]);
    } else {
        (void)snprintf(text, size, "%.6g", value);
    }
}

static int by_size(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/** The most frequent of sorted values, of several the smallest. */
static double most_frequent(const double *sorted, size_t n) {
    double best = sorted[0];
    size_t most = 0, run = 0;
    for (size_t i = 0; i < n; i++) {
        run = i > 0 && sorted[i] == sorted[i - 1] ? run + 1 : 1;
        if (run > most) {
            most = run;
            best = sorted[i];
        }
    }
    return best;
}

/** What a column is in the background: the lower median, or the most frequent level. */
static double usual_value(const explanation *explanation, const perebor_column *column,
                          double *room) {
    size_t n = 0;
    for (size_t i = 0; i < explanation->n_background; i++) {
        double value = column->values[explanation->background[i]];
        if (!isnan(value)) {
            room[n++] = value;
        }
    }
    if (n == 0) {
        return NAN;
    }
    qsort(room, n, sizeof *room, by_size);
    return column->role == PEREBOR_ROLE_NOMINAL ? most_frequent(room, n) : room[(n - 1) / 2];
}

/** The names of the columns that are no players. */
static void write_unused(FILE *stream, const explained_data *data, const explain_words *words) {
    const explanation *explanation = data->explanation;
    char names[16 * text_size] = "";
    size_t used = 0, at = 0;
    for (size_t i = 0; i < data->dataset->n_columns; i++) {
        if (at < explanation->n_players && explanation->players[at] == i) {
            at++;
        } else if (used < sizeof names) {
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                     used > 0 ? ", " : "", data->dataset->columns[i].name);
        }
    }
    if (used > 0) {
        const words_gap gaps[] = {{"columns", names}, {NULL, NULL}};
        words_write(stream, words->unused, gaps);
    }
}

/** Which game was played, on which scale, and how. */
static void write_terms(FILE *stream, const explained_data *data, const explain_words *words) {
    const explanation *explanation = data->explanation;
    char background[32], training[32], error[32], baseline[32], p[32], gap[32], grain[32];
    (void)snprintf(background, sizeof background, "%zu", explanation->n_background);
    (void)snprintf(training, sizeof training, "%zu", data->n_training);
    (void)snprintf(error, sizeof error, "%.3g", explanation->standard_error);
    (void)snprintf(baseline, sizeof baseline, "%.6f", explanation->baseline);
    (void)snprintf(p, sizeof p, "%.4f", explanation->baseline_probability);
    (void)snprintf(gap, sizeof gap, "%.0e", explanation->largest_gap);
    (void)snprintf(grain, sizeof grain, "%.2g", explanation->grain);
    const words_gap gaps[] = {{"background", background},
                              {"training", training},
                              {"error", error},
                              {"baseline", baseline},
                              {"p", p},
                              {"positive", data->dataset->positive_name},
                              {"gap", gap},
                              {"grain", grain},
                              {NULL, NULL}};
    words_write(stream, words->game[explanation->terms.options.game], gaps);
    words_write(stream, data->votes ? words->votes : words->scale[explanation->terms.options.scale],
                gaps);
    words_write(stream, explanation->exact ? words->exact : words->drawn, gaps);
    words_write(stream, words->baseline, gaps);
    if (explanation->grain > 0.0) {
        words_write(stream, words->rounded, gaps);
    }
}

static const char *direction_words(const explanation_column *column, bool nominal,
                                   const explain_words *words) {
    return nominal                                ? words->by_level
           : isnan(column->direction)             ? "-"
           : column->direction > clear_direction  ? words->more_raises
           : column->direction < -clear_direction ? words->more_lowers
                                                  : words->both_ways;
}

perebor_status explanation_write_columns(FILE *stream, const explained_data *data,
                                         const explain_words *words, perebor_error *error) {
    const explanation *explanation = data->explanation;
    char rows[32], columns[32];
    size_t n = explanation->n_players, width = words_count_characters(words->heading_column);
    explanation_column *ranked = calloc(n + 1, sizeof *ranked);
    if (ranked == NULL) {
        return perebor_no_memory(error, "to rank %zu columns", n);
    }
    explanation_rank(explanation, data->dataset, ranked);
    (void)snprintf(rows, sizeof rows, "%zu", explanation->n_rows);
    (void)snprintf(columns, sizeof columns, "%zu", n);
    const words_gap gaps[] = {{"rows", rows}, {"columns", columns}, {NULL, NULL}};
    words_write(stream, words->stage, gaps);
    write_terms(stream, data, words);
    for (size_t i = 0; i < n; i++) {
        size_t own = words_count_characters(data->dataset->columns[explanation->players[i]].name);
        width = own > width ? own : width;
    }
    fputs("  ", stream);
    words_write_padded(stream, words->heading_column, width + 2);
    words_write_padded(stream, words->heading_effect, 15);
    fprintf(stream, "%s\n", words->heading_direction);
    for (size_t i = 0; i < n; i++) {
        uint32_t column = explanation->players[ranked[i].player];
        char effect[32];
        (void)snprintf(effect, sizeof effect, "%.6f", ranked[i].mean_absolute);
        fputs("  ", stream);
        words_write_padded(stream, data->dataset->columns[column].name, width + 2);
        words_write_padded(stream, effect, strlen(effect) < 15 ? 15 : strlen(effect) + 2);
        bool nominal = data->dataset->columns[column].role == PEREBOR_ROLE_NOMINAL;
        fprintf(stream, "%s\n", direction_words(&ranked[i], nominal, words));
    }
    write_unused(stream, data, words);
    free(ranked);
    return PEREBOR_OK;
}

/** A reason: a player and what it does. */
typedef struct reason {
    double value;
    size_t player;
} reason;

static int by_strength(const void *left, const void *right) {
    const reason *a = left, *b = right;
    double one = fabs(a->value), other = fabs(b->value);
    return one != other ? (one > other ? -1 : 1)
                        : (a->player > b->player) - (a->player < b->player);
}

/** One reason as a sentence. */
static void write_reason(FILE *stream, const explained_data *data, size_t place, size_t rank,
                         const reason *reason, double *room, const explain_words *words) {
    const explanation *explanation = data->explanation;
    const perebor_column *column = &data->dataset->columns[explanation->players[reason->player]];
    char number[32], value[text_size], usual[text_size], size[32], deviation[32];
    char uncertain[64] = "";
    double error = explanation->errors[place * explanation->n_players + reason->player];
    (void)snprintf(number, sizeof number, "%3zu", rank);
    explanation_format_value(column, column->values[explanation->rows[place]], words->missing,
                             value, sizeof value);
    explanation_format_value(column, usual_value(explanation, column, room), words->missing, usual,
                             sizeof usual);
    (void)snprintf(size, sizeof size, "%.6f", fabs(reason->value));
    (void)snprintf(deviation, sizeof deviation, "%.6f", error);
    if (!explanation->exact) {
        (void)snprintf(uncertain, sizeof uncertain, " ± %s", deviation);
    }
    const words_gap gaps[] = {{"rank", number}, {"column", column->name}, {"value", value},
                              {"usual", usual}, {"size", size},           {"error", uncertain},
                              {NULL, NULL}};
    words_write(stream,
                reason->value > 0.0   ? words->raises
                : reason->value < 0.0 ? words->lowers
                                      : words->no_effect,
                gaps);
}

/** Baseline + sum of reasons = score. */
static void write_sum(FILE *stream, const explanation *explanation, size_t place,
                      const explain_words *words) {
    char before[32], values[32], after[32];
    bool by_score = explanation->terms.options.scale == EXPLAIN_SCORE;
    double sum = 0.0;
    for (size_t player = 0; player < explanation->n_players; player++) {
        sum += explanation->values[place * explanation->n_players + player];
    }
    (void)snprintf(before, sizeof before, "%.6f", explanation->baseline);
    (void)snprintf(values, sizeof values, "%+.6f", sum);
    (void)snprintf(after, sizeof after, "%.6f",
                   by_score ? explanation->scores[place] : explanation->probabilities[place]);
    const words_gap gaps[] = {
        {"before", before}, {"values", values}, {"after", after}, {NULL, NULL}};
    words_write(stream, words->sum, gaps);
}

perebor_status explanation_write_row(FILE *stream, const explained_data *data, size_t place,
                                     const explain_words *words, perebor_error *error) {
    const explanation *explanation = data->explanation;
    size_t n = explanation->n_players;
    char name[text_size], before[32], after[32];
    reason *reasons = calloc(n + 1, sizeof *reasons);
    double *room = calloc(explanation->n_background + 1, sizeof *room);
    if (reasons == NULL || room == NULL) {
        free(reasons);
        free(room);
        return perebor_no_memory(error, "to rank %zu reasons", n);
    }
    explanation_name_row(data->dataset, explanation->rows[place], name, sizeof name);
    (void)snprintf(before, sizeof before, "%.4f", explanation->baseline_probability);
    (void)snprintf(after, sizeof after, "%.4f", explanation->probabilities[place]);
    const char *id_name = data->dataset->ids != NULL ? data->dataset->id_name : words->no_id;
    const words_gap gaps[] = {{"name", id_name},
                              {"id", name},
                              {"after", after},
                              {"before", before},
                              {"positive", data->dataset->positive_name},
                              {NULL, NULL}};
    words_write(stream, words->row, gaps);
    write_terms(stream, data, words);
    for (size_t player = 0; player < n; player++) {
        reasons[player] = (reason){explanation->values[place * n + player], player};
    }
    qsort(reasons, n, sizeof *reasons, by_strength);
    for (size_t i = 0; i < n; i++) {
        write_reason(stream, data, place, i + 1, &reasons[i], room, words);
    }
    write_sum(stream, explanation, place, words);
    write_unused(stream, data, words);
    free(reasons);
    free(room);
    return PEREBOR_OK;
}
