// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/try.h"
#include "h5/file_tree_reader.h"
#include "store/result_tree.h"
#include "store/stage.h"
#include "trial/trials_tree.h"

enum { max_path = 160 };

/** Structs are filled column by column: a result, a reader, and the group the columns are in. */
typedef struct source {
    h5_reader *reader;
    perebor_result *result;
    const char *group;
} source;

static const char *keep(source from, const char *text) {
    const char *copy = perebor_result_text(from.result, text);
    if (copy == NULL) {
        reader_fail_memory(from.reader);
    }
    return copy == NULL ? "" : copy;
}

static const char *path_of(source from, const char *name, char path[max_path]) {
    (void)snprintf(path, max_path, "%s/%s", from.group, name);
    return path;
}

/** Memory for @p n structs; NULL, remembered, if there is none. */
static void *allocate(source from, size_t n, size_t size) {
    void *memory = perebor_result_allocate(from.result, n > 0 ? n : 1, size);
    if (memory == NULL) {
        reader_fail_memory(from.reader);
    }
    return memory;
}

static void take_texts(source from, const char *name, void *structs, size_t n, size_t stride,
                       size_t offset) {
    char path[max_path];
    const h5_array *array = reader_array(from.reader, path_of(from, name, path), H5_TEXT, 1, n, 0);
    for (size_t i = 0; array != NULL && i < n; i++) {
        const char **member = (void *)((char *)structs + i * stride + offset);
        *member = keep(from, ((const char *const *)array->data)[i]);
    }
}

/** Members of eight bytes: int64_t, uint64_t below 2^63, or double. */
static void take_numbers(source from, const char *name, h5_kind kind, void *structs, size_t n,
                         size_t stride, size_t offset) {
    char path[max_path];
    const h5_array *array = reader_array(from.reader, path_of(from, name, path), kind, 1, n, 0);
    for (size_t i = 0; array != NULL && i < n; i++) {
        char *member = (char *)structs + i * stride + offset;
        if (kind == H5_DOUBLE) {
            memcpy(member, (const double *)array->data + i, sizeof(double));
        } else {
            int64_t value = reader_integer_at(from.reader, path, array, i, 0, INT64_MAX);
            memcpy(member, &value, sizeof value);
        }
    }
}

#define TAKE_TEXTS(from, type, structs, n, member)                                                 \
    take_texts(from, #member, structs, n, sizeof(type), offsetof(type, member))
#define TAKE_NUMBERS(from, kind, type, structs, n, member)                                         \
    take_numbers(from, #member, kind, structs, n, sizeof(type), offsetof(type, member))

static size_t length_of(source from, const char *name) {
    char path[max_path];
    return reader_length(from.reader, path_of(from, name, path));
}

static const char *take_text(source from, const char *path) {
    const h5_array *array = reader_array(from.reader, path, H5_TEXT, 0, 0, 0);
    return array == NULL ? "" : keep(from, *(const char *const *)array->data);
}

static const char *take_attribute(source from, const char *name) {
    return keep(from, reader_text_attribute(from.reader, from.group, name));
}

static void take_status(source from) {
    const char *name = reader_text_attribute(from.reader, "", "status");
    for (size_t i = 0; perebor_result_status_names[i] != NULL; i++) {
        if (strcmp(name, perebor_result_status_names[i]) == 0) {
            from.result->status = (perebor_result_status)i;
            return;
        }
    }
    reader_fail(from.reader, "", "has a status that is none of running, complete, stopped");
}

static void take_head(source from) {
    from.group = "";
    from.result->title = take_attribute(from, "title");
    from.result->creator_version = take_attribute(from, "creator_version");
    from.result->created = take_attribute(from, "created");
    from.result->run_uuid = take_attribute(from, "run_uuid");
    from.result->history = take_attribute(from, "history");
    take_status(from);
}

/** Where the experiment was and what changed it; files of before do not say. */
static void take_origin(source from) {
    perebor_result *result = from.result;
    const h5_node *group = reader_group(from.reader, "experiment");
    if (group == NULL || h5_find(group, "overrides") == NULL) {
        result->config_path = "";
        return;
    }
    result->config_path = keep(from, reader_text_attribute(from.reader, "experiment", "path"));
    from.group = "experiment/overrides";
    size_t n = length_of(from, "key");
    perebor_result_override *overrides = allocate(from, n, sizeof *overrides);
    if (overrides != NULL) {
        TAKE_TEXTS(from, perebor_result_override, overrides, n, key);
        TAKE_TEXTS(from, perebor_result_override, overrides, n, value);
        result->overrides = overrides;
        result->n_overrides = n;
    }
}

static void take_experiment(source from) {
    perebor_result *result = from.result;
    take_origin(from);
    result->config = take_text(from, "experiment/config");
    result->config_resolved = take_text(from, "experiment/config_resolved");
    result->command_line = take_text(from, "experiment/command_line");
    result->seed = reader_unsigned_attribute(from.reader, "experiment", "seed");
    const h5_node *group = reader_group(from.reader, "experiment");
    if (group != NULL && h5_find_attribute(group, "trial_memory_bytes") != NULL) {
        result->trial_memory_bytes =
            reader_unsigned_attribute(from.reader, "experiment", "trial_memory_bytes");
    }
    reader_digest(from.reader, "experiment",
                  reader_text_attribute(from.reader, "experiment", "sha256"),
                  result->config_sha256);
}

static void take_build(source from) {
    const h5_node *group = reader_group(from.reader, "build");
    size_t n = 0;
    for (const h5_attribute *at = group ? group->attributes : NULL; at != NULL; at = at->next) {
        n += at->value.kind == H5_TEXT && at->value.n_dimensions == 0;
    }
    perebor_result_fact *facts = allocate(from, n, sizeof *facts);
    if (facts == NULL || group == NULL) {
        return;
    }
    from.result->build = facts;
    from.result->n_build = n;
    for (const h5_attribute *at = group->attributes; at != NULL; at = at->next) {
        if (at->value.kind == H5_TEXT && at->value.n_dimensions == 0) {
            facts->name = keep(from, at->name);
            facts->text = keep(from, *(const char *const *)at->value.data);
            facts++;
        }
    }
}

static void take_hosts(source from) {
    from.group = "hosts";
    size_t n = length_of(from, "name");
    perebor_result_host *hosts = allocate(from, n, sizeof *hosts);
    if (hosts != NULL) {
        TAKE_TEXTS(from, perebor_result_host, hosts, n, name);
        TAKE_TEXTS(from, perebor_result_host, hosts, n, cpu);
        TAKE_NUMBERS(from, H5_INT64, perebor_result_host, hosts, n, n_ranks);
        TAKE_NUMBERS(from, H5_INT64, perebor_result_host, hosts, n, n_threads);
        from.result->hosts = hosts;
        from.result->n_hosts = n;
    }
}

static void take_sources(source from) {
    from.group = "data/sources";
    size_t n = length_of(from, "name");
    perebor_result_source *sources = allocate(from, n, sizeof *sources);
    if (sources == NULL) {
        return;
    }
    TAKE_TEXTS(from, perebor_result_source, sources, n, name);
    TAKE_TEXTS(from, perebor_result_source, sources, n, path);
    TAKE_NUMBERS(from, H5_INT64, perebor_result_source, sources, n, n_rows);
    TAKE_NUMBERS(from, H5_INT64, perebor_result_source, sources, n, n_columns);
    TAKE_NUMBERS(from, H5_INT64, perebor_result_source, sources, n, n_bytes);
    TAKE_TEXTS(from, perebor_result_source, sources, n, delimiter);
    TAKE_TEXTS(from, perebor_result_source, sources, n, decimal);
    TAKE_TEXTS(from, perebor_result_source, sources, n, encoding);
    const h5_array *digests = reader_array(from.reader, "data/sources/sha256", H5_TEXT, 1, n, 0);
    for (size_t i = 0; digests != NULL && i < n; i++) {
        reader_digest(from.reader, "data/sources/sha256", ((const char *const *)digests->data)[i],
                      sources[i].sha256);
    }
    from.result->sources = sources;
    from.result->n_sources = n;
}

static void take_steps(source from) {
    from.group = "data/steps";
    size_t n = length_of(from, "step");
    perebor_result_step *steps = allocate(from, n, sizeof *steps);
    if (steps != NULL) {
        TAKE_TEXTS(from, perebor_result_step, steps, n, step);
        TAKE_TEXTS(from, perebor_result_step, steps, n, detail);
        TAKE_TEXTS(from, perebor_result_step, steps, n, table);
        TAKE_TEXTS(from, perebor_result_step, steps, n, column);
        TAKE_NUMBERS(from, H5_INT64, perebor_result_step, steps, n, n_cells);
        TAKE_NUMBERS(from, H5_INT64, perebor_result_step, steps, n, n_rows);
        from.result->steps = steps;
        from.result->n_steps = n;
    }
}

/** Hands the levels of all columns out to their columns. */
static void take_levels(source from, perebor_result_column *columns, size_t n) {
    const h5_array *counts = reader_array(from.reader, "data/columns/n_levels", H5_INT64, 1, n, 0);
    size_t n_levels = length_of(from, "levels");
    const char **levels = allocate(from, n_levels, sizeof *levels);
    if (levels == NULL) {
        return;
    }
    take_texts(from, "levels", levels, n_levels, sizeof *levels, 0);
    size_t first = 0;
    for (size_t i = 0; i < n && from.reader->status == PEREBOR_OK; i++) {
        columns[i].n_levels = (size_t)reader_integer_at(from.reader, "data/columns/n_levels",
                                                        counts, i, 0, (int64_t)(n_levels - first));
        columns[i].levels = levels + first;
        first += columns[i].n_levels;
    }
}

static void take_columns(source from) {
    from.group = "data/columns";
    size_t n = length_of(from, "name");
    perebor_result_column *columns = allocate(from, n, sizeof *columns);
    if (columns == NULL) {
        return;
    }
    TAKE_TEXTS(from, perebor_result_column, columns, n, name);
    const h5_array *roles = reader_array(from.reader, "data/columns/role", H5_INT64, 1, n, 0);
    for (size_t i = 0; i < n && roles != NULL; i++) {
        columns[i].role = (perebor_role)reader_integer_at(from.reader, "data/columns/role", roles,
                                                          i, 0, PEREBOR_ROLE_NOMINAL);
    }
    take_levels(from, columns, n);
    from.result->columns = columns;
    from.result->n_columns = n;
}

static void take_flags(source from, const char *name, uint8_t *flags, size_t n) {
    char path[max_path];
    const h5_array *array = reader_array(from.reader, path_of(from, name, path), H5_INT64, 1, n, 0);
    for (size_t i = 0; array != NULL && i < n; i++) {
        flags[i] = (uint8_t)reader_integer_at(from.reader, path, array, i, 0, 1);
    }
}

static void take_rows(source from) {
    from.group = "data/rows";
    size_t n = length_of(from, "target");
    uint8_t *labels = allocate(from, n, sizeof *labels), *part = allocate(from, n, sizeof *part);
    uint32_t *source_rows = allocate(from, n, sizeof *source_rows);
    const char **ids = NULL;
    if (h5_find(from.reader->root, "data/rows/id") != NULL) {
        ids = allocate(from, n, sizeof *ids);
    }
    if (from.reader->status != PEREBOR_OK) {
        return;
    }
    if (ids != NULL) {
        take_texts(from, "id", ids, n, sizeof *ids, 0);
    }
    take_flags(from, "target", labels, n);
    take_flags(from, "part", part, n);
    const h5_array *rows = reader_array(from.reader, "data/rows/source_row", H5_INT64, 1, n, 0);
    for (size_t i = 0; rows != NULL && i < n; i++) {
        source_rows[i] = (uint32_t)reader_integer_at(from.reader, "data/rows/source_row", rows, i,
                                                     0, UINT32_MAX);
    }
    from.result->n_rows = n;
    from.result->ids = ids;
    from.result->labels = labels;
    from.result->part = part;
    from.result->source_rows = source_rows;
}

static void take_data(source from) {
    from.group = "data";
    from.result->id_name = take_attribute(from, "id");
    from.result->target_name = take_attribute(from, "target");
    from.result->positive_name = take_attribute(from, "positive");
    from.result->negative_name = take_attribute(from, "negative");
    reader_digest(from.reader, "data", reader_text_attribute(from.reader, "data", "fingerprint"),
                  from.result->data_fingerprint);
    take_sources(from);
    take_steps(from);
    take_columns(from);
    take_rows(from);
}

static void take_folds(source from) {
    enum { most = 1000000 };
    perebor_result *result = from.result;
    result->n_splits = (size_t)reader_integer_attribute(from.reader, "folds", "n_splits", 0, most);
    result->n_repeats =
        (size_t)reader_integer_attribute(from.reader, "folds", "n_repeats", 0, most);
    reader_digest(from.reader, "folds", reader_text_attribute(from.reader, "folds", "fingerprint"),
                  result->folds_fingerprint);
    const char *path = "folds/test_fold";
    const h5_array *array =
        reader_array(from.reader, path, H5_INT64, 2, result->n_repeats, result->n_rows);
    size_t n = array == NULL ? 0 : h5_array_length(array);
    int32_t *test_fold = allocate(from, n, sizeof *test_fold);
    for (size_t i = 0; test_fold != NULL && i < n; i++) {
        test_fold[i] = (int32_t)reader_integer_at(from.reader, path, array, i, -1,
                                                  (int64_t)result->n_splits - 1);
    }
    result->test_fold = test_fold;
}

static void take_space(source from) {
    from.group = "space";
    from.result->space_json = take_text(from, "space/json");
    size_t n = length_of(from, "name");
    perebor_result_parameter *parameters = allocate(from, n, sizeof *parameters);
    if (parameters == NULL) {
        return;
    }
    TAKE_TEXTS(from, perebor_result_parameter, parameters, n, name);
    TAKE_TEXTS(from, perebor_result_parameter, parameters, n, distribution);
    TAKE_NUMBERS(from, H5_DOUBLE, perebor_result_parameter, parameters, n, min);
    TAKE_NUMBERS(from, H5_DOUBLE, perebor_result_parameter, parameters, n, max);
    TAKE_NUMBERS(from, H5_DOUBLE, perebor_result_parameter, parameters, n, q);
    TAKE_NUMBERS(from, H5_DOUBLE, perebor_result_parameter, parameters, n, mu);
    TAKE_NUMBERS(from, H5_DOUBLE, perebor_result_parameter, parameters, n, sigma);
    TAKE_TEXTS(from, perebor_result_parameter, parameters, n, values);
    TAKE_TEXTS(from, perebor_result_parameter, parameters, n, probabilities);
    TAKE_TEXTS(from, perebor_result_parameter, parameters, n, when);
    from.result->parameters = parameters;
    from.result->n_parameters = n;
}

perebor_status result_check_format(const h5_tree *tree, const char *path, perebor_error *error) {
    const char *format = h5_find_text(tree->root, "format");
    const char *version = h5_find_text(tree->root, "format_version");
    if (format == NULL || version == NULL || strcmp(format, RESULT_FORMAT) != 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: HDF5, but not a result file: it has no attribute format=\"%s\"",
                            path, RESULT_FORMAT);
    }
    char *end = NULL;
    long major = strtol(version, &end, 10);
    if (end == version || *end != '.' || major != RESULT_FORMAT_MAJOR) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "%s: a result file of version %.20s; this program reads version %s",
                            path, version, RESULT_FORMAT_VERSION);
    }
    return PEREBOR_OK;
}

bool result_has_checksums(const h5_tree *tree) {
    const char *version = h5_find_text(tree->root, "format_version");
    const char *minor = version == NULL ? NULL : strchr(version, '.');
    return minor != NULL && strtol(minor + 1, NULL, 10) >= RESULT_FIRST_MINOR_WITH_CHECKSUMS;
}

perebor_status result_from_tree(const h5_tree *tree, const char *path, perebor_result **result,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_result *draft = NULL;
    h5_reader reader = {.root = tree->root, .file = path, .error = error};
    PEREBOR_TRY(failed, result_check_format(tree, path, error));
    PEREBOR_TRY(failed, perebor_result_create(&draft, error));
    source from = {&reader, draft, ""};
    take_head(from);
    take_experiment(from);
    take_build(from);
    take_hosts(from);
    take_data(from);
    take_folds(from);
    take_space(from);
    PEREBOR_TRY(failed, reader.status);
    PEREBOR_TRY(failed, trials_from_tree(tree, path, &draft->trials, error));
    draft->owns_trials = true;
    PEREBOR_TRY(failed, stages_from_tree(draft, tree, error));
    *result = draft;
    return PEREBOR_OK;
failed:
    perebor_result_free(draft);
    return status;
}
