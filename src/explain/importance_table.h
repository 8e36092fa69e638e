// SPDX-License-Identifier: MIT
/**
 * @file importance_table.h
 * What the kinds of importance say together: a row a column or cluster, which columns are strong
 * and which are weak, how far the kinds agree, and where they do not.
 */
#ifndef PEREBOR_EXPLAIN_IMPORTANCE_TABLE_H
#define PEREBOR_EXPLAIN_IMPORTANCE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "explain/column_shapes.h"
#include "explain/importance.h"
#include "h5/file_tree.h"

/** Stored in files: never renumber. */
typedef enum importance_kind {
    IMPORTANCE_SHAPLEY = 0, /**< Mean |Shapley value| over the rows; of a cluster |their sum|. */
    IMPORTANCE_PERMUTATION = 1,
    IMPORTANCE_CONDITIONAL = 2,
    IMPORTANCE_DROP_COLUMN = 3,
} importance_kind;

enum { IMPORTANCE_KINDS = 4 };

/** "shapley", "permutation", "conditional_permutation", "drop_column", NULL: as files have them. */
extern const char *const importance_kind_names[];

/** What is to be thought of a column. Stored in files: never renumber. */
typedef enum importance_verdict {
    IMPORTANCE_MIDDLING = 0,
    /**
     * Its share of all columns' importance is above that of an equal share, and it is shown to
     * matter: some kind with an interval over folds has it wholly above 0.
     */
    IMPORTANCE_STRONG = 1,
    /**
     * Not shown to matter by any kind with an interval over folds, alone or within its cluster, and
     * its share is below half an equal share.
     */
    IMPORTANCE_WEAK = 2,
} importance_verdict;

/** "middling", "strong", "weak", NULL. */
extern const char *const importance_verdict_names[];

/** Shapley values, where they have been found. Borrowed. */
typedef struct importance_values {
    size_t n_rows, n_players;
    const uint32_t *players; /**< [n_players] columns; the others have values of 0. */
    const uint32_t *rows;    /**< [n_rows] of the dataset. */
    const double *values;    /**< [n_rows][n_players] */
} importance_values;

/** The figures of a set of columns. */
typedef struct importance_row {
    importance_figure kinds[IMPORTANCE_KINDS];
    double share;     /**< Among single columns, by the leading kind; negative figures count 0. */
    double direction; /**< For single columns: 1 the answer rises with the column, -1 it falls, near
                         0 neither or both; NaN where there is no order, or nothing changes. */
    importance_verdict verdict; /**< Said of single columns. */
} importance_row;

/** A column that two kinds see very differently. */
typedef struct importance_dispute {
    uint32_t column;
    importance_kind more, less;    /**< Which has it higher up, which lower down. */
    uint32_t rank_more, rank_less; /**< From 1. */
} importance_dispute;

/** The table; owns its arrays. */
typedef struct importance_table {
    size_t n_columns, n_sets;
    importance_row *rows;    /**< [n_sets] */
    importance_kind leading; /**< By which columns are ordered: the first kind there is. */
    uint32_t *order;         /**< [n_columns] single columns, the most important first. */
    double agreement[IMPORTANCE_KINDS][IMPORTANCE_KINDS]; /**< Spearman's coefficient over the
                                                               columns that both kinds have. */
    importance_dispute *disputes; /**< [n_disputes] at most one a pair of kinds. */
    size_t n_disputes;
} importance_table;

/**
 * Makes the table, once every unit has been received.
 *
 * A dispute is the column whose ranks by two kinds (Shapley values, permutation and drop column)
 * differ most, if by a third of the columns and by three places at least.
 *
 * @param[out] table   Released with importance_table_release().
 * @param[in]  values  NULL: there are none.
 * @param[in]  shapes  For directions where there are no values; NULL: there are none either.
 */
PEREBOR_MUST_CHECK perebor_status importance_table_make(importance_table *table,
                                                        const importance *importance,
                                                        const importance_values *values,
                                                        const column_shapes *shapes,
                                                        perebor_error *error);

void importance_table_release(importance_table *table);

/** Adds the content of a group: docs/reference/result.md, /explain/importance. */
void importance_table_to_tree(const importance_table *table, const importance *importance,
                              h5_tree *tree, h5_node *group);

#endif
