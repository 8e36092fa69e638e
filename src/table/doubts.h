// SPDX-License-Identifier: MIT
/**
 * @file doubts.h
 * Columns that are nominal for a few texts among numbers: what is to be said before anything is
 * made of thousands of levels.
 */
#ifndef PEREBOR_TABLE_DOUBTS_H
#define PEREBOR_TABLE_DOUBTS_H

#include "table/roles.h"

/**
 * Notes every nominal feature, of those that the experiment does not name so, that would be numeric
 * but for at most a tenth of its values.
 *
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status table_doubt_columns(table_load *load, const table_joined *joined,
                                                      const table_roles *roles,
                                                      perebor_error *error);

#endif
