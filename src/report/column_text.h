// SPDX-License-Identifier: MIT
/**
 * @file column_text.h
 * What a model does with its columns, for people, in the words of a language: the groups that
 * run/column_stage.h describes, as they are in a file.
 */
#ifndef PEREBOR_REPORT_COLUMN_TEXT_H
#define PEREBOR_REPORT_COLUMN_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "explain/smallest_change.h"
#include "h5/file_tree.h"
#include "perebor/dataset.h"
#include "perebor/status.h"
#include "report/column_words.h"

/**
 * Writes what the stage says of importance, shapes, pairs and changes; what it does not have is
 * left out.
 *
 * @param[in] stage    /explain of a file.
 * @param[in] dataset  Of the same columns.
 *
 * @retval PEREBOR_ERR_FORMAT  A group is not as it should be.
 */
PEREBOR_MUST_CHECK perebor_status column_text_write(FILE *stream, const h5_node *stage,
                                                    const perebor_dataset *dataset,
                                                    const column_words *words,
                                                    perebor_error *error);

/**
 * Writes what would change the prediction of one row.
 *
 * @param[in] unseen  Whether the model is that of a fold, not the one of the file.
 * @param[in] values  [space->n_domains] as smallest_change_find() gave them.
 */
void column_text_write_change(FILE *stream, bool unseen, const smallest_change *change,
                              const change_space *space, const double *values,
                              const perebor_dataset *dataset, uint32_t row, double threshold,
                              const column_words *words);

#endif
