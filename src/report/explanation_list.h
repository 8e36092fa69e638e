// SPDX-License-Identifier: MIT
/**
 * @file explanation_list.h
 * Explanations for programs: CSV and JSON. Numbers are the shortest that read as the same bits.
 */
#ifndef PEREBOR_REPORT_EXPLANATION_LIST_H
#define PEREBOR_REPORT_EXPLANATION_LIST_H

#include <stdio.h>

#include "base/json.h"
#include "report/explanation_text.h"

/**
 * A line a row: id, score, probability, baseline, then a field a column, named for it; of drawn
 * orders each is followed by its standard error, named se:COLUMN.
 */
void explanation_write_csv(FILE *stream, const explained_data *data);

/** Adds to an object: what was played, baseline, columns, and rows. @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status explanation_put_json(perebor_json *json,
                                                       const explained_data *data,
                                                       perebor_error *error);

#endif
