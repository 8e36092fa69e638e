// SPDX-License-Identifier: MIT
/**
 * @file moved_sources.h
 * The tables of an experiment in other files.
 */
#ifndef PEREBOR_RUN_MOVED_SOURCES_H
#define PEREBOR_RUN_MOVED_SOURCES_H

#include <stddef.h>

#include "perebor/status.h"
#include "perebor/tables.h"

/** The experiment's sources with other paths. Starts as {0}. */
typedef struct moved_sources {
    perebor_table_source *sources; /**< [n] */
    char **paths;
    size_t n;
} moved_sources;

/**
 * Finds the tables.
 *
 * @param[in] data  A folder with the experiment's tables under their names, of which all may be
 *                  missing but the one that others are joined to; or a file, if there is one table.
 * @param[out] moved  Released with moved_sources_release(), also if this fails.
 *
 * @retval PEREBOR_ERR_IO        There is no such file or folder, or no base table in it.
 * @retval PEREBOR_ERR_ARGUMENT  A file, where the experiment has several tables.
 */
PEREBOR_MUST_CHECK perebor_status moved_sources_find(moved_sources *moved,
                                                     const perebor_tables_spec *spec,
                                                     const char *data, perebor_error *error);

void moved_sources_release(moved_sources *moved);

#endif
