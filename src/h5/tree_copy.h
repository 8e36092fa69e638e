// SPDX-License-Identifier: MIT
/**
 * @file tree_copy.h
 * Parts of one tree in another, in an order that does not tell where they came from.
 */
#ifndef PEREBOR_H5_TREE_COPY_H
#define PEREBOR_H5_TREE_COPY_H

#include "h5/file_tree.h"

/**
 * Adds a copy of a group with everything below it, children and attributes sorted by name: what is
 * equal is then written as the same bytes, whether it was just made or read from a file.
 *
 * Scales are not copied. A group whose attribute `scales` lists datasets of it, a word each, has
 * these as scales of every dataset that is as long.
 *
 * @return The copy; NULL if memory is short, which the tree remembers.
 */
h5_node *h5_copy(h5_tree *tree, h5_node *parent, const h5_node *group);

/** SHA-256 of a group and everything below it, whatever the order; scales left out. */
PEREBOR_MUST_CHECK perebor_status h5_digest(const h5_node *group, uint8_t digest[32],
                                            perebor_error *error);

#endif
