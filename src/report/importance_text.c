// SPDX-License-Identifier: MIT
#include "report/importance_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "explain/importance_table.h"
#include "report/words.h"

enum { text_size = 256, figure_width = 27 };

/** Below this a correlation is no direction. */
static const double clear_direction = 0.3;

/** The group's arrays. */
typedef struct importance_arrays {
    const perebor_dataset *dataset;
    const column_words *words;
    size_t n, n_sets;
    const double *figures[IMPORTANCE_KINDS][3];                /**< [n_sets] value, low, high. */
    const double *explained, *association, *share, *direction; /**< [n] */
    const char *const *partner;                                /**< [n] */
    const int64_t *order;                                      /**< [n] */
    const int8_t *verdict;                                     /**< [n] */
    const int8_t *member;                                      /**< [n_sets][n] */
    const double *agreement;
    size_t n_disputes;
    const int64_t *dispute[5]; /**< [n_disputes] column, more, less, rank_more, rank_less */
} importance_arrays;

static size_t length_of(const h5_node *group, const char *name) {
    const h5_node *node = h5_find(group, name);
    return node != NULL && node->array.n_dimensions > 0 ? node->array.dimensions[0] : 0;
}

/** Elements of a matrix of that shape; NULL if it is none. */
static const void *matrix(const h5_node *group, const char *name, h5_kind kind, size_t n_rows,
                          size_t n_columns) {
    const h5_node *node = h5_find(group, name);
    bool fits = node != NULL && node->array.kind == kind && node->array.n_dimensions == 2 &&
                node->array.dimensions[0] == n_rows && node->array.dimensions[1] == n_columns;
    return fits ? node->array.data : NULL;
}

static bool find_figures(importance_arrays *arrays, const h5_node *group) {
    static const char *const ends[] = {"", "_low", "_high"};
    bool whole = true;
    for (size_t i = 0; i < (size_t)IMPORTANCE_KINDS * 3; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s%s", importance_kind_names[i / 3], ends[i % 3]);
        const double *found = h5_row(group, name, H5_DOUBLE, arrays->n_sets);
        arrays->figures[i / 3][i % 3] = found;
        whole = whole && found != NULL;
    }
    return whole;
}

static bool find_disputes(importance_arrays *arrays, const h5_node *group) {
    static const char *const names[] = {"dispute/column", "dispute/more", "dispute/less",
                                        "dispute/rank_more", "dispute/rank_less"};
    bool whole = true;
    arrays->n_disputes = length_of(group, names[0]);
    for (size_t field = 0; field < 5; field++) {
        arrays->dispute[field] = h5_row(group, names[field], H5_INT64, arrays->n_disputes);
        whole = whole && arrays->dispute[field] != NULL;
    }
    for (size_t i = 0; whole && i < arrays->n_disputes; i++) {
        whole = arrays->dispute[0][i] >= 0 && (size_t)arrays->dispute[0][i] < arrays->n &&
                arrays->dispute[1][i] >= 0 && arrays->dispute[1][i] < IMPORTANCE_KINDS &&
                arrays->dispute[2][i] >= 0 && arrays->dispute[2][i] < IMPORTANCE_KINDS;
    }
    return whole;
}

static bool find_arrays(importance_arrays *arrays, const h5_node *group) {
    size_t n = arrays->n;
    arrays->n_sets = length_of(group, "set");
    arrays->explained = h5_row(group, "explained", H5_DOUBLE, n);
    arrays->association = h5_row(group, "association", H5_DOUBLE, n);
    arrays->share = h5_row(group, "share", H5_DOUBLE, n);
    arrays->direction = h5_row(group, "direction", H5_DOUBLE, n);
    arrays->partner = h5_row(group, "partner", H5_TEXT, n);
    arrays->order = h5_row(group, "order", H5_INT64, n);
    arrays->verdict = h5_row(group, "verdict", H5_INT8, n);
    arrays->member = matrix(group, "member", H5_INT8, arrays->n_sets, n);
    arrays->agreement = matrix(group, "agreement", H5_DOUBLE, IMPORTANCE_KINDS, IMPORTANCE_KINDS);
    bool whole = arrays->n_sets >= n && arrays->explained != NULL && arrays->association != NULL &&
                 arrays->share != NULL && arrays->direction != NULL && arrays->partner != NULL &&
                 arrays->order != NULL && arrays->verdict != NULL && arrays->member != NULL &&
                 arrays->agreement != NULL && find_figures(arrays, group) &&
                 find_disputes(arrays, group);
    for (size_t i = 0; whole && i < n; i++) {
        whole = arrays->order[i] >= 0 && (size_t)arrays->order[i] < n;
    }
    return whole;
}

static bool has_kind(const importance_arrays *arrays, size_t kind) {
    for (size_t i = 0; i < arrays->n; i++) {
        if (!isnan(arrays->figures[kind][0][i])) {
            return true;
        }
    }
    return false;
}

/** A figure with its interval: "0.0123 [0.0100, 0.0146]". */
static void format_figure(const importance_arrays *arrays, size_t kind, size_t set, char *text,
                          size_t size) {
    double value = arrays->figures[kind][0][set], low = arrays->figures[kind][1][set];
    double high = arrays->figures[kind][2][set];
    if (isnan(value)) {
        (void)snprintf(text, size, "-");
    } else if (isnan(low)) {
        (void)snprintf(text, size, "%.4f", value);
    } else {
        (void)snprintf(text, size, "%.4f [%.4f, %.4f]", value, low, high);
    }
}

static const char *direction_of(const importance_arrays *arrays, size_t column) {
    const column_words *words = arrays->words;
    double direction = arrays->direction[column];
    return arrays->dataset->columns[column].role == PEREBOR_ROLE_NOMINAL ? words->by_level
           : isnan(direction)                                            ? "-"
           : direction > clear_direction                                 ? words->more_raises
           : direction < -clear_direction                                ? words->more_lowers
                                                                         : words->both_ways;
}

static void write_heading(FILE *stream, const importance_arrays *arrays, size_t width) {
    const column_words *words = arrays->words;
    fputs("  ", stream);
    words_write_padded(stream, words->column, width + 2);
    words_write_padded(stream, words->share, 8);
    for (size_t kind = 0; kind < IMPORTANCE_KINDS; kind++) {
        if (has_kind(arrays, kind)) {
            words_write_padded(stream, words->kinds[kind], figure_width);
        }
    }
    words_write_padded(stream, words->explained, 7);
    fprintf(stream, "%s\n", words->direction);
}

static void write_row(FILE *stream, const importance_arrays *arrays, size_t column, size_t width) {
    char text[text_size];
    fputs("  ", stream);
    words_write_padded(stream, arrays->dataset->columns[column].name, width + 2);
    (void)snprintf(text, sizeof text, "%.3f", arrays->share[column]);
    words_write_padded(stream, text, 8);
    for (size_t kind = 0; kind < IMPORTANCE_KINDS; kind++) {
        if (has_kind(arrays, kind)) {
            format_figure(arrays, kind, column, text, sizeof text);
            words_write_padded(stream, text, figure_width);
        }
    }
    (void)snprintf(text, sizeof text, "%.2f", arrays->explained[column]);
    words_write_padded(stream, isnan(arrays->explained[column]) ? "-" : text, 7);
    fprintf(stream, "%s\n", direction_of(arrays, column));
}

static void write_table(FILE *stream, const importance_arrays *arrays) {
    size_t width = words_count_characters(arrays->words->column);
    for (size_t i = 0; i < arrays->n; i++) {
        size_t own = words_count_characters(arrays->dataset->columns[i].name);
        width = own > width ? own : width;
    }
    write_heading(stream, arrays, width);
    for (size_t i = 0; i < arrays->n; i++) {
        write_row(stream, arrays, (size_t)arrays->order[i], width);
    }
}

/** Adds to a list of names that has room for most of them. */
static void add_name(char *names, size_t size, const char *separator, const char *name) {
    size_t used = strlen(names);
    (void)snprintf(names + used, size - used, "%s%s", used > 0 ? separator : "", name);
}

static void write_list(FILE *stream, const importance_arrays *arrays, importance_verdict verdict,
                       const char *sentence) {
    char names[16 * text_size] = "";
    for (size_t i = 0; i < arrays->n; i++) {
        size_t column = (size_t)arrays->order[i];
        if (arrays->verdict[column] == (int8_t)verdict) {
            char one[2 * text_size];
            const char *direction = direction_of(arrays, column);
            bool known = strcmp(direction, "-") != 0;
            (void)snprintf(one, sizeof one, known ? "%s (%s)" : "%s",
                           arrays->dataset->columns[column].name, direction);
            add_name(names, sizeof names, ", ", one);
        }
    }
    const words_gap gaps[] = {{"columns", names[0] != '\0' ? names : arrays->words->none},
                              {NULL, NULL}};
    words_write(stream, sentence, gaps);
}

/** The names of a set's columns, and the weakest of the coefficients that hold them together. */
static void describe_set(const importance_arrays *arrays, size_t set, char *names, size_t size,
                         char spearman[32]) {
    double weakest = INFINITY;
    size_t n = 0, left = 0;
    for (size_t i = 0; i < arrays->n; i++) {
        left += arrays->member[set * arrays->n + i] != 0 ? 1 : 0;
    }
    for (size_t i = 0; i < arrays->n; i++) {
        if (arrays->member[set * arrays->n + i] == 0) {
            continue;
        }
        double own = fabs(arrays->association[i]);
        weakest = own < weakest ? own : weakest;
        add_name(names, size, ++n == left ? arrays->words->and : ", ",
                 arrays->dataset->columns[i].name);
    }
    (void)snprintf(spearman, 32, "%.2f", weakest);
}

/** Whether any kind says that a set matters at all: of columns that the model does not look at,
 * there is nothing to share or to doubt. */
static bool matters(const importance_arrays *arrays, size_t set) {
    for (size_t kind = 0; kind < IMPORTANCE_KINDS; kind++) {
        double value = arrays->figures[kind][0][set];
        if (!isnan(value) && value != 0.0) {
            return true;
        }
    }
    return false;
}

static void write_clusters(FILE *stream, const importance_arrays *arrays) {
    const column_words *words = arrays->words;
    for (size_t set = arrays->n; set < arrays->n_sets; set++) {
        char names[16 * text_size] = "", spearman[32];
        bool first = true;
        if (!matters(arrays, set)) {
            continue;
        }
        describe_set(arrays, set, names, sizeof names, spearman);
        const words_gap gaps[] = {{"columns", names}, {"spearman", spearman}, {NULL, NULL}};
        words_write(stream, words->cluster, gaps);
        for (size_t kind = 0; kind < IMPORTANCE_KINDS; kind++) {
            char figure[text_size];
            if (isnan(arrays->figures[kind][0][set])) {
                continue;
            }
            format_figure(arrays, kind, set, figure, sizeof figure);
            const words_gap own[] = {
                {"kind", words->kinds[kind]}, {"figure", figure}, {NULL, NULL}};
            fputs(first ? "" : ",", stream);
            words_write(stream, words->cluster_kind, own);
            first = false;
        }
        putc('\n', stream);
    }
}

/** Columns that the others explain, with what conditional permutation says. */
static void write_warnings(FILE *stream, const importance_arrays *arrays) {
    for (size_t i = 0; i < arrays->n; i++) {
        char explained[32], permutation[32], conditional[32];
        if (!(arrays->explained[i] > EXPLAIN_EXPLAINED) || !matters(arrays, i)) {
            continue;
        }
        (void)snprintf(explained, sizeof explained, "%.2f", arrays->explained[i]);
        (void)snprintf(permutation, sizeof permutation, "%.4f",
                       arrays->figures[IMPORTANCE_PERMUTATION][0][i]);
        (void)snprintf(conditional, sizeof conditional, "%.4f",
                       arrays->figures[IMPORTANCE_CONDITIONAL][0][i]);
        const words_gap gaps[] = {{"column", arrays->dataset->columns[i].name},
                                  {"explained", explained},
                                  {"partner", arrays->partner[i]},
                                  {"permutation", permutation},
                                  {"conditional", conditional},
                                  {NULL, NULL}};
        words_write(stream, arrays->words->warning, gaps);
        if (!isnan(arrays->figures[IMPORTANCE_CONDITIONAL][0][i])) {
            words_write(stream, arrays->words->conditional, gaps);
        }
        putc('\n', stream);
    }
}

static void write_agreement(FILE *stream, const importance_arrays *arrays) {
    const column_words *words = arrays->words;
    for (size_t i = 0; i < (size_t)IMPORTANCE_KINDS * IMPORTANCE_KINDS; i++) {
        size_t one = i / IMPORTANCE_KINDS, other = i % IMPORTANCE_KINDS;
        char value[32];
        if (one >= other || isnan(arrays->agreement[i])) {
            continue;
        }
        (void)snprintf(value, sizeof value, "%.2f", arrays->agreement[i]);
        const words_gap gaps[] = {{"one", words->in_words[one]},
                                  {"other", words->in_words[other]},
                                  {"value", value},
                                  {NULL, NULL}};
        words_write(stream, words->agreement, gaps);
    }
}

/** Why two kinds may disagree: others know the column, or it moves scores without their order. */
static const char *reason_of(const importance_arrays *arrays, size_t column, int64_t more,
                             int64_t less) {
    if (less == IMPORTANCE_DROP_COLUMN && arrays->explained[column] > 0.25) {
        return arrays->words->others_know;
    }
    return more == IMPORTANCE_SHAPLEY ? arrays->words->order_stays : "";
}

static void write_disputes(FILE *stream, const importance_arrays *arrays) {
    const column_words *words = arrays->words;
    for (size_t i = 0; i < arrays->n_disputes; i++) {
        size_t column = (size_t)arrays->dispute[0][i];
        int64_t more = arrays->dispute[1][i], less = arrays->dispute[2][i];
        char rank_more[32], rank_less[32], explained[32];
        (void)snprintf(rank_more, sizeof rank_more, "%" PRId64, arrays->dispute[3][i]);
        (void)snprintf(rank_less, sizeof rank_less, "%" PRId64, arrays->dispute[4][i]);
        (void)snprintf(explained, sizeof explained, "%.2f", arrays->explained[column]);
        const words_gap gaps[] = {{"column", arrays->dataset->columns[column].name},
                                  {"rank_more", rank_more},
                                  {"rank_less", rank_less},
                                  {"kind_more", words->in_words[more]},
                                  {"kind_less", words->in_words[less]},
                                  {"explained", explained},
                                  {"partner", arrays->partner[column]},
                                  {NULL, NULL}};
        words_write(stream, words->dispute, gaps);
        words_write(stream, reason_of(arrays, column, more, less), gaps);
        putc('\n', stream);
    }
}

perebor_status importance_text_write(FILE *stream, const h5_node *group,
                                     const perebor_dataset *dataset, const column_words *words,
                                     perebor_error *error) {
    importance_arrays arrays = {.dataset = dataset, .words = words, .n = dataset->n_columns};
    const char *metric = h5_find_text(group, "metric");
    if (metric == NULL || !find_arrays(&arrays, group)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "/explain/importance is not as it should be");
    }
    const words_gap gaps[] = {{"metric", metric}, {NULL, NULL}};
    words_write(stream, words->importance, gaps);
    write_table(stream, &arrays);
    write_list(stream, &arrays, IMPORTANCE_STRONG, words->strong);
    write_list(stream, &arrays, IMPORTANCE_WEAK, words->weak);
    write_clusters(stream, &arrays);
    write_warnings(stream, &arrays);
    write_agreement(stream, &arrays);
    write_disputes(stream, &arrays);
    return PEREBOR_OK;
}
