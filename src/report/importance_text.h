// SPDX-License-Identifier: MIT
/**
 * @file importance_text.h
 * The group /explain/importance for people.
 */
#ifndef PEREBOR_REPORT_IMPORTANCE_TEXT_H
#define PEREBOR_REPORT_IMPORTANCE_TEXT_H

#include <stdio.h>

#include "h5/file_tree.h"
#include "perebor/dataset.h"
#include "perebor/status.h"
#include "report/column_words.h"

/**
 * Writes the table, what is strong and what is weak, which columns share their importance, whose is
 * not to be believed alone, and how far the kinds agree.
 *
 * @retval PEREBOR_ERR_FORMAT  The group is not as it should be, or not of these columns.
 */
PEREBOR_MUST_CHECK perebor_status importance_text_write(FILE *stream, const h5_node *group,
                                                        const perebor_dataset *dataset,
                                                        const column_words *words,
                                                        perebor_error *error);

#endif
