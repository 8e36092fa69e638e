// SPDX-License-Identifier: MIT
#include "h5/struct_columns.h"

#include <string.h>

enum { number_size = 8 };

h5_node *h5_add_member_texts(h5_tree *tree, h5_node *group, const char *name, const void *structs,
                             size_t n, size_t stride, size_t offset) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_TEXT, 1, n, 0);
    for (size_t i = 0; node != NULL && i < n; i++) {
        const char *const *member = (const void *)((const char *)structs + i * stride + offset);
        ((const char **)node->array.data)[i] = h5_keep_text(tree, *member);
    }
    return node;
}

h5_node *h5_add_member_numbers(h5_tree *tree, h5_node *group, const char *name, h5_kind kind,
                               const void *structs, size_t n, size_t stride, size_t offset) {
    h5_node *node = h5_add_dataset(tree, group, name, kind, 1, n, 0);
    for (size_t i = 0; node != NULL && i < n; i++) {
        memcpy((char *)node->array.data + number_size * i,
               (const char *)structs + i * stride + offset, number_size);
    }
    return node;
}
