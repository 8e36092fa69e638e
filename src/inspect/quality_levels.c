// SPDX-License-Identifier: MIT
/*
 * Levels that are few among many: a small class of the target, and rare levels of a feature. Rare
 * levels that together are no longer rare become one; what is rare even so, and what the experiment
 * has an order or a meaning for, becomes a missing value, which is filled like any other.
 */
#include <stdlib.h>

#include "inspect/quality_column.h"
#include "inspect/quality_role.h"
#include "table/table.h"

enum { n_shown = 5 };

static const double small_class = 0.2;
static const double rare_level = 0.01;

static double share_of(const quality_column *column, size_t level) {
    return (double)column->counts[level] / (double)(column->n_rows - column->n_missing);
}

static void note_small_classes(const quality_column *target, const table_pool *pool,
                               quality_notes *notes) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    for (size_t i = 0; i < target->n_distinct; i++) {
        if (share_of(target, i) >= small_class) {
            continue;
        }
        quality_note_finding(
            notes,
            (perebor_finding){
                .kind = "class_imbalance",
                .table = "",
                .column = target->name,
                .n = target->counts[i],
                .section = "search.parameters",
                .step = "logreg__class_weight: {values: [null, balanced], when: {model: logreg}}"},
            "\"%s\" is %.2f %% of the rows (%llu of %zu)",
            table_pool_text(pool, target->levels[i], buffer), 100.0 * share_of(target, i),
            (unsigned long long)target->counts[i], target->n_rows - target->n_missing);
    }
}

/** Levels of a column that are rare, and not only because they are misspelt. */
typedef struct rare_levels {
    bool *is_rare; /**< [n_distinct] */
    size_t n;
    uint64_t n_rows;
} rare_levels;

static bool find_rare(const quality_column *column, const table_pool *pool, quality_notes *notes,
                      rare_levels *rare) {
    rare->is_rare = calloc(column->n_distinct + 1, sizeof *rare->is_rare);
    if (rare->is_rare == NULL) {
        notes->failed = true;
        return false;
    }
    for (size_t i = 0; i < column->n_distinct; i++) {
        if (share_of(column, i) < rare_level && !quality_is_misspelt(column, i, pool, notes)) {
            rare->is_rare[i] = true;
            rare->n++;
            rare->n_rows += column->counts[i];
        }
    }
    return rare->n > 0 && rare->n < column->n_distinct; // else there are no levels, only values
}

/** One finding for all rare levels of a column. */
static void note_rare_levels(const quality_column *column, bool declared, const table_pool *pool,
                             quality_notes *notes) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    quality_list map = {0};
    rare_levels rare = {0};
    if (!find_rare(column, pool, notes, &rare)) {
        free(rare.is_rare);
        return;
    }
    double share = (double)rare.n_rows / (double)(column->n_rows - column->n_missing);
    const char *to = declared || rare.n == 1 || share < rare_level ? "null" : "other";
    const char *list = "";
    for (size_t i = 0, n = 0; i < column->n_distinct; i++) {
        if (!rare.is_rare[i]) {
            continue;
        }
        const char *value = table_pool_text(pool, column->levels[i], buffer);
        quality_list_add(notes, &map, "%s%s: %s", n > 0 ? ", " : "", quality_yaml(notes, value),
                         to);
        if (n++ < n_shown) {
            list = quality_format(notes, "%s%s\"%s\" (%llu)", list, n > 1 ? ", " : "", value,
                                  (unsigned long long)column->counts[i]);
        }
    }
    free(rare.is_rare);
    quality_note_finding(
        notes,
        (perebor_finding){
            .kind = "rare_level",
            .table = "",
            .column = column->name,
            .n = rare.n_rows,
            .section = "data.clean",
            .step = quality_format(
                notes, "- {op: replace, table: %s, column: %s, map: {%s}, reason: rare level}",
                quality_yaml(notes, column->table->name), quality_yaml(notes, column->name),
                quality_list_text(&map))},
        "%zu of %zu levels %s below 1 %% of the rows: %s%s", rare.n, column->n_distinct,
        rare.n == 1 ? "is" : "are", list, rare.n > n_shown ? ", ..." : "");
    quality_list_release(&map);
}

void quality_note_levels(const quality_column *column, const table_load *load,
                         quality_notes *notes) {
    quality_role role = quality_role_of(load, column->name);
    if (column->levels == NULL || column->is_key) {
        return;
    }
    if (role == QUALITY_TARGET) {
        note_small_classes(column, &load->pool, notes);
    } else if (!column->numeric && column->n_distinct <= QUALITY_FEW_LEVELS &&
               (role == QUALITY_FEATURE || role == QUALITY_LEVELS)) {
        note_rare_levels(column, role == QUALITY_LEVELS, &load->pool, notes);
    }
}
