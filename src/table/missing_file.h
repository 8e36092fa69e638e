// SPDX-License-Identifier: MIT
/**
 * @file missing_file.h
 * A table's file that is not there.
 */
#ifndef PEREBOR_TABLE_MISSING_FILE_H
#define PEREBOR_TABLE_MISSING_FILE_H

#include "table/table.h"

/**
 * Fails if there is no such file, with the place in the experiment and the nearest name that the
 * folder has.
 *
 * @retval PEREBOR_ERR_IO  It is not there, or nor is its folder.
 */
PEREBOR_MUST_CHECK perebor_status table_check_file(const table_load *load,
                                                   const perebor_table_source *source,
                                                   perebor_error *error);

#endif
