// SPDX-License-Identifier: MIT
/**
 * @file struct_columns.h
 * An array of structs as columns of a group: one dataset a member, one row a struct.
 */
#ifndef PEREBOR_H5_STRUCT_COLUMNS_H
#define PEREBOR_H5_STRUCT_COLUMNS_H

#include "h5/file_tree.h"

/** Adds the text at @p offset of each of @p n structs, copied. */
h5_node *h5_add_member_texts(h5_tree *tree, h5_node *group, const char *name, const void *structs,
                             size_t n, size_t stride, size_t offset);

/** The same for a member of eight bytes, whole or real. */
h5_node *h5_add_member_numbers(h5_tree *tree, h5_node *group, const char *name, h5_kind kind,
                               const void *structs, size_t n, size_t stride, size_t offset);

#define H5_ADD_TEXTS(tree, group, type, structs, n, member)                                        \
    h5_add_member_texts(tree, group, #member, structs, n, sizeof(type), offsetof(type, member))
/** 0; a member of another size does not compile. */
#define H5_REQUIRE_SIZE(type, member, bytes)                                                       \
    (0 * sizeof(struct {                                                                           \
         _Static_assert(sizeof(((type *)NULL)->member) == (bytes), "the member's size");           \
         char required;                                                                            \
     }))

/** Under a name that the file has for it. */
#define H5_ADD_NUMBERS_AS(name, tree, group, kind, type, structs, n, member)                       \
    h5_add_member_numbers(tree, group, name, kind, structs, n, sizeof(type),                       \
                          offsetof(type, member) + H5_REQUIRE_SIZE(type, member, 8))

#define H5_ADD_NUMBERS(tree, group, kind, type, structs, n, member)                                \
    H5_ADD_NUMBERS_AS(#member, tree, group, kind, type, structs, n, member)

#endif
