// SPDX-License-Identifier: MIT
#include "prepare/preparation_tree.h"

#include <math.h>
#include <stdio.h>

#include "h5/row_scale.h"
#include "prepare/fitted.h"

enum { max_path = 128, max_name_bytes = 1024 };

static size_t count_codes(const perebor_dataset *schema) {
    size_t n = 0;
    for (size_t source = 0; source < schema->n_columns; source++) {
        bool nominal = schema->columns[source].role == PEREBOR_ROLE_NOMINAL;
        n += nominal ? schema->columns[source].n_levels + 1 : 0;
    }
    return n;
}

static void add_sources(const prepare_fitted *fitted, h5_tree *tree, h5_node *parent) {
    size_t n = fitted->dataset->n_columns;
    h5_node *group = h5_add_group(tree, parent, "sources");
    h5_node *fill = h5_add_dataset(tree, group, "fill", H5_DOUBLE, 1, n, 0);
    h5_node *scaling = h5_add_dataset(tree, group, "scaling", H5_INT8, 1, n, 0);
    h5_node *shift = h5_add_dataset(tree, group, "shift", H5_DOUBLE, 1, n, 0);
    h5_node *factor = h5_add_dataset(tree, group, "factor", H5_DOUBLE, 1, n, 0);
    for (size_t i = 0; factor != NULL && i < n; i++) {
        const prepare_source *source = &fitted->sources[i];
        ((double *)fill->array.data)[i] = source->fill;
        ((int8_t *)scaling->array.data)[i] = (int8_t)source->scaling.form;
        ((double *)shift->array.data)[i] = source->scaling.shift;
        ((double *)factor->array.data)[i] = source->scaling.factor;
    }
    h5_set_text(tree, fill, "long_name", "what a missing value becomes");
    h5_set_flags(tree, scaling, (const char *const[]){"none", "centre", "stretch", NULL});
    h5_set_text(tree, scaling, "long_name",
                "none: x, centre: (x - shift) / factor, stretch: x * factor + shift");
    h5_number_rows(tree, group, "source", n);
}

static void add_columns(const perebor_preparation *preparation, h5_tree *tree, h5_node *parent) {
    const prepare_fitted *fitted = preparation->fitted;
    size_t n = preparation->n_selected;
    h5_node *group = h5_add_group(tree, parent, "columns");
    h5_node *source = h5_add_dataset(tree, group, "source", H5_INT64, 1, n, 0);
    h5_node *encoding = h5_add_dataset(tree, group, "encoding", H5_INT8, 1, n, 0);
    h5_node *level = h5_add_dataset(tree, group, "level", H5_INT64, 1, n, 0);
    h5_node *names = h5_add_dataset(tree, group, "name", H5_TEXT, 1, n, 0);
    for (size_t i = 0; names != NULL && i < n; i++) {
        const prepare_column *column = &fitted->columns[preparation->selected[i]];
        char name[max_name_bytes];
        (void)perebor_preparation_column_name(preparation, i, name, sizeof name);
        ((int64_t *)source->array.data)[i] = column->source;
        ((int8_t *)encoding->array.data)[i] = (int8_t)column->encoding;
        ((int64_t *)level->array.data)[i] = column->level;
        ((const char **)names->array.data)[i] = h5_keep_text(tree, name);
    }
    h5_set_flags(tree, encoding, (const char *const[]){"number", "level", "code", NULL});
    h5_number_rows(tree, group, "column", n);
}

/** Whether nominal columns are coded: what was fitted says so, of what was read only its columns
 * do.
 */
static bool is_coded(const prepare_fitted *fitted) {
    bool coded = fitted->settings.encode_nominal == PEREBOR_ENCODE_ORDINAL;
    for (size_t i = 0; i < fitted->n_columns && !coded; i++) {
        coded = fitted->columns[i].encoding == PREPARE_CODE;
    }
    return coded;
}

void preparation_to_tree(const perebor_preparation *preparation, h5_tree *tree, h5_node *group) {
    const prepare_fitted *fitted = preparation->fitted;
    size_t n_codes = count_codes(fitted->dataset);
    add_sources(fitted, tree, group);
    h5_node *codes = h5_add_dataset(tree, group, "codes", H5_DOUBLE, 1, n_codes, 0);
    bool coded = is_coded(fitted);
    for (size_t i = 0; coded && codes != NULL && i < n_codes; i++) {
        ((double *)codes->array.data)[i] = fitted->codes[i];
    }
    add_columns(preparation, tree, group);
}

/** The group being read. */
typedef struct preparation_source {
    h5_reader *reader;
    const char *path;
} preparation_source;

static const h5_array *array_of(const preparation_source *from, const char *name, h5_kind kind,
                                size_t n, char path[max_path]) {
    (void)snprintf(path, max_path, "%s/%s", from->path, name);
    return reader_array(from->reader, path, kind, 1, n, 0);
}

static double real_at(const preparation_source *from, const char *path, const h5_array *array,
                      size_t i) {
    double value = array == NULL ? 0.0 : ((const double *)array->data)[i];
    if (!isfinite(value)) {
        reader_fail(from->reader, path, "must hold finite numbers");
    }
    return value;
}

static void read_sources(const preparation_source *from, prepare_fitted *fitted) {
    char fill_path[max_path], form_path[max_path], shift_path[max_path], factor_path[max_path];
    size_t n = fitted->dataset->n_columns;
    const h5_array *fill = array_of(from, "sources/fill", H5_DOUBLE, n, fill_path);
    const h5_array *form = array_of(from, "sources/scaling", H5_INT64, n, form_path);
    const h5_array *shift = array_of(from, "sources/shift", H5_DOUBLE, n, shift_path);
    const h5_array *factor = array_of(from, "sources/factor", H5_DOUBLE, n, factor_path);
    for (size_t i = 0; from->reader->status == PEREBOR_OK && i < n; i++) {
        fitted->sources[i].fill_known = true;
        fitted->sources[i].fill = real_at(from, fill_path, fill, i);
        fitted->sources[i].scaling =
            (scaling){.form = (scaling_form)reader_integer_at(from->reader, form_path, form, i,
                                                              SCALING_NONE, SCALING_STRETCH),
                      .shift = real_at(from, shift_path, shift, i),
                      .factor = real_at(from, factor_path, factor, i)};
    }
}

static void read_codes(const preparation_source *from, prepare_fitted *fitted) {
    char path[max_path];
    size_t n_codes = count_codes(fitted->dataset);
    const h5_array *codes = array_of(from, "codes", H5_DOUBLE, n_codes, path);
    for (size_t i = 0; codes != NULL && i < n_codes; i++) {
        fitted->codes[i] = real_at(from, path, codes, i);
    }
}

/** A prepared column must come of a column whose role has that encoding. */
static void check_column(const preparation_source *from, const prepare_fitted *fitted,
                         const prepare_column *column) {
    const perebor_column *source = &fitted->dataset->columns[column->source];
    bool nominal = source->role == PEREBOR_ROLE_NOMINAL;
    double fill = fitted->sources[column->source].fill;
    if (nominal != (column->encoding != PREPARE_NUMBER) || column->level > source->n_levels) {
        reader_fail(from->reader, from->path, "encodes a column in a way that its role has not");
    } else if (nominal && !(fill >= 0.0 && fill <= (double)source->n_levels)) {
        reader_fail(from->reader, from->path, "fills a nominal column with what is no level");
    }
}

static void read_columns(const preparation_source *from, prepare_fitted *fitted) {
    char source_path[max_path], encoding_path[max_path], level_path[max_path];
    size_t n = fitted->n_columns;
    int64_t n_sources = (int64_t)fitted->dataset->n_columns;
    const h5_array *source = array_of(from, "columns/source", H5_INT64, n, source_path);
    const h5_array *encoding = array_of(from, "columns/encoding", H5_INT64, n, encoding_path);
    const h5_array *level = array_of(from, "columns/level", H5_INT64, n, level_path);
    for (size_t i = 0; from->reader->status == PEREBOR_OK && i < n; i++) {
        fitted->columns[i] = (prepare_column){
            .source =
                (uint32_t)reader_integer_at(from->reader, source_path, source, i, 0, n_sources - 1),
            .encoding = (prepare_encoding)reader_integer_at(from->reader, encoding_path, encoding,
                                                            i, PREPARE_NUMBER, PREPARE_CODE),
            .level = (uint32_t)reader_integer_at(from->reader, level_path, level, i, 0, UINT32_MAX),
        };
        if (from->reader->status == PEREBOR_OK) {
            check_column(from, fitted, &fitted->columns[i]);
        }
    }
}

/** Points the nominal columns at their codes. */
static void share_codes(prepare_fitted *fitted) {
    double *codes = fitted->codes;
    for (size_t source = 0; source < fitted->dataset->n_columns; source++) {
        if (fitted->dataset->columns[source].role == PEREBOR_ROLE_NOMINAL) {
            fitted->sources[source].codes = codes;
            codes += fitted->dataset->columns[source].n_levels + 1;
        }
    }
}

perebor_preparation *preparation_from_tree(h5_reader *reader, const char *path,
                                           const perebor_dataset *schema,
                                           perebor_workspace *workspace) {
    char length_path[max_path];
    (void)snprintf(length_path, sizeof length_path, "%s/columns/source", path);
    size_t n = reader_length(reader, length_path);
    size_t n_sources = schema->n_columns;
    prepare_fitted *fitted = perebor_workspace_take_zeroed(workspace, 1, sizeof *fitted);
    perebor_preparation *preparation = perebor_workspace_take_zeroed(
        workspace, 1, sizeof *preparation + n * sizeof *preparation->selected);
    prepare_source *sources = perebor_workspace_take_zeroed(workspace, n_sources, sizeof *sources);
    prepare_column *columns = perebor_workspace_take_zeroed(workspace, n, sizeof *columns);
    double *codes = perebor_workspace_take_zeroed(workspace, count_codes(schema), sizeof *codes);
    if (fitted == NULL || preparation == NULL || sources == NULL || columns == NULL ||
        codes == NULL) {
        reader_fail_memory(reader);
        return NULL;
    }
    *fitted = (prepare_fitted){
        .dataset = schema, .sources = sources, .codes = codes, .n_columns = n, .columns = columns};
    preparation->fitted = fitted;
    preparation->n_selected = n;
    for (size_t i = 0; i < n; i++) {
        preparation->selected[i] = (uint32_t)i;
    }
    share_codes(fitted);
    const preparation_source from = {.reader = reader, .path = path};
    read_sources(&from, fitted);
    read_codes(&from, fitted);
    read_columns(&from, fitted);
    return reader->status == PEREBOR_OK ? preparation : NULL;
}
