// SPDX-License-Identifier: MIT
// The table of importance as a group of a file.
#include <math.h>
#include <stdio.h>

#include "explain/importance_table.h"

/** The names of a set's columns, with "+" between them. */
static const char *name_of(const importance *importance, const column_set *set, h5_tree *tree) {
    const perebor_column *columns = importance->question.dataset->columns;
    const char *name = h5_keep_text(tree, columns[set->columns[0]].name);
    for (size_t k = 1; k < set->n; k++) {
        const char *joined =
            perebor_arena_format(&tree->arena, "%s + %s", name, columns[set->columns[k]].name);
        tree->failed = tree->failed || joined == NULL;
        name = joined != NULL ? joined : name;
    }
    return name;
}

static void add_sets(const importance_table *table, const importance *importance, h5_tree *tree,
                     h5_node *group) {
    size_t n = table->n_sets, n_columns = table->n_columns;
    h5_node *names = h5_add_dataset(tree, group, "set", H5_TEXT, 1, n, 0);
    h5_node *member = h5_add_dataset(tree, group, "member", H5_INT8, 2, n, n_columns);
    for (size_t set = 0; member != NULL && names != NULL && set < n; set++) {
        const column_set *columns = &importance->sets[set];
        ((const char **)names->array.data)[set] = name_of(importance, columns, tree);
        for (size_t k = 0; k < columns->n; k++) {
            ((int8_t *)member->array.data)[set * n_columns + columns->columns[k]] = 1;
        }
    }
    h5_set_text(tree, member, "long_name", "whether a set has a column: single ones come first");
    h5_set_text(tree, group, "scales", "set");
}

/** A figure of every set, with the ends of its interval. */
static void add_kind(const importance_table *table, importance_kind kind, h5_tree *tree,
                     h5_node *group) {
    static const char *const ends[] = {"", "_low", "_high"};
    for (size_t end = 0; end < 3; end++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s%s", importance_kind_names[kind], ends[end]);
        h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 1, table->n_sets, 0);
        for (size_t set = 0; node != NULL && set < table->n_sets; set++) {
            const importance_figure *figure = &table->rows[set].kinds[kind];
            ((double *)node->array.data)[set] = end == 0   ? figure->value
                                                : end == 1 ? figure->low
                                                           : figure->high;
        }
    }
}

/** What is known of single columns alone. */
static void add_columns(const importance_table *table, const importance *importance, h5_tree *tree,
                        h5_node *group) {
    size_t n = table->n_columns;
    const column_dependence *dependence = &importance->dependence;
    h5_node *explained = h5_add_dataset(tree, group, "explained", H5_DOUBLE, 1, n, 0);
    h5_node *partner = h5_add_dataset(tree, group, "partner", H5_TEXT, 1, n, 0);
    h5_node *association = h5_add_dataset(tree, group, "association", H5_DOUBLE, 1, n, 0);
    h5_node *cluster = h5_add_dataset(tree, group, "cluster", H5_INT64, 1, n, 0);
    h5_node *share = h5_add_dataset(tree, group, "share", H5_DOUBLE, 1, n, 0);
    h5_node *direction = h5_add_dataset(tree, group, "direction", H5_DOUBLE, 1, n, 0);
    h5_node *verdict = h5_add_dataset(tree, group, "verdict", H5_INT8, 1, n, 0);
    h5_node *order = h5_add_dataset(tree, group, "order", H5_INT64, 1, n, 0);
    for (size_t i = 0;
         order != NULL && verdict != NULL && direction != NULL && share != NULL &&
         cluster != NULL && association != NULL && partner != NULL && explained != NULL && i < n;
         i++) {
        size_t other = dependence->partner[i];
        ((double *)explained->array.data)[i] = dependence->explained[i];
        ((double *)association->array.data)[i] =
            other < n ? dependence->association[i * n + other] : (double)NAN;
        ((const char **)partner->array.data)[i] =
            other < n ? h5_keep_text(tree, importance->question.dataset->columns[other].name) : "";
        ((int64_t *)cluster->array.data)[i] = dependence->cluster[i];
        ((double *)share->array.data)[i] = table->rows[i].share;
        ((double *)direction->array.data)[i] = table->rows[i].direction;
        ((int8_t *)verdict->array.data)[i] = (int8_t)table->rows[i].verdict;
        ((int64_t *)order->array.data)[i] = table->order[i];
    }
    h5_set_text(tree, explained, "long_name", "R squared on all other columns");
    h5_set_text(tree, order, "long_name", "columns by importance, the most important first");
    h5_set_flags(tree, verdict, importance_verdict_names);
}

static void add_agreement(const importance_table *table, h5_tree *tree, h5_node *group) {
    h5_node *agreement =
        h5_add_dataset(tree, group, "agreement", H5_DOUBLE, 2, IMPORTANCE_KINDS, IMPORTANCE_KINDS);
    h5_add_texts(tree, group, "kind", importance_kind_names, IMPORTANCE_KINDS);
    for (size_t i = 0; agreement != NULL && i < IMPORTANCE_KINDS * IMPORTANCE_KINDS; i++) {
        ((double *)agreement->array.data)[i] =
            table->agreement[i / IMPORTANCE_KINDS][i % IMPORTANCE_KINDS];
    }
    h5_set_text(tree, agreement, "long_name", "Spearman's coefficient of two kinds over columns");
}

static void add_disputes(const importance_table *table, h5_tree *tree, h5_node *parent) {
    static const char *const names[] = {"column", "more", "less", "rank_more", "rank_less"};
    size_t n = table->n_disputes;
    h5_node *group = h5_add_group(tree, parent, "dispute");
    for (size_t field = 0; field < 5; field++) {
        h5_node *node = h5_add_dataset(tree, group, names[field], H5_INT64, 1, n, 0);
        for (size_t i = 0; node != NULL && i < n; i++) {
            const importance_dispute *dispute = &table->disputes[i];
            const int64_t values[] = {dispute->column, dispute->more, dispute->less,
                                      dispute->rank_more, dispute->rank_less};
            ((int64_t *)node->array.data)[i] = values[field];
        }
    }
}

void importance_table_to_tree(const importance_table *table, const importance *importance,
                              h5_tree *tree, h5_node *group) {
    add_sets(table, importance, tree, group);
    for (int kind = 0; kind < IMPORTANCE_KINDS; kind++) {
        add_kind(table, (importance_kind)kind, tree, group);
    }
    add_columns(table, importance, tree, group);
    add_agreement(table, tree, group);
    add_disputes(table, tree, group);
    h5_set_text(tree, group, "metric", importance->question.metric->name);
    h5_set_text(tree, group, "leading", importance_kind_names[table->leading]);
}
