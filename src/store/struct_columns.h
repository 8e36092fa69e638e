// SPDX-License-Identifier: MIT
/**
 * @file struct_columns.h
 * An array of structs as columns of a group: one dataset a member, one row a struct.
 */
#ifndef PEREBOR_STORE_STRUCT_COLUMNS_H
#define PEREBOR_STORE_STRUCT_COLUMNS_H

#include "store/file_tree.h"

/** Adds the text at @p offset of each of @p n structs, copied. */
store_node *store_add_member_texts(store_tree *tree, store_node *group, const char *name,
                                   const void *structs, size_t n, size_t stride, size_t offset);

/** The same for a member of eight bytes, whole or real. */
store_node *store_add_member_numbers(store_tree *tree, store_node *group, const char *name,
                                     store_kind kind, const void *structs, size_t n, size_t stride,
                                     size_t offset);

#define STORE_ADD_TEXTS(tree, group, type, structs, n, member)                                     \
    store_add_member_texts(tree, group, #member, structs, n, sizeof(type), offsetof(type, member))
#define STORE_ADD_NUMBERS(tree, group, kind, type, structs, n, member)                             \
    store_add_member_numbers(tree, group, #member, kind, structs, n, sizeof(type),                 \
                             offsetof(type, member))

#endif
