// SPDX-License-Identifier: MIT
/**
 * @file explain_output.h
 * What explain says at the end: tables for people, CSV, JSON.
 */
#ifndef PEREBOR_CLI_EXPLAIN_OUTPUT_H
#define PEREBOR_CLI_EXPLAIN_OUTPUT_H

#include <stdio.h>

#include <stdbool.h>

#include "cli/explain_columns.h"
#include "cli/explain_terms.h"
#include "explain/explanation.h"
#include "h5/file_tree.h"
#include "run/study.h"

/** What it speaks of, and how. */
typedef struct explain_output {
    const explain_terms *terms;
    const explain_columns *columns;
    const perebor_study *study;
    const explanation *explanation; /**< That of the rows, where Shapley values are asked. */
    bool votes;                     /**< The model is an ensemble. */
} explain_output;

/** Writes what explains every row and column. @param[in] stage  /explain of the file. */
PEREBOR_MUST_CHECK perebor_status explain_write_all(const explain_output *output,
                                                    const h5_node *stage, FILE *stream,
                                                    perebor_error *error);

/** Writes what explains the one row that was asked for. */
PEREBOR_MUST_CHECK perebor_status explain_write_one(const explain_output *output,
                                                    const explained_change *change, FILE *stream,
                                                    perebor_error *error);

#endif
