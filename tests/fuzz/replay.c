// SPDX-License-Identifier: MIT
/* Runs a fuzz target once over files, where there is no libFuzzer: seeds and past findings stay
 * tested in every build. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        char *bytes = NULL;
        size_t size = 0;
        perebor_error error;
        if (perebor_file_read(argv[i], SIZE_MAX / 2, &bytes, &size, &error) != PEREBOR_OK) {
            (void)fprintf(stderr, "%s\n", error.message);
            return EXIT_FAILURE;
        }
        (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes, size);
        free(bytes);
    }
    return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
