// SPDX-License-Identifier: MIT
#include "cli/looks_text.h"

#include "store/test_looks.h"

perebor_status looks_text_write(const perebor_result *result, FILE *stream, perebor_error *error) {
    test_looks looks = {0};
    perebor_status status = test_looks_count(result, &looks, error);
    if (looks.n_then > 0) {
        fprintf(stream, "the search went on after its test part was looked at: no score on it is "
                        "of unseen rows any more\n");
    } else if (looks.n > 1) {
        fprintf(stream,
                "the test part was looked at for %zu models: the best of these scores is too "
                "good\n",
                looks.n);
    }
    return status;
}
