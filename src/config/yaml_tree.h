// SPDX-License-Identifier: MIT
/**
 * @file yaml_tree.h
 * A YAML document as a tree that remembers where everything stood.
 *
 * What an experiment has no use for is refused by name: anchors and aliases (a value is written
 * where it is used), tags, keys that are not plain values, repeated keys, a second document.
 * Size, depth and number of nodes have limits, so that no file costs more than a moment.
 */
#ifndef PEREBOR_CONFIG_YAML_TREE_H
#define PEREBOR_CONFIG_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "perebor/status.h"

enum {
    YAML_MAX_SIZE = 16 * 1024 * 1024, /**< Bytes. */
    YAML_MAX_DEPTH = 32,
    /** Nodes of some 100 bytes each. 10 000 enqueued points of 50 parameters take half of them. */
    YAML_MAX_NODES = 1000000,
};

typedef enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP } yaml_kind;

/** A node; it and all its text belong to an arena. */
typedef struct yaml_node {
    yaml_kind kind;
    bool quoted;             /**< A scalar in quotes, or as a block; always text. */
    const char *text;        /**< What a scalar says; "" otherwise. */
    const char *key;         /**< In a map: under this key; NULL elsewhere. */
    const char *source;      /**< The file, or the --set that it came from. */
    uint32_t line, column;   /**< From 1; 0 for a --set. */
    struct yaml_node *first; /**< The first of a list or map. */
    struct yaml_node *next;  /**< In the same list or map. */
    size_t n;                /**< Items of a list or map. */
    uint32_t key_line, key_column;
    bool key_quoted;
} yaml_node;

/**
 * Parses one document.
 *
 * @param[out] root    Belongs to @p arena.
 * @param[in]  source  Name for messages, kept.
 * @param[in]  placed  False: there are no lines worth naming (--set).
 */
PEREBOR_MUST_CHECK perebor_status yaml_tree_parse(yaml_node **root, perebor_arena *arena,
                                                  const char *source, bool placed, const char *text,
                                                  size_t size, perebor_error *error);

/** The item of a map under a key, or NULL. */
yaml_node *yaml_find(const yaml_node *map, const char *key);

/**
 * Puts a value at a path of keys joined by dots, making the maps on the way; a number names an item
 * of a list.
 *
 * @retval PEREBOR_ERR_FORMAT  Something on the way is neither a map nor a list that has the item.
 */
PEREBOR_MUST_CHECK perebor_status yaml_tree_set(yaml_node *root, perebor_arena *arena,
                                                const char *path, const char *value,
                                                perebor_error *error);

/** A message that begins with where a node stood. Returns PEREBOR_ERR_FORMAT. */
PEREBOR_PRINTF_LIKE(3, 4)
perebor_status yaml_refuse(const yaml_node *node, perebor_error *error, const char *format, ...);

/** The same for the key that a node is under. */
PEREBOR_PRINTF_LIKE(3, 4)
perebor_status yaml_refuse_key(const yaml_node *node, perebor_error *error, const char *format,
                               ...);

#endif
