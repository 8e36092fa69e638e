// SPDX-License-Identifier: MIT
/**
 * @file stage_file.h
 * A result file to which a command adds a stage: read, with its experiment loaded, and replaced in
 * one step if it is still what was read and belongs to no search.
 */
#ifndef PEREBOR_CLI_STAGE_FILE_H
#define PEREBOR_CLI_STAGE_FILE_H

#include "perebor/file_identity.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/study.h"

/** Starts as {0}; ended with stage_file_close(). */
typedef struct stage_file {
    const char *path;
    perebor_file_identity read; /**< What was there when it was read. */
    perebor_result *result;
    perebor_study *study;
} stage_file;

/** Reads the file alone; its study stays NULL. */
PEREBOR_MUST_CHECK perebor_status stage_file_read(stage_file *file, const char *path,
                                                  perebor_error *error);

/**
 * Reads the file and loads its experiment.
 *
 * @param[in] folder  As in stored_experiment_read().
 *
 * @retval PEREBOR_ERR_CONFLICT  The file belongs to a search, or its tables have changed.
 */
PEREBOR_MUST_CHECK perebor_status stage_file_open(stage_file *file, const char *path,
                                                  const char *folder, perebor_error *error);

/**
 * Writes the result with what was added.
 *
 * @retval PEREBOR_ERR_CONFLICT  A search has begun to write there, or another file is there: it
 * stays.
 */
PEREBOR_MUST_CHECK perebor_status stage_file_save(stage_file *file, perebor_error *error);

void stage_file_close(stage_file *file);

#endif
