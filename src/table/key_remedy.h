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

/**
 * Looks in the key column of another table for a key that is the same number, or the same text but
 * for white space, invisible characters and the size of letters.
 *
 * @return What is there and the step that mends it, in the arena; "" if there is none.
 */
const char *table_key_remedy(perebor_arena *arena, const table_load *load, key_place key,
                             const table *other, size_t other_column);

/** A text with characters that do not show written as \uFEFF. In the arena, "" without memory. */
const char *table_show_text(perebor_arena *arena, const char *text);

#endif
