// SPDX-License-Identifier: MIT
#include "made_tree.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "h5/hdf5_read.h"
#include "h5/hdf5_write.h"

const char *const made_groups[] = {"a", "b", "c", NULL};

static const char *const words[] = {
    "", "x", "a text of some length, with spaces", "строка", "two\nlines", "\"quoted\" \\ \t",
};

static void fill_number(h5_array *array, size_t at, uint64_t bits) {
    switch (array->kind) {
    case H5_INT8:
        ((int8_t *)array->data)[at] = (int8_t)(int)(bits % 256 - 128);
        break;
    case H5_INT32:
        ((int32_t *)array->data)[at] = (int32_t)(int64_t)((bits >> 32) - (UINT64_C(1) << 31));
        break;
    case H5_INT64:
        ((int64_t *)array->data)[at] = (int64_t)(bits >> 1) - INT64_MAX / 2;
        break;
    case H5_UINT64:
        ((uint64_t *)array->data)[at] = bits;
        break;
    default:
        ((double *)array->data)[at] = (double)(int64_t)bits * 0x1p-40;
        break;
    }
}

void made_fill(h5_tree *tree, h5_array *array, uint64_t *random) {
    for (size_t i = 0; i < h5_array_length(array); i++) {
        uint64_t bits = draw_bits(random);
        if (array->kind == H5_TEXT) {
            ((const char **)array->data)[i] =
                h5_keep_text(tree, words[bits % (sizeof words / sizeof *words)]);
        } else {
            fill_number(array, i, bits);
        }
    }
}

static void add_attributes(h5_tree *tree, h5_node *node, uint64_t *random) {
    size_t n = draw_bits(random) % 4;
    for (size_t i = 0; i < n; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "note_%zu", n - i); // not in the order of the names
        h5_attribute *added = h5_add_attribute(tree, node, name, draw_bits(random) % H5_N_KINDS,
                                               draw_bits(random) % 2, draw_bits(random) % 5);
        made_fill(tree, &added->value, random);
    }
}

static void add_dataset(h5_tree *tree, h5_node *parent, const char *name, uint64_t *random) {
    static const size_t rows[] = {0, 1, 2, 63, 64, 65, 200}, columns[] = {0, 1, 3};
    h5_node *added =
        h5_add_dataset(tree, parent, name, draw_bits(random) % H5_N_KINDS, draw_bits(random) % 3,
                       rows[draw_bits(random) % 7], columns[draw_bits(random) % 3]);
    made_fill(tree, &added->array, random);
    add_attributes(tree, added, random);
}

static void add_table(h5_tree *tree, h5_node *parent, const char *name, uint64_t *random) {
    h5_node *table = h5_add_table(tree, parent, name);
    size_t n_rows = draw_bits(random) % 70, n_columns = 1 + draw_bits(random) % 4;
    for (size_t i = 0; i < n_columns; i++) {
        char column[16];
        (void)snprintf(column, sizeof column, "column_%zu", n_columns - i);
        h5_kind kind = draw_bits(random) % H5_N_KINDS;
        h5_node *added =
            h5_add_dataset(tree, table, column, kind == H5_UINT64 ? H5_INT64 : kind, 1, n_rows, 0);
        made_fill(tree, &added->array, random);
    }
}

static void fill_group(h5_tree *tree, h5_node *group, int depth, uint64_t *random) {
    size_t n = draw_bits(random) % 5;
    add_attributes(tree, group, random);
    for (size_t i = 0; i < n; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "child_%zu", n - i);
        switch (draw_bits(random) % (depth < 3 ? 6 : 5)) {
        case 0:
            add_table(tree, group, name, random);
            break;
        case 5:
            fill_group(tree, h5_add_group(tree, group, name), depth + 1, random);
            break;
        default:
            add_dataset(tree, group, name, random);
            break;
        }
    }
}

h5_tree *made_tree(uint64_t seed) {
    uint64_t random = seed;
    h5_tree *tree = h5_tree_create();
    assert_non_null(tree);
    add_attributes(tree, tree->root, &random);
    for (const char *const *group = made_groups; *group != NULL; group++) {
        fill_group(tree, h5_add_group(tree, tree->root, *group), 1, &random);
    }
    assert_false(tree->failed);
    return tree;
}

static void print_element(FILE *to, const h5_array *array, size_t at) {
    uint64_t bits;
    switch (array->kind) {
    case H5_INT8:
        (void)fprintf(to, " %d", ((const int8_t *)array->data)[at]);
        break;
    case H5_INT32:
        (void)fprintf(to, " %" PRId32, ((const int32_t *)array->data)[at]);
        break;
    case H5_INT64:
        (void)fprintf(to, " %" PRId64, ((const int64_t *)array->data)[at]);
        break;
    case H5_UINT64:
        (void)fprintf(to, " %" PRIu64, ((const uint64_t *)array->data)[at]);
        break;
    case H5_DOUBLE:
        memcpy(&bits, (const double *)array->data + at, sizeof bits);
        (void)fprintf(to, " %016" PRIx64, bits);
        break;
    case H5_TEXT:
        (void)fprintf(to, " <%s>", ((const char *const *)array->data)[at]);
        break;
    }
}

static void print_array(FILE *to, const h5_array *array, bool as_stored) {
    static const char *const kinds[] = {"int8", "int32", "int64", "uint64", "double", "text"};
    h5_kind kind = as_stored && array->kind < H5_INT64 ? H5_INT64 : array->kind;
    (void)fprintf(to, " = %s [", kinds[kind]);
    for (size_t i = 0; i < array->n_dimensions; i++) {
        (void)fprintf(to, "%s%zu", i > 0 ? " " : "", array->dimensions[i]);
    }
    (void)fputs("]", to);
    for (size_t i = 0; i < h5_array_length(array); i++) {
        print_element(to, array, i);
    }
    (void)fputc('\n', to);
}

static int compare_names(const void *a, const void *b) {
    const h5_node *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static void print_node(FILE *to, const h5_node *node, const char *path, bool as_stored) {
    const h5_node *children[64];
    size_t n = 0;
    (void)fprintf(to, "%s%s", path, node->type == H5_TABLE ? " (a table)\n" : "");
    if (node->type == H5_DATASET) {
        print_array(to, &node->array, as_stored);
    } else if (node->type == H5_GROUP) {
        (void)fputs("/\n", to);
    }
    for (const h5_attribute *at = node->attributes; at != NULL; at = at->next) {
        (void)fprintf(to, "%s@%s", path, at->name);
        print_array(to, &at->value, as_stored);
    }
    for (const h5_node *child = node->children; child != NULL; child = child->next) {
        assert_in_range(n, 0, 63);
        children[n++] = child;
    }
    if (as_stored && node->type == H5_GROUP && n > 1) {
        qsort(children, n, sizeof *children, compare_names);
    }
    for (size_t i = 0; i < n; i++) {
        char below[512];
        (void)snprintf(below, sizeof below, "%s/%s", path, children[i]->name);
        print_node(to, children[i], below, as_stored);
    }
}

char *made_text(const h5_tree *tree, bool as_stored) {
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    assert_non_null(to);
    print_node(to, tree->root, "", as_stored);
    assert_int_equal(fclose(to), 0);
    return text;
}

void assert_same_tree(const h5_tree *a, bool a_as_stored, const h5_tree *b) {
    char *left = made_text(a, a_as_stored), *right = made_text(b, false);
    assert_string_equal(left, right);
    free(left);
    free(right);
}

void made_write_bytes(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void made_write(const h5_tree *tree, const char *path) {
    void *image = NULL;
    size_t size = 0;
    perebor_error error = {0};
    if (hdf5_write(tree, &image, &size, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    made_write_bytes(path, image, size);
    free(image);
}

h5_tree *made_read(const char *path, const char *const *groups) {
    h5_tree *tree = NULL;
    perebor_error error = {0};
    if (hdf5_read(path, groups, NULL, &tree, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return tree;
}
