// SPDX-License-Identifier: MIT
/**
 * @file profile_document.h
 * Quality, leaks and exploration of an experiment's data, written for programs and for people.
 */
#ifndef PEREBOR_PROFILE_PROFILE_DOCUMENT_H
#define PEREBOR_PROFILE_PROFILE_DOCUMENT_H

#include <stdio.h>

#include "inspect/quality.h"
#include "perebor/tables.h"
#include "profile/leaks.h"
#include "profile/profile.h"

/** What files of a profile, HDF5 or JSON, say that they are. */
#define PEREBOR_PROFILE_FORMAT "perebor-profile"
#define PEREBOR_PROFILE_FORMAT_VERSION "1.0"

/** What is to be written. Borrows everything. */
typedef struct perebor_profile_document {
    const char *name, *file; /**< The experiment's. */
    const perebor_tables_report *tables;
    const perebor_quality *quality;
    const perebor_leaks *leaks;     /**< NULL if the tables make no dataset */
    const perebor_profile *profile; /**< likewise */
} perebor_profile_document;

/**
 * JSON with the keys format, format_version, name, file, sources, steps, problem, quality, leaks,
 * columns, matrices.
 *
 * @param[out] json  The caller frees it.
 */
PEREBOR_MUST_CHECK perebor_status perebor_profile_document_json(
    const perebor_profile_document *document, char **json, perebor_error *error);

/**
 * A summary for a terminal: findings with their steps, leaks, a table of the features.
 *
 * @param[in] width  Characters of a line, 0 for any number: where the table of the features is
 *                   wider, their names have lines of their own.
 */
void perebor_profile_document_print(const perebor_profile_document *document, size_t width,
                                    FILE *stream);

#endif
