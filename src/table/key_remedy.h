// SPDX-License-Identifier: MIT
/**
 * @file key_remedy.h
 * Keys that have no partner as they are written, but would have one written alike.
 */
#ifndef PEREBOR_TABLE_KEY_REMEDY_H
#define PEREBOR_TABLE_KEY_REMEDY_H

#include "table/table.h"

/** A cell of a key column. */
typedef struct key_place {
    const table *table;
    size_t column, row;
} key_place;

/** How two tables' keys come together. Texts are in the arena; both "" if they do not. */
typedef struct key_remedy {
    const char *found; /**< What is there, such as '"1001.0" is the same number (b.csv:2)'. */
    const char *step;  /**< A step of data.clean that makes them alike: {op: …}. */
} key_remedy;

/**
 * Looks in the key column of another table for a key that is the same number, or the same text but
 * for white space, invisible characters and the size of letters.
 */
key_remedy table_key_remedy(perebor_arena *arena, const table_load *load, key_place key,
                            const table *other, size_t other_column);

/** A text with characters that do not show written as \uFEFF. In the arena, "" without memory. */
const char *table_show_text(perebor_arena *arena, const char *text);

#endif
