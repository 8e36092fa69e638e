// SPDX-License-Identifier: MIT
#include "report/column_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "report/explanation_text.h"
#include "report/importance_text.h"
#include "report/words.h"

enum { text_size = 256, shown_pairs = 10 };

static const char *scale_of(const h5_node *group, const column_words *words) {
    const char *scale = h5_find_text(group, "scale");
    return words->scale[scale != NULL && strcmp(scale, "probability") == 0 ? 1 : 0];
}

static void write_count(char text[32], const h5_node *group, const char *name) {
    const h5_attribute *found = h5_find_attribute(group, name);
    bool is_count =
        found != NULL && found->value.kind == H5_UINT64 && found->value.n_dimensions == 0;
    (void)snprintf(text, 32, "%" PRIu64, is_count ? *(const uint64_t *)found->value.data : 0);
}

static perebor_status refuse(const char *group, perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "/explain/%s is not as it should be", group);
}

/** One column's curve in a line. @param[in] figures  low, high, low_value, high_value */
static void write_shape(FILE *stream, const perebor_column *column, const double figures[4],
                        const column_words *words) {
    char low[text_size], high[text_size], low_value[32], high_value[32];
    explanation_format_value(column, figures[0], "", low, sizeof low);
    explanation_format_value(column, figures[1], "", high, sizeof high);
    (void)snprintf(low_value, sizeof low_value, "%.3f", figures[2]);
    (void)snprintf(high_value, sizeof high_value, "%.3f", figures[3]);
    const words_gap gaps[] = {{"column", column->name},   {"low", low},
                              {"low_value", low_value},   {"high", high},
                              {"high_value", high_value}, {NULL, NULL}};
    bool flat = !(figures[3] > figures[2]);
    words_write(stream,
                flat                                   ? words->flat
                : column->role == PEREBOR_ROLE_NOMINAL ? words->shape_level
                                                       : words->shape,
                gaps);
}

static perebor_status write_shapes(FILE *stream, const h5_node *group,
                                   const perebor_dataset *dataset, const column_words *words,
                                   perebor_error *error) {
    static const char *const names[] = {"low", "high", "low_value", "high_value"};
    const double *fields[4];
    char rows[32];
    for (size_t i = 0; i < 4; i++) {
        fields[i] = h5_row(group, names[i], H5_DOUBLE, dataset->n_columns);
        if (fields[i] == NULL) {
            return refuse("shape", error);
        }
    }
    write_count(rows, group, "n_rows");
    const words_gap gaps[] = {{"scale", scale_of(group, words)}, {"rows", rows}, {NULL, NULL}};
    words_write(stream, words->shapes, gaps);
    for (size_t i = 0; i < dataset->n_columns; i++) {
        const double figures[] = {fields[0][i], fields[1][i], fields[2][i], fields[3][i]};
        write_shape(stream, &dataset->columns[i], figures, words);
    }
    return PEREBOR_OK;
}

static perebor_status write_pairs(FILE *stream, const h5_node *group, const column_words *words,
                                  perebor_error *error) {
    const h5_node *node = h5_find(group, "strength");
    size_t n = node != NULL && node->array.n_dimensions == 1 ? node->array.dimensions[0] : 0;
    const char *const *one = h5_row(group, "one", H5_TEXT, n);
    const char *const *other = h5_row(group, "other", H5_TEXT, n);
    const double *strength = h5_row(group, "strength", H5_DOUBLE, n);
    const double *h = h5_row(group, "h", H5_DOUBLE, n);
    const double *shapley = h5_row(group, "shapley", H5_DOUBLE, n);
    char rows[32];
    if (one == NULL || other == NULL || strength == NULL || h == NULL) {
        return refuse("interaction", error);
    }
    write_count(rows, group, "n_rows");
    const words_gap title[] = {{"scale", scale_of(group, words)}, {"rows", rows}, {NULL, NULL}};
    words_write(stream, words->pairs, title);
    for (size_t i = 0; i < n && i < shown_pairs; i++) {
        char rank[32], size[32], share[32], value[32];
        (void)snprintf(rank, sizeof rank, "%2zu", i + 1);
        (void)snprintf(size, sizeof size, "%.4f", strength[i]);
        (void)snprintf(share, sizeof share, "%.2f", h[i]);
        (void)snprintf(value, sizeof value, "%.4f", shapley == NULL ? 0.0 : shapley[i]);
        const words_gap gaps[] = {{"rank", rank},     {"one", one[i]}, {"other", other[i]},
                                  {"strength", size}, {"h", share},    {"value", value},
                                  {NULL, NULL}};
        words_write(stream, words->pair, gaps);
        if (shapley != NULL && !isnan(shapley[i])) {
            words_write(stream, words->pair_shapley, gaps);
        }
        putc('\n', stream);
    }
    return PEREBOR_OK;
}

static perebor_status write_changes(FILE *stream, const h5_node *group, size_t n_rows,
                                    const column_words *words, perebor_error *error) {
    const int8_t *outcome = h5_row(group, "outcome", H5_INT8, n_rows);
    const h5_attribute *threshold = h5_find_attribute(group, "threshold");
    size_t counts[3] = {0};
    char numbers[3][32], limit[32];
    if (outcome == NULL || threshold == NULL || threshold->value.kind != H5_DOUBLE) {
        return refuse("change", error);
    }
    for (size_t row = 0; row < n_rows; row++) {
        if (outcome[row] >= 0 && outcome[row] < 3) {
            counts[outcome[row]]++;
        }
    }
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(numbers[i], sizeof numbers[i], "%zu", counts[i]);
    }
    (void)snprintf(limit, sizeof limit, "%.6g", *(const double *)threshold->value.data);
    const words_gap gaps[] = {{"needless", numbers[SMALLEST_CHANGE_NEEDLESS]},
                              {"found", numbers[SMALLEST_CHANGE_FOUND]},
                              {"none", numbers[SMALLEST_CHANGE_NONE]},
                              {"threshold", limit},
                              {NULL, NULL}};
    words_write(stream, words->changes, gaps);
    return PEREBOR_OK;
}

perebor_status column_text_write(FILE *stream, const h5_node *stage, const perebor_dataset *dataset,
                                 const column_words *words, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const h5_node *importance = h5_find(stage, "importance"), *shape = h5_find(stage, "shape");
    const h5_node *pairs = h5_find(stage, "interaction"), *changes = h5_find(stage, "change");
    if (importance != NULL) {
        PEREBOR_TRY(done, importance_text_write(stream, importance, dataset, words, error));
    }
    if (shape != NULL) {
        PEREBOR_TRY(done, write_shapes(stream, shape, dataset, words, error));
    }
    if (pairs != NULL) {
        PEREBOR_TRY(done, write_pairs(stream, pairs, words, error));
    }
    if (changes != NULL) {
        status = write_changes(stream, changes, dataset->n_rows, words, error);
    }
done:
    return status;
}

/** What becomes of one column, if anything. @return Whether something does. */
static bool write_step(FILE *stream, const perebor_column *column, double from, double to,
                       bool first, const column_words *words) {
    char before[text_size], after[text_size];
    if (isnan(from) || from == to) {
        return false;
    }
    explanation_format_value(column, from, "", before, sizeof before);
    explanation_format_value(column, to, "", after, sizeof after);
    const words_gap gaps[] = {
        {"column", column->name}, {"from", before}, {"to", after}, {NULL, NULL}};
    fputs(first ? "" : ",", stream);
    words_write(stream, words->change_of, gaps);
    return true;
}

void column_text_write_change(FILE *stream, bool unseen, const smallest_change *change,
                              const change_space *space, const double *values,
                              const perebor_dataset *dataset, uint32_t row, double threshold,
                              const column_words *words) {
    char before[32], after[32], limit[32];
    bool first = true;
    (void)snprintf(before, sizeof before, "%.4f", change->probability_before);
    (void)snprintf(after, sizeof after, "%.4f", change->probability);
    (void)snprintf(limit, sizeof limit, "%.6g", threshold);
    const words_gap gaps[] = {{"before", before},
                              {"after", after},
                              {"p", before},
                              {"threshold", limit},
                              {"model", unseen ? words->by_fold : words->by_model},
                              {NULL, NULL}};
    if (change->outcome == SMALLEST_CHANGE_NEEDLESS) {
        words_write(stream, words->change_needless, gaps);
        return;
    }
    if (change->outcome == SMALLEST_CHANGE_NONE) {
        words_write(stream, words->change_none, gaps);
        fputs(change->exact ? words->none_exact : words->none_searched, stream);
        return;
    }
    words_write(stream, words->change_found, gaps);
    for (size_t i = 0; i < space->n_domains; i++) {
        const perebor_column *column = &dataset->columns[space->domains[i].column];
        first = !write_step(stream, column, column->values[row], values[i], first, words) && first;
    }
    fputs(change->exact ? words->exact : words->searched, stream);
}
