// SPDX-License-Identifier: MIT
/**
 * @file explain_terms.h
 * The options that say how an explanation is made and told, of the commands that make one.
 */
#ifndef PEREBOR_CLI_EXPLAIN_TERMS_H
#define PEREBOR_CLI_EXPLAIN_TERMS_H

#include <argp.h>
#include <stdio.h>

#include "explain/explanation.h"
#include "report/explain_words.h"
#include "report/explanation_text.h"

/** How it is written. */
typedef enum explain_format {
    EXPLAIN_TABLE = 0,
    EXPLAIN_CSV = 1,
    EXPLAIN_JSON = 2,
} explain_format;

/** What the command line says of it. */
typedef struct explain_terms {
    explanation_terms terms;
    explain_format format;
    const explain_words *words;
} explain_terms;

/** As it is where nothing is said. */
explain_terms explain_terms_default(void);

/** The parser of the options, a child of a command's: its input is an explain_terms. */
extern const struct argp explain_terms_parser;

/**
 * Writes an explanation as a table.
 *
 * @param[in] one  It is of one row, whose reasons are told.
 */
PEREBOR_MUST_CHECK perebor_status explain_terms_write(const explain_terms *terms,
                                                      const explained_data *data, bool one,
                                                      FILE *stream, perebor_error *error);

#endif
