// SPDX-License-Identifier: MIT
#include "perebor/result_file.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/try.h"
#include "h5/hdf5_write.h"
#include "h5/isolate.h"
#include "perebor/journal.h"
#include "store/result_tree.h"

const perebor_output_kind perebor_result_kind = {
    .name = "a result file", .format = RESULT_FORMAT, .journal = PEREBOR_JOURNAL_ENDING};

perebor_status perebor_result_replace(const perebor_result *result, const char *path,
                                      perebor_file_identity *expected, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    h5_tree *tree = NULL;
    void *image = NULL;
    size_t size = 0;
    PEREBOR_TRY(done, result_to_tree(result, &tree, error));
    PEREBOR_TRY(done, hdf5_write(tree, &image, &size, error));
    PEREBOR_TRY(done, perebor_file_replace(path, image, size, expected, error));
done:
    free(image);
    h5_tree_free(tree);
    return status;
}

perebor_status perebor_result_write(const perebor_result *result, const char *path, bool overwrite,
                                    perebor_error *error) {
    perebor_file_identity expected = {0};
    if (overwrite) {
        expected = perebor_file_identify(path);
    }
    return perebor_result_replace(result, path, &expected, error);
}

perebor_status perebor_result_read(perebor_result **result, const char *path,
                                   perebor_error *error) {
    static const char *const groups[] = {"experiment", "build", "hosts",  "data",
                                         "folds",      "space", "trials", NULL};
    perebor_status status = PEREBOR_OK;
    h5_tree *tree = NULL;
    PEREBOR_TRY(done, h5_read_isolated(path, groups, &tree, error));
    PEREBOR_TRY(done, result_from_tree(tree, path, result, error));
done:
    h5_tree_free(tree);
    return status;
}
