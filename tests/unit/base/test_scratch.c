// SPDX-License-Identifier: MIT
/** What is put into scratch is read back from any place, from memory and from the file alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/scratch.h"
#include "draw.h"
#include "scratch.h"

static uint8_t byte_at(uint64_t at) {
    return (uint8_t)perebor_mix(at);
}

static void append(perebor_scratch *scratch, size_t size) {
    uint8_t *bytes = malloc(size + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = byte_at(scratch->size + i);
    }
    assert_int_equal(perebor_scratch_append(scratch, bytes, size, NULL), PEREBOR_OK);
    free(bytes);
}

static void assert_reads(const perebor_scratch *scratch, uint64_t from, size_t size) {
    uint8_t *bytes = malloc(size + 1);
    assert_non_null(bytes);
    assert_int_equal(perebor_scratch_read(scratch, from, bytes, size, NULL), PEREBOR_OK);
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != byte_at(from + i)) {
            fail_msg("byte %zu after %zu is another", i, (size_t)from);
        }
    }
    free(bytes);
}

static void assert_reads_anywhere(const perebor_scratch *scratch, uint64_t *random) {
    for (int i = 0; i < 50; i++) {
        uint64_t from = draw_bits(random) % (scratch->size + 1);
        assert_reads(scratch, from, (size_t)(draw_bits(random) % (scratch->size - from + 1)));
    }
}

static void bytes_are_read_back_before_and_after_they_go_into_a_file(void **state) {
    (void)state;
    uint64_t random = 3;
    perebor_scratch scratch;
    assert_int_equal(perebor_scratch_begin(&scratch, NULL, NULL), PEREBOR_OK);
    for (int i = 0; i < 40; i++) {
        append(&scratch, draw_bits(&random) % 5000);
    }
    assert_int_equal(scratch.file, 0);
    assert_reads_anywhere(&scratch, &random);
    assert_int_equal(perebor_scratch_spill(&scratch, NULL), PEREBOR_OK);
    assert_int_not_equal(scratch.file, 0);
    assert_reads_anywhere(&scratch, &random);
    for (int i = 0; i < 40; i++) {
        append(&scratch, draw_bits(&random) % 5000);
    }
    assert_reads_anywhere(&scratch, &random);
    assert_int_equal(perebor_scratch_spill(&scratch, NULL), PEREBOR_OK); // again: nothing to do
    assert_reads(&scratch, 0, (size_t)scratch.size);
    perebor_scratch_release(&scratch);
    assert_null(scratch.bytes);
}

static void more_than_memory_is_for_goes_into_a_file(void **state) {
    (void)state;
    enum { piece = PEREBOR_SCRATCH_MEMORY / 16 };
    perebor_scratch scratch;
    assert_int_equal(perebor_scratch_begin(&scratch, NULL, NULL), PEREBOR_OK);
    for (int i = 0; i < 16; i++) {
        append(&scratch, piece);
    }
    assert_int_equal(scratch.file, 0);
    append(&scratch, 1);
    assert_int_not_equal(scratch.file, 0);
    assert_null(scratch.bytes);
    assert_reads(&scratch, PEREBOR_SCRATCH_MEMORY - 1000, 1001);
    assert_reads(&scratch, 12345, 100);
    perebor_scratch_release(&scratch);
}

/** Nobody sees the file, which is where it was asked to be. */
static void scratch_lies_beside_a_file_and_leaves_nothing(void **state) {
    (void)state;
    char folder[SCRATCH_SIZE], beside[SCRATCH_SIZE + 8];
    perebor_scratch scratch;
    assert_non_null(scratch_create(folder));
    (void)snprintf(beside, sizeof beside, "%s/out.csv", folder);
    assert_int_equal(perebor_scratch_begin(&scratch, beside, NULL), PEREBOR_OK);
    append(&scratch, 10);
    assert_int_equal(perebor_scratch_spill(&scratch, NULL), PEREBOR_OK);
    assert_int_equal(rmdir(folder), 0); // it is empty
    assert_reads(&scratch, 0, 10);
    perebor_scratch_release(&scratch);
}

static void a_folder_that_is_not_there_is_named(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_scratch scratch;
    assert_int_equal(perebor_scratch_begin(&scratch, "/no-such-folder/out.csv", NULL), PEREBOR_OK);
    append(&scratch, 10);
    assert_int_equal(perebor_scratch_spill(&scratch, &error), PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, "/no-such-folder/"));
    assert_non_null(strstr(error.message, "TMPDIR"));
    assert_reads(&scratch, 0, 10); // it is still there
    perebor_scratch_release(&scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_read_back_before_and_after_they_go_into_a_file),
        cmocka_unit_test(more_than_memory_is_for_goes_into_a_file),
        cmocka_unit_test(scratch_lies_beside_a_file_and_leaves_nothing),
        cmocka_unit_test(a_folder_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
