// SPDX-License-Identifier: MIT
#include "h5/file_tree_reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *reader_path(char path[READER_PATH], const char *group, const char *name) {
    (void)snprintf(path, READER_PATH, "%s/%s", group, name);
    return path;
}

void reader_fail(h5_reader *reader, const char *path, const char *what) {
    if (reader->status == PEREBOR_OK) {
        reader->status =
            perebor_fail(reader->error, PEREBOR_ERR_FORMAT, "%s: not a whole result file: /%s %s",
                         reader->file, path, what);
    }
}

void reader_fail_memory(h5_reader *reader) {
    if (reader->status == PEREBOR_OK) {
        reader->status = perebor_no_memory(reader->error, "to read %s", reader->file);
    }
}

const h5_node *reader_group(h5_reader *reader, const char *path) {
    const h5_node *node = reader->status == PEREBOR_OK ? h5_find(reader->root, path) : NULL;
    if (node == NULL || node->type != H5_GROUP) {
        reader_fail(reader, path, "is missing");
        return NULL;
    }
    return node;
}

static const h5_array *find_dataset(h5_reader *reader, const char *path) {
    const h5_node *node = reader->status == PEREBOR_OK ? h5_find(reader->root, path) : NULL;
    if (node == NULL || node->type != H5_DATASET) {
        reader_fail(reader, path, "is missing");
        return NULL;
    }
    return &node->array;
}

size_t reader_length(h5_reader *reader, const char *path) {
    const h5_array *array = find_dataset(reader, path);
    if (array != NULL && array->n_dimensions != 1) {
        reader_fail(reader, path, "is not a row");
        return 0;
    }
    return array == NULL ? 0 : array->dimensions[0];
}

static bool is_kind(const h5_array *array, h5_kind kind) {
    if (kind == H5_INT64) {
        return array->kind != H5_DOUBLE && array->kind != H5_TEXT;
    }
    return array->kind == kind;
}

const h5_array *reader_array(h5_reader *reader, const char *path, h5_kind kind, size_t n_dimensions,
                             size_t n_rows, size_t n_columns) {
    const h5_array *array = find_dataset(reader, path);
    if (array == NULL) {
        return NULL;
    }
    if (!is_kind(array, kind)) {
        reader_fail(reader, path, "is of another type than it should be");
        return NULL;
    }
    if (array->n_dimensions != n_dimensions ||
        (n_dimensions > 0 && array->dimensions[0] != n_rows) ||
        (n_dimensions > 1 && array->dimensions[1] != n_columns)) {
        reader_fail(reader, path, "is of another shape than it should be");
        return NULL;
    }
    return array;
}

static bool integer_of(const h5_array *array, size_t at, int64_t *value) {
    switch (array->kind) {
    case H5_INT8:
        *value = (int64_t)((const int8_t *)array->data)[at];
        return true;
    case H5_INT32:
        *value = ((const int32_t *)array->data)[at];
        return true;
    case H5_INT64:
        *value = ((const int64_t *)array->data)[at];
        return true;
    case H5_UINT64: {
        uint64_t wide = ((const uint64_t *)array->data)[at];
        *value = (int64_t)wide;
        return wide <= INT64_MAX;
    }
    default:
        return false;
    }
}

int64_t reader_integer_at(h5_reader *reader, const char *path, const h5_array *array, size_t at,
                          int64_t min, int64_t max) {
    int64_t value = 0;
    if (array == NULL || reader->status != PEREBOR_OK) {
        return min;
    }
    if (!integer_of(array, at, &value) || value < min || value > max) {
        char what[160];
        (void)snprintf(what, sizeof what,
                       "has %" PRId64 " at %zu, which is not between %" PRId64 " and %" PRId64,
                       value, at, min, max);
        reader_fail(reader, path, what);
        return min;
    }
    return value;
}

static const h5_array *find_scalar_attribute(h5_reader *reader, const char *path,
                                             const char *name) {
    const h5_node *group = reader_group(reader, path);
    const h5_attribute *attribute = group == NULL ? NULL : h5_find_attribute(group, name);
    if (attribute == NULL || attribute->value.n_dimensions != 0) {
        char what[160];
        (void)snprintf(what, sizeof what, "has no attribute \"%s\" that is a single value", name);
        reader_fail(reader, path, what);
        return NULL;
    }
    return &attribute->value;
}

const char *reader_text_attribute(h5_reader *reader, const char *path, const char *name) {
    const h5_array *value = find_scalar_attribute(reader, path, name);
    if (value != NULL && value->kind != H5_TEXT) {
        reader_fail(reader, path, "has a number where a text should be");
    }
    return value == NULL || value->kind != H5_TEXT ? "" : *(const char *const *)value->data;
}

int64_t reader_integer_attribute(h5_reader *reader, const char *path, const char *name, int64_t min,
                                 int64_t max) {
    const h5_array *value = find_scalar_attribute(reader, path, name);
    return reader_integer_at(reader, path, value, 0, min, max);
}

uint64_t reader_unsigned_attribute(h5_reader *reader, const char *path, const char *name) {
    const h5_array *value = find_scalar_attribute(reader, path, name);
    if (value != NULL && value->kind == H5_UINT64) {
        return *(const uint64_t *)value->data;
    }
    return (uint64_t)reader_integer_at(reader, path, value, 0, 0, INT64_MAX);
}

static int digit_of(char letter) {
    const char *digits = "0123456789abcdef";
    const char *found = letter == '\0' ? NULL : strchr(digits, letter);
    return found == NULL ? -1 : (int)(found - digits);
}

void reader_digest(h5_reader *reader, const char *path, const char *hex, uint8_t digest[32]) {
    if (reader->status != PEREBOR_OK) {
        return;
    }
    for (size_t i = 0; i < 32; i++) {
        int high = digit_of(hex[2 * i]);
        int low = high < 0 ? -1 : digit_of(hex[2 * i + 1]);
        if (low < 0) {
            reader_fail(reader, path, "has a digest that is not 64 hexadecimal digits");
            return;
        }
        digest[i] = (uint8_t)(16 * high + low);
    }
    if (hex[64] != '\0') {
        reader_fail(reader, path, "has a digest that is not 64 hexadecimal digits");
    }
}
