// SPDX-License-Identifier: MIT
#include "compare/comparison_differences.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/json_leaves.h"
#include "base/try.h"

/** What one file says, as a list of keys and values. */
typedef struct said {
    json_leaf *items;
    size_t n, capacity;
} said;

static perebor_status say(said *list, const char *key, const char *value, perebor_error *error) {
    if (list->n == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        json_leaf *grown = realloc(list->items, capacity * sizeof *grown);
        if (grown == NULL) {
            return perebor_no_memory(error, "to compare files");
        }
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->n++] = (json_leaf){key, value};
    return PEREBOR_OK;
}

/** Every setting with its default, as the search resolved it. */
static perebor_status say_settings(said *list, const perebor_result *result,
                                   comparison_memory *memory, perebor_error *error) {
    perebor_status status;
    const json_leaf *leaves = NULL;
    size_t n = 0;
    PEREBOR_TRY(done,
                json_leaves_read(&memory->arena, result->config_resolved, &leaves, &n, error));
    for (size_t i = 0; i < n; i++) {
        PEREBOR_TRY(done, say(list, leaves[i].path, leaves[i].value, error));
    }
done:
    return status;
}

static perebor_status say_sources(said *list, const perebor_result *result,
                                  comparison_memory *memory, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < result->n_sources; i++) {
        const perebor_result_source *source = &result->sources[i];
        char hex[PEREBOR_SHA256_HEX_SIZE];
        perebor_sha256_hex(source->sha256, hex);
        PEREBOR_TRY(done, say(list, comparison_text(memory, "table %s, sha256", source->name),
                              comparison_text(memory, "%.12s…", hex), error));
        PEREBOR_TRY(done, say(list, comparison_text(memory, "table %s, rows", source->name),
                              comparison_text(memory, "%llu", (unsigned long long)source->n_rows),
                              error));
    }
done:
    return status;
}

static perebor_status say_machines(said *list, const perebor_result *result,
                                   comparison_memory *memory, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < result->n_hosts; i++) {
        const perebor_result_host *host = &result->hosts[i];
        PEREBOR_TRY(done, say(list, comparison_text(memory, "machine %zu", i + 1),
                              comparison_text(memory, "%s, %s: %lld ranks of %lld threads",
                                              host->name, host->cpu, (long long)host->n_ranks,
                                              (long long)host->n_threads),
                              error));
    }
done:
    return status;
}

/** Everything, in the order in which it is shown; seed and limits are among the settings. */
static perebor_status say_all(said *list, const perebor_result *result, comparison_memory *memory,
                              perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, say_settings(list, result, memory, error));
    PEREBOR_TRY(done, say_sources(list, result, memory, error));
    PEREBOR_TRY(done, say(list, "program", result->creator_version, error));
    for (size_t i = 0; i < result->n_build; i++) {
        PEREBOR_TRY(done, say(list, comparison_text(memory, "build, %s", result->build[i].name),
                              result->build[i].text, error));
    }
    PEREBOR_TRY(done, say_machines(list, result, memory, error));
done:
    return status;
}

static int compare_keys(const void *a, const void *b) {
    return strcmp(((const json_leaf *)a)->path, ((const json_leaf *)b)->path);
}

static bool equal_values(const json_leaf *one, const json_leaf *other) {
    return one != NULL && other != NULL && strcmp(one->value, other->value) == 0;
}

/** Goes through the keys of A in their order, and then through those that B alone has. */
static void list_differences(comparison_pair *pair, comparison_difference *differences,
                             const said in_order[2], const said sorted[2]) {
    size_t n = 0;
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < in_order[side].n; i++) {
            const json_leaf *one = &in_order[side].items[i];
            const json_leaf *other = sorted[1 - side].n == 0
                                         ? NULL
                                         : bsearch(one, sorted[1 - side].items, sorted[1 - side].n,
                                                   sizeof *one, compare_keys);
            bool listed = equal_values(one, other) || (side == 1 && other != NULL);
            const char *elsewhere = other != NULL ? other->value : "";
            if (!listed) {
                differences[n++] =
                    (comparison_difference){one->path, side == 0 ? one->value : elsewhere,
                                            side == 0 ? elsewhere : one->value};
            }
        }
    }
    pair->differences = differences;
    pair->n_differences = n;
}

static perebor_status sort_copy(said *sorted, const said *list, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < list->n; i++) {
        PEREBOR_TRY(done, say(sorted, list->items[i].path, list->items[i].value, error));
    }
    if (sorted->n > 0) {
        qsort(sorted->items, sorted->n, sizeof *sorted->items, compare_keys);
    }
done:
    return status;
}

perebor_status comparison_find_differences(comparison_pair *pair, const perebor_result *a,
                                           const perebor_result *b, comparison_memory *memory,
                                           perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    said in_order[2] = {{0}, {0}}, sorted[2] = {{0}, {0}};
    const perebor_result *const results[2] = {a, b};
    if (a == NULL || b == NULL) {
        return PEREBOR_OK;
    }
    for (size_t side = 0; side < 2; side++) {
        PEREBOR_TRY(done, say_all(&in_order[side], results[side], memory, error));
        PEREBOR_TRY(done, sort_copy(&sorted[side], &in_order[side], error));
    }
    comparison_difference *differences = perebor_arena_allocate(
        &memory->arena, in_order[0].n + in_order[1].n + 1, sizeof *differences);
    if (differences == NULL) {
        status = perebor_no_memory(error, "to compare files");
        goto done;
    }
    list_differences(pair, differences, in_order, sorted);
done:
    for (size_t side = 0; side < 2; side++) {
        free(in_order[side].items);
        free(sorted[side].items);
    }
    return status;
}
