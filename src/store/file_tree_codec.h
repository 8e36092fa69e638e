// SPDX-License-Identifier: MIT
/**
 * @file file_tree_codec.h
 * A tree as one run of bytes, to be handed from one process to another of the same machine.
 */
#ifndef PEREBOR_STORE_FILE_TREE_CODEC_H
#define PEREBOR_STORE_FILE_TREE_CODEC_H

#include "store/bytes.h"
#include "store/file_tree.h"

/** Appends the tree; bytes->failed if memory is short. Scales are left out. */
void store_tree_encode(const store_tree *tree, store_bytes *bytes);

/**
 * Makes the tree again, trusting nothing.
 *
 * @retval PEREBOR_ERR_FORMAT  The bytes are not a tree, or a text is not UTF-8.
 */
PEREBOR_MUST_CHECK perebor_status store_tree_decode(store_tree **tree, store_cursor *cursor,
                                                    perebor_error *error);

#endif
