// SPDX-License-Identifier: MIT
/**
 * @file file_tree_codec.h
 * A tree as one run of bytes, to be handed from one process to another of the same machine.
 */
#ifndef PEREBOR_H5_FILE_TREE_CODEC_H
#define PEREBOR_H5_FILE_TREE_CODEC_H

#include "base/bytes.h"
#include "h5/file_tree.h"

/** Appends the tree; bytes->failed if memory is short. Scales are left out. */
void h5_tree_encode(const h5_tree *tree, byte_buffer *bytes);

/**
 * Makes the tree again, trusting nothing.
 *
 * @retval PEREBOR_ERR_FORMAT  The bytes are not a tree, or a text is not UTF-8.
 */
PEREBOR_MUST_CHECK perebor_status h5_tree_decode(h5_tree **tree, bytes_cursor *cursor,
                                                 perebor_error *error);

#endif
