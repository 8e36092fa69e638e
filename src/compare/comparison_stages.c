// SPDX-License-Identifier: MIT
#include "compare/comparison_stages.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cluster/agreement.h"
#include "compare/comparison.h"
#include "h5/file_tree.h"
#include "statistics/correlation.h"
#include "store/stage.h"

/** A stage of both files. */
typedef struct two_groups {
    const h5_node *group[2];
    bool is_asked;
    comparison_sentence why_not; /**< Nothing: both are current. */
} two_groups;

static two_groups find_groups(const comparison_pair *pair, const comparison *comparison,
                              const char *stage, const char *command, comparison_memory *memory) {
    two_groups found = {0};
    const size_t at[2] = {pair->a, pair->b};
    for (size_t i = 0; i < 2; i++) {
        const perebor_result *result = comparison->searches[at[i]].result;
        found.group[i] = result == NULL ? NULL : stage_find(result, stage);
        found.is_asked = found.is_asked || found.group[i] != NULL;
        bool current = found.group[i] != NULL && stage_is_current(result, stage);
        if (!current && found.why_not.in[0] == NULL) {
            found.why_not = comparison_say(memory, "%c has no current /%s: 'perebor %s' makes it",
                                           "у %c нет свежей /%s: её сделает «perebor %s»",
                                           comparison->summaries[at[i]].label, stage, command);
        }
    }
    return found;
}

/** The length of a row of texts; 0 if it is none. */
static size_t count_texts(const h5_node *group, const char *path) {
    const h5_node *node = h5_find(group, path);
    return node == NULL || node->type != H5_DATASET || node->array.kind != H5_TEXT ||
                   node->array.n_dimensions != 1
               ? 0
               : node->array.dimensions[0];
}

/** Mean absolute Shapley values of the columns of a file, as shares; NULL if there are none. */
static const char *const *read_importance(const h5_node *group, comparison_memory *memory,
                                          double **shares, size_t *n) {
    *n = count_texts(group, "column");
    const char *const *names = h5_row(group, "column", H5_TEXT, *n);
    const h5_node *values = h5_find(group, "value");
    *shares = perebor_arena_allocate(&memory->arena, *n + 1, sizeof **shares);
    memory->failed = memory->failed || *shares == NULL;
    if (names == NULL || values == NULL || *shares == NULL || values->type != H5_DATASET ||
        values->array.kind != H5_DOUBLE || values->array.n_dimensions != 2 ||
        values->array.dimensions[1] != *n) {
        return NULL;
    }
    const double *value = values->array.data;
    double total = 0.0;
    for (size_t row = 0; row < values->array.dimensions[0]; row++) {
        for (size_t i = 0; i < *n; i++) {
            (*shares)[i] += fabs(value[row * *n + i]);
        }
    }
    for (size_t i = 0; i < *n; i++) {
        total += (*shares)[i];
    }
    for (size_t i = 0; total > 0.0 && i < *n; i++) {
        (*shares)[i] /= total;
    }
    return names;
}

static int by_share(const void *left, const void *right) {
    const comparison_column *a = left, *b = right;
    return a->a != b->a   ? (a->a < b->a) - (a->a > b->a)
           : a->b != b->b ? (a->b < b->b) - (a->b > b->b)
                          : strcmp(a->name, b->name);
}

/** Ranks of the shares from 1, the greatest first, and their correlation. */
static perebor_status rank_columns(comparison_importance *importance, perebor_error *error) {
    perebor_status status;
    size_t n = importance->n;
    double *values = calloc(4 * n + 1, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "to compare columns");
    }
    for (size_t i = 0; i < n; i++) {
        values[i] = -importance->items[i].a;
        values[n + i] = -importance->items[i].b;
    }
    PEREBOR_TRY(done, perebor_average_ranks(values + 2 * n, values, n, error));
    PEREBOR_TRY(done, perebor_average_ranks(values + 3 * n, values + n, n, error));
    for (size_t i = 0; i < n; i++) {
        importance->items[i].rank_a = values[2 * n + i];
        importance->items[i].rank_b = values[3 * n + i];
    }
    status = perebor_spearman(&importance->spearman, values, values + n, n, error);
done:
    free(values);
    return status;
}

static perebor_status compare_importance(comparison_importance *importance,
                                         const comparison_pair *pair, const comparison *comparison,
                                         comparison_memory *memory, perebor_error *error) {
    two_groups found = find_groups(pair, comparison, "explain", "explain", memory);
    const char *const *names[2] = {NULL, NULL};
    double *shares[2];
    size_t n[2];
    *importance = (comparison_importance){
        .is_asked = found.is_asked, .why_not = found.why_not, .spearman = NAN};
    for (size_t i = 0; found.why_not.in[0] == NULL && i < 2; i++) {
        names[i] = read_importance(found.group[i], memory, &shares[i], &n[i]);
    }
    if (found.why_not.in[0] != NULL || names[0] == NULL || names[1] == NULL) {
        importance->why_not = found.why_not.in[0] != NULL
                                  ? found.why_not
                                  : COMPARISON_WORDS("a file has no Shapley values of its rows",
                                                     "в файле нет значений Шепли по строкам");
        return PEREBOR_OK;
    }
    importance->items =
        perebor_arena_allocate(&memory->arena, n[0] + n[1] + 1, sizeof *importance->items);
    if (importance->items == NULL) {
        return perebor_no_memory(error, "to compare columns");
    }
    for (size_t i = 0; i < n[0]; i++) {
        importance->items[importance->n++] =
            (comparison_column){.name = names[0][i], .a = shares[0][i]};
    }
    for (size_t j = 0; j < n[1]; j++) {
        size_t at = 0;
        while (at < n[0] && strcmp(names[0][at], names[1][j]) != 0) {
            at++;
        }
        if (at == n[0]) { // a column that the first model does not look at
            at = importance->n++;
            importance->items[at] = (comparison_column){.name = names[1][j]};
        }
        importance->items[at].b = shares[1][j];
    }
    qsort(importance->items, importance->n, sizeof *importance->items, by_share);
    return rank_columns(importance, error);
}

/** Customers of a file: who they are, and the name of what each is put into. */
typedef struct placed_rows {
    size_t n;
    const char *const *ids;   /**< NULL: the file has none. */
    const char *const *names; /**< [n_names] */
    size_t n_names;
    const int32_t *places; /**< [n] of names, below 0 or not of them: none */
} placed_rows;

static bool read_rows(placed_rows *rows, const h5_node *group, const char *names,
                      const char *places) {
    const h5_node *node = h5_find(group, places);
    size_t n = node == NULL || node->type != H5_DATASET || node->array.n_dimensions != 1
                   ? 0
                   : node->array.dimensions[0];
    rows->n = n;
    rows->n_names = count_texts(group, names);
    rows->names = h5_row(group, names, H5_TEXT, rows->n_names);
    rows->places = h5_row(group, places, H5_INT32, n);
    rows->ids =
        count_texts(group, "customers/id") == n ? h5_row(group, "customers/id", H5_TEXT, n) : NULL;
    return n > 0 && rows->names != NULL && rows->places != NULL;
}

/** An identifier and its row. */
typedef struct known_row {
    const char *id;
    size_t row;
} known_row;

static int by_id(const void *left, const void *right) {
    const known_row *a = left, *b = right;
    int order = strcmp(a->id, b->id);
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static known_row *sort_rows(const placed_rows *rows) {
    known_row *sorted = calloc(rows->n + 1, sizeof *sorted);
    for (size_t row = 0; sorted != NULL && row < rows->n; row++) {
        sorted[row] = (known_row){rows->ids[row], row};
    }
    if (sorted != NULL) {
        qsort(sorted, rows->n, sizeof *sorted, by_id);
    }
    return sorted;
}

/** The rows that both have: [n] pairs, of which the first counts where an identifier is repeated.
 */
typedef struct row_pairs {
    size_t (*rows)[2];
    size_t n;
} row_pairs;

static perebor_status match_rows(row_pairs *matched, const placed_rows rows[2], bool by_place,
                                 perebor_error *error) {
    known_row *sorted[2] = {NULL, NULL};
    perebor_status status = PEREBOR_OK;
    size_t most = rows[0].n < rows[1].n ? rows[0].n : rows[1].n;
    matched->rows = calloc(most + 1, sizeof *matched->rows);
    for (size_t i = 0; !by_place && i < 2; i++) {
        sorted[i] = sort_rows(&rows[i]);
    }
    if (matched->rows == NULL || (!by_place && (sorted[0] == NULL || sorted[1] == NULL))) {
        status = perebor_no_memory(error, "to compare customers");
        goto done;
    }
    for (size_t row = 0; by_place && row < most; row++) {
        matched->rows[row][0] = matched->rows[row][1] = row;
        matched->n = row + 1;
    }
    for (size_t i = 0, j = 0; !by_place && i < rows[0].n && j < rows[1].n;) {
        int order = strcmp(sorted[0][i].id, sorted[1][j].id);
        if (order == 0) {
            matched->rows[matched->n][0] = sorted[0][i].row;
            matched->rows[matched->n][1] = sorted[1][j].row;
            matched->n += 1;
        }
        i += order <= 0 ? 1 : 0;
        j += order >= 0 ? 1 : 0;
    }
done:
    free(sorted[0]);
    free(sorted[1]);
    return status;
}

/** The name of a row's place; "" for none, or for the first, which stands for all rows. */
static const char *name_at(const placed_rows *rows, size_t row, bool first_is_none) {
    int32_t place = rows->places[row];
    bool none = place < 0 || (size_t)place >= rows->n_names || (first_is_none && place == 0);
    return none ? "" : rows->names[place];
}

/** Counts a move; only whoever is among the greatest is kept at the end. */
static void keep_moves(comparison_partition *partition, const comparison_move *all, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t at =
            partition->n_moves < COMPARISON_MOST_MOVES ? partition->n_moves : COMPARISON_MOST_MOVES;
        while (at > 0 && partition->moves[at - 1].n < all[i].n) {
            if (at < COMPARISON_MOST_MOVES) {
                partition->moves[at] = partition->moves[at - 1];
            }
            at--;
        }
        if (at < COMPARISON_MOST_MOVES) {
            partition->moves[at] = all[i];
            partition->n_moves += partition->n_moves < COMPARISON_MOST_MOVES;
        }
    }
}

static perebor_status count_moves(comparison_partition *partition, const placed_rows rows[2],
                                  const row_pairs *matched, bool first_is_none,
                                  perebor_error *error) {
    // A place for none, before those that the file has.
    size_t n_from = rows[0].n_names + 1, n_to = rows[1].n_names + 1, n = 0;
    size_t *counts = calloc(n_from * n_to, sizeof *counts);
    comparison_move *moves = calloc(n_from * n_to, sizeof *moves);
    if (counts == NULL || moves == NULL) {
        free(counts);
        free(moves);
        return perebor_no_memory(error, "to compare customers");
    }
    for (size_t i = 0; i < matched->n; i++) {
        size_t at[2];
        for (size_t k = 0; k < 2; k++) {
            const char *name = name_at(&rows[k], matched->rows[i][k], first_is_none);
            at[k] = *name == '\0' ? 0 : (size_t)rows[k].places[matched->rows[i][k]] + 1;
        }
        counts[at[0] * n_to + at[1]] += 1;
    }
    for (size_t i = 0; i < n_from * n_to; i++) {
        const char *from = i / n_to == 0 ? "" : rows[0].names[i / n_to - 1];
        const char *to = i % n_to == 0 ? "" : rows[1].names[i % n_to - 1];
        if (counts[i] > 0 && strcmp(from, to) != 0) {
            partition->n_changed += counts[i];
            moves[n++] = (comparison_move){from, to, counts[i]};
        }
    }
    keep_moves(partition, moves, n);
    free(counts);
    free(moves);
    return PEREBOR_OK;
}

static perebor_status find_rand(comparison_partition *partition, const placed_rows rows[2],
                                const row_pairs *matched, perebor_error *error) {
    uint32_t *labels = calloc(2 * matched->n + 1, sizeof *labels);
    if (labels == NULL) {
        return perebor_no_memory(error, "to compare customers");
    }
    for (size_t i = 0; i < matched->n; i++) {
        for (size_t k = 0; k < 2; k++) {
            int32_t place = rows[k].places[matched->rows[i][k]];
            bool known = place >= 0 && (size_t)place < rows[k].n_names;
            labels[k * matched->n + i] = known ? (uint32_t)place : 0;
        }
    }
    perebor_status status =
        cluster_adjusted_rand(&partition->adjusted_rand, labels, rows[0].n_names,
                              labels + matched->n, rows[1].n_names, matched->n, error);
    free(labels);
    return status;
}

/** What a stage is, and where it has names and the places of rows. */
typedef struct partition_source {
    const char *stage, *names, *places;
    bool is_segments; /**< The first name is that of all rows. */
} partition_source;

static perebor_status compare_partition(comparison_partition *partition,
                                        const comparison_pair *pair, const comparison *comparison,
                                        const partition_source *source, comparison_memory *memory,
                                        perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const char *command = source->is_segments ? "segment" : "offers";
    two_groups found = find_groups(pair, comparison, source->stage, command, memory);
    placed_rows rows[2] = {{0}};
    row_pairs matched = {0};
    *partition = (comparison_partition){
        .is_asked = found.is_asked, .why_not = found.why_not, .adjusted_rand = NAN};
    for (size_t i = 0; partition->why_not.in[0] == NULL && i < 2; i++) {
        if (!read_rows(&rows[i], found.group[i], source->names, source->places)) {
            partition->why_not =
                COMPARISON_WORDS("a file says nothing of its rows", "в файле ничего нет о строках");
        }
    }
    bool has_ids = rows[0].ids != NULL && rows[1].ids != NULL;
    if (partition->why_not.in[0] == NULL && !has_ids &&
        pair->checks[COMPARISON_ROWS].agreement != COMPARISON_SAME) {
        partition->why_not = COMPARISON_WORDS("the rows have no identifiers, and are not the same",
                                              "у строк нет идентификаторов, и они разные");
    }
    if (partition->why_not.in[0] != NULL) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, match_rows(&matched, rows, !has_ids, error));
    partition->n = matched.n;
    if (matched.n == 0) {
        partition->why_not = COMPARISON_WORDS("no row is in both files", "общих строк нет");
        goto done;
    }
    PEREBOR_TRY(done, count_moves(partition, rows, &matched, source->is_segments, error));
    if (source->is_segments) {
        status = find_rand(partition, rows, &matched, error);
    }
done:
    free(matched.rows);
    return status;
}

perebor_status comparison_compare_stages(comparison_pair *pair, const comparison *comparison,
                                         comparison_memory *memory, perebor_error *error) {
    static const partition_source segments = {"segments", "segment/name", "customers/cell", true};
    static const partition_source offers = {"offers", "offer/name", "customers/offer", false};
    perebor_status status;
    PEREBOR_TRY(done,
                compare_importance(&pair->stages.importance, pair, comparison, memory, error));
    PEREBOR_TRY(done, compare_partition(&pair->stages.segments, pair, comparison, &segments, memory,
                                        error));
    PEREBOR_TRY(done,
                compare_partition(&pair->stages.offers, pair, comparison, &offers, memory, error));
done:
    return status;
}
