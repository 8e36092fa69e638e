// SPDX-License-Identifier: MIT
/**
 * @file explanation_text.h
 * Explanations for people, in the words of a language.
 */
#ifndef PEREBOR_REPORT_EXPLANATION_TEXT_H
#define PEREBOR_REPORT_EXPLANATION_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "explain/explanation.h"
#include "report/explain_words.h"

/** An explanation and what it is of. */
typedef struct explained_data {
    const explanation *explanation;
    const perebor_dataset *dataset;
    size_t n_training; /**< Rows that the background was chosen of. */
    bool votes;        /**< The model is an ensemble. */
} explained_data;

/** Columns by how much they move scores. @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status explanation_write_columns(FILE *stream,
                                                            const explained_data *data,
                                                            const explain_words *words,
                                                            perebor_error *error);

/** One row, its reasons ranked. @param[in] place  Of the explanation. @retval PEREBOR_ERR_MEMORY */
PEREBOR_MUST_CHECK perebor_status explanation_write_row(FILE *stream, const explained_data *data,
                                                        size_t place, const explain_words *words,
                                                        perebor_error *error);

/** What a row is called: its identifier, or its number in the base table. */
void explanation_name_row(const perebor_dataset *dataset, uint32_t row, char *text, size_t size);

/** A value of a column as the tables have it. @param[in] missing  If there is none. */
void explanation_format_value(const perebor_column *column, double value, const char *missing,
                              char *text, size_t size);

#endif
