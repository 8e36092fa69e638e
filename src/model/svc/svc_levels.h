// SPDX-License-Identifier: MIT
/**
 * @file svc_levels.h
 * Levels of nominal columns: as dense columns where they are few, as codes where they are many.
 * Decided by the shape of the rows alone.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_LEVELS_H
#define PEREBOR_MODEL_SVC_SVC_LEVELS_H

#include "perebor/matrix.h"

/** The rows with dense columns for all levels if these are MODEL_FEW_FLAGS at most, otherwise as
 *  they are. @param[out] out  May be @p rows. */
PEREBOR_MUST_CHECK perebor_status svc_levels_settle(perebor_matrix *out, const perebor_matrix *rows,
                                                    perebor_workspace *workspace,
                                                    perebor_error *error);

/**
 * The same rows with the same blocks of levels as @p like, or with dense columns if that has none.
 *
 * @pre Both have as many columns. @param[out] out  May share values with @p rows.
 */
PEREBOR_MUST_CHECK perebor_status svc_levels_adapt(perebor_matrix *out, const perebor_matrix *rows,
                                                   const perebor_matrix *like,
                                                   perebor_workspace *workspace,
                                                   perebor_error *error);

#endif
