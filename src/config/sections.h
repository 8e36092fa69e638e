// SPDX-License-Identifier: MIT
/**
 * @file sections.h
 * The sections of an experiment file, one file each, and the experiment while it is being read.
 */
#ifndef PEREBOR_CONFIG_SECTIONS_H
#define PEREBOR_CONFIG_SECTIONS_H

#include "base/json.h"
#include "config/fields.h"

/** An experiment while it is being read. The public part comes first. */
typedef struct config_draft {
    perebor_experiment experiment;
    perebor_arena arena;

    uint64_t version;
    const char *root; /**< data.root as written. */
    perebor_parameter *parameters;
    size_t n_parameters;
    perebor_enqueued *enqueued;
    size_t n_enqueued;
    const perebor_metric *metric; /**< That selects; NULL if the file does not say. */
    perebor_metric_list asked;    /**< search.metrics */
} config_draft;

config_reader config_read_data;      /**< config_draft: data */
config_reader config_read_clean;     /**< perebor_tables_spec: data.clean */
config_reader config_read_pivot;     /**< perebor_tables_spec: data.pivot */
config_reader config_read_join;      /**< perebor_join_step: data.join */
config_reader config_read_filter;    /**< perebor_tables_spec: data.filter */
config_reader config_read_target;    /**< perebor_roles: data.target */
config_reader config_read_features;  /**< perebor_roles: data.features */
config_reader config_read_missing;   /**< config_draft: data.missing */
config_reader config_read_split;     /**< config_draft: split */
config_reader config_read_cv;        /**< config_draft: cv */
config_reader config_read_search;    /**< config_draft: search */
config_reader config_read_assess;    /**< config_draft: assess */
config_reader config_read_nested;    /**< config_draft: nested */
config_reader config_read_output;    /**< config_draft: output */
config_reader config_read_explain;   /**< config_draft: explain */
config_reader config_read_segments;  /**< const segment_settings *: segments */
config_reader config_read_bands;     /**< segment_bands */
config_reader config_read_portrait;  /**< segment_settings: segments.portrait */
config_reader config_read_clusters;  /**< const segment_clusters *: segments.clusters */
config_reader config_read_discovery; /**< const segment_discovery *: segments.discover */
config_reader config_read_drivers;   /**< segment_settings: segments.drivers */
config_reader config_read_campaign;  /**< const campaign_settings *: campaign */
config_reader config_read_offers;    /**< const offer_settings *: offers */
config_reader config_read_report;    /**< config_draft: report */
config_reader config_read_n_splits;  /**< size_t; at least 2 */
config_reader config_read_parameter; /**< perebor_parameter: one of search.parameters */
config_reader config_read_enqueued;  /**< perebor_enqueued: one of search.enqueue */

/** Fills split and folds with what neither the file nor their sections settle by themselves. */
PEREBOR_MUST_CHECK perebor_status config_settle_folds(const config_reading *reading,
                                                      const yaml_node *root, config_draft *draft);

/** Writes experiment->resolved and experiment->sha256. */
PEREBOR_MUST_CHECK perebor_status config_resolve(const config_reading *reading,
                                                 config_draft *draft);

/** Writes the section segments with every default. */
void config_put_segments(perebor_json *json, const struct segment_settings *settings);

/** The same of offers and campaign. */
void config_put_offers(perebor_json *json, const struct offer_settings *settings);
void config_put_campaign(perebor_json *json, const struct campaign_settings *settings);

/** @p path as it is seen from @p folder, unless it is absolute. NULL when memory is out. */
const char *config_join_path(perebor_arena *arena, const char *folder, const char *path);

/** The folder of a file: "" or ending in a slash. NULL when memory is out. */
const char *config_folder(perebor_arena *arena, const char *file);

#endif
