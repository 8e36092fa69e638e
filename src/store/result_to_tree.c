// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "h5/struct_columns.h"
#include "h5/tree_checksums.h"
#include "store/result_tree.h"
#include "store/stage.h"
#include "trial/trials_tree.h"

/** Where things are being added. */
typedef struct target {
    h5_tree *tree;
    h5_node *group;
} target;

static void set_hex(target to, const char *name, const uint8_t digest[32]) {
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_hex(digest, hex);
    h5_set_text(to.tree, to.group, name, hex);
}

#define ADD_TEXTS(to, type, structs, n, member)                                                    \
    H5_ADD_TEXTS((to).tree, (to).group, type, structs, n, member)
#define ADD_NUMBERS(to, kind, type, structs, n, member)                                            \
    H5_ADD_NUMBERS((to).tree, (to).group, kind, type, structs, n, member)

static void add_head(target to, const perebor_result *result) {
    h5_set_text(to.tree, to.group, "format", RESULT_FORMAT);
    h5_set_text(to.tree, to.group, "format_version", RESULT_FORMAT_VERSION);
    h5_set_text(to.tree, to.group, "title", result->title);
    h5_set_text(to.tree, to.group, "creator", "perebor");
    h5_set_text(to.tree, to.group, "creator_version", result->creator_version);
    h5_set_text(to.tree, to.group, "created", result->created);
    h5_set_text(to.tree, to.group, "status", perebor_result_status_names[result->status]);
    h5_set_text(to.tree, to.group, "run_uuid", result->run_uuid);
    h5_set_text(to.tree, to.group, "history", result->history);
}

static target open_group(target to, const char *name) {
    return (target){to.tree, h5_add_group(to.tree, to.group, name)};
}

/** Texts of any length are datasets: attributes end at 64 KiB. */
static void add_text(target to, const char *name, const char *text) {
    h5_node *node = h5_add_dataset(to.tree, to.group, name, H5_TEXT, 0, 0, 0);
    if (node != NULL) {
        *(const char **)node->array.data = h5_keep_text(to.tree, text);
    }
}

static void add_experiment(target root, const perebor_result *result) {
    target to = open_group(root, "experiment");
    set_hex(to, "sha256", result->config_sha256);
    h5_set_unsigned(to.tree, to.group, "seed", result->seed);
    if (result->trial_memory_bytes > 0) {
        h5_set_unsigned(to.tree, to.group, "trial_memory_bytes", result->trial_memory_bytes);
    }
    h5_set_text(to.tree, to.group, "path", result->config_path);
    target overrides = open_group(to, "overrides");
    ADD_TEXTS(overrides, perebor_result_override, result->overrides, result->n_overrides, key);
    ADD_TEXTS(overrides, perebor_result_override, result->overrides, result->n_overrides, value);
    add_text(to, "config", result->config);
    add_text(to, "config_resolved", result->config_resolved);
    add_text(to, "command_line", result->command_line);
}

static void add_build_and_hosts(target root, const perebor_result *result) {
    target build = open_group(root, "build");
    for (size_t i = 0; i < result->n_build; i++) {
        h5_set_text(build.tree, build.group, result->build[i].name, result->build[i].text);
    }
    target to = open_group(root, "hosts");
    const perebor_result_host *hosts = result->hosts;
    ADD_TEXTS(to, perebor_result_host, hosts, result->n_hosts, name);
    ADD_TEXTS(to, perebor_result_host, hosts, result->n_hosts, cpu);
    ADD_NUMBERS(to, H5_INT64, perebor_result_host, hosts, result->n_hosts, n_ranks);
    ADD_NUMBERS(to, H5_INT64, perebor_result_host, hosts, result->n_hosts, n_threads);
}

static void add_sources(target data, const perebor_result *result) {
    target to = open_group(data, "sources");
    const perebor_result_source *sources = result->sources;
    size_t n = result->n_sources;
    ADD_TEXTS(to, perebor_result_source, sources, n, name);
    ADD_TEXTS(to, perebor_result_source, sources, n, path);
    h5_node *sha256 = h5_add_dataset(to.tree, to.group, "sha256", H5_TEXT, 1, n, 0);
    for (size_t i = 0; sha256 != NULL && i < n; i++) {
        char hex[PEREBOR_SHA256_HEX_SIZE];
        perebor_sha256_hex(sources[i].sha256, hex);
        ((const char **)sha256->array.data)[i] = h5_keep_text(to.tree, hex);
    }
    ADD_NUMBERS(to, H5_UINT64, perebor_result_source, sources, n, n_rows);
    ADD_NUMBERS(to, H5_UINT64, perebor_result_source, sources, n, n_columns);
    ADD_NUMBERS(to, H5_UINT64, perebor_result_source, sources, n, n_bytes);
    ADD_TEXTS(to, perebor_result_source, sources, n, delimiter);
    ADD_TEXTS(to, perebor_result_source, sources, n, decimal);
    ADD_TEXTS(to, perebor_result_source, sources, n, encoding);
}

static void add_steps(target data, const perebor_result *result) {
    target to = open_group(data, "steps");
    const perebor_result_step *steps = result->steps;
    size_t n = result->n_steps;
    ADD_TEXTS(to, perebor_result_step, steps, n, step);
    ADD_TEXTS(to, perebor_result_step, steps, n, detail);
    ADD_TEXTS(to, perebor_result_step, steps, n, table);
    ADD_TEXTS(to, perebor_result_step, steps, n, column);
    ADD_NUMBERS(to, H5_UINT64, perebor_result_step, steps, n, n_cells);
    ADD_NUMBERS(to, H5_UINT64, perebor_result_step, steps, n, n_rows);
}

/** Columns, and the levels of all columns one after the other. */
static void add_columns(target data, const perebor_result *result) {
    target to = open_group(data, "columns");
    const perebor_result_column *columns = result->columns;
    size_t n = result->n_columns, n_levels = 0;
    ADD_TEXTS(to, perebor_result_column, columns, n, name);
    h5_node *role = h5_add_dataset(to.tree, to.group, "role", H5_INT8, 1, n, 0);
    h5_node *counts = h5_add_dataset(to.tree, to.group, "n_levels", H5_INT64, 1, n, 0);
    for (size_t i = 0; role != NULL && counts != NULL && i < n; i++) {
        ((int8_t *)role->array.data)[i] = (int8_t)columns[i].role;
        ((int64_t *)counts->array.data)[i] = (int64_t)columns[i].n_levels;
        n_levels += columns[i].n_levels;
    }
    h5_set_flags(to.tree, role, perebor_role_names);
    h5_node *levels = h5_add_dataset(to.tree, to.group, "levels", H5_TEXT, 1, n_levels, 0);
    const char **next = levels == NULL ? NULL : levels->array.data;
    for (size_t i = 0; next != NULL && i < n; i++) {
        for (size_t level = 0; level < columns[i].n_levels; level++) {
            *next++ = h5_keep_text(to.tree, columns[i].levels[level]);
        }
    }
}

static void add_rows(target data, const perebor_result *result) {
    target to = open_group(data, "rows");
    size_t n = result->n_rows;
    if (result->ids != NULL) {
        h5_add_texts(to.tree, to.group, "id", result->ids, n);
    }
    h5_node *target = h5_add_dataset(to.tree, to.group, "target", H5_INT8, 1, n, 0);
    h5_node *part = h5_add_dataset(to.tree, to.group, "part", H5_INT8, 1, n, 0);
    h5_node *row = h5_add_dataset(to.tree, to.group, "source_row", H5_INT64, 1, n, 0);
    for (size_t i = 0; row != NULL && i < n; i++) {
        ((int8_t *)target->array.data)[i] = (int8_t)result->labels[i];
        ((int8_t *)part->array.data)[i] = (int8_t)result->part[i];
        ((int64_t *)row->array.data)[i] = result->source_rows[i];
    }
    h5_set_flags(to.tree, target, (const char *const[]){"negative", "positive", NULL});
    h5_set_flags(to.tree, part, (const char *const[]){"training", "test", NULL});
}

static void add_data(target root, const perebor_result *result) {
    target to = open_group(root, "data");
    h5_set_text(to.tree, to.group, "id", result->id_name);
    h5_set_text(to.tree, to.group, "target", result->target_name);
    h5_set_text(to.tree, to.group, "positive", result->positive_name);
    h5_set_text(to.tree, to.group, "negative", result->negative_name);
    set_hex(to, "fingerprint", result->data_fingerprint);
    add_sources(to, result);
    add_steps(to, result);
    add_columns(to, result);
    add_rows(to, result);
}

static void add_folds(target root, const perebor_result *result) {
    target to = open_group(root, "folds");
    h5_set_integer(to.tree, to.group, "n_splits", (int64_t)result->n_splits);
    h5_set_integer(to.tree, to.group, "n_repeats", (int64_t)result->n_repeats);
    set_hex(to, "fingerprint", result->folds_fingerprint);
    size_t n_repeats = result->test_fold == NULL ? 0 : result->n_repeats;
    h5_node *node =
        h5_add_dataset(to.tree, to.group, "test_fold", H5_INT32, 2, n_repeats, result->n_rows);
    if (node != NULL && n_repeats * result->n_rows > 0) {
        memcpy(node->array.data, result->test_fold,
               n_repeats * result->n_rows * sizeof *result->test_fold);
    }
}

static void add_space(target root, const perebor_result *result) {
    target to = open_group(root, "space");
    const perebor_result_parameter *parameters = result->parameters;
    size_t n = result->n_parameters;
    add_text(to, "json", result->space_json);
    ADD_TEXTS(to, perebor_result_parameter, parameters, n, name);
    ADD_TEXTS(to, perebor_result_parameter, parameters, n, distribution);
    ADD_NUMBERS(to, H5_DOUBLE, perebor_result_parameter, parameters, n, min);
    ADD_NUMBERS(to, H5_DOUBLE, perebor_result_parameter, parameters, n, max);
    ADD_NUMBERS(to, H5_DOUBLE, perebor_result_parameter, parameters, n, q);
    ADD_NUMBERS(to, H5_DOUBLE, perebor_result_parameter, parameters, n, mu);
    ADD_NUMBERS(to, H5_DOUBLE, perebor_result_parameter, parameters, n, sigma);
    ADD_TEXTS(to, perebor_result_parameter, parameters, n, values);
    ADD_TEXTS(to, perebor_result_parameter, parameters, n, probabilities);
    ADD_TEXTS(to, perebor_result_parameter, parameters, n, when);
}

perebor_status result_to_tree(const perebor_result *result, h5_tree **tree, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    h5_tree *h5_tree = h5_tree_create();
    if (h5_tree == NULL) {
        return perebor_no_memory(error, "for a result file");
    }
    target root = {h5_tree, h5_tree->root};
    add_head(root, result);
    add_experiment(root, result);
    add_build_and_hosts(root, result);
    add_data(root, result);
    add_folds(root, result);
    add_space(root, result);
    PEREBOR_TRY(failed, trials_to_tree(result->trials, h5_tree, error));
    stages_to_tree(result, h5_tree);
    h5_checksums_add(h5_tree);
    PEREBOR_TRY(failed, h5_tree_check(h5_tree, "a result file", error));
    *tree = h5_tree;
    return PEREBOR_OK;
failed:
    h5_tree_free(h5_tree);
    return status;
}
