// SPDX-License-Identifier: MIT
/**
 * @file prediction_notes.h
 * What parts of a table have to say, gathered so that everything is said once, in the order of the
 * parts, whatever the order in which they come in.
 */
#ifndef PEREBOR_RUN_PREDICTION_NOTES_H
#define PEREBOR_RUN_PREDICTION_NOTES_H

#include "base/bytes.h"
#include "perebor/tables.h"
#include "run/predict_tables.h"

/** Appends what a report has: warnings, missing columns, unknown values. */
void prediction_notes_put(byte_buffer *bytes, const perebor_tables_report *report);

/** Takes it into a prediction. @retval PEREBOR_ERR_FORMAT  The bytes are none. */
PEREBOR_MUST_CHECK perebor_status prediction_notes_take(prediction *prediction, uint64_t part,
                                                        bytes_cursor *cursor, perebor_error *error);

/** Takes a warning that stands before those of all parts. */
PEREBOR_MUST_CHECK perebor_status prediction_notes_warn(prediction *prediction, uint32_t place,
                                                        const char *text, perebor_error *error);

/** Sorts by part, once all are taken. */
void prediction_notes_sort(prediction *prediction);

void prediction_notes_release(prediction *prediction);

#endif
