// SPDX-License-Identifier: MIT
/*
 * Values that were meant to be one. Three kinds of evidence, from strong to weak: two values are
 * equal but for white space, letter case or normal form; a rare value is a letter or two from a
 * frequent one of its column; a value that only one table has is a letter or two from one that only
 * another table has in the column of the same name. In the last case the spelling that more cells
 * contain, as a whole or as a part of another value, is taken for the right one. So `предыдцщий`
 * yields to `предыдущий`, of which `препредыдущий` is evidence, while the latter two are three
 * letters apart and never taken for one.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "inspect/quality_column.h"

enum { rare_to_frequent = 5, short_word = 4, long_word = 9 };

static const char *level_text(const quality_column *column, size_t level, const table_pool *pool,
                              char buffer[TABLE_DECIMAL_TEXT_SIZE]) {
    return table_pool_text(pool, column->levels[level], buffer);
}

static size_t count_characters(const char *text) {
    size_t n = 0;
    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0u) != 0x80u;
    }
    return n;
}

/** Whether two texts are alike but for digits, as the names of numbered things are. */
static bool differ_in_digits_alone(const char *one, const char *other) {
    while (true) {
        one += strspn(one, "0123456789");
        other += strspn(other, "0123456789");
        if (*one != *other || *one == '\0') {
            return *one == *other;
        }
        one++;
        other++;
    }
}

/** Whether one text may be a slip of the other: a letter apart, or two in a long word. */
static bool are_near(const char *one, const char *other) {
    size_t n_one = count_characters(one);
    size_t n_other = count_characters(other);
    size_t shorter = n_one < n_other ? n_one : n_other;
    size_t allowed = shorter >= long_word ? 2 : shorter >= short_word ? 1 : 0;
    size_t gap = n_one < n_other ? n_other - n_one : n_one - n_other;
    if (gap > allowed || differ_in_digits_alone(one, other)) {
        return false;
    }
    size_t distance = perebor_spelling_distance(one, other);
    return distance > 0 && distance <= allowed;
}

static bool has_levels(const quality_column *column) {
    return column->levels != NULL && !column->numeric && !column->is_key &&
           column->n_distinct <= QUALITY_FEW_LEVELS;
}

static const char *replace_step(const quality_column *column, const char *from, const char *to,
                                const char *reason, quality_notes *notes) {
    return quality_format(
        notes, "- {op: replace, table: %s, column: %s, map: {%s: %s}, reason: %s}",
        quality_yaml(notes, column->table_name), quality_yaml(notes, column->name),
        quality_yaml(notes, from), quality_yaml(notes, to), reason);
}

/** The frequent level that a rare one is near to, or n_distinct. */
static size_t find_meant(const quality_column *column, size_t rare, const table_pool *pool) {
    char first[TABLE_DECIMAL_TEXT_SIZE];
    char second[TABLE_DECIMAL_TEXT_SIZE];
    size_t meant = column->n_distinct;
    for (size_t i = 0; i < column->n_distinct; i++) {
        if (column->counts[i] >= rare_to_frequent * column->counts[rare] &&
            (meant == column->n_distinct || column->counts[i] > column->counts[meant]) &&
            are_near(level_text(column, rare, pool, first), level_text(column, i, pool, second))) {
            meant = i;
        }
    }
    return meant;
}

/** The text as NFKC, trimmed, in small letters if @p fold; NULL if memory is short. */
static char *unify(const char *text, bool fold, quality_notes *notes) {
    perebor_text_rule rule = {.form = fold ? PEREBOR_TEXT_NFKC : PEREBOR_TEXT_NFC,
                              .letter_case = fold ? PEREBOR_TEXT_LOWER : PEREBOR_TEXT_ANY_CASE,
                              .trim = true};
    char *result = NULL;
    size_t length;
    if (perebor_text_normalize(&result, &length, text, strlen(text), rule, NULL) != PEREBOR_OK) {
        notes->failed = true;
        return NULL;
    }
    return result;
}

/** Whether two texts are one but for white space, letter case and normal form. */
static bool are_variants(const char *one, const char *other, quality_notes *notes) {
    char *left = unify(one, true, notes);
    char *right = unify(other, true, notes);
    bool same = left != NULL && right != NULL && strcmp(left, right) == 0;
    free(left);
    free(right);
    return same;
}

bool quality_is_misspelt(const quality_column *column, size_t level, const table_pool *pool,
                         quality_notes *notes) {
    char first[TABLE_DECIMAL_TEXT_SIZE];
    char second[TABLE_DECIMAL_TEXT_SIZE];
    const char *text = level_text(column, level, pool, first);
    for (size_t i = 0; i < column->n_distinct; i++) {
        if (column->counts[i] > column->counts[level] &&
            are_variants(text, level_text(column, i, pool, second), notes)) {
            return true;
        }
    }
    return find_meant(column, level, pool) != column->n_distinct;
}

static void note_rare(const quality_column *column, const table_pool *pool, quality_notes *notes) {
    char first[TABLE_DECIMAL_TEXT_SIZE];
    char second[TABLE_DECIMAL_TEXT_SIZE];
    for (size_t rare = 0; rare < column->n_distinct; rare++) {
        size_t meant = find_meant(column, rare, pool);
        if (meant == column->n_distinct) {
            continue;
        }
        const char *from = level_text(column, rare, pool, first);
        const char *to = level_text(column, meant, pool, second);
        if (are_variants(from, to, notes)) {
            continue;
        }
        quality_note_finding(
            notes,
            (perebor_finding){.kind = "near_spelling",
                              .table = column->table_name,
                              .column = column->name,
                              .n = column->counts[rare],
                              .section = "data.clean",
                              .step = replace_step(column, from, to, "misspelt", notes)},
            "\"%s\" in %llu rows is nearly \"%s\" in %llu", from,
            (unsigned long long)column->counts[rare], to,
            (unsigned long long)column->counts[meant]);
    }
}

/** Values with white space at an end, or not in normal form. */
static void note_untrimmed(const quality_column *column, const table_pool *pool,
                           quality_notes *notes) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    uint64_t n_cells = 0;
    const char *example = "";
    for (size_t i = 0; i < column->n_distinct; i++) {
        const char *text = level_text(column, i, pool, buffer);
        char *unified = unify(text, false, notes);
        if (unified != NULL && strcmp(unified, text) != 0) {
            n_cells += column->counts[i];
            example = *example == '\0' ? quality_yaml(notes, text) : example;
        }
        free(unified);
    }
    if (n_cells > 0) {
        quality_note_finding(
            notes,
            (perebor_finding){
                .kind = "spelling_variants",
                .table = column->table_name,
                .column = column->name,
                .n = n_cells,
                .section = "data.clean",
                .step = quality_format(
                    notes, "- {op: normalize, table: %s, columns: %s, form: NFC, trim: true}",
                    quality_yaml(notes, column->table_name), quality_yaml(notes, column->name))},
            "%llu cells have white space at an end or are not in normal form, such as %s",
            (unsigned long long)n_cells, example);
    }
}

/** Values that differ in letter case or width alone; the more frequent is taken for the right. */
static void note_case_variants(const quality_column *column, const table_pool *pool,
                               quality_notes *notes) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    char **folded = calloc(column->n_distinct + 1, sizeof(char *));
    if (folded == NULL) {
        notes->failed = true;
        return;
    }
    for (size_t i = 0; i < column->n_distinct; i++) {
        folded[i] = unify(level_text(column, i, pool, buffer), true, notes);
    }
    for (size_t i = 0; i < column->n_distinct; i++) {
        size_t meant = i;
        for (size_t j = 0; j < column->n_distinct; j++) {
            if (folded[i] != NULL && folded[j] != NULL && strcmp(folded[i], folded[j]) == 0 &&
                (column->counts[j] > column->counts[meant] ||
                 (column->counts[j] == column->counts[meant] && j < meant))) {
                meant = j;
            }
        }
        if (meant == i) {
            continue;
        }
        char other[TABLE_DECIMAL_TEXT_SIZE];
        const char *from = quality_format(notes, "%s", level_text(column, i, pool, buffer));
        const char *to = level_text(column, meant, pool, other);
        char *trimmed_from = unify(from, false, notes);
        char *trimmed_to = unify(to, false, notes);
        // White space alone is found, and mended, by note_untrimmed().
        if (trimmed_from != NULL && trimmed_to != NULL && strcmp(trimmed_from, trimmed_to) != 0) {
            quality_note_finding(
                notes,
                (perebor_finding){.kind = "spelling_variants",
                                  .table = column->table_name,
                                  .column = column->name,
                                  .n = column->counts[i],
                                  .section = "data.clean",
                                  .step = replace_step(column, from, to, "one spelling", notes)},
                "\"%s\" in %llu rows is \"%s\" in %llu but for letter case or width", from,
                (unsigned long long)column->counts[i], to,
                (unsigned long long)column->counts[meant]);
        }
        free(trimmed_from);
        free(trimmed_to);
    }
    for (size_t i = 0; i < column->n_distinct; i++) {
        free(folded[i]);
    }
    free(folded);
}

static bool has_value(const quality_column *column, table_cell value) {
    for (size_t i = 0; i < column->n_distinct; i++) {
        if (column->levels[i] == value) {
            return true;
        }
    }
    return false;
}

/** Cells that contain a text, in either of two columns. */
static uint64_t count_support(const char *text, const quality_column *one,
                              const quality_column *other, const table_pool *pool) {
    char buffer[TABLE_DECIMAL_TEXT_SIZE];
    uint64_t support = 0;
    const quality_column *const columns[] = {one, other};
    for (size_t c = 0; c < 2; c++) {
        for (size_t i = 0; i < columns[c]->n_distinct; i++) {
            if (strstr(level_text(columns[c], i, pool, buffer), text) != NULL) {
                support += columns[c]->counts[i];
            }
        }
    }
    return support;
}

static void note_mismatch(const quality_column *one, size_t i, const quality_column *other,
                          size_t j, const table_pool *pool, quality_notes *notes) {
    char first[TABLE_DECIMAL_TEXT_SIZE];
    char second[TABLE_DECIMAL_TEXT_SIZE];
    const char *from = level_text(one, i, pool, first);
    const char *to = level_text(other, j, pool, second);
    quality_note_finding(notes,
                         (perebor_finding){.kind = "near_spelling",
                                           .table = one->table_name,
                                           .column = one->name,
                                           .n = one->counts[i],
                                           .section = "data.clean",
                                           .step = replace_step(one, from, to, "misspelt", notes)},
                         "\"%s\" in %llu rows occurs in no other table; table \"%s\" has \"%s\"",
                         from, (unsigned long long)one->counts[i], other->table_name, to);
}

/** Values that each of two tables has alone, and that are near. */
static void compare_tables(const quality_column *one, const quality_column *other,
                           const table_pool *pool, quality_notes *notes) {
    char first[TABLE_DECIMAL_TEXT_SIZE];
    char second[TABLE_DECIMAL_TEXT_SIZE];
    for (size_t i = 0; i < one->n_distinct; i++) {
        const char *left = level_text(one, i, pool, first);
        for (size_t j = 0; j < other->n_distinct; j++) {
            const char *right = level_text(other, j, pool, second);
            if (has_value(other, one->levels[i]) || has_value(one, other->levels[j]) ||
                !are_near(left, right)) {
                continue;
            }
            if (count_support(left, one, other, pool) < count_support(right, one, other, pool)) {
                note_mismatch(one, i, other, j, pool, notes);
            } else {
                note_mismatch(other, j, one, i, pool, notes);
            }
        }
    }
}

void quality_note_spellings(const quality_column *columns, size_t n_columns, const table_pool *pool,
                            quality_notes *notes) {
    for (size_t i = 0; i < n_columns; i++) {
        if (!has_levels(&columns[i])) {
            continue;
        }
        note_untrimmed(&columns[i], pool, notes);
        note_case_variants(&columns[i], pool, notes);
        note_rare(&columns[i], pool, notes);
        for (size_t j = i + 1; j < n_columns; j++) {
            if (has_levels(&columns[j]) && columns[j].table != columns[i].table &&
                strcmp(columns[i].name, columns[j].name) == 0) {
                compare_tables(&columns[i], &columns[j], pool, notes);
            }
        }
    }
}
