// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "sample_result.h"

/** write_sample FILE N: the sample result of N trials. */
int main(int argc, char **argv) {
    perebor_error error = {0};
    perebor_result *result = argc == 3 ? sample_result_create(strtoul(argv[2], NULL, 10)) : NULL;
    if (result == NULL) {
        return EXIT_FAILURE;
    }
    perebor_status status = perebor_result_write(result, argv[1], true, &error);
    if (status != PEREBOR_OK) {
        (void)fprintf(stderr, "%s\n", error.message);
    }
    perebor_result_free(result);
    return status == PEREBOR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
