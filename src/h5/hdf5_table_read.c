// SPDX-License-Identifier: MIT
#include "h5/hdf5_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "h5/hdf5_error.h"
#include "h5/hdf5_types.h"

enum { fixed_read_records = 1024, max_columns = 1000, max_text = 1 << 24 };

/** How a column lies in the records that are read. */
typedef struct field {
    h5_node *node;
    size_t offset, size;
} field;

typedef struct record_reader {
    hid_t dataset;
    hid_t type; /**< That of the records in memory. */
    size_t record_size;
    size_t n_fields;
    field fields[max_columns];
} record_reader;

/** The kind of a member, and the type that it is read as; false if such a column is not known. */
static bool choose_member(hid_t member, h5_kind *kind, hid_t *type, size_t *size) {
    *size = sizeof(int64_t);
    switch (H5Tget_class(member)) {
    case H5T_INTEGER:
        *kind = H5_INT64;
        *type = hdf5_type(H5_INT64);
        break;
    case H5T_FLOAT:
        *kind = H5_DOUBLE;
        *type = hdf5_type(H5_DOUBLE);
        break;
    case H5T_STRING:
        *kind = H5_TEXT;
        *size = H5Tget_size(member);
        *type = H5Tis_variable_str(member) == 0 && *size <= max_text
                    ? hdf5_fixed_text_type_of_file(*size, member)
                    : -1;
        break;
    default:
        return false;
    }
    return *type >= 0;
}

/** Adds the columns of a record type as nodes, and builds the type that they are read as. */
static bool plan_fields(record_reader *reader, hid_t file_type, h5_tree *tree, h5_node *table,
                        size_t n_rows) {
    int n = H5Tget_nmembers(file_type);
    hid_t types[max_columns];
    bool planned = n > 0 && n <= max_columns;
    for (int i = 0; planned && i < n; i++) {
        h5_kind kind;
        hid_t member = H5Tget_member_type(file_type, (unsigned)i);
        char *name = H5Tget_member_name(file_type, (unsigned)i);
        field *next = &reader->fields[i];
        planned =
            member >= 0 && name != NULL && choose_member(member, &kind, &types[i], &next->size);
        if (planned) {
            next->offset = reader->record_size;
            reader->record_size += next->size;
            next->node = h5_add_dataset(tree, table, name, kind, 1, n_rows, 0);
            reader->n_fields++;
        }
        (void)H5free_memory(name);
        hdf5_close(member);
    }
    reader->type = planned ? H5Tcreate(H5T_COMPOUND, reader->record_size) : -1;
    for (size_t i = 0; i < reader->n_fields; i++) {
        char *name = H5Tget_member_name(file_type, (unsigned)i);
        planned = planned && name != NULL && reader->type >= 0 &&
                  H5Tinsert(reader->type, name, reader->fields[i].offset, types[i]) >= 0;
        (void)H5free_memory(name);
        hdf5_close(types[i]);
    }
    return planned;
}

/** Takes one value out of a record. */
static void take_field(h5_tree *tree, const field *from, const unsigned char *record, size_t row) {
    h5_array *array = &from->node->array;
    const unsigned char *value = record + from->offset;
    if (array->kind != H5_TEXT) {
        memcpy((unsigned char *)array->data + row * sizeof(int64_t), value, sizeof(int64_t));
        return;
    }
    size_t length = 0;
    while (length < from->size && value[length] != '\0') {
        length++;
    }
    const char *copy = perebor_arena_copy(&tree->arena, (const char *)value, length);
    tree->failed = tree->failed || copy == NULL;
    if (copy != NULL) {
        ((const char **)array->data)[row] = copy;
    }
}

static bool read_block(const record_reader *reader, hid_t file_space, unsigned char *records,
                       size_t first, size_t n) {
    hsize_t start = first, count = n;
    hid_t space = H5Screate_simple(1, &count, NULL);
    bool read =
        H5Sselect_hyperslab(file_space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
        H5Dread(reader->dataset, reader->type, space, file_space, H5P_DEFAULT, records) >= 0;
    hdf5_close(space);
    return read;
}

/** Reads the records a block at a time. */
static bool read_records(const record_reader *reader, h5_tree *tree, size_t n_rows) {
    unsigned char *records = calloc(fixed_read_records, reader->record_size);
    hid_t file_space = H5Dget_space(reader->dataset);
    bool read = records != NULL && file_space >= 0;
    for (size_t first = 0; read && first < n_rows; first += fixed_read_records) {
        size_t n = n_rows - first < fixed_read_records ? n_rows - first : fixed_read_records;
        read = read_block(reader, file_space, records, first, n);
        for (size_t i = 0; read && i < reader->n_fields; i++) {
            for (size_t row = 0; row < n; row++) {
                take_field(tree, &reader->fields[i], records + row * reader->record_size,
                           first + row);
            }
        }
    }
    hdf5_close(file_space);
    free(records);
    return read;
}

perebor_status hdf5_table_read(hid_t dataset, h5_tree *tree, h5_node *parent, const char *name,
                               size_t n_rows, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    hid_t file_type = H5Dget_type(dataset);
    h5_node *table = h5_add_table(tree, parent, name);
    record_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL || table == NULL) {
        tree->failed = true;
        goto done;
    }
    *reader = (record_reader){.dataset = dataset, .type = -1};
    if (plan_fields(reader, file_type, tree, table, n_rows) && !tree->failed &&
        !read_records(reader, tree, n_rows)) {
        status = hdf5_fail(error, PEREBOR_ERR_FORMAT, "cannot read table", name);
    }
    hdf5_close(reader->type);
done:
    free(reader);
    hdf5_close(file_type);
    return status;
}
