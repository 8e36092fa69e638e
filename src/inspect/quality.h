// SPDX-License-Identifier: MIT
/**
 * @file quality.h
 * What is the matter with the tables of an experiment, before and after its cleaning steps.
 *
 * Tables are looked at four times: as they were read, after the cleaning steps, joined, and after
 * the filters. Every finding says what was found and where, and gives the step of the experiment
 * file that would mend it. Nothing is changed but by the experiment's own steps, and each of their
 * corrections is listed, with every place that it was made in.
 */
#ifndef PEREBOR_INSPECT_QUALITY_H
#define PEREBOR_INSPECT_QUALITY_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"
#include "perebor/tables.h"

/** When tables were looked at. */
typedef enum perebor_cleaning_stage {
    PEREBOR_STAGE_READ = 0,   /**< Each table as it was read. */
    PEREBOR_STAGE_CLEAN = 1,  /**< Each table after the cleaning steps. */
    PEREBOR_STAGE_JOINED = 2, /**< One table, pivoted and joined. */
    PEREBOR_STAGE_FINAL = 3,  /**< The rows that the filters keep. */
} perebor_cleaning_stage;

/** One thing that is the matter. */
typedef struct perebor_finding {
    /**
     * byte_order_mark, column_names, gaps, constant, near_constant, text_among_numbers,
     * spelling_variants, near_spelling, duplicate_rows, duplicate_but_key, gap_in_key,
     * repeated_key, orphan_key, missing_key, outliers, zero_activity, negative_values,
     * class_imbalance, rare_level
     */
    const char *kind;
    perebor_cleaning_stage stage;
    const char *table;   /**< "" after the join. */
    const char *column;  /**< "" if several or none. */
    uint64_t n;          /**< Cells or rows concerned. */
    const char *detail;  /**< One line. */
    const char *section; /**< Where the step goes: data.clean, data.filter …; "" if none. */
    const char *step;    /**< YAML of that section's list or map; "" if nothing mends it. */
    const char *const
        *ids; /**< [n_ids] keys of the rows concerned, where rows have one: orphan_key,
                   missing_key, outliers, zero_activity, duplicate_but_key */
    size_t n_ids;
} perebor_finding;

/** One column at one stage. Numbers are NaN for texts. */
typedef struct perebor_column_summary {
    perebor_cleaning_stage stage;
    const char *table, *name;
    const char *type; /**< integer, real, text, mixed, empty */
    uint64_t n_rows, n_missing, n_distinct;
    double minimum, median, maximum;
    uint64_t n_outliers;   /**< |0.6745 (x - median) / MAD| > 8 */
    uint64_t n_beyond_iqr; /**< Beyond 1.5 interquartile ranges: reported, never acted on. */
    const char *top;       /**< The most frequent value; the first such. */
    uint64_t n_top;
} perebor_column_summary;

/**
 * One change that a step made to a table, and every place where it did: cells of one value that
 * became cells of another, rows that were dropped, rows that SQL made.
 */
typedef struct perebor_correction {
    const char *step;      /**< normalize, replace, sql, filter */
    const char *table;     /**< "" for a filter */
    const char *column;    /**< The column of the cells; the identifier's for a row. */
    const char *file;      /**< That the table was read from; "" if a step made it. */
    const char *before;    /**< "" for missing values; the identifier of a dropped row. */
    const char *after;     /**< "" for missing values; "(dropped)" */
    const uint32_t *lines; /**< [n_lines] of the file, rows if it is a database; 0: a row that a
                              step made */
    size_t n_lines;        /**< 0: the table as a whole changed, its names or its shape. */
} perebor_correction;

/** Everything found. Owns what it points to. */
typedef struct perebor_quality {
    const perebor_finding *findings; /**< [n_findings] by stage */
    size_t n_findings;
    const perebor_column_summary *columns; /**< [n_columns] by stage */
    size_t n_columns;
    const perebor_correction *corrections; /**< [n_corrections] in the order of the steps */
    size_t n_corrections;
    uint64_t n_corrected; /**< Cells and rows that they are about. */
    const char *problem;  /**< Why the tables do not make a dataset; "" if they do. */
    void *block;
} perebor_quality;

/**
 * Loads tables as perebor_tables_load() does, and looks at them on the way.
 *
 * @param[out] quality  Released with perebor_quality_release().
 * @param[out] dataset  NULL if the tables can be read but not be made a dataset: quality->problem.
 * @param[out] report   Empty in that case.
 *
 * @retval PEREBOR_ERR_IO      A file cannot be read.
 * @retval PEREBOR_ERR_FORMAT  A file is no table.
 */
PEREBOR_MUST_CHECK perebor_status perebor_tables_inspect(perebor_quality *quality,
                                                         perebor_dataset **dataset,
                                                         perebor_tables_report *report,
                                                         const perebor_tables_spec *spec,
                                                         perebor_error *error);

void perebor_quality_release(perebor_quality *quality);

/** "read", "clean", "joined", "final", NULL: what files and lists call a stage. */
extern const char *const perebor_cleaning_stage_names[];

#endif
