// SPDX-License-Identifier: MIT
#include "model/form_tree.h"

#include <stdio.h>
#include <string.h>

enum { max_path = 128 };

static void add_reals(h5_tree *tree, h5_node *group, const char *name, const double *values,
                      size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 1, n, 0);
    if (node != NULL && n > 0) {
        memcpy(node->array.data, values, n * sizeof *values);
    }
}

static void add_numbers(h5_tree *tree, h5_node *group, const char *name, const uint32_t *values,
                        size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_INT64, 1, n, 0);
    for (size_t i = 0; node != NULL && i < n; i++) {
        ((int64_t *)node->array.data)[i] = values[i];
    }
}

/** Adds a matrix, a row of it a row of the dataset. */
static void add_matrix(h5_tree *tree, h5_node *group, const char *name,
                       const perebor_matrix *matrix) {
    h5_node *node =
        h5_add_dataset(tree, group, name, H5_DOUBLE, 2, matrix->n_rows, matrix->n_columns);
    for (size_t column = 0; node != NULL && column < matrix->n_columns; column++) {
        const double *values = perebor_matrix_column(matrix, column);
        for (size_t row = 0; row < matrix->n_rows; row++) {
            ((double *)node->array.data)[row * matrix->n_columns + column] = values[row];
        }
    }
}

static void set_real(h5_tree *tree, h5_node *group, const char *name, double value) {
    h5_attribute *attribute = h5_add_attribute(tree, group, name, H5_DOUBLE, 0, 0);
    if (attribute != NULL) {
        *(double *)attribute->value.data = value;
    }
}

static void add_trees(const perebor_trees_form *trees, h5_tree *tree, h5_node *group) {
    h5_node *first = h5_add_dataset(tree, group, "first_node", H5_INT64, 1, trees->n_trees + 1, 0);
    for (size_t i = 0; first != NULL && i <= trees->n_trees; i++) {
        ((int64_t *)first->array.data)[i] = (int64_t)trees->first_node[i];
    }
    add_reals(tree, group, "threshold", trees->thresholds, trees->n_nodes);
    add_reals(tree, group, "value", trees->values, trees->n_nodes);
    add_reals(tree, group, "cover", trees->covers, trees->n_nodes);
    add_numbers(tree, group, "node_column", trees->columns, trees->n_nodes);
    add_numbers(tree, group, "left", trees->left, trees->n_nodes);
    if (trees->n_sets > 0) {
        h5_node *sets =
            h5_add_dataset(tree, group, "first_member", H5_INT64, 1, trees->n_sets + 1, 0);
        for (size_t i = 0; sets != NULL && i <= trees->n_sets; i++) {
            ((int64_t *)sets->array.data)[i] = (int64_t)trees->first_member[i];
        }
        add_numbers(tree, group, "member", trees->members, trees->first_member[trees->n_sets]);
    }
    h5_set_integer(tree, group, "single_precision", trees->single_precision);
    if (trees->added) {
        h5_set_integer(tree, group, "added", 1);
    }
}

static void add_kernel(const perebor_model_form *form, h5_tree *tree, h5_node *group) {
    static const char *const names[] = {[PEREBOR_KERNEL_RBF] = "rbf",
                                        [PEREBOR_KERNEL_POLY] = "poly",
                                        [PEREBOR_KERNEL_SIGMOID] = "sigmoid"};
    const perebor_kernel_form *kernel = &form->as.kernel;
    h5_set_text(tree, group, "kernel", names[kernel->kernel.kind]);
    h5_set_integer(tree, group, "kernel_kind", kernel->kernel.kind);
    set_real(tree, group, "gamma", kernel->kernel.gamma);
    set_real(tree, group, "coef0", kernel->kernel.coef0);
    h5_set_integer(tree, group, "degree", kernel->kernel.degree);
    set_real(tree, group, "bias", kernel->bias);
    if (form->kind == PEREBOR_FORM_MONOMIALS) {
        add_reals(tree, group, "weights", kernel->weights, kernel->n_weights);
        return;
    }
    add_matrix(tree, group, "support", &kernel->support);
    add_reals(tree, group, "coefficients", kernel->coefficients, kernel->support.n_rows);
}

static void add_neighbors(const perebor_neighbors_form *neighbors, h5_tree *tree, h5_node *group) {
    size_t n = neighbors->points.n_rows;
    add_matrix(tree, group, "points", &neighbors->points);
    h5_node *labels = h5_add_dataset(tree, group, "labels", H5_INT8, 1, n, 0);
    for (size_t i = 0; labels != NULL && i < n; i++) {
        ((int8_t *)labels->array.data)[i] = (int8_t)neighbors->labels[i];
    }
    h5_set_integer(tree, group, "k", (int64_t)neighbors->k);
    h5_set_integer(tree, group, "by_distance", neighbors->by_distance);
    h5_set_integer(tree, group, "distance", neighbors->distance);
    set_real(tree, group, "p", neighbors->p);
}

/** A class a row. */
static void add_classes(h5_tree *tree, h5_node *group, const char *name,
                        const double *const of_class[2], size_t n_columns) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 2, 2, n_columns);
    for (size_t c = 0; node != NULL && n_columns > 0 && c < 2; c++) {
        memcpy((double *)node->array.data + c * n_columns, of_class[c], n_columns * sizeof(double));
    }
}

static void add_densities(const perebor_model_form *form, h5_tree *tree, h5_node *group) {
    const perebor_densities_form *densities = &form->as.densities;
    set_real(tree, group, "offset", densities->offset);
    add_classes(tree, group, "means", densities->means, form->n_columns);
    add_classes(tree, group, "variances", densities->variances, form->n_columns);
}

void form_to_tree(const perebor_model_form *form, h5_tree *tree, h5_node *group) {
    h5_set_text(tree, group, "form", perebor_form_kind_name(form->kind));
    h5_set_integer(tree, group, "form_kind", form->kind);
    if (form->grain > 0.0) {
        set_real(tree, group, "grain", form->grain);
    }
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
        add_reals(tree, group, "weights", form->as.linear.weights, form->n_columns);
        set_real(tree, group, "intercept", form->as.linear.intercept);
        break;
    case PEREBOR_FORM_TREES:
        add_trees(&form->as.trees, tree, group);
        break;
    case PEREBOR_FORM_KERNEL:
    case PEREBOR_FORM_MONOMIALS:
        add_kernel(form, tree, group);
        break;
    case PEREBOR_FORM_NEIGHBORS:
        add_neighbors(&form->as.neighbors, tree, group);
        break;
    case PEREBOR_FORM_DENSITIES:
        add_densities(form, tree, group);
        break;
    }
}

/** The group being read. */
typedef struct form_source {
    h5_reader *reader;
    const char *path;
    perebor_workspace *workspace;
    h5_pages **pages; /**< Held once something lies in them. */
} form_source;

static const h5_array *array_of(const form_source *from, const char *name, h5_kind kind,
                                size_t n_dimensions, size_t n_rows, size_t n_columns,
                                char path[max_path]) {
    (void)snprintf(path, max_path, "%s/%s", from->path, name);
    return reader_array(from->reader, path, kind, n_dimensions, n_rows, n_columns);
}

static size_t length_of(const form_source *from, const char *name) {
    char path[max_path];
    (void)snprintf(path, sizeof path, "%s/%s", from->path, name);
    return reader_length(from->reader, path);
}

static const double *reals_of(const form_source *from, const char *name, size_t n) {
    char path[max_path];
    const h5_array *array = array_of(from, name, H5_DOUBLE, 1, n, 0, path);
    return array == NULL ? NULL : array->data;
}

/** Reals that need no tree: in pages that are held, or copied. */
static const double *lasting_reals_of(const form_source *from, const char *name, size_t n) {
    char path[max_path];
    const h5_array *array = array_of(from, name, H5_DOUBLE, 1, n, 0, path);
    if (array != NULL && array->pages != NULL) {
        if (*from->pages == NULL) { // those of all arrays of a tree
            *from->pages = h5_pages_hold(array->pages);
        }
        return array->data;
    }
    double *reals =
        array == NULL ? NULL : perebor_workspace_take(from->workspace, n, sizeof *reals);
    if (reals == NULL) {
        reader_fail_memory(from->reader);
        return NULL;
    }
    if (n > 0) {
        memcpy(reals, array->data, n * sizeof *reals);
    }
    return reals;
}

static double real_of(const form_source *from, const char *name) {
    const h5_node *group = reader_group(from->reader, from->path);
    const h5_attribute *attribute = group == NULL ? NULL : h5_find_attribute(group, name);
    if (attribute == NULL || attribute->value.kind != H5_DOUBLE ||
        attribute->value.n_dimensions != 0) {
        char path[max_path];
        (void)snprintf(path, sizeof path, "%s@%s", from->path, name);
        reader_fail(from->reader, path, "is not a number");
        return 0.0;
    }
    return *(const double *)attribute->value.data;
}

static int64_t integer_of(const form_source *from, const char *name, int64_t min, int64_t max) {
    return reader_integer_attribute(from->reader, from->path, name, min, max);
}

/** Whole numbers from 0 to 2^32 - 1, copied. */
static const uint32_t *numbers_of(const form_source *from, const char *name, size_t n) {
    char path[max_path];
    const h5_array *array = array_of(from, name, H5_INT64, 1, n, 0, path);
    uint32_t *numbers =
        array == NULL ? NULL : perebor_workspace_take(from->workspace, n, sizeof *numbers);
    if (numbers == NULL) {
        reader_fail_memory(from->reader);
        return NULL;
    }
    const int64_t *wide = array->kind == H5_INT64 ? array->data : NULL;
    uint64_t bits = 0;
    for (size_t i = 0; wide != NULL && i < n; i++) {
        numbers[i] = (uint32_t)wide[i];
        bits |= (uint64_t)wide[i];
    }
    for (size_t i = 0; (wide == NULL || bits > UINT32_MAX) && i < n; i++) { // says what is wrong
        numbers[i] = (uint32_t)reader_integer_at(from->reader, path, array, i, 0, UINT32_MAX);
    }
    return numbers;
}

static perebor_matrix matrix_of(const form_source *from, const char *name, size_t n_rows,
                                size_t n_columns) {
    char path[max_path];
    perebor_matrix matrix = {0};
    const h5_array *array = array_of(from, name, H5_DOUBLE, 2, n_rows, n_columns, path);
    if (array == NULL ||
        perebor_matrix_create(&matrix, n_rows, n_columns, from->workspace, NULL) != PEREBOR_OK) {
        reader_fail_memory(from->reader);
        return (perebor_matrix){0};
    }
    for (size_t column = 0; column < n_columns; column++) {
        double *values = perebor_matrix_column(&matrix, column);
        for (size_t row = 0; row < n_rows; row++) {
            values[row] = ((const double *)array->data)[row * n_columns + column];
        }
    }
    return matrix;
}

/** Whether a group says that trees are added up; without a word they are averaged. */
static bool read_added(const form_source *from) {
    const h5_node *group = reader_group(from->reader, from->path);
    return group != NULL && h5_find_attribute(group, "added") != NULL &&
           integer_of(from, "added", 0, 1) == 1;
}

/** Where parts begin and the last one ends, copied: at least one number. NULL if it failed. */
static const uint64_t *bounds_of(const form_source *from, const char *name, size_t n, size_t most) {
    char path[max_path];
    const h5_array *array = array_of(from, name, H5_INT64, 1, n, 0, path);
    uint64_t *bounds = perebor_workspace_take(from->workspace, n + 1, sizeof *bounds);
    if (bounds == NULL || n == 0) {
        bounds == NULL ? reader_fail_memory(from->reader)
                       : reader_fail(from->reader, path, "is empty");
        return NULL;
    }
    for (size_t i = 0; from->reader->status == PEREBOR_OK && i < n; i++) {
        bounds[i] = (uint64_t)reader_integer_at(from->reader, path, array, i, 0, (int64_t)most);
    }
    return bounds;
}

/** The sets of columns, where a group has any. */
static void read_sets(const form_source *from, perebor_trees_form *trees) {
    const h5_node *group = reader_group(from->reader, from->path);
    if (group == NULL || h5_find(group, "first_member") == NULL) {
        return;
    }
    const size_t n_bounds = length_of(from, "first_member");
    const size_t n_members = length_of(from, "member");
    trees->first_member = bounds_of(from, "first_member", n_bounds, n_members);
    trees->members = numbers_of(from, "member", n_members);
    if (from->reader->status == PEREBOR_OK && trees->first_member != NULL) {
        trees->n_sets = n_bounds - 1;
    }
}

static void read_trees(const form_source *from, perebor_trees_form *trees) {
    size_t n_bounds = length_of(from, "first_node");
    size_t n_nodes = length_of(from, "threshold");
    const uint64_t *first_node = bounds_of(from, "first_node", n_bounds, n_nodes);
    if (first_node == NULL) {
        return;
    }
    *trees = (perebor_trees_form){
        .n_trees = n_bounds - 1,
        .n_nodes = n_nodes,
        .first_node = first_node,
        .thresholds = lasting_reals_of(from, "threshold", n_nodes),
        .values = lasting_reals_of(from, "value", n_nodes),
        .covers = lasting_reals_of(from, "cover", n_nodes),
        .columns = numbers_of(from, "node_column", n_nodes),
        .left = numbers_of(from, "left", n_nodes),
        .single_precision = integer_of(from, "single_precision", 0, 1) == 1,
        .added = read_added(from),
        .lasting = true,
    };
    read_sets(from, trees);
}

static void read_kernel(const form_source *from, perebor_model_form *form) {
    perebor_kernel_form *kernel = &form->as.kernel;
    kernel->kernel = (perebor_kernel_function){
        .kind = (perebor_kernel_kind)integer_of(from, "kernel_kind", PEREBOR_KERNEL_RBF,
                                                PEREBOR_KERNEL_SIGMOID),
        .gamma = real_of(from, "gamma"),
        .coef0 = real_of(from, "coef0"),
        .degree = integer_of(from, "degree", 1, INT64_MAX),
    };
    kernel->bias = real_of(from, "bias");
    if (form->kind == PEREBOR_FORM_MONOMIALS) {
        kernel->support.n_columns = form->n_columns;
        kernel->n_weights = length_of(from, "weights");
        kernel->weights = reals_of(from, "weights", kernel->n_weights);
        return;
    }
    size_t n = length_of(from, "coefficients");
    kernel->support = matrix_of(from, "support", n, form->n_columns);
    kernel->coefficients = reals_of(from, "coefficients", n);
}

static void read_neighbors(const form_source *from, size_t n_columns,
                           perebor_neighbors_form *neighbors) {
    char path[max_path];
    size_t n = length_of(from, "labels");
    const h5_array *read = array_of(from, "labels", H5_INT64, 1, n, 0, path);
    uint8_t *labels = perebor_workspace_take(from->workspace, n, sizeof *labels);
    for (size_t i = 0; read != NULL && labels != NULL && i < n; i++) {
        labels[i] = (uint8_t)reader_integer_at(from->reader, path, read, i, 0, 1);
    }
    if (labels == NULL) {
        reader_fail_memory(from->reader);
    }
    *neighbors = (perebor_neighbors_form){
        .points = matrix_of(from, "points", n, n_columns),
        .labels = labels,
        .k = (size_t)integer_of(from, "k", 1, INT64_MAX),
        .by_distance = integer_of(from, "by_distance", 0, 1) == 1,
        .distance = (perebor_distance_kind)integer_of(from, "distance", PEREBOR_DISTANCE_MANHATTAN,
                                                      PEREBOR_DISTANCE_MINKOWSKI),
        .p = real_of(from, "p"),
    };
}

static void read_classes(const form_source *from, const char *name, size_t n_columns,
                         const double *of_class[2]) {
    char path[max_path];
    const h5_array *array = array_of(from, name, H5_DOUBLE, 2, 2, n_columns, path);
    for (size_t c = 0; array != NULL && c < 2; c++) {
        of_class[c] = (const double *)array->data + c * n_columns;
    }
}

static void read_densities(const form_source *from, size_t n_columns,
                           perebor_densities_form *densities) {
    *densities = (perebor_densities_form){.offset = real_of(from, "offset")};
    read_classes(from, "means", n_columns, densities->means);
    read_classes(from, "variances", n_columns, densities->variances);
}

void form_from_tree(h5_reader *reader, const char *path, size_t n_columns,
                    perebor_workspace *workspace, perebor_model_form *form, h5_pages **pages) {
    const form_source from = {
        .reader = reader, .path = path, .workspace = workspace, .pages = pages};
    *pages = NULL;
    *form =
        (perebor_model_form){.kind = (perebor_form_kind)integer_of(
                                 &from, "form_kind", PEREBOR_FORM_LINEAR, PEREBOR_FORM_DENSITIES),
                             .n_columns = n_columns};
    const h5_node *group = reader_group(reader, path);
    if (group != NULL && h5_find_attribute(group, "grain") != NULL) {
        form->grain = real_of(&from, "grain");
    }
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
        form->as.linear = (perebor_linear_form){.weights = reals_of(&from, "weights", n_columns),
                                                .intercept = real_of(&from, "intercept")};
        break;
    case PEREBOR_FORM_TREES:
        read_trees(&from, &form->as.trees);
        break;
    case PEREBOR_FORM_KERNEL:
    case PEREBOR_FORM_MONOMIALS:
        read_kernel(&from, form);
        break;
    case PEREBOR_FORM_NEIGHBORS:
        read_neighbors(&from, n_columns, &form->as.neighbors);
        break;
    case PEREBOR_FORM_DENSITIES:
        read_densities(&from, n_columns, &form->as.densities);
        break;
    }
    perebor_error wrong;
    const perebor_status status =
        reader->status == PEREBOR_OK ? perebor_model_form_check(form, &wrong) : PEREBOR_OK;
    if (status == PEREBOR_ERR_MEMORY) {
        reader_fail_memory(reader);
    } else if (status != PEREBOR_OK) {
        char what[sizeof wrong.message + 16];
        (void)snprintf(what, sizeof what, "is wrong: %s", wrong.message);
        reader_fail(reader, path, what);
    }
}
