// SPDX-License-Identifier: MIT
#include "h5/hdf5_chunks.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "h5/hdf5_types.h"
#include "h5/inflate.h"

enum { element_size = sizeof(uint64_t), most_elements = 1 << 24, most_filters = 2 };

/** What chunks are read with. */
typedef struct chunk_reader {
    hid_t dataset;
    size_t n_columns, n_rows; /**< Of a chunk. */
    uint8_t *stored;          /**< [room + INFLATE_BEHIND] as a chunk is in the file. */
    size_t room;
    uint8_t *shuffled; /**< [n_rows n_columns element_size + INFLATE_BEHIND] */
} chunk_reader;

/** Whether the only filters are those two, in this order. */
static bool is_shuffled_and_deflated(hid_t layout) {
    static const H5Z_filter_t expected[most_filters] = {H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE};
    bool is_so = H5Pget_nfilters(layout) == most_filters;
    for (unsigned i = 0; is_so && i < most_filters; i++) {
        unsigned flags = 0, settings = 0;
        unsigned values[8] = {0};
        size_t n_values = sizeof values / sizeof *values;
        is_so = H5Pget_filter2(layout, i, &flags, &n_values, values, 0, NULL, &settings) ==
                    expected[i] &&
                (i > 0 || (n_values == 1 && values[0] == element_size));
    }
    return is_so;
}

/** The extent of chunks, if they have whole rows. */
static bool find_extent(hid_t layout, const h5_array *array, chunk_reader *reader) {
    hsize_t extent[2] = {0, 1};
    const size_t n_columns = array->n_dimensions > 1 ? array->dimensions[1] : 1;
    if (H5Pget_layout(layout) != H5D_CHUNKED ||
        H5Pget_chunk(layout, 2, extent) != (int)array->n_dimensions || extent[1] != n_columns ||
        extent[0] == 0 || n_columns == 0 || extent[0] > most_elements / n_columns) {
        return false;
    }
    reader->n_rows = (size_t)extent[0];
    reader->n_columns = n_columns;
    return is_shuffled_and_deflated(layout);
}

/** Makes room for a chunk as it is in the file. */
static bool make_room(chunk_reader *reader, size_t size) {
    if (reader->stored != NULL && size <= reader->room) {
        return true;
    }
    free(reader->stored);
    reader->stored = size < SIZE_MAX - INFLATE_BEHIND ? malloc(size + INFLATE_BEHIND) : NULL;
    reader->room = size;
    return reader->stored != NULL;
}

/** Exchanges the bits of a that a mask has, shifted, with those of b. */
static inline void exchange(uint64_t *a, uint64_t *b, unsigned shift, uint64_t mask) {
    const uint64_t differing = (*a >> shift ^ *b) & mask;
    *b ^= differing;
    *a ^= differing << shift;
}

/** Turns eight times eight bytes, a word a row, about their diagonal. */
static inline void turn(uint64_t words[8]) {
    for (unsigned i = 0; i < 4; i++) {
        exchange(&words[i], &words[i + 4], 32, UINT64_C(0x00000000FFFFFFFF));
    }
    for (unsigned i = 0; i < 8; i += i % 4 == 1 ? 3 : 1) {
        exchange(&words[i], &words[i + 2], 16, UINT64_C(0x0000FFFF0000FFFF));
    }
    for (unsigned i = 0; i < 8; i += 2) {
        exchange(&words[i], &words[i + 1], 8, UINT64_C(0x00FF00FF00FF00FF));
    }
}

/** Gathers the bytes of elements, of which first come all first ones, then all second ones.
 * @param[in] n  Of the chunk. @param[in] n_wanted  Those at its beginning. */
static void gather_elements(const uint8_t *shuffled, size_t n, size_t n_wanted, uint8_t *elements) {
    size_t i = 0;
    for (; i + 8 <= n_wanted; i += 8) {
        uint64_t words[8];
        for (size_t byte = 0; byte < 8; byte++) {
            memcpy(&words[byte], shuffled + byte * n + i, sizeof *words);
        }
        turn(words);
        memcpy(elements + i * element_size, words, sizeof words);
    }
    for (; i < n_wanted; i++) {
        for (size_t byte = 0; byte < element_size; byte++) {
            elements[i * element_size + byte] = shuffled[byte * n + i];
        }
    }
}

/** Reads the chunk that begins at a row. */
static bool read_chunk(chunk_reader *reader, const h5_array *array, size_t row) {
    const hsize_t offset[2] = {row, 0};
    const size_t n = reader->n_rows * reader->n_columns;
    const size_t left = array->dimensions[0] - row;
    const size_t n_wanted = (left < reader->n_rows ? left : reader->n_rows) * reader->n_columns;
    hsize_t size = 0;
    uint32_t passed_over = 0;
    if (H5Dget_chunk_storage_size(reader->dataset, offset, &size) < 0 || size == 0 ||
        !make_room(reader, (size_t)size) ||
        H5Dread_chunk(reader->dataset, H5P_DEFAULT, offset, &passed_over, reader->stored) < 0 ||
        passed_over != 0 ||
        !inflate_stream(reader->stored, (size_t)size, reader->shuffled, n * element_size)) {
        return false;
    }
    gather_elements(reader->shuffled, n, n_wanted,
                    (uint8_t *)array->data + row * reader->n_columns * element_size);
    return true;
}

static bool read_chunks(chunk_reader *reader, const h5_array *array) {
    const size_t n = reader->n_rows * reader->n_columns;
    bool read = true;
    reader->shuffled = malloc(n * element_size + INFLATE_BEHIND);
    read = reader->shuffled != NULL;
    for (size_t row = 0; read && row < array->dimensions[0]; row += reader->n_rows) {
        read = read_chunk(reader, array, row);
    }
    free(reader->shuffled);
    free(reader->stored);
    return read;
}

bool hdf5_chunks_read(hid_t dataset, hid_t file_type, hid_t type, h5_array *array) {
    chunk_reader reader = {.dataset = dataset};
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || array->kind == H5_TEXT ||
        array->n_dimensions == 0 || h5_kind_size(array->kind) != element_size ||
        H5Tequal(file_type, type) <= 0) {
        return false;
    }
    hid_t layout = H5Dget_create_plist(dataset);
    const bool read =
        layout >= 0 && find_extent(layout, array, &reader) && read_chunks(&reader, array);
    hdf5_close(layout);
    (void)H5Eclear2(H5E_DEFAULT);
    return read;
}
