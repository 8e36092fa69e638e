// SPDX-License-Identifier: MIT
/**
 * @file fields.h
 * From nodes to typed fields: a table of keys says what a section may hold and who reads each key.
 *
 * A reader takes a node and the address of the field it fills. Whatever is not there keeps the
 * value that the field had: its default.
 */
#ifndef PEREBOR_CONFIG_FIELDS_H
#define PEREBOR_CONFIG_FIELDS_H

#include "base/arena.h"
#include "config/yaml_tree.h"
#include "perebor/experiment.h"

/** What every reader needs. */
typedef struct config_reading {
    perebor_arena *arena; /**< The experiment's: all text read belongs to it. */
    const char *file;
    perebor_error *error;
} config_reading;

typedef perebor_status config_reader(const config_reading *reading, const yaml_node *node,
                                     void *field);

/** One key of a section. */
typedef struct config_key {
    const char *name;
    config_reader *read;
    size_t offset; /**< Where the field is in the section's structure. */
    bool required;
} config_key;

/**
 * Reads a section. An unknown key is refused with the nearest name, a missing required one by its
 * name.
 *
 * @param[in] what    Name of the section for messages, such as "split".
 * @param[in] keys    [n_keys]
 * @param[in] target  What the offsets are of.
 */
PEREBOR_MUST_CHECK perebor_status config_read_section(const config_reading *reading,
                                                      const yaml_node *node, const char *what,
                                                      const config_key *keys, size_t n_keys,
                                                      void *target);

/** Accepts a key that another reader has looked at already. */
config_reader config_read_elsewhere;

config_reader config_read_text;     /**< const char *; any single value but null */
config_reader config_read_name;     /**< const char *; not empty either */
config_reader config_read_boolean;  /**< bool; true or false */
config_reader config_read_u32;      /**< uint32_t */
config_reader config_read_u64;      /**< uint64_t */
config_reader config_read_count;    /**< uint64_t; at least 1 */
config_reader config_read_size;     /**< size_t; at least 1 */
config_reader config_read_real;     /**< double; finite */
config_reader config_read_share;    /**< double from 0 to 1; 0.1 or 10% */
config_reader config_read_bytes;    /**< uint64_t; 1000000, 512 MB, 2GB, 64MiB */
config_reader config_read_duration; /**< double, seconds; 90, 90s, 30m, 2h, 1h30m, 1d */
config_reader config_read_texts;    /**< perebor_texts; one value or a list of them */
config_reader config_read_value;    /**< perebor_value; null, true, 1, 0.5, or text */
config_reader config_read_values;   /**< config_values; one value or a list of them */

/** A list of values. */
typedef struct config_values {
    perebor_value *items;
    size_t n;
} config_values;

/**
 * Reads one of several words.
 *
 * @param[in]  words  Ends with NULL.
 * @param[out] index  Which one.
 */
PEREBOR_MUST_CHECK perebor_status config_read_word(const config_reading *reading,
                                                   const yaml_node *node, const char *what,
                                                   const char *const *words, size_t *index);

/**
 * Reads the items of a list, or of a map, each into an element of a new array.
 *
 * @param[in]  kind   What the node must be.
 * @param[in]  read   Fills one element, zeroed before.
 * @param[out] items  [n]
 */
PEREBOR_MUST_CHECK perebor_status config_read_items(const config_reading *reading,
                                                    const yaml_node *node, yaml_kind kind,
                                                    const char *what, config_reader *read,
                                                    size_t item_size, void **items, size_t *n);

/** Where a node stood, as the tables want it. */
perebor_position config_position(const yaml_node *node);

/** True for null, ~ or nothing, unquoted. */
bool config_is_null(const yaml_node *node);

/** Refuses, saying what was there and what would be right. */
PEREBOR_MUST_CHECK perebor_status config_refuse_type(const config_reading *reading,
                                                     const yaml_node *node, const char *wanted);

/** PEREBOR_ERR_MEMORY with a message. */
PEREBOR_MUST_CHECK perebor_status config_no_memory(const config_reading *reading);

#endif
