// SPDX-License-Identifier: MIT
/**
 * @file output.h
 * What a command may write to: nothing of the user's is ever overwritten.
 *
 * A file that is there is replaced only if that was asked for, if it is of the kind that the
 * command writes, and if the command does not read it, under whatever name. A result file belongs
 * to the search that holds its journal: no other command writes there while the journal is there.
 *
 * What was decided holds for the file that it was decided about: perebor_output_check() hands out
 * its identity, and writing asks for it again (perebor_result_replace(), perebor_profile_write()).
 */
#ifndef PEREBOR_OUTPUT_H
#define PEREBOR_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/file_identity.h"
#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** A kind of file that a command writes, and how such files are told from others. */
typedef struct perebor_output_kind {
    const char *name;      /**< For messages: "a result file". */
    const char *format;    /**< The attribute of an HDF5 file; NULL: */
    const char *beginning; /**< the first bytes of another, a byte order mark
                                aside and with ; for , as well; text, fewer than 60. */
    const char *journal;   /**< The ending of the journal to whose writer it belongs; NULL: none. */
} perebor_output_kind;

/** A file that the command reads. */
typedef struct perebor_input {
    const char *path;
    const char *what; /**< For the message: "the experiment". */
} perebor_input;

/**
 * Decides whether a command may write to @p path. Forks, as perebor_result_read() does, if there is
 * an HDF5 file to look into.
 *
 * @param[in]  overwrite  Whether a file of the kind may be replaced.
 * @param[out] found      What is there now, to be asked for again when it is written.
 *
 * @retval PEREBOR_ERR_CONFLICT  What is there stays: it may not be replaced, is of another kind, is
 *         one of the inputs, or belongs to the search whose journal is beside it.
 */
PEREBOR_MUST_CHECK perebor_status perebor_output_check(
    const char *path, const perebor_output_kind *kind, bool overwrite, const perebor_input *inputs,
    size_t n_inputs, perebor_file_identity *found, perebor_error *error);

/**
 * The part of it that needs no look into the file: refuses a path that is one of the inputs, also
 * by a link or another spelling. A path that names nothing is fine.
 */
PEREBOR_MUST_CHECK perebor_status perebor_output_check_inputs(const char *path,
                                                              const perebor_input *inputs,
                                                              size_t n_inputs,
                                                              perebor_error *error);

/**
 * Another part of it: refuses a file that is not of the kind. One that is empty is of every kind:
 * it holds nothing. Forks.
 */
PEREBOR_MUST_CHECK perebor_status perebor_output_check_kind(const char *path,
                                                            const perebor_output_kind *kind,
                                                            perebor_error *error);

/** The version of the HDF5 library that runs, such as "1.10.8". */
void perebor_output_hdf5_version(char *text, size_t size);

PEREBOR_END_DECLS

#endif
