// SPDX-License-Identifier: MIT
/**
 * @file workspace_lengthen.h
 * Arrays of a workspace that grow where they are.
 */
#ifndef PEREBOR_BASE_WORKSPACE_LENGTHEN_H
#define PEREBOR_BASE_WORKSPACE_LENGTHEN_H

#include "perebor/workspace.h"

/**
 * Lengthens the piece that was taken last where it is, if there is room behind it. It counts as
 * much as another piece of the new size, so that limits do not depend on whether there was.
 *
 * @param[in] piece  Taken with @p n things of @p size bytes, or lengthened to these.
 * @return Whether it has @p more things in all now; if not, it is as it was.
 */
bool perebor_workspace_lengthen(perebor_workspace *workspace, void *piece, size_t n, size_t more,
                                size_t size);

#endif
