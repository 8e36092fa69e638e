// SPDX-License-Identifier: MIT
#include "h5/hdf5_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "h5/hdf5_error.h"
#include "h5/hdf5_types.h"

enum { chunk_records = 1024, deflate_level = 1 };

static size_t field_size(const h5_array *column) {
    if (column->kind != H5_TEXT) {
        return h5_kind_size(column->kind);
    }
    const char *const *texts = column->data;
    size_t longest = 1;
    for (size_t i = 0; i < column->dimensions[0]; i++) {
        size_t length = strlen(texts[i]);
        longest = length > longest ? length : longest;
    }
    return longest;
}

/** The record: columns one after the other without gaps. */
static hid_t make_record(const h5_node *table, const size_t *sizes) {
    size_t record_size = 0, offset = 0, i = 0;
    for (const h5_node *column = table->children; column != NULL; column = column->next) {
        record_size += sizes[i++];
    }
    hid_t record = H5Tcreate(H5T_COMPOUND, record_size > 0 ? record_size : 1);
    i = 0;
    for (const h5_node *column = table->children; column != NULL && record >= 0;
         column = column->next) {
        hid_t type = column->array.kind == H5_TEXT ? hdf5_fixed_text_type(sizes[i])
                                                   : hdf5_type(column->array.kind);
        bool inserted = type >= 0 && H5Tinsert(record, column->name, offset, type) >= 0;
        hdf5_close(type);
        if (!inserted) {
            hdf5_close(record);
            return -1;
        }
        offset += sizes[i++];
    }
    return record;
}

static void fill_field(unsigned char *field, size_t size, const h5_array *column, size_t row) {
    if (column->kind != H5_TEXT) {
        memcpy(field, (const unsigned char *)column->data + row * size, size);
        return;
    }
    const char *text = ((const char *const *)column->data)[row];
    size_t length = strlen(text);
    memcpy(field, text, length < size ? length : size);
}

static void fill_records(unsigned char *records, size_t record_size, const h5_node *table,
                         const size_t *sizes, size_t first_row, size_t n_rows) {
    size_t offset = 0, i = 0;
    memset(records, 0, n_rows * record_size);
    for (const h5_node *column = table->children; column != NULL; column = column->next, i++) {
        for (size_t row = 0; row < n_rows; row++) {
            fill_field(records + row * record_size + offset, sizes[i], &column->array,
                       first_row + row);
        }
        offset += sizes[i];
    }
}

/** Writes the records a chunk at a time. */
static perebor_status write_records(hid_t dataset, hid_t record, const h5_node *table,
                                    const size_t *sizes, size_t n_rows, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t record_size = H5Tget_size(record);
    unsigned char *records = calloc(chunk_records, record_size);
    if (records == NULL) {
        return perebor_no_memory(error, "for the table of trials");
    }
    hid_t file_space = H5Dget_space(dataset), space = -1;
    for (size_t first = 0; first < n_rows && status == PEREBOR_OK; first += chunk_records) {
        hsize_t start = first;
        hsize_t count = n_rows - first < chunk_records ? n_rows - first : chunk_records;
        fill_records(records, record_size, table, sizes, first, (size_t)count);
        space = H5Screate_simple(1, &count, NULL);
        if (H5Sselect_hyperslab(file_space, H5S_SELECT_SET, &start, NULL, &count, NULL) < 0 ||
            H5Dwrite(dataset, record, space, file_space, H5P_DEFAULT, records) < 0) {
            status = hdf5_fail(error, PEREBOR_ERR_IO, "cannot write table", table->name);
        }
        hdf5_close(space);
    }
    free(records);
    hdf5_close(file_space);
    return status;
}

/** Always chunked: PyTables opens no other. */
static hid_t make_layout(void) {
    const hsize_t chunk = chunk_records;
    hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    if (layout < 0 || H5Pset_obj_track_times(layout, false) < 0 ||
        H5Pset_chunk(layout, 1, &chunk) < 0 || H5Pset_shuffle(layout) < 0 ||
        H5Pset_deflate(layout, deflate_level) < 0) {
        hdf5_close(layout);
        return -1;
    }
    return layout;
}

static perebor_status write_table(hid_t group, const h5_node *table, const size_t *sizes,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    hsize_t n_rows = table->children->array.dimensions[0];
    const hsize_t unlimited = H5S_UNLIMITED;
    hid_t record = make_record(table, sizes);
    hid_t space = H5Screate_simple(1, &n_rows, &unlimited);
    hid_t layout = make_layout();
    hid_t dataset = record < 0 || layout < 0 ? -1
                                             : H5Dcreate2(group, table->name, record, space,
                                                          H5P_DEFAULT, layout, H5P_DEFAULT);
    HDF5_TRY(done, PEREBOR_ERR_IO, "cannot write table", table->name, dataset);
    PEREBOR_TRY(done, write_records(dataset, record, table, sizes, (size_t)n_rows, error));
done:
    hdf5_close(dataset);
    hdf5_close(layout);
    hdf5_close(space);
    hdf5_close(record);
    return status;
}

perebor_status hdf5_table_write(hid_t group, const h5_node *table, perebor_error *error) {
    size_t n_columns = 0, i = 0;
    for (const h5_node *column = table->children; column != NULL; column = column->next) {
        n_columns++;
    }
    if (n_columns == 0) {
        return PEREBOR_OK;
    }
    size_t *sizes = calloc(n_columns, sizeof *sizes);
    if (sizes == NULL) {
        return perebor_no_memory(error, "for the table of trials");
    }
    for (const h5_node *column = table->children; column != NULL; column = column->next) {
        sizes[i++] = field_size(&column->array);
    }
    perebor_status status = write_table(group, table, sizes, error);
    free(sizes);
    return status;
}
