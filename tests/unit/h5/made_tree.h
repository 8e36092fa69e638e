// SPDX-License-Identifier: MIT
/**
 * @file made_tree.h
 * Trees for tests: made at random, written out as text to be compared, and by way of a file.
 */
#ifndef TESTS_H5_MADE_TREE_H
#define TESTS_H5_MADE_TREE_H

#include "h5/file_tree.h"

/** For every tree that is made: what hdf5_read() is to be asked for. */
extern const char *const made_groups[];

/** Groups in groups, datasets of every kind and shape, tables and attributes. One for each seed. */
h5_tree *made_tree(uint64_t seed);

/** Random elements for an array whose shape is set. */
void made_fill(h5_tree *tree, h5_array *array, uint64_t *random);

/**
 * A tree as lines "PATH = KIND [SHAPE] ELEMENTS"; the caller frees it.
 *
 * @param[in] as_stored  What a file keeps of it: whole numbers have eight bytes, children lie in
 *                       the order of their names, tables have neither attributes nor numbers
 *                       without sign.
 */
char *made_text(const h5_tree *tree, bool as_stored);

/** Fails the test unless both trees come to the same text. */
void assert_same_tree(const h5_tree *a, bool a_as_stored, const h5_tree *b);

/** Writes the bytes that hdf5_write() makes of a tree. */
void made_write(const h5_tree *tree, const char *path);

/** Reads the groups of a file in this process. */
h5_tree *made_read(const char *path, const char *const *groups);

/** Writes bytes as they are. */
void made_write_bytes(const char *path, const void *bytes, size_t size);

#endif
