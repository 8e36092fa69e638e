// SPDX-License-Identifier: MIT
/*
 * No bytes crash or hang the reader of result files. test_mutants [N [FIRST]] tries mutants FIRST …
 * FIRST + N - 1; a mutant is known by its number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "draw.h"
#include "sample_result.h"
#include "scratch.h"

static uint64_t n_mutants = 150, first_mutant = 0;
static char folder[SCRATCH_SIZE], path[96];

/** Where to mutate: half of all hits go to the first bytes, which hold most of the structure. */
static size_t place(uint64_t *random, size_t size) {
    return (size_t)(draw_bits(random) % (draw_bits(random) % 2 ? size
                                         : size < 20000        ? size
                                                               : 20000));
}

/** Flips bits, sets bytes, copies runs, cuts the end off. Returns the new size. */
static size_t mutate(uint8_t *bytes, size_t size, uint64_t number) {
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, 0xfe};
    uint64_t random = number;
    uint64_t n_changes = 1 + draw_bits(&random) % 8;
    for (uint64_t i = 0; i < n_changes; i++) {
        size_t at = place(&random, size);
        size_t from = place(&random, size);
        size_t length = 1 + (size_t)(draw_bits(&random) % 16);
        length = length < size - at ? length : size - at;
        length = length < size - from ? length : size - from;
        switch (draw_bits(&random) % 8) {
        case 0:
        case 1:
        case 2:
            bytes[at] ^= (uint8_t)(1u << draw_bits(&random) % 8);
            break;
        case 3:
        case 4:
            bytes[at] = telling[draw_bits(&random) % sizeof telling];
            break;
        case 5:
            memset(bytes + at, telling[draw_bits(&random) % sizeof telling], length);
            break;
        case 6:
            memmove(bytes + at, bytes + from, length);
            break;
        default:
            size = draw_bits(&random) % 4 == 0 ? 1 + at : size;
            break;
        }
    }
    return size;
}

static void write_plain(const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void no_mutant_crashes_or_hangs_the_reader(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(70);
    assert_int_equal(sample_trials_add_metrics(result->trials), PEREBOR_OK);
    assert_int_equal(sample_trials_add_curves(result->trials), PEREBOR_OK);
    char *bytes = NULL;
    size_t size = 0;
    uint64_t n_read = 0, n_crashed = 0, n_limited = 0;
    assert_non_null(scratch_create(folder));
    (void)snprintf(path, sizeof path, "%s/mutant.h5", folder);
    assert_int_equal(perebor_result_write(result, path, false, NULL), PEREBOR_OK);
    assert_int_equal(perebor_file_read(path, 1 << 28, &bytes, &size, NULL), PEREBOR_OK);
    uint8_t *mutant = malloc(size);
    assert_non_null(mutant);
    for (uint64_t number = first_mutant; number < first_mutant + n_mutants; number++) {
        perebor_result *read = NULL;
        perebor_error error = {0};
        memcpy(mutant, bytes, size);
        write_plain(mutant, mutate(mutant, size, number));
        perebor_status status = perebor_result_read(&read, path, &error);
        assert_true(status == PEREBOR_OK || strstr(error.message, path) != NULL);
        n_read += status == PEREBOR_OK;
        n_crashed += strstr(error.message, "reading it fails with") != NULL;
        n_limited += strstr(error.message, "more time or memory") != NULL;
        perebor_result_free(read);
    }
    print_message("%llu mutants of %zu bytes: %llu read, %llu crashed the child, %llu met its "
                  "limits, the rest were refused\n",
                  (unsigned long long)n_mutants, size, (unsigned long long)n_read,
                  (unsigned long long)n_crashed, (unsigned long long)n_limited);
    assert_true(n_read < n_mutants);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    free(mutant);
    free(bytes);
    perebor_result_free(result);
}

int main(int argc, char **argv) {
    if (argc > 1) {
        n_mutants = strtoull(argv[1], NULL, 10);
    }
    if (argc > 2) {
        first_mutant = strtoull(argv[2], NULL, 10);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_mutant_crashes_or_hangs_the_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
