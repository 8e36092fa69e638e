// SPDX-License-Identifier: MIT
#include "store/struct_columns.h"

#include <string.h>

enum { NUMBER_SIZE = 8 };

store_node *store_add_member_texts(store_tree *tree, store_node *group, const char *name,
                                   const void *structs, size_t n, size_t stride, size_t offset) {
    store_node *node = store_add_dataset(tree, group, name, STORE_TEXT, 1, n, 0);
    for (size_t i = 0; node != NULL && i < n; i++) {
        const char *const *member = (const void *)((const char *)structs + i * stride + offset);
        ((const char **)node->array.data)[i] = store_keep_text(tree, *member);
    }
    return node;
}

store_node *store_add_member_numbers(store_tree *tree, store_node *group, const char *name,
                                     store_kind kind, const void *structs, size_t n, size_t stride,
                                     size_t offset) {
    store_node *node = store_add_dataset(tree, group, name, kind, 1, n, 0);
    for (size_t i = 0; node != NULL && i < n; i++) {
        memcpy((char *)node->array.data + NUMBER_SIZE * i,
               (const char *)structs + i * stride + offset, NUMBER_SIZE);
    }
    return node;
}
