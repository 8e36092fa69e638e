// SPDX-License-Identifier: MIT
/**
 * @file generator_reading.h
 * What the readers of generator.yaml share. Its sections are read in an order in which names come
 * before what uses them, so that every name is resolved where it is read.
 */
#ifndef PEREBOR_CONFIG_GENERATOR_READING_H
#define PEREBOR_CONFIG_GENERATOR_READING_H

#include <stddef.h>

#include "base/arena.h"
#include "config/fields.h"
#include "config/yaml_tree.h"
#include "generate/generator.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/** A generator while it is being read. The public part comes first. */
typedef struct generator_draft {
    perebor_generator generator;
    perebor_arena arena;
} generator_draft;

/** What its readers need. */
typedef struct generator_reading {
    config_reading base;
    generator_draft *draft;
} generator_reading;

/** What has been read so far. */
perebor_generator *generator_draft_of(const config_reading *reading);

/** Finds a name in a list, or refuses it with the nearest. */
PEREBOR_MUST_CHECK perebor_status generator_find_name(const config_reading *reading,
                                                      const yaml_node *node, const char *name,
                                                      const char *what, const char *const *names,
                                                      size_t n, size_t *index);

PEREBOR_MUST_CHECK perebor_status generator_find_variable(const config_reading *reading,
                                                          const yaml_node *node, const char *name,
                                                          size_t *index);

/** A list of n numbers; n = 0: of any, but at least one. */
PEREBOR_MUST_CHECK perebor_status generator_read_reals(const config_reading *reading,
                                                       const yaml_node *node, size_t n,
                                                       const double **values);

config_reader generator_read_variable; /**< size_t; a variable by its name */

// Sections: the field is the perebor_generator.
config_reader generator_read_variables;
config_reader generator_read_categories;
config_reader generator_read_flags;
config_reader generator_read_correlations;
config_reader generator_read_components;
config_reader generator_read_tables;
config_reader generator_read_dirt;
config_reader generator_read_logit;
config_reader generator_read_drift;
config_reader generator_read_campaign;
config_reader generator_read_dirt_extreme;

#endif
