// SPDX-License-Identifier: MIT
#include "base/file_write.h"

#include "base/draft.h"
#include "base/try.h"

perebor_status perebor_file_replace(const char *path, const void *bytes, size_t size,
                                    perebor_file_identity *expected, perebor_error *error) {
    perebor_status status;
    perebor_draft draft = {0};
    PEREBOR_TRY(done, perebor_draft_sweep(path, error));
    PEREBOR_TRY(done, perebor_draft_open(&draft, path, error));
    PEREBOR_TRY(done, perebor_draft_write(&draft, bytes, size, error));
    PEREBOR_TRY(done, perebor_draft_publish(&draft, expected, error));
done:
    perebor_draft_discard(&draft);
    return status;
}

perebor_status perebor_file_write(const char *path, const void *bytes, size_t size, bool overwrite,
                                  perebor_error *error) {
    perebor_file_identity expected = {0};
    if (overwrite) {
        expected = perebor_file_identify(path);
    }
    return perebor_file_replace(path, bytes, size, &expected, error);
}
