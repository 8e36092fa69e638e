// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "store/result_tree.h"
#include "store/struct_columns.h"

/** Where things are being added. */
struct target {
    store_tree *tree;
    store_node *group;
};

static void set_hex(struct target to, const char *name, const uint8_t digest[32]) {
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_hex(digest, hex);
    store_set_text(to.tree, to.group, name, hex);
}

#define ADD_TEXTS(to, type, structs, n, member)                                                    \
    STORE_ADD_TEXTS((to).tree, (to).group, type, structs, n, member)
#define ADD_NUMBERS(to, kind, type, structs, n, member)                                            \
    STORE_ADD_NUMBERS((to).tree, (to).group, kind, type, structs, n, member)

static const char *status_name(perebor_result_status status) {
    static const char *const names[] = {"running", "complete", "stopped"};
    return names[status];
}

static void add_head(struct target to, const perebor_result *result) {
    store_set_text(to.tree, to.group, "format", RESULT_FORMAT);
    store_set_text(to.tree, to.group, "format_version", RESULT_FORMAT_VERSION);
    store_set_text(to.tree, to.group, "title", result->title);
    store_set_text(to.tree, to.group, "creator", "perebor");
    store_set_text(to.tree, to.group, "creator_version", result->creator_version);
    store_set_text(to.tree, to.group, "created", result->created);
    store_set_text(to.tree, to.group, "status", status_name(result->status));
    store_set_text(to.tree, to.group, "run_uuid", result->run_uuid);
    store_set_text(to.tree, to.group, "history", result->history);
}

static struct target open_group(struct target to, const char *name) {
    return (struct target){to.tree, store_add_group(to.tree, to.group, name)};
}

/** Texts of any length are datasets: attributes end at 64 KiB. */
static void add_text(struct target to, const char *name, const char *text) {
    store_node *node = store_add_dataset(to.tree, to.group, name, STORE_TEXT, 0, 0, 0);
    if (node != NULL) {
        *(const char **)node->array.data = store_keep_text(to.tree, text);
    }
}

static void add_experiment(struct target root, const perebor_result *result) {
    struct target to = open_group(root, "experiment");
    set_hex(to, "sha256", result->config_sha256);
    store_set_unsigned(to.tree, to.group, "seed", result->seed);
    add_text(to, "config", result->config);
    add_text(to, "config_resolved", result->config_resolved);
    add_text(to, "command_line", result->command_line);
}

static void add_build_and_hosts(struct target root, const perebor_result *result) {
    struct target build = open_group(root, "build");
    for (size_t i = 0; i < result->n_build; i++) {
        store_set_text(build.tree, build.group, result->build[i].name, result->build[i].text);
    }
    struct target to = open_group(root, "hosts");
    const perebor_result_host *hosts = result->hosts;
    ADD_TEXTS(to, perebor_result_host, hosts, result->n_hosts, name);
    ADD_TEXTS(to, perebor_result_host, hosts, result->n_hosts, cpu);
    ADD_NUMBERS(to, STORE_INT64, perebor_result_host, hosts, result->n_hosts, n_ranks);
    ADD_NUMBERS(to, STORE_INT64, perebor_result_host, hosts, result->n_hosts, n_threads);
}

static void add_sources(struct target data, const perebor_result *result) {
    struct target to = open_group(data, "sources");
    const perebor_result_source *sources = result->sources;
    size_t n = result->n_sources;
    ADD_TEXTS(to, perebor_result_source, sources, n, name);
    ADD_TEXTS(to, perebor_result_source, sources, n, path);
    store_node *sha256 = store_add_dataset(to.tree, to.group, "sha256", STORE_TEXT, 1, n, 0);
    for (size_t i = 0; sha256 != NULL && i < n; i++) {
        char hex[PEREBOR_SHA256_HEX_SIZE];
        perebor_sha256_hex(sources[i].sha256, hex);
        ((const char **)sha256->array.data)[i] = store_keep_text(to.tree, hex);
    }
    ADD_NUMBERS(to, STORE_UINT64, perebor_result_source, sources, n, n_rows);
    ADD_NUMBERS(to, STORE_UINT64, perebor_result_source, sources, n, n_columns);
    ADD_NUMBERS(to, STORE_UINT64, perebor_result_source, sources, n, n_bytes);
    ADD_TEXTS(to, perebor_result_source, sources, n, delimiter);
    ADD_TEXTS(to, perebor_result_source, sources, n, decimal);
    ADD_TEXTS(to, perebor_result_source, sources, n, encoding);
}

static void add_steps(struct target data, const perebor_result *result) {
    struct target to = open_group(data, "steps");
    const perebor_result_step *steps = result->steps;
    size_t n = result->n_steps;
    ADD_TEXTS(to, perebor_result_step, steps, n, step);
    ADD_TEXTS(to, perebor_result_step, steps, n, detail);
    ADD_TEXTS(to, perebor_result_step, steps, n, table);
    ADD_TEXTS(to, perebor_result_step, steps, n, column);
    ADD_NUMBERS(to, STORE_UINT64, perebor_result_step, steps, n, n_cells);
    ADD_NUMBERS(to, STORE_UINT64, perebor_result_step, steps, n, n_rows);
}

/** Columns, and the levels of all columns one after the other. */
static void add_columns(struct target data, const perebor_result *result) {
    struct target to = open_group(data, "columns");
    const perebor_result_column *columns = result->columns;
    size_t n = result->n_columns, n_levels = 0;
    ADD_TEXTS(to, perebor_result_column, columns, n, name);
    store_node *role = store_add_dataset(to.tree, to.group, "role", STORE_INT8, 1, n, 0);
    store_node *counts = store_add_dataset(to.tree, to.group, "n_levels", STORE_INT64, 1, n, 0);
    for (size_t i = 0; role != NULL && counts != NULL && i < n; i++) {
        ((int8_t *)role->array.data)[i] = (int8_t)columns[i].role;
        ((int64_t *)counts->array.data)[i] = (int64_t)columns[i].n_levels;
        n_levels += columns[i].n_levels;
    }
    store_set_flags(to.tree, role, "numeric ordinal boolean nominal");
    store_node *levels = store_add_dataset(to.tree, to.group, "levels", STORE_TEXT, 1, n_levels, 0);
    const char **next = levels == NULL ? NULL : levels->array.data;
    for (size_t i = 0; next != NULL && i < n; i++) {
        for (size_t level = 0; level < columns[i].n_levels; level++) {
            *next++ = store_keep_text(to.tree, columns[i].levels[level]);
        }
    }
}

static void add_rows(struct target data, const perebor_result *result) {
    struct target to = open_group(data, "rows");
    size_t n = result->n_rows;
    if (result->ids != NULL) {
        store_add_texts(to.tree, to.group, "id", result->ids, n);
    }
    store_node *target = store_add_dataset(to.tree, to.group, "target", STORE_INT8, 1, n, 0);
    store_node *part = store_add_dataset(to.tree, to.group, "part", STORE_INT8, 1, n, 0);
    store_node *row = store_add_dataset(to.tree, to.group, "source_row", STORE_INT64, 1, n, 0);
    for (size_t i = 0; row != NULL && i < n; i++) {
        ((int8_t *)target->array.data)[i] = (int8_t)result->labels[i];
        ((int8_t *)part->array.data)[i] = (int8_t)result->part[i];
        ((int64_t *)row->array.data)[i] = result->source_rows[i];
    }
    store_set_flags(to.tree, target, "negative positive");
    store_set_flags(to.tree, part, "training test");
}

static void add_data(struct target root, const perebor_result *result) {
    struct target to = open_group(root, "data");
    store_set_text(to.tree, to.group, "id", result->id_name);
    store_set_text(to.tree, to.group, "target", result->target_name);
    store_set_text(to.tree, to.group, "positive", result->positive_name);
    store_set_text(to.tree, to.group, "negative", result->negative_name);
    set_hex(to, "fingerprint", result->data_fingerprint);
    add_sources(to, result);
    add_steps(to, result);
    add_columns(to, result);
    add_rows(to, result);
}

static void add_folds(struct target root, const perebor_result *result) {
    struct target to = open_group(root, "folds");
    store_set_integer(to.tree, to.group, "n_splits", (int64_t)result->n_splits);
    store_set_integer(to.tree, to.group, "n_repeats", (int64_t)result->n_repeats);
    set_hex(to, "fingerprint", result->folds_fingerprint);
    size_t n_repeats = result->test_fold == NULL ? 0 : result->n_repeats;
    store_node *node = store_add_dataset(to.tree, to.group, "test_fold", STORE_INT32, 2, n_repeats,
                                         result->n_rows);
    if (node != NULL && n_repeats * result->n_rows > 0) {
        memcpy(node->array.data, result->test_fold,
               n_repeats * result->n_rows * sizeof *result->test_fold);
    }
}

static void add_space(struct target root, const perebor_result *result) {
    struct target to = open_group(root, "space");
    const perebor_result_parameter *parameters = result->parameters;
    size_t n = result->n_parameters;
    add_text(to, "json", result->space_json);
    ADD_TEXTS(to, perebor_result_parameter, parameters, n, name);
    ADD_TEXTS(to, perebor_result_parameter, parameters, n, distribution);
    ADD_NUMBERS(to, STORE_DOUBLE, perebor_result_parameter, parameters, n, min);
    ADD_NUMBERS(to, STORE_DOUBLE, perebor_result_parameter, parameters, n, max);
    ADD_NUMBERS(to, STORE_DOUBLE, perebor_result_parameter, parameters, n, q);
    ADD_NUMBERS(to, STORE_DOUBLE, perebor_result_parameter, parameters, n, mu);
    ADD_NUMBERS(to, STORE_DOUBLE, perebor_result_parameter, parameters, n, sigma);
    ADD_TEXTS(to, perebor_result_parameter, parameters, n, values);
    ADD_TEXTS(to, perebor_result_parameter, parameters, n, probabilities);
    ADD_TEXTS(to, perebor_result_parameter, parameters, n, when);
}

perebor_status result_to_tree(const perebor_result *result, store_tree **tree,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    store_tree *made = store_tree_create();
    if (made == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory for a result file");
    }
    struct target root = {made, made->root};
    add_head(root, result);
    add_experiment(root, result);
    add_build_and_hosts(root, result);
    add_data(root, result);
    add_folds(root, result);
    add_space(root, result);
    PEREBOR_TRY(failed, trials_to_tree(result->trials, made, error));
    PEREBOR_TRY(failed, store_tree_check(made, "a result file", error));
    *tree = made;
    return PEREBOR_OK;
failed:
    store_tree_free(made);
    return status;
}
