// SPDX-License-Identifier: MIT
#include "report/column_list.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/try.h"
#include "explain/importance_table.h"
#include "report/change_list.h"
#include "report/explanation_text.h"
#include "report/list_table.h"

enum { text_size = 256 };

const char *const column_listing_names[] = {"importance", "shapes", "interactions", "changes",
                                            NULL};

static const char *const group_names[] = {"importance", "shape", "interaction", "change"};

static perebor_status refuse(column_listing listing, perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_FORMAT,
                        "/explain/%s is not as it should be: run 'perebor explain' again",
                        group_names[listing]);
}

static size_t length_of(const h5_node *group, const char *name, size_t dimension) {
    const h5_node *node = h5_find(group, name);
    return node != NULL && node->array.n_dimensions > dimension ? node->array.dimensions[dimension]
                                                                : 0;
}

/** Adds the first @p n rows of a dataset of reals or of text under its own name. */
static bool copy_field(list_table *table, const h5_node *group, const char *name, h5_kind kind,
                       size_t n) {
    if (kind == H5_TEXT) {
        const char *const *from = h5_row(group, name, kind, n);
        const char **into = list_table_texts(table, name);
        for (size_t i = 0; from != NULL && into != NULL && i < n; i++) {
            into[i] = from[i];
        }
        return from != NULL;
    }
    const double *from = h5_row(group, name, kind, n);
    double *into = list_table_numbers(table, LIST_REAL, name);
    if (from != NULL && into != NULL) {
        memcpy(into, from, n * sizeof *into);
    }
    return from != NULL;
}

/** Verdicts and clusters of single columns, and the places of columns by importance. */
static bool list_verdicts(list_table *table, const h5_node *group, size_t n) {
    const int64_t *cluster = h5_row(group, "cluster", H5_INT64, n);
    const int64_t *order = h5_row(group, "order", H5_INT64, n);
    const int8_t *verdict = h5_row(group, "verdict", H5_INT8, n);
    double *clusters = list_table_numbers(table, LIST_WHOLE, "cluster");
    double *ranks = list_table_numbers(table, LIST_WHOLE, "rank");
    const char **verdicts = list_table_texts(table, "verdict");
    if (cluster == NULL || order == NULL || verdict == NULL) {
        return false;
    }
    for (size_t i = 0; clusters != NULL && ranks != NULL && verdicts != NULL && i < n; i++) {
        if (order[i] < 0 || (size_t)order[i] >= n || verdict[i] < 0 ||
            verdict[i] > IMPORTANCE_WEAK) {
            return false;
        }
        clusters[i] = (double)cluster[i];
        ranks[order[i]] = (double)(i + 1);
        verdicts[i] = importance_verdict_names[verdict[i]];
    }
    return true;
}

static bool list_importance(list_table *table, const h5_node *group,
                            const perebor_dataset *dataset) {
    static const char *const ends[] = {"", "_low", "_high"};
    size_t n = dataset->n_columns;
    table->n_rows = length_of(group, "set", 0);
    if (table->n_rows < n || !copy_field(table, group, "set", H5_TEXT, table->n_rows)) {
        return false;
    }
    for (size_t i = 0; i < (size_t)IMPORTANCE_KINDS * 3; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s%s", importance_kind_names[i / 3], ends[i % 3]);
        if (!copy_field(table, group, name, H5_DOUBLE, table->n_rows)) {
            return false;
        }
    }
    return copy_field(table, group, "share", H5_DOUBLE, n) &&
           copy_field(table, group, "direction", H5_DOUBLE, n) &&
           copy_field(table, group, "explained", H5_DOUBLE, n) &&
           copy_field(table, group, "partner", H5_TEXT, n) &&
           copy_field(table, group, "association", H5_DOUBLE, n) && list_verdicts(table, group, n);
}

/** Curves: [column][point]. */
typedef struct curves {
    size_t n_columns, n_points, n_single;
    const double *points, *local_effects, *dependence, *counts; /**< [n_columns][n_points] */
    const double *single; /**< [n_columns][n_single][n_points] */
    const int64_t *single_rows, *lengths;
} curves;

static const double *find_matrix(const h5_node *group, const char *name, size_t n_rows,
                                 size_t n_columns) {
    const h5_node *node = h5_find(group, name);
    bool fits = node != NULL && node->array.kind == H5_DOUBLE && node->array.n_dimensions == 2 &&
                node->array.dimensions[0] == n_rows && node->array.dimensions[1] == n_columns;
    return fits ? node->array.data : NULL;
}

static bool find_curves(curves *found, const h5_node *group, const perebor_dataset *dataset) {
    size_t n = dataset->n_columns, n_points = length_of(group, "point", 1);
    size_t n_single = length_of(group, "single_row", 0);
    *found = (curves){.n_columns = n,
                      .n_points = n_points,
                      .n_single = n_single,
                      .points = find_matrix(group, "point", n, n_points),
                      .local_effects = find_matrix(group, "local_effect", n, n_points),
                      .dependence = find_matrix(group, "dependence", n, n_points),
                      .counts = find_matrix(group, "count", n, n_points),
                      .single = find_matrix(group, "single", n * n_single, n_points),
                      .single_rows = h5_row(group, "single_row", H5_INT64, n_single),
                      .lengths = h5_row(group, "n_points", H5_INT64, n)};
    bool whole = found->points != NULL && found->local_effects != NULL &&
                 found->dependence != NULL && found->counts != NULL && found->lengths != NULL &&
                 (n_single == 0 || (found->single != NULL && found->single_rows != NULL));
    for (size_t i = 0; whole && i < n; i++) {
        whole = found->lengths[i] >= 0 && (size_t)found->lengths[i] <= n_points;
    }
    for (size_t i = 0; whole && i < n_single; i++) {
        whole = found->single_rows[i] >= 0 && (size_t)found->single_rows[i] < dataset->n_rows;
    }
    return whole;
}

/** Takes the points that there are out of a matrix of all columns. */
static void list_curve(list_table *table, const char *name, list_kind kind, const curves *curves,
                       const double *values, size_t stride) {
    double *into = list_table_numbers(table, kind, name);
    size_t at = 0;
    for (size_t column = 0; into != NULL && column < curves->n_columns; column++) {
        for (size_t point = 0; point < (size_t)curves->lengths[column]; point++) {
            into[at++] = values[column * stride + point];
        }
    }
}

/** Which column and which of its values: a level by its name too. */
static void list_points(list_table *table, const curves *curves, const perebor_dataset *dataset) {
    const char **columns = list_table_texts(table, "column");
    const char **levels = list_table_texts(table, "level");
    size_t at = 0;
    for (size_t i = 0; columns != NULL && levels != NULL && i < curves->n_columns; i++) {
        const perebor_column *column = &dataset->columns[i];
        for (size_t point = 0; point < (size_t)curves->lengths[i]; point++) {
            char text[text_size];
            columns[at] = column->name;
            if (column->role != PEREBOR_ROLE_NUMERIC) {
                explanation_format_value(column, curves->points[i * curves->n_points + point], "",
                                         text, sizeof text);
                levels[at] = list_table_keep(table, text);
            }
            at++;
        }
    }
}

static bool list_shapes(list_table *table, const h5_node *group, const perebor_dataset *dataset) {
    curves found;
    if (!find_curves(&found, group, dataset)) {
        return false;
    }
    for (size_t i = 0; i < found.n_columns; i++) {
        table->n_rows += (size_t)found.lengths[i];
    }
    size_t stride = found.n_points;
    list_points(table, &found, dataset);
    list_curve(table, "point", LIST_REAL, &found, found.points, stride);
    list_curve(table, "local_effect", LIST_REAL, &found, found.local_effects, stride);
    list_curve(table, "dependence", LIST_REAL, &found, found.dependence, stride);
    list_curve(table, "count", LIST_WHOLE, &found, found.counts, stride);
    for (size_t k = 0; k < found.n_single; k++) {
        char row[text_size], name[text_size + 8];
        explanation_name_row(dataset, (uint32_t)found.single_rows[k], row, sizeof row);
        (void)snprintf(name, sizeof name, "row:%s", row);
        list_curve(table, name, LIST_REAL, &found, found.single + k * stride,
                   found.n_single * stride);
    }
    return true;
}

static bool list_interactions(list_table *table, const h5_node *group,
                              const perebor_dataset *dataset) {
    (void)dataset;
    table->n_rows = length_of(group, "strength", 0);
    return copy_field(table, group, "one", H5_TEXT, table->n_rows) &&
           copy_field(table, group, "other", H5_TEXT, table->n_rows) &&
           copy_field(table, group, "strength", H5_DOUBLE, table->n_rows) &&
           copy_field(table, group, "h", H5_DOUBLE, table->n_rows) &&
           copy_field(table, group, "shapley", H5_DOUBLE, table->n_rows);
}

static bool fill(list_table *table, column_listing listing, const h5_node *group,
                 const perebor_dataset *dataset) {
    switch (listing) {
    case COLUMN_LIST_IMPORTANCE:
        return list_importance(table, group, dataset);
    case COLUMN_LIST_SHAPES:
        return list_shapes(table, group, dataset);
    case COLUMN_LIST_INTERACTIONS:
        return list_interactions(table, group, dataset);
    default:
        return change_list_of_stage(table, group, dataset);
    }
}

static perebor_status make(list_table *table, column_listing listing, const h5_node *group,
                           const perebor_dataset *dataset, perebor_error *error) {
    bool whole = fill(table, listing, group, dataset);
    perebor_status status = list_table_check(table, error);
    return status == PEREBOR_OK && !whole ? refuse(listing, error) : status;
}

perebor_status column_list_check(const h5_node *stage, column_listing listing,
                                 perebor_error *error) {
    return stage != NULL && h5_find(stage, group_names[listing]) != NULL
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                              "there are no %s in /explain to be listed",
                              column_listing_names[listing]);
}

perebor_status column_list_write_csv(FILE *stream, column_listing listing, const h5_node *stage,
                                     const perebor_dataset *dataset, perebor_error *error) {
    perebor_status status;
    list_table table = {0};
    PEREBOR_TRY(done, column_list_check(stage, listing, error));
    PEREBOR_TRY(done, make(&table, listing, h5_find(stage, group_names[listing]), dataset, error));
    list_table_write_csv(&table, stream);
done:
    list_table_release(&table);
    return status;
}

perebor_status column_list_put_json(perebor_json *json, const h5_node *stage,
                                    const perebor_dataset *dataset, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (int i = 0; i < COLUMN_LISTINGS && status == PEREBOR_OK; i++) {
        column_listing listing = (column_listing)i;
        const h5_node *group = h5_find(stage, group_names[listing]);
        list_table table = {0};
        if (group == NULL) {
            continue;
        }
        status = make(&table, listing, group, dataset, error);
        if (status == PEREBOR_OK) {
            perebor_json_key(json, column_listing_names[listing]);
            list_table_put_json(&table, json);
        }
        list_table_release(&table);
    }
    return status;
}
