// SPDX-License-Identifier: MIT
/**
 * @file disguised_column.h
 * A feature that is nominal for the way in which its numbers or days are written.
 */
#ifndef PEREBOR_TABLE_DISGUISED_COLUMN_H
#define PEREBOR_TABLE_DISGUISED_COLUMN_H

#include "table/disguise.h"
#include "table/roles.h"

/**
 * Notes a doubt of a nominal feature whose texts are all numbers with one unit, or days, of which
 * there are more than a few. What has other marks than its table decimal_mark_check() warns of.
 *
 * @param[out] kind  Of all its texts, or NONE.
 *
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status table_note_disguise(table_load *load, const table_joined *joined,
                                                      const table_joined_column *column,
                                                      table_disguise *kind, perebor_error *error);

#endif
