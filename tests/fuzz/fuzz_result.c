// SPDX-License-Identifier: MIT
/**
 * Any bytes, taken for what the child that parses a result file hands back, give a result or an
 * error. (HDF5 itself is kept from harm by that child; see tests/unit/store/test_mutants.c.)
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "h5/file_tree_codec.h"
#include "store/result_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    h5_tree *tree = NULL;
    perebor_result *result = NULL;
    bytes_cursor cursor = {.at = data, .left = size};
    if (h5_tree_decode(&tree, &cursor, NULL) != PEREBOR_OK) {
        return 0;
    }
    perebor_status status = result_from_tree(tree, "fuzz.h5", &result, NULL);
    if ((status == PEREBOR_OK) != (result != NULL)) {
        abort();
    }
    perebor_result_free(result);
    h5_tree_free(tree);
    return 0;
}
