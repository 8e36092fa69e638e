// SPDX-License-Identifier: MIT
#include "story/stored.h"

#include <math.h>

static const h5_array *find(const h5_node *group, const char *name, h5_kind kind) {
    const h5_node *node = group == NULL ? NULL : h5_find(group, name);
    if (node == NULL || node->type != H5_DATASET || node->array.kind != kind) {
        return NULL;
    }
    return &node->array;
}

static const void *find_row(const h5_node *group, const char *name, h5_kind kind, size_t n) {
    const h5_array *array = find(group, name, kind);
    return array != NULL && array->n_dimensions == 1 && array->dimensions[0] == n ? array->data
                                                                                  : NULL;
}

size_t stored_length(const h5_node *group, const char *name) {
    const h5_node *node = group == NULL ? NULL : h5_find(group, name);
    return node != NULL && node->type == H5_DATASET && node->array.n_dimensions == 1
               ? node->array.dimensions[0]
               : 0;
}

const double *stored_reals(const h5_node *group, const char *name, size_t n) {
    return find_row(group, name, H5_DOUBLE, n);
}

/** Whole numbers of any width as 64 bits, which live as long as the story. */
static const int64_t *widen(story *story, const h5_array *array, size_t n) {
    if (array->kind == H5_INT64 || array->kind == H5_UINT64) {
        return array->data; // counts without a sign are far below where that matters
    }
    int64_t *wide = story_allocate(story, n, sizeof *wide);
    for (size_t i = 0; wide != NULL && i < n; i++) {
        wide[i] = array->kind == H5_INT8 ? ((const int8_t *)array->data)[i]
                                         : ((const int32_t *)array->data)[i];
    }
    return wide;
}

static const h5_array *find_whole(const h5_node *group, const char *name) {
    static const h5_kind kinds[] = {H5_INT64, H5_INT32, H5_INT8, H5_UINT64};
    const h5_array *array = NULL;
    for (size_t i = 0; array == NULL && i < sizeof kinds / sizeof *kinds; i++) {
        array = find(group, name, kinds[i]);
    }
    return array;
}

const int64_t *stored_integers(story *story, const h5_node *group, const char *name, size_t n) {
    const h5_array *array = find_whole(group, name);
    return array != NULL && array->n_dimensions == 1 && array->dimensions[0] == n
               ? widen(story, array, n)
               : NULL;
}

const char *const *stored_texts(const h5_node *group, const char *name, size_t n) {
    return find_row(group, name, H5_TEXT, n);
}

const double *stored_matrix(const h5_node *group, const char *name, size_t n_rows,
                            size_t n_columns) {
    const h5_array *array = find(group, name, H5_DOUBLE);
    return array != NULL && array->n_dimensions == 2 && array->dimensions[0] == n_rows &&
                   array->dimensions[1] == n_columns
               ? array->data
               : NULL;
}

const int64_t *stored_counts(story *story, const h5_node *group, const char *name, size_t n_rows,
                             size_t n_columns) {
    const h5_array *array = find_whole(group, name);
    return array != NULL && array->n_dimensions == 2 && array->dimensions[0] == n_rows &&
                   array->dimensions[1] == n_columns
               ? widen(story, array, n_rows * n_columns)
               : NULL;
}

double stored_number(const h5_node *group, const char *name) {
    const h5_attribute *found = group == NULL ? NULL : h5_find_attribute(group, name);
    if (found == NULL || found->value.n_dimensions != 0) {
        return NAN;
    }
    switch (found->value.kind) {
    case H5_INT64:
        return (double)*(const int64_t *)found->value.data;
    case H5_UINT64:
        return (double)*(const uint64_t *)found->value.data;
    case H5_INT32:
        return (double)*(const int32_t *)found->value.data;
    case H5_INT8:
        return (double)*(const int8_t *)found->value.data;
    case H5_DOUBLE:
        return *(const double *)found->value.data;
    default:
        return NAN;
    }
}

const char *stored_text(const h5_node *group, const char *name) {
    const char *text = group == NULL ? NULL : h5_find_text(group, name);
    return text == NULL ? "" : text;
}
