// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "config/yaml_tree.h"

/** The item of a list that a number names, or NULL. */
static yaml_node *find_item(const yaml_node *list, const char *number) {
    char *end = NULL;
    unsigned long index = strtoul(number, &end, 10);
    if (*number < '0' || *number > '9' || *end != '\0') {
        return NULL;
    }
    yaml_node *item = list->first;
    while (item != NULL && index-- > 0) {
        item = item->next;
    }
    return item;
}

static yaml_node *find_child(const yaml_node *parent, const char *key) {
    return parent->kind == YAML_MAP ? yaml_find(parent, key) : find_item(parent, key);
}

/** An empty map under a key that was not there. */
static yaml_node *add_map(yaml_node *parent, perebor_arena *arena, const char *key,
                          const char *source) {
    yaml_node *map = perebor_arena_allocate(arena, 1, sizeof *map);
    if (map == NULL) {
        return NULL;
    }
    *map = (yaml_node){.kind = YAML_MAP, .text = "", .key = key, .source = source};
    yaml_node **tail = &parent->first;
    while (*tail != NULL) {
        tail = &(*tail)->next;
    }
    *tail = map;
    parent->n++;
    return map;
}

/** Goes down a path, which is cut into its keys. @return Where it leads; NULL on failure. */
static yaml_node *descend(yaml_node *root, perebor_arena *arena, char *path, const char *source,
                          perebor_error *error) {
    yaml_node *node = root;
    char *key = path;
    while (key != NULL) {
        char *dot = strchr(key, '.');
        if (dot != NULL) {
            *dot = '\0';
        }
        yaml_node *child = node->kind == YAML_SCALAR ? NULL : find_child(node, key);
        if (child == NULL && node->kind == YAML_MAP && *key != '\0') {
            child = add_map(node, arena, key, source);
            if (child == NULL) {
                (void)perebor_no_memory(error, "for %s", source);
                return NULL;
            }
        }
        if (child == NULL) {
            (void)perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: there is no place for \"%s\" in %s",
                               source, key,
                               node->kind == YAML_LIST  ? "a list of fewer items"
                               : node->kind == YAML_MAP ? "a section"
                                                        : "a single value");
            return NULL;
        }
        node = child;
        key = dot == NULL ? NULL : dot + 1;
    }
    return node;
}

perebor_status yaml_tree_set(yaml_node *root, perebor_arena *arena, const char *path,
                             const char *value, perebor_error *error) {
    size_t size = strlen(path) + sizeof "--set =";
    char *source = perebor_arena_allocate(arena, size, 1);
    char *keys = perebor_arena_text(arena, path);
    if (source == NULL || keys == NULL) {
        return perebor_no_memory(error, "for --set %s", path);
    }
    (void)snprintf(source, size, "--set %s", path);
    if (root->kind != YAML_MAP) {
        return yaml_refuse(root, error, "an experiment is a map of keys to values");
    }
    const char *text = *value == '\0' ? "~" : value; // key= is null, as key: is in the file
    yaml_node *given = NULL;
    perebor_status status;
    PEREBOR_TRY(done, yaml_tree_parse(&given, arena, source, false, text, strlen(text), error));
    perebor_error failure = {.status = PEREBOR_ERR_FORMAT};
    yaml_node *place = descend(root, arena, keys, source, &failure);
    if (place == NULL) {
        if (error != NULL) {
            *error = failure;
        }
        return failure.status;
    }
    given->key = place->key;
    given->key_quoted = place->key_quoted;
    given->next = place->next;
    *place = *given;
done:
    return status;
}
