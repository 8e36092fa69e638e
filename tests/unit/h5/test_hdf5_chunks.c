// SPDX-License-Identifier: MIT
// Chunks are read as HDF5 reads them, or left to it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <hdf5.h>

#include "draw.h"
#include "h5/hdf5_chunks.h"
#include "h5/hdf5_error.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE], path[96];

static int enter(void **state) {
    (void)state;
    hdf5_prepare();
    if (scratch_create(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/chunks.h5", folder);
    return 0;
}

static int leave(void **state) {
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

/** How a dataset is stored. */
typedef struct way {
    hsize_t rows, columns; /**< 0 columns: a row. */
    hsize_t chunk[2];      /**< 0: in one piece. */
    bool shuffled, deflated, checked, narrow;
    bool is_read; /**< Without HDF5's filters. */
} way;

static hid_t layout_of(const way *way, int n_dimensions) {
    hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(way->chunk[0] == 0 || H5Pset_chunk(layout, n_dimensions, way->chunk) >= 0);
    assert_true(!way->shuffled || H5Pset_shuffle(layout) >= 0);
    assert_true(!way->deflated || H5Pset_deflate(layout, 1) >= 0);
    assert_true(!way->checked || H5Pset_fletcher32(layout) >= 0);
    return layout;
}

static void assert_read(const way *way) {
    const int n_dimensions = way->columns == 0 ? 1 : 2;
    const hsize_t extent[2] = {way->rows, way->columns};
    const size_t n = (size_t)way->rows * (way->columns == 0 ? 1 : (size_t)way->columns);
    double *values = calloc(n + 1, sizeof *values), *read = calloc(n + 1, sizeof *read);
    uint64_t random = n;
    for (size_t i = 0; i < n; i++) {
        values[i] = i % 3 == 0 ? draw_uniform(&random) : (double)(i / 50);
    }
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(n_dimensions, extent, NULL);
    hid_t layout = layout_of(way, n_dimensions);
    hid_t dataset = H5Dcreate2(file, "x", way->narrow ? H5T_IEEE_F32LE : H5T_IEEE_F64LE, space,
                               H5P_DEFAULT, layout, H5P_DEFAULT);
    assert_true(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    assert_true(H5Dclose(dataset) >= 0 && H5Fclose(file) >= 0);
    file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    dataset = H5Dopen2(file, "x", H5P_DEFAULT);
    hid_t type = H5Dget_type(dataset);
    h5_array array = {.kind = H5_DOUBLE,
                      .n_dimensions = (size_t)n_dimensions,
                      .dimensions = {(size_t)way->rows, (size_t)way->columns},
                      .data = read};
    const bool is_read = hdf5_chunks_read(dataset, type, H5T_NATIVE_DOUBLE, &array);
    if (is_read != way->is_read || (is_read && memcmp(read, values, n * sizeof *read) != 0)) {
        fail_msg("%zu elements of %zu rows, %zu a chunk: %d", n, (size_t)way->rows,
                 (size_t)way->chunk[0], (int)is_read);
    }
    assert_true(H5Eget_num(H5E_DEFAULT) == 0);
    assert_true(H5Tclose(type) >= 0 && H5Dclose(dataset) >= 0 && H5Fclose(file) >= 0);
    assert_true(H5Pclose(layout) >= 0 && H5Sclose(space) >= 0);
    free(values);
    free(read);
}

static void chunks_are_read_as_they_were_written(void **state) {
    (void)state;
    static const way ways[] = {
        {100, 0, {100, 0}, true, true, false, false, true},
        {1000, 0, {64, 0}, true, true, false, false, true}, // the last is not full
        {16385, 0, {16384, 0}, true, true, false, false, true},
        {7, 0, {5, 0}, true, true, false, false, true},
        {100, 3, {100, 3}, true, true, false, false, true},
        {1000, 5, {64, 5}, true, true, false, false, true},
        {1000, 5, {64, 2}, true, true, false, false, false}, // not of whole rows
        {100, 0, {0, 0}, false, false, false, false, false},
        {100, 0, {100, 0}, false, true, false, false, false},
        {100, 0, {100, 0}, true, false, false, false, false},
        {100, 0, {100, 0}, true, true, true, false, false},
        {100, 0, {100, 0}, true, true, false, true, false},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        assert_read(&ways[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_are_read_as_they_were_written),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
