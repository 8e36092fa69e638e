// SPDX-License-Identifier: MIT
/**
 * @file file_tree_codec.h
 * A tree as one run of bytes, to be handed from one process to another of the same machine.
 */
#ifndef PEREBOR_H5_FILE_TREE_CODEC_H
#define PEREBOR_H5_FILE_TREE_CODEC_H

#include "base/bytes.h"
#include "h5/file_tree.h"

/**
 * Appends the tree; bytes->failed if memory is short. Scales are left out.
 *
 * @param[in] pages  Of arrays that lie in them, the bytes say where alone. NULL: the bytes are the
 *                   whole tree.
 */
void h5_tree_encode(const h5_tree *tree, const h5_pages *pages, byte_buffer *bytes);

/**
 * Makes the tree again, trusting nothing.
 *
 * @param[in] pages  That arrays may lie in, which nobody writes to any more; NULL: none do. The
 * tree holds them.
 *
 * @retval PEREBOR_ERR_FORMAT  The bytes are not a tree, or a text is not UTF-8.
 */
PEREBOR_MUST_CHECK perebor_status h5_tree_decode(h5_tree **tree, bytes_cursor *cursor,
                                                 h5_pages *pages, perebor_error *error);

#endif
