// SPDX-License-Identifier: MIT
/**
 * @file disguise.h
 * Columns of numbers, or of days, that are written so that they are read as texts: each value
 * becomes a level, and nobody said so.
 */
#ifndef PEREBOR_TABLE_DISGUISE_H
#define PEREBOR_TABLE_DISGUISE_H

#include <stdbool.h>
#include <stddef.h>

/** What a text is that is no number. */
typedef enum table_disguise {
    TABLE_DISGUISE_NONE,     /**< A text. */
    TABLE_DISGUISE_MARK,     /**< A number with another decimal mark, or separators of thousands. */
    TABLE_DISGUISE_UNIT,     /**< A number with a percent sign or a currency: 12 %, $1.50. */
    TABLE_DISGUISE_INFINITE, /**< inf, -Infinity, 1e999. */
    TABLE_DISGUISE_DAY,      /**< 2024-03-01, 01.03.2024, 3/1/24 10:00. */
} table_disguise;

/** The values of a column, seen one after the other. {0} at first. */
typedef struct table_disguises {
    table_disguise kind; /**< That of all texts so far; NONE if there was none, or they differ. */
    bool differ;         /**< A text is none of these, or they are several, or of several units. */
    size_t n_texts;
    bool is_iso;      /**< The days so far are year, month and day with hyphens between. */
    bool is_dotted;   /**< The days so far are of ten characters: day, month and year, with dots. */
    const char *unit; /**< In the text that came first. */
    size_t n_unit;
} table_disguises;

/** Takes a text that is no number; it lives as long as @p seen. Nothing more is learned once the
 * texts differ. */
void table_disguises_add(table_disguises *seen, const char *text);

/** How one text is disguised, by itself. */
table_disguise table_disguise_of(const char *text);

/** Whether all levels of a column are of one disguise. */
bool table_levels_are_disguised(const char *const *levels, size_t n_levels);

#endif
